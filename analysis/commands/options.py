"""What options each command has, and what may stand behind them."""

from __future__ import annotations

import argparse
import functools
import re

from analysis.evidence.world_numbers import (
    MOST_DRAWN,
    MOST_IN_FIRST_WAVE,
    MOST_MEMBERS,
    MOST_OF_MAPS,
)

DEFAULT_STUDY = "scenarios/board.yaml"


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
        parser.add_argument("study", metavar="STUDY", help="a study file (YAML or .xlsx)")
    else:
        parser.add_argument(
            "study",
            metavar="STUDY",
            nargs="?",
            help=f"a study file, YAML or .xlsx (default {DEFAULT_STUDY})",
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
    _extensions(parser)


def _extensions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--extension",
        action="append",
        default=[],
        metavar="MODULE",
        help="use the extension in a Python file or module, whose code is run; may be repeated",
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
    parser.add_argument(
        "--csv-decimal",
        choices=("point", "comma"),
        default="point",
        help="decimal sign of CSV files; with comma, semicolons separate (default point)",
    )


def _org_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--orgs",
        type=_names,
        metavar="A,B",
        help="only these org models; bundled ones that the study lacks are added",
    )


def _where(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes (default: as many as cores and memory)"
    )
    where.add_argument(
        "--cluster", type=_cluster, metavar="ADDRESS", help="a Dask cluster instead of this machine"
    )


def _drawing(parser: argparse.ArgumentParser, *, least: int, more: str = "") -> None:
    parser.add_argument(
        "--worlds",
        type=functools.partial(_whole, least=least, most=MOST_DRAWN),
        metavar="N",
        help=f"draws of all that is assumed of the firm{more}",
    )
    parser.add_argument(
        "--from",
        dest="source",
        choices=("ensemble", "ranges"),
        help="take worlds in which the firm looks like firms (an ensemble made by fit; the "
        "default where there is one), or draw them from registered ranges",
    )


def _compare(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _org_models(parser)
    parser.add_argument(
        "--replicates",
        type=_replicates,
        metavar="N|auto",
        help="draws of demand and luck of the study as given, or in each of --worlds; auto: until "
        "the headline interval is within --precision",
    )
    parser.add_argument(
        "--precision",
        type=_precision,
        metavar="X",
        help="half-width of the headline difference's 95 %% interval, in the measure's unit "
        "(default 2 %% of the baseline's level)",
    )
    _drawing(
        parser,
        least=0,
        more=" (default 8 where it has an ensemble of them)",
    )
    parser.add_argument(
        "--board",
        action="store_true",
        help="then run all that the pages of the board pack need, and write it",
    )
    _where(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    parser.add_argument(
        "--excel", action="store_true", help="write the numbers as a workbook, too (results.xlsx)"
    )
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _employees(text: str) -> list[int]:
    return sorted({_whole(number, 1, 10**9) for number in text.split(",")})


def _number_of_replicates(text: str) -> int:
    return _whole(text, 1, 100_000)


def _sizes(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument(
        "--employees",
        type=_employees,
        metavar="N,N,...",
        default=[30, 300, 3000],
        help="people under the baseline, about so many, for each size (default 30,300,3000); "
        "customers, prospects and heads that the study fixes go with them",
    )
    _org_models(parser)
    parser.add_argument(
        "--replicates",
        type=_number_of_replicates,
        metavar="N",
        help="draws of demand and luck at each size",
    )
    _where(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _wave(text: str) -> int:
    return _whole(text, 50, MOST_IN_FIRST_WAVE)


def _members(text: str) -> int:
    return _whole(text, 1, MOST_MEMBERS)


def _fit(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument(
        "--as",
        dest="as_org",
        metavar="ORG",
        help="the org model that stands for firms as they are (default: the study's baseline)",
    )
    parser.add_argument(
        "--runs",
        type=_wave,
        default=1000,
        metavar="N",
        help="runs of the first wave; later ones have half as many (default 1000)",
    )
    parser.add_argument(
        "--members",
        type=_members,
        default=200,
        metavar="N",
        help="worlds wanted (default 200)",
    )
    _where(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _worlds_to_run(text: str) -> int:
    return _whole(text, 1, MOST_DRAWN)


def _permutations(text: str) -> int:
    number = _whole(text, 2, 10_000)
    if number % 2:
        raise argparse.ArgumentTypeError(f"'{number}' is odd, and each order goes with its reverse")
    return number


def _levers(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument(
        "--from", dest="first", required=True, metavar="A", help="the org model to begin with"
    )
    parser.add_argument(
        "--to",
        dest="second",
        required=True,
        metavar="B",
        help="the org model whose difference to A is shared out over what differs; bundled ones "
        "that the study lacks are added",
    )
    parser.add_argument(
        "--measure", metavar="NAME", help="measure of the whole firm (default the study's headline)"
    )
    parser.add_argument(
        "--worlds",
        type=_worlds_to_run,
        default=24,
        metavar="N",
        help="draws of what is assumed, as many of each ensemble (default 24)",
    )
    parser.add_argument(
        "--source",
        choices=("ensemble", "ranges"),
        help="where worlds are from: ensembles of the firm, or the ranges of what is assumed "
        "(default: an ensemble where there is one)",
    )
    parser.add_argument(
        "--single", action="store_true", help="each lever by itself, from sampled orders"
    )
    parser.add_argument(
        "--permutations",
        type=_permutations,
        metavar="N",
        help="orders sampled in each world, an even number, in place of every org model between "
        "the two (default 8 with --single)",
    )
    _where(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _pair(text: str) -> list[str]:
    names = _names(text)
    if len(set(names)) != 2:
        raise argparse.ArgumentTypeError(f"'{text}' is not two quantities such as size,complexity")
    return names


def _number_of_firms(text: str) -> int:
    return _whole(text, 0, MOST_OF_MAPS)


def _worlds(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    _drawing(parser, least=2)
    parser.add_argument(
        "--map",
        type=_pair,
        action="append",
        dest="maps",
        metavar="A,B",
        help="who is best over two quantities: size, complexity, adoption, gap or any parameter "
        "that worlds draw; may be repeated (default size,complexity and adoption,gap)",
    )
    parser.add_argument(
        "--map-worlds",
        type=_number_of_firms,
        default=120,
        metavar="N",
        help="firms of the maps, each in a world (default 120; 0: no maps)",
    )
    parser.add_argument(
        "--rule-worlds",
        type=_number_of_firms,
        default=12,
        metavar="N",
        help="worlds in which memory, trust and patience follow rules of another kind (default "
        "12; 0: none)",
    )
    _org_models(parser)
    _where(parser)
    parser.add_argument("--no-figures", action="store_true", help="tables only")
    _reading(parser)
    _writing(parser)
    _speaking(parser)


def _numbers(text: str) -> list[int]:
    return sorted({_whole(number, 1, 99) for number in text.split(",")})


def _claims(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", type=_numbers, metavar="N,N,...", help="only these claims, by number"
    )
    parser.add_argument(
        "--headline",
        action="store_true",
        help="instead, the questions on which the sources contradict one another",
    )
    _drawing(parser, least=2)
    _where(parser)
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


def _looking_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        default="results",
        metavar="DIR",
        help="where latest is looked up (default results)",
    )


def _customer(text: str) -> int:
    return _whole(text, 0, 10**12)


def _two_org_models(text: str) -> list[str]:
    names = _names(text)
    if len(set(names)) != 2 or len(names) != 2:
        raise argparse.ArgumentTypeError(f"'{text}' is not two org models such as siloed,hybrid")
    return names


def _trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or latest")
    _extensions(parser)
    parser.add_argument(
        "--customer",
        type=_customer,
        metavar="ID",
        help="number of a customer; left out, a typical one of those who left under A and stayed "
        "under B is picked, and one of the reverse",
    )
    parser.add_argument(
        "--between",
        type=_two_org_models,
        metavar="A,B",
        help="the two org models held against each other (default: the baseline, and of the others "
        "the best on the measure that decides)",
    )
    parser.add_argument("--no-figures", action="store_true", help="print only, write nothing")
    _looking_up(parser)
    _speaking(parser)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="name of the study; writes NAME.yaml or, with --workbook, NAME.xlsx",
    )
    parser.add_argument(
        "--workbook",
        action="store_true",
        help="write NAME.xlsx, an Excel workbook, in place of NAME.yaml; every command takes it",
    )
    parser.add_argument(
        "--like", metavar="FIRM", help="begin as one of the bundled firms, with all its numbers"
    )
    parser.add_argument(
        "--list", action="store_true", help="name the bundled firms; writes nothing"
    )
    _speaking(parser)


def _firm_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", text):
        raise argparse.ArgumentTypeError(
            f"'{text[:50]}' is not a name of at most 40 letters, digits, underscores and hyphens"
        )
    return text


def _separator(text: str) -> str:
    words = ("comma", "semicolon", "tab", "pipe", "space")
    if text in words or (len(text) == 1 and text not in '"\r\n' and text.isascii()):
        return text
    raise argparse.ArgumentTypeError(f"'{text[:30]}' is neither one sign nor {', '.join(words)}")


def _columns_of_log(parser: argparse.ArgumentParser) -> None:
    for option, what in (
        ("--case-column", "which case each row belongs to"),
        ("--activity-column", "what was done"),
        ("--group-column", "which function, team or department did it"),
        ("--resource-column", "who did it"),
        ("--outcome-column", "how the case ended"),
        ("--wait-column", "of a table of one row a contact: how many seconds it waited"),
        ("--abandoned-column", "of such a table: whether the customer gave up"),
        ("--service-column", "of such a table: how many seconds it was served"),
    ):
        parser.add_argument(option, metavar="NAME", help=f"column that says {what}")
    for option, what in (("--time-column", "ended"), ("--start-column", "was begun")):
        parser.add_argument(
            option,
            metavar="NAME",
            action="append",
            default=[],
            help=f"column that says when it {what}; twice, if date and time of day are apart",
        )


def _calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "log",
        metavar="LOG",
        help="an event log: CSV, Excel, Parquet or XES, the first and the last also as .gz",
    )
    _columns_of_log(parser)
    parser.add_argument(
        "--zone", metavar="NAME", help="time zone of clocks on the wall, such as Europe/Amsterdam"
    )
    order = parser.add_mutually_exclusive_group()
    order.add_argument(
        "--day-first", action="store_const", const=True, help="dates are day before month"
    )
    order.add_argument(
        "--month-first",
        dest="day_first",
        action="store_const",
        const=False,
        help="dates are month before day",
    )
    parser.add_argument(
        "--separator",
        type=_separator,
        metavar="SIGN",
        help="between the cells of CSV: a sign, or comma, semicolon, tab, pipe, space",
    )
    parser.add_argument("--sheet", metavar="NAME", help="sheet of a workbook")
    functions = parser.add_mutually_exclusive_group()
    functions.add_argument(
        "--map",
        metavar="FILE",
        help="which function does which activity: CSV, Excel or YAML, activity and function",
    )
    functions.add_argument(
        "--write-map", metavar="FILE", help="write such a list to be filled in, and nothing else"
    )
    functions.add_argument(
        "--functions",
        choices=("resources",),
        help="take groups of people who do like work for functions",
    )
    parser.add_argument(
        "--name", type=_firm_name, metavar="NAME", help="name of the firm (default: the log's)"
    )
    parser.add_argument(
        "--no-hold-out", action="store_true", help="derive the firm without testing the fit"
    )
    _writing(parser)
    _speaking(parser)


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="a result folder, or latest")
    parser.add_argument("b", metavar="B", help="the result to hold against it, or latest")
    _looking_up(parser)
    _speaking(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a comparison's folder, or latest")
    parser.add_argument(
        "--with",
        type=_names,
        dest="beside",
        metavar="KIND,...",
        help="which answers of the same study, lying beside the result, it is written from as "
        "well: worlds, levers, sizes, cut (a smaller budget), platform, change (a transition); "
        "left out, the newest of each",
    )
    parser.add_argument("--template", metavar="FILE", help="a .pptx whose look the slides take")
    _extensions(parser)
    _looking_up(parser)
    _speaking(parser)


def _port(text: str) -> int:
    return _whole(text, 1, 65_535)


def _explore(parser: argparse.ArgumentParser) -> None:
    _study(parser)
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="port on 127.0.0.1 (default 8765, or a free one where that is taken)",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the link, and open no browser"
    )
    parser.add_argument(
        "--mesa",
        action="store_true",
        help="instead of the page, Mesa's own view of one live run (the extra mesa-viz)",
    )
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes (default: as many as cores and memory)"
    )
    parser.add_argument(
        "--out", default="results", metavar="DIR", help="parent of result folders (default results)"
    )
    _reading(parser)
    _speaking(parser)


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "word", metavar="WORD", nargs="?", help="what to explain; left out, all there is is listed"
    )
    _speaking(parser)


OPTIONS = {
    "compare": _compare,
    "run": _run,
    "trace": _trace,
    "sizes": _sizes,
    "fit": _fit,
    "levers": _levers,
    "worlds": _worlds,
    "claims": _claims,
    "diff": _diff,
    "report": _report,
    "explore": _explore,
    "validate": _validate,
    "calibrate": _calibrate,
    "new": _new,
    "explain": _explain,
    "schema": _speaking,
}
"""What each command lets one say, in the order of the help."""
