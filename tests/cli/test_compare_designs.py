"""A study with two designs of one enterprise, from the command line to the tables (rule E8)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from program import standing as standing_here

from benchmarks.small_study import SMALL


def standing(desk: Path, *words: str) -> str:
    done = standing_here(*words, at=desk)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the starter study with a second design, in which sales and service are one desk."""
    folder = tmp_path_factory.mktemp("designs")
    standing(folder, "new", "shop")
    study = yaml.safe_load((folder / "shop.yaml").read_text(encoding="utf-8"))
    firm = yaml.safe_load((folder / "shop.yaml").read_text(encoding="utf-8"))["enterprise"]
    firm |= {"enterprise": "one_desk", "functions": {"desk": {}, "operations": {}}}
    for journey in firm["journeys"].values():
        for step in journey["touchpoints"].values():
            step["owner"] = {"sales": "desk", "service": "desk"}.get(step["owner"], step["owner"])
    change = firm["journeys"]["change"]
    change["start"] = "chat"
    change["touchpoints"]["chat"] = change["touchpoints"].pop("ask")
    (folder / "one_desk.yaml").write_text(yaml.safe_dump(firm, sort_keys=False), encoding="utf-8")
    study["organisations"] = [
        study["organisations"][0],
        {"organisation": "one_desk", "label": "One desk", "enterprise": "one_desk.yaml"},
    ]
    text = yaml.safe_dump(study, sort_keys=False)
    (folder / "two.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def compared(desk: Path) -> tuple[str, Path]:
    """Give what `compare` prints, and the result folder."""
    printed = standing(desk, "compare", "two.yaml", *SMALL, "--jobs", "1")
    return printed, desk / printed.splitlines()[-1].removeprefix("results: ")


def test_compare_says_who_has_another_design_and_pairs_what_both_have(
    compared: tuple[str, Path],
) -> None:
    printed, folder = compared
    assert "With another design of the enterprise, one_desk: One desk." in printed
    assert "With another design" in (folder / "README.txt").read_text(encoding="utf-8")
    table = pd.read_csv(folder / "comparison.csv")
    functions = table[(table["scope"] == "function") & (table["measure"] == "utilisation")]
    rows = functions.set_index(["org_model", "scope_id"])
    assert set(functions[functions["org_model"] == "one_desk"]["scope_id"]) == {
        "desk",
        "operations",
    }
    assert pd.notna(rows.loc[("one_desk", "operations"), "difference"])
    desk_row = rows.loc[("one_desk", "desk")]
    assert pd.notna(desk_row["mean"]) and pd.isna(desk_row["difference"])
    assert desk_row["n_replicates"] == 3
    cost = table[(table["measure"] == "running_cost") & (table["scope"] == "overall")]
    assert cost["mean"].nunique() == 1


def test_drop_offs_are_shown_where_they_can_be(compared: tuple[str, Path]) -> None:
    shown = pd.read_csv(compared[1] / "figures" / "drop_offs.csv")
    by_site = shown.groupby("site")["org_model"].agg(set)
    assert by_site["change/chat"] == {"one_desk"}
    assert by_site["change/ask"] == {"as_it_is"}


def test_the_resolved_study_is_in_the_folder_and_can_be_traced(
    desk: Path, compared: tuple[str, Path]
) -> None:
    manifest = json.loads((compared[1] / "manifest.json").read_text(encoding="utf-8"))
    resolved = manifest["study_as_resolved"]["organisations"]
    assert resolved[0]["enterprise"] is None
    assert list(resolved[1]["enterprise"]["functions"]) == ["desk", "operations"]
    told = json.loads(standing(desk, "trace", str(compared[1]), "--json"))
    groups = {
        story["org_model"]: {event["org:group"] for event in story["events"]}
        for story in told["org_models"]
    }
    assert "desk" not in groups["as_it_is"]
    assert groups["one_desk"] <= {"desk", "operations", "", None, "nobody"}


def test_a_run_keeps_the_log_of_its_own_design(desk: Path) -> None:
    words = ("run", "two.yaml", "--org", "one_desk", "--events", "--out", "logs", *SMALL)
    folder = desk / standing(desk, *words).splitlines()[-1].removeprefix("results: ")
    log = pd.read_parquet(folder / "events.parquet")
    assert "change/chat" in set(log["touchpoint"]) and "change/ask" not in set(log["touchpoint"])
    assert "desk" in set(log["org:group"])


def test_validate_prints_the_design_that_differs(desk: Path) -> None:
    printed = standing(desk, "validate", "two.yaml", *SMALL)
    assert "With another design, one_desk: one_desk. Functions: desk (" in printed
    found = json.loads(standing(desk, "validate", "two.yaml", *SMALL, "--json"))
    assert [each["enterprise"] for each in found["designs"]] == ["one_desk"]
