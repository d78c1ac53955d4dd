"""What columns of event logs are called, and what stands in them: words in several languages."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Part(StrEnum):
    """What a column of a log is: which part of what is told."""

    CASE = "case"
    ACTIVITY = "activity"
    GROUP = "group"
    RESOURCE = "resource"
    TIME = "time"
    START = "start"
    OUTCOME = "outcome"
    LIFECYCLE = "lifecycle"
    INSTANCE = "instance"
    WAIT = "wait"
    ABANDONED = "abandoned"
    SERVICE = "service"
    KIND = "kind of contact"


# Best first; within a name of several words each may stand anywhere.
_WORDS: dict[Part, tuple[str, ...]] = {
    Part.CASE: (
        "case:concept:name", "case id", "caseid", "case key", "case number", "case no", "case nr",
        "trace id", "process instance", "ticket id", "ticket number", "ticket no", "ticket nr",
        "incident id", "incident number", "sr number", "order id", "application id", "claim id",
        "order number", "request id", "fall id", "fallnummer", "vorgangsnummer", "vorgangs id",
        "ticketnummer", "auftragsnummer", "zaaknummer", "zaak id", "dossier id", "dossiernummer",
        "numero de dossier", "numero ticket", "caso", "id caso", "call id", "call seq",
        "contact id", "case", "ticket", "incident", "fall", "vorgang", "zaak", "dossier",
        "application", "order", "claim", "request", "trace", "reference", "aktenzeichen",
        "issue key", "number", "key", "id", "nummer",
    ),
    Part.ACTIVITY: (
        "concept:name", "activity", "activity name", "task name", "event name", "step name",
        "activiteit", "aktivitat", "taetigkeit", "tatigkeit", "activite", "actividad", "attivita",
        "atividade", "task", "step", "event", "action", "schritt", "stap", "etape", "handeling",
        "arbeitsschritt", "ereignis", "operation", "process step", "stage", "message", "phase",
        "status", "state",
    ),
    Part.GROUP: (
        "org:group", "group", "function", "department", "dept", "team", "workgroup", "work group",
        "assignment group", "support group", "unit", "org unit", "business unit", "section",
        "abteilung", "gruppe", "bereich", "afdeling", "groep", "service equipe", "equipe",
        "departement", "departamento", "reparto", "ufficio", "squadra", "equipo", "area",
        "responsible section", "queue", "org:role", "role", "rolle", "rol", "division", "desk",
    ),
    Part.RESOURCE: (
        "org:resource", "resource", "resource id", "employee", "agent", "user", "user id",
        "performer", "originator", "worker", "owner", "assignee", "assigned to", "handled by",
        "clerk", "server", "mitarbeiter", "bearbeiter", "sachbearbeiter", "benutzer", "medewerker",
        "behandelaar", "employe", "agente", "empleado", "operatore", "utente", "funcionario",
        "staff", "person", "operator",
    ),
    Part.START: (
        "start timestamp", "start time", "start", "start date", "starttime", "start datetime",
        "begin", "begin time", "begin date", "beginn", "begin tijd", "started", "started at",
        "start at", "from", "von", "startzeit", "startdatum", "starttijd", "beginzeit", "debut",
        "date debut", "heure debut", "inicio", "fecha inicio", "inizio", "data inizio",
        "begonnen", "aanvang", "opened at", "comienzo",
    ),
    Part.TIME: (
        "time:timestamp", "complete timestamp", "completion timestamp", "timestamp",
        "end timestamp", "end time", "end", "end date", "endtime", "end datetime",
        "complete time", "completed", "completed at", "finish", "finish time", "finished",
        "finished at", "ended", "ended at", "complete", "to", "bis", "ende", "endzeit",
        "enddatum", "eind", "eindtijd", "einddatum", "fin", "date fin", "fecha fin", "fine",
        "data fine", "time", "date", "datetime", "date time", "event time", "event date",
        "zeitstempel", "zeitpunkt", "zeit", "uhrzeit", "datum", "tijdstip", "tijd", "horodatage",
        "heure", "fecha", "fecha hora", "hora", "marca de tiempo", "data", "data ora", "ora",
        "sys updated on",
        "occurred at", "created at", "changed at", "modified at", "arrival", "arrival time",
        "call start", "vru entry", "when",
    ),
    Part.OUTCOME: (
        "outcome", "case:outcome", "result", "case outcome", "final status", "case status",
        "resolution", "ergebnis", "ausgang", "uitkomst", "resultaat", "resultat", "resultado",
        "esito", "disposition", "end state", "decision",
    ),
    Part.LIFECYCLE: (
        "lifecycle:transition", "lifecycle", "lifecycle transition", "transition", "event type",
        "eventtype", "life cycle",
    ),
    Part.INSTANCE: ("concept:instance", "activity instance", "task instance", "instance"),
    Part.KIND: (
        "type", "call type", "contact type", "service type", "skill", "queue", "service", "line",
        "group", "team", "department", "reason", "topic", "anliegen", "onderwerp", "motif",
    ),
    Part.WAIT: (
        "q time", "queue time", "wait", "wait time", "waiting time", "wait seconds",
        "time in queue", "time to answer", "speed of answer", "wartezeit", "wachttijd", "attente",
        "espera", "attesa",
    ),
    Part.ABANDONED: (
        "abandoned", "abandon", "abandonment", "hung up", "hang up", "lost", "aufgelegt",
        "abgebrochen", "opgehangen", "afgebroken", "abandonne", "abandonada", "abbandonata",
        "outcome", "disposition", "result",
    ),
    Part.SERVICE: (
        "ser time", "service time", "service seconds", "talk time", "handle time", "handling time",
        "gesprachszeit", "gesprekstijd", "bearbeitungszeit", "call duration", "duration",
        "talk seconds",
    ),
}  # fmt: skip

TRANSITIONS = {
    "start": "start", "begin": "start", "started": "start", "in progress": "start",
    "complete": "complete", "completed": "complete", "end": "complete", "finish": "complete",
    "finished": "complete", "done": "complete", "autoskip": "skip", "manualskip": "skip",
    "skip": "skip", "withdraw": "skip", "withdrawn": "skip", "schedule": "schedule",
    "scheduled": "schedule", "enabled": "schedule", "enable": "schedule", "queued": "schedule",
    "assign": "other", "reassign": "other", "suspend": "other", "suspended": "other",
    "resume": "other", "resumed": "other", "ate_abort": "complete", "ate abort": "complete",
    "pi_abort": "complete", "pi abort": "complete", "abort": "complete", "aborted": "complete",
    "unknown": "complete", "": "complete",
}  # fmt: skip
"""Steps in the life of a piece of work, as XES and others call them, and what they amount to."""

WAITING = re.compile(
    r"\b(?:queued|queue|awaiting|await|waits?|waiting|wait|pending|on hold|parked|idle|suspended"
    r"|wartet|warten|wartend|wartezeit|in warteschlange|wacht|wachten|in wacht|en attente|attente"
    r"|en espera|esperando|in attesa)\b"
)
"""In the name of a step, in plain letters: nobody works on it meanwhile."""

ANSWERED_WORDS = frozenset(
    (
        "agent", "answered", "answer", "handled", "served", "connected", "completed", "false", "no",
        "n", "0", "beantwortet", "angenommen", "nein", "beantwoord", "nee", "repondu", "non",
        "atendida", "risposta",
    )
)  # fmt: skip
ABANDONED_WORDS = frozenset(
    (
        "hang", "hangup", "hang up", "hung up", "abandoned", "abandon", "aband", "lost", "gave up",
        "true", "yes", "y", "1", "aufgelegt", "abgebrochen", "verloren", "ja", "opgehangen", "oui",
        "abandonne", "abandonada", "abbandonata", "si",
    )
)  # fmt: skip
LEFT_OUT_WORDS = frozenset(("phantom", "test"))
"""What a contact's outcome means, by its words in plain letters."""


def plain_letters(name: str) -> str:
    """Return a name in small plain letters, its words apart by single spaces."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)  # caseId, StartTime
    small = unicodedata.normalize("NFKD", parted.lower().replace("ß", "ss"))
    letters = "".join(sign for sign in small if not unicodedata.combining(sign))
    return " ".join(re.split(r"[^a-z0-9:]+", letters)).strip()


def likeness_to(role: Part, name: str) -> float:
    """Return how much a column's name is that of a role: 0 not at all; higher is better.

    The very word counts most, then a name of several words that has it among them.
    """
    plain = plain_letters(name)
    best = 0.0
    words = _WORDS[role]
    for place, word in enumerate(words):
        rank = 1 - place / (2 * len(words))
        if plain == word:
            best = max(best, 2 + rank)
        elif len(word) > 3 and f" {word} " in f" {plain.replace(':', ' ')} ":
            best = max(best, rank)
    return best
