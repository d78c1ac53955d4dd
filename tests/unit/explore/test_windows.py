"""Windows are told the latest of each kind, forget what they asked before, and are bounded."""

from __future__ import annotations

import asyncio
import math

import pytest

from analysis.explore.windows import MOST_STREAMS, MOST_WINDOWS, TooManyError, Windows


class Asked:
    """Something that a window asks."""

    def __init__(self) -> None:
        self.forgotten = 0

    def forget(self) -> None:
        """Note it."""
        self.forgotten += 1


def test_a_later_word_of_a_kind_takes_the_place_of_an_earlier_one() -> None:
    window = Windows().window("w" * 8)
    window.tell("answer", {"question": 1})
    window.tell("film", {"question": 1})
    window.tell("answer", {"question": 2, "low": math.nan})
    told = window.since(0)
    assert [kind for _, kind, _ in told] == ["film", "answer"]
    assert told[1][2] == b'{"question":2,"low":null}'
    assert window.since(told[-1][0]) == []


def test_a_new_question_forgets_the_one_before() -> None:
    window = Windows().window("w" * 8)
    first, second, beside = Asked(), Asked(), Asked()
    window.asks("answer", first)
    window.asks("story", beside)
    window.asks("answer", second)
    assert (first.forgotten, second.forgotten, beside.forgotten) == (1, 0, 0)
    window.close()
    assert (first.forgotten, second.forgotten, beside.forgotten) == (1, 1, 1)


def test_windows_that_nobody_looks_at_make_room() -> None:
    windows = Windows()
    asked = Asked()
    windows.window("window-0").asks("answer", asked)
    for number in range(1, MOST_WINDOWS + 5):
        windows.window(f"window-{number}")
    assert asked.forgotten == 1


def test_there_are_so_many_streams_and_no_more() -> None:
    async def crowd() -> tuple[int, int]:
        windows = Windows()
        opened = refused = 0
        for number in range(3 * MOST_STREAMS):
            try:
                windows.stream(f"window-{number}")
                opened += 1
            except TooManyError:
                refused += 1
        return opened, refused

    opened, refused = asyncio.run(crowd())
    assert opened == min(MOST_STREAMS, MOST_WINDOWS)
    assert opened + refused == 3 * MOST_STREAMS


def test_a_second_stream_of_a_window_ends_the_first() -> None:
    async def twice() -> tuple[list[bytes], bytes]:
        windows = Windows()
        first = windows.stream("window-1")
        lines = first.lines()
        seen = [await anext(lines)]
        second = windows.stream("window-1")
        seen += [line async for line in lines]
        windows.window("window-1").tell("answer", {})
        later = second.lines()
        await anext(later)
        told = await anext(later)
        await later.aclose()
        return seen, told

    seen, told = asyncio.run(asyncio.wait_for(twice(), 10))
    assert seen == [b": open\n\n"]
    assert told == b"event: answer\ndata: {}\n\n"


def test_what_comes_once_is_told_to_those_who_come_later() -> None:
    windows = Windows()
    before = windows.window("window-1")
    windows.tell_all("compiling")
    for window in (before, windows.window("window-2")):
        assert [kind for _, kind, _ in window.since(0)] == ["engine"]


@pytest.fixture(autouse=True)
def _no_loop_is_left() -> None:
    asyncio.set_event_loop(None)
