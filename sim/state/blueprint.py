"""An enterprise and its market as the arrays that the compiled rules read.

Everything here is the same under every org model. Functions, journeys and
touchpoints stand in the order of their names, so that their order in YAML changes
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.philox import name_counter, spread_of
from sim.state.blueprint_rows import BRANCH, JOURNEY, SEGMENT, TOUCHPOINT
from sim.state.units import NO_UNIT, own_rows, processes, receivers_in_units
from sim.study.enterprise import COMPLETED, NOBODY, DeclaredFunction, Journey, Touchpoint
from sim.study.levers import Structure
from sim.study.study import Study
from sim.study.working_time import NEVER

ONE_UNIT = Structure()


@dataclass(frozen=True)
class Blueprint:
    """The arrays of one study's enterprise and market.

    Attributes
    ----------
    functions, journeys, segments, facts : tuple of str
        Names in canonical order.
    touchpoints : tuple of (str, str)
        Journey and touchpoint names in canonical order.
    seams : tuple of (int, int)
        Pairs of functions that some journey crosses; equal pairs are steps that
        change the person inside a function.
    exits : tuple of str
        Names of exits; ``exit_completes`` says which of them count as completing.
    structure : Structure
        Units of the firm, and the functions that each has of its own (rule E8).
    """

    study: Study
    structure: Structure = ONE_UNIT

    def under(self, structure: Structure) -> Blueprint:
        """Return the same enterprise, cut into units as a structure has it."""
        structure = ONE_UNIT if structure.units == 1 else structure.cut
        if structure == self.structure:
            return self
        if structure not in self._cut:
            self._cut[structure] = Blueprint(self.study, structure)
        return self._cut[structure]

    @cached_property
    def _cut(self) -> dict[Structure, Blueprint]:
        """The same enterprise by structure, so that what is worked out once is kept."""
        return {}

    @cached_property
    def whole(self) -> Blueprint:
        """The enterprise as one unit."""
        return Blueprint(self.study)

    @cached_property
    def paying(self) -> Blueprint:
        """The enterprise, as one unit, whose people are the budget: the study's own (rule E8)."""
        study = self.study.paying
        if study is not self.study:
            return Blueprint(study)
        return self if self.is_whole else self.whole

    @property
    def is_whole(self) -> bool:
        """Whether there is one unit only."""
        return self.structure.units == 1

    @property
    def stands_for(self) -> int:
        """Customers that each one simulated stands for: more than one in a slice of the firm."""
        return self.study.market.slice

    @cached_property
    def desks(self) -> tuple[tuple[str, int], ...]:
        """Declared name and unit of each function, unit -1 for one of the whole firm."""
        units = range(self.structure.units)
        local = self.study.enterprise.local_under(self.structure)
        return tuple(
            (name, unit)
            for name in sorted(self.study.enterprise.functions)
            for unit in (units if name in local else (NO_UNIT,))
        )

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions; one that each unit has bears the unit's number."""
        return tuple(name if unit < 0 else f"{name}@{unit + 1}" for name, unit in self.desks)

    def declared(self, place: int) -> DeclaredFunction:
        """Return what the enterprise says about a function, by its place."""
        return self.study.enterprise.functions[self.desks[place][0]]

    def functions_named(self, name: str, unit: int = -1) -> tuple[int, ...]:
        """Return the places of a declared function: in one unit if it is given, else in all."""
        return tuple(
            place
            for place, (declared, own) in enumerate(self.desks)
            if declared == name and (own in (NO_UNIT, unit) or unit == NO_UNIT)
        )

    @cached_property
    def function_units(self) -> np.ndarray:
        """Unit of each function, int, shape (n_functions,), -1 for one of the whole firm."""
        return np.array([unit for _, unit in self.desks])

    @cached_property
    def journeys(self) -> tuple[str, ...]:
        """Names of the journeys."""
        return tuple(sorted(self.study.enterprise.journeys))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Names of the segments, in the study's order."""
        return tuple(self.study.market.segments)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts."""
        return tuple(sorted(self.study.enterprise.facts))

    @cached_property
    def persistent_facts(self) -> int:
        """Mask of the facts that outlive a case."""
        kinds = self.study.enterprise.facts
        return self.mask(name for name in self.facts if kinds[name] == "customer")

    @cached_property
    def places(self) -> tuple[tuple[str, str, int], ...]:
        """Journey, name and unit of every touchpoint; each unit has its own of a local function."""
        found = []
        for journey in self.journeys:
            for name in sorted(self.journey(journey).touchpoints):
                owner = self.journey(journey).touchpoints[name].owner
                units = [unit for declared, unit in self.desks if declared == owner]
                found += [(journey, name, unit) for unit in units or [NO_UNIT]]
        return tuple(found)

    @cached_property
    def touchpoints(self) -> tuple[tuple[str, str], ...]:
        """Journey and name of every touchpoint."""
        return tuple((journey, name) for journey, name, _ in self.places)

    @cached_property
    def touchpoint_units(self) -> np.ndarray:
        """Unit of each touchpoint, int, shape (n_touchpoints,), -1 for one of the whole firm."""
        return np.array([unit for _, _, unit in self.places])

    @cached_property
    def place_of(self) -> dict[tuple[str, str], int]:
        """Place of every touchpoint, by journey and name: the first unit's."""
        places = enumerate(self.touchpoints)
        return {touchpoint: place for place, touchpoint in reversed(list(places))}

    @cached_property
    def in_whole(self) -> np.ndarray:
        """Place of each touchpoint in the enterprise as one unit, int, shape (n_touchpoints,)."""
        return np.array([self.whole.place_of[touchpoint] for touchpoint in self.touchpoints])

    @cached_property
    def worked_out(self) -> dict[str, np.ndarray]:
        """What later rooms have worked out of a blueprint once, which never changes."""
        return {}

    @cached_property
    def touchpoint_ids(self) -> tuple[str, ...]:
        """Names of the touchpoints as tables show them."""
        return tuple(
            f"{journey}/{name}" if unit < 0 else f"{journey}/{name}@{unit + 1}"
            for journey, name, unit in self.places
        )

    @cached_property
    def exits(self) -> tuple[str, ...]:
        """Names of all exits."""
        names = {name for journey in self.journeys for name in self.journey(journey).exits}
        return (COMPLETED, *sorted(names))

    def journey(self, name: str) -> Journey:
        """Return a journey by name."""
        return self.study.enterprise.journeys[name]

    def touchpoint(self, index: int) -> Touchpoint:
        """Return a touchpoint by its place in the canonical order."""
        journey, name = self.touchpoints[index]
        return self.journey(journey).touchpoints[name]

    def owner(self, index: int) -> int:
        """Return the function that owns a touchpoint, -1 for nobody."""
        owner = self.touchpoint(index).owner
        if owner == NOBODY:
            return -1
        return self.functions_named(owner, int(self.touchpoint_units[index]))[0]

    def mask(self, facts: Iterable[str]) -> int:
        """Return a set of facts as a mask."""
        return sum(1 << self.facts.index(name) for name in set(facts))

    @cached_property
    def owners(self) -> np.ndarray:
        """Owner of every touchpoint, int, shape (n_touchpoints,), -1 for nobody."""
        return np.array([self.owner(i) for i in range(len(self.touchpoints))])

    @cached_property
    def seams(self) -> tuple[tuple[int, int], ...]:
        """Ordered pairs of functions between which some journey passes people on."""
        pairs: set[tuple[int, int]] = set()
        for index in range(len(self.touchpoints)):
            if not self.touchpoint(index).automated:
                for receiver in self.receivers(index):
                    pairs.add((int(self.owners[index]), int(self.owners[receiver])))
        return tuple(sorted(pairs))

    @cached_property
    def seam_journeys(self) -> np.ndarray:
        """Whether each seam is crossed in each journey, bool, shape (n_seams, n_journeys)."""
        table = np.zeros((len(self.seams), len(self.journeys)), bool)
        for index in range(len(self.touchpoints)):
            if not self.touchpoint(index).automated:
                for receiver in self.receivers(index):
                    pair = (int(self.owners[index]), int(self.owners[receiver]))
                    table[self.seams.index(pair), self.journey_of[index]] = True
        return table

    def receivers(self, index: int) -> set[int]:
        """Return the staffed touchpoints whose people can get a case next from those of one."""
        if not self.is_whole:
            return receivers_in_units(self, index)
        journey = self.touchpoints[index][0]
        found: set[int] = set()
        seen: set[int] = set()
        frontier = [index]
        while frontier:
            step = self.touchpoint(frontier.pop())
            for target in step.next:
                if target not in self.journey(journey).touchpoints:
                    continue
                place = self.place_of[journey, target]
                following = self.touchpoint(place)
                if not following.automated:
                    found.add(place)
                if _passable(following) and place not in seen:
                    seen.add(place)
                    frontier.append(place)
        return found

    @cached_property
    def seam_ids(self) -> tuple[str, ...]:
        """Names of the seams as tables show them."""
        return tuple(f"{self.functions[f]}>{self.functions[g]}" for f, g in self.seams)

    @cached_property
    def site_ids(self) -> tuple[str, ...]:
        """Names of the sites: touchpoints, then seams."""
        return self.touchpoint_ids + self.seam_ids

    @cached_property
    def journey_of(self) -> np.ndarray:
        """Journey of every touchpoint, int, shape (n_touchpoints,)."""
        return np.array([self.journeys.index(journey) for journey, _ in self.touchpoints])

    @cached_property
    def function_counters(self) -> np.ndarray:
        """Counter of each function for draws, int64, shape (n_functions,)."""
        return np.array([name_counter(name) for name in self.functions], dtype=np.int64)

    @cached_property
    def processes(self) -> np.ndarray:
        """Site whose flaws each site has, int, shape (n_sites,); see `sim.state.units`."""
        return processes(self)

    @cached_property
    def site_counters(self) -> np.ndarray:
        """Counter of each site for draws, int64, shape (n_sites,)."""
        return np.array([name_counter(name) for name in self.site_ids], dtype=np.int64)

    def seam_table(self) -> np.ndarray:
        """Return the seam's place by sending and receiving function, int32, -1 for none."""
        table = np.full((len(self.functions), len(self.functions)), -1, np.int32)
        for place, (sender, receiver) in enumerate(self.seams):
            table[sender, receiver] = place
        return table

    def own_steps(self) -> np.ndarray:
        """Return the touchpoints each function owns in each journey, masks by place in it.

        int64, shape (n_functions, n_journeys).
        """
        if not self.is_whole:
            names = [self.whole.functions.index(name) for name, _ in self.desks]
            return self.whole.own_steps()[names]
        table = np.zeros((len(self.functions), len(self.journeys)), np.int64)
        for journey in range(len(self.journeys)):
            places = np.flatnonzero(self.journey_of == journey)
            for bit, place in enumerate(places):
                if self.owners[place] >= 0:
                    table[self.owners[place], journey] |= 1 << bit
        return table

    def touchpoint_array(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the touchpoints and their branches as records."""
        if not self.is_whole:
            return own_rows(self)
        records = np.zeros(len(self.touchpoints), TOUCHPOINT)
        branches: list[tuple[float, int, int]] = []
        for index, (journey_name, name) in enumerate(self.touchpoints):
            step = self.touchpoint(index)
            record = records[index]
            self._fill(record, step, index)
            locals_ = [i for i, (j, _) in enumerate(self.touchpoints) if j == journey_name]
            record["journey"] = self.journeys.index(journey_name)
            record["local"] = locals_.index(index)
            record["siblings"] = sum(
                1 << locals_.index(i) for i in locals_ if self.owners[i] == self.owners[index]
            )
            record["counter"] = name_counter(f"{journey_name}/{name}")
            record["first_branch"] = len(branches)
            branches += self._branches(journey_name, step)
        return records, np.array(branches, BRANCH)

    def _fill(self, record: np.void, step: Touchpoint, index: int) -> None:
        record["hours"] = step.minutes / 60.0
        record["spread"] = spread_of(step.variation)
        record["log_odds"] = _log_odds(step.error)
        record["latent"] = step.latent_fault
        record["requires"] = self.mask(step.requires)
        record["produces"] = self.mask(step.produces)
        record["owner"] = owner = self.owners[index]
        record["reader"] = self.function_counters[owner] if owner >= 0 else 0
        record["elsewhere"] = self._met_elsewhere(owner)
        record["live"] = step.mode == "live"
        record["automated"] = step.automated
        record["mandatory"] = step.mandatory
        record["shareable"] = step.shareable
        if step.negotiate is not None:
            record["stake"] = step.negotiate.stake
            record["rounds"] = step.negotiate.rounds
        reply = step.reply
        if reply is not None:
            record["reply_hours"] = reply.hours
            record["reply_spread"] = spread_of(reply.variation)
        limit = NEVER if reply is None or reply.limit_hours is None else reply.limit_hours
        record["reply_limit"] = limit
        if reply is not None and reply.limit_exit is not None:
            record["reply_exit"] = self.exits.index(reply.limit_exit)

    def _met_elsewhere(self, owner: int) -> int:
        """Return the facts that steps of any other owner ask for or establish."""
        steps = [self.touchpoint(p) for p, other in enumerate(self.owners) if other != owner]
        return self.mask(name for step in steps for name in (*step.requires, *step.produces))

    def _branches(self, journey: str, step: Touchpoint) -> list[tuple[float, int, int]]:
        rows = []
        total = 0.0
        steps = self.journey(journey).touchpoints
        for target, share in step.next.items():
            if share <= 0.0:
                continue
            total += share
            if target in steps:
                rows.append((total, self.place_of[journey, target], -1))
            else:
                rows.append((total, -1, self.exits.index(target)))
        last = rows[-1]
        rows[-1] = (2.0, last[1], last[2])  # the last branch takes what rounding leaves
        return rows

    def exit_completes(self) -> np.ndarray:
        """Return whether each exit counts as completing, int64, shape (n_exits, n_journeys)."""
        table = np.ones((len(self.exits), len(self.journeys)), np.int64)
        for column, name in enumerate(self.journeys):
            for exit_name, kind in self.journey(name).exits.items():
                table[self.exits.index(exit_name), column] = kind == "completed"
        return table

    def journey_array(self) -> np.ndarray:
        """Return the journeys as records."""
        records = np.zeros(len(self.journeys), JOURNEY)
        for index, name in enumerate(self.journeys):
            journey = self.journey(name)
            records[index]["start"] = self.place_of[name, journey.start]
            back = journey.recontact or journey.start
            records[index]["recontact"] = self.place_of[name, back]
            records[index]["joins"] = journey.effect == "joins"
            records[index]["renews"] = journey.effect == "renews"
            share = journey.opt_in
            records[index]["opt_in_odds"] = -1.0 if share is None else share / (1.0 - share)
        return records

    def segment_array(self) -> np.ndarray:
        """Return the segments as records."""
        return np.array(
            [
                (
                    s.patience,
                    s.effort_tolerance,
                    s.voice,
                    s.price_sensitivity,
                    s.revenue_per_year * s.margin_share,
                )
                for s in self.study.segments
            ],
            SEGMENT,
        )


def _passable(step: Touchpoint) -> bool:
    """Tell whether a case can come past a step that nobody has served: by machine or skipped."""
    machine = step.automated or (step.automation is not None and step.automation.share > 0.0)
    return machine or (bool(step.produces) and not step.mandatory)


def _log_odds(probability: float) -> float:
    if probability <= 0.0:
        return -math.inf
    if probability >= 1.0:
        return math.inf
    return math.log(probability / (1.0 - probability))
