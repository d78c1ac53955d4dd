"""What a command says: answers on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from pathlib import Path
from typing import Any

from analysis.commands.streams import is_reader_gone, lead_nowhere, refusal, remark
from sim.study.errors import MachineRefusal

# Whatever moves a cursor, colours, hides or turns round what stands beside it, or is no text at
# all: control and format signs, halves of signs, separators of lines, signs nobody has assigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def harmless(text: str) -> str:
    """Return a text in which every sign can be seen; names come from files and may hold anything.

    Line feeds stay, since answers are made of lines.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(sign if _is_seen(sign) else "?" for sign in text)


def _is_seen(sign: str) -> bool:
    return sign == "\n" or unicodedata.category(sign) not in _UNSEEN


def say(text: str) -> None:
    """Print an answer; a reader that has gone away (``| head``) ends the talk, not the work.

    Raises
    ------
    MachineRefusal
        If it cannot be written although somebody waits for it: a full disk, say.
    """
    try:
        print(harmless(text), flush=True)
    except OSError as error:
        # From here on stdout leads nowhere, so that closing it at exit cannot fail either.
        lead_nowhere(sys.stdout)
        if not is_reader_gone(error):
            raise MachineRefusal(refusal(error)) from error


def note(text: str) -> None:
    """Print a remark to stderr."""
    remark(harmless(text))


def say_object(value: Any) -> None:
    """Print one JSON object; numbers that do not exist become null."""
    text = json.dumps(json_ready(value), ensure_ascii=False, allow_nan=False)
    say("".join(sign if _is_seen(sign) else json.dumps(sign)[1:-1] for sign in text))


def say_results(folder: Path, as_json: bool) -> None:
    """Name the result folder: the last line of a command that writes."""
    (note if as_json else say)(f"results: {folder}")


def json_ready(value: Any) -> Any:
    """Return a value in the types JSON knows; numbers that do not exist become None."""
    if isinstance(value, dict):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if hasattr(value, "dtype"):  # a number of numpy's, which takes longer to load than all this
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
