"""Small event logs made for tests, and files of them in any format."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pandas as pd
import xlsxwriter

STEPS = (
    ("Receive order", "Sales", "Ann", 5),
    ("Check credit", "Finance", "Bob", 20),
    ("Pack", "Warehouse", "Cem", 45),
    ("Send bill", "Finance", "Dee", 10),
)
"""Activity, function, person and minutes of work, in the order of a case."""


def made_log(n_cases: int = 40, first: str = "2024-01-15 09:00") -> pd.DataFrame:
    """Return a log of cases of four steps, one case begun every seven hours."""
    rows = []
    for case in range(n_cases):
        moment = pd.Timestamp(first) + pd.Timedelta(hours=7 * case)
        for activity, function, person, minutes in STEPS:
            end = moment + pd.Timedelta(minutes=minutes)
            rows.append((f"C-{case:03d}", activity, function, person, moment, end))
            moment = end + pd.Timedelta(minutes=90)
    names = ["case_id", "activity", "department", "employee", "start_time", "end_time"]
    return pd.DataFrame(rows, columns=names)


def as_csv(
    log: pd.DataFrame,
    separator: str = ",",
    times: str = "%Y-%m-%d %H:%M:%S",
    line_end: str = "\n",
) -> str:
    """Return a log as CSV, its times in a form."""
    text: str = log.to_csv(index=False, sep=separator, date_format=times, lineterminator=line_end)
    return text


def as_xlsx(log: pd.DataFrame, above: int = 0, sheet: str = "Log") -> bytes:
    """Return a log as a workbook, with some rows of a title above the names."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page, dated = book.add_worksheet(sheet), book.add_format({"num_format": "d.m.yyyy hh:mm:ss"})
    for row in range(above):
        page.write(row, 0, f"Report, line {row + 1}")
    for place, name in enumerate(log):
        page.write(above, place, name)
        for row, cell in enumerate(log[name].tolist(), above + 1):
            if isinstance(cell, pd.Timestamp):
                page.write_datetime(row, place, cell.to_pydatetime(), dated)
            elif not pd.isna(cell):
                page.write(row, place, cell)
    book.close()
    return content.getvalue()


def as_xes(log: pd.DataFrame, head: str = '<log xes.version="1.0">', zone: str = "+01:00") -> str:
    """Return a log as XES, one event a row, at the end of the work."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', head]
    for case, events in log.groupby("case_id", sort=False):
        parts.append(f'<trace><string key="concept:name" value={quoteattr(str(case))}/>')
        for row in events.itertuples():
            parts.append(
                f'<event><string key="concept:name" value={quoteattr(row.activity)}/>'
                f'<string key="org:group" value={quoteattr(row.department)}/>'
                f'<string key="org:resource" value={quoteattr(row.employee)}/>'
                f'<date key="time:timestamp" value="{row.end_time:%Y-%m-%dT%H:%M:%S.000}{zone}"/>'
                "</event>"
            )
        parts.append("</trace>")
    return "\n".join([*parts, "</log>"])


def as_lifecycle_xes(log: pd.DataFrame) -> str:
    """Return a log as XES with three steps a piece of work: schedule, start and complete."""
    parts = ['<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">']
    for case, events in log.groupby("case_id", sort=False):
        parts.append(f'<trace><string key="concept:name" value={quoteattr(str(case))}/>')
        for row in events.itertuples():
            waited = row.start_time - pd.Timedelta(minutes=30)
            for step, moment in (
                ("schedule", waited),
                ("start", row.start_time),
                ("complete", row.end_time),
            ):
                parts.append(
                    f'<event><string key="concept:name" value={quoteattr(row.activity)}/>'
                    f'<string key="org:group" value={quoteattr(row.department)}/>'
                    f'<string key="lifecycle:transition" value="{step}"/>'
                    f'<date key="time:timestamp" value="{moment:%Y-%m-%dT%H:%M:%SZ}"/></event>'
                )
        parts.append("</trace>")
    return "\n".join([*parts, "</log>"])


def put(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file, packed if its name says so, and return its path."""
    raw = content if isinstance(content, bytes) else content.encode(encoding)
    path = folder / name
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def made_contacts(n: int = 200) -> pd.DataFrame:
    """Return a table of contacts, of whom every fifth gives up."""
    arrival = pd.date_range("2024-03-04 08:00", periods=n, freq="3min")
    lost = [place % 5 == 0 for place in range(n)]
    return pd.DataFrame(
        {
            "call_id": range(1, n + 1),
            "arrival_time": arrival,
            "wait_seconds": [10 + 7 * (place % 13) for place in range(n)],
            "outcome": ["HANG" if each else "AGENT" for each in lost],
            "talk_time": ["" if each else "120" for each in lost],
            "skill": ["loans" if place % 2 else "cards" for place in range(n)],
        }
    )
