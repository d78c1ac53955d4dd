"""Running budgets: equal, or said to be unequal wherever numbers are shown (rule M1)."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
import synthetic_measures as synthetic
from studies import ENTERPRISE, PLAIN, RICH, compact_study, measured, overall

from analysis.comparison.headline import headline_table
from analysis.comparison.leading import leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import UNEQUAL_REMARK
from analysis.figures import style
from analysis.figures.gallery import write_figures
from sim.organisation.staffing import planned_heads, staff
from sim.reading.budgets import check_budgets
from sim.reading.loader import load_study
from sim.state.blueprint import Blueprint
from sim.study.errors import StudyError

HIRING = {"organisation": "hiring", "staffing": {"hired": 20}}


def test_hired_heads_come_on_top_and_are_paid() -> None:
    """Twenty per hundred of a firm of ten are two: in proportion to 3, 4, 3 one each for two."""
    study = compact_study(PLAIN, HIRING)
    blueprint = Blueprint(study)
    assert planned_heads(blueprint).sum() == 10
    plain, hiring = (staff(blueprint, model) for model in study.organisations)
    assert hiring.line.sum() == plain.line.sum() + 2
    assert ((hiring.line - plain.line) >= 0).all()
    assert (hiring.total, plain.total) == (12, 10)
    costs = [overall(measured(study, place))["running_cost"] for place in (0, 1)]
    assert costs == [600_000, 720_000]


def test_roles_are_taken_from_the_enlarged_line_and_keep_their_size() -> None:
    study = compact_study(
        RICH, RICH | {"organisation": "x", "staffing": {"cx_team": 10, "hired": 20}}
    )
    rich, hiring = (staff(Blueprint(study), model) for model in study.organisations)
    # per 100 heads of the firm before hiring
    assert (hiring.people["cx_team"], rich.people["cx_team"]) == (1, 1)
    assert hiring.total == 12


def test_unequal_budgets_are_a_complaint_about_each_org_model_that_differs() -> None:
    found = list(check_budgets(compact_study(PLAIN, RICH, HIRING)))
    assert [complaint.path[:2] for complaint in found] == [("organisations", 2)]
    assert "12 heads" in found[0].message and "10" in found[0].message
    allowed = compact_study(PLAIN, HIRING).model_copy(update={"budget": "unequal"})
    assert list(check_budgets(allowed)) == []
    assert list(check_budgets(compact_study(HIRING, HIRING | {"organisation": "both"}))) == []


def test_hires_too_few_for_a_whole_person_cost_nothing_and_are_no_complaint() -> None:
    few = {"organisation": "few", "staffing": {"hired": 4}}  # .4 of a person in a firm of ten
    assert list(check_budgets(compact_study(PLAIN, few))) == []


STUDY = """\
study: small
budget: {budget}
enterprise: firm.yaml
organisations:
  - organisation: plain
  - organisation: large
    staffing:
      hired: 20
baseline: plain
market: {{customers: 50, segments: {{all: {{share: 1, needs_per_year: {{help: 2}}}}}}}}
"""
FIRM = """\
enterprise: firm
functions: {desk: {heads: 10}}
journeys:
  help: {start: call, touchpoints: {call: {owner: desk, minutes: 8, next: {completed: 1}}}}
"""


def test_a_study_with_unequal_budgets_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    (tmp_path / "firm.yaml").write_text(FIRM, encoding="utf-8")
    file.write_text(STUDY.format(budget="equal"), encoding="utf-8")
    with pytest.raises(StudyError) as refusal:
        load_study(file)
    problem = refusal.value.problems[0]
    assert (problem.line, problem.path) == (8, "organisations[1].staffing.hired")
    assert "12 heads" in problem.message and "budget: unequal" in problem.remedy
    file.write_text(STUDY.format(budget="unequal"), encoding="utf-8")
    assert load_study(file).budget == "unequal"


def test_every_table_and_title_says_that_budgets_are_unequal(tmp_path, monkeypatch) -> None:
    measures = synthetic.measures(["org0", "org1"], 4)
    labels = {"org0": "Old", "org1": "New"}
    titles = {}
    sheet, drawn = style.sheet, []
    monkeypatch.setattr(style, "sheet", lambda *words: drawn.append(sheet(*words)) or drawn[-1])
    for budget in ("equal", "unequal"):
        drawn.clear()
        comparison = compare_measures(measures, "org0", budget)
        assert set(comparison["budget"]) == {budget}
        printed = headline_table(comparison, labels, leading(measures, "standing"))
        assert (UNEQUAL_REMARK in printed) == (budget == "unequal")
        paths = write_figures(tmp_path / budget, measures, comparison, labels, "note")
        titles[budget] = [
            " ".join(text.get_text() for text in each.figure.texts if text.get_fontsize() == 14)
            for each in drawn
        ]
        tables = [pd.read_csv(path) for path in paths if path.suffix == ".csv"]
        marked = [set(table.get("caveat", [])) == {"unequal budgets"} for table in tables]
        assert len(tables) == 4 and all(marked) == (budget == "unequal")
    assert len(titles["equal"]) == 4
    assert all(title.endswith("(unequal budgets)") for title in titles["unequal"])
    assert not any("budget" in title for title in titles["equal"])


def test_more_people_drop_fewer_cases_for_the_wait() -> None:
    study = compact_study(PLAIN, HIRING, enterprise=ENTERPRISE, market={"customers": 200})
    waits = [
        measured(study, place).query("scope == 'cause' and scope_id == 'wait'")["value"].sum()
        for place in (0, 1)
    ]
    assert waits[1] < waits[0] and not math.isnan(waits[0])
