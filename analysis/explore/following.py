"""One customer's path under both org models: who is typical, and what happened to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.comparing import labels_of
from analysis.comparison.breakdowns import SEAM_MARK, site_label
from analysis.comparison.four_cells import (
    LEFT,
    STAYED,
    beside,
    cells_sentence,
    four_cells,
    typical,
)
from analysis.comparison.stories import ONE_CASE, Story, failed
from analysis.comparison.story_words import about, how_many, step_words, story_title, why_left
from analysis.explore.desk import FIRST_ANSWER, Errand, Landed, Request, RunDesk
from analysis.explore.questions import Tell
from sim.runner import RunSpec
from sim.study.study import Study
from sim.study.working_time import HOURS_PER_DAY

_WHO = {"left_a": (LEFT, STAYED), "left_b": (STAYED, LEFT)}
WHOM = tuple(_WHO)
"""Whose path may be asked for, beside that of a customer whose need was dropped at a site."""
_MOST_STEPS = 400


@dataclass(frozen=True)
class Wanted:
    """Whose path is asked for.

    Attributes
    ----------
    who : str
        One of `WHOM`; empty where a site says.
    site : str
        A touchpoint or seam at which a need of the customer was dropped; a function's name and
        ``/`` for any of its steps.
    """

    who: str
    site: str


class Following:
    """Chooses a customer by two runs, then tells their path by two more.

    Parameters
    ----------
    mark : int
        Of the question whose first draw it is.
    study : Study
        Of two org models, in the world of that draw.
    specs : iterable of RunSpec
        The two runs of that draw.
    wanted : Wanted
    desk : RunDesk
    tell : callable
    """

    def __init__(
        self, mark: int, study: Study, specs: Iterable[RunSpec], wanted: Wanted,
        desk: RunDesk, tell: Tell,
    ) -> None:  # fmt: skip
        self._mark, self._study, self._wanted = mark, study, wanted
        self._specs = list(specs)
        self._desk, self._tell = desk, tell
        self._lock = threading.Lock()
        self._landed: dict[str, Landed] = {}
        self._request: Request | None = None
        self._chosen: int | None = None
        self._common = ""
        self._forgotten = False

    def ask(self) -> None:
        """Want both runs with all customers."""
        self._send([replace(spec, customers=True, events=False) for spec in self._specs])

    def forget(self) -> None:
        """Want no more of it."""
        with self._lock:
            self._forgotten = True
            request = self._request
        if request is not None:
            self._desk.forget(request)

    def _send(self, specs: list[RunSpec]) -> None:
        self._landed = {}
        errands = [Errand(spec, FIRST_ANSWER, 1) for spec in specs]
        self._keys = {errand.key: errand.spec.organisation.organisation for errand in errands}
        self._request = Request(errands, self._take)
        self._desk.ask(self._request)

    def _take(self, errand: Errand, landed: Landed) -> None:
        with self._lock:
            if self._forgotten:
                return
            if landed.reason or landed.customers is None:
                self._say(f"The run failed: {landed.reason}.")
                return
            self._landed[errand.key] = landed
            if len(self._landed) < len(self._keys):
                return
            if self._chosen is None:
                self._choose()
            else:
                self._say_story()

    def _customers(self, place: int) -> pd.DataFrame:
        """Return the customers under one of the two."""
        found = self._of(place).customers
        if found is None:
            raise ValueError("the run recorded no customers though asked to")
        return found

    def _of(self, place: int) -> Landed:
        """Return the run of one of the two; equal org models are one run."""
        name = self._specs[place].organisation.organisation
        if len(self._landed) == 1:
            return next(iter(self._landed.values()))
        return next(self._landed[key] for key, org in self._keys.items() if org == name)

    def _choose(self) -> None:
        first, second = (self._customers(place) for place in (0, 1))
        names = [spec.organisation.organisation for spec in self._specs]
        pairs = beside(first, second)
        self._common = cells_sentence(four_cells(pairs, names[0], names[1]), labels_of(self._study))
        site = self._wanted.site
        if site:
            chosen = _dropped_at(site, first, second, self._study)
            said = f"Nobody's latest dropped need was dropped at {site_label(site.rstrip('/'))}."
        else:
            chosen = typical(pairs, _WHO[self._wanted.who])
            said = f"There is no such customer in this draw. {self._common}"
        if chosen is None:
            self._say(said)
            return
        self._chosen = chosen
        self._send([replace(s, customers=True, events=True, followed=(chosen,))
                    for s in self._specs])  # fmt: skip

    def _say_story(self) -> None:
        stories = [self._story(place) for place in (0, 1)]
        customer = int(stories[0].customer["customer_id"])
        names = (stories[0].org_model, stories[1].org_model)
        self._tell(
            "story",
            {
                "question": self._mark,
                "title": story_title(customer, stories, names),
                "about": f"{about(stories[0])}; chosen for being typical, no evidence by itself",
                "how_common": self._common,
                "models": [_told(story) for story in stories],
            },
        )

    def _story(self, place: int) -> Story:
        landed, plan = self._of(place), self._specs[place].organisation
        customers = self._customers(place)
        events = pd.DataFrame() if landed.events is None else landed.events
        design = self._study.design
        begins = design.warm_up_days * HOURS_PER_DAY
        number = self._chosen
        return Story(
            plan.organisation,
            plan.label or plan.organisation,
            customers[customers["customer_id"] == number].iloc[0],
            events[events["customer_id"] == number],
            begins,
            begins + design.horizon_days * HOURS_PER_DAY,
        )

    def _say(self, said: str) -> None:
        self._tell("story", {"question": self._mark, "said": said})


def _dropped_at(site: str, first: pd.DataFrame, second: pd.DataFrame, study: Study) -> int | None:
    """Return a customer of the middle among those whose latest dropped need ended at a place."""
    if site.endswith("/") and SEAM_MARK not in site:
        journeys = study.enterprise.journeys
        wanted = {
            f"{name}/{step}"
            for name, journey in journeys.items()
            for step, each in journey.touchpoints.items()
            if each.owner == site[:-1]
        }
    else:
        wanted = {site}
    for customers in (first, second):
        there = customers[customers["site"].isin(wanted)].sort_values(["promises", "customer_id"])
        if len(there):
            return int(there["customer_id"].iloc[len(there) // 2])
    return None


def _told(story: Story) -> dict[str, Any]:
    """Return one side of a path, as the page shows it."""
    who, tally = story.customer, story.tally
    day = f" on day {who['left_on_day']:.0f}" if story.has_left else ""
    errors = int(tally["errors"] + tally["faults"])
    met = [how_many(tally["contacts"], "contact"), how_many(tally["hand_offs"], "hand-off"),
           how_many(tally["facts_asked_again"], "fact asked again"), how_many(errors, "error"),
           f"{tally['completed']} of {tally['needs']} needs completed"]  # fmt: skip
    return {
        "label": story.label,
        "outcome": f"{str(who['outcome']).capitalize()}{day}; standing {who['standing']:.2f} at "
        f"the end, worth {who['value']:,.0f} in the window",
        "tally": ", ".join(met),
        "why": [line.strip() for line in why_left(story)] if who["reason"] else [],
        "steps": list(_steps(story))[:_MOST_STEPS],
    }


def _steps(story: Story) -> Iterable[dict[str, Any]]:
    steps = story.steps
    if steps.empty:
        return
    steps = steps.assign(failed=failed(steps))
    for _, case in steps.groupby(ONE_CASE, sort=False):
        opening = case.iloc[0]
        again = ", came back" if opening["recontact"] else ""
        yield {"kind": "case", "said": f"{str(opening['journey']).capitalize()}{again}"}
        for _, step in case.iterrows():
            ended = step["kind"] in ("completed", "dropped")
            where = "" if ended else str(step["touchpoint"]).split("/")[-1].replace("_", " ")
            yield {
                "kind": "step",
                "day": float(step["day"]),
                "where": where,
                "said": step_words(step),
                "failed": bool(step["failed"]),
            }
