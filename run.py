"""The command line: ``python run.py COMMAND``; see ``python run.py --help``."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence

from analysis.commands.arguments import parse

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; that of the process if left out.

    Returns
    -------
    int
        0 done, 1 a bug of ours, 2 bad input, 3 incomplete, 4 the machine refused,
        5 out of tolerance, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets a substitute instead of an error.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        # Imported only now: the libraries behind an answer take longer than the help does.
        answering = importlib.import_module("analysis.commands.answer")
        return int(answering.answer(options))
    except KeyboardInterrupt:
        said = "Interrupted. What was done is kept; the same command goes on."
        print(said, file=sys.stderr)
        return INTERRUPTED
    finally:
        _flush()


def _flush() -> None:
    """Send off what stdout still holds; a reader that has gone away is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def command() -> None:
    """Answer the command line of this process, and end it."""
    code = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a late Ctrl-C finds everything done
    sys.exit(code)


if __name__ == "__main__":
    command()
