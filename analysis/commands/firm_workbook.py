"""A starter study as a workbook: the same numbers as the YAML starter, a cell each."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from analysis.commands.firm_starter import firm_text
from analysis.commands.starter import starter
from analysis.commands.workbook_content import StudyContent
from analysis.commands.workbook_look import (
    hang_note,
    offer,
    put_text,
    put_value,
    set_height,
    set_page,
    set_widths,
)
from analysis.commands.workbook_words import CellWords, choices_of, word_lists, words_beside
from sim.reading.source_tree import KeyPath
from sim.reading.workbook_layout import (
    FACTS_SHEET,
    FUNCTIONS_SHEET,
    JOURNEYS_SHEET,
    NEEDS_SHEET,
    ORG_MODELS_SHEET,
    PARAMETERS_SHEET,
    PATTERNS_SHEET,
    SEGMENTS_SHEET,
    SETTINGS_SHEET,
    SHEETS,
    TOUCHPOINTS_SHEET,
    VALUE,
    SheetPlan,
)
from sim.study.parameters import REGISTRY

_SPARE_ROWS, _SPARE_COLUMNS, _SPARE_SHOWN = 100, 3, 10
"""Left below and beside what is there, to be filled in; of the rows so many are yellow."""
_NOTES, _MEANING, _PERMITTED, _DEFAULT = "(notes)", "(meaning)", "(permitted)", "(default)"
_READ_ME, _LISTS = "(read me)", "(lists)"
_MEASURES, _MECHANISMS, _BUNDLED = word_lists()

_OFFERED: dict[tuple[SheetPlan, str], SheetPlan | str] = {
    (SETTINGS_SHEET, "baseline"): ORG_MODELS_SHEET,
    (SETTINGS_SHEET, "headline"): _MEASURES,
    (SETTINGS_SHEET, "ablations"): _MECHANISMS,
    (SETTINGS_SHEET, "enterprise.firm_facts"): FACTS_SHEET,
    (JOURNEYS_SHEET, "start"): TOUCHPOINTS_SHEET,
    (JOURNEYS_SHEET, "recontact"): TOUCHPOINTS_SHEET,
    (TOUCHPOINTS_SHEET, "journey"): JOURNEYS_SHEET,
    (TOUCHPOINTS_SHEET, "owner"): FUNCTIONS_SHEET,
    (TOUCHPOINTS_SHEET, "requires"): FACTS_SHEET,
    (TOUCHPOINTS_SHEET, "produces"): FACTS_SHEET,
    (NEEDS_SHEET, "journey"): JOURNEYS_SHEET,
    (ORG_MODELS_SHEET, "like"): _BUNDLED,
    (ORG_MODELS_SHEET, "structure.local"): FUNCTIONS_SHEET,
    (ORG_MODELS_SHEET, "staffing.account_owners.segment"): SEGMENTS_SHEET,
    (ORG_MODELS_SHEET, "trust.host"): FUNCTIONS_SHEET,
    (ORG_MODELS_SHEET, "placement.host"): FUNCTIONS_SHEET,
    (ORG_MODELS_SHEET, "transition.from"): ORG_MODELS_SHEET,
    (ORG_MODELS_SHEET, "transition.to"): ORG_MODELS_SHEET,
    (PATTERNS_SHEET, "measure"): _MEASURES,
}
"""Cells that name something of another sheet, or of a list: any other word may be typed too."""

_HOW_TO = (
    "This workbook is a study: a firm, its customers, and ways to organise it.",
    "  {program} validate {file}     checks it and shows what was understood",
    "  {program} compare {file}      runs the comparison",
    "What you fill in is yellow. A message about a mistake names its sheet and cell.",
    "A value left out is at its default. An unknown word is an error, with the nearest one named.",
    "A sheet, a row or a column whose name stands in parentheses, such as this sheet, is yours: it "
    "is not read. All others must be those that a study has.",
    "Type values, not formulas. Cells must not be merged, and no sheet that is read may be hidden.",
    "Several names in one cell have semicolons between them: identity; request. So have names with "
    "a value each, such as where a step leads and how often: set_up: 0.6; declined: 0.4. In such a "
    "cell numbers have a point.",
    "To add an org model, a segment of `needs`, a function or a step, fill the next free column or "
    "row. A lever of an extension stands in a row `extensions.NAME.LEVER`.",
)


def new_workbook(file: Path, firm: str | None, program: str) -> bytes:
    """Return a starter study as a workbook, called as its file is.

    Parameters
    ----------
    file : Path
        Where the workbook will lie.
    firm : str or None
        The bundled firm to begin as; None for the small starter.
    program : str
        The word that starts the program, in its hints.

    Raises
    ------
    StudyError
        If there is no such firm, or a file that it names cannot be used.
    """
    if firm is not None:
        return firm_workbook(firm_text(firm, file.stem), file, program)
    # Its remarks on lines of their own are hints for who writes YAML.
    text = re.sub(r"(?m)^ *#.*\n", "", starter(file.stem, program))
    return firm_workbook(text, file, program)


def firm_workbook(text: str, file: Path, program: str) -> bytes:
    """Return a study as a workbook for a spreadsheet program.

    Parameters
    ----------
    text : str
        The study as YAML.
    file : Path
        Where the workbook will lie.
    program : str
        The word that starts the program, in its hints.

    Returns
    -------
    bytes
        Of an ``.xlsx`` file.

    Raises
    ------
    StudyError
        If a file that the study names cannot be used.
    ValueError
        If it says what no workbook can.
    """
    content = StudyContent(text, file.parent)
    book = Workbook()
    intro = book.active
    intro.title = _READ_ME
    for plan in SHEETS:
        sheet = _FirmSheet(book.create_sheet(plan.name), plan, content)
        {"keys": sheet.keys, "rows": sheet.rows, "columns": sheet.columns}[plan.kind]()
    _fill_lists(book.create_sheet(_LISTS))
    _fill_intro(intro, content, [line.format(program=program, file=file.name) for line in _HOW_TO])
    if content.unsaid():
        raise ValueError(f"a workbook cannot say {', '.join(content.unsaid())}")
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _fill_intro(sheet: Any, content: StudyContent, how_to: list[str]) -> None:
    """Write how to use the workbook, and what is said of the firm as a whole."""
    set_widths(sheet, [110])
    set_page(sheet, 1)
    put_text(sheet, 1, 1, "How to use this workbook", "title")
    sources = [*content.paragraphs, *content.remarks_left()] if content.paragraphs else []
    lines = [*how_to, "", *(["Where the numbers come from"] if sources else []), *sources]
    for row, line in enumerate(lines, start=2):
        put_text(sheet, row, 1, line, "title" if line == "Where the numbers come from" else "")
        set_height(sheet, row, [110])


def _fill_lists(sheet: Any) -> None:
    """Write words to choose from that are too many for one cell's rule."""
    for column, (heading, words) in enumerate(word_lists().items(), start=1):
        put_text(sheet, 1, column, heading, "heading")
        for row, word in enumerate(words, start=2):
            put_text(sheet, row, column, word)
    set_widths(sheet, [34] * len(word_lists()))
    sheet.sheet_state = "hidden"


class _FirmSheet:
    """One sheet of the workbook being written."""

    def __init__(self, sheet: Any, plan: SheetPlan, content: StudyContent):
        self.sheet = sheet
        self.plan = plan
        self.content = content
        self.top = _top(plan)
        put_text(sheet, 1, 1, plan.about, "title")

    def head(self, headings: list[str], widths: list[float]) -> None:
        """Write the row of headings, which stays in sight beside the first names."""
        for column, heading in enumerate(headings, start=1):
            put_text(self.sheet, self.top, column, heading, "heading" if heading else "")
        set_widths(self.sheet, widths)
        set_height(self.sheet, self.top, widths)
        beside = get_column_letter(1 + max(len(self.plan.heads), 1))
        self.sheet.freeze_panes = f"{beside}{self.top + 1}"
        set_page(self.sheet, self.top)

    def choose(self, cells: str, key: str, below: KeyPath, words: CellWords) -> None:
        """Offer what may stand in cells of a key."""
        choices, wanted = choices_of(self.plan.shape(below)), _OFFERED.get((self.plan, key))
        if wanted is not None:
            there = _named_range(wanted, self.content)
            offer(self.sheet, cells, choices=there, title=key, prompt=str(words))
        else:
            must = bool(choices)
            offer(self.sheet, cells, choices=choices, must=must, title=key, prompt=str(words))

    def keys(self) -> None:
        """Write a sheet with a key and its value in each row."""
        widths: list[float] = [36, 30, 60, 44, 14, 60]
        headings = [*self.plan.heads, VALUE, _MEANING, _PERMITTED, _DEFAULT, _NOTES]
        self.head(headings, widths)
        rows = self.content.names_first(self.plan).items()
        for row, (key, below) in enumerate(rows, start=self.top + 1):
            words, path = words_beside(self.plan, below), (*self.plan.fixed, *below)
            put_text(self.sheet, row, 1, key)
            put_value(self.sheet, row, 2, self.content.value(path))
            self.guide(row, 3, words)
            put_text(self.sheet, row, 6, self.content.remarks(path))
            self.choose(f"B{row}", key, below, words)
            set_height(self.sheet, row, widths)

    def guide(self, row: int, column: int, words: CellWords) -> None:
        """Write meaning, permitted values and default beside a key."""
        for place, text in enumerate(words):
            put_text(self.sheet, row, column + place, text, "grey")

    def rows(self) -> None:
        """Write a table with one thing a row."""
        if self.plan is PARAMETERS_SHEET:
            self.parameters()
            return
        names, keys = list(self.plan.heads), list(self.plan.keys)
        headings = [*names, *keys, _NOTES]
        widths = [*[22.0] * len(names), *(_width(self.plan, key) for key in keys), 70.0]
        self.head(headings, widths)
        things = self.content.things(self.plan)
        last = self.top + len(things) + _SPARE_ROWS
        for column, heading in enumerate([*names, *keys], start=1):
            below = self.plan.keys.get(heading, ())
            words = words_beside(self.plan, below)
            letter = get_column_letter(column)
            if heading in keys:
                put_text(self.sheet, self.top - 1, column, str(words), "grey")
                self.choose(f"{letter}{self.top + 1}:{letter}{last}", heading, below, words)
            elif (self.plan, heading) in _OFFERED:
                about = CellWords(f"a {heading} of the sheet `{heading}s`", "", "")
                self.choose(f"{letter}{self.top + 1}:{letter}{last}", heading, (), about)
        set_height(self.sheet, self.top - 1, widths)
        for row, (own, path) in enumerate(things, start=self.top + 1):
            for column, name in enumerate(own, start=1):
                put_value(self.sheet, row, column, name)
            for column, below in enumerate(self.plan.keys.values(), start=len(own) + 1):
                put_value(self.sheet, row, column, self.content.value((*path, *below)))
            put_text(self.sheet, row, len(headings), self.content.remarks(path, "touchpoints"))
            set_height(self.sheet, row, widths)
        for row in range(self.top + len(things) + 1, self.top + len(things) + 1 + _SPARE_SHOWN):
            for column in range(1, len(headings)):
                put_value(self.sheet, row, column, None)

    def parameters(self) -> None:
        """Write what is assumed: what the study sets itself first, in its order."""
        widths: list[float] = [32, 14, 14, 12, 12, 12, 24, 8, 60, 40, 60]
        beside = ["(unit)", _DEFAULT, "(plausible from)", "(to)", _PERMITTED, "(grade)"]
        headings = [*self.plan.heads, VALUE, *beside, _MEANING, "(source)", _NOTES]
        self.head(headings, widths)
        there = [names[0] for names, _ in self.content.things(self.plan)]
        for row, name in enumerate(dict.fromkeys([*there, *REGISTRY]), start=self.top + 1):
            each = REGISTRY[name]
            low, high = each.permitted
            permitted = " or ".join([f"{low:g} to {high:g}", *each.words])
            put_text(self.sheet, row, 1, name)
            put_value(self.sheet, row, 2, self.content.value(("parameters", name)))
            default, least, most = f"{each.default:g}", f"{each.low:g}", f"{each.high:g}"
            guide = (each.unit, default, least, most, permitted, each.grade)
            for column, text in enumerate((*guide, each.meaning, each.source), start=3):
                put_text(self.sheet, row, column, text, "grey")
            put_text(self.sheet, row, len(headings), self.content.remarks(("parameters", name)))
            prompt = (
                f"{each.meaning}. Unit: {each.unit}. Permitted: {permitted}. Default: {default}"
            )
            words = ",".join(each.words)
            offer(self.sheet, f"B{row}", choices=words, title=name, prompt=prompt)
            set_height(self.sheet, row, widths)

    def columns(self) -> None:
        """Write a table with one thing a column."""
        things = self.content.things(self.plan)
        names, spare = [names[-1] for names, _ in things], [""] * _SPARE_COLUMNS
        guide = [] if self.plan is NEEDS_SHEET else [_MEANING, _PERMITTED, _DEFAULT]
        headings = [*self.plan.heads, *names, *spare, *guide]
        widths = [34.0, *[18.0] * (len(names) + len(spare)), *[60.0, 44.0, 14.0][: len(guide)]]
        self.head(headings, widths)
        last = get_column_letter(1 + len(names) + len(spare))
        if self.plan is NEEDS_SHEET:
            rows: dict[str, KeyPath] = {name: (name,) for name in self.content.rows_of_needs()}
            last_row = self.top + len(rows) + _SPARE_ROWS
            about = CellWords("a journey of the sheet `journeys`", "", "")
            self.choose(f"A{self.top + 1}:A{last_row}", self.plan.heads[0], (), about)
        else:
            rows = {key: below for key, below in self.plan.keys.items() if key != "extensions"}
        for column in range(2 + len(names), 2 + len(names) + len(spare)):
            put_value(self.sheet, self.top, column, None)
        for row, (key, below) in enumerate(rows.items(), start=self.top + 1):
            words = words_beside(self.plan, below)
            put_text(self.sheet, row, 1, key)
            for column, (_, path) in enumerate(things, start=2):
                cell = put_value(self.sheet, row, column, self.content.value((*path, *below)))
                said = self.content.remarks((*path, *below))
                if said:
                    hang_note(cell, said)
            for column in range(2 + len(names), 2 + len(names) + len(spare)):
                put_value(self.sheet, row, column, None)
            if guide:
                self.guide(row, 2 + len(names) + len(spare), words)
            self.choose(f"B{row}:{last}{row}", key, below, words)
            set_height(self.sheet, row, widths)


def _top(plan: SheetPlan) -> int:
    """Return the row of headings: in tables of things a row with each key's meaning is above it."""
    return 3 if plan.kind == "rows" and plan.value != VALUE else 2


def _width(plan: SheetPlan, key: str) -> float:
    """Return how wide a column is, in characters."""
    shape = plan.shape(plan.keys[key])
    kind = shape.type if shape is not None else "string"
    return {"array": 30.0, "object": 46.0, "string": 20.0}.get(kind, 16.0)


def _named_range(wanted: SheetPlan | str, content: StudyContent) -> str:
    """Return the cells that hold the names of a table, or the words of a list."""
    if isinstance(wanted, str):
        place = list(word_lists()).index(wanted)
        column, last = get_column_letter(place + 1), 1 + len(word_lists()[wanted])
        return f"'{_LISTS}'!${column}$2:${column}${last}"
    top, n_things = _top(wanted), len(content.things(wanted))
    if wanted.kind == "columns":
        last_column = get_column_letter(1 + n_things + _SPARE_COLUMNS)
        return f"'{wanted.name}'!$B${top}:${last_column}${top}"
    column = get_column_letter(len(wanted.heads))
    return f"'{wanted.name}'!${column}${top + 1}:${column}${top + n_things + _SPARE_ROWS}"
