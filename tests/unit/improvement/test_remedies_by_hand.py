"""What firms make of reports that say what would put a failure right, by hand (rule E7)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import compact_study, started
from test_management_by_hand import firm, issue_at, site
from test_slice_and_size import cut

from sim.engine.draws import DRAW_RECOGNITION
from sim.engine.philox import block, uniform
from sim.improvement.issues import Alarm
from sim.improvement.recognition import AGENT, PERSON
from sim.improvement.remedies import Report, drawn_from, remedies_of_the_firm
from sim.model import EnterpriseModel
from sim.results.measures import measures
from sim.state.tallies import CARRIED, CARRIED_EXPECTED, CARRIED_FORESEEN, FIXED

REAR = 2


def listened(
    model: EnterpriseModel, who: int, signals: int, carried: int, caused: str = "repair/report"
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is heard of failures felt at the fix, and how much of it carries a remedy."""
    felt, cause = site(model, "repair/fix"), site(model, caused)
    model.state.signals[felt, cause, who] = signals
    model.state.remedies[felt, cause, who, CARRIED] = carried
    heard, _ = model.channels.listen()
    return heard.copy(), model.channels.told.copy()


# --- who hears of it ----------------------------------------------------------------------


def test_a_person_who_says_what_to_do_names_the_cause() -> None:
    model = firm(cross_ties=4.0)
    fix, report = site(model, "repair/fix"), site(model, "repair/report")
    by_person, by_agent = model.channels.chances()[fix, report]
    assert by_person < by_agent
    for who, carried, chance in ((PERSON, 0, by_person), (PERSON, 4000, by_agent),
                                 (AGENT, 0, by_agent), (AGENT, 4000, by_agent)):  # fmt: skip
        heard, told = listened(model, who, 4000, carried)
        assert heard.sum() == heard[report, report] + heard[fix, report] == 4000
        error = 4 * math.sqrt(4000 * chance * (1 - chance))
        assert heard[report, report] == pytest.approx(4000 * chance, abs=error)
        assert np.array_equal(told, heard if carried else np.zeros_like(heard))
    assert not model.state.remedies.any()


def test_more_remedies_are_more_of_the_same_signals() -> None:
    before = None
    for carried in (0, 10, 25, 40):
        model = firm(cross_ties=4.0)
        heard, told = listened(model, PERSON, 40, carried)
        assert told.sum() == carried and heard.sum() == 40
        found = (heard[site(model, "repair/report")].sum(), told.sum(axis=1))
        if before is not None:
            assert found[0] >= before[0] and np.all(found[1] >= before[1])
        before = found


def test_who_fears_blame_holds_it_back_as_anything_else() -> None:
    model = firm({"culture": {"blame": 1.0}})
    heard, told = listened(model, PERSON, 30, 30, caused="repair/fix")
    assert heard.sum() == told.sum() == 0
    heard, told = listened(model, AGENT, 30, 30, caused="repair/fix")
    assert heard.sum() == told.sum() == 30


def test_what_is_expected_is_sorted_by_what_reports_would_carry() -> None:
    model = firm(cross_ties=4.0)
    fix, report = site(model, "repair/fix"), site(model, "repair/report")
    by_person, by_agent = model.channels.chances()[fix, report]
    model.state.expected[fix, report] = [int(10 * FIXED), int(4 * FIXED)]
    model.state.remedies[fix, report, PERSON, CARRIED_EXPECTED] = int(3 * FIXED)
    _, expected = model.channels.listen()
    at_cause = 7 * by_person + (3 + 4) * by_agent
    assert expected[report] == pytest.approx(at_cause)
    assert expected.sum() == pytest.approx(14)


# --- what is believed -----------------------------------------------------------------------


def alarm(signals: list[int], told: list[int] | None) -> Alarm:
    return Alarm(0, 0, np.array(signals), 1.0, told=None if told is None else np.array(told))


def test_any_report_of_an_alarm_is_as_likely_as_any_other() -> None:
    raised = alarm([2, 0, 5, 3], [1, 0, 0, 3])
    drawn = [drawn_from(raised, (place + 0.5) / 10) for place in range(10)]
    assert [report.cause for report in drawn] == [0, 0, 2, 2, 2, 2, 2, 3, 3, 3]
    assert [report.remedied for report in drawn] == [True, *[False] * 6, True, True, True]
    assert drawn_from(alarm([2, 0, 5, 3], None), 0.05) == Report(0, False)


def looked_into(told: bool, trace: float, **parameters: float) -> Any:
    """Return the issue that the front makes of an alarm about a failure caused at the fix."""
    model = firm(trace_score=trace, insight_hours=1.0, **parameters)
    model.decisions.proposes = lambda *_: True
    felt, cause = site(model, "repair/report"), site(model, "repair/fix")
    signals = np.zeros(len(model.blueprint.site_ids), int)
    signals[cause] = 6
    model.register.alarms.append(Alarm(felt, 0, signals, 1.0, told=signals if told else None))
    model.functions[0].hours = 1.0
    model.functions[0].analyse()
    (issue,) = model.register.issues
    assert (issue.cause, issue.felt, issue.evidence) == (cause, felt, 6)
    return model, issue


def test_the_cause_of_a_report_with_a_remedy_needs_no_tracing() -> None:
    _, untraced = looked_into(told=False, trace=0.0)
    assert untraced.site == untraced.felt and not untraced.remedied
    _, traced = looked_into(told=False, trace=1.0)
    assert traced.site == traced.cause and not traced.remedied
    _, known = looked_into(told=True, trace=0.0)
    assert known.site == known.cause and known.remedied


def test_remedies_are_kept_as_long_as_the_signals_they_came_with() -> None:
    model = firm(alarm_ratio=1.5, alarm_level=4.0)
    register, here = model.register, site(model, "repair/fix")
    heard, told = (np.zeros((len(register.level),) * 2, np.int64) for _ in range(2))
    expected, kinds = np.zeros(len(register.level)), np.zeros_like(register.kinds)
    # The first week's are fewer than expected, so counting begins anew in the second.
    for week, (signals, remedies, usual) in enumerate([(2, 2, 9.0), (8, 1, 1.0), (8, 3, 1.0)]):
        heard[here, here], told[here, here], expected[here] = signals, remedies, usual
        register.hear(heard, expected, kinds, week, told)
    (raised,) = register.alarms
    assert raised.signals[here] == 16 and raised.told[here] == raised.told.sum() == 4
    register.level[:] = 0.0
    register.alarms.clear()
    told[here, here] = 0
    for week in (3, 4):
        register.hear(heard, expected, kinds, week, told)
    (raised,) = register.alarms
    assert raised.told is None


# --- what it costs ----------------------------------------------------------------------------


def test_it_saves_a_part_of_what_every_fix_takes() -> None:
    model = firm(fix_base_hours=40, fix_head_hours=5, remedy_saves=0.3, estimate_error=0.0,
                 decision_steepness=1.5)  # fmt: skip
    plain, told = (issue_at(model, "repair/fix", benefit=90.0, remedied=r) for r in (False, True))
    assert model.decisions.fix_hours(plain) == 40 + 5 * 3
    assert model.decisions.fix_hours(told) == pytest.approx(40 * 0.7 + 5 * 3)
    for issue, cost in ((plain, 55), (told, 43)):
        expected = 1 / (1 + math.exp(-1.5 * (90 / cost - 1)))
        assert model.decisions.yes(issue, None) == pytest.approx(expected)


def test_it_is_done_in_fewer_hours() -> None:
    model = firm(fix_base_hours=40, fix_head_hours=5, remedy_saves=0.3)
    issue = issue_at(model, "repair/fix", status="approved", remedied=True)
    model.defects.count[issue.site] = 1
    rear = model.functions[REAR]
    rear.hours = 42.9
    rear._work_on_fixes()
    assert issue in model.register.issues
    rear.hours = 0.2
    rear._work_on_fixes()
    assert model.register.issues == [] and model.defects.count[issue.site] == 0
    assert rear.hours == pytest.approx(0.1)


def test_fixes_that_rest_on_it_are_counted() -> None:
    model = firm()
    for remedied in (True, False, False, True, True):
        model.register.finished(
            issue_at(model, "repair/fix", remedied=remedied), 1, model.defects.count
        )
    model.ledger.note(model.organisation)
    table = measures(model).set_index("measure")["value"]
    assert table["remedied_fix_share"] == 3 / 5


# --- a slice of the firm ------------------------------------------------------------------------


def test_of_a_slice_reports_carry_a_remedy_whatever_caused_them() -> None:
    model = started(cut(10, {"organisation": "x"}))
    state, here = model.state, site(model, "repair/fix")
    state.foreseen[here] = state.remedies[here, ..., CARRIED_FORESEEN] = FIXED  # all of them
    voiced = np.zeros_like(state.signals)
    voiced[here] = 7
    assert voiced.shape[0] <= site(model, "middle>rear")  # seams come after touchpoints
    carried = remedies_of_the_firm(state, 10, 3, model.blueprint.site_counters, voiced)
    assert np.array_equal(carried, voiced)


def test_of_a_slice_s_drawn_signals_as_many_carry_one_as_are_foreseen_to() -> None:
    model = started(cut(10, {"organisation": "x"}))
    state, counters = model.state, model.blueprint.site_counters
    here, there = site(model, "repair/fix"), site(model, "repair/report")
    state.foreseen[here, there] = [5 * FIXED, 2 * FIXED]
    state.remedies[here, there, :, CARRIED_FORESEEN] = [FIXED, FIXED]
    state.remedies[here, there, :, CARRIED] = 3  # the slice's own chance: not used
    voiced = np.zeros_like(state.signals)
    voiced[here, there] = [50, 20]
    weeks = (remedies_of_the_firm(state, 10, week, counters, voiced) for week in range(300))
    found = np.array([carried[here, there] for carried in weeks])
    words = (int(counters[here]), 0, int(counters[there]))
    key = state.keys[DRAW_RECOGNITION]
    lucky = [uniform(block(key, *words, 2 * number)[2]) < 0.2 for number in range(50)]
    assert found[0, PERSON] == sum(lucky)  # each by a lane of its own
    for who, (number, share) in enumerate([(50, 0.2), (20, 0.5)]):
        error = 4 * math.sqrt(number * share * (1 - share) / 300)
        assert found[:, who].mean() == pytest.approx(number * share, abs=error)
    whole = remedies_of_the_firm(state, 1, 0, counters, voiced)
    assert whole[here, there].tolist() == [3, 3] and whole.sum() == 6
    state.remedies[:] = 0
    assert not remedies_of_the_firm(state, 10, 0, counters, voiced).any()


def test_what_a_slice_foresees_is_what_its_reports_carry() -> None:
    """Summed over a run, chances come to the number of reports, of agents and of the invited."""
    levers = {"organisation": "x", "people": {"customer_workshop_hours": 20}}
    parameters = {"standing_base": 0.2, "remedy_share": 1.0}
    carried, foreseen = np.zeros(2), np.zeros(2)
    for replicate in range(4):
        model = started(cut(2, levers, parameters=parameters), replicate=replicate)
        heard = model.channels.listen

        def listen(state=model.state, heard=heard):
            nonlocal carried, foreseen
            carried = carried + state.remedies[..., CARRIED].sum(axis=(0, 1))
            foreseen = foreseen + state.remedies[..., CARRIED_FORESEEN].sum(axis=(0, 1)) / FIXED
            return heard()

        model.channels.listen = listen
        model.run_model()
    assert carried.min() > 100
    assert np.all(np.abs(foreseen - carried) < 4 * np.sqrt(carried))


def test_without_a_remedy_nothing_of_it_is_there() -> None:
    study = compact_study({"organisation": "x"}, parameters={"remedy_share": 0.0})
    model = started(study)
    model.run_model()
    assert not model.state.remedies.any() and not model.register.told.any()
    assert not any(issue.remedied for issue in model.register.history)
