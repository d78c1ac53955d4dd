"""A log in, a firm out: files that load and run, refusals, hostile names, the page."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from log_frames import Row, contact_log, drawn_log, event_log

from analysis.calibration.calibrate import calibrate_log
from analysis.calibration.firm import firm_from, is_withdrawn
from analysis.calibration.firm_yaml import write_firm
from analysis.calibration.hold_out import LATER, WHOLE, known_at
from analysis.calibration.simplified import key_names
from analysis.calibration.visits import visits_of
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.errors import StudyError
from sim.study.tables import column_names

HOSTILE = "=cmd|' /C calc'!A0 # \"x\": {y}\n- z \u202e\x1b[31m"


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("derived")
    return folder, calibrate_log(drawn_log(700), folder, name="our-firm")


def test_the_files_load_and_say_what_the_log_says(derived: tuple[Path, list[str]]) -> None:
    folder, said = derived
    assert sorted(each.name for each in folder.iterdir()) == [
        "enterprise.yaml", "fit.csv", "fit.html", "study.yaml",
    ]  # fmt: skip
    study = load_study(str(folder / "study.yaml"))
    (journey,) = study.enterprise.journeys.values()
    assert set(study.enterprise.functions) == {"shop", "desk_2"}
    assert journey.exits == {
        "granted": "completed", "refused": "completed", "cancelled_by_customer": "withdrawn",
    }  # fmt: skip
    assert study.enterprise.calendar is not None
    assert study.enterprise.calendar.open == "Mon-Fri 09:00-17:00"
    cases = study.market.customers * 60.0 / 364.0
    assert cases == pytest.approx(700, rel=0.05)
    assert {row.measure for row in study.patterns} >= {"drop_off_per_started", "transfers_per_case"}
    assert study.baseline == "siloed"
    assert len(study.organisations) >= 4
    assert any("siloed" in line for line in said)
    assert any(line.startswith("Predicting the last 30 % of cases from") for line in said)


def test_visits_last_as_long_as_those_of_the_log(derived: tuple[Path, list[str]]) -> None:
    study = load_study(str(derived[0] / "study.yaml"))
    (journey,) = study.enterprise.journeys.values()
    events = run(RunSpec(study, study.organisations[0], 0, events=True)).events
    assert events is not None
    visits = events[events["kind"] == "visit"]
    began, ended = visits["start_timestamp"], visits["time:timestamp"]
    by_day = began.dt.date == ended.dt.date  # one that lies over night has the night in it
    minutes = (ended - began).dt.total_seconds()[by_day] / 60.0
    seen = minutes.groupby(visits["touchpoint"].str.split("/").str[-1]).mean()
    # Pace, asking and writing are part of a visit, and take time of their own in the model.
    for step, logged in (("call", 12.0), ("check", 30.0)):
        assert seen[step] == pytest.approx(logged, rel=0.1)
        assert journey.touchpoints[step].minutes < 0.9 * logged


def test_what_cannot_be_asked_of_a_log_is_named(derived: tuple[Path, list[str]]) -> None:
    folder, said = derived
    # As many cases begin in every week, so none is busier.
    (line,) = (each for each in said if "Not asked" in each)
    assert line.startswith("Does it predict busier weeks from quieter ones? Not asked: ")
    assert "Not asked" in (folder / "fit.html").read_text(encoding="utf-8")


def test_the_simulated_firm_repeats_the_log(derived: tuple[Path, list[str]]) -> None:
    fit = pd.read_csv(derived[0] / "fit.csv", keep_default_na=False, na_values=[""])
    assert list(fit.columns) == column_names("fit.csv")
    whole = fit[fit["part"] == WHOLE].fillna({"scope_id": ""}).set_index(["statistic", "scope_id"])
    most = {"hand_offs_per_case": 0.15, "ping_pong_share": 0.06, "drop_off_share": 0.05}
    for name, off in most.items():
        assert whole.loc[(name, ""), "distance"] < off, name
    wait = whole.loc[("wait_days", "")]
    assert wait["simulated"] == pytest.approx(wait["real"], rel=0.2)
    for percentile in ("p25", "p90"):
        days = whole.loc[("cycle_days", percentile)]
        assert days["simulated"] == pytest.approx(days["real"], rel=0.25, abs=0.2), percentile
    later = fit[(fit["part"] == LATER) & fit["statistic"].str.endswith("_distance")]
    assert len(later) == 5
    assert (later["low"] <= later["high"]).all()
    assert later[["distance", "resample", "markov"]].notna().all().all()
    assert later["best"].isin(["simulated", "resample", "markov", "none"]).all()


def test_the_page_is_complete_in_itself(derived: tuple[Path, list[str]]) -> None:
    page = (derived[0] / "fit.html").read_text(encoding="utf-8")
    assert "our-firm: the derived firm beside its log" in page
    assert "chain without queues" in page
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", page)
    assert "<script" not in page


def test_every_figure_has_its_grade(derived: tuple[Path, list[str]]) -> None:
    text = (derived[0] / "enterprise.yaml").read_text(encoding="utf-8")
    for said in ("grade A", "grade D", "Not fitted", "Heads: eight", "Followed", "Waits are steps"):
        assert said in " ".join(text.replace("#", " ").split()), said
    assert max(map(len, text.splitlines())) < 400


def test_names_that_would_do_harm_do_none(tmp_path: Path) -> None:
    log = visits_of(drawn_log(120, shop=HOSTILE, desk="nobody"))
    firm = firm_from(log, "x")
    write_firm(
        firm, tmp_path, name="n", source=HOSTILE, zone="UTC", org_models=["siloed", "hybrid"]
    )
    study = load_study(str(tmp_path / "study.yaml"))
    assert len(study.enterprise.functions) == 2
    text = (tmp_path / "enterprise.yaml").read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_keys_are_made_of_any_script_and_differ() -> None:
    names = key_names(["Prüfung", "PRUFUNG", "нет", "", "9 to 5", "completed", "x" * 60])
    assert len(set(names)) == len(names)
    assert names[:2] == ["prufung", "prufung_2"]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) for name in names)
    assert "completed" not in names


def test_given_up_is_told_by_the_words() -> None:
    assert is_withdrawn("Cancelled by applicant")
    assert is_withdrawn("storniert")
    assert not is_withdrawn("declined")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (drawn_log(20), "20 cases, too few"),
        (drawn_log(120, shop="one", desk="one"), "--map"),
    ],
)
def test_what_a_log_cannot_give_is_refused(log: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=said):
        calibrate_log(log, tmp_path, name="n")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_cases_that_are_open_are_not_taken_for_short_ones() -> None:
    """Of cases that take 20 days, those cut off by the log's end say nothing of where they lead."""
    rows: list[Row] = []
    for number in range(400):
        start = 9.0 / 24.0 + number * 0.25
        slow = number % 2 == 0
        end = start + (20.0 if slow else 0.5)
        rows.append((str(number), "call", "shop", "", start, start + 0.01, ""))
        if end < 100.0:
            rows.append((str(number), "check", "desk", "", end, end + 0.01, ""))
        outcome = "" if end >= 100.0 else ("refused" if slow else "granted")
        rows = [(*row[:-1], outcome) if row[0] == str(number) else row for row in rows]
    firm = firm_from(visits_of(event_log(rows)), "x")
    (check,) = [step for step in firm.steps if step.activity == "check"]
    assert firm.follow_days == pytest.approx(20.0, abs=0.1)
    assert check.routes.shares()["refused"] == pytest.approx(0.5, abs=0.01)


def test_the_past_knows_nothing_of_what_came_later() -> None:
    log = visits_of(drawn_log(200))
    past = known_at(log, 20.0, "x")
    assert past.visits["end"].max() <= 20.0
    assert past.cases["end"].max() <= 20.0
    late = log.cases["end"].to_numpy()[: len(past.cases)] > 20.0
    assert (past.cases["outcome"].to_numpy()[late] == "").all()
    assert late.any()


def test_a_table_of_contacts_becomes_a_line(tmp_path: Path) -> None:
    said = calibrate_log(contact_log(8000, 500.0, 0.83), tmp_path, name="line", hold_out=False)
    study = load_study(str(tmp_path / "study.yaml"))
    assert study.mechanisms.patience == "measured"
    mean = 500.0 * 1.1046  # of a Weibull with shape .83
    assert study.parameters["patience_live_hours"] * 3600 == pytest.approx(mean, rel=0.15)
    fit = pd.read_csv(tmp_path / "fit.csv")
    curve = fit[fit["statistic"] == "abandoned_by_wait"]
    assert curve["simulated"].between(curve["low"] - 0.02, curve["high"] + 0.02).all()
    share = fit[fit["statistic"] == "abandoned_share"].iloc[0]
    assert share["simulated"] == pytest.approx(share["real"], abs=0.06)
    assert np.isfinite(curve["distance"]).all()
    assert any("One function alone" in line for line in said)
