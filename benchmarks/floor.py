"""How far the day kernel is from a floor that no rule could go below.

``python -m benchmarks.floor`` works the bundled study's baseline twice side by side, once with
an event log. From the log it takes which rows of memory each visit touches (customer, contact,
case, luck and steps passed, when it joins a queue, is begun and ends; at the end of a case all
contacts, whose facts are erased) and how many blocks of Philox are drawn.
A bare compiled loop then touches the same rows of arrays as large, in the same order and without
prefetching, draws as many blocks, side by side as the engine draws them, and does nothing else.
What the engine takes for the days of the same weeks, over what the loop takes, is the price of
the rules.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass

import numba
import numpy as np

from benchmarks.plain_mesa import STUDY, machine, on_one_core, positive
from benchmarks.scaling import sized
from benchmarks.stopwatch import days_timed
from sim.engine.draws import DRAW_CASE, VISIT_DECISIONS
from sim.engine.philox import block
from sim.engine.visit_luck import LUCK, draw_side_by_side
from sim.model import EnterpriseModel
from sim.reading.loader import load_study
from sim.state.arrays import N_VISITS
from sim.state.cases import CASE, N_EVENTS
from sim.state.customers import CONTACT, CUSTOMER
from sim.state.events import AUTOMATED_VISIT, CASE_CLOSED, CASE_LOST, VISIT

WORDS_A_LINE = 8
"""Words of eight bytes in a line of memory."""


@dataclass(frozen=True)
class Trace:
    """What the visits of some weeks touched, in the order of time.

    Attributes
    ----------
    customer, contact, slot : numpy.ndarray
        Rows touched, int64, shape (n_touches,); contact is -1 where nobody owns the step.
    ends : numpy.ndarray
        Whether the case ends there, bool, the same shape.
    together : numpy.ndarray
        Whether the blocks of a visit are drawn there, bool, the same shape.
    alone : numpy.ndarray
        Blocks drawn one by one, int64, the same shape.
    n_visits : int
        Visits, served or automated.
    """

    customer: np.ndarray
    contact: np.ndarray
    slot: np.ndarray
    ends: np.ndarray
    together: np.ndarray
    alone: np.ndarray
    n_visits: int


@numba.njit(error_model="numpy")
def replay(customers, contacts, cases, luck, passed, keys, who, met, slots, ends, together, alone):  # type: ignore[no-untyped-def]
    """Touch every line of the rows in order and draw the blocks; return what keeps it all alive."""
    left = np.uint64(0)
    words = contacts.reshape(-1)
    n_words = len(words) // len(customers)
    for place in range(len(who)):
        customer, slot = who[place], slots[place]  # unsigned: no index is asked for its sign
        customers[customer, 0] += 1
        if met[place] >= 0:
            contacts[np.uint64(met[place]), 0] += 1
        for word in range(0, cases.shape[1], WORDS_A_LINE):
            cases[slot, word] += 1
        left += luck[slot, 1, 0] + luck[slot, 5, 0]
        passed[slot, 0] += 1
        if ends[place]:  # what belongs to a case is erased from every contact
            first = np.int64(customer) * n_words
            for word in range(first, first + n_words, WORDS_A_LINE):
                words[np.uint64(word)] += 1
        if together[place]:
            draw_side_by_side(luck, slot, keys, customer, place, 7, 0)
            left += luck[slot, 0, 0]
        for number in range(alone[place]):
            left += block(keys[DRAW_CASE], customer, place, number, 0)[0]
    return left


def traced(model: EnterpriseModel) -> Trace:
    """Return what the visits in the event log touched, and empty the log.

    Parameters
    ----------
    model : EnterpriseModel
        With an event log.
    """
    state = model.state
    log = state.events[: state.counters[N_EVENTS]].copy()
    state.counters[N_EVENTS] = 0
    visits = np.isin(log["kind"], (VISIT, AUTOMATED_VISIT))
    ends = np.isin(log["kind"], (CASE_CLOSED, CASE_LOST))
    served = log["kind"] == VISIT
    rows = np.concatenate([np.flatnonzero(m) for m in (served, served, visits | ends)])
    hours = np.concatenate([log["joined"][served], log["start"][served], log["end"][visits | ends]])
    closing = np.arange(len(rows)) >= 2 * served.sum()
    order = np.argsort(hours, kind="stable")
    rows, closing = rows[order], closing[order]
    touched = log[rows]
    owners = model.blueprint.owners
    owner = np.where(touched["touchpoint"] >= 0, owners[touched["touchpoint"]], -1)
    contact = touched["customer"].astype(np.int64) * len(model.functions) + owner
    return Trace(
        touched["customer"].astype(np.uint64),
        np.where(owner >= 0, contact, -1),
        _slots(touched, ends[rows]).astype(np.uint64),
        ends[rows],
        closing & visits[rows],
        # One for the tolerance of a case, counted at its end, and one for the survey.
        2 * ends[rows].astype(np.int64),
        int(visits.sum()),
    )


def _slots(touched: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Give each case a slot from its first touch to its end, the one freed last first."""
    free: list[int] = []
    taken: dict[tuple[int, int, int], int] = {}
    slots = np.empty(len(touched), np.int64)
    most = 0
    cases = zip(
        *(touched[name].tolist() for name in ("customer", "need", "recontact")), strict=True
    )
    for place, (case, last) in enumerate(zip(cases, ends.tolist(), strict=True)):
        if case not in taken:
            if not free:
                free.append(most)
                most += 1
            taken[case] = free.pop()
        slots[place] = taken[case]
        if last:
            free.append(taken.pop(case))
    return slots


def measure(customers: int, weeks: int, pairs: int) -> tuple[list[float], list[float]]:
    """Return nanoseconds a visit of the engine's days and of the floor, stretch by stretch.

    Parameters
    ----------
    customers : int
        Of the firm.
    weeks, pairs : int
        Weeks of a stretch, and how many stretches are timed after one that is not.
    """
    study = load_study(str(STUDY), overrides=sized(customers, "design.warm_up_days=0"))
    levers = study.organisations[0]
    logged = EnterpriseModel(study, levers, log_events=True)
    plain = EnterpriseModel(study, levers)
    n_people = len(plain.state.customers)
    people = np.zeros((n_people, CUSTOMER.itemsize // 8), np.int64)
    contacts = np.zeros((n_people * len(plain.functions), CONTACT.itemsize // 8), np.int64)
    engine, floor = [], []
    for number in range(pairs + 1):
        for _ in range(weeks):
            logged.step()
        trace = traced(logged)
        with days_timed(plain) as days:
            for _ in range(weeks):
                plain.step()
        n_slots = int(trace.slot.max()) + 1
        cases = np.zeros((n_slots, CASE.itemsize // 8), np.int64)
        luck = np.zeros((n_slots, *LUCK), np.uint32)
        passed = np.zeros((n_slots, N_VISITS), np.int16)
        rows = (trace.customer, trace.contact, trace.slot, trace.ends)
        blocks = (trace.together, trace.alone)
        begun = time.perf_counter()
        replay(people, contacts, cases, luck, passed, plain.state.keys, *rows, *blocks)
        taken = time.perf_counter() - begun
        if number > 0:  # the first one compiles and fills memory
            engine.append(1e9 * days.seconds / trace.n_visits)
            floor.append(1e9 * taken / trace.n_visits)
    logged.release()
    plain.release()
    return engine, floor


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=positive, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--pairs", type=positive, default=7)
    options = parser.parse_args()
    on_one_core()
    print(machine() + "; one core")
    for customers in options.customers:
        weeks = 8 if customers < 100_000 else 2
        engine, floor = measure(customers, weeks, options.pairs)
        ratios = [one / other for one, other in zip(engine, floor, strict=True)]
        print(
            f"{customers:,} customers: {statistics.median(engine):.0f} ns a visit, the floor "
            f"{statistics.median(floor):.0f} ({VISIT_DECISIONS} blocks together); "
            f"{statistics.median(ratios):.1f} x ({min(ratios):.1f} to {max(ratios):.1f}, "
            f"{len(ratios)} pairs)",
            flush=True,
        )


if __name__ == "__main__":
    main()
