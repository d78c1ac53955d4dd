"""Levers come into force: what follows from them is made anew (rule M10)."""

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
        before = model.organisation
        model.organisation = Organisation.under(model.blueprint, levers, before.capability)
        timeline.changed(week, model.organisation)
        _make_anew(model)
        model.posts = succeed(model, model.posts)
    model.organisation.week.ties_kept = timeline.ties_kept(week)
    model.organisation.week.dip = timeline.dip(week)
    model.organisation.week.record_in_use = timeline.record_in_use(week)


def _make_anew(model: EnterpriseModel) -> None:
    """Let all that is worked out from the organisation follow it."""
    model.rates = Rates(model.organisation, model.state)
    model.decisions.renew()
    model.seat()
    model.channels = Channels(model)
