"""``new`` with a firm to begin from, as a user types it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from program import ROOT, Answer
from program import standing as standing_here

from sim.reading.loader import load_study


@pytest.fixture
def standing(tmp_path: Path):
    """Give the program, to be called with words in an empty folder."""
    return partial(standing_here, at=tmp_path)


def refused(answer: Answer, tmp_path: Path) -> str:
    """Return what is said of a line that is not understood; nothing is written."""
    assert (answer.returncode, answer.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
    return answer.stderr


def test_firms_are_named_one_a_line(standing, tmp_path) -> None:
    answer = standing("new", "--list", "--quiet")
    lines = answer.stdout.splitlines()
    assert (answer.returncode, len(lines), answer.stderr) == (0, 9, "")
    assert lines[0].startswith("clinic ") and "outpatient clinic" in lines[0]
    assert "new NAME --like FIRM" in standing("new", "--list").stderr
    told = json.loads(standing("new", "--list", "--json").stdout)["firms"]
    assert [line.split()[0] for line in lines] == list(told)
    assert list(tmp_path.iterdir()) == []


def test_a_firm_is_written_out_to_be_edited(standing, tmp_path) -> None:
    answer = standing("new", "our-bank", "--like", "retail-bank")
    assert answer.returncode == 0, answer.stderr
    text = (tmp_path / "our-bank.yaml").read_text(encoding="utf-8")
    assert "python run.py compare our-bank.yaml" in text
    assert "everyday: # change an address" in text  # the enterprise's own remarks are there
    ours = load_study(tmp_path / "our-bank.yaml")
    assert (ours.study, ours.enterprise.enterprise) == ("our-bank", "retail_bank")
    edited = text.replace("minutes: 12 # ", "minutes: 13 # ", 1)
    (tmp_path / "our-bank.yaml").write_text(edited, encoding="utf-8")
    assert "the file exists" in standing("new", "our-bank", "--like", "retail-bank").stderr
    assert (tmp_path / "our-bank.yaml").read_text(encoding="utf-8") == edited


@pytest.mark.parametrize("firm", ["bank", "retail-bnk", "../board", "firms/retail-bank", "", "*"])
def test_a_firm_that_is_not_there_is_refused(standing, tmp_path, firm: str) -> None:
    said = refused(standing("new", "ours", "--like", firm), tmp_path)
    assert "there is no bundled firm" in said and "retail-bank" in said


def test_a_name_is_needed(standing, tmp_path) -> None:
    assert "NAME is missing" in refused(standing("new"), tmp_path)
    assert "new --list" in refused(standing("new", "--like", "clinic"), tmp_path)


def test_what_the_readme_shows_works_in_a_study_that_new_made(standing, tmp_path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = next(block for block in readme.split("```yaml\n")[1:] if "transition:" in block)
    assert standing("new", "ours").returncode == 0
    text = (tmp_path / "ours.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("baseline: as_it_is\norganisations:\n")
    _, design, after = rest.partition("# --- How the comparison is run")
    changed = f"{before}baseline: siloed\n{shown.partition('```')[0]}{design}{after}"
    (tmp_path / "ours.yaml").write_text(changed, encoding="utf-8")
    names = [model.organisation for model in load_study(tmp_path / "ours.yaml").organisations]
    assert names == ["siloed", "journey-accountable", "from_strength"]
    only_the_change = changed.replace("  - organisations/journey-accountable.yaml\n", "")
    (tmp_path / "ours.yaml").write_text(only_the_change, encoding="utf-8")
    plan = load_study(tmp_path / "ours.yaml").organisations[1]
    assert plan.transition.to.label == "Journey owners"
