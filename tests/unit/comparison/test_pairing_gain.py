"""What pairing is worth, from made-up measures whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.pairing_gain import FEWEST_UNITS, pairing_gain, pairing_words

SHARED, OWN = 3.0, 1.0
NAMES = ["org_model", "replicate", "world", "measure", "scope", "scope_id", "value"]


def _measures(number: int, own: float = OWN) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    shared = SHARED * rng.standard_normal(number)
    rows = [
        (org, place, 0, "net_value", "overall", "", level + luck + own * rng.standard_normal())
        for org, level in (("a", 100.0), ("b", 103.0), ("c", 101.0))
        for place, luck in enumerate(shared)
    ]
    return pd.DataFrame(rows, columns=NAMES)


def test_it_is_the_ratio_of_variances() -> None:
    # Two runs of their own vary by 2 (9 + 1), their paired difference by 2: ten times less.
    gain = pairing_gain(_measures(4000), "a", "net_value")
    assert gain == pytest.approx((SHARED**2 + OWN**2) / OWN**2, rel=0.08)


def test_nothing_is_said_of_few_runs_of_one_org_model_or_of_twins() -> None:
    assert pairing_gain(_measures(FEWEST_UNITS - 1), "a", "net_value") is None
    alone = _measures(20)
    assert pairing_gain(alone[alone["org_model"] == "a"], "a", "net_value") is None
    assert pairing_gain(alone, "a", "standing") is None
    twin = alone[alone["org_model"] == "a"]
    both = pd.concat([twin, twin.assign(org_model="twin")])
    assert pairing_gain(both, "a", "net_value") is None
    assert pairing_words(None, "net_value") == []


def test_it_is_said_with_as_many_digits_as_it_deserves() -> None:
    assert "about 14 times as many runs" in pairing_words(14.3, "net_value")[0]
    assert "about 2.4 times" in pairing_words(2.4, "net_value")[0]


def test_what_runs_of_several_worlds_share_is_the_world_too() -> None:
    assert "the same customers and luck" in pairing_words(14.3, "net_value")[0]
    assert "the same world, customers and luck" in pairing_words(14.3, "net_value", 8)[0]
