"""What a workbook says beside each cell: meaning, what is permitted, default; from the schema."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from analysis.commands.workbook_look import LONGEST_LIST
from analysis.words.schema import SchemaKey, keys_of
from sim.reading.bundled import bundled_org_models
from sim.reading.shape import Shape
from sim.reading.source_tree import KeyPath
from sim.reading.workbook_layout import (
    CHOSEN,
    IN_A_WORD,
    ORG_MODELS_SHEET,
    PATTERNS_SHEET,
    SheetPlan,
)
from sim.study.ablations import ABLATIONS
from sim.study.plans import Plan
from sim.study.study import OwnPattern, Study
from sim.study.tables import MEASURES

YES_OR_NO = ("yes", "no")
_NEEDED = "needed"


class CellWords(NamedTuple):
    """Meaning of a key, what may stand there, and its default or when it may not be empty."""

    meaning: str
    permitted: str
    default: str

    def __str__(self) -> str:
        has_default = self.default and not self.default.startswith(_NEEDED)
        default = f"default {self.default}" if has_default else self.default
        parts = (self.meaning, self.permitted, default)
        return ". ".join(part[0].upper() + part[1:] for part in parts if part)


def words_beside(plan: SheetPlan, below: KeyPath) -> CellWords:
    """Return what is said of a key of a sheet, given as a path below one of its things."""
    place = (*plan.at, *(str(key) for key in below))
    if place in IN_A_WORD:
        return CellWords(IN_A_WORD[place], "", _needed(plan, below))
    shape = plan.shape(below)
    said = _known(place)
    default = "" if said is None or said.default in (None, (), {}, []) else _plain(said.default)
    return CellWords(
        said.meaning if said is not None else "",
        _permitted(shape) if shape is not None else "",
        _needed(plan, below) or default,
    )


def _needed(plan: SheetPlan, below: KeyPath) -> str:
    """Return when a cell may not be empty; nothing if it always may."""
    shape, may_lack = plan.shape(()), ""
    for depth, key in enumerate(below):
        required = shape is not None and key in shape.rule.get("required", ())
        if depth == len(below) - 1:
            return "" if not required else may_lack or _NEEDED
        if not required:
            may_lack = f"{_NEEDED} with anything else of `{'.'.join(map(str, below[: depth + 1]))}`"
        shape = shape.child(key) if shape is not None else None
    return ""


def choices_of(shape: Shape | None) -> str:
    """Return the fixed words that may stand somewhere, with commas; empty if there are none."""
    if shape is None:
        return ""
    words = list(YES_OR_NO) if shape.type == "boolean" else [str(c) for c in shape.choices]
    return ",".join(words) if len(",".join(words)) <= LONGEST_LIST else ""


def word_lists() -> dict[str, list[str]]:
    """Return lists of words that are too long to be offered otherwise, by their heading."""
    return {
        "(measures)": list(MEASURES),
        "(mechanisms)": list(ABLATIONS),
        "(bundled org models)": bundled_org_models(),
    }


def _permitted(shape: Shape) -> str:
    """Return in words what a cell may hold."""
    if shape.type == "array":
        return "names, with semicolons between them: a; b"
    if shape.type == "object":
        below = shape.child("x")
        each = f"; each {below.permitted()}" if below is not None else ""
        return f"names with a value each, with semicolons between them: a: 1; b: 2{each}"
    if shape.type == "boolean":
        return " or ".join(YES_OR_NO)
    said = shape.permitted().replace("`", "")
    return f"one of {said}" if shape.choices else said


def _plain(value: object) -> str:
    return YES_OR_NO[not value] if isinstance(value, bool) else str(value)


@cache
def _all_known() -> dict[tuple[str, ...], SchemaKey]:
    """Return what the schema says of every key, by its path with `NAME` as text."""
    found: dict[tuple[str, ...], SchemaKey] = {}
    for start, model in (((), Study), (ORG_MODELS_SHEET.at, Plan), (PATTERNS_SHEET.at, OwnPattern)):
        before = tuple("NAME" if key is CHOSEN else str(key) for key in start)
        for key in keys_of(model.model_json_schema()):
            found[(*before, *key.path.split("."))] = key
    return found


def _known(place: tuple[str | None, ...]) -> SchemaKey | None:
    """Return what the schema says of a key, or of the names that it is one of."""
    path = tuple("NAME" if key is CHOSEN else key for key in place)
    return _all_known().get(path) or _all_known().get(path[:-1])
