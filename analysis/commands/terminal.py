"""What a command says: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from analysis.commands.streams import is_reader_gone, lead_nowhere, refusal, remark
from sim.study.errors import MachineRefusal


def say(text: str) -> None:
    """Print an answer; a reader that has gone away (``| head``) ends the talk, not the work.

    Raises
    ------
    MachineRefusal
        If it cannot be written although somebody waits for it: a full disk, say.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # From here on stdout leads nowhere, so that closing it at exit cannot fail either.
        lead_nowhere(sys.stdout)
        if not is_reader_gone(error):
            raise MachineRefusal(refusal(error)) from error


def note(text: str) -> None:
    """Print a remark to stderr."""
    remark(text)


def say_object(value: Any) -> None:
    """Print one JSON object; numbers that do not exist become null."""
    say(json.dumps(_json_ready(value), ensure_ascii=False, allow_nan=False))


def say_results(folder: Path, as_json: bool) -> None:
    """Name the result folder: the last line of a command that writes."""
    (note if as_json else say)(f"results: {folder}")


def _json_ready(value: Any) -> Any:
    """Return `value` in the types JSON knows."""
    if isinstance(value, dict):
        return {str(key): _json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
