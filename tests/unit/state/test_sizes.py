"""What a study takes: how many needs it has, and what no machine can do is refused."""

from __future__ import annotations

import pytest
from studies import compact_study, started

from sim.state import sizes
from sim.state.sizes import Size, bytes_in_words, check_size, estimate


@pytest.mark.parametrize(
    ("market", "design", "path", "words"),
    [
        ({"customers": 10**12}, {}, ("market", "customers"), "people with"),
        ({"prospects": 10**12}, {}, ("market", "prospects"), "up to 2147483647"),
        ({}, {"replicates": 10**5, "horizon_days": 5200},
         ("design", "replicates"), "take too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_an_estimate(
    monkeypatch, market, design, path, words
) -> None:
    monkeypatch.setattr(sizes, "MOST_HOURS", 100.0)
    (complaint,) = check_size(compact_study(market=market, design=design))
    assert complaint.path == path
    said = f"{complaint.message}. {complaint.remedy}"
    assert words in said
    assert "of memory for each run" in said


def test_what_can_be_done_is_not_refused() -> None:
    assert list(check_size(compact_study(market={"customers": 1_000_000}))) == []


@pytest.mark.parametrize("prospects", [0, 8000])
def test_needs_are_as_many_as_are_drawn(prospects: int) -> None:
    study = compact_study(market={"customers": 4000, "prospects": prospects})
    model = started(study)
    assert len(model.state.demand) == pytest.approx(estimate(study).needs, rel=0.03)
    model.release()


def test_sizes_are_said_in_words() -> None:
    assert [bytes_in_words(n) for n in (2e6, 3.14e9, 4.2e13, 7e15)] == [
        "2 MB", "3.1 GB", "42 TB", "7 PB",
    ]  # fmt: skip
    text = str(Size(people=12_345, needs=1e20, drawing=1e12, held=2.5e12, hours=0.5))
    assert text.startswith("12,000 people with 1.0e+20 needs take about 2.5 TB of memory")
