"""How causes of drop-offs look: greys with hatches, so that none is mistaken for an org model.

Neighbours in the order of display differ in lightness, and whatever is of like lightness differs
in its hatch: causes can be told apart in colour, in grey, and in a narrow bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.patches import Rectangle

from analysis.figures.measuring import text_width
from analysis.figures.style import INK, MARGIN, MUTED, WIDTH, Sheet
from sim.study.tables import CAUSE_WORDS


@dataclass(frozen=True)
class Look:
    """How a cause is filled.

    Attributes
    ----------
    fill, lines : str
        Colour of the area, and of the hatch and the edge.
    hatch : str
        As matplotlib writes it; empty for none.
    """

    fill: str
    lines: str
    hatch: str


_DARK, _LIGHT = "#ffffff", INK
LOOKS = (
    Look("#1f1f1f", _DARK, ""),
    Look("#b0b0b0", _LIGHT, ""),
    Look("#f4f4f4", _LIGHT, "/////"),
    Look("#474747", _DARK, "..."),
    Look("#ffffff", _LIGHT, ""),
    Look("#4a4a4a", _DARK, "\\\\\\\\\\"),
    Look("#f0f0f0", _LIGHT, "|||"),
)
"""Of the causes that the output contract knows, in its order."""
_SPARE = (
    Look("#8a8a8a", _DARK, "-----"),
    Look("#e2e2e2", _LIGHT, "+++++"),
    Look("#707070", _DARK, "ooo"),
)
"""Of causes that an extension adds."""
_PATCH, _LINE, _SIZE = 0.24, 0.24, 8.5
_OPENING = "Dropped because:"


def in_order(causes: set[str]) -> list[str]:
    """Return the causes that the output contract knows in its order, then any others."""
    return [cause for cause in CAUSE_WORDS if cause in causes] + sorted(causes - set(CAUSE_WORDS))


def words_for(cause: str) -> str:
    """Return a cause as a board reads it."""
    return CAUSE_WORDS.get(cause, cause.replace("_", " "))


def looks(causes: Sequence[str]) -> dict[str, Look]:
    """Return how each cause looks, known causes always the same."""
    known = dict(zip(CAUSE_WORDS, LOOKS, strict=True))
    others = [cause for cause in causes if cause not in known]
    spare = {cause: _SPARE[place % len(_SPARE)] for place, cause in enumerate(others)}
    return {cause: known.get(cause) or spare[cause] for cause in causes}


def key_height(causes: Sequence[str]) -> float:
    """Return the height of the key that `write_key` writes."""
    return _LINE * len(_key_lines(causes))


def _key_lines(causes: Sequence[str]) -> list[list[str]]:
    """Return the causes line by line."""
    begin = MARGIN + text_width(_OPENING, _SIZE) + 0.2
    lines: list[list[str]] = [[]]
    left = begin
    for cause in causes:
        if left + _entry_width(cause) > WIDTH - MARGIN and lines[-1]:
            lines.append([])
            left = begin
        lines[-1].append(cause)
        left += _entry_width(cause)
    return lines


def _entry_width(cause: str) -> float:
    return _PATCH + 0.08 + text_width(words_for(cause), _SIZE) + 0.22


def write_key(drawn: Sheet, causes: Sequence[str], top: float) -> None:
    """Write the causes, each behind a patch that looks as its bars do."""
    look = looks(causes)
    begin = MARGIN + text_width(_OPENING, _SIZE) + 0.2
    drawn.text(MARGIN, top - _LINE, _OPENING, _SIZE, color=MUTED)
    for number, line in enumerate(_key_lines(causes)):
        left, bottom = begin, top - (number + 1) * _LINE
        for cause in line:
            _patch(drawn, left, bottom, look[cause])
            drawn.text(left + _PATCH + 0.08, bottom, words_for(cause), _SIZE)
            left += _entry_width(cause)


def _patch(drawn: Sheet, left: float, bottom: float, look: Look) -> None:
    """Draw one patch of the key; inches within the body of the sheet."""
    height = drawn.figure.get_figheight()
    drawn.figure.add_artist(
        Rectangle(
            (left / WIDTH, (drawn.bottom + bottom - 0.03) / height), _PATCH / WIDTH, 0.16 / height,
            transform=drawn.figure.transFigure, facecolor=look.fill, edgecolor=look.lines,
            hatch=look.hatch or None, linewidth=0.5,
        )
    )  # fmt: skip
