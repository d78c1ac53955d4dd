"""A firm's workbook says what its YAML says: every key, every bundled firm, and to LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from firm_workbooks import starter_book, starter_bytes

from analysis.commands.firm_starter import firm_starter, firms
from analysis.commands.firm_workbook import firm_workbook, new_workbook
from analysis.commands.schema import study_schema
from analysis.commands.starter import starter
from analysis.commands.workbook_words import words_beside
from analysis.words.schema import keys_of
from sim.keeping.manifest import study_hash
from sim.reading.loader import load_study
from sim.reading.study_files import scan_study, study_as_given
from sim.reading.workbook_layout import CHOSEN, IN_A_WORD, ORG_MODELS_SHEET, SHEETS
from sim.study.plans import Plan
from sim.study.study import OwnPattern, Study

UNSAYABLE = {
    "enterprise": "a design of the firm of an org model's own is a YAML file that it names",
    "transition.from": "an org model that a transition names",
    "transition.to": "an org model that a transition names",
}
"""Levers of an org model that a workbook cannot say itself, by what begins their path."""


@pytest.mark.parametrize("firm", [None, *firms()])
def test_a_workbook_is_the_same_study_as_the_yaml(firm, tmp_path) -> None:
    yaml, book = tmp_path / "mine.yaml", tmp_path / "mine.xlsx"
    text = starter("mine", "standing") if firm is None else firm_starter(firm, "mine", "standing")
    yaml.write_text(text, encoding="utf-8")
    book.write_bytes(new_workbook(book, firm, "standing"))
    one, other = load_study(yaml), load_study(book)
    assert one == other
    # In the same order, too: branches and segments are drawn in it.
    assert one.model_dump_json() == other.model_dump_json()
    assert study_hash(one) == study_hash(other)


def places() -> dict[str, list[str]]:
    """Return every key that has a cell, with dots and NAME, below a study and an org model."""
    found: dict[str, list[str]] = {"study": [], "org model": []}
    for plan in SHEETS:
        start = [] if plan is ORG_MODELS_SHEET else ["NAME" if k is CHOSEN else k for k in plan.at]
        kind = "org model" if plan is ORG_MODELS_SHEET else "study"
        found[kind] += [".".join([*start, *map(str, below)]) for below in plan.keys.values()]
        found[kind] += [".".join(start)]
    return found


def test_every_key_of_the_schema_has_its_cell() -> None:
    there = places()
    known = [*there["study"], *(path.removesuffix(".NAME") for path in there["study"])]
    for key in keys_of(Study.model_json_schema()):
        above = key.path.rpartition(".")[0] in {"enterprise.role_wages"}
        lists = {"organisations", "patterns", "enterprise.role_wages"}
        assert key.path in known or above or key.path in lists, key.path
    assert {f"patterns.NAME.{key.path}" for key in keys_of(OwnPattern.model_json_schema())} <= set(
        known
    )
    for key in keys_of(Plan.model_json_schema()):
        begins = [start for start in UNSAYABLE if key.path.startswith(f"{start}.")]
        has_cell = key.path in there["org model"] or key.path == "organisation"
        assert has_cell != bool(begins), key.path
    in_a_word = {".".join(map(str, place[2:])) for place in IN_A_WORD}
    assert set(UNSAYABLE) | {"like"} == in_a_word
    assert set(study_schema()["properties"]) == set(Study.model_json_schema()["properties"])


def test_what_is_said_beside_a_cell_is_what_the_schema_says() -> None:
    for plan in SHEETS:
        for heading, below in plan.keys.items():
            assert words_beside(plan, below).meaning, (plan.name, heading)
    minutes = next(plan for plan in SHEETS if plan.name == "touchpoints")
    words = words_beside(minutes, ("minutes",))
    said = next(
        key
        for key in keys_of(Study.model_json_schema())
        if key.path == "enterprise.journeys.NAME.touchpoints.NAME.minutes"
    )
    assert (words.meaning, words.default) == (said.meaning, str(said.default))
    assert words.permitted == "a number from 0 to 10000000"


def test_choices_are_offered_where_there_are_some() -> None:
    book = openpyxl.load_workbook(io.BytesIO(starter_bytes()))
    rules = {
        (name, rule.promptTitle): rule
        for name in book.sheetnames
        for rule in book[name].data_validations.dataValidation
    }
    for plan in SHEETS:
        for heading, below in plan.keys.items():
            shape = plan.shape(below)
            if plan.value or heading == "extensions" or shape is None:
                continue
            rule = rules[plan.name, heading[-32:]]
            assert rule.prompt and len(rule.prompt) <= 255
            if shape.choices or shape.type == "boolean":
                words = ["yes", "no"] if shape.type == "boolean" else list(map(str, shape.choices))
                assert rule.formula1 == f'"{",".join(words)}"'
                assert rule.showErrorMessage
    assert rules["facts", "kind"].formula1 == '"customer,case"'
    owner = rules["touchpoints", "owner"]
    assert owner.formula1 == "'functions'!$A$4:$A$106"
    assert [book["functions"][f"A{row}"].value for row in (3, 4, 6)] == [
        "function",
        "sales",
        "operations",
    ]
    assert not owner.showErrorMessage  # for `nobody` is no function, yet permitted
    assert rules["settings", "baseline"].formula1 == "'org models'!$B$2:$F$2"
    assert rules["parameters", "agent_refresh"].formula1 == '"every_reading"'
    needed = {("settings", "headline"), ("needs", "journey"), ("org models", "trust.host")}
    assert needed <= set(rules)


def test_remarks_of_the_yaml_stand_beside_their_numbers(tmp_path) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(new_workbook(tmp_path / "mine.xlsx", "clinic", "standing"))
    )
    functions = [[cell.value for cell in row] for row in book["functions"].iter_rows()]
    centre = next(row for row in functions if row[0] == "call_centre")
    assert centre[-1] == ("appointments, questions\nwage: grade C: medical secretaries 43,380")
    touchpoints = [[cell.value for cell in row] for row in book["touchpoints"].iter_rows()]
    visit = next(row for row in touchpoints if row[:2] == ["visit", "book"])
    assert "next: Soos: 15 to 30 % do not come" in visit[-1]
    levers = book["org models"]
    (hybrid,) = [cell for cell in levers[2] if cell.value == "hybrid"]
    (team,) = [cell for cell in levers["A"] if cell.value == "staffing.cx_team"]
    comment = levers.cell(team.row, hybrid.column).comment
    assert comment.text.startswith("Per 100 heads; smaller than where there is no lead")
    intro = "\n".join(str(cell.value) for cell in book["(read me)"]["A"])
    assert "Evaluation of Clinical No-Show Rates" in intro
    assert "python run.py" not in intro and "standing validate mine.xlsx" in intro


def test_the_small_starter_gives_no_hints_for_yaml() -> None:
    book = openpyxl.load_workbook(io.BytesIO(starter_bytes()))
    said = " ".join(str(cell.value) for row in book["settings"].iter_rows() for cell in row)
    intro = " ".join(str(cell.value) for cell in book["(read me)"]["A"])
    assert "siloed.yaml" not in said and "{" not in intro
    assert "share of customers with a personal agent that acts for them" in said


def test_nothing_written_is_a_formula(tmp_path) -> None:
    text = starter("mine", "standing").replace(
        "description: Which way to organise keeps more of our customers?",
        "description: '=HYPERLINK(\"https://example.org\")'",
    )
    file = tmp_path / "mine.xlsx"
    file.write_bytes(firm_workbook(text, file, "standing"))
    with zipfile.ZipFile(file) as packed:
        assert all(b"<f>" not in packed.read(part) for part in packed.namelist())
    assert load_study(file).description == '=HYPERLINK("https://example.org")'


def test_numbers_with_more_digits_than_a_cell_keeps_stay_as_they_are(tmp_path) -> None:
    text = starter("mine", "standing").replace("seed: 1\n", f"seed: {2**62 + 1}\n")
    text = text.replace("minutes: 40 ", f"minutes: {0.1 + 0.2!r} ")
    file = tmp_path / "mine.xlsx"
    file.write_bytes(firm_workbook(text, file, "standing"))
    study = load_study(file)
    assert study.design.seed == 2**62 + 1
    assert study.enterprise.journeys["join"].touchpoints["offer"].minutes == 0.1 + 0.2


def test_what_no_workbook_can_say_is_not_left_out_silently(tmp_path) -> None:
    text = starter("mine", "standing").replace(
        "    label: Journey owners\n",
        "    label: Journey owners\n    enterprise: {enterprise: lean}\n",
    )
    with pytest.raises(ValueError, match=r"cannot say organisations\[1\].enterprise.enterprise"):
        firm_workbook(text, tmp_path / "mine.xlsx", "standing")


def test_levers_of_every_kind_can_be_said(tmp_path) -> None:
    """Likeness, a transition, a design in a file, and an extension's levers."""
    book = starter_book()
    sheet = book["org models"]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    sheet["D2"], sheet["E2"] = "changed", "regions"
    for lever, value in (
        ("transition.from", "as_it_is"),
        ("transition.to", "journey-accountable"),
        ("transition.when.measure", "nps"),
        ("transition.when.above", 26),
    ):
        sheet.cell(rows[lever], 4, value)
    for lever, value in (
        ("like", "siloed"),
        ("structure.units", 3),
        ("structure.local", "sales; service"),
        ("ownership.touchpoints", "change/ask: nobody"),
        ("incentives.serve_first", "service: join"),
    ):
        sheet.cell(rows[lever], 5, value)
    sheet.cell(sheet.max_row + 1, 1, "extensions.loyal.reward")
    sheet.cell(sheet.max_row, 5, 0.5)
    book.save(tmp_path / "shop.xlsx")
    source = scan_study(tmp_path / "shop.xlsx")
    assert source.problems == []
    assert source.data["organisations"][3]["extensions"] == {"loyal": {"reward": 0.5}}
    sheet.cell(sheet.max_row, 5).value = None
    book.save(tmp_path / "shop.xlsx")
    study = load_study(tmp_path / "shop.xlsx")
    changed, regions = study.organisations[2:]
    assert changed.transition.to.organisation == "journey-accountable"
    assert changed.transition.when.above == 26
    assert (regions.structure.local, regions.structure.units) == (("sales", "service"), 3)
    assert regions.ownership.touchpoints == {"change/ask": "nobody"}
    assert regions.technology.record == "shared"  # as under `siloed`


def test_a_workbook_as_text_is_the_same_study(tmp_path) -> None:
    """What a result's manifest keeps of the study as given."""
    starter_book().save(tmp_path / "shop.xlsx")
    (tmp_path / "shop.yaml").write_text(study_as_given(tmp_path / "shop.xlsx"), encoding="utf-8")
    assert load_study(tmp_path / "shop.yaml") == load_study(tmp_path / "shop.xlsx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_writes_the_same_firm(tmp_path: Path) -> None:
    (tmp_path / "shop.xlsx").write_bytes(starter_bytes())
    out, profile = tmp_path / "out", (tmp_path / "profile").as_uri()
    subprocess.run(  # noqa: S603 - a program of this machine, on a file of ours
        [
            str(shutil.which("soffice")),
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            str(tmp_path / "shop.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    again = load_study(out / "shop.xlsx")
    assert again == load_study(tmp_path / "shop.xlsx")
    book = openpyxl.load_workbook(out / "shop.xlsx")
    offered = book["touchpoints"].data_validations.dataValidation
    assert any(rule.formula1 == '"live,deferred"' for rule in offered)
    assert any("functions" in str(rule.formula1) for rule in offered)
