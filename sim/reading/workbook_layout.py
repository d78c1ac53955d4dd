"""Where each key of a study stands in a workbook: its sheets, and what is a row or a column there.

Read from the schema, so that a key which a study may have has its cell. Three kinds of sheet
hold everything: keys one below the other with a value beside each; a table with one row for
each thing; and a table with one column for each thing and its keys below one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sim.reading.likeness import LIKE
from sim.reading.shape import Shape, study_shape
from sim.study.errors import KeyPath

CHOSEN = None
"""Stands in a sheet's path for a name, or a place in a list, that the workbook gives."""
Place = tuple[str | None, ...]
"""A path with `CHOSEN` where names are chosen."""
VALUE = "value"


@dataclass(frozen=True)
class SheetPlan:
    """What one sheet holds.

    Attributes
    ----------
    name : str
        Of the sheet.
    kind : str
        `keys`: a key and its value in each row; `rows`: one thing a row, one key a column;
        `columns`: one thing a column, one key a row.
    at : tuple
        Where the things stand in a study, `CHOSEN` for each name; for `keys` what the keys are in.
    heads : tuple of str
        Headings above the names, the first of them marks the row of headings.
    value : str
        Heading above the value, where a thing is a single value.
    about : str
        What to fill in, in a sentence.
    needed : bool
        Whether there is no study without it.
    """

    name: str
    kind: Literal["keys", "rows", "columns"]
    at: Place
    heads: tuple[str, ...]
    about: str
    value: str = ""
    needed: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its things are a list, and so have places in place of names."""
        return self.at[:1] in {("organisations",), ("patterns",)}

    @property
    def fixed(self) -> tuple[str, ...]:
        """The part of its path before the first name that is chosen."""
        before = self.at[: self.at.index(CHOSEN)] if CHOSEN in self.at else self.at
        return tuple(str(key) for key in before)

    def path(self, names: Iterable[str | int]) -> KeyPath:
        """Return where a thing of these names, or of this place in a list, stands in a study."""
        given = iter(names)
        return tuple(next(given) if key is None else key for key in self.at)

    @property
    def keys(self) -> dict[str, KeyPath]:
        """What may be said of a thing: each heading with its path below the thing."""
        return _keys_of(self)

    def shape(self, below: KeyPath) -> Shape | None:
        """Return the rule for a key, given as a path below a thing; None if there is no such."""
        start = tuple(_any_name(self, key) for key in self.at)
        if (*self.at, *below) in IN_A_WORD:
            return Shape({"type": "string"}, {})
        return study_shape().at((*start, *below))


SETTINGS_SHEET = SheetPlan(
    "settings", "keys", (), ("setting",), needed=True,
    about="What the study is called, who the customers are, and how the comparison is run. "
    "A value left out is the default.",
)  # fmt: skip
FUNCTIONS_SHEET = SheetPlan(
    "functions", "rows", ("enterprise", "functions", CHOSEN), ("function",), needed=True,
    about="One row a function: the people who do the steps of journeys.",
)  # fmt: skip
FACTS_SHEET = SheetPlan(
    "facts", "rows", ("enterprise", "facts", CHOSEN), ("fact",), value="kind",
    about="One row for what one function knows of a customer and another one needs. A fact of "
    "kind customer is kept from case to case, one of kind case ends with the case.",
)  # fmt: skip
JOURNEYS_SHEET = SheetPlan(
    "journeys", "rows", ("enterprise", "journeys", CHOSEN), ("journey",), needed=True,
    about="One row a journey: what customers want of the firm, from the first step to an exit.",
)  # fmt: skip
TOUCHPOINTS_SHEET = SheetPlan(
    "touchpoints", "rows", (*JOURNEYS_SHEET.at, "touchpoints", CHOSEN), ("journey", "touchpoint"),
    needed=True,
    about="One row a step of a journey: who does it, how long it takes, what it needs to know, "
    "and where it leads.",
)  # fmt: skip
SEGMENTS_SHEET = SheetPlan(
    "segments", "rows", ("market", "segments", CHOSEN), ("segment",), needed=True,
    about="One row for each kind of customer. Their shares add up to 1.",
)  # fmt: skip
NEEDS_SHEET = SheetPlan(
    "needs", "columns", (*SEGMENTS_SHEET.at, "needs_per_year"), ("journey",),
    about="How often customers of each segment (columns) need each journey (rows), times a year.",
)  # fmt: skip
ORG_MODELS_SHEET = SheetPlan(
    "org models", "columns", ("organisations", CHOSEN), ("lever",), needed=True,
    about="One column for each way to organise the firm, one row a lever. A lever left out is at "
    "its default.",
)  # fmt: skip
PARAMETERS_SHEET = SheetPlan(
    "parameters", "rows", ("parameters", CHOSEN), ("parameter",), value=VALUE,
    about="What the program assumes, each with its source. A value of yours takes the place of "
    "the default.",
)  # fmt: skip
ASSUMED_SHEET = SheetPlan(
    "assumed of firm", "rows", ("enterprise", "parameters", CHOSEN), ("parameter",), value=VALUE,
    about="What is assumed of this firm in place of defaults, as `fit` finds it. The sheet "
    "`parameters` stands before it, and worlds draw all of it anew.",
)  # fmt: skip
MECHANISMS_SHEET = SheetPlan(
    "mechanisms", "keys", ("mechanisms",), ("mechanism",),
    about="How the firm works in principle, equal under every org model. A value left out is the "
    "default.",
)  # fmt: skip
PATTERNS_SHEET = SheetPlan(
    "patterns", "rows", ("patterns", CHOSEN), (),
    about="Your own figures, one row a measure: `fit` looks for worlds in which the firm gives "
    "them.",
)  # fmt: skip

SHEETS = (
    SETTINGS_SHEET,
    FUNCTIONS_SHEET,
    FACTS_SHEET,
    JOURNEYS_SHEET,
    TOUCHPOINTS_SHEET,
    SEGMENTS_SHEET,
    NEEDS_SHEET,
    ORG_MODELS_SHEET,
    PARAMETERS_SHEET,
    ASSUMED_SHEET,
    MECHANISMS_SHEET,
    PATTERNS_SHEET,
)
"""In the order in which they are read and written; journeys before their touchpoints."""

_AN_ORG_MODEL = "name of an org model of this workbook, or a bundled one"
IN_A_WORD: dict[Place, str] = {
    (*ORG_MODELS_SHEET.at, *below): meaning
    for below, meaning in (
        ((LIKE,), f"{_AN_ORG_MODEL}, that this one is like in all that it does not say itself"),
        (
            ("enterprise",),
            "YAML file, from the workbook's folder, with another design of the firm that this org "
            "model is run with",
        ),
        (("transition", "from"), f"{_AN_ORG_MODEL}, or a YAML file: how it is at first"),
        (("transition", "to"), f"{_AN_ORG_MODEL}, or a YAML file: how it is afterwards"),
    )
}
"""What a study may also write out and a workbook only names, each with its meaning."""


def is_own(name: str) -> bool:
    """Tell whether a sheet, row or column is the author's own, by the parentheses it stands in."""
    return name.startswith("(") and name.endswith(")")


def _any_name(plan: SheetPlan, key: str | None) -> str | int:
    if key is not CHOSEN:
        return key
    return 0 if plan.is_list else "x"


@cache
def _keys_of(plan: SheetPlan) -> dict[str, KeyPath]:
    """Return every heading of a sheet with its path below a thing."""
    if plan.value:
        return {plan.value: ()}
    start = plan.shape(())
    if start is None or plan is NEEDS_SHEET:
        return {}
    elsewhere = {sheet.at for sheet in SHEETS if sheet is not plan}
    paths = list(_leaves(plan, start, (), elsewhere))
    if plan.kind == "rows":  # what few things have comes last
        paths.sort(key=lambda path: len(path) > 1)
    if plan is ORG_MODELS_SHEET:  # its name is the column's heading
        paths = [(LIKE,), *(path for path in paths if path != ("organisation",))]
    return {".".join(map(str, path)): path for path in paths}


def _leaves(plan: SheetPlan, shape: Shape, path: KeyPath, elsewhere: set[Place]) -> list[KeyPath]:
    """Return the paths of all single cells below a place, in the schema's order."""
    here: Place = (*plan.at, *(str(key) for key in path))
    if any(
        other[: len(here)] == here and other[len(here) :] in {(), (CHOSEN,)} for other in elsewhere
    ):
        return []
    words = shape.rule.get("propertyNames", {}).get("enum", ())
    if here in IN_A_WORD or not (shape.keys or words):
        return [path]
    found: list[KeyPath] = []
    for key in (*shape.keys, *words):
        below = shape.child(key)
        found += _leaves(plan, below, (*path, key), elsewhere) if below is not None else []
    return found
