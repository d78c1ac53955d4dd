"""Runs at the ends of what a study may say: which ends there are, and what would be noticed."""

from __future__ import annotations

import random

import pytest

from benchmarks import ends
from benchmarks.ends import RUN, Worker, all_ends, alone, judged, study_with, together
from sim.model import EnterpriseModel
from sim.state.cases import N_OPEN
from sim.study.parameters import REGISTRY


def test_every_parameter_and_every_lever_with_bounds_has_its_ends() -> None:
    found = {(section, path): values for section, path, values in all_ends()}
    for name, parameter in REGISTRY.items():
        assert found["parameters", name] == list(parameter.permitted)
    assert found["levers", "staffing.cx_team"] == [0, 20]
    assert found["levers", "escalation.meeting_weeks"] == [1, 26]
    assert found["levers", "escalation.path"] == ["none", "committee", "decision_maker"]
    assert found["levers", "technology.bought_week"] == [0, 1040]


def test_each_end_stands_alone_and_many_together() -> None:
    luck = random.Random(1)  # noqa: S311 - luck, not a secret
    assert len(alone(None, luck)) == sum(len(values) for *_, values in all_ends())
    assert len(alone(7, luck)) == 7
    for changes in together(20, luck):
        assert len(changes) == len({(section, path) for section, path, _ in changes}) > 1


def test_an_end_is_laid_over_the_firm() -> None:
    changes = (("levers", "people.training_hours", 400), ("parameters", "loss_rate", 0.0))
    study = study_with(changes)
    assert study.organisations[0].people.training_hours == 400
    assert study.parameters["loss_rate"] == 0.0


def lose_a_case(model: EnterpriseModel) -> None:
    model.state.counters[N_OPEN] -= 1


def unsettle_standing(model: EnterpriseModel) -> None:
    model.state.customers["standing"][0] = 1.5


@pytest.mark.parametrize(
    "fault, words",
    [
        (lambda model: None, RUN),
        (lose_a_case, "cases are not conserved"),
        (unsettle_standing, "standing is out of range"),
    ],
)
def test_what_is_lost_or_out_of_range_is_told(monkeypatch, fault, words) -> None:
    run = EnterpriseModel.run_model
    monkeypatch.setattr(EnterpriseModel, "run_model", lambda model: (run(model), fault(model)))
    assert judged(()) == words


def test_shares_outside_their_range_are_told(monkeypatch) -> None:
    table = ends.measures

    def wrong(model):
        found = table(model)
        found.loc[found["measure"] == "overhead_share", "value"] = 1.1
        return found

    monkeypatch.setattr(ends, "measures", wrong)
    assert judged(()) == "no share: overhead_share"


def test_what_does_not_come_to_an_end_is_ended() -> None:
    worker = Worker()
    assert worker.answer() == "does not come to an end"
    assert worker.over
    assert not worker.process.is_alive()
