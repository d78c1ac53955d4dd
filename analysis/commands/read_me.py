"""The short read-me inside a result folder: what was asked, what was changed, what lies there."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.commands.arguments import program
from analysis.comparing import labels_of
from analysis.comparison.remarks import designs
from sim.study.study import Study
from sim.study.tables import MEASURES

READ_ME = "README.txt"
LINE = 92
"""Signs of a line."""
FILES = {
    "numbers.csv": "all measures with labels, units and sensible decimals: open this one first",
    "results.xlsx": "the same as a workbook",
    "report.html": "the board pack as a page; `report` wrote it",
    "board.pptx": "the same as slides, with charts that can be changed",
    "comparison.csv": "the same in full: level, paired difference to the baseline, 95 % interval",
    "figures": "each figure as PNG and SVG, with the numbers it shows as CSV",
    "measures.parquet": "every measure, run by run",
    "customers.parquet": "each customer under each org model: who left and why, which needs were "
    "dropped where",
    "trace.json": "one customer's story under each org model, and how common such a story is",
    "events.parquet": "the event log of a run, also as CSV and XES for process mining",
    "ablations.csv": "what mechanisms make of the org models, switched off one at a time",
    "log_fit.csv": "the baseline beside the firm's own event log",
    "runs.csv": "the fate of every run",
    "runs": "finished runs: the same command goes on from them",
    "manifest.json": "everything needed to do it again: study, versions, seeds, failures",
}
"""What lies in a result folder, in the order of who reads it."""


def read_me(
    study: Study,
    folder: Path,
    answer: str,
    command: Sequence[str],
    footing: str,
    *,
    by_world: bool,
) -> str:
    """Return the text of the read-me.

    Parameters
    ----------
    study : Study
        What was run.
    folder : Path
        The result folder, with what was written into it.
    answer : str
        Who leads, in one sentence.
    command : sequence of str
        The command line, without the program.
    footing : str
        How many worlds or replicates are shown, in words.
    by_world : bool
        Whether intervals are over worlds rather than over replicates.
    """
    models = [
        f"  {label}{' (the baseline)' if name == study.baseline else ''}"
        for name, label in labels_of(study).items()
    ]
    changed = [f"  {each}" for each in study.changes] or ["  nothing: the study as its file has it"]
    return "\n".join(
        [
            *_block("WHAT WAS ASKED", _question(study, footing)),
            "Compared:", *models, "",
            *_block("WHAT WAS CHANGED (--set)", changed),
            *_block("THE ANSWER", [f"{answer}."]),
            *_block("HOW TO READ IT", [*_reading(study, by_world=by_world), *_designs(study)]),
            *_block("WHAT LIES HERE", _files(folder)),
            *_block("THE COMMAND THAT MADE IT", [f"{program()} {shlex.join(command)}"]),
        ]
    )  # fmt: skip


def _block(heading: str, lines: Iterable[str]) -> list[str]:
    return [heading, *lines, ""]


def _question(study: Study, footing: str) -> list[str]:
    """Return what the study asks, and of whom."""
    days = study.design.horizon_days
    return [
        study.description or f"Study {study.study}: which org model serves its customers best?",
        f"Enterprise {study.enterprise.enterprise}, {study.market.customers:,} customers, "
        f"{days} working days after {study.design.warm_up_days} of warm-up, {footing}, "
        f"seed {study.design.seed}.",
        f"What decides is {MEASURES[study.headline].label.lower()}.",
    ]


def _reading(study: Study, *, by_world: bool) -> list[str]:
    rests = [
        "is no clear winner. A world is one draw of all that is assumed of the firm, with luck",
        "of its own; so few of them name no winner, which the command `worlds` does.",
    ] if by_world else [
        "is no clear winner. All of it holds for this firm at one point of the assumptions:",
        "P(best by luck) says nothing of what is unknown.",
    ]  # fmt: skip
    return [
        "Every org model has the same customers, needs and luck, so differences are taken inside",
        f"a {'world' if by_world else 'replicate'}. An org model leads only where it is ahead of "
        "every other one by more than",
        "luck (the 95 % interval leaves out zero) and by more than one head is worth; else there",
        *rests,
        "A need is dropped, a customer leaves, a case is lost between functions.",
    ] + (
        ["UNEQUAL BUDGETS: a difference may come from spending more or less."]
        if study.budget == "unequal"
        else []
    )


def _designs(study: Study) -> list[str]:
    return [line for said in designs(study) for line in textwrap.wrap(said, LINE)]


def _files(folder: Path) -> list[str]:
    """Return what is there, a line each."""
    there = {name: what for name, what in FILES.items() if (folder / name).exists()}
    return [f"  {name:<18} {what}" for name, what in there.items()]
