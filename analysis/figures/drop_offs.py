"""The figure that shows where needs are dropped, by touchpoint and seam and by cause."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from analysis.comparison.breakdowns import (
    PER_NEEDS,
    SEAM_MARK,
    largest,
    lost_by_site,
    site_label,
)
from analysis.comparison.wording import interval_note
from analysis.figures import style
from analysis.figures.causes import in_order, key_height, looks, words_for, write_key
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing, Shown
from analysis.figures.measuring import text_width, wrap
from analysis.figures.style import INK, LABELS, MARGIN, MUTED, Panels, Sheet

TOP_SITES, TOP_OF_MANY = 10, 7
"""Sites shown: fewer where org models take two rows of panels, so that a page stays landscape."""
LEAST_SEAMS = 3
_ROW, _LOW_ROW = 0.36, 0.32
_NUMBER = 0.42  # inches behind the longest bar for its number


def draw_drop_offs(shown: Shown) -> Drawing:
    """Draw the sites that lose most, one panel an org model, bars stacked by cause."""
    labels, baseline, footnote = shown.labels, shown.baseline, shown.footnote
    lost = lost_by_site(shown.measures, baseline)
    wholes = lost[lost["cause"] == ""]
    columns = style.abreast(len(labels))
    one_row = columns == len(labels)
    sites = _top_sites(wholes, TOP_SITES if one_row else TOP_OF_MANY)
    title = _title(lost, labels, baseline)
    if not sites:
        drawn = style.sheet(title, [footnote], 0.2)
        return Drawing(drawn, lost)
    rows = lost[lost["site"].isin(sites) & lost["org_model"].isin(list(labels))]
    names = {org: label + " (baseline)" * (org == baseline) for org, label in labels.items()}
    row = _ROW if one_row else _LOW_ROW
    grid = Panels(len(labels), len(sites), columns, row, 0.0)
    heading = style.heading_height(names.values(), grid.width - 0.2) + 0.15
    grid = replace(grid, heading=heading)
    causes = in_order(set(rows["cause"]) - {""})
    key = key_height(causes) + 0.2
    drawn = style.sheet(title, [_notes(wholes, sites), footnote], grid.height + key)
    write_key(drawn, causes, grid.height + key)
    ends = rows.loc[rows["cause"] == "", ["mean", "mean_high"]].to_numpy().ravel()
    longest = max([end for end in ends if math.isfinite(end)], default=1.0)
    room = grid.width - 0.2
    palette = colours(list(labels))
    for number, org in enumerate(labels):
        axes = grid.axes(drawn, number, 0.2)
        axes.set_xlim(0, longest * room / (room - _NUMBER))
        style.plain_ticks(axes, 4 if room > 1.5 else 3)
        axes.set_xlabel(f"per {PER_NEEDS:,} needs", fontsize=8)
        _bars(axes, rows[rows["org_model"] == org], sites, causes)
        corner = (grid.left(number), grid.top(number) + 0.08)
        style.write_heading(drawn, corner, room, names[org], palette[org])
        if number % grid.columns == 0:
            for place, site in enumerate(sites):
                _write_site(drawn, site, _main_cause(rows, site), grid.middle(number, place))
    return Drawing(drawn, rows.reset_index(drop=True))


def _top_sites(wholes: pd.DataFrame, most: int) -> list[str]:
    """Return the sites that lose most under any org model, the worst first.

    The worst seams are always among them: whether anything is lost between functions is
    what a board asks.
    """
    worst = wholes.groupby("site")["mean"].max().dropna()
    worst = worst[worst > 0].sort_values(ascending=False, kind="stable")
    names = [str(site) for site in worst.index]
    seams = [site for site in names if SEAM_MARK in site][:LEAST_SEAMS]
    others = [site for site in names if site not in seams]
    chosen = {*seams, *others[: most - len(seams)]}
    return [site for site in names if site in chosen]


def _bars(axes: style.Axes, rows: pd.DataFrame, sites: list[str], causes: list[str]) -> None:
    """Draw one panel: stacked bars, the interval of the whole, its mean as a number."""
    keys = zip(rows["site"], rows["cause"], strict=True)
    ends = zip(rows["mean"], rows["mean_low"], rows["mean_high"], strict=True)
    found = dict(zip(keys, ends, strict=True))
    for place, site in enumerate(sites):
        start = 0.0
        for cause, look in looks(causes).items():
            length, _, _ = found.get((site, cause), (0.0, 0.0, 0.0))
            if length > 0:
                axes.barh(
                    place, length, 0.62, start, facecolor=look.fill, edgecolor=look.lines,
                    hatch=look.hatch or None, linewidth=0.5,
                )  # fmt: skip
                start += length
        if (site, "") not in found:
            continue
        mean, low, high = found[site, ""]
        if math.isfinite(low):
            for colour, width in (("white", 3.4), (INK, 1.4)):
                axes.plot([low, high], [place, place], color=colour, linewidth=width)
        if math.isfinite(mean):
            end = max(mean, high if math.isfinite(high) else mean)
            axes.annotate(
                f"{mean:.1f}", (end, place), (3, 0), textcoords="offset points", va="center",
                fontsize=7.5, color=INK,
            )  # fmt: skip


def _main_cause(rows: pd.DataFrame, site: str) -> str:
    """Return the cause that drops most needs at a site over all org models, in words."""
    parts = rows[(rows["site"] == site) & (rows["cause"] != "")]
    sums = parts.groupby("cause", sort=False)["mean"].sum()
    if sums.empty:
        return ""
    cause = str(sums.idxmax())
    words = words_for(cause)
    return words if sums.max() >= 0.995 * sums.sum() else f"mostly: {words}"


def _fits(site: str, size: float, weight: str) -> bool:
    return text_width(site_label(site), size, weight) <= LABELS - 0.15


def _write_site(drawn: Sheet, site: str, why: str, middle: float) -> None:
    """Write the name of a site and its main cause at the left of its row."""
    weight = "bold" if SEAM_MARK in site else "normal"
    size = next((s for s in (8.5, 7.5) if _fits(site, s, weight)), 7.0)
    text = wrap(site_label(site), LABELS - 0.15, size, weight, most=1)[0]
    drawn.text(MARGIN, middle + 0.07, text, size, va="center", fontweight=weight)
    drawn.text(MARGIN, middle - 0.08, why, 7, va="center", color=MUTED)


def _notes(wholes: pd.DataFrame, sites: list[str]) -> str:
    """Return how to read the figure and how much of the whole it shows."""
    total = float(wholes["mean"].sum())
    share = float(wholes.loc[wholes["site"].isin(sites), "mean"].sum()) / total
    words = interval_note(wholes, "Bar and number: mean. Thin line: whole bar,")
    part = (
        "every place where a need was dropped"
        if len(sites) == int((wholes.groupby("site")["mean"].max() > 0).sum())
        else f"{len(sites)} places, the worst seams among them, with {100 * share:.0f} % of "
        "all drop-offs"
    )
    return f"{words} Shown: {part}. Bold: a seam between two functions; else journey: touchpoint."


def _title(lost: pd.DataFrame, labels: dict[str, str], baseline: str) -> str:
    """Return where the baseline drops most needs, why, and who drops clearly fewer or more."""
    wholes = lost[(lost["cause"] == "") & lost["mean"].notna()]
    if not (wholes["mean"] > 0).any():
        return "No need was dropped in any finished run"
    own = wholes[(wholes["org_model"] == baseline) & (wholes["mean"] > 0)]
    candidates = wholes if own.empty else own
    row = largest(candidates, candidates["mean"])
    org, site = str(row["org_model"]), str(row["site"])
    sentence = (
        f"{labels.get(org, org)} drops most needs at {site_label(site)}: {row['mean']:.1f} of "
        f"{PER_NEEDS:,} needs ({_ends(row['mean_low'], row['mean_high'])})"
    )
    parts = lost[(lost["org_model"] == org) & (lost["site"] == site) & (lost["cause"] != "")]
    if not parts.empty:
        cause = str(largest(parts, parts["mean"])["cause"])
        sentence += f", mostly: {words_for(cause)}"
    there = wholes[(wholes["site"] == site) & (wholes["org_model"] != baseline)]
    there = there[there["low"].notna()]
    if own.empty or there.empty:
        return sentence
    clear = there[(there["low"] > 0) | (there["high"] < 0)]
    if clear.empty:
        return f"{sentence}; no org model differs clearly there"
    far = largest(clear, clear["difference"].abs())
    name = labels.get(str(far["org_model"]), str(far["org_model"]))
    word = "fewer" if far["difference"] < 0 else "more"
    ends = sorted((abs(far["low"]), abs(far["high"])))
    return f"{sentence}; {name} {abs(far['difference']):.1f} {word} there ({_ends(*ends)})"


def _ends(low: float, high: float) -> str:
    """Return an interval in words."""
    if math.isnan(low):
        return "one replicate, no interval"
    return f"95 % interval {low:.1f} to {high:.1f}"
