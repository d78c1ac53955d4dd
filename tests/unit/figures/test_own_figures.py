"""The list of figures is open, and any of them can be looked at without a file."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
import synthetic_measures as synthetic

from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import interval_note
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing, Figure, Shown
from analysis.figures.gallery import FIGURES, figure_of, write_figures
from analysis.figures.transition import months_shown

LABELS = {"org0": "Old", "org1": "New"}
FOOTNOTE = "Study board, 4 replicates, seed 1."


@pytest.fixture(scope="module")
def measures() -> pd.DataFrame:
    return synthetic.measures(list(LABELS), 4)


def draw_cost(shown: Shown) -> Drawing | None:
    """Draw what customers cost: the example of `docs/develop.md`, and nothing private."""
    rows = shown.overall[shown.overall["measure"] == "cost_to_serve"]
    if rows["mean"].isna().all():
        return None
    grid = style.Panels(1, len(shown.labels), 1, row=0.46, heading=0.3)
    drawn = style.sheet(
        shown.finding("cost_to_serve"), [interval_note(rows), shown.footnote], grid.height
    )
    axes = grid.axes(drawn, 0, 0.5)
    palette = colours(list(shown.labels))
    for place, (org, label) in enumerate(shown.labels.items()):
        style.write_label(drawn, grid.middle(0, place), label, palette[org])
        row = rows[rows["org_model"] == org].iloc[0]
        style.dot(axes, place, (row["mean"], row["mean_low"], row["mean_high"]), palette[org])
    return Drawing(drawn, rows)


OWN = Figure("own_cost", {"cost_to_serve"}, draw_cost)


def written(folder: Path, measures: pd.DataFrame, *own: Figure, budget: str = "equal") -> list[str]:
    """Return the names of the files written, with figures of one's own."""
    comparison = compare_measures(measures, "org0", budget)
    figures = (*FIGURES, *own)
    paths = write_figures(folder, measures, comparison, LABELS, FOOTNOTE, figures=figures)
    assert sorted(path.name for path in paths) == sorted(path.name for path in folder.iterdir())
    return [path.name for path in paths]


def test_a_figure_of_ones_own_is_written_after_the_others(tmp_path: Path, measures) -> None:
    bundled = written(tmp_path / "bundled", measures)
    both = written(tmp_path / "both", measures, OWN)
    assert both == [*bundled, "own_cost.png", "own_cost.svg", "own_cost.csv"]
    for name in bundled:
        assert (tmp_path / "both" / name).read_bytes() == (tmp_path / "bundled" / name).read_bytes()
    table = pd.read_csv(tmp_path / "both" / "own_cost.csv")
    assert list(table["org_model"]) == list(LABELS)
    assert set(table["measure"]) == {"cost_to_serve"}


def test_it_says_that_budgets_are_unequal_without_doing_anything_for_it(tmp_path, measures) -> None:
    written(tmp_path, measures, OWN, budget="unequal")
    table = pd.read_csv(tmp_path / "own_cost.csv")
    assert set(table["caveat"]) == {"unequal budgets"}


def test_it_is_not_asked_for_where_a_measure_is_missing(tmp_path, measures) -> None:
    asked: list[Shown] = []
    watched = Figure("own_cost", OWN.needs, lambda shown: asked.append(shown) or draw_cost(shown))
    names = written(tmp_path / "there", measures, watched)
    assert len(asked) == 1 and "own_cost.png" in names
    rest = measures[measures["measure"] != "cost_to_serve"]
    names = written(tmp_path / "missing", rest, watched)
    assert len(asked) == 1
    assert "standing.png" in names and "own_cost.png" not in names


def test_it_is_left_out_where_it_has_nothing_to_show(tmp_path, measures) -> None:
    unknown = measures["value"].where(measures["measure"] != "cost_to_serve")
    names = written(tmp_path, measures.assign(value=unknown), OWN)
    assert "standing.png" in names and "own_cost.png" not in names


def test_two_figures_of_one_name_are_refused_before_anything_is_written(tmp_path, measures) -> None:
    twin = Figure("standing", {"standing"}, draw_cost)
    comparison = compare_measures(measures, "org0")
    figures = (*FIGURES, twin)
    with pytest.raises(ValueError, match="more than one figure is called standing"):
        write_figures(tmp_path / "not", measures, comparison, LABELS, FOOTNOTE, figures=figures)
    with pytest.raises(ValueError, match="more than one figure is called standing"):
        figure_of("standing", measures, comparison, LABELS, figures=figures)
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize("name", ["", "../standing", "a/b", "cost to serve", "cost.png"])
def test_a_name_that_cannot_name_a_file_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and underscores only"):
        Figure(name, set(), draw_cost)


@pytest.mark.parametrize("name", ["standing", "drop_offs", "outcomes", "own_kpis", "own_cost"])
def test_a_picture_is_the_figure_without_its_files(tmp_path, monkeypatch, measures, name) -> None:
    comparison = compare_measures(measures, "org0")
    figures = (*FIGURES, OWN)
    folder = tmp_path / "written"
    write_figures(folder, measures, comparison, LABELS, FOOTNOTE, figures=figures)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    picture = figure_of(name, measures, comparison, LABELS, FOOTNOTE, figures=figures)
    assert list(empty.iterdir()) == []
    assert picture._repr_png_() == (folder / f"{name}.png").read_bytes()
    assert repr(picture) == f"<figure {name}>"
    assert picture.figure.texts[0].get_text()
    assert len(picture.table) == len(pd.read_csv(folder / f"{name}.csv"))


def test_a_picture_that_cannot_be_shown_says_why(measures) -> None:
    comparison = compare_measures(measures, "org0")
    with pytest.raises(ValueError, match="there is no figure 'standings'; there are standing, dro"):
        figure_of("standings", measures, comparison, LABELS)
    with pytest.raises(ValueError, match="'course' shows what was not measured: transition_week"):
        figure_of("course", measures, comparison, LABELS)
    failed = measures.assign(value=math.nan)
    with pytest.raises(ValueError, match="'own_cost' has nothing to show"):
        figure_of("own_cost", failed, compare_measures(failed, "org0"), LABELS, figures=(OWN,))


@pytest.mark.parametrize("last", [2, 3, 7, 8, 12, 13, 24, 36, 61, 120])
def test_a_course_numbers_whole_months_the_first_and_the_last(last: int) -> None:
    months = months_shown(last)
    assert months[0] == 1
    assert months[-1] == last
    assert len(months) <= 7
    assert months == sorted(set(months))
    assert all(isinstance(month, int) for month in months)


@pytest.mark.parametrize("months", [2, 3, 5, 24])
def test_the_axis_of_a_course_says_nothing_of_half_months(months: int) -> None:
    rows = [
        (org, replicate, 0, name, "month", f"{month:02d}", 1.0 + place * month + replicate)
        for place, org in enumerate(LABELS)
        for replicate in range(3)
        for name in ("standing", "net_value")
        for month in range(1, months + 1)
    ]
    rows += [
        ("org1", replicate, 0, "transition_week", "overall", "", 4.0) for replicate in range(3)
    ]
    table = pd.DataFrame(rows, columns=synthetic.COLUMNS)
    picture = figure_of("course", table, compare_measures(table, "org0"), LABELS)
    assert len(picture.figure.axes) == 2
    for axes in picture.figure.axes:
        texts = [label.get_text() for label in axes.get_xticklabels()]
        assert [int(text) for text in texts] == months_shown(months)
