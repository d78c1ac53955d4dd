"""What a run takes: estimates are above what is measured, and what cannot be done is refused."""

from __future__ import annotations

import tracemalloc

import pytest
from studies import finished, study

from sim import sizes
from sim.sizes import Size, bytes_in_words, check_size, estimate


def test_the_estimate_is_above_what_a_run_holds_and_not_far() -> None:
    scenario = study(market={"customers": 30_000})
    finished(study(), 0).release()  # compiled before memory is watched
    tracemalloc.start()
    model = finished(scenario, 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = estimate(scenario)
    assert len(model.state.demand_time) == pytest.approx(size.needs, rel=0.1)
    assert peak < size.bytes - sizes.BYTES_AT_REST < 8 * peak
    model.release()


@pytest.mark.parametrize(
    ("market", "design", "path", "words"),
    [
        ({"customers": 10**12}, {}, ("market", "customers"), "people with"),
        ({"prospects": 10**12}, {}, ("market", "prospects"), "up to 2147483647"),
        ({"customers": 10**8}, {}, ("market", "customers"), "too large for this machine"),
        ({}, {"replicates": 10**5, "horizon_days": 5200},
         ("design", "replicates"), "take too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_an_estimate(
    monkeypatch, market, design, path, words
) -> None:
    monkeypatch.setattr(sizes, "machine_bytes", lambda: 16e9)
    monkeypatch.setattr(sizes, "MOST_HOURS", 100.0)
    (complaint,) = check_size(study(market=market, design=design))
    assert complaint.path == path
    said = f"{complaint.message}. {complaint.remedy}"
    assert words in said
    assert "of memory for each run" in said


def test_what_can_be_done_is_not_refused(monkeypatch) -> None:
    monkeypatch.setattr(sizes, "machine_bytes", lambda: 16e9)
    assert list(check_size(study(market={"customers": 1_000_000}))) == []


def test_sizes_are_said_in_words() -> None:
    assert [bytes_in_words(n) for n in (2e6, 3.14e9, 4.2e13, 7e15)] == [
        "2 MB", "3.1 GB", "42 TB", "7 PB",
    ]  # fmt: skip
    text = str(Size(people=12_345, needs=1e20, bytes=2.5e12, hours=0.5))
    assert text.startswith("12,000 people with 1.0e+20 needs take about 2.5 TB of memory")


def test_a_confined_process_has_what_it_was_granted(monkeypatch, tmp_path) -> None:
    granted = tmp_path / "memory.max"
    monkeypatch.setattr(sizes, "Path", lambda _: granted)
    installed = sizes.machine_bytes()
    granted.write_text("1000000\n")
    assert sizes.machine_bytes() == 1e6
    granted.write_text("max\n")
    assert sizes.machine_bytes() == installed
    monkeypatch.setattr(sizes.os, "sysconf", lambda _: (_ for _ in ()).throw(ValueError))
    assert sizes.machine_bytes() == sizes.ASSUMED_BYTES
