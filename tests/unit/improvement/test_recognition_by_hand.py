"""What is heard of what customers voice, and about which site (rules M8.3, M8.4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from studies import COMMITTEE, RICH
from test_management_by_hand import firm, issue_at, site

from sim.improvement.recognition import AGENT, PERSON
from sim.model import EnterpriseModel
from sim.state.tallies import FIXED

FRONT, MIDDLE, REAR = range(3)


def listened(
    model: EnterpriseModel, felt: str, caused: str, persons: int = 0, agents: int = 0
) -> np.ndarray:
    """Return what is heard of some signals about one failure, (n_sites, n_sites)."""
    here, there = site(model, felt), site(model, caused)
    model.state.signals[here, there] = [persons, agents]
    return model.channels.listen()[0].copy()


def test_a_cause_is_recognised_and_its_owner_hears_of_it_through_ties() -> None:
    model = firm(cross_ties=2.0, inner_ties=1.0)  # of 3, 4, 3 people
    chances = model.channels.chances()
    fix, report = site(model, "repair/fix"), site(model, "repair/report")
    across, inside = 2 / 7, 1 / 2
    assert chances[fix, report] == pytest.approx([across**2, across])
    assert chances[fix, fix] == pytest.approx([inside**2, inside])
    # Both sides own the seam: who felt it stands at it, and knows it best from inside.
    seam = site(model, "middle>rear")
    assert chances[fix, seam] == pytest.approx([inside**2, inside])
    assert chances[report, seam] == pytest.approx([across**2, across])
    reminder = site(model, "renew/remind")
    assert not chances[reminder].any()  # nobody works there
    assert not chances[:, reminder].any()  # and nobody owns it


@pytest.mark.parametrize(
    ("seams", "chance"),
    [("upstream", 2 / 7), ("downstream", 1 / 2), ("nobody", 0.0)],
)
def test_who_owns_a_seam_decides_who_may_hear_of_it(seams, chance) -> None:
    model = firm({"ownership": {"seams": seams}}, cross_ties=2.0, inner_ties=1.0)
    found = model.channels.chances()[site(model, "repair/fix"), site(model, "middle>rear")]
    assert found == pytest.approx([chance / 2, chance])


def test_a_journey_owner_hears_as_somebody_of_another_function() -> None:
    owned = {"ownership": {"seams": "journey_owner"}, "staffing": {"journey_owners": 0.4}}
    model = firm(owned, cross_ties=2.0, inner_ties=1.0)
    found = model.channels.chances()[site(model, "repair/fix"), site(model, "middle>rear")]
    assert found[AGENT] == pytest.approx(model.organisation.ties[REAR, MIDDLE])


def test_signals_count_at_the_cause_as_often_as_it_is_recognised() -> None:
    model = firm(cross_ties=4.0)
    fix, report = site(model, "repair/fix"), site(model, "repair/report")
    chances = model.channels.chances()[fix, report]
    for persons, agents, chance in ((4000, 0, chances[PERSON]), (0, 4000, chances[AGENT])):
        heard = listened(model, "repair/fix", "repair/report", persons, agents)
        assert heard.sum() == heard[report, report] + heard[fix, report] == 4000
        error = 4 * math.sqrt(4000 * chance * (1 - chance))
        assert heard[report, report] == pytest.approx(4000 * chance, abs=error)
    assert not model.state.signals.any()


def test_what_is_expected_is_sorted_by_the_same_chances() -> None:
    model = firm(cross_ties=4.0)
    fix, report = site(model, "repair/fix"), site(model, "repair/report")
    chances = model.channels.chances()[fix, report]
    model.state.expected[fix, report] = [int(10 * FIXED), int(4 * FIXED)]
    model.state.expected[fix, fix, PERSON] = int(3 * FIXED)
    _, expected = model.channels.listen()
    at_cause = 10 * chances[PERSON] + 4 * chances[AGENT]
    assert expected[report] == pytest.approx(at_cause)
    assert expected[fix] == pytest.approx(17 - at_cause)
    assert expected.sum() == pytest.approx(17)
    assert not model.state.expected.any()


# --- blame ----------------------------------------------------------------------------


def test_blame_keeps_people_from_reporting_their_own_function() -> None:
    for blame in (0.0, 0.4, 1.0):
        model = firm({"culture": {"blame": blame}}, cross_ties=0.0)
        own = listened(model, "repair/fix", "repair/fix", persons=2000).sum()
        error = 4 * math.sqrt(2000 * blame * (1 - blame))
        assert own == pytest.approx(2000 * (1 - blame), abs=error)
        # What others did is told all the more, and agents report whatever it is.
        assert listened(model, "repair/fix", "repair/report", persons=50).sum() == 50
        assert listened(model, "repair/fix", "repair/fix", agents=50).sum() == 50


def test_a_recognised_cause_is_its_owners_own_fault_to_report() -> None:
    model = firm({"culture": {"blame": 1.0}}, cross_ties=50.0)
    assert listened(model, "repair/fix", "repair/report", persons=50).sum() == 0
    assert listened(model, "repair/fix", "repair/report", agents=50).sum() == 50


def test_more_blame_hears_less_of_the_same_signals() -> None:
    before = None
    for blame in np.linspace(0, 1, 6):
        model = firm({"culture": {"blame": float(blame)}}, cross_ties=3.0)
        model.week = 5
        heard = sum(
            listened(model, "repair/fix", caused, persons=30, agents=5)
            for caused in ("repair/fix", "repair/report", "middle>rear")
        )
        if before is not None:
            assert np.all(heard <= before)
        before = heard


# --- who sees what --------------------------------------------------------------------


def test_seams_are_seen_by_those_with_a_say_and_by_journeys_that_cross_them() -> None:
    model = firm(RICH)
    seam = site(model, "middle>rear")  # crossed in join and in repair
    seen = {role.title: role.sees(seam) for role in model.roles}
    assert seen["owner of repair"]
    assert seen["owner of join"]
    assert not seen["owner of renew"]
    assert seen["CX team"]
    assert [seen[f"CX lead in {name}"] for name in ("front", "middle", "rear")] == [
        False,
        True,
        True,
    ]
    assert not any(function.sees(seam) for function in model.functions)  # owners own it
    board = firm(COMMITTEE)
    assert [function.sees(seam) for function in board.functions] == [False, True, True]


def test_an_alarm_at_a_seam_becomes_an_issue_about_it() -> None:
    model = firm(insight_hours=1.0, cross_ties=50.0, inner_ties=50.0)
    model.decisions.proposes = lambda *_: True
    seam = site(model, "middle>rear")
    for week in range(6):
        model.week = week
        heard = listened(model, "repair/fix", "middle>rear", persons=8)
        model.register.hear(heard, np.zeros(len(heard)), model.channels.kinds, week)
    (alarm,) = model.register.alarms
    assert alarm.felt == seam
    model.functions[MIDDLE].hours = 1.0
    model.functions[MIDDLE].analyse()
    (issue,) = model.register.issues
    assert (issue.site, issue.cause, issue.felt) == (seam, seam, seam)
    assert model.decisions.own_share(issue, REAR) == 1.0
    assert model.decisions.own_share(issue, FRONT) == model.organisation.congruity(FRONT)


def ambiguous(blame: float = 0.0, **parameters: float) -> EnterpriseModel:
    """Return a firm in week 20 with issues of one, of two and of no owner, and an old one.

    Two have one owner: who is told apart by being alone, and not by being several.
    """
    model = firm({"culture": {"blame": blame}}, **parameters)
    opened = {"repair/fix": 7, "repair/report": 9, "middle>rear": 12, "renew/remind": 19,
              "rear>front": 6}  # fmt: skip
    for name, week in sorted(opened.items(), key=lambda each: each[1]):
        model.register.history.append(issue_at(model, name, opened=week))
    model.week = 20
    return model


def test_issues_that_several_own_or_nobody_feed_blame() -> None:
    # Of the issues of weeks 7 to 19 two have one owner, a seam has two, the reminder has none.
    assert ambiguous(blame_ambiguity=0.3).channels.blame() == pytest.approx(0.3 * 2 / 4)
    assert ambiguous(0.4, blame_ambiguity=0.3).channels.blame() == pytest.approx(0.4 + 0.15)
    assert ambiguous(0.9, blame_ambiguity=0.3).channels.blame() == 1.0
    assert ambiguous(0.4, blame_ambiguity=0.0).channels.blame() == 0.4
    assert firm({"culture": {"blame": 0.4}}).channels.blame() == 0.4  # no issue yet


def test_what_is_unclear_is_held_back() -> None:
    model = ambiguous(blame_ambiguity=0.3, cross_ties=0.0)
    heard = listened(model, "repair/fix", "repair/fix", persons=2000).sum()
    assert heard == pytest.approx(2000 * 0.85, abs=4 * math.sqrt(2000 * 0.1275))
