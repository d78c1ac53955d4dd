"""The fuzzer of result folders: what is whole is read, and what it finds is told."""

from __future__ import annotations

import random

import pytest

from benchmarks import fuzz_results
from benchmarks.fuzz_results import Desk, readers, tried


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("fuzz") / "results")


def test_what_is_whole_is_read_by_all_that_reads_it(desk) -> None:
    assert len(desk.files) > 12
    for file in desk.files:
        for reader in readers(desk, file):
            reader()


def test_what_is_spoiled_is_refused_and_made_whole_again(desk) -> None:
    luck = random.Random(3)  # noqa: S311 - luck, not a secret
    before = {file: file.read_bytes() for file in desk.files if file.name != ".lock"}
    for _ in range(10):
        assert tried(desk, luck) is None
    assert {file: file.read_bytes() for file in before} == before


def test_what_is_no_refusal_is_told(desk, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise KeyError("worlds")

    monkeypatch.setattr(fuzz_results, "read_all", fails)
    found = tried(desk, random.Random(3))  # noqa: S311 - luck, not a secret
    assert found is not None and found[0].startswith("KeyError")
    desk.mend(found[1])


@pytest.mark.parametrize(
    ("spoiled", "whole", "told"), [(9.0, 1.0, True), (9.0, 4.0, False), (1.9, 0.1, False)]
)
def test_slow_is_what_is_slow_beside_the_whole_file(
    desk, monkeypatch, spoiled, whole, told
) -> None:
    """A machine that is slow at everything says nothing of the file."""
    monkeypatch.setattr(
        fuzz_results,
        "_seconds",
        lambda _, file: whole if file.read_bytes() == desk.whole(file) else spoiled,
    )
    found = tried(desk, random.Random(3))  # noqa: S311 - luck, not a secret
    assert (found is not None) is told
    if found is not None:
        assert found[0].startswith("slow: ")
        desk.mend(found[1])
