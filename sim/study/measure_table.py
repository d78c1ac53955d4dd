"""The rows of the measure registry (see ``sim.study.tables``); what a row, and a column, says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MeasureSpec:
    """One outcome measure.

    Attributes
    ----------
    name : str
        Name in the column ``measure``.
    label : str
        What a board reads.
    unit : str
        Unit of the stored value; shares are stored between 0 and 1.
    direction : str
        Which way is better: ``higher``, ``lower`` or ``neither``.
    display : str
        ``percent`` (shown times 100), ``number``, ``money`` or ``count``.
    decimals : int
        Decimals to show, after the scaling of `display`.
    headline : bool
        Whether it belongs in the first table and figure.
    formula, source : str
        Definition in words, and where a standard definition comes from.
    instead : str
        Measure that is shown where this one has no value, empty if none is.
    """

    name: str
    label: str
    unit: str
    direction: str
    display: str
    decimals: int
    headline: bool
    formula: str
    source: str
    instead: str = ""

    @property
    def is_count(self) -> bool:
        """Whether a missing row, in a run that is there, means zero."""
        return self.display == "count"


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """One column of a result table: name, dtype, unit (empty if it has none), meaning."""

    name: str
    dtype: str
    unit: str = ""
    meaning: str


_COHORT = "needs of the cohort (all needs of the demand table that start in the window)"
_OWN = "this program's definition"

# fmt: off
MEASURE_ROWS = (
    # --- standing ---
    MeasureSpec(
        name="standing", label="Standing", unit="index 0 to 1",
        direction="higher", display="number", decimals=3, headline=True,
        formula="mean over customers present at day 0 of S = (r + 2a) / (r + s + 2), weighted by "
        "their contacts with each function, at the end of the window, however long the follow-up; "
        "frozen when a customer leaves; of a month, at its end",
        source="Jøsang & Ismail 2002, Beta reputation with forgetting"),
    MeasureSpec(
        name="kept_share", label="Promises kept", unit="share, broken ones weighted",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="mean over customers present at day 0 of r / (r + s), the kept share of their "
        "contacts, at the end of the window",
        source="Jøsang & Ismail 2002"),
    # --- what became of the needs ---
    MeasureSpec(
        name="drop_off_rate", label="Drop-off", unit="share of needs",
        direction="lower", display="percent", decimals=1, headline=True,
        formula=f"cases that ended without completing / {_COHORT}", source=_OWN),
    MeasureSpec(
        name="drop_off_per_started", label="Drop-off per started case",
        unit="share of started cases",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="cases that ended without completing / cases that started", source=_OWN),
    MeasureSpec(
        name="completion_rate", label="Completion", unit="share of needs",
        direction="higher", display="percent", decimals=1, headline=True,
        formula=f"cases completed / {_COHORT}", source=_OWN),
    MeasureSpec(
        name="unresolved_share", label="Unresolved", unit="share of needs",
        direction="lower", display="percent", decimals=1, headline=False,
        formula=f"cases still open at the end of follow-up / {_COHORT}", source=_OWN),
    MeasureSpec(
        name="unrealised_share", label="Never arose", unit="share of needs",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="needs that arose after their customer had left, before a prospect had joined, or "
        f"for a journey that the customer had not let the firm start / {_COHORT}",
        source=_OWN),
    MeasureSpec(
        name="journey_kpi", label="Journey completed first time", unit="share of started cases",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="cases completed that nobody had to chase and that did not come back / cases that "
        "started",
        source="first-contact resolution (ICMI), carried from the contact to the whole journey"),
    # --- customers ---
    MeasureSpec(
        name="retention_rate", label="Retention", unit="share of customers",
        direction="higher", display="percent", decimals=1, headline=True,
        formula="customers present at day 0 and still present one year on / customers present at "
        "day 0; no value where the window is shorter than a year (see `window_retention`)",
        source="customer retention rate, Reichheld & Sasser 1990", instead="window_retention"),
    MeasureSpec(
        name="window_retention", label="Retention over the window", unit="share of customers",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="customers present at day 0 and still present at the end of the window, however "
        "long that is / customers present at day 0",
        source="customer retention rate, Reichheld & Sasser 1990"),
    MeasureSpec(
        name="churn_rate", label="Churn a month", unit="share of customers a month",
        direction="lower", display="percent", decimals=2, headline=False,
        formula="the constant monthly rate that leaves as many of the customers present at day 0 "
        "as are still there at the end of the window",
        source="monthly churn rate, the subscription industry's definition"),
    MeasureSpec(
        name="nps", label="Net promoter score", unit="points, -100 to 100",
        direction="higher", display="number", decimals=1, headline=False,
        formula="100 × (share answering 9 or 10 − share answering 0 to 6) on the 0 to 10 "
        "likelihood to recommend, of all who judged a journey (`n_answers`)",
        source="Reichheld 2003"),
    MeasureSpec(
        name="nps_surveyed", label="Net promoter score, surveyed", unit="points, -100 to 100",
        direction="higher", display="number", decimals=1, headline=False,
        formula="the net promoter score among those who answer a survey (`n_surveyed`); extremes "
        "answer more often",
        source="Reichheld 2003; non-response as in Groves & Peytcheva 2008"),
    MeasureSpec(
        name="consistency", label="Consistency", unit="index 0 to 1",
        direction="higher", display="number", decimals=3, headline=False,
        formula="1 − mean over customers present at day 0 of the standard deviation, over the "
        "functions they met, of the kept share r / (r + s), at the end of the window",
        source=_OWN),
    MeasureSpec(
        name="csat", label="Customer satisfaction", unit="share of answers",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="contacts of the cohort answered with 4 or 5 on the five-point satisfaction scale, "
        "those felt to be `satisfied_from` or better / contacts whose customer was still there to "
        "judge them (top-two box)",
        source="ACSI and ICMI practice; satisfaction by Oliver 1980"),
    MeasureSpec(
        name="felt_at_least", label="Contacts felt so good", unit="share of answers",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="contacts of the cohort felt to be at the threshold or better / those whose "
        "customer was still there to judge them: what `csat` would be were `satisfied_from` there",
        source=_OWN),
    MeasureSpec(
        name="score_at_least", label="Scores so high", unit="share of answers to surveys",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="answers to surveys whose score, the mean of standing and liking, is at the "
        "threshold or higher / `n_surveyed`: with it `nps_surveyed` is found at any "
        "`promoter_from` and `detractor_below`",
        source=_OWN),
    MeasureSpec(
        name="ces", label="Customer effort score", unit="points, 1 to 5",
        direction="lower", display="number", decimals=2, headline=False,
        formula="mean answer to how much effort the customer had to put forth, 1 very low to 5 "
        "very high",
        source="Dixon, Freeman & Toman 2010"),
    MeasureSpec(
        name="fcr_rate", label="First-contact resolution", unit="share of needs to be resolved",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="needs of journeys of the kind `resolve` that reach people and are completed "
        "without another contact made by the customer within 21 working days of the end of the "
        "first / those that reach people; a call-back that the firm makes does not count against "
        "it",
        source="first-contact resolution, SQM Group: whether the customer had to come again within "
        "30 calendar days"),
    MeasureSpec(
        name="again_own_error_share", label="Came again, step's own error",
        unit="share of needs brought again",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="those whose customer was last let down by a visible error that people would have "
        "made as well, by the same luck, with no defect at its site and every fact known / "
        "needs of journeys of the kind `resolve` that reach people and whose customer makes "
        "another contact within 21 working days of the end of the first; no value where nobody "
        "came again",
        source="sources of error in first-contact resolution, SQM Group: of those who serve, of "
        "the organisation, of the customer"),
    MeasureSpec(
        name="again_firm_share", label="Came again, firm's doing",
        unit="share of needs brought again",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="those whose customer was last let down by anything else of the firm: another "
        "visible error, a fact asked for, a fault that surfaced or that they came back with, a "
        "breach of trust, a case lost between functions / the same needs; what both shares leave "
        "came again though nothing had failed",
        source="as `again_own_error_share`"),
    MeasureSpec(
        name="unchased_rate", label="Completed unchased", unit="share of completed cases",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="completed cases that nobody had to chase and that did not come back / completed "
        "cases",
        source=_OWN),
    MeasureSpec(
        name="contacts_per_need", label="Contacts per need", unit="contacts per need to resolve",
        direction="lower", display="number", decimals=2, headline=False,
        formula="contacts that customers made in needs of journeys of the kind `resolve` / those "
        "needs that reach people",
        source="contacts per issue, ICMI"),
    MeasureSpec(
        name="failure_demand_share", label="Failure demand", unit="share of contacts",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="contacts of the cohort that are chases, call-backs for a missing fact, recontacts "
        "or repeats after an error / contacts",
        source="failure demand, Seddon 1992"),
    MeasureSpec(
        name="abandonment_rate", label="Abandonment", unit="share of those offered",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="customers who left the queue of a live touchpoint before people turned to them / "
        "those who left it and those served by people, in the window",
        source="abandonment rate, ICMI"),
    # --- what happens inside a case ---
    MeasureSpec(
        name="transfers_per_case", label="Hand-offs per case", unit="hand-offs per started case",
        direction="lower", display="number", decimals=2, headline=False,
        formula="changes of function in a case / cases that started",
        source="transfer rate (ICMI), counted per case"),
    MeasureSpec(
        name="repeat_asks_per_case", label="Repeat asks per case", unit="asks per started case",
        direction="lower", display="number", decimals=2, headline=False,
        formula="asks for a fact already given in the same case / cases that started", source=_OWN),
    MeasureSpec(
        name="facts_kept_share", label="Facts kept", unit="share of facts",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="facts needed at a visit, already seen in this case and still known there / facts "
        "needed at a visit and already seen in this case",
        source="retention over hand-overs, Bhabra 2007"),
    MeasureSpec(
        name="notes_written_share", label="Written for others", unit="share of minutes needed",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="minutes in which people write notes and shared records for others / minutes that "
        "all of it would take, by planned visits",
        source=_OWN),
    MeasureSpec(
        name="understood_share", label="Understood of what others wrote", unit="share of facts",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="facts needed at a visit that only the shared record holds, written by another "
        "function, and that the reader understands / all such facts, in the window; of a function, "
        "as reader",
        source=_OWN),
    MeasureSpec(
        name="note_kept_share", label="Facts kept over a seam", unit="share of facts",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="facts of the note that arrived over the seam / facts that were sent over it, in "
        "the window; overall over all seams that were crossed",
        source="retention over hand-overs, Bhabra 2007"),
    MeasureSpec(
        name="disclosure_share", label="Facts disclosed", unit="share of facts",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="facts that customers' own agents disclosed / facts that a visit lacked and they "
        "could have disclosed",
        source=_OWN),
    MeasureSpec(
        name="breaches_per_1000", label="Breaches per 1,000 cases",
        unit="breaches per 1,000 started cases",
        direction="lower", display="number", decimals=2, headline=False,
        formula="misuses of a customer's facts that the customer noticed / cases that started, "
        "times 1,000",
        source=_OWN),
    MeasureSpec(
        name="negotiation_agreement_rate", label="Negotiations agreed",
        unit="share of negotiations",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="negotiations that ended in terms / negotiations",
        source="alternating offers, Faratin, Sierra & Jennings 1998"),
    MeasureSpec(
        name="touchpoints_skipped", label="Touchpoints skipped",
        unit="touchpoints per started case",
        direction="neither", display="number", decimals=2, headline=False,
        formula="touchpoints passed over because what they produce was known and fresh / cases "
        "that started",
        source=_OWN),
    MeasureSpec(
        name="days_to_complete", label="Days to complete", unit="working days",
        direction="lower", display="number", decimals=1, headline=False,
        formula="mean working days from start to completion of completed cases; with a `calendar` "
        "the firm's opening hours count, a week of which is five working days", source=_OWN),
    MeasureSpec(
        name="clock_days_to_complete", label="Calendar days to complete", unit="calendar days",
        direction="lower", display="number", decimals=1, headline=False,
        formula="mean calendar days from start to completion of completed cases, nights and "
        "weekends included; without a `calendar` seven for each five of `days_to_complete`",
        source=_OWN),
    # --- money ---
    MeasureSpec(
        name="revenue", label="Revenue", unit="money per day-0 customer",
        direction="higher", display="money", decimals=0, headline=False,
        formula="revenue in the window / customers present at day 0", source=_OWN),
    MeasureSpec(
        name="cost_to_serve", label="Cost to serve", unit="money per started case",
        direction="lower", display="money", decimals=1, headline=True,
        formula="(wages of the hours for which cases held people, the share of the day that goes "
        "to other work included, + wages of all heads outside the line) in the window, to the "
        "day / cases that started; a visit counts where it begins",
        source="cost-to-serve, the field's usual definition, by activity"),
    MeasureSpec(
        name="customer_lifetime_value", label="Customer lifetime value",
        unit="money per day-0 customer",
        direction="higher", display="money", decimals=0, headline=False,
        formula="discounted margin of the window + margin a year of those still there at its end "
        "÷ (yearly churn + discount rate), discounted to day 0 / customers present at day 0",
        source="retention model of customer lifetime value, Gupta & Lehmann 2005"),
    MeasureSpec(
        name="conceded", label="Conceded", unit="money per day-0 customer",
        direction="lower", display="money", decimals=2, headline=False,
        formula="margin given up in negotiations / customers present at day 0", source=_OWN),
    MeasureSpec(
        name="net_value", label="Net value", unit="money per day-0 customer",
        direction="higher", display="money", decimals=1, headline=True,
        formula="(margin of customers and of completed journeys − margin conceded − running cost "
        "− one-off cost) in the window, discounted / customers present at day 0; of a month, what "
        "it adds",
        source="net present value at a continuous rate: money of year t counts e^(−rt)"),
    MeasureSpec(
        name="one_head", label="One head", unit="money per day-0 customer",
        direction="neither", display="money", decimals=1, headline=False,
        formula="what one person more of the dearest function costs over the window, discounted / "
        "customers present at day 0: as given, an org model leads by more than that or not at all; "
        "over worlds, idle heads say what one is worth",
        source=_OWN),
    MeasureSpec(
        name="running_cost", label="Running cost", unit="money a year",
        direction="neither", display="money", decimals=0, headline=False,
        formula="wages of all heads and technology subscriptions; equal in all org models that "
        "spend the same budget",
        source=_OWN),
    MeasureSpec(
        name="one_off_cost", label="One-off cost", unit="money",
        direction="neither", display="money", decimals=0, headline=False,
        formula="money spent once in the window: on a transition, for each head of the firm, and "
        "on technology bought",
        source=_OWN),
    MeasureSpec(
        name="transition_week", label="Transition begins", unit="weeks of the window",
        direction="neither", display="number", decimals=1, headline=False,
        formula="week of the window in which the transition began; no value where it never did, "
        "and no row without one",
        source=_OWN),
    # --- the organisation ---
    MeasureSpec(
        name="overhead_share", label="Overhead", unit="share of paid hours",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="paid hours spent on meetings, approvals, reporting and coordination / all paid "
        "hours",
        source=_OWN),
    MeasureSpec(
        name="utilisation", label="Utilisation", unit="share of servers' time",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="hours that work held servers in the window, with the meetings and duties beside "
        "it / hours of the window, of the people in the line as they are; overall weighted by "
        "heads",
        source=_OWN),
    MeasureSpec(
        name="settling_days", label="Work in hand settles", unit="working days of the run",
        direction="neither", display="number", decimals=0, headline=False,
        formula="days since the run began at which the marginal standard error rule would end the "
        "warm-up, on the number of cases open at the end of each week",
        source="MSER, White 1997"),
    MeasureSpec(
        name="own_kpi_attainment", label="Own KPI", unit="share of visits",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="visits without a visible error / visits served and customers who left because of "
        "the wait, as a function's own figures show it: faults that surface elsewhere do not "
        "count; overall weighted by visits",
        source=_OWN),
    MeasureSpec(
        name="decision_wait_days", label="Wait for a decision", unit="working days",
        direction="lower", display="number", decimals=1, headline=False,
        formula="mean working days from raising an issue to its approval, refused and undecided "
        "issues at their age",
        source="Levitt et al., Virtual Design Team, 1994 to 1999"),
    MeasureSpec(
        name="signal_to_fix_days", label="Signal to fix", unit="working days",
        direction="lower", display="number", decimals=1, headline=False,
        formula="mean working days from the first signal about a defect to its fix", source=_OWN),
    MeasureSpec(
        name="remedied_fix_share", label="Fixes that a customer suggested", unit="share of fixes",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="finished fixes that rest on a report which said what would put the failure right "
        "/ finished fixes",
        source=_OWN),
    MeasureSpec(
        name="wasted_fix_share", label="Work on the wrong site", unit="share of fixes",
        direction="lower", display="percent", decimals=1, headline=False,
        formula="fixes at a site that did not cause the signals / all fixes", source=_OWN),
    MeasureSpec(
        name="accountable_share", label="Drop-offs answered for", unit="share of drop-offs",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="drop-offs of a journey for whose outcome somebody is accountable by name / "
        "drop-offs",
        source=_OWN),
    MeasureSpec(
        name="site_owner_share", label="Drop-offs at an owned site", unit="share of drop-offs",
        direction="higher", display="percent", decimals=1, headline=False,
        formula="drop-offs at a site that one function or role owns, or else answered for by "
        "whoever is accountable for the journey / drop-offs",
        source=_OWN),
    MeasureSpec(
        name="corner_share", label="Efforts at a corner", unit="share of efforts",
        direction="neither", display="percent", decimals=1, headline=False,
        formula="shares of discretionary time, by function and task, that are 0 or fill the day "
        "together with the others / all of them, mean over the window; at a corner levers are "
        "inert",
        source="Holmström & Milgrom 1991"),
    MeasureSpec(
        name="congruity", label="Congruity of rewards", unit="cosine, 0 to 1",
        direction="higher", display="number", decimals=3, headline=False,
        formula="cosine of the angle between what a function's efforts are rewarded for and what "
        "they are worth to a journey, mean over the window; overall weighted by heads",
        source="Feltham & Xie 1994; Baker 2002"),
    *(
        MeasureSpec(
            name=f"effort_{task}", label=f"Effort on {what}", unit="share of discretionary time",
            direction="neither", display="percent", decimals=1, headline=False,
            formula=f"share of its discretionary time that a function gives to {what}, mean over "
            "the window",
            source="Holmström & Milgrom 1991")
        for task, what in (
            ("throughput", "throughput"),
            ("quality", "its own quality"),
            ("care", "care for what happens downstream"),
            ("seam", "seams"),
            ("improvement", "improvement"),
            ("side", "side duties"),
        )
    ),
    # --- counts: a count without a row in a run that is there is zero ---
    MeasureSpec(
        name="n_needs", label="Needs", unit="needs",
        direction="neither", display="count", decimals=0, headline=False,
        formula="needs of the demand table that start in the window", source=_OWN),
    MeasureSpec(
        name="n_started", label="Cases started", unit="cases",
        direction="neither", display="count", decimals=0, headline=False,
        formula="needs of the cohort that became a case", source=_OWN),
    MeasureSpec(
        name="n_answers", label="Answers behind the scores", unit="answers",
        direction="neither", display="count", decimals=0, headline=False,
        formula="journeys of the cohort that ended with a customer still there to judge them: what "
        "net promoter score and effort score are means of",
        source=_OWN),
    MeasureSpec(
        name="n_contacts", label="Contacts", unit="contacts",
        direction="neither", display="count", decimals=0, headline=False,
        formula="stretches in which customers of the cohort and people were in touch: a need's "
        "first visit by people, a live visit, a call-back, a chase, a recontact; visits that "
        "follow without the customer leaving the line are one",
        source=_OWN),
    MeasureSpec(
        name="n_surveyed", label="Answers to surveys", unit="answers",
        direction="neither", display="count", decimals=0, headline=False,
        formula="those of them that a survey heard of: what the surveyed net promoter score is a "
        "mean of",
        source=_OWN),
    MeasureSpec(
        name="n_drop_offs", label="Drop-offs", unit="cases",
        direction="lower", display="count", decimals=0, headline=False,
        formula="cases that ended without completing, overall and by the touchpoint, seam, cause, "
        "and site with cause at which they ended",
        source=_OWN),
    MeasureSpec(
        name="n_issues", label="Issues raised", unit="issues",
        direction="neither", display="count", decimals=0, headline=False,
        formula="issues raised in the window", source=_OWN),
    MeasureSpec(
        name="n_fixes", label="Defects fixed", unit="fixes",
        direction="higher", display="count", decimals=0, headline=False,
        formula="fixes in the window that removed a defect", source=_OWN),
    MeasureSpec(
        name="heads_moved", label="People moved", unit="people a year",
        direction="neither", display="number", decimals=2, headline=False,
        formula="people who moved to another function because of its waits, a year of the window; "
        "of a function, those it gained less those it gave",
        source=_OWN),
    MeasureSpec(
        name="visits", label="Visits", unit="visits",
        direction="neither", display="count", decimals=0, headline=False,
        formula="visits served at the touchpoint in the window", source=_OWN),
    MeasureSpec(
        name="errors", label="Visible errors", unit="visits",
        direction="lower", display="count", decimals=0, headline=False,
        formula="visits that ended in a visible error and repeated the touchpoint", source=_OWN),
    MeasureSpec(
        name="crossings", label="Seam crossings", unit="hand-offs",
        direction="neither", display="count", decimals=0, headline=False,
        formula="hand-offs over the seam in the window", source=_OWN),
    MeasureSpec(
        name="lost", label="Fallen between", unit="hand-offs",
        direction="lower", display="count", decimals=0, headline=False,
        formula="hand-offs in the window after which the case waited in limbo, found later or not",
        source=_OWN),
)
# fmt: on
