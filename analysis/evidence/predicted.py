"""What is known of firms and fitted to nothing: a fit predicts it, by runs that keep their events.

Most figures are read from the logs of some of the customers, as a researcher would read them from a
firm's own: how satisfaction falls with each further contact, how many leave after a first need
that the firm lost, and how much effort costs in loyalty. Beside them stand how many people change
function, and which failures are voiced.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence.fitted import Fitted, told_by
from analysis.evidence.sampling import defaults_at, world_at
from analysis.evidence.world_numbers import FRESH, TRAINING
from sim.checks.people import people_planned, voiced_by_people
from sim.runner import RunResult, RunSpec, run
from sim.study.levers import OrgModel
from sim.study.measure_table import MeasureSpec
from sim.study.study import Study
from sim.study.tables import CAUSE_WORDS, measure
from sim.study.working_time import DAYS_PER_YEAR, HOURS_PER_DAY
from sim.study.worlds import World

CUSTOMERS_FOLLOWED = 4000
"""Customers, evenly spaced, whose events are kept; at least so many where there are more."""
WORLDS_FOLLOWED = 20
"""Worlds of an ensemble that are run for it, the first ones."""
FEWEST_CASES = 20
"""Cases below which a share is not told."""
CONTACTS_TOLD_APART = 5
"""Contacts of a need from which more count as so many."""
HARD, EASY = 4.0, 2.0
"""Answers, of 1 to 5, from and up to which effort was high or low."""
PROMOTES = 9.0
"""Answer, of 0 to 10, below which a customer is no promoter."""

Predicted = dict[str, float]


@dataclass(frozen=True)
class Prediction:
    """A figure that is known of firms, and read from a run's events.

    Attributes
    ----------
    spec : MeasureSpec
        Its name, what a board reads, and its definition.
    low, high : float
        Least and most that firms are known to have.
    grade : str
        How good the source is (A to D).
    """

    spec: MeasureSpec
    low: float
    high: float
    grade: str


def _share(name: str, label: str, formula: str, source: str) -> MeasureSpec:
    return MeasureSpec(
        name=name,
        label=label,
        unit="share",
        direction="neither",
        display="percent",
        decimals=1,
        headline=False,
        formula=formula,
        source=source,
    )


CONTACT_COSTS, LEFT_AFTER = "satisfied_less_per_contact", "left_after_lost_need"
AFTER_HARD, AFTER_EASY = "disloyal_after_high_effort", "disloyal_after_low_effort"
VOICED_LEAST, VOICED_MOST, MOVED = "voiced_of_errors", "voiced_of_losses", "people_moved_share"
_CEB = "CEB 2013, The Effortless Experience: {} of customers become more disloyal"
_TARP = "TARP and CCMC, surveys of complaints: {}"
_VOICED = "chance that a person voices {}, mean over segments; from the assumptions, without a run"
_DISLOYAL = "of needs of the cohort ended with an answer of {} on effort: those whose customer is "

PREDICTED: dict[str, Prediction] = {
    row.spec.name: row
    for row in (
        Prediction(
            _share(
                CONTACT_COSTS,
                "Satisfied, less for each further contact",
                "slope, over needs of the cohort in journeys of the kind `resolve`, of being "
                "satisfied with the last contact over the contacts that the customer made, five "
                "at most; its sign turned",
                "SQM Group, about 15 points of satisfaction for each further contact",
            ),
            0.10,
            0.20,
            "C",
        ),
        Prediction(
            _share(
                LEFT_AFTER,
                "Left after a lost first need, beyond others",
                "customers whose first need of the window was dropped by the firm's doing and who "
                "were still there, left within a year of it; less those whose first need was "
                "completed, of the same segment, represented likewise; journeys that make or "
                "renew a membership left out",
                "PwC 2018: 17 % (US) say that they leave after one bad experience",
            ),
            0.03,
            0.25,
            "D",
        ),
        Prediction(
            _share(
                AFTER_HARD,
                "No promoters after high effort",
                _DISLOYAL.format("4 or 5") + "no promoter",
                _CEB.format("96 %"),
            ),
            0.60,
            1.00,
            "C",
        ),
        Prediction(
            _share(
                AFTER_EASY,
                "No promoters after low effort",
                _DISLOYAL.format("1 or 2") + "no promoter",
                _CEB.format("9 %"),
            ),
            0.00,
            0.25,
            "C",
        ),
        Prediction(
            _share(
                VOICED_LEAST,
                "Voiced of the lightest failures",
                _VOICED.format("a visible error, the lightest failure there is"),
                _TARP.format("3 to 10 % of trivial problems are voiced"),
            ),
            0.03,
            0.10,
            "D",
        ),
        Prediction(
            _share(
                VOICED_MOST,
                "Voiced of the gravest failures",
                _VOICED.format("a lost need, the gravest failure there is"),
                _TARP.format("55 to 85 % of severe problems are voiced"),
            ),
            0.55,
            0.85,
            "D",
        ),
        Prediction(
            _share(
                MOVED,
                "People who change function in a year",
                "people moved to another function in a year of the window because of its waits, "
                "of the people planned in the line",
                "by analogy, capital moved between business units in a year: 8 % on average, 1 % "
                "in a third of firms (Hall, Lovallo & Musters 2012; McKinsey 2016)",
            ),
            0.01,
            0.08,
            "D",
        ),
    )
}
"""By name, in the order in which they are told."""


def spec_of(output: str) -> MeasureSpec:
    """Return what is said of an output of a fit: of a measure, or of what is predicted."""
    name, _, _ = output.partition(" ")
    return PREDICTED[name].spec if name in PREDICTED else measure(name)


def predicted_in(study: Study, org_model: OrgModel, world: World) -> Predicted:
    """Run a world under one org model, some customers followed, and read the figures.

    Returns
    -------
    dict of str to float
        By name; NaN where too few cases tell, or the run failed.
    """
    inside = world.of(study)
    people = sum(inside.market.simulated)
    followed = tuple(range(0, people, max(1, people // CUSTOMERS_FOLLOWED)))
    spec = RunSpec(
        inside, org_model, 0, world.number, customers=True, events=True, followed=followed
    )
    try:
        return figures_of(run(spec), inside)
    except ArithmeticError:
        return dict.fromkeys(PREDICTED, math.nan)


def figures_of(result: RunResult, study: Study) -> Predicted:
    """Read the figures from the tables of a run that kept customers and events."""
    if result.events is None or result.customers is None:
        raise ValueError("the run kept no events, or no customers")
    events = result.events[result.events["in_cohort"]]
    journeys = study.enterprise.journeys.items()
    resolving = {name for name, each in journeys if each.kind == "resolve"}
    staying = {name for name, each in journeys if each.effect == "none"}
    window = (float(study.design.warm_up_days), float(study.design.horizon_days))
    lightest, gravest = voiced_by_people(study)
    moved = result.measures[
        (result.measures["measure"] == "heads_moved") & (result.measures["scope"] == "overall")
    ]["value"]
    return {
        CONTACT_COSTS: satisfied_less_per_contact(events, resolving),
        LEFT_AFTER: left_after_lost_need(events, result.customers, staying, window),
        AFTER_HARD: no_promoters(events, lambda effort: effort >= HARD),
        AFTER_EASY: no_promoters(events, lambda effort: effort <= EASY),
        VOICED_LEAST: lightest,
        VOICED_MOST: gravest,
        MOVED: float(moved.sum()) / people_planned(study),
    }


def satisfied_less_per_contact(events: pd.DataFrame, resolving: Collection[str]) -> float:
    """Return by how much fewer are satisfied with each further contact that a need takes.

    Parameters
    ----------
    events : DataFrame
        Of the cohort.
    resolving : collection of str
        Journeys whose needs are looked at.
    """
    own = (events["kind"] == "contact") & (events["detail"] != "call_back")
    contacts = events[own & events["journey"].isin(resolving)].sort_values(
        "end_hour", kind="stable"
    )
    needs = contacts.groupby(["customer_id", "need"], sort=False)["satisfaction"]
    made = needs.transform("size")
    last = needs.tail(1).dropna()  # who has left judges nothing
    satisfied = (last >= 4).to_numpy(dtype=np.float64)
    counted = made[last.index].clip(upper=CONTACTS_TOLD_APART).to_numpy(dtype=np.float64)
    if len(counted) < FEWEST_CASES or not counted.var() > 0.0:
        return math.nan
    return -float(np.cov(counted, satisfied, bias=True)[0, 1] / counted.var())


def left_after_lost_need(
    events: pd.DataFrame,
    customers: pd.DataFrame,
    staying: Collection[str],
    window: tuple[float, float],
) -> float:
    """Return how many more leave within a year of a first need that the firm lost.

    Parameters
    ----------
    events : DataFrame
        Of the cohort.
    customers : DataFrame
        One row a customer, columns as in ``customers.parquet``.
    staying : collection of str
        Journeys that neither make nor renew a membership.
    window : tuple of float
        Working day of the run on which it begins, and how many it has.
    """
    lost = (events["kind"] == "dropped") & events["detail"].isin(set(CAUSE_WORDS) - {"withdrawn"})
    ended = (lost | (events["kind"] == "completed")) & (events["recontact"] == 0)
    cases = events[ended & events["journey"].isin(staying)].sort_values("end_hour", kind="stable")
    first = cases.drop_duplicates("customer_id").set_index("customer_id")
    day = first["end_hour"] / HOURS_PER_DAY - window[0]
    there = first["recommend"].notna() & (day <= window[1] - DAYS_PER_YEAR)
    who = customers.set_index("customer_id").loc[first.index]
    table = pd.DataFrame(
        {
            "lost": first["kind"] == "dropped",
            "left": who["left_on_day"] - 1.0 <= day + DAYS_PER_YEAR,
            "segment": who["segment"],
            "represented": who["represented"],
        }
    )[there]
    groups = table.groupby(["segment", "represented", "lost"])["left"].agg(["mean", "size"])
    alike = groups.unstack("lost").dropna()
    if alike.empty or True not in alike["size"] or False not in alike["size"]:
        return math.nan
    weights, more = alike["size"][True], alike["mean"][True] - alike["mean"][False]
    return (
        float((more * weights).sum() / weights.sum()) if weights.sum() >= FEWEST_CASES else math.nan
    )


def no_promoters(events: pd.DataFrame, such: Callable[[pd.Series], pd.Series]) -> float:
    """Return the share of no promoters among needs ended with such an effort."""
    answered = events["kind"].isin(["completed", "dropped"]) & events["recommend"].notna()
    answers = events[answered & such(events["effort"])]["recommend"]
    return float((answers < PROMOTES).mean()) if len(answers) >= FEWEST_CASES else math.nan


def predictions_of(
    study: Study, org_model: OrgModel, fitted: Fitted, worlds: Sequence[World]
) -> list[dict[str, Any]]:
    """Run the default, the world in the middle and some members; return rows of ``patterns.csv``.

    Parameters
    ----------
    study : Study
    org_model : OrgModel
        The one that was fitted.
    fitted : Fitted
        Its world in the middle, if there is one, is run on luck of its own.
    worlds : sequence of World
        Those taken in, as they are kept; the first ones are run.
    """
    default = predicted_in(study, org_model, world_at(study, defaults_at(study), TRAINING))
    middle: Predicted = {}
    if fitted.medoid is not None:
        middle = predicted_in(study, org_model, replace(fitted.medoid, number=FRESH))
    members = [predicted_in(study, org_model, world) for world in worlds[:WORLDS_FOLLOWED]]
    return [_row(known, default, middle, members) for known in PREDICTED.values()]


def _row(
    known: Prediction,
    default: Predicted,
    middle: Predicted,
    members: Sequence[Predicted],
) -> dict[str, Any]:
    """Return what is predicted of one figure beside what is known of it."""
    name = known.spec.name
    found = np.array([each[name] for each in members], dtype=np.float64)
    return {
        "output": name,
        "fitted": False,
        "known_low": known.low,
        "known_high": known.high,
        "default": default[name],
        "middle": middle.get(name, math.nan),
        "source": known.spec.source,
        "grade": known.grade,
        **told_by(found, (known.low, known.high)),
    }
