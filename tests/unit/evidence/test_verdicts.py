"""Verdicts from made-up readings: each word, and what it takes."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from analysis.evidence.claim_files import Claim, Quantity
from analysis.evidence.claims_told import (
    as_data,
    claims_table,
    claims_text,
    counted,
    fails_text,
    hardly_matters,
    hardly_matters_text,
)
from analysis.evidence.ensembles import Drawn
from analysis.evidence.verdicts import (
    CONDITIONAL,
    CONTRARY,
    SUPPORTED,
    UNDETERMINED,
    Verdict,
    adjusted,
    splits_of,
    verdicts_of,
)
from analysis.evidence.verdicts import tested as put_to_the_test
from sim.study.tables import column_names
from sim.study.worlds import World

Effect = np.ndarray | float
N_WORLDS = 24
LOSS = np.linspace(0.01, 0.07, N_WORLDS)[np.random.default_rng(2).permutation(N_WORLDS)]
DRAWN = Drawn(
    tuple(
        World(1 + place, {"loss_rate": float(LOSS[place])}, frozenset({"understanding"}))
        for place in range(N_WORLDS)
    ),
    ("",) * N_WORLDS,
    "ranges",
)
NOISE = 0.1 * np.random.default_rng(5).normal(size=N_WORLDS)
CLAIM = {
    "claim": 1,
    "source": "Journeys",
    "says": "more is more",
    "test": "as said",
    "measure": "net_value",
    "expected": "higher",
    "smallest": 1.0,
    "why_smallest": "so",
    "cells": {"siloed": {}, "hybrid": {}},
    "contrast": {"hybrid": 1, "siloed": -1},
    "fails_when": {"says": "never", "under": {"parameters.loss_rate": 0}},
    "beside": [
        {"says": "hours", "kind": "by construction", "contrast": {"hybrid": 1, "siloed": -1}}
    ],
    "splits": ["loss_rate", "understanding"],
}


def _claim(**changes: object) -> Claim:
    return Claim.model_validate_json(json.dumps(CLAIM | changes), strict=True)


class _Made:
    """Readings in which a hybrid differs from silos by what is asked for."""

    def __init__(self, effect: Callable[[int], Effect], failing: Effect = 0.0) -> None:
        self._effect, self._failing = effect, failing

    def of(self, claim: int, cell: str, quantity: Quantity) -> np.ndarray:
        level = np.full(N_WORLDS, 100.0)
        if cell.startswith("fails/"):
            level[1::2] = np.nan  # half of the worlds are not run
            return level + (self._failing if cell.endswith("hybrid") else 0.0)
        return level + (self._effect(claim) + NOISE if cell.endswith("hybrid") else 0.0)


NAMES = ("siloed", "hybrid", "fails/siloed", "fails/hybrid")


def _one(effect: Effect, failing: Effect = 0.0, **changes: object) -> Verdict:
    claim = _claim(**changes)
    (found,) = verdicts_of([claim], _Made(lambda _: effect, failing), DRAWN, {1: NAMES})
    return found


def test_an_effect_as_claimed_and_large_is_supported_and_fails_where_it_should() -> None:
    found = _one(2.0)
    assert (found.verdict, found.fails_as_predicted) == (SUPPORTED, "yes")
    assert found.tested.effect == pytest.approx(2.0 + NOISE.mean())
    assert found.fails is not None and found.fails.n_worlds == N_WORLDS // 2
    assert _one(2.0, failing=2.0).fails_as_predicted == "no"


def test_the_other_sign_is_contrary_and_has_nothing_to_fail() -> None:
    found = _one(-2.0)
    assert (found.verdict, found.fails_as_predicted) == (CONTRARY, "")
    assert _one(-2.0, expected="lower").verdict == SUPPORTED


@pytest.mark.parametrize(
    "effect",
    [
        0.5,  # sure, but smaller than matters
        np.where(np.arange(N_WORLDS) % 4 == 0, -1.0, 3.0),  # three quarters of worlds only
        np.where(np.arange(N_WORLDS) % 2 == 0, -9.0, 9.0),  # no sign at all
    ],
)
def test_what_is_small_or_not_in_most_worlds_is_undetermined(effect) -> None:
    assert _one(effect).verdict == UNDETERMINED


def test_a_split_found_in_one_half_has_to_hold_in_the_other() -> None:
    high = np.median(LOSS) < LOSS
    found = _one(np.where(high, 3.0, 0.0))
    assert found.verdict == CONDITIONAL
    assert found.condition.startswith("supported where loss_rate above 0.0")
    assert found.held_out is not None and found.held_out.n_worlds == high[1::2].sum()
    assert _one(np.where(high, 3.0, 0.0), splits=[]).verdict == UNDETERMINED
    # In worlds that chose it alone it is no finding.
    chose = np.arange(N_WORLDS) % 2 == 0
    assert _one(np.where(high & chose, 3.0, 0.0)).verdict == UNDETERMINED
    against = _one(np.where(high, -3.0, 0.3))
    assert against.condition.startswith("contrary where loss_rate above")
    # What does not hold has no condition to fail under, on a side as anywhere.
    assert (found.fails_as_predicted, against.fails_as_predicted) == ("yes", "")


def test_a_claim_that_holds_on_a_side_has_to_fail_there() -> None:
    """The condition that changes nothing there is no help, whatever it finds elsewhere."""
    high = np.median(LOSS) < LOSS
    effect = np.where(high, 1.8, 0.0)
    found = _one(effect, failing=effect)
    assert found.verdict == CONDITIONAL
    assert found.fails is not None and found.fails.n_worlds == high[::2].sum()
    assert found.fails.effect == pytest.approx(1.8)
    assert found.fails_as_predicted == "no"


def test_what_the_study_sets_divides_no_worlds() -> None:
    claim = Claim.model_validate(CLAIM | {"splits": ["loss_rate", "voice_agent", "understanding"]})
    sides = splits_of(claim, DRAWN)
    assert [side.words.split()[0] for side in sides] == ["loss_rate", "loss_rate", "off:", "on:"]


def test_q_is_over_all_claims_run() -> None:
    p = [0.001, 0.02, 0.03, 0.9]
    assert adjusted(p) == pytest.approx([0.004, 0.04, 0.04, 0.9])
    assert adjusted([0.04, float("nan"), 0.5]) == pytest.approx([0.12, 1.0, 0.75])
    # One claim of many, each with nothing, is not supported by a p that alone would do.
    spread = 3.0 * np.random.default_rng(8).normal(size=N_WORLDS)
    weak = spread - spread.mean() + 1.5
    alone = _one(weak - NOISE)
    assert 0.01 < alone.tested.p < 0.05
    many = [_claim(claim=number) for number in range(1, 11)]
    made = _Made(lambda number: weak - NOISE if number == 1 else spread - spread.mean() - NOISE)
    found = verdicts_of(many, made, DRAWN, dict.fromkeys(range(1, 11), NAMES))
    assert found[0].tested.p == alone.tested.p
    assert found[0].q > 5 * alone.tested.p


def test_equal_and_no_gain_have_verdicts_of_their_own() -> None:
    assert _one(0.0, kind="equivalence").verdict == SUPPORTED
    assert _one(5.0, kind="equivalence").verdict == CONTRARY
    assert _one(-9.0, kind="no gain").verdict == SUPPORTED
    assert _one(9.0, kind="no gain").verdict == CONTRARY


def test_what_surely_hardly_matters_is_told_from_what_is_not_known() -> None:
    unknown = _one(np.where(np.arange(N_WORLDS) % 2 == 0, -9.0, 9.0))
    small = [_one(0.3), _one(-0.9), _one(0.0)]
    told = [*small, unknown, _one(0.99), _one(2.0), _one(0.0, kind="equivalence")]
    assert [hardly_matters(each) for each in told] == [True] * 3 + [False] * 4
    assert as_data(small[0], 1)["hardly_matters"] is True
    assert hardly_matters_text(told).startswith("Of 5 undetermined 3 have no effect that would")
    assert hardly_matters_text([unknown, _one(2.0)]) == ""
    on_a_side = _one(np.where(np.median(LOSS) < LOSS, 1.3, 0.0))
    assert (on_a_side.verdict, on_a_side.tested.high < 1.0) == (CONDITIONAL, True)
    assert not hardly_matters(on_a_side)


@pytest.mark.parametrize(("leaning", "said"), [(-1.0, -0.5), (1.0, 0.5)])
def test_of_several_rules_the_one_that_says_least_is_told(leaning: float, said: float) -> None:
    """Under one rule the first score says all there is of the outcome, under the other half."""
    claim = _claim(
        kind="correlations",
        contrast=None,
        cells={name: {} for name in ("siloed", "hybrid", "peer", "centralised")},
        scores={"expected": "nps_surveyed", "other": "csat"},
        rules={"strong": {}, "weak": {}},
        beside=[],
        smallest=0.1,
    )
    cells = dict(zip(claim.cells, (1.0, -1.0, 1.0, -1.0), strict=True))
    across = dict(zip(claim.cells, (1.0, 1.0, -1.0, -1.0), strict=True))
    better, worse = ("nps_surveyed", "csat") if leaning > 0 else ("csat", "nps_surveyed")

    class Scores:
        def of(self, claim: int, cell: str, quantity: Quantity) -> np.ndarray:
            rule, _, name = cell.rpartition("/")
            share = 1.0 if rule.endswith("strong") else 0.5
            beyond = (1.0 - share**2) ** 0.5
            value = {
                "net_value": cells[name],
                better: share * cells[name] + beyond * across[name],
                worse: 0.0,
            }[quantity.measure]
            return np.full(N_WORLDS, value)

    found = put_to_the_test(claim, Scores(), np.ones(N_WORLDS, bool))
    assert found.effect == pytest.approx(said)


def test_what_is_told_follows_from_what_was_found() -> None:
    found = [_one(2.0)]
    table = claims_table(found, {1: 48})
    assert list(table.columns) == column_names("claims.csv")
    assert table.loc[0, "verdict"] == SUPPORTED
    text = claims_text(found)
    assert "supported" in text and "<.001" in text and "+2.0" in text
    assert counted(found) == "1 claim: 1 supported"
    assert "yes" in fails_text(found)
    told = as_data(found[0], 48)
    assert told["beside"][0]["kind"] == "by construction"
    assert told["cells"]["hybrid"]["mean"] == pytest.approx(102.0 + NOISE.mean())
