"""The same firm with more or fewer people, by hand: ten customers are one head's work."""

from __future__ import annotations

from typing import Any

import pytest

from sim.organisation.staffing import staff
from sim.reading.loader import study_from
from sim.reading.resizing import SIMULATED, _first, _Sizes, firm_of, scaled_heads
from sim.state.blueprint import Blueprint
from sim.study.errors import StudyError
from sim.study.study import Study

PLAIN = {"planned_rework": 0.0, "ordinary_meetings_share": 0.0, "planned_utilisation": 1.0}


def _study(
    customers: int = 100,
    functions: dict[str, Any] | None = None,
    needs: float = 208.0,
    organisations: tuple[dict[str, Any], ...] = ({"organisation": "a"},),
    **market: Any,
) -> Study:
    """Return a study in which all work is that of `desk`: an hour for each need."""
    step = {"owner": "desk", "minutes": 60, "next": {"completed": 1}}
    return study_from(
        {
            "study": "plain",
            "enterprise": {
                "enterprise": "plain",
                "functions": functions or {"desk": {}},
                "journeys": {"ask": {"start": "do", "touchpoints": {"do": step}}},
            },
            "market": {
                "customers": customers,
                "segments": {"all": {"share": 1, "needs_per_year": {"ask": needs}}},
                **market,
            },
            "organisations": list(organisations),
            "baseline": "a",
            "parameters": PLAIN,
        }
    )


def _refused(study: Study, employees: int) -> str:
    with pytest.raises(StudyError) as refused:
        firm_of(study, employees)
    return str(refused.value)


@pytest.mark.parametrize(
    ("own", "employees", "customers"),
    [
        (100, 25, 250),  # as many a head as in the study, for they fit
        (100, 10, 100),  # the study itself
        (95, 25, 241),  # 238 would need 24 people: the fewest that need 25
        (95, 10, 95),
        (91, 1, 9),
    ],
)
def test_customers_are_searched_until_they_need_so_many(own, employees, customers) -> None:
    firm = firm_of(_study(own), employees)
    assert (firm.employees, firm.study.market.customers) == (employees, customers)
    assert staff(Blueprint(firm.study), firm.study.organisations[0]).total == employees


def test_at_its_own_size_a_study_is_itself() -> None:
    study = _study(95)
    assert firm_of(study, 10).study == study


def test_who_is_there_under_the_baseline_counts() -> None:
    """A tenth fewer people than the work needs: 100 of them serve 1,110 to 1,119 customers."""
    firm = firm_of(_study(100, organisations=({"organisation": "a", "budget_change": -0.1},)), 100)
    assert firm.employees == 100
    assert 1110 < firm.study.market.customers <= 1120


def test_fixed_heads_are_scaled_by_largest_remainders_at_least_one() -> None:
    fixed = {"a": 10, "b": 5, "c": 1}
    assert scaled_heads(fixed, 100, 100) == fixed
    assert scaled_heads(fixed, 200, 100) == {"a": 20, "b": 10, "c": 2}
    # 24 of 16: 15, 7.5 and 1.5; the first of equal remainders gets the odd head.
    assert scaled_heads(fixed, 150, 100) == {"a": 15, "b": 8, "c": 1}
    # 4 of 16: 2.5, 1.25 and .25, so one is too small and the other 3 are split 2 to 1.
    assert scaled_heads(fixed, 25, 100) == {"a": 2, "b": 1, "c": 1}
    assert scaled_heads(fixed, 1, 100) == {"a": 1, "b": 1, "c": 1}
    assert scaled_heads({"big": 96, "b": 2, "c": 2}, 10, 100) == {"big": 8, "b": 1, "c": 1}


def test_fixed_heads_decide_with_what_demand_needs() -> None:
    """Twelve fixed beside ten that are needed: half of 44 people are as many of each."""
    study = _study(100, {"desk": {}, "back": {"heads": 12}})
    firm = firm_of(study, 44)
    assert (firm.employees, firm.fixed) == (44, {"back": 24})
    assert firm.study.market.customers == 200
    assert firm.study.enterprise.functions["desk"].heads is None


def test_prospects_go_with_customers() -> None:
    """One in forty of them, at least one; without any there stay none."""
    study = _study(100)
    assert firm_of(study, 30).study.market.prospects == 0
    ours = study.model_copy(update={"market": study.market.model_copy(update={"prospects": 40})})
    market = _Sizes(ours).study_with(250).market
    assert (market.customers, market.prospects) == (250, 100)
    assert _Sizes(ours).study_with(1).market.prospects == 1


def test_a_large_firm_is_simulated_as_a_slice_and_no_function_as_less_than_a_person() -> None:
    assert firm_of(_study(), 2 * SIMULATED - 1).study.market.slice == 1
    assert firm_of(_study(), 10 * SIMULATED).study.market.slice == 10
    small = _study(1000, {"desk": {}, "back": {"heads": 1}})
    firm = firm_of(small, 404)
    assert (firm.fixed, firm.study.market.slice) == ({"back": 4}, 1)
    # Of 6,060 people 60 are in the back: they would have let a slice be one in 60.
    assert firm_of(small, 6060).study.market.slice == 6060 // SIMULATED
    assert (
        firm_of(
            _study(1000, {"desk": {"heads": 1000}, "back": {"heads": 1}}), 3003
        ).study.market.slice
        == 3
    )


def test_a_size_smaller_than_its_functions_is_refused() -> None:
    study = _study(1000, {"desk": {}, "back": {"heads": 1}, "side": {"heads": 1}})
    said = _refused(study, 2)
    assert said.startswith("--employees 2: with a single customer there are 3 people")
    assert said.endswith("Ask for 3 or more.")
    assert firm_of(study, 3).employees == 3


def test_a_size_too_small_for_an_org_model_is_refused_by_its_name() -> None:
    leads = {"organisation": "leads", "staffing": {"embedded_leads": 1}}
    study = _study(
        1000, {"desk": {}, "back": {"heads": 20}}, organisations=({"organisation": "a"}, leads)
    )
    assert firm_of(study, 120).employees == 120
    said = _refused(study, 3)
    assert said.startswith("--employees 3: leads.staffing: 2 of 3 people would coordinate")
    assert said.endswith("; or ask for another size.")


def test_units_without_enough_people_are_refused() -> None:
    units = {"organisation": "units", "structure": {"units": 4, "local": ["back"]}}
    study = _study(
        1000, {"desk": {}, "back": {"heads": 40}}, organisations=({"organisation": "a"}, units)
    )
    assert firm_of(study, 14).fixed == {"back": 4}
    said = _refused(study, 7)
    assert "back has 2 people, fewer than the 4 units" in said
    assert "at most 2 units; or ask for another size." in said


def test_more_people_than_permitted_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("sim.organisation.staffing.MOST_HEADS", 1000)
    assert firm_of(_study(), 1000).employees == 1000
    assert _refused(_study(), 2000) == (
        "--employees 2000: some function would have more people than it may; 1,000 fit in. "
        "Ask for 1000 or fewer."
    )


def test_more_customers_than_permitted_are_refused() -> None:
    """Ten million customers a head: three hundred people have more than a run can hold."""
    crowded = _study(10_000_000, needs=2.08e-4)
    assert firm_of(crowded, 200).study.market.customers == 2_000_000_000
    said = _refused(crowded, 300)
    assert said.startswith("--employees 300: market.customers: the study is too large")
    assert said.endswith("; or ask for another size.")


def test_a_study_that_is_a_slice_is_refused() -> None:
    said = _refused(_study(1000, slice=2), 30)
    assert said.startswith("--employees 30: market.slice: the study simulates one in 2 customers.")
    assert "--set market.slice=1" in said


def test_customers_that_are_many_people_each_are_refused_between() -> None:
    """A customer who is four people's work: there is no firm of 10."""
    said = _refused(_study(3, needs=8320.0), 10)
    assert said == (
        "--employees 10: customers are whole: the nearest firms have 8 and 12 people. "
        "Ask for one of these."
    )
    assert firm_of(_study(3, needs=8320.0), 13).employees == 12


def test_work_that_nobody_has_is_refused() -> None:
    said = _refused(_study(needs=0.0), 30)
    assert "there is not work for so many" in said


@pytest.mark.parametrize("least", [1, 2, 7, 999, 10**6])
@pytest.mark.parametrize("start", [1, 5, 1000])
def test_the_least_number_is_found_from_wherever_one_starts(least, start) -> None:
    asked: list[int] = []

    def holds(number: int) -> bool:
        asked.append(number)
        return number >= least

    assert _first(holds, start) == least
    assert len(asked) < 60
    assert min(asked) >= 1
