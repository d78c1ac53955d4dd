"""Whether a firm has the people for each of its org models, in transition too."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.organisation.organisation import Organisation
from sim.organisation.transition import check_hardest_week
from sim.state.blueprint import Blueprint
from sim.study.errors import Complaint, KeyPath, StudyError
from sim.study.plans import Plan, ever_in_force
from sim.study.study import Study


def check_people(study: Study, orgs: Collection[str]) -> Iterator[Complaint]:
    """Yield complaints about org models that cannot be staffed, or leave nobody time to serve.

    How many people a firm has follows from the study as a whole; what is complained of is the
    org model that asks too much of them.

    Parameters
    ----------
    study : Study
        Sound in itself.
    orgs : collection of str
        The org models that are going to be compared; nobody asks for people for the others.
    """
    places = {plan.organisation: place for place, plan in enumerate(study.organisations)}
    for run in study.designs:
        blueprint = Blueprint(run)
        for plan in run.organisations:
            if plan.organisation in orgs:
                for complaint in _check_one(blueprint, plan):
                    at: KeyPath = ("organisations", places[plan.organisation], *complaint.path)
                    yield complaint._replace(path=at)


def _check_one(blueprint: Blueprint, plan: Plan) -> Iterator[Complaint]:
    """Yield complaints about one org model, at the paths of its levers."""
    for bundle in ever_in_force(plan):
        try:
            check_hardest_week(Organisation.under(blueprint, bundle), plan)
        except StudyError as error:
            for problem in error.problems:
                yield Complaint(_levers(problem.path), problem.message, problem.remedy)
            break


def _levers(path: str) -> tuple[str, ...]:
    """Return which section of the levers is meant, none where it is about all of them."""
    return () if path == "levers" else tuple(path.split("."))
