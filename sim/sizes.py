"""What a run takes, estimated before it starts: memory and hours, from measured figures.

A study that the machine cannot hold is refused with these figures, instead of ending in an
operating system that kills it half-way. The estimate errs upwards: it is there to tell
what fits from what does not, not to plan a budget.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.blueprint import HOURS_PER_DAY, HOURS_PER_YEAR
from sim.cases import CASE
from sim.cross_checks import Complaint
from sim.customers import CONTACT, CUSTOMER
from sim.luck import BYTES_OF_LUCK
from sim.scenario import MAX_TOUCHPOINTS, Scenario

# Customers and needs are numbered with 32 bits.
MOST_PEOPLE = MOST_NEEDS = 2**31 - 1
# At its largest the demand table is held unsorted, sorted by customer and sorted by time.
BYTES_A_NEED = 110
# A slot of the pool: case, luck, visits by touchpoint, and its places in the lists. The pool
# doubles when full, so that for a moment three slots are held for a case.
BYTES_A_CASE = 3 * (CASE.itemsize + BYTES_OF_LUCK + 2 * MAX_TOUCHPOINTS + 32)
# A case rarely stays open longer: six working weeks are ample for patience and replies.
OPEN_HOURS = 240.0
# Interpreter, libraries and compiled code, before there is any customer.
BYTES_AT_REST = 300e6
# With a million customers, whose columns no cache holds.
SECONDS_A_NEED = 1.2e-5
SECONDS_A_WEEK = 2e-3
MOST_HOURS = 1_000_000.0
"""Hours of one core from which a whole study is refused: a century of it."""

ASSUMED_BYTES = 16e9
"""Memory taken for granted on a machine that does not say how much it has."""


@dataclass(frozen=True)
class Size:
    """What a study takes.

    Attributes
    ----------
    people, needs : float
        Customers and prospects, and the needs they will have in one run.
    bytes : float
        Memory of one run.
    hours : float
        Hours of one core for all runs of the study.
    """

    people: float
    needs: float
    bytes: float
    hours: float

    def __str__(self) -> str:
        return (
            f"{_short(self.people)} people with {_short(self.needs)} needs take about "
            f"{bytes_in_words(self.bytes)} of memory for each run and {_short(self.hours)} hours "
            "of one core for all runs"
        )


def estimate(scenario: Scenario) -> Size:
    """Return what a study takes, from its market and design.

    Parameters
    ----------
    scenario : Scenario
        The study.
    """
    market, design = scenario.market, scenario.design
    days = design.warm_up_days + design.horizon_days + design.follow_up_days
    yearly = sum(
        segment.share * sum(segment.needs_per_year.values()) for segment in market.segments.values()
    )
    customers, prospects = market.simulated
    people = customers + prospects
    # Prospects have needs as well once their day has come.
    rate = people * yearly / HOURS_PER_YEAR
    needs = rate * days * HOURS_PER_DAY + prospects
    a_person = CUSTOMER.itemsize * 2 + 8 + CONTACT.itemsize * len(scenario.enterprise.functions)
    cases = min(needs, rate * OPEN_HOURS + 1024)
    runs = len(scenario.organisations) * design.replicates * (1 + len(scenario.ablations))
    seconds = needs * SECONDS_A_NEED + days / 5 * SECONDS_A_WEEK
    return Size(
        people=people,
        needs=needs,
        bytes=BYTES_AT_REST + people * a_person + needs * BYTES_A_NEED + cases * BYTES_A_CASE,
        hours=runs * seconds / 3600,
    )


def check_size(scenario: Scenario) -> Iterator[Complaint]:
    """Yield a complaint if a study is more than this machine, or any, can do."""
    size, memory = estimate(scenario), machine_bytes()
    where = ("market", _driver(scenario))
    if size.people > MOST_PEOPLE or size.needs > MOST_NEEDS:
        yield Complaint(
            where,
            f"the study is too large: {size}",
            f"permitted: up to {MOST_PEOPLE} people and {MOST_NEEDS} needs in a run",
        )
    elif size.bytes > memory:
        share = memory / size.bytes
        yield Complaint(
            where,
            f"the study is too large for this machine: {size}; the machine has "
            f"{bytes_in_words(memory)}",
            "a sample answers the same questions: take about "
            f"{_short(scenario.market.customers * share / 2)} customers",
        )
    elif size.hours > MOST_HOURS:
        yield Complaint(
            ("design", "replicates"),
            f"the study would take too long: {size}",
            f"permitted: up to {_short(MOST_HOURS)} hours. Take fewer replicates, org models or "
            "customers, or a shorter window",
        )


def _driver(scenario: Scenario) -> str:
    """Return the key of the market that makes a study large."""
    market = scenario.market
    if market.prospects > market.customers:
        return "prospects"
    # With that few people it is what each of them needs.
    return "customers" if market.customers > MOST_PEOPLE // 1000 else "segments"


def machine_bytes() -> float:
    """Return the memory this process may use: the machine's, or less where it is confined."""
    try:
        installed = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return ASSUMED_BYTES
    try:
        granted = float(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return installed
    return min(installed, granted)


def bytes_in_words(number: float) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("PB", 1e15), ("TB", 1e12), ("GB", 1e9)):
        if number >= size:
            return f"{_short(number / size)} {unit}"
    return f"{_short(number / 1e6)} MB"


def _short(number: float) -> str:
    """Return a number to two digits, with separators while it is readable."""
    if number >= 1e15:
        return f"{number:.1e}"
    if number < 10:
        return f"{number:.2g}"
    digits = len(str(int(number))) - 2
    return f"{int(round(number, -digits)):,}"
