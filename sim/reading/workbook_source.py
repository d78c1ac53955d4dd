"""A firm's workbook as the tree that a study file becomes: values, each with its sheet and cell.

A sheet, row or column whose name stands in parentheses is its author's own and is not read; any
other must be one that a study has.
"""

from __future__ import annotations

from pathlib import Path

from sim.reading.explain import unknown_name
from sim.reading.source_tree import Mark, Node, Source
from sim.reading.workbook_file import SheetCells, UnfitWorkbookError, read_sheets
from sim.reading.workbook_layout import (
    CHOSEN,
    JOURNEYS_SHEET,
    SETTINGS_SHEET,
    SHEETS,
    TOUCHPOINTS_SHEET,
    SheetPlan,
    is_own,
)
from sim.reading.workbook_sheets import read_sheet
from sim.reading.workbook_tree import CellTree, TooManyValuesError
from sim.reading.yaml_source import why_no_file
from sim.study.errors import Problem
from sim.study.spelling import close_spelling

_ALL_SHEETS = "a workbook with all sheets is written by `new NAME --workbook`"


def scan_workbook(path: str | Path) -> Source:
    """Read a workbook as far as it goes; see ``problems`` for the rest.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` file with the sheets that `workbook_layout` lists.

    Returns
    -------
    Source
        As of a YAML file, with sheets and cells in place of lines.

    Raises
    ------
    MachineRefusal
        If the machine does not let the file be read.
    """
    file = str(path)
    refusal = why_no_file(Path(path))
    try:
        sheets = read_sheets(Path(path)) if refusal is None else []
    except UnfitWorkbookError as unfit:
        refusal = (str(unfit.args[0]), str(unfit.args[1]))
    if refusal is not None:
        problem = Problem(file, None, None, "", *refusal)
        return Source(file, Node(Mark(file, None, None), sound=False), [problem])
    tree = CellTree(file)
    try:
        _grow(tree, sheets)
    except TooManyValuesError:
        tree.root.sound = False
    return Source(file, tree.root, tree.problems, tree.n_values)


def _grow(tree: CellTree, sheets: list[SheetCells]) -> None:
    """Read all sheets, in the order in which a study needs them."""
    there = _by_name(tree, sheets)
    for number, plan in enumerate(SHEETS, start=1):
        found = there.get(plan.name)
        if found is not None and read_sheet(tree, found, plan, number):
            continue
        if found is None and plan.needed:
            message = f"there is no sheet `{plan.name}`"
            tree.note(Mark(tree.file, None, None, number), message, _ALL_SHEETS)
        if plan is SETTINGS_SHEET:
            tree.root.sound = False  # with next to nothing known, all else would be guesses
        elif plan.needed or found is not None:
            _lose_sheet(tree, plan)


def _by_name(tree: CellTree, sheets: list[SheetCells]) -> dict[str, SheetCells]:
    """Return the sheets that are to be read, by the names they ought to have."""
    known, found = [plan.name for plan in SHEETS], {}
    names = [sheet.name.strip() for sheet in sheets]
    for sheet, name in zip(sheets, names, strict=True):
        if is_own(name) or not sheet.rows:
            continue
        mark = Mark(tree.file, None, None, 0, f"sheet {name}")
        if sheet.is_hidden:
            message = "the sheet is hidden, and what nobody sees should decide nothing"
            tree.note(mark, message, f"unhide it, delete it, or call it `({name})`")
        meant = name
        if name not in known:
            _, remedy = unknown_name(name, known)
            remedy = f"{remedy}. A sheet of your own is called `({name})`"
            tree.note(mark, f"a study has no sheet `{name}`", remedy)
            meant = close_spelling(name, known) or name
        if meant == name or meant not in names:
            found[meant] = sheet
    return found


def _lose_sheet(tree: CellTree, plan: SheetPlan) -> None:
    """Leave a mark where a sheet's contents should be, so that nobody else misses them."""
    nowhere = Mark(tree.file, None, None)
    if plan is TOUCHPOINTS_SHEET:
        journeys = tree.find(JOURNEYS_SHEET.fixed)
        for name in journeys.entries if journeys is not None else ():
            tree.lose((*JOURNEYS_SHEET.path([name]), "touchpoints"), nowhere)
    elif plan.at[-1:] == (CHOSEN,):
        tree.lose(plan.fixed, nowhere)
