"""``fit`` as a user types it, on a firm so small that a run takes a moment."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from program import Answer, standing

from analysis.evidence.ensembles import ENDING, ENSEMBLES, read_ensemble
from analysis.evidence.predicted import PREDICTED
from benchmarks.small_study import SMALL
from sim.keeping.own_files import own_files
from sim.study.parameters import REGISTRY
from sim.study.tables import column_names

OWN = """
patterns:
  - {measure: csat, low: .2, high: .95, source: the firm's own survey}
  - {measure: utilisation, low: .05, high: .99, source: the firm's own roster}
"""
DRAWN = {"error_scale", "satisfied_from", "ordinary_meetings_share"}
"""All else is known of this firm, so that it has little to be fitted in, and few runs."""
FIT = ("fit", "shop.yaml", *SMALL, "--runs", "50", "--members", "3", "--jobs", "1")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study that says what is known of its firm."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    file = folder / "shop.yaml"
    known = {name: row.default for name, row in REGISTRY.items() if name not in DRAWN}
    starter, _, _ = file.read_text(encoding="utf-8").partition("\nparameters:")
    text = yaml.safe_dump({"parameters": known})
    file.write_text(f"{starter}\n{text}{OWN}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    return standing(*FIT, at=desk)


@pytest.fixture(scope="module")
def folder(desk, answer) -> Path:
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_the_worlds_lie_in_a_file_with_their_recipe(desk, answer, folder) -> None:
    (file,) = (desk / "results" / ENSEMBLES).glob(f"*{ENDING}")
    assert f"worlds: results/{ENSEMBLES}/{file.name}" in answer.stdout
    ensemble = read_ensemble(file)
    assert ensemble.org_model == "as_it_is"  # the baseline, since nothing else was named
    assert 1 <= len(ensemble.worlds) <= 3
    assert ensemble.recipe["taken_in"] == len(ensemble.worlds)
    assert ensemble.recipe["made_by"] == "fit --as as_it_is --runs 50 --members 3"


def test_the_table_holds_own_figures_beside_what_worlds_give(answer, folder) -> None:
    table = pd.read_csv(folder / "patterns.csv")
    assert list(table.columns) == column_names("patterns.csv")
    fitted = ["csat", "utilisation lowest", "utilisation highest"]
    assert list(table["output"]) == [*fitted, *PREDICTED]
    assert list(table[table["fitted"]]["output"]) == fitted
    assert "the firm's own survey" in set(table["source"])
    assert "Customer satisfaction (%)" in answer.stdout
    predicted = table.set_index("output").loc[list(PREDICTED)]
    assert predicted["default"].between(0, 1).any()
    assert "No promoters after low effort (%), not fitted" in answer.stdout
    said = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    assert said["org_model"] == "as_it_is"
    assert {file.name for file in (folder / "figures").iterdir()} == {
        "patterns.png", "patterns.svg", "patterns.csv",
    }  # fmt: skip


def test_no_other_org_model_is_ever_run(desk, folder, monkeypatch) -> None:
    from analysis.commands import experiment, fit
    from analysis.commands.arguments import parse
    from analysis.evidence import predicted

    asked: set[str] = set()
    logged: set[str] = set()
    complete, run = experiment.Experiment.complete_pool, predicted.run

    def noting(self, specs, *rest):
        asked.update(spec.organisation.organisation for spec in specs)
        return complete(self, specs, *rest)

    def noting_logged(spec):
        logged.add(spec.organisation.organisation)
        return run(spec)

    monkeypatch.setattr(experiment.Experiment, "complete_pool", noting)
    monkeypatch.setattr(predicted, "run", noting_logged)
    monkeypatch.chdir(desk)
    assert fit.execute(parse([*FIT, "--quiet", "--json", "--no-figures"])) == 0
    assert asked == {"as_it_is"}
    assert logged == {"as_it_is"}


def test_the_same_command_runs_nothing_again_and_says_the_same(desk, answer, folder) -> None:
    pool = desk / "results" / "pool"
    before = {file.name: file.stat().st_mtime_ns for file in pool.iterdir()}
    again = standing(*FIT, at=desk)
    assert again.returncode == 0
    assert again.stdout == answer.stdout
    assert {file.name: file.stat().st_mtime_ns for file in pool.iterdir()} == before


def test_every_file_of_the_folder_is_the_programs_own(folder) -> None:
    there = {file for file in folder.rglob("*") if file.is_file() and file.name != ".lock"}
    assert {"patterns.csv", "fit.json"} <= {file.name for file in there}
    assert there <= set(own_files(folder))


def test_fewer_worlds_never_take_the_place_of_more(desk, answer, folder) -> None:
    (file,) = (desk / "results" / ENSEMBLES).glob(f"*{ENDING}")
    right = file.read_bytes()
    fewer = standing(*FIT, "--members", "1", "--no-figures", at=desk)
    assert fewer.returncode == 0, fewer.stderr
    assert "keeps its 3 worlds, which are more than the 1 found now" in fewer.stderr
    assert file.read_bytes() == right
    # What is known now is something else, and so are the worlds in which the firm gives it.
    text = (desk / "shop.yaml").read_text(encoding="utf-8").replace("high: .99", "high: .98")
    (desk / "other.yaml").write_text(text, encoding="utf-8")
    words = ("fit", "other.yaml", *FIT[2:], "--members", "1", "--no-figures")
    other = standing(*words, at=desk)
    assert other.returncode == 0, other.stderr
    assert len(read_ensemble(file).worlds) == 1
    file.write_bytes(right)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "peer"), "there is no org model `peer` in this study; there are as_it_is"),
        (("--members", "0"), "is not a whole number from 1 to 400"),
        (("--runs", "10"), "is not a whole number from 50"),
    ],
)
def test_what_cannot_be_fitted_is_refused(desk, words, said) -> None:
    refused = standing(*FIT, *words, at=desk)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_firm_of_which_nothing_is_known_is_refused(desk) -> None:
    standing("new", "unknown", at=desk)
    refused = standing("fit", "unknown.yaml", *SMALL, at=desk)
    assert refused.returncode == 2
    assert "nothing is known of this firm that worlds could be fitted to" in refused.stderr
    assert "patterns" in refused.stderr
