"""The command line: ``python run.py COMMAND``; see ``python run.py --help``."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from analysis.commands.arguments import BAD_INPUT, INCOMPLETE, parse
from sim.errors import ClusterLost, MachineRefusal, ResultFolderError, ScenarioError

OUR_BUG = 1
REFUSED = 4
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
        # Imported only now: the libraries behind a command take longer than the help does.
        command = importlib.import_module(f"analysis.commands.{options.module}")
        return int(command.execute(options))
    except (ScenarioError, ResultFolderError) as error:
        return _end(str(error), BAD_INPUT)
    except ClusterLost as error:
        return _end(str(error), INCOMPLETE)
    except MachineRefusal as error:
        return _end(str(error), REFUSED)
    except KeyboardInterrupt:
        return _end("Interrupted. What was done is kept; the same command goes on.", INTERRUPTED)
    except Exception:
        traceback.print_exc()
        return _end("This is a bug in the program, not in your study. Please report it.", OUR_BUG)
    finally:
        _flush()


def _flush() -> None:
    """Send off what stdout still holds; a reader that has gone away is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(message: str, code: int) -> int:
    """Print a message to stderr and return the exit code."""
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
