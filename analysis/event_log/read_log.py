"""A log's file becomes a table of events or of contacts, with all that was decided on the way."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.event_log.column_words import (
    WAITING,
    Part,
    plain_letters,
)
from analysis.event_log.communities import communities_of
from analysis.event_log.contact_rows import contact_log
from analysis.event_log.csv_log import read_csv_log
from analysis.event_log.excel_log import read_excel_log
from analysis.event_log.function_maps import LogMap, functions_of, read_map
from analysis.event_log.lifecycle import pair_lifecycle
from analysis.event_log.log_cases import FUNCTIONS_REMEDY, check_cases
from analysis.event_log.log_choices import RESOURCES, LogChoices
from analysis.event_log.log_clock import read_times
from analysis.event_log.log_columns import LogColumns, find_columns
from analysis.event_log.log_refusals import a_few, log_refusal, quoted
from analysis.event_log.log_source import CSV, EXCEL, PARQUET, LogSource, open_log
from analysis.event_log.log_table import LOG_COLUMNS, ContactLog, Decided, EventLog
from analysis.event_log.parquet_log import read_parquet_log
from analysis.event_log.raw_table import RawTable
from analysis.event_log.xes_log import read_xes_log

_MOST_UNFIT = 0.05
"""Share of rows that may be left out for want of a case, an activity or a time."""
_MOST_TURNED = 0.01
"""Share of rows that may end before they start."""
_LONGEST_NAME = 200
_SINGLE = (
    Part.CASE, Part.ACTIVITY, Part.GROUP, Part.RESOURCE, Part.OUTCOME, Part.WAIT, Part.ABANDONED,
    Part.SERVICE,
)  # fmt: skip
_SEVERAL: dict[str, str] = {Part.TIME: "times", Part.START: "starts"}
"""Columns of which there may be two, and what they are called as choices."""


def read_log_file(path: Path, choices: LogChoices) -> EventLog | ContactLog:
    """Read a log.

    Parameters
    ----------
    path : Path
        CSV, Excel, Parquet or XES; CSV and XES may be packed with gzip.
    choices : LogChoices
        What is known of it beforehand.

    Returns
    -------
    EventLog
        If each row of the file is an event.
    ContactLog
        If each row is a contact.

    Raises
    ------
    StudyError
        If it cannot be used; nothing has been written then.
    MachineRefusal
        If the machine does not let it be read.
    """
    told = LogMap() if choices.map_file is None else read_map(choices.map_file)
    choices = _with_columns(choices, told)
    raw, sha256 = _raw_log(path, choices)
    columns = find_columns(raw, choices)
    if columns.is_of_contacts:
        return contact_log(raw, columns, choices, told, sha256)
    events, zone, said = _events_of(raw, columns, choices)
    events, functions = _with_functions(path, events, columns, choices, told)
    sizes = check_cases(path, events)
    decided = (*raw.remarks, *columns.decided, *said, *functions, *sizes)
    return EventLog(_finished(events), zone, path, sha256, decided)


def events_without_functions(path: Path, choices: LogChoices) -> pd.DataFrame:
    """Return `activity` and `resource` of each event of a log, whatever it says of functions."""
    raw, _ = _raw_log(path, choices)
    columns = find_columns(raw, choices)
    if columns.is_of_contacts:
        message = "each row of the log is a contact, and has no activity"
        raise log_refusal(path, message, "leave out --write-map")
    events, _, _ = _events_of(raw, columns, choices)
    return events[["activity", "resource"]]


def _with_columns(choices: LogChoices, told: LogMap) -> LogChoices:
    """Return the choices with the columns that a mapping file names, options first."""
    wanted: dict[str, Any] = {}
    for role, column in told.columns.items():
        field = _SEVERAL.get(role, role)
        if role not in (*_SINGLE, *_SEVERAL):
            message = f"a log has no column for {quoted(role)}"
            remedy = f"write one of {', '.join((*_SINGLE, *_SEVERAL))}"
            raise log_refusal(choices.map_file or "--map", message, remedy, "columns")
        if not getattr(choices, field):
            wanted[field] = (column,) if role in _SEVERAL else column
    return dataclasses.replace(choices, **wanted)


def _raw_log(path: Path, choices: LogChoices) -> tuple[RawTable, str]:
    """Read the columns of a log's file, and its digest."""
    with open_log(path) as source:
        raw = _read_kind(source, choices)
        packed = ", packed with gzip" if source.is_packed else ""
        kind = Decided("file", f"{source.kind}{packed}", "as its first bytes say")
        return dataclasses.replace(raw, remarks=(kind, *raw.remarks)), source.sha256


def _read_kind(source: LogSource, choices: LogChoices) -> RawTable:
    if choices.sheet is not None and source.kind != EXCEL:
        message = f"only a workbook has sheets, and this is {source.kind}"
        raise log_refusal(source.path, message, "leave out --sheet")
    if source.kind == CSV:
        return read_csv_log(source, choices.separator)
    if source.kind == EXCEL:
        return read_excel_log(source, choices.sheet)
    return read_parquet_log(source) if source.kind == PARQUET else read_xes_log(source)


def _events_of(
    raw: RawTable, columns: LogColumns, choices: LogChoices
) -> tuple[pd.DataFrame, str, tuple[Decided, ...]]:
    """Return the rows of a log, sorted, with all columns but functions as they will be."""
    wanted = {"time": columns.found[Part.TIME]}
    if Part.START in columns.found:
        wanted["start"] = columns.found[Part.START]
    times = read_times(raw, wanted, choices.day_first, choices.zone)
    nothing = np.full(len(raw), np.datetime64("NaT", "ns"))
    events = pd.DataFrame(
        {
            "case_id": _names(raw, columns.name(Part.CASE)),
            "activity": _names(raw, columns.name(Part.ACTIVITY)),
            "group": _names(raw, columns.name(Part.GROUP)),
            "resource": _names(raw, columns.name(Part.RESOURCE)),
            "outcome": _names(raw, columns.name(Part.OUTCOME)),
            "start": times.moments.get("start", nothing),
            "end": times.moments["time"],
            "queued": nothing,
        }
    )
    events, left_out = _fit_rows(raw, events)
    said = [*times.decided, *left_out]
    if Part.LIFECYCLE in columns.found and Part.START not in columns.found:
        steps = _names(raw, columns.name(Part.LIFECYCLE))
        work_items = _names(raw, columns.name(Part.INSTANCE))
        kept = events.index.to_numpy()
        marked = events.assign(lifecycle=steps.take(kept), instance=work_items.codes[kept])
        events, paired = pair_lifecycle(marked)
        said += paired
    events, spans = _spans(raw, events)
    said += spans
    events, order = _sorted(events)
    said += order
    events["outcome"], outcomes = _of_cases(events, columns)
    said += outcomes
    events["waits"], waits = _waiting(events)
    return events, times.zone, (*said, *waits)


def _names(raw: RawTable, name: str | None) -> pd.Categorical:
    """Return a column of names, each different one once; empty where there is none."""
    if name is None:
        return _all_empty(len(raw))
    texts = raw.texts(name)
    words = texts.dictionary
    if len(words) and (pc.max(pc.utf8_length(words)).as_py() or 0) > _LONGEST_NAME:
        long = words.filter(pc.greater(pc.utf8_length(words), _LONGEST_NAME))[0].as_py()
        message = f"a name of more than {_LONGEST_NAME} characters: {long[:40]!r}…"
        raise log_refusal(raw.path, message, "name another column, or shorten it", name)
    codes = texts.indices.to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, words.to_pandas())


def _all_empty(n_rows: int) -> Any:
    return pd.Categorical.from_codes(np.zeros(n_rows, dtype=np.int8), pd.Index([""]))


def _fit_rows(raw: RawTable, events: pd.DataFrame) -> tuple[pd.DataFrame, list[Decided]]:
    """Leave out rows without a case, an activity or any time, if they are few."""
    lacks = {
        "a case": (events["case_id"] == "").to_numpy(),
        "an activity": (events["activity"] == "").to_numpy(),
        "a time": (events["end"].isna() & events["start"].isna()).to_numpy(),
    }
    unfit = np.zeros(len(events), dtype=bool)
    said = []
    for what, where in lacks.items():
        if where.sum() > _MOST_UNFIT * len(events):
            message = f"{int(where.sum()):,} of {len(events):,} rows have no {what.split()[1]}"
            row = raw.row_number(int(np.argmax(where)))
            remedy = f"the first is row {row}: fill them, or name another column"
            raise log_refusal(raw.path, message, remedy)
        if where.any():
            said.append(Decided("left out", f"{int(where.sum()):,} rows", f"without {what}"))
        unfit |= where
    return events[~unfit], said


def _spans(raw: RawTable, events: pd.DataFrame) -> tuple[pd.DataFrame, list[Decided]]:
    """Make sense of starts and ends: missing, equal or the wrong way round."""
    start, end = events["start"], events["end"]
    said = []
    no_end = end.isna()
    if no_end.any():
        end = end.fillna(start)
        start = start.mask(no_end)
        why = "started and not seen to end: kept as moments"
        said.append(Decided("no end", f"{int(no_end.sum()):,} rows", why))
    known = int(start.notna().sum())
    turned = end < start
    if turned.sum() > _MOST_TURNED * len(events):
        first = raw.row_number(int(events.index[int(np.argmax(turned))]))
        message = (
            f"{int(turned.sum()):,} of {len(events):,} rows end before they start, as row {first}"
        )
        remedy = "the two columns may be exchanged: --start-column NAME --time-column NAME"
        raise log_refusal(raw.path, message, remedy)
    if turned.any():
        why = "they end before they start, so the start is not believed"
        said.append(Decided("odd times", f"{int(turned.sum()):,} rows taken as moments", why))
        start = start.mask(turned)
    if known and (start.isna() | (start == end)).all():
        said.append(Decided("starts", "not used", "they are the same as the ends in every row"))
        start = start.mask(start.notna())
    elif known:
        equal = int((start == end).sum())
        rows = f"{int(start.notna().sum()):,} rows have start and end"
        why = f"{rows}, {equal:,} of them the same moment"
        said.append(Decided("work times", "from start to end", why))
    return events.assign(start=start, end=end), said


def _sorted(events: pd.DataFrame) -> tuple[pd.DataFrame, list[Decided]]:
    """Put cases in order of their first event, and events in order within each."""
    case = events["case_id"].cat.codes.to_numpy()
    begins = events["start"].fillna(events["end"])
    early = begins < begins.groupby(case).cummax()
    first = begins.groupby(case).transform("min").to_numpy()
    order = np.lexsort((np.arange(len(events)), begins.to_numpy(), case, first))
    said = []
    if early.any():
        rows = f"{int(early.sum()):,} rows stood below a later one of their case"
        said.append(Decided("order", "by time within a case", rows))
    return events.iloc[order].reset_index(drop=True), said


def _of_cases(events: pd.DataFrame, columns: LogColumns) -> tuple[Any, tuple[Decided, ...]]:
    """Return the outcome of each case: the last that one of its rows has."""
    words = [str(word) for word in events["outcome"].cat.categories]
    empty = words.index("") if "" in words else len(words)
    words = words if "" in words else [*words, ""]
    codes = pd.Series(events["outcome"].cat.codes.astype(float).to_numpy())
    case = events["case_id"].cat.codes.to_numpy()
    known = codes.mask(codes == empty)
    last = known.groupby(case).transform("last")
    if Part.OUTCOME not in columns.found or last.isna().all():
        return _all_empty(len(events)), ()
    changed = int((known.notna() & (known != last)).groupby(case).any().sum())
    why = f"{changed:,} cases have several, and the last is taken" if changed else "one a case"
    outcomes = pd.Categorical.from_codes(last.fillna(empty).astype(int).to_numpy(), pd.Index(words))
    said = a_few([word for word in words if word != ""], 6)
    return outcomes, (Decided("outcomes", said, why, "--outcome-column"),)


def _waiting(events: pd.DataFrame) -> tuple[np.ndarray, tuple[Decided, ...]]:
    """Tell in which rows nobody works, by the names of activities."""
    words = events["activity"].cat.categories
    waits = np.array([bool(WAITING.search(plain_letters(str(word)))) for word in words])
    rows = waits[events["activity"].cat.codes.to_numpy()]
    if not rows.any():
        return rows, ()
    names = a_few([word for word, is_wait in zip(words, waits, strict=True) if is_wait], 6)
    why = f"by their names nobody works in them; {int(rows.sum()):,} rows"
    return rows, (Decided("waiting", names, why),)


def _with_functions(
    path: Path, events: pd.DataFrame, columns: LogColumns, choices: LogChoices, told: LogMap
) -> tuple[pd.DataFrame, tuple[Decided, ...]]:
    """Put in which function did what, as told; never by a guess that nobody asked for.

    Raises
    ------
    StudyError
        If nothing says which function did what.
    """
    if told.functions:
        activities = [str(each) for each in events["activity"].unique()]
        found = functions_of(choices.map_file or path, told.functions, activities)
        said = Decided("functions from", "the mapping file", "told to", "--map")
        return events.assign(group=events["activity"].astype(str).map(found)), (said,)
    if choices.functions == RESOURCES:
        grouped = communities_of(events)
        if grouped is None:
            message = "the people whom the log names fall into no groups by the work they do"
            raise log_refusal(path, message, FUNCTIONS_REMEDY)
        functions, groups = grouped
        said = Decided("functions from", "people who do like work", "told to", "--functions")
        group = events["resource"].astype(str).map(functions).fillna("")
        return events.assign(group=group), (said, *groups)
    if columns.name(Part.GROUP) is None:
        message = "no column says which function did what"
        raise log_refusal(path, message, FUNCTIONS_REMEDY)
    return events, ()


def _finished(events: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a log in their order and kinds."""
    texts = {
        name: pd.Series(pa.array(events[name].astype(str)).to_pandas(), index=events.index)
        for name in ("case_id", "activity", "group", "resource", "outcome")
    }
    times = {name: events[name].dt.tz_localize("UTC") for name in ("start", "end", "queued")}
    return events.assign(**texts, **times)[list(LOG_COLUMNS)]
