"""The worlds that ship beside the bundled firm are of the bundled firm, and can be run."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from analysis.evidence.ensembles import ENDING, drawn_worlds, ensembles_of, firm_key, read_ensemble
from analysis.evidence.sampling import point_of
from analysis.evidence.would_change import what_worlds_said, what_would_change
from benchmarks.keep_answer import BESIDE, PAGE, table_of, with_table
from sim.checks.summary import summary_of
from sim.reading.loader import load_study
from sim.study.answers import thresholds
from sim.study.parameters import REGISTRY
from sim.study.worlds import SWITCHES

FILES = sorted(Path("scenarios/enterprises").glob(f"*{ENDING}"))
LEAST_WORLDS = 60


@pytest.fixture(scope="module")
def study():
    return load_study("scenarios/board.yaml")


def test_the_bundled_firm_has_worlds_of_its_baseline(study, tmp_path) -> None:
    found = ensembles_of(study, tmp_path)
    assert found and found[0].org_model == study.baseline
    assert len(found) == len(FILES)
    drawn = drawn_worlds(study, tmp_path, 8, 0)
    assert drawn.fitted and [world.number for world in drawn.worlds] == list(range(1, 9))


def test_what_its_worlds_said_is_kept_and_is_of_this_study(study, tmp_path) -> None:
    said = what_would_change(study, tmp_path)
    assert said.startswith("What would change this answer, by "), "keep it anew"
    assert what_worlds_said(study, tmp_path).startswith("What `worlds` has found over ")
    other = load_study("scenarios/firms/telecom.yaml")
    assert "Of the bundled firm, by" in what_would_change(other, tmp_path)


def test_the_bundled_firm_stands_in_the_middle_of_its_baselines_worlds(study, tmp_path) -> None:
    recipe = ensembles_of(study, tmp_path)[0].recipe
    assert recipe["middle_size"] == 1.0
    registered = {name: float(f"{each.default:.5g}") for name, each in REGISTRY.items()}
    moved = {name: at for name, at in recipe["middle"].items() if at != registered[name]}
    assert study.enterprise.parameters == pytest.approx(moved)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_they_are_of_the_firm_as_it_is_and_within_what_is_registered(file, study) -> None:
    ensemble = read_ensemble(file)
    assert ensemble.recipe["firm"] == firm_key(study), "make it anew with `fit`"
    assert ensemble.org_model in {each.organisation for each in study.organisations}
    assert len(ensemble.worlds) >= LEAST_WORLDS
    for world in ensemble.worlds:
        point = point_of(study, world)
        assert ((point >= -1e-4) & (point <= 1 + 1e-4)).all()
        assert world.parameters["satisfied_from"] in thresholds("satisfied_from")
    assert set(ensemble.worlds[0].parameters) == set(REGISTRY)
    for name in SWITCHES:  # off in about half of the worlds: what is known hardly tells them apart
        off = sum(name in world.off for world in ensemble.worlds) / len(ensemble.worlds)
        assert 0.2 < off < 0.8, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_org_model_can_be_staffed_in_them(file, study) -> None:
    for world in read_ensemble(file).worlds[:20]:
        assert len(summary_of(world.of(study))["organisations"]) == len(study.organisations)


def test_no_two_of_them_are_the_same_firm() -> None:
    worlds = [world for file in FILES for world in read_ensemble(file).worlds]
    points = np.array([[world.parameters[name] for name in REGISTRY] for world in worlds])
    for one, other in combinations(range(len(worlds)), 2):
        alike = np.isclose(points[one], points[other], rtol=1e-6).mean()
        assert alike < 0.5, f"worlds {one} and {other}: {alike:.0%} of their assumptions are equal"


def test_the_page_on_worlds_has_the_numbers_that_are_kept() -> None:
    kept = json.loads(BESIDE.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, table_of(kept)) == page, "run benchmarks.keep_answer"
    worth = f"more than one head is worth ({kept['one_head']['value']:.2f})"
    assert worth in " ".join(page.split())
