"""What a starter study holds, cell by cell: its values, their remarks, and whether all was said."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any

from analysis.commands.yaml_remarks import remarks_of
from sim.reading.named_files import NamedFiles
from sim.reading.source_tree import KeyPath, Node, key_path
from sim.reading.workbook_layout import (
    CHOSEN,
    IN_A_WORD,
    JOURNEYS_SHEET,
    NEEDS_SHEET,
    ORG_MODELS_SHEET,
    SheetPlan,
)
from sim.reading.workbook_values import EXACT_IN_A_CELL
from sim.reading.yaml_source import scan_text
from sim.study.errors import StudyError

_BETWEEN = "; "


class StudyContent:
    """A study's values by where they stand, and the remarks of its YAML.

    Parameters
    ----------
    text : str
        A study as YAML.
    folder : Path
        Where it would lie: named files are looked for there before the bundled ones.

    Raises
    ------
    StudyError
        If a file that it names cannot be used.
    """

    def __init__(self, text: str, folder: Path):
        self._source = scan_text(text, "")
        by_line, self.paragraphs = remarks_of(text)
        self._remarks = {("", line): said for line, said in by_line.items()}
        self._said: set[KeyPath] = set()
        for file in NamedFiles(folder).include(self._source):
            by_line, _ = remarks_of(Path(file).read_text(encoding="utf-8"))
            self._remarks |= {(file, line): said for line, said in by_line.items()}
        if self._source.problems:
            raise StudyError(self._source.problems)

    def find(self, path: KeyPath) -> Node | None:
        """Return what stands at a path."""
        return self._source.find(path)

    def things(self, plan: SheetPlan) -> list[tuple[tuple[str, ...], KeyPath]]:
        """Return the things of a sheet in their order: their names, and where each stands."""
        found: list[tuple[tuple[str, ...], KeyPath]] = [((), ())]
        for key in plan.at:
            if key is not CHOSEN:
                found = [(names, (*path, key)) for names, path in found]
                continue
            below: list[tuple[tuple[str, ...], KeyPath]] = []
            for names, path in found:
                node = self.find(path)
                if node is not None and isinstance(node.value, list):
                    below += [(names, (*path, at)) for at in range(len(node.value))]
                elif node is not None:
                    below += [((*names, name), (*path, name)) for name in node.entries]
            found = below
        if plan is ORG_MODELS_SHEET:
            found = [((str(self.value((*path, "organisation"))),), path) for _, path in found]
        return found

    def rows_of_needs(self) -> list[str]:
        """Return all journeys in an order that is also that of each segment's needs.

        The engine draws needs in the study's order, so another one would be another study.
        """
        after: dict[str, list[str]] = {}
        needs = [self.find(path) for _, path in self.things(NEEDS_SHEET)]
        chains = [list(node.entries) for node in needs if node is not None]
        journeys = [names[0] for names, _ in self.things(JOURNEYS_SHEET)]
        for name in dict.fromkeys([*(name for chain in chains for name in chain), *journeys]):
            after[name] = []
        for chain in chains:
            for first, second in pairwise(chain):
                after[second].append(first)
        try:
            return list(TopologicalSorter(after).static_order())
        except CycleError:
            return list(after)

    def names_first(self, plan: SheetPlan) -> dict[str, KeyPath]:
        """Return a sheet's keys, those that are there before their like, in the study's order."""
        keys = plan.keys
        there = {path: place for place, (path, _) in enumerate(self._source.root.walk())}

        def rank(item: tuple[int, str]) -> tuple[int, int]:
            place, key = item
            open_names = plan.shape(keys[key][:-1])
            if open_names is None or "propertyNames" not in open_names.rule:
                return place, 0
            first = next(i for i, k in enumerate(keys) if keys[k][:-1] == keys[key][:-1])
            return first, there.get((*plan.fixed, *keys[key]), len(there))

        return {key: keys[key] for _, key in sorted(enumerate(keys), key=rank)}

    def value(self, path: KeyPath) -> Any:
        """Return what a cell holds that stands for a path; None if it is empty."""
        node = self.find(path)
        only_named = (*ORG_MODELS_SHEET.fixed, CHOSEN, *path[2:]) in IN_A_WORD
        if node is None or (only_named and not isinstance(node.value, str)):
            return None
        self._said.add(path)
        return _in_a_cell(node.plain())

    def remark(self, path: KeyPath) -> str:
        """Return what the study's YAML says of a value; once, for the first that it fits."""
        node, above = self.find(path), self.find(path[:-1])
        if node is None or above is None:
            return ""
        key = path[-1]
        mark = above.keys.get(key, node.mark) if isinstance(key, str) else node.mark
        return self._remarks.pop((mark.file, mark.line or 0), "")

    def remarks(self, path: KeyPath, but: str = "") -> str:
        """Return what is said of a thing and of all that is in it, each with its key."""
        node = self.find(path)
        found = [self.remark(path)]
        for below, _ in node.walk() if node is not None else ():
            if below and below[0] != but:
                said = self.remark((*path, *below))
                found += [f"{key_path(below)}: {said}"] if said else []
        return "\n".join(said for said in found if said)

    def remarks_left(self) -> list[str]:
        """Return what is said of whole sections of the study's own file."""
        return [
            f"{key_path(path)}: {said}"
            for path, node in self._source.root.walk()
            if path and not node.mark.file and (said := self.remark(path))
        ]

    def unsaid(self) -> list[str]:
        """Return the paths of values that no cell was asked for."""
        return [
            key_path(path)
            for path, node in self._source.root.walk()
            if not isinstance(node.value, dict | list)
            and not any(path[:depth] in self._said for depth in range(1, len(path) + 1))
        ]


def _in_a_cell(value: Any) -> Any:
    """Return plain data as one cell can hold it."""
    if isinstance(value, dict):
        return _BETWEEN.join(f"{key}: {_word(item)}" for key, item in value.items()) or None
    if isinstance(value, list):
        return _BETWEEN.join(map(_word, value)) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return value
    # A cell keeps 16 digits: a number with more of them is written as text.
    exact = abs(value) <= EXACT_IN_A_CELL and float(f"{value:.16g}") == value
    return value if exact else _word(value)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
