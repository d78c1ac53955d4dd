"""``validate``: what was understood of a study; with ``--theory``, whether the engine is right."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analysis.commands.beside_patterns import beside_patterns
from analysis.commands.experiment import read_study, study_file
from analysis.commands.progress import said_if_long
from analysis.commands.terminal import note, say, say_object, say_results
from sim.checks import theory
from sim.checks.doubts import doubts
from sim.checks.staffing import staffing_doubts
from sim.checks.summary import summary_of
from sim.checks.warm_up import WarmUp, check_warm_up
from sim.keeping.files import machine_refusal, write_csv
from sim.study.spelling import first_few

OUT_OF_TOLERANCE = 5


def execute(options: argparse.Namespace) -> int:
    """Check a study and print what was understood of it, or check the engine."""
    if options.theory:
        return _check_engine(options)
    study = read_study(options)
    with said_if_long("Looking for what is doubtful in it ...", quiet=options.quiet):
        summary, worth_a_word = summary_of(study), doubts(study)
    baseline = next(m for m in study.organisations if m.organisation == study.baseline)
    running = (
        f"Running {baseline.organisation} once to see whether the warm-up is long enough: "
        f"{study.design.warm_up_days + study.design.horizon_days} days of "
        f"{sum(study.market.simulated):,} people ..."
    )
    with said_if_long(running, quiet=options.quiet):
        warm_up = check_warm_up(study, baseline)
    if options.json:
        doubted = [*worth_a_word, *staffing_doubts(warm_up.utilisation)]
        said = asdict(warm_up) | {"warnings": warm_up.warnings}
        del said["patterns"]
        rows = [asdict(row) | {"outside": row.outside} for row in warm_up.patterns]
        say_object(summary | {"warnings": doubted, "warm_up": said, "patterns": rows})
    else:
        say(_as_text(summary, study_file(options.study)))
        kind = (study.enterprise.kind or "this firm").replace("_", " ")
        known = beside_patterns(warm_up.patterns, warm_up.org_model, kind)
        say("\n".join([*(f"Warning: {text}." for text in worth_a_word), *_about(warm_up), *known]))
    return 0


def _about(warm_up: WarmUp) -> list[str]:
    """Return what is to be said about the warm-up, and about how busy people are."""
    shares = warm_up.utilisation
    busy = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
    doubtful = [*warm_up.warnings, *staffing_doubts(shares)]
    return [
        *([] if warm_up.warnings else [f"The warm-up of {warm_up.days} days is long enough."]),
        f"Utilisation under {warm_up.org_model}: {busy}.",
        *(f"Warning: {text}." for text in doubtful),
    ]


def _check_engine(options: argparse.Namespace) -> int:
    """Print the engine's results beside those known in closed form."""
    if sys.stderr.isatty() and not options.quiet:
        note("Comparing the engine with results known in closed form ...")
    folder = Path(options.out) / "theory"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise machine_refusal("write", folder, error) from error
    rows = theory.run_all()
    write_csv(folder / "theory.csv", rows)
    wrong = rows[~rows["ok"].astype(bool)]
    if options.json:
        say_object({"ok": wrong.empty, "theory": rows.to_dict("records")})
    else:
        say(rows.to_string(index=False, float_format=lambda value: f"{value:.5g}"))
        say(f"{len(rows) - len(wrong)} of {len(rows)} within tolerance")
    say_results(folder, options.json)
    return 0 if wrong.empty else OUT_OF_TOLERANCE


def _people(there: dict[str, Any]) -> str:
    """Return where an org model's people work, and what of its budget is left."""
    units, minded = there["units"], there["minded"]
    said = [
        f"{there['in_line']} in line" + (f" in {units} units" if units > 1 else ""),
        f"{there['coordinating']} coordinating",
    ]
    if minded is not None:
        said.append(f"account owners mind {minded:.0%} of hand-offs".replace("%", " %"))
    if there["unspent"]:
        said.append(f"{there['unspent']:,} a year unspent")
    return ", ".join(said)


def _as_text(summary: dict[str, Any], file: str) -> str:
    """Return the summary as aligned lines."""
    heads, journeys = _heads(summary), _touchpoints(summary)
    models = [f"{name} ({_people(each)})" for name, each in summary["organisations"].items()]
    design = summary["design"]
    lines = {
        "Study": f"{summary['study']} ({file})",
        "Enterprise": summary["enterprise"],
        "Functions": first_few(heads),
        "Journeys": first_few(journeys),
        "Seams": first_few(summary["seams"]) or "none",
        "Facts": ", ".join(summary["facts"]) or "none",
        "Customers": f"{summary['customers']:,} and {summary['prospects']:,} prospects, "
        f"in {', '.join(summary['segments'])}",
        "Org models": ", ".join(models),
        "Baseline": summary["baseline"],
        "Headline": summary["headline"],
        "Design": f"{design['replicates']} replicates of {design['horizon_days']} days after "
        f"{design['warm_up_days']} days of warm-up, seed {design['seed']}",
    }
    designs = [
        f"With another design, {each['enterprise']}: {', '.join(each['organisations'])}. "
        f"Functions: {first_few(_heads(each))}. Journeys: {first_few(_touchpoints(each))}. "
        f"Its work is planned for {sum(each['functions'].values())} heads, that of the study's "
        f"enterprise, which pays, for {sum(summary['functions'].values())}."
        for each in summary["designs"]
    ]
    said = [f"{name:<12}{text}" for name, text in lines.items()]
    return "\n".join([*said, *designs, *_by_org_model(summary), "The study is valid."])


def _by_org_model(summary: dict[str, Any]) -> list[str]:
    """Return, for each org model, who serves where, and by what it differs from the baseline."""
    said = []
    for name, each in summary["organisations"].items():
        people = ", ".join(f"{function} {number}" for function, number in each["line"].items())
        said.append(f"{name}: {people} in line")
        if name != summary["baseline"]:
            levers = [f"{path} {_shown(value)}" for path, value in each["differs"].items()]
            alike = f"  as {summary['baseline']}, but for "
            said.append(alike + (", ".join(levers) or "nothing: they come out the same"))
    return said


def _shown(value: Any) -> str:
    """Return a lever's value as a study may write it."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(str(each) for each in value) + "]"
    return "left out" if value is None or value == {} else str(value)


def _heads(firm: dict[str, Any]) -> list[str]:
    return [f"{name} ({number} heads)" for name, number in firm["functions"].items()]


def _touchpoints(firm: dict[str, Any]) -> list[str]:
    return [f"{name} ({steps} touchpoints)" for name, steps in firm["journeys"].items()]
