"""The output contract: every measure and every column of every result table, once.

Recorders write it, the analysis reads it, pages are rendered from it; no other place says it.
"""

from __future__ import annotations

from sim.study.claim_columns import CLAIM_TABLES
from sim.study.decided_columns import DECIDED_COLUMNS
from sim.study.event_kinds import EVENT_COLUMNS
from sim.study.fit_columns import FIT_COLUMNS
from sim.study.known_columns import KNOWN_TABLES
from sim.study.lever_columns import LEVER_TABLES
from sim.study.log_fit_columns import DERIVED_FIT_COLUMNS
from sim.study.measure_table import MEASURE_ROWS, ColumnSpec, MeasureSpec
from sim.study.number_columns import NUMBER_COLUMNS
from sim.study.size_columns import SIZE_COLUMNS
from sim.study.world_columns import WORLD_TABLES

HIGHER, LOWER, NEITHER = "higher", "lower", "neither"

SCOPES: tuple[str, ...] = (
    "overall",
    "function",
    "touchpoint",
    "seam",
    "journey",
    "segment",
    "month",
    "cause",
    "site_cause",
    "threshold",
)
"""What a measure can be about; ``overall`` has the empty scope_id."""

CAUSE_WORDS: dict[str, str] = {
    "lost_between": "fell between functions",
    "wait": "waited too long",
    "effort": "too much effort",
    "error": "an error too many",
    "no_agreement": "no agreement on terms",
    "trust": "a breach of trust",
    "withdrawn": "own reasons or time-out",
}
"""Causes of a drop-off and how a board reads them, in order of display."""


MEASURES: dict[str, MeasureSpec] = {row.name: row for row in MEASURE_ROWS}

_SCOPE_COLUMNS = (
    ColumnSpec(name="measure", dtype="string", meaning="name of the measure"),
    ColumnSpec(name="scope", dtype="string", meaning="one of: " + ", ".join(SCOPES)),
    ColumnSpec(
        name="scope_id",
        dtype="string",
        meaning="what the value is about: empty for overall, `journey/touchpoint`, seam "
        "`sales>service`, month `01`, site_cause `sales>service:lost_between`, threshold `0.625`",
    ),
)
_BASELINE = ColumnSpec(
    name="baseline", dtype="string", meaning="name of the org model compared against"
)
_ORG_MODEL = ColumnSpec(
    name="org_model", dtype="string", meaning="name of the org model in the study"
)


def _interval(mean: str, low: str, high: str, meaning: str) -> tuple[ColumnSpec, ...]:
    """Return the columns of a mean over paired replicates or worlds and its interval."""
    unit = "the measure's"
    return (
        ColumnSpec(
            name=mean,
            dtype="float64",
            unit=unit,
            meaning=f"{meaning}, mean over replicates or worlds",
        ),
        ColumnSpec(name=low, dtype="float64", unit=unit, meaning="lower end of its 95 % interval"),
        ColumnSpec(name=high, dtype="float64", unit=unit, meaning="upper end of its 95 % interval"),
    )


TABLES: dict[str, tuple[ColumnSpec, ...]] = {
    "measures.parquet": (
        _ORG_MODEL,
        ColumnSpec(
            name="replicate",
            dtype="int32",
            meaning="number of the replicate: one draw of demand and luck",
        ),
        ColumnSpec(
            name="world",
            dtype="int32",
            meaning="number of the draw of uncertain parameters, 0 as given",
        ),
        *_SCOPE_COLUMNS,
        ColumnSpec(
            name="value",
            dtype="float64",
            unit="the measure's",
            meaning="value; missing where the run failed",
        ),
    ),
    "comparison.csv": (
        *_SCOPE_COLUMNS,
        _ORG_MODEL,
        _BASELINE,
        ColumnSpec(
            name="budget",
            dtype="string",
            meaning="whether all org models of the study must spend the same running budget: "
            "equal, or unequal if the study allows that they do not",
        ),
        ColumnSpec(
            name="mean",
            dtype="float64",
            unit="the measure's",
            meaning="mean over the org model's replicates",
        ),
        ColumnSpec(
            name="mean_low",
            dtype="float64",
            unit="the measure's",
            meaning="lower end of the mean's 95 % interval",
        ),
        ColumnSpec(
            name="mean_high",
            dtype="float64",
            unit="the measure's",
            meaning="upper end of the mean's 95 % interval",
        ),
        ColumnSpec(
            name="difference",
            dtype="float64",
            unit="the measure's",
            meaning="mean over pairs (same replicate and world) of org model minus baseline",
        ),
        ColumnSpec(
            name="low",
            dtype="float64",
            unit="the measure's",
            meaning="lower end of the difference's 95 % interval",
        ),
        ColumnSpec(
            name="high",
            dtype="float64",
            unit="the measure's",
            meaning="upper end of the difference's 95 % interval",
        ),
        ColumnSpec(
            name="probability_best",
            dtype="float64",
            unit="probability",
            meaning="share of bootstrap samples of whole replicates or worlds in which the org "
            "model has the best mean, ties shared equally; missing where no direction is better, "
            "with fewer than two that all have, or with fewer than two org models",
        ),
        ColumnSpec(
            name="direction",
            dtype="string",
            meaning="which way is better: higher, lower or neither",
        ),
        ColumnSpec(
            name="n_replicates",
            dtype="int64",
            unit="replicates",
            meaning="replicates with a pair; of a place that the baseline has not, with a value",
        ),
        ColumnSpec(name="n_worlds", dtype="int64", unit="worlds", meaning="worlds, likewise"),
    ),
    "numbers.csv": NUMBER_COLUMNS,
    "ablations.csv": (
        ColumnSpec(name="ablation", dtype="string", meaning="mechanism that is switched off"),
        ColumnSpec(name="measure", dtype="string", meaning="name of the measure, overall"),
        _ORG_MODEL,
        _BASELINE,
        ColumnSpec(name="budget", dtype="string", meaning="as in `comparison.csv`"),
        *_interval("level", "level_low", "level_high", "the org model itself, everything on"),
        *_interval(
            "level_without",
            "level_without_low",
            "level_without_high",
            "the org model itself without the mechanism",
        ),
        *_interval(
            "makes",
            "makes_low",
            "makes_high",
            "what the mechanism makes of the org model: the level less that without it",
        ),
        *_interval("difference", "low", "high", "difference to the baseline, everything on"),
        *_interval(
            "difference_without",
            "low_without",
            "high_without",
            "difference to the baseline without the mechanism",
        ),
        *_interval(
            "contribution",
            "contribution_low",
            "contribution_high",
            "difference with everything on less the difference without the mechanism",
        ),
        ColumnSpec(
            name="n_replicates",
            dtype="int64",
            unit="replicates",
            meaning="replicates in which all four runs are",
        ),
        ColumnSpec(
            name="n_worlds",
            dtype="int64",
            unit="worlds",
            meaning="worlds, likewise; where there are several, intervals are over them",
        ),
    ),
    "sizes.csv": SIZE_COLUMNS,
    "patterns.csv": FIT_COLUMNS,
    "decided.csv": DECIDED_COLUMNS,
    "fit.csv": DERIVED_FIT_COLUMNS,
    **LEVER_TABLES,
    **WORLD_TABLES,
    **CLAIM_TABLES,
    "customers.parquet": (
        ColumnSpec(
            name="customer_id", dtype="int64", meaning="the same customer under every org model"
        ),
        ColumnSpec(name="segment", dtype="string", meaning="name of the segment in the study"),
        ColumnSpec(
            name="represented",
            dtype="bool",
            meaning="whether a personal agent acts for the customer",
        ),
        _ORG_MODEL,
        ColumnSpec(name="outcome", dtype="string", meaning="stayed, left, or never joined"),
        ColumnSpec(
            name="site",
            dtype="string",
            meaning="touchpoint or seam at which their latest need was dropped, else empty",
        ),
        ColumnSpec(name="cause", dtype="string", meaning="cause of that drop-off, else empty"),
        ColumnSpec(
            name="accountable",
            dtype="string",
            meaning="who is accountable by name for that site, or nobody",
        ),
        ColumnSpec(
            name="dropped_on_day",
            dtype="float64",
            unit="working days",
            meaning="day of the window of that drop-off",
        ),
        ColumnSpec(
            name="touchpoint",
            dtype="string",
            meaning="touchpoint at or before which the case stood",
        ),
        ColumnSpec(name="seam", dtype="string", meaning="seam that the case had crossed last"),
        ColumnSpec(
            name="missing_facts",
            dtype="string",
            meaning="facts that were missing in it, the latest ones",
        ),
        ColumnSpec(
            name="fault_from",
            dtype="string",
            meaning="touchpoint that had left the fault which showed",
        ),
        ColumnSpec(
            name="incentive", dtype="string", meaning="what the function behind it is rewarded for"
        ),
        ColumnSpec(
            name="issue", dtype="string", meaning="issue about it that was under way, and its state"
        ),
        ColumnSpec(
            name="left_on_day",
            dtype="float64",
            unit="working days",
            meaning="day of the window on which the customer left; missing for who has not",
        ),
        ColumnSpec(
            name="reason",
            dtype="string",
            meaning="why they left: what raised their hazard of leaving, and by what factor, the "
            "strongest first: low standing, bad memory, price, a rival's offer; else empty",
        ),
        ColumnSpec(
            name="broken_promise",
            dtype="string",
            meaning="touchpoint or seam of the last need that was dropped before they left; empty "
            "where none was",
        ),
        ColumnSpec(
            name="promise_owner",
            dtype="string",
            meaning="function that owns that site, or those on both sides of that seam; where no "
            "need was dropped, the one that has broken most promises to who left",
        ),
        ColumnSpec(
            name="promises",
            dtype="int32",
            unit="promises",
            meaning="kept or broken to them by the end of the run or until they left, warm-up "
            "included: what standing rests on",
        ),
        ColumnSpec(
            name="standing",
            dtype="float64",
            unit="index 0 to 1",
            meaning="at the end of the window, or when leaving",
        ),
        ColumnSpec(
            name="value",
            dtype="float64",
            unit="money",
            meaning="margin from this customer in the window",
        ),
    ),
    "events.parquet": EVENT_COLUMNS,
    **KNOWN_TABLES,
}


def measure(name: str) -> MeasureSpec:
    """Return the measure called `name`.

    Raises
    ------
    KeyError
        If no measure has that name; the message lists those there are.
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise KeyError(f"no measure is called '{name}'; there are: {', '.join(MEASURES)}") from None


def column_names(table: str) -> list[str]:
    """Return the columns of a result table, such as ``comparison.csv``, in order."""
    return [column.name for column in TABLES[table]]


def tables_page() -> str:
    """Return the output contract as a documentation page, in Markdown."""
    lines = [
        "# Measures and result tables",
        "",
        "Generated from `sim/study/tables.py` and `sim/study/measure_table.py` by `make docs`.",
        "Shares are stored between 0 and 1. A count without a row, in a run that is there,",
        "is zero.",
        "",
        "## Measures",
        "",
        "| measure | name on a board | unit | better | definition | source |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{m.name}` | {m.label} | {m.unit} | {m.direction} | {m.formula} | {m.source} |"
        for m in MEASURES.values()
    ]
    lines += ["", "## Causes of a drop-off", "", "| cause | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in CAUSE_WORDS.items()]
    for table, columns in TABLES.items():
        lines += [
            "",
            f"## `{table}`",
            "",
            "| column | type | unit | meaning |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{c.name}` | {c.dtype} | {c.unit} | {c.meaning} |" for c in columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(tables_page(), end="")
