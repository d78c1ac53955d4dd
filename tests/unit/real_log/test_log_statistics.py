"""Statistics of a hand-made log of three worked cases and one that nobody worked on."""

import pandas as pd
import pytest

from analysis.real_log.log_statistics import (
    calendar_days,
    case_statistics,
    compare_with_log,
    working_ticks,
)

VISITS = [
    # case, function, touchpoint, start, end
    ("a", "sales", "sell", 1.0, 1.1),
    ("a", "checks", "check", 2.0, 2.1),
    ("a", "sales", "sell", 3.0, 3.1),  # straight back to sales: ping-pong
    ("a", "sales", "sell", 4.0, 4.1),  # no hand-off
    ("b", "sales", "sell", 1.0, 1.1),
    ("b", "", "letter", 1.5, 1.5),  # nobody's work does not break the stay
    ("b", "sales", "sell", 2.0, 2.1),
    ("c", "sales", "sell", 1.0, 1.1),
    ("c", "checks", "check", 2.0, 2.1),
    ("d", "", "letter", 0.0, 0.0),
]
CASES = [
    ("a", "approved", 0.0, 5.0),
    ("b", "cancelled", 0.0, 8.0),
    ("c", "open", 1.0, 30.0),
    ("d", "declined", 0.0, 0.0),
]


@pytest.fixture
def events() -> pd.DataFrame:
    # Out of order on purpose: the order of rows must not matter.
    columns = ["case_id", "function", "touchpoint", "start", "end"]
    return pd.DataFrame(VISITS, columns=columns).sample(frac=1, random_state=3)


@pytest.fixture
def cases() -> pd.DataFrame:
    return pd.DataFrame(CASES, columns=["case_id", "outcome", "start", "end"])


def as_dict(statistics: pd.DataFrame, value: str = "value") -> dict[tuple[str, str], float]:
    return {(s, i): v for s, i, v in statistics[["statistic", "scope_id", value]].to_numpy()}


def test_three_worked_cases_by_hand(events: pd.DataFrame, cases: pd.DataFrame) -> None:
    found = as_dict(case_statistics(events, cases))
    assert found["handoffs_per_case", ""] == pytest.approx(3 / 3)  # a: 2, b: 0, c: 1
    assert found["share_with_handoff", ""] == pytest.approx(2 / 3)
    assert found["ping_pong_share", ""] == pytest.approx(1 / 3)
    assert found["auto_declined_share", ""] == pytest.approx(1 / 4)
    for outcome in ("approved", "declined", "cancelled", "open"):
        assert found[f"{outcome}_share", ""] == pytest.approx(1 / 4)
    assert found["cancelled_share_by_function", "sales"] == pytest.approx(1 / 4)
    assert found["cancelled_share_by_touchpoint", "sell"] == pytest.approx(1 / 4)
    assert found["median_cycle_days", ""] == pytest.approx(5.0)  # of 5, 8 and 0; c is open
    assert found["median_cycle_days", "cancelled"] == pytest.approx(8.0)


def test_going_round_three_functions_is_not_ping_pong() -> None:
    rows = [("a", name, "t", float(day), float(day)) for day, name in enumerate("xyzx")]
    events = pd.DataFrame(rows, columns=["case_id", "function", "touchpoint", "start", "end"])
    cases = pd.DataFrame({"case_id": ["a"], "outcome": ["approved"], "start": [0.0], "end": [4.0]})
    found = as_dict(case_statistics(events, cases))
    assert found["handoffs_per_case", ""] == pytest.approx(3)
    assert found["ping_pong_share", ""] == pytest.approx(0)


def test_unknown_outcome_and_empty_log_are_refused(
    events: pd.DataFrame, cases: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match="lost"):
        case_statistics(events, cases.assign(outcome="lost"))
    with pytest.raises(ValueError, match="no cases"):
        case_statistics(events, cases.iloc[:0])


def test_a_working_week_is_a_calendar_week() -> None:
    assert calendar_days(40) == pytest.approx(7)
    assert working_ticks(7) == pytest.approx(40)
    assert working_ticks(calendar_days(13.0, 4), 4) == pytest.approx(13.0)


def simulated(events: pd.DataFrame, cases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the hand-made log as the simulator would: in ticks, with its own words."""
    words = {
        "approved": ("completed", "approved"),
        "declined": ("completed", "declined"),
        "cancelled": ("dropped", ""),
        "open": ("unresolved", ""),
    }
    own_events = events.assign(
        touchpoint="apply/" + events["touchpoint"],
        start=working_ticks(events["start"]),
        end=working_ticks(events["end"]),
        kind=["visit" if name else "automated" for name in events["function"]],
    )
    own_cases = cases.assign(
        exit=[words[o][1] for o in cases["outcome"]],
        outcome=[words[o][0] for o in cases["outcome"]],
        start=working_ticks(cases["start"]),
        end=working_ticks(cases["end"]),
    )
    return own_events, own_cases


def test_the_same_log_in_simulated_form_shows_no_error(
    events: pd.DataFrame, cases: pd.DataFrame
) -> None:
    compared = compare_with_log(*simulated(events, cases), log=case_statistics(events, cases))
    assert list(compared.columns) == ["statistic", "scope_id", "real", "simulated", "error"]
    assert compared["error"].abs().max() == pytest.approx(0, abs=1e-9)


def test_a_place_that_only_one_side_knows_counts_as_zero(
    events: pd.DataFrame, cases: pd.DataFrame
) -> None:
    real = case_statistics(events.replace({"function": {"sales": "market"}}), cases)
    compared = compare_with_log(*simulated(events, cases), log=real)
    errors = as_dict(compared, "error")
    assert errors["cancelled_share_by_function", "market"] == pytest.approx(-1 / 4)
    assert errors["cancelled_share_by_function", "sales"] == pytest.approx(1 / 4)


def test_what_closed_after_the_real_log_ended_is_open(
    events: pd.DataFrame, cases: pd.DataFrame
) -> None:
    real = case_statistics(events, cases)
    short = real.assign(value=real["value"].where(real["statistic"] != "follow_up_days", 6.0))
    found = as_dict(compare_with_log(*simulated(events, cases), log=short), "simulated")
    assert found["open_share", ""] == pytest.approx(2 / 4)  # b closed a day after the last look
    assert found["cancelled_share", ""] == pytest.approx(0)
