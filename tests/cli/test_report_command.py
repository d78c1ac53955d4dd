"""``report`` as a user types it, and what ``compare --board`` runs."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
import yaml
from pptx import Presentation
from program import Answer, standing

from analysis.commands.arguments import parse
from analysis.commands.board import run_pages
from analysis.load import load_result
from benchmarks.small_study import SMALL
from sim.reading.loader import load_study

COMPARE = ("compare", "shop.yaml", *SMALL, "--jobs", "1", "--quiet")
CHANGE = {"from": "as_it_is", "to": "journey_owners", "at_week": 0}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a comparison of the starter, and one of the same firm that changes."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    study = yaml.safe_load((folder / "shop.yaml").read_text(encoding="utf-8"))
    becoming = {"organisation": "becoming", "transition": CHANGE}
    study |= {"study": "shop-change", "organisations": [*study["organisations"], becoming]}
    (folder / "change.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    changed = standing(COMPARE[0], "change.yaml", *COMPARE[2:], "--no-figures", at=folder)
    assert changed.returncode == 0, changed.stderr
    compared = standing(*COMPARE, at=folder)
    assert compared.returncode == 0, compared.stderr
    return folder


@pytest.fixture(scope="module")
def told(desk) -> Answer:
    """Give what ``report`` says of the latest comparison."""
    return standing("report", "latest", at=desk)


def _folder(desk: Path, told: Answer) -> Path:
    assert told.returncode == 0, told.stderr
    return desk / told.stdout.splitlines()[-1].partition(": ")[2]


def test_the_pack_lies_in_the_folder_of_the_result(desk, told) -> None:
    folder = _folder(desk, told)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "<img src=" in page
    assert len(Presentation(folder / "board.pptx").slides) > 4
    assert "Numbers" in openpyxl.load_workbook(folder / "results.xlsx").sheetnames
    # What is asked for is of the study as it was changed.
    changed = next(
        line.partition("worlds shop.yaml ")[2]
        for line in told.stdout.splitlines()
        if "worlds shop.yaml " in line
    )
    assert "--set market.customers=1500" in changed
    assert f"levers shop.yaml {changed} --from as_it_is" in told.stdout


def test_the_page_on_the_change_is_written_from_the_result_beside(desk, told) -> None:
    assert "What does the change itself cost, and when has it paid back?" in told.stdout
    without = standing("report", "latest", "--with", "worlds,levers", "--json", at=desk)
    found = json.loads(without.stdout)
    assert [page["page"] for page in found["pages"]] == ["executive", "sure", "lost"]
    assert any("--board" in each["command"] for each in found["left_out"])


def test_a_kind_that_is_none_and_a_template_that_is_none_are_refused(desk, told) -> None:
    folder = _folder(desk, told)
    before = (folder / "report.html").stat().st_mtime_ns
    refused = standing("report", "latest", "--with", "wolds", at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no kind `wolds`" in refused.stderr and "worlds" in refused.stderr
    refused = standing("report", "latest", "--template", "shop.yaml", at=desk)
    assert refused.returncode == 2
    assert "shop.yaml" in refused.stderr and ".pptx" in refused.stderr
    assert (folder / "report.html").stat().st_mtime_ns == before


def test_a_kind_is_judged_before_anything_is_looked_for(desk) -> None:
    refused = standing("report", "nowhere", "--with", "wolds", at=desk)
    assert refused.returncode == 2 and "no kind `wolds`" in refused.stderr


def test_more_runs_remove_a_pack_of_fewer(desk, told) -> None:
    folder = _folder(desk, told)
    more = standing(*COMPARE, "--replicates", "4", "--no-figures", at=desk)
    assert more.returncode == 0, more.stderr
    assert not (folder / "report.html").exists() and not (folder / "board.pptx").exists()


def test_the_board_runs_what_every_page_needs(desk, told) -> None:
    folder = _folder(desk, told)
    options = parse([*COMPARE[:2], "--board", "--out", str(desk / "results"), "--quiet"])
    options.study = str(desk / "shop.yaml")
    study, asked = load_study(options.study), []

    def execute(line) -> int:
        asked.append(line)
        return 3 if line.command == "levers" else 0

    assert run_pages(study, folder, options, execute) == 3
    commands = ["worlds", "levers", "sizes", "compare", "compare", "compare", "trace", "report"]
    assert [line.command for line in asked] == commands
    assert all(line.out == options.out for line in asked)
    for line, models in zip(asked[4:6], (3, 3), strict=True):
        derived = load_study(line.study)
        assert len(derived.organisations) == models
        assert derived.enterprise == study.enterprise and derived.market == study.market
    assert asked[3].set == ["budget_change=-0.1"]
    made = load_result(folder).measures["replicate"].nunique()
    # As often as the comparison that they are held against: it was of the study as given.
    for line in asked[3:6]:
        assert (line.worlds, line.replicates) == (0, made)


def test_the_board_writes_over_no_study_of_ones_own(desk, told) -> None:
    folder = _folder(desk, told)
    options = parse([*COMPARE[:2], "--board", "--out", str(desk / "results"), "--quiet"])
    options.study = str(desk / "shop.yaml")
    own = desk / "results" / "shop-change.yaml"
    own.write_text("study: mine\n", encoding="utf-8")
    asked: list[str] = []

    def execute(line) -> int:
        asked.extend([line.study] if line.command == "compare" else [])
        return 0

    for _ in range(2):
        assert run_pages(load_study(options.study), folder, options, execute) == 0
    assert own.read_text(encoding="utf-8") == "study: mine\n"
    beside = str(own.with_name("shop-change-2.yaml"))
    assert asked.count(beside) == 2 and not own.with_name("shop-change-3.yaml").exists()
    own.unlink()


def test_an_answer_that_was_edited_is_named(desk, told) -> None:
    folder = _folder(desk, told)
    story = folder / "trace.json"
    story.write_text(json.dumps({"others": [7]}), encoding="utf-8")
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    refused = standing("report", str(folder), at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "trace.json: one of these answers is not as its command leaves it" in refused.stderr
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    story.unlink()


def test_one_object_and_many_answers_exclude_each_other(desk) -> None:
    refused = standing("compare", "shop.yaml", "--board", "--json", at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--board --json" in refused.stderr
