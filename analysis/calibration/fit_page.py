"""The fit report: one page for a browser, complete in itself."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import NullLocator

from analysis.calibration.distances import DISTANCES
from analysis.calibration.fit_words import (
    PART_QUESTIONS,
    RIDGES,
    WHY_BASELINES_WIN,
    distance_lines,
    executive_line,
    figure_text,
    label_of,
    three_cells,
)
from analysis.calibration.hold_out import BUSY, LATER, WHOLE
from analysis.figures import style
from analysis.figures.figure import Drawing
from analysis.figures.lettering import drawable, families_for
from analysis.report.content import Grid, Illustration, Pack, Page
from analysis.report.page_html import html_page
from sim.keeping.files import write_text

_REAL, _SIMULATED, _RESAMPLE, _MARKOV = "#1a1a1a", "#0072b2", "#d55e00", "#8a8a8a"
_TICKS = {
    "2 min": 1 / 720,
    "1 h": 1 / 24,
    "6 h": 0.25,
    "1 day": 1.0,
    "1 week": 7.0,
    "30 days": 30.0,
}
_GROUPS = {
    "Hand-offs": ("hand_offs_per_case", "share_with_hand_off", "ping_pong_share",
                  "visits_per_case"),
    "Routing: hand-offs per worked case": ("hand_offs_by_seam",),
    "How cases end, and where customers are lost": ("outcome_share", "open_share",
                                                    "drop_off_share", "drop_off_by_function"),
    "Cycle time and waits": ("cycle_days", "wait_days", "wait_days_by_function"),
    "Weekly load": ("cases_per_week", "visits_per_week"),
}  # fmt: skip


def write_fit_page(
    path: Path, fit: pd.DataFrame, cycles: dict[str, np.ndarray], name: str, notes: Sequence[str]
) -> None:
    """Write the report of a firm derived from an event log.

    Parameters
    ----------
    path : Path
        The file.
    fit : DataFrame
        Columns as ``fit.csv``.
    cycles : dict of str to numpy.ndarray
        Cycle times of closed cases, days: `real` and `simulated`.
    name : str
        Of the study.
    notes : sequence of str
        How it was derived, a paragraph each.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        figures = [_cycle_figure(folder, cycles)]
        pages = [_executive(fit, figures)]
        pages += [
            page
            for part, key in ((LATER, "later"), (BUSY, "busy"))
            if (page := _held_out(fit, part, key, folder)) is not None
        ]
        footnote = f"{name}: one draw of luck of the derived firm; a log cut to the same period."
        pack = Pack(
            title=f"{name}: the derived firm beside its log",
            pages=tuple(pages),
            missing=(),
            method=(*notes, *RIDGES),
            footnote=footnote,
        )
        write_text(path, html_page(pack))


def _executive(fit: pd.DataFrame, figures: list[Illustration]) -> Page:
    rows = fit[fit["part"] == WHOLE]
    grids = [_grid(title, rows[rows["statistic"].isin(names)]) for title, names in _GROUPS.items()]
    return Page(
        key="executive",
        question=PART_QUESTIONS[WHOLE],
        title=f"{executive_line(fit)}.",
        grids=tuple(grid for grid in grids if grid.rows),
        figures=tuple(figures),
        caveats=(
            "A log tells what was done, not why; it was cut to the same period on both sides.",
        ),
    )


def _grid(title: str, rows: pd.DataFrame) -> Grid:
    cells = tuple(tuple(three_cells(row)) for row in rows.to_dict("records"))
    return Grid(title, ("", "log", "simulated"), cells, (0, 0, 0))


def _held_out(fit: pd.DataFrame, part: str, key: str, folder: Path) -> Page | None:
    """Return the page on one part that was predicted, None where there is none."""
    rows = fit[fit["part"] == part]
    if rows.empty:
        return None
    far = rows[rows["statistic"].isin(list(DISTANCES))]
    lines = distance_lines(fit, part)
    cells = tuple(
        (
            label_of(str(row["statistic"]), ""),
            *(_range(row, column) for column in ("distance", "resample", "markov")),
        )
        for row in far.to_dict("records")
    )
    head = ("", "simulation", "the past drawn again", "chain without queues")
    about = (
        "Distance to the log, smaller is better; in brackets 90 % intervals over cases drawn again"
    )
    statistics = rows[~rows["statistic"].isin(list(DISTANCES))]
    chosen = statistics[statistics["scope_id"].eq("") | statistics["statistic"].eq("cycle_days")]
    beside = tuple(
        (
            *three_cells(row),
            *(
                figure_text(str(row["statistic"]), row[who])
                for who in ("distance", "resample", "markov")
            ),
        )
        for row in chosen.to_dict("records")
    )
    off = ("", "log", "simulated", "off by", "the past drawn again, off by", "chain, off by")
    return Page(
        key=key,
        question=PART_QUESTIONS[part],
        title=lines[0] if lines else "Nothing was predicted.",
        lines=(*lines[1:], WHY_BASELINES_WIN),
        grids=(
            Grid(about, head, cells, (0,) * len(head)),
            Grid("Figures of the part held out", off, beside, (0,) * len(off)),
        ),
        figures=(_distance_figure(folder, far, key),),
        caveats=(
            "The firm was derived from the part before alone, and what had not ended by then was "
            "not known to have. The baselines know the same."
            if part == LATER
            else "The firm was derived from the quieter half of the weeks; told only how many more "
            "cases the busier half has.",
        ),
    )


def _range(row: Mapping[Hashable, Any], column: str) -> str:
    """Return a distance with its interval."""
    prefix = "" if column == "distance" else f"{column}_"
    value, low, high = (float(row[name]) for name in (column, f"{prefix}low", f"{prefix}high"))
    return f"{value:.2f} ({low:.2f} to {high:.2f})" if not math.isnan(value) else "none"


def _cycle_figure(folder: Path, cycles: dict[str, np.ndarray]) -> Illustration:
    """Draw which share of closed cases has ended after so many days."""
    table = pd.DataFrame(
        {
            "share": np.arange(1, 100) / 100.0,
            **{who: np.percentile(days, np.arange(1, 100)) for who, days in cycles.items()},
        }
    )
    with style.settings("", families_for([""])):
        drawn = style.sheet(
            "Closed cases that have ended after so many days",
            ["Black: the log. Blue: the derived firm, simulated and cut to the same period."],
            3.2,
        )
        axes = drawn.axes(1.0, 0.5, style.WIDTH - 1.6, 2.6)
        for who, colour in (("real", _REAL), ("simulated", _SIMULATED)):
            axes.plot(table[who].clip(lower=1e-3), table["share"], color=colour, linewidth=1.8)
        axes.set_xscale("log")
        axes.set_xticks(list(_TICKS.values()), list(_TICKS))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("days of the clock from first event to last", fontsize=8)
        axes.set_ylabel("share of closed cases", fontsize=8)
        axes.set_ylim(0.0, 1.0)
        return _kept(folder, Drawing(drawn, table), "cycle", "cycle times, log and simulated")


def _distance_figure(folder: Path, far: pd.DataFrame, key: str) -> Illustration:
    """Draw the distances with their intervals, each as a multiple of the simulation's own."""
    places = {"distance": _SIMULATED, "resample": _RESAMPLE, "markov": _MARKOV}
    with style.settings("", families_for([""])):
        drawn = style.sheet(
            "Distance to the part held out, as a multiple of the simulation's",
            [
                "Blue: the simulation. Orange: the past drawn again. Grey: a chain without queues. "
                "Bars: 90 % intervals over cases drawn again. Left of blue is nearer to the log."
            ],
            0.5 * len(far) + 0.5,
        )
        axes = drawn.axes(3.4, 0.4, style.WIDTH - 4.0, 0.5 * len(far))
        for place, row in enumerate(far.to_dict("records")):
            unit = max(float(row["distance"]), 1e-9)
            for offset, (column, colour) in zip((-0.2, 0.0, 0.2), places.items(), strict=True):
                prefix = "" if column == "distance" else f"{column}_"
                low, high = row[f"{prefix}low"] / unit, row[f"{prefix}high"] / unit
                axes.plot([low, high], [place + offset] * 2, color=colour, linewidth=2)
                axes.plot([row[column] / unit], [place + offset], "o", color=colour, markersize=5)
            middle = 0.4 + 0.5 * (len(far) - place - 0.5)
            drawn.text(style.MARGIN, middle, label_of(str(row["statistic"]), ""), 8.5, va="center")
        axes.set_ylim(len(far) - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xlim(left=0.0)
        axes.axvline(1.0, color=style.RULE, linewidth=1, zorder=0)
        return _kept(folder, Drawing(drawn, far), key, "distances to the log, with baselines")


def _kept(folder: Path, drawing: Drawing, name: str, alt: str) -> Illustration:
    paths = style.save(drawing.sheet, folder, drawable(name), drawing.table)
    svg, png = (next(path for path in paths if path.suffix == f".{k}") for k in ("svg", "png"))
    return Illustration(name, svg, png, alt)
