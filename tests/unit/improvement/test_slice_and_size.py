"""One customer in k, and what grows with the firm (rules M4.5, M8.1)."""

from __future__ import annotations

import numpy as np
import pytest
from studies import (
    ENTERPRISE,
    PLAIN,
    RICH,
    compact_study,
    finished,
    measured,
    overall,
    same,
    started,
)

from benchmarks.agreement import disagreements
from benchmarks.plain.model import PlainModel
from sim.engine.philox import decision_keys, normal
from sim.improvement.defects import Defects
from sim.improvement.recognition import AGENT, PERSON
from sim.improvement.slices import MANY, poisson_at_any_mean, signals_of_the_firm
from sim.organisation.staffing import sliced
from sim.reading.budgets import check_slice
from sim.state.blueprint import Blueprint
from sim.state.tallies import FIXED

BIG = {name: {"heads": 10 * heads["heads"]} for name, heads in ENTERPRISE["functions"].items()}
FIRM = ENTERPRISE | {"functions": BIG}
MARKET = {"customers": 600, "prospects": 150}


def cut(customers: int, *organisations: dict, **more):
    return compact_study(
        *organisations, enterprise=FIRM, market=MARKET | {"slice": customers}, **more
    )


# --- what is cut and what stays whole ----------------------------------------------------


def test_customers_and_line_are_cut_and_the_firm_stays_whole() -> None:
    whole, part = started(cut(1, RICH)), started(cut(10, RICH))
    assert (len(whole.state.customers), len(part.state.customers)) == (750, 75)
    assert part.state.functions["servers"].sum() * 10 == pytest.approx(
        whole.state.functions["servers"].sum(), abs=10
    )
    one, other = whole.organisation, part.organisation
    assert np.array_equal(one.staff.line, other.staff.line)
    assert np.array_equal(one.liaison, other.liaison)
    assert np.array_equal(one.hours.meeting_share, other.hours.meeting_share)
    assert [one.tie(0, 0), one.tie(0, 1)] == [other.tie(0, 0), other.tie(0, 1)]
    assert np.array_equal(one.effort, other.effort)


def test_a_slice_of_one_is_no_slice() -> None:
    assert same(
        measured(cut(1, RICH)), measured(compact_study(RICH, enterprise=FIRM, market=MARKET))
    )


def test_whole_servers_and_just_the_part_of_the_line_that_they_stand_for() -> None:
    """Lines of 31, 40 and 29 in a slice of ten: exactly 3.1, 4.0, 2.9; ten servers: 3, 4, 3."""
    assert sliced(np.array([31, 40, 29]), 10).tolist() == [3, 4, 3]
    assert sliced(np.array([31, 40, 29]), 1).tolist() == [31, 40, 29]
    assert sliced(np.array([4, 200]), 10).tolist() == [1, 20]
    organisation = started(cut(7, RICH)).organisation
    whole = started(cut(1, RICH)).organisation
    capacity = organisation.servers / organisation.slowness() * 7
    assert capacity == pytest.approx(whole.servers / whole.slowness())
    assert (organisation.pace != 1).any()


def test_finding_a_case_takes_the_looking_hours_of_the_whole_firm() -> None:
    whole, part = started(cut(1, RICH)), started(cut(10, RICH))
    for model, cases in ((whole, 200), (part, 20)):
        model.state.open_cases[:] = cases
        model.rates.write(model.state, model.defects.met)
    assert part.state.find_hours == pytest.approx(whole.state.find_hours)
    assert np.isfinite(part.state.find_hours).all()


def test_people_and_money_are_those_of_the_firm() -> None:
    whole, part = (overall(measured(cut(k, RICH))) for k in (1, 5))
    assert part["running_cost"] == whole["running_cost"]
    # Open issues are discussed, and how many there are is luck.
    assert part["overhead_share"] == pytest.approx(whole["overhead_share"], rel=0.05)
    # Cost is spread over as many customers as the firm has, whatever is simulated.
    assert part["net_value"] == pytest.approx(whole["net_value"], rel=0.05)
    assert part["cost_to_serve"] == pytest.approx(whole["cost_to_serve"], rel=0.2)


def test_a_slice_tells_what_the_whole_firm_would_but_for_waiting() -> None:
    """Within four standard errors, each with luck of its own; nobody gives up waiting."""
    names = ["facts_kept_share", "repeat_asks_per_case", "fcr_rate", "kept_share", "standing"]
    names += ["window_retention", "overhead_share"]
    tables = []
    for customers, replicates in ((1, 6), (5, 18)):
        study = cut(
            customers,
            RICH,
            design={"seed": customers, "horizon_days": 120},
            parameters={"patience_live_hours": 200.0, "patience_deferred_hours": 2000.0},
        )
        rows = [overall(measured(study, 0, each))[names] for each in range(replicates)]
        tables.append(np.array(rows))
    apart = tables[1].mean(axis=0) - tables[0].mean(axis=0)
    error = np.sqrt(sum(each.var(axis=0, ddof=1) / len(each) for each in tables))
    assert (np.abs(apart) <= 4 * error + 1e-12).all(), dict(zip(names, apart / error, strict=True))


def test_a_slice_comes_out_the_same_in_plain_mesa() -> None:
    study = cut(5, RICH)
    plain = PlainModel(study, study.organisations[0])
    plain.run_model()
    engine = finished(study)
    assert engine.register.outcomes.opened > 0
    assert disagreements(engine, plain) == []
    assert engine.register.outcomes == plain.register.outcomes


def test_a_slice_thinner_than_a_function_is_a_complaint() -> None:
    found = list(check_slice(cut(31, PLAIN)))
    assert [complaint.path for complaint in found] == [("market", "slice")]
    assert "30 people in front" in found[0].message and "1 to 30" in found[0].remedy
    assert list(check_slice(cut(30, PLAIN))) == []


# --- evidence ------------------------------------------------------------------------------


def test_signals_of_the_firm_have_its_mean_and_its_chance() -> None:
    """Poisson around k times the mean: as many as expected, and spread like their root."""
    model = started(cut(10, PLAIN))
    state, counters = model.state, model.blueprint.site_counters
    for each, mean in ((0, 0.2), (1, 30.0), (2, 5.0)):
        state.foreseen[each, each] = [round(mean * FIXED), round(0.1 * FIXED)]
    drawn = np.array([signals_of_the_firm(state, 10, week, counters) for week in range(3000)])
    for each, mean in ((0, 2.0), (1, 300.0), (2, MANY)):
        found = drawn[:, each, each, PERSON]
        assert found.mean() == pytest.approx(mean, abs=4 * (mean / 3000) ** 0.5)
        assert found.var() == pytest.approx(mean, rel=0.12)
        agents = drawn[:, each, each, AGENT].mean()
        assert agents == pytest.approx(1.0, abs=4 * (1.0 / 3000) ** 0.5)
    assert drawn.sum() == drawn[:, [0, 1, 2], [0, 1, 2]].sum()
    state.signals[1, 2] = [4, 3]
    whole = signals_of_the_firm(state, 1, 0, counters)
    assert whole[1, 2].tolist() == [4, 3]
    assert whole.sum() == 7


def test_what_a_slice_foresees_is_what_its_customers_voice() -> None:
    """Summed over a run, the chances come to the number that spoke up."""
    voiced = foreseen = 0.0
    for replicate in range(4):
        model = started(cut(2, PLAIN), replicate=replicate)
        heard = model.channels.listen

        def listen(state=model.state, heard=heard):
            nonlocal voiced, foreseen
            voiced += state.signals.sum()
            foreseen += state.foreseen.sum() / FIXED
            return heard()

        model.channels.listen = listen
        model.run_model()
    assert voiced > 1500
    assert foreseen == pytest.approx(voiced, abs=4 * voiced**0.5)


# --- variants ------------------------------------------------------------------------------


def defects_of(heads: float, **parameters: float) -> Defects:
    study = compact_study(PLAIN, parameters=parameters)
    return Defects(Blueprint(study), decision_keys(5, 0), heads)


def test_variants_grow_with_the_firm_by_a_power() -> None:
    assert defects_of(900, variant_growth=0.5).variants == 30
    assert defects_of(900, variant_growth=0).variants == 1


def test_at_weak_spots_defects_arrive_so_many_times_as_often() -> None:
    names = list(ENTERPRISE["functions"])
    blueprint = Blueprint(compact_study(PLAIN))
    sender, receiver = next(pair for pair in blueprint.seams if pair[0] != pair[1])
    seam = f"{blueprint.functions[sender]}>{blueprint.functions[receiver]}"
    weak = compact_study(PLAIN).model_copy(update={"weak_spots": {names[0]: 3.0, seam: 2.0}})
    plain, found = (Defects(each, decision_keys(5, 0)) for each in (blueprint, Blueprint(weak)))
    owners = [blueprint.functions[owner] if owner >= 0 else "" for owner in blueprint.owners]
    at_steps = [3.0 if owner == names[0] else 1.0 for owner in owners]
    at_seams = [2.0 if name == seam else 1.0 for name in blueprint.seam_ids]
    assert 3.0 in at_steps
    assert found.arriving == pytest.approx(plain.arriving * np.array([*at_steps, *at_seams]))
    assert found.rate == pytest.approx(plain.rate * np.array([*at_steps, *at_seams]))


def test_a_customer_meets_as_many_defects_whatever_the_number_of_variants() -> None:
    plain, varied = defects_of(900), defects_of(900, variant_growth=0.5)
    for week in range(300):
        plain.step(week)
        varied.step(week)
    sites = plain.arriving > 0
    mean = 0.08 * 0.7 * 60  # what is not designed in, of an eventful firm
    assert varied.met[sites].mean() == pytest.approx(mean, rel=0.05)
    assert plain.met[sites].mean() == pytest.approx(mean, rel=0.35)
    before = varied.met[0]
    varied.count[0] -= 1  # a fix
    assert before - varied.met[0] == pytest.approx(1 / 30)


def test_one_fix_saves_less_where_there_are_more_variants() -> None:
    one, many = (
        started(compact_study(PLAIN, parameters={"variant_growth": beta})) for beta in (0.0, 0.5)
    )
    alarm = type("Alarm", (), {"felt": 0, "excess": 3.0})()
    ratio = one.decisions.benefit(alarm) / many.decisions.benefit(alarm)
    assert ratio == pytest.approx(10**0.5)  # a firm of ten


def test_a_large_poisson_number_is_drawn_from_the_two_lanes_of_a_normal_one() -> None:
    lanes = (1 << 30, 1 << 29, 3 << 30, 1 << 31)
    from_normal = 400.0 + 20.0 * float(normal(lanes[0], lanes[1]))
    assert poisson_at_any_mean(400.0, lanes) == round(from_normal)
    others = [float(normal(lanes[1], lanes[0])), float(normal(lanes[0], lanes[2]))]
    assert round(from_normal) not in [round(400.0 + 20.0 * other) for other in others]
