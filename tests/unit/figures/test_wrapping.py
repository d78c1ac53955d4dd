"""Titles are broken into as few lines as they need, all about as long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.figures.measuring import text_width, wrap, wrap_evenly

TITLE = "Most worlds of hybrid lie inside 10 of 10 figures known of firms; the defaults miss 5"


def test_no_word_is_left_alone_on_the_last_line() -> None:
    width = text_width(TITLE.removesuffix(" 5"), 14, "bold") + 0.05
    assert wrap(TITLE, width, 14, "bold")[-1] == "5"
    first, second = wrap_evenly(TITLE, width, 14, "bold")
    assert f"{first} {second}" == TITLE
    assert abs(text_width(first, 14, "bold") - text_width(second, 14, "bold")) < 1.5


@given(st.text("ab ,.é", max_size=120), st.floats(0.3, 4.0))
def test_lines_hold_the_same_words_and_are_as_few(text: str, width: float) -> None:
    lines, usual = wrap_evenly(text, width, 10), wrap(text, width, 10)
    assert len(lines) == len(usual)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 10) <= width + 0.1 for line in lines)
