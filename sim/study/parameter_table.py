"""The rows of the parameter registry (see ``sim.study.parameters``), and what a row says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Eighty years of one person's work, as for a touchpoint.
MOST_MINUTES = 1e7
LARGEST = 1e12
"""No parameter is larger: products of a few of them stay finite."""
EVERY_READING = 1e6
"""A rate a year at which something is done before anybody looks."""
HOURS_OF_A_WEEK = 168.0
MINUTES_OF_A_WORKING_WEEK = 2400.0
_PERMITTED = {
    "probability": (0.0, 1.0),
    "share": (0.0, 1.0),
    # Rules raise e to these, times what lies between -1 and 1: further out nothing changes but
    # that a number soon has no place to be kept in.
    "log-odds": (-10.0, 10.0),
    "log-ratio": (0.0, 10.0),
    "ratio": (0.0, 100.0),
    "minutes": (0.0, MOST_MINUTES),
    "hours a week": (0.0, HOURS_OF_A_WEEK),
}
"""Smallest and largest value by unit; those of other units lie between 0 and `LARGEST`."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One uncertain quantity of the model.

    Attributes
    ----------
    name, group, unit, meaning : str
        What it is called, which rule it belongs to, its unit, what it does.
    default : float
        Value used unless a study overrides it.
    low, high : float
        Plausible range.
    words : mapping
        Values that a study may also say in a word.
    limits : tuple of float or None
        Permitted range, where it is not the unit's: the model divides by it or counts up to it,
        or a rule bounds it.
    source, grade : str
        Where the value comes from, and how good that source is (A to D).
    """

    name: str
    group: str
    unit: str
    default: float
    low: float
    high: float
    limits: tuple[float, float] | None = None
    words: Mapping[str, float] = field(default_factory=dict)
    grade: str
    source: str
    meaning: str

    @property
    def permitted(self) -> tuple[float, float]:
        """Smallest and largest value a study may set."""
        if self.limits is not None:
            return self.limits
        return _PERMITTED.get(self.unit, (0.0, LARGEST))


_ASSUMED = "assumption"

# fmt: off
PARAMETER_ROWS = (
    Parameter(
        name="ordinary_meetings_share", group="M4 Queues and capacity", unit="share",
        default=0.15, low=0.05, high=0.3, limits=(0.0, 0.9), grade="D", source=_ASSUMED,
        meaning="share of the day that ordinary meetings take in any firm, φ₀"),
    Parameter(
        name="planned_utilisation", group="M4 Queues and capacity", unit="share",
        default=0.7, low=0.7, high=0.85, limits=(0.05, 1.0), grade="D", source=_ASSUMED,
        meaning="share of serving hours that staffing plans to use, u"),
    Parameter(
        name="utilisation_cap", group="M4 Queues and capacity", unit="share",
        default=0.95, low=0.9, high=0.98, limits=(0.05, 1.0), grade="D", source=_ASSUMED,
        meaning="planned use of a function's people, beside ordinary meetings, from which on it is "
        "understaffed: nobody is planned elsewhere before every function is below"),
    Parameter(
        name="patience_live_hours", group="M4 Queues and capacity", unit="hours",
        default=0.127, low=0.05, high=0.5, limits=(1e-3, LARGEST), grade="A",
        source="Anonymous Bank call log, January", meaning="mean patience at a live touchpoint"),
    Parameter(
        name="patience_deferred_hours", group="M4 Queues and capacity", unit="hours",
        default=80, low=40, high=160, limits=(1e-3, LARGEST), grade="D", source=_ASSUMED,
        meaning="mean patience at a deferred touchpoint"),
    Parameter(
        name="patience_standing_slope", group="M4 Queues and capacity", unit="log-ratio",
        default=1.0, low=0, high=2, grade="D", source=_ASSUMED,
        meaning="how much a point of standing above the market's base rate lengthens patience"),
    Parameter(
        name="planned_rework", group="M4 Queues and capacity", unit="share",
        default=0.2, low=0, high=0.4, grade="D", source=_ASSUMED,
        meaning="work done again, asked for or repaired that the line is planned for on top, the "
        "same under every org model; 0 plans as if nothing ever went wrong"),
    Parameter(
        name="ask_probability", group="M5 Context", unit="probability",
        default=0.7, low=0.3, high=0.95, grade="D", source=_ASSUMED,
        meaning="a missing fact is asked for rather than guessed, q"),
    Parameter(
        name="ask_minutes", group="M5 Context", unit="minutes",
        default=1.5, low=0.5, high=4, grade="D", source=_ASSUMED,
        meaning="work of the function for one question"),
    Parameter(
        name="guess_error", group="M5 Context", unit="log-odds",
        default=1.0, low=0.3, high=2, grade="D", source=_ASSUMED,
        meaning="a guessed fact raises the log-odds of an error"),
    Parameter(
        name="stale_error", group="M5 Context", unit="log-odds",
        default=0.7, low=0.2, high=1.5, grade="D", source=_ASSUMED,
        meaning="a stale fact raises the log-odds of an error"),
    Parameter(
        name="note_spoken", group="M5 Context", unit="probability",
        default=0.478, low=0.3, high=0.7, grade="C",
        source="Bhabra 2007, clinical hand-over without notes; range assumed",
        meaning="a fact survives one hand-off between people without a tie where nothing is "
        "written for whoever comes next, ρ_spoken"),
    Parameter(
        name="note_written", group="M5 Context", unit="probability",
        default=0.998, low=0.969, high=0.999, grade="C",
        source="Bhabra 2007, clinical hand-over with a printed sheet; from there with notes",
        meaning="the same where all is written, ρ_written"),
    Parameter(
        name="write_minutes", group="M5 Context", unit="minutes",
        default=0.25, low=0, high=0.5, grade="D", source=_ASSUMED,
        meaning="care that writing one fact into a shared record takes at the step that "
        "produces it, w"),
    Parameter(
        name="note_minutes", group="M5 Context", unit="minutes",
        default=0.75, low=0, high=1.5, grade="D", source=_ASSUMED,
        meaning="care that a note takes where other people go on with a case, n"),
    Parameter(
        name="inner_ties", group="M5 Context", unit="people",
        default=8, low=4, high=15, grade="D", source=_ASSUMED,
        meaning="ties a person keeps inside the function, K_in"),
    Parameter(
        name="cross_ties", group="M5 Context", unit="people",
        default=6, low=2, high=15, grade="D", source=_ASSUMED,
        meaning="ties a person keeps outside the function, K_out"),
    Parameter(
        name="unit_tie_share", group="M5 Context", unit="share",
        default=0.75, low=0.5, high=1, limits=(0.0, 1.0), grade="D", source=_ASSUMED,
        meaning="share of the ties outside the function that are with people of the same unit, "
        "where a firm has units that have functions of their own"),
    Parameter(
        name="own_record_write", group="M5 Context", unit="probability",
        default=0.855, low=0.478, high=0.998, grade="C",
        source="Bhabra 2007, five hand-overs with notes",
        meaning="a learned fact is written to the function's own record"),
    Parameter(
        name="store_write", group="M5 Context", unit="probability",
        default=0.7, low=0.4, high=0.95, grade="D", source=_ASSUMED,
        meaning="a learned fact is written to the record that functions share"),
    Parameter(
        name="store_minutes", group="M5 Context", unit="minutes",
        default=0, low=0, high=0.3, grade="D", source=_ASSUMED,
        meaning="further work of keeping one fact in the shared record up to date"),
    Parameter(
        name="lookup_minutes", group="M5 Context", unit="minutes",
        default=0.5, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="work of looking into the shared record at a visit where note and own record do "
        "not hold all that is required"),
    Parameter(
        name="staleness_per_year", group="M5 Context", unit="per year",
        default=0.5, low=0.1, high=1.5, grade="D", source=_ASSUMED,
        meaning="rate at which a recorded fact stops being true"),
    Parameter(
        name="understanding_floor", group="M5 Context", unit="probability",
        default=0.45, low=0.2, high=1, grade="D", source=_ASSUMED,
        meaning="a fact that another function wrote to the shared store is understood by a reader "
        "who knows nobody there, without common standards, u₀"),
    Parameter(
        name="standards_given", group="M5 Context", unit="share",
        default=0.5, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="how far the systems of any firm prescribe what is meant, equal under every org "
        "model"),
    Parameter(
        name="standards_share", group="M5 Context", unit="share",
        default=0.15, low=0, high=0.3, grade="D", source=_ASSUMED,
        meaning="share of each coordinating role's hours that goes to common standards of what is "
        "written down"),
    Parameter(
        name="standards_build", group="M5 Context", unit="per week",
        default=0.015, low=0.005, high=0.05, limits=(0.0, 0.5), grade="D", source=_ASSUMED,
        meaning="how fast common standards take hold where the hours suffice"),
    Parameter(
        name="standards_decay", group="M5 Context", unit="per week",
        default=0.008, low=0.002, high=0.03, limits=(0.0, 0.5), grade="D", source=_ASSUMED,
        meaning="how fast they fade"),
    Parameter(
        name="agent_refresh", group="M5 Context", unit="per year",
        default=6, low=0, high=12, limits=(0.0, EVERY_READING),
        words={"every_reading": EVERY_READING}, grade="D", source=_ASSUMED,
        meaning="rate at which a customer's agent that may write to a shared record corrects a "
        "stale fact it discloses; `every_reading`: before anybody reads it"),
    Parameter(
        name="agent_writes", group="M5 Context", unit="probability",
        default=0.45, low=0, high=0.9, grade="D", source=_ASSUMED,
        meaning="such an agent writes a fact it discloses and the record lacks, as a case begins"),
    Parameter(
        name="reminder", group="M5 Context", unit="probability",
        default=0.45, low=0, high=0.9, grade="D", source=_ASSUMED,
        meaning="such an agent reminds, unasked, of a promise that its consent left out"),
    Parameter(
        name="note_defect_loss", group="M5 Context", unit="per defect",
        default=0.12, low=0.05, high=0.25, grade="D", source=_ASSUMED,
        meaning="a seam's defects wear the note down, κ"),
    Parameter(
        name="loss_rate", group="M5 Context", unit="per hand-off",
        default=0.03, low=0.005, high=0.08, grade="D", source=_ASSUMED,
        meaning="hazard that a case falls between two people without a tie, ω"),
    Parameter(
        name="loss_defect", group="M5 Context", unit="per defect",
        default=0.12, low=0.05, high=0.25, grade="D", source=_ASSUMED,
        meaning="a seam's defects raise that hazard, κ′"),
    Parameter(
        name="liaison_minutes", group="M5 Context", unit="minutes",
        default=3, low=1, high=10, grade="D", source=_ASSUMED,
        meaning="liaison work that keeping one hand-off safe needs"),
    Parameter(
        name="chase_hours_person", group="M5 Context", unit="hours",
        default=40, low=16, high=80, grade="D", source=_ASSUMED,
        meaning="mean time until a person chases a lost case"),
    Parameter(
        name="chase_hours_agent", group="M5 Context", unit="hours",
        default=8, low=2, high=24, grade="D", source=_ASSUMED,
        meaning="mean time until a personal agent chases a lost case"),
    Parameter(
        name="give_up_hours_person", group="M5 Context", unit="hours",
        default=160, low=80, high=320, grade="D", source=_ASSUMED,
        meaning="mean time until a person gives a lost case up"),
    Parameter(
        name="give_up_hours_agent", group="M5 Context", unit="hours",
        default=320, low=160, high=640, grade="D", source=_ASSUMED,
        meaning="mean time until a represented customer gives a lost case up"),
    Parameter(
        name="minding_minutes", group="M5 Context", unit="minutes",
        default=5, low=1, high=15, grade="D", source=_ASSUMED,
        meaning="time of an account owner to mind one hand-off"),
    Parameter(
        name="minder_hours", group="M5 Context", unit="hours",
        default=8, low=2, high=40, grade="D", source=_ASSUMED,
        meaning="mean time until an account owner finds a lost case whose hand-off was minded"),
    Parameter(
        name="owner_memory", group="M5 Context", unit="probability",
        default=0.5, low=0, high=0.95, limits=(0.0, 0.95), grade="D", source=_ASSUMED,
        meaning="an account owner keeps in mind a fact that passes by, written or not"),
    Parameter(
        name="owner_tenure_months", group="M5 Context", unit="months",
        default=30, low=12, high=60, grade="D", source=_ASSUMED,
        meaning="mean time that an account owner stays; who leaves takes along what nobody wrote"),
    Parameter(
        name="monitor_minutes", group="M5 Context", unit="minutes",
        default=10, low=3, high=30, grade="D", source=_ASSUMED,
        meaning="time of a journey owner to check one open case"),
    Parameter(
        name="monitor_share", group="M5 Context", unit="share",
        default=0.3, low=0.1, high=0.6, grade="D", source=_ASSUMED,
        meaning="share of a journey owner's hours spent looking for stuck cases"),
    Parameter(
        name="team_monitor_share", group="M5 Context", unit="share",
        default=0.3, low=0, high=0.6, grade="D", source=_ASSUMED,
        meaning="share of a CX team's hours spent looking for stuck cases where it is accountable "
        "for journeys"),
    Parameter(
        name="consent_scope", group="M5 Context", unit="probability",
        default=0.8, low=0.4, high=1, grade="D", source=_ASSUMED,
        meaning="share of facts that a personal agent may disclose at full standing"),
    Parameter(
        name="disclosure_minutes", group="M5 Context", unit="minutes",
        default=0.2, low=0.05, high=1, grade="D", source=_ASSUMED,
        meaning="work of the function to take in one disclosed fact"),
    Parameter(
        name="standing_base", group="M6 Standing", unit="share",
        default=0.6, low=0.4, high=0.8, grade="D", source=_ASSUMED,
        meaning="standing before any experience, a"),
    Parameter(
        name="standing_memory", group="M6 Standing", unit="share",
        default=0.9, low=0.8, high=0.98, limits=(0.0, 0.999), grade="B",
        source="Jøsang & Ismail 2002; value assumed",
        meaning="weight that earlier contacts keep at each new one, λ"),
    Parameter(
        name="broken_weight", group="M6 Standing", unit="ratio",
        default=1.5, low=1, high=3, limits=(1.0, 100.0), grade="D", source=_ASSUMED,
        meaning="a broken promise weighs this many kept ones, w"),
    Parameter(
        name="opt_in_standing", group="M6 Standing", unit="log-ratio",
        default=3, low=0, high=8, grade="D", source=_ASSUMED,
        meaning="a point of standing above the base rate raises the odds that a customer lets the "
        "firm start a journey with `opt_in`"),
    Parameter(
        name="reputation_sharing", group="M6 Standing", unit="share",
        default=0.5, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="weight of the ratings that represented customers share in what each of them "
        "expects of a function before own experience"),
    Parameter(
        name="rating_memory", group="M6 Standing", unit="per week",
        default=0.98, low=0.9, high=0.999, limits=(0.0, 1.0), grade="D", source=_ASSUMED,
        meaning="weight that shared ratings keep from one week to the next"),
    Parameter(
        name="discretionary_share", group="M7 Incentives", unit="share",
        default=0.30, low=0.15, high=0.45, grade="D", source=_ASSUMED,
        meaning="share of paid hours that a function directs itself, d"),
    Parameter(
        name="uncommitted_productivity", group="M7 Incentives", unit="share",
        default=0.7, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="how well uncommitted time serves customers, η"),
    Parameter(
        name="congruity", group="M7 Incentives", unit="share",
        default=0.2, low=0, high=0.6, grade="D", source=_ASSUMED,
        meaning="how far a function's own KPI also counts what helps the journey"),
    Parameter(
        name="diluted_weight_returns", group="M7 Incentives", unit="share",
        default=0, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="share of the weight that a shared measure loses by dilution which goes back to a "
        "function's own KPI; the rest is lost"),
    Parameter(
        name="task_substitution", group="M7 Incentives", unit="share",
        default=0.05, low=0, high=0.1, limits=(0.0, 0.95), grade="D", source=_ASSUMED,
        meaning="how far effort on one task makes another costlier, s"),
    Parameter(
        name="intrinsic_motivation", group="M7 Incentives", unit="per unit effort",
        default=0.2, low=0.08, high=0.3, grade="D", source=_ASSUMED,
        meaning="effort given for its own sake, the same under every lever set, m₀"),
    Parameter(
        name="error_scale", group="M7 Incentives", unit="ratio",
        default=1.5, low=0.5, high=4, limits=(1e-3, 100.0), grade="D", source=_ASSUMED,
        meaning="multiplies the odds of a visible error that an enterprise gives its touchpoints; "
        "1 takes them as given"),
    Parameter(
        name="latent_fault_scale", group="M7 Incentives", unit="ratio",
        default=1.75, low=0.5, high=6, limits=(1e-3, 100.0), grade="D", source=_ASSUMED,
        meaning="the same for latent faults"),
    Parameter(
        name="incentive_direction", group="M7 Incentives", unit="share",
        default=1, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="how far rewards are a direction whose length does not depend on what a KPI "
        "counts, χ; at 0 a KPI that more tasks move is a stronger one"),
    Parameter(
        name="incentive_strength", group="M7 Incentives", unit="per unit effort",
        default=0.6, low=0.3, high=0.9, grade="D", source=_ASSUMED,
        meaning="length of that direction for all of a function's weight, L"),
    Parameter(
        name="quality_effect", group="M7 Incentives", unit="log-odds",
        default=3, low=1, high=6, grade="D", source=_ASSUMED,
        meaning="quality effort lowers the log-odds of an error"),
    Parameter(
        name="writing_effect", group="M7 Incentives", unit="log-odds",
        default=3, low=0, high=6, grade="D", source=_ASSUMED,
        meaning="quality effort beyond that under equal weights lowers the log-odds that a "
        "learned fact is not written to a record"),
    Parameter(
        name="care_effect", group="M7 Incentives", unit="per unit effort",
        default=4, low=1, high=8, grade="D", source=_ASSUMED,
        meaning="downstream care lowers the rate of latent faults"),
    Parameter(
        name="fault_surfacing", group="M7 Incentives", unit="probability",
        default=0.5, low=0.2, high=0.8, grade="D", source=_ASSUMED,
        meaning="a latent fault shows at each later step at another function"),
    Parameter(
        name="fault_minutes", group="M7 Incentives", unit="minutes",
        default=12, low=5, high=30, grade="D", source=_ASSUMED,
        meaning="work of repairing a surfaced fault where it shows"),
    Parameter(
        name="training_gain", group="M7 Incentives", unit="per hour",
        default=0.0005, low=0.0001, high=0.002, grade="D", source=_ASSUMED,
        meaning="skill that an hour of training of each head adds"),
    Parameter(
        name="skill_life_weeks", group="M7 Incentives", unit="weeks",
        default=52, low=26, high=156, limits=(1.0, LARGEST), grade="D", source=_ASSUMED,
        meaning="mean life of what training added"),
    Parameter(
        name="workshop_ties", group="M7 Incentives", unit="people an hour",
        default=0.05, low=0.01, high=0.2, grade="D", source=_ASSUMED,
        meaning="ties to people of other functions that an hour of workshops adds for each head"),
    Parameter(
        name="tie_life_weeks", group="M7 Incentives", unit="weeks",
        default=52, low=26, high=156, limits=(1.0, LARGEST), grade="D", source=_ASSUMED,
        meaning="mean life of a tie that a workshop made"),
    Parameter(
        name="follow_up_hours", group="M7 Incentives", unit="hours a week",
        default=2, low=0.5, high=6, grade="D", source=_ASSUMED,
        meaning="hours an accountable person needs to follow one function in one journey, "
        "h_follow"),
    Parameter(
        name="unit_head_hours", group="M7 Incentives", unit="hours a week",
        default=8, low=2, high=20, grade="D", source=_ASSUMED,
        meaning="hours of a unit's people that its head has to follow its functions, where they "
        "report to it"),
    Parameter(
        name="follow_up_share", group="M7 Incentives", unit="share",
        default=0.5, low=0.2, high=0.8, grade="D", source=_ASSUMED,
        meaning="share of an accountable role's hours spent following up rather than on insight"),
    Parameter(
        name="lead_liaison_share", group="M7 Incentives", unit="share",
        default=0.5, low=0.2, high=0.8, grade="D", source=_ASSUMED,
        meaning="share of an embedded lead's hours spent tending seams rather than on insight"),
    Parameter(
        name="defect_rate", group="M8 Feedback and improvement", unit="per site and week",
        # Rate times life is how many defects a site has, and each is looked at every week.
        default=0.03, low=0.01, high=0.08, limits=(0.0, 10.0), grade="D", source=_ASSUMED,
        meaning="defects arriving at a site, λ"),
    Parameter(
        name="defect_life_weeks", group="M8 Feedback and improvement", unit="weeks",
        default=104, low=40, high=260, limits=(1.0, 1000.0), grade="D", source=_ASSUMED,
        meaning="mean time until an unfixed defect retires, 1/δ"),
    Parameter(
        name="defect_effect", group="M8 Feedback and improvement", unit="per defect",
        default=0.12, low=0.05, high=0.25, grade="D", source=_ASSUMED,
        meaning="how fast the effect of defects saturates, κ"),
    Parameter(
        name="defect_error", group="M8 Feedback and improvement", unit="log-odds",
        default=2, low=1, high=3, grade="D", source=_ASSUMED,
        meaning="log-odds of an error that a site full of defects adds"),
    Parameter(
        name="variant_growth", group="M8 Feedback and improvement", unit="exponent",
        default=0, low=0, high=0.5, limits=(0.0, 1.0), grade="D", source=_ASSUMED,
        meaning="a firm of N heads has N to this power product and process variants, β"),
    Parameter(
        name="designed_in_share", group="M8 Feedback and improvement", unit="share",
        default=0.3, low=0.1, high=0.6, grade="D", source=_ASSUMED,
        meaning="share of all defects that come with releases rather than one by one"),
    Parameter(
        name="release_weeks", group="M8 Feedback and improvement", unit="weeks",
        default=13, low=4, high=52, limits=(1.0, 1000.0), grade="D", source=_ASSUMED,
        meaning="weeks from one release to the next"),
    Parameter(
        name="release_gain", group="M8 Feedback and improvement", unit="share of margin",
        default=0.004, low=0, high=0.02, limits=(0.0, 1.0), grade="D", source=_ASSUMED,
        meaning="margin of customers that a release adds from its launch on"),
    Parameter(
        name="voice_person", group="M8 Feedback and improvement", unit="probability",
        default=0.2, low=0.05, high=0.4, grade="D",
        source="assumption within 3 to 79 % by severity (TARP/CCMC)",
        meaning="a person voices a middling problem"),
    Parameter(
        name="voice_agent", group="M8 Feedback and improvement", unit="probability",
        default=0.9, low=0.6, high=1, grade="D", source=_ASSUMED,
        meaning="a personal agent reports a problem"),
    Parameter(
        name="voice_severity", group="M8 Feedback and improvement", unit="exponent",
        default=2, low=1, high=4, limits=(1.0, 10.0), grade="D",
        source="assumption within 3 to 79 % by severity (TARP/CCMC)",
        meaning="the chance of voicing a problem rises with its severity to this power; at 1 in "
        "proportion"),
    Parameter(
        name="observe_share", group="M8 Feedback and improvement", unit="share",
        default=0.4, low=0, high=0.8, grade="D", source=_ASSUMED,
        meaning="share of the failures nobody voices that measurement sees: of touchpoints their "
        "visible errors, of journeys losses and surfaced faults as well"),
    Parameter(
        name="trace_score", group="M8 Feedback and improvement", unit="probability",
        default=0.1, low=0.02, high=0.25, grade="D", source=_ASSUMED,
        meaning="one satisfaction score points to the cause"),
    Parameter(
        name="trace_touchpoint", group="M8 Feedback and improvement", unit="probability",
        default=0.35, low=0.15, high=0.6, grade="D", source=_ASSUMED,
        meaning="touchpoint measurement points to the cause"),
    Parameter(
        name="trace_journey", group="M8 Feedback and improvement", unit="probability",
        default=0.8, low=0.6, high=0.95, grade="D", source=_ASSUMED,
        meaning="whole-journey measurement points to the cause"),
    Parameter(
        name="measurement_hours", group="M8 Feedback and improvement", unit="hours a week",
        default=0.25, low=0.1, high=1, grade="D", source=_ASSUMED,
        meaning="upkeep of measuring one site at touchpoint level; threefold for whole journeys"),
    Parameter(
        name="alarm_ratio", group="M8 Feedback and improvement", unit="ratio",
        default=1.5, low=1.2, high=2, limits=(1.01, 10.0), grade="B",
        source="CUSUM for Poisson counts (Lucas 1985); value assumed",
        meaning="rise in signals that the alarm looks for, R"),
    Parameter(
        name="alarm_level", group="M8 Feedback and improvement", unit="log-likelihood",
        default=4, low=2.5, high=6, grade="B",
        source="CUSUM for Poisson counts (Lucas 1985); value assumed",
        meaning="level at which the alarm is raised"),
    Parameter(
        name="abandon_target", group="M8 Feedback and improvement", unit="share",
        default=0.05, low=0.03, high=0.08, grade="C",
        source="ICMI and vendor benchmarks: typical 5 to 8 %, target 3 to 5 %; geometric middle",
        meaning="share of those who join a queue that may give up without an alarm, if no larger "
        "share was planned"),
    Parameter(
        name="retraining_weeks", group="M8 Feedback and improvement", unit="weeks",
        default=7, low=2, high=26, limits=(0.0, 520.0), grade="D",
        source="assumption; geometric middle",
        meaning="how long somebody who has moved to another function serves at half skill"),
    Parameter(
        name="insight_hours", group="M8 Feedback and improvement", unit="hours",
        default=24, low=8, high=80, grade="D", source=_ASSUMED,
        meaning="work that turns an alarm into an issue"),
    Parameter(
        name="decision_steepness", group="M8 Feedback and improvement", unit="ratio",
        default=1.5, low=0.5, high=4, grade="D", source=_ASSUMED,
        meaning="how sharply an owner's yes depends on benefit over cost, θ"),
    Parameter(
        name="estimate_error", group="M8 Feedback and improvement", unit="log-ratio",
        default=0.5, low=0.2, high=1, limits=(0.0, 5.0), grade="D", source=_ASSUMED,
        meaning="spread of an owner's estimate of the benefit"),
    Parameter(
        name="co_creation_effect", group="M8 Feedback and improvement", unit="log-odds",
        default=1.5, low=0, high=3, grade="D", source=_ASSUMED,
        meaning="what having shaped a proposal to the full adds to the odds of an owner's yes"),
    Parameter(
        name="co_creation_scale_hours", group="M8 Feedback and improvement", unit="hours",
        default=16, low=8, high=40, limits=(1e-3, LARGEST), grade="D", source=_ASSUMED,
        meaning="hours of shaping at which 63 % of that is reached"),
    Parameter(
        name="sponsor_tenure_months", group="M8 Feedback and improvement", unit="months",
        default=29, low=12, high=60, limits=(1e-3, LARGEST), grade="A",
        source="CCO Council, tenure of chief customer officers",
        meaning="mean time that a sponsor stays in office"),
    Parameter(
        name="governance_hours", group="M8 Feedback and improvement", unit="hours a week",
        default=4, low=1, high=12, grade="D", source=_ASSUMED,
        meaning="governance work that one function of up to ten people needs"),
    Parameter(
        name="governance_build", group="M8 Feedback and improvement", unit="per week",
        default=0.02, low=0.005, high=0.05, limits=(0.0, 0.5), grade="D", source=_ASSUMED,
        meaning="how fast agreed ways of deciding take hold, γ"),
    Parameter(
        name="governance_decay", group="M8 Feedback and improvement", unit="per week",
        default=0.01, low=0.002, high=0.03, limits=(0.0, 0.5), grade="D", source=_ASSUMED,
        meaning="how fast they fade, δ_g"),
    Parameter(
        name="cool_off_weeks", group="M8 Feedback and improvement", unit="weeks",
        default=26, low=8, high=52, grade="D", source=_ASSUMED,
        meaning="time until a refused issue may be decided again"),
    Parameter(
        name="fix_base_hours", group="M8 Feedback and improvement", unit="hours",
        default=80, low=20, high=300, grade="D", source=_ASSUMED,
        meaning="work of a fix, fixed part, k₀"),
    Parameter(
        name="fix_head_hours", group="M8 Feedback and improvement", unit="hours a head",
        default=1.5, low=0.3, high=6, grade="D", source=_ASSUMED,
        meaning="work of a fix for each head that must change, k₁"),
    Parameter(
        name="remedy_share", group="M8 Feedback and improvement", unit="probability",
        default=0.25, low=0, high=0.5, grade="D",
        source="users as a source of solutions (von Hippel 1986); value and standing assumed",
        meaning="what a represented or invited customer reports says what would put it right, at "
        "full standing of the function where it was felt; at the base rate nothing does"),
    Parameter(
        name="remedy_saves", group="M8 Feedback and improvement", unit="share",
        default=0.25, low=0, high=0.5, grade="D", source=_ASSUMED,
        meaning="share of the fixed part of a fix that such a report saves"),
    Parameter(
        name="invite_hours", group="M8 Feedback and improvement", unit="hours",
        default=4.5, low=1, high=20, limits=(1e-3, LARGEST), grade="D",
        source="assumption; geometric middle",
        meaning="hours of customer workshops that invite one customer for a year"),
    Parameter(
        name="blame_ambiguity", group="M8 Feedback and improvement", unit="share",
        default=0.25, low=0, high=0.5, grade="D", source=_ASSUMED,
        meaning="added to the blame lever in proportion to the share of the last quarter's issues "
        "that several own or nobody"),
    Parameter(
        name="improvement_floor", group="M8 Feedback and improvement", unit="share",
        default=0.005, low=0.001, high=0.02, grade="D", source=_ASSUMED,
        meaning="share of hours that always goes to fixes, i_min"),
    Parameter(
        name="backlog_reference_days", group="M8 Feedback and improvement", unit="days a head",
        default=1, low=0.25, high=4, limits=(1e-3, LARGEST), grade="D", source=_ASSUMED,
        meaning="work in the queue above which improvement gives way to it, B₀"),
    Parameter(
        name="backlog_exponent", group="M8 Feedback and improvement", unit="exponent",
        default=1, low=0, high=2, limits=(0.0, 20.0), grade="B",
        source="capability trap (Repenning & Sterman 2002); value assumed",
        meaning="how steeply improvement gives way to a backlog, γ of the capability trap"),
    Parameter(
        name="discussion_hours", group="M8 Feedback and improvement", unit="hours a week",
        default=0.25, low=0.05, high=1, limits=(0.0, 40.0), grade="D", source=_ASSUMED,
        meaning="line time that an open issue takes of each function concerned"),
    Parameter(
        name="preparation_hours", group="M8 Feedback and improvement", unit="hours",
        default=4, low=1, high=16, limits=(0.0, 160.0), grade="D", source=_ASSUMED,
        meaning="line time of each function concerned to prepare an escalated decision"),
    Parameter(
        name="other_business_hours", group="M8 Feedback and improvement", unit="hours a week",
        default=1, low=0, high=4, grade="D", source=_ASSUMED,
        meaning="attention that a decision-maker's other business asks for"),
    Parameter(
        name="decision_hours", group="M8 Feedback and improvement", unit="hours",
        default=3, low=1, high=8, limits=(0.0, 160.0), grade="D", source=_ASSUMED,
        meaning="attention that one escalated decision takes"),
    Parameter(
        name="escalation_limit_weeks", group="M8 Feedback and improvement", unit="weeks",
        default=26, low=8, high=52, grade="D", source=_ASSUMED,
        meaning="an escalated issue not decided by then falls"),
    Parameter(
        name="misuse_rate", group="M9 Trust office", unit="per use",
        default=0.001, low=0.0002, high=0.005, grade="D", source=_ASSUMED,
        meaning="hazard that a use of a disclosed or recorded fact is one that the customer never "
        "agreed to, with nobody governing"),
    Parameter(
        name="governance_minutes", group="M9 Trust office", unit="minutes",
        default=0.05, low=0.01, high=0.2, grade="D", source=_ASSUMED,
        meaning="work of governing one use of a customer's fact, spread over all of them"),
    Parameter(
        name="governance_effect", group="M9 Trust office", unit="share",
        default=0.8, low=0.5, high=0.95, grade="D", source=_ASSUMED,
        meaning="how much lower the hazard of misuse is where use is governed"),
    Parameter(
        name="audit_minutes", group="M9 Trust office", unit="minutes",
        default=0.2, low=0.05, high=1, grade="D", source=_ASSUMED,
        meaning="work of auditing one use"),
    Parameter(
        name="reciprocity_minutes", group="M9 Trust office", unit="minutes",
        default=1, low=0.2, high=5, grade="D", source=_ASSUMED,
        meaning="work of giving a customer back status and data in one case"),
    Parameter(
        name="breach_noticed_person", group="M9 Trust office", unit="probability",
        default=0.3, low=0.1, high=0.6, grade="D", source=_ASSUMED,
        meaning="a person notices that a fact was misused"),
    Parameter(
        name="breach_noticed_agent", group="M9 Trust office", unit="probability",
        default=0.9, low=0.6, high=1, grade="D", source=_ASSUMED,
        meaning="a personal agent notices it"),
    Parameter(
        name="effort_breach", group="M9 Trust office", unit="effort points",
        default=4, low=2, high=10, grade="D", source=_ASSUMED,
        meaning="effort of a breach of trust in one case"),
    Parameter(
        name="link_hours", group="M10 Levers", unit="hours a week",
        default=0.5, low=0.2, high=2, grade="D", source=_ASSUMED,
        meaning="meeting time of a function for one link to a coordinating person"),
    Parameter(
        name="reporting_hours", group="M10 Levers", unit="hours a week",
        default=0.25, low=0.05, high=1, grade="D", source=_ASSUMED,
        meaning="line time that a second line of reporting takes of a function"),
    Parameter(
        # Above 1 the alternative may beat all there is to concede, here and for an agent.
        name="alternative_person", group="M11 Negotiation", unit="share",
        default=0.6, low=0.3, high=0.9, limits=(0.0, 10.0), grade="D", source=_ASSUMED,
        meaning="largest share of the stake that a person may insist on; their least is uniform "
        "below it"),
    Parameter(
        name="alternative_agent", group="M11 Negotiation", unit="share",
        default=0.8, low=0.5, high=1.1, limits=(0.0, 10.0), grade="D", source=_ASSUMED,
        meaning="the same for an agent, which knows the best alternative"),
    Parameter(
        name="concession_firm", group="M11 Negotiation", unit="ratio",
        default=1, low=0.3, high=3, grade="B",
        source="Faratin, Sierra & Jennings 1998; value assumed",
        meaning="how early the firm concedes, β; 1 is linear, less is later"),
    Parameter(
        name="concession_person", group="M11 Negotiation", unit="ratio",
        default=1.5, low=0.5, high=4, grade="D", source=_ASSUMED,
        meaning="how early a person concedes at base standing, β"),
    Parameter(
        name="concession_agent", group="M11 Negotiation", unit="ratio",
        default=0.5, low=0.2, high=1.5, grade="D", source=_ASSUMED,
        meaning="how early an agent concedes at base standing, β"),
    Parameter(
        name="concession_standing", group="M11 Negotiation", unit="log-ratio",
        default=1, low=0, high=2, grade="D", source=_ASSUMED,
        meaning="how much a point of standing above the market's base rate raises the customer's "
        "β"),
    Parameter(
        name="concession_pull", group="M11 Negotiation", unit="log-ratio",
        default=0.5, low=0, high=1.5, grade="D", source=_ASSUMED,
        meaning="how much weight on the own KPI over the journey KPI raises the firm's β: a "
        "conversion is bought with margin"),
    Parameter(
        name="negotiation_reply_hours", group="M11 Negotiation", unit="hours",
        default=16, low=4, high=40, grade="D", source=_ASSUMED,
        meaning="mean time a person takes to answer one offer; an agent takes none"),
    Parameter(
        name="approval_minutes", group="M11 Negotiation", unit="minutes",
        default=20, low=5, high=60, limits=(0.0, MINUTES_OF_A_WORKING_WEEK), grade="D",
        source=_ASSUMED,
        meaning="attention that approving one concession beyond the remit takes, a week's hours "
        "at most"),
    Parameter(
        name="head_approval_hours", group="M11 Negotiation", unit="hours a week",
        default=2, low=0.5, high=8, grade="D", source=_ASSUMED,
        meaning="attention that the head of a function has for terms beyond the remit, as much as "
        "is owed at most"),
    Parameter(
        name="base_remit", group="M11 Negotiation", unit="share",
        default=0.8, low=0.6, high=0.95, grade="D", source=_ASSUMED,
        meaning="share of a stake that a function concedes without approval, if the enterprise "
        "does not say"),
    Parameter(
        name="gate_hours", group="M10 Levers", unit="hours",
        default=120, low=40, high=400, grade="D", source=_ASSUMED,
        meaning="work of reviewing one release with full influence"),
    Parameter(
        name="gate_catch", group="M10 Levers", unit="probability",
        default=0.6, low=0.3, high=0.9, grade="D", source=_ASSUMED,
        meaning="a complete review with full influence finds a designed-in defect"),
    Parameter(
        name="gate_weeks", group="M10 Levers", unit="weeks",
        default=4, low=1, high=12, limits=(0.0, 100.0), grade="D", source=_ASSUMED,
        meaning="lead time that such a review adds to a release"),
    Parameter(
        name="platform_detection_1", group="M10 Levers", unit="share",
        default=0.15, low=0.05, high=0.3, grade="D", source=_ASSUMED,
        meaning="share of causes not traced otherwise that a plain platform traces"),
    Parameter(
        name="platform_detection_2", group="M10 Levers", unit="share",
        default=0.35, low=0.15, high=0.6, grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="platform_notes_1", group="M10 Levers", unit="share",
        default=0.2, low=0.05, high=0.4, grade="D", source=_ASSUMED,
        meaning="share of facts lost at hand-offs that a plain platform keeps in the note"),
    Parameter(
        name="platform_notes_2", group="M10 Levers", unit="share",
        default=0.5, low=0.2, high=0.8, grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="platform_writing_1", group="M10 Levers", unit="share",
        default=0.2, low=0.05, high=0.4, grade="D", source=_ASSUMED,
        meaning="share of facts not written down otherwise that a plain platform records"),
    Parameter(
        name="platform_writing_2", group="M10 Levers", unit="share",
        default=0.5, low=0.2, high=0.8, grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="platform_speed_1", group="M10 Levers", unit="share",
        default=0.02, low=0, high=0.05, grade="D", source=_ASSUMED,
        meaning="share of work time that a plain platform saves"),
    Parameter(
        name="platform_speed_2", group="M10 Levers", unit="share",
        default=0.05, low=0, high=0.12, grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="platform_heads_1", group="M10 Levers", unit="heads per 100",
        default=1, low=0.5, high=2, limits=(0.0, 20.0), grade="D", source=_ASSUMED,
        meaning="yearly subscription of a plain platform, in heads that leave the line"),
    Parameter(
        name="platform_heads_2", group="M10 Levers", unit="heads per 100",
        default=2.5, low=1, high=5, limits=(0.0, 20.0), grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="platform_price_1", group="M10 Levers", unit="money a head",
        default=1500, low=500, high=4000, grade="D", source=_ASSUMED,
        meaning="one-off cost of a plain platform for each head of the firm"),
    Parameter(
        name="platform_price_2", group="M10 Levers", unit="money a head",
        default=5000, low=2000, high=12000, grade="D", source=_ASSUMED,
        meaning="the same for an advanced platform"),
    Parameter(
        name="record_price", group="M10 Levers", unit="money a head",
        default=600, low=200, high=2000, grade="D", source=_ASSUMED,
        meaning="one-off cost of a record that functions share, for each head of the firm"),
    Parameter(
        name="record_heads", group="M10 Levers", unit="heads per 100",
        default=0.7, low=0.3, high=1.5, limits=(0.0, 20.0), grade="D", source=_ASSUMED,
        meaning="who keeps a shared record running, in heads that leave the line"),
    Parameter(
        name="record_rollout_weeks", group="M10 Levers", unit="weeks",
        default=26, low=8, high=78, grade="D", source=_ASSUMED,
        meaning="weeks over which a shared record that was bought comes into use: the share of "
        "what is written to it grows evenly"),
    Parameter(
        name="transition_tie_loss", group="M10 Levers", unit="share",
        default=0.8, low=0.3, high=1, grade="D", source=_ASSUMED,
        meaning="share of ties that a person loses who changes post in a transition"),
    Parameter(
        name="tie_regrowth_weeks", group="M10 Levers", unit="weeks",
        default=26, low=8, high=52, limits=(1e-3, LARGEST), grade="D", source=_ASSUMED,
        meaning="mean time until a lost tie has grown again"),
    Parameter(
        name="tolerance_effort", group="M12 Outcomes", unit="effort points",
        default=20, low=8, high=40, grade="D", source=_ASSUMED,
        meaning="mean effort a customer takes in one case before giving up"),
    Parameter(
        name="effort_ask", group="M12 Outcomes", unit="effort points",
        default=0.3, low=0.1, high=1, grade="D", source=_ASSUMED,
        meaning="effort of answering a question"),
    Parameter(
        name="effort_repeat", group="M12 Outcomes", unit="effort points",
        default=1, low=0.5, high=2, grade="D", source=_ASSUMED,
        meaning="effort of answering it again"),
    Parameter(
        name="effort_error", group="M12 Outcomes", unit="effort points",
        default=1, low=0.5, high=3, grade="D", source=_ASSUMED,
        meaning="effort of a step that must be done again"),
    Parameter(
        name="effort_fault", group="M12 Outcomes", unit="effort points",
        default=2, low=1, high=4, grade="D", source=_ASSUMED,
        meaning="effort of a fault that surfaces"),
    Parameter(
        name="effort_chase", group="M12 Outcomes", unit="effort points",
        default=2, low=1, high=4, grade="D", source=_ASSUMED,
        meaning="effort of chasing a lost case; none for an agent"),
    Parameter(
        name="peak_end_weight", group="M12 Outcomes", unit="share",
        default=1, low=0, high=1, grade="B", source="Kahneman et al. 1993",
        meaning="weight of the peak–end rule in a journey's memory; the rest is the mean of its "
        "steps"),
    Parameter(
        name="satisfied_from", group="M12 Outcomes", unit="share",
        default=0.625, low=0.4, high=0.75, grade="D",
        source="4 and 5 of 5, rounded (ACSI, ICMI practice); value assumed",
        meaning="experience of a contact from which its customer answers 4 or 5 of 5; measured, "
        "not acted upon"),
    Parameter(
        name="promoter_from", group="M12 Outcomes", unit="share",
        default=0.85, low=0.75, high=0.95, grade="D",
        source="9 and 10 of 10, rounded (Reichheld 2003); value assumed",
        meaning="mean of standing and liking from which a customer is a promoter; measured, not "
        "acted upon"),
    Parameter(
        name="detractor_below", group="M12 Outcomes", unit="share",
        default=0.65, low=0.4, high=0.7, grade="D",
        source="0 to 6 of 10, rounded (Reichheld 2003); value assumed",
        meaning="mean of standing and liking below which a customer is a detractor; measured, not "
        "acted upon"),
    Parameter(
        name="survey_response", group="M12 Outcomes", unit="probability",
        default=0.15, low=0.05, high=0.4, grade="D", source=_ASSUMED,
        meaning="a customer with a middling experience answers a survey; the share rises with how "
        "far the experience is from the middle"),
    Parameter(
        name="recontact_person", group="M12 Outcomes", unit="probability",
        default=0.4, low=0.2, high=0.7, grade="D", source=_ASSUMED,
        meaning="a case closed with an open fault comes back"),
    Parameter(
        name="recontact_agent", group="M12 Outcomes", unit="probability",
        default=0.9, low=0.6, high=1, grade="D", source=_ASSUMED,
        meaning="the same for a represented customer"),
    Parameter(
        name="recontact_hours", group="M12 Outcomes", unit="hours",
        default=40, low=8, high=120, grade="D", source=_ASSUMED,
        meaning="mean time until it comes back"),
    Parameter(
        name="experience_scale", group="M12 Outcomes", unit="effort points",
        default=3, low=1, high=6, limits=(1e-3, LARGEST), grade="D", source=_ASSUMED,
        meaning="effort at which a step's experience falls to 37 %"),
    Parameter(
        name="expectation", group="M12 Outcomes", unit="share",
        default=0.8, low=0.6, high=0.95, grade="D", source=_ASSUMED,
        meaning="experience a customer expects before any"),
    Parameter(
        name="expectation_rate", group="M12 Outcomes", unit="share",
        default=0.1, low=0, high=0.2, limits=(0.0, 1.0), grade="D",
        source="adaptation level (Helson 1964; Oliver 1980); value assumed",
        meaning="how far what a customer expects moves towards what a journey was remembered as; 0 "
        "keeps it where it was"),
    Parameter(
        name="expectation_weight", group="M12 Outcomes", unit="share",
        default=0.35, low=0, high=0.7, grade="D", source=_ASSUMED,
        meaning="share of what expectation has moved that counts where a journey is judged"),
    Parameter(
        name="loss_aversion", group="M12 Outcomes", unit="ratio",
        default=2.25, low=1, high=3, limits=(0.0, 5.0), grade="B", source="Tversky & Kahneman 1992",
        meaning="a disappointment weighs this many pleasant surprises"),
    Parameter(
        name="memory_weight", group="M12 Outcomes", unit="share",
        default=0.3, low=0.1, high=0.6, grade="D", source=_ASSUMED,
        meaning="weight of the latest journey in a customer's memory"),
    Parameter(
        name="leaving_per_day", group="M12 Outcomes", unit="per day",
        default=0.0006, low=0.0002, high=0.0015, limits=(0.0, 10.0), grade="D",
        source="fitted to losses of 0.9 to 2.8 % a month (Statista)",
        meaning="base hazard of leaving, h₀"),
    Parameter(
        # The exponents of the hazard add up to less than 88, beyond which a float32 ends.
        name="leaving_standing", group="M12 Outcomes", unit="log-ratio",
        default=3, low=1, high=6, limits=(0.0, 10.0), grade="D", source=_ASSUMED,
        meaning="a point of standing below the base rate raises the hazard"),
    Parameter(
        name="leaving_memory", group="M12 Outcomes", unit="log-ratio",
        default=1.5, low=0.5, high=4, grade="D", source=_ASSUMED,
        meaning="a point of remembered disappointment raises the hazard"),
    Parameter(
        name="leaving_price", group="M12 Outcomes", unit="log-ratio",
        default=0.5, low=0.1, high=1, limits=(0.0, 5.0), grade="D", source=_ASSUMED,
        meaning="a point of price sensitivity raises the hazard"),
    Parameter(
        name="leaving_offer", group="M12 Outcomes", unit="log-ratio",
        default=10, low=0, high=20, limits=(0.0, 20.0), grade="D", source=_ASSUMED,
        meaning="what a rival offers beyond present terms, as a share of the yearly margin, raises "
        "the hazard of a customer without price sensitivity; 0: offers move nobody"),
    Parameter(
        name="rival_offer", group="M12 Outcomes", unit="share",
        default=0.06, low=0.02, high=0.2, grade="D", source=_ASSUMED,
        meaning="largest share of a customer's yearly margin that a rival quotes; quotes are "
        "uniform below it"),
    Parameter(
        name="agent_search", group="M12 Outcomes", unit="probability",
        default=0.5, low=0, high=1, grade="D", source=_ASSUMED,
        meaning="a personal agent looks at what rivals offer at a renewal, and in a week with a "
        "broken trial"),
    Parameter(
        name="person_search", group="M12 Outcomes", unit="probability",
        default=0.15, low=0, high=0.3, grade="D", source=_ASSUMED,
        meaning="the same for a person"),
    Parameter(
        name="generalist_slowdown", group="M10 Levers", unit="ratio",
        default=1.5, low=1, high=2, limits=(1.0, 10.0), grade="D", source=_ASSUMED,
        meaning="how much longer a step takes whoever does it in its owner's place; it is done so "
        "only where its owner's wait exceeds what that costs"),
    Parameter(
        name="generalist_error", group="M10 Levers", unit="ratio",
        default=2, low=1, high=3, limits=(1.0, 10.0), grade="D", source=_ASSUMED,
        meaning="factor on the odds of an error at such a step"),
    Parameter(
        name="wage_per_year", group="M12 Outcomes", unit="money",
        default=60000, low=40000, high=90000, grade="D", source=_ASSUMED,
        meaning="cost of one head"),
    Parameter(
        name="discount_rate", group="M12 Outcomes", unit="per year",
        default=0.08, low=0.04, high=0.12, limits=(0.0, 10.0), grade="D", source=_ASSUMED,
        meaning="discounting of margins and costs, continuous: e^(−rt) after t years"),
)
# fmt: on
