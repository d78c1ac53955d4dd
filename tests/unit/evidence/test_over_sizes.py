"""What is said of a comparison over sizes, from made-up measures."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from analysis.evidence.sizes import (
    AtSize,
    at_size,
    firms_of,
    firms_text,
    sizes_table,
    sizes_text,
    where_it_changes,
)
from analysis.figures import style
from analysis.figures.lettering import spread
from analysis.figures.sizes import _named, draw_sizes
from sim.reading.loader import load_study
from sim.reading.resizing import Resized
from sim.study.errors import StudyError
from sim.study.study import Study
from sim.study.tables import column_names

SIZES = (33, 301, 2998)
NOISE = (-0.5, 0.5, 0.0)
"""Of each replicate, so that an interval is 1.24 either side."""


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("scenarios/board.yaml", orgs=["siloed", "hybrid", "peer"])


@pytest.fixture(scope="module")
def labels(study) -> dict[str, str]:
    return {model.organisation: model.label for model in study.organisations}


def _at(study: Study, employees: int, hybrid: float, peer: float, replicates: int = 3) -> AtSize:
    """Return a size at which two org models are so far ahead of the baseline."""
    market = study.market.model_copy(update={"slice": max(1, employees // 300)})
    levels = {"siloed": 0.0, "hybrid": hybrid, "peer": peer}
    rows = [
        (org, place, "net_value", 100.0 + level + (NOISE[place] if org == "hybrid" else 0.0))
        for (org, level), place in itertools.product(levels.items(), range(replicates))
    ]
    measures = pd.DataFrame(rows, columns=["org_model", "replicate", "measure", "value"])
    measures = measures.assign(world=0, scope="overall", scope_id="")
    scaled = study.model_copy(update={"market": market})
    return at_size(Resized(employees, employees, scaled), measures)


FAR, NEAR = 9.0, 0.3


@pytest.mark.parametrize(
    ("hybrid", "peer", "sentence"),
    [
        (
            (FAR, FAR, FAR),
            (0, 0, 0),
            "Hybrid leads on net value from 33 to 2,998 employees: the leader does not change with "
            "size",
        ),
        (
            (NEAR, NEAR, NEAR),
            (0, 0, 0),
            "There is no clear winner on net value from 33 to 2,998 employees: the leader does not "
            "change with size",
        ),
        (
            (-FAR, FAR, FAR),
            (FAR, 0, 0),
            "The leader on net value changes with size: Peer at 33 employees, Hybrid from 301 to "
            "2,998",
        ),
        (
            (NEAR, FAR, -FAR),
            (0, 0, FAR),
            "The leader on net value changes with size: no clear winner at 33 employees, Hybrid at "
            "301, Peer at 2,998",
        ),
        (
            (NEAR, FAR, FAR),
            (0, 0, 0),
            "Hybrid leads on net value from 301 to 2,998, and at 33 employees there is no clear "
            "winner: nobody else takes the lead",
        ),
        (
            (FAR, NEAR, FAR),
            (0, 0, 0),
            "Hybrid leads on net value at 33 employees and at 2,998, and at 301 there is no clear "
            "winner: nobody else takes the lead",
        ),
    ],
)
def test_the_sentence_says_where_the_leader_changes(study, labels, hybrid, peer, sentence) -> None:
    found = [_at(study, *each) for each in zip(SIZES, hybrid, peer, strict=True)]
    assert where_it_changes(found, labels) == sentence


def test_one_size_shows_no_change_and_one_replicate_no_leader(study, labels) -> None:
    alone = [_at(study, 33, FAR, 0)]
    assert where_it_changes(alone, labels) == "Hybrid leads on net value at 33 employees"
    lucky = [_at(study, 33, FAR, 0), _at(study, 301, FAR, 0, replicates=1)]
    assert where_it_changes(lucky, labels).startswith("Nobody can be said to lead on net value")


def test_the_table_has_the_baseline_as_it_is_and_the_others_less_it(study, labels) -> None:
    found = [_at(study, 33, FAR, 0.0), _at(study, 2998, NEAR, -3.0)]
    text = sizes_text(found, labels).splitlines()
    assert text[0] == "Net value (money per day-0 customer) less that of Siloed, by people under it"
    cells = [line.split("  ") for line in text[2:]]
    shown = [[word.strip() for word in line if word.strip()] for line in cells]
    assert shown == [
        ["employees", "33", "2,998"],
        ["-" * len(text[3])],
        ["Siloed (baseline: its level)", "100.0 ±0.0", "100.0 ±0.0"],
        ["Hybrid", "+9.0 ±1.2*", "+0.3 ±1.2"],
        ["Peer", "0.0 ±0.0", "-3.0 ±0.0*"],
        ["-" * len(text[3])],
        ["leads", "Hybrid", "no clear winner"],
    ]


def test_what_was_reached_is_said(study) -> None:
    found = [_at(study, 33, FAR, 0.0), _at(study, 2998, FAR, 0.0)]
    market = study.market
    whole, part, slice_ = firms_text(found)
    people = f"{market.customers:,} customers and {market.prospects:,} prospects"
    assert whole == f"33 employees: {people}."
    assert part == f"2,998 employees: {people}, one in 9 simulated."
    assert slice_.startswith("A slice keeps the firm whole")
    other = Resized(3000, 2998, found[1].firm.study)
    lines = firms_text([AtSize(other, found[1].comparison, found[1].lead)])
    assert lines[0].startswith("2,998 employees (3,000 asked for): ")


def test_fixed_heads_are_named_with_what_became_of_them(study) -> None:
    found = []
    for employees, heads in ((33, 2), (301, 18)):
        each = _at(study, employees, FAR, 0.0)
        functions = dict(study.enterprise.functions)
        functions["sales"] = functions["sales"].model_copy(update={"heads": heads})
        enterprise = study.enterprise.model_copy(update={"functions": functions})
        fixed = each.firm.study.model_copy(update={"enterprise": enterprise})
        found.append(AtSize(Resized(employees, employees, fixed), each.comparison, each.lead))
    assert firms_text(found)[-1] == (
        "Heads that the study fixes (`functions.X.heads`) are scaled with size, at least one each: "
        "sales 2, 18."
    )


def test_all_sizes_that_cannot_be_are_refused_at_once(study) -> None:
    with pytest.raises(StudyError) as refused:
        firms_of(study, [2, 3, 300])
    assert [problem.file for problem in refused.value.problems] == [
        "--employees 2",
        "--employees 3",
    ]


def test_two_sizes_that_are_one_firm_are_refused(study, monkeypatch) -> None:
    monkeypatch.setattr(
        "analysis.evidence.sizes.firm_of",
        lambda study, asked: Resized(asked, 4 * (asked // 4), study),
    )
    assert [firm.employees for firm in firms_of(study, [8, 12])] == [8, 12]
    with pytest.raises(StudyError) as refused:
        firms_of(study, [8, 9, 12])
    assert str(refused.value) == (
        "--employees 9: the nearest firm has 8 people, as for 8. Leave out one of the two."
    )


def test_the_table_of_all_measures_has_its_columns(study) -> None:
    table = sizes_table([_at(study, 33, FAR, 0.0), _at(study, 2998, FAR, 0.0)])
    assert list(table.columns) == column_names("sizes.csv")
    assert list(table["employees"].unique()) == [33, 2998]
    assert list(table["slice"].unique()) == [1, 9]
    assert len(table) == 6


def test_the_figure_shows_what_the_table_has(study, labels) -> None:
    found = [_at(study, 33, FAR, 0.0), _at(study, 2998, NEAR, -3.0)]
    with style.settings():
        drawing = draw_sizes(found, labels, "the footnote")
    assert len(drawing.table) == 6
    differences, level = drawing.sheet.figure.axes
    assert [len(line.get_xdata()) for line in level.get_lines()] == [2]
    assert differences.get_xscale() == level.get_xscale() == "log"
    texts = [text.get_text() for text in drawing.sheet.figure.texts]
    assert {"Hybrid", "Peer", "Siloed: its level", "the footnote"} <= set(texts)


def test_sizes_are_named_where_there_is_room() -> None:
    assert _named([30, 300, 3000], 1.0) == [30, 300, 3000]
    assert _named([290, 300, 3000], 1.0) == [300, 3000]
    assert _named([30, 300, 3000], 0.01) == [3000]


def test_names_stand_as_near_to_their_lines_as_they_can() -> None:
    assert spread([0.0, 5.0], 1.0, 9.0) == [0.0, 5.0]
    assert spread([2.0, 2.0, 2.0], 1.0, 9.0) == [1.0, 2.0, 3.0]
    assert spread([0.0, 4.0, 4.0], 1.0, 9.0) == [0.0, 3.5, 4.5]
    assert spread([9.0, 9.0], 1.0, 9.0) == [8.0, 9.0]
    assert spread([], 1.0, 9.0) == []


def test_runs_that_failed_are_said_and_crown_nobody(study, labels) -> None:
    whole = _at(study, 33, FAR, 0.0)
    failed = _at(study, 301, FAR, float("nan"))
    found = [whole, failed]
    assert "runs failed" in sizes_text(found, labels).splitlines()[6]
    alone = _at(study, 301, float("nan"), float("nan"))
    assert where_it_changes([whole, alone], labels).startswith("Nobody can be said to lead")
    with style.settings():
        assert len(draw_sizes([whole, alone], labels, "").table) == 6
