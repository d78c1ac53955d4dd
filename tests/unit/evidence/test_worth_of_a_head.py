"""What a head is worth: runs with idle people against those with all at work, luck with luck."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.evidence.one_head import baseline_of, idle_heads, with_idle
from analysis.evidence.sampled import worth_of_a_head
from sim.reading.loader import load_study


def _measured(study, org_model: str, values: dict[tuple[int, int], float]) -> pd.DataFrame:
    rows = [
        (org_model, world, replicate, study.headline, "overall", value)
        for (world, replicate), value in values.items()
    ]
    return pd.DataFrame(
        rows, columns=["org_model", "world", "replicate", "measure", "scope", "value"]
    )


@pytest.mark.parametrize("lacking", [None, (1, 1), (2, 0)])
def test_luck_cancels_where_one_of_a_worlds_runs_failed(lacking) -> None:
    study = load_study("scenarios/board.yaml")
    heads = idle_heads(study)
    luck = {(1, 0): 150.0, (1, 1): 170.0, (2, 0): 120.0, (2, 1): 90.0}
    plain = _measured(study, study.baseline, luck)
    # A head is worth 2 in the first world and 4 in the second.
    less = {run: value - 2.0 * run[0] * heads for run, value in luck.items() if run != lacking}
    idle = _measured(study, with_idle(baseline_of(study), 1).organisation, less)
    assert worth_of_a_head(plain, idle, study) == pytest.approx(3.0)


def test_a_world_without_any_pair_says_nothing() -> None:
    study = load_study("scenarios/board.yaml")
    heads = idle_heads(study)
    name = with_idle(baseline_of(study), 1).organisation
    plain = _measured(study, study.baseline, {(1, 0): 150.0, (2, 0): 10.0})
    idle = _measured(study, name, {(1, 0): 150.0 - heads, (2, 0): math.nan, (2, 1): 9.0})
    assert worth_of_a_head(plain, idle, study) == pytest.approx(1.0)
