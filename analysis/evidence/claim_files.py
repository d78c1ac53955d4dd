"""Claims as files: what is asserted, how it is put to the test, and what would count, beforehand.

A file names, before anything of it is run, one primary measure, the sign expected of it and the
smallest effect worth speaking of. It holds no verdict.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from sim.reading.bundled import bundled_folder
from sim.reading.explain import missing_key, shown, unknown_key, wrong_value
from sim.reading.shape import Shape
from sim.reading.source_tree import Source
from sim.reading.validation import problem_at
from sim.reading.yaml_source import scan
from sim.study.errors import Complaint, KeyPath, Problem, StudyError
from sim.study.levers import ONE_LINE, Section
from sim.study.parameters import REGISTRY
from sim.study.spelling import nearest_or_all
from sim.study.tables import MEASURES, SCOPES
from sim.study.worlds import SWITCHES

CLAIMS_FOLDER = "claims"
NUMBERED, HEADLINE_FILES = "[0-9]*.yaml", "headline-*.yaml"
BY_CONSTRUCTION = "by construction"
FAILS_NOT_RUN = "read off the same runs"
FAILS_IN_TOO_FEW = "run in too few worlds of that side"
HIGHER_EXPECTED = "higher"
DIFFERENCE, EQUIVALENCE, NO_GAIN = "difference", "equivalence", "no gain"
OPPOSITE, VARIANCE_SHARES, CORRELATIONS = "opposite signs", "variance shares", "correlations"

Kind = TypeVar("Kind", bound=Section)

CellName = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Line = Annotated[str, Field(max_length=300, pattern=ONE_LINE)]
Text = Annotated[str, Field(max_length=2000)]
Weights = Annotated[
    dict[CellName, Annotated[float, Field(ge=-10, le=10)]], Field(min_length=1, max_length=20)
]
Changes = Annotated[dict[str, Any], Field(max_length=40)]


def _as_quantity(value: object) -> object:
    """Return the name of a measure as what it stands for: that measure, overall."""
    return {"measure": value} if isinstance(value, str) else value


class Quantity(Section):
    """What is read off a run: a measure, or one counted over places divided by another."""

    measure: Annotated[str, Field(max_length=60)] = Field(description="name of a measure")
    scope: Annotated[str, Field(max_length=20)] = Field(
        "overall", description="what it is about; over all places of that kind it is added up"
    )
    per: Annotated[str, Field(max_length=60)] | None = Field(
        None, description="measure that it is divided by"
    )
    per_scope: Annotated[str, Field(max_length=20)] = Field(
        "overall", description="what that one is about"
    )


ReadOff = Annotated[Quantity, BeforeValidator(_as_quantity)]


class Cell(Section):
    """One org model under the conditions of a claim."""

    like: Annotated[str, Field(max_length=60)] = Field(
        "", description="org model that it is like; left out, the one called as the cell is"
    )
    levers: Changes = Field(default_factory=dict, description="levers laid over it")
    transition: Changes | None = Field(
        None, description="or a transition, whose ends may be cells or bundled org models"
    )
    under: Changes = Field(
        default_factory=dict, description="changes of the study, by `key.path`, as with --set"
    )
    employees: Annotated[int, Field(ge=5, le=1_000_000)] | None = Field(
        None, description="a firm with so many people; left out, the study's own size"
    )
    measure: ReadOff | None = Field(
        None, description="what is read off this cell, if not the claim's primary measure"
    )


class Beside(Section):
    """Another contrast that is printed and supports nothing."""

    says: Line = Field(description="what it shows")
    kind: Literal["by construction", "for comparison"] = Field(
        "for comparison",
        description="`by construction`: the lever sets what is measured; else `for comparison`",
    )
    measure: ReadOff | None = Field(None, description="if not the claim's primary measure")
    contrast: Weights = Field(description="weight of each cell")


class FailsWhen(Section):
    """The condition under which the claim should no longer hold."""

    says: Line = Field(description="the condition, in words")
    under: Changes = Field(
        default_factory=dict, description="changes of the study for every cell, by `key.path`"
    )
    contrast: Weights | None = Field(None, description="if not the claim's own")


class Conditions(Section):
    """One combination of conditions in which org models are compared."""

    under: Changes = Field(
        default_factory=dict, description="changes of the study, by `key.path`, as with --set"
    )
    employees: Annotated[int, Field(ge=5, le=1_000_000)] | None = Field(
        None, description="a firm with so many people; left out, the study's own size"
    )


class Scores(Section):
    """Two scores of which one should say more about an outcome."""

    expected: ReadOff = Field(description="the score that should correlate more")
    other: ReadOff = Field(description="the score it is held against")


class Claim(Section):
    """A claim of the literature, with its test."""

    claim: Annotated[int, Field(ge=1, le=99)] = Field(description="its number")
    source: Annotated[str, Field(max_length=40, pattern=ONE_LINE)] = Field(
        description="which source makes it, in a word (docs/claims.md has their titles)"
    )
    says: Line = Field(description="what is claimed")
    test: Text = Field(description="how it is put to the test here, and where that departs")
    kind: Literal[
        "difference",
        "equivalence",
        "no gain",
        "opposite signs",
        "variance shares",
        "correlations",
    ] = Field("difference", description="what is tested of the contrast")
    measure: ReadOff = Field(description="the primary measure")
    expected: Literal["higher", "lower"] = Field(
        "higher", description="sign expected of the effect, where the kind does not say"
    )
    smallest: Annotated[float, Field(gt=0, lt=1e6)] = Field(
        description="smallest effect of interest, in the measure's unit"
    )
    why_smallest: Line = Field(description="why an effect below that is not worth speaking of")
    cells: Annotated[dict[CellName, Cell], Field(min_length=1, max_length=24)] = Field(
        description="org models under conditions, by name"
    )
    contrast: Weights | None = Field(
        None, description="weight of each cell; their weighted sum is the effect in a world"
    )
    boxes: Annotated[dict[CellName, Conditions], Field(max_length=12)] = Field(
        default_factory=dict, description="of `opposite signs`: conditions, for each of the cells"
    )
    corners: Annotated[tuple[CellName, ...], Field(max_length=4)] = Field(
        (),
        description="of `variance shares`: the cell with both low, the first factor high, the "
        "second high, both high",
    )
    rules: Annotated[dict[CellName, Changes], Field(max_length=4)] = Field(
        default_factory=dict,
        description="of `correlations`: changes of the study under each of which it must hold",
    )
    scores: Scores | None = Field(None, description="of `correlations`: what correlates")
    beside: Annotated[tuple[Beside, ...], Field(max_length=8)] = Field(
        (), description="contrasts that are printed and support nothing"
    )
    fails_when: FailsWhen | None = Field(
        None, description="the condition under which it should fail"
    )
    splits: Annotated[tuple[str, ...], Field(max_length=8)] = Field(
        (), description="parameters or switches by which the worlds are split"
    )

    @property
    def sign(self) -> float:
        """1 where more is expected, -1 where less is."""
        return 1.0 if self.expected == HIGHER_EXPECTED else -1.0


NEEDED: Mapping[str, tuple[str, ...]] = {
    DIFFERENCE: ("contrast",),
    EQUIVALENCE: ("contrast",),
    NO_GAIN: ("contrast",),
    OPPOSITE: ("boxes",),
    VARIANCE_SHARES: ("corners",),
    CORRELATIONS: ("rules", "scores"),
}
"""What a claim of each kind has to say beside what all say."""


def claims_folder() -> Path:
    """Return where the claims lie."""
    return bundled_folder() / CLAIMS_FOLDER


def load_claims(folder: Path | None = None) -> list[Claim]:
    """Read all claims of a folder, those that come with the program by default.

    Returns
    -------
    list of Claim
        By number.

    Raises
    ------
    StudyError
        With every mistake of every file.
    """
    files = sorted((folder or claims_folder()).glob(NUMBERED))
    claims: list[Claim] = []
    problems: list[Problem] = []
    numbers: dict[int, str] = {}
    for file in files:
        try:
            claim = read_claim(file)
        except StudyError as error:
            problems += error.problems
            continue
        if claim.claim in numbers:
            message = f"claim {claim.claim} stands in {numbers[claim.claim]} already"
            problems.append(Problem(str(file), None, None, "claim", message, "give it another"))
        numbers[claim.claim] = file.name
        claims.append(claim)
    if problems:
        raise StudyError(problems)
    return sorted(claims, key=lambda each: each.claim)


def read_claim(file: Path) -> Claim:
    """Read one claim.

    Raises
    ------
    StudyError
        With every mistake, each with its line and what is permitted there.
    """
    source = scan(file)
    claim = as_section(source, Claim)
    problems = [problem_at(source, *complaint) for complaint in _complaints(claim)]
    if problems:
        raise StudyError(problems)
    return claim


def as_section(source: Source, kind: type[Kind]) -> Kind:
    """Return what a file holds as a section of a kind.

    Raises
    ------
    StudyError
        With every mistake of the file.
    """
    problems = list(source.problems)
    if not problems and not isinstance(source.root.value, dict):
        message = f"{shown(source.data)} stands where `key: value` lines belong"
        problems.append(problem_at(source, (), message, "write a mapping"))
    if problems:
        raise StudyError(problems)
    try:
        return kind.model_validate_json(json.dumps(source.data), strict=True)
    except ValidationError as refusal:
        schema = kind.model_json_schema()
        shape = Shape(schema, schema.get("$defs", {}))
        errors = refusal.errors(include_url=False)
        found = {_explained(source, shape, tuple(e["loc"]), e["type"]): None for e in errors}
        raise StudyError(found) from refusal


def _explained(source: Source, shape: Shape, path: KeyPath, kind: str) -> Problem:
    """Return what the schema minds, with its place, in words."""
    named = tuple(key for key in path if key != "[key]")
    node, above, rule = source.find(named), shape.at(named[:-1]), shape.at(named)
    if kind == "extra_forbidden" and above is not None:
        return problem_at(source, named, *unknown_key(str(named[-1]), above))
    if kind == "missing":
        return problem_at(source, named, *missing_key(str(named[-1]), rule))
    value = node.plain() if node is not None else None
    if "[key]" in path:
        message = f"{shown(named[-1])} is no name that is permitted here"
        return problem_at(source, named, message, "permitted: small letters, digits and `-`")
    return problem_at(source, named, *wrong_value(value, kind, rule))


def _complaints(claim: Claim) -> Iterator[Complaint]:
    """Yield what two places of a claim do not agree on."""
    for key in NEEDED[claim.kind]:
        if not getattr(claim, key):
            message = f"a claim of the kind `{claim.kind}` needs `{key}`"
            yield Complaint((key,), message, "add it")
    if claim.kind == VARIANCE_SHARES and len(claim.corners) != 4:
        yield Complaint(("corners",), "two factors have four corners", "name four cells")
    cells = list(claim.cells)
    named: list[tuple[KeyPath, Sequence[str]]] = [(("corners",), claim.corners)]
    named += [(("contrast",), list(claim.contrast or ()))]
    named += [(("beside", at, "contrast"), list(b.contrast)) for at, b in enumerate(claim.beside)]
    if claim.fails_when is not None:
        named.append((("fails_when", "contrast"), list(claim.fails_when.contrast or ())))
    for path, names in named:
        for name in names:
            if name not in claim.cells:
                yield Complaint(path, f"`{name}` is no cell", nearest_or_all(name, cells))
    yield from _unknown_quantities(claim)
    for place, name in enumerate(claim.splits):
        if name not in REGISTRY and name not in SWITCHES:
            message = f"`{name}` is neither a parameter nor a switch of worlds"
            advice = nearest_or_all(name, [*SWITCHES, *REGISTRY])
            yield Complaint(("splits", place), message, advice)


def _unknown_quantities(claim: Claim) -> Iterator[Complaint]:
    """Yield the measures and scopes that there are not."""
    found: list[tuple[KeyPath, Quantity | None]] = [(("measure",), claim.measure)]
    found += [(("cells", name, "measure"), cell.measure) for name, cell in claim.cells.items()]
    found += [(("beside", at, "measure"), each.measure) for at, each in enumerate(claim.beside)]
    if claim.scores is not None:
        found.append((("scores", "expected"), claim.scores.expected))
        found.append((("scores", "other"), claim.scores.other))
    for path, quantity in found:
        if quantity is not None:
            yield from check_quantity(path, quantity)


def check_quantity(path: KeyPath, quantity: Quantity) -> Iterator[Complaint]:
    """Yield the measures and scopes of a quantity that there are not."""
    for name in filter(None, (quantity.measure, quantity.per)):
        if name not in MEASURES:
            yield Complaint(path, f"`{name}` is no measure", nearest_or_all(name, MEASURES))
    for scope in (quantity.scope, quantity.per_scope):
        if scope not in SCOPES:
            yield Complaint(path, f"`{scope}` is no scope", nearest_or_all(scope, SCOPES))
