"""The command line: its words, and plain messages where a word is not understood.

What this imports is what ``--help`` waits for, so it is little.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence

from analysis.commands.options import OPTIONS
from analysis.commands.streams import REFUSED, is_reader_gone, lead_nowhere, refusal, remark
from sim.study.spelling import did_you_mean

TYPE_CHECKING = False  # as in typing, which takes longer to load than the help to print
if TYPE_CHECKING:
    from typing import Any, NoReturn

BAD_INPUT = 2
INCOMPLETE = 3
SUMMARIES = {
    "compare": "every org model of a study with the same customers and luck",
    "run": "one org model, one replicate",
    "trace": "one customer's story under every org model, and how common such a story is",
    "sizes": "the same comparison in smaller and larger firms: where does the answer change?",
    "fit": "worlds in which one org model gives what is known of firms as they are",
    "levers": "which levers account for the difference between two org models",
    "worlds": "the ranking over all that is assumed: who wins, regret, and what flips it",
    "claims": "what the literature asserts, each put to the test, with a verdict from the runs",
    "diff": "two results: what was asked differently, and what came out differently",
    "report": "the board pack of a result: a page, slides and a workbook; runs nothing",
    "explore": "the what-if page: turn levers in a browser and see what happens",
    "validate": "check a study, or the engine itself (--theory)",
    "calibrate": "your own event log becomes a firm to compare org models in",
    "new": "write a commented starter study",
    "explain": "a lever, parameter, measure or term in plain words",
    "schema": "print the JSON Schema of a study, for editors",
}


class Formatter(argparse.HelpFormatter):
    """Help as wide as the terminal, found without loading what copies files."""

    def __init__(self, prog: str):
        try:
            width = os.get_terminal_size().columns
        except OSError:
            width = 80
        super().__init__(prog, width=int(os.environ.get("COLUMNS") or 0) or width - 2)


class PlainParser(argparse.ArgumentParser):
    """A parser that names the mistake and the way on, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print one or two plain sentences and exit."""
        self.exit(BAD_INPUT, f"{_plain(message)} See: {self.prog} --help\n")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print the help, or a mistake to stderr; the parser's own would hide a full disk."""
        if file is not sys.stdout:
            remark(message.removesuffix("\n"))
            return
        try:
            print(message, end="", flush=True)
        except OSError as error:
            lead_nowhere(file)
            if not is_reader_gone(error):
                remark(refusal(error))
                raise SystemExit(REFUSED) from error


def _plain(message: str) -> str:
    """Put the parser's own messages into plain words."""
    message = re.sub(r"^argument ", "", message)
    message = re.sub(r"expected (one|at least one) argument$", "needs a value", message)
    message = re.sub(r"^the following arguments are required: (.*)$", r"\1 is missing", message)
    return message if message.endswith((".", "?")) else f"{message}."


def program() -> str:
    """Return the word that starts this program, as one typed it; hints name it."""
    return "python run.py" if os.path.basename(sys.argv[0]) == "run.py" else "standing"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name.

    Returns
    -------
    argparse.Namespace
        With `command`, beside the command's own options.

    Raises
    ------
    SystemExit
        With 2 after a plain message if the line is not understood; with 0 after help.
    """
    parser = PlainParser(
        prog=program(),
        allow_abbrev=False,
        formatter_class=Formatter,
        description="How should an organisation be built around its customers? Compares org "
        "models of one firm on the same simulated customers.",
    )
    groups = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=PlainParser)
    parsers = {
        name: groups.add_parser(
            name, help=summary, description=summary, allow_abbrev=False, formatter_class=Formatter
        )
        for name, summary in SUMMARIES.items()
    }
    word = next((word for word in arguments if not word.startswith("-")), None)
    if word in OPTIONS:
        OPTIONS[word](parsers[word])
    elif word is not None:
        known = list(SUMMARIES)
        there = ", ".join(known)
        parser.error(f"there is no command '{word}'; there are {there}.{did_you_mean(word, known)}")
    options, strangers = parser.parse_known_args(arguments)
    if options.command is None and not strangers:
        parser.print_help(sys.stderr)
        parser.exit(BAD_INPUT)
    _refuse_strangers(parsers.get(options.command, parser), options.command, strangers)
    if getattr(options, "precision", None) is not None and options.replicates != "auto":
        parsers[options.command].error("--precision only has a meaning with --replicates auto")
    if options.command == "compare":
        _refuse_worlds(parsers["compare"], options)
    if options.command == "calibrate":
        _refuse_columns(parsers["calibrate"], options)
    return options


def _refuse_worlds(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit with a plain message if what is asked of worlds contradicts itself."""
    without = options.worlds is None and options.replicates is not None
    if options.source is not None and (without or options.worlds == 0):
        parser.error("--from only has a meaning with worlds: add --worlds N")
    if options.worlds and options.replicates == "auto":
        parser.error("--replicates auto is of the study as given, so it goes without --worlds")


def _refuse_columns(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit with a plain message if more columns of times are named than a time has parts."""
    for option, names in (
        ("--time-column", options.time_column),
        ("--start-column", options.start_column),
    ):
        if len(names) > 2:
            several = f"{option} stands there {len(names)} times"
            parser.error(f"{several}: once, or twice for date and time of day")


def _refuse_strangers(
    parser: argparse.ArgumentParser, command: str | None, strangers: Sequence[str]
) -> None:
    """Exit with a plain message if words were left over."""
    for stranger in strangers:
        if stranger.startswith("-"):
            option = stranger.partition("=")[0]
            known = [text for action in parser._actions for text in action.option_strings]
            where = f"{command} has no option" if command else "there is no option"
            parser.error(f"{where} '{option}'.{did_you_mean(option, known)}")
    if strangers:
        parser.error(f"'{strangers[0]}' is one word too many")
