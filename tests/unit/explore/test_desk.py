"""The desk runs what is wanted, the newest first answer first, and ends what nobody waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pandas as pd
import pytest
from studies import RICH, compact_study

from analysis.explore.desk import BETTER_ANSWER, FIRST_ANSWER, Errand, Landed, Request, RunDesk
from sim.keeping.pool import RunPool
from sim.runner import RunSpec, run
from sim.running.watched import Unwanted, run_while_wanted


@pytest.fixture(scope="module")
def study():
    return compact_study(RICH)


@pytest.fixture(scope="module")
def desk(study, tmp_path_factory) -> Iterator[RunDesk]:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "signs").mkdir()
    opened = RunDesk(2, RunPool(folder / "pool"), folder / "signs", study)
    opened.open()
    yield opened
    opened.close()


class Heard:
    """What a request was told, in order."""

    def __init__(self) -> None:
        self.landed: list[tuple[Errand, Landed]] = []
        self.here = threading.Event()

    def __call__(self, errand: Errand, landed: Landed) -> None:
        """Note it."""
        self.landed.append((errand, landed))
        self.here.set()

    def wait(self, number: int) -> None:
        """Wait until so many have landed."""
        end = time.monotonic() + 60
        while len(self.landed) < number:
            assert time.monotonic() < end
            self.here.wait(1)
            self.here.clear()


def errands(study, replicates, urgency=FIRST_ANSWER) -> list[Errand]:
    plan = study.organisations[0]
    return [Errand(RunSpec(study, plan, each), urgency, each, True) for each in replicates]


def test_its_runs_are_those_of_the_engine(desk, study) -> None:
    heard = Heard()
    wanted = errands(study, [0, 1])
    desk.ask(Request(wanted, heard))
    heard.wait(2)
    for errand, landed in heard.landed:
        pd.testing.assert_frame_equal(landed.measures, run(errand.spec).measures, check_dtype=False)
        assert landed.weeks is not None and landed.weeks["week"].min() == 1


def test_what_is_known_is_told_at_once(desk, study) -> None:
    desk.ask(Request(errands(study, [3]), first := Heard()))
    first.wait(1)
    desk.ask(Request(errands(study, [3]), second := Heard()))
    second.wait(1)
    assert second.landed[0][1] is first.landed[0][1]


def test_a_question_that_is_forgotten_is_told_nothing_more(desk, study) -> None:
    forgotten = Request(errands(study, range(100, 140), BETTER_ANSWER), silent := Heard())
    desk.ask(forgotten)
    desk.forget(forgotten)
    before = len(silent.landed)
    desk.ask(Request(errands(study, [5]), heard := Heard()))
    heard.wait(1)
    assert len(silent.landed) == before


def test_a_first_answer_goes_before_better_ones(desk, study) -> None:
    slow = Request(errands(study, range(200, 230), BETTER_ANSWER), later := Heard())
    desk.ask(slow)
    desk.ask(Request(errands(study, [6]), first := Heard()))
    first.wait(1)
    assert len(later.landed) < 30
    later.wait(30)  # what was ended for it is taken up again


def test_a_run_that_nobody_waits_for_is_ended(study, tmp_path) -> None:
    sign = tmp_path / "sign"
    sign.touch()
    with pytest.raises(Unwanted):
        run_while_wanted(RunSpec(study, study.organisations[0], 0), sign)


def test_weeks_add_up_to_the_window(study, tmp_path) -> None:
    watched = run_while_wanted(RunSpec(study, study.organisations[0], 0), tmp_path / "none")
    weeks, measures = watched.weeks, watched.result.measures
    for scope, column, measure in (
        ("seam", "passed", "crossings"),
        ("seam", "lost", "lost"),
        ("seam", "dropped", "n_drop_offs"),
    ):
        of_window = measures[(measures["scope"] == scope) & (measures["measure"] == measure)]
        by_week = weeks[weeks["scope"] == scope].groupby("scope_id")[column].sum()
        for _, row in of_window.iterrows():
            # Cases of the cohort may be dropped after the window's last week.
            assert by_week[row["scope_id"]] <= row["value"]
            assert by_week[row["scope_id"]] >= 0.9 * row["value"] - 1
    assert (weeks["stuck"] >= 0).all()
