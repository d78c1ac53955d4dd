"""``diff``: two results, what was asked differently and what came out differently."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.experiment import study_as_written
from analysis.commands.terminal import say, say_object
from analysis.comparison.leading import leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.two_results import Asked, asked_differently, came_out, unshared_luck
from analysis.comparison.wording import (
    decimals_for,
    finding,
    headline_measures,
    is_clear,
    number,
    ordered,
    shown_measures,
    signed_change,
)
from analysis.load import load_result
from sim.keeping.manifest import MANIFEST
from sim.reading.shape import study_shape
from sim.running.version import is_of_this_version
from sim.study.errors import ResultFolderError
from sim.study.parameters import REGISTRY
from sim.study.tables import MEASURES, NEITHER

SHOWN_KEYS = 40
"""Keys that are shown in a terminal; ``--json`` has all of them."""
_LONGEST_VALUE = 60
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Side:
    """One of the two results: its folder, what it answered, and the study as plain data."""

    folder: Path
    measures: pd.DataFrame
    manifest: dict[str, Any]
    study: dict[str, Any]
    labels: dict[str, str]

    @property
    def headline(self) -> str:
        """The measure that decides."""
        named = self.study.get("headline")
        known = isinstance(named, str) and named in MEASURES
        return str(named) if known and MEASURES[str(named)].direction != NEITHER else "net_value"

    @property
    def answer(self) -> str:
        """Who leads, in one sentence."""
        table = compare_measures(self.measures, str(self.study.get("baseline")))
        worth = self.manifest.get("head_worth")
        known = worth if isinstance(worth, int | float) else None
        return finding(table, leading(self.measures, self.headline, known), self.labels)

    @property
    def replicates(self) -> int:
        """How many worlds there are or, of the study as given, replicates."""
        worlds = int(self.measures["world"].nunique())
        return worlds if worlds > 1 else int(self.measures["replicate"].nunique())

    @property
    def unit(self) -> str:
        """What there are so many of."""
        return "worlds" if self.measures["world"].nunique() > 1 else "replicates"

    @property
    def version(self) -> str:
        """Which program wrote it."""
        there = self.manifest
        return _line(f"{there.get('program_version')} (engine {there.get('engine')})")

    @property
    def changes(self) -> list[str]:
        """The ``--set`` options that made it."""
        given = self.manifest.get("study_as_given")
        changes = given.get("set") if isinstance(given, dict) else None
        return [_line(each) for each in changes] if isinstance(changes, list) else []

    def named(self) -> str:
        """Return the result in one line."""
        changed = f"; changed: {', '.join(self.changes)}" if self.changes else ""
        return (
            f"{self.folder}: study {_line(self.study.get('study'))}, {self.replicates} "
            f"{self.unit}, seed {_line(self.manifest.get('seed'))}, {self.version}{changed}"
        )


def execute(options: argparse.Namespace) -> int:
    """Compare two result folders and print both differences."""
    first, second = (_side(each, Path(options.out)) for each in (options.a, options.b))
    asked = asked_differently(first.study, second.study)
    apart = unshared_luck(first.study, second.study)
    if first.manifest.get("worlds_of") != second.manifest.get("worlds_of"):
        apart = [*apart, "the worlds"]
    wanted = shown_measures(headline_measures(), first.measures)
    names = list(dict.fromkeys([*wanted, first.headline, second.headline]))
    table = came_out(first.measures, second.measures, names, paired=not apart)
    if options.json:
        say_object(_as_object(first, second, asked, apart, table))
    else:
        say(_as_text(first, second, asked, apart, table))
    return 0


def _side(given: str, parent: Path) -> Side:
    """Read one result, which may come from elsewhere.

    Raises
    ------
    ResultFolderError
        If it cannot be read, its manifest was edited, as far as this version can tell, or its
        manifest and its measures do not belong together.
    """
    result = load_result(given, parent)
    study = result.manifest.get("study_as_resolved")
    if is_of_this_version(result.manifest):
        study_as_written(result.folder, result.manifest)
    if not isinstance(study, dict):
        raise ResultFolderError(
            f"{result.folder / MANIFEST}: it holds no study. Run the comparison again."
        )
    measures = result.measures
    known = measures["measure"].isin(MEASURES) & (measures["scope"] == "overall")
    side = Side(result.folder, measures[known], result.manifest, study, _labels(study))
    try:
        _ = side.answer
    except (ValueError, RecursionError) as reason:
        raise ResultFolderError(
            f"{result.folder}: its measures cannot be compared: {reason}. Run the comparison again."
        ) from reason
    return side


def _labels(study: dict[str, Any]) -> dict[str, str]:
    """Return what a board calls each org model, as far as a manifest says."""
    models = study.get("organisations")
    named = [each for each in models if isinstance(each, dict)] if isinstance(models, list) else []
    return {
        str(each.get("organisation")): _line(each.get("label") or each.get("organisation"))
        for each in named
    }


def meaning_of(key: str) -> str:
    """Return what a key of a study means, as far as the schema or the registry says."""
    path: list[str | int] = list(key.split("."))
    if path[0] == "parameters":
        named = REGISTRY.get(str(path[-1]))
        return named.meaning if named is not None else ""
    if path[0] == "organisations" and len(path) > 1:
        path[1] = 0  # by name in a difference, by place in a study
    shape = study_shape().at(tuple(path))
    return "" if shape is None else str(shape.rule.get("description", ""))


def _line(value: object) -> str:
    """Return what a file holds as part of one line: it may hold line feeds, and a whole book."""
    return " ".join(str(value).split())[:_LONGEST_NAME]


def _facts(first: Side, second: Side) -> list[tuple[str, str, str]]:
    """Return what differs beside the studies: versions and replicates."""
    pairs = (
        ("program version", first.version, second.version),
        ("replicates", str(first.replicates), str(second.replicates)),
        ("status", _line(first.manifest.get("status")), _line(second.manifest.get("status"))),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def _as_object(
    first: Side, second: Side, asked: list[Asked], apart: list[str], table: pd.DataFrame
) -> dict[str, Any]:
    """Return both differences as plain data."""
    return {
        **{
            name: {
                "results": str(side.folder),
                "study": side.study.get("study"),
                "hash": side.manifest.get("hash"),
                "seed": side.manifest.get("seed"),
                "replicates": side.replicates,
                "version": side.version,
                "changed": side.changes,
                "answer": side.answer,
            }
            for name, side in (("a", first), ("b", second))
        },
        "asked_differently": [
            {"key": each.key, "a": each.first, "b": each.second, "meaning": meaning_of(each.key)}
            for each in asked
        ],
        "also_different": [{"what": what, "a": a, "b": b} for what, a, b in _facts(first, second)],
        "paired": not apart,
        "not_paired_because_of": apart,
        "came_out": table.rename(
            columns={"first": "a", "second": "b", "n_first": "n_a", "n_second": "n_b"}
        ).to_dict("records"),
    }


def _as_text(
    first: Side, second: Side, asked: list[Asked], apart: list[str], table: pd.DataFrame
) -> str:
    """Return both differences as a page of text."""
    lines = [f"A  {first.named()}", f"B  {second.named()}", "", "Asked differently"]
    lines += [f"  {what}: {a} -> {b}" for what, a, b in _facts(first, second)]
    lines += [_key_line(each) for each in asked[:SHOWN_KEYS]]
    if len(asked) > SHOWN_KEYS:
        lines.append(f"  and {len(asked) - SHOWN_KEYS} more keys; --json has all of them")
    if len(lines) == 4:
        lines.append("  nothing")
    lines += ["", "Came out differently (B less A)"]
    lines += _came_out_lines(table, first, second)
    lines += [
        "",
        _interval_line(table, apart, first.unit),
        "",
        f"A: {first.answer}.",
        f"B: {second.answer}.",
    ]
    return "\n".join(lines)


def _key_line(each: Asked) -> str:
    """Return one key with both values, and what it means."""
    values = (
        value if len(value) <= _LONGEST_VALUE else f"{value[: _LONGEST_VALUE - 3]}..."
        for value in (each.first, each.second)
    )
    meaning = meaning_of(each.key)
    return f"  {_line(each.key)}: {' -> '.join(values)}{f'  ({meaning})' if meaning else ''}"


def _came_out_lines(table: pd.DataFrame, first: Side, second: Side) -> list[str]:
    """Return a block a measure, a line an org model."""
    if table.empty:
        return ["  no org model is in both results"]
    labels = {**second.labels, **first.labels}
    width = max(len(labels.get(org, org)) for org in set(table["org_model"]))
    lines = []
    for name in dict.fromkeys(table["measure"]):
        spec = MEASURES[name]
        unit = " (%)" if spec.display == "percent" else ""
        lines.append(f"  {spec.label}{unit}")
        rows = table[table["measure"] == name].set_index("org_model", drop=False)
        for org in ordered(rows["org_model"], labels):
            row = rows.loc[org]
            decimals = decimals_for(spec, (row["high"] - row["low"]) / 2)
            ends = " -> ".join(number(spec, row[end], decimals) for end in ("first", "second"))
            star = " *" if is_clear(row["low"], row["high"]) else ""
            label = labels.get(org, org).ljust(width)
            lines.append(f"    {label}  {ends:<22} {signed_change(row)}{star}")
    alone = [
        f"  only in {name}: {', '.join(side.labels.get(org, org) for org in orgs)}"
        for name, side, other in (("A", first, second), ("B", second, first))
        if (orgs := [org for org in side.labels if org not in other.labels])
    ]
    # A terminal may know no true minus sign.
    return [line.replace("\u2212", "-") for line in [*lines, *alone]]


def _interval_line(table: pd.DataFrame, apart: list[str], unit: str) -> str:
    """Return what the intervals are."""
    star = "* leaves out zero."
    if apart:
        return (
            "In brackets: 95 % interval (Welch; not paired: customers and luck are others, because "
            f"of {' and '.join(apart)}). {star}"
        )
    n = int(table["n_first"].max()) if not table.empty else 0
    return (
        f"In brackets: 95 % interval over {n} pairs of {unit} with the same customers and "
        f"luck. {star}"
    )
