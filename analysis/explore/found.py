"""What other commands found out about a window's question, as far as it lies among the results."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.comparison.wording import in_display_unit
from analysis.explore.states import AskedPair, WindowState
from analysis.report.sources import firm_asked, manifests_in, read_answer
from sim.study.errors import ResultFolderError
from sim.study.study import Study
from sim.study.tables import MEASURES

_LEVERS, _WORLDS = "levers.json", "worlds.json"
_MOST_ROWS = 8
_NOT_THE_FIRM = ("compared_with", "patterns", "headline", "budget")
_NAMES = ("organisation", "label")


def evidence_for(
    asked: AskedPair, state: WindowState, out: Path, given: str, program: str
) -> dict[str, Any]:
    """Return the waterfall and the tornado of a question; of each that is not there, its command.

    Parameters
    ----------
    out : Path
        Parent of the result folders.
    given, program : str
        The study file of the command line, and the word that starts the program.
    """
    study, plain = asked.study, asked.study.model_dump(mode="json")
    file = shlex.quote(_file(state, study, given))
    first, second = asked.names
    levers = _newest(out, _LEVERS, lambda told, theirs: _same_levers(told, theirs, plain))
    worlds = _newest(out, _WORLDS, lambda told, theirs: _same_models(theirs, plain))
    changed = state.changes or state.firm.kind == "text"
    saved = " Save the study first." if changed else ""
    command = f"{program} levers {file} --from {shlex.quote(first)} --to {shlex.quote(second)}"
    return {
        "levers": _waterfall(levers) if levers else {
            "said": f"Which levers carry the difference takes many runs; this makes it.{saved}",
            "command": command,
        },
        "worlds": _tornado(worlds) if worlds else {
            "said": "What would move the lead, over all that is assumed, takes hundreds of runs; "
            f"this makes it.{saved}",
            "command": f"{program} worlds {file}",
        },
    }  # fmt: skip


def _file(state: WindowState, study: Study, given: str) -> str:
    """Return the study's file as a command line names it; the one to be saved if it was changed."""
    if state.changes or state.firm.kind == "text":
        return f"{study.study}.yaml"
    if state.firm.kind == "bundled" and state.firm.name != "subscription":
        return f"scenarios/firms/{state.firm.name}.yaml"
    return given if state.firm.kind == "given" else "scenarios/board.yaml"


def _newest(
    out: Path, file: str, fits: Callable[[dict[str, Any], dict[str, Any]], bool]
) -> dict[str, Any] | None:
    """Return the latest answer of a kind that fits; None if there is none."""
    best: tuple[str, dict[str, Any]] | None = None
    for begun, told, theirs in _answers(out, file):
        if fits(told, theirs) and (best is None or begun > best[0]):
            best = begun, told
    return None if best is None else best[1]


def _answers(out: Path, file: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    if not out.is_dir():
        return
    there = [folder for folder in sorted(out.iterdir()) if (folder / file).is_file()]
    for folder, written in manifests_in(there):
        theirs = written.get("study_as_resolved")
        if not isinstance(theirs, dict):
            continue
        try:
            yield str(written.get("started", "")), read_answer(folder / file), theirs
        except ResultFolderError:
            continue


def _firm(study: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in firm_asked(study).items() if key not in _NOT_THE_FIRM}


def _models(study: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the levers of a study's org models by name: what they are called is left out."""
    return {
        str(each["organisation"]): {k: v for k, v in each.items() if k not in _NAMES}
        for each in study["organisations"]
    }


def _same_models(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Return whether the firm is the same, and both of our org models are among theirs."""
    if _firm(theirs) != _firm(ours):
        return False
    there = list(_models(theirs).values())
    return all(each in there for each in _models(ours).values())


def _same_levers(
    told: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]
) -> bool:
    """Return whether an answer is about the way from our first org model to our second."""
    if _firm(theirs) != _firm(ours):
        return False
    there, (first, second) = _models(theirs), _models(ours).values()
    return there.get(str(told.get("from"))) == first and there.get(str(told.get("to"))) == second


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _waterfall(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bars from one org model's level to the other's, group by group."""
    spec = MEASURES[told["measure"]]
    rows: list[dict[str, Any]] = []
    at = 0.0
    parts = sorted(told["groups"], key=lambda row: -abs(_real(row["term"])))[:_MOST_ROWS]
    for row in parts:
        size = in_display_unit(spec, _real(row["term"]))
        low, high = (in_display_unit(spec, _real(row[end])) for end in ("low", "high"))
        said = f"{row['label']}: {size:+.2f} ({low:+.2f} to {high:+.2f}); {row['changes']}"
        rows.append({"label": str(row["label"]), "from": at, "to": at + size, "said": said})
        at += size
    whole = in_display_unit(spec, _real(told["difference"]["mean"]))
    rows.append({"label": "All together", "from": 0.0, "to": whole, "level": True,
                 "said": f"{whole:+.2f}"})  # fmt: skip
    unit = "points" if spec.display == "percent" else spec.unit
    return {"said": f"{told['answer']}.", "unit": f"{spec.label}, {unit}", "rows": rows}


def _tornado(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return by how much the lead moves from the lowest to the highest values of an assumption."""
    moved = told.get("would_change") or {}
    spec = MEASURES[told["headline"]]
    labels = told.get("labels", {})
    rows = [
        {
            "label": str(row["parameter"]).replace("_", " "),
            "low": in_display_unit(spec, _real(row["low_mean"])),
            "high": in_display_unit(spec, _real(row["high_mean"])),
            "said": f"{row['parameter']}: {_real(row['low_mean']):.2f} where it is low, "
            f"{_real(row['high_mean']):.2f} where it is high",
        }
        for row in list(moved.get("strongest", ()))[:_MOST_ROWS]
    ]
    if not rows:
        return {"said": f"{told['answer']}.", "command": "worlds with more worlds"}
    first, second = (labels.get(moved.get(k), moved.get(k)) for k in ("lead_of", "lead_over"))
    unit = f"lead of {first} over {second}, {spec.label.lower()}"
    return {"said": f"{told['answer']}.", "unit": unit, "rows": rows}
