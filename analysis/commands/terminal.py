"""What a command says: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np


def say(text: str) -> None:
    """Print an answer; a reader that has gone away (``| head``) ends the talk, not the work."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # From here on stdout leads nowhere, so that closing it at exit cannot fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Print a remark to stderr."""
    print(text, file=sys.stderr, flush=True)


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
