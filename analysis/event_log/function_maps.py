"""Files that say which activity belongs to which function, and a template to be filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.event_log.csv_log import read_csv_log
from analysis.event_log.excel_log import read_excel_log
from analysis.event_log.log_refusals import a_few, log_refusal, quoted
from analysis.event_log.log_source import CSV, EXCEL, open_log
from analysis.event_log.raw_table import RawTable
from sim.keeping.files import csv_text
from sim.reading.yaml_source import scan
from sim.study.errors import StudyError
from sim.study.spelling import close_spelling

NO_FUNCTION = "-"
"""Stands for a function where no one does the work, such as a step of a program."""
YAML_ENDINGS = (".yaml", ".yml")
_SECTIONS = ("functions", "columns", "outcomes")
_FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class LogMap:
    """What a mapping file says.

    Attributes
    ----------
    functions : dict of str to str
        Function by activity; `NO_FUNCTION` where no one does it.
    columns : dict of str to str
        Names of columns by what they are.
    outcomes : dict of str to str
        Of a table of contacts, what each outcome means: `answered`, `abandoned`, `left out`.
    """

    functions: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


def read_map(path: Path) -> LogMap:
    """Read a mapping file: YAML, or a table whose first two columns are activity and function.

    Raises
    ------
    StudyError
        If it says nothing, or the same activity twice.
    """
    if path.suffix.lower() in YAML_ENDINGS:
        return _of_yaml(path)
    with open_log(path) as source:
        if source.kind == CSV:
            table = read_csv_log(source, None)
        elif source.kind == EXCEL:
            table = read_excel_log(source, None)
        else:
            message = f"a mapping file is CSV, Excel or YAML, and this is {source.kind}"
            raise log_refusal(path, message, "calibrate LOG --write-map FILE writes one to fill in")
    return LogMap(functions=_of_table(path, table))


def _of_table(path: Path, table: RawTable) -> dict[str, str]:
    activities, functions = (_column(table, name) for name in table.names[:2])
    found: dict[str, str] = {}
    for activity, function in zip(activities, functions, strict=True):
        if activity and found.setdefault(activity, function) != function:
            message = f"{quoted(activity)} stands there twice, with different functions"
            raise log_refusal(path, message, "give each activity one function")
    return found


def _column(table: RawTable, name: str) -> list[str]:
    """Return texts as they were before a spreadsheet was kept from calculating them."""
    texts = [" ".join(str(cell).split()) for cell in table.column(name).to_pylist()]
    return [
        text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text
        for text in ("" if text == "None" else text for text in texts)
    ]


def _of_yaml(path: Path) -> LogMap:
    source = scan(path)
    if source.problems:
        raise StudyError(source.problems)
    data = source.data
    if not isinstance(data, dict) or not data:
        message = "the file is no list of `activity: function`"
        raise log_refusal(path, message, "calibrate LOG --write-map FILE writes one to fill in")
    if not set(data) <= set(_SECTIONS):
        data = {"functions": data}
    return LogMap(**{name: _texts(path, name, data.get(name) or {}) for name in _SECTIONS})


def _texts(path: Path, section: str, found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(
        isinstance(value, str | int | float | None) for value in found.values()
    ):
        raise log_refusal(path, f"`{section}` is no list of `name: word` lines", "write it so")
    return {
        " ".join(str(name).split()): "" if value is None else " ".join(str(value).split())
        for name, value in found.items()
    }


def functions_of(path: Path, told: dict[str, str], activities: list[str]) -> dict[str, str]:
    """Return the function of each activity of a log, empty where no one does it.

    Raises
    ------
    StudyError
        If an activity has none, naming them all.
    """
    found = {each: told.get(each, "") for each in activities}
    without = [each for each, function in found.items() if not function]
    if without:
        left = set(told) - set(activities)
        near = next(filter(None, (close_spelling(each, left) for each in without[:20])), None)
        message = f"{len(without)} activities have no function: {a_few(without, 10)}"
        remedy = (f"did you mean {quoted(near)}? " if near else "") + (
            f"Give each one, or `{NO_FUNCTION}` where no one does it"
        )
        raise log_refusal(path, message, remedy)
    return {each: "" if function == NO_FUNCTION else function for each, function in found.items()}


def map_template(path: Path, log: pd.DataFrame) -> str:
    """Return a mapping file to be filled in: each activity, most frequent first.

    Parameters
    ----------
    path : Path
        Its ending says of which kind it is.
    log : pandas.DataFrame
        `activity` and `resource` of each event.
    """
    counts = log.groupby("activity", sort=False, observed=True)["activity"].size()
    counts = counts.sort_values(ascending=False, kind="stable")
    people = log.groupby("activity", observed=True)["resource"].agg(_most_seen)
    if path.suffix.lower() in YAML_ENDINGS:
        head = (
            "# Which function does each activity? Write its name behind the colon, the same name\n"
            f'# for activities of the same function; "{NO_FUNCTION}" where no one does it.\n'
        )
        lines = [
            f"{yaml.safe_dump(str(name), allow_unicode=True, width=10**6).splitlines()[0]}:  "
            f"# {count:,} events"
            for name, count in counts.items()
        ]
        return head + "functions:\n" + "".join(f"  {line}\n" for line in lines)
    table = pd.DataFrame(
        {
            "activity": counts.index.astype(str),
            "function": "",
            "events": counts.to_numpy(),
            "people seen": people.reindex(counts.index).to_numpy(),
        }
    )
    return csv_text(table)


def _most_seen(names: pd.Series) -> str:
    """Return the few most frequent names."""
    seen = names[names != ""].astype(str).value_counts().index[:3]
    return "; ".join(str(name) for name in seen)
