"""Progress: a bar on a terminal, messages elsewhere, silence when asked."""

from __future__ import annotations

import io
import time

import pytest

from analysis.commands import progress
from analysis.commands.progress import reporter


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _work(stream: io.StringIO, *, quiet: bool = False) -> str:
    with reporter("study", quiet=quiet, stream=stream) as progress:
        progress.expect(6, done=2)
        progress.message("a one-time wait [once]")
        for _ in range(4):
            progress.advance()
    return stream.getvalue()


def test_a_pipe_gets_messages_alone() -> None:
    assert _work(io.StringIO()) == "a one-time wait [once]\n"


def test_quiet_says_nothing_even_on_a_terminal() -> None:
    assert _work(_Terminal(), quiet=True) == ""


def test_a_terminal_shows_runs_done_and_the_message() -> None:
    shown = _work(_Terminal())
    assert "6/6" in shown
    assert "a one-time wait [once]" in shown


@pytest.mark.parametrize(
    ("seconds", "quiet", "said"),
    [(0.5, False, "at work\n"), (0.0, False, ""), (0.5, True, "")],
)
def test_what_takes_long_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seconds: float,
    quiet: bool,
    said: str,
) -> None:
    monkeypatch.setattr(progress, "SILENT_SECONDS", 0.1)
    with progress.said_if_long("at work", quiet=quiet):
        time.sleep(seconds)
    time.sleep(0.2)
    assert capsys.readouterr().err == said
