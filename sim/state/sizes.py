"""What a study takes, estimated before it starts: people, needs, memory of a run, hours.

A study that the machine cannot hold is refused with these figures, instead of ending in an
operating system that kills it half-way. The estimate errs upwards, by less than twice where
people can serve what comes: it is there to tell what fits from what does not. How many cases
are open at once, and on what machine, is added in ``sim.running.memory``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.state.customers import CONTACT, CUSTOMER, DROP
from sim.state.demand import NEEDS_A_STRETCH
from sim.state.demand_table import NEED
from sim.state.rivals import OFFER
from sim.study.errors import Complaint
from sim.study.study import Study
from sim.study.working_time import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_YEAR

# Customers and needs are numbered with 32 bits.
MOST_PEOPLE = MOST_NEEDS = 2**31 - 1
# A need while demand is drawn: customer by customer, in bins, and sorted by time.
BYTES_TO_DRAW_A_NEED = 20 + NEED.itemsize
# What each customer has come to expect.
BYTES_OF_EXPECTATION = 4
# Which facts in the shared record the customer's agent wrote.
BYTES_OF_AGENT_FACTS = 4
# A journey of a customer meanwhile: when it is needed next, and how often it has been.
BYTES_TO_DRAW_A_JOURNEY = 12
# A row of the table of customers, before it is packed: nine columns, most of them words.
BYTES_A_ROW = 500
# Interpreter, libraries and compiled code, before there is any customer.
BYTES_AT_REST = 380e6
# With a million customers, whose columns no cache holds.
SECONDS_A_NEED = 1.2e-5
SECONDS_A_WEEK = 2e-3
MOST_HOURS = 1_000_000.0
"""Hours of one core from which a whole study is refused: a century of it."""


@dataclass(frozen=True)
class Size:
    """What a study takes.

    Attributes
    ----------
    people, needs : float
        Customers and prospects, and the needs they will have in one run.
    drawing, held : float
        Bytes while demand is drawn, and afterwards without open cases; beside what a process
        takes anyway.
    hours : float
        Hours of one core for all runs of the study.
    """

    people: float
    needs: float
    drawing: float
    held: float
    hours: float

    def __str__(self) -> str:
        memory = bytes_in_words(max(self.drawing, self.held))
        return (
            f"{short(self.people)} people with {short(self.needs)} needs take about "
            f"{memory} of memory for each run and {short(self.hours)} hours of one core "
            "for all runs"
        )


def estimate(study: Study) -> Size:
    """Return what a study takes, from its market and design.

    Parameters
    ----------
    study : Study
        The study.
    """
    market, design = study.market, study.design
    days = run_days(study)
    yearly = sum(
        segment.share * sum(segment.needs_per_year.values()) for segment in market.segments.values()
    )
    customers, prospects = market.simulated
    # Prospects have one need at a moment of the window, and then the others' needs as well.
    ahead = prospects * (design.horizon_days / 2 + design.follow_up_days)
    hours = (customers * days + ahead) * HOURS_PER_DAY
    needs = hours * yearly / HOURS_PER_YEAR + prospects
    runs = len(study.organisations) * design.replicates * (1 + len(study.ablations))
    seconds = needs * SECONDS_A_NEED + days / DAYS_PER_WEEK * SECONDS_A_WEEK
    people = customers + prospects
    contacts = CONTACT.itemsize * max(_functions_under(study))
    a_person = CUSTOMER.itemsize + contacts + DROP.itemsize + OFFER.itemsize + BYTES_A_ROW
    a_person += BYTES_OF_EXPECTATION + BYTES_OF_AGENT_FACTS
    to_draw = 16 + BYTES_TO_DRAW_A_JOURNEY * len(study.enterprise.journeys)
    at_once = min(needs, NEEDS_A_STRETCH)
    return Size(
        people=people,
        needs=needs,
        drawing=people * to_draw + at_once * BYTES_TO_DRAW_A_NEED,
        held=people * a_person + at_once * NEED.itemsize,
        hours=runs * seconds / 3600,
    )


def _functions_under(study: Study) -> Iterator[int]:
    """Yield how many functions there are under each org model, those of its units counted."""
    for plan in study.organisations:
        structure = plan.transition.start.structure if plan.transition else plan.structure
        enterprise = study.for_plan(plan).enterprise
        local = len(enterprise.local_under(structure))
        yield len(enterprise.functions) + (structure.units - 1) * local


def run_days(study: Study) -> int:
    """Return the working days of a run, from the warm-up to the end of the follow-up."""
    design = study.design
    return design.warm_up_days + design.horizon_days + design.follow_up_days


def check_size(study: Study) -> Iterator[Complaint]:
    """Yield a complaint if a study is more than any machine can do."""
    size = estimate(study)
    if size.people > MOST_PEOPLE or size.needs > MOST_NEEDS:
        yield Complaint(
            ("market", driver(study)),
            f"the study is too large: {size}",
            f"permitted: up to {MOST_PEOPLE} people and {MOST_NEEDS} needs in a run",
        )
    elif size.hours > MOST_HOURS:
        yield Complaint(
            ("design", "replicates"),
            f"the study would take too long: {size}",
            f"permitted: up to {short(MOST_HOURS)} hours. Take fewer replicates, org models or "
            "customers, or a shorter window",
        )


def driver(study: Study) -> str:
    """Return the key of the market that makes a study large."""
    market = study.market
    if market.prospects > market.customers:
        return "prospects"
    # With that few people it is what each of them needs.
    return "customers" if market.customers > MOST_PEOPLE // 1000 else "segments"


def bytes_in_words(number: float) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("PB", 1e15), ("TB", 1e12), ("GB", 1e9)):
        if number >= size:
            return f"{short(number / size)} {unit}"
    return f"{short(number / 1e6)} MB"


def short(number: float) -> str:
    """Return a number to two digits, with separators while it is readable."""
    if number >= 1e15:
        return f"{number:.1e}"
    if number < 10:
        return f"{number:.2g}"
    digits = len(str(int(number))) - 2
    return f"{int(round(number, -digits)):,}"
