"""Whatever text a study file holds: a study, or a refusal in words, soon.

The same inputs by the million, guided by coverage, are in `benchmarks/fuzz_loader.py`.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks import loader_inputs
from benchmarks.loader_inputs import LONGEST, TINY, Mutator, judge, prepare, seeds, words

CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "loader").iterdir())
STOCK = seeds()
MUTATOR = Mutator(words(), STOCK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("studies"))


@pytest.mark.parametrize("file", CORPUS, ids=[file.name for file in CORPUS])
def test_what_once_broke_the_loader_does_so_no_more(file: Path, folder: Path) -> None:
    judge(file.read_bytes(), folder)


def test_seeds_reach_every_check(folder: Path) -> None:
    assert sum(judge(content, folder) for content in STOCK) >= 5
    assert judge(TINY, folder)


@settings(max_examples=1500)
@given(st.sampled_from(STOCK), st.integers(0, 2**63))
def test_a_changed_study_loads_or_is_refused(folder: Path, content: bytes, seed: int) -> None:
    changed = MUTATOR.change(content, LONGEST, seed)
    assert len(changed) <= LONGEST
    judge(changed, folder)


@settings(max_examples=500)
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\x00")
@example(b"")
def test_any_bytes_are_refused(folder: Path, content: bytes) -> None:
    assert not judge(content, folder)


def test_the_judge_can_say_no(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(loader_inputs, "load_study", fail)
    with pytest.raises(RecursionError):
        judge(TINY, folder)
    monkeypatch.setattr(loader_inputs, "MOST_SECONDS", -1.0)
    with pytest.raises(TimeoutError):
        judge(TINY, folder)


def test_loading_leaves_nothing_behind(folder: Path) -> None:
    """Memory that a fuzzer gathers over a million inputs is its own."""

    def load_some(seeds: range) -> int:
        for seed in seeds:
            judge(MUTATOR.change(STOCK[seed % len(STOCK)], LONGEST, seed), folder)
        gc.collect()
        return sys.getallocatedblocks()

    before = load_some(range(300))
    assert load_some(range(300, 700)) - before < 400  # not one object a study
