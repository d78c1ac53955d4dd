"""Draws for plain Python objects: the engine's own, as few compiled calls as possible.

Python's cost of calling compiled code is paid once a visit instead of once a decision;
nothing here depends on anything but key and counter.
"""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_CASE, DRAW_FATE, DRAW_JOIN, DRAW_MACHINE, DRAW_ROUTE, DRAW_WORK
from sim.engine.philox import block, duration, exponential, uniform

# Places in what ``visit_luck`` returns
(
    PATIENCE,
    TIE,
    WORKING,
    REPLYING,
    ERRING,
    LEAVING_FAULT,
    SURFACING,
    VOICING_ERROR,
    BRANCHING,
    LOSING,
    VOICING_FAULT,
    VOICING_LOSS,
    FOR_MACHINE,
    MISUSING,
) = range(14)


@kernel
def visit_luck(  # type: ignore[no-untyped-def]
    keys, customer, need, counter, attempt, spread, reply_spread
):
    """Return everything that is drawn for one visit of one case to one touchpoint.

    Parameters
    ----------
    keys : numpy.ndarray
        Key of every decision, uint64.
    customer, need, counter, attempt : int
        The visit: ``need`` is four times the need plus the recontact.
    spread, reply_spread : float
        Of the work and of the customer's reply, see `duration`.

    Returns
    -------
    tuple
        Exponentials, durations of mean 1 and uniforms, in the order of the names above.
    """
    join = block(keys[DRAW_JOIN], customer, need, counter, 4 * attempt)
    work = block(keys[DRAW_WORK], customer, need, counter, 4 * attempt)
    fate = block(keys[DRAW_FATE], customer, need, counter, 4 * attempt)
    route = block(keys[DRAW_ROUTE], customer, need, counter, 4 * attempt)
    return (
        exponential(join[0]),
        int(join[1]),
        duration(spread, work[0], work[1]),
        duration(reply_spread, work[2], work[3]),
        uniform(fate[0]),
        uniform(fate[1]),
        uniform(fate[2]),
        uniform(fate[3]),
        uniform(route[0]),
        uniform(route[1]),
        uniform(route[2]),
        uniform(route[3]),
        uniform(join[2]),
        uniform(join[3]),
    )


@kernel
def machine_luck(keys, customer, need, counter, attempt):  # type: ignore[no-untyped-def]
    """Return what is drawn for a machine's visit: whether it errs, whether it sends away."""
    lanes = block(keys[DRAW_MACHINE], customer, need, counter, 4 * attempt)
    return uniform(lanes[0]), uniform(lanes[1])


@kernel
def case_luck(keys, customer, need):  # type: ignore[no-untyped-def]
    """Return what is drawn once a case: tolerance, recontact, its lag, and a tie-breaker."""
    lanes = block(keys[DRAW_CASE], customer, need, 0, 0)
    return exponential(lanes[0]), uniform(lanes[1]), exponential(lanes[2]), int(lanes[3])
