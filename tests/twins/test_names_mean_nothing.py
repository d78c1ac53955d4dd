"""The bundled org models come out byte for byte the same under any names, labels and files."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from studies import same, table_hash

from analysis.comparison.pairing import compare_measures
from benchmarks.plain_mesa import scaled
from sim.reading.loader import load_study
from sim.runner import RunResult, RunSpec, run
from sim.study.study import Study

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(path.stem for path in (SCENARIOS / "organisations").glob("*.yaml"))
CUT = ["divisional", "shared-services", "unit-matrix"]
"""They need people for every function in every unit: a larger firm, so for fewer days."""
SIZES = {
    "uncut": ([stem for stem in FILES if stem not in CUT], 4000, 60),
    "cut": (["siloed", *CUT], 40000, 7),
}
"""Org models, customers and days."""
CHANGES = (("siloed", "journey-accountable"), ("hybrid", "peer"))
"""Changes of org model beside those as they are: from, to."""
CHANGE: dict[str, Any] = {"at_week": 3, "duration_weeks": 6, "cost_per_head": 50}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def write(file: Path, data: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def small(file: Path, size: str) -> Study:
    """Return a study in a size that takes a moment."""
    _, customers, days = SIZES[size]
    study = scaled(load_study(file), customers, days)
    design = study.design.model_copy(update={"warm_up_days": days // 2, "follow_up_days": 20})
    return study.model_copy(update={"design": design})


def with_presets(folder: Path, name: str, size: str) -> Path:
    """Write the bundled study with bundled org models, and some changes of those it has."""
    stems = SIZES[size][0]
    shutil.copytree(SCENARIOS / "enterprises", folder / "enterprises")
    (folder / "organisations").mkdir()
    board = read(SCENARIOS / "board.yaml")
    names = {}
    for stem in stems:
        model = read(SCENARIOS / "organisations" / f"{stem}.yaml")
        write(folder / "organisations" / f"{stem}.yaml", model)
        names[stem] = model["organisation"]
    board["organisations"] = [f"organisations/{stem}.yaml" for stem in stems] + [
        {"organisation": f"change {number}", "label": f"From {start} to {end}"}
        | {"transition": {"from": names[start], "to": names[end]} | CHANGE}
        for number, (start, end) in enumerate(CHANGES)
        if {start, end} <= {*stems}
    ]
    write(folder / f"{name}.yaml", board)
    return folder / f"{name}.yaml"


class Renamer:
    """Gives everything that has a name for people another one, at random but repeatably."""

    def __init__(self, seed: int):
        self.luck = random.Random(seed)  # noqa: S311 - luck, not a secret
        self.of: dict[str, str] = {}

    def word(self) -> str:
        """Return a word that nobody has used."""
        return "".join(self.luck.choices(LETTERS, k=self.luck.randint(3, 12)))

    def name(self, old: str) -> str:
        """Return what something is called now."""
        return self.of.setdefault(old, self.word())

    def study(self, file: Path, folder: Path) -> Path:
        """Write a study again, in a folder of its own, its org models in another order."""
        study = read(file)
        study["study"], study["description"] = self.word(), self.word()
        firm = read(file.parent / study["enterprise"])
        folder.mkdir()
        write(folder / "firm.yaml", firm | {"enterprise": self.word()})
        study["enterprise"] = "firm.yaml"
        study["organisations"] = [self.model(m, file, folder) for m in study["organisations"]]
        self.luck.shuffle(study["organisations"])
        study["baseline"] = self.name(study["baseline"])
        target = folder / f"{self.word()}.yaml"
        write(target, study)
        return target

    def model(self, model: Any, file: Path, folder: Path) -> Any:
        """Return an entry of the study's org models, its file written anew if it has one."""
        levers = read(file.parent / model) if isinstance(model, str) else model
        renamed = levers | {"organisation": self.name(levers["organisation"])}
        renamed["label"] = f"{self.word()} {self.word()}".capitalize()
        if not isinstance(model, str):
            ends = {end: self.name(model["transition"][end]) for end in ("from", "to")}
            return renamed | {"transition": model["transition"] | ends}
        target = f"{self.name(model)}.yaml"
        write(folder / target, renamed)
        return target


def outcomes(study: Study) -> dict[str, RunResult]:
    """Return what every org model of a study comes to, by its name."""
    return {
        each.organisation: run(RunSpec(study, each, 0, customers=True, events=True))
        for each in study.organisations
    }


def tables(result: RunResult) -> Iterator[pd.DataFrame]:
    """Give the tables of a run without the name of its org model."""
    for table in (result.measures, result.customers, result.events):
        assert table is not None
        yield table.drop(columns="org_model", errors="ignore")


@pytest.fixture(scope="module", params=SIZES)
def pair(tmp_path_factory, request) -> tuple[Study, Study, dict[str, str]]:
    """Return the study, the same under other names, and the new name of each org model."""
    folder = tmp_path_factory.mktemp("names")
    file = with_presets(folder, "board", request.param)
    renamer = Renamer(20)
    other = renamer.study(file, folder / "other")
    return small(file, request.param), small(other, request.param), renamer.of


@pytest.fixture(scope="module")
def results(pair) -> tuple[dict[str, RunResult], dict[str, RunResult]]:
    study, other, _ = pair
    return outcomes(study), outcomes(other)


def test_nothing_but_names_is_different(pair) -> None:
    study, other, names = pair
    assert len(study.organisations) >= 4
    assert {*FILES} == {stem for stems, _, _ in SIZES.values() for stem in stems}
    old = {each.organisation for each in study.organisations}
    assert old.isdisjoint(each.organisation for each in other.organisations)
    assert {each.label for each in study.organisations}.isdisjoint(
        each.label for each in other.organisations
    )
    assert [names[each.organisation] for each in study.organisations] != [
        each.organisation for each in other.organisations
    ]


def test_every_measure_customer_and_event_is_the_same_under_random_names(pair, results) -> None:
    names = pair[2]
    here, there = results
    for name, result in here.items():
        other = there[names[name]]
        assert all(same(a, b) for a, b in zip(tables(result), tables(other), strict=True)), name
    # Equal tables prove something only if org models come out differently.
    assert len({table_hash(next(tables(result))) for result in here.values()}) >= min(6, len(here))


def test_a_comparison_is_the_same_under_random_names(pair, results) -> None:
    study, other, names = pair
    here, there = (pd.concat(r.measures for r in each.values()) for each in results)
    old = {new: old for old, new in names.items()}
    ours = compare_measures(here, study.baseline)
    theirs = compare_measures(there, other.baseline).replace({"org_model": old, "baseline": old})
    keys = ["org_model", "measure", "scope", "scope_id"]
    ours, theirs = (t.sort_values(keys).reset_index(drop=True) for t in (ours, theirs))
    assert len(ours) > 1000
    assert same(ours, theirs)
