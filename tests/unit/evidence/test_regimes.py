"""Other firms of a study, and maps of who is best among them, from made-up values."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.commands.terminal import json_ready
from analysis.evidence.ensembles import Drawn
from analysis.evidence.regime_words import (
    chosen_maps,
    is_too_small,
    map_object,
    map_sentence,
    map_suspicion,
    unstaffed_words,
)
from analysis.evidence.regimes import (
    ADOPTION,
    COMPLEXITY,
    DEFAULT_MAPS,
    GAP_AXIS,
    MOST_ADOPTION,
    NOWHERE,
    SIZE_AXIS,
    TRIPLED,
    Regime,
    possible_gaps,
    regime_map,
    regime_specs,
    regimes,
    told_apart,
    with_more_journeys,
)
from analysis.evidence.sampling import worlds_from_ranges
from analysis.figures import style
from analysis.figures.regimes import draw_regimes
from sim.reading.loader import load_study
from sim.study.errors import StudyError
from sim.study.parameters import REGISTRY
from sim.study.study import Study

LABELS = {"siloed": "Siloed", "hybrid": "Hybrid"}
MODELS = tuple(LABELS)
CROSSED = {"sales>product": 5.0, "product>product": 99.0, "operations>service": 7.0}


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("scenarios/board.yaml", orgs=list(LABELS))


@pytest.fixture(scope="module")
def firms(study) -> list[Regime]:
    worlds = tuple(worlds_from_ranges(study, 50, 1))
    drawn = Drawn(worlds, ("siloed",) * 30 + ("hybrid",) * 20, "")
    return regimes(study, drawn, possible_gaps(study, CROSSED), 120)


def test_what_is_drawn_besides_is_spread_evenly(study, firms) -> None:
    sizes = np.log([firm.world.size for firm in firms])
    assert sizes.min() == pytest.approx(math.log(0.25), abs=0.05)
    assert sizes.max() == pytest.approx(math.log(4.0), abs=0.05)
    assert np.median(sizes) == pytest.approx(0.0, abs=0.05)
    assert max(firm.adoption for firm in firms) <= MOST_ADOPTION
    gaps = [firm.gap for firm in firms]
    places = {NOWHERE, *study.enterprise.functions, "sales>product", "operations>service"}
    assert set(gaps) == places
    assert max(map(gaps.count, places)) - min(map(gaps.count, places)) <= 2
    # Each in a world, as many of either ensemble, with luck that no other world has.
    assert [sum(firm.drawn_as <= 30 for firm in firms), len(firms)] == [60, 120]
    shared = [firm.drawn_as for firm in firms]
    assert {shared.count(number) for number in range(31, 51)} == {3}
    numbers = [firm.world.number for firm in firms]
    assert len(set(numbers)) == 120
    assert min(numbers) > 10_000
    assert len({spec.luck for spec in regime_specs(study, firms[:4])}) == 4


def test_a_firm_is_what_was_drawn(study, firms) -> None:
    firm = max(firms, key=lambda each: each.complexity)
    changed = firm.of(study)
    assert changed.market.customers == round(40_000 * firm.world.size)
    assert changed.market.agent_adoption == firm.adoption
    most = REGISTRY["variant_growth"].high
    assert changed.parameters["variant_growth"] == pytest.approx(firm.complexity * most, rel=1e-3)
    gapped = next(each for each in firms if each.gap == "sales>product")
    assert gapped.of(study).weak_spots == {"sales>product": TRIPLED}
    plain = next(each for each in firms if each.gap == NOWHERE)
    assert plain.of(study).weak_spots == {}
    assert plain.value(GAP_AXIS) == NOWHERE
    assert firm.value("defect_rate") == firm.world.parameters["defect_rate"]
    assert firm.value("care_minutes") in ("on", "off")


def test_a_complex_firm_has_more_journeys_for_as_many_needs(study) -> None:
    assert told_apart(study) == ["change", "resolve"]
    more = with_more_journeys(study, 3)
    assert list(more.enterprise.journeys) == [
        "join", "change", "change_2", "change_3", "resolve", "resolve_2", "resolve_3", "renew",
    ]  # fmt: skip
    for name, segment in study.market.segments.items():
        needs = more.market.segments[name].needs_per_year
        assert sum(needs.values()) == pytest.approx(sum(segment.needs_per_year.values()))
        assert needs["change_2"] == pytest.approx(segment.needs_per_year["change"] / 3)
    assert with_more_journeys(study, 1) is study
    owner = study.organisations[1].model_copy(
        update={
            "ownership": study.organisations[1].ownership.model_copy(
                update={"touchpoints": {"change/request": "sales"}}
            )
        }
    )
    named = study.model_copy(update={"organisations": (study.organisations[0], owner)})
    assert told_apart(named) == ["resolve"]


def test_fixed_heads_go_with_customers(study, firms) -> None:
    functions = {
        name: each.model_copy(update={"heads": 20})
        for name, each in study.enterprise.functions.items()
    }
    enterprise = study.enterprise.model_copy(update={"functions": functions})
    fixed = study.model_copy(update={"enterprise": enterprise})
    firm = max(firms, key=lambda each: each.world.size)
    heads = [each.heads for each in firm.of(fixed).enterprise.functions.values()]
    assert sum(map(int, filter(None, heads))) == pytest.approx(120 * firm.world.size, abs=1)


def test_complexity_is_drawn_where_the_study_says_how_variants_grow(study, firms) -> None:
    said = study.model_copy(update={"parameters": {"variant_growth": 0.1}})
    growths = {firm.of(said).parameters["variant_growth"] for firm in firms[:20]}
    assert growths == {firm.of(study).parameters["variant_growth"] for firm in firms[:20]}
    assert len(growths) == 20


def test_a_map_says_who_is_clearly_best_where(firms) -> None:
    rng = np.random.default_rng(1)
    values = 200 + 0.3 * rng.standard_normal((120, 2))
    values[:, 1] += [2 * math.log(firm.world.size) for firm in firms]
    found = regime_map(firms, values, MODELS, (SIZE_AXIS, COMPLEXITY), 0.2)
    assert len(found.boxes) == 9
    assert sum(box.n_firms for box in found.boxes) == 120
    for box in found.boxes:
        place = found.columns.index(box.across)
        expected = ("siloed", None, "hybrid")[place]
        assert expected in (None, box.leader)
        assert box.clear == (expected is not None)
    said = map_sentence(found, LABELS)
    assert said.startswith("Clearly best over size and complexity: ")
    assert "in 3 nobody is" in said
    assert map_suspicion([found], LABELS) == []
    json.dumps(json_ready(map_object(found, LABELS)), allow_nan=False)


def test_a_noisy_third_is_no_less_of_a_rival(firms) -> None:
    rng = np.random.default_rng(2)
    values = np.zeros((120, 3))
    values[:, 0] = 5.0 + 0.1 * rng.standard_normal(120)
    pair = (SIZE_AXIS, COMPLEXITY)
    assert all(box.clear for box in regime_map(firms, values, "abc", pair, 0.1).boxes)
    values[:, 2] = -0.5 + 30.0 * rng.standard_normal(120)
    found = regime_map(firms, values, "abc", pair, 0.1)
    assert not any(box.clear for box in found.boxes if box.leader == "a")


def test_firms_of_one_world_are_not_so_many_worlds(firms) -> None:
    """A lead that all firms of a world share is as sure as there are worlds."""
    pair = (SIZE_AXIS, COMPLEXITY)
    few = [replace(firm, drawn_as=1 + place % 4) for place, firm in enumerate(firms)]
    lead = np.array([1.0, 2.0, 8.0, 9.0])[np.arange(120) % 4]
    values = np.column_stack([lead, np.zeros(120)])
    whole = [replace(firm, drawn_as=1 + place) for place, firm in enumerate(firms)]
    assert all(box.clear for box in regime_map(whole, values, MODELS, pair, 0.0).boxes)
    boxes = regime_map(few, values, MODELS, pair, 0.0).boxes
    assert not any(box.clear for box in boxes)
    assert boxes[0].error == pytest.approx(lead[:4].std(ddof=1) / 2.0)


def test_a_head_is_worth_more_to_each_customer_of_a_small_firm(firms) -> None:
    """Of a lead of 1.2 heads of the study's size, only the larger firms' is more than a head."""
    values = np.zeros((120, 2))
    values[:, 1] = 1.2 + 0.01 * np.random.default_rng(1).standard_normal(120)
    found = regime_map(firms, values, MODELS, (SIZE_AXIS, COMPLEXITY), 1.0)
    clear = {word: [b.clear for b in found.boxes if b.across == word] for word in found.columns}
    assert [all(clear[word]) for word in found.columns] == [False, False, True]
    assert not any(clear[found.columns[0]])


def test_where_the_worth_of_a_head_is_not_known_nothing_is_clear(firms) -> None:
    values = np.column_stack([np.zeros(120), np.full(120, 9.0)])
    with np.errstate(all="raise"):
        found = regime_map(firms, values, MODELS, (SIZE_AXIS, COMPLEXITY), math.inf)
    assert not any(box.clear for box in found.boxes)


def test_chance_is_not_clear_in_any_box(firms) -> None:
    clear = 0
    for seed in range(60):
        values = np.random.default_rng(seed).standard_normal((120, 2))
        for pair in DEFAULT_MAPS:
            found = regime_map(firms, values, MODELS, pair, 0.0)
            clear += any(box.clear for box in found.boxes)
    # 5 % of 120 maps, with three standard errors of luck.
    assert clear <= 0.05 * 120 + 3 * (120 * 0.05 * 0.95) ** 0.5
    noise = regime_map(firms, np.zeros((120, 2)), MODELS, DEFAULT_MAPS[1], 0.0)
    assert map_sentence(noise, LABELS).startswith("Nobody is clearly best in any of ")


def test_one_answer_for_every_firm_is_suspicious_and_failures_are_told(firms) -> None:
    values = np.tile([200.0, 203.0], (120, 1))
    values[5, 0] = math.nan
    found = regime_map(firms, values, MODELS, (ADOPTION, GAP_AXIS), 0.5)
    assert "suspect the model" in map_suspicion([found], LABELS)[0]
    assert unstaffed_words([found])[0].startswith("Left out of the maps: 1 firm in which")
    assert unstaffed_words([]) == []
    assert is_too_small("StudyError: staffing: 3 of 8 people would coordinate")
    assert not is_too_small("ArithmeticError: a measure is no number")
    rows = [row.count(">") for row in found.rows]
    assert found.rows[0] == NOWHERE
    assert rows == sorted(rows)  # functions, then seams


def test_only_what_worlds_draw_has_a_map(study) -> None:
    assert chosen_maps(study, None) == list(DEFAULT_MAPS)
    assert chosen_maps(study, [["defect_rate", "gap"]]) == [("defect_rate", "gap")]
    with pytest.raises(StudyError) as refused:
        chosen_maps(study, [["sise", "gap"]])
    assert "`sise` is nothing that worlds draw" in str(refused.value)
    known = study.model_copy(update={"parameters": {"defect_rate": 0.02}})
    with pytest.raises(StudyError, match="the study sets it"):
        chosen_maps(known, [["defect_rate", "gap"]])


def test_the_figure_shows_every_box(firms) -> None:
    values = np.tile([200.0, 203.0], (120, 1))
    found = regime_map(firms, values, MODELS, (ADOPTION, GAP_AXIS), 0.5)
    with style.settings():
        drawn = draw_regimes(found, "net_value", LABELS, "A footnote.")
    assert drawn is not None
    assert isinstance(drawn.sheet.figure, Figure)
    assert len(drawn.table) == len(found.boxes)
    assert list(drawn.table.columns[:2]) == [ADOPTION, GAP_AXIS]
