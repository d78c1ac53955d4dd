"""The command line: its words, and plain messages where a word is not understood."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

BAD_INPUT = 2
INCOMPLETE = 3
DEFAULT_STUDY = "scenarios/board.yaml"


@dataclass(frozen=True)
class Command:
    """One command: the module that answers it, its line in the help, its options."""

    module: str
    summary: str
    options: Callable[[argparse.ArgumentParser], None]


class PlainParser(argparse.ArgumentParser):
    """A parser that names the mistake and the way on, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print one or two plain sentences and exit."""
        self.exit(BAD_INPUT, f"{_plain(message)} See: {self.prog} --help\n")


def _plain(message: str) -> str:
    """Put the parser's own messages into plain words."""
    message = re.sub(r"^argument ", "", message)
    message = re.sub(r"expected (one|at least one) argument$", "needs a value", message)
    message = re.sub(r"^the following arguments are required: (.*)$", r"\1 is missing", message)
    return message if message.endswith((".", "?")) else f"{message}."


def nearest(word: str, known: Sequence[str]) -> str:
    """Return a question naming the nearest known word, or nothing if none is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


def _whole(text: str, least: int, most: int) -> int:
    """Read a whole number within bounds."""
    # More digits than any bound has are not worth the conversion.
    if not re.fullmatch(r"[+-]?[0-9]{1,25}", text.strip()) or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(
            f"'{text[:30]}' is not a whole number from {least} to {most}"
            if most < 10**6
            else f"'{text[:30]}' is not a whole number of at least {least}"
        )
    return int(text)


def _jobs(text: str) -> int:
    return _whole(text, 1, 1024)


def _cluster(text: str) -> str:
    if not re.fullmatch(r"(tcp|tls|ws|wss)://[^\s/]+:\d+", text):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not an address such as tcp://127.0.0.1:8786, which a scheduler prints"
        )
    return text


def _seed(text: str) -> int:
    return _whole(text, 0, 2**63 - 1)


def _replicates(text: str) -> int | str:
    if text == "auto":
        return text
    try:
        return _whole(text, 1, 100_000)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}, and not auto") from None


def _precision(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of names such as a,b")
    return names


def _study(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    if required:
        parser.add_argument("study", metavar="STUDY", help="a study file (YAML)")
    else:
        parser.add_argument(
            "study", metavar="STUDY", nargs="?", help=f"a study file (default {DEFAULT_STUDY})"
        )


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=_seed, metavar="S", help="root seed, instead of the study's")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY.PATH=VALUE",
        help="change one value of the study; may be repeated",
    )


def _speaking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no progress, no remarks")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on stdout, all else on stderr"
    )


def _writing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", default="results", metavar="DIR", help="parent of result folders (default results)"
    )
    parser.add_argument("--fresh", action="store_true", help="replace earlier results")


def _org_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orgs", type=_names, metavar="A,B", help="only these org models")


def _compare(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _org_models(parser)
    parser.add_argument(
        "--replicates",
        type=_replicates,
        metavar="N|auto",
        help="draws of demand and luck; auto: until the headline interval is within --precision",
    )
    parser.add_argument(
        "--precision",
        type=_precision,
        metavar="X",
        help="half-width of the headline difference's 95 %% interval, in the measure's unit "
        "(default 2 %% of the baseline's level)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes (default: as many as cores and memory)"
    )
    where.add_argument(
        "--cluster", type=_cluster, metavar="ADDRESS", help="a Dask cluster instead of this machine"
    )
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _run(parser: argparse.ArgumentParser) -> None:
    _study(parser, required=True)
    parser.add_argument("--org", required=True, metavar="NAME", help="the org model")
    parser.add_argument("--events", action="store_true", help="write the event log")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _validate(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _org_models(parser)
    parser.add_argument(
        "--theory", action="store_true", help="the engine against results known in closed form"
    )
    parser.add_argument(
        "--out", default="results", metavar="DIR", help="where --theory writes theory/theory.csv"
    )
    _reading(parser)
    _speaking(parser)


def _customer(text: str) -> int:
    return _whole(text, 0, 10**12)


def _trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or latest")
    parser.add_argument(
        "--customer",
        type=_customer,
        metavar="ID",
        help="number of a customer; left out, one is picked who tells much",
    )
    parser.add_argument(
        "--out",
        default="results",
        metavar="DIR",
        help="where latest is looked up (default results)",
    )
    _speaking(parser)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="name of the study; writes NAME.yaml")
    _speaking(parser)


COMMANDS: dict[str, Command] = {
    "compare": Command(
        "compare", "every org model of a study with the same customers and luck", _compare
    ),
    "run": Command("run", "one org model, one replicate", _run),
    "trace": Command("trace", "one customer under every org model, and why they were lost", _trace),
    "validate": Command("validate", "check a study, or the engine itself (--theory)", _validate),
    "new": Command("new", "write a commented starter study", _new),
    "schema": Command("schema", "print the JSON Schema of a study, for editors", _speaking),
}


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name.

    Returns
    -------
    argparse.Namespace
        With `command` and `module`, beside the command's own options.

    Raises
    ------
    SystemExit
        With 2 after a plain message if the line is not understood; with 0 after help.
    """
    parser = PlainParser(
        prog="python run.py" if Path(sys.argv[0]).name == "run.py" else "standing",
        allow_abbrev=False,
        description="How should an organisation be built around its customers? Compares org "
        "models of one firm on the same simulated customers.",
    )
    groups = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=PlainParser)
    parsers = {
        name: groups.add_parser(
            name, help=command.summary, description=command.summary, allow_abbrev=False
        )
        for name, command in COMMANDS.items()
    }
    for name, command in COMMANDS.items():
        command.options(parsers[name])
    word = next((word for word in arguments if not word.startswith("-")), None)
    if word is not None and word not in COMMANDS:
        known = list(COMMANDS)
        parser.error(
            f"there is no command '{word}'; there are {', '.join(known)}.{nearest(word, known)}"
        )
    options, strangers = parser.parse_known_args(arguments)
    if options.command is None and not strangers:
        parser.print_help(sys.stderr)
        parser.exit(BAD_INPUT)
    _refuse_strangers(parsers.get(options.command, parser), options.command, strangers)
    if getattr(options, "precision", None) is not None and options.replicates != "auto":
        parsers[options.command].error("--precision only has a meaning with --replicates auto")
    options.module = COMMANDS[options.command].module
    return options


def _refuse_strangers(
    parser: argparse.ArgumentParser, command: str | None, strangers: Sequence[str]
) -> None:
    """Exit with a plain message if words were left over."""
    for stranger in strangers:
        if stranger.startswith("-"):
            option = stranger.partition("=")[0]
            known = [text for action in parser._actions for text in action.option_strings]
            where = f"{command} has no option" if command else "there is no option"
            parser.error(f"{where} '{option}'.{nearest(option, known)}")
    if strangers:
        parser.error(f"'{strangers[0]}' is one word too many")
