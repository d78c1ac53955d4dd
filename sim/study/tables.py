"""The output contract: every measure and every column of every result table, once.

Recorders write what stands here, the analysis reads it, and the documentation is rendered
from it. Nothing else states a measure's unit, better direction or label.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.study.measure_table import ROWS

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
)
"""What a measure can be about; ``overall`` has the empty scope_id."""

CAUSES: dict[str, str] = {
    "lost_between": "fell between functions",
    "wait": "waited too long",
    "effort": "too much effort",
    "error": "an error too many",
    "no_agreement": "no agreement on terms",
    "trust": "a breach of trust",
    "withdrawn": "own reasons or time-out",
}
"""Causes of a drop-off and how a board reads them, in order of display."""


@dataclass(frozen=True)
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

    @property
    def is_count(self) -> bool:
        """Whether a missing row, in a run that is there, means zero."""
        return self.display == "count"


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a result table: name, dtype, unit (empty if it has none), meaning."""

    name: str
    dtype: str
    unit: str
    meaning: str


MEASURES: dict[str, MeasureSpec] = {row[0]: MeasureSpec(*row) for row in ROWS}

_SCOPE_COLUMNS = (
    ColumnSpec("measure", "string", "", "name of the measure"),
    ColumnSpec("scope", "string", "", "one of: " + ", ".join(SCOPES)),
    ColumnSpec(
        "scope_id",
        "string",
        "",
        "what the value is about: empty for overall, `journey/touchpoint`, seam "
        "`sales>service`, month `01`, site_cause `sales>service:lost_between`",
    ),
)
_ORG_MODEL = ColumnSpec("org_model", "string", "", "name of the org model in the study")


def _interval(mean: str, low: str, high: str, meaning: str) -> tuple[ColumnSpec, ...]:
    """Return the columns of a mean over paired replicates and its interval."""
    unit = "the measure's"
    return (
        ColumnSpec(mean, "float64", unit, f"{meaning}, mean over replicates"),
        ColumnSpec(low, "float64", unit, "lower end of its 95 % interval"),
        ColumnSpec(high, "float64", unit, "upper end of its 95 % interval"),
    )


TABLES: dict[str, tuple[ColumnSpec, ...]] = {
    "measures.parquet": (
        _ORG_MODEL,
        ColumnSpec(
            "replicate", "int32", "", "number of the replicate: one draw of demand and luck"
        ),
        ColumnSpec("world", "int32", "", "number of the draw of uncertain parameters, 0 as given"),
        *_SCOPE_COLUMNS,
        ColumnSpec("value", "float64", "the measure's", "value; missing where the run failed"),
    ),
    "comparison.csv": (
        *_SCOPE_COLUMNS,
        _ORG_MODEL,
        ColumnSpec("baseline", "string", "", "name of the org model compared against"),
        ColumnSpec(
            "budget",
            "string",
            "",
            "whether all org models of the study must spend the same running budget: equal, or "
            "unequal if the study allows that they do not",
        ),
        ColumnSpec("mean", "float64", "the measure's", "mean over the org model's replicates"),
        ColumnSpec("mean_low", "float64", "the measure's", "lower end of the mean's 95 % interval"),
        ColumnSpec(
            "mean_high", "float64", "the measure's", "upper end of the mean's 95 % interval"
        ),
        ColumnSpec(
            "difference",
            "float64",
            "the measure's",
            "mean over pairs (same replicate and world) of org model minus baseline",
        ),
        ColumnSpec(
            "low", "float64", "the measure's", "lower end of the difference's 95 % interval"
        ),
        ColumnSpec(
            "high", "float64", "the measure's", "upper end of the difference's 95 % interval"
        ),
        ColumnSpec(
            "probability_best",
            "float64",
            "probability",
            "share of bootstrap samples of whole replicates in which the org model has the best "
            "mean, ties shared equally; missing where no direction is better, with fewer than two "
            "replicates that all have, or with fewer than two org models",
        ),
        ColumnSpec("direction", "string", "", "which way is better: higher, lower or neither"),
        ColumnSpec("n_replicates", "int64", "replicates", "replicates with a pair"),
        ColumnSpec("n_worlds", "int64", "worlds", "worlds with a pair"),
    ),
    "ablations.csv": (
        ColumnSpec("ablation", "string", "", "mechanism that is switched off"),
        ColumnSpec("measure", "string", "", "name of the measure, overall"),
        _ORG_MODEL,
        ColumnSpec("baseline", "string", "", "name of the org model compared against"),
        ColumnSpec("budget", "string", "", "as in `comparison.csv`"),
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
        ColumnSpec("n_replicates", "int64", "replicates", "replicates in which all four runs are"),
    ),
    "customers.parquet": (
        ColumnSpec("customer_id", "int64", "", "the same customer under every org model"),
        ColumnSpec("segment", "string", "", "name of the segment in the study"),
        ColumnSpec("represented", "bool", "", "whether a personal agent acts for the customer"),
        _ORG_MODEL,
        ColumnSpec("outcome", "string", "", "stayed, left, or never joined"),
        ColumnSpec("site", "string", "", "touchpoint or seam of the last drop-off, else empty"),
        ColumnSpec("cause", "string", "", "cause of the last drop-off, else empty"),
        ColumnSpec(
            "accountable", "string", "", "who is accountable by name for that site, or nobody"
        ),
        ColumnSpec("lost_on_day", "float64", "working days", "day of the window of that drop-off"),
        ColumnSpec("touchpoint", "string", "", "touchpoint at or before which the case stood"),
        ColumnSpec("seam", "string", "", "seam that the case had crossed last"),
        ColumnSpec("missing_facts", "string", "", "facts that were missing in it, the latest ones"),
        ColumnSpec("fault_from", "string", "", "touchpoint that had left the fault which showed"),
        ColumnSpec("incentive", "string", "", "what the function behind it is rewarded for"),
        ColumnSpec("issue", "string", "", "issue about it that was under way, and its state"),
        ColumnSpec("standing", "float64", "index 0 to 1", "at the end, or when leaving"),
        ColumnSpec("value", "float64", "money", "margin from this customer in the window"),
    ),
    "events.parquet": (
        ColumnSpec("case:concept:name", "string", "", "customer, need and recontact of the case"),
        ColumnSpec("concept:name", "string", "", "`journey/touchpoint`, or what happened instead"),
        ColumnSpec("org:group", "string", "", "function that served, empty for an automated step"),
        ColumnSpec("time:timestamp", "timestamp", "", "when, on the working calendar"),
    ),
    "log_fit.csv": (
        ColumnSpec("statistic", "string", "", "what is compared with the firm's own log"),
        ColumnSpec(
            "scope_id",
            "string",
            "",
            "empty for all cases, else the function, touchpoint or outcome it is about",
        ),
        ColumnSpec("real", "float64", "as in unit", "value in the firm's own log"),
        ColumnSpec("simulated", "float64", "as in unit", "value in the baseline's events"),
        ColumnSpec("error", "float64", "as in unit", "simulated minus real"),
        ColumnSpec("unit", "string", "", "share (between 0 and 1), days or hand-offs"),
    ),
    "theory.csv": (
        ColumnSpec("case", "string", "", "the closed-form case"),
        ColumnSpec("quantity", "string", "", "what is compared"),
        ColumnSpec("expected", "float64", "the quantity's", "value in closed form"),
        ColumnSpec("simulated", "float64", "the quantity's", "value from the engine"),
        ColumnSpec("error", "float64", "the tolerance's", "distance of simulated from expected"),
        ColumnSpec("tolerance", "float64", "as named in quantity", "largest error allowed"),
        ColumnSpec("ok", "bool", "", "whether the error is within the tolerance"),
    ),
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


def as_markdown() -> str:
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
    lines += [f"| `{name}` | {meaning} |" for name, meaning in CAUSES.items()]
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
    print(as_markdown(), end="")
