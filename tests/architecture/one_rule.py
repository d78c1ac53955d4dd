"""The one rule as tables: what a lever may reach, and what an outcome may follow from.

A lever may change rights, information, capacity, incentives or time, never an outcome. Three tables
say what that means column by column; ``test_one_rule.py`` holds the program against them. Who adds

- a lever, or a column that a lever sets, adds to `REACH` what it may reach and of which kind;
- a rule of the day that reads such a column adds a row to `READ_BY`;
- a column of a case, a customer, a contact or a drop says by `OUTCOMES` or `NO_OUTCOME` what it is;
- a rule that writes an outcome says in `OUTCOME_RULES` all that it reads and calls. Nothing of that
  may be what a lever reaches, except as `BY_WAY` says, with its reason.

Columns are written ``array: column column; array: column``.
"""

from __future__ import annotations

from typing import NamedTuple

RIGHT, INFORMATION, CAPACITY, INCENTIVE, TIME = (
    "right",
    "information",
    "capacity",
    "incentive",
    "time",
)


class Reach(NamedTuple):
    """Of which kind a column is that levers may reach before anything happens, and which ones.

    Levers are paths of the schema; ``staffing.*`` are all of a section.
    """

    kind: str
    levers: tuple[str, ...]


class Reads(NamedTuple):
    """All columns that a rule reads, and all functions of this program that it calls.

    Those of the order of the day may call what they like.
    """

    columns: str
    calls: str = ""


def columns(text: str) -> set[str]:
    """Return the columns that a text names, as ``array.column``, or ``array`` if it has none."""
    found = set()
    for part in filter(None, (part.strip() for part in text.split(";"))):
        array, colon, names = part.partition(":")
        found |= {f"{array}.{name}" for name in names.split()} if colon else {array}
    return found


HEADS = ("staffing.*", "trust.host")
MONEY = "budget_change"
UNITS = "structure.*"
PAY = (
    "incentives.shared_journey_weight",
    "incentives.handle_time_weight",
    "structure.reports",
)
# Who is accountable can follow what is shared, which dilutes it less: a matter of hours.
ACCOUNTABLE = ("ownership.journeys", "staffing.journey_owners", "staffing.embedded_leads")
RECORD = ("technology.record", "technology.record_bought_week")
PLATFORM = ("technology.level", "technology.bought_week")
EFFORT = (*PAY, *ACCOUNTABLE, "trust.host")
# What others need is written in minutes of a visit.
CARE = (
    *HEADS,
    *PAY,
    "ownership.journeys",
    "information.measurement",
    "people.*",
    *RECORD,
)
OFFICE = "staffing.trust_office"

REACH: dict[str, Reach] = {
    # Units have people, and steps and records of what these do, of their own.
    "functions.unit": Reach(RIGHT, (UNITS,)),
    "customers.unit": Reach(RIGHT, ("structure.units",)),
    # Each process has flaws of its own.
    "seams.wear": Reach(TIME, (UNITS,)),
    "servers": Reach(CAPACITY, (*HEADS, MONEY)),
    "functions.servers": Reach(CAPACITY, (*HEADS, MONEY, UNITS)),
    "functions.first_server": Reach(CAPACITY, (*HEADS, MONEY, UNITS)),
    # A door that is open for longer is kept in turns: of no person are there more hours.
    "functions.away": Reach(CAPACITY, ("staffing.*", UNITS)),
    "functions.first_journey": Reach(INCENTIVE, ("incentives.serve_first",)),
    "functions.slowness": Reach(
        TIME,
        (*HEADS, *PAY, *PLATFORM, "ownership.journeys", "information.measurement", "people.*"),
    ),
    # Who minds hand-offs has hours for it that meeting functions leaves.
    "rules.minded": Reach(TIME, ("staffing.account_owners",)),
    "rules.minded_segment": Reach(RIGHT, ("staffing.account_owners",)),
    "rules.minded_loss": Reach(INFORMATION, PLATFORM),
    "find_hours": Reach(TIME, ("staffing.journey_owners", "ownership.journeys")),
    "functions.goes_on": Reach(RIGHT, ("ownership.boundaries",)),
    "functions.careful": Reach(TIME, (*EFFORT, "people.training_hours")),
    "functions.caring": Reach(TIME, EFFORT),
    "rules.soft": Reach(RIGHT, ("ownership.boundaries",)),
    "rates.error_odds": Reach(TIME, (*EFFORT, "people.training_hours")),
    "rates.fault": Reach(TIME, (*CARE, UNITS)),
    "rates.fault_weight": Reach(TIME, (*CARE, UNITS)),
    "rates.deflection": Reach(INCENTIVE, (*PAY[:2], "gate.influence")),
    "rates.concession": Reach(INCENTIVE, (PAY[0], "ownership.journeys")),
    "rates.own_write": Reach(INFORMATION, (*EFFORT, *PLATFORM)),
    "rates.store_write": Reach(INFORMATION, (*CARE, *PLATFORM, "technology.sharing_scope")),
    "rates.machine_write": Reach(INFORMATION, PLATFORM),
    "rates.note_loss": Reach(INFORMATION, (*CARE, *PLATFORM, "technology.sharing_scope")),
    "rates.covers": Reach(TIME, (*CARE, "technology.sharing_scope")),
    # Common standards take insight hours, as far as reviews leave any.
    "rates.understanding": Reach(
        INFORMATION, (*HEADS, MONEY, UNITS, "people.workshop_hours", "gate.influence")
    ),
    "seams.strange": Reach(INFORMATION, (*HEADS, MONEY, UNITS, "people.workshop_hours")),
    "seams.lost": Reach(
        TIME, (*HEADS, MONEY, UNITS, *PAY, "ownership.journeys", "people.workshop_hours")
    ),
    "seams.lost_without_defects": Reach(
        TIME, (*HEADS, MONEY, UNITS, *PAY, "ownership.journeys", "people.workshop_hours")
    ),
    "rules.store": Reach(INFORMATION, RECORD),
    "rules.store_facts": Reach(INFORMATION, (*RECORD, "technology.sharing_scope")),
    "rules.agents_refresh": Reach(RIGHT, ("trust.agent_access",)),
    "rules.agents_write": Reach(RIGHT, ("trust.agent_access",)),
    "rules.agents_remind": Reach(RIGHT, ("trust.agent_access",)),
    "rules.agents_see": Reach(RIGHT, ("trust.agent_access",)),
    "rules.agents_understood": Reach(INFORMATION, (*HEADS, "gate.influence")),
    "rules.observes": Reach(INFORMATION, ("information.measurement",)),
    "rules.consent": Reach(RIGHT, ("trust.consent_asked",)),
    "rules.audit": Reach(TIME, (OFFICE, "trust.audit_share")),
    "rules.intake_minutes": Reach(TIME, (OFFICE, "trust.intake_share")),
    # The office's hours are spent once: what goes elsewhere does not govern.
    "rules.misuse": Reach(
        TIME, (OFFICE, "trust.audit_share", "trust.intake_share", "trust.reciprocity_share")
    ),
    "rules.reciprocity": Reach(TIME, (OFFICE, "trust.reciprocity_share")),
    "rules.remit": Reach(RIGHT, ("remit",)),
    "functions.remit": Reach(RIGHT, ("remit",)),
    "rules.approves": Reach(RIGHT, ("escalation.path", "escalation.attention_hours")),
    "rules.approval_hours": Reach(TIME, ("escalation.path", "escalation.attention_hours")),
    "rules.approval_alone": Reach(TIME, ("escalation.path", "escalation.attention_hours")),
    "rules.approval_cycle": Reach(TIME, ("escalation.meeting_weeks",)),
    # Who is invited may say what would help: nobody has to listen.
    "invited": Reach(RIGHT, ("people.customer_workshop_hours",)),
    "rules.invites": Reach(RIGHT, ("people.customer_workshop_hours",)),
}
"""What levers may reach before the first tick. Nothing else may differ."""

NUMBERS_OF_PLACES = columns(
    "touchpoints: owner per_unit; branches: target; journeys: start recontact; seam_of"
)
"""Which place is whose, and what follows it: units, with steps of their own, number them anew."""

SET_BY_THE_FIRM = ("functions", "seams", "rates")
"""Arrays of which every column that is read is declared, whether a lever reaches it or not."""

READ_BY: dict[str, str] = {
    "disclose.gather_facts": "rules: intake_minutes misuse store",
    "disclose.offered": "rules: agents_remind",
    "disclose._misuse": "rules: audit",
    "disclose._asked": "rules: reciprocity",
    "disclose._not_spared": "rules: reciprocity",
    "hand_off.pass_note": "rates: note_loss; rules: minded_loss; seams: strange wear",
    "hand_off.will_go_on": "functions: goes_on; rates: lent",
    "hand_off._may_be_known": "rules: store",
    "customers.in_own_unit": "customers: unit",
    "judge.breach": "customers: unit; functions: unit",
    "minding.forget_what_was_said": "rules: minded",
    "minding.minded": "rules: minded minded_segment",
    "lose_and_find.falls_between": "find_hours; rules: agents_see reciprocity; seams: lost",
    "lose_and_find.loss_without_defects": "seams: lost lost_without_defects",
    "negotiate._rounds_to_terms": "rates: concession",
    "negotiate.remit_of": "functions: remit; rules: remit",
    "negotiate._approved_beyond": "rules: approves",
    "negotiate._wait_for_the_path": "rules: approval_cycle approval_hours",
    "negotiate._ask_the_head": "rules: approval_alone approval_hours",
    "opening_hours.back_again": "functions: away",
    "opening_hours.owe": "functions: away",
    "pipeline.serve_function": "functions: slowness",
    "pipeline.free_again": "functions: goes_on",
    "pipeline.stay_on": "functions: slowness",
    "remedies.takes_part": "invited",
    "remedies.remedy_chance": "rules: invites",
    "remedies.remedies_count": "rules: invites",
    "serve.in_helping_hands": "functions: careful caring; rates: covers defect_odds error_odds "
    "fault fault_weight",
    "serve.foresee": "rates: defect_odds error_odds fault fault_weight; rules: store_facts",
    "serve._err": "",
    "take_up._who_takes": "rates: deflection machine machine_error",
    "voice.expect": "rates: defect_odds",
    "voice.measured": "rules: observes",
    "wait.join_queue": "functions: first_journey",
    "wait.next_case": "functions: first_server; servers",
    "understanding.understood": "rates: understanding; rules: agents_understood",
    "wait.note_wait": "rules: soft",
    "wait.held_server": "functions: first_server servers; servers",
    "wait.give_server": "functions: first_server servers; servers",
    "close._comes_back": "rules: agents_see",
    "pipeline.enter": "rules: agents_write",
    "customer_node.write_as_agent": "rules: agents_write store_facts",
    "customer_node.reminded": "rules: agents_remind",
    "fact_records._corrected": "rules: agents_refresh",
    "fact_records.held_by_all": "rules: store",
    "fact_records.consented": "rules: consent",
    "fact_records.shared_record": "rules: agents_refresh store",
    "fact_records.stale_before_visits": "rules: agents_refresh",
    "fact_records.write_records": "rates: machine_write own_write store_write; rules: store_facts",
}
"""Which of the columns that the organisation sets each rule of the day reads."""

OUTCOMES = columns(
    "cases: effort new_effort waited tolerance worst latest felt judged cause clean terms "
    "contact_felt first_end again let_down_by expected; expectations; "
    "customers: hazard_left joined_at left_at since hazard memory liking standing trials; "
    "contacts: kept broken standing trials; "
    "drops: lacked day site touchpoint seam origin cause; "
    "offers: present best day; "
    "bases; rated; helped; case_tallies; touch_tallies; seam_tallies; drop_tallies"
)
"""What comes of what the firm does: no lever reaches it before anything happens."""

NO_OUTCOME = columns(
    "cases: begun chases cohort contact customer due error_without_defects fault_weight faults "
    "flags given helper holder intake joined journey lacked learned line machine need next note "
    "origin recontact reply seam seen sender site state tie touchpoint trusted; contacts: record "
    "stale touched; customers: record represented represented_from segment stale touched unit; "
    "agent_facts; minder_facts; minder_touched"
)
"""Where a case or a customer is, what is known, what is to come: no outcome, though no lever's."""

JUDGED = (
    "judge.trial",
    "judge.breach",
    "judge.recommendation",
    "judge._survey",
    "cases.effort_of_visit",
    "customers.standing_with",
    "customers.standing_of_those",
    "leaving.has_left",
    "leaving.is_present",
    "leaving.consume_hazard",
    "leaving.hazard_with",
    "rivals.advantage",
    "rivals.forgotten_at",
    "wait.deadline",
    "wait.patience_of",
    "wait.mean_patience",
    "wait.abandon",
    "pipeline.drop",
    "pipeline.leave_by",
    "pipeline.settle_loss",
    "pipeline.after_visit",
    "close._comes_back",
    "close._note_drop",
    "arrive.opts_in",
)
"""Rules that write no outcome themselves, and yet decide about one."""

BY_WAY: dict[str, str] = {
    "disclose.gather_facts": "rules: intake_minutes misuse store",  # sets effort to none
    "disclose._asked": "rules: reciprocity",  # what is given back need not be said again
    "negotiate._rounds_to_terms": "rates: concession",  # what is rewarded
    "negotiate._ask_the_head": "rules: approval_alone approval_hours",  # hours it takes
    "judge.breach": "customers: unit; functions: unit",  # who is met breaks it
    "close._comes_back": "rules: agents_see",  # who sees what is stored acts a tick sooner
    "pipeline.serve_function": "functions: slowness",  # a wait is the time others take
    "pipeline.stay_on": "functions: slowness",  # the same; who goes on keeps nobody waiting
}
"""Where an outcome follows at once from what levers reach: by a right, information or time."""

OUTCOME_RULES: dict[str, Reads] = {
    "arrive.opts_in": Reads(
        "customers: standing; journeys: opt_in_odds start; keys; rules: opt_in_standing "
        "standing_base; touchpoints: counter",
        calls="block uniform",
    ),
    "arrive.open_case": Reads(
        "cases: customer journey recontact touchpoint; counters; customers: represented "
        "represented_from segment; expectations; open_cases; rules: tolerance_effort; "
        "segments: tolerance",
        calls="block_of_case exponential forget_contacts log_event",
    ),
    "close.close_dropped": Reads(
        "cases: begun cohort customer journey recontact; counters; drop_tallies; journeys: "
        "renews; rules: day_zero follow_up",
        calls="_note_drop _retire count give_back has_left",
    ),
    "close._note_drop": Reads(
        "cases: customer lacked origin seam touchpoint",
    ),
    "close._comes_back": Reads(
        "cases: customer faults recontact; customers: represented segment; rules: agents_see "
        "recontact_agent recontact_hours recontact_person; segments: voice",
        calls="block_of_case exponential has_left in_calendar sooner uniform",
    ),
    "disclose.gather_facts": Reads(
        "cases: given intake machine note seen touchpoint; luck; rules: ask_minutes "
        "intake_minutes lookup_minutes misuse store; touchpoints: requires",
        calls="_asked _misuse _read_shared count n_facts offered settle_own_record uniform",
    ),
    "disclose._asked": Reads(
        "cases: flags given new_effort; rules: ask_probability effort_ask effort_repeat "
        "reciprocity",
        calls="_not_spared count lucky_facts n_facts",
    ),
    "judge.breach": Reads(
        "customers: unit; functions: unit",
        calls="trial",
    ),
    "judge.judge_visit": Reads(
        "cases: customer due effort felt flags judged latest new_effort tolerance waited worst; "
        "rules: experience_scale",
        calls="breach doer effort_of_visit trial visit_lets_down",
    ),
    "cases.effort_of_visit": Reads(
        "cases: flags new_effort; rules: effort_breach effort_error effort_fault",
    ),
    "pipeline.stay_on": Reads(
        "busy; cases: flags touchpoint; counters; functions: slowness; luck; rules: "
        "generalist_slowdown tick_hours",
    ),
    "tallies.count_visit": Reads(
        "cases: flags helper joined machine touchpoint; helped; touch_tallies",
        calls="fixed in_window",
    ),
    "judge.let_down": Reads(
        "cases: worst",
        calls="let_down_in_touch",
    ),
    "judge.remember": Reads(
        "cases: customer effort felt judged latest worst; customers: liking memory "
        "standing; rules: detractor_below experience_scale log_events loss_aversion "
        "memory_weight peak_end_weight promoter_from",
        calls="_survey consume_hazard count expect_next_time expected fixed has_left "
        "log_answers recommendation renew_hazard",
    ),
    "judge._survey": Reads(
        "cases: cohort; rules: detractor_below promoter_from survey_response",
        calls="block_of_case count count_answer uniform",
    ),
    "lose_and_find.chase": Reads(
        "cases: chases customer effort; customers: represented; rules: effort_chase",
    ),
    "negotiate._rounds_to_terms": Reads(
        "cases: customer reply touchpoint; customers: represented; rates: concession; rules: "
        "alternative_agent alternative_person concession_agent concession_person "
        "concession_standing negotiation_reply_hours standing_base; touchpoints: owner rounds",
        calls="_approved_beyond bargain block_of_visit exponential remit_of standing_with uniform",
    ),
    "negotiate._ask_the_head": Reads(
        "approvals; approver; cases: customer reply terms touchpoint; customers: represented "
        "segment; rules: alternative_agent alternative_person approval_alone approval_hours "
        "patience_deferred_hours patience_standing_slope standing_base; segments: patience; "
        "touchpoints: owner",
        calls="block_of_visit exponential remit_of standing_with uniform",
    ),
    "pipeline.serve_function": Reads(
        "busy; cases: flags joined touchpoint; functions: slowness; queue_tallies; rules: sliced "
        "tick_hours",
    ),
    "pipeline.advance": Reads(
        "cases: flags machine touchpoint; touchpoints: automated live owner",
    ),
    "pipeline.after_visit": Reads(
        "cases: cause due machine reply state touchpoint; rules: tick_hours; touchpoints: "
        "automated local owner reply_limit; visits",
    ),
    "pipeline.leave_by": Reads(
        "cases: journey touchpoint; exit_completes",
    ),
    "pipeline.drop": Reads(
        "cases: touchpoint",
    ),
    "pipeline.settle": Reads(
        "cases: due state touchpoint waited; rules: tick_hours",
    ),
    "pipeline.settle_loss": Reads(
        "cases: customer effort site tolerance touchpoint; luck; rules: severity_loss; "
        "touchpoints: owner",
    ),
    "wait.mean_patience": Reads(
        "cases: touchpoint; rules: patience_deferred_hours patience_live_hours; touchpoints: live",
    ),
    "wait.deadline": Reads(
        "cases: joined; luck; rules: patience_power patience_unit",
        calls="exponential patience_of spread_as_measured",
    ),
    "wait.patience_of": Reads(
        "cases: customer trusted; customers: segment; rules: patience_standing_slope "
        "standing_base; segments: patience",
        calls="mean_patience",
    ),
    "wait.abandon": Reads(
        "cases: joined touchpoint; queue_tallies; touch_tallies",
        calls="fixed in_window",
    ),
    "customers.settle_in": Reads(
        "rules: expectation standing_base",
        calls="renew_hazard",
    ),
    "customers.standing_of_those": Reads(
        "customers: joined_at standing",
    ),
    "customers.standing_with": Reads(
        "bases; contacts: broken kept; customers: represented",
        calls="prior_weight reputation_of",
    ),
    "customers.add_evidence": Reads(
        "contacts: broken kept; rules: broken_weight fixed_rate standing_memory",
    ),
    "customers.add_trial": Reads(
        "contacts: standing trials; customers: represented standing trials; rated",
        calls="add_evidence standing_with",
    ),
    "leaving.is_present": Reads(
        "customers: joined_at",
        calls="has_left",
    ),
    "leaving.has_left": Reads(
        "customers: left_at",
    ),
    "population._draw_people": Reads(
        "",
        calls="exponential philox.block segment_of uniform",
    ),
    "close.close_completed": Reads(
        "cases: begun chases customer journey recontact terms; counters; customers: "
        "joined_at; journeys: joins renews; rules: day_zero follow_up",
        calls="_comes_back _retire count first_contact_resolves fixed give_back "
        "renew_hazard take_terms working_hours",
    ),
    "judge.trial": Reads(
        "",
        calls="add_trial consume_hazard has_left look_around renew_hazard",
    ),
    "leaving.consume_hazard": Reads(
        "rules: day_zero rivals",
        calls="_consume forget forgotten_at renew_hazard",
    ),
    "leaving._consume": Reads(
        "customers: hazard hazard_left joined_at since",
        calls="has_left",
    ),
    "leaving.renew_hazard": Reads(
        "rules: rivals",
        calls="advantage hazard_with",
    ),
    "leaving.hazard_with": Reads(
        "customers: memory segment standing; rules: leaving_memory leaving_offer leaving_per_day "
        "leaving_price leaving_standing standing_base; segments: price_sensitivity",
    ),
    "rivals.advantage": Reads(
        "offers: best present",
    ),
    "rivals.forgotten_at": Reads(
        "offers: best day",
    ),
    "rivals.forget": Reads(
        "",
    ),
    "rivals.hold_terms": Reads(
        "customers: segment; segments: margin",
        calls="in_parts",
    ),
    "rivals.look_around": Reads(
        "customers: represented segment; keys; offers: best; rules: agent_search person_search "
        "rival_offer rivals; segments: margin",
        calls="block in_parts uniform",
    ),
    "judge.recommendation": Reads(
        "rules: detractor_below promoter_from",
    ),
    "contacts.forget_contacts": Reads(
        "",
    ),
    "contacts.comes_again": Reads(
        "cases: again contact first_end",
        calls="count count_again",
    ),
    "contacts.be_in_touch": Reads(
        "cases: again contact",
        calls="comes_again count count_again",
    ),
    "contacts.visit_lets_down": Reads(
        "cases: flags",
    ),
    "contacts.firm_lets_down": Reads(
        "",
    ),
    "contacts.served_in_person": Reads(
        "cases: contact_felt latest line touchpoint; touchpoints: live",
        calls="leave_line",
    ),
    "contacts.let_down_in_touch": Reads(
        "cases: contact_felt line",
    ),
    "contacts.leave_line": Reads(
        "cases: contact contact_felt customer line touchpoint; rules: log_events satisfied_from",
        calls="count count_answer has_left log_event log_satisfaction",
    ),
    "contacts.first_contact_resolves": Reads(
        "cases: again contact",
        calls="count",
    ),
    "judge.expect_next_time": Reads(
        "cases: customer; expectations; rules: expectation expectation_rate",
    ),
}
"""All that each rule reads and calls that writes an outcome or decides about one."""
