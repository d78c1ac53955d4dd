"""Records of the state that are neither cases, customers nor the blueprint's own."""

from __future__ import annotations

import numpy as np

from sim.study.parameters import REGISTRY

RULES = np.dtype(
    [
        *((name, "f8") for name in REGISTRY),
        ("tick_hours", "f8"),
        ("keeps_hours", "i8"),  # whether functions have opening hours on the clock
        ("clock", "f8"),  # hours on the clock for each hour of the model, 1 without a calendar
        ("firm_open", "f8"),  # hours of the model in a week at which the firm is open
        ("day_zero", "f8"),  # hour at which the window begins
        ("day_end", "f8"),  # hour at which it ends
        ("follow_up", "f8"),  # hours that a need is followed
        ("month_hours", "f8"),
        ("guess_odds", "f8"),  # factor of the odds of an error for each guessed fact
        ("stale_odds", "f8"),  # the same for each stale one
        ("staleness_per_hour", "f8"),
        ("severity_fault", "f8"),  # how much likelier than an error a surfaced fault is voiced
        ("severity_loss", "f8"),  # the same for a lost case
        ("patience_power", "f8"),  # live patience is a unit exponential to this power,
        ("patience_unit", "f8"),  # times this, so that its mean is 1
        ("fixed_rate", "i8"),  # whether standing moves by a fixed share
        ("persistent_facts", "i8"),
        ("firm_facts", "i8"),  # case facts that only the firm can establish
        # What levers and management set, anew each week:
        ("consent", "f8"),  # chance that an agent discloses a fact at full standing
        ("misuse", "f8"),  # hazard of misuse for each use of a disclosed or recorded fact
        ("audit", "f8"),  # chance that an audit finds a misuse before the customer does
        ("intake_minutes", "f8"),  # work of a serving function for one disclosed fact
        ("reciprocity", "f8"),  # chance that giving back spares a chase or a repeat ask
        ("remit", "f8"),  # share of the stake conceded without approval where nobody serves
        ("approval_hours", "f8"),  # hours that the escalation path holds for one approval
        ("approval_alone", "f8"),  # hours until a head who is free has approved
        ("heads_approve", "i8"),  # whether a function's head approves, not the escalation path
        ("approval_cycle", "f8"),  # hours between its meetings, 0 if it decides at any time
        ("approves", "i8"),  # whether anybody can approve what is beyond the remit
        ("store", "i8"),  # whether functions share a record
        ("agents_refresh", "f8"),  # rate an hour at which agents correct a fact stale in it
        ("agents_write", "f8"),  # chance that an agent writes a fact that it lacks
        ("agents_remind", "f8"),  # chance that an agent reminds of a promise unasked
        ("agents_see", "i8"),  # whether agents see what is stored
        ("agents_understood", "f8"),  # chance that a fact an agent wrote is understood
        ("store_facts", "i8"),  # facts that it may hold
        ("rivals", "i8"),  # rivals of the firm that quote offers
        ("minded_segment", "i8"),  # segment that has account owners, -1 if none
        ("minded", "f8"),  # chance that one of them minds a hand-off
        ("minded_loss", "f8"),  # chance that a fact is lost from a minded note between strangers
        ("soft", "i8"),  # whether people may go on with a step that is another function's
        ("invites", "i8"),  # whether anybody is invited to workshops
        ("sliced", "i8"),  # whether customers stand for more than themselves
        ("observes", "i8"),  # unvoiced failures that measurement can see: NONE, errors, all
        ("log_events", "i8"),
    ],
    align=True,
)

FUNCTION = np.dtype(
    [
        ("slowness", "f8"),  # hours a server is held per hour of plain work, L/(1 − φ)
        ("goes_on", "f8"),  # chance that who serves goes on with a step worth it, 0: never
        ("careful", "f8"),  # what quality effort and skill leave of the odds of an error
        ("caring", "f8"),  # care for what comes next, as an exponent of latent faults
        ("remit", "f8"),  # share of the stake that it concedes without approval
        ("away", "f8"),  # opening hours for each hour that who serves is there to serve in
        ("servers", "i4"),
        ("first_server", "i4"),
        ("unit", "i4"),  # whose customers it has, -1 for all
        ("first_journey", "i8"),  # journey served before others, -1 if none
    ],
    align=True,
)

RATE = np.dtype(
    [
        ("error_odds", "f8"),  # of an error under current efforts, without any defect
        ("defect_odds", "f8"),  # factor that defects put on the odds of errors and faults
        ("fault", "f8"),  # chance that a latent fault is left
        ("fault_weight", "f8"),  # the same chance without any defect, over it
        ("machine", "f8"),  # share of visits that a machine takes
        ("machine_error", "f8"),  # chance that it does not solve one
        ("deflection", "f8"),  # share of these that it sends away all the same
        ("own_write", "f8"),  # chance that a learned fact enters the owner's record
        ("store_write", "f8"),  # chance that it enters the shared store
        ("machine_write", "f8"),  # the same at a visit that a machine takes
        ("note_loss", "f8"),  # chance that a fact is lost from its note between strangers
        ("covers", "f8"),  # how much of what others need is written at the step, κ
        ("understanding", "f8"),  # chance that a fact another function wrote there is understood
        ("concession", "f8"),  # how readily the owner concedes in a negotiation, β
        ("wait", "f8"),  # mean wait at the step in the latest week with any, hours
        ("lent", "i8"),  # whether it is worth another function's while to go on with it
    ],
    align=True,
)

SEAM = np.dtype(
    [
        ("strange", "f8"),  # chance that two people who meet there have no tie, 1 − τ
        ("wear", "f8"),  # what its defects leave of a note
        ("lost", "f8"),  # chance that the case falls between
        ("lost_without_defects", "f8"),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("customer", "i4"),
        ("need", "i4"),
        ("recontact", "i4"),
        ("journey", "i4"),
        ("touchpoint", "i4"),  # step served, passed over, or before which the case stood
        ("function", "i4"),  # who served, or held a case that was dropped; -1 if nobody
        ("kind", "i4"),
        ("detail", "i4"),  # error, exit or cause
        ("site", "i4"),
        ("contact", "i4"),  # number of the need's contact it is part of, 0 if of none
        ("asked_again", "u4"),  # facts that a visit asked for though they had been given
        ("standing", "f4"),  # of the firm with the customer, as the row is noted
        ("origin", "i2"),  # touchpoint that left the fault which shows at a visit, -1 if none
        ("cohort", "i1"),  # 1 if the case's need arose in the window
        ("recommend", "i1"),  # at the end of a case: 0 to 10, -1 if it was not judged
        ("satisfaction", "i1"),  # at the end of a contact: 1 to 5, -1 if it was not judged
        ("surveyed", "i1"),  # 1 if the customer answered a survey
        ("effort", "f4"),  # at the end of a case: 1 to 5
        ("joined", "f8"),
        ("start", "f8"),
        ("end", "f8"),
    ],
    align=True,
)
