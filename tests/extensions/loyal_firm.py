"""A compact firm that negotiates, and may have the loyalty scheme of ``docs/loyalty.py``."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from program import ROOT, Answer
from studies import DESIGN, EVENTFUL, MARKET, PLAIN, peer_enterprise

import sim
from sim.study.study import Study

LOYALTY = str(ROOT / "docs" / "loyalty.py")


def loyal(generosity: object, **other: object) -> dict[str, Any]:
    """Return what an org model says of the scheme."""
    return {"extensions": {"loyalty": {"generosity": generosity, **other}}}


def firm(*levers: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Return a study as plain data, an org model for each bundle of levers: org0 and on."""
    models = [
        {"organisation": f"org{place}"} | each for place, each in enumerate(levers or (PLAIN,))
    ]
    given = {
        "study": "loyal",
        "enterprise": peer_enterprise(),
        "market": MARKET,
        "organisations": models,
        "baseline": models[0]["organisation"],
        "design": DESIGN,
        "parameters": EVENTFUL,
    }
    return copy.deepcopy(given | keys)


def loaded(*levers: dict[str, Any], extensions: Sequence[Any] = (LOYALTY,), **keys: Any) -> Study:
    """Return a study, checked, with the scheme in use."""
    return sim.study_from(firm(*levers, **keys), extensions=extensions)


def written(folder: Path, *levers: dict[str, Any], **keys: Any) -> Path:
    """Write a study into a folder; JSON is YAML."""
    file = folder / "loyal.yaml"
    file.write_text(json.dumps(firm(*levers, **keys), indent=1), encoding="utf-8")
    return file


def refused(answer: Answer) -> str:
    """Return the words of a refusal, which is no error of the program."""
    assert answer.returncode == 2, answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    return answer.stderr
