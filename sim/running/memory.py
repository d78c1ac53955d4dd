"""Whether there is memory for the runs of a study, here or on the workers of a cluster.

To people and needs (``sim.state.sizes``) come the cases that are open at once. By Little's law they
are visits an hour times the hours that a visit keeps its case: work, waiting, the customer's
answer, being lost between functions. A function with more work than hours serves who is live
first, and cases that wait for it may stay to the end of the run.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.checks.doubts import load_ratios
from sim.engine.compiled import compiled_before
from sim.engine.visit_luck import BYTES_OF_LUCK
from sim.organisation.organisation import Organisation
from sim.organisation.planned_visits import visits_per_hour
from sim.running.workers import default_jobs
from sim.state.arrays import N_VISITS
from sim.state.blueprint import Blueprint
from sim.state.cases import CASE
from sim.state.sizes import (
    BYTES_AT_REST,
    Size,
    bytes_in_words,
    driver,
    estimate,
    run_days,
    short,
)
from sim.state.units import most_of_units
from sim.study.errors import Complaint
from sim.study.study import Study
from sim.study.working_time import HOURS_PER_DAY

# A slot of the pool: case, luck, visits by touchpoint, and its places in the lists. When the
# pool doubles, old and new are there together.
BYTES_A_CASE = 2 * (CASE.itemsize + BYTES_OF_LUCK + 2 * N_VISITS + 36)
# In the log, and as a row of the table made of it.
BYTES_AN_EVENT = 620
# Beside visits: what ends a case and a contact, and visits that go wrong and come again.
EVENTS_A_VISIT = 1.75
# Planned flows know no errors, and nobody who comes back.
CASES_A_PLANNED_CASE = 1.5
# Planned work over hours from which a function counts as one that cannot keep up: what is planned
# has rework in it.
STRAINED = 1.0
# Compiling the engine, once on a machine, while a run is held.
BYTES_TO_COMPILE = 550e6
# The main process joins tables and draws figures beside.
BYTES_TO_REPORT = 100e6
# A worker's tenth run takes more than its first: freed memory lies scattered.
SCATTERED = 1.25


ASSUMED_BYTES = 16e9
"""Memory taken for granted on a machine that does not say how much it has."""


@dataclass(frozen=True)
class Need:
    """The memory that the runs of a study take.

    Attributes
    ----------
    size : Size
        People and needs.
    run : float
        Bytes of one run, at its fullest.
    """

    size: Size
    run: float

    def process(self, threads: int = 1, *, compiled: bool = True) -> float:
        """Return the bytes of a process that works on so many runs at once."""
        return BYTES_AT_REST + threads * self.run + (0.0 if compiled else BYTES_TO_COMPILE)

    def here(self, processes: int, *, compiled: bool = True) -> float:
        """Return the bytes of so many processes on one machine; several have a main one.

        What has to be compiled is compiled by the first run, before the others begin.
        """
        alone = BYTES_TO_REPORT + self.process(compiled=compiled)
        main = BYTES_TO_REPORT + BYTES_AT_REST
        return max(alone, main + processes * self.process()) if processes > 1 else alone

    def fitting(self, memory: float, *, compiled: bool = True) -> int:
        """Return how many processes fit into so many bytes of one machine; 0 if none does."""
        if self.here(1, compiled=compiled) > memory:
            return 0
        spare = memory - BYTES_TO_REPORT - BYTES_AT_REST
        return max(1, math.floor(spare / self.process()))

    def __str__(self) -> str:
        return (
            f"a run of {short(self.size.people)} people with {short(self.size.needs)} needs takes "
            f"about {bytes_in_words(self.process())} of memory"
        )


def memory_need(study: Study, *, events: bool = False) -> Need:
    """Return the memory that runs of a study take.

    Parameters
    ----------
    study : Study
        A study whose org models can all be staffed.
    events : bool
        Whether runs keep their events.
    """
    size, logged = estimate(study), events or study.compared_with is not None
    working = max(_working(run, size.needs, logged=logged) for run in study.designs)
    return Need(size, SCATTERED * max(size.drawing, size.held + working))


def largest_of(studies: Iterable[Study]) -> Study:
    """Return the study whose runs take most memory; each is weighed once.

    Parameters
    ----------
    studies : iterable of Study
        One or more, of which many may be the same object.
    """
    each_once = {id(study): study for study in studies}
    return max(each_once.values(), key=lambda study: memory_need(study).run)


def _working(study: Study, needs: float, *, logged: bool) -> float:
    """Return the bytes of the cases that are open at once, and of the log, under one design."""
    blueprint = Blueprint(study)
    visits = visits_per_hour(blueprint)
    cases = min(needs, CASES_A_PLANNED_CASE * float(visits @ _hours_a_visit(blueprint)))
    total = visits.sum() * run_days(study) * HOURS_PER_DAY * EVENTS_A_VISIT
    return cases * BYTES_A_CASE + (total * BYTES_AN_EVENT if logged else 0.0)


def fitting_jobs(need: Need, most: int) -> int:
    """Return how many processes this machine has cores and memory for, from 1 to `most`."""
    return max(1, min(default_jobs(), most, need.fitting(machine_bytes())))


def _hours_a_visit(blueprint: Blueprint) -> np.ndarray:
    """Return the most hours that a visit keeps its case on average, shape (n_touchpoints,).

    Who waits for n people that keep up under a load waits at most work/(n (1 − load)) where all
    are served in turn, work/(n (1 − load)²) where live ones go first (Cobham 1954), and at
    most until patience ends.
    """
    study = blueprint.study
    organisations = [Organisation.under(blueprint, model) for model in study.organisations]
    loads = load_ratios(blueprint, organisations).max(axis=0) / STRAINED
    p = study.assumed
    waits = 1.0 / np.maximum(1.0 - loads, 1e-6) ** 2
    lines = [-most_of_units(o.blueprint, -o.staff.line) for o in organisations]
    waits /= np.maximum(np.min(lines, axis=0), 1)
    longest = max(segment.patience for segment in study.market.segments.values())
    limbo = min(1.0, p["loss_rate"]) * (p["chase_hours_person"] + p["give_up_hours_person"])
    hours = np.zeros(len(blueprint.touchpoints))
    for place, owner in enumerate(blueprint.owners):
        step = blueprint.touchpoint(place)
        if not step.automated:
            patience, work = longest * p[f"patience_{step.mode}_hours"], step.minutes / 60
            hours[place] = limbo + work + min(patience, work * waits[owner])
            if step.mode == "deferred" and loads[owner] > 1.0:
                hours[place] = run_days(study) * HOURS_PER_DAY
        if step.reply is not None:
            limit = step.reply.limit_hours
            hours[place] += min(step.reply.hours, limit if limit is not None else math.inf)
    return hours


def check_memory(study: Study, need: Need, processes: int) -> Iterator[Complaint]:
    """Yield a complaint if this machine has no room for so many processes.

    Parameters
    ----------
    study : Study
        The study.
    need : Need
        What its runs take.
    processes : int
        How many runs are to be worked on at once.
    """
    memory, compiled = machine_bytes(), compiled_before("pipeline")
    if need.here(processes, compiled=compiled) <= memory:
        return
    fitting = need.fitting(memory, compiled=compiled)
    several = ""
    if processes > 1:
        taken = bytes_in_words(need.here(processes, compiled=compiled))
        several = f", and {processes} processes about {taken}"
    yield Complaint(
        ("market", driver(study)),
        f"the study is too large for this machine: {need}{several}; the machine has "
        f"{bytes_in_words(memory)}",
        f"take --jobs {fitting}" if fitting else sample(study, need, memory),
    )


def sample(study: Study, need: Need, memory: float) -> str:
    """Return the remedy for a run that is too large for so many bytes, as text.

    What a customer takes depends on how many there are: a few steps find the most that fit.
    """
    spare = memory - BYTES_TO_REPORT - BYTES_AT_REST
    customers = study.market.customers * spare / need.run * 0.9 if need.run else 0.0
    if customers < 1:
        return "take a machine with more memory"
    for _ in range(3):
        more = customers * spare / memory_need(_of(study, customers)).run * 0.9
        if more <= customers or memory_need(_of(study, more)).run > spare:
            break
        customers = more
    return f"a sample answers the same questions: take about {short(customers)} customers"


def _of(study: Study, customers: float) -> Study:
    """Return a study with another number of customers."""
    market = study.market.model_copy(update={"customers": max(1, int(customers))})
    return study.model_copy(update={"market": market})


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
