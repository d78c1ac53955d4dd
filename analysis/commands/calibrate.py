"""``calibrate``: a firm's own event log becomes an enterprise and a study."""

from __future__ import annotations

import argparse
import hashlib
import re
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from analysis.calibration.calibrate import calibrate_log
from analysis.calibration.simplified import in_plain_letters
from analysis.commands.terminal import note, say, say_object, say_results
from analysis.event_log.csv_log import SEPARATORS
from analysis.event_log.function_maps import map_template
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_clock import zone_named
from analysis.event_log.log_table import ContactLog, Decided, EventLog
from analysis.event_log.read_log import events_without_functions, read_log_file
from sim.keeping.files import csv_decimal, write_csv, write_text
from sim.keeping.firm_folder import check_free, firm_folder
from sim.study.errors import Problem, StudyError

_LONGEST_FIRM = 40
_WIDEST = (22, 44)
"""Characters of the first two columns of what was decided."""


def execute(options: argparse.Namespace) -> int:
    """Read the log, say how it was read, derive the firm and write it."""
    choices = _choices(options)
    with csv_decimal(options.csv_decimal):
        if options.write_map is not None:
            return _write_map(options, choices)
        log = read_log_file(Path(options.log), choices)
        _tell_decided(log, options)
        return _calibrate(log, options)


def _choices(options: argparse.Namespace) -> LogChoices:
    """Return what the options say of the log."""
    if options.zone is not None:
        zone_named(options.zone)
    separator = options.separator
    return LogChoices(
        case=options.case_column,
        activity=options.activity_column,
        group=options.group_column,
        resource=options.resource_column,
        outcome=options.outcome_column,
        wait=options.wait_column,
        abandoned=options.abandoned_column,
        service=options.service_column,
        times=tuple(options.time_column),
        starts=tuple(options.start_column),
        zone=options.zone,
        day_first=options.day_first,
        separator=SEPARATORS.get(separator, separator),
        sheet=options.sheet,
        map_file=None if options.map is None else Path(options.map),
        functions=options.functions,
    )


def _write_map(options: argparse.Namespace, choices: LogChoices) -> int:
    """Write a list of the log's activities, each with a place for its function."""
    path = Path(options.write_map)
    if path.exists() or path.is_symlink():
        message = "the file exists and was left as it is"
        raise StudyError([Problem(str(path), None, None, "", message, "Choose another name")])
    if not path.parent.is_dir():
        message = f"there is no folder {path.parent}"
        raise StudyError([Problem(str(path), None, None, "", message, "Create it first")])
    events = events_without_functions(Path(options.log), choices)
    write_text(path, map_template(path, events))
    if not options.quiet:
        note(f"Write the function of each activity into {path}, then add: --map {path}")
    if options.json:
        say_object({"map": str(path)})
    else:
        say(f"map: {path}")
    return 0


def _tell_decided(log: EventLog | ContactLog, options: argparse.Namespace) -> None:
    """Print how the log was read, before anything is done with it."""
    if not options.json:
        say(f"{options.log}: how it is read\n")
        say(decided_text(log.decided) + "\n")


def decided_text(decided: tuple[Decided, ...]) -> str:
    """Return what was decided about a log: what, taken as what, why, and how to say otherwise."""
    widths = [
        min(widest, max(len(text) for text in texts))
        for widest, texts in zip(
            _WIDEST, ([each.what for each in decided], [each.as_ for each in decided]), strict=True
        )
    ]
    return "\n".join(
        f"{each.what:<{widths[0]}}  {each.as_:<{widths[1]}}  {each.why}"
        + (f" ({each.option})" if each.option else "")
        for each in decided
    )


def _calibrate(log: EventLog | ContactLog, options: argparse.Namespace) -> int:
    """Derive the firm, write it whole or not at all, and say where."""
    name = options.name or firm_name(log.source)
    said = "".join(f"{each.what}={each.as_};" for each in log.decided)
    key = hashlib.sha256(f"{log.sha256};{log.zone};{said}".encode()).hexdigest()[:8]
    path = Path(options.out) / f"{name}-calibrate-{key}"
    check_free(path, fresh=options.fresh)
    with firm_folder(path) as folder:
        lines = calibrate_log(log, folder, name=name, hold_out=not options.no_hold_out)
        write_csv(folder / "decided.csv", decided_table(log.decided))
    if options.json:
        decided = decided_table(log.decided).to_dict("records")
        say_object({"decided": decided, "said": lines, "results": str(path)})
    else:
        say("\n".join(lines))
    say_results(path, options.json)
    return 0


def decided_table(decided: tuple[Decided, ...]) -> pd.DataFrame:
    """Return what was decided about a log as a table: columns of ``decided.csv``."""
    rows = pd.DataFrame([asdict(each) for each in decided])
    return rows.rename(columns={"as_": "taken_as"})


def firm_name(path: Path) -> str:
    """Return a name for the firm of a log, made of the file's."""
    stem = path.name.partition(".")[0]
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", in_plain_letters(stem)).strip("-_")[:_LONGEST_FIRM]
    return plain or "firm"
