"""The figure of a regime map: who is best in each box of two quantities."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.comparison.wording import in_display_unit
from analysis.evidence.regime_words import map_rows, map_sentence, quantity_words
from analysis.evidence.regimes import MapBox, RegimeMap
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing
from analysis.figures.lettering import drawable
from analysis.figures.style import LABELS, MARGIN, MUTED, WIDTH, Sheet
from sim.study.tables import MEASURES

_ROW, _LEAST, _AXIS = 0.62, 1.4, 0.75
_CLEAR, _UNCLEAR = 0.55, 0.18


def draw_regimes(
    found: RegimeMap, measure: str, labels: dict[str, str], footnote: str
) -> Drawing | None:
    """Draw a box for each pair of bands: who is best, by how much, in how many firms."""
    if not found.leaders:
        return None
    height = max(_LEAST, _ROW * len(found.rows))
    unit = "% points" if MEASURES[measure].display == "percent" else MEASURES[measure].unit
    notes = [
        f"Each box: the org model with the best mean {MEASURES[measure].label.lower()}, by how "
        f"much it is ahead of the second ({unit}), and how many firms the box holds. Strong: by "
        "more than one head is worth, clear of chance in all boxes at once (Student t, "
        "Bonferroni); pale: not clear. Every firm is also a world: all else that is assumed "
        "differs as well.",
        footnote,
    ]
    drawn = style.sheet(map_sentence(found, labels), notes, _AXIS + height + 0.3)
    width = WIDTH - 2 * MARGIN - LABELS
    axes = drawn.axes(MARGIN + LABELS, _AXIS, width, height)
    axes.set_xlim(0, len(found.columns))
    axes.set_ylim(0, len(found.rows))
    axes.set_yticks([])
    axes.set_xticks([place + 0.5 for place in range(len(found.columns))], found.columns)
    axes.spines[["bottom"]].set_visible(False)
    axes.set_xlabel(drawable(quantity_words(found.across)), fontsize=8)
    palette = colours(list(labels))
    for box in found.boxes:
        place = (found.columns.index(box.across), found.rows.index(box.down))
        _draw_box(axes, box, place, palette, labels, measure)
    _write_rows(drawn, found, height)
    return Drawing(drawn, pd.DataFrame(map_rows(found)))


def _draw_box(
    axes: Axes,
    box: MapBox,
    place: tuple[int, int],
    palette: dict[str, str],
    labels: dict[str, str],
    measure: str,
) -> None:
    x, y = place
    colour = palette[box.leader] if box.leader else "white"
    alpha = _CLEAR if box.clear else _UNCLEAR
    axes.add_patch(Rectangle((x + 0.01, y + 0.03), 0.98, 0.94, color=colour, alpha=alpha, lw=0))
    if not box.leader:
        axes.text(x + 0.5, y + 0.5, "no firm", ha="center", va="center", fontsize=7.5, color=MUTED)
        return
    spec = MEASURES[measure]
    lead = f"+{in_display_unit(spec, box.lead):.{spec.decimals + 1}f}"
    firms = f"{box.n_firms} firm{'' if box.n_firms == 1 else 's'}"
    name = style.wrap(labels[box.leader], 2.4, 9, "bold", most=1)[0]
    weight = "bold" if box.clear else "normal"
    axes.text(x + 0.5, y + 0.62, name, ha="center", va="center", fontsize=9, fontweight=weight)
    axes.text(x + 0.5, y + 0.3, f"{lead}, {firms}", ha="center", va="center", fontsize=7.5)


def _write_rows(drawn: Sheet, found: RegimeMap, height: float) -> None:
    """Write the bands of what lies down beside their rows, and what it is below them."""
    for place, row in enumerate(found.rows):
        middle = _AXIS + (place + 0.5) * height / len(found.rows)
        line = style.wrap(drawable(row), LABELS - 0.2, 8.5, "normal", most=1)[0]
        drawn.text(MARGIN + LABELS - 0.12, middle, line, 8.5, va="center", ha="right")
    lines = style.wrap(drawable(quantity_words(found.down)), LABELS - 0.2, 8.0, "normal", most=4)
    for place, line in enumerate(lines):
        drawn.text(MARGIN, _AXIS - 0.2 - 0.14 * place, line, 8.0, color=MUTED)
