"""Words of a log, harmless on a page or in a file of ours."""

from __future__ import annotations


def on_one_line(text: str) -> str:
    """Return a text from a log for a comment: on one line, printable, not too long."""
    cut = text if len(text) <= 120 else f"{text[:119]}…"
    return "".join(sign if sign.isprintable() else "?" for sign in cut)
