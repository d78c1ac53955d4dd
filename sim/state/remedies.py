"""Reports that say what would put a failure right (rule E7).

A customer who has learned to trust a function beyond what any firm is trusted with does not only
complain: the report says what went wrong and what would help. Personal agents write such reports;
people do so while they are invited to workshops.
"""

from __future__ import annotations

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_INVITE, DRAW_REMEDY
from sim.engine.philox import block, uniform
from sim.engine.which_draw import block_of_visit
from sim.state.customers import standing_with
from sim.state.tallies import CARRIED, CARRIED_EXPECTED, CARRIED_FORESEEN, fixed
from sim.study.working_time import HOURS_PER_WEEK

WEEKS_INVITED = 52
"""For how many weeks an invitation lasts: a year."""
OF_ERROR, OF_FAULT, OF_LOSS = range(3)
"""Lanes: of which failure of a visit the report is."""


@station
def takes_part(state, index, hour):
    """Tell whether a customer is invited to workshops at an hour.

    Everybody has a week of the year in which an invitation may come, and a draw for each year
    from it on. It comes if the draw is below the share that was invited in that week: under
    every org model the same people are asked first, and more hours ask others besides.
    """
    week = int(hour / HOURS_PER_WEEK)
    key = state.keys[DRAW_INVITE]
    lanes = block(key, index, 0, 0, 0)
    asked_in = int(uniform(lanes[1]) * WEEKS_INVITED)
    year = (week + WEEKS_INVITED - asked_in) // WEEKS_INVITED
    if year > 0:
        lanes = block(key, index, year, 0, 0)
    return uniform(lanes[0]) < state.invited[asked_in]


@station
def remedy_chance(state, index, function, hour):
    """Return the chance that a customer's report carries what would put it right.

    r·max(0, S − a)/(1 − a), r `remedy_share`, S the standing of the function where it was felt
    and a the market's base rate; 0 for a person who is not invited, and where nobody serves.
    """
    rules = state.rules[0]
    represented = state.customers[index]["represented"] == 1
    if function < 0 or not (represented or rules["invites"] == 1):
        return 0.0
    base = rules["standing_base"]
    beyond = standing_with(state, index, function) - base
    if beyond <= 0.0 or not (represented or takes_part(state, index, hour)):
        return 0.0
    return rules["remedy_share"] * beyond / (1.0 - base)


@kernel
def remedies_count(state, represented):
    """Tell whether reports of those who are represented, or are not, may carry a remedy."""
    rules = state.rules[0]
    return rules["remedy_share"] > 0.0 and (represented == 1 or rules["invites"] == 1)


@station
def count_remedies(state, slot, caused_at, failure, voiced, expected, foreseen):
    """Count a report that carries a remedy, and how many are to be expected.

    Parameters
    ----------
    caused_at : int
        Site that caused the failure, felt at the step the case stands before.
    failure : int
        ``OF_ERROR``, ``OF_FAULT`` or ``OF_LOSS``.
    voiced : int
        1 if there is a report.
    expected, foreseen : float
        Reports to be expected with no defect anywhere, kept of people alone, for what an agent
        reports names its cause in any case; and, of a slice, with the defects there are.
    """
    case = state.cases[slot]
    index, felt_at = case["customer"], case["touchpoint"]
    chance = remedy_chance(state, index, state.touchpoints[felt_at]["owner"], case["due"])
    if chance <= 0.0:
        return
    counted = state.remedies[felt_at, caused_at, state.customers[index]["represented"]]
    if voiced == 1 and uniform(block_of_visit(state, slot, DRAW_REMEDY)[failure]) < chance:
        counted[CARRIED] += 1
    if state.customers[index]["represented"] == 0:
        counted[CARRIED_EXPECTED] += fixed(expected * chance)
    if state.rules[0]["sliced"] != 0:
        counted[CARRIED_FORESEEN] += fixed(foreseen * chance)
