"""What the page says of the runs that are there; nobody is crowned before they are all in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.comparing import changes_of, labels_of
from analysis.comparison.breakdowns import PER_NEEDS, SEAM_MARK, lost_by_site, site_label
from analysis.comparison.leading import LEADS, lead_as_object, leading
from analysis.comparison.pairing import UNEQUAL, compare_measures
from analysis.comparison.wording import (
    UNEQUAL_REMARK,
    finding,
    headline_measures,
    level,
    shown_measures,
    signed_change,
)
from analysis.evidence.sampled import Sample, worth_of_a_head
from sim.checks.staffing import staffing_doubts
from sim.study.study import Study
from sim.study.tables import CAUSE_WORDS, MEASURES

ONE_DRAW = "one draw"
_SITES = 8
_ENDS = ("mean", "mean_low", "mean_high", "difference", "low", "high")


@dataclass(frozen=True, eq=False)
class SoFar:
    """The runs of a question that are there.

    Attributes
    ----------
    study : Study
        Of two org models.
    sample : Sample
        What it is run over.
    measures, idle : DataFrame
        Columns of ``measures.parquet``: of whole draws, in each of which both org models have
        run; and of the baseline with idle heads.
    draws, wanted : int
        Draws that are whole, and those asked for.
    finished : bool
        Whether every run is in, those with idle heads too.
    """

    study: Study
    sample: Sample
    measures: pd.DataFrame
    idle: pd.DataFrame
    draws: int
    wanted: int
    finished: bool


def answer_of(so_far: SoFar) -> dict[str, Any]:
    """Return the answer as far as it goes, as plain data.

    Levels, differences and intervals are those of `compare` for the same study and draws.
    """
    study, measures = so_far.study, so_far.measures
    labels = labels_of(study)
    table = compare_measures(measures, study.baseline, study.budget)
    overall = table[table["scope"] == "overall"]
    worth = None
    if so_far.finished and not so_far.idle.empty:
        worth = worth_of_a_head(measures, so_far.idle, study)
    lead = leading(measures, study.headline, worth)
    sentence = finding(overall, lead, labels)
    crowned = so_far.finished and lead.verdict == LEADS
    if not so_far.finished and lead.verdict == LEADS:
        sentence = "No ranking before all runs are in"
    return {
        "footing": ONE_DRAW if so_far.draws == 1 else so_far.sample.footing(so_far.draws),
        "draws": so_far.draws,
        "wanted": so_far.wanted,
        "finished": so_far.finished,
        "unit": "replicate" if so_far.sample.drawn is None else "world",
        "caveat": so_far.sample.caveat,
        "changed": changes_of(study),
        "unequal": UNEQUAL_REMARK if study.budget == UNEQUAL else "",
        "lead": lead_as_object(lead, sentence, labels) | {"crowned": crowned},
        "measures": _measures(overall, study),
        "sites": _sites(measures, study),
        "causes": _causes(table, study),
        "functions": _functions(table, study),
        "seams": _seams(table, study),
        "months": _months(table, study),
    }


def _measures(overall: pd.DataFrame, study: Study) -> list[dict[str, Any]]:
    """Return the measures that an answer opens with, those that decide first."""
    names = dict.fromkeys([study.headline, *headline_measures(), "nps", "journey_kpi"])
    said = []
    for name in shown_measures(names, overall):
        spec = MEASURES[name]
        rows = {
            str(row["org_model"]): row for _, row in overall[overall["measure"] == name].iterrows()
        }
        said.append(
            {
                "name": name,
                "label": spec.label,
                "unit": spec.unit,
                "direction": spec.direction,
                "percent": spec.display == "percent",
                "formula": spec.formula,
                "decides": name == study.headline,
                "models": [
                    _numbers(rows[plan.organisation])
                    for plan in study.organisations
                    if plan.organisation in rows
                ],
            }
        )
    return said


def _numbers(row: pd.Series) -> dict[str, Any]:
    known = not math.isnan(row["mean"])
    return {
        "org": row["org_model"],
        **{end: float(row[end]) for end in _ENDS},
        "level": level(row) if known else "no value",
        "change": signed_change(row) if known and row["org_model"] != row["baseline"] else "",
    }


def _sites(measures: pd.DataFrame, study: Study) -> list[dict[str, Any]]:
    """Return where most needs are dropped, under either org model, per 1,000 needs."""
    lost = lost_by_site(measures, study.baseline)
    wholes = lost[lost["cause"] == ""]
    if wholes.empty:
        return []
    order = wholes.groupby("site")["mean"].max().sort_values(ascending=False).head(_SITES).index
    return [
        {
            "site": site,
            "label": site_label(site),
            "seam": SEAM_MARK in site,
            "per": PER_NEEDS,
            "models": [
                {"org": row["org_model"], **{end: float(row[end]) for end in _ENDS}}
                for _, row in wholes[wholes["site"] == site].iterrows()
            ],
        }
        for site in order
    ]


def _causes(table: pd.DataFrame, study: Study) -> list[dict[str, Any]]:
    """Return why needs are dropped, as shares of those that are, by org model."""
    rows = table[(table["scope"] == "cause") & (table["measure"] == "n_drop_offs")]
    totals = rows.groupby("org_model")["mean"].sum()
    return [
        {
            "cause": cause,
            "label": words,
            "shares": {
                plan.organisation: _share(rows, cause, plan.organisation, totals)
                for plan in study.organisations
            },
        }
        for cause, words in CAUSE_WORDS.items()
    ]


def _share(rows: pd.DataFrame, cause: str, org: str, totals: pd.Series) -> float:
    own = rows[(rows["scope_id"] == cause) & (rows["org_model"] == org)]["mean"]
    total = float(totals.get(org, 0.0))
    return float(own.sum()) / total if total > 0 else 0.0


def _functions(table: pd.DataFrame, study: Study) -> dict[str, list[dict[str, Any]]]:
    """Return how busy each function is, and how customers regard it, by org model."""
    rows = table[table["scope"] == "function"]
    found: dict[str, list[dict[str, Any]]] = {}
    for plan in study.organisations:
        own = rows[rows["org_model"] == plan.organisation]
        busy = _by_name(own, "utilisation")
        regard, kpi = _by_name(own, "standing"), _by_name(own, "own_kpi_attainment")
        found[plan.organisation] = [
            {
                "name": name,
                "utilisation": share,
                "standing": regard.get(name, math.nan),
                "own_kpi": kpi.get(name, math.nan),
                "doubt": "; ".join(staffing_doubts({name: share})),
            }
            for name, share in busy.items()
        ]
    return found


def _seams(table: pd.DataFrame, study: Study) -> dict[str, list[dict[str, Any]]]:
    """Return what flows over each seam in the window and what is lost there, by org model."""
    rows = table[table["scope"] == "seam"]
    found: dict[str, list[dict[str, Any]]] = {}
    for plan in study.organisations:
        own = rows[rows["org_model"] == plan.organisation]
        crossed, lost = _by_name(own, "crossings"), _by_name(own, "lost")
        dropped = _by_name(own, "n_drop_offs")
        found[plan.organisation] = [
            {"seam": seam, "crossings": number, "lost": lost.get(seam, 0.0),
             "dropped": dropped.get(seam, 0.0)}
            for seam, number in crossed.items()
        ]  # fmt: skip
    return found


def _months(table: pd.DataFrame, study: Study) -> dict[str, list[dict[str, float]]]:
    """Return standing month by month, with its interval, by org model."""
    rows = table[(table["scope"] == "month") & (table["measure"] == "standing")]
    return {
        plan.organisation: [
            {"month": int(row["scope_id"]), **{end: float(row[end]) for end in _ENDS}}
            for _, row in rows[rows["org_model"] == plan.organisation].iterrows()
        ]
        for plan in study.organisations
    }


def _by_name(rows: pd.DataFrame, measure: str) -> dict[str, float]:
    own = rows[rows["measure"] == measure]
    return dict(zip(own["scope_id"].astype(str), own["mean"].astype(float), strict=True))


def film_of(weeks: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the weeks of one draw as the page plays them, by org model.

    Parameters
    ----------
    weeks : mapping of str to DataFrame
        By org model: columns `WEEK_COLUMNS` of `sim.results.week_by_week`.
    """
    return {
        org: {
            "weeks": int(table["week"].max()) if len(table) else 0,
            "places": [
                {
                    "scope": scope,
                    "name": name,
                    **{key: _whole(rows[key]) for key in ("stuck", "passed", "lost", "dropped")},
                }
                for (scope, name), rows in table.groupby(["scope", "scope_id"], sort=False)
            ],
        }
        for org, table in weeks.items()
    }


def _whole(column: Iterable[int]) -> list[int]:
    return [int(value) for value in column]
