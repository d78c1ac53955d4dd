"""One run: a specification in, its measures out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.compiled import compiled_before
from sim.event_table import event_table
from sim.levers import OrgModel
from sim.model import EnterpriseModel
from sim.recorder import customer_table, measures
from sim.scenario import Scenario


@dataclass(frozen=True)
class RunSpec:
    """What to run: one org model of a study, with one draw of demand and luck.

    Attributes
    ----------
    scenario : Scenario
        The study.
    organisation : OrgModel
        One of its org models.
    replicate, world : int
        Which luck, and which draw of the uncertain parameters (0 is the study as given).
    customers, events : bool
        Whether to return one row a customer, and one row an event.
    """

    scenario: Scenario
    organisation: OrgModel
    replicate: int
    world: int = 0
    customers: bool = False
    events: bool = False


@dataclass(frozen=True)
class RunResult:
    """Tables of one run: measures always, customers and events if asked for."""

    measures: pd.DataFrame
    customers: pd.DataFrame | None
    events: pd.DataFrame | None


def kernels_ready() -> bool:
    """Tell whether the engine is compiled for this machine already."""
    return compiled_before("pipeline")


def run(spec: RunSpec) -> RunResult:
    """Run one org model with one draw of demand and luck.

    Parameters
    ----------
    spec : RunSpec
        What to run.

    Returns
    -------
    RunResult
        Tidy tables that name the org model, replicate and world.
    """
    model = EnterpriseModel(
        spec.scenario, spec.organisation, spec.replicate, log_events=spec.events
    )
    try:
        model.run_model()
        table = measures(model)
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
