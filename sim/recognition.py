"""From what customers voice to what somebody hears, and about which site (rules M8.3, M8.4).

A single case's cause is recognised by somebody with a tie to it, and heard by the owner if
there is a tie to the owner as well; it then counts at the site that caused it, else where
it was felt. Reports of personal agents name the cause. Blame keeps people from reporting
what their own function did. Each signal has a draw of its own, so that whatever the ties
and however strong the blame, the signals heard are subsets of one another.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.philox import block, uniform

PERSON, AGENT = 0, 1


@kernel
def heard_of(key, counters, week, voiced, heard_chance, own, blame, heard):
    """Count what is heard of a week's signals, by the site it is heard about and the cause.

    Parameters
    ----------
    key : uint64
        Of the draws.
    counters : numpy.ndarray
        Counter of each site, int64, shape (n_sites,).
    week : int
        Which week.
    voiced : numpy.ndarray
        Signals by where they were felt, their cause, and who voiced them (person or
        agent), int64, shape (n_touchpoints, n_sites, 2).
    heard_chance : numpy.ndarray
        Chance that the cause is recognised and its owner hears of it, float64, the same
        shape.
    own : numpy.ndarray
        Whether felt and caused site lie with the same function, bool, shape
        (n_touchpoints, n_sites).
    blame : float
        Share of people's reports on their own function that are held back.
    heard : numpy.ndarray
        Written: signals by the site they count at and their cause, int64, shape
        (n_sites, n_sites).
    """
    heard[:] = 0
    for felt in range(voiced.shape[0]):
        for caused in range(voiced.shape[1]):
            for who in range(2):
                for number in range(voiced[felt, caused, who]):
                    lanes = block(key, counters[felt], week, counters[caused], 2 * number + who)
                    recognised = uniform(lanes[0]) < heard_chance[felt, caused, who]
                    reports_itself = recognised or own[felt, caused]
                    if who == 0 and reports_itself and uniform(lanes[1]) < blame:
                        continue
                    if recognised:
                        heard[caused, caused] += 1
                    else:
                        heard[felt, caused] += 1
