"""How wide a line of text is, and where it breaks; lengths in inches, sizes in points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from analysis.figures.lettering import FONT

_families: ContextVar[tuple[str, ...]] = ContextVar("families", default=(FONT,))


@contextmanager
def measured_in(families: tuple[str, ...]) -> Iterator[None]:
    """Measure text as it is drawn: in these fonts, the first that has a letter."""
    before = _families.set(families)
    try:
        yield
    finally:
        _families.reset(before)


@cache
def _ruler() -> RendererAgg:
    """Return a renderer that measures text in points; made once, for it is dear to make."""
    return FigureCanvasAgg(Figure(dpi=72)).get_renderer()


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in inches."""
    return _width(text, size, weight, _families.get())


@lru_cache(4096)
def _width(text: str, size: float, weight: str, families: tuple[str, ...]) -> float:
    font = FontProperties(family=families, size=size, weight=weight)
    width, _, _ = _ruler().get_text_width_height_descent(text, font, ismath=False)
    return width / 72


def wrap(text: str, width: float, size: float, weight: str = "normal", most: int = 99) -> list[str]:
    """Break a text into at most `most` lines of `width` inches; what is left out ends in …."""
    lines: list[str] = []
    space = text_width("a a", size, weight) - text_width("aa", size, weight)
    taken = 0.0  # by the last line; words are measured, lines are not: there are fewer words
    for word in text.split():
        pieces = [word]
        while text_width(pieces[-1], size, weight) > width and len(pieces[-1]) > 1:
            whole = pieces.pop()
            fits = max(1, math.floor(len(whole) * width / text_width(whole, size, weight)) - 1)
            pieces += [whole[:fits], whole[fits:]]
        for place, piece in enumerate(pieces):
            longer = taken + space + text_width(piece, size, weight)
            if lines and place == 0 and longer <= width:
                lines[-1], taken = f"{lines[-1]} {piece}", longer
            else:
                lines.append(piece)
                taken = text_width(piece, size, weight)
    if len(lines) > most:
        lines = lines[:most]
        while lines[-1] and text_width(lines[-1] + "…", size, weight) > width:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"
    return lines


def wrap_evenly(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break a text into as few lines of `width` inches as it takes, all about as long."""
    fewest = len(wrap(text, width, size, weight))
    widest_word = max((text_width(word, size, weight) for word in text.split()), default=0.0)
    too_narrow, enough = min(widest_word, width), width
    for _ in range(6):  # to a hundredth of the width
        middle = (too_narrow + enough) / 2
        if len(wrap(text, middle, size, weight)) > fewest:
            too_narrow = middle
        else:
            enough = middle
    return wrap(text, enough, size, weight)
