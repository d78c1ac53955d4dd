"""A visit to a touchpoint, in order. This is the only place where the order of a visit stands.

As somebody, or a machine, turns to the case (`begin_visit`):

1. facts are brought together: recorded, noted, disclosed, asked for or guessed;
2. what will come of the step is foreseen: its work, an error, a fault left or surfacing, the
   customer's own reply;
3. terms are negotiated, where there are any.

Once the work is done (`finish_visit`):

4. what failed is voiced, or not;
5. what is learned enters the owner's record, the shared one and the note;
6. the customer judges the contact, and may give up;
7. faults that surfaced are gone, one that was left travels on.
"""

from __future__ import annotations

from sim.day.disclose import gather_facts
from sim.day.judge import judge_visit, leave_faults
from sim.day.negotiate import negotiate
from sim.day.serve import foresee
from sim.day.voice import voice_visit
from sim.engine.compiled import kernel, station
from sim.state.fact_records import learn
from sim.state.tallies import count_visit


@station
def begin_visit(state, slot, hour):
    """Begin a visit: phases 1 to 3; return hours of plain work."""
    n_guessed, n_stale, extra_hours = gather_facts(state, slot, hour)
    hours = foresee(state, slot, n_guessed, n_stale, extra_hours)
    hours = negotiate(state, slot, hours)
    count_visit(state, slot, hour)
    return hours


@kernel
def finish_visit(state, slot):
    """Let a visit take effect: phases 4 to 7; return the customer's verdict."""
    voice_visit(state, slot)
    learn(state, slot)
    verdict = judge_visit(state, slot)
    leave_faults(state, slot)
    return verdict
