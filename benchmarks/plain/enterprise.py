"""The enterprise as objects: segments, steps, seams and journeys."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.philox import name_counter
from sim.state.arrays import State
from sim.state.blueprint import Blueprint
from sim.state.tallies import FIXED, N_QUEUE_TALLIES, N_SEAM_TALLIES, N_TOUCH_TALLIES

AS_GIVEN = (
    "local",
    "hours",
    "spread",
    "reply_hours",
    "reply_spread",
    "reply_limit",
    "reply_exit",
    "requires",
    "produces",
    "siblings",
    "counter",
    "owner",
    "stake",
    "rounds",
)
"""What a step takes over from the blueprint as it stands."""
AS_RATED = (
    "machine",
    "machine_error",
    "deflection",
    "own_write",
    "store_write",
    "machine_write",
    "note_loss",
    "covers",
    "concession",
    "understanding",
)
"""What it takes over from the week's rates as it stands."""


@dataclass(slots=True)
class Segment:
    """What customers of one kind have in common."""

    place: int
    patience: float
    tolerance: float
    voice: float
    price_sensitivity: float
    margin: float


@dataclass(slots=True)
class Step:
    """A touchpoint of a journey; the last group of fields is set anew each week."""

    place: int
    local: int
    hours: float
    spread: float
    reply_hours: float
    reply_spread: float
    reply_limit: float
    reply_exit: int
    requires: int
    produces: int
    siblings: int
    counter: int
    owner: int
    stake: float
    rounds: int
    live: bool
    automated: bool
    mandatory: bool
    mean_patience: float
    branches: list[tuple[float, Step | None, int]] = field(default_factory=list)
    of_units: list[Step] = field(default_factory=list)
    tally: list[int] = field(default_factory=lambda: [0] * N_TOUCH_TALLIES)
    unvoiced: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], int] = field(default_factory=dict)
    remedies: dict[tuple[int, int, int], int] = field(default_factory=dict)
    queue: list[int] = field(default_factory=lambda: [0] * N_QUEUE_TALLIES)
    expected: dict[tuple[int, int], int] = field(default_factory=dict)
    foreseen: dict[tuple[int, int], int] = field(default_factory=dict)
    helped: dict[int, list[int]] = field(default_factory=dict)
    waited: list[int] = field(default_factory=lambda: [0, 0])
    lent: bool = False
    careful: list[float] = field(default_factory=list)
    caring: list[float] = field(default_factory=list)
    error_odds: float = 0.0
    defect_odds: float = 1.0
    error_chance: float = 0.0
    error_without_defects: float = 0.0
    fault_chance: float = 0.0
    fault_weight: float = 0.0
    machine: float = 0.0
    machine_error: float = 0.0
    deflection: float = 0.0
    own_write: float = 0.0
    store_write: float = 0.0
    machine_write: float = 0.0
    note_loss: float = 0.0
    covers: float = 1.0
    concession: float = 1.0
    understanding: float = 1.0
    elsewhere: int = 0
    reader: int = 0
    remit: float = 1.0

    def of_unit(self, unit: int) -> Step:
        """Return the same step in the unit that a customer belongs to."""
        return self.of_units[unit] if len(self.of_units) > 1 else self

    def set_week(self, rate: np.void) -> None:
        """Take in the week's rates."""
        self.error_odds = float(rate["error_odds"])
        self.defect_odds = float(rate["defect_odds"])
        self.error_without_defects, self.error_chance = self.chances_of_error(self.error_odds)
        self.fault_chance = float(rate["fault"])
        self.fault_weight = float(rate["fault_weight"])
        self.lent = bool(rate["lent"])
        for name in AS_RATED:
            setattr(self, name, float(rate[name]))

    def done_by(self, helper: int, clumsy: float) -> tuple[float, float, float]:
        """Return odds of an error, chance of a fault and its weight if others do the step."""
        odds = self.error_odds / self.careful[self.owner] * self.careful[helper] * clumsy
        if self.fault_chance <= 0.0:
            return odds, 0.0, 0.0
        care = math.exp((self.caring[self.owner] - self.caring[helper]) * self.covers)
        least = min(1.0, self.fault_chance * self.fault_weight * care)
        worse = self.defect_odds
        chance = least * worse / (1.0 - least + least * worse)
        return odds, chance, least / chance

    def foresee(self, caused_at: int, who: int, chance: float) -> None:
        """Count how many failures caused somewhere somebody voices here on average."""
        key = (caused_at, who)
        self.foreseen[key] = self.foreseen.get(key, 0) + int(chance * FIXED)

    def leave_unvoiced(self, caused_at: int, what: int, number: int) -> None:
        """Count failures felt here and caused somewhere that nobody voices."""
        key = (caused_at, what)
        self.unvoiced[key] = self.unvoiced.get(key, 0) + number

    def note_errors(self, who: int, what: int, number: int) -> None:
        """Count visible errors here, by who voiced them: a person 0, an agent 1, nobody 2."""
        key = (who, what)
        self.errors[key] = self.errors.get(key, 0) + number

    def carry(self, caused_at: int, who: int, what: int, number: int) -> None:
        """Count reports felt here and caused somewhere that carry a remedy."""
        key = (caused_at, who, what)
        self.remedies[key] = self.remedies.get(key, 0) + number

    def chances_of_error(self, odds: float) -> tuple[float, float]:
        """Return the chance of a visible error without any defect, and with them.

        Parameters
        ----------
        odds : float
            Of an error without a defect, with all that is guessed and stale.
        """
        return 1.0 - 1.0 / (1.0 + odds), 1.0 - 1.0 / (1.0 + odds * self.defect_odds)


@dataclass(slots=True)
class Ratings:
    """Base rates of standing by representation and function; the week's shared ratings."""

    bases: list[list[float]]
    rated: list[list[int]]


@dataclass(slots=True)
class Seam:
    """An ordered pair of functions between which cases are handed over."""

    place: int
    site: int
    strange: float = 1.0
    wear: float = 1.0
    lost: float = 0.0
    share_without_defects: float = 0.0
    tally: list[int] = field(default_factory=lambda: [0] * N_SEAM_TALLIES)


@dataclass(slots=True)
class Journey:
    """A directed graph of steps."""

    place: int
    start: Step
    recontact: Step
    joins: bool
    renews: bool
    opt_in_odds: float
    by_local: dict[int, Step]
    n_steps: int
    completes: list[bool]
    own_steps: dict[int, int]
    open_cases: int = 0
    find_hours: float = math.inf


class Enterprise:
    """All objects that stay the same for a run.

    Parameters
    ----------
    blueprint : Blueprint
        Where they are read from.
    state : State
        Holds the rules and the weekly rates.
    """

    def __init__(self, blueprint: Blueprint, state: State):
        self.rules = SimpleNamespace()
        self.keys = state.keys
        self.ratings = Ratings(state.bases.tolist(), [[0, 0] for _ in state.functions])
        self.read_rules(state)
        self.segments = [
            Segment(place, *(float(value) for value in record))
            for place, record in enumerate(state.segments)
        ]
        self.steps = [self._step(place, record) for place, record in enumerate(state.touchpoints)]
        for step, record in zip(self.steps, state.touchpoints, strict=True):
            for row in state.branches[int(record["first_branch"]) :]:
                target = int(row["target"])
                following = self.steps[target] if target >= 0 else None
                step.branches.append((float(row["up_to"]), following, int(row["exit"])))
                if row["up_to"] > 1.5:  # marks the last branch of a step
                    break
        self.units = state.functions["unit"].tolist()
        for step in self.steps:
            self._introduce(step, blueprint)
        self.journeys = [
            self._journey(place, record, blueprint, state)
            for place, record in enumerate(state.journeys)
        ]
        n_steps = len(self.steps)
        self.seams = [Seam(place, n_steps + place) for place in range(len(blueprint.seams))]
        self.seam_of = dict(zip(blueprint.seams, self.seams, strict=True))

    def _step(self, place: int, record: np.void) -> Step:
        live = bool(record["live"])
        numbers: dict[str, Any] = {name: record[name].item() for name in AS_GIVEN}
        return Step(
            place=place,
            live=live,
            automated=bool(record["automated"]),
            mandatory=bool(record["mandatory"]),
            mean_patience=self.rules.patience_live_hours
            if live
            else self.rules.patience_deferred_hours,
            **numbers,
        )

    def _introduce(self, step: Step, blueprint: Blueprint) -> None:
        """Tell a step who reads at it, which facts others may have written, and other units' own.

        People of one function write in the same words, whatever their unit.
        """

        def owner_of(each: Step) -> str:
            return blueprint.desks[each.owner][0] if each.owner >= 0 else ""

        if step.owner >= 0:
            step.reader = name_counter(owner_of(step))
        for other in self.steps:
            if owner_of(other) != owner_of(step):
                step.elsewhere |= other.requires | other.produces
            if blueprint.touchpoints[other.place] == blueprint.touchpoints[step.place]:
                step.of_units.append(other)

    def _journey(self, place: int, record: np.void, blueprint: Blueprint, state: State) -> Journey:
        places = [i for i, journey in enumerate(blueprint.journey_of) if journey == place]
        return Journey(
            place,
            self.steps[int(record["start"])],
            self.steps[int(record["recontact"])],
            bool(record["joins"]),
            bool(record["renews"]),
            float(record["opt_in_odds"]),
            {self.steps[i].local: self.steps[i] for i in places},
            len(places),
            [bool(row[place]) for row in state.exit_completes],
            {
                owner: sum(1 << self.steps[i].local for i in places if self.steps[i].owner == owner)
                for owner in {self.steps[i].owner for i in places}
            },
        )

    def read_rules(self, state: State) -> None:
        """Take in parameters and what levers set."""
        for name in state.rules.dtype.names or ():
            setattr(self.rules, name, state.rules[0][name].item())
        self.rules.invited = state.invited.tolist()

    def set_week(self, state: State) -> None:
        """Take in the rates that management has set for the week."""
        self.read_rules(state)
        self.ratings.bases = state.bases.tolist()
        for step, rate in zip(self.steps, state.rates, strict=True):
            step.set_week(rate)
            step.careful = state.functions["careful"].tolist()
            step.caring = state.functions["caring"].tolist()
            if step.owner >= 0:
                step.remit = float(state.functions[step.owner]["remit"])
        for seam in self.seams:
            record = state.seams[seam.place]
            seam.strange = float(record["strange"])
            seam.wear = float(record["wear"])
            seam.lost = float(record["lost"])
            without = float(record["lost_without_defects"])
            seam.share_without_defects = without / seam.lost if seam.lost > 0.0 else 0.0
        for journey in self.journeys:
            journey.find_hours = float(state.find_hours[journey.place])
