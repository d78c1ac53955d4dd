"""One question of a window: which runs it takes, and what has come of them."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.evidence.ensembles import ensembles_of
from analysis.evidence.sampled import Sample, sample_for
from analysis.explore.answers import SoFar, answer_of, film_of
from analysis.explore.desk import (
    BESIDE_ANSWER,
    BETTER_ANSWER,
    FIRST_ANSWER,
    Errand,
    Landed,
    Request,
    RunDesk,
)
from sim.runner import RunSpec
from sim.study.study import Study

RunName = tuple[str, int, int]
"""Of a run: org model, world, replicate."""
Tell = Callable[[str, dict[str, Any]], None]
"""Receives the kind of what is told, and what is told."""


def sample_of(study: Study, number: int | None, out: Path) -> Sample:
    """Return what a question is run over: as `compare` would.

    Parameters
    ----------
    number : int or None
        Worlds, or replicates of a firm that has none; `compare`'s own number if left out.
    out : Path
        Parent of the result folders, where `fit` keeps worlds.
    """
    options = argparse.Namespace(worlds=None, replicates=None, source=None, out=str(out))
    usual = sample_for(study, options)
    if number is None or number == usual.asked:
        return usual
    if usual.drawn is None:
        options.replicates = number
    else:
        options.worlds = number
    return sample_for(study, options)


def draws_of(study: Study, sample: Sample, out: Path) -> dict[str, Any]:
    """Return how many draws there may be, as plain data: what they are, the usual number, others.

    Parameters
    ----------
    sample : Sample
        What the question is run over.
    out : Path
        Parent of the result folders.
    """
    if sample.drawn is None:
        usual = study.design.replicates
        return {"unit": "replicate", "usual": usual, "offered": [usual, 2 * usual, 4 * usual]}
    most = max((len(each.worlds) for each in ensembles_of(study, out)[:1]), default=0)
    usual = study.design.worlds
    return {
        "unit": "world",
        "usual": usual,
        "offered": [number for number in (usual, 16, 32, 64) if number <= most],
    }


class Question:
    """Collects the runs of one question, and tells what they come to.

    Parameters
    ----------
    mark : int
        By which the page knows it.
    study : Study
        Of two org models.
    sample : Sample
    desk : RunDesk
    tell : callable
        Told of every better answer, in a thread of the desk.
    """

    def __init__(self, mark: int, study: Study, sample: Sample, desk: RunDesk, tell: Tell) -> None:
        self.mark, self.study = mark, study
        self._sample, self._desk, self._tell = sample, desk, tell
        self._lock = threading.Lock()
        self._landed: dict[RunName, Landed] = {}
        self._twins: dict[str, list[RunName]] = {}
        self._requests: list[Request] = []
        self._forgotten = False
        self._told = 0
        self._plain = sample.specs(sample.asked)
        self._idle = sample.idle_specs(sample.asked)
        self._draws = list(dict.fromkeys((spec.world, spec.replicate) for spec in self._plain))

    def ask(self) -> None:
        """Want the first answer."""
        self._ask(
            Errand(spec, FIRST_ANSWER, 0, with_weeks=True)
            for spec in self._plain
            if _draw(spec) == self._draws[0]
        )

    def forget(self) -> None:
        """Want no more of it."""
        with self._lock:
            self._forgotten = True
            requests = list(self._requests)
        for request in requests:
            self._desk.forget(request)

    def _ask_more(self) -> None:
        """Want all that makes the first answer a better one, draw by draw."""
        place = {draw: at for at, draw in enumerate(self._draws)}
        more = [spec for spec in self._plain if _draw(spec) != self._draws[0]]
        errands = [Errand(spec, BETTER_ANSWER, place[_draw(spec)]) for spec in more]
        errands += [Errand(spec, BESIDE_ANSWER, at) for at, spec in enumerate(self._idle)]
        # Draw by draw, so that what a draw's runs share is written out once.
        self._ask(sorted(errands, key=lambda each: _draw(each.spec)))

    def _ask(self, errands: Iterable[Errand]) -> None:
        wanted = list(errands)
        for errand in wanted:  # equal org models are one run, shown twice
            self._twins.setdefault(errand.key, []).append(_name(errand.spec))
        request = Request(wanted, self._take)
        if wanted and not self._forgotten:
            self._requests.append(request)
            self._desk.ask(request)

    def _take(self, errand: Errand, landed: Landed) -> None:
        """Note a run that has landed, and tell what it changes."""
        with self._lock:
            if self._forgotten:
                return
            for name in self._twins[errand.key]:
                self._landed[name] = landed
            if landed.reason:
                self._tell("failed", {"question": self.mark, "reason": landed.reason})
            so_far = self._so_far()
            if so_far is None:
                return
            if so_far.draws > self._told or so_far.finished:
                self._tell("answer", {"question": self.mark, **answer_of(so_far)})
                self._told = so_far.draws
            if errand.urgency == FIRST_ANSWER:
                self._tell("film", {"question": self.mark, "models": self._film()})
                self._ask_more()
            if so_far.finished:
                self._landed.clear()  # what they came to is told, and they are large

    def _so_far(self) -> SoFar | None:
        """Return what there is; None before both org models have run once."""
        orgs = [plan.organisation for plan in self.study.organisations]
        whole = [
            draw
            for draw in self._draws
            if all(self._measures((org, *draw)) is not None for org in orgs)
        ]
        if not whole:
            return None
        frames = [self._named((org, *draw)) for org in orgs for draw in whole]
        names = [_name(spec) for spec in self._idle]
        idle = [self._named(name) for name in names if self._measures(name) is not None]
        return SoFar(
            self.study,
            self._sample,
            pd.concat(frames, ignore_index=True),
            pd.concat(idle, ignore_index=True) if idle else pd.DataFrame(),
            len(whole),
            len(self._draws),
            all(_name(spec) in self._landed for spec in (*self._plain, *self._idle)),
        )

    def _measures(self, name: RunName) -> pd.DataFrame | None:
        landed = self._landed.get(name)
        return None if landed is None else landed.measures

    def _named(self, name: RunName) -> pd.DataFrame:
        """Return a run's measures under its own names: an equal run may have had others."""
        found = self._measures(name)
        if found is None:
            raise ValueError("a run that has not landed was asked for")
        org, world, replicate = name
        return found.assign(org_model=org, world=world, replicate=replicate)

    def _film(self) -> dict[str, Any]:
        first = self._draws[0]
        weeks = {
            plan.organisation: landed.weeks
            for plan in self.study.organisations
            if (landed := self._landed.get((plan.organisation, *first))) is not None
            and landed.weeks is not None
        }
        return film_of(weeks)


def _name(spec: RunSpec) -> RunName:
    return spec.organisation.organisation, spec.world, spec.replicate


def _draw(spec: RunSpec) -> tuple[int, int]:
    return spec.world, spec.replicate
