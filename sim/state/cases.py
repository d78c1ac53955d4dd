"""The pool of active cases: one compact record a case, recycled when it ends.

A case is always in exactly one place: in a queue, or in the calendar waiting for the
tick in which its next event is due. Both are linked through the record itself, so a
tick costs work in proportion to its events.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel, station

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
        ("machine", "i4"),  # who takes the step in hand: BY_PERSON, BY_MACHINE or SENT_AWAY
        ("holder", "i4"),  # function that last worked on it, -1 if none
        # What the customer makes of it
        ("effort", "f8"),  # effort so far
        ("new_effort", "f8"),  # effort that the step in hand adds
        ("tolerance", "f8"),  # effort it will take
        ("worst", "f8"),  # lowest experience of a step so far
        ("latest", "f8"),  # experience of the latest step
        ("felt", "f8"),  # experiences of steps so far, summed
        ("judged", "i4"),  # steps of which experiences are summed
        ("cause", "i4"),  # cause of the last increment of effort
        ("cohort", "i4"),  # journey, segment and month its need belongs to, -1 outside the window
        ("chases", "i4"),
        # What may come of it
        ("begun", "f8"),  # hour the case began
        ("reply", "f8"),  # hours until the customer's answer, 0 if none is needed
        ("terms", "f8"),  # share of the stake conceded at this step, -1 if they did not agree
        ("faults", "i8"),  # latent faults, by local touchpoint of origin
        ("fault_weight", "f8"),  # chance of its fault without any defect, over with them
        ("error_without_defects", "f8"),  # chance of an error at this step with no defect
        ("seam", "i4"),  # seam crossed last, -1 if none
        ("origin", "i4"),  # touchpoint that left the fault which surfaced last, -1 if none did
        ("site", "i4"),  # seam at which a lost case fell
        ("clean", "i4"),  # 1 if it completed in time and without a chase
    ],
    align=True,
)
"""Four lines of memory (64 bytes each) a case: a group of fields to a line."""

# States
FREE, QUEUED, IN_SERVICE, AUTOMATED, REPLYING, CHASED, FOUND, GIVEN_UP, ABANDONED, AWAY, JOINING = (
    range(11)
)

# Flags of the step in hand
ERROR, LATENT, SURFACED, REPEAT_ASKED, ASKED, BREACHED = 1, 2, 4, 8, 16, 32

# Queues of a function, in the order in which it turns to them
LIVE_FIRST, LIVE, DEFERRED_FIRST, DEFERRED = range(4)
N_QUEUES = 4

# Counters of the whole run (the conservation law of rule M13)
(
    NEEDS,
    RECONTACTS,
    OPEN,
    COMPLETED,
    DROPPED,
    UNREALISED,
    FREE_SLOTS,
    N_EVENTS,
    DEMAND_AT,
    NOW,
) = range(10)
N_COUNTERS = 10

RUN = 8
"""Slots of a bin that are sorted by insertion before runs are merged."""

WHEEL = 1024
"""Ticks in the calendar; an event further away goes round it once more."""

NONE = -1

# Who takes a visit: a person; a machine; a machine that sends the customer away unhelped
BY_PERSON, BY_MACHINE, SENT_AWAY = range(3)


@kernel
def in_calendar(state, slot, hour):
    """Put a case into the calendar for the tick that holds `hour`, the next at the earliest.

    What would be due within the tick that is being worked comes at the start of the next,
    so that what follows from it queues up in the order of its own hour.
    """
    tick_hours = state.rules[0]["tick_hours"]
    tick = int(hour / tick_hours)
    if tick <= state.counters[NOW]:
        tick = state.counters[NOW] + 1
        hour = tick * tick_hours
    state.cases[slot]["due"] = hour
    place = tick % WHEEL
    state.cases[slot]["next"] = state.wheel[place]
    state.wheel[place] = slot


@kernel
def due_now(state, tick):
    """Take from the calendar what is due in a tick.

    Returns
    -------
    n_joining, n_ending : int
        How many slots now stand in ``state.joining`` and ``state.ending``.
    """
    place = tick % WHEEL
    next_round = (tick + WHEEL // 2) * state.rules[0]["tick_hours"]
    slot = state.wheel[place]
    state.wheel[place] = NONE
    n_joining = 0
    n_ending = 0
    while slot != NONE:
        case = state.cases[slot]
        following = case["next"]
        if case["due"] >= next_round:
            case["next"] = state.wheel[place]
            state.wheel[place] = slot
        elif case["state"] == JOINING:
            state.joining[n_joining] = slot
            n_joining += 1
        else:
            state.ending[n_ending] = slot
            n_ending += 1
        slot = following
    return n_joining, n_ending


@kernel
def before(state, due, slot, other_due, other):
    """Tell whether one case's event comes before another's: by time, then by named draw."""
    if due != other_due:
        return due < other_due
    tie = state.cases[slot]["tie"]
    other_tie = state.cases[other]["tie"]
    return tie < other_tie if tie != other_tie else slot < other


@station
def sort_by_time(state, slots, length):
    """Sort the first `length` slots by (due, tie), in place.

    They are dealt out by hour within the tick first, about one to a bin, so that little is
    left for sorting in each. The hours stand beside the slots: comparing them where the
    cases are would touch a distant row for every comparison.
    """
    if length < 2:
        return
    if deal_out(state, slots, length) <= 2 * RUN:
        insert_all(state, slots, 0, length)
        return
    first = 0
    for number in range(length):
        last = state.bins[number]
        if last - first > 1:
            sort_bin(state, slots, first, last)
        first = last


@kernel
def insert_all(state, slots, first, last):
    """Sort some slots by insertion; what is in order already stays where it is."""
    due = state.sort_due
    for place in range(first + 1, last):
        slot = slots[place]
        hour = due[place]
        hole = place
        while hole > first and before(state, hour, slot, due[hole - 1], slots[hole - 1]):
            due[hole] = due[hole - 1]
            slots[hole] = slots[hole - 1]
            hole -= 1
        if hole < place:
            due[hole] = hour
            slots[hole] = slot


@kernel
def sort_bin(state, slots, first, last):
    """Sort the slots of a bin: short runs by insertion, which are merged then."""
    for left in range(first, last, RUN):
        insert_all(state, slots, left, min(left + RUN, last))
    width = RUN
    while width < last - first:
        merge_runs(state, slots, first, last, width)
        width *= 2


@kernel
def deal_out(state, slots, length):
    """Put slots and their hours in the order of as many bins as slots, the tick divided evenly.

    What was due before the tick goes into the first bin.

    Returns
    -------
    int
        How many slots the fullest bin has.
    """
    tick_hours = state.rules[0]["tick_hours"]
    begin = state.counters[NOW] * tick_hours
    scale = length / tick_hours
    bins = state.bins
    bins[: length + 1] = 0
    for place in range(length):
        hour = state.cases[slots[place]]["due"]
        state.spare_due[place] = hour
        state.spare[place] = slots[place]
        bins[1 + bin_of(hour, begin, scale, length)] += 1
    fullest = 0
    for number in range(1, length + 1):
        fullest = max(fullest, bins[number])
        bins[number] += bins[number - 1]
    for place in range(length):
        number = bin_of(state.spare_due[place], begin, scale, length)
        state.sort_due[bins[number]] = state.spare_due[place]
        slots[bins[number]] = state.spare[place]
        bins[number] += 1
    return fullest


@kernel
def bin_of(hour, begin, scale, length):
    """Return the bin of an hour, 0 to `length` − 1."""
    return min(max(int((hour - begin) * scale), 0), length - 1)


@kernel
def merge_runs(state, slots, first, last, width):
    """Merge neighbouring sorted runs of slots of a width, two by two."""
    due = state.sort_due
    for left in range(first, last, 2 * width):
        middle = min(left + width, last)
        right = min(left + 2 * width, last)
        if middle >= right or not before(
            state, due[middle], slots[middle], due[middle - 1], slots[middle - 1]
        ):
            continue  # in order already
        i = left
        j = middle
        for k in range(left, right):
            earlier = j >= right
            if i < middle and not earlier:
                earlier = not before(state, due[j], slots[j], due[i], slots[i])
            if i < middle and earlier:
                state.spare[k] = slots[i]
                state.spare_due[k] = due[i]
                i += 1
            else:
                state.spare[k] = slots[j]
                state.spare_due[k] = due[j]
                j += 1
        for k in range(left, right):
            slots[k] = state.spare[k]
            due[k] = state.spare_due[k]


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
