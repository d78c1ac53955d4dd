"""A study file, or the same as plain data, becomes a Study, or a list of all its mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.reading.budgets import check_budgets, check_slice
from sim.reading.bundled import at_hand, bundled_org_models
from sim.reading.explain import shown
from sim.reading.extension_checks import check_extensions, resolved
from sim.reading.named_files import NamedFiles
from sim.reading.overrides import apply_overrides, put_option
from sim.reading.people_checks import check_people
from sim.reading.plain_data import scan_data
from sim.reading.references import tie_names, untie
from sim.reading.source_tree import Source
from sim.reading.study_files import scan_study
from sim.reading.validation import Validation, problem_at
from sim.study.errors import Problem, StudyError
from sim.study.extension import Extension, adopt
from sim.study.spelling import spelling_advice
from sim.study.study import Study


def load_study(
    path: str | Path,
    overrides: Sequence[str] = (),
    orgs: Sequence[str] | None = None,
    seed: int | None = None,
    extensions: Sequence[Extension | str] = (),
) -> Study:
    """Read a study, the enterprise and the org models it names, and check all of it.

    Parameters
    ----------
    path : str or Path
        The study file, YAML or a workbook (``.xlsx``). Files it names lie in its folder or that
        folder's parent; those found in neither may be bundled ones, as may ``scenarios/...``
        itself.
    overrides : sequence of str
        ``key.path=value``, applied after the named files are read.
    orgs : sequence of str, optional
        Names of the org models to keep, in the study's order; the baseline is kept
        too, since the others are compared with it. Bundled ones that the study does not have
        are added. All of the study's by default.
    seed : int, optional
        Takes the place of ``design.seed``.
    extensions : sequence of Extension or str
        Extensions to use, or the modules or files that hold them; their code is run. A study
        may name some, and none is loaded for that.

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
    file = at_hand(path)
    source, named = scan_study(file), NamedFiles(Path(file).parent, Path(file).name)
    read = _checked(source, named, "write `key: value` lines", overrides, orgs, seed, extensions)
    return read.changed_by(overrides)


def study_from(
    data: Mapping[str, Any] | Study,
    overrides: Sequence[str] = (),
    orgs: Sequence[str] | None = None,
    seed: int | None = None,
    folder: str | Path = ".",
    extensions: Sequence[Extension | str] = (),
) -> Study:
    """Make a study of plain data, with all the checks that a study file goes through.

    Parameters
    ----------
    data : dict or Study
        The keys of a study file. `enterprise` and the entries of `organisations` may be dicts,
        or names of files as in a study file. Tuples stand for lists, sections of another study
        for what they hold, numpy's numbers for their values.
    overrides, orgs, seed, extensions
        As for `load_study`.
    folder : str or Path
        Where named files lie; bundled ones are found from everywhere.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        With every problem, each at the path of its keys.
    MachineRefusal
        If the machine does not let a named file be read.
    """
    source, named = scan_data(data), NamedFiles(Path(folder))
    earlier = data.changes if isinstance(data, Study) else ()
    made = _checked(source, named, "give a dict", overrides, orgs, seed, extensions)
    return made.changed_by((*earlier, *overrides))


def _checked(
    source: Source,
    named: NamedFiles,
    remedy: str,
    overrides: Sequence[str],
    orgs: Sequence[str] | None,
    seed: int | None,
    extensions: Sequence[Extension | str],
) -> Study:
    """Include what a source names, lay options over it, and check all of it."""
    adopted = [adopt(each) for each in extensions]
    readable = source.root.sound
    if readable and not isinstance(source.root.value, dict):
        message = f"{shown(source.data)} stands where a study belongs"
        source.problems.append(problem_at(source, (), message, remedy))
        readable = False
    if not readable:
        raise StudyError(source.problems)
    files = [source.file, *named.include(source, orgs or ())]
    tie_names(source)
    apply_overrides(source, list(overrides))
    untie(source)
    if seed is not None:
        put_option(source, ("design", "seed"), seed, "--seed")
    named.check_log(source)
    validation = Validation(source)
    problems = [*source.problems, *validation.problems]
    problems += _unknown_orgs(validation, orgs or ())
    if problems or validation.study is None:
        raise StudyError(_in_order(problems, files))
    complaints = [
        *check_extensions(validation.study, adopted),
        *check_slice(validation.study),
        *check_budgets(validation.study),
    ]
    chosen = _selected(resolved(validation.study, adopted), orgs)
    names = [model.organisation for model in chosen.organisations]
    complaints = complaints or list(check_people(validation.study, names))
    if complaints:
        problems = [problem_at(source, *complaint) for complaint in complaints]
        raise StudyError(_in_order(problems, files))
    return chosen


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
            f"`{name}` is not an org model of this study, nor a bundled one",
            spelling_advice(name, [*names, *bundled_org_models()]),
        )
        for name in orgs
        if name not in names
    ]


def _in_order(problems: list[Problem], files: list[str]) -> list[Problem]:
    rank = {file: position for position, file in reversed(list(enumerate(files)))}
    # An org model that transitions name as well has its mistakes once.
    unique: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        place = (problem.file, problem.line, problem.column, problem.position)
        unique.setdefault((*place, problem.message), problem)
    return sorted(
        unique.values(),
        key=lambda p: (rank.get(p.file, len(files)), p.line or 0, p.column or 0, p.position),
    )
