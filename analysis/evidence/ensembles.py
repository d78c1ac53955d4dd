"""Ensembles: files of worlds in which a firm looks like firms, and which worlds a command takes.

A file begins with its recipe, lines of YAML behind ``#``: how it was made, of which firm, under
which org model. Then comes one row a world. It is used for a study whose firm is the one it was
made of, and for no other.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from analysis.evidence.sampling import SIZE, check_world, worlds_from_ranges
from sim.keeping.plain_files import plain_content
from sim.reading.bundled import bundled_folder
from sim.study.errors import Problem, StudyError
from sim.study.study import Study
from sim.study.worlds import World, drawn_parameters

ENSEMBLES = "ensembles"
"""Where ``fit`` keeps the files it makes, beside the result folders."""
ENDING = ".worlds.csv"
NUMBERS_APART = 1000
"""Between the numbers of the first worlds of two ensembles: none shares luck with another."""
MEMBER, FAMILY, SWITCHED_OFF = "member", "family", "off"
FROM_ENSEMBLE, FROM_RANGES = "ensemble", "ranges"
_LARGEST_FILE = 1 << 22
"""Bytes; a world takes two thousand, and there are `NUMBERS_APART` at most."""
_LONGEST_RECIPE = 1 << 15
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Ensemble:
    """Worlds in which one org model of a firm gives what is known of firms.

    Attributes
    ----------
    org_model : str
        The org model under which they do.
    recipe : dict
        How they were found; ``firm`` is the `firm_key` of the study.
    worlds : tuple of World
    """

    org_model: str
    recipe: dict[str, Any]
    worlds: tuple[World, ...]

    @property
    def content(self) -> str:
        """Eight hex digits over all that is in it."""
        return hashlib.sha256(ensemble_text(self).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Drawn:
    """The worlds that a command runs.

    Attributes
    ----------
    worlds : tuple of World
        Numbered apart.
    of : tuple of str
        For each, the org model whose ensemble it is of; empty where drawn from ranges.
    content : str
        What tells this source from another: part of a result's hash.
    baseline : str
        The study's, where it is known: worlds of another org model alone are said to be that.
    """

    worlds: tuple[World, ...]
    of: tuple[str, ...]
    content: str
    baseline: str = ""

    @property
    def fitted(self) -> bool:
        """Whether the worlds are those of a firm that looks like firms."""
        return any(self.of)

    @property
    def groups(self) -> tuple[str, ...]:
        """The ensembles there are, in order."""
        return tuple(dict.fromkeys(self.of))

    @property
    def title(self) -> str:
        """What stands in a title: on what kind of worlds an answer rests."""
        if not self.fitted:
            return "assumed, not fitted to this firm"
        if len(self.groups) > 1:
            return ""
        of = self.groups[0]
        return "one kind of firm" + f", fitted as {of}" * (self.baseline not in ("", of))


def firm_key(study: Study) -> str:
    """Return 16 hex digits that tell a firm from another: enterprise, market, what is known."""
    about: dict[str, Any] = {"enterprise": True, "market": True, "parameters": True}
    about |= {"weak_spots": True} if study.weak_spots else {}
    # What is assumed of a firm is what its worlds draw.
    text = study.model_dump_json(include=about, exclude={"enterprise": {"parameters"}})
    # Of mechanisms what the study changes: one that a later version adds makes no other firm.
    changed = study.mechanisms.model_dump_json(exclude_defaults=True)
    return hashlib.sha256((text + changed).encode()).hexdigest()[:16]


def ensemble_text(ensemble: Ensemble) -> str:
    """Return an ensemble as its file holds it."""
    about = {"org_model": ensemble.org_model, **ensemble.recipe}
    recipe = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=96)
    out = io.StringIO()
    out.writelines(f"# {line}\n" for line in recipe.splitlines())
    names = list(ensemble.worlds[0].parameters) if ensemble.worlds else []
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([MEMBER, FAMILY, SIZE, SWITCHED_OFF, *names])
    for world in ensemble.worlds:
        off = " ".join(sorted(world.off))
        values = (f"{world.parameters[name]:g}" for name in names)
        rows.writerow([world.number, world.family, f"{world.size:g}", off, *values])
    return out.getvalue()


def read_ensemble(file: Path) -> Ensemble:
    """Return the ensemble in a file, which may come from elsewhere.

    Raises
    ------
    StudyError
        If it holds none, or one that this version could not have drawn: of parameters that are
        not registered, or of values that are not permitted.
    """
    try:
        lines = plain_content(file, _LARGEST_FILE).decode().splitlines()
        recipe = _recipe(lines)
        org_model = str(recipe.pop("org_model"))[:_LONGEST_NAME]
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), strict=True)
        worlds = tuple(_world(row) for row in rows)
        if len(worlds) > NUMBERS_APART:
            raise ValueError(f"it holds more than {NUMBERS_APART} worlds")
    except (OSError, ValueError, KeyError, TypeError, csv.Error, yaml.YAMLError) as reason:
        message = f"this holds no worlds that can be read ({reason})"
        remedy = "make it again with `fit`, or remove it"
        raise StudyError([Problem(str(file), None, None, "", message, remedy)]) from reason
    return Ensemble(org_model, recipe, worlds)


def _recipe(lines: Sequence[str]) -> dict[str, Any]:
    """Return how an ensemble was made, as the head of its file says."""
    about = "\n".join(line[2:] for line in lines if line.startswith("# "))
    if len(about) > _LONGEST_RECIPE:
        raise ValueError("its recipe is longer than any")
    try:
        return dict(yaml.safe_load(about) or {})
    except RecursionError as error:
        raise ValueError("its recipe is nested too deeply") from error


def _world(row: dict[str, str]) -> World:
    if None in row or None in row.values():
        raise ValueError("a row is not as long as the first")
    off = frozenset(row.pop(SWITCHED_OFF).split())
    number, family, size = int(row.pop(MEMBER)), int(row.pop(FAMILY)), float(row.pop(SIZE))
    values = {name: float(value) for name, value in row.items()}
    world = World(number, values, off, size, family)
    check_world(world)
    return world


def ensemble_file(ensemble: Ensemble, enterprise: str, out: Path) -> Path:
    """Return the file that an ensemble is to be written to, beside the result folders.

    A file of that name that is another firm's, or no ensemble, stays: then the name says of which
    firm this one is.

    Parameters
    ----------
    ensemble : Ensemble
    enterprise : str
        What the firm is called.
    out : Path
        Parent of the result folders.
    """
    name, firm = f"{enterprise}-{ensemble.org_model}", ensemble.recipe.get("firm")
    usual = out / ENSEMBLES / f"{name}{ENDING}"
    if not os.path.lexists(usual):
        return usual
    try:
        theirs = read_ensemble(usual)
        is_own = (theirs.recipe.get("firm"), theirs.org_model) == (firm, ensemble.org_model)
    except StudyError:
        is_own = False
    return usual if is_own else usual.with_name(f"{name}-{str(firm)[:8]}{ENDING}")


def ensembles_of(study: Study, out: Path) -> list[Ensemble]:
    """Return the ensembles of a study's firm, the baseline's first.

    Parameters
    ----------
    study : Study
        Whose firm it is.
    out : Path
        Parent of the result folders: what ``fit`` made there goes before what is bundled.

    Raises
    ------
    StudyError
        If a file holds no worlds, or one of this firm does not say all that a world is.
    """
    key, found = firm_key(study), dict[str, Ensemble]()
    for folder in (out / ENSEMBLES, bundled_folder() / "enterprises"):
        for file in sorted(folder.glob(f"*{ENDING}")):
            ensemble = read_ensemble(file)
            if ensemble.recipe.get("firm") == key:
                _check_whole(ensemble, study, file)
                found.setdefault(ensemble.org_model, ensemble)
    order = sorted(found, key=lambda name: (name != study.baseline, name))
    return [found[name] for name in order]


def _check_whole(ensemble: Ensemble, study: Study, file: Path) -> None:
    """Refuse worlds that leave open what a world of the study is drawn in."""
    there = ensemble.worlds[0].parameters if ensemble.worlds else {}
    lacking = [name for name in drawn_parameters(study) if name not in there]
    if lacking:
        message = f"its worlds have no value of {lacking[0]}"
        remedy = "another version made it; make it again with `fit`, or remove it"
        raise StudyError([Problem(str(file), None, None, "", message, remedy)])


def drawn_worlds(
    study: Study,
    out: Path,
    number: int,
    others: int,
    source: str | None = None,
    *,
    option: str = "--from",
) -> Drawn:
    """Return the worlds that a command runs: of the ensembles there are, else from ranges.

    Parameters
    ----------
    study : Study
    out : Path
        Parent of the result folders.
    number : int
        Worlds of the baseline's own ensemble, or from ranges.
    others : int
        Worlds of each other ensemble; from ranges, of two more such lots.
    source : str, optional
        ``ensemble`` or ``ranges``; left out, an ensemble where there is one.
    option : str
        The option by which the command lets one say so.

    Raises
    ------
    StudyError
        If an ensemble is asked for and the firm has none, or too small a one.
    """
    return _drawn_from(_sources(study, out, source, option), study, number, others)


def evenly_drawn(
    study: Study, out: Path, number: int, source: str | None = None, *, option: str = "--from"
) -> Drawn:
    """Return so many worlds, of each ensemble there is as many, the rest of the baseline's own.

    Parameters and errors are those of `drawn_worlds`, which says how many there are of each.
    """
    found = _sources(study, out, source, option)
    sizes = [len(each.worlds) for each in found[1:]]
    others = min([number // len(found), *sizes]) if sizes else 0
    own = number - others * (len(found) - 1) if others else number
    return _drawn_from(found, study, own, others)


def _sources(study: Study, out: Path, source: str | None, option: str) -> list[Ensemble]:
    """Return the ensembles that worlds are taken of; none where they come from ranges."""
    found = [] if source == FROM_RANGES else ensembles_of(study, out)
    if source == FROM_ENSEMBLE and not found:
        message = f"there is no ensemble of {study.enterprise.enterprise} as this study has it"
        remedy = f"make one with `fit --as {study.baseline}`, or use `{option} {FROM_RANGES}`"
        raise StudyError([Problem(f"{option} {source}", None, None, "", message, remedy)])
    return found


def _drawn_from(found: Sequence[Ensemble], study: Study, number: int, others: int) -> Drawn:
    if not found:
        worlds = worlds_from_ranges(study, number + 2 * others, study.design.seed)
        content = f"{FROM_RANGES} {study.design.seed}"
        return Drawn(tuple(worlds), ("",) * len(worlds), content)
    drawn = _of_ensembles(found if others else found[:1], [number, *[others] * (len(found) - 1)])
    return replace(drawn, baseline=study.baseline)


def _of_ensembles(found: Sequence[Ensemble], numbers: Sequence[int]) -> Drawn:
    worlds: list[World] = []
    of: list[str] = []
    for place, (ensemble, number) in enumerate(zip(found, numbers, strict=False)):
        if number > len(ensemble.worlds):
            message = f"the ensemble of {ensemble.org_model} has {len(ensemble.worlds)} worlds"
            remedy = "ask for no more, or make a larger one with `fit`"
            raise StudyError([Problem(f"{number} worlds", None, None, "", message, remedy)])
        chosen = ensemble.worlds[:number]
        worlds += [
            replace(world, number=1 + index + place * NUMBERS_APART)
            for index, world in enumerate(chosen)
        ]
        of += [ensemble.org_model] * number
    return Drawn(tuple(worlds), tuple(of), " ".join(each.content for each in found))
