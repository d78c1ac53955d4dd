"""Rankings under rules of another kind, of made-up values whose signs are known."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.evidence.ensembles import drawn_worlds
from analysis.evidence.other_rules import RIVALS, exchanged, rival_specs, rules_table
from sim.reading.loader import load_study
from sim.study.tables import column_names


@pytest.fixture(scope="module")
def study():
    return load_study("scenarios/board.yaml", orgs=["siloed", "hybrid", "peer"])


def test_org_models_run_under_both_rules_of_every_pair_in_the_same_worlds(study, tmp_path) -> None:
    drawn = drawn_worlds(study, tmp_path, 3, 0, "ranges")
    specs = rival_specs(study, drawn, 2)
    assert len(specs) == 2 * len(RIVALS) * 2 * 3
    assert [spec.world for spec in specs] == [1] * 18 + [2] * 18
    peak, mean = specs[0].study, specs[3].study
    assert (peak.parameters["peak_end_weight"], mean.parameters["peak_end_weight"]) == (1.0, 0.0)
    assert peak.market == mean.market and specs[0].luck == specs[3].luck
    others = {name: value for name, value in peak.parameters.items() if name != "peak_end_weight"}
    assert others.items() <= mean.parameters.items()
    kinds = [(s.study.mechanisms.trust, s.study.mechanisms.patience) for s in specs[6:18:3]]
    assert kinds == [
        ("beta", "exponential"),
        ("fixed_rate", "exponential"),
        ("beta", "exponential"),
        ("beta", "measured"),
    ]


def test_signs_that_change_are_counted_and_clear_ones_apart(study) -> None:
    rng = np.random.default_rng(5)
    table = np.zeros((10, len(RIVALS), 2, 3)) + 0.01 * rng.standard_normal((10, 1, 1, 1))
    table[..., :] += [0.0, 1.0, 3.0]
    table += 0.1 * rng.standard_normal(table.shape)
    table[:, 1, 1] += [0.0, 0.0, -2.5]  # under the other trust the last falls behind the second
    table[3, 2, 0, 0] = np.nan
    memory, trust, patience = exchanged(study, table.ravel())
    assert (memory.kept, memory.clear_kept, memory.leaders) == (3, 3, ("peer", "peer"))
    assert (trust.pairs, trust.kept, trust.clear, trust.clear_kept) == (3, 2, 3, 2)
    assert trust.leaders == ("peer", "hybrid")
    assert trust.lead[0][0] == pytest.approx(2.0, abs=0.2)
    assert trust.lead[1][0] == pytest.approx(-0.5, abs=0.2)
    assert (memory.n_worlds, patience.n_worlds) == (10, 9)
    shown = rules_table([memory, trust, patience])
    assert list(shown.columns) == column_names("rules.csv")


def test_what_is_not_clear_is_not_called_so(study) -> None:
    rng = np.random.default_rng(6)
    noise = rng.standard_normal((10, len(RIVALS), 2, 3))
    found = exchanged(study, noise.ravel())
    assert sum(each.clear for each in found) <= 2
    assert exchanged(study, noise[:1].ravel()) == []
