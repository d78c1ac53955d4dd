"""From what customers voice to what somebody hears, and about which site (rules M8.3, M8.4).

A single case's cause is recognised by somebody with a tie to it, and heard by the owner if
there is a tie to the owner as well; it then counts at the site that caused it, else where
it was felt. Reports of personal agents name the cause. Blame keeps people from reporting
what their own function did. Each signal has a draw of its own, so that whatever the ties
and however strong the blame, the signals heard are subsets of one another.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel
from sim.engine.philox import block, uniform

PERSON, AGENT = 0, 1
VOICED, SHOWING = 0, 1
"""Of which kind signals are (rule E7): what customers voiced, and errors that showed, voiced or
observed. A voiced error is of both, an observed loss of neither."""
N_KINDS = 2


@kernel
def set_chances(
    felt_by: np.ndarray,
    kept: float,
    to_cause: np.ndarray,
    to_owner: np.ndarray,
    chances: np.ndarray,
) -> None:
    """Set the chance that a signal's cause is recognised and its owner hears of it.

    τ_cause·τ_owner: where it was felt, somebody has a tie to a function at the site that
    caused it, and a tie to an owner of that site. An agent's report names the cause, so only
    the second counts.

    Parameters
    ----------
    felt_by : numpy.ndarray
        Function that owns each touchpoint, -1 for none, int, shape (n_touchpoints,).
    kept : float
        Share of ties that a change of org model has left.
    to_cause, to_owner : numpy.ndarray
        τ of each function to whoever it knows best at a site, and among its owners, float64, shape
        (n_functions, n_sites).
    chances : numpy.ndarray
        Written: float64, shape (n_touchpoints, n_sites, 2), by who voiced the signal.
    """
    chances[:] = 0.0
    for felt in range(len(felt_by)):
        function = felt_by[felt]
        if function < 0:
            continue  # nobody works where nobody owns the step
        for site in range(chances.shape[1]):
            owner = kept * to_owner[function, site]
            chances[felt, site, PERSON] = kept * to_cause[function, site] * owner
            chances[felt, site, AGENT] = owner


@kernel
def counts_at(lanes: tuple, felt: int, caused: int, chance: float, own: bool, blame: float) -> int:
    """Return the site at which a signal counts, -1 if it is held back.

    Parameters
    ----------
    lanes : tuple of int
        The signal's block.
    felt, caused : int
        Where it was felt, and what caused it.
    chance : float
        That the cause is recognised and its owner hears of it.
    own : bool
        Whether both lie with the same function.
    blame : float
        Share of reports on one's own function that are held back, 0 for an agent's.
    """
    recognised = uniform(lanes[0]) < chance
    if (recognised or own) and uniform(lanes[1]) < blame:
        return -1
    return caused if recognised else felt


@kernel
def heard_of(
    key: int,
    counters: np.ndarray,
    week: int,
    voiced: np.ndarray,
    heard_chance: np.ndarray,
    own: np.ndarray,
    blame: float,
    errors: np.ndarray,
    heard: np.ndarray,
    kinds: np.ndarray,
    carried: np.ndarray,
    told: np.ndarray,
) -> None:
    """Count what is heard of a week's signals, by the site it is heard about and the cause.

    A touchpoint's visible errors are the first of its own signals: the draws of all are alike.

    Parameters
    ----------
    key, counters, week : uint64, numpy.ndarray, int
        Of the draws: their key, the counter of each site, int64, (n_sites,), and which week.
    voiced, carried : numpy.ndarray
        Signals by where they were felt, their cause, and who voiced them (person or agent), and
        how many of them, the first, carry a remedy, int64, shape (n_touchpoints, n_sites, 2).
        Whoever speaks, such a report names the cause.
    heard_chance : numpy.ndarray
        Chance that the cause is recognised and its owner hears of it, float64, the same shape.
    own, blame : numpy.ndarray, float
        Whether felt and caused site lie with the same function, bool, shape (n_touchpoints,
        n_sites), and the share of people's reports on their own function that are held back.
    errors : numpy.ndarray
        How many of the signals felt and caused at a touchpoint are visible errors, int64, shape
        (n_touchpoints, 2).
    heard, told : numpy.ndarray
        Written: signals by the site they count at and their cause, and those of them that carry
        a remedy, int64, shape (n_sites, n_sites).
    kinds : numpy.ndarray
        Written: signals by the site they count at and their kind, int64, shape (n_sites, N_KINDS).
    """
    heard[:] = 0
    kinds[:] = 0
    told[:] = 0
    for felt in range(voiced.shape[0]):
        for caused in range(voiced.shape[1]):
            for who in range(2):
                for number in range(voiced[felt, caused, who]):
                    lanes = block(key, counters[felt], week, counters[caused], 2 * number + who)
                    says = number < carried[felt, caused, who]
                    chance = heard_chance[felt, caused, AGENT if says else who]
                    fear = blame if who == PERSON else 0.0
                    site = counts_at(lanes, felt, caused, chance, own[felt, caused], fear)
                    if site < 0:
                        continue
                    heard[site, caused] += 1
                    kinds[site, VOICED] += 1
                    if caused == felt and number < errors[felt, who]:
                        kinds[site, SHOWING] += 1
                    if says:
                        told[site, caused] += 1


@kernel
def observe(
    key: int,
    counters: np.ndarray,
    week: int,
    unvoiced: np.ndarray,
    share: np.ndarray,
    errors: np.ndarray,
    heard: np.ndarray,
    kinds: np.ndarray,
) -> None:
    """Add what measurement sees of failures that nobody voiced: it counts where it was felt.

    An observed failure is a number, not a story: nobody recognises its cause, of which only
    tracing tells (rule M8.4).

    Parameters
    ----------
    key : uint64
        Of the draws.
    counters : numpy.ndarray
        Counter of each site, int64, shape (n_sites,).
    week : int
        Which week.
    unvoiced : numpy.ndarray
        By where they were felt and their cause, int64, shape (n_touchpoints, n_sites).
    share : numpy.ndarray
        Chance that one is seen, by where it was felt, float64, shape (n_touchpoints,).
    errors : numpy.ndarray
        How many of those felt and caused at a touchpoint are visible errors, int64, shape
        (n_touchpoints,).
    heard : numpy.ndarray
        Added to: signals by the site they count at and their cause, int64, shape (n_sites,
        n_sites).
    kinds : numpy.ndarray
        Added to: signals by the site they count at and their kind, int64, shape (n_sites, N_KINDS).
    """
    for felt in range(unvoiced.shape[0]):
        for caused in range(unvoiced.shape[1]):
            for number in range(unvoiced[felt, caused]):
                lanes = block(key, counters[felt], week, counters[caused], number)
                if uniform(lanes[0]) < share[felt]:
                    heard[felt, caused] += 1
                    if caused == felt and number < errors[felt]:
                        kinds[felt, SHOWING] += 1


@kernel
def sort_expected(
    expected: np.ndarray,
    unit: float,
    heard_chance: np.ndarray,
    heard_at: np.ndarray,
    carried: np.ndarray,
) -> None:
    """Sort what is expected with no defect anywhere by the same chances as what is voiced.

    Parameters
    ----------
    expected : numpy.ndarray
        In units of a signal, int64, shape (n_touchpoints, n_sites, 2).
    unit : float
        Signals of the firm in one such unit.
    heard_chance : numpy.ndarray
        As in `heard_of`.
    heard_at : numpy.ndarray
        Written: signals by the site they would count at, float64, shape (n_sites,).
    carried : numpy.ndarray
        How much of `expected` would carry a remedy, of people's reports at least, in the same
        units and shape.
    """
    heard_at[:] = 0.0
    for felt in range(expected.shape[0]):
        for caused in range(expected.shape[1]):
            for who in range(2):
                signals = expected[felt, caused, who] * unit
                says = carried[felt, caused, who] * unit
                recognised = (signals - says) * heard_chance[felt, caused, who]
                recognised += says * heard_chance[felt, caused, AGENT]
                heard_at[caused] += recognised
                heard_at[felt] += signals - recognised
