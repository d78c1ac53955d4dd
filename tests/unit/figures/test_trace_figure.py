"""One customer under two, six and twelve org models: every lane can be read."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree  # our own file

import pandas as pd
import pytest
from made_stories import leaver, stayer, story
from matplotlib.figure import Figure

from analysis.comparison.stories import STEP_COLUMNS
from analysis.comparison.story_words import story_title
from analysis.figures import style
from analysis.figures.trace import draw_trace, trace_files, write_trace

COUNTS = (2, 6, 12)
NOTES = ["Of 40,000 customers 1,312 (3.3 %) left under A and stayed under B.", "Study board."]
LABELS = ("Общая ответственность за путь клиента", "Owners of journeys with one purse and one head")


def stories_of(count: int) -> list:
    """Return as many stories, every third of who left, with long names of two scripts."""
    return [
        (leaver if place % 3 == 0 else stayer)(f"org{place}", f"{LABELS[place % 2]} {place:02d}")
        for place in range(count)
    ]


def title_of(stories: list) -> str:
    return story_title(812, stories, (stories[0].org_model, stories[-1].org_model))


@pytest.fixture(scope="module")
def drawn() -> dict[int, Figure]:
    """Return the figure at every number of org models."""
    figures = {}
    for count in COUNTS:
        stories = stories_of(count)
        with style.settings():
            figures[count] = draw_trace(stories, title_of(stories), NOTES).sheet.figure
    return figures


@pytest.mark.parametrize("count", COUNTS)
def test_no_text_is_cut_off_or_runs_into_another(drawn, count: int) -> None:
    figure = drawn[count]
    renderer = figure.canvas.get_renderer()
    with style.settings():
        figure.draw(renderer)
    width, height = figure.canvas.get_width_height()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts]
    for words, box in boxes:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, words
    for (words, one), (others, two) in combinations(boxes, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        along = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across <= 1 or along <= 5, (words, others)


@pytest.mark.parametrize("count", COUNTS)
def test_every_org_model_stands_in_full_and_the_page_is_a_boards(drawn, count: int) -> None:
    written = " ".join(" ".join(text.get_text() for text in drawn[count].texts).split())
    for place in range(count):
        assert f"{LABELS[place % 2]} {place:02d}" in written
    assert "…" not in written
    width, height = drawn[count].get_size_inches()
    assert width / height >= (1.0 if count == 12 else 1.3)


def test_lanes_have_the_same_days_and_the_same_scale_of_standing(drawn) -> None:
    strips = [axes for axes in drawn[6].axes if axes.axison][::2]
    assert len(strips) == 6
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in strips}) == 1


def marks_in(figure: Figure) -> list[str]:
    return [line.get_marker() for axes in figure.axes for line in axes.lines]


def test_what_went_wrong_is_marked_and_only_what_is_there_is_in_the_key(drawn) -> None:
    marks = marks_in(drawn[2])
    lone = 1  # one more each is in the key
    assert marks.count("o") == 2 + 1 + lone
    assert marks.count("X") == 1 + lone
    assert marks.count("^") == marks.count("D") == marks.count("d") == 2 + 1 + lone
    assert marks.count("s") == len(leaver().steps.query("kind == 'visit'")) + len(
        stayer().steps.query("kind == 'visit'")
    )
    with style.settings():
        calm = draw_trace([story([])], "Nothing happened", NOTES).sheet.figure
    assert set(marks_in(calm)) <= {"None"}
    assert "the customer leaves" not in [text.get_text() for text in calm.texts]


def test_files_hold_what_is_drawn_and_text_stays_text(tmp_path: Path) -> None:
    stories = stories_of(2)
    paths = write_trace(tmp_path, "trace", stories, title_of(stories), NOTES)
    assert [path.name for path in paths] == trace_files(["trace"])
    table = pd.read_csv(tmp_path / "trace.csv")
    assert list(table) == ["org_model", *STEP_COLUMNS]
    assert len(table) == sum(len(each.steps) for each in stories)
    root = ElementTree.parse(tmp_path / "trace.svg").getroot()  # noqa: S314 - our own file
    written = root.findall(".//{http://www.w3.org/2000/svg}text")
    said = " ".join("".join(text.itertext()) for text in written)
    assert "front" in said and "Общая" in said and "1,312" in said
    again = write_trace(tmp_path / "b", "trace", stories, title_of(stories), NOTES)
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
