"""Names of result folders: what was changed, for people; the hash, for programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from studies import PLAIN, compact_study

from sim.keeping.folder_names import LONGEST_CHANGES, folder_path, shortened
from sim.keeping.manifest import study_hash


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ([], ""),
        (["market.agent_adoption=.5"], "agent_adoption=.5"),
        (["enterprise.functions.sales.heads=3"], "sales.heads=3"),
        (["budget=unequal"], "budget=unequal"),
        (["a.x=1", "a.y=2"], "x=1+y=2"),
        (["a.x=[1, 2]"], "x=_1_2"),
        (["a.x=../../etc"], "x=.._.._etc"),
        (["a.x=\x1b[31m\n\u202e"], "x=_31m"),
        (["ablations=[seam_loss]", "design.replicates=3"], ""),
        ([f"a.{'k' * 30}=1", "a.second=2", "a.third=3"], f"{'k' * 30}=1+2"),
        (["a.x=" + "9" * 99], "x=" + "9" * (LONGEST_CHANGES - 2)),
    ],
)
def test_what_was_changed_is_shortened(overrides: list[str], said: str) -> None:
    assert shortened(overrides) == said
    assert re.fullmatch(r"[A-Za-z0-9_.=+]*", said) and len(said) <= LONGEST_CHANGES + 3


def test_the_same_study_is_found_whatever_it_was_called(tmp_path: Path) -> None:
    study = compact_study(PLAIN)
    ending = study_hash(study)
    new = folder_path(tmp_path / "absent", study, ["market.customers=3"])
    assert new.name == f"{study.study}-customers=3-{ending}"
    plain = tmp_path / f"{study.study}-{ending}"
    assert folder_path(tmp_path, study) == plain
    named = tmp_path / f"{study.study}-customers=3-{ending}"
    named.mkdir()
    assert folder_path(tmp_path, study) == named == folder_path(tmp_path, study, ["a.b=1"])
    plain.mkdir()
    assert folder_path(tmp_path, study, ["market.customers=3"]) == plain
    (tmp_path / f"{study.study}-other study-{ending}").mkdir()
    (tmp_path / f"x{study.study}-{ending}").mkdir()
    assert folder_path(tmp_path, study) == plain
