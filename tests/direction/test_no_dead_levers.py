"""Every lever moves something, by its mechanism and by nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pandas as pd
import pytest
from levers_shown import LEVERS, Shown
from pydantic import BaseModel
from studies import PEERS, PLAIN, TRUSTING, compact_study, measured, peer_enterprise, same

from sim.study.levers import OrgModel

NAMES = {"organisation", "label", "extensions"}
"""Keys of an org model that are no levers: what it is called, and levers of extensions."""


def paths(model: type[BaseModel], before: str = "") -> list[str]:
    """Return the path of every lever of the schema."""
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += paths(inner, f"{before}{name}.")
        elif before or name not in NAMES:
            found.append(f"{before}{name}")
    return found


def laid_over(levers: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return levers with others laid over them; an empty group takes a group away."""
    result = copy.deepcopy(levers)
    for key, value in more.items():
        if isinstance(value, dict) and value:
            result[key] = laid_over(result.get(key, {}), value)
        else:
            result[key] = value
    return result


def with_lever(levers: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    for key in reversed(path.split(".")):
        value = {key: value}
    return laid_over(levers, value)


def table(shown: Shown, levers: dict[str, Any], parameters: dict[str, float]) -> pd.DataFrame:
    """Return the measures of a run, all but those that the lever sets by definition."""
    study = compact_study(
        PLAIN | levers,
        parameters=(TRUSTING if shown.peers else {}) | parameters,
        market={"customers": 120} | (PEERS if shown.peers else {}),
        enterprise=peer_enterprise() if shown.peers else None,
    )
    rows = measured(study)
    return rows[~rows["measure"].isin(shown.sets)].reset_index(drop=True)


def both(shown: Shown, path: str, off: bool) -> list[pd.DataFrame]:
    beside, parameters = shown.beside, shown.parameters
    if off:
        beside = laid_over(beside, shown.off_beside or {})
        parameters = parameters | (shown.off or {})
    start = beside if shown.start is None else with_lever(beside, path, shown.start)
    moved = with_lever(beside, path, shown.moved)
    return [table(shown, levers, parameters) for levers in (start, moved)]


def test_every_lever_of_the_schema_has_an_entry() -> None:
    assert sorted(LEVERS) == sorted(paths(OrgModel))


@pytest.mark.parametrize("path", LEVERS)
def test_a_lever_moves_some_measure(path) -> None:
    assert not same(*both(LEVERS[path], path, off=False))


@pytest.mark.parametrize("path", [path for path, shown in LEVERS.items() if not shown.takes])
def test_without_its_mechanism_a_lever_moves_nothing(path) -> None:
    shown = LEVERS[path]
    assert shown.off is not None or shown.off_beside is not None
    before, after = both(shown, path, off=True)
    assert same(before, after), before.compare(after).to_string()
