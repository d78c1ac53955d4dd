"""A study file and the files it names become a Study, or a list of all their mistakes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from sim.reading.budgets import check_budgets, check_slice
from sim.reading.explain import shown
from sim.reading.overrides import apply_overrides, put_option
from sim.reading.people_checks import check_people
from sim.reading.references import is_file, named_ends, tie_names, untie
from sim.reading.source_tree import KeyPath, Node, Source, splice
from sim.reading.validation import Validation, problem_at
from sim.reading.yaml_source import scan
from sim.study.errors import Problem, StudyError
from sim.study.spelling import close_spelling, spelling_advice
from sim.study.study import Study


def load_study(
    path: str | Path,
    overrides: Sequence[str] = (),
    orgs: Sequence[str] | None = None,
    seed: int | None = None,
) -> Study:
    """Read a study, the enterprise and the org models it names, and check all of it.

    Parameters
    ----------
    path : str or Path
        The study file. Files it names lie in its folder or that folder's parent.
    overrides : sequence of str
        ``key.path=value``, applied after the named files are read.
    orgs : sequence of str, optional
        Names of the org models to keep, in the study's order; the baseline is kept
        too, since the others are compared with it. All by default.
    seed : int, optional
        Takes the place of ``design.seed``.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        With every problem of every file, in file order, options last.
    MachineRefusal
        If the machine does not let a file be read.
    """
    source = scan(path)
    readable = source.root.sound
    if readable and not isinstance(source.root.value, dict):
        message = f"{shown(source.data)} stands where a study belongs"
        source.problems.append(problem_at(source, (), message, "write `key: value` lines"))
        readable = False
    if not readable:
        raise StudyError(source.problems)
    files = [source.file, *_include(source, Path(path))]
    tie_names(source)
    apply_overrides(source, list(overrides))
    untie(source)
    if seed is not None:
        put_option(source, ("design", "seed"), seed, "--seed")
    _check_log(source, Path(path))
    validation = Validation(source)
    problems = [*source.problems, *validation.problems]
    problems += _unknown_orgs(validation, orgs or ())
    if problems or validation.study is None:
        raise StudyError(_in_file_order(problems, files))
    complaints = [*check_slice(validation.study), *check_budgets(validation.study)]
    complaints = complaints or list(check_people(validation.study))
    if complaints:
        problems = [problem_at(source, *complaint) for complaint in complaints]
        raise StudyError(_in_file_order(problems, files))
    return _selected(validation.study, orgs)


def problems_to_text(error: StudyError) -> str:
    """Return all problems as lines of text, under a line that says how many there are."""
    count = len(error.problems)
    heading = "1 problem" if count == 1 else f"{count} problems"
    return f"{heading}; nothing was run or written:\n{error}"


def _selected(study: Study, orgs: Sequence[str] | None) -> Study:
    if not orgs:
        return study
    wanted = {*orgs, study.baseline}
    kept = tuple(model for model in study.organisations if model.organisation in wanted)
    return study.model_copy(update={"organisations": kept})


def _unknown_orgs(validation: Validation, orgs: Sequence[str]) -> list[Problem]:
    if validation.study is None or ("organisations",) in validation.lost:
        return []
    names = [model.organisation for model in validation.study.organisations]
    return [
        Problem(
            f"--orgs {name}",
            None,
            None,
            "",
            f"`{name}` is not an org model of this study",
            spelling_advice(name, names),
        )
        for name in orgs
        if name not in names
    ]


def _in_file_order(problems: list[Problem], files: list[str]) -> list[Problem]:
    rank = {file: position for position, file in reversed(list(enumerate(files)))}
    # An org model that transitions name as well has its mistakes once.
    unique: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        unique.setdefault((problem.file, problem.line, problem.column, problem.message), problem)
    return sorted(
        unique.values(),
        key=lambda p: (rank.get(p.file, len(files)), p.line or 0, p.column or 0),
    )


def _include(source: Source, study: Path) -> list[str]:
    """Splice in the files a study names; return their names in order."""
    places: list[KeyPath] = [("enterprise",)]
    organisations = source.find(("organisations",))
    if organisations is not None and isinstance(organisations.value, list):
        places += [("organisations", index) for index in range(len(organisations.value))]
    files = []
    for place in places:
        node = source.find(place)
        if node is not None and node.sound and isinstance(node.value, str):
            files += _include_one(source, place, node, study)
    for place, node in list(named_ends(source)):
        if is_file(node.value):
            files += _include_one(source, place, node, study)
    return files


def _check_log(source: Source, study: Path) -> None:
    """Note a log file, named to be compared with, that is not there; it is read later."""
    place: KeyPath = ("compared_with",)
    node = source.find(place)
    if node is not None and node.sound and isinstance(node.value, str):
        refusal = _refusal(study, node.value, masks=("*.csv", "*/*.csv"))
        if refusal is not None:
            source.problems.append(problem_at(source, place, *refusal))


def _include_one(source: Source, place: KeyPath, node: Node, study: Path) -> list[str]:
    refusal = _refusal(study, node.value)
    if refusal is not None:
        node.sound = False
        source.problems.append(problem_at(source, place, *refusal))
        return []
    other = scan(os.path.normpath(study.parent / node.value))
    if other.root.sound and not isinstance(other.root.value, dict):
        other.root.sound = False
        message = f"{shown(other.data)} stands where a mapping belongs"
        other.problems.append(problem_at(other, (), message, "write `key: value` lines"))
    splice(source, place, other)
    return [other.file]


def _refusal(
    study: Path, name: str, masks: tuple[str, ...] = ("*.y*ml", "*/*.y*ml")
) -> tuple[str, str] | None:
    """Return why a file that a study names cannot be used, and what to do; else None.

    Files that `masks` find in the study's folder are those that may have been meant.
    """
    folder = study.parent
    if name.startswith(("/", "~")) or PureWindowsPath(name).drive or "\\" in name:
        return (
            f"{shown(name)} is not a relative path",
            "name the file relative to the study's folder, with `/` between folders",
        )
    # No file name holds a zero character, and the machine may not be asked about one.
    try:
        target = (folder / name.replace("\0", "?")).resolve()
    except (OSError, RuntimeError):
        return f"{shown(name)} is a link that leads round in a circle", "name a file"
    parent = folder.resolve().parent
    # Directly below the root of the disk, the parent would be the whole machine.
    allowed = folder.resolve() if parent == Path(parent.anchor) else parent
    if not target.is_relative_to(allowed):
        return (
            f"{shown(name)} leads out of the study's folder and its parent",
            "copy the file beside the study",
        )
    if os.path.isfile(target):
        return None
    here = [p.relative_to(folder).as_posix() for mask in masks for p in folder.glob(mask)]
    close = close_spelling(name, sorted(set(here) - {study.name}))
    remedy = f"did you mean `{close}`?" if close else "check the name; it is relative to the study"
    return f"there is no file {shown(name)}", remedy
