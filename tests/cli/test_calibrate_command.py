"""``calibrate`` as a user types it: what is shown first, what is refused, what is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made_logs import as_csv, made_log, put
from program import Answer, standing

from analysis.commands.arguments import parse
from analysis.commands.calibrate import execute, firm_name
from sim.study.errors import ResultFolderError, StudyError
from sim.study.tables import column_names

LOG = made_log()


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """Put a derivation that only notes what it is given in place of the real one."""
    calls: list[dict[str, Any]] = []

    def calibrate_log(log: Any, folder: Path, **about: Any) -> list[str]:
        calls.append({"log": log, **about})
        (folder / "study.yaml").write_text(f"study: {about['name']}\n")
        if about["name"] == "unfit":
            raise StudyError([])
        return ["The firm is derived."]

    monkeypatch.setattr("analysis.commands.calibrate.calibrate_log", calibrate_log)
    monkeypatch.chdir(tmp_path)
    return calls


def call(*words: str) -> int:
    return execute(parse(["calibrate", *words]))


def typed(*words: str, cwd: Path) -> Answer:
    return standing("calibrate", *words, at=cwd)


def test_how_a_log_is_read_is_shown_before_it_is_used(
    derived: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "our log.csv", as_csv(LOG, ";", "%d.%m.%Y %H:%M"))
    assert call("our log.csv") == 0
    out = capsys.readouterr().out
    for said in ("semicolon", "day before month", "--day-first", "40 cases", "department"):
        assert said in out.partition("The firm is derived.")[0]
    folder = tmp_path / out.splitlines()[-1].removeprefix("results: ")
    assert sorted(each.name for each in folder.iterdir()) == ["decided.csv", "study.yaml"]
    decided = pd.read_csv(folder / "decided.csv")
    assert list(decided.columns) == column_names("decided.csv")
    assert folder.name.startswith("our-log-calibrate-")
    assert (derived[0]["name"], derived[0]["hold_out"]) == ("our-log", True)


def test_what_one_has_edited_is_not_replaced_unasked(
    derived: list[dict[str, Any]], tmp_path: Path
) -> None:
    put(tmp_path, "log.csv", as_csv(LOG))
    assert call("log.csv", "--quiet") == 0
    (study,) = tmp_path.glob("results/*/study.yaml")
    study.write_text("edited")
    with pytest.raises(ResultFolderError, match="--fresh"):
        call("log.csv")
    assert study.read_text() == "edited"
    assert call("log.csv", "--fresh", "--no-hold-out") == 0
    assert study.read_text() == "study: log\n"
    assert [each["hold_out"] for each in derived] == [True, False]


def test_what_cannot_be_derived_leaves_nothing_behind(
    derived: list[dict[str, Any]], tmp_path: Path
) -> None:
    put(tmp_path, "log.csv", as_csv(LOG))
    with pytest.raises(StudyError):
        call("log.csv", "--name", "unfit")
    assert len(derived) == 1
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.name != "log.csv"]


def test_one_object_of_json(
    derived: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "log.csv", as_csv(LOG))
    call("log.csv", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["said"] == ["The firm is derived."]
    assert {"what", "taken_as", "why", "option"} == set(told["decided"][0])
    assert derived


def test_from_a_log_without_functions_to_one_with_a_mapping_file(tmp_path: Path) -> None:
    """As a user goes: refused with the remedy, a list is written, filled in, and given."""
    put(tmp_path, "log.csv", as_csv(LOG.drop(columns="department")))
    refused = typed("log.csv", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "--write-map FILE" in refused.stderr
    assert "Traceback" not in refused.stderr
    written = typed("log.csv", "--write-map", "map.csv", cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    assert written.stdout == "map: map.csv\n"
    again = typed("log.csv", "--write-map", "map.csv", cwd=tmp_path)
    assert again.returncode == 2
    assert "was left as it is" in again.stderr
    unfilled = typed("log.csv", "--map", "map.csv", cwd=tmp_path)
    assert "4 activities have no function" in unfilled.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["log.csv", "map.csv"]


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[..., str]:
    def of(*words: str) -> str:
        put(tmp_path, "log.csv", as_csv(LOG))
        done = typed(*words, cwd=tmp_path)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert [each.name for each in tmp_path.iterdir()] == ["log.csv"]
        return done.stderr

    return of


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.csv"], "absent.csv: there is no such file"),
        (["log.csv", "--case-column", "case"], "did you mean 'case_id'"),
        (["log.csv", "--zone", "Europe/Amsterdaam"], "Did you mean Europe/Amsterdam?"),
        (["log.csv", "--separator", "::"], "--separator: '::' is neither one sign nor comma"),
        (["log.csv", "--map", "m.csv", "--functions", "resources"], "not allowed with"),
        (["log.csv", "--day-first", "--month-first"], "not allowed with"),
        (["log.csv", "--name", "../up"], "--name: '../up' is not a name"),
        (["log.csv", "--time-column", "a", "--time-column", "b", "--time-column", "c"],
         "--time-column stands there 3 times"),
        (["log.csv", "--wait-column", "employee"], "--abandoned-column"),
        (["log.csv", "--sheet", "X"], "only a workbook has sheets"),
        ([], "log is missing"),
    ],
)  # fmt: skip
def test_bad_input_is_named_and_nothing_is_written(
    refusal: Callable[..., str], words: list[str], said: str
) -> None:
    assert said.lower() in refusal(*words).lower()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("our log (2024).csv.gz", "our-log-2024"),
        ("x" * 90 + ".csv", "x" * 40),
        ("журнал.xes", "firm"),
        ("Vorgänge 2025.csv", "Vorgange-2025"),
        ("-=1.csv", "1"),
    ],
)
def test_a_firm_is_called_by_its_log(file: str, name: str) -> None:
    assert firm_name(Path(file)) == name
