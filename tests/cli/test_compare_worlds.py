"""``compare`` over worlds, as a user types it: units are worlds, and so few name no winner."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from program import Answer, standing

from analysis.comparison.pairing import build_cube, compare_measures
from benchmarks.small_study import SMALL

COMPARE = ("compare", "shop.yaml", *SMALL, "--jobs", "1")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study, as a user has it after ``new``."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    return folder


def _folder(desk: Path, answer: Answer) -> Path:
    assert answer.returncode == 0, answer.stderr
    return desk / answer.stdout.splitlines()[-1].removeprefix("results: ")


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    return standing(*COMPARE, "--worlds", "4", at=desk)


def test_a_study_s_own_number_is_eight_worlds(desk) -> None:
    words = [*SMALL, "--from", "ranges", "--json", "--no-figures", "--jobs", "1"]
    words += ["--set", "design.worlds=8"]
    done = standing("compare", "shop.yaml", *words, "--out", "eight", at=desk)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["worlds"], said["replicates_in_world"]) == (8, 1)
    assert said["worlds_are"] == "assumed, not fitted to this firm"
    assert said["lead"]["n_worlds"] == 8
    assert {row["n_worlds"] for row in said["comparison"] if row["measure"] == "standing"} == {8}


def test_without_an_ensemble_the_study_is_run_as_given(desk) -> None:
    words = (*SMALL, "--set", "design.worlds=8", "--jobs", "1", "--no-figures", "--out", "given")
    done = standing("compare", "shop.yaml", *words, at=desk)
    assert "(Student t over 3 replicates)" in done.stdout
    assert "at one point of what is assumed. `fit` finds worlds" in done.stdout


def test_intervals_are_over_worlds_and_no_winner_is_named(desk, answer) -> None:
    folder = _folder(desk, answer)
    assert "(Student t over 4 worlds)" in answer.stdout
    assert "P(best" not in answer.stdout
    assert "(assumed, not fitted to this firm)" in answer.stdout
    assert "So few name no winner" in answer.stdout.replace("\n", " ")
    measures = pd.read_parquet(folder / "measures.parquet")
    assert sorted(measures["world"].unique()) == [1, 2, 3, 4]
    assert set(measures["org_model"]) == {"as_it_is", "journey_owners"}  # no idle people among them
    value = measures[(measures["measure"] == "standing") & (measures["scope"] == "overall")]
    apart = value.pivot(index="world", columns="org_model", values="value")
    gap = apart["journey_owners"] - apart["as_it_is"]
    table = pd.read_csv(folder / "comparison.csv")
    row = table[(table["measure"] == "standing") & (table["scope"] == "overall")].iloc[1]
    assert row["difference"] == pytest.approx(gap.mean())
    half = 3.182 * gap.std(ddof=1) / 2  # Student t with 3 degrees of freedom, 97.5 %
    assert row["high"] - row["difference"] == pytest.approx(half, rel=1e-3)


def test_what_would_change_the_answer_is_unknown_before_worlds_and_told_after(desk, answer) -> None:
    assert "What would change this answer: unknown; run `worlds`." in answer.stdout
    assert "What `worlds` has found" not in answer.stdout
    asked = ("worlds", "shop.yaml", *SMALL, "--worlds", "30", "--jobs", "1", "--no-figures")
    assert standing(*asked, "--out", "w", at=desk).returncode == 0
    words = ("--worlds", "2", "--out", "w", "--json", "--no-figures")
    told = json.loads(standing(*COMPARE, *words, at=desk).stdout)
    assert told["worlds_said"].startswith("What `worlds` has found over 30 worlds: ")
    said = told["would_change"]
    about = "30 worlds (assumed, not fitted to this firm): "
    assert said.startswith(f"What would change this answer, by {about}")
    assert told["worlds_said"].endswith(" (assumed, not fitted to this firm).")
    assert "held-out worlds" in said
    other = ("--set", "market.agent_adoption=.7")
    said = json.loads(standing(*COMPARE, *words, *other, at=desk).stdout)["would_change"]
    assert "unknown; run `worlds`." in said and "Of the bundled firm" in said


def test_figures_say_what_they_rest_on(desk, answer) -> None:
    drawn = (_folder(desk, answer) / "figures" / "outcomes.svg").read_text(encoding="utf-8")
    assert "4 worlds" in drawn
    assert "assumed, not" in drawn
    read_me = (_folder(desk, answer) / "README.txt").read_text(encoding="utf-8")
    assert "4 worlds" in read_me
    assert "A world is one draw of all that is assumed" in read_me


def test_more_worlds_extend_and_fewer_take_nothing_away(desk, answer) -> None:
    folder = _folder(desk, answer)
    before = {file.name: file.stat().st_mtime_ns for file in (folder / "runs").iterdir()}
    more = standing(*COMPARE, "--worlds", "5", "--no-figures", at=desk)
    assert _folder(desk, more) == folder
    after = {file.name: file.stat().st_mtime_ns for file in (folder / "runs").iterdir()}
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 3  # two org models, and the baseline with idle people
    fewer = standing(*COMPARE, "--worlds", "2", "--no-figures", at=desk)
    assert "Shown is the finished result of 5 worlds, which holds the 2 asked for" in fewer.stderr
    assert fewer.stdout == more.stdout


def test_a_number_of_replicates_alone_is_of_the_study_as_given(desk, answer) -> None:
    given = standing(*COMPARE, "--replicates", "2", "--no-figures", at=desk)
    assert _folder(desk, given) != _folder(desk, answer)
    assert "(Student t over 2 replicates)" in given.stdout
    measures = pd.read_parquet(_folder(desk, given) / "measures.parquet")
    assert set(measures["world"]) == {0}


def test_a_customer_of_the_first_world_is_met_again(desk, answer) -> None:
    folder = _folder(desk, answer)
    table = pd.read_parquet(folder / "customers.parquet")
    told = json.loads(standing("trace", str(folder), "--customer", "3", "--json", at=desk).stdout)
    for story in told["org_models"]:
        mine = (table["org_model"] == story["org_model"]) & (table["customer_id"] == 3)
        assert story["customer"]["standing"] == pytest.approx(
            float(table[mine]["standing"].iloc[0])
        )


def test_two_results_over_the_same_worlds_are_paired(desk, answer) -> None:
    changed = ("--set", "market.agent_adoption=.5", "--no-figures")
    other = standing(*COMPARE, "--worlds", "4", *changed, at=desk)
    said = standing("diff", str(_folder(desk, answer)), str(_folder(desk, other)), at=desk)
    assert "worlds, seed" in said.stdout
    assert "because of" not in said.stdout or "the worlds" not in said.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "ranges", "--replicates", "2"), "--from only has a meaning with worlds"),
        (("--worlds", "3", "--replicates", "auto"), "so it goes without --worlds"),
        (("--worlds", "3", "--from", "ensemble"), "there is no ensemble of my_firm"),
    ],
)
def test_what_contradicts_itself_is_refused(desk, words, said) -> None:
    refused = standing(*COMPARE, *words, at=desk)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_units_are_worlds_where_there_are_several_and_replicates_inside_are_averaged() -> None:
    rows = [
        (org, replicate, world, "standing", "overall", "", base + 0.1 * world + 0.01 * replicate)
        for org, base in (("a", 0.1), ("b", 0.3))
        for world in (1, 2, 3)
        for replicate in (0, 1)
    ]
    names = ["org_model", "replicate", "world", "measure", "scope", "scope_id", "value"]
    measures = pd.DataFrame(rows, columns=names)
    cube = build_cube(measures)
    assert (cube.by_world, cube.names, cube.n_worlds) == (True, [1, 2, 3], 3)
    assert cube.values.shape == (1, 2, 3, 2)
    table = compare_measures(measures, "a")
    assert list(table["n_worlds"]) == [3, 3]
    assert list(table["n_replicates"]) == [2, 2]
    assert table["mean"][0] == pytest.approx(0.305)
    assert np.allclose(table["low"][1], table["difference"][1])
