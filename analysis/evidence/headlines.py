"""Questions on which the sources contradict one another, each over the conditions that may decide.

An experiment compares org models along one condition, in panels by another, and says under which
conditions which of them is right. Like a claim it names measure and smallest effect beforehand.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import stdtrit

from analysis.comparison.intervals import CONFIDENCE, Floats, student_interval
from analysis.evidence.claim_cells import STUDY, CellRun, Cells, Setting, as_changes, laid_on
from analysis.evidence.claim_files import (
    HEADLINE_FILES,
    Cell,
    CellName,
    Changes,
    Line,
    ReadOff,
    Text,
    as_section,
    check_quantity,
    claims_folder,
)
from analysis.evidence.claims_told import measure_words, unit_of_quantity
from analysis.evidence.effects import AGREEING
from analysis.evidence.verdicts import Readings
from sim.reading.bundled import bundled
from sim.reading.validation import problem_at
from sim.reading.yaml_source import read, scan
from sim.study.errors import Complaint, Problem, StudyError
from sim.study.levers import Section
from sim.study.spelling import nearest_or_all

IS_AHEAD, IS_BEHIND, NOT_CLEAR = "ahead", "behind", "no clear difference"
FIRST_NUMBER = 101
"""Under which experiments are run beside claims, which have two digits."""


class Point(Section):
    """One value of a condition."""

    label: Annotated[str, Field(max_length=40)] = Field(description="what stands at the axis")
    under: Changes = Field(default_factory=dict, description="changes of the study by `key.path`")
    employees: Annotated[int, Field(ge=5, le=1_000_000)] | None = Field(
        None, description="a firm with so many people; left out, the study's own size"
    )
    levers: Changes = Field(default_factory=dict, description="levers laid over every org model")
    twice: Annotated[tuple[str, ...], Field(max_length=20)] = Field(
        (), description="journeys that are there a second time, each with half of the needs"
    )
    merge: Annotated[dict[str, tuple[str, ...]], Field(max_length=20)] = Field(
        default_factory=dict, description="functions that are one, by its name"
    )


class Headline(Section):
    """A question on which two sources disagree."""

    headline: CellName = Field(description="its name, also of its figure")
    question: Line = Field(description="what is asked")
    says: Text = Field(description="which source says what, and how it is put to the test")
    measure: ReadOff = Field(description="the primary measure")
    smallest: Annotated[float, Field(gt=0, lt=1e6)] = Field(
        description="smallest effect of interest, in the measure's unit"
    )
    against: CellName = Field(description="the cell that the others are compared with")
    cells: Annotated[dict[CellName, Cell], Field(min_length=2, max_length=6)] = Field(
        description="org models, by name"
    )
    labels: Annotated[dict[CellName, Line], Field(max_length=6)] = Field(
        default_factory=dict, description="what a board calls them"
    )
    axis: Line = Field(description="what changes along the axis")
    along: Annotated[tuple[Point, ...], Field(min_length=2, max_length=8)] = Field(
        description="its values, in order"
    )
    panels: Annotated[tuple[Point, ...], Field(max_length=4)] = Field(
        (), description="values of a second condition, one panel each"
    )

    def label(self, cell: str) -> str:
        """Return what a board calls a cell."""
        return self.labels.get(cell, cell)

    @property
    def shown_panels(self) -> tuple[Point, ...]:
        """The panels, one without a name where there is no second condition."""
        return self.panels or (Point(label=""),)


def load_headlines(folder: Path | None = None) -> list[Headline]:
    """Read all experiments of a folder, those that come with the program by default.

    Raises
    ------
    StudyError
        With every mistake of every file.
    """
    found: list[Headline] = []
    problems: list[Problem] = []
    for file in sorted((folder or claims_folder()).glob(HEADLINE_FILES)):
        source = scan(file)
        try:
            headline = as_section(source, Headline)
        except StudyError as error:
            problems += error.problems
            continue
        problems += [problem_at(source, *complaint) for complaint in _complaints(headline)]
        found.append(headline)
    if problems:
        raise StudyError(problems)
    return found


def _complaints(headline: Headline) -> Iterator[Complaint]:
    for path, name in (
        (("against",), headline.against),
        *((("labels", n), n) for n in headline.labels),
    ):
        if name not in headline.cells:
            advice = nearest_or_all(name, headline.cells)
            yield Complaint(path, f"`{name}` is no cell", advice)
    yield from check_quantity(("measure",), headline.measure)
    firm = _firm()
    for key, points in (("along", headline.along), ("panels", headline.panels)):
        for place, point in enumerate(points):
            for name in point.twice:
                if name not in firm["journeys"]:
                    advice = nearest_or_all(name, firm["journeys"])
                    yield Complaint((key, place, "twice"), f"`{name}` is no journey", advice)
            merged = [name for names in point.merge.values() for name in names]
            for name in merged:
                if name not in firm["functions"]:
                    advice = nearest_or_all(name, firm["functions"])
                    yield Complaint((key, place, "merge"), f"`{name}` is no function", advice)
            if len(set(merged)) < len(merged):
                message = "a function is part of two"
                yield Complaint((key, place, "merge"), message, "name each once")


def _firm() -> dict[str, Any]:
    """Return the enterprise of the study as its file says it."""
    return dict(read(bundled(str(read(bundled(STUDY)).data["enterprise"]))).data)


def place_of(panel: Point, point: Point, cell: str) -> str:
    """Return the name of a cell in an experiment."""
    return f"{panel.label}/{point.label}/{cell}"


def headline_runs(headline: Headline, cells: Cells) -> dict[str, CellRun]:
    """Return what an experiment runs, by `place_of`.

    Raises
    ------
    StudyError
        If a cell cannot be run.
    """
    found: dict[str, CellRun] = {}
    for panel in headline.shown_panels:
        for point in headline.along:
            setting = Setting(_changes(panel, point), point.employees or panel.employees)
            inside = {name: _laid_over(cell, panel, point) for name, cell in headline.cells.items()}
            made = cells.of(setting, inside)
            found |= {place_of(panel, point, name): made[name] for name in inside}
    return found


def _changes(panel: Point, point: Point) -> tuple[str, ...]:
    """Return what the study of one place changes; a firm that is cut otherwise comes first."""
    firm, market = _firm(), dict(read(bundled(STUDY)).data["market"])
    changes: dict[str, Any] = {}
    twice, merge = (*panel.twice, *point.twice), {**panel.merge, **point.merge}
    if twice or merge:
        changes["enterprise"] = _merged(_doubled(firm, twice), merge)
    if twice:
        changes["market.segments"] = _halved(market["segments"], twice)
    return as_changes({**changes, **panel.under, **point.under})


def _doubled(firm: Mapping[str, Any], twice: Sequence[str]) -> dict[str, Any]:
    """Return a firm in which journeys are there a second time under another name."""
    made = copy.deepcopy(dict(firm))
    for name in twice:
        made["journeys"][f"{name}_too"] = copy.deepcopy(made["journeys"][name])
    return made


def _halved(segments: Mapping[str, Any], twice: Sequence[str]) -> dict[str, Any]:
    """Return segments that need each of two journeys half as often as the one."""
    made = copy.deepcopy(dict(segments))
    for segment in made.values():
        needs = segment["needs_per_year"]
        for name in twice:
            if name in needs:
                needs[name] = needs[f"{name}_too"] = needs[name] / 2
    return made


def _merged(firm: dict[str, Any], merge: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a firm in which some functions are one: its people, its touchpoints, its ties."""
    into = {name: whole for whole, parts in merge.items() for name in parts}
    firm["functions"] = {
        into.get(name, name): {} if name in into else function
        for name, function in firm["functions"].items()
    }
    for journey in firm["journeys"].values():
        for step in journey["touchpoints"].values():
            step["owner"] = into.get(step["owner"], step["owner"])
    return firm


def _laid_over(cell: Cell, panel: Point, point: Point) -> Cell:
    """Return a cell with the levers of its place."""
    levers = laid_on(laid_on(cell.levers, panel.levers), point.levers)
    return cell.model_copy(update={"levers": levers})


@dataclass(frozen=True)
class Answered:
    """What an experiment found.

    Attributes
    ----------
    headline : Headline
    table : DataFrame
        ``panel, at, cell, difference, low, high, sign_share, n_worlds, found``: each cell less
        the one it is compared with. Intervals hold for all rows together (Bonferroni).
    """

    headline: Headline
    table: pd.DataFrame

    @property
    def sentence(self) -> str:
        """Where which side is right, in one sentence."""
        headline = self.headline
        others = [cell for cell in headline.cells if cell != headline.against]
        parts = [self._side(cell, word) for cell in others for word in (IS_AHEAD, IS_BEHIND)]
        measured = measure_words(headline.measure).lower()
        found = "; ".join(filter(None, parts))
        if found:
            return f"On {measured}, {found}"
        reach = self.table[["low", "high"]].abs().to_numpy()
        if (reach < headline.smallest).all():
            return f"On {measured}, no difference that would matter anywhere"
        return f"On {measured}, no clear difference anywhere"

    def _side(self, cell: str, word: str) -> str:
        """Return where an org model is ahead, or behind, and by how much; empty if nowhere."""
        headline, unit = self.headline, unit_of_quantity(self.headline.measure)
        rows = self.table[self.table["cell"] == cell]
        there = rows[rows["found"] == word]
        if there.empty:
            return ""
        than = f"{word} of" if word == IS_AHEAD else word
        most = unit.of(float(there["difference"].abs().max()), signed=False)
        where = "; ".join(_where(row) for _, row in there.iterrows())
        where = "everywhere" if len(there) == len(rows) else f"{headline.axis}: {where}"
        sides = f"{headline.label(cell)} {than} {headline.label(headline.against)}"
        by = "by up to" if len(there) > 1 else "by"
        return f"{sides} {by} {most} {unit.words.partition(' per ')[0]} ({where})"


def _where(row: pd.Series) -> str:
    return ", ".join(filter(None, (str(row["at"]), str(row["panel"]))))


def answered(headline: Headline, number: int, readings: Readings) -> Answered:
    """Return what an experiment found.

    Parameters
    ----------
    headline : Headline
    number : int
        Under which its runs are read.
    readings : Readings
    """
    others = [cell for cell in headline.cells if cell != headline.against]
    family = len(others) * len(headline.along) * len(headline.shown_panels)
    rows = []
    for panel in headline.shown_panels:
        for point in headline.along:
            base = readings.of(
                number, place_of(panel, point, headline.against), headline.measure
            )  # fmt: skip
            for cell in others:
                own = readings.of(number, place_of(panel, point, cell), headline.measure)
                worlds = own - base
                found = _found(worlds[np.isfinite(worlds)], family, headline.smallest)
                rows.append((panel.label, point.label, cell, *found))
    names = ["panel", "at", "cell", "difference", "low", "high", "sign_share", "n_worlds", "found"]
    return Answered(headline, pd.DataFrame(rows, columns=names))


def _found(worlds: Floats, family: int, smallest: float) -> tuple[Any, ...]:
    """Return a difference with an interval for all of a family, and what it says."""
    mean = float(student_interval(worlds)[0])
    if len(worlds) < 2:
        return mean, np.nan, np.nan, np.nan, len(worlds), NOT_CLEAR
    quantile = float(stdtrit(len(worlds) - 1, 1.0 - (1.0 - CONFIDENCE) / (2 * family)))
    half = quantile * float(worlds.std(ddof=1)) / len(worlds) ** 0.5
    agree = float((worlds * np.sign(mean) > 0).mean())
    sure = abs(mean) > half and abs(mean) >= smallest and agree >= AGREEING
    said = NOT_CLEAR if not sure else IS_AHEAD if mean > 0 else IS_BEHIND
    return mean, mean - half, mean + half, agree, len(worlds), said
