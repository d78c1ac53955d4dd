"""What transitions, and technology bought on the way, must agree on with the rest of a study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.study.errors import Complaint, KeyPath
from sim.study.levers import OrgModel
from sim.study.plans import BESIDE_LEVERS, Plan

_DEFAULTS = {
    name: field.get_default(call_default_factory=True)
    for name, field in Plan.model_fields.items()
    if not field.is_required()
}


def bundles(plan: Plan) -> list[tuple[KeyPath, OrgModel]]:
    """Return the bundles of levers that stand in a plan, each with its path below it."""
    if plan.transition is None:
        return [((), plan)]
    ends = (("from", plan.transition.start), ("to", plan.transition.to))
    return [(("transition", end), model) for end, model in ends]


def check_transitions(organisations: Iterable[Plan], weeks: int) -> Iterator[Complaint]:
    """Yield complaints about transitions, and about technology bought outside the window.

    Parameters
    ----------
    organisations : iterable of Plan
        The org models.
    weeks : int
        Length of the window.
    """
    for index, plan in enumerate(organisations):
        for below, model in bundles(plan):
            yield from _check_bought(("organisations", index, *below), model, weeks)
        transition = plan.transition
        if transition is None:
            continue
        at: KeyPath = ("organisations", index, "transition")
        said = sorted(plan.model_fields_set - {"organisation", "label", *BESIDE_LEVERS})
        # What a manifest repeats of the defaults says nothing.
        own = [each for each in said if getattr(plan, each) != _DEFAULTS[each]]
        if own:
            message = f"a transition has no levers of its own, such as `{own[0]}`"
            remedy = "put levers into the org models that it names under `from` and `to`"
            yield Complaint(("organisations", index, own[0]), message, remedy)
        if transition.start.structure.cut != transition.to.structure.cut:
            message = "a transition leads from one `structure` to another"
            remedy = "that is not simulated: compare both as org models of their own"
            yield Complaint((*at, "to"), message, remedy)
        if (transition.at_week is None) == (transition.when is None):
            message = "a transition begins either at a week or when a measure is out of bounds"
            yield Complaint(at, message, "give one of `at_week` and `when`")
        if transition.at_week is not None and transition.at_week >= weeks:
            message = f"week {transition.at_week} lies after the window"
            yield Complaint((*at, "at_week"), message, f"permitted: 0 to {weeks - 1}")
        when = transition.when
        if when is not None and (when.below is None) == (when.above is None):
            message = "a measure is watched for falling below or for rising above something"
            yield Complaint((*at, "when"), message, "give one of `below` and `above`")


def _check_bought(at: KeyPath, model: OrgModel, weeks: int) -> Iterator[Complaint]:
    for key in ("bought_week", "record_bought_week"):
        week = getattr(model.technology, key)
        if week is not None and week >= weeks:
            message = f"week {week} lies after the window"
            yield Complaint((*at, "technology", key), message, f"permitted: 0 to {weeks - 1}")
