"""A lever or parameter is moved, all luck kept: the sign that the mechanism demands."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, compact_study, measured, overall, started

from sim.organisation.organisation import Organisation
from sim.results.measures import measures
from sim.state.cases import N_COMPLETED, N_RECONTACTS
from sim.state.tallies import BY_WAIT

REPLICATES = 6
MARKET = (("customers", 120), ("prospects", 15))
CALM = {"defect_rate": 0.01, "loss_rate": 0.05}


def frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(each)) for key, each in value.items()))
    return value


def thawed(value: Any) -> Any:
    return {key: thawed(each) for key, each in value} if isinstance(value, tuple) else value


@functools.cache
def outcomes(levers: tuple, parameters: tuple) -> dict[str, np.ndarray]:
    """Return overall measures and counts by replicate."""
    study = compact_study(
        PLAIN | thawed(levers), parameters=CALM | thawed(parameters), market=dict(MARKET)
    )
    rows: list[dict[str, float]] = []
    for replicate in range(REPLICATES):
        model = started(study, replicate=replicate)
        model.run_model()
        table = measures(model)
        whole = table[table["scope"] == "overall"].set_index("measure")["value"].to_dict()
        rows.append(
            whole
            | {
                "dropped_waiting": float(model.state.drop_tallies[:, BY_WAIT].sum()),
                "lost": float(table[table["measure"] == "lost"]["value"].sum()),
                "crossings": float(table[table["measure"] == "crossings"]["value"].sum()),
                "errors": float(table[table["measure"] == "errors"]["value"].sum()),
                "visits": float(table[table["measure"] == "visits"]["value"].sum()),
                "memory": float(model.state.customers["memory"].mean()),
                "heard": float(model.register.heard.sum()),
                "came_back": model.state.counters[N_RECONTACTS] / model.state.counters[N_COMPLETED],
            }
        )
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def run(levers: dict | None = None, **parameters: float) -> dict[str, np.ndarray]:
    return outcomes(frozen(levers or {}), frozen(parameters))


def rises(low: np.ndarray, high: np.ndarray) -> None:
    """Assert that a paired difference is positive beyond chance and nearly everywhere."""
    difference = high - low
    assert difference.mean() > 2 * difference.std(ddof=1) / np.sqrt(len(difference))
    assert np.mean(difference > 0) >= 0.8


# --- parameters: the mechanism does what it says ----------------------------------------


def test_more_questions_more_repeat_asks_and_fewer_errors() -> None:
    few, many = run(ask_probability=0.3), run(ask_probability=0.95)
    rises(few["repeat_asks_per_case"], many["repeat_asks_per_case"])
    rises(many["errors"] / many["visits"], few["errors"] / few["visits"])


def test_a_higher_rate_of_loss_loses_more() -> None:
    low, high = run(loss_rate=0.05), run(loss_rate=0.3)
    rises(low["lost"] / low["crossings"], high["lost"] / high["crossings"])


def test_more_patience_fewer_waits_cut_short() -> None:
    low = run(patience_live_hours=0.05, patience_deferred_hours=20)
    high = run(patience_live_hours=0.5, patience_deferred_hours=160)
    rises(high["dropped_waiting"], low["dropped_waiting"])


def test_a_note_that_keeps_more_has_fewer_facts_asked_again() -> None:
    worn, whole = (run(note_spoken=kept, note_written=kept, cross_ties=0) for kept in (0.3, 0.98))
    rises(worn["facts_kept_share"], whole["facts_kept_share"])
    rises(whole["repeat_asks_per_case"], worn["repeat_asks_per_case"])


def test_guessing_does_more_harm_where_facts_matter_more() -> None:
    low, high = run(guess_error=0.3, ask_probability=0.3), run(guess_error=2, ask_probability=0.3)
    rises(low["errors"] / low["visits"], high["errors"] / high["visits"])


def test_defects_breed_errors() -> None:
    few, many = run(defect_rate=0.0), run(defect_rate=0.08)
    rises(few["errors"] / few["visits"], many["errors"] / many["visits"])


def test_broken_promises_that_weigh_more_cost_standing() -> None:
    light, heavy = run(broken_weight=1), run(broken_weight=3)
    rises(heavy["standing"], light["standing"])


def test_less_tolerance_for_effort_more_drop_offs() -> None:
    little, much = run(tolerance_effort=4), run(tolerance_effort=40)
    rises(much["drop_off_rate"], little["drop_off_rate"])


def test_odds_of_errors_that_are_higher_bring_errors_and_customers_again() -> None:
    few, many = run(error_scale=0.5), run(error_scale=4)
    rises(few["errors"] / few["visits"], many["errors"] / many["visits"])
    rises(few["failure_demand_share"], many["failure_demand_share"])
    rises(few["contacts_per_need"], many["contacts_per_need"])
    rises(many["fcr_rate"], few["fcr_rate"])


def test_odds_of_faults_that_are_higher_bring_cases_back() -> None:
    few, many = run(latent_fault_scale=0.5), run(latent_fault_scale=6)
    rises(few["came_back"], many["came_back"])


def test_graver_failures_that_are_louder_are_heard_more() -> None:
    even, loud = run(voice_severity=1), run(voice_severity=4)
    rises(even["heard"], loud["heard"])


def test_where_answers_count_from_moves_scores_and_nothing_else() -> None:
    kind, strict = (
        run(satisfied_from=s, promoter_from=p, detractor_below=d)
        for s, p, d in ((0.4, 0.75, 0.4), (0.75, 0.95, 0.7))
    )
    rises(strict["csat"], kind["csat"])
    rises(strict["nps"], kind["nps"])
    for name in ("net_value", "standing", "n_drop_offs", "n_contacts", "fcr_rate"):
        assert np.array_equal(kind[name], strict[name])


def test_who_has_learned_to_expect_little_is_disappointed_less() -> None:
    """Many journeys of this firm are worse than what is expected of it at first."""
    fixed = run(expectation=0.95, expectation_rate=0)
    moving = run(expectation=0.95, expectation_rate=0.2, expectation_weight=0.7)
    rises(fixed["memory"], moving["memory"])


# --- levers: from rights, hours and weights to what follows ------------------------------


def effort(weight: float, followed: bool) -> np.ndarray:
    levers: dict[str, Any] = {"incentives": {"shared_journey_weight": weight}}
    if followed:
        levers |= {"ownership": {"journeys": "journey_owner"}, "staffing": {"journey_owners": 1}}
    model = started(compact_study(PLAIN | levers))
    found = model.organisation.effort.copy()
    assert isinstance(model.organisation, Organisation)
    return found


THROUGHPUT, QUALITY, CARE, SEAM, IMPROVEMENT = range(5)


def test_a_shared_measure_moves_effort_towards_care_and_seams() -> None:
    alone, some, much = (effort(w, followed=True) for w in (0.0, 0.3, 0.6))
    for task in (CARE, SEAM):
        assert np.all(some[:, task] > alone[:, task])
        assert np.all(much[:, task] > some[:, task])
    assert np.all(much[:, QUALITY] - alone[:, QUALITY] < much[:, CARE] - alone[:, CARE])


def test_a_shared_measure_that_nobody_follows_moves_less() -> None:
    assert np.all(effort(0.4, followed=False)[:, CARE] < effort(0.4, followed=True)[:, CARE])


def test_a_shared_measure_leaves_fewer_faults() -> None:
    # A single journey's function is not diluted; all functions share several here, so owners
    # are funded in both, and heads are equal.
    common = {"ownership": {"journeys": "journey_owner"}, "staffing": {"journey_owners": 1}}
    own = run(common)
    shared = run(common | {"incentives": {"shared_journey_weight": 0.6}})
    rises(shared["came_back"], own["came_back"])


def test_liaison_people_keep_cases_from_falling_between() -> None:
    nobody, somebody = (
        run({"staffing": {"liaison": heads}}, loss_rate=0.3, liaison_minutes=60)
        for heads in (0, 10)
    )
    rises(somebody["lost"] / somebody["crossings"], nobody["lost"] / nobody["crossings"])


def test_what_takes_more_minutes_to_write_is_written_less() -> None:
    shared = {"technology": {"record": "shared"}}
    long, short = (
        run(shared, write_minutes=0.5 * share, note_minutes=1.5 * share, cross_ties=0)
        for share in (1.0, 0.1)
    )
    rises(long["facts_kept_share"], short["facts_kept_share"])
    rises(short["repeat_asks_per_case"], long["repeat_asks_per_case"])


def test_a_shared_record_keeps_more_of_what_was_said() -> None:
    common = {"note_spoken": 0.4, "note_written": 0.4, "cross_ties": 0, "own_record_write": 0.3}
    own, shared = run(**common), run({"technology": {"record": "shared"}}, **common)
    rises(own["facts_kept_share"], shared["facts_kept_share"])
    rises(shared["repeat_asks_per_case"], own["repeat_asks_per_case"])


# Notes hardly survive and own records are thin: what is known comes from the shared record.
FROM_THE_STORE = {
    "note_spoken": 0.2,
    "note_written": 0.2,
    "cross_ties": 0,
    "own_record_write": 0.2,
    "store_write": 1.0,
    "standards_given": 0.0,
}


def test_a_record_whose_words_are_understood_keeps_more_of_what_was_said() -> None:
    levers = {"technology": {"record": "shared"}}
    dark, clear = (run(levers, **FROM_THE_STORE, understanding_floor=floor) for floor in (0.2, 1.0))
    rises(dark["understood_share"], clear["understood_share"])
    rises(dark["facts_kept_share"], clear["facts_kept_share"])
    rises(clear["repeat_asks_per_case"], dark["repeat_asks_per_case"])
    assert np.all(clear["understood_share"] == 1.0)


def test_hours_for_common_standards_make_a_record_plain() -> None:
    levers = {"technology": {"record": "shared"}, "staffing": {"cx_team": 10}}
    none, some = (
        run(levers, **FROM_THE_STORE, understanding_floor=0.2, standards_share=share)
        for share in (0.0, 0.3)
    )
    rises(none["understood_share"], some["understood_share"])
    rises(none["facts_kept_share"], some["facts_kept_share"])
    assert np.array_equal(none["running_cost"], some["running_cost"])


def test_a_record_without_readers_of_others_words_is_a_record_each() -> None:
    """Nobody understands anybody: what a shared record holds is there, and of no use.

    Nothing goes stale: what a function has on record itself it reads in others' words, too.
    """
    dark = {**FROM_THE_STORE, "understanding_floor": 0.0, "staleness_per_year": 0.0}
    dark |= {"store_minutes": 0.0, "record_heads": 0.0}
    dark |= {"write_minutes": 0.0, "note_minutes": 0.0, "lookup_minutes": 0.0}
    own, shared = run(**dark), run({"technology": {"record": "shared"}}, **dark)
    assert np.all(shared["understood_share"] == 0.0)
    assert np.array_equal(own["facts_kept_share"], shared["facts_kept_share"])


NODE = {"technology": {"record": "shared"}, "trust": {"agent_access": "write"}}
THIN = {
    "note_spoken": 0.2,
    "note_written": 0.2,
    "cross_ties": 0,
    "own_record_write": 0.0,
    "consent_scope": 0.9,
    "understanding_floor": 1.0,
}


def test_what_agents_have_written_they_need_not_disclose_again() -> None:
    """What an agent writes it would have disclosed: it is at hand, and nobody knows more."""
    thin = THIN | {"store_write": 0.0, "agent_refresh": 0.0}
    silent, writing = (run(NODE, **thin, agent_writes=chance) for chance in (0.0, 0.9))
    rises(silent["facts_kept_share"], writing["facts_kept_share"])
    rises(writing["disclosure_share"], silent["disclosure_share"])


def test_agents_that_correct_keep_a_record_true() -> None:
    thin = THIN | {"staleness_per_year": 100.0, "agent_writes": 0.0}
    slack, some, keen = (run(NODE, **thin, agent_refresh=rate) for rate in (0.0, 200.0, 1e6))
    rises(slack["facts_kept_share"], keen["facts_kept_share"])
    rises(keen["disclosure_share"], some["disclosure_share"])
    rises(some["disclosure_share"], slack["disclosure_share"])


def test_agents_remind_of_promises_that_consent_leaves_out() -> None:
    thin = CALM | THIN | {"consent_scope": 0.4, "store_write": 0.0, "agent_writes": 0.0}
    told = []
    for chance in (0.0, 0.9):
        promising = compact_study(
            PLAIN | NODE,
            parameters=thin | {"reminder": chance},
            market=dict(MARKET),
            enterprise=ENTERPRISE | {"firm_facts": ["promise"]},
        )
        runs = (measured(promising, replicate=number) for number in range(REPLICATES))
        told.append(np.array([overall(each)["disclosure_share"] for each in runs]))
    rises(*told)


@pytest.mark.parametrize("path", ["none", "decision_maker"])
def test_authority_never_brings_fewer_fixes(path) -> None:
    eventful = {"defect_rate": 0.08, "voice_person": 0.4, "alarm_level": 2.5, "insight_hours": 8,
                "fix_base_hours": 20, "fix_head_hours": 0.3, "estimate_error": 1}  # fmt: skip
    team = {"staffing": {"cx_team": 10}, "escalation": {"path": path}}
    without, with_it = (run(team | {"authority": a}, **eventful) for a in (0.0, 1.0))
    assert with_it["n_fixes"].sum() >= without["n_fixes"].sum()
    assert with_it["n_issues"].sum() > 0


def test_heads_taken_from_the_line_lengthen_queues() -> None:
    """Coordination is paid for: with nothing to coordinate it only costs capacity."""
    still = {"discretionary_share": 0.0, "defect_rate": 0.0, "loss_rate": 0.0}
    line, team = run(**still), run({"staffing": {"cx_team": 20}}, **still)
    rises(line["dropped_waiting"], team["dropped_waiting"])
    assert np.array_equal(line["running_cost"], team["running_cost"])


# --- the market ---------------------------------------------------------------------------

OFFERS = {"leaving_per_day": 0.002, "leaving_offer": 0.0, "rival_offer": 0.2,
          "agent_search": 1.0, "person_search": 0.3}  # fmt: skip


def test_what_rivals_offer_drives_customers_away() -> None:
    unmoved, moved = run(**OFFERS), run(**OFFERS | {"leaving_offer": 20.0})
    rises(moved["window_retention"], unmoved["window_retention"])


def test_who_searches_more_is_lost_more_often() -> None:
    keen = OFFERS | {"leaving_offer": 20.0}
    blind = run(**keen | {"agent_search": 0.0, "person_search": 0.0})
    rises(run(**keen)["window_retention"], blind["window_retention"])


def test_rivals_that_offer_more_win_more() -> None:
    keen = OFFERS | {"leaving_offer": 20.0}
    rises(run(**keen)["window_retention"], run(**keen | {"rival_offer": 0.02})["window_retention"])


# --- boundaries ---------------------------------------------------------------------------


def test_where_borders_are_soft_less_is_handed_over() -> None:
    fixed, soft = run(), run({"ownership": {"boundaries": "soft"}})
    rises(soft["crossings"] / soft["visits"], fixed["crossings"] / fixed["visits"])


def test_generalists_who_err_more_make_more_errors() -> None:
    soft = {"ownership": {"boundaries": "soft"}}
    apt, clumsy = (run(soft, generalist_error=factor) for factor in (1.0, 3.0))
    rises(apt["errors"] / apt["visits"], clumsy["errors"] / clumsy["visits"])
