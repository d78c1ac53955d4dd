"""One customer's story under one org model: what happened step by step, and what it came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.study.working_time import HOURS_PER_DAY

ONE_CASE = ["need", "recontact"]
STEP_COLUMNS = [
    "journey", "need", "recontact", "day", "until_day", "kind", "touchpoint", "function",
    "handed_over_by", "error", "asked_again", "fault_from", "fault_left_by", "site", "detail",
    "accountable", "standing",
]  # fmt: skip
"""Columns of the steps of a story, in order."""


@dataclass(frozen=True)
class Story:
    """What one customer met under one org model.

    Attributes
    ----------
    org_model, label : str
        Its name, and what a board calls it.
    customer : Series
        The customer's row of ``customers.parquet``.
    events : DataFrame
        The customer's rows of the event log, columns of ``events.parquet``.
    day_zero, day_end : float
        Hours of the run at which the window begins and ends.
    """

    org_model: str
    label: str
    customer: pd.Series
    events: pd.DataFrame
    day_zero: float
    day_end: float

    @cached_property
    def steps(self) -> pd.DataFrame:
        """What happened in the window, and in cases that began in it, in the order of time.

        Columns `STEP_COLUMNS`. Days are counted from 1 on day 0 of the window, as fractions.
        ``function`` is who served; ``handed_over_by`` the function that had the case before, where
        it is another one; ``fault_left_by`` the function that had done the step that left a fault.
        """
        log = self.events.sort_values("start_hour", kind="stable")
        before = log["org:group"].groupby([log[name] for name in ONE_CASE]).transform(_before)
        begun = log.groupby(ONE_CASE)["start_hour"].transform("min")
        log = log[(log["end_hour"] >= self.day_zero) & (begun < self.day_end)]
        group, before = log["org:group"], before[log.index]
        erred = log["kind"].isin(["visit", "automated"]) & (log["detail"] == "error")
        handed = group.notna() & before.notna() & (group != before)
        return pd.DataFrame(
            {
                "journey": log["journey"],
                "need": log["need"],
                "recontact": log["recontact"],
                "day": self.day_of(log["start_hour"]),
                "until_day": self.day_of(log["end_hour"]),
                "kind": log["kind"],
                "touchpoint": log["touchpoint"],
                "function": group.fillna(""),
                "handed_over_by": before.where(handed).fillna(""),
                "error": erred,
                "asked_again": log["asked_again"],
                "fault_from": log["fault_from"],
                "fault_left_by": _who_left(self.events, log),
                "site": log["site"],
                "detail": log["detail"].where(~erred, ""),
                "accountable": log["accountable"],
                "standing": log["standing"],
            }
        ).reset_index(drop=True)

    def day_of(self, hour: pd.Series) -> pd.Series:
        """Return hours of the run as days of the window, the first one 1."""
        return (hour - self.day_zero) / HOURS_PER_DAY + 1.0

    @property
    def last_day(self) -> float:
        """The day of the window at whose end it ends."""
        return (self.day_end - self.day_zero) / HOURS_PER_DAY + 1.0

    @property
    def has_left(self) -> bool:
        """Whether they left in the window or before."""
        return str(self.customer["outcome"]) == "left"

    @property
    def gone_from(self) -> float:
        """The end of the day on which they left; the window's, if they stayed."""
        return float(self.customer["left_on_day"]) + 1.0 if self.has_left else self.last_day

    @property
    def before_leaving(self) -> pd.DataFrame:
        """The steps up to the customer's leaving; all if they stayed."""
        if not self.has_left:
            return self.steps
        return self.steps[self.steps["day"] <= self.gone_from]

    @cached_property
    def tally(self) -> dict[str, int | float]:
        """What it came to, up to the customer's leaving.

        ``needs`` and how many were ``completed`` or ``dropped`` in the end, each counted once
        however often it came back; ``contacts``; ``days`` that needs were open, summed;
        ``hand_offs``; ``facts_asked_again``; visible ``errors``; ``faults`` of earlier steps that
        showed; cases ``lost`` between functions; ``chases``.
        """
        steps = self.before_leaving
        kinds = Counter(steps["kind"])
        cases = steps.groupby(ONE_CASE)
        ended = steps[steps["kind"].isin(["completed", "dropped"])].sort_values("until_day")
        ends = Counter(ended.groupby("need")["kind"].last())
        return {
            "needs": int(steps["need"].nunique()),
            "completed": ends["completed"],
            "dropped": ends["dropped"],
            "contacts": kinds["contact"],
            "days": float((cases["until_day"].max() - cases["day"].min()).sum()),
            "hand_offs": int((steps["handed_over_by"] != "").sum()),
            "facts_asked_again": sum(
                len(each.split(", ")) for each in steps["asked_again"] if each
            ),
            "errors": int(steps["error"].sum()),
            "faults": int((steps["fault_from"] != "").sum()),
            "lost": kinds["loss"],
            "chases": kinds["chase"],
        }

    @property
    def failures(self) -> pd.DataFrame:
        """The steps at which a promise was broken, or a need dropped."""
        return self.before_leaving[failed(self.before_leaving)]

    @property
    def answered_by(self) -> dict[str, int]:
        """Who was accountable for what failed, by name or nobody, the most frequent first."""
        return dict(Counter(self.failures["accountable"]).most_common())

    @property
    def standing_course(self) -> list[tuple[float, float]]:
        """Days and the standing from then on, as the customer had it in mind."""
        steps = self.before_leaving
        return list(zip(steps["day"].tolist(), steps["standing"].tolist(), strict=True))


def failed(steps: pd.DataFrame) -> pd.Series:
    """Return for each step whether something failed the customer there."""
    happened = steps["kind"].isin(["dropped", "loss", "chase"])
    return happened | steps["error"] | (steps["asked_again"] != "") | (steps["fault_from"] != "")


def _before(groups: pd.Series) -> pd.Series:
    """Return who had the case before each row, missing where nobody had."""
    return groups.ffill().shift(1)


def _who_left(events: pd.DataFrame, log: pd.DataFrame) -> np.ndarray:
    """Return the function that had last done the step which left each fault; empty for none."""
    done = events[events["kind"] == "visit"]
    found = []
    for fault, need, hour in zip(log["fault_from"], log["need"], log["start_hour"], strict=True):
        if not fault:
            found.append("")
            continue
        there = done[
            (done["touchpoint"] == fault) & (done["need"] == need) & (done["start_hour"] <= hour)
        ]
        found.append("" if there.empty else str(there["org:group"].iloc[-1]))
    return np.array(found, dtype=object)


def story_as_object(story: Story) -> dict[str, object]:
    """Return a story as plain data."""
    columns = ["journey", "concept:name", "touchpoint", "org:group", "kind", "detail", "site",
               "start_hour", "end_hour", "need", "recontact", "asked_again", "fault_from",
               "accountable", "standing"]  # fmt: skip
    events = story.events[columns]
    return {
        "org_model": story.org_model,
        "label": story.label,
        "customer": {str(name): _plain(value) for name, value in story.customer.items()},
        "tally": story.tally,
        "accountable_for_what_failed": story.answered_by,
        "events": events.astype(object).where(events.notna(), None).to_dict("records"),
    }


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value
