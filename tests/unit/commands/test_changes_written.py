"""What ``--set`` changed is written on the answer: figures' footers and the table's heading."""

from __future__ import annotations

from studies import PLAIN, compact_study

from analysis.comparing import footnote_of, heading_of
from sim.keeping.manifest import study_hash
from sim.reading.loader import study_from

STUDY = compact_study(PLAIN)


def test_what_was_changed_stands_below_figures_and_above_the_table() -> None:
    assert heading_of(STUDY) == [] and "Changed" not in footnote_of(STUDY, 3)
    once = study_from(STUDY, overrides=["market.customers=50"])
    twice = study_from(once, overrides=["design.seed=4"])
    assert twice.changes == ("market.customers=50", "design.seed=4")
    assert footnote_of(twice, 3, "0a").endswith(
        "3 replicates, seed 4, 0a. Changed: market.customers=50, design.seed=4"
    )
    assert heading_of(twice)[0] == (
        f"Study {STUDY.study}, changed: market.customers=50, design.seed=4"
    )


def test_a_note_of_changes_is_no_part_of_the_study() -> None:
    noted = STUDY.changed_by(["a.b=1"])
    assert study_hash(noted) == study_hash(STUDY)
    assert noted.model_dump() == STUDY.model_dump()
    assert STUDY.changes == ()


def test_many_and_long_changes_are_cut_and_counted() -> None:
    noted = STUDY.changed_by([f"a.k{number}={'9' * 100}" for number in range(20)])
    (line, _) = heading_of(noted)
    assert "and 8 more, see manifest.json" in line and "..." in line
    assert len(line) < 12 * 90
