"""The odds ratio of hand-offs, by hand and on made-up logs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analysis.real_log.hand_offs import hand_off_odds_ratio, mantel_haenszel


def test_one_table_gives_its_own_odds_ratio() -> None:
    ratio, error = mantel_haenszel(np.array([[10.0, 20.0, 5.0, 40.0]]))
    assert ratio == pytest.approx(10 * 40 / (20 * 5))
    assert error == pytest.approx(math.sqrt(1 / 10 + 1 / 20 + 1 / 5 + 1 / 40))  # Woolf 1955


def test_strata_with_the_same_odds_ratio_keep_it() -> None:
    tables = np.array([[10.0, 20.0, 5.0, 40.0], [30.0, 15.0, 20.0, 40.0]])
    assert mantel_haenszel(tables)[0] == pytest.approx(4.0)


def made_up(effect: float) -> pd.DataFrame:
    """Return a log in which each hand-off multiplies the odds of being dropped by `effect`."""
    luck = np.random.default_rng(3)
    rows = []
    for case in range(4000):
        group, handed, hour = "a", 0, 0.0
        for visit in range(6):
            hour += luck.exponential()
            if luck.random() < 0.4:
                group, handed = ("b" if group == "a" else "a"), handed + (visit > 0)
            rows.append((case, f"step{visit}", group, "visit", hour))
            odds = 0.15 * effect**handed
            if luck.random() < odds / (1 + odds):
                rows.append((case, "", "", "dropped", hour))
                break
        else:
            rows.append((case, "", "", "completed", hour))
    names = ["case:concept:name", "concept:name", "org:group", "kind", "end_hour"]
    return pd.DataFrame(rows, columns=names).assign(queued_hour=0.0)


def test_an_effect_that_is_there_is_found_and_none_is_not() -> None:
    none, some = hand_off_odds_ratio(made_up(1.0)), hand_off_odds_ratio(made_up(1.5))
    assert none.low < 1.0 < none.high
    assert some.low > 1.2
    assert none.n_ended > 1000
