"""Real logs by the general route: as near to them as the loan's own route was, and in minutes."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from analysis.calibration.calibrate import calibrate_log
from analysis.calibration.fit_words import is_near
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.read_log import read_log_file
from sim.reading.loader import load_study

pytestmark = pytest.mark.logs

CALLS = LogChoices(wait="q_time", abandoned="outcome", service="ser_time")
LONGEST_SECONDS = 180.0


def fit_of(name: str, folder: Path, choices: LogChoices) -> pd.DataFrame:
    logs = os.environ.get("STANDING_LOGS")
    if not logs:
        pytest.skip("STANDING_LOGS is not set: no real log can be read")
    began = time.monotonic()
    calibrate_log(read_log_file(Path(logs) / name, choices), folder, name="real", hold_out=False)
    assert time.monotonic() - began < LONGEST_SECONDS
    load_study(str(folder / "study.yaml"))
    return pd.read_csv(folder / "fit.csv").fillna({"scope_id": ""})


def test_the_loan_log_is_repeated_as_well_as_by_its_own_route(tmp_path: Path) -> None:
    """The loan's own route is .05 off in hand-offs, 1.0 and 1.5 points in the shares."""
    zone = LogChoices(zone="Europe/Amsterdam")
    fit = fit_of("bpic2012_work_sessions.parquet", tmp_path, zone)
    off = fit.set_index(["statistic", "scope_id"])["distance"]
    assert off["hand_offs_per_case", ""] <= 0.05
    assert off["ping_pong_share", ""] <= 0.010
    assert off["drop_off_share", ""] <= 0.015
    assert is_near(fit[fit["statistic"] == "cycle_days"]).all()


def test_the_loan_logs_time_out_is_found(tmp_path: Path) -> None:
    fit_of("bpic2012_raw_events.parquet", tmp_path, LogChoices(zone="Europe/Amsterdam"))
    text = (tmp_path / "enterprise.yaml").read_text(encoding="utf-8")
    assert "Time-out: 700 cases" in text
    assert "limit_exit: cancelled" in text


@pytest.mark.parametrize(
    "name", ["bpic2013_incidents.parquet", "receipt_permits.xes.gz", "helpdesk_italian.xes.gz"]
)
def test_other_logs_give_a_firm_that_runs(name: str, tmp_path: Path) -> None:
    fit = fit_of(name, tmp_path, LogChoices())
    assert len(fit) > 10


def test_callers_give_up_as_in_january(tmp_path: Path) -> None:
    fit = fit_of("callcentre_1999_january.parquet", tmp_path, CALLS)
    curve = fit[fit["statistic"] == "abandoned_by_wait"]
    inside = curve["simulated"].between(curve["low"], curve["high"])
    assert inside.sum() >= 4
    assert curve["distance"].max() < 0.025
