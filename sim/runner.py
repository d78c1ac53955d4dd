"""One run: a specification in, its measures out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.checks.finite import check_finite
from sim.engine.compiled import compiled_before
from sim.model import EnterpriseModel
from sim.results.customer_table import customer_table
from sim.results.event_table import event_table
from sim.results.measures import measures
from sim.state.blueprint import Blueprint
from sim.state.demand import generate
from sim.state.demand_table import DemandTable
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.worlds import luck_of


@dataclass(frozen=True)
class RunSpec:
    """What to run: one org model of a study, with one draw of demand and luck.

    Attributes
    ----------
    study : Study
        The study.
    organisation : OrgModel
        One of its org models.
    replicate, world : int
        Which luck, and which draw of the uncertain parameters (0 is the study as given).
    customers, events : bool
        Whether to return one row a customer, and one row an event.
    followed : tuple of int
        Customers whose events alone are returned, by number; empty for all.
    """

    study: Study
    organisation: OrgModel
    replicate: int
    world: int = 0
    customers: bool = False
    events: bool = False
    followed: tuple[int, ...] = ()

    @property
    def luck(self) -> int:
        """Which draw of demand and luck: a replicate's own, of another world another one."""
        return luck_of(self.world, self.replicate)


@dataclass(frozen=True)
class RunResult:
    """Tables of one run: measures always, customers and events if asked for."""

    measures: pd.DataFrame
    customers: pd.DataFrame | None
    events: pd.DataFrame | None


def kernels_ready() -> bool:
    """Tell whether the engine is compiled for this machine already."""
    return compiled_before("pipeline")


class _Latest:
    """The demand table drawn last: org models of a replicate run one after the other."""

    def __init__(self) -> None:
        self.made_for: tuple[Any, ...] = ()
        self.demand: DemandTable | None = None

    def of(self, study: Study, luck: int) -> DemandTable:
        """Return the demand table of a study with one draw of luck."""
        wanted = (study.market, study.design, study.enterprise, luck)
        if self.demand is None or self.made_for != wanted:
            self.demand = None  # two tables at once would take memory that nothing planned for
            self.demand = generate(Blueprint(study), luck)
            self.made_for = wanted
        return self.demand


_LATEST = _Latest()


def run(spec: RunSpec, each_week: Callable[[EnterpriseModel], None] | None = None) -> RunResult:
    """Run one org model with one draw of demand and luck.

    Parameters
    ----------
    spec : RunSpec
        What to run.
    each_week : callable, optional
        Sees the model after every week; what it raises ends the run.

    Returns
    -------
    RunResult
        Tidy tables that name the org model, replicate and world.

    Raises
    ------
    ArithmeticError
        If a measure that has cases is no number.
    """
    demand = _LATEST.of(spec.study, spec.luck)
    logged = (spec.followed or True) if spec.events else False
    model = EnterpriseModel(
        spec.study, spec.organisation, spec.luck, demand=demand, log_events=logged
    )
    try:
        if each_week is None:
            model.run_model()
        else:
            _watched(model, each_week)
        table = measures(model)
        check_finite(table, _customers_at_start(model))
        table.insert(0, "org_model", spec.organisation.organisation)
        table.insert(1, "replicate", np.int32(spec.replicate))
        table.insert(2, "world", np.int32(spec.world))
        customers = None
        if spec.customers:
            customers = customer_table(model)
            customers.insert(3, "org_model", spec.organisation.organisation)
        events = event_table(model) if spec.events else None
        return RunResult(table, customers, events)
    finally:
        model.release()


def _watched(model: EnterpriseModel, each_week: Callable[[EnterpriseModel], None]) -> None:
    while model.tick < model.last_tick:
        model.step()
        each_week(model)


def _customers_at_start(model: EnterpriseModel) -> int:
    """Return how many customers were present at day 0."""
    day_zero = float(model.state.rules[0]["day_zero"])
    return int((model.state.customers["joined_at"] <= day_zero).sum())
