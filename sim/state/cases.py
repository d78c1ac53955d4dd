"""The pool of active cases: one compact record a case, recycled when it ends.

A case is always in exactly one place: in a queue, or in the calendar (``sim.state.calendar``).
Both are linked through the record itself, so a tick costs work in proportion to its events.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel

CASE = np.dtype(
    [
        # What queues and calendar read
        ("due", "f8"),  # hour of the next event
        ("joined", "f8"),  # hour it joined the queue
        ("trusted", "f8"),  # standing of the function it queued up at, as it did so
        ("waited", "f8"),  # waited for this step, in units of mean patience
        ("tie", "u4"),  # named draw that orders equal times
        ("next", "i4"),  # next case in the same list
        ("customer", "i4"),
        ("touchpoint", "i4"),
        ("state", "i4"),
        ("journey", "i4"),
        ("need", "i4"),  # which need of this customer
        ("recontact", "i4"),
        # What is known
        ("note", "i8"),  # facts that travel with the case
        ("given", "i8"),  # facts the customer has given in this case
        ("seen", "i8"),  # facts that anybody has known in this case
        ("learned", "i8"),  # facts the step in hand will add
        ("lacked", "i8"),  # facts missing when something was last missing
        ("intake", "i8"),  # facts disclosed on the way to the step, still to be taken in
        ("flags", "i8"),  # what the step in hand will turn out to be
        ("machine", "i1"),  # who takes the step in hand: BY_PERSON, BY_MACHINE or SENT_AWAY
        ("line", "i1"),  # kind of contact under way, or which kind would be next
        ("helper", "i1"),  # function that does it in the owner's place, -1 if the owner does
        ("holder", "i1"),  # function that last worked on it, -1 if none
        ("contact", "i2"),  # contacts of the need so far, the one under way included
        ("sender", "i2"),  # touchpoint at which people last did, if any
        # What the customer makes of it
        ("effort", "f8"),  # effort so far
        ("new_effort", "f8"),  # effort that the step in hand adds
        ("tolerance", "f8"),  # effort it will take
        ("worst", "f8"),  # lowest experience of a step so far
        ("latest", "f8"),  # experience of the latest step
        ("felt", "f8"),  # experiences of steps so far, summed
        ("judged", "i4"),  # steps of which experiences are summed
        ("expected", "f4"),  # how far its customer's expectation had moved as it began
        ("cohort", "i4"),  # journey, segment and month its need belongs to, -1 outside the window
        ("chases", "i2"),
        ("cause", "i1"),  # cause of the last increment of effort
        ("let_down_by", "i1"),  # whose doing it was that something last failed its customer
        # What may come of it
        ("begun", "f8"),  # hour the case began
        ("reply", "f8"),  # hours until the customer's answer, 0 if none is needed
        ("terms", "f8"),  # share of the stake conceded last, -1 if they did not agree
        ("faults", "i8"),  # latent faults, by local touchpoint of origin
        ("fault_weight", "f8"),  # chance of its fault without any defect, over with them
        ("error_without_defects", "f8"),  # chance of an error at this step with no defect
        ("contact_felt", "f4"),  # experience of the contact under way
        ("first_end", "f4"),  # hour at which the need's first contact ended
        ("seam", "i2"),  # seam crossed last, -1 if none
        ("origin", "i2"),  # touchpoint that left the fault which surfaced last, -1 if none did
        ("site", "i2"),  # seam at which a lost case fell
        ("clean", "i1"),  # 1 if it completed in time and without a chase
        ("again", "i1"),  # whether its customer had to come again
    ],
    align=True,
)
"""Four lines of memory (64 bytes each) a case: a group of fields to a line."""

# States
FREE, QUEUED, IN_SERVICE, AUTOMATED, REPLYING, CHASED, FOUND, GIVEN_UP, ABANDONED, AWAY, JOINING = (
    range(11)
)

# Flags of the step in hand
ERROR, LATENT, SURFACED, REPEAT_ASKED, ASKED, BREACHED, STAYS = 1, 2, 4, 8, 16, 32, 64
OWN_ERROR = 128  # of an error: without defects, all facts known, it would have been made as well
FACTS_ABOVE = 16
"""Flags from this bit on are the facts that the step in hand asks for again."""

# Queues of a function, in the order in which it turns to them
LIVE_FIRST, LIVE, DEFERRED_FIRST, DEFERRED = range(4)
N_QUEUES = 4

# Counters of the whole run (the conservation law of rule M13)
(
    N_NEEDS,
    N_RECONTACTS,
    N_OPEN,
    N_COMPLETED,
    N_DROPPED,
    N_UNREALISED,
    FREE_SLOTS,
    N_EVENTS,
    DEMAND_AT,
    NOW,
) = range(10)
N_COUNTERS = 10

NONE = -1

# Who takes a visit: a person; a machine; a machine that sends the customer away unhelped
BY_PERSON, BY_MACHINE, SENT_AWAY = range(3)


@kernel
def take_slot(state):
    """Take a free slot from the pool; the tick has made sure that there is one."""
    state.counters[FREE_SLOTS] -= 1
    return state.free[state.counters[FREE_SLOTS]]


@kernel
def give_back(state, slot):
    """Return a slot to the pool."""
    state.cases[slot]["state"] = FREE
    state.free[state.counters[FREE_SLOTS]] = slot
    state.counters[FREE_SLOTS] += 1


@kernel
def doer(state, slot):
    """Return the function whose people do the step in hand, -1 if nobody owns it."""
    case = state.cases[slot]
    if case["helper"] >= 0:
        return int(case["helper"])
    return int(state.touchpoints[case["touchpoint"]]["owner"])


@kernel
def effort_of_visit(rules, case):
    """Return the effort that the visit in hand takes of the customer, points."""
    effort = case["new_effort"]
    if case["flags"] & SURFACED:
        effort += rules["effort_fault"]
    if case["flags"] & ERROR:
        effort += rules["effort_error"]
    if case["flags"] & BREACHED:
        effort += rules["effort_breach"]
    return effort


@kernel
def count_queued(cases, counts):
    """Count the cases that wait in queues.

    Parameters
    ----------
    cases : numpy.ndarray
        CASE, shape (n_slots,).
    counts : numpy.ndarray
        Written: by touchpoint, int64, shape (n_touchpoints,).
    """
    counts[:] = 0
    for slot in range(len(cases)):
        if cases[slot]["state"] == QUEUED:
            counts[cases[slot]["touchpoint"]] += 1
