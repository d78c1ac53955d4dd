"""A derived line beside its table of contacts: who gives up after which wait, and how many wait."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.call_centre import (
    EXPONENTIAL_PATIENCE,
    MEASURED_PATIENCE,
    CallCentre,
    Calls,
    centre_enterprise,
    centre_from,
    centre_study,
    read_at,
)
from analysis.calibration.firm_yaml import ENTERPRISE_FILE, STUDY_FILE
from analysis.calibration.hold_out import FIT_TABLE, FITTED_SHARE, LATER, WHOLE
from analysis.calibration.patience import fewest_stretches, kaplan_meier
from sim.keeping.files import write_text
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.tables import column_names
from sim.study.working_time import CLOCK_HOURS, HOURS_PER_DAY

WAIT_PERCENTILES = (50, 75, 90, 95)
MOST_CALLS = 240_000
FEW_CALLS = 60_000
SEARCHES = 10
SETTLING_DAYS = 10


def write_centre(
    centre: CallCentre, folder: Path, name: str, source: str, zone: str, org_models: list[str]
) -> None:
    """Write `enterprise.yaml` and `study.yaml` of a line."""
    enterprise = "\n".join(centre_enterprise(centre, name, source, zone))
    study = "\n".join(centre_study(centre, name, source, org_models, patterns=True))
    write_text(folder / ENTERPRISE_FILE, enterprise + "\n")
    write_text(folder / STUDY_FILE, study + "\n")


def simulated_calls(
    centre: CallCentre, org_model: str, most: int = MOST_CALLS
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate a line, and return how long each contact waited, and who gave up.

    Returns
    -------
    waits : numpy.ndarray
        Float64, seconds on the clock.
    gave_up : numpy.ndarray
        bool.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_centre(centre, folder, "fit", "table", "UTC", [org_model])
        study = load_study(str(folder / STUDY_FILE))
    days = int(np.clip(most / centre.calls_per_year * 260.0, 10, 260))
    days = 5 * (days // 5)
    short = {"warm_up_days": SETTLING_DAYS, "horizon_days": days, "follow_up_days": 5}
    study = study.model_copy(update={"design": study.design.model_copy(update=short)})
    (model,) = (m for m in study.organisations if m.organisation == study.baseline)
    events = run(RunSpec(study, model, 0, events=True)).events
    if events is None:
        raise AssertionError("a run with events returns them")
    return _first_waits(events, SETTLING_DAYS * HOURS_PER_DAY)


def _first_waits(events: pd.DataFrame, since: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how long contacts that came since an hour waited for their first answer."""
    events = events[events["recontact"] == 0]  # who comes back is away before
    by_case = events.groupby("case:concept:name")
    came = by_case["start_hour"].transform("first")
    answered = events["kind"] == "visit"
    gone = (events["kind"] == "dropped") & (events["detail"] == "wait")
    ends = events[(answered | gone) & (came >= since)].drop_duplicates("case:concept:name")
    waits = (ends["start_hour"] - came[ends.index]) * (CLOCK_HOURS * 3600.0)
    return np.maximum(waits.to_numpy(), 0.0), (ends["kind"] == "dropped").to_numpy()


def staffed_as_seen(centre: CallCentre, org_model: str) -> CallCentre:
    """Return a line with so many people that as many give up as in the table, or nearly.

    Parameters
    ----------
    centre : CallCentre
        With people as seen, or as the work needs.
    org_model : str
        The firm as it is today.
    """
    tried: dict[int, float] = {}

    def off(heads: int) -> float:
        if heads not in tried:
            _, gave_up = simulated_calls(centre.with_heads(heads), org_model, FEW_CALLS)
            tried[heads] = float(gave_up.mean()) - centre.abandoned
        return tried[heads]

    low, high = 0, centre.heads
    while off(high) > 0.0 and len(tried) < SEARCHES:
        low, high = high, 2 * high
    while high - low > 1 and len(tried) < SEARCHES:
        heads = (low + high) // 2
        low, high = (heads, high) if off(heads) > 0.0 else (low, heads)
    best = min(tried, key=lambda each: abs(tried[each]))
    return centre.with_heads(best)


def calls_fit(calls: Calls, centre: CallCentre, org_model: str) -> tuple[pd.DataFrame, list[str]]:
    """Set a line beside the whole of its table.

    Returns
    -------
    fit : DataFrame
        Columns as ``fit.csv``; of the curve of patience, `low` and `high` are the 95 % band of the
        table's own.
    said : list of str
        Which form of patience lies inside the band.
    """
    rows: list[tuple[str, pd.DataFrame]] = []
    said, missed = [], []
    for form in (centre.patience.form, EXPONENTIAL_PATIENCE, MEASURED_PATIENCE):
        if any(form == seen for seen, _ in rows):
            continue
        waits, gave_up = simulated_calls(centre.with_patience(form), org_model)
        rows.append((form, _beside(calls, waits, gave_up, WHOLE)))
    for form, table in rows:
        curve = table[table["statistic"] == "abandoned_by_wait"]
        inside = curve["simulated"].between(curve["low"], curve["high"])
        outside = curve.loc[~inside, "scope_id"].tolist()
        where = f"; outside at {', '.join(outside)}" if outside else ""
        missed.append(where)
        said.append(
            f"Patience {form}: simulated, {int(inside.sum())} of {len(curve)} points of the curve "
            f"of who is still waiting lie inside the table's 95 % band{where}; "
            f"{curve['distance'].max():.1%} off at most."
        )
    if all(missed):
        said.append(what_mends(calls))
    return rows[0][1], said


def what_mends(calls: Calls) -> str:
    """Return in a sentence which form of patience has the table's own curve.

    Parameters
    ----------
    calls : Calls
        Of which neither form that the model knows has the curve.
    """
    found = fewest_stretches(calls.wait, calls.gave_up, read_at(calls))
    ends = [f"up to {end:.0f} s" for end in found.ends] + ["after that"]
    rates = [f"{rate:.2f} {end}" for rate, end in zip(found.per_minute, ends, strict=True)]
    return (
        "What mends it is a rate of giving up of its own for each stretch of the wait: with "
        f"{len(rates)} of them, per minute {', '.join(rates)}, the form's own curve lies inside "
        f"the band at {found.inside} of {found.points} points. The model knows only the forms "
        "above, so its figures on who gives up after which wait are off by as much as they say."
    )


def calls_later(calls: Calls, org_model: str) -> pd.DataFrame:
    """Derive a line from the first 70 % of a table's contacts, and let it predict the rest."""
    moment = np.quantile(calls.day, FITTED_SHARE)
    past, later = calls.part(calls.day < moment), calls.part(calls.day >= moment)
    centre = staffed_as_seen(centre_from(past), org_model)
    waits, gave_up = simulated_calls(centre, org_model)
    table = _beside(later, waits, gave_up, LATER)
    before = _beside(later, past.wait, past.gave_up, LATER)
    table["resample"] = before["distance"].to_numpy()
    return table


def _beside(calls: Calls, waits: np.ndarray, gave_up: np.ndarray, part: str) -> pd.DataFrame:
    """Return one row a statistic, real and simulated."""
    at = read_at(calls)
    real = kaplan_meier(calls.wait, calls.gave_up, at)
    model = kaplan_meier(waits, gave_up, at)
    table = [
        ("abandoned_share", "", calls.gave_up.mean(), gave_up.mean(), np.nan, np.nan),
        *(
            ("wait_seconds", f"p{p}", np.percentile(calls.wait, p), np.percentile(waits, p),
             np.nan, np.nan)
            for p in WAIT_PERCENTILES
        ),
        *(
            ("abandoned_by_wait", f"{t:.0f} s", *values)
            for t, *values in zip(at, real.share, model.share, real.low, real.high, strict=True)
        ),
    ]  # fmt: skip
    frame = pd.DataFrame(
        table, columns=["statistic", "scope_id", "real", "simulated", "low", "high"]
    )
    frame["distance"] = (frame["simulated"] - frame["real"]).abs()
    return frame.assign(part=part).reindex(columns=column_names(FIT_TABLE))
