"""Demand and defects: what happens to a firm whatever its org model (rules M3, M8.1)."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from studies import COMMITTEE, PLAIN, RICH, compact_study, started

import sim.state.demand as demand_module
from sim.engine.draws import DRAW_DEFECTS
from sim.engine.philox import block, decision_keys, uniform
from sim.improvement.defects import Defects, poisson
from sim.state.blueprint import Blueprint
from sim.state.customers import CUSTOMER
from sim.state.demand import generate
from sim.state.population import draw_population

# --- demand ---------------------------------------------------------------------------

NO_PROSPECTS = {"prospects": 0}


def table(market: dict, replicate: int = 0, **design: int):
    """Return the firm, its demand table, and everybody before anything happens."""
    blueprint = Blueprint(compact_study(PLAIN, market=market, design=design))
    study = blueprint.study
    customers = np.zeros(sum(study.market.simulated), CUSTOMER)
    draw_population(study, 1, decision_keys(study.design.seed, replicate), customers)
    return blueprint, generate(blueprint, replicate).needs, customers


def test_every_org_model_replays_the_same_needs() -> None:
    study = compact_study(PLAIN, RICH, COMMITTEE)
    states = [started(study, place, replicate=2).state for place in range(3)]
    assert all(np.array_equal(states[0].demand, state.demand) for state in states)
    for column in ("segment", "represented", "hazard_left"):
        assert all(np.array_equal(states[0].customers[column], s.customers[column]) for s in states)


def test_another_replicate_or_seed_is_another_market() -> None:
    tables = [table({}, replicate=r, seed=s)[1] for r, s in ((0, 1), (1, 1), (0, 2))]
    assert not np.array_equal(tables[0]["time"][:50], tables[1]["time"][:50])
    assert not np.array_equal(tables[0]["time"][:50], tables[2]["time"][:50])


def test_needs_come_in_order_of_time_and_are_numbered_by_customer() -> None:
    _, demand, _ = table({})
    assert np.all(np.diff(demand["time"]) >= 0)
    for customer in range(75):
        mine = demand["need"][demand["customer"] == customer]
        assert np.array_equal(mine, np.arange(len(mine)))


def test_needs_are_as_frequent_as_each_segment_s_rates_say() -> None:
    blueprint, demand, customers = table({"customers": 3000} | NO_PROSPECTS)
    years = (20 + 60 + 10) / 260
    for segment, name in enumerate(blueprint.segments):
        members = int((customers["segment"] == segment).sum())
        of_segment = customers["segment"][demand["customer"]] == segment
        rates = blueprint.study.market.segments[name].needs_per_year
        for journey, rate in rates.items():
            kind = demand["journey"] == blueprint.journeys.index(journey)
            expected = members * rate * years
            assert abs((of_segment & kind).sum() - expected) < 4 * math.sqrt(expected)
        share = blueprint.study.market.segments[name].share
        within = 4 * math.sqrt(share * (1 - share) / 3000)
        assert members / 3000 == pytest.approx(share, abs=within)
    adopted = customers["represented"].mean()
    assert adopted == pytest.approx(0.3, abs=4 * math.sqrt(0.3 * 0.7 / 3000))


def test_gaps_between_needs_are_exponential() -> None:
    blueprint, demand, customers = table({"customers": 400} | NO_PROSPECTS, horizon_days=2600)
    repairs = demand["journey"] == blueprint.journeys.index("repair")
    homes = customers["segment"][demand["customer"]] == blueprint.segments.index("homes")
    chosen = repairs & homes
    order = np.lexsort((demand["time"][chosen], demand["customer"][chosen]))
    who, when = demand["customer"][chosen][order], demand["time"][chosen][order]
    gaps = np.diff(when)[np.diff(who) == 0] * 24 / 2080
    assert gaps.mean() == pytest.approx(1, abs=5 / math.sqrt(len(gaps)) + 0.01)
    assert gaps.std() == pytest.approx(1, abs=0.03)
    assert np.mean(gaps > 1) == pytest.approx(math.exp(-1), abs=0.01)


def test_thresholds_of_leaving_are_exponential() -> None:
    _, _, customers = table({"customers": 4000} | NO_PROSPECTS)
    threshold = customers["hazard_left"]
    assert threshold.mean() == pytest.approx(1, abs=4 / math.sqrt(4000))
    assert np.mean(threshold > 2) == pytest.approx(math.exp(-2), abs=0.022)


def test_prospects_mean_to_buy_within_the_window_and_need_nothing_before() -> None:
    blueprint, demand, customers = table({"customers": 5, "prospects": 500})
    first = {}
    for time, customer, journey, _ in demand.tolist():
        if customer >= 5 and customer not in first:
            first[customer] = (time, blueprint.journeys[journey])
    assert len(first) == 500
    times = np.array([time for time, _ in first.values()])
    assert {journey for _, journey in first.values()} == {"join"}
    assert times.min() >= 20 * 8
    assert times.max() < 80 * 8
    assert times.mean() == pytest.approx(50 * 8, abs=4 * 60 * 8 / math.sqrt(12 * 500))
    joins = demand["journey"] == blueprint.journeys.index("join")
    assert joins.sum() == 500
    assert np.all(np.isposinf(customers["joined_at"][5:]))
    assert np.all(np.isneginf(customers["joined_at"][:5]))


def test_one_more_customer_moves_nobody_else_s_needs() -> None:
    _, few, those = table({"customers": 40} | NO_PROSPECTS)
    _, more, everybody = table({"customers": 41} | NO_PROSPECTS)
    assert np.array_equal(more[more["customer"] < 40], few)
    assert np.array_equal(everybody[:40], those)


# --- defects --------------------------------------------------------------------------


def defects(replicate: int, rate: float = 0.08, life: float = 25.0) -> Defects:
    one_by_one = {"designed_in_share": 0.0}
    study = compact_study(
        PLAIN, parameters={"defect_rate": rate, "defect_life_weeks": life} | one_by_one
    )
    return Defects(Blueprint(study), decision_keys(5, replicate))


def test_defects_stay_around_their_unfixed_mean_from_the_start() -> None:
    """Poisson arrivals at λ a week and retirement at δ hold λ/δ = 2 at every site."""
    starts, ends = [], []
    for replicate in range(40):
        found = defects(replicate)
        active = found.rate > 0
        starts.append(found.count[active].mean())
        for week in range(75):
            found.step(week)
        ends.append(found.count[active])
    sites = int(active.sum())
    retire = 1 - math.exp(-1 / 25)
    assert np.mean(starts) == 2.0
    # At rest the number is Poisson: its variance is its mean, and weekly steps leave λ/p.
    within = 4 * math.sqrt(2.0 / (sites * 40))
    assert np.mean([each.mean() for each in ends]) == pytest.approx(0.08 / retire, abs=within)
    spread = 4 * math.sqrt((2 * 2.0**2 + 2.0) / (sites * 40))
    assert np.var(ends) == pytest.approx(2.0, abs=spread)


def test_what_comes_with_releases_retires_as_well_where_nothing_else_arrives() -> None:
    designed_in = {"designed_in_share": 1.0, "defect_life_weeks": 25.0}
    found = Defects(Blueprint(compact_study(PLAIN, parameters=designed_in)), decision_keys(5, 0))
    assert not found.rate.any()
    found.count[:] = 100
    found.step(0)
    chance = 1 - math.exp(-1 / 25)
    within = 4 * math.sqrt(100 * chance * (1 - chance) / len(found.count))
    assert found.count.mean() == pytest.approx(100 * (1 - chance), abs=within)


def test_the_first_week_is_drawn_apart_from_the_start() -> None:
    """Of half a defect a site: one draw below .5 for the start, one above e^−.5 for a week."""
    both = 0
    for replicate in range(10):
        found = defects(replicate, rate=0.5, life=1.0)
        found.retire, start = 0.0, found.count.copy()
        found.step(0)
        both += int(((start == 1) & (found.count > 1)).sum())
    assert both > 10


def test_an_unfixed_defect_retires_in_a_week_with_the_chance_of_its_mean_life() -> None:
    assert defects(0, life=25.0).retire == pytest.approx(1.0 - math.exp(-1.0 / 25.0))


def test_the_start_is_a_draw_between_the_whole_numbers_around_the_mean() -> None:
    counts = [defects(r, rate=0.01, life=40.0).count for r in range(60)]
    active = defects(0).rate > 0
    assert set(np.unique(counts)) == {0, 1}
    assert np.mean([c[active].mean() for c in counts]) == pytest.approx(0.4, abs=0.07)


def test_the_start_has_a_lane_of_its_own() -> None:
    """Of one defect and four tenths a site: the first lane of the site's block before any week."""
    found, sites = defects(3, rate=0.05, life=28.0), Blueprint(compact_study()).site_counters
    key = decision_keys(5, 3)[DRAW_DEFECTS]
    drawn = [uniform(block(key, int(counter), 0, 0, 0)[0]) < 0.4 for counter in sites]
    active = found.rate > 0
    assert found.count[active].tolist() == (1 + np.array(drawn, int))[active].tolist()
    assert {0, 1} == set(np.array(drawn, int)[active])


def test_a_change_of_person_inside_a_function_is_no_seam_of_its_own() -> None:
    found, names = defects(0), Blueprint(compact_study()).site_ids
    own = {f"{name}>{name}" for name in ("front", "middle", "rear")}
    assert {names[site] for site in np.flatnonzero(found.arriving == 0.0)} == own
    assert not found.rate[found.arriving == 0.0].any()
    assert not found.count[found.arriving == 0.0].any()


@pytest.mark.parametrize("mean", [0.05, 0.5, 2.0])
def test_poisson_by_inverse_cdf(mean) -> None:
    cumulative = np.cumsum([math.exp(-mean) * mean**k / math.factorial(k) for k in range(12)])
    for draw in np.linspace(0.001, 0.999, 97):
        assert poisson(mean, draw) == np.searchsorted(cumulative, draw, side="right")


def test_defects_do_not_depend_on_the_org_model() -> None:
    one, other = started(compact_study(PLAIN)), started(compact_study(RICH))
    assert np.array_equal(one.defects.count, other.defects.count)


def test_room_for_needs_that_was_too_small_is_made(monkeypatch) -> None:
    ample = generate(Blueprint(compact_study()), 0).needs
    room = demand_module._columns
    monkeypatch.setattr("sim.state.demand._columns", lambda _: room(1))
    assert np.array_equal(generate(Blueprint(compact_study()), 0).needs, ample)


def test_a_table_drawn_stretch_by_stretch_is_the_same_and_lies_in_a_file(monkeypatch) -> None:
    whole = generate(Blueprint(compact_study()), 0)
    monkeypatch.setattr("sim.state.demand.NEEDS_A_STRETCH", 100)
    kept = generate(Blueprint(compact_study()), 0)
    assert whole.file is None
    assert kept.file is not None
    assert len(whole.needs) > 300
    assert np.array_equal(kept.needs, whole.needs)
    kept.let_go(len(kept.needs))
    assert np.array_equal(kept.needs, whole.needs)  # read again from the file
    copy = pickle.loads(pickle.dumps(kept))  # noqa: S301 - our own
    assert copy.file is None
    assert np.array_equal(copy.needs, whole.needs)


def test_a_table_without_room_for_its_file_says_where_there_is_none(monkeypatch) -> None:
    monkeypatch.setattr("sim.state.demand.NEEDS_A_STRETCH", 100)
    full = "/dev/full"  # a device that has no room, ever
    if not Path(full).exists():
        pytest.skip("this system has no /dev/full")
    with open(full, "r+b", buffering=0) as file:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda: file)
        with pytest.raises(OSError, match=r"does not fit into .* .TMPDIR"):
            generate(Blueprint(compact_study()), 0)
