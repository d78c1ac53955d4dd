"""What a board pack is written from: a comparison, and other answers to the same study."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.comparing import footnote_of, labels_of
from analysis.comparison.leading import Lead, leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import finding, units_of
from analysis.figures.colour import colours
from analysis.load import Result
from sim.keeping.manifest import MANIFEST
from sim.keeping.plain_files import check_plain, plain_object
from sim.running.version import is_of_another_version
from sim.study.errors import MachineRefusal, ResultFolderError
from sim.study.study import Study

OF_WORLDS, OF_LEVERS, OF_SIZES, OF_CUT, OF_PLATFORM, OF_CHANGE = (
    "worlds", "levers", "sizes", "cut", "platform", "change",
)  # fmt: skip
PAGE_SOURCES = (OF_WORLDS, OF_LEVERS, OF_SIZES, OF_CUT, OF_PLATFORM, OF_CHANGE)
"""What a pack may be written from beside the comparison."""
ANSWER_FILES = {OF_WORLDS: "worlds.json", OF_LEVERS: "levers.json", OF_SIZES: "sizes.json"}
"""The kinds that are answers of other commands, by the file that holds one; the rest compare."""
STORY_FILE = "trace.json"
"""One customer's story, in the folder of the comparison."""
CUT = 0.1
"""Of the budget, what is cut on the page that asks what if it were."""
_NOT_THE_FIRM = ("study", "description", "organisations", "baseline", "design", "ablations")
_NOT_ASKED = ("replicates", "worlds")


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison read back.

    Attributes
    ----------
    result : Result
    study : Study
    """

    result: Result
    study: Study

    @cached_property
    def table(self) -> pd.DataFrame:
        """Levels and differences to the baseline: columns of ``comparison.csv``."""
        return compare_measures(self.result.measures, self.study.baseline, self.study.budget)

    @property
    def manifest(self) -> dict[str, Any]:
        """What its folder says of how it was made."""
        return self.result.manifest

    @property
    def labels(self) -> dict[str, str]:
        """What a board calls each org model, by name."""
        return labels_of(self.study)

    @property
    def worth(self) -> float | None:
        """What one head is worth by runs with idle heads; None where none were run."""
        found = self.result.manifest.get("head_worth")
        return float(found) if isinstance(found, int | float) else None

    @cached_property
    def lead(self) -> Lead:
        """Who leads on the measure that decides."""
        return leading(self.result.measures, self.study.headline, self.worth)

    @property
    def sentence(self) -> str:
        """Who leads, in one sentence."""
        return finding(self.table, self.lead, self.labels)

    @property
    def units(self) -> str:
        """What intervals are over, in words."""
        number, unit = units_of(self.overall)
        return f"{number} {unit}"

    @property
    def overall(self) -> pd.DataFrame:
        """Rows of the table on the whole firm."""
        return self.table[self.table["scope"] == "overall"]

    @property
    def worlds_are(self) -> str:
        """On what kind of worlds it rests; empty where it is of the study as given."""
        found = self.manifest.get("worlds_from")
        return found if isinstance(found, str) else ""

    @property
    def footnote(self) -> str:
        """What stands below everything that shows it."""
        mark = str(self.result.manifest.get("hash", ""))
        return footnote_of(self.study, self.units, mark)

    def rows(self, name: str) -> pd.DataFrame:
        """Return the rows of a measure over the whole firm, by org model in the study's order."""
        rows = self.overall[self.overall["measure"] == name].set_index("org_model", drop=False)
        return rows.reindex([org for org in self.labels if org in rows.index])


@dataclass(frozen=True)
class Answer:
    """An answer of another command, as its file has it."""

    folder: Path
    told: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Sources:
    """All that a pack is written from.

    Attributes
    ----------
    compared : Compared
        What the pack is about.
    answers : mapping of str to Answer
        By kind.
    beside : mapping of str to Compared
        Other comparisons of the same firm, by kind.
    """

    compared: Compared
    answers: Mapping[str, Answer] = field(default_factory=dict)
    beside: Mapping[str, Compared] = field(default_factory=dict)

    @cached_property
    def palette(self) -> dict[str, str]:
        """One colour an org model on all pages: the comparison's own first."""
        others = [org for each in self.beside.values() for org in each.labels]
        return colours(list(dict.fromkeys([*self.compared.labels, *others])))


@dataclass(frozen=True)
class Found:
    """A result folder of the same firm, and for which kind of page it serves."""

    kind: str
    folder: Path
    made: str


def found_beside(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Found]:
    """Return the newest result of each kind that lies beside a comparison, all of one engine.

    Parameters
    ----------
    folder : Path
        Of the comparison.
    manifest : mapping
        Its own.
    """
    newest: dict[str, Found] = {}
    own = [(folder, manifest)]
    siblings = [each for each in sorted(folder.parent.iterdir()) if each != folder]
    for path, written in [*own, *manifests_in(siblings)]:
        if path != folder and is_of_another_version(written):
            continue  # its numbers are not those of this engine
        try:
            kinds = list(_kinds_of(path, written, manifest))
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            continue  # anybody's folder may lie beside: it holds no study that a command wrote
        for kind in kinds:
            found = Found(kind, path, str(written.get("started", "")))
            if kind not in newest or found.made > newest[kind].made:
                newest[kind] = found
    return newest


def manifests_in(folders: Iterable[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the folders that hold a result, each with its manifest; what is odd is passed over."""
    for folder in folders:
        if folder.is_symlink() or not folder.is_dir():
            continue
        try:
            # Its manifest first: what is no result folder may hold all there is on a disk.
            written = read_answer(folder / MANIFEST)
            check_plain(folder)
        except (MachineRefusal, ResultFolderError):
            continue
        yield folder, written


def _kinds_of(
    folder: Path, written: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the kinds of pages that a result serves, for the study of a comparison."""
    theirs, ours = written.get("study_as_resolved"), manifest.get("study_as_resolved")
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return
    for kind, file in ANSWER_FILES.items():
        if (folder / file).is_file():
            same = _asks_of_two if kind == OF_LEVERS else _asks_the_same
            if same(theirs, ours):
                yield kind
            return
    if not (folder / "comparison.csv").is_file() or written.get("asked"):
        return
    if firm_asked(theirs) == firm_asked(ours):
        if any(org.get("transition") for org in theirs["organisations"]):
            yield OF_CHANGE
        if platforms(theirs):
            yield OF_PLATFORM
    cut = {"budget_change": ours.get("budget_change")}
    if _asked(theirs | cut) == _asked(ours) and _budget(theirs) < _budget(ours):
        yield OF_CUT


def _asks_the_same(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    return _asked(theirs) == _asked(ours)


def _asks_of_two(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Tell whether a study asks the same of two org models of another one: of those alone."""
    models = ours["organisations"]
    either = {"organisations": None, "baseline": None}
    same = _asked({**theirs, **either}) == _asked({**ours, **either})
    return same and all(each in models for each in theirs["organisations"])


def _asked(study: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a study asks, however often it is run."""
    design = {name: value for name, value in study["design"].items() if name not in _NOT_ASKED}
    return {**study, "design": design, "ablations": None, "changes": None}


def firm_asked(study: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a study, as plain data, is its firm: neither org models nor design."""
    return {key: value for key, value in study.items() if key not in (*_NOT_THE_FIRM, "changes")}


def _budget(study: Mapping[str, Any]) -> float:
    change = study.get("budget_change")
    return float(change) if isinstance(change, int | float) else math.nan


def platforms(study: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return pairs of org models that differ in their technology alone: without, and with.

    Parameters
    ----------
    study : mapping
        A study as plain data.
    """
    pairs = []
    for without in study["organisations"]:
        for with_it in study["organisations"]:
            apart = {key for key in without if without[key] != with_it.get(key)}
            technology = apart - {"organisation", "label"} == {"technology"}
            if technology and _platform(with_it) > _platform(without):
                pairs.append((str(without["organisation"]), str(with_it["organisation"])))
    return pairs


def _platform(model: Mapping[str, Any]) -> tuple[bool, int]:
    """Return what an org model has of a platform: a shared record, and its level."""
    technology = model.get("technology")
    if not isinstance(technology, dict):
        return False, 0
    level = technology.get("level", 0)
    return technology.get("record") == "shared", level if isinstance(level, int) else 0


def read_answer(file: Path) -> dict[str, Any]:
    """Return what a file of another command holds.

    Raises
    ------
    ResultFolderError
        If it is missing, too large, or holds something else.
    """
    try:
        return plain_object(file)
    except (OSError, ValueError) as reason:
        raise ResultFolderError(
            f"{file}: the file holds no answer that can be read ({reason}). Run its command again."
        ) from reason


def answer_in(found: Found) -> Answer:
    """Return the answer that a folder holds."""
    return Answer(found.folder, read_answer(found.folder / ANSWER_FILES[found.kind]))
