"""The bundled firms: each is complete, says where its numbers come from, and is in no doubt."""

from __future__ import annotations

import re

import pytest

from analysis.commands.firm_starter import described, firm_starter, firms
from sim.checks.doubts import doubts
from sim.checks.staffing import staffing_doubts
from sim.checks.warm_up import check_warm_up
from sim.organisation.coordination import CX_TEAM, JOURNEY_OWNERS
from sim.organisation.staffing import line_of, n_account_owners
from sim.organisation.wages import Wages
from sim.reading.bundled import bundled
from sim.reading.loader import load_study
from sim.reading.yaml_source import scan
from sim.state.blueprint import Blueprint
from sim.study.errors import StudyError
from sim.study.levers import OrgModel
from sim.study.pattern_table import FIRM_KINDS
from sim.study.study import Study

BUNDLED = {
    "clinic",
    "industrial",
    "insurer",
    "retail-bank",
    "software",
    "subscription",
    "telecom",
    "utility",
    "web-retailer",
}
OWN = sorted(BUNDLED - {"subscription"})  # whose study and enterprise stand under their own name


@pytest.fixture(params=OWN)
def study(request: pytest.FixtureRequest) -> Study:
    """Return the study of each firm in turn."""
    return load_study(bundled(f"firms/{request.param}.yaml"))


def test_there_are_nine_and_each_says_what_it_is() -> None:
    assert set(firms()) == BUNDLED
    assert all(20 < len(words) < 110 for words in described().values())


def test_nothing_is_in_doubt_before_it_is_run(study: Study) -> None:
    assert doubts(study) == []


def test_it_is_large_enough_to_be_recognised(study: Study) -> None:
    enterprise = study.enterprise
    assert 5 <= len(enterprise.functions) <= 9
    assert 4 <= len(enterprise.journeys) <= 8
    assert {"joins"} <= {journey.effect for journey in enterprise.journeys.values()}
    assert any(journey.kind == "resolve" for journey in enterprise.journeys.values())
    assert len(study.market.segments) == 3
    assert study.market.rivals > 0


def test_its_people_are_computed_and_no_function_is_a_handful(study: Study) -> None:
    assert all(f.heads is None for f in study.enterprise.functions.values())
    assert line_of(Blueprint(study)).min() >= 4


def test_every_journey_is_needed_by_somebody(study: Study) -> None:
    needed = {name for s in study.segments for name, rate in s.needs_per_year.items() if rate > 0}
    joining = {name for name, j in study.enterprise.journeys.items() if j.effect == "joins"}
    assert needed | joining == set(study.enterprise.journeys)


def test_steps_that_are_the_work_itself_are_not_skipped(study: Study) -> None:
    """What a live step of people produces must not be all that a customer's record can hold."""
    facts = study.enterprise.facts
    known = [(n, j) for n, j in study.enterprise.journeys.items() if j.effect != "joins"]
    for name, journey in known:
        for title, step in journey.touchpoints.items():
            lasting = step.produces and all(facts[fact] == "customer" for fact in step.produces)
            if step.mode == "live" and not step.automated and lasting:
                assert step.mandatory, f"{name}/{title}"


def test_its_kind_is_known_and_its_parameters_lie_where_they_may(study: Study) -> None:
    assert study.enterprise.kind in FIRM_KINDS
    assert study.enterprise.enterprise == study.study.replace("-", "_")


@pytest.mark.parametrize("firm", OWN)
def test_files_say_where_numbers_come_from(firm: str) -> None:
    enterprise = bundled(f"enterprises/{firm}.yaml").read_text(encoding="utf-8")
    heading = enterprise.partition("\nenterprise:")[0]
    assert "Sources, by title" in heading and "assumption (grade D)" in heading
    assert all(f"- {group}" in heading for group in ("minutes", "branches", "errors"))
    market = bundled(f"firms/{firm}.yaml").read_text(encoding="utf-8")
    assert re.search(r"\(grade [A-D][,)]", market) and "org model does best" in market


@pytest.mark.parametrize("firm", OWN)
def test_each_function_and_role_has_a_wage_that_says_where_it_comes_from(firm: str) -> None:
    text = bundled(f"enterprises/{firm}.yaml").read_text(encoding="utf-8")
    enterprise = load_study(bundled(f"firms/{firm}.yaml")).enterprise
    functions = text.partition("\nfunctions:\n")[2].partition("\nrole_wages:\n")[0]
    said = re.findall(r"(?m)^    wage: (\d+) # grade [A-D]: .*\d,\d{3}$", functions)
    assert [float(wage) for wage in said] == [f.wage for f in enterprise.functions.values()]
    roles = text.partition("\nrole_wages:\n")[2].partition("\n\n")[0]
    said = re.findall(r"(?m)^  \w+: (\d+) # grade [A-D]: .*\d,\d{3}$", roles)
    assert [float(wage) for wage in said] == list(enterprise.role_wages.values())
    assert "BLS pay" in text.partition("\nenterprise:")[0]


def test_wages_are_those_of_the_occupations_named_at_one_level(study: Study) -> None:
    name = study.enterprise.enterprise.replace("_", "-")
    text = bundled(f"enterprises/{name}.yaml").read_text(encoding="utf-8")
    found = re.search(r"times 1\.42,.*?times (\.\d+)", text, re.DOTALL)
    assert found is not None
    for wage, of in re.findall(r"(?m)^ +\w+: (\d+) # grade [A-D]: (.*)$", text):
        pay = [int(each.replace(",", "")) for each in re.findall(r"\d+,\d{3}", of)]
        assert int(wage) == pytest.approx(sum(pay) / len(pay) * 1.42 * float(found[1]), abs=51)


def test_a_head_of_its_line_costs_about_the_usual_wage(study: Study) -> None:
    blueprint = Blueprint(study)
    line, wages = line_of(blueprint), Wages.of(blueprint)
    assert wages.of_line(line) / line.sum() == pytest.approx(wages.usual, rel=0.02)


def test_who_coordinates_is_dearer_than_an_agent(study: Study) -> None:
    wages = Wages.of(Blueprint(study))
    assert min(wages.roles[CX_TEAM], wages.roles[JOURNEY_OWNERS]) > wages.functions.min()


@pytest.mark.parametrize("firm", ["industrial", "software"])
def test_its_key_accounts_are_the_bundled_org_model_with_other_owners(firm: str) -> None:
    study = load_study(bundled(f"firms/{firm}.yaml"))
    own = next(m for m in study.organisations if m.organisation == "key-accounts")
    there = OrgModel.model_validate(scan(bundled("organisations/key-accounts.yaml")).data)
    levers = set(OrgModel.model_fields) - {"label", "staffing"}
    assert own.model_dump(include=levers) == there.model_dump(include=levers)
    assert n_account_owners(study, own) == 10


@pytest.mark.parametrize("firm", sorted(BUNDLED))
def test_a_starter_is_the_firm_in_one_file(firm, tmp_path) -> None:
    (tmp_path / "mine.yaml").write_text(firm_starter(firm, "mine", "standing"), encoding="utf-8")
    mine, there = load_study(tmp_path / "mine.yaml"), load_study(bundled(firms()[firm]))
    assert mine.study == "mine"
    assert mine.model_copy(update={"study": there.study}) == there


def test_a_firm_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(StudyError, match=r"--like retail-bnk.*`retail-bank`"):
        firm_starter("retail-bnk", "mine", "standing")


@pytest.mark.slow
def test_one_run_leaves_no_doubt_either(study: Study) -> None:
    baseline = next(m for m in study.organisations if m.organisation == study.baseline)
    checked = check_warm_up(study, baseline)
    assert [*checked.warnings, *staffing_doubts(checked.utilisation)] == []
