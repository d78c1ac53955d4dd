"""What would change an answer: from the last ``worlds`` run of the same study, if there is one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.evidence.explained_words import named
from sim.keeping.manifest import study_hash
from sim.study.study import Study

ANSWER = "worlds.json"
"""The file that ``worlds`` leaves its answer in."""
OF_STUDY = "of_study"
"""The key in it that tells which study was asked about."""
UNKNOWN = "What would change this answer: unknown; run `worlds`."
_MOST = 3
_LARGEST_FILE = 1 << 24


def what_would_change(study: Study, out: Path) -> str:
    """Return in one line what would change the answer to a study, as far as is known.

    Parameters
    ----------
    study : Study
    out : Path
        Parent of the result folders.
    """
    found = _last_answer(study, out)
    told = found.get("would_change") if found else None
    try:
        if found is None or told is None:
            return UNKNOWN
        strongest = [named(str(row["parameter"])) for row in told["strongest"][:_MOST]]
        moved = f" What moves the lead most: {'; '.join(strongest)}." if strongest else ""
        return f"What would change this answer, by {found['worlds']} worlds: {told['flips']}{moved}"
    except (KeyError, TypeError, AttributeError):
        return UNKNOWN  # made by another version of the program


def _last_answer(study: Study, out: Path) -> dict[str, Any] | None:
    """Return the newest answer over worlds to the same study."""
    wanted, answers = study_hash(study), []
    for file in sorted(out.glob(f"*/{ANSWER}")):
        try:
            if file.stat().st_size > _LARGEST_FILE:
                continue
            answer = json.loads(file.read_text(encoding="utf-8"))
            made = file.stat().st_mtime_ns
        except (OSError, ValueError):
            continue
        if isinstance(answer, dict) and answer.get(OF_STUDY) == wanted:
            answers.append((made, answer))
    return max(answers, key=lambda each: each[0])[1] if answers else None
