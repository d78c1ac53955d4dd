"""Which function did what: from a column, from a mapping file, or from people who do like work."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from made_logs import STEPS, as_csv, made_log, put

from analysis.event_log.communities import communities_of
from analysis.event_log.function_maps import map_template, read_map
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import EventLog
from analysis.event_log.read_log import events_without_functions, read_log_file
from sim.study.errors import StudyError

LOG = made_log()
BARE = LOG.drop(columns="department")
MAP = {activity: function for activity, function, _, _ in STEPS}

TABLE = "activity,function\n" + "".join(f"{a},{f}\n" for a, f in MAP.items())


def mapped(folder: Path, name: str, text: str, log: pd.DataFrame = BARE) -> EventLog:
    path = put(folder, "log.csv", as_csv(log))
    read = read_log_file(path, LogChoices(map_file=put(folder, name, text)))
    assert isinstance(read, EventLog)
    return read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.csv", TABLE),
        ("map.csv", "Schritt;Bereich\r\n" + "".join(f"{a};{f}\r\n" for a, f in MAP.items())),
        ("map.yaml", yaml.safe_dump(MAP)),
        ("map.yml", yaml.safe_dump({"functions": MAP})),
    ],
)
def test_a_mapping_file_says_which_function_does_what(tmp_path: Path, name: str, text: str) -> None:
    log = mapped(tmp_path, name, text)
    assert log.events["group"].tolist() == LOG["department"].tolist()
    assert ("functions from", "the mapping file") in {(e.what, e.as_) for e in log.decided}


def test_a_mapping_file_goes_before_a_column(tmp_path: Path) -> None:
    text = yaml.safe_dump({**MAP, "Pack": "Logistics"})
    assert "Logistics" in set(mapped(tmp_path, "map.yaml", text, LOG).events["group"])


def test_what_no_one_does_has_no_function(tmp_path: Path) -> None:
    log = mapped(tmp_path, "map.csv", TABLE.replace("Sales", "-"))
    assert log.events.loc[log.events["activity"] == "Receive order", "group"].eq("").all()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("map.csv", "activity,function\nReceive order,Sales\nPack,\n", "3 activities have no"),
        ("map.csv", "activity,function\nPack,A\nPack,B\n", "stands there twice"),
        ("map.yaml", "Pakc: Warehouse", "4 activities have no function: .* did you mean 'Pakc'"),
        ("map.yaml", "[1, 2]", "no list of"),
        ("map.yaml", "functions: [1, 2]", "no list of"),
        ("map.yaml", "a: b: c", "map.yaml"),
        ("map.yaml", "columns: {colour: x}", "no column for 'colour'"),
        ("map.xes", "<log/>", "a mapping file is CSV, Excel or YAML"),
    ],
)
def test_a_mapping_file_that_says_too_little_is_refused(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(StudyError, match=f"(?i){said}"):
        mapped(tmp_path, name, text)


def test_a_mapping_file_may_name_columns_as_well(tmp_path: Path) -> None:
    told = {"functions": MAP, "columns": {"case": "x", "time": "y"}}
    log = mapped(
        tmp_path,
        "map.yaml",
        yaml.safe_dump(told),
        BARE.rename(columns={"case_id": "x", "end_time": "y"}),
    )
    assert log.events["case_id"].nunique() == 40


@pytest.mark.parametrize("name", ["map.csv", "map.yaml"])
def test_a_template_is_filled_in_and_read_back(tmp_path: Path, name: str) -> None:
    """Names that a spreadsheet would calculate come back as they were."""
    odd = BARE.replace({"Pack": "=1+1", "Check credit": "yes: no, #1"})
    log = put(tmp_path, "log.csv", as_csv(odd))
    template = tmp_path / name
    template.write_text(
        map_template(template, events_without_functions(log, LogChoices())), "utf-8"
    )
    with pytest.raises(StudyError, match="4 activities have no function"):
        read_log_file(log, LogChoices(map_file=template))
    text = template.read_text("utf-8")
    assert ("'=1+1" in text) == name.endswith("csv")
    for place, activity in enumerate(odd["activity"].unique()[::-1]):
        function = "ABBA"[place]
        if name.endswith("csv"):
            frame = pd.read_csv(template, dtype=str).fillna("")
            row = frame["activity"].str.removeprefix("'") == activity
            frame.loc[row, "function"] = function
            frame.to_csv(template, index=False)
        else:
            told = yaml.safe_load(template.read_text("utf-8"))
            told["functions"][activity] = function
            template.write_text(yaml.safe_dump(told), "utf-8")
    read = read_log_file(log, LogChoices(map_file=template))
    assert isinstance(read, EventLog)
    assert read.events["group"].tolist() == ["A", "B", "B", "A"] * 40
    assert set(read.events["activity"]) == set(odd["activity"])


def test_the_template_says_how_often_and_by_whom(tmp_path: Path) -> None:
    log = put(tmp_path, "log.csv", as_csv(BARE))
    text = map_template(Path("m.csv"), events_without_functions(log, LogChoices()))
    assert "Pack,,40,Cem" in text.splitlines()


def crowd(n_people: int = 12, alike: float = 0.9, seed: int = 3) -> pd.DataFrame:
    """Return the work of people of three kinds, each of which has two activities of its own."""
    luck = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        for _ in range(60):
            kind = person % 3 if luck.random() < alike else int(luck.integers(3))
            rows.append((f"a{2 * kind + int(luck.integers(2))}", f"p{person:02d}"))
    return pd.DataFrame(rows, columns=["activity", "resource"])


def test_people_who_do_like_work_are_found() -> None:
    found = communities_of(crowd())
    assert found is not None
    groups, said = found
    assert len(set(groups.values())) == 3
    assert all(groups[f"p{n:02d}"] == groups[f"p{n % 3:02d}"] for n in range(12))
    assert len(said) == 3
    assert all(each.why.startswith("4 people who do like work") for each in said)


def test_where_all_do_everything_there_are_no_groups() -> None:
    assert communities_of(crowd(alike=0.0)) is None
    assert communities_of(crowd(n_people=2)) is None


def test_groups_of_people_are_taken_only_when_asked_for(tmp_path: Path) -> None:
    people = [f"{name}{row % 8 // 4}" for row, name in enumerate(BARE["employee"])]
    path = put(tmp_path, "log.csv", as_csv(BARE.assign(employee=people)))
    with pytest.raises(StudyError, match="no column says which function"):
        read_log_file(path, LogChoices())
    log = read_log_file(path, LogChoices(functions="resources"))
    assert isinstance(log, EventLog)
    assert log.events["group"].nunique() >= 2
    assert {"people who do like work"} <= {each.as_ for each in log.decided}


def test_a_mapping_file_is_read_without_trust(tmp_path: Path) -> None:
    with pytest.raises(StudyError):
        read_map(put(tmp_path, "map.yaml", "a: !!python/object/apply:os.system [ls]"))
    assert "os.system" not in sys.modules
