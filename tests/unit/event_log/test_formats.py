"""One log in many files: whatever wrote it, the same events are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from made_logs import as_csv, as_lifecycle_xes, as_xes, as_xlsx, made_log, put

from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import LOG_COLUMNS, EventLog
from analysis.event_log.read_log import read_log_file

LOG = made_log()
GERMAN = LOG.rename(
    columns={
        "case_id": "Vorgangsnummer",
        "activity": "Tätigkeit",
        "department": "Abteilung",
        "employee": "Bearbeiter",
        "start_time": "Beginn",
        "end_time": "Ende",
    }
).assign(Betrag="1.234,50")
APART = LOG.assign(
    start_date=LOG["start_time"].dt.strftime("%d/%m/%Y"),
    start_clock=LOG["start_time"].dt.strftime("%H:%M"),
    end_date=LOG["end_time"].dt.strftime("%d/%m/%Y"),
    end_clock=LOG["end_time"].dt.strftime("%H:%M"),
).drop(columns=["start_time", "end_time"])


def events_of(path: Path, choices: LogChoices | None = None) -> EventLog:
    log = read_log_file(path, choices or LogChoices())
    assert isinstance(log, EventLog)
    assert tuple(log.events.columns) == LOG_COLUMNS
    return log


def check(log: EventLog, *, starts: bool = True, shift_hours: float = 0) -> None:
    """See that a log holds what `made_log` made."""
    events, made = log.events, LOG.reset_index(drop=True)
    assert events["case_id"].tolist() == made["case_id"].tolist()
    assert events["activity"].tolist() == made["activity"].tolist()
    assert events["group"].tolist() == made["department"].tolist()
    shift = pd.Timedelta(hours=shift_hours)
    for name, column in (("start", "start_time"), ("end", "end_time")):
        if name == "end" or starts:
            expected = (made[column] - shift).dt.tz_localize("UTC").astype("datetime64[ns, UTC]")
            pd.testing.assert_series_equal(events[name], expected, check_names=False)
    if not starts:
        assert events["start"].isna().all()


FILES: dict[str, tuple[str, Callable[[], str | bytes], str]] = {
    "comma": ("log.csv", lambda: as_csv(LOG), "utf-8"),
    "semicolon, german, decimal comma": (
        "log.csv", lambda: as_csv(GERMAN, ";", "%d.%m.%Y %H:%M:%S", "\r\n"), "cp1252",
    ),
    "tab, byte order mark": ("log.txt", lambda: as_csv(LOG, "\t"), "utf-8-sig"),
    "pipe": ("log.csv", lambda: as_csv(LOG, "|"), "utf-8"),
    "utf-16, as Excel saves text": ("log.txt", lambda: as_csv(GERMAN, "\t"), "utf-16"),
    "utf-16 without a mark": ("log.txt", lambda: as_csv(LOG, "\t"), "utf-16-le"),
    "packed": ("log.csv.gz", lambda: as_csv(LOG), "utf-8"),
    "separator said in the first line": ("log.csv", lambda: "sep=;\n" + as_csv(LOG, ";"), "utf-8"),
    "a title above": ("log.csv", lambda: "Export of 2024\n\n" + as_csv(LOG), "utf-8"),
    "empty lines below": ("log.csv", lambda: as_csv(LOG) + "\n\n,,,,,\n", "utf-8"),
    "a column too many, without a name": (
        "log.csv", lambda: as_csv(LOG).replace("\n", ",\n"), "utf-8",
    ),
    "texts with separators and line ends": (
        "log.csv", lambda: as_csv(LOG.assign(note='said "no, thanks";\nthen left')), "utf-8",
    ),
    "days before months": ("log.csv", lambda: as_csv(LOG, times="%d/%m/%Y %H:%M"), "utf-8"),
    "months before days": ("log.csv", lambda: as_csv(LOG, times="%m/%d/%Y %I:%M %p"), "utf-8"),
    "months in words": ("log.csv", lambda: as_csv(LOG, times="%d-%b-%Y %H:%M:%S"), "utf-8"),
    "digits alone": ("log.csv", lambda: as_csv(LOG, times="%Y%m%d%H%M%S"), "utf-8"),
    "seconds since 1970": ("log.csv", lambda: as_csv(LOG, times="%s"), "utf-8"),
    "date and time of day apart": ("log.csv", lambda: as_csv(APART), "utf-8"),
    "workbook": ("log.xlsx", lambda: as_xlsx(LOG), ""),
    "workbook with a title": ("log.xlsx", lambda: as_xlsx(LOG, above=3), ""),
    "workbook by another name": ("log.bin", lambda: as_xlsx(LOG), ""),
    "rows in another order": (
        "log.csv", lambda: as_csv(LOG.sort_values(["activity", "end_time"])), "utf-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_the_same_events_whatever_wrote_them(tmp_path: Path, kind: str) -> None:
    name, content, encoding = FILES[kind]
    check(events_of(put(tmp_path, name, content(), encoding)))


def test_a_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    LOG.assign(activity=LOG["activity"].astype("category"), parts=[[1]] * len(LOG)).to_parquet(path)
    check(events_of(path))


def test_dates_and_numbers_of_parquet_files_keep_their_meaning(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    zoned = LOG["end_time"].dt.tz_localize("Europe/Berlin")
    frame = LOG.assign(case_id=LOG["case_id"].str[2:].astype(float), end_time=zoned)
    frame.drop(columns="start_time").to_parquet(path)
    log = events_of(path)
    assert log.events["case_id"].iloc[0] == "0"
    assert log.events["end"].iloc[0] == pd.Timestamp("2024-01-15 08:05", tz="UTC")


@pytest.mark.parametrize(
    "head",
    [
        '<log xes.version="1.0" xes.features="nested-attributes" openxes.version="1.0RC7">',
        '<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">',
        '<log xes.version="2.0" xmlns="http://www.xes-standard.org/">'
        '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>'
        '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>'
        '<classifier name="Activity" keys="concept:name"/><float key="mean" value="4.1">'
        '<float key="below" value="1"/></float>',
        "<log>",
    ],
)
@pytest.mark.parametrize("ending", ["xes", "xes.gz"])
def test_xes_of_every_version(tmp_path: Path, head: str, ending: str) -> None:
    log = events_of(put(tmp_path, f"log.{ending}", as_xes(LOG, head)))
    check(log, starts=False, shift_hours=1)
    assert log.zone == "+01:00"


def test_xes_whose_elements_have_a_prefix(tmp_path: Path) -> None:
    text = as_xes(LOG, '<log xmlns:x="http://www.xes-standard.org/">')
    for tag in ("log", "trace", "event", "string", "date"):
        text = text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        text = text.replace(f"</{tag}>", f"</x:{tag}>")
    check(events_of(put(tmp_path, "log.xes", text)), starts=False, shift_hours=1)


def test_steps_of_a_piece_of_work_become_one_row(tmp_path: Path) -> None:
    log = events_of(put(tmp_path, "log.xes", as_lifecycle_xes(LOG)))
    check(log)
    waited = log.events["start"] - log.events["queued"]
    assert (waited == pd.Timedelta(minutes=30)).all()


def test_summer_time_is_told_by_two_distances(tmp_path: Path) -> None:
    log = made_log(n_cases=400)
    local = log["end_time"].dt.tz_localize("UTC").dt.tz_convert("Europe/Amsterdam")
    texts = local.map(lambda moment: moment.isoformat())
    frame = log.assign(end_time=texts).drop(columns="start_time")
    read = events_of(put(tmp_path, "log.csv", as_csv(frame)))
    assert read.zone == "Europe/Paris"
    assert read.events["end"].tolist() == log["end_time"].dt.tz_localize("UTC").tolist()


def test_a_zone_that_is_told_moves_clocks_on_the_wall(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", as_csv(LOG))
    log = events_of(path, LogChoices(zone="America/New_York"))
    check(log, shift_hours=-5)
    assert log.zone == "America/New_York"


def test_equal_starts_and_ends_are_one_time(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", as_csv(LOG.assign(start_time=LOG["end_time"])))
    check(events_of(path), starts=False)


def test_a_start_without_an_end_is_a_moment(tmp_path: Path) -> None:
    frame = LOG.assign(end_time=LOG["end_time"].mask(LOG.index % 50 == 7))
    events = events_of(put(tmp_path, "log.csv", as_csv(frame))).events
    open_rows = events[events["start"].isna()]
    assert len(open_rows) == len(LOG[LOG.index % 50 == 7])
    assert open_rows["end"].tolist() == [
        moment.tz_localize("UTC") for moment in LOG["start_time"][LOG.index % 50 == 7]
    ]


def test_columns_that_are_named_are_taken(tmp_path: Path) -> None:
    frame = LOG.set_axis(list("abcdef"), axis=1)
    path = put(tmp_path, "log.csv", as_csv(frame))
    choices = LogChoices(
        case="a", activity="b", group="c", resource="d", starts=("e",), times=("f",)
    )
    log = events_of(path, choices)
    check(log)
    assert {"told to"} <= {each.why for each in log.decided}


def test_without_names_that_say_anything_content_tells_cases_and_activities(
    tmp_path: Path,
) -> None:
    names = ["a", "b", "employee", "x", "y"]
    people = [f"{name}{row % 8 // 4}" for row, name in enumerate(LOG["employee"])]
    frame = LOG.assign(employee=people).drop(columns="department").set_axis(names, axis=1)
    path = put(tmp_path, "log.csv", as_csv(frame))
    said = events_of(path, LogChoices(functions="resources")).decided
    told = {each.what: (each.as_, each.why.partition(";")[0]) for each in said}
    assert told["case"] == ("a", "by its content")
    assert told["activity"] == ("b", "by its content")
    assert (told["start"][0], told["time"][0]) == ("x", "y")


def test_what_was_decided_is_told_with_the_option_that_says_otherwise(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", as_csv(LOG, ";", "%d.%m.%Y %H:%M"))
    decided = {each.what: each for each in events_of(path).decided}
    assert decided["separator"].as_ == "semicolon"
    assert decided["dates"].as_ == "day before month"
    assert decided["dates"].option == "--day-first, --month-first"
    assert decided["function"].option == "--group-column"
    assert "'15.01.2024 09:05' read as 15 January 2024 09:05:00" in decided["form of times"].why
    assert "40 cases" in decided["read"].as_


def test_waits_are_told_by_the_names_of_steps(tmp_path: Path) -> None:
    frame = LOG.replace({"Check credit": "Queued/Awaiting Assignment"})
    events = events_of(put(tmp_path, "log.csv", as_csv(frame))).events
    assert set(events["activity"][events["waits"]]) == {"Queued/Awaiting Assignment"}


def test_an_outcome_is_the_last_that_a_case_has(tmp_path: Path) -> None:
    outcomes = ["", "", "open", "delivered"] * 40
    log = events_of(put(tmp_path, "log.csv", as_csv(LOG.assign(outcome=outcomes))))
    assert set(log.events["outcome"]) == {"delivered"}


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", as_csv(LOG))
    first = events_of(path).sha256
    put(tmp_path, "log.csv", as_csv(LOG) + "\n")
    assert len(first) == 64
    assert events_of(path).sha256 != first
