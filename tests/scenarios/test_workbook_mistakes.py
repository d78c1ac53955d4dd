"""Every mistake in a firm's workbook gives its message, with sheet and cell."""

from __future__ import annotations

import datetime

import pytest
from firm_workbooks import Change, cell, problems_of, starter_book

from sim.reading.loader import load_study


def at(sheet: str, row: str, column: str, value: object) -> Change:
    """Return a change of one cell, which is what the message names."""

    def change(book):
        found = cell(book, sheet, row, column)
        found.value = value
        if isinstance(value, str) and value.startswith("'="):
            found.value, found.data_type = value[1:], "s"
        return found

    return change


def new_row(sheet: str, *values: object) -> Change:
    """Return a change that fills the row below the last one."""

    def change(book):
        there = book[sheet]
        row = next(r for r in range(5, 200) if there.cell(r, 1).value is None)
        for column, value in enumerate(values, start=1):
            there.cell(row, column, value)
        return there.cell(row, 1)

    return change


def beside(change: Change) -> Change:
    """Return a change of which a message names the next cell: the value, not its name."""
    return lambda book: change(book).offset(0, 1)


def in_column(sheet: str, heading: str) -> Change:
    """Return a change that puts a heading into the next free column."""

    def change(book):
        there = book[sheet]
        top = 2 if there.cell(2, 1).value else 3
        column = next(c for c in range(1, 90) if there.cell(top, c).value is None)
        return there.cell(top, column, heading)

    return change


OFFER, ASK = "join offer", "change ask"
MISTAKES = {
    "a reference to a function": (
        at("touchpoints", OFFER, "owner", "sels"),
        "`sels` is not a declared function. Did you mean `sales`?",
    ),
    "a number out of range": (
        at("touchpoints", OFFER, "error", 1.5),
        "`1.5` is out of range. Permitted: a number from 0 to 1.",
    ),
    "a decimal comma": (
        at("touchpoints", OFFER, "latent_fault", "0,05"),
        "`0,05` is not a number. Write 0.05; permitted",
    ),
    "a percentage as text": (
        at("segments", "households", "share", "80 %"),
        "`80 %` is not a number. Write 0.8; permitted",
    ),
    "thousands": (
        at("settings", "market.customers", "value", "30,000"),
        "`30,000` is not a whole number. Write 30000; permitted",
    ),
    "a decimal comma among branches": (
        at("touchpoints", OFFER, "next", "set_up: 0,6; declined: 0,4"),
        "numbers with a point",
    ),
    "branches that do not add up": (
        at("touchpoints", OFFER, "next", "set_up: 0.5; declined: 0.4"),
        "the branch probabilities add up to 0.9. They must add up to 1.",
    ),
    "a branch that leads nowhere": (
        at("touchpoints", OFFER, "next", "setup: 0.6; declined: 0.4"),
        "`setup` is neither a touchpoint nor an exit of this journey. Did you mean `set_up`?",
    ),
    "a branch without a chance": (
        at("touchpoints", OFFER, "next", "set_up"),
        "`set_up` is no name with a value. Write each as `name: value`",
    ),
    "a branch twice": (
        at("touchpoints", OFFER, "next", "set_up: 0.6; set_up: 0.4"),
        "`set_up` is given twice. Keep one.",
    ),
    "an unknown fact": (
        at("touchpoints", OFFER, "produces", "identity; requst"),
        "`requst` is not a declared fact. Did you mean `request`?",
    ),
    "neither yes nor no": (
        at("touchpoints", OFFER, "mandatory", "maybe"),
        "`maybe` is neither true nor false",
    ),
    "a word that is none of the choices": (
        at("touchpoints", OFFER, "mode", "life"),
        "`life` is not permitted. Did you mean `live`?",
    ),
    "a value that is needed": (at("touchpoints", OFFER, "owner", None), "`owner` is missing"),
    "a setting that is needed": (at("settings", "study", "value", None), "`study` is missing"),
    "a formula": (
        at("touchpoints", OFFER, "minutes", "=20*2"),
        "a formula stands here. Type the value in",
    ),
    "a formula in a heading": (
        at("touchpoints", "journey touchpoint", "minutes", "=A1"),
        "a formula stands here",
    ),
    "an error of the spreadsheet": (
        at("touchpoints", OFFER, "minutes", "#REF!"),
        "an error of the spreadsheet stands here. Type a value in, or empty the cell.",
    ),
    "text that looks like a formula": (
        at("touchpoints", OFFER, "minutes", "'=20*2"),
        "`=20*2` is not a number",
    ),
    "a date": (
        at("touchpoints", OFFER, "minutes", datetime.date(2026, 12, 8)),
        "a date or a time stands here. Spreadsheets make one of what looks like it",
    ),
    "true where a number belongs": (
        at("settings", "market.prospects", "value", True),
        "`true` is not a whole number",
    ),
    "a fraction where a whole number belongs": (
        at("settings", "design.replicates", "value", 2.5),
        "`2.5` is not a whole number",
    ),
    "too many digits": (
        at("settings", "design.seed", "value", 2**60),
        "a spreadsheet does not keep all digits of a number as long as this",
    ),
    "an unknown setting": (
        new_row("settings", "market.custommers", 5),
        "the key `market.custommers` is not known here. Did you mean `market.customers`?",
    ),
    "a setting twice": (
        beside(new_row("settings", "design.seed", 5)),
        "`seed` is given twice (first in cell B",
    ),
    "a value without a name": (new_row("settings", None, 5), "the row has no setting"),
    "a part of the firm among the settings": (
        new_row("settings", "enterprise.functions", "x"),
        "`enterprise.functions` does not stand on this sheet. A workbook holds it itself, on the "
        "sheets `functions`",
    ),
    "a file in place of the firm": (
        new_row("settings", "enterprise", "firm.yaml"),
        "`enterprise` does not stand on this sheet",
    ),
    "an unknown column": (
        in_column("touchpoints", "minuts"),
        "the column `minuts` is not known here. Did you mean `minutes`?",
    ),
    "a column twice": (
        in_column("touchpoints", "minutes"),
        "the heading `minutes` stands twice (first in column ",
    ),
    "an unknown lever": (
        at("org models", "authority", "lever", "autority"),
        "the key `autority` is not known here. Did you mean `authority`?",
    ),
    "levers of a transition": (
        at("org models", "authority", "lever", "transition.from.authority"),
        "`transition.from.authority` cannot be said in a workbook. Write beside `transition.from`",
    ),
    "a design of the firm": (
        at("org models", "authority", "lever", "enterprise.functions"),
        "`enterprise.functions` cannot be said in a workbook. Write beside `enterprise` the YAML",
    ),
    "an org model's name": (
        at("org models", "lever", "journey_owners", "owners/2"),
        "`owners/2` is not permitted",
    ),
    "a lever out of range": (
        at("org models", "authority", "journey_owners", 5),
        "`5` is out of range",
    ),
    "an unknown parameter": (
        at("parameters", "ask_probability", "parameter", "ask_probabilty"),
        "there is no parameter `ask_probabilty`. Did you mean `ask_probability`?",
    ),
    "an unknown parameter of the firm": (
        new_row("assumed of firm", "ask_probabilty", 0.5),
        "there is no parameter `ask_probabilty`. Did you mean `ask_probability`?",
    ),
    "a parameter of the firm out of range": (
        beside(new_row("assumed of firm", "ask_probability", 7)),
        "7 is out of range. Permitted: 0 to 1.",
    ),
    "a parameter out of range": (
        at("parameters", "ask_probability", "value", 7),
        "7 is out of range. Permitted: 0 to 1.",
    ),
    "an unknown segment": (
        at("needs", "journey", "businesses", "business"),
        "`business` is not a segment of the sheet `segments`. Did you mean `businesses`?",
    ),
    "an unknown journey of a need": (
        at("needs", "renew", "journey", "renewal"),
        "`renewal` is not a journey of the sheet `journeys`. Did you mean `renew`?",
    ),
    "a touchpoint of no journey": (
        at("touchpoints", OFFER, "journey", "joinn"),
        "`joinn` is not a journey of the sheet `journeys`. Did you mean `join`?",
    ),
    "a touchpoint twice": (
        at("touchpoints", "join set_up", "touchpoint", "offer"),
        "`offer` is given twice (first in cell B",
    ),
    "a touchpoint without a journey": (
        at("touchpoints", ASK, "journey", None),
        "the row has no journey, but there are values in it",
    ),
    "a fact without a kind": (at("facts", "identity", "kind", None), "`kind` is missing"),
    "a switch": (at("mechanisms", "own_kpi", "value", "wide"), "`wide` is not permitted"),
    "a character that is no text": (
        at("touchpoints", OFFER, "owner", "sales\ufeff"),
        "there is a character that is not text (U+FEFF)",
    ),
    "a measure": (
        new_row("patterns", "chrun_rate", 0.1, 0.2),
        "chrun_rate",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_sheet_and_cell(mistake, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    change, words = MISTAKES[mistake]
    book = starter_book()
    wrong = change(book)
    sheet, place = wrong.parent.title, wrong.coordinate
    found = [str(problem) for problem in problems_of(tmp_path, book)]
    where = f"shop.xlsx, sheet {sheet}, cell {place}: "
    said = [line for line in found if where in line and words in line]
    assert len(said) == 1, (where, found)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_sheets(tmp_path) -> None:
    book = starter_book()
    for place in (
        ("touchpoints", OFFER, "owner", "sels"),
        ("settings", "design.replicates", "value", "many"),
        ("parameters", "ask_probability", "value", "=1/2"),
        ("org models", "ownership.seams", "journey_owners", "everybody"),
    ):
        cell(book, *place[:3]).value = place[3]
    found = problems_of(tmp_path, book)
    sheets = [problem.cell.removeprefix("sheet ").partition(",")[0] for problem in found]
    assert sheets == ["settings", "touchpoints", "org models", "parameters"]


def test_a_change_from_the_command_line_reaches_a_workbook(tmp_path) -> None:
    starter_book().save(tmp_path / "shop.xlsx")
    changes = ["market.customers=900", "organisations.journey_owners.authority=.1"]
    study = load_study(tmp_path / "shop.xlsx", overrides=changes, seed=7)
    assert (study.market.customers, study.organisations[1].authority) == (900, 0.1)
    assert study.design.seed == 7
    found = problems_of(tmp_path, starter_book(), overrides=["market.customers=-1"])
    assert [problem.file for problem in found] == ["--set market.customers=-1"]
