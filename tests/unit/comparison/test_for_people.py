"""Numbers for people: the same numbers, in words and with sensible decimals."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic_measures as synthetic

from analysis.comparison.for_people import numbers_for_people, unit_shown
from analysis.comparison.pairing import compare_measures
from sim.study.tables import MEASURES

LABELS = {"x": "Silos", "y": "Hybrid"}


def test_numbers_have_labels_units_and_sensible_decimals() -> None:
    comparison = compare_measures(synthetic.measures(["x", "y"], 6), "x")
    numbers = numbers_for_people(comparison, LABELS)
    assert len(numbers) == len(comparison)
    row = numbers[(numbers["Measure"] == "Drop-off") & (numbers["Org model"] == "Hybrid")].iloc[0]
    full = comparison[
        (comparison["measure"] == "drop_off_rate") & (comparison["org_model"] == "y")
    ].iloc[0]
    assert (row["Unit"], row["Better"], row["About"]) == ("% of needs", "lower", "the whole firm")
    assert row["Mean"] == pytest.approx(100 * full["mean"], abs=0.05)
    assert row["Difference"] == pytest.approx(100 * full["difference"], abs=0.05)
    assert row["Mean"] == round(row["Mean"], 1) and row["Clear of luck"] == "yes"
    base = numbers[numbers["Org model"] == "Silos"]
    assert (
        base["Difference"].isna().all()
        and set(row[["Against"]]) == {"Silos"}
        and set(base["Clear of luck"]) == {""}
    )
    about = set(numbers["About"])
    assert "sales>service: fell between functions" in about and "seam sales>service" in about


def test_missing_intervals_stay_missing() -> None:
    one = numbers_for_people(compare_measures(synthetic.measures(["x", "y"], 1), "x"), LABELS)
    assert one["95 % from"].isna().all() and not one["Mean"].isna().any()
    assert set(one["Clear of luck"]) == {""}
    failed = synthetic.measures(["x", "y"], 2).assign(value=np.nan)
    assert numbers_for_people(compare_measures(failed, "x"), LABELS)["Mean"].isna().all()


def test_units_of_shares_are_per_cent() -> None:
    assert unit_shown(MEASURES["drop_off_rate"]) == "% of needs"
    assert unit_shown(MEASURES["net_value"]) == MEASURES["net_value"].unit
