"""A working day, in order. This is the only place where the order of a tick and a case stands.

In every tick of the day's working hours:

1. what is due is taken from the calendar, and needs arise, which pass automated steps at once;
2. cases that join a queue do so in the order of time, ties by a named draw;
3. each function serves its queues with its whole servers, patience running;
4. everything that ends in the tick takes effect in the order of time, ties by a named draw.

A case, from its need to its end:

1. it begins: an agent may enter the journey further on, at a step it is ready for (`enter`);
2. it joins the queue of the step before it, or passes an automated step at once (`advance`);
3. it is visited (``sim.day.visit``), or its patience ends first and it is dropped;
4. the customer may give up, the step be done again, terms fail, or the next step wait for the
   customer's own reply (`after_visit`);
5. it takes a branch, skips what is known, and is handed over with its note, or falls between
   and is found, chased or given up (`go_on`, `settle_loss`);
6. it leaves by an exit, completed or dropped (`leave_by`), and may come back with a fault.

A hand-off joins the next queue exactly one tick after its service ends, so functions
never depend on one another within a tick.
"""

from __future__ import annotations

import numpy as np

from sim.day.arrive import arrive, come_back, demand_due
from sim.day.close import close_completed, close_dropped
from sim.day.hand_off import pass_note, skip_if_known, take_branch, will_go_on
from sim.day.judge import AGAIN, GIVES_UP, let_down, remember, trial
from sim.day.lose_and_find import chase, falls_between, loss_without_defects
from sim.day.negotiate import settle_terms
from sim.day.places import case_begins, case_completes, case_drops, visit_begins, visit_ends
from sim.day.take_up import stand_before
from sim.day.visit import begin_visit, finish_visit
from sim.day.voice import speak
from sim.day.wait import (
    HEAD,
    TAIL,
    abandon,
    append,
    deadline,
    foresee_abandonment,
    give_server,
    held_server,
    hold_server,
    join_queue,
    mean_patience,
    next_case,
    note_wait,
)
from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_JOIN, DRAW_ROUTE
from sim.state.calendar import due_now, in_calendar, sort_by_time
from sim.state.cases import (
    ABANDONED,
    AUTOMATED,
    AWAY,
    BY_PERSON,
    CHASED,
    ERROR,
    FOUND,
    FREE_SLOTS,
    GIVEN_UP,
    IN_SERVICE,
    JOINING,
    N_EVENTS,
    N_QUEUES,
    NONE,
    NOW,
    REPLYING,
    STAYS,
    doer,
)
from sim.state.contacts import (
    CHASING,
    be_in_touch,
    firm_lets_down,
    leave_line,
    serve_in_person,
    served_in_person,
)
from sim.state.customer_node import write_as_agent
from sim.state.events import (
    AUTOMATED_VISIT,
    CASE_CLOSED,
    CASE_LOST,
    CHASE,
    EXITS_FROM,
    RECOVERY,
    VISIT,
    log_event,
)
from sim.state.minding import minded
from sim.state.opening_hours import (
    back_again,
    in_opening_hours,
    next_opening,
    owe,
    visit_over,
)
from sim.state.rows_ahead import AHEAD, expect_need, look_ahead, look_at_first
from sim.state.tallies import (
    BY_LOSS,
    BY_TERMS,
    BY_WAIT,
    BY_WITHDRAWAL,
    QUEUE_SERVED,
    fixed,
)
from sim.study.enterprise import MAX_TOUCHPOINTS

TICKS_DONE, MORE_SLOTS, MORE_EVENTS = 0, 1, 2
MOST_EVENTS = 2 * MAX_TOUCHPOINTS + 12
"""Rows a case can add to the event log in a tick: it begins or is found, passes each step, ends."""


@station
def run_ticks(state, first, last):
    """Work through ticks `first` to `last` − 1, or until the pool or the log is full.

    Returns
    -------
    tick : int
        The tick that comes next.
    reason : int
        ``TICKS_DONE``, ``MORE_SLOTS`` or ``MORE_EVENTS``.
    """
    for tick in range(first, last):
        n_new = demand_due(state, tick)
        if state.counters[FREE_SLOTS] < n_new + 1:
            return tick, MORE_SLOTS
        if state.rules[0]["log_events"] == 1:
            n_open = len(state.cases) - state.counters[FREE_SLOTS] + n_new
            most = MOST_EVENTS * (n_open + 1)
            if len(state.events) - state.counters[N_EVENTS] < most:
                return tick, MORE_EVENTS
        run_tick(state, tick, n_new)
    return last, TICKS_DONE


@station
def run_tick(state, tick, n_new):
    """Work through one tick."""
    state.counters[NOW] = tick
    end = (tick + 1) * state.rules[0]["tick_hours"]
    n_joining, n_ending = due_now(state, tick)
    for _ in range(n_new):
        expect_need(state, AHEAD)
        slot = np.int64(arrive(state))
        if (
            slot != NONE
            and enter(state, slot)
            and advance(state, slot, state.cases[slot]["due"], 0.0)
        ):
            if state.cases[slot]["due"] < end:
                state.joining[n_joining] = slot
                n_joining += 1
            else:
                in_calendar(state, slot, state.cases[slot]["due"])
    sort_by_time(state, state.joining, n_joining)
    look_at_first(state, state.joining, n_joining, False)
    for place in range(n_joining):
        look_ahead(state, state.joining, place, n_joining, False)
        join_queue(state, np.int64(state.joining[place]))
    for function in range(len(state.functions)):
        n_ending = serve_function(state, function, tick, n_ending)
    sort_by_time(state, state.ending, n_ending)
    look_at_first(state, state.ending, n_ending, True)
    for place in range(n_ending):
        look_ahead(state, state.ending, place, n_ending, True)
        settle(state, np.int64(state.ending[place]))


@station
def serve_function(state, function, tick, n_ending):
    """Let a function serve until its servers or its queues leave nothing to start in the tick."""
    tick_hours = state.rules[0]["tick_hours"]
    end = (tick + 1) * tick_hours
    while True:
        head, start = next_case(state, function, end)
        slot = np.int64(head)
        if slot == NONE:
            return n_ending
        case = state.cases[slot]
        case["waited"] = 0.0
        if start > case["joined"]:
            if state.rules[0]["sliced"] != 0:
                foresee_abandonment(state, slot, start)
            patient_until = deadline(state, slot)
            if start > patient_until:
                abandon(state, slot, patient_until)
                note_wait(state, slot, patient_until)
                state.ending[n_ending] = slot
                n_ending += 1
                continue
            case["waited"] = (start - case["joined"]) / mean_patience(state, slot)
        state.queue_tallies[case["touchpoint"], QUEUE_SERVED] += 1
        note_wait(state, slot, start)
        visit_begins(state, slot, start)
        hours = begin_visit(state, slot, start) * state.functions[function]["slowness"]
        serve_in_person(state, slot, start)
        state.busy[function] += fixed(hours)
        over = visit_over(state, slot, function, start, hours)
        hold_server(state, function, free_again(state, slot, function, start, hours, tick))
        case["state"] = IN_SERVICE
        if over < end:
            case["due"] = over
            state.ending[n_ending] = slot
            n_ending += 1
        else:
            in_calendar(state, slot, over)
        log_event(state, slot, VISIT, case["touchpoint"], case["flags"] & ERROR, NONE,
                  start, over)  # fmt: skip


@station
def settle_overdue(state, hour):
    """At the end of a run, drop who has lost patience in a queue without reaching its head."""
    for function in range(len(state.functions)):
        for rank in range(N_QUEUES):
            queue = state.queues[function, rank]
            slot = np.int64(queue[HEAD])
            queue[HEAD] = NONE
            queue[TAIL] = NONE
            while slot != NONE:
                following = np.int64(state.cases[slot]["next"])
                patient_until = deadline(state, slot)
                if patient_until < hour:
                    abandon(state, slot, patient_until)
                    settle(state, slot)
                else:
                    append(state, queue, slot)
                slot = following


@kernel
def advance(state, slot, hour, delay):
    """Take a case from the step it stands before to the next queue, loss, reply or end.

    Automated steps take no server and no tick, so several may pass here.

    Returns
    -------
    bool
        Whether it joins a queue: at ``hour + delay``, or when that function opens next.
    """
    case = state.cases[slot]
    while True:
        automated = state.touchpoints[case["touchpoint"]]["automated"] == 1
        if not automated and case["machine"] == BY_PERSON:
            if state.touchpoints[case["touchpoint"]]["live"] == 0:
                leave_line(state, slot, hour)
            case["state"] = JOINING
            owner = state.touchpoints[case["touchpoint"]]["owner"]
            case["due"] = next_opening(state, owner, hour + delay)
            return True
        case["due"] = hour
        case["joined"] = hour
        case["waited"] = 0.0
        visit_begins(state, slot, hour)
        begin_visit(state, slot, hour)
        log_event(state, slot, AUTOMATED_VISIT, case["touchpoint"], case["flags"] & ERROR, NONE,
                  hour, hour)  # fmt: skip
        if not after_visit(state, slot, hour):
            return False


@station
def after_visit(state, slot, hour):
    """Settle a finished step; return whether the case stands before another one."""
    case = state.cases[slot]
    verdict = finish_visit(state, slot)
    visit_ends(state, slot, hour)
    here = case["touchpoint"]
    if state.touchpoints[here]["automated"] == 0 and case["machine"] == BY_PERSON:
        served_in_person(state, slot, hour, verdict == AGAIN)
    tick_hours = state.rules[0]["tick_hours"]
    if verdict == GIVES_UP:
        drop(state, slot, hour, case["cause"], here, NONE)
        return False
    if verdict == AGAIN:
        step = state.touchpoints[here]
        state.visits[slot, step["local"]] += 1
        stand_before(state, slot)
        by_person = step["automated"] == 0 and case["machine"] == BY_PERSON
        case["state"] = JOINING if by_person else AUTOMATED
        again = hour + tick_hours
        in_calendar(state, slot, next_opening(state, step["owner"], again) if by_person else again)
        return False
    if not settle_terms(state, slot, hour):
        drop(state, slot, hour, BY_TERMS, here, NONE)
        return False
    if case["state"] == ABANDONED:  # while waiting for an approval
        in_calendar(state, slot, case["due"])
        return False
    if case["reply"] > 0.0:
        leave_line(state, slot, hour)
        case["state"] = REPLYING
        limit = state.touchpoints[here]["reply_limit"]
        in_calendar(state, slot, hour + min(case["reply"], limit))
        return False
    return go_on(state, slot, hour)


@station
def go_on(state, slot, hour):
    """Take the branch that follows a finished step, skipping what is known, and hand over.

    Returns whether the case stands before another step; if not it has ended or is lost.
    """
    case = state.cases[slot]
    stays = case["flags"] & STAYS
    function = doer(state, slot)
    while True:
        here = case["touchpoint"]
        target, exit_taken = take_branch(state, slot)
        state.visits[slot, state.touchpoints[here]["local"]] += 1
        if target == NONE:
            leave_by(state, slot, hour, exit_taken)
            return False
        case["touchpoint"] = target
        stand_before(state, slot)
        if not skip_if_known(state, slot, hour):
            break
        stays = 0
    if stays and stay_on(state, slot, hour, function):
        return False
    minds = minded(state, slot)
    seam = pass_note(state, slot, hour, minds)
    if seam == NONE or not falls_between(state, slot, seam, hour, minds):
        return True
    leave_line(state, slot, hour)
    return False


@kernel
def free_again(state, slot, function, start, hours, earliest):
    """Return when who serves a visit is free: at its end, or, to go on, with the tick it ends in.

    Nobody goes on with a step after closing time.

    Parameters
    ----------
    start, hours : float
        Hour at which the visit begins, and how many it takes.
    earliest : int
        First tick in which its end can take effect.
    """
    stays = state.functions[function]["goes_on"] > 0.0 and will_go_on(state, slot, function)
    until = visit_over(state, slot, function, start, hours)
    if not stays or not in_opening_hours(state, function, start, hours, until):
        return back_again(state, function, start, hours)
    owe(state, function, hours)
    state.cases[slot]["flags"] |= STAYS
    tick_hours = state.rules[0]["tick_hours"]
    if until < (earliest + 1) * tick_hours:
        return (earliest + 1) * tick_hours
    return (max(int(until / tick_hours), earliest + 1) + 1) * tick_hours


@station
def stay_on(state, slot, hour, function):
    """Let who has just served a case go on at once with the step it now stands before (rule E7).

    There is no queue and no seam. Who goes on was held until the end of this tick, and is free
    when this step ends. Returns False, and all goes its usual way, if they have changed post.
    """
    case = state.cases[slot]
    now = state.counters[NOW]
    server = held_server(state, function, (now + 1) * state.rules[0]["tick_hours"])
    if server == NONE:
        return False
    case["helper"] = function
    case["joined"] = hour
    case["waited"] = 0.0
    case["tie"] = int(state.luck[slot, DRAW_JOIN, 1])
    visit_begins(state, slot, hour)
    hours = begin_visit(state, slot, hour) * state.functions[function]["slowness"]
    serve_in_person(state, slot, hour)
    hours *= state.rules[0]["generalist_slowdown"]
    state.busy[function] += fixed(hours)
    over = visit_over(state, slot, function, hour, hours)
    free = free_again(state, slot, function, hour, hours, now + 1)
    give_server(state, function, server, free)
    case["state"] = IN_SERVICE
    in_calendar(state, slot, over)
    log_event(state, slot, VISIT, case["touchpoint"], case["flags"] & ERROR, NONE,
              hour, over)  # fmt: skip
    return True


@station
def enter(state, slot):
    """Let a case begin: an agent may enter the journey further on, at a step it is ready for.

    Returns whether the case stands before a step.
    """
    stand_before(state, slot)
    case = state.cases[slot]
    case_begins(state, slot, case["due"])
    represented = state.customers[case["customer"]]["represented"] == 1
    if represented and state.rules[0]["agents_write"] > 0.0:
        write_as_agent(state, slot, case["due"])
    if represented and skip_if_known(state, slot, case["due"]):
        return go_on(state, slot, case["due"])
    return True


@station
def leave_by(state, slot, hour, exit_taken):
    """Close a case at an exit."""
    case = state.cases[slot]
    leave_line(state, slot, hour)
    if state.exit_completes[exit_taken, case["journey"]] == 1:
        case_completes(state, slot, hour)
        log_event(state, slot, CASE_CLOSED, case["touchpoint"], exit_taken, NONE, hour, hour)
        remember(state, slot, hour, True)
        close_completed(state, slot, hour)
    else:
        drop(state, slot, hour, BY_WITHDRAWAL, case["touchpoint"], exit_taken)


@station
def drop(state, slot, hour, cause, site, exit_taken):
    """Close a case that is dropped."""
    leave_line(state, slot, hour)
    case_drops(state, slot, hour)
    detail = EXITS_FROM + exit_taken if cause == BY_WITHDRAWAL else cause
    touchpoint = state.cases[slot]["touchpoint"]
    log_event(state, slot, CASE_LOST, touchpoint, detail, site, hour, hour)
    remember(state, slot, hour, False)
    close_dropped(state, slot, hour, cause, site)


@kernel
def settle(state, slot):
    """Let what ends in this tick take effect: a visit, a reply, a loss, a wait, an absence."""
    case = state.cases[slot]
    hour = case["due"]
    tick_hours = state.rules[0]["tick_hours"]
    kind = case["state"]
    case["waited"] = case["waited"] if kind == IN_SERVICE else 0.0
    if kind == ABANDONED:
        let_down(state, slot)
        drop(state, slot, hour, BY_WAIT, case["touchpoint"], NONE)
        return
    if kind in (CHASED, FOUND, GIVEN_UP):
        if not settle_loss(state, slot, hour, kind):
            return
        onward = True
    elif kind == REPLYING:
        onward = settle_reply(state, slot, hour)
    elif kind == AWAY:
        onward = come_back(state, slot, hour)
        if onward:
            stand_before(state, slot)
            case_begins(state, slot, hour)
    elif kind == AUTOMATED:
        onward = True
    else:
        onward = after_visit(state, slot, hour)
    if onward and advance(state, slot, hour, tick_hours):
        in_calendar(state, slot, case["due"])


@kernel
def settle_reply(state, slot, hour):
    """Take the customer's answer in, or close the case at the limit set for it."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    if case["reply"] > step["reply_limit"]:
        leave_by(state, slot, hour, step["reply_exit"])
        return False
    return go_on(state, slot, hour)


@kernel
def settle_loss(state, slot, hour, kind):
    """End a case's time in limbo; return whether it goes on.

    A chase is a broken trial at the function chased, the next one; being found by the
    firm itself is none.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    firm_lets_down(state, slot)
    if kind == FOUND:
        log_event(state, slot, RECOVERY, case["touchpoint"], 0, case["site"], hour, hour)
        return True
    trial(state, case["customer"], step["owner"], True, hour)
    voice = state.luck[slot, DRAW_ROUTE, 3]
    speak(state, slot, case["touchpoint"], case["site"], state.rules[0]["severity_loss"], voice,
          loss_without_defects(state, slot))  # fmt: skip
    if kind == GIVEN_UP:
        drop(state, slot, hour, BY_LOSS, case["site"], NONE)
        return False
    be_in_touch(state, slot, CHASING, hour)
    log_event(state, slot, CHASE, case["touchpoint"], 0, case["site"], hour, hour)
    chase(state, slot)
    let_down(state, slot)
    if case["effort"] > case["tolerance"]:
        drop(state, slot, hour, BY_LOSS, case["site"], NONE)
        return False
    return True
