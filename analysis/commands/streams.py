"""Standard output and error, which may be closed, full, or a reader that has gone away.

What is said to stderr is a courtesy: it is dropped where nobody can take it. What is said to
stdout is the answer: where it cannot be written although somebody waits for it, the machine has
refused.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False  # as in typing, which takes longer to load than the help to print
if TYPE_CHECKING:
    from typing import TextIO

REFUSED = 4


def prepare() -> None:
    """Open what was closed when the process began, and let nothing be too strange to be shown.

    A closed place would be taken by the first file that is opened, and what a library says to
    stdout would end up in that file.
    """
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            _fill(number)
            mode = "r" if number == 0 else "w"
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - stays
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets a substitute instead of an error.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")


def _fill(number: int) -> None:
    """Let a file number that is closed lead nowhere."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)


def remark(text: str, stream: TextIO | None = None) -> None:
    """Print to stderr, or to another stream; where that is impossible, to nobody."""
    target = sys.stderr if stream is None else stream
    try:
        print(text, file=target, flush=True)
    except OSError:
        lead_nowhere(target)
    except ValueError:  # it was closed meanwhile
        pass


def lead_nowhere(stream: TextIO) -> None:
    """Let a stream that cannot be written take everything: closing it cannot fail then."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # not a file, but somebody's own
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def is_reader_gone(error: OSError) -> bool:
    """Tell whether nobody reads any more (``| head``): that ends the talk, not the work."""
    # On Windows a broken pipe can be an invalid argument.
    return isinstance(error, BrokenPipeError) or error.errno == errno.EINVAL


def refusal(error: OSError) -> str:
    """Say that an answer could not be written."""
    reason = (error.strerror or str(error)).lower()
    return (
        f"The answer cannot be written to standard output: {reason}. Whatever belongs in a "
        "result folder is there."
    )


def sent_off(code: int) -> int:
    """Send off what both streams still hold; return the exit code, 4 if the answer is stuck."""
    try:
        sys.stdout.flush()
    except OSError as error:
        lead_nowhere(sys.stdout)
        if not is_reader_gone(error):
            remark(refusal(error))
            code = code or REFUSED
    except ValueError:  # it was closed meanwhile
        pass
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        lead_nowhere(sys.stderr)
    return code
