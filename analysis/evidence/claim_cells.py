"""From what a claim says to what is run: org models under conditions, each with its study."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from analysis.evidence.claim_files import CORRELATIONS, OPPOSITE, Cell, Claim
from sim.reading.bundled import bundled, bundled_org_models
from sim.reading.loader import load_study, study_from
from sim.reading.resizing import firm_of
from sim.reading.yaml_source import read
from sim.study.errors import Problem, StudyError
from sim.study.plans import Plan
from sim.study.study import Study

STUDY = "board.yaml"
"""The bundled study that every claim starts from."""
BASELINE = "siloed"
"""By whose people a firm's size is counted."""
SIZE_KEYS = ("design.", "market.customers", "market.prospects", "market.slice")
"""How much is simulated: there a user's change goes before a claim's; what is claimed stays."""


@dataclass(frozen=True)
class Setting:
    """What a cell is run with beside its org model: changes of the study, and a size.

    Attributes
    ----------
    under : tuple of str
        Changes, each ``key.path=value``.
    employees : int or None
        People of the firm; None for the study's own size.
    """

    under: tuple[str, ...] = ()
    employees: int | None = None


@dataclass(frozen=True)
class CellRun:
    """A cell as it is run.

    Attributes
    ----------
    study : Study
        With the cell's conditions, before any world is drawn.
    plan : Plan
        The org model.
    """

    study: Study
    plan: Plan


def as_changes(changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return changes of a study as an option of the command line would say them."""
    return tuple(f"{key}={json.dumps(value)}" for key, value in changes.items())


class Cells:
    """Makes studies of cells; equal settings are read once.

    Parameters
    ----------
    overrides : sequence of str
        ``--set`` of the user: what a claim changes itself goes before it, except in how much is
        simulated.
    seed : int, optional
        Takes the place of the studies' own.
    """

    def __init__(self, overrides: Sequence[str] = (), seed: int | None = None) -> None:
        self._overrides = tuple(overrides)
        self._first = tuple(each for each in overrides if not each.startswith(SIZE_KEYS))
        self._last = tuple(each for each in overrides if each.startswith(SIZE_KEYS))
        self._seed = seed
        self._sized: dict[Setting, tuple[str, ...]] = {}

    def base(self) -> Study:
        """Return the bundled study as the user has it: whose worlds are drawn."""
        return load_study(bundled(STUDY), self._overrides, seed=self._seed)

    def of(self, setting: Setting, cells: Mapping[str, Cell]) -> dict[str, CellRun]:
        """Return cells of one setting as they are run.

        Raises
        ------
        StudyError
            If there is no such study, org model or firm.
        """
        own_size = () if setting.employees is None else self._size(setting)
        overrides = [*self._first, *setting.under, *own_size, *self._last]
        study = self._read(_org_models(cells), overrides)
        by_name = {plan.organisation: plan for plan in study.organisations}
        return {name: CellRun(study, by_name[name]) for name in cells}

    def _read(self, org_models: list[Any], overrides: Sequence[str]) -> Study:
        data = {**_plain(), "organisations": org_models, "baseline": BASELINE}
        return study_from(data, overrides, seed=self._seed, folder=bundled(STUDY).parent)

    def _size(self, setting: Setting) -> tuple[str, ...]:
        """Return the changes that make a firm of so many people, searched once."""
        if setting not in self._sized:
            overrides = [*self._first, *setting.under]
            own = self._read(_org_models({}), overrides)
            found = firm_of(own, int(setting.employees or 0))
            firm = {
                "market.customers": found.market.customers,
                "market.prospects": found.market.prospects,
                "market.slice": found.market.slice,
                **{f"enterprise.functions.{name}.heads": n for name, n in found.fixed.items()},
            }
            self._sized[setting] = as_changes(firm)
        return self._sized[setting]


@cache
def _plain() -> Mapping[str, Any]:
    """Return what the bundled study's file says."""
    return dict(read(bundled(STUDY)).data)


def _org_models(cells: Mapping[str, Cell]) -> list[Any]:
    """Return cells as org models of a study, with the baseline before them."""
    found: list[Any] = [] if BASELINE in cells else [f"organisations/{BASELINE}.yaml"]
    for name, cell in cells.items():
        if cell.transition is not None:
            found.append({"organisation": name, "transition": cell.transition})
        elif (cell.like or name) == name and not cell.levers:
            found.append(f"organisations/{name}.yaml")
        elif (cell.like or name) == name:
            # A study's org model cannot be like a bundled one that it is called after.
            own = dict(read(bundled(f"organisations/{name}.yaml")).data)
            found.append(laid_on(own, cell.levers))
        else:
            found.append({"organisation": name, "like": cell.like, **cell.levers})
    return found


def laid_on(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return levers with others laid over them, section by section."""
    found = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = laid_on(found[key], value) if both else value
    return found


def cells_of(claim: Claim) -> dict[str, tuple[Setting, str, Cell]]:
    """Return every cell that a claim runs: name, its setting, the cell's own name, the cell.

    Those of a box or rule are called ``box/cell``, those of its condition to fail
    ``fails/cell``.
    """
    found: dict[str, tuple[Setting, str, Cell]] = {}
    if claim.kind == OPPOSITE:
        for box, conditions in claim.boxes.items():
            for name, cell in claim.cells.items():
                setting = Setting(as_changes(conditions.under), conditions.employees)
                found[f"{box}/{name}"] = (setting, name, cell)
    elif claim.kind == CORRELATIONS:
        for rule, changes in claim.rules.items():
            for name, cell in claim.cells.items():
                found[f"{rule}/{name}"] = (Setting(as_changes(changes)), name, cell)
    else:
        for name in _used(claim):
            cell = claim.cells[name]
            setting = Setting(as_changes(cell.under), cell.employees)
            found[name] = (setting, name, cell)
    return found | _when_it_fails(claim, found)


def _used(claim: Claim) -> list[str]:
    """Return the cells of the claim's own contrast and of those beside it, in their order."""
    used = {*(claim.contrast or ()), *claim.corners}
    used.update(name for each in claim.beside for name in each.contrast)
    return [name for name in claim.cells if name in used]


def _when_it_fails(
    claim: Claim, there: Mapping[str, tuple[Setting, str, Cell]]
) -> dict[str, tuple[Setting, str, Cell]]:
    """Return the cells of the condition under which a claim should fail."""
    if claim.fails_when is None:
        return {}
    under = claim.fails_when.under
    if claim.kind == OPPOSITE:
        return {
            f"fails/{name}": (_also(setting, under), cell_name, cell)
            for name, (setting, cell_name, cell) in there.items()
            if under
        }
    if claim.kind == CORRELATIONS:
        setting = Setting(as_changes(under))
        return {f"fails/{name}": (setting, name, cell) for name, cell in claim.cells.items()}
    names = claim.fails_when.contrast or claim.contrast or dict.fromkeys(claim.corners)
    found = {}
    for name in names:
        cell = claim.cells[name]
        setting = Setting(as_changes(cell.under | under), cell.employees)
        found[f"fails/{name}"] = (setting, name, cell)
    return found


def _also(setting: Setting, under: Mapping[str, Any]) -> Setting:
    changes = {each.partition("=")[0]: each for each in (*setting.under, *as_changes(under))}
    return Setting(tuple(changes.values()), setting.employees)


def runs_of(claims: Iterable[Claim], cells: Cells) -> dict[int, dict[str, CellRun]]:
    """Return what every claim runs, by its number and by the names of `cells_of`.

    Raises
    ------
    StudyError
        With every mistake, each with the claim that it is in.
    """
    found: dict[int, dict[str, CellRun]] = {}
    problems: list[Problem] = []
    for claim in claims:
        try:
            found[claim.claim] = _runs_of_one(claim, cells)
        except StudyError as error:
            problems += [_in_claim(each, claim) for each in error.problems]
    if problems:
        raise StudyError(problems)
    return _with_equal_studies_as_one(found)


def _with_equal_studies_as_one(
    found: Mapping[int, Mapping[str, CellRun]],
) -> dict[int, dict[str, CellRun]]:
    """Let cells whose studies differ in nothing but the org models beside them share one."""
    known: dict[str, Study] = {}
    seen: dict[int, Study] = {}

    def shared(study: Study) -> Study:
        if id(study) not in seen:
            text = study.model_dump_json(exclude={"organisations"})
            seen[id(study)] = known.setdefault(text, study)
        return seen[id(study)]

    return {
        claim: {name: CellRun(shared(cell.study), cell.plan) for name, cell in cells.items()}
        for claim, cells in found.items()
    }


def _runs_of_one(claim: Claim, cells: Cells) -> dict[str, CellRun]:
    wanted = cells_of(claim)
    grouped: dict[Setting, dict[str, Cell]] = {}
    for setting, name, cell in wanted.values():
        grouped.setdefault(setting, {})[name] = cell
    # The ends of a transition may be cells that nothing else runs.
    for inside in grouped.values():
        inside.update(_ends_of(inside, claim.cells))
    made = {setting: cells.of(setting, inside) for setting, inside in grouped.items()}
    return {key: made[setting][name] for key, (setting, name, _) in wanted.items()}


def _ends_of(inside: Mapping[str, Cell], there: Mapping[str, Cell]) -> dict[str, Cell]:
    ends = {
        end
        for cell in inside.values()
        for end in ((cell.transition or {}).get("from"), (cell.transition or {}).get("to"))
        if isinstance(end, str) and end not in bundled_org_models()
    }
    return {name: there[name] for name in sorted(ends) if name in there and name not in inside}


def _in_claim(problem: Problem, claim: Claim) -> Problem:
    """Return a problem of a cell as one of the claim's file."""
    place = " ".join(filter(None, (problem.file, problem.path)))
    message = f"{place}: {problem.message}" if place else problem.message
    return Problem(f"claim {claim.claim}", None, None, "", message, problem.remedy)
