"""From a log to a firm: derive it, write it, and set it beside the log it comes from."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from analysis.calibration.calls import FIRM_TODAY, calibrate_calls
from analysis.calibration.ends import with_ends
from analysis.calibration.firm import DerivedFirm
from analysis.calibration.firm_yaml import STUDY_FILE, write_firm
from analysis.calibration.fit_page import write_fit_page
from analysis.calibration.fit_words import (
    PART_QUESTIONS,
    RIDGES,
    beside_log_text,
    distance_lines,
)
from analysis.calibration.hold_out import (
    BUSY,
    LATER,
    beside_itself,
    best_reading,
    predicted_busy,
    predicted_later,
)
from analysis.calibration.known_figures import known_figures
from analysis.calibration.time_outs import time_out_text, without_closing_marks
from analysis.calibration.visits import LogVisits, visits_of
from analysis.event_log.log_table import ContactLog, EventLog
from sim.keeping.files import write_csv
from sim.reading.loader import load_study
from sim.study.errors import StudyError

TO_COMPARE = ("centralised", "hybrid", "journey-accountable", "enterprise-wide", "peer")
HARDLY_EVER = 0.02
"""Hand-offs by touchpoint, added up, below which there are no boundaries to speak of."""
FIT_FILE, FIT_PAGE = "fit.csv", "fit.html"
_PREDICTED = {
    LATER: "the last 30 % of cases from the first 70 %",
    BUSY: "the busier weeks from the quieter ones",
}
_TOO_LITTLE = {
    LATER: "the first 70 % of cases make no firm of their own",
    BUSY: "it has fewer than four full weeks, all alike ones, or too few cases in the quieter half",
}
"""Why a part of a log that was to be held out is not."""


def calibrate_log(
    log: EventLog | ContactLog,
    folder: Path,
    *,
    name: str,
    hold_out: bool = True,
) -> list[str]:
    """Derive a firm from a log and write `enterprise.yaml`, `study.yaml`, `fit.csv`, `fit.html`.

    Parameters
    ----------
    log : EventLog or ContactLog
        As it was read.
    folder : Path
        Where to write; it exists.
    name : str
        Of the study.
    hold_out : bool
        Whether parts of the log are held out and predicted as well.

    Returns
    -------
    list of str
        What to say, a paragraph each.

    Raises
    ------
    StudyError
        If the log cannot give a firm; the message says what it lacks.
    """
    if isinstance(log, ContactLog):
        return calibrate_calls(log, folder, name=name, hold_out=hold_out)
    source = log.source.name
    apart = without_closing_marks(with_ends(visits_of(log), source))
    visits, firm = best_reading(apart, source, FIRM_TODAY)
    org_models, left_out = usable_org_models(firm, name)
    write_firm(
        firm,
        folder,
        name=name,
        source=source,
        zone=log.zone,
        org_models=org_models,
        patterns=list(known_figures(visits, firm.follow_days, source)),
    )
    load_study(str(folder / STUDY_FILE))
    fit, cycles = beside_itself(visits, firm, FIRM_TODAY)
    parts = [fit]
    notes = _notes(firm)
    if hold_out:
        held_out, not_asked = _held_out(apart, source)
        parts, notes = [fit, *held_out], [*notes, *not_asked]
    fit = pd.concat(parts, ignore_index=True)
    write_csv(folder / FIT_FILE, fit)
    write_fit_page(folder / FIT_PAGE, fit, cycles, name, notes)
    return _said(notes, fit, org_models, left_out)


def usable_org_models(firm: DerivedFirm, name: str) -> tuple[list[str], list[str]]:
    """Return the bundled org models that a firm is large enough for, and those it is not."""
    usable, left_out = [FIRM_TODAY], []
    with tempfile.TemporaryDirectory() as place:
        for model in TO_COMPARE:
            write_firm(
                firm, Path(place), name=name, source="", zone="UTC", org_models=[FIRM_TODAY, model]
            )
            try:
                load_study(str(Path(place) / STUDY_FILE))
                usable.append(model)
            except StudyError:
                left_out.append(model)
    return usable, left_out


def _held_out(log: LogVisits, source: str) -> tuple[list[pd.DataFrame], list[str]]:
    """Return what parts of the log that were held out say, and what cannot be asked of it."""
    found, not_asked = [], []
    for part, predict in ((LATER, predicted_later), (BUSY, predicted_busy)):
        try:
            told = predict(log, FIRM_TODAY, source)
        except StudyError:
            told = None  # a part may have too few cases, or one function, where the whole has not
        if told is not None:
            found.append(told)
        else:
            not_asked.append(f"{PART_QUESTIONS[part]} Not asked: {_TOO_LITTLE[part]}.")
    return found, not_asked


def _notes(firm: DerivedFirm) -> list[str]:
    notes = [
        f"{firm.n_cases:,} cases, {len(firm.functions)} functions, {len(firm.steps)} touchpoints "
        "that people work at; every figure stands with its grade in enterprise.yaml.",
        *(f"{note[:1].upper()}{note[1:]}." for note in firm.notes),
    ]
    notes += [f"A time-out: {time_out_text(each)}" for each in firm.time_outs]
    owner_of = {step.name: step.owner for step in firm.steps}
    if firm.together >= 0.1:
        notes.append(
            f"Batches: {firm.together:.0%} of visits begin within a minute of the same "
            "person's last "
            "one on another case of the kind. The model has none; their wait is in the waits."
        )
    handed = sum(
        w.share * share
        for step in firm.steps
        for w in step.routes.waits
        for target, share in w.next.items()
        if owner_of.get(target, step.owner) != step.owner
    )
    if handed < HARDLY_EVER:
        notes.append(
            "Hardly any case is handed from one function to another, so org models that part "
            "or join "
            "them hardly differ. A table of activities and functions (--map) may part work "
            "otherwise."
        )
    if firm.chosen_by_ending:
        notes.append(
            "Next to all cases had ended when the log was written, and those that began late took "
            "much less time: the log was chosen by when cases ended. What is held out as later "
            "cases is then unlike "
            "what came before, for the simulation as for whatever it is compared with."
        )
    return notes


def _said(
    notes: list[str], fit: pd.DataFrame, org_models: list[str], left_out: list[str]
) -> list[str]:
    lines = [*notes, beside_log_text(fit)]
    for part, asked in _PREDICTED.items():
        found = distance_lines(fit, part)
        if found:
            lines.append(f"Predicting {asked}: {' '.join(found)}")
    lines.append("To compare: " + ", ".join(org_models) + ".")
    if left_out:
        lines.append(
            f"Too small for: {', '.join(left_out)} (heads of theirs come to less than one)."
        )
    lines.append(RIDGES[1])
    return lines
