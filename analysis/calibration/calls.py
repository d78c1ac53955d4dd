"""From a table of contacts to a line: derive it, write it, and set it beside the table."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.call_centre import CallCentre, Calls, calls_of, centre_from, read_at
from analysis.calibration.call_fit import (
    calls_fit,
    calls_later,
    staffed_as_seen,
    write_centre,
)
from analysis.calibration.fit_words import RIDGES, beside_table, figure_text, three_cells
from analysis.calibration.hold_out import LATER, WHOLE
from analysis.calibration.patience import kaplan_meier
from analysis.event_log.log_table import ContactLog
from analysis.figures import style
from analysis.figures.lettering import families_for
from analysis.report.content import Grid, Illustration, Pack, Page
from analysis.report.page_html import html_page
from sim.keeping.files import write_csv, write_text
from sim.reading.loader import load_study

FIRM_TODAY = "siloed"
"""The org model that stands for a firm as it is."""
_OTHERS = ("centralised", "enterprise-wide")
"""Org models that a line by itself can be compared under."""
_REAL, _BAND, _SIMULATED = "#1a1a1a", "#d0d0d0", "#0072b2"


def calibrate_calls(
    log: ContactLog, folder: Path, *, name: str, hold_out: bool = True
) -> list[str]:
    """Derive a line from a table of contacts; write enterprise, study and fit report.

    Parameters
    ----------
    log : ContactLog
        As it was read.
    folder : Path
        Where to write; it exists.
    name : str
        Of the study.
    hold_out : bool
        Whether the last 30 % are predicted from the first 70 % as well.

    Returns
    -------
    list of str
        What to say, a paragraph each.
    """
    calls = calls_of(log)
    centre = staffed_as_seen(centre_from(calls), FIRM_TODAY)
    source = log.source.name
    write_centre(centre, folder, name, source, log.zone, [FIRM_TODAY, *_OTHERS])
    load_study(str(folder / "study.yaml"))
    fit, said = calls_fit(calls, centre, FIRM_TODAY)
    parts = [fit, calls_later(calls, FIRM_TODAY)] if hold_out else [fit]
    table = pd.concat(parts, ignore_index=True)
    write_csv(folder / "fit.csv", table)
    lines = [*_about(centre), *said]
    _write_page(folder / "fit.html", table, calls, name, lines)
    return [*lines, _text(fit), RIDGES[1]]


def _about(centre: CallCentre) -> list[str]:
    seen = f"; {centre.seen:.1f} were seen on a working day" if centre.seen else ""
    return [
        f"{centre.n_calls:,} contacts, {centre.calls_per_year:,.0f} a year, "
        f"{centre.minutes:.1f} minutes each; {centre.abandoned:.1%} gave up.",
        f"{centre.heads} people, with whom about as many give up in the model{seen}: in the model "
        "contacts come evenly, and people are there evenly.",
        f"Patience is {centre.patience.form}, {centre.patience.mean:.0f} seconds on average: "
        "the form "
        "whose curve lies nearest to that of the table ("
        + ", ".join(f"{each.form} {each.off:.1f}" for each in centre.fits)
        + " half widths of its band away on average).",
        "One function alone: org models that part or join functions have nothing to part. Ask "
        "of this "
        "firm how many people it needs and how long its customers wait.",
    ]


def _text(fit: pd.DataFrame) -> str:
    rows = [three_cells(row) for row in fit.to_dict("records")]
    return beside_table(["The derived line beside its table", "table", "simulated"], rows)


def _write_page(
    path: Path, fit: pd.DataFrame, calls: Calls, name: str, notes: Sequence[str]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        whole = fit[fit["part"] == WHOLE]
        curve = whole[whole["statistic"] == "abandoned_by_wait"]
        inside = int(curve["simulated"].between(curve["low"], curve["high"]).sum())
        pages = [
            Page(
                key="executive",
                question="How well does it repeat the table?",
                title=f"{inside} of {len(curve)} points of the simulated curve of who is still "
                "waiting lie inside the 95 % band of the table's own",
                lines=tuple(notes),
                grids=(_grid("Whole table", whole),),
                figures=(_curve_figure(Path(place), calls, curve),),
            )
        ]
        later = fit[fit["part"] == LATER]
        if len(later):
            pages.append(_later_page(later))
        pack = Pack(
            title=f"{name}: the derived line beside its table",
            pages=tuple(pages),
            missing=(),
            method=RIDGES,
            footnote=f"{name}: one draw of luck of the derived line.",
        )
        write_text(path, html_page(pack))


def _later_page(later: pd.DataFrame) -> Page:
    far = later["distance"] > later["resample"]
    grid = _grid("Last 30 % of contacts", later)
    rows = tuple(
        (*row, figure_text(s, value))
        for row, s, value in zip(grid.rows, later["statistic"], later["resample"], strict=True)
    )
    head = (*grid.head, "the first 70 % as they were, off by")
    return Page(
        key="later",
        question="Does it predict contacts it has not seen?",
        title=f"In {int(far.sum())} of {len(far)} figures the first 70 % as they were are nearer "
        "to the "
        "last 30 % than the simulation",
        grids=(Grid(grid.about, head, rows, (0,) * len(head)),),
        caveats=("A change of load between the two parts is in neither.",),
    )


def _grid(title: str, rows: pd.DataFrame) -> Grid:
    cells = []
    for row in rows.to_dict("records"):
        name, real, simulated = three_cells(row)
        band = (
            "" if np.isnan(row["low"]) else f"{100 * row['low']:.1f} to {100 * row['high']:.1f} %"
        )
        cells.append((name, real, band, simulated))
    return Grid(title, ("", "table", "its 95 % band", "simulated"), tuple(cells), (0, 0, 0, 0))


def _curve_figure(folder: Path, calls: Calls, curve: pd.DataFrame) -> Illustration:
    """Draw who is still waiting by time, the table with its band and the simulation."""
    at = np.linspace(0.0, read_at(calls).max(), 120)
    real = kaplan_meier(calls.wait, calls.gave_up, at)
    seconds = curve["scope_id"].str.removesuffix(" s").astype(float)
    table = pd.DataFrame({"seconds": at, "real": real.share, "low": real.low, "high": real.high})
    with style.settings("", families_for([""])):
        drawn = style.sheet(
            "Share still willing to wait, after so many seconds",
            ["Black: the table (Kaplan-Meier), with its 95 % band. Blue: the line, simulated."],
            3.2,
        )
        axes = drawn.axes(1.0, 0.5, style.WIDTH - 1.6, 2.6)
        axes.fill_between(at, real.low, real.high, color=_BAND)
        axes.plot(at, real.share, color=_REAL, linewidth=1.2)
        axes.plot(seconds, curve["simulated"], "o", color=_SIMULATED, markersize=5)
        axes.set_ylim(0.0, 1.0)
        axes.set_xlabel("seconds waited", fontsize=8)
        paths = style.save(drawn, folder, "patience", table)
    svg, png = (next(path for path in paths if path.suffix == f".{k}") for k in ("svg", "png"))
    return Illustration("patience", svg, png, "who is still waiting, table and simulation")
