"""One sheet of a workbook into the tree: its row of headings, its names, and every other cell."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.utils import get_column_letter, range_boundaries

from sim.reading.explain import missing_key, shown, unknown_name
from sim.reading.source_tree import KeyPath, Mark, Node, planted
from sim.reading.workbook_file import SheetCell, SheetCells
from sim.reading.workbook_layout import (
    ASSUMED_SHEET,
    FACTS_SHEET,
    IN_A_WORD,
    JOURNEYS_SHEET,
    NEEDS_SHEET,
    ORG_MODELS_SHEET,
    PARAMETERS_SHEET,
    SEGMENTS_SHEET,
    SHEETS,
    TOUCHPOINTS_SHEET,
    VALUE,
    SheetPlan,
    is_own,
)
from sim.reading.workbook_tree import CellTree
from sim.reading.workbook_values import UnfitCellError, text_of, value_of
from sim.study.parameters import REGISTRY
from sim.study.spelling import close_spelling, nearest_or_all

_HEADINGS_BY = 20
"""Rows among which the row of headings must be; what stands above it is not read."""
_OPEN = "extensions"
"""The one lever under which names are chosen by others: those of extensions."""
_NAMES_FROM = {TOUCHPOINTS_SHEET: JOURNEYS_SHEET, NEEDS_SHEET: SEGMENTS_SHEET}
"""Sheets whose first names are those of another one."""


def read_sheet(tree: CellTree, cells: SheetCells, plan: SheetPlan, number: int) -> bool:
    """Read one sheet into the tree.

    Parameters
    ----------
    tree : CellTree
        Altered; what is wrong joins its problems.
    cells : SheetCells
        What the sheet holds.
    plan : SheetPlan
        What it should hold.
    number : int
        Its place in the order of problems.

    Returns
    -------
    bool
        Whether it could be read: False if it has no row of headings.
    """
    sheet = _Sheet(tree, cells, plan, number)
    if not sheet.find_headings():
        return False
    sheet.refuse_merged()
    {"keys": sheet.read_keys, "rows": sheet.read_rows, "columns": sheet.read_columns}[plan.kind]()
    return True


class _Sheet:
    """A sheet on its way into the tree."""

    def __init__(self, tree: CellTree, cells: SheetCells, plan: SheetPlan, number: int):
        self.tree = tree
        self.cells = cells
        self.plan = plan
        self.number = number
        self.top = 0
        self.columns: dict[str, int] = {}  # by heading, those of the author left out

    def mark(self, row: int, column: int) -> Mark:
        """Return a cell as a place."""
        cell = f"sheet {self.cells.name.strip()}, cell {get_column_letter(column)}{row}"
        return Mark(self.tree.file, None, None, (self.number * 10_000 + row) * 1_000 + column, cell)

    def text(self, cell: SheetCell | None) -> str:
        """Return a name that a cell holds, empty if it has none; what is wrong is noted."""
        if cell is None:
            return ""
        try:
            return text_of(cell)
        except UnfitCellError as unfit:
            self.tree.note(self.mark(cell.row, cell.column), *unfit.args)
            return ""

    def find_headings(self) -> bool:
        """Find the row of headings and which column each is; note what is wrong with it."""
        first = next(iter((*self.plan.heads, *self.plan.keys)))
        for row in range(1, _HEADINGS_BY + 1):
            if any(cell.value == first for cell in self.cells.rows.get(row, {}).values()):
                self.top = row
                break
        else:
            message = f"no cell of the first {_HEADINGS_BY} rows says `{first}`"
            remedy = "write the headings into one row above the table, that one first"
            self.tree.note(self.mark(1, 1), message, remedy)
            return False
        own = set()
        for column, cell in self.cells.rows[self.top].items():
            heading = self.text(cell)
            if is_own(heading) or not heading:
                own.add(column)
            elif heading in self.columns:
                there = get_column_letter(self.columns[heading])
                message = f"the heading `{heading}` stands twice (first in column {there})"
                self.tree.note(self.mark(self.top, column), message, "keep one")
            else:
                self.columns[heading] = column
        self._refuse_unnamed(own)
        return True

    def _refuse_unnamed(self, own: set[int]) -> None:
        """Note each column that holds something and has no heading."""
        known = {*own, *self.cells.rows[self.top]}
        for row, cells in self.body():
            for column in cells.keys() - known:
                known.add(column)
                message = "the column of this cell has no heading"
                remedy = "write one; that of a column of your own stands in parentheses: `(notes)`"
                self.tree.note(self.mark(row, column), message, remedy)

    def refuse_merged(self) -> None:
        """Note merged cells of the table itself: all but the first are empty."""
        last = max(self.columns.values())
        for merged in self.cells.merged:
            try:
                column, row, _, below = range_boundaries(merged)
            except ValueError:
                continue
            if below > self.top and column <= last:
                message = f"the cells {merged} are merged, so that only the first holds anything"
                remedy = "take them apart, and write into each what it should hold"
                self.tree.note(self.mark(row, column), message, remedy)

    def body(self) -> Iterator[tuple[int, dict[int, SheetCell]]]:
        """Yield the rows below the headings that hold something."""
        for row, cells in self.cells.rows.items():
            if row > self.top:
                yield row, cells

    def fill(self, path: KeyPath, below: KeyPath, row: int, column: int) -> None:
        """Put the value of one cell into the tree, or remember the gap it leaves."""
        full, mark = (*path, *below), self.mark(row, column)
        cell = self.cells.rows.get(row, {}).get(column)
        if cell is None:
            self.tree.leave_gap(full, mark)
            return
        try:
            node = planted(value_of(cell, self.plan.shape(below)), mark)
        except UnfitCellError as unfit:
            message, remedy = unfit.args
            self.tree.note(mark, message, remedy, full)
            node = Node(mark, sound=False)
        if self.tree.put(full, node) is not node:
            self.twice(full, mark)

    def twice(self, path: KeyPath, mark: Mark) -> None:
        """Note that something is said a second time."""
        first = self.tree.find(path)
        where = first.mark.cell.rpartition(", ")[2] if first is not None else ""
        message = f"`{path[-1]}` is given twice (first in {where})"
        self.tree.note(mark, message, "keep one", path)

    def read_keys(self) -> None:
        """Read a sheet with a key and its value in each row."""
        key_column, value_column = self.columns[self.plan.heads[0]], self.columns.get(VALUE)
        if value_column is None:
            remedy = f"write `{VALUE}` above the values"
            self.tree.note(self.mark(self.top, key_column), f"there is no column `{VALUE}`", remedy)
            return
        self._refuse_strange([*self.plan.heads, VALUE])
        for row, cells in self.body():
            label, has_value = self.text(cells.get(key_column)), value_column in cells
            if is_own(label) or not (label or has_value):
                continue
            if not label:
                self._refuse_nameless(row, key_column)
            elif label in self.plan.keys:
                self.fill(self.plan.fixed, self.plan.keys[label], row, value_column)
            elif has_value:
                self._refuse_label(label, row, key_column)

    def read_rows(self) -> None:
        """Read a table with one thing a row."""
        heads, keys = self.plan.heads, self.plan.keys
        for head in heads:
            if head not in self.columns:
                self.tree.note(self.mark(self.top, 1), f"there is no column `{head}`", "add it")
                return
        self._refuse_strange([*heads, *keys])
        there = [key for key in keys if key in self.columns]
        n_things = 0
        for row, cells in self.body():
            if not any(self.columns[key] in cells for key in (*heads, *there)):
                continue
            mark = self.mark(row, self.columns[(*heads, *there)[0]])
            names = [self.text(cells.get(self.columns[head])) for head in heads]
            if any(map(is_own, names)):
                continue
            if not all(names):
                self._refuse_nameless(row, self.columns[heads[names.index("")]])
                continue
            path = self.path_of(names, n_things, mark)
            if path is None:
                continue
            if self.plan.value:
                self._single(path, names[0], row)
                continue
            mark = self.mark(row, self.columns[heads[-1]]) if heads else mark
            node = Node(mark, {})
            if self.tree.put(path, node) is not node:
                self.twice(path, mark)
                continue
            n_things += 1
            for key in sorted(there, key=lambda key: self.columns[key]):
                self.fill(path, keys[key], row, self.columns[key])

    def path_of(self, names: list[str], at: int, mark: Mark) -> KeyPath | None:
        """Return where a thing stands in a study; None if it belongs to nothing there."""
        if self.plan.is_list:
            return self.plan.path([at])
        source = _NAMES_FROM.get(self.plan)
        first = names[0] if source is None else self.declared(source, names[0], mark)
        return None if first is None else self.plan.path([first, *names[1:]])

    def declared(self, source: SheetPlan, name: str, mark: Mark) -> str | None:
        """Return the name on another sheet that is meant, noting if it is none; None if none is."""
        table = self.tree.find(source.fixed)
        known = table.entries if table is not None else {}
        if name in known:
            return name
        if table is None or table.sound:
            message = f"{shown(name)} is not a {source.heads[0]} of the sheet `{source.name}`"
            self.tree.note(mark, message, nearest_or_all(name, known))
        return close_spelling(name, known)

    def _single(self, path: KeyPath, name: str, row: int) -> None:
        """Read a thing that is a single value."""
        column = self.columns.get(self.plan.value, 0)
        if self.plan in (PARAMETERS_SHEET, ASSUMED_SHEET) and name not in REGISTRY:
            mark = self.mark(row, self.columns[self.plan.heads[0]])
            self.tree.note(
                mark, f"there is no parameter {shown(name)}", nearest_or_all(name, REGISTRY)
            )
        elif column in self.cells.rows[row]:
            self.fill(path, (), row, column)
        elif self.plan is FACTS_SHEET:
            mark = self.mark(row, column or self.columns[self.plan.heads[0]])
            message, remedy = missing_key(self.plan.value, self.plan.shape(()))
            self.tree.note(mark, message, remedy, path)
            self.tree.lose(path, mark)

    def read_columns(self) -> None:
        """Read a table with one thing a column."""
        key_column = self.columns.pop(self.plan.heads[0])
        paths: dict[int, KeyPath] = {}
        for name, column in sorted(self.columns.items(), key=lambda item: item[1]):
            mark = self.mark(self.top, column)
            path = self.path_of([name], len(paths), mark)
            if path is None:
                continue
            paths[column] = path
            if self.plan is ORG_MODELS_SHEET:
                self.tree.put(path, Node(mark, {}))
                self.tree.put((*path, "organisation"), planted(name, mark))
        for row, cells in self.body():
            label, said = self.text(cells.get(key_column)), cells.keys() & paths.keys()
            if is_own(label) or not (label or said):
                continue
            if not label:
                self._refuse_nameless(row, key_column)
                continue
            below = self._below(label, row, key_column) if said or label in self.plan.keys else None
            if below is None:
                continue
            for column, path in paths.items():
                self.fill(path, below, row, column)

    def _below(self, label: str, row: int, column: int) -> KeyPath | None:
        """Return where a row's key stands below the thing of a column, noting if it is unknown."""
        if self.plan is NEEDS_SHEET:
            name = self.declared(JOURNEYS_SHEET, label, self.mark(row, column))
            return None if name is None else (name,)
        parts = tuple(label.split(".", 2))
        if parts[0] == _OPEN and len(parts) == 3:
            return parts
        if label not in self.plan.keys:
            self._refuse_label(label, row, column)
        return self.plan.keys.get(label)

    def _refuse_nameless(self, row: int, column: int) -> None:
        heading = next((h for h, c in self.columns.items() if c == column), self.plan.heads[0])
        message = f"the row has no {heading}, but there are values in it"
        self.tree.note(self.mark(row, column), message, "name it, or empty the row")

    def _refuse_strange(self, known: list[str]) -> None:
        """Note each heading that is none of those there are."""
        for heading, column in self.columns.items():
            if heading not in known:
                _, remedy = unknown_name(heading, known)
                remedy = f"{remedy}. A column of your own is headed `({heading})`"
                message = f"the column {shown(heading)} is not known here"
                self.tree.note(self.mark(self.top, column), message, remedy)

    def _refuse_label(self, label: str, row: int, column: int) -> None:
        """Note a key that a row of this sheet cannot have, and where it belongs."""
        path = (*self.plan.at, *label.split("."))
        message, remedy = unknown_name(label, list(self.plan.keys))
        for place, meaning in IN_A_WORD.items():
            if path[: len(place)] == place:
                key = ".".join(map(str, place[len(self.plan.at) :]))
                message = f"{shown(label)} cannot be said in a workbook"
                remedy = f"write beside `{key}` the {meaning}"
        homes = [sheet for sheet in SHEETS if sheet is not self.plan]
        inside = [s.name for s in homes if s.at and path[: len(s.fixed)] == s.fixed]
        above = [s.name for s in homes if s.at and s.fixed[: len(path)] == path]
        if inside or above:
            there = ", ".join(f"`{name}`" for name in inside or above)
            message = f"{shown(label)} does not stand on this sheet"
            remedy = f"a workbook holds it itself, on the sheets {there}, and names no file for it"
        self.tree.note(self.mark(row, column), message, remedy)
