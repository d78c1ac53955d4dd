"""The calendar: cases wait in it for the tick in which their next event is due.

It is a wheel of ticks, each with a list of cases linked through their records. What falls due
in a tick is taken out and sorted by time, ties by a named draw.
"""

from __future__ import annotations

from sim.engine.compiled import kernel, station
from sim.state.cases import JOINING, NONE, NOW

WHEEL = 1024
"""Ticks in the calendar; an event further away goes round it once more."""
RUN = 8
"""Slots of a bin that are sorted by insertion before runs are merged."""


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
