"""A call centre derived from a table of contacts: one line with people, before it a machine.

One function alone is refused of an event log, where boundaries are what is asked about. A table of
contacts shows one line, whose queue and patience are worth having; what is asked of it is people
and waits, and the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.calibration.doors import Doors, doors_of, needs_of
from analysis.calibration.firm import DAYS_OF_A_YEAR, RARELY_BEGUN, cases_a_day
from analysis.calibration.firm_yaml import (
    ENTERPRISE_FILE,
    as_yaml_text,
    comment,
    key_of_study,
    on_one_line,
)
from analysis.calibration.patience import PatienceFit, fit_patience
from analysis.calibration.people_seen import PAID_HOURS_A_DAY, WORKING_DAYS_OF_A_WEEK
from analysis.calibration.visits import on_the_wall
from analysis.event_log.log_table import ContactLog

CALLS_EACH = 12
"""A year and customer (grade D)."""
WORTH = 10
AT_SECONDS = (10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0)
FEWEST_AT_RISK = 30
EXPONENTIAL_PATIENCE, MEASURED_PATIENCE = "exponential", "measured"


@dataclass(frozen=True)
class Calls:
    """A table of contacts, as it is looked at.

    Attributes
    ----------
    day, wait, service : numpy.ndarray
        Float64, by contact: day of arrival, seconds waited, seconds served (missing where not).
    gave_up : numpy.ndarray
        bool.
    moments : pandas.Series
        Arrivals on the wall.
    people : pandas.DataFrame
        `resource, day`: who answered on which day.
    """

    day: np.ndarray
    wait: np.ndarray
    service: np.ndarray
    gave_up: np.ndarray
    moments: pd.Series
    people: pd.DataFrame

    def part(self, chosen: np.ndarray) -> Calls:
        """Return the contacts of a mask; people of their days."""
        days = self.day[chosen]
        inside = self.people["day"].between(np.floor(days.min()), np.floor(days.max()))
        return Calls(
            self.day[chosen],
            self.wait[chosen],
            self.service[chosen],
            self.gave_up[chosen],
            self.moments[chosen],
            self.people[inside],
        )


@dataclass(frozen=True)
class CallCentre:
    """All that a table of contacts says of a line.

    Attributes
    ----------
    calls_per_year : float
    minutes, variation : float
        Of a contact, and its coefficient of variation.
    doors, needs : Doors
        When people answer, and when contacts come.
    heads : int
        People.
    seen : float
        As many as were seen at work, as full posts; 0 where the table names nobody.
    fits : list of PatienceFit
        Forms of patience.
    patience : PatienceFit
        That which the study has: exponential, or of the model's measured shape.
    abandoned : float
        Share of contacts that gave up.
    n_calls : int
    """

    calls_per_year: float
    minutes: float
    variation: float
    doors: Doors
    needs: Doors
    heads: int
    seen: float
    fits: list[PatienceFit]
    patience: PatienceFit
    abandoned: float
    n_calls: int

    def with_heads(self, heads: int) -> CallCentre:
        """Return the same line with so many people."""
        return replace(self, heads=heads)

    def with_patience(self, form: str) -> CallCentre:
        """Return the same line with another form of patience."""
        (chosen,) = (each for each in self.fits if each.form == form)
        return replace(self, patience=chosen)


def calls_of(log: ContactLog) -> Calls:
    """Return a table of contacts in days of the clock on the wall."""
    contacts = log.contacts
    moments = on_the_wall(contacts["arrival"], log.zone)
    origin = moments.min().normalize()
    day = (moments - origin).dt.total_seconds().to_numpy() / 86400.0
    named = (contacts["resource"] != "").to_numpy() if "resource" in contacts else None
    people = pd.DataFrame({"resource": [], "day": []})
    if named is not None:
        who = contacts["resource"].to_numpy()[named]
        people = pd.DataFrame({"resource": who, "day": np.floor(day[named])}).drop_duplicates()
    return Calls(
        day,
        contacts["wait_seconds"].to_numpy(float),
        contacts["service_seconds"].to_numpy(float),
        contacts["abandoned"].to_numpy(bool),
        moments,
        people,
    )


def read_at(calls: Calls) -> np.ndarray:
    """Return the seconds at which the curve of patience is read: where enough waited so long."""
    return np.array([each for each in AT_SECONDS if (calls.wait > each).sum() >= FEWEST_AT_RISK])


def centre_from(calls: Calls) -> CallCentre:
    """Derive a line from contacts; its people as seen, or as the work needs.

    Parameters
    ----------
    calls : Calls
        At least some of which gave up.
    """
    served = calls.service[~calls.gave_up]
    served = served[np.isfinite(served) & (served > 0.0)]
    fits = fit_patience(calls.wait, calls.gave_up, read_at(calls))
    known = [each for each in fits if each.form in (EXPONENTIAL_PATIENCE, MEASURED_PATIENCE)]
    days = max(float(np.floor(calls.day.max()) - np.floor(calls.day.min()) + 1.0), 1.0)
    working_days = max(days * WORKING_DAYS_OF_A_WEEK, 1.0)
    load = served.mean() / 3600.0 * len(calls.day) / (PAID_HOURS_A_DAY * working_days)
    seen = len(calls.people) / working_days
    return CallCentre(
        calls_per_year=cases_a_day(pd.Series(calls.day)) * DAYS_OF_A_YEAR,
        minutes=float(served.mean()) / 60.0,
        variation=min(float(served.std() / served.mean()), 5.0),
        doors=doors_of(calls.moments[~calls.gave_up]),
        needs=needs_of(calls.moments, RARELY_BEGUN),
        heads=max(1, math.ceil(seen or load / 0.75)),
        seen=seen,
        fits=fits,
        patience=min(known, key=lambda each: each.off),
        abandoned=float(calls.gave_up.mean()),
        n_calls=len(calls.day),
    )


def centre_enterprise(centre: CallCentre, name: str, source: str, zone: str) -> Iterator[str]:
    """Yield the lines of the enterprise file of a line."""
    yield from comment(
        f"A line derived from the table of contacts {on_one_line(source)}, by `calibrate`: "
        f"{centre.n_calls:,} contacts, {centre.calls_per_year:,.0f} a year. Every figure is the "
        "table's (grade A) unless it says grade D: assumed."
    )
    yield "#"
    yield from comment(
        "One function: what is asked of such a firm is how many people and how long a wait. Org "
        "models that part or join functions have nothing to part here; add the functions behind "
        "the line, or derive the firm from an event log, to compare them."
    )
    yield from comment(
        "Staffing: so many people that as many give up as in the table "
        f"({centre.abandoned:.1%}); contacts come evenly over the hours in the model, and in "
        "waves in "
        "the table"
        + (f", where {centre.seen:.1f} were seen on a working day." if centre.seen else ".")
    )
    yield from comment(
        "The menu before the line is a machine; who leaves it there is not in the table."
    )
    agents = "agents"
    yield f"enterprise: {key_of_study(name)}"
    yield f"description: Derived from the table of contacts {as_yaml_text(source)}."
    yield "calendar:"
    yield f"  zone: {as_yaml_text(zone)}"
    yield f"  open: {centre.doors.text}"
    yield f"  needs: {centre.needs.text}"
    yield "functions:"
    yield f"  {agents}: {{heads: {centre.heads}}}"
    yield "facts:"
    yield "  identity: customer  # grade D"
    yield "journeys:"
    yield "  call:"
    yield "    start: menu"
    yield "    kind: resolve"
    yield f"    value: {WORTH}  # grade D"
    yield "    touchpoints:"
    yield "      menu:"
    yield "        owner: nobody"
    yield "        automated: true"
    yield "        mandatory: true"
    yield "        produces: [identity]"
    yield "        next: {answer: 1}"
    yield "      answer:"
    yield f"        owner: {agents}"
    yield "        mode: live"
    yield f"        minutes: {centre.minutes:.3f}"
    yield f"        variation: {centre.variation:.2f}"
    yield "        requires: [identity]"
    yield "        mandatory: true"
    yield "        error: 0.01  # grade D"
    yield "        latent_fault: 0.01  # grade D"
    yield "        next: {completed: 1}"


def centre_study(
    centre: CallCentre, name: str, source: str, org_models: Sequence[str], patterns: bool
) -> Iterator[str]:
    """Yield the lines of the study file of a line."""
    customers = max(1, round(centre.calls_per_year / CALLS_EACH))
    form = centre.patience.form
    yield from comment(
        f"A line derived from {on_one_line(source)}. Not fitted: standing, incentives and "
        "authority are the "
        "program's own assumptions until `fit` has been run on this study."
    )
    yield f"study: {name}"
    yield f"description: A line derived from the table of contacts {as_yaml_text(source)}."
    yield f"enterprise: {ENTERPRISE_FILE}"
    yield "organisations:"
    yield from (f"  - organisations/{model}.yaml" for model in org_models)
    yield f"baseline: {org_models[0]}"
    yield "market:"
    yield f"  customers: {customers}  # grade D: each calls {CALLS_EACH} times a year"
    yield "  segments:"
    yield "    callers:"
    yield "      share: 1"
    a_year = f"{centre.calls_per_year:,.0f} contacts a year"
    yield f"      needs_per_year: {{call: {CALLS_EACH}}}  # {a_year}"
    yield "# Patience, by survival analysis: who was served would have waited longer."
    for each in centre.fits:
        chosen = " (taken)" if each.form == form else ""
        yield (
            f"#   {each.form}: mean {each.mean:.0f} s, shape {each.shape:.2f}, "
            f"{each.off:.1f} half widths of the 95 % band from the curve on average{chosen}"
        )
    yield "mechanisms:"
    yield f"  patience: {form}"
    yield "parameters:"
    yield f"  patience_live_hours: {centre.patience.mean / 3600.0:.5f}"
    yield "  patience_standing_slope: 0  # the table's callers are as patient as they are; raise it"
    yield "  # to let standing lengthen patience (grade D)"
    if patterns:
        low, high = 0.9 * centre.abandoned, 1.1 * centre.abandoned
        yield "patterns:"
        yield (
            f"  - {{measure: abandonment_rate, low: {low:.4g}, high: {high:.4g}, "
            f"source: {as_yaml_text(source)}}}"
        )
    yield "design:"
    yield "  seed: 1"
    yield "  replicates: 8"
    yield "  worlds: 0  # the line of the table as it was derived; after `fit`, ask for worlds"
    yield "  horizon_days: 260"
    yield "  warm_up_days: 130"
    yield "  ticks_per_day: 16"
