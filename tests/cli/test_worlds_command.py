"""``worlds`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing

from benchmarks.small_study import SMALL
from sim.keeping.own_files import own_files
from sim.study.tables import column_names

WORLDS = ("worlds", "shop.yaml", *SMALL, "--jobs", "1")
NO_MAPS = ("--map-worlds", "0", "--rule-worlds", "0")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study, as a user has it after ``new``."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    return folder


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    """Give what four worlds answer."""
    return standing(*WORLDS, "--worlds", "4", "--no-figures", *NO_MAPS, at=desk)


@pytest.fixture(scope="module")
def folder(desk, answer) -> Path:
    """Give the result folder that the last line on stdout names."""
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_org_models_are_ranked_over_worlds(answer, folder) -> None:
    said = answer.stdout
    assert said.startswith("Study shop, changed: market.customers=1500")
    assert "in 4 worlds drawn from registered ranges: assumed, not fitted to this firm" in said
    assert "One head is worth" in said
    assert "no population of firms was sampled" in said
    assert not any(sign in said for sign in ("nan", "inf "))
    table = pd.read_csv(folder / "regret.csv", keep_default_na=False)
    assert list(table.columns) == column_names("regret.csv")
    assert list(table["org_model"]) == ["as_it_is", "journey_owners"]
    assert (table["n_worlds"] == 4).all()


def test_the_folder_holds_worlds_measures_and_the_answer(answer, folder, desk) -> None:
    found = json.loads((folder / "worlds.json").read_text(encoding="utf-8"))
    assert f"{found['answer']}.".replace("\u2212", "-") in answer.stdout
    assert (found["worlds"], found["from"], found["failures"]) == (4, "ranges", [])
    worlds = pd.read_parquet(folder / "worlds.parquet")
    assert list(worlds.columns) == column_names("worlds.parquet")
    assert sorted(worlds["world"].unique()) == [1, 2, 3, 4]
    measures = pd.read_parquet(folder / "measures.parquet")
    runs = measures[["org_model", "world", "replicate"]].drop_duplicates()
    assert len(runs) == 4 * 2 + 4 * 2  # luck a second time, in as many of them
    value = measures[(measures["measure"] == "net_value") & (measures["scope"] == "overall")]
    assert value["value"].nunique() == 16  # no two worlds share luck
    first = value[value["replicate"] == 0].groupby("org_model")["value"].mean()
    ranked = {row["org_model"]: row["mean"] for row in found["org_models"]}
    assert ranked == pytest.approx(first.to_dict(), rel=1e-9)
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert written["asked"].startswith("worlds ranges")
    assert folder.name.startswith("shop-worlds+customers=1500")
    assert not (desk / "results" / "latest.txt").exists()


def test_every_file_of_the_folder_is_the_programs_own(folder) -> None:
    there = {file for file in folder.rglob("*") if file.is_file() and file.name != ".lock"}
    assert there <= set(own_files(folder))


@pytest.mark.parametrize("number", [90_000, 1e999, "many", -4, None, True])
def test_an_answer_is_believed_only_as_far_as_there_are_runs(desk, answer, folder, number) -> None:
    file = folder / "worlds.json"
    right = file.read_text(encoding="utf-8")
    file.write_text(json.dumps(json.loads(right) | {"worlds": number}), encoding="utf-8")
    again = standing(*WORLDS, "--worlds", "4", "--no-figures", *NO_MAPS, at=desk)
    assert again.returncode == 0, again.stderr
    assert again.stdout == answer.stdout
    assert file.read_text(encoding="utf-8") == right


def test_more_worlds_extend_and_fewer_show_the_larger_result(desk, folder) -> None:
    pool = desk / "results" / "pool"
    before = {file.name: file.stat().st_mtime_ns for file in pool.iterdir()}
    assert len(before) == 4 * 2 + 4 * 2 + 4
    fewer = standing(*WORLDS, "--worlds", "2", "--no-figures", "--json", *NO_MAPS, at=desk)
    assert fewer.returncode == 0, fewer.stderr
    assert "Shown is the finished result of 4 worlds, which holds the 2 asked" in fewer.stderr
    assert json.loads(fewer.stdout)["worlds"] == 4
    assert {file.name: file.stat().st_mtime_ns for file in pool.iterdir()} == before
    more = standing(*WORLDS, "--worlds", "5", "--no-figures", *NO_MAPS, at=desk)
    assert more.returncode == 0, more.stderr
    after = {file.name: file.stat().st_mtime_ns for file in pool.iterdir()}
    assert after.items() >= before.items()
    assert len(after) >= len(before) + 3


def test_enough_worlds_say_what_would_change_the_answer_with_figures(desk) -> None:
    beside = ("--map-worlds", "8", "--map", "size,defect_rate", "--rule-worlds", "2")
    words = ("--worlds", "24", *beside)
    answer = standing(*WORLDS, *words, "--out", "many", at=desk)
    assert answer.returncode == 0, answer.stderr
    assert "worlds it has not seen" in answer.stdout
    assert "with each mechanism on and off:" in answer.stdout
    assert "boxes of size and defect_rate" in answer.stdout
    assert "Under rules of another kind, in 2 worlds:" in answer.stdout
    folder = desk / answer.stdout.splitlines()[-1].partition(": ")[2]
    table = pd.read_csv(folder / "sensitivity.csv")
    assert list(table.columns) == column_names("sensitivity.csv")
    rules = pd.read_csv(folder / "rules.csv")
    assert list(rules.columns) == column_names("rules.csv")
    assert list(rules["rule"]) == ["memory", "trust", "patience"]
    assert (rules["lead_usual"] != rules["lead_other"]).all()
    figures = {file.stem for file in (folder / "figures").iterdir()}
    assert figures == {"worlds_ranking", "worlds_tornado", "worlds_map_size_defect_rate"}
    found = json.loads((folder / "worlds.json").read_text(encoding="utf-8"))
    assert found["would_change"]["coordinates"] > 100
    assert sum(box["n_firms"] for box in found["maps"][0]["boxes"]) <= 8


def test_where_there_is_no_ensemble_none_can_be_asked_for(desk) -> None:
    words = (*WORLDS, "--from", "ensemble", "--out", "refused")
    refused = standing(*words, at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "there is no ensemble" in refused.stderr
    assert "fit --as as_it_is" in refused.stderr
    assert not (desk / "refused").exists()


def test_a_run_that_fails_is_a_row_and_the_command_is_incomplete(desk) -> None:
    # Of 2,000 customers live so few people that some worlds cannot spare those who coordinate.
    small = ("customers=2000", "prospects=200")
    short = ("warm_up_days=20", "horizon_days=60", "follow_up_days=20")
    changes = [f"market.{each}" for each in small] + [f"design.{each}" for each in short]
    words = [word for change in changes for word in ("--set", change)]
    board = ("worlds", "--orgs", "siloed,hybrid", "--jobs", "1", "--worlds", "8", *NO_MAPS)
    answer = standing(*board, *words, "--json", "--out", "small", at=desk)
    assert answer.returncode == 3, answer.stderr
    found = json.loads(answer.stdout)
    assert found["failures"]
    assert all("nobody left" in each["reason"] for each in found["failures"])
    first = found["failures"][0]
    told = " ".join(answer.stderr.split())
    assert f"the first one ({first['org_model']}, world {first['world']}) of: " in told
    assert ".. All reasons are in" not in told
    assert found["worlds_left_out"] > 0
    assert found["judged"][0]["n_worlds"] == 8 - found["worlds_left_out"]


def test_one_world_is_refused(desk) -> None:
    refused = standing(*WORLDS, "--worlds", "1", at=desk)
    assert refused.returncode == 2
    assert "--worlds: '1' is not a whole number from 2" in refused.stderr
