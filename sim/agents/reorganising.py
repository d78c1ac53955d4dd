"""Levers come into force, and people take up other work: what follows from them is made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents.posts import succeed
from sim.improvement.channels import Channels
from sim.organisation.organisation import Organisation
from sim.organisation.rates import Rates
from sim.study.plans import same_levers

if TYPE_CHECKING:
    from sim.model import EnterpriseModel


def follow_the_plan(model: EnterpriseModel) -> None:
    """Put the levers in force that the plan has for this week.

    Whoever had moved because of waits goes back to where the new levers plan them.

    Parameters
    ----------
    model : EnterpriseModel
        The enterprise, before the week's management.
    """
    timeline, week = model.timeline, model.week
    if not timeline.changes:
        return
    timeline.look(week, model.readings, model.organisation.staff.total)
    levers = timeline.levers(week)
    if not same_levers(levers, model.organisation.levers):
        model.capacity.start_from_the_plan()
        before = model.organisation
        model.organisation = Organisation.under(model.blueprint, levers, before.capability)
        timeline.changed(week, model.organisation)
        _make_anew(model)
        model.posts = succeed(model, model.posts)
    _tell_the_week(model)


def move_people(model: EnterpriseModel) -> None:
    """Let whoever is due to serve in another function do so, and learn (rule E4).

    Posts stay as they are: the levers do.

    Parameters
    ----------
    model : EnterpriseModel
        The enterprise, under the levers of this week.
    """
    capacity, timeline, week = model.capacity, model.timeline, model.week
    if not capacity.on:
        return
    if capacity.carry_out():
        before = model.organisation
        model.organisation = Organisation.under(
            model.blueprint, before.levers, before.capability, capacity.net
        )
        timeline.people_moved(week, model.organisation)
        _make_anew(model)
    model.organisation.week.learning = capacity.learning()
    _tell_the_week(model)


def _make_anew(model: EnterpriseModel) -> None:
    """Let all that is worked out from the organisation follow it."""
    model.rates = Rates(model.organisation, model.state)
    model.decisions.renew()
    model.seat()
    model.channels = Channels(model)


def _tell_the_week(model: EnterpriseModel) -> None:
    """Let the organisation's week know how far what has changed has been taken in."""
    timeline, week = model.timeline, model.organisation.week
    week.ties_kept = timeline.ties_kept(model.week)
    week.dip = timeline.dip(model.week)
    week.record_in_use = timeline.record_in_use(model.week)
