"""Tables of one row a contact."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from made_logs import as_csv, made_contacts, put

from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import CONTACT_COLUMNS, ContactLog
from analysis.event_log.read_log import events_without_functions, read_log_file
from sim.study.errors import StudyError

CONTACTS = made_contacts()
ODD = CONTACTS.set_axis(list("abcdef"), axis=1)


def contacts_of(path: Path, choices: LogChoices) -> pd.DataFrame:
    log = read_log_file(path, choices)
    assert isinstance(log, ContactLog)
    assert tuple(log.contacts.columns) == CONTACT_COLUMNS
    return log.contacts


def check(contacts: pd.DataFrame) -> None:
    assert contacts["wait_seconds"].tolist() == CONTACTS["wait_seconds"].tolist()
    assert contacts["abandoned"].tolist() == (CONTACTS["outcome"] == "HANG").tolist()
    assert contacts["service_seconds"].isna().tolist() == contacts["abandoned"].tolist()
    assert set(contacts["service_seconds"].dropna()) == {120.0}
    assert contacts["arrival"].iloc[1] == pd.Timestamp("2024-03-04 08:03", tz="UTC")


def test_a_table_of_contacts_is_known_by_its_waits(tmp_path: Path) -> None:
    contacts = contacts_of(put(tmp_path, "calls.csv", as_csv(CONTACTS)), LogChoices())
    check(contacts)
    assert set(contacts["group"]) == {"loans", "cards"}


def test_by_options_and_by_a_mapping_file(tmp_path: Path) -> None:
    path = put(tmp_path, "calls.csv", as_csv(ODD))
    check(contacts_of(path, LogChoices(wait="c", abandoned="d", service="e")))
    told = {
        "columns": {"wait": "c", "abandoned": "d", "service": "e"},
        "outcomes": {"HANG": "abandoned", "AGENT": "answered"},
    }
    file = put(tmp_path, "map.yaml", yaml.safe_dump(told))
    check(contacts_of(path, LogChoices(map_file=file)))


def test_own_words_of_outcomes_are_told_in_a_mapping_file(tmp_path: Path) -> None:
    own = CONTACTS.replace({"HANG": "Code 7", "AGENT": "Code 2"})
    own.loc[3, "outcome"] = "Code 9"
    path = put(tmp_path, "calls.csv", as_csv(own))
    told = {"outcomes": {"Code 7": "abandoned", "Code 2": "answered", "Code 9": "left out"}}
    file = put(tmp_path, "map.yaml", yaml.safe_dump(told))
    contacts = contacts_of(path, LogChoices(map_file=file))
    assert len(contacts) == len(CONTACTS) - 1
    assert contacts["abandoned"].sum() == 40


@pytest.mark.parametrize("words", [("1", "0"), ("true", "false"), ("Ja", "Nein"), ("sí", "no")])
def test_words_for_yes_and_no(tmp_path: Path, words: tuple[str, str]) -> None:
    own = dict(zip(("HANG", "AGENT"), words, strict=True))
    frame = CONTACTS.assign(outcome=CONTACTS["outcome"].map(own))
    path = put(tmp_path, "calls.csv", as_csv(frame.rename(columns={"outcome": "abandoned"})))
    check(contacts_of(path, LogChoices()))


def test_waits_as_clocks_show_them(tmp_path: Path) -> None:
    clock = CONTACTS["wait_seconds"].map(
        lambda seconds: f"0:{seconds // 60:02d}:{seconds % 60:02d}"
    )
    path = put(tmp_path, "calls.csv", as_csv(CONTACTS.assign(wait_seconds=clock)))
    check(contacts_of(path, LogChoices(wait="wait_seconds", abandoned="outcome")))


def test_who_gives_up_before_waiting_tells_nothing_of_patience(tmp_path: Path) -> None:
    frame = CONTACTS.assign(wait_seconds=CONTACTS["wait_seconds"].mask(CONTACTS.index == 0, 0))
    contacts = contacts_of(put(tmp_path, "calls.csv", as_csv(frame)), LogChoices())
    assert len(contacts) == len(CONTACTS) - 1


def test_a_table_of_contacts_has_no_activities_to_map(tmp_path: Path) -> None:
    path = put(tmp_path, "calls.csv", as_csv(CONTACTS))
    with pytest.raises(StudyError, match="has no activity"):
        events_without_functions(path, LogChoices())
