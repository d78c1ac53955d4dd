"""At two, six and twelve org models with labels of forty characters, every figure can be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from types import SimpleNamespace

import pandas as pd
import pytest
import synthetic_measures as synthetic
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.comparison.pairing import compare_measures
from analysis.evidence.adoption import SHOWN
from analysis.figures import style
from analysis.figures.adoption import draw_adoption
from analysis.figures.causes import LOOKS, in_order, looks
from analysis.figures.colour import colours
from analysis.figures.gallery import FIGURES, figure_of
from sim.study.tables import CAUSE_WORDS

COUNTS = (2, 6, 12)
ALL = (*(figure.name for figure in FIGURES), "adoption")
FOOTNOTE = "Study board, 3 replicates, seed 1, hash 0a1b2c3d."


def labels_of(names: list[str]) -> dict[str, str]:
    labels = {
        name: f"Owners of journeys with one purse, kind {k:02d}" for k, name in enumerate(names)
    }
    assert min(map(len, labels.values())) >= 40
    return labels


def with_every_cause(table: pd.DataFrame) -> pd.DataFrame:
    """Return measures in which one seam loses needs for every cause there is."""
    some = table[table["scope_id"] == "sales>service:lost_between"]
    others = [cause for cause in CAUSE_WORDS if cause != "lost_between"]
    more = [some.assign(scope_id=f"sales>service:{c}", value=some["value"] / 4) for c in others]
    return pd.concat([table, *more], ignore_index=True)


def measures_of(names: list[str]) -> pd.DataFrame:
    """Return measures for every figure, the course included."""
    rows = [
        (org, replicate, 0, measure, "month", f"{month:02d}", 0.6 - 0.0004 * place * month * size)
        for place, org in enumerate(names)
        for replicate in range(3)
        for measure, size in (("standing", 1), ("net_value", 5000))
        for month in range(1, 25)
    ]
    rows += [(names[1], k, 0, "transition_week", "overall", "", 4.0) for k in range(3)]
    months = pd.DataFrame(rows, columns=synthetic.COLUMNS)
    return pd.concat([with_every_cause(synthetic.measures(names, 3)), months], ignore_index=True)


def adoption_of(table: pd.DataFrame, labels: dict[str, str]) -> Figure:
    disclosed = table[table["measure"] == "retention_rate"].assign(measure="disclosure_share")
    found = compare_measures(pd.concat([table, disclosed]), "org0")
    found = found[(found["scope"] == "overall") & found["measure"].isin(SHOWN)]
    shares = pd.concat([found.assign(adoption=share) for share in (0.0, 0.5, 1.0)])
    models = [SimpleNamespace(organisation=org, label=label) for org, label in labels.items()]
    with style.settings():
        return draw_adoption(SimpleNamespace(organisations=models), shares, FOOTNOTE).sheet.figure


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, int], Figure]:
    """Return every figure at every number of org models."""
    figures = {}
    for count in COUNTS:
        names = [f"org{k}" for k in range(count)]
        table, labels = measures_of(names), labels_of(names)
        comparison = compare_measures(table, "org0")
        for name in ALL[:-1]:
            figures[name, count] = figure_of(name, table, comparison, labels, FOOTNOTE).figure
        figures["adoption", count] = adoption_of(table, labels)
    return figures


def texts(figure: Figure) -> Iterator[Text]:
    """Give everything written in a figure, the numbers of its axes included."""
    yield from figure.texts
    for axes in figure.axes:
        yield from axes.texts
        for axis in (axes.xaxis, axes.yaxis):
            yield axis.label
            low, high = sorted(axis.get_view_interval())
            yield from (t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_cut_off_and_nothing_overlaps(drawn, name: str, count: int) -> None:
    figure = drawn[name, count]
    renderer = figure.canvas.get_renderer()
    with style.settings():
        figure.draw(renderer)
    width, height = figure.canvas.get_width_height()
    written = [text for text in texts(figure) if text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in written]
    for words, box in boxes:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, words
    for (words, one), (others, two) in combinations(boxes, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        along = min(one.y1, two.y1) - max(one.y0, two.y0)
        # Line boxes of neighbouring lines may touch; letters may not.
        assert across <= 1 or along <= 5, (words, others)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ALL)
def test_every_page_is_landscape(drawn, name: str, count: int) -> None:
    width, height = drawn[name, count].get_size_inches()
    assert width / height >= (1.05 if count == 12 else 1.3)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ALL)
def test_every_label_stands_in_full(drawn, name: str, count: int) -> None:
    written = " ".join(" ".join(text.get_text() for text in drawn[name, count].texts).split())
    first = 1 if name in {"outcomes", "course"} else 0  # those show differences to the baseline
    for k in range(first, count):
        assert f"kind {k:02d}" in written
    assert "…" not in written or name == "adoption"


@pytest.mark.parametrize("name", ALL)
def test_an_axis_begins_at_zero_or_says_that_it_does_not(drawn, name: str) -> None:
    for axes in drawn[name, 6].figure.axes:
        axis = axes.yaxis if name in {"course", "adoption"} else axes.xaxis
        low, high = sorted(axis.get_view_interval())
        said = "axis does not begin at 0" in axis.label.get_text()
        assert said == (not low <= 0 <= high)


def test_twelve_org_models_have_twelve_colours_and_more_have_more() -> None:
    names = [f"org{k}" for k in range(30)]
    assert len(set(colours(names).values())) == 30
    assert colours(names[:3]) == {name: colours(names)[name] for name in names[:3]}


def lightness(colour: str) -> float:
    """Return CIE lightness, 0 to 100, of a grey."""
    red, green, blue = to_rgb(colour)
    assert red == green == blue
    return 116 * (((red + 0.055) / 1.055) ** 2.4) ** (1 / 3) - 16


def test_any_two_causes_differ_in_lightness_or_hatch_without_colour() -> None:
    every = [*CAUSE_WORDS, "own_cause", "another_cause", "third_cause"]
    found = looks(in_order(set(every)))
    assert len(found) == len(every)
    for one, two in combinations(found.values(), 2):
        assert one.hatch != two.hatch or abs(lightness(one.fill) - lightness(two.fill)) >= 25
    for one, two in pairwise(LOOKS):
        assert abs(lightness(one.fill) - lightness(two.fill)) >= 15


@pytest.mark.parametrize("count", COUNTS)
def test_bars_and_key_look_alike(drawn, count: int) -> None:
    figure = drawn["drop_offs", count]
    keys = {(patch.get_facecolor(), patch.get_hatch()) for patch in figure.artists + figure.patches}
    bars = {
        (patch.get_facecolor(), patch.get_hatch()) for axes in figure.axes for patch in axes.patches
    }
    assert len(bars) == len(CAUSE_WORDS)
    assert bars <= keys
