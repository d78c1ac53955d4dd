"""What is known of firms as they are, by kind: figures to hold a run against.

A run of the baseline is printed beside them by ``validate``, and ``fit`` looks for worlds in which
one org model gives those that are fitted; no rule reads them. Of a firm whose
kind is named, its kind's row goes before that of any firm; a study's own ``patterns`` go before
both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """Between which figures a measure lies in firms that were looked at.

    Attributes
    ----------
    measure : str
        Name of the measure, overall; of utilisation, by function.
    low, high : float
        Least and most, in the measure's own unit.
    source, grade : str
        Where the figures come from, and how good that source is (A to D).
    fitted : bool
        Whether worlds are fitted to it, or it is only reported beside: too weak, or a prediction.
    """

    measure: str
    low: float
    high: float
    source: str
    grade: str = "C"
    fitted: bool = True

    @property
    def by_function(self) -> bool:
        """Whether what is known holds of each function by itself."""
        return self.measure == "utilisation"


_SQM = "SQM Group, FCR and Csat by industry: mean {mean} %; spread within it assumed, 8 points"
_NPS = "{who}; spread between firms assumed, 15 points"
_TALKDESK = "ICMI for the least; Talkdesk 2015, mean of {who}, for the most"


def _fcr(mean: int) -> Pattern:
    """Return the range of first-contact resolution around an industry's mean, in per cent."""
    low, high = (mean - 8) / 100, (mean + 8) / 100
    return Pattern(measure="fcr_rate", low=low, high=high, source=_SQM.format(mean=mean))


def _nps(low: float, high: float, who: str) -> Pattern:
    """Return the range of the score around one mean or between two of an industry."""
    return Pattern(
        measure="nps_surveyed", low=low - 15, high=high + 15, source=_NPS.format(who=who)
    )


def _abandoned(most: float, who: str) -> Pattern:
    """Return the range of abandonment up to an industry's mean."""
    source = _TALKDESK.format(who=who)
    return Pattern(measure="abandonment_rate", low=0.03, high=most, source=source)


def _lost(least_a_year: float, most_a_year: float, source: str, grade: str = "C") -> Pattern:
    """Return the range of churn a month from the shares of customers lost in a year."""
    low, high = (round(1 - (1 - each) ** (1 / 12), 4) for each in (least_a_year, most_a_year))
    return Pattern(measure="churn_rate", low=low, high=high, source=source, grade=grade)


ANY_FIRM = (
    Pattern(
        measure="fcr_rate",
        low=0.61,
        high=0.78,
        source="SQM Group by industry; mean of all 70 %",
    ),
    Pattern(
        measure="contacts_per_need",
        low=1.3,
        high=1.7,
        source="SQM Group: about 1.5, for 48 % of calls are the only one",
    ),
    Pattern(
        measure="abandonment_rate",
        low=0.03,
        high=0.10,
        source="ICMI and vendors' benchmarks: 5 to 8 % typical, 3 to 5 % aimed at",
    ),
    Pattern(
        measure="csat",
        low=0.70,
        high=0.88,
        source="SQM Group; ACSI-like scales",
    ),
    Pattern(
        measure="nps_surveyed",
        low=0,
        high=45,
        source="sector means of 9 to 43 (Temkin Group, Net Promoter Score Benchmark Study 2017)",
    ),
    Pattern(
        measure="again_own_error_share",
        low=0.25,
        high=0.50,
        source="SQM Group, source of error where a call did not resolve it: the agent 38 %",
    ),
    Pattern(
        measure="again_firm_share",
        low=0.35,
        high=0.65,
        source="SQM Group, source of error where a call did not resolve it: the organisation 49 %",
    ),
    Pattern(
        measure="failure_demand_share",
        low=0.30,
        high=0.60,
        source="Seddon 1992 and practitioners, up to 80 %; weak and wide",
        grade="D",
        fitted=False,
    ),
    Pattern(
        measure="utilisation",
        low=0.60,
        high=0.90,
        source="staffing practice, by function; assumption",
        grade="D",
    ),
)
"""Known of firms of all kinds."""

FIRM_KINDS: dict[str, tuple[Pattern, ...]] = {
    "subscription": (
        Pattern(
            measure="churn_rate",
            low=0.009,
            high=0.028,
            source="Statista, subscriptions, a month",
        ),
    ),
    "retail_bank": (
        _fcr(71),
        _nps(35, 35, "QuestionPro, NPS benchmarks: banking 35"),
        _abandoned(0.16, "financial services"),
        _lost(
            0.04,
            0.16,
            "a year: 4 % switched banks (US, 2018), 8 % lost by traditional banks (Gitnux 2023), "
            "16 % (Worldmetrics 2023); weak",
        ),
    ),
    "insurer": (
        _fcr(76),
        _nps(39, 42, "QuestionPro, NPS benchmarks: motor 39, home 42"),
        _abandoned(0.16, "financial services"),
        _lost(
            0.05,
            0.19,
            "a year: 5 % of those with home and motor cover, 17 % of those with motor alone (J.D. "
            "Power, Personal Insurance Retention 2009); motor 19 % (LexisNexis 2018)",
            "B",
        ),
    ),
    "telecom": (
        _fcr(61),
        _nps(9, 25, "Temkin Group 2017: TV and internet 9; Resonate: telecoms from 25"),
        Pattern(
            measure="churn_rate",
            low=0.0077,
            high=0.0184,
            source="contracts of US mobile networks 2017 and 2018: .77 % a month at Verizon, 1.84 "
            "at Sprint (Market Realist, from their reports)",
            grade="B",
        ),
    ),
    "industrial": (
        _abandoned(0.10, "business services"),
        _lost(
            0.04,
            0.25,
            "a year: retention of 96 % at the best, 70 to 80 % on average (Aberdeen, in Conexiom "
            "2025); weak",
            "D",
        ),
    ),
    "software": (
        _fcr(65),
        _nps(34, 34, "QuestionPro, NPS benchmarks: software 34"),
        _abandoned(0.15, "software and internet"),
        _lost(
            0.05,
            0.12,
            "a year: firms' customers of enterprise size 5 to 7 %, of medium size 7 to 12 % (Joy, "
            "Average churn rate for SaaS)",
        ),
    ),
    "clinic": (
        Pattern(
            measure="fcr_rate",
            low=0.64,
            high=0.80,
            source="by analogy: health insurance, mean 72 % (SQM Group)",
            grade="D",
        ),
        _abandoned(0.13, "healthcare"),
        _lost(
            0.011,
            0.08,
            "a year, of their own will: 1.1 % of an English practice's patients (Nagraj et al. "
            "2013), 20 % in three years in the US, 5 % more against it (Safran et al. 2001)",
            "B",
        ),
    ),
    "web_retailer": (
        _fcr(78),
        _nps(43, 48, "QuestionPro, NPS benchmarks: online shopping 43, e-commerce 48"),
        _abandoned(0.12, "retail"),
    ),
    "utility": (
        _fcr(72),
        Pattern(
            measure="csat",
            low=0.60,
            high=0.76,
            source="Ofgem, customer service data: satisfied with their supplier's service, least "
            "and most of six large suppliers, 2017 and 2018",
            grade="B",
        ),
        _lost(
            0.10,
            0.21,
            "a year, Great Britain: switches in 2014 and 2019 over 30 million homes (Energy UK, "
            "in City A.M.); 16 % in 2016 (Ofgem)",
            "B",
        ),
    ),
}
"""Known of firms of one kind, in place of the same measure's row for any firm."""


def patterns_of(kind: str | None, own: tuple[Pattern, ...] = ()) -> list[Pattern]:
    """Return what a firm's run is held against; nothing if nothing is said of the firm.

    Parameters
    ----------
    kind : str or None
        One of `FIRM_KINDS`.
    own : tuple of Pattern
        What a study says of its own firm.
    """
    rows = (*ANY_FIRM, *FIRM_KINDS[kind]) if kind is not None else ()
    return list({row.measure: row for row in (*rows, *own)}.values())
