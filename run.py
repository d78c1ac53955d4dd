"""The command line: ``python run.py COMMAND``; see ``python run.py --help``."""

from __future__ import annotations

import importlib
import signal
import sys

TYPE_CHECKING = False  # as in typing; Ctrl-C is heard as soon as `main` runs, so little is loaded
if TYPE_CHECKING:
    from collections.abc import Sequence

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
        5 out of tolerance, 130 interrupted; 143 or 129 ended by SIGTERM or SIGHUP.
    """
    try:
        listening = importlib.import_module("sim.running.interrupts")
        with listening.Interrupts(listening.ENDINGS) as interrupts:
            importlib.import_module("analysis.commands.streams").prepare()
            parse = importlib.import_module("analysis.commands.arguments").parse
            options = parse(sys.argv[1:] if arguments is None else arguments)
            # Imported only now: the libraries behind an answer take longer than the help does.
            answering = importlib.import_module("analysis.commands.answer")
            return int(answering.answer(options, interrupts.check))
    except KeyboardInterrupt as ended:
        said = "Interrupted. What was done is kept; the same command goes on."
        importlib.import_module("analysis.commands.streams").remark(said)
        return int(getattr(ended, "code", INTERRUPTED))


def command() -> None:
    """Answer the command line of this process, and end it."""
    try:
        code = main()
    except SystemExit as end:
        code = int(end.code or 0)
    except KeyboardInterrupt:  # once more, while it was ending
        code = INTERRUPTED
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)  # it finds everything done
    sys.exit(importlib.import_module("analysis.commands.streams").sent_off(code))


if __name__ == "__main__":
    command()
