"""Where the kernels count. Every tally is an integer, so no order of adding shows.

Sums of continuous quantities are kept in units of 2⁻²⁰.
"""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.state.cases import BY_PERSON, ERROR
from sim.study.answers import GRADES

FIXED = 1048576.0

# Per (journey, segment, month): needs of the cohort
(
    CASE_NEEDS,
    CASE_UNREALISED,
    CASE_STARTED,
    CASE_COMPLETED,
    CASE_DROPPED,
    CASE_CLEAN,
    CASE_CAME_BACK,
    CASE_TRANSFERS,
    CASE_REPEAT_ASKS,
    CASE_SKIPPED,
    CASE_HOURS,
    CASE_SATISFIED,
    CASE_RATED,
    CASE_EFFORT,
    CASE_FACTS_NEEDED,
    CASE_FACTS_HELD,
    CASE_FACTS_OFFERABLE,
    CASE_FACTS_DISCLOSED,
    CASE_PROMOTERS,
    CASE_DETRACTORS,
    CASE_MISUSES,
    CASE_BREACHES,
    CASE_NEGOTIATED,
    CASE_AGREED,
    CASE_CONCEDED,
    CASE_SURVEYED,
    CASE_SURVEYED_PROMOTERS,
    CASE_SURVEYED_DETRACTORS,
    CASE_REACHED,
    CASE_RESOLVED,
    CASE_CONTACTS,
    CASE_CALL_BACKS,
    CASE_FAILURE_CONTACTS,
    CASE_SATISFIED_OF,
    CASE_AGAIN,
    CASE_AGAIN_OWN_ERROR,
    CASE_AGAIN_FIRM,
    CASE_CLOCK_HOURS,
) = range(38)
N_CASE_TALLIES = 38

# Per touchpoint, within the window
(
    TOUCH_VISITS,
    TOUCH_ERRORS,
    TOUCH_ABANDONED,
    TOUCH_WAIT,
    TOUCH_BY_MACHINE,
    TOUCH_ELSEWHERE,
    TOUCH_UNDERSTOOD,
) = range(7)
N_TOUCH_TALLIES = 7

# Per touchpoint, within the week: queues as those who run them see them
QUEUE_JOINED, QUEUE_ABANDONED, QUEUE_SERVED, QUEUE_FORESEEN = range(4)
N_QUEUE_TALLIES = 4

# Per touchpoint where they were felt and site that caused them: what nobody voiced
UNVOICED, UNVOICED_EXPECTED, UNVOICED_FORESEEN = range(3)
N_UNVOICED = 3

# Per touchpoint and who spoke, a person, an agent or nobody: errors that show there and then
NO_SPEAKER = 2
N_SPEAKERS = 3
ERRORS_SHOWN, ERRORS_FORESEEN = range(2)
N_ERRORS = 2

# Per touchpoint where they were felt, site that caused them and who spoke: reports with a remedy
CARRIED, CARRIED_EXPECTED, CARRIED_FORESEEN = range(3)
N_CARRIED = 3

# Per seam, within the window
SEAM_CROSSINGS, SEAM_LOST, SEAM_FACTS_SENT, SEAM_FACTS_ARRIVED = range(4)
N_SEAM_TALLIES = 4

CAUSES = ("wait", "effort", "error", "lost_between", "withdrawn", "no_agreement", "trust")
BY_WAIT, BY_EFFORT, BY_ERROR, BY_LOSS, BY_WITHDRAWAL, BY_TERMS, BY_TRUST = range(7)


HELPED_VISITS, HELPED_ERRORS = range(2)

# What customers of the cohort answered, in fortieths: how contacts felt, and scores surveyed
CONTACT_FELT, SURVEYED_SCORE = range(2)
N_ANSWERS = 2
N_GRADES = int(GRADES) + 1


@kernel
def fixed(value):
    """Return a continuous quantity in units of 2⁻²⁰, rounded down."""
    return int(value * FIXED)


@kernel
def count(state, slot, what, amount):
    """Add to a tally of the cohort; needs outside the window count nowhere."""
    case = state.cases[slot]
    if case["cohort"] >= 0:
        state.cohorts[case["cohort"], what] += amount


@kernel
def count_answer(state, slot, what, value):
    """Count an answer between 0 and 1 by the fortieth that it reaches.

    What counts as satisfied, or a promoter, can then be asked of a run after it.
    """
    if state.cases[slot]["cohort"] >= 0:
        state.answers[what, int(value * GRADES)] += 1


@kernel
def in_window(state, hour):
    """Tell whether an hour lies in the window in which touchpoints are counted."""
    rules = state.rules[0]
    return rules["day_zero"] <= hour < rules["day_end"]


@kernel
def count_visit(state, slot, hour):
    """Count a visit that begins at an hour: its error, if it will be one, and its wait."""
    if in_window(state, hour):
        case = state.cases[slot]
        tally = state.touch_tallies[case["touchpoint"]]
        tally[TOUCH_VISITS] += 1
        tally[TOUCH_ERRORS] += case["flags"] & ERROR
        tally[TOUCH_WAIT] += fixed(hour - case["joined"])
        if case["machine"] != BY_PERSON:
            tally[TOUCH_BY_MACHINE] += 1
        if case["helper"] >= 0:
            helped = state.helped[case["helper"], case["touchpoint"]]
            helped[HELPED_VISITS] += 1
            helped[HELPED_ERRORS] += case["flags"] & ERROR
