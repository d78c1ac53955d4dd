"""``trace``: the same customer under every org model, touchpoint by touchpoint.

One word a thing: a need is dropped, a customer leaves, a case is lost between functions.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.experiment import result_study
from analysis.commands.progress import reporter
from analysis.commands.terminal import say, say_object
from analysis.load import result_folder
from sim.keeping.manifest import MANIFEST, comparison_manifest
from sim.runner import RunSpec, run
from sim.study.errors import Problem, ResultFolderError, StudyError
from sim.study.event_kinds import EVENT_KINDS
from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.tables import CAUSE_WORDS
from sim.study.worlds import SWITCHES, World

SHOWN_CASES = 3
"""Cases of a customer that are shown for each org model, the dropped ones first."""


@dataclass(frozen=True)
class Story:
    """What one customer met under one org model: a row of the customer table, and events."""

    org_model: str
    label: str
    customer: pd.Series
    events: pd.DataFrame


def execute(options: argparse.Namespace) -> int:
    """Run each org model of a result once more, with its events, and follow a customer."""
    folder = result_folder(options.result, Path(options.out))
    study = result_study(folder, options.extension)
    world = first_world(comparison_manifest(folder))
    if world is not None:
        study = world.of(study)
    if options.customer is not None:
        check_customer(study, options.customer)
    tables: dict[str, pd.DataFrame] = {}
    logs: dict[str, pd.DataFrame] = {}
    models = study.organisations
    with reporter("the same customers under each org model", quiet=options.quiet) as progress:
        progress.expect(len(models), done=0)
        for model in models:
            at = 0 if world is None else world.number
            result = run(RunSpec(study, model, 0, at, customers=True, events=True))
            if result.customers is not None and result.events is not None:
                tables[model.organisation] = result.customers
                logs[model.organisation] = result.events
            progress.advance()
    number = options.customer
    if number is None:
        number = telling(tables, study.baseline)
    stories = [
        Story(
            model.organisation,
            model.label or model.organisation,
            tables[model.organisation].set_index("customer_id").loc[number],
            logs[model.organisation].query("customer_id == @number"),
        )
        for model in models
    ]
    if options.json:
        say_object({"customer": number, "org_models": [as_object(story) for story in stories]})
    else:
        say(as_text(number, stories, study))
    return 0


def first_world(written: Mapping[str, Any]) -> World | None:
    """Return the world whose customers a result holds; None if it is of the study as given.

    Raises
    ------
    ResultFolderError
        If what the manifest says of it cannot be read.
    """
    found = written.get("first_world")
    if found is None:
        return None
    try:
        values = {str(name): float(value) for name, value in found["parameters"].items()}
        if unknown := sorted((set(values) - set(REGISTRY)) | (set(found["off"]) - set(SWITCHES))):
            raise ValueError(unknown[0])
        return World(int(found["number"]), values, frozenset(found["off"]), float(found["size"]))
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise ResultFolderError(
            f"the world in {MANIFEST} cannot be read ({reason}). Run the comparison again."
        ) from reason


def check_customer(study: Study, number: int) -> None:
    """Refuse a customer whom a run of the study does not simulate."""
    people = sum(study.market.simulated)
    if 0 <= number < people:
        return
    message = f"there is no customer {number}"
    remedy = f"the customers that this study simulates are numbered from 0 to {people - 1}"
    raise StudyError([Problem("--customer", None, None, "", message, remedy)])


def telling(tables: dict[str, pd.DataFrame], baseline: str) -> int:
    """Return a customer with a need dropped under the baseline and under as few others as can be.

    Among these one whose loss has most to tell: a seam, a missing fact or a fault.
    """
    lost = pd.DataFrame({name: table["site"] != "" for name, table in tables.items()})
    told = (tables[baseline][["seam", "missing_facts", "fault_from"]] != "").sum(axis=1)
    lost_in_seam = tables[baseline]["cause"].eq("lost_between").astype(int)
    order = pd.DataFrame(
        {
            "here": lost[baseline].astype(int),
            "elsewhere": -lost.drop(columns=baseline).sum(axis=1),
            "seam": lost_in_seam,
            "told": told,
        }
    )
    best = order.sort_values(["here", "elsewhere", "seam", "told"], ascending=False, kind="stable")
    return int(best.index[0])


def as_object(story: Story) -> dict[str, object]:
    """Return a story as plain data."""
    columns = ["journey", "concept:name", "touchpoint", "org:group", "kind", "detail", "site",
               "start_hour", "end_hour", "need", "recontact"]  # fmt: skip
    events = story.events[columns]
    return {
        "org_model": story.org_model,
        "customer": {name: _plain(value) for name, value in story.customer.items()},
        "events": events.astype(object).where(events.notna(), None).to_dict("records"),
    }


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value


def as_text(number: int, stories: list[Story], study: Study) -> str:
    """Return the stories of one customer as a page of text."""
    first = stories[0].customer
    spoken = "represented by an agent" if first["represented"] else "speaks for themselves"
    lines = [f"Customer {number} ({first['segment']}, {spoken}); study {study.study}", ""]
    for story in stories:
        lines += _story(story, study)
    return "\n".join(lines).rstrip()


def _story(story: Story, study: Study) -> list[str]:
    customer = story.customer
    lines = [
        f"{story.label}: {customer['outcome']}, standing {customer['standing']:.2f}, "
        f"worth {customer['value']:,.0f} in the window"
    ]
    if customer["reason"]:
        lines += why_left(customer, story.events, study.design.warm_up_days * 8.0)
    if customer["site"]:
        lines += why_dropped(customer)
    day_zero = study.design.warm_up_days * 8.0
    window = story.events[story.events["end_hour"] >= day_zero]
    cases = list(window.groupby(["need", "recontact"], sort=False))
    cases.sort(key=lambda case: not (case[1]["kind"] == "dropped").any())
    for _, events in cases[:SHOWN_CASES]:
        lines += _case(events, day_zero)
    if len(cases) > SHOWN_CASES:
        lines.append(f"  … and {len(cases) - SHOWN_CASES} more cases")
    return [*lines, ""]


def why_left(customer: pd.Series, events: pd.DataFrame, day_zero: float) -> list[str]:
    """Return, line by line, why a customer left, and which broken promise was the last before.

    Parameters
    ----------
    customer : Series
        A row of ``customers.parquet``.
    events : DataFrame
        The customer's events.
    day_zero : float
        Hour of the run at which the window begins.
    """
    said = [
        f"  left on day {customer['left_on_day']:.0f}; what raised the hazard of leaving: "
        f"{customer['reason']}"
    ]
    before = events["end_hour"] <= day_zero + 8.0 * customer["left_on_day"]
    failed = events["kind"].isin(["dropped", "loss", "chase"]) | (events["detail"] == "error")
    broken = events[before & failed]
    if not broken.empty:
        last = broken.iloc[-1]
        day = (last["end_hour"] - day_zero) / 8.0 + 1.0
        where, by = last["site"] or last["touchpoint"], last["org:group"]
        happened = "an error" if last["kind"] == "visit" else EVENT_KINDS[last["kind"]]
        owner = f" (owner: {by})" if isinstance(by, str) and by else ""
        said.append(f"    last broken promise: day {day:.1f}, {where}{owner}: {happened}")
    elif customer["promise_owner"]:
        said.append(f"    most promises were broken by: {customer['promise_owner']}")
    return said


def why_dropped(customer: pd.Series) -> list[str]:
    """Return, line by line, why a customer's latest need that was dropped was dropped."""
    said = [
        f"  a need was dropped on day {customer['dropped_on_day']:.0f} at {customer['site']}: "
        f"{CAUSE_WORDS.get(customer['cause'], customer['cause'])}"
    ]
    for column, words in (
        ("seam", "last seam crossed"),
        ("missing_facts", "facts that were missing"),
        ("fault_from", "fault left by"),
        ("incentive", "incentive behind it"),
        ("issue", "issue under way"),
        ("accountable", "accountable by name"),
    ):
        if customer[column]:
            said.append(f"    {words}: {customer[column]}")
    return said


def _case(events: pd.DataFrame, day_zero: float) -> list[str]:
    first = events.iloc[0]
    again = " (came back)" if first["recontact"] else ""
    lines = [f"  {first['journey']}{again}"]
    for _, event in events.iterrows():
        day = (event["end_hour"] - day_zero) / 8.0 + 1.0
        ended = event["kind"] in ("completed", "dropped")
        where = "" if ended else str(event["touchpoint"]).split("/")[-1]
        by = f" by {event['org:group']}" if event["kind"] == "visit" else ""
        happened = EVENT_KINDS[event["kind"]]
        wrong = ", with an error" if event["detail"] == "error" else ""
        told = CAUSE_WORDS.get(event["detail"], event["detail"]) if ended else ""
        line = f"    day {day:6.1f}  {where:<18} {happened}{by}{wrong}"
        lines.append(f"{line}: {told}" if told else line)
    return lines
