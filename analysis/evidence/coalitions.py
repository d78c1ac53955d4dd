"""Which org models stand between two, and which groups of levers cannot be taken apart.

An org model between two has the levers of some groups from the second, else from the first. Each
goes through all checks of a study file. One that would be refused, or in which a role decides that
nobody is in, is no org model: the two groups that make it so are taken together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.evidence.lever_groups import (
    ANSWERING,
    GROUPS,
    LeverGroup,
    differing,
    joined,
    mixed,
    one_by_one,
    unanswered,
)
from sim.reading.loader import study_from
from sim.study.errors import Problem, StudyError
from sim.study.extension import adopted_by
from sim.study.plans import Plan
from sim.study.study import Study

_AT_ONCE = 38
"""Org models that are checked as one study, which holds forty at most."""

Sets = Callable[[int], Iterable[int]]
"""Which sets of so many groups are needed."""


@dataclass(frozen=True)
class Together:
    """Two groups that are taken together, and what is wrong with one of them alone.

    Attributes
    ----------
    first, second : str
        Names of the groups.
    reason : str
        What a check says of the org model with the levers of only one of them.
    """

    first: str
    second: str
    reason: str


@dataclass(frozen=True)
class Between:
    """Two org models of a study and the groups of levers in which they differ.

    Attributes
    ----------
    study : Study
    first, second : Plan
        Of the study, or of one like it.
    groups : tuple of LeverGroup
        What they differ in; a set of them is a number whose bits say which.
    together : tuple of Together
        What was joined to have these groups, in order.
    """

    study: Study
    first: Plan
    second: Plan
    groups: tuple[LeverGroup, ...]
    together: tuple[Together, ...] = ()

    @property
    def all(self) -> int:
        """The set of all groups."""
        return (1 << len(self.groups)) - 1

    @cached_property
    def equal(self) -> tuple[LeverGroup, ...]:
        """The groups in which the two do not differ."""
        changed = {group.name for group in differing(self.first, self.second)}
        return tuple(group for group in GROUPS if group.name not in changed)

    def taken(self, chosen: int) -> tuple[LeverGroup, ...]:
        """Return the groups of a set, in order."""
        return tuple(group for place, group in enumerate(self.groups) if chosen >> place & 1)

    def model(self, chosen: int) -> Plan:
        """Return the org model with the levers of a set from the second."""
        if chosen in (0, self.all):
            return self.second if chosen else self.first
        return mixed(self.first, self.second, self.taken(chosen), f"mixed {chosen:x}")

    def complaints(self, sets: Iterable[int]) -> dict[int, str]:
        """Return what is wrong with org models between the two; those with nothing are left out."""
        found, sound = dict[int, str](), list[int]()
        for chosen in sorted(set(sets) - {0, self.all}):
            missing = self._unanswered(chosen)
            if missing:
                found[chosen] = missing
            else:
                sound.append(chosen)
        for start in range(0, len(sound), _AT_ONCE):
            found |= self._refused(sound[start : start + _AT_ONCE])
        return found

    def _unanswered(self, chosen: int) -> str:
        usual = unanswered(self.first) | unanswered(self.second)
        roles = sorted(unanswered(self.model(chosen)) - usual)
        if not roles:
            return ""
        post = f"staffing.{ANSWERING[roles[0]]}"
        return f"{roles[0]} would decide or answer, with nobody under {post}"

    def _refused(self, chosen: Sequence[int]) -> dict[int, str]:
        """Return which of some org models a study would not be read with, and why."""
        found: dict[int, str] = {}
        left = list(chosen)
        while left:
            problems = self._problems(left)
            if not problems:
                break
            blamed = {left[at]: p for p in reversed(problems) if (at := _place(p)) < len(left)}
            if not blamed and len(left) > 1:  # no place is named: each by itself
                return found | {k: v for one in left for k, v in self._refused([one]).items()}
            blamed = blamed or {left[0]: problems[0]}
            found |= {one: _said(problem) for one, problem in blamed.items()}
            left = [one for one in left if one not in blamed]
        return found

    def _problems(self, chosen: Sequence[int]) -> list[Problem]:
        baseline = next(
            plan for plan in self.study.organisations if plan.organisation == self.study.baseline
        )
        models = tuple(self.model(each) for each in chosen)
        study = self.study.model_copy(
            update={"organisations": (*models, baseline), "compared_with": None}
        )
        try:
            study_from(study, extensions=[each.extension for each in adopted_by(study.extensions)])
        except StudyError as error:
            return error.problems
        return []

    def joining(self, first: int, second: int, reason: str) -> Between:
        """Return the same with two groups taken together, in the place of the first."""
        first, second = sorted((first, second))
        one, other = self.groups[first], self.groups[second]
        rest = [group for place, group in enumerate(self.groups) if place != second]
        rest[first] = joined(one, other)
        return replace(
            self,
            groups=tuple(rest),
            together=(*self.together, Together(one.name, other.name, reason)),
        )


def between(
    study: Study, first: Plan, second: Plan, sets: Sets, *, single: bool = False
) -> Between:
    """Return the groups in which two org models differ, so that each set wanted is an org model.

    While one is none, the smallest is looked at, the first of several: the last of its groups, and
    the first of the others that would make it one, are taken together from then on.

    Parameters
    ----------
    study : Study
        Which the two are of.
    first, second : Plan
    sets : callable
        Which sets of so many groups are wanted.
    single : bool
        Whether each lever is a group of its own at first.
    """
    groups = differing(first, second)
    found = Between(study, first, second, one_by_one(groups) if single else groups)
    while True:
        number = len(found.groups)
        # Most of what cannot stand alone shows where only one group is taken, or left out.
        wrong = found.complaints(_nearly_one(number)) or found.complaints(sets(number))
        if not wrong:
            return found
        least = _smallest(found, min(wrong, key=lambda chosen: (chosen.bit_count(), chosen)))
        reason = found.complaints([least])[least]
        last = least.bit_length() - 1
        others = [place for place in range(len(found.groups)) if not least >> place & 1]
        mended = found.complaints([least | 1 << place for place in others])
        helps = [place for place in others if least | 1 << place not in mended]
        found = found.joining((helps or others)[0], last, reason)


def _nearly_one(groups: int) -> list[int]:
    """Return the sets of one group, and of all but one."""
    bits = [1 << place for place in range(groups)]
    return [*bits, *((1 << groups) - 1 - bit for bit in bits)]


def _smallest(found: Between, chosen: int) -> int:
    """Return a set in which something is wrong only as long as all of its groups are in it."""
    for place in range(chosen.bit_length()):
        without = chosen & ~(1 << place)
        if chosen >> place & 1 and found.complaints([without]):
            return _smallest(found, without)
    return chosen


def _place(problem: Problem) -> int:
    """Return which org model of a study a problem is of; a large number if of none."""
    named = re.match(r"organisations\[(\d+)\]", problem.path)
    return int(named[1]) if named else 1 << 30


def _said(problem: Problem) -> str:
    where = problem.path.partition("].")[2]
    return f"{where}: {problem.message}" if where else problem.message
