"""The figure of all verdicts: each effect with its interval, in units of what would matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from analysis.evidence.claims_told import counted, in_smallest, measure_words, unit_of_claim
from analysis.evidence.verdicts import (
    CONDITIONAL,
    CONTRARY,
    SUPPORTED,
    UNDETERMINED,
    Verdict,
)
from analysis.figures import style
from analysis.figures.colour import readable
from analysis.figures.figure import Drawing
from analysis.figures.lettering import drawable, families_for
from analysis.figures.style import MARGIN, MUTED, RULE, WIDTH

_NAME = "claims"
COLOURS = {
    SUPPORTED: "#0072B2",
    CONDITIONAL: "#E69F00",
    UNDETERMINED: "#8c8c8c",
    CONTRARY: "#D55E00",
}
"""One colour a verdict; each is written out as well."""
MOST = 6.0
"""Times the smallest effect at which the axis ends; what lies beyond is an arrow."""
_ROW, _AXIS, _HEADING = 0.27, 0.55, 0.35
_SAYS, _VERDICT = 4.7, 1.15
_MEASURE = 1.55


def claims_files() -> list[str]:
    """Return the names of the files that `write_claims` writes."""
    return [f"{_NAME}.{kind}" for kind in style.FILE_KINDS]


def write_claims(
    folder: Path, found: Sequence[Verdict], worlds: str, footnote: str, caveat: str
) -> list[Path]:
    """Write the figure as PNG and SVG, and the numbers that it shows as CSV."""
    words = [drawable(each.claim.says) for each in found]
    with style.settings(caveat, families_for([*words, footnote])):
        drawing = draw_claims(found, worlds, drawable(footnote))
        return style.save(drawing.sheet, folder, _NAME, drawing.table)


def draw_claims(found: Sequence[Verdict], worlds: str, footnote: str) -> Drawing:
    """Draw every claim as a row: its effect as claimed to the right, and its verdict."""
    notes = [
        "Effect over worlds with its 95 % interval, in units of the smallest effect of interest of "
        "each claim; to the right as claimed, to the left against it. The claims that two things "
        "are alike, or that nothing is gained, hold between the dotted lines, or left of the right "
        "one. An arrow goes on. A verdict also takes 80 % of worlds and q < .05 over the list.",
        *_conditions(found),
        f"{worlds[:1].upper()}{worlds[1:]}. {footnote}",
    ]
    height = _ROW * len(found) + _AXIS + _HEADING
    drawn = style.sheet(counted(found), notes, height)
    left = MARGIN + _SAYS + _MEASURE
    width = WIDTH - MARGIN - left - _VERDICT
    axes = drawn.axes(left, _AXIS, width, _ROW * len(found))
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlim(-MOST - 0.3, MOST + 0.3)
    for at in (-1.0, 1.0):
        axes.axvline(at, color=MUTED, linewidth=0.8, linestyle=":", zorder=0)
    axes.axvline(0.0, color=MUTED, linewidth=1.0, zorder=0)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("times the smallest effect of interest, as claimed", fontsize=8)
    top = _AXIS + _ROW * len(found) + 0.12
    drawn.text(MARGIN, top, "claim", 8.5, color=MUTED)
    drawn.text(MARGIN + _SAYS, top, "measured by", 8.5, color=MUTED)
    for place, each in enumerate(found):
        middle = _AXIS + _ROW * (len(found) - place - 0.5)
        _row(axes, place, each)
        said = style.wrap(f"{each.claim.claim}  {each.claim.says}", _SAYS - 0.1, 8.5, "normal", 1)
        drawn.text(MARGIN, middle, said[0], 8.5, va="center")
        what = style.wrap(measure_words(each.claim.measure), _MEASURE - 0.1, 7.5, "normal", 1)
        drawn.text(MARGIN + _SAYS, middle, what[0], 7.5, va="center", color=MUTED)
        drawn.text(
            left + width + 0.08, middle, each.verdict, 8.5, va="center", fontweight="bold",
            color=readable(COLOURS[each.verdict]),
        )  # fmt: skip
    return Drawing(drawn, _table(found))


def _conditions(found: Sequence[Verdict]) -> list[str]:
    """Return on what conditional verdicts depend, as one note, none if there are none."""
    said = [f"{each.claim.claim}: {each.condition}" for each in found if each.condition]
    return [f"Conditional: {'; '.join(said)}."] if said else []


def _row(axes: Axes, place: int, each: Verdict) -> None:
    """Draw one effect with its interval, an arrow where it goes beyond the axis."""
    colour = COLOURS[each.verdict]
    mean, low, high = _as_claimed(each)
    if math.isfinite(low) and math.isfinite(high):
        ends = [max(-MOST, min(MOST, low)), max(-MOST, min(MOST, high))]
        axes.plot(ends, [place, place], color=colour, linewidth=2, solid_capstyle="butt")
        for end, sign in ((low, "<"), (high, ">")):
            if abs(end) > MOST:
                axes.plot([math.copysign(MOST, end)], [place], sign, color=colour, markersize=5)
    if math.isfinite(mean) and abs(mean) <= MOST:
        filled = each.verdict != UNDETERMINED
        style.dot(axes, place, (mean, math.nan, math.nan), colour, filled)


def _as_claimed(each: Verdict) -> tuple[float, float, float]:
    """Return effect and interval in units of the smallest, as claimed to the right."""
    mean, low, high = in_smallest(each.tested, each.claim.smallest)
    return (mean, low, high) if each.claim.sign > 0 else (-mean, -high, -low)


def _table(found: Sequence[Verdict]) -> pd.DataFrame:
    """Return the numbers shown."""
    rows = [
        (
            each.claim.claim,
            each.claim.says,
            measure_words(each.claim.measure),
            unit_of_claim(each.claim).words,
            *_as_claimed(each),
            each.verdict,
            each.condition,
        )
        for each in found
    ]
    names = ["claim", "says", "measure", "unit", "effect_in_smallest", "low", "high"]
    return pd.DataFrame(rows, columns=[*names, "verdict", "condition"])
