"""A derived firm as files: enterprise and study, every figure with its grade."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analysis.calibration.firm import DerivedFirm
from analysis.calibration.log_words import on_one_line
from analysis.calibration.plain_firm import CASE_JOURNEY, DERIVED_TICKS, OPENED, facts_of, nodes_of
from analysis.calibration.time_outs import time_out_text
from sim.keeping.files import write_text
from sim.study.parameters import REGISTRY

ENTERPRISE_FILE, STUDY_FILE = "enterprise.yaml", "study.yaml"
TIMES_ITS_COST = 3.0
MANY_CASES = 10_000
"""A year; of more, fewer replicates say as much."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDTH = 98


def write_firm(
    firm: DerivedFirm,
    folder: Path,
    *,
    name: str,
    source: str,
    zone: str,
    org_models: Sequence[str],
    patterns: Sequence[str] = (),
) -> None:
    """Write `enterprise.yaml` and `study.yaml`.

    Parameters
    ----------
    firm : DerivedFirm
        As derived.
    folder : Path
        Where to write; it exists.
    name : str
        Of the study.
    source, zone : str
        The log's file, and the zone of its clock.
    org_models : sequence of str
        Bundled org models to compare, the first as the firm is today.
    patterns : sequence of str
        Lines of the study's `patterns`, ready to be written.
    """
    enterprise = "\n".join(enterprise_lines(firm, name, source, zone))
    study = "\n".join(study_lines(firm, name, source, org_models, patterns))
    write_text(folder / ENTERPRISE_FILE, enterprise + "\n")
    write_text(folder / STUDY_FILE, study + "\n")


def enterprise_lines(firm: DerivedFirm, name: str, source: str, zone: str) -> Iterator[str]:
    """Yield the lines of the enterprise file."""
    yield from comment(
        f"A firm derived from its own log, {on_one_line(source)}, by `calibrate`; every figure "
        "below is the log's (grade A) unless it says grade D: assumed. Edit it freely; "
        "`calibrate` again writes it anew."
    )
    yield "#"
    yield from _about(firm, zone)
    yield f"enterprise: {key_of_study(name)}"
    yield f"description: Derived from the event log {as_yaml_text(source)}."
    yield ""
    yield from _calendar_lines(firm, zone)
    yield ""
    yield "# Heads: eight paid hours for everybody seen at work on a day, split over functions by"
    yield "# minutes worked, per working day; whole people, rounded up."
    yield "functions:"
    for key, called in firm.functions.items():
        yield from _function_lines(key, called, firm)
    yield ""
    yield from comment(
        "Grade D: a log does not say what people need to know. Each function learns something of a "
        "case, and needs what those know who usually had it before."
    )
    yield "facts:"
    yield from (f"  {fact}: {kind}" for fact, kind in facts_of(firm).items())
    yield ""
    yield "journeys:"
    yield f"  {CASE_JOURNEY}:"
    yield f"    start: {OPENED}"
    yield "    effect: none"
    yield f"    value: {worth(firm)}  # grade D: three times what the people of a case cost"
    kinds = {key: "withdrawn" if key in firm.withdrawn else "completed" for key in firm.exits}
    kinds.pop("completed", None)
    if kinds:
        yield "    # By their names (grade D): what counts as given up is `withdrawn`."
        yield f"    exits: {{{', '.join(f'{key}: {kind}' for key, kind in kinds.items())}}}"
    yield "    touchpoints:"
    for node in nodes_of(firm):
        yield f"      {node.name}:  # {on_one_line(node.remark)}"
        yield from (f"        {key}: {_value(value)}" for key, value in node.keys.items())


def _about(firm: DerivedFirm, zone: str) -> Iterator[str]:
    """Yield what the log is, and what was taken how."""
    yield from comment(
        f"The log: {firm.n_cases:,} cases, {firm.cases_per_year:,.0f} a year. They begin on "
        + ", ".join(
            f"{day} {share:.0%}" for day, share in zip(WEEKDAYS, firm.by_weekday, strict=True)
        )
        + "."
    )
    if firm.follow_days:
        yield from comment(
            f"Followed: branches and waits are of the {firm.n_followed:,} cases that began at "
            "least "
            f"{firm.follow_days:.0f} days before the log ends, so that slow cases are not missed."
        )
    else:
        yield from comment(
            "Followed: all cases, for next to none was open when the log was written."
        )
    yield from comment(
        "Visits: what one function did of one activity on one case on one day. Waits are steps "
        "that nobody works on: the time until the customer answered and somebody could go on, in "
        "hours of the model, 40 of which are a week of the clock; nights, weekends, queues and the "
        "half hour of any hand-off come on top. A log does not tell the customer's part from the "
        "firm's, so no org model can shorten them."
    )
    yield from _about_habits(firm)
    for note in firm.notes:
        yield from comment(f"Left out or put together: {note}.")
    yield from comment(
        "Not fitted: standing, incentives, authority and defects leave no trace in a log. They are "
        "the program's own assumptions until `fit` is run on the study."
    )


def _about_habits(firm: DerivedFirm) -> Iterator[str]:
    """Yield what was found of time-outs, endings, batches and repeats."""
    for each in firm.time_outs:
        yield from comment(
            f"Time-out: {time_out_text(each)} They are `limit_hours`: what was left when the wait "
            "began."
        )
    if not firm.outcome_known:
        yield from comment(
            "Outcome: the log gives none, so a case counts as completed once nothing has happened "
            "for long; customers who gave up cannot be told from others."
        )
    if firm.together >= 0.1:
        yield from comment(
            f"Batches: {firm.together:.0%} of visits begin within a minute of the same "
            "person's last one "
            "on another case of the kind: work is saved up. The model has no batches; the wait for "
            "them is in the waits."
        )
    yield from comment(
        "Repeats: `next` holds the log's own repeats and returns, so `error` (grade D) is small."
    )
    if firm.own_share:
        yield from comment(
            "Minutes: of the log's visits, less what a pace that other work slows, asking, writing "
            "and looking up add to them in the model, by a run of the firm as it is today."
        )
    if firm.kept_back:
        yield from comment(
            "Giving up: the model's own waits, losses and errors drive some out. So that all "
            "come to "
            "as many as in the log, branches into giving up are taken times "
            + ", ".join(f"{share:.2f} at {key}" for key, share in firm.kept_back.items())
            + "."
        )


def _calendar_lines(firm: DerivedFirm, zone: str) -> Iterator[str]:
    """Yield when the firm is open, and when cases begin."""
    yield from comment(
        "When 98 % of visits, and 92 % of cases, begin, by day of the week. Evenly within: busier "
        "hours are not told apart; a day on which few cases begin is a shorter one."
    )
    yield "calendar:"
    yield f"  zone: {as_yaml_text(zone)}"
    yield f"  open: {_usual_hours(firm)}"
    yield f"  needs: {firm.needs.text}"


def _usual_hours(firm: DerivedFirm) -> str:
    """Return the opening hours of the function with the most people, for the firm as a whole."""
    largest = max(firm.doors, key=lambda key: firm.heads[key].heads)
    return firm.doors[largest].text


def _function_lines(key: str, called: str, firm: DerivedFirm) -> Iterator[str]:
    people = firm.heads[key]
    remark = f"{on_one_line(called)}; " if called != key else ""
    if people.seen:
        remark += f"{people.seen:.1f} seen on a working day; "
    remark += f"logged work fills {people.filled:.0%} of their hours"
    if people.raised:
        remark += "; more than were seen, who could not have done it"
    yield f"  {key}:  # {remark}"
    yield f"    heads: {people.heads}"
    yield f"    open: {firm.doors[key].text}"


def study_lines(
    firm: DerivedFirm, name: str, source: str, org_models: Sequence[str], patterns: Sequence[str]
) -> Iterator[str]:
    """Yield the lines of the study file."""
    yield from comment(
        "Would this firm do better under another org model? Derived from "
        + on_one_line(source)
        + "."
    )
    yield "#"
    yield from comment(
        "Not fitted: until `fit` has been run on this study, every answer rests on the program's "
        "own assumptions about standing, incentives, authority and defects."
    )
    yield f"study: {name}"
    yield f"description: A firm derived from its event log {as_yaml_text(source)}."
    yield ""
    yield f"enterprise: {ENTERPRISE_FILE}"
    yield ""
    yield from comment(
        "The first stands for the firm as it is (grade D: a log shows who works, not who decides)."
    )
    yield "organisations:"
    yield from (f"  - organisations/{model}.yaml" for model in org_models)
    yield f"baseline: {org_models[0]}"
    yield ""
    yield from _market_lines(firm)
    yield ""
    if patterns:
        yield "# What the log says of the firm's own figures; `validate` prints them beside a run."
        yield "patterns:"
        yield from patterns
        yield ""
    yield "design:"
    yield "  seed: 1"
    yield f"  replicates: {_replicates(firm)}"
    yield "  worlds: 0  # the firm of the log as it was derived; after `fit`, ask for worlds"
    yield "  horizon_days: 260  # a year"
    yield "  warm_up_days: 260"
    yield f"  follow_up_days: {_follow_up(firm)}  # what nearly all cases of the log take"
    yield f"  ticks_per_day: {DERIVED_TICKS}  # half an hour on the clock each"


def _market_lines(firm: DerivedFirm) -> Iterator[str]:
    """Yield who the customers are: as many as there are cases a year."""
    customers = max(1, round(firm.cases_per_year))
    yield "market:"
    yield f"  customers: {customers}  # one case a year each (grade D: a log knows no customers)"
    yield "  agent_adoption: 0  # grade D"
    yield "  segments:"
    yield "    customers:"
    yield "      share: 1"
    yield "      revenue_per_year: 0  # grade D: what a case is worth stands in the journey"
    yield f"      needs_per_year: {{{CASE_JOURNEY}: 1.0}}  # {customers:,} cases a year"
    yield "      # Grade D: those who gave up stand in the log's own branches; these two keep the"
    yield "      # model from driving out many more. Lower them to let waits and questions cost."
    yield "      patience: 8"
    yield "      effort_tolerance: 10"


def worth(firm: DerivedFirm) -> int:
    """Return what a completed case is taken to be worth (grade D): so many times its people."""
    people = sum(each.heads for each in firm.heads.values())
    each = people * REGISTRY["wage_per_year"].default / max(firm.cases_per_year, 1.0)
    return max(1, round(TIMES_ITS_COST * each))


def _replicates(firm: DerivedFirm) -> int:
    """Return so many draws of luck as a comparison needs: many cases say as much in fewer."""
    return int(min(max(8 * MANY_CASES / max(firm.cases_per_year, 1.0), 2), 8))


def _follow_up(firm: DerivedFirm) -> int:
    return min(5 * math.ceil(max(65.0, firm.follow_days * 5 / 7 * 1.5) / 5), 520)


def comment(text: str) -> Iterator[str]:
    """Yield a paragraph as lines of a comment."""
    line = "#"
    for word in text.split():
        if len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line


def as_yaml_text(text: str) -> str:
    """Return a text from a log as a value in YAML."""
    return '"' + on_one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def key_of_study(name: str) -> str:
    """Return the name of a study as that of an enterprise."""
    plain = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in name.lower())
    return (plain if plain[:1].isalpha() else f"firm_{plain}")[:40]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(value) + "]"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)
