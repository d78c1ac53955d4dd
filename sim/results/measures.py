"""Columns and tallies of a finished run become tidy measures (see ``sim.study.tables``)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.improvement.rights import answers_for_journeys
from sim.model import EnterpriseModel
from sim.organisation.incentives import TASKS
from sim.organisation.organisation import Organisation
from sim.organisation.readings import parts
from sim.organisation.wages import Wages
from sim.organisation.window_end import take_stock
from sim.results.answers import answer_rows
from sim.results.durations import days_to_complete
from sim.results.money import (
    conceded,
    lifetime_value,
    net_value,
    net_value_by_month,
    one_head,
    one_off_cost,
    revenue,
)
from sim.results.settling import settling_days
from sim.results.units import of_the_firm
from sim.results.utilisation import utilisation
from sim.state import tallies as t
from sim.state.leaving import leaving_hours
from sim.study.extension import adopted_by
from sim.study.tables import CAUSE_WORDS
from sim.study.working_time import DAYS_PER_WEEK, DAYS_PER_YEAR, HOURS_PER_YEAR

MeasureRows = list[tuple[str, str, str, float]]


def measures(model: EnterpriseModel) -> pd.DataFrame:
    """Return every measure of a run.

    Returns
    -------
    pandas.DataFrame
        Columns ``measure, scope, scope_id, value``.
    """
    rows: MeasureRows = []
    cells = model.state.case_tallies
    blueprint = model.blueprint
    resolving = np.array([blueprint.journey(j).kind == "resolve" for j in blueprint.journeys])
    scopes = [("overall", "", cells, resolving)]
    for place, name in enumerate(blueprint.journeys):
        one = slice(place, place + 1)
        scopes.append(("journey", name, cells[one], resolving[one]))
    for place, name in enumerate(blueprint.segments):
        scopes.append(("segment", name, cells[:, place], resolving))
    for place in range(cells.shape[2]):
        scopes.append(("month", f"{place + 1:02d}", cells[:, :, place], resolving))
    for scope, scope_id, counts, settles in scopes:
        _add_cases(rows, scope, scope_id, _total(counts))
        _add_contacts(rows, scope, scope_id, _total(counts), _total(counts[settles]))
    _add_customers(rows, model)
    _add_money(rows, model)
    _add_organisation(rows, model)
    _add_sites(rows, model)
    _add_understanding(rows, model)
    rows += answer_rows(model.state.answers)
    rows = of_the_firm(rows, blueprint)
    for each in adopted_by(model.study.extensions):
        if each.extension.measure is not None:
            rows += each.extension.measure(model.extensions[each.extension.name])
    return pd.DataFrame(rows, columns=["measure", "scope", "scope_id", "value"])


def _total(cells: np.ndarray) -> np.ndarray:
    """Return the tallies of all cells together, shape (n_case_tallies,)."""
    return np.asarray(cells.reshape(-1, cells.shape[-1]).sum(axis=0))


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else math.nan


def _add_cases(rows: MeasureRows, scope: str, scope_id: str, n: np.ndarray) -> None:
    """Add the measures of a set of needs from its tallies, shape (n_case_tallies,)."""
    needs, started = n[t.CASE_NEEDS], n[t.CASE_STARTED]
    completed, dropped = n[t.CASE_COMPLETED], n[t.CASE_DROPPED]
    came_back, rated = n[t.CASE_CAME_BACK], n[t.CASE_RATED]
    values = {
        "drop_off_rate": _ratio(dropped, needs),
        "drop_off_per_started": _ratio(dropped, started),
        "completion_rate": _ratio(completed, needs),
        "unresolved_share": _ratio(started - completed - dropped, needs),
        "unrealised_share": _ratio(n[t.CASE_UNREALISED], needs),
        "journey_kpi": _ratio(n[t.CASE_CLEAN] - came_back, started),
        "unchased_rate": _ratio(n[t.CASE_CLEAN] - came_back, completed),
        "transfers_per_case": _ratio(n[t.CASE_TRANSFERS], started),
        "repeat_asks_per_case": _ratio(n[t.CASE_REPEAT_ASKS], started),
        "facts_kept_share": _ratio(n[t.CASE_FACTS_HELD], n[t.CASE_FACTS_NEEDED]),
        "disclosure_share": _ratio(n[t.CASE_FACTS_DISCLOSED], n[t.CASE_FACTS_OFFERABLE]),
        "touchpoints_skipped": _ratio(n[t.CASE_SKIPPED], started),
        **days_to_complete(n),
        "nps": 100.0 * _ratio(n[t.CASE_PROMOTERS] - n[t.CASE_DETRACTORS], rated),
        "nps_surveyed": 100.0
        * _ratio(n[t.CASE_SURVEYED_PROMOTERS] - n[t.CASE_SURVEYED_DETRACTORS], n[t.CASE_SURVEYED]),
        "breaches_per_1000": 1000.0 * _ratio(n[t.CASE_BREACHES], started),
        "negotiation_agreement_rate": _ratio(n[t.CASE_AGREED], n[t.CASE_NEGOTIATED]),
        "ces": _ratio(n[t.CASE_EFFORT] / t.FIXED, rated),
        "n_needs": float(needs),
        "n_started": float(started),
        "n_drop_offs": float(dropped),
        "n_answers": float(rated),
        "n_surveyed": float(n[t.CASE_SURVEYED]),
    }
    rows += [(name, scope, scope_id, value) for name, value in values.items()]


def _add_contacts(
    rows: MeasureRows, scope: str, scope_id: str, n: np.ndarray, resolve: np.ndarray
) -> None:
    """Add what contacts were like, and how many a need took (rule E3).

    Parameters
    ----------
    n, resolve : numpy.ndarray
        Tallies of a set of needs, and of those of them that are to be resolved, shape
        (n_case_tallies,).
    """
    reached, again = resolve[t.CASE_REACHED], resolve[t.CASE_AGAIN]
    own = resolve[t.CASE_CONTACTS] - resolve[t.CASE_CALL_BACKS]
    values = {
        "csat": _ratio(n[t.CASE_SATISFIED], n[t.CASE_SATISFIED_OF]),
        "failure_demand_share": _ratio(n[t.CASE_FAILURE_CONTACTS], n[t.CASE_CONTACTS]),
        "fcr_rate": _ratio(resolve[t.CASE_RESOLVED], reached),
        "again_own_error_share": _ratio(resolve[t.CASE_AGAIN_OWN_ERROR], again),
        "again_firm_share": _ratio(resolve[t.CASE_AGAIN_FIRM], again),
        "contacts_per_need": _ratio(own, reached),
        "n_contacts": float(n[t.CASE_CONTACTS]),
    }
    rows += [(name, scope, scope_id, value) for name, value in values.items()]


def _add_customers(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Standing, kept promises, retention and churn over customers present at day 0."""
    for month, standing in enumerate(model.standing_by_month):
        rows.append(("standing", "month", f"{month + 1:02d}", standing))
    rules = model.state.rules[0]
    months = (float(rules["day_end"]) - float(rules["day_zero"])) / float(rules["month_hours"])
    scopes = [("overall", ""), *(("segment", name) for name in model.blueprint.segments)]
    then = model.at_window_end or take_stock(model.state)
    stays = _stays(model)
    for (scope, scope_id), n, stayed in zip(
        scopes, [then.overall, *then.by_segment], stays, strict=True
    ):
        to_end = _ratio(stayed.to_end, stayed.customers)
        rows += [
            ("standing", scope, scope_id, _ratio(n.standing, n.customers)),
            ("kept_share", scope, scope_id, _ratio(n.kept, n.met)),
            ("consistency", scope, scope_id, 1.0 - _ratio(n.spread, n.met_several)),
            ("window_retention", scope, scope_id, to_end),
            ("churn_rate", scope, scope_id, 1.0 - to_end ** (1.0 / months)),
        ]
        if rules["day_end"] >= rules["day_zero"] + HOURS_PER_YEAR:
            a_year = _ratio(stayed.a_year, stayed.customers)
            rows.append(("retention_rate", scope, scope_id, a_year))
    for name, (met, standing, kept) in zip(
        model.blueprint.functions, then.by_function, strict=True
    ):
        rows.append(("standing", "function", name, _ratio(standing, met)))
        rows.append(("kept_share", "function", name, _ratio(kept, met)))


class Stays(NamedTuple):
    """How many customers of day 0 there were, and how many were still there later."""

    customers: float
    a_year: float
    to_end: float


def _stays(model: EnterpriseModel) -> list[Stays]:
    """Return how many stayed, overall and by segment; a year on only if the window shows it."""
    rules = model.state.rules[0]
    day_zero, end = float(rules["day_zero"]), float(rules["day_end"])
    year = day_zero + HOURS_PER_YEAR
    counts = np.zeros((len(model.blueprint.segments) + 1, len(Stays._fields)))
    for part in parts(model.state):
        customers = model.state.customers[part]
        left = leaving_hours(model.state, part)
        there = customers["joined_at"] <= day_zero
        for place in range(len(counts)):
            who = there if place == 0 else there & (customers["segment"] == place - 1)
            counts[place] += [who.sum(), (left[who] > year).sum(), (left[who] > end).sum()]
    return [Stays(*row) for row in counts.tolist()]


def _add_money(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Revenue, cost to serve and net value."""
    wages = Wages.of(model.blueprint)
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    serving = wages.of_line(model.busy_hours / HOURS_PER_YEAR)
    paid = _over_time(model, lambda each: wages.of_roles(each.staff.in_roles))
    coordinating = paid * years / model.study.market.slice
    started = float(model.state.case_tallies[..., t.CASE_STARTED].sum())
    rows += [
        ("revenue", "overall", "", revenue(model)),
        ("cost_to_serve", "overall", "", _ratio(serving + coordinating, started)),
        ("net_value", "overall", "", net_value(model)),
        ("customer_lifetime_value", "overall", "", lifetime_value(model)),
        ("conceded", "overall", "", conceded(model)),
        ("one_head", "overall", "", one_head(model)),
        ("running_cost", "overall", "", _over_time(model, lambda each: each.staff.spending)),
        (
            "one_off_cost",
            "overall",
            "",
            one_off_cost(model, 0.0, np.inf) * model.study.market.slice,
        ),
    ]
    line = _over_time(model, lambda each: each.heads)
    shares = utilisation(model, line)
    rows += [
        ("utilisation", "function", name, float(share))
        for name, share in zip(model.blueprint.functions, shares, strict=True)
    ]
    rows.append(("utilisation", "overall", "", _weighted(shares, line)))
    rows.append(("settling_days", "overall", "", float(settling_days(model.open_by_week))))
    for month, value in enumerate(net_value_by_month(model)):
        rows.append(("net_value", "month", f"{month + 1:02d}", value))
    if model.timeline.transition is not None:
        began = model.timeline.began
        week = math.nan if began is None else float(began - model.timeline.first_week)
        rows.append(("transition_week", "overall", "", week))


def _over_time(model: EnterpriseModel, of: Callable[[Organisation], Any]) -> Any:
    """Return the mean over the window of something that changes with the org model in force."""
    timeline = model.timeline
    first, last = timeline.first_week, timeline.last_week
    starts = [min(max(week, first), last) for week, _ in timeline.segments]
    weeks = np.diff([*starts, last])
    values = [of(organisation) for _, organisation in timeline.segments]
    if len(values) == 1:
        return values[0]
    return np.average(values, axis=0, weights=weeks) if weeks.sum() else values[-1]


def _add_organisation(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Own KPIs, decisions, fixes, accountability and overhead.

    Drop-offs by site carry no date: who is accountable for one goes by the rights in force
    at the end of the run, in a transition too.
    """
    outcomes = model.register.outcomes
    kpis = [model.own_kpi(place) for place in range(len(model.functions))]
    for name, value in zip(model.blueprint.functions, kpis, strict=True):
        rows.append(("own_kpi_attainment", "function", name, value))
    visits = np.array(
        [
            model.state.touch_tallies[model.blueprint.owners == place, t.TOUCH_VISITS].sum()
            for place in range(len(kpis))
        ]
    )
    drops = model.state.drop_tallies.sum(axis=1)
    named = np.array(
        [model.decisions.accountable(site) != "nobody" for site in range(len(drops))], bool
    )
    # One kind of role answers for all journeys or for none, so for all drop-offs or for none.
    answered = drops.sum() if answers_for_journeys(model.organisation) != "nobody" else 0
    rows += [
        ("own_kpi_attainment", "overall", "", _weighted(np.array(kpis), visits)),
        ("decision_wait_days", "overall", "", _mean_days(model.register.waits(model.week))),
        ("signal_to_fix_days", "overall", "", _mean_days(outcomes.fix_times)),
        ("wasted_fix_share", "overall", "", _ratio(outcomes.wasted, outcomes.fixed)),
        ("remedied_fix_share", "overall", "", _ratio(outcomes.remedied, outcomes.fixed)),
        ("n_issues", "overall", "", float(outcomes.opened)),
        ("n_fixes", "overall", "", float(outcomes.fixed - outcomes.wasted)),
        ("accountable_share", "overall", "", _ratio(answered, drops.sum())),
        ("site_owner_share", "overall", "", _ratio(drops[named].sum(), drops.sum())),
    ]
    rows += _people_moved(model)
    _add_incentives(rows, model)


def _people_moved(model: EnterpriseModel) -> MeasureRows:
    """Return how many people moved a year, and how many each function gained less it gave."""
    timeline, names = model.timeline, model.blueprint.functions
    moves = model.capacity.moved_in(timeline.first_week, timeline.last_week)
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    rows: MeasureRows = [("heads_moved", "overall", "", len(moves) / years)]
    for place, name in enumerate(names):
        net = sum((place == move.receiver) - (place == move.giver) for move in moves)
        rows.append(("heads_moved", "function", name, net / years))
    return rows


def _add_incentives(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Overhead, and how efforts and rewards stood, over the weeks of the window."""
    ledger, names = model.ledger, model.blueprint.functions
    congruity = ledger.mean("congruity")
    rows += [
        ("overhead_share", "overall", "", float(ledger.mean("overhead"))),
        ("corner_share", "overall", "", float(ledger.mean("corners"))),
        ("congruity", "overall", "", _weighted(congruity, model.organisation.heads)),
    ]
    corners = ledger.mean("corners_by_function")
    *shares, overall = ledger.written_share()
    rows.append(("notes_written_share", "overall", "", float(overall)))
    rows += [
        ("notes_written_share", "function", n, float(s)) for n, s in zip(names, shares, strict=True)
    ]
    rows += [("congruity", "function", n, float(c)) for n, c in zip(names, congruity, strict=True)]
    rows += [("corner_share", "function", n, float(c)) for n, c in zip(names, corners, strict=True)]
    for task, shares in zip(TASKS, ledger.mean("effort").T, strict=True):
        name = f"effort_{task}"
        rows += [(name, "function", n, float(a)) for n, a in zip(names, shares, strict=True)]


def _weighted(values: np.ndarray, weights: np.ndarray) -> float:
    known = np.isfinite(values) & (weights > 0)
    return _ratio(float((values * weights)[known].sum()), float(weights[known].sum()))


def _mean_days(weeks: list[int]) -> float:
    return DAYS_PER_WEEK * sum(weeks) / len(weeks) if weeks else math.nan


def _add_understanding(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Add what readers made of facts in the shared record that others wrote."""
    blueprint, tallies = model.blueprint, model.state.touch_tallies
    scopes = [("overall", "", np.ones(len(tallies), bool))]
    for place, name in enumerate(blueprint.functions):
        scopes.append(("function", name, blueprint.owners == place))
    for scope, scope_id, steps in scopes:
        tally = tallies[steps].sum(axis=0)
        share = _ratio(tally[t.TOUCH_UNDERSTOOD], tally[t.TOUCH_ELSEWHERE])
        rows.append(("understood_share", scope, scope_id, share))


def _note_kept(tally: np.ndarray) -> float:
    """Return the share of facts that arrived over a seam, from its tallies."""
    return _ratio(tally[t.SEAM_FACTS_ARRIVED], tally[t.SEAM_FACTS_SENT])


def _add_sites(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Visits, crossings, what arrived over seams, and where cases were dropped, by cause."""
    blueprint, state = model.blueprint, model.state
    n_touchpoints = len(blueprint.touchpoints)
    for place, name in enumerate(blueprint.touchpoint_ids):
        tally = state.touch_tallies[place]
        rows += [
            ("visits", "touchpoint", name, float(tally[t.TOUCH_VISITS])),
            ("errors", "touchpoint", name, float(tally[t.TOUCH_ERRORS])),
            ("n_drop_offs", "touchpoint", name, float(state.drop_tallies[place].sum())),
        ]
    for place, name in enumerate(blueprint.seam_ids):
        tally = state.seam_tallies[place]
        drops = float(state.drop_tallies[n_touchpoints + place].sum())
        rows += [
            ("crossings", "seam", name, float(tally[t.SEAM_CROSSINGS])),
            ("lost", "seam", name, float(tally[t.SEAM_LOST])),
            ("note_kept_share", "seam", name, _note_kept(tally)),
            ("n_drop_offs", "seam", name, drops),
        ]
    rows.append(("note_kept_share", "overall", "", _note_kept(state.seam_tallies.sum(axis=0))))
    _add_abandonment(rows, model)
    for cause in CAUSE_WORDS:
        column = t.CAUSES.index(cause)
        by_site = state.drop_tallies[:, column]
        rows.append(("n_drop_offs", "cause", cause, float(by_site.sum())))
        for site in np.flatnonzero(by_site):
            name = f"{blueprint.site_ids[site]}:{cause}"
            rows.append(("n_drop_offs", "site_cause", name, float(by_site[site])))


def _add_abandonment(rows: MeasureRows, model: EnterpriseModel) -> None:
    """Add who abandoned of those who were to be served live by people."""
    blueprint, tallies = model.blueprint, model.state.touch_tallies
    steps = [blueprint.touchpoint(place) for place in range(len(tallies))]
    live = np.array([step.mode == "live" and not step.automated for step in steps])
    gone = np.where(live, tallies[:, t.TOUCH_ABANDONED], 0)
    served = tallies[:, t.TOUCH_VISITS] - tallies[:, t.TOUCH_BY_MACHINE]
    offered = gone + np.where(live, served, 0)
    rows.append(("abandonment_rate", "overall", "", _ratio(gone.sum(), offered.sum())))
    for place, name in enumerate(blueprint.functions):
        mine = live & (blueprint.owners == place)
        if mine.any():
            share = _ratio(gone[mine].sum(), offered[mine].sum())
            rows.append(("abandonment_rate", "function", name, share))
    for place in np.flatnonzero(live).tolist():
        name = blueprint.touchpoint_ids[place]
        rows.append(("abandonment_rate", "touchpoint", name, _ratio(gone[place], offered[place])))
