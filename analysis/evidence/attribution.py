"""What a difference between two org models is owed to, over worlds: exactly, or sampled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import over_inside, student_interval
from analysis.evidence.coalitions import Between
from analysis.evidence.ensembles import Drawn
from analysis.evidence.lever_groups import LeverGroup, changes_text
from analysis.evidence.shapley import (
    Order,
    Terms,
    all_sets,
    drawn_orders,
    sets_along,
    shapley_terms,
    terms_along,
)
from sim.study.errors import Problem, StudyError
from sim.study.tables import column_names

MOST_SETS = 256
"""Org models between two, the two counted, that are run in each world at most."""

CoalitionValues = Mapping[int, float]
"""The measure under each set of groups that was run in a world; NaN where it has no value."""
Estimate = tuple[float, float, float]
"""A mean over worlds and the ends of its 95 % interval, NaN with one world."""


@dataclass(frozen=True)
class Method:
    """Which org models between two are run in a world.

    Attributes
    ----------
    orders : int
        How many orders are sampled in each world, even; 0 for all sets of groups.
    seed : int
        Of the orders; each world has its own, so that its interval holds the sampling as well.
    """

    orders: int = 0
    seed: int = 1

    def is_exact(self, groups: int) -> bool:
        """Tell whether all sets are run: as asked for, or since orders would save nothing."""
        few = groups < 2 or 1 << groups <= self.orders * (groups - 1) + 2
        return not self.orders or (few and 1 << groups <= MOST_SETS)

    def orders_in(self, world: int, groups: int) -> tuple[Order, ...]:
        """Return the orders sampled in a world."""
        return drawn_orders(groups, self.orders, (self.seed, world))

    def sets_in(self, world: int, groups: int) -> list[int]:
        """Return the sets that are run in a world, in order.

        Raises
        ------
        StudyError
            If all are wanted and there are too many.
        """
        if self.is_exact(groups):
            if 1 << groups > MOST_SETS:
                raise too_many(groups)
            return list(all_sets(groups))
        orders = self.orders_in(world, groups)
        return sorted({chosen for order in orders for chosen in sets_along(order)})


def too_many(groups: int) -> StudyError:
    """Return the refusal of more sets than can be run in each world."""
    message = (
        f"the two org models differ in {groups} groups of levers, which makes {1 << groups} org "
        f"models between them in each world; permitted: {MOST_SETS}"
    )
    remedy = (
        "sample orders of the groups with `--permutations 8`, or of single levers with `--single`, "
        "or compare org models that differ in fewer"
    )
    return StudyError([Problem("--from, --to", None, None, "", message, remedy)])


@dataclass(frozen=True)
class Attribution:
    """A difference between two org models in some worlds, and what it is owed to.

    Attributes
    ----------
    between : Between
        The two, and the groups in which they differ.
    drawn : Drawn
        The worlds that were run.
    measure : str
        Of whole firms.
    method : Method
    values : sequence of CoalitionValues
        One for each world.
    """

    between: Between
    drawn: Drawn
    measure: str
    method: Method
    values: Sequence[CoalitionValues]

    @property
    def groups(self) -> tuple[LeverGroup, ...]:
        """The groups in which the two differ."""
        return self.between.groups

    @property
    def is_exact(self) -> bool:
        """Whether all sets were run."""
        return self.method.is_exact(len(self.groups))

    @cached_property
    def whole(self) -> list[int]:
        """Places of the worlds in which every run has a value: the others are left out."""
        return [
            place
            for place, values in enumerate(self.values)
            if all(np.isfinite(value) for value in values.values())
        ]

    @cached_property
    def _found(self) -> tuple[Terms, Terms]:
        found = [self._in_world(place) for place in self.whole]
        shape = (len(found), len(self.groups))
        terms, errors = (np.array([each[part] for each in found]) for part in (0, 1))
        return terms.reshape(shape), errors.reshape(shape)

    def _in_world(self, place: int) -> tuple[Terms, Terms]:
        number, values = len(self.groups), self.values[place]
        if self.is_exact:
            return shapley_terms(values, number), np.zeros(number)
        orders = self.method.orders_in(self.drawn.worlds[place].number, number)
        return terms_along(values, orders)

    @property
    def terms(self) -> Terms:
        """What is owed to each group in each whole world, shape (n_worlds, n_groups)."""
        return self._found[0]

    @property
    def sampling_errors(self) -> Terms:
        """Standard errors of the means over worlds that sampling makes, shape (n_groups,)."""
        errors = self._found[1]
        return np.asarray(np.sqrt((errors**2).sum(axis=0)) / max(1, len(errors)))

    @property
    def differences(self) -> Terms:
        """The second org model less the first in each whole world."""
        return self._levels(self.between.all) - self._levels(0)

    @property
    def alone(self) -> Terms:
        """Each group taken by itself, less the first org model, shape (n_worlds, n_groups).

        NaN where orders were sampled and none of a world begins with the group.
        """
        found = [
            [values.get(1 << place, np.nan) - values[0] for place in range(len(self.groups))]
            for values in (self.values[place] for place in self.whole)
        ]
        return np.array(found, dtype=np.float64).reshape(len(found), len(self.groups))

    def _levels(self, chosen: int) -> Terms:
        return np.array([self.values[place][chosen] for place in self.whole], dtype=np.float64)

    @property
    def difference(self) -> Estimate:
        """The second org model less the first."""
        return _estimate(self.differences)

    @property
    def levels(self) -> tuple[Estimate, Estimate]:
        """The measure under the first and the second org model."""
        return _estimate(self._levels(0)), _estimate(self._levels(self.between.all))

    @cached_property
    def table(self) -> pd.DataFrame:
        """The groups that differ, the largest term first.

        Columns ``group, label, changes, term, low, high, sampling_error, same_sign, alone,
        alone_low, alone_high, alone_above``: ``same_sign`` is the share of worlds in which the
        term has the sign of its mean, ``alone`` what the group makes by itself, and
        ``alone_above`` the share of worlds in which that is more than nothing.
        """
        term, low, high = student_interval(self.terms.T)
        same = (np.sign(self.terms) == np.sign(term)).mean(axis=0) if self.whole else term
        alone, alone_low, alone_high = student_interval(self.alone.T)
        above = np.where(np.isnan(self.alone), np.nan, self.alone > 0.0)
        rows = pd.DataFrame(
            {
                "group": [group.name for group in self.groups],
                "label": [group.label for group in self.groups],
                "changes": [
                    changes_text(group, self.between.first, self.between.second)
                    for group in self.groups
                ],
                "term": term,
                "low": low,
                "high": high,
                "sampling_error": self.sampling_errors,
                "same_sign": same,
                "alone": alone,
                "alone_low": alone_low,
                "alone_high": alone_high,
                "alone_above": over_inside(above.T),
            }
        )
        order = np.argsort(-np.abs(term), kind="stable")
        return rows.iloc[order].reset_index(drop=True)

    @property
    def largest(self) -> tuple[str, ...]:
        """Names of the two groups with the largest terms; fewer where fewer differ."""
        return tuple(self.table["group"].head(2))

    @property
    def interaction(self) -> Estimate | None:
        """What the two largest groups make together beyond what each makes alone.

        The value with both, less those with either, plus that with none of the levers taken:
        None where orders were sampled, or fewer than two groups differ.
        """
        if not self.is_exact or len(self.groups) < 2:
            return None
        names = [group.name for group in self.groups]
        one, other = (1 << names.index(name) for name in self.largest)
        parts = [self._levels(chosen) for chosen in (one | other, one, other, 0)]
        return _estimate((parts[0] - parts[1]) - (parts[2] - parts[3]))

    @property
    def n_sets(self) -> int:
        """How many org models were run, over all worlds, the two counted."""
        return len(set().union(*self.values))


def _estimate(values: Terms) -> Estimate:
    mean, low, high = (float(each) for each in student_interval(values))
    return mean, low, high


def levers_table(found: Attribution) -> pd.DataFrame:
    """Return what is owed to every group: columns of ``levers.csv``; those equal have 0."""
    equal = pd.DataFrame({"group": [group.name for group in found.between.equal]})
    names = column_names("levers.csv")
    equal = equal.assign(**dict.fromkeys(names[1:], 0.0))
    parts = [part[names] for part in (found.table, equal) if len(part)]
    return pd.concat(parts, ignore_index=True)


def coalitions_table(found: Attribution) -> pd.DataFrame:
    """Return the measure under every org model that was run: columns of ``coalitions.csv``."""
    rows = [
        (world.number, of, _named(found.between.taken(chosen)), found.measure, value)
        for world, of, values in zip(found.drawn.worlds, found.drawn.of, found.values, strict=True)
        for chosen, value in values.items()
    ]
    return pd.DataFrame(rows, columns=column_names("coalitions.csv"))


def _named(groups: Sequence[LeverGroup]) -> str:
    return " + ".join(group.name for group in groups)


def attribution_as_object(found: Attribution) -> dict[str, Any]:
    """Return the attribution as plain data, for ``levers.json``."""
    names = ("mean", "low", "high")
    first, second = (dict(zip(names, each, strict=True)) for each in found.levels)
    worth = found.interaction
    return {
        "measure": found.measure,
        "worlds": len(found.drawn.worlds),
        "worlds_counted": len(found.whole),
        "worlds_of": list(found.drawn.groups) if found.drawn.fitted else [],
        "worlds_are": found.drawn.title,
        "method": "exact" if found.is_exact else "sampled",
        "permutations": 0 if found.is_exact else found.method.orders,
        "org_models": found.n_sets,
        "level_from": first,
        "level_to": second,
        "difference": dict(zip(names, found.difference, strict=True)),
        "groups": found.table.to_dict("records"),
        "equal": [group.name for group in found.between.equal],
        "together": [vars(each) for each in found.between.together],
        "interaction": None
        if worth is None
        else {"groups": list(found.largest), **dict(zip(names, worth, strict=True))},
    }
