"""What personal agents contribute, over the share of customers represented."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from analysis.commands.adoption import main
from analysis.evidence.adoption import SHARES, SHOWN
from analysis.figures.adoption import _title
from analysis.figures.lettering import spread

SMALL = (
    "market.customers=3000",
    "market.prospects=200",
    "design.horizon_days=40",
    "design.warm_up_days=20",
    "design.follow_up_days=20",
)


def test_a_study_is_shown_at_every_share(tmp_path, capsys) -> None:
    changes = [word for change in SMALL for word in ("--set", change)]
    options = ["--replicates", "2", "--jobs", "1", "--out", str(tmp_path), *changes]
    assert main(options) == 0
    said = capsys.readouterr().out
    folder = tmp_path / "board-adoption"
    assert said.rstrip().endswith(f"results: {folder}")
    table = pd.read_csv(folder / "adoption.csv")
    assert set(table["adoption"]) == set(SHARES)
    # In a window under a year it is that window's retention.
    assert set(table["measure"]) == {*SHOWN, "window_retention"} - {"retention_rate"}
    nobody = table[(table["adoption"] == 0) & (table["measure"] == "disclosure_share")]
    assert nobody["mean"].isna().all()  # without agents there is nothing to disclose
    assert (folder / "adoption.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("levels", "finding"),
    [
        ((3, 5, 4, 6), "B has the highest mean net value with 0 % and with 100 % of customers"),
        ((5, 4, 3, 3), "A has the highest mean net value with 0 % and with 100 % of customers"),
        ((5, 4, 6, 9), "A has the highest mean net value with 0 % and B with 100 % of customers"),
    ],
)
def test_the_title_says_who_is_best_at_either_end(levels, finding) -> None:
    rows = [(org, share) for share in (0.0, 1.0) for org in "ab"]
    table = pd.DataFrame(rows, columns=["org_model", "adoption"])
    table = table.assign(measure="net_value", mean=levels)
    title = _title(table, {"a": "A", "b": "B"})
    assert title.startswith(finding)
    gains = {"A": levels[2] - levels[0], "B": levels[3] - levels[1]}
    most = max(gains, key=gains.__getitem__)
    change = "changes most for the better" if gains[most] > 0 else "loses least"
    gain = f"{gains[most]:+d}".replace("-", "−")
    assert title.endswith(f"{most} {change}, by {gain} a customer on average")


def test_names_at_the_ends_of_lines_keep_apart() -> None:
    places = spread([1.0, 1.01, 9.99, 10.0], 0.85, 10.0)
    assert places == sorted(places)
    assert min(high - low for low, high in itertools.pairwise(places)) > 0.8
    assert places[-1] <= 10.0
