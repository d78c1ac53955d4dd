"""Which letters can be drawn, and what is written instead of those that cannot.

Figures are set in one font that comes with the program. For a label in another script the fonts
of the machine are asked; what none of them has is spelled out, so that nothing is an empty box.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

FONT = "DejaVu Sans"
REMARK = "No font on this machine has some of the signs in labels: they are spelled out."
_PLACEHOLDERS = "Last Resort"
"""Fonts that have a box for every sign there is."""
_JOINING = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f]")
"""Signs that only join others or choose between their forms."""
_SYLLABLE = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?(\w+)$|HANGUL SYLLABLE (\w+)$")


@contextmanager
def unremarked() -> Iterator[None]:
    """Keep matplotlib from remarking on a family that has no bold letters."""
    remarks = logging.getLogger("matplotlib.font_manager")
    before = remarks.level
    remarks.setLevel(logging.ERROR)
    try:
        yield
    finally:
        remarks.setLevel(before)


@cache
def _signs_of(path: str) -> frozenset[int]:
    """Return the signs that a font has outlines of; none if it cannot be read."""
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(font.get_charmap()) if font.scalable else frozenset()


@cache
def _signs_in(family: str) -> frozenset[int]:
    """Return the signs that a family has both in plain and in bold letters."""
    with unremarked():
        files = {
            fontManager.findfont(
                FontProperties(family=[family], weight=weight), fallback_to_default=False
            )
            for weight in ("normal", "bold")
        }
    return frozenset.intersection(*(_signs_of(str(file)) for file in files))


@cache
def _others() -> tuple[str, ...]:
    """Return the other families of the machine, in the order of their names."""
    names = {entry.name for entry in fontManager.ttflist if entry.style == "normal"}
    return tuple(sorted(n for n in names if n != FONT and _PLACEHOLDERS not in n))


def families_for(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the font of the figures, and those of the machine that have what it lacks."""
    lacking = {ord(sign) for text in texts for sign in text} - _signs_in(FONT)
    families = [FONT]
    for family in _others() if lacking else ():
        had = lacking & _signs_in(family)
        if had:
            lacking -= had
            families.append(family)
    return tuple(families)


def drawable(text: str) -> str:
    """Return a text with everything that no font has spelled out."""
    had = frozenset[int]().union(*(_signs_in(family) for family in families_for([text])))
    if all(ord(sign) in had for sign in text):
        return text
    pieces = [sign if ord(sign) in had else _spelled(sign) for sign in _JOINING.sub("", text)]
    spelled = "".join(pieces).replace("][", " ")
    return " ".join(re.sub(r"(\[[^]]*\])", r" \1 ", spelled).split())


def _spelled(sign: str) -> str:
    """Return a sign in plain letters: its usual form's, its base letter, or what `_named` says."""
    usual = unicodedata.normalize("NFKC", sign)
    if usual != sign:  # of half width, in a circle or the like
        return "".join(_spelled(each) for each in usual)
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode().strip()
    return plain or _named(sign)


def _named(sign: str) -> str:
    """Return a sign's syllable, its name if it is a symbol, else its number."""
    name, kind = unicodedata.name(sign, ""), unicodedata.category(sign)
    if found := _SYLLABLE.match(name):
        return (found[1] or found[2]).lower()
    if name.startswith("REGIONAL INDICATOR"):  # two of them make a flag
        return name[-1]
    if kind == "Lm" or kind.startswith("M"):  # lengthens, repeats or marks the letter before it
        return "-" if kind == "Lm" else ""
    return f"[{name.lower()}]" if name and kind.startswith("S") else f"[U+{ord(sign):04X}]"


def spread(ends: Iterable[float], gap: float, high: float) -> list[float]:
    """Return where names stand, in order: as near to the ends of their lines as a gap permits.

    Squares of the distances are least (pool adjacent violators), unless the last one would stand
    above `high`: then all stand lower.
    """
    # Of neighbours that would stand too close: mean of end less gaps below it, and their number.
    groups: list[tuple[float, int]] = []
    for place, end in enumerate(sorted(ends)):
        mean, number = end - place * gap, 1
        while groups and groups[-1][0] > mean:
            earlier, more = groups.pop()
            mean, number = (mean * number + earlier * more) / (number + more), number + more
        groups.append((mean, number))
    levels = [mean for mean, number in groups for _ in range(number)]
    places = [level + place * gap for place, level in enumerate(levels)]
    over = max(0.0, places[-1] - high) if places else 0.0
    return [place - over for place in places]
