"""Branches, waits, histories, patience and distances by hand."""

import re

import numpy as np
import pandas as pd
import pytest
from log_frames import event_log

from analysis.calibration.baselines import markov, resampled
from analysis.calibration.call_centre import Calls
from analysis.calibration.call_fit import what_mends
from analysis.calibration.described import describe, seen_in
from analysis.calibration.distances import bootstrap, distances, outlines
from analysis.calibration.histories import Paths, chain_paths, hand_over, with_histories
from analysis.calibration.patience import (
    fewest_stretches,
    fit_patience,
    kaplan_meier,
    survival_of,
)
from analysis.calibration.plain_firm import to_four_decimals
from analysis.calibration.routes import Shut, misfit, routes_of
from analysis.calibration.visits import visits_of
from sim.study.opening import opening_spans

OPEN = opening_spans("Mon-Fri 09:00-17:00")


def _ways(to: list[str], days: list[float], late: list[bool] | None = None) -> pd.DataFrame:
    n = len(to)
    since = 0.4 + np.arange(n) % 5
    return pd.DataFrame({"to": to, "days": days, "since": since, "late": late or [False] * n})


def test_rare_branches_are_left_out_and_said() -> None:
    routes = routes_of(_ways(["a"] * 60 + ["b"] * 38 + ["c"] * 2, [0.0] * 100), 3, Shut({}, 0))
    assert routes.left_out == {"c": 2}
    assert routes.shares() == pytest.approx({"a": 60 / 98, "b": 38 / 98})
    assert routes.n_steps == 0


def test_waits_of_two_kinds_have_a_step_each() -> None:
    luck = np.random.default_rng(1)
    short, long = luck.gamma(9.0, 0.1 / 9.0, 400), luck.gamma(9.0, 8.0 / 9.0, 400)
    routes = routes_of(_ways(["done"] * 800, [*short, *long]), 3, Shut({}, 0))
    waits = [wait for wait in routes.waits if wait.days > 0.0]
    assert len(waits) == 2
    assert waits[0].days == pytest.approx(short.mean(), rel=0.05)
    assert waits[1].days == pytest.approx(long.mean(), rel=0.05)
    assert misfit(np.r_[short, long], [0.6]) < misfit(np.r_[short, long], [])


def test_a_wait_is_shorter_by_the_night_that_the_model_adds() -> None:
    """Whoever answers at once after hours is served at nine next morning."""
    gaps = [16.0 / 24.0] * 200  # from 17:00 to 9:00, as far as the doors say
    ways = _ways(["desk"] * 200, gaps).assign(since=17.0 / 24.0 + np.arange(200) % 4)
    routes = routes_of(ways, 1, Shut({"desk": OPEN}, 0))
    assert routes.waits[0].gap_days == pytest.approx(16.0 / 24.0)
    assert routes.waits[0].days < 15.6 / 24.0


def test_time_outs_have_a_limit_and_no_part_in_waits() -> None:
    late = [True] * 30 + [False] * 70
    ways = _ways(["gone"] * 30 + ["done"] * 70, [20.0] * 30 + [2.0] * 70, late)
    routes = routes_of(ways, 3, Shut({}, 0))
    (limited,) = [wait for wait in routes.waits if wait.limit_days is not None]
    assert (limited.limit_days, limited.next) == (20.0, {"gone": 1.0})
    assert limited.share == pytest.approx(0.3)


def test_four_decimals_add_up_to_one() -> None:
    shares = to_four_decimals({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    assert shares["b"] == 0.3333


def _bouncing(n: int) -> Paths:
    """Half of the cases go shop, desk, shop and end; the others go shop, rear, shop, rear, shop."""
    functions = [[0, 1, 0] if case % 2 else [0, 2, 0, 2, 0] for case in range(n)]
    case = np.repeat(np.arange(n), [len(each) for each in functions])
    function = np.array([each for path in functions for each in path])
    last = np.r_[case[1:] != case[:-1], True]
    return Paths(case, function, function.copy(), np.where(last, -2, np.arange(len(case)) + 1))


def test_history_is_added_where_a_chain_hands_over_otherwise_than_the_log() -> None:
    paths = _bouncing(2000)
    real = hand_over(paths, paths.function)
    assert real == pytest.approx((3.0, 1.0))
    luck = np.random.default_rng(1)
    case, drawn = chain_paths(paths, paths.base, 3, 20_000, luck)
    assert hand_over(Paths(case, drawn, drawn, drawn), drawn)[1] < 0.8
    split = with_histories(paths, 8, ["shop", "desk", "rear"])
    assert 3 < len(split.base_of) <= 8
    case, drawn = chain_paths(paths, split.label, len(split.base_of), 20_000, luck)
    function = np.array(split.base_of)[drawn]
    again = hand_over(Paths(case, function, function, function), function)
    assert again == pytest.approx(real, abs=0.03)
    assert any(split.said)


def test_kaplan_and_meier_by_hand() -> None:
    waits = np.array([1.0, 2.0, 2.0, 3.0, 4.0])
    gave_up = np.array([True, False, True, False, True])
    curve = kaplan_meier(waits, gave_up, np.array([0.5, 1.0, 2.5, 4.0]))
    assert curve.share == pytest.approx([1.0, 0.8, 0.6, 0.0])
    assert curve.low[1] < 0.8 < curve.high[1]


@pytest.mark.parametrize("shape", [1.0, 0.83, 0.6])
def test_patience_is_found_again_where_most_are_served(shape: float) -> None:
    luck = np.random.default_rng(3)
    offered, willing = luck.exponential(120.0, 40_000), 400.0 * luck.weibull(shape, 40_000)
    waits, gave_up = np.minimum(offered, willing), willing < offered
    at = np.array([30.0, 60.0, 120.0, 240.0, 400.0])
    fits = {each.form: each for each in fit_patience(waits, gave_up, at)}
    assert fits["weibull"].shape == pytest.approx(shape, abs=0.03)
    best = {1.0: "exponential", 0.83: "measured", 0.6: "measured"}[shape]
    other = "measured" if best == "exponential" else "exponential"
    assert fits[best].off < fits[other].off
    truth = np.exp(-((at / 400.0) ** shape))
    free = fits["weibull"]
    assert survival_of(free.mean, free.shape, at) == pytest.approx(truth, abs=0.02)


def test_stretches_are_as_few_as_have_the_curve_of_the_table() -> None:
    luck = np.random.default_rng(5)
    # Half of the rate up to a minute, three times as much after it.
    drawn = luck.exponential(1.0, 60_000)
    willing = np.where(drawn < 0.5, 120.0 * drawn, 60.0 + 20.0 * (drawn - 0.5))
    offered = luck.exponential(90.0, 60_000)
    waits, gave_up = np.minimum(offered, willing), willing < offered
    at = np.array([30.0, 60.0, 75.0, 90.0])
    found = fewest_stretches(waits, gave_up, at)
    assert (found.inside, found.points) == (4, 4)
    assert found.ends == pytest.approx([60.0])
    assert found.per_minute == pytest.approx([0.5, 3.0], rel=0.03)
    assert found.lasting(np.array([60.0, 90.0])) == pytest.approx(np.exp([-0.5, -2.0]), abs=0.01)
    even = fewest_stretches(np.minimum(offered, 120.0 * drawn), 120.0 * drawn < offered, at)
    assert len(even.ends) == 0


def test_who_gives_up_where_a_stretch_ends_did_so_in_it() -> None:
    # Everybody who gives up does so after ten seconds to the second, and nobody later.
    waits = np.repeat([10.0, 40.0], [200, 9_800])
    gave_up = np.repeat([True, False], [200, 9_800])
    found = fewest_stretches(waits, gave_up, np.array([10.0, 30.0]))
    assert found.ends == pytest.approx([10.0])
    assert found.per_minute == pytest.approx([60.0 * 200 / 100_000, 0.0])
    assert found.inside == 2


def test_the_form_that_mends_a_curve_is_said_with_its_rates() -> None:
    luck = np.random.default_rng(8)
    drawn, offered = luck.exponential(1.0, 40_000), luck.exponential(150.0, 40_000)
    # One a minute up to half a minute, a quarter of it later.
    willing = np.where(drawn < 0.5, 60.0 * drawn, 30.0 + 240.0 * (drawn - 0.5))
    gave_up = willing < offered
    nobody = pd.DataFrame({"resource": [], "day": []})
    calls = Calls(
        np.zeros(40_000), np.minimum(offered, willing), np.full(40_000, np.nan), gave_up,
        pd.Series(dtype="datetime64[ns, UTC]"), nobody,
    )  # fmt: skip
    said = what_mends(calls)
    assert re.search(r"with 2 of them, per minute 1\.0\d up to 30 s, 0\.2\d after that", said)
    assert "inside the band at 9 of 9 points" in said


def _week(shift: float = 0.0, names: tuple[str, str] = ("call", "check")) -> object:
    rows = []
    for number in range(40):
        start = 0.4 + number * 0.5 + shift
        rows.append((str(number), names[0], "shop", "", start, start + 0.01, "done"))
        rows.append((str(number), names[1], "desk", "", start + 1.0, start + 1.01, "done"))
    return visits_of(event_log(rows))


def test_distances_by_hand() -> None:
    first, later, other = _week(), _week(5 / 24), _week(names=("see", "write"))
    mine, moved, renamed = outlines([first, later, other], 0.0)
    same = distances(mine, mine)
    assert set(same.values()) == {0.0}
    found = distances(mine, moved)
    assert found["absolute_event_distance"] == pytest.approx(5.0)
    assert found["n_gram_distance"] == found["cycle_time_distance"] == 0.0
    assert distances(mine, renamed)["n_gram_distance"] == pytest.approx(1.0)
    drawn = bootstrap(mine, [moved], 20, 1)["absolute_event_distance"]
    assert drawn.shape == (20, 1)
    assert drawn.min() < drawn.max()


def test_baselines_keep_what_they_are_drawn_from() -> None:
    past = _week()
    luck = np.random.default_rng(1)
    for baseline in (resampled, markov):
        drawn = seen_in(baseline(past, 21.0, 28.0, luck), 21.0, 28.0, 7.0)
        assert drawn.cases["start"].between(21.0, 49.0).all()
        assert len(drawn.cases) == pytest.approx(2 * 28, abs=6)
        told = describe(drawn, ()).set_index(["statistic", "scope_id"])["value"]
        assert told["hand_offs_per_case", ""] == pytest.approx(1.0)
        assert told["cycle_days", "p50"] == pytest.approx(1.01, abs=0.01)
