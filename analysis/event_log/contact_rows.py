"""A table of one row a contact: when it came, how long it waited, and who gave up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.event_log.column_words import (
    ABANDONED_WORDS,
    ANSWERED_WORDS,
    LEFT_OUT_WORDS,
    Part,
    plain_letters,
)
from analysis.event_log.function_maps import LogMap
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_clock import read_times
from analysis.event_log.log_columns import LogColumns
from analysis.event_log.log_refusals import a_few, log_refusal, quoted
from analysis.event_log.log_table import CONTACT_COLUMNS, ContactLog, Decided
from analysis.event_log.raw_table import RawTable

_ANSWERED, _GAVE_UP, _LEFT_OUT = "answered", "abandoned", "left out"
_LEAST_CONTACTS = 100
_LONGEST_WAIT = 86_400.0


def contact_log(
    raw: RawTable, columns: LogColumns, choices: LogChoices, told: LogMap, sha256: str
) -> ContactLog:
    """Return a table of contacts.

    Raises
    ------
    StudyError
        If a wait or an outcome cannot be read, or too few contacts are left.
    """
    path = raw.path
    times = read_times(raw, {"time": columns.found[Part.TIME]}, choices.day_first, choices.zone)
    meaning, said = _meanings(raw, columns, told)
    contacts = pd.DataFrame(
        {
            "case_id": _texts_or(
                raw, columns.name(Part.CASE), np.arange(1, len(raw) + 1).astype(str)
            ),
            "group": _texts_or(raw, columns.name(Part.GROUP) or columns.name(Part.KIND), ""),
            "arrival": pd.DatetimeIndex(times.moments["time"], tz="UTC"),
            "wait_seconds": _seconds(raw, columns.found[Part.WAIT][0]),
            "abandoned": meaning == _GAVE_UP,
            "service_seconds": _seconds(raw, columns.name(Part.SERVICE)),
            "resource": _texts_or(raw, columns.name(Part.RESOURCE), ""),
        }
    )
    never_queued = contacts["abandoned"] & (contacts["wait_seconds"] == 0)
    unfit = contacts["arrival"].isna() | contacts["wait_seconds"].isna()
    reasons = {
        "whose outcome says that they are none": meaning == _LEFT_OUT,
        "without a time or a wait": unfit,
        "who gave up before they waited": never_queued,
    }
    out = np.zeros(len(contacts), dtype=bool)
    for why, where in reasons.items():
        more = np.asarray(where) & ~out
        out |= more
        if more.any():
            said.append(Decided("left out", f"{int(more.sum()):,} contacts", why, "--map"))
    contacts = contacts[~out].sort_values("arrival", kind="stable", ignore_index=True)
    contacts.loc[contacts["abandoned"], "service_seconds"] = np.nan
    if len(contacts) < _LEAST_CONTACTS:
        message = (
            f"{len(contacts)} contacts are left, and fewer than {_LEAST_CONTACTS} show nothing"
        )
        raise log_refusal(path, message, "export a longer time")
    if not contacts["abandoned"].any() or contacts["abandoned"].all():
        message = "nobody gave up, or everybody did, so nothing is seen of patience"
        raise log_refusal(path, message, "another column says who did: --abandoned-column NAME")
    lost = int(contacts["abandoned"].sum())
    said.append(Decided("read", f"{len(contacts):,} contacts", f"{lost:,} gave up waiting"))
    decided = (*raw.remarks, *columns.decided, *times.decided, *said)
    return ContactLog(contacts[list(CONTACT_COLUMNS)], times.zone, path, sha256, decided)


def _texts_or(raw: RawTable, name: str | None, otherwise: object) -> object:
    if name is None:
        return otherwise
    texts = raw.texts(name)
    return texts.dictionary.take(texts.indices).to_pandas().astype(str).to_numpy()


def _seconds(raw: RawTable, name: str | None) -> np.ndarray:
    """Return a column of seconds, missing where nothing is written.

    Raises
    ------
    StudyError
        If it holds what is no number of seconds, or more than a day of them.
    """
    if name is None:
        return np.full(len(raw), np.nan)
    texts = pd.Series(np.asarray(_texts_or(raw, name, ""), dtype=object))
    clocked = texts.str.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?").all() if len(texts) else False
    if clocked:
        parts = texts.str.split(":").map(lambda found: [int(each) for each in found])
        return parts.map(lambda found: sum(p * 60**i for i, p in enumerate(found[::-1]))).to_numpy(
            float
        )
    numbers = pd.to_numeric(texts.str.replace(",", ".").where(texts != ""), errors="coerce")
    wrong = (numbers.isna() & (texts != "")) | (numbers < 0) | (numbers > _LONGEST_WAIT)
    if wrong.any():
        row = int(np.argmax(wrong.to_numpy()))
        message = (
            f"{int(wrong.sum()):,} rows hold no number of seconds from 0 to a day; the first is "
            f"{quoted(texts[row])} in row {raw.row_number(row)}"
        )
        raise log_refusal(raw.path, message, "name another column, or mend the file", name)
    return numbers.to_numpy(float)


def _meanings(raw: RawTable, columns: LogColumns, told: LogMap) -> tuple[np.ndarray, list[Decided]]:
    """Return what the outcome of each contact means.

    Raises
    ------
    StudyError
        If a value means nothing that is known.
    """
    name = columns.found[Part.ABANDONED][0]
    values = np.asarray(_texts_or(raw, name, ""), dtype=object)
    own = {plain_letters(key): word.lower() for key, word in told.outcomes.items()}
    means = {}
    for value in pd.unique(values):
        word = plain_letters(str(value))
        known = own.get(word) or (
            _GAVE_UP if word in ABANDONED_WORDS
            else _ANSWERED if word in ANSWERED_WORDS
            else _LEFT_OUT if word in LEFT_OUT_WORDS or word == "" else None
        )  # fmt: skip
        means[value] = known
    unclear = [
        value for value, known in means.items() if known not in (_ANSWERED, _GAVE_UP, _LEFT_OUT)
    ]
    if unclear:
        message = f"it is not clear what {a_few(unclear)} means: answered, abandoned or left out"
        remedy = "say it in a YAML file for --map: `outcomes:`, and below it `VALUE: abandoned`"
        raise log_refusal(raw.path, message, remedy, name)
    said = [
        Decided(
            f"{name} {quoted(value)}",
            str(known),
            f"{int((values == value).sum()):,} contacts",
            "--map",
        )
        for value, known in means.items()
    ]
    return np.array([means[value] for value in values], dtype=object), said
