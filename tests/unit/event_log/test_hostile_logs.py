"""Clumsy and hostile files: each is read rightly, or refused in words, and nothing breaks."""

from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_logs import as_csv, as_xes, as_xlsx, made_contacts, made_log, put

from analysis.event_log import csv_log, log_source, xes_log
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import EventLog
from analysis.event_log.read_log import read_log_file
from sim.study.errors import StudyError

ROOT = Path(__file__).resolve().parents[3]
LOG = made_log()
CSV = as_csv(LOG)
XES = as_xes(LOG)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "&{chr(97 + n)};&{chr(97 + n)};">' for n in range(20))
    + "]><log><trace><string key='concept:name' value='&u;'/></trace></log>"
)
OUTSIDE = XES.replace("?>", '?><!DOCTYPE log SYSTEM "file:///etc/passwd">', 1)


def lines(*changed: tuple[int, str]) -> str:
    """Return the CSV with some lines exchanged, the names being line 0."""
    rows = CSV.splitlines()
    for place, line in changed:
        rows[place] = line
    return "\n".join(rows) + "\n"


def swapped_workbook(name: str, content: bytes) -> bytes:
    """Return a workbook one part of which is something else."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(LOG))) as packed, zipfile.ZipFile(whole, "w") as made:
        for part in packed.namelist():
            made.writestr(part, content if part == name else packed.read(part))
        if name not in packed.namelist():
            made.writestr(name, content)
    return whole.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.to_parquet(content)
    return content.getvalue()


REFUSED: dict[str, tuple[str, Callable[[], str | bytes], str]] = {
    # No log at all.
    "empty": ("log.csv", lambda: "", "the file is empty"),
    "blank": ("log.csv", lambda: " \n\n\t\n", "the file holds nothing"),
    "packed nothing": ("log.csv.gz", lambda: "", "the file holds nothing"),
    "cut short while packed": (
        "log.bin", lambda: gzip.compress(CSV.encode())[:-20], "damaged or cut short",
    ),
    "an old workbook": ("log.xls", lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "an old workbook"),
    "a PDF": ("log.csv", lambda: b"%PDF-1.7 and so on", "a PDF"),
    "a picture": (
        "log.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "bytes that no text has",
    ),
    "a packed folder": (
        "log.zip", lambda: swapped_workbook("x", b"").replace(b"xl/workbook", b"xl/warkbook"),
        "a packed folder",
    ),
    "a web page": ("log.xes", lambda: "<html><body>Sign in</body></html>", "no event log"),
    "prose": ("log.txt", lambda: "Dear all,\nhere is the log.\nBest\n", "no sign splits the rows"),
    # Names.
    "no row below the names": ("log.csv", lambda: CSV.splitlines()[0] + "\n", "no row below"),
    "no names": ("log.csv", lambda: CSV.partition("\n")[2], "holds data"),
    "two columns of one name": (
        "log.csv", lambda: CSV.replace("employee", "activity", 1), "two columns are called",
    ),
    "no column of times": (
        "log.csv", lambda: as_csv(LOG.drop(columns=["start_time", "end_time"])), "the time",
    ),
    "no function": (
        "log.csv", lambda: as_csv(LOG.drop(columns="department")), "--functions resources",
    ),
    # Rows.
    "rows of unequal length": (
        "log.csv", lambda: lines((7, "C-001,Pack, unwrap,Warehouse")),
        "row 8 has 4: ",
    ),
    "a quotation mark left open": (
        "log.csv", lambda: lines((2, 'C-000,"Check,Finance,Bob,2024-01-15,2024-01-15')),
        "quotation mark",
    ),
    "rows without a case": (
        "log.csv", lambda: as_csv(LOG.assign(case_id=LOG["case_id"].mask(LOG.index % 3 == 0))),
        "rows have no case",
    ),
    # Times.
    "times that are none": (
        "log.csv", lambda: lines((5, "C-001,Pack,Warehouse,Cem,yesterday,2024-01-15 16:05:00")),
        "'yesterday' in row 6",
    ),
    "a day that no month has": (
        "log.csv",
        lambda: lines((5, "C-001,Pack,Warehouse,Cem,2024-02-30 10:00:00,2024-03-01 10:00:00")),
        "'2024-02-30 10:00:00' in row 6",
    ),
    "days and months that cannot be told apart": (
        "log.csv",
        lambda: as_csv(made_log(first="2024-01-02")[:140], times="%m/%d/%Y %H:%M"),
        "no date tells whether",
    ),
    "ends before starts": (
        "log.csv", lambda: CSV.replace("start_time,end_time", "end_time,start_time"),
        "end before they start",
    ),
    "some with a zone and some without": (
        "log.csv", lambda: CSV.replace(":00\n", ":00Z\n", 30), "have no zone",
    ),
    # Cases.
    "too few cases": ("log.csv", lambda: as_csv(made_log(n_cases=12)), "the log has 12 cases"),
    "one function only": (
        "log.csv", lambda: as_csv(LOG.assign(department="Sales")), "one function only ('Sales')",
    ),
    "a single event a case": (
        "log.csv", lambda: as_csv(LOG.assign(case_id=range(len(LOG)))), "a single event",
    ),
    "no end to the cases": (
        "log.csv", lambda: as_csv(endless()), "are seen to end",
    ),
    # XML.
    "entities that unfold": ("log.xes", lambda: BOMB, "declares entities"),
    "entities in a workbook": (
        "log.xlsx", lambda: swapped_workbook("xl/sharedStrings.xml", BOMB.encode()), "entities",
    ),
    "a file of this machine named in the XML": ("log.xes", lambda: OUTSIDE, "declares entities"),
    "XML cut short": ("log.xes", lambda: XES[:-500], "cut short"),
    "XML without events": (
        "log.xes", lambda: "<log><trace><string key='a' value='b'/></trace></log>", "no event",
    ),
    "elements inside one another without end": (
        "log.xes", lambda: "<log>" + "<trace>" * 5000, "inside one another",
    ),
    "an attribute as long as a book": (
        "log.xes", lambda: XES.replace("Pack", "x" * 40_000, 1), "more than 32,767 characters",
    ),
    # Packed to harm.
    "a workbook that holds macros": (
        "log.xlsx", lambda: swapped_workbook("xl/vbaProject.bin", b"x"), "macros",
    ),
    "a workbook without a table": (
        "log.xlsx", lambda: as_xlsx(LOG[["case_id"]]), "no sheet with a table",
    ),
    "a Parquet file cut short": (
        "log.parquet", lambda: parquet(LOG)[:-300], "not a Parquet file, or it is damaged",
    ),
    "a Parquet file without rows": ("log.parquet", lambda: parquet(LOG[:0]), "no row"),
    # Names too long to be names.
    "an activity as long as a letter": (
        "log.csv",
        lambda: lines((4, f"C-000,{'x' * 300},Sales,Dee,2024-01-15 16:05:00,2024-01-15 16:15:00")),
        "a name of more than 200 characters",
    ),
    "a field as long as a book": (
        "log.csv", lambda: lines((4, f"C-000,{'x' * 40_000},Finance,Dee,2024-01-15,2024-01-15")),
        "more than 32,767 characters",
    ),
}  # fmt: skip


def endless() -> pd.DataFrame:
    """Return a log in which all cases go on until it ends."""
    log = made_log(n_cases=40, first="2024-01-15")
    rows = log.groupby("case_id").cumcount()
    last = log["end_time"].max()
    return log.assign(end_time=log["end_time"].mask(rows == 3, last))


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_used_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    name, content, said = REFUSED[kind]
    made = content()
    path = put(tmp_path, name, made)
    with pytest.raises(StudyError) as refused:
        read_log_file(path, LogChoices())
    text = str(refused.value)
    assert said in text
    assert name in text
    assert len(text) < 1500
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_formulas_paths_and_markup_are_names_like_others(tmp_path: Path) -> None:
    odd = {
        "Receive order": "=cmd|' /C calc'!A0",
        "Check credit": "../../etc/passwd",
        "Pack": "<script>alert(1)</script>",
        "Send bill": "@SUM(1+1)",
    }
    frame = LOG.replace(odd)
    for name, content in (("log.csv", as_csv(frame)), ("log.xes", as_xes(frame))):
        log = read_log_file(put(tmp_path, name, content), LogChoices())
        assert isinstance(log, EventLog)
        assert set(log.events["activity"]) == set(odd.values())


def test_signs_that_move_a_cursor_do_not_get_in(tmp_path: Path) -> None:
    frame = LOG.replace({"Pack": "Pa\x1b[2Jck\u2028it"})
    log = read_log_file(put(tmp_path, "log.csv", as_csv(frame)), LogChoices())
    assert isinstance(log, EventLog)
    assert "Pa [2Jck it" in set(log.events["activity"])


def test_a_few_rows_that_say_too_little_are_left_out_and_counted(tmp_path: Path) -> None:
    frame = LOG.assign(activity=LOG["activity"].mask(LOG.index == 5, "n/a"))
    log = read_log_file(put(tmp_path, "log.csv", as_csv(frame)), LogChoices())
    assert isinstance(log, EventLog)
    assert len(log.events) == len(LOG) - 1
    assert ("1 rows", "without an activity") in {(each.as_, each.why) for each in log.decided}


def test_an_event_of_xes_without_a_time_is_left_out(tmp_path: Path) -> None:
    text = XES.replace('key="time:timestamp"', 'key="time:other"', 1)
    log = read_log_file(put(tmp_path, "log.xes", text), LogChoices())
    assert isinstance(log, EventLog)
    assert len(log.events) == len(LOG) - 1


def test_rows_are_counted_as_the_workbook_counts_them(tmp_path: Path) -> None:
    frame = LOG.astype({"end_time": object})
    frame.loc[4:6] = None
    frame.loc[8, "end_time"] = "soon"
    with pytest.raises(StudyError, match="'soon' in row 12"):
        read_log_file(put(tmp_path, "log.xlsx", as_xlsx(frame, above=2)), LogChoices())


def test_names_that_look_alike_and_rows_out_of_order_are_told(tmp_path: Path) -> None:
    frame = LOG.assign(department=LOG["department"].mask(LOG.index == 8, "SALES "))
    frame = pd.concat([frame[1:], frame[:1]])
    log = read_log_file(put(tmp_path, "log.csv", as_csv(frame)), LogChoices())
    told = {each.what: each for each in log.decided}
    assert told["alike functions"].as_ == "'Sales' and 'SALES'"
    assert told["order"].why.startswith("1 rows stood below a later one")


def test_never_is_no_time(tmp_path: Path) -> None:
    """Some systems write the end of time, or its beginning, where nothing has happened yet."""
    ends = LOG["end_time"].astype(str)
    ends[3], ends[7] = "9999-12-31 00:00:00", "1970-01-01 00:00:00"
    log = read_log_file(put(tmp_path, "log.csv", as_csv(LOG.assign(end_time=ends))), LogChoices())
    assert isinstance(log, EventLog)
    assert log.events["start"].isna().sum() == 2
    assert log.events["end"].max() < pd.Timestamp("2025-01-01", tz="UTC")


def test_day_and_month_are_taken_as_told_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", as_csv(LOG, times="%d/%m/%Y %H:%M"))
    with pytest.raises(StudyError, match=r"make sense only with the day first.*--month-first"):
        read_log_file(path, LogChoices(day_first=False))
    mixed = "\n".join(
        row.replace("/01/2024", "/2024").replace("15/2024", "01/15/2024") if place < 5 else row
        for place, row in enumerate(path.read_text(encoding="utf-8").splitlines())
    )
    with pytest.raises(StudyError, match="mixes two ways of writing dates"):
        read_log_file(put(tmp_path, "mixed.csv", mixed), LogChoices())


def test_dots_between_day_and_month_say_that_the_day_comes_first(tmp_path: Path) -> None:
    made = made_log(first="2024-01-02").query("end_time < '2024-01-13'")
    path = put(tmp_path, "log.csv", as_csv(made, times="%d.%m.%Y %H:%M"))
    log = read_log_file(path, LogChoices())
    assert isinstance(log, EventLog)
    assert log.events["end"].max() == made["end_time"].max().tz_localize("UTC")
    assert "where dots stand" in next(each.why for each in log.decided if each.what == "dates")


def test_bounds_hold_before_anything_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, "log.csv", CSV)
    monkeypatch.setattr(csv_log, "MOST_LOG_EVENTS", 100)
    with pytest.raises(StudyError, match=r"more than .* events"):
        read_log_file(path, LogChoices())
    monkeypatch.setattr(xes_log, "MOST_LOG_EVENTS", 100)
    with pytest.raises(StudyError, match=r"more than .* events"):
        read_log_file(put(tmp_path, "log.xes", XES), LogChoices())
    wide = LOG.assign(**{f"more {place}": "x" for place in range(500)})
    with pytest.raises(StudyError, match="506 columns"):
        read_log_file(put(tmp_path, "wide.csv", as_csv(wide[:20])), LogChoices())


def test_what_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_source, "MOST_LOG_BYTES", 1 << 20)
    for name, content in (
        ("log.csv.gz", CSV + "C,x,y,z,1,1\n" * 300_000),
        ("log.xes.gz", XES + " " * (1 << 21)),
    ):
        with pytest.raises(StudyError, match="larger than"):
            read_log_file(put(tmp_path, name, content), LogChoices())


def test_a_remark_without_end_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xes_log, "_LONGEST_TAG", 1 << 18)
    path = put(tmp_path, "log.xes", "<log><!--" + "x" * (1 << 20))
    with pytest.raises(StudyError, match="a field or remark is longer"):
        read_log_file(path, LogChoices())


def test_texts_that_a_file_holds_once_are_never_unfolded(tmp_path: Path) -> None:
    """Two thousand rows that say the same 30,000 letters are 60 MB to whoever writes them out."""
    frame = pd.concat([LOG] * 12, ignore_index=True).assign(note="x" * 30_000)
    table = pa.Table.from_pandas(frame)
    path = tmp_path / "log.parquet"
    pq.write_table(table, path)
    script = (
        "import sys, pathlib, pyarrow as pa\n"
        "from analysis.event_log.log_choices import LogChoices\n"
        "from analysis.event_log.read_log import read_log_file\n"
        "read_log_file(pathlib.Path(sys.argv[1]), LogChoices())\n"
        "print(pa.default_memory_pool().max_memory())"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter, our own modules
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert 0 < int(done.stdout) < 20 << 20


def test_columns_that_are_no_cells_are_left_out(tmp_path: Path) -> None:
    odd = {"bytes": [b"\xff"], "list": [[1]], "span": [pd.Timedelta(1, "s")], "nothing": [None]}
    path = tmp_path / "log.parquet"
    LOG.assign(**{name: values * len(LOG) for name, values in odd.items()}).to_parquet(path)
    left = next(e for e in read_log_file(path, LogChoices()).decided if e.what == "left out")
    assert left.as_ == "'bytes', 'list', 'span'"


@pytest.mark.skipif(os.name == "nt", reason="pipes and links of this kind are of Unix")
def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", CSV)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    door = tmp_path / "door.csv"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        for odd, said in (
            (link, "a link"),
            (pipe, "a device, pipe or socket"),
            (door, "a device, pipe or socket"),
            (Path("/dev/zero"), "a device, pipe or socket"),
            (tmp_path, "a folder"),
            (tmp_path / "absent.csv", "no such file"),
            (Path("nul\0.csv"), "cannot be found"),
        ):
            with pytest.raises(StudyError, match=said):
                read_log_file(odd, LogChoices())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wait_seconds": "long"}, "no number of seconds"),
        ({"wait_seconds": -3}, "no number of seconds"),
        ({"outcome": "AGENT"}, "nobody gave up"),
        ({"outcome": ["HANG", "wrong number"] * 100}, "'wrong number' means"),
    ],
)
def test_contacts_that_cannot_be_used_are_refused(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    path = put(tmp_path, "calls.csv", as_csv(made_contacts().assign(**changed)))
    with pytest.raises(StudyError, match=said):
        read_log_file(path, LogChoices(wait="wait_seconds", abandoned="outcome"))
