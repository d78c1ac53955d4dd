"""Whether a firm has the people for each of its org models, in transition too."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.organisation.organisation import Organisation
from sim.organisation.transition import check_hardest_week
from sim.state.blueprint import Blueprint
from sim.study.errors import Complaint, KeyPath, StudyError
from sim.study.plans import ever_in_force
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
    blueprint = Blueprint(study)
    for place, plan in enumerate(study.organisations):
        if plan.organisation not in orgs:
            continue
        for bundle in ever_in_force(plan):
            try:
                check_hardest_week(Organisation.under(blueprint, bundle), plan)
            except StudyError as error:
                for problem in error.problems:
                    at: KeyPath = ("organisations", place, *_levers(problem.path))
                    yield Complaint(at, problem.message, problem.remedy)
                break


def _levers(path: str) -> tuple[str, ...]:
    """Return which section of the levers is meant, none where it is about all of them."""
    return () if path == "levers" else tuple(path.split("."))
