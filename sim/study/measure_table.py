"""The rows of the measure registry (see ``sim.study.tables``).

Each row: name, label, unit, direction, display, decimals, headline, formula, source.
"""

_COHORT = "needs of the cohort (all needs of the demand table that start in the window)"
_OWN = "this program's definition"

ROWS: tuple[tuple[str, str, str, str, str, int, bool, str, str], ...] = (
    # --- standing ---
    ("standing", "Standing", "index 0 to 1", "higher", "number", 3, True,
     "mean over customers present at day 0 of S = (r + 2a) / (r + s + 2), weighted by their "
     "contacts with each function; frozen when a customer leaves; of a month, at its end",
     "Jøsang & Ismail 2002, Beta reputation with forgetting"),
    ("kept_share", "Promises kept", "share, broken ones weighted", "higher", "percent", 1, False,
     "mean over customers present at day 0 of r / (r + s), the kept share of their contacts",
     "Jøsang & Ismail 2002"),
    # --- what became of the needs ---
    ("drop_off_rate", "Drop-off", "share of needs", "lower", "percent", 1, True,
     f"cases that ended without completing / {_COHORT}", _OWN),
    ("drop_off_per_started", "Drop-off per started case", "share of started cases", "lower",
     "percent", 1, False, "cases that ended without completing / cases that started", _OWN),
    ("completion_rate", "Completion", "share of needs", "higher", "percent", 1, True,
     f"cases completed / {_COHORT}", _OWN),
    ("unresolved_share", "Unresolved", "share of needs", "lower", "percent", 1, False,
     f"cases still open at the end of follow-up / {_COHORT}", _OWN),
    ("unrealised_share", "Never arose", "share of needs", "lower", "percent", 1, False,
     "needs that arose after their customer had left, before a prospect had joined, or for a "
     "journey that the customer had not let the firm start / "
     f"{_COHORT}", _OWN),
    ("journey_kpi", "Journey completed first time", "share of started cases", "higher", "percent",
     1, False, "cases completed that nobody had to chase and that did not come back / cases that "
     "started",
     "first-contact resolution (ICMI), carried from the contact to the whole journey"),
    # --- customers ---
    ("retention_rate", "Retention", "share of customers", "higher", "percent", 1, True,
     "customers present at day 0 and still present one year on / customers present at day 0",
     "customer retention rate, Reichheld & Sasser 1990"),
    ("churn_rate", "Churn a month", "share of customers a month", "lower", "percent", 2, False,
     "the constant monthly rate that leaves as many of the customers present at day 0 as are "
     "still there at the end of the window",
     "monthly churn rate, the subscription industry's definition"),
    ("nps", "Net promoter score", "points, -100 to 100", "higher", "number", 1, False,
     "100 × (share answering 9 or 10 − share answering 0 to 6) on the 0 to 10 likelihood to "
     "recommend", "Reichheld 2003"),
    ("nps_surveyed", "Net promoter score, surveyed", "points, -100 to 100", "higher", "number", 1,
     False, "the net promoter score among those who answer a survey; extremes answer more often",
     "Reichheld 2003; non-response as in Groves & Peytcheva 2008"),
    ("consistency", "Consistency", "index 0 to 1", "higher", "number", 3, False,
     "1 − mean over customers present at day 0 of the standard deviation, over the functions they "
     "met, of the kept share r / (r + s)", _OWN),
    ("csat", "Customer satisfaction", "share of answers", "higher", "percent", 1, False,
     "answers of 4 or 5 on the five-point satisfaction scale / all answers (top-two box)",
     "ACSI and ICMI practice; satisfaction by Oliver 1980"),
    ("ces", "Customer effort score", "points, 1 to 5", "lower", "number", 2, False,
     "mean answer to how much effort the customer had to put forth, 1 very low to 5 very high",
     "Dixon, Freeman & Toman 2010"),
    ("fcr_rate", "First-contact resolution", "share of completed cases", "higher", "percent", 1,
     False, "completed cases that nobody had to chase and that did not come back / completed "
     "cases", "first-contact resolution, ICMI and SQM Group"),
    # --- what happens inside a case ---
    ("transfers_per_case", "Hand-offs per case", "hand-offs per started case", "lower", "number",
     2, False, "changes of function in a case / cases that started",
     "transfer rate (ICMI), counted per case"),
    ("repeat_asks_per_case", "Repeat asks per case", "asks per started case", "lower", "number",
     2, False, "asks for a fact already given in the same case / cases that started", _OWN),
    ("facts_kept_share", "Facts kept", "share of facts", "higher", "percent", 1, False,
     "facts needed at a visit, already seen in this case and still known there / facts needed at "
     "a visit and already seen in this case", "retention over hand-overs, Bhabra 2007"),
    ("note_kept_share", "Facts kept over a seam", "share of facts", "higher", "percent", 1, False,
     "facts of the note that arrived over the seam / facts that were sent over it, in the window; "
     "overall over all seams that were crossed", "retention over hand-overs, Bhabra 2007"),
    ("disclosure_share", "Facts disclosed", "share of facts", "neither", "percent", 1, False,
     "facts that customers' own agents disclosed / facts that a visit lacked and they could have "
     "disclosed", _OWN),
    ("breaches_per_1000", "Breaches per 1,000 cases", "breaches per 1,000 started cases", "lower",
     "number", 2, False, "misuses of a customer's facts that the customer noticed / cases that "
     "started, times 1,000", _OWN),
    ("negotiation_agreement_rate", "Negotiations agreed", "share of negotiations", "higher",
     "percent", 1, False, "negotiations that ended in terms / negotiations",
     "alternating offers, Faratin, Sierra & Jennings 1998"),
    ("touchpoints_skipped", "Touchpoints skipped", "touchpoints per started case", "neither",
     "number", 2, False, "touchpoints passed over because what they produce was known and fresh / "
     "cases that started", _OWN),
    ("days_to_complete", "Days to complete", "working days", "lower", "number", 1, False,
     "mean working days from start to completion of completed cases", _OWN),
    # --- money ---
    ("revenue", "Revenue", "money per day-0 customer", "higher", "money", 0, False,
     "revenue in the window / customers present at day 0", _OWN),
    ("cost_to_serve", "Cost to serve", "money per started case", "lower", "money", 1, True,
     "(wages of the hours for which cases held people, the share of the day that goes to other "
     "work included, + wages of all heads outside the line) in the window / cases that started",
     "cost-to-serve, the field's usual definition, by activity"),
    ("customer_lifetime_value", "Customer lifetime value", "money per day-0 customer", "higher",
     "money", 0, False, "discounted margin of the window + margin a year of those still there at "
     "its end ÷ (yearly churn + discount rate), discounted to day 0 / customers present at day 0",
     "retention model of customer lifetime value, Gupta & Lehmann 2005"),
    ("conceded", "Conceded", "money per day-0 customer", "lower", "money", 2, False,
     "margin given up in negotiations / customers present at day 0", _OWN),
    ("net_value", "Net value", "money per day-0 customer", "higher", "money", 1, True,
     "(margin of customers and of completed journeys − margin conceded − running cost − "
     "one-off cost) in the window, discounted / customers present at day 0; of a month, what it "
     "adds", "net present value"),
    ("running_cost", "Running cost", "money a year", "neither", "money", 0, False,
     "wages of all heads and technology subscriptions; equal in all org models that spend the same "
     "budget", _OWN),
    ("one_off_cost", "One-off cost", "money", "neither", "money", 0, False,
     "money spent once in the window: on a transition, for each head of the firm, and on "
     "technology bought", _OWN),
    ("transition_week", "Transition begins", "weeks of the window", "neither", "number", 1, False,
     "week of the window in which the transition began; no value where it never did, and no row "
     "without one", _OWN),
    # --- the organisation ---
    ("overhead_share", "Overhead", "share of paid hours", "lower", "percent", 1, False,
     "paid hours spent on meetings, approvals, reporting and coordination / all paid hours",
     _OWN),
    ("own_kpi_attainment", "Own KPI", "share of visits", "higher", "percent", 1, False,
     "visits without a visible error / visits served and customers who left because of the wait, "
     "as a function's own figures show it: faults that surface elsewhere do not count; overall "
     "weighted by visits", _OWN),
    ("decision_wait_days", "Wait for a decision", "working days", "lower", "number", 1, False,
     "mean working days from raising an issue to its approval, refused and undecided issues at "
     "their age",
     "Levitt et al., Virtual Design Team, 1994 to 1999"),
    ("signal_to_fix_days", "Signal to fix", "working days", "lower", "number", 1, False,
     "mean working days from the first signal about a defect to its fix", _OWN),
    ("wasted_fix_share", "Work on the wrong site", "share of fixes", "lower", "percent", 1, False,
     "fixes at a site that did not cause the signals / all fixes", _OWN),
    ("accountable_share", "Drop-offs with a name", "share of drop-offs", "higher", "percent", 1,
     False, "drop-offs at a site for which somebody is accountable by name / drop-offs", _OWN),
    ("corner_share", "Efforts at a corner", "share of efforts", "neither", "percent", 1, False,
     "shares of discretionary time, by function and task, that are 0 or fill the day together with "
     "the others / all of them, mean over the window; at a corner levers are inert",
     "Holmström & Milgrom 1991"),
    ("congruity", "Congruity of rewards", "cosine, 0 to 1", "higher", "number", 3, False,
     "cosine of the angle between what a function's efforts are rewarded for and what they are "
     "worth to a journey, mean over the window; overall weighted by heads",
     "Feltham & Xie 1994; Baker 2002"),
    *(
        (f"effort_{task}", f"Effort on {what}", "share of discretionary time", "neither",
         "percent", 1, False,
         f"share of its discretionary time that a function gives to {what}, mean over the window",
         "Holmström & Milgrom 1991")
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
    ("n_needs", "Needs", "needs", "neither", "count", 0, False,
     "needs of the demand table that start in the window", _OWN),
    ("n_started", "Cases started", "cases", "neither", "count", 0, False,
     "needs of the cohort that became a case", _OWN),
    ("n_drop_offs", "Drop-offs", "cases", "lower", "count", 0, False,
     "cases that ended without completing, overall and by the touchpoint, seam, cause, and site "
     "with cause at which they ended", _OWN),
    ("n_issues", "Issues raised", "issues", "neither", "count", 0, False,
     "issues raised in the window", _OWN),
    ("n_fixes", "Defects fixed", "fixes", "higher", "count", 0, False,
     "fixes in the window that removed a defect", _OWN),
    ("visits", "Visits", "visits", "neither", "count", 0, False,
     "visits served at the touchpoint in the window", _OWN),
    ("errors", "Visible errors", "visits", "lower", "count", 0, False,
     "visits that ended in a visible error and repeated the touchpoint", _OWN),
    ("crossings", "Seam crossings", "hand-offs", "neither", "count", 0, False,
     "hand-offs over the seam in the window", _OWN),
    ("lost", "Fallen between", "hand-offs", "lower", "count", 0, False,
     "hand-offs in the window after which the case waited in limbo, found later or not", _OWN),
)  # fmt: skip
