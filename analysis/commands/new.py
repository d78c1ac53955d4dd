"""``new``: a commented starter study, complete and ready to run."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from analysis.commands.arguments import program
from analysis.commands.firm_starter import described, firm_starter
from analysis.commands.starter import starter
from analysis.commands.terminal import note, say, say_object
from sim.keeping.files import write_bytes, write_text
from sim.reading.workbook_file import WORKBOOK_ENDING
from sim.study.errors import Problem, StudyError

# With any ending, and in any case, it is no file there.
_RESERVED = re.compile(r"CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9]", re.IGNORECASE)

_NAMELESS = (
    "NAME is missing",
    "Say what the study is to be called, or `new --list` for the firms to begin with",
)


def execute(options: argparse.Namespace) -> int:
    """Write ``NAME.yaml`` or ``NAME.xlsx``, never over a file; or name the firms to begin with."""
    if options.list:
        return _list_firms(options)
    if options.name is None:
        raise StudyError([Problem("new", None, None, "", *_NAMELESS)])
    path = _path(options.name, workbook=options.workbook)
    problem = _problem(path)
    if problem is not None:
        raise StudyError([problem])
    if path.suffix == WORKBOOK_ENDING:
        # Imported only where it is asked for: what writes workbooks takes long to load.
        from analysis.commands.firm_workbook import new_workbook  # noqa: PLC0415

        write_bytes(path, new_workbook(path, options.like, program()))
    elif options.like is None:
        write_text(path, starter(path.stem, program()))
    else:
        write_text(path, firm_starter(options.like, path.stem, program()))
    if not options.quiet:
        word = program()
        note(f"Edit {path}, then: {word} validate {path}, {word} compare {path}")
    if options.json:
        say_object({"study": str(path)})
    else:
        say(f"study: {path}")
    return 0


def _path(name: str, *, workbook: bool) -> Path:
    """Return the file to write: its ending is that of its kind, whatever was left out."""
    path = Path(name)
    endings = (WORKBOOK_ENDING,) if workbook else (WORKBOOK_ENDING, ".yaml", ".yml")
    if not path.name or path.suffix in endings:
        return path
    if workbook and path.suffix in (".yaml", ".yml"):
        return path.with_suffix(WORKBOOK_ENDING)
    return path.with_name(f"{path.name}{WORKBOOK_ENDING if workbook else '.yaml'}")


def _list_firms(options: argparse.Namespace) -> int:
    """Name the bundled firms, one a line."""
    there = described()
    if options.json:
        say_object({"firms": there})
        return 0
    width = max(map(len, there))
    say("\n".join(f"{firm:<{width}}  {words}" for firm, words in there.items()))
    if not options.quiet:
        note(f"Begin with one of them: {program()} new NAME --like FIRM")
    return 0


def _problem(path: Path) -> Problem | None:
    """Return what stands against writing this file, if anything."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", path.stem):
        return Problem(
            str(path), None, None, "", f"'{path.stem}' cannot be a study's name",
            "Use letters, digits, underscores, dots and hyphens, at most 60",
        )  # fmt: skip
    if _RESERVED.fullmatch(path.stem.partition(".")[0]):
        return Problem(
            str(path), None, None, "", f"'{path.stem}' is the name of a device on Windows",
            "Choose another name",
        )  # fmt: skip
    if path.exists():
        return Problem(
            str(path),
            None,
            None,
            "",
            "the file exists and was left as it is",
            "Choose another name",
        )
    if not path.parent.is_dir():
        return Problem(
            str(path), None, None, "", f"there is no folder {path.parent}", "Create it first"
        )
    return None
