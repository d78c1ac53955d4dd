"""Columns of text that line up in a terminal."""

from __future__ import annotations

from analysis.comparison.columns import aligned, terminal_width


def test_columns_line_up_whatever_signs_take_two_cells() -> None:
    lines = aligned([["", "of", "why"], ["日本", "1", "a"], ["plain", "1,000", "bc"]], left={0, 2})
    assert lines == [
        "          of  why",
        "-" * 17,
        "日本       1  a",
        "plain  1,000  bc",
    ]
    assert terminal_width(lines[2]) == terminal_width(lines[3]) - 1


def test_a_heading_may_have_two_rows() -> None:
    assert aligned([["a", "b"], ["c", "d"], ["e", "f"]], heading=2)[2] == "----"
