"""Questions on which sources disagree: firms cut otherwise, and who is ahead where."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.evidence.claim_cells import Cells
from analysis.evidence.claim_files import Quantity
from analysis.evidence.headlines import (
    IS_AHEAD,
    IS_BEHIND,
    NOT_CLEAR,
    Headline,
    answered,
    headline_runs,
    load_headlines,
    place_of,
)
from analysis.figures import style
from analysis.figures.headlines import draw_headline
from sim.study.errors import StudyError

N_WORLDS = 24
NOISE = 0.5 * np.random.default_rng(4).normal(size=N_WORLDS)


@pytest.fixture(scope="module")
def headlines() -> list[Headline]:
    return load_headlines()


def test_the_four_questions_are_there_and_can_be_run(headlines) -> None:
    assert [each.headline for each in headlines] == [
        "journeys-or-peers",
        "a-layer-or-none",
        "a-name-or-everyone",
        "culture-or-structure",
    ]
    peers = headline_runs(headlines[0], Cells())
    assert {cell.study.market.agent_adoption for cell in peers.values()} == {0.0, 0.1, 0.4, 0.8}
    blamed = headline_runs(headlines[3], Cells())["/.8/hybrid"].plan
    assert (blamed.culture.blame, blamed.authority) == (0.8, 0.4)  # the rest as in the hybrid


def test_more_journeys_are_the_same_needs_and_fewer_functions_the_same_work(headlines) -> None:
    runs = headline_runs(headlines[1], Cells())
    four, seven = (runs[f"{panel} journeys/100/hybrid"].study for panel in ("four", "seven"))
    assert len(seven.enterprise.journeys) == len(four.enterprise.journeys) + 3 == 7
    for name, segment in four.market.segments.items():
        needs = seven.market.segments[name].needs_per_year
        assert sum(needs.values()) == pytest.approx(sum(segment.needs_per_year.values()))
        assert needs["resolve"] == needs["resolve_too"] == segment.needs_per_year["resolve"] / 2
    assert abs(four.market.customers / seven.market.customers - 1) < 0.1
    merged = headline_runs(headlines[2], Cells())["/3/named"].study.enterprise
    assert list(merged.functions) == ["winning", "making", "serving"]
    assert merged.journeys["renew"].touchpoints["settle"].owner == "serving"
    assert merged.journeys["join"].touchpoints["welcome"].owner == "nobody"


class _Made:
    """Readings in which peers lead by so much at each point."""

    def __init__(self, leads: dict[str, float]) -> None:
        self._leads = leads

    def of(self, claim: int, cell: str, quantity: Quantity) -> np.ndarray:
        _, at, who = cell.split("/")
        return np.full(N_WORLDS, 100.0) + (self._leads[at] + NOISE if who == "peer" else 0.0)


def test_who_is_ahead_is_said_with_where_and_by_how_much(headlines) -> None:
    leads = {"none": -5.0, "1 in 10": -1.0, "4 in 10": 0.0, "8 in 10": 6.0}
    found = answered(headlines[0], 101, _Made(leads))
    assert list(found.table["found"]) == [IS_BEHIND, NOT_CLEAR, NOT_CLEAR, IS_AHEAD]
    most = 6.0 + NOISE.mean()
    assert found.sentence.startswith("On net value, Peers ahead of Journey owners by ")
    assert f"by {most:.2f} money (customers represented by an agent: 8 in 10)" in (found.sentence)
    assert "Peers behind Journey owners" in found.sentence
    even = answered(headlines[0], 101, _Made(dict.fromkeys(leads, 0.0)))
    assert even.sentence == "On net value, no difference that would matter anywhere"
    open_yet = answered(headlines[0], 101, _Made(dict.fromkeys(leads, 3.1)))
    assert open_yet.sentence == "On net value, no clear difference anywhere"
    lead = answered(headlines[0], 101, _Made(dict.fromkeys(leads, 9.0)))
    assert "by up to " in lead.sentence
    assert "(everywhere)" in lead.sentence


def test_intervals_hold_for_all_differences_together(headlines) -> None:
    leads = {point.label: 1.0 for point in headlines[0].along}
    rows = answered(headlines[0], 101, _Made(leads)).table
    half = 2.069 * NOISE.std(ddof=1) / N_WORLDS**0.5  # Student's t, 23 degrees of freedom
    assert (rows["high"] - rows["difference"] > 1.2 * half).all()


def test_the_figure_shows_what_was_found(headlines) -> None:
    leads = {"none": -5.0, "1 in 10": -1.0, "4 in 10": 0.0, "8 in 10": 6.0}
    found = answered(headlines[0], 101, _Made(leads))
    with style.settings("assumed, not fitted to this firm"):
        drawing = draw_headline(found, "Study board")
    words = [text.get_text() for text in drawing.sheet.figure.texts]
    assert any("not fitted to this firm" in word for word in words)
    assert "Peers" in words
    assert list(drawing.table["difference"]) == list(found.table["difference"])


def test_a_mistake_in_a_question_is_said_with_its_line(tmp_path) -> None:
    text = (
        "headline: a\nquestion: what\nsays: so\nmeasure: net_value\nsmallest: 1\nagainst: silo\n"
        "cells: {siloed: {}, peer: {}}\naxis: x\nalong:\n"
        "  - {label: a}\n  - {label: b, twice: [renewal], merge: {one: [sale]}}\n"
    )
    (tmp_path / "headline-1.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load_headlines(tmp_path)
    said = str(refused.value)
    assert "headline-1.yaml:6: against: `silo` is no cell. Did you mean `siloed`?" in said
    assert "`renewal` is no journey. Did you mean `renew`?" in said
    assert "`sale` is no function. Did you mean `sales`?" in said


def test_a_place_has_a_name_of_its_own(headlines) -> None:
    layer = headlines[1]
    places = {
        place_of(panel, point, cell)
        for panel in layer.shown_panels
        for point in layer.along
        for cell in layer.cells
    }
    assert len(places) == 2 * 3 * 3
