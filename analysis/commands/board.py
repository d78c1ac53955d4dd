"""``compare --board``: after the comparison, all that the pages of the board pack need.

Each is a command of its own with a folder of its own, so whoever is interrupted says the same
again and goes on; what one has run no other runs again.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.commands.arguments import parse
from analysis.commands.experiment import result_study, study_file
from analysis.commands.terminal import note, say
from analysis.comparing import labels_of
from analysis.comparison.wording import units_of
from analysis.load import load_result
from analysis.report.sources import CUT, Compared
from sim.keeping.files import write_text
from sim.keeping.plain_files import plain_content
from sim.study.errors import Problem, StudyError
from sim.study.study import Study

_MARK = "# Written by `compare --board`, and written over by it."
_LARGEST_STUDY = 1 << 22
_EMPLOYEES = "30,100,300,1000"
_FEW = 4
"""Replicates at each size: enough for an interval, and ten times as fast as all sizes in full."""
_WORLDS_OF_LEVERS = 8


@dataclass(frozen=True)
class _Step:
    """One command of the pack, and the question that it answers."""

    question: str
    words: tuple[str, ...]


def check_board(options: argparse.Namespace) -> None:
    """Refuse what makes no sense with ``--board``, before anything is run.

    Raises
    ------
    StudyError
        If one object is wanted on stdout: this is many answers.
    """
    if options.board and options.json:
        message = "`--board` writes many answers, and `--json` is one object on stdout"
        remedy = "leave one of them out; each answer lies as JSON in its folder"
        raise StudyError([Problem("--board --json", None, None, "", message, remedy)])


def run_pages(
    study: Study, folder: Path, options: argparse.Namespace, execute: Callable[[Any], int]
) -> int:
    """Run all that the pages need, one command after the other, and write the pack.

    Parameters
    ----------
    study : Study
    folder : Path
        Of the comparison.
    options : argparse.Namespace
        Of ``compare``.
    execute : callable
        Answers a command line that was understood; returns its exit code.

    Returns
    -------
    int
        The first exit code that is not 0, else 0.
    """
    compared = Compared(load_result(folder), result_study(folder, options.extension))
    steps = _steps(study, compared, options)
    worst = 0
    for number, step in enumerate(steps, start=1):
        if not options.quiet:
            note(f"Board pack, {number} of {len(steps)}: {step.question}")
        say(f"\n== {step.question}")
        code = execute(parse(step.words))
        worst = worst or code
    return worst


def _steps(study: Study, compared: Compared, options: argparse.Namespace) -> list[_Step]:
    base, quiet = study.baseline, ["--quiet"] if options.quiet else []
    best = next((org for org in compared.lead.order if org != base), "")
    file = study_file(options.study)
    asked = [file, *_changes(options)]
    shared = _shared(options)
    budget = ["--set", f"budget_change={study.budget_change - CUT:g}"]
    steps = [_Step("How sure, over all that is assumed?", ("worlds", *asked, *shared))]
    if best:
        between = ["--from", base, "--to", best, "--worlds", str(_WORLDS_OF_LEVERS)]
        steps.append(_Step("What drives it?", ("levers", *asked, *between, *shared)))
    sizes = ["--employees", _EMPLOYEES, "--replicates", str(_FEW)]
    steps.append(_Step("At what size does it flip?", ("sizes", *asked, *sizes, *shared)))
    alike = _as_compared(compared)
    cut = ("compare", *asked, *budget, *alike, *shared)
    steps.append(_Step("What if the budget is cut?", cut))
    for question, derived in _derived(study, best):
        written = _written(derived, Path(options.out))
        words = ("compare", str(written), *alike, *_loaded(options), *shared)
        steps.append(_Step(question, words))
    story = ("trace", str(compared.result.folder), *_loaded(options), "--out", options.out)
    steps.append(_Step("What happened to one customer?", (*story, *quiet)))
    report = ("report", str(compared.result.folder), *_loaded(options), "--out", options.out)
    return [*steps, _Step("The pack", (*report, *quiet))]


def _as_compared(compared: Compared) -> list[str]:
    """Return how often another study is run, so that it can be held against the comparison."""
    number, unit = units_of(compared.overall)
    if unit.startswith("world"):
        return ["--worlds", str(number)]
    return ["--worlds", "0", "--replicates", str(number)]


def _changes(options: argparse.Namespace) -> list[str]:
    """Return the options by which the study was changed, as they were typed."""
    words = [word for change in options.set for word in ("--set", change)]
    words += ["--seed", str(options.seed)] if options.seed is not None else []
    words += ["--orgs", ",".join(options.orgs)] if options.orgs else []
    return [*words, *_loaded(options)]


def _loaded(options: argparse.Namespace) -> list[str]:
    return [word for module in options.extension for word in ("--extension", module)]


def _shared(options: argparse.Namespace) -> list[str]:
    """Return the options on where and how, which every command takes."""
    words = ["--out", options.out, "--csv-decimal", options.csv_decimal]
    words += ["--jobs", str(options.jobs)] if options.jobs is not None else []
    words += ["--cluster", options.cluster] if options.cluster is not None else []
    words += ["--quiet"] * options.quiet + ["--no-figures"] * options.no_figures
    return words


def _derived(study: Study, best: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the studies that no option can say: a change, and a platform under the baseline."""
    base = study.baseline
    plans = {
        plan.organisation: plan.model_dump(mode="json", exclude_defaults=True)
        for plan in study.organisations
    }
    labels = labels_of(study)
    found = []
    if best and not any("transition" in plans[each] for each in (base, best)):
        changing = {
            "organisation": _name(base, best),
            "label": f"{labels[base]}, becoming {labels[best]}",
            "transition": {"from": base, "to": best, "at_week": 0},
        }
        about = _study_of(study, "change", [plans[base], plans[best], changing])
        found.append(("What does the change itself cost?", about))
    technology = plans[base].get("technology", {})
    if "transition" not in plans[base]:
        with_it = {
            **plans[base],
            "organisation": _name(base, "platform"),
            "label": f"{labels[base]} with a platform",
            "technology": {**technology, "record": "shared", "level": 1},
        }
        others = [plans[best]] if best else []
        about = _study_of(study, "platform", [plans[base], with_it, *others])
        found.append(("What of staying as we are, with a platform?", about))
    return found


def _written(derived: dict[str, Any], out: Path) -> Path:
    """Write a study beside the results; a file of that name that is somebody's own stays."""
    name = str(derived["study"])
    text = f"{_MARK}\n{yaml.safe_dump(derived, sort_keys=False, allow_unicode=True)}"
    places = (out / f"{name}{ending}.yaml" for ending in ("", *map("-{}".format, range(2, 100))))
    for place in places:
        if _is_ours(place):
            return write_text(place, text)
    message = f"there are 99 files called {name}.yaml, {name}-2.yaml and so on already"
    remedy = "choose another place with --out DIR"
    raise StudyError([Problem(str(out), None, None, "", message, remedy)])


def _is_ours(place: Path) -> bool:
    """Tell whether a study may be written there: nothing is, or what this command wrote."""
    try:
        return plain_content(place, _LARGEST_STUDY).startswith(_MARK.encode())
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False


def _name(first: str, second: str) -> str:
    """Return a name for an org model made of two."""
    return re.sub(r"[^a-z0-9_-]", "-", f"{first[:18]}-{second[:18]}".lower())


def _study_of(study: Study, suffix: str, organisations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a study of the same firm with other org models, as a study file holds it."""
    text = study.model_dump(mode="json", exclude_defaults=True, exclude={"ablations"})
    return {
        **text,
        "study": f"{study.study}-{suffix}",
        "organisations": list(organisations),
        "baseline": study.baseline,
    }
