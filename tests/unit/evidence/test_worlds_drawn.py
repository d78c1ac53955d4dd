"""Worlds: what they set in a study, how they are drawn, and the files that hold them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from analysis.commands.worlds import _at_least_as_many
from analysis.evidence.ensembles import (
    ENDING,
    ENSEMBLES,
    Ensemble,
    drawn_worlds,
    ensemble_text,
    ensembles_of,
    evenly_drawn,
    firm_key,
    read_ensemble,
)
from analysis.evidence.sampled import sample_for
from analysis.evidence.sampling import (
    SIZE,
    coordinates,
    defaults_at,
    latin_hypercube,
    point_of,
    world_at,
    worlds_from_ranges,
)
from sim.reading.loader import load_study, study_from
from sim.study.errors import StudyError
from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.worlds import LARGEST_FIRM, SMALLEST_FIRM, SWITCHES, World, drawn_parameters, luck_of


@pytest.fixture(scope="module")
def study() -> Study:
    # Another firm than the bundled one, of which there are worlds.
    return load_study("scenarios/board.yaml", overrides=["market.customers=30000"])


def _known(study: Study, **values: float) -> Study:
    return study.model_copy(update={"parameters": values})


def test_a_world_sets_parameters_switches_and_size(study) -> None:
    world = World(7, {"write_minutes": 0.4, "voice_agent": 0.5}, frozenset({"care_minutes"}), 1.1)
    there = world.of(study)
    assert there.parameters["write_minutes"] == 0.0  # off goes before what was drawn
    assert there.parameters["note_minutes"] == 0.0
    assert there.parameters["voice_agent"] == 0.5
    assert (there.market.customers, there.market.prospects) == (33_000, 6_600)
    moved = World(8, off=frozenset({"capacity_moves", "placement_sight"})).of(study)
    assert (moved.mechanisms.capacity_moves, moved.mechanisms.placement_sight) == (0, 0)
    assert moved.mechanisms.wait_signals == study.mechanisms.wait_signals
    assert there.organisations == study.organisations


def test_what_a_study_sets_is_known_of_its_firm(study) -> None:
    known = _known(study, write_minutes=0.3)
    assert "write_minutes" not in drawn_parameters(known)
    world = worlds_from_ranges(known, 1, 3)[0]
    assert "write_minutes" not in world.parameters
    off = replace(world, off=frozenset({"care_minutes"})).of(known)
    assert off.parameters["write_minutes"] == 0.3


def test_no_two_worlds_share_luck() -> None:
    lucks = [luck_of(world, replicate) for world in range(1, 400) for replicate in range(4)]
    assert len(set(lucks)) == len(lucks)
    assert [luck_of(0, replicate) for replicate in range(3)] == [0, 1, 2]


def test_every_world_from_ranges_passes_the_checks_of_a_study(study) -> None:
    for world in worlds_from_ranges(study, 12, 5):
        study_from(world.of(study))
        assert SMALLEST_FIRM <= world.size <= LARGEST_FIRM
        for name, value in world.parameters.items():
            assert REGISTRY[name].low <= value <= REGISTRY[name].high, name


def test_a_hypercube_has_one_world_in_every_part_of_every_range(study) -> None:
    points = latin_hypercube(study, 40, 9)
    parts = np.sort(np.floor(points * 40).astype(int), axis=0)
    assert (parts == np.arange(40)[:, None]).all()


def test_half_of_the_worlds_have_a_switch_off(study) -> None:
    worlds = worlds_from_ranges(study, 320, 5)
    for name in SWITCHES:
        assert sum(name in world.off for world in worlds) == 160
    # Independently: of all pairs of switches a quarter of the worlds has both off, within 4 sd.
    both = sum({"care_minutes", "understanding"} <= world.off for world in worlds)
    assert abs(both - 80) < 4 * (320 * 3 / 16) ** 0.5


def test_more_worlds_from_ranges_begin_with_the_same_ones(study) -> None:
    assert worlds_from_ranges(study, 400, 5)[:8] == worlds_from_ranges(study, 8, 5)
    assert worlds_from_ranges(study, 8, 6) != worlds_from_ranges(study, 8, 5)


def test_a_world_and_its_point_say_the_same(study) -> None:
    point = latin_hypercube(study, 4, 2)[2]
    world = world_at(study, point, 5)
    found = point_of(study, world)
    switched = [name in SWITCHES for name in coordinates(study)]
    assert np.allclose(found[~np.array(switched)], point[~np.array(switched)], atol=2e-4)
    assert (found[switched] == (point[switched] >= 0.5)).all()
    assert world_at(study, found, 5) == world


def test_the_defaults_are_a_point_with_nothing_off(study) -> None:
    world = world_at(study, defaults_at(study), 0)
    assert (world.off, world.size) == (frozenset(), 1.0)
    for name in drawn_parameters(study):
        assert world.parameters[name] == pytest.approx(REGISTRY[name].default, rel=1e-4)
    assert len(coordinates(study)) == len(drawn_parameters(study)) + 1 + len(SWITCHES)
    assert SIZE in coordinates(study)


def _ensemble(study: Study, org_model: str = "siloed", number: int = 5) -> Ensemble:
    recipe = {"firm": firm_key(study), "seed": 20, "left_of_all_assumed": [0.1, 0.003]}
    return Ensemble(org_model, recipe, tuple(worlds_from_ranges(study, number, 3)))


def _put(folder, ensemble: Ensemble) -> None:
    (folder / ENSEMBLES).mkdir(exist_ok=True)
    file = folder / ENSEMBLES / f"firm-{ensemble.org_model}{ENDING}"
    file.write_text(ensemble_text(ensemble), encoding="utf-8")


def test_a_file_of_worlds_holds_all_there_is_to_say(study, tmp_path) -> None:
    ensemble = _ensemble(study)
    _put(tmp_path, ensemble)
    found = ensembles_of(study, tmp_path)
    assert found[0] == ensemble
    assert found[0].content == ensemble.content


def test_worlds_come_from_every_ensemble_the_baseline_s_first(study, tmp_path) -> None:
    for name in ("hybrid", "siloed"):
        _put(tmp_path, _ensemble(study, name))
    drawn = drawn_worlds(study, tmp_path, 3, 2)
    assert drawn.of == ("siloed",) * 3 + ("hybrid",) * 2
    assert len({world.number for world in drawn.worlds}) == 5
    assert (drawn.fitted, drawn.title) == (True, "")


def test_one_ensemble_alone_is_one_kind_of_firm(study, tmp_path) -> None:
    other = study.model_copy(update={"market": study.market.model_copy(update={"customers": 9})})
    _put(tmp_path, _ensemble(other))
    assert drawn_worlds(other, tmp_path, 3, 2).title == "one kind of firm"
    turned = other.model_copy(update={"baseline": "peer"})
    assert drawn_worlds(turned, tmp_path, 3, 0).title == "one kind of firm, fitted as siloed"


def test_all_worlds_asked_for_are_drawn_however_few_ensembles_there_are(study, tmp_path) -> None:
    other = study.model_copy(update={"market": study.market.model_copy(update={"customers": 9})})
    assert len(evenly_drawn(other, tmp_path, 5).worlds) == 5  # from ranges
    _put(tmp_path, _ensemble(other))
    assert evenly_drawn(other, tmp_path, 5).of == ("siloed",) * 5
    _put(tmp_path, _ensemble(other, "hybrid"))
    assert evenly_drawn(other, tmp_path, 5).of == ("siloed",) * 3 + ("hybrid",) * 2
    assert len(evenly_drawn(other, tmp_path, 5, "ranges").worlds) == 5
    _put(tmp_path, _ensemble(other, "hybrid", 1))  # what it lacks the baseline's own gives
    assert evenly_drawn(other, tmp_path, 5).of == ("siloed",) * 4 + ("hybrid",)


def test_by_default_there_are_no_more_worlds_than_the_ensemble_has(study, tmp_path) -> None:
    other = study.model_copy(update={"market": study.market.model_copy(update={"customers": 9})})
    options = Namespace(worlds=None, replicates=None, source=None, out=tmp_path)
    assert sample_for(other, options).drawn is None
    _put(tmp_path, _ensemble(other))
    assert sample_for(other, options).asked == 5
    with pytest.raises(StudyError, match="has 5 worlds"):
        sample_for(other, Namespace(**vars(options) | {"worlds": 6}))
    ranges = sample_for(other, Namespace(**vars(options) | {"source": "ranges"}))
    assert ranges.asked == other.design.worlds > 5


@pytest.mark.parametrize("asked", [None, 4])
def test_a_larger_finished_result_is_shown_whether_or_not_a_number_is_asked_for(
    study, tmp_path, asked
) -> None:
    options = Namespace(worlds=asked, source="ranges", out=tmp_path, quiet=True)
    done = SimpleNamespace(study=study, finished_worlds=lambda answer, key: 330)
    drawn = drawn_worlds(study, tmp_path, 4 if asked else 320, 0, "ranges")
    assert len(_at_least_as_many(done, drawn, options).worlds) == 330


def test_another_firm_has_no_ensemble_and_takes_ranges(study, tmp_path) -> None:
    _put(tmp_path, _ensemble(study))
    other = _known(study, write_minutes=0.3)
    drawn = drawn_worlds(other, tmp_path, 3, 2)
    assert (len(drawn.worlds), drawn.fitted) == (7, False)
    assert drawn.title == "assumed, not fitted to this firm"
    with pytest.raises(StudyError, match="there is no ensemble of subscription"):
        drawn_worlds(other, tmp_path, 3, 2, "ensemble")


def test_too_small_an_ensemble_is_refused(study, tmp_path) -> None:
    _put(tmp_path, _ensemble(study))
    with pytest.raises(StudyError, match="the ensemble of siloed has 5 worlds"):
        drawn_worlds(study, tmp_path, 6, 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [("voice_agent", "voice_angel"), ("# org_model: siloed", "# "), ("size", "sise")],
)
def test_a_file_that_is_none_is_refused_by_name(study, tmp_path, before, after) -> None:
    file = tmp_path / f"x{ENDING}"
    file.write_text(ensemble_text(_ensemble(study)).replace(before, after), encoding="utf-8")
    with pytest.raises(StudyError, match="this holds no worlds that can be read"):
        read_ensemble(file)
