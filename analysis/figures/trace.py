"""The figure of one customer under every org model: a lane each, on the same days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from analysis.comparison.stories import ONE_CASE, STEP_COLUMNS, Story
from analysis.comparison.story_words import how_many
from analysis.figures import style
from analysis.figures.colour import colours, readable
from analysis.figures.figure import Drawing
from analysis.figures.lettering import REMARK, drawable, families_for
from analysis.figures.measuring import text_width, wrap
from analysis.figures.style import INK, MARGIN, MUTED, RULE, WIDTH, Sheet

_NAMES = 1.35
"""Inches at the left of a lane for its functions, and for standing."""
_LINE, _GAP, _AXIS, _KEY, _APART = 0.155, 0.16, 0.28, 0.3, 0.25
_ALONE, _FEW = 3, 8
"""Lanes up to which they stand one below another, and up to which their rows are roomy."""
_SMALL = 7.5
_GONE = "#f0f0f0"
_AWAY = 0.3
"""Part of a row by which a mark stands above or below the visit that it belongs to."""


@dataclass(frozen=True)
class _Mark:
    """What is marked beside a visit: its sign, where it stands, and what it says."""

    says: str
    sign: str
    size: float
    filled: bool
    above: float = 0.0


_MARKS = {
    "asked_again": _Mark("fact asked again", "o", 4.5, False, -_AWAY),
    "error": _Mark("visible error", "x", 5.0, True),
    "fault_from": _Mark("earlier fault shows", "^", 4.5, True, _AWAY),
    "loss": _Mark("lost between functions", "D", 4.5, False),
    "chase": _Mark("customer chases", "d", 5.0, True),
    "dropped": _Mark("need dropped", "X", 8.0, True),
}


@dataclass(frozen=True)
class _Lane:
    """One org model's lane: what stands in it, and where; lengths in inches."""

    story: Story
    label: list[str]
    summary: list[str]
    functions: list[str]
    row: float
    strip: float

    @property
    def heading(self) -> float:
        """Height of the name and the summary above the lane."""
        return _LINE * (len(self.label) + len(self.summary)) + 0.05

    @property
    def rows(self) -> float:
        """Height of the rows of functions."""
        return self.row * max(1, len(self.functions))

    @property
    def height(self) -> float:
        """Height of all of it."""
        return self.heading + self.strip + self.rows + _GAP


@dataclass(frozen=True)
class _Frame:
    """What is the same in every lane: the days shown, and the scale of standing."""

    days: tuple[float, float]
    levels: tuple[float, float]


def write_trace(
    folder: Path, name: str, stories: Sequence[Story], title: str, notes: Sequence[str]
) -> list[Path]:
    """Write the figure as PNG and SVG, and the steps that it shows as CSV.

    Parameters
    ----------
    folder : Path
        Where the files go; made if it is not there.
    name : str
        What their names begin with.
    stories : sequence of Story
        Of the same customer, a lane each.
    title : str
        The finding.
    notes : sequence of str
        What stands below: how common such a story is, and the footnote.
    """
    shown = [drawable(story.label) for story in stories]
    if any(label != story.label for label, story in zip(shown, stories, strict=True)):
        notes = [*notes, REMARK]
    notes = [drawable(note) for note in notes]
    with style.settings(families=families_for([*shown, drawable(title), *notes])):
        drawing = draw_trace(stories, drawable(title), notes)
        return style.save(drawing.sheet, folder, name, drawing.table)


def trace_files(names: Sequence[str]) -> list[str]:
    """Return the names of the files that `write_trace` writes for figures of some names."""
    return [f"{name}.{kind}" for name in names for kind in style.FILE_KINDS]


def draw_trace(stories: Sequence[Story], title: str, notes: Sequence[str]) -> Drawing:
    """Draw each org model's lane: standing as a line, visits in rows of functions, marks."""
    order = _functions(stories)
    lanes, palette = _lanes(stories, order), colours(order)
    reading = (
        "Square: a visit, in the row and colour of the function that serves; thin lines join the "
        "visits of a need, and go up or down where it is handed over. Black line: standing, on the "
        f"same scale in all lanes{_scale(stories)}. Errors include faults of earlier steps that "
        "show. Grey: the customer has left."
    )
    n_columns = _columns(len(lanes))
    bands = [lanes[first : first + n_columns] for first in range(0, len(lanes), n_columns)]
    height = sum(_tallest(band) for band in bands) + _AXIS + _KEY
    drawn = style.sheet(title, [reading, *notes], height)
    _write_key(drawn, height - _KEY + 0.12, stories)
    frame = _Frame(
        _days(stories), style.limits(level for story in stories for level in _levels(story))
    )
    top = height - _KEY
    for number, band in enumerate(bands):
        for column, lane in enumerate(band):
            left = MARGIN + column * (_width(len(lanes)) + _APART)
            bottom = top - lane.height + _GAP
            below = number + 1 < len(bands) and column < len(bands[number + 1])
            _draw_lane(drawn, lane, (left, bottom, _width(len(lanes))), frame, palette)
            if not below:
                _number_days(drawn.figure.axes[-1])
        top -= _tallest(band)
    table = pd.concat(
        [story.steps[STEP_COLUMNS].assign(org_model=story.org_model) for story in stories],
        ignore_index=True,
    )
    return Drawing(drawn, table[["org_model", *STEP_COLUMNS]])


def _lanes(stories: Sequence[Story], order: list[str]) -> list[_Lane]:
    """Return the lanes, each with the functions met in it; where there are many, each is lower."""
    many, width = len(stories) > _FEW, _width(len(stories))
    return [
        _Lane(
            story,
            wrap(drawable(story.label), width, 9.5, "bold", most=3),
            wrap(_summary(story), width, 8, most=3),
            [name for name in order if name in set(story.steps["function"])],
            0.125 if many else 0.17,
            0.25 if many else 0.4,
        )
        for story in stories
    ]


def _columns(lanes: int) -> int:
    """Return how many lanes stand side by side, so that the page stays a board's."""
    return 1 if lanes <= _ALONE else 2


def _width(lanes: int) -> float:
    """Return how wide a lane is, names included."""
    columns = _columns(lanes)
    return (WIDTH - 2 * MARGIN - _APART * (columns - 1)) / columns


def _tallest(band: Sequence[_Lane]) -> float:
    return max(lane.height for lane in band)


def _functions(stories: Sequence[Story]) -> list[str]:
    """Return the functions that the customer met, in the order in which they were met."""
    met = [name for story in stories for name in story.steps["function"] if name]
    return list(dict.fromkeys(met))


def _summary(story: Story) -> str:
    """Return what the story came to, in a line."""
    tally, who = story.tally, story.customer
    said = [
        f"left on day {who['left_on_day']:.0f} ({who['reason']})"
        if story.has_left
        else str(who["outcome"]),
        how_many(tally["needs"], "need"),
        how_many(tally["hand_offs"], "hand-off"),
        how_many(tally["facts_asked_again"], "fact asked again"),
        how_many(tally["errors"] + tally["faults"], "error"),
    ]
    said += [f"{tally['dropped']} dropped"] * bool(tally["dropped"])
    said += [f"worth {who['value']:,.0f}"]
    if story.answered_by:
        most = next(iter(story.answered_by))
        said.append(f"accountable for most that failed: {most}")
    return "; ".join(said)


def _days(stories: Sequence[Story]) -> tuple[float, float]:
    """Return the first and the last day shown: the window, and what goes on after it."""
    ends = [story.steps["until_day"].max() for story in stories if not story.steps.empty]
    return 1.0, float(max([*ends, *(story.last_day for story in stories)]))


def _levels(story: Story) -> list[float]:
    return [float(story.customer["standing"]), *(level for _, level in story.standing_course)]


def _scale(stories: Sequence[Story]) -> str:
    low, high = style.limits(level for story in stories for level in _levels(story))
    return f" ({max(low, 0.0):.2f} to {min(high, 1.0):.2f})"


def _draw_lane(
    drawn: Sheet,
    lane: _Lane,
    box: tuple[float, float, float],
    frame: _Frame,
    palette: dict[str, str],
) -> None:
    """Draw a lane; `box` is its left edge, the lower edge of its rows, and its width."""
    left, bottom, width = box
    _write_lane(drawn, lane, left, bottom, palette)
    strip = _axes(drawn, (left, bottom + lane.rows, width), lane.strip, frame.days)
    strip.set_ylim(*frame.levels)
    _draw_standing(strip, lane.story, frame.days)
    axes = _axes(drawn, box, lane.rows, frame.days)
    axes.set_ylim(max(1, len(lane.functions)) - 0.5, -0.5)
    _draw_steps(axes, lane, palette)


def _number_days(axes: Axes) -> None:
    style.plain_ticks(axes, 8)
    axes.set_xlabel("working day of the window", fontsize=8)


def _axes(
    drawn: Sheet, box: tuple[float, float, float], height: float, days: tuple[float, float]
) -> Axes:
    """Return axes over the days, on the scale of every other lane's."""
    left, bottom, width = box
    axes = drawn.axes(left + _NAMES, bottom, width - _NAMES, height)
    axes.set_xlim(days[0], days[1] + 0.01 * (days[1] - days[0]))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_color(RULE)
    axes.patch.set_alpha(0)
    return axes


def _draw_standing(axes: Axes, story: Story, ends: tuple[float, float]) -> None:
    """Draw standing from visit to visit, and shade the time after leaving."""
    course = story.standing_course
    until = story.gone_from if story.has_left else ends[1]
    final = float(story.customer["standing"])
    first = course[0][1] if course else final
    days = [ends[0], *(day for day, _ in course if day <= until), until]
    levels = [first, *(level for day, level in course if day <= until), final]
    axes.plot(days, levels, color=INK, linewidth=1.1, drawstyle="steps-post")
    if story.has_left:
        _shade(axes, story)
    axes.spines["bottom"].set_visible(False)


def _shade(axes: Axes, story: Story) -> None:
    """Shade the time after the customer has left, behind everything."""
    day = story.gone_from
    axes.axvspan(day, axes.get_xlim()[1], color=_GONE, linewidth=0, zorder=-2)
    axes.axvline(day, color=INK, linewidth=1.8, zorder=5)


def _draw_steps(axes: Axes, lane: _Lane, palette: dict[str, str]) -> None:
    """Draw the visits of every case, what joins them, and what went wrong."""
    place = {name: number for number, name in enumerate(lane.functions)}
    for number in place.values():
        axes.axhline(number, color=RULE, linewidth=0.5, zorder=-1)
    if lane.story.has_left:
        _shade(axes, lane.story)
    for _, case in lane.story.steps.groupby(ONE_CASE, sort=False):
        rows = case["function"].map(place).ffill().bfill()
        visits = case["kind"] == "visit"
        served = case[visits | ((case["kind"] == "dropped") & (case["function"] != ""))]
        axes.plot(
            served["day"], rows[served.index], color=MUTED, linewidth=0.8,
            drawstyle="steps-post", zorder=1,
        )  # fmt: skip
        for row, (_, step) in zip(rows.fillna(0.0), case.iterrows(), strict=True):
            if step["kind"] == "visit":
                axes.plot(
                    [step["day"]], [row], "s", color=palette[step["function"]],
                    markersize=4.5, markeredgewidth=0, zorder=2,
                )  # fmt: skip
            for mark in _marks_of(step):
                _draw_mark(axes, step["day"], row, mark)


def _marks_of(step: pd.Series) -> list[_Mark]:
    """Return what is marked at a step."""
    found = [name for name in ("asked_again", "error", "fault_from") if step[name]]
    return [_MARKS[name] for name in (*found, step["kind"]) if name in _MARKS]


def _draw_mark(axes: Axes, day: float, row: float, mark: _Mark) -> None:
    axes.plot(
        [day], [row + mark.above], mark.sign, color=INK, markersize=mark.size, zorder=6,
        markerfacecolor=INK if mark.filled else "white", markeredgewidth=1.0, clip_on=False,
    )  # fmt: skip


def _write_key(drawn: Sheet, level: float, stories: Sequence[Story]) -> None:
    """Write what the marks say, in a line: those alone that are there."""
    there = {
        mark.says
        for story in stories
        for _, step in story.steps.iterrows()
        for mark in _marks_of(step)
    }
    axes = drawn.axes(MARGIN, level - 0.1, WIDTH - 2 * MARGIN, 0.2)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - 2 * MARGIN)
    axes.set_ylim(-0.5, 0.5)
    left = 0.08
    for mark in (mark for mark in _MARKS.values() if mark.says in there):
        _draw_mark(axes, left, -mark.above, mark)
        drawn.text(MARGIN + left + 0.1, level, mark.says, 8, va="center", color=MUTED)
        left += text_width(mark.says, 8) + 0.4
    if any(story.has_left for story in stories):
        axes.plot([left, left], [-0.35, 0.35], color=INK, linewidth=1.8)
        drawn.text(MARGIN + left + 0.1, level, "the customer leaves", 8, va="center", color=MUTED)


def _write_lane(
    drawn: Sheet, lane: _Lane, left: float, bottom: float, palette: dict[str, str]
) -> None:
    """Write a lane's name, what it came to, its functions, and standing at both ends."""
    level = bottom + lane.rows + lane.strip + lane.heading
    for line in lane.label:
        level -= _LINE
        drawn.text(left, level, line, 9.5, fontweight="bold")
    for line in lane.summary:
        level -= _LINE
        drawn.text(left, level, line, 8, color=MUTED)
    for place, name in enumerate(lane.functions):
        middle = bottom + lane.rows - (place + 0.5) * lane.row
        said = wrap(name.replace("_", " "), _NAMES - 0.1, _SMALL, most=1)[0]
        drawn.text(left, middle, said, _SMALL, va="center", color=readable(palette[name]))
    levels = _levels(lane.story)
    begun, ended = (levels[1] if len(levels) > 1 else levels[0]), levels[0]
    middle = bottom + lane.rows + lane.strip / 2
    said = f"standing {begun:.2f} to {ended:.2f}"
    drawn.text(left, middle, said, _SMALL, va="center", color=INK)
