"""One customer's story in words: under every org model, at a glance and case by case.

One word a thing: a need is dropped, a customer leaves, a case is lost between functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.comparison.stories import ONE_CASE, Story, failed
from sim.study.event_kinds import EVENT_KINDS
from sim.study.tables import CAUSE_WORDS

SHOWN_CASES = 3
"""Cases of a customer that are told for each org model: those that were dropped, or went wrong."""
_COLUMNS = {
    "needs": "needs",
    "contacts": "contacts",
    "days": "days",
    "hand_offs": "hand-offs",
    "facts_asked_again": "asked again",
    "errors": "errors",
    "faults": "faults",
    "lost": "lost",
}
"""What is told at a glance, by its name in a story's tally."""


def story_page(stories: Sequence[Story]) -> str:
    """Return the stories of one customer as a page of text: a table, then org model by org model.

    Parameters
    ----------
    stories : sequence of Story
        Of the same customer, one an org model.
    """
    lines = [*_at_a_glance(stories), ""]
    for story in stories:
        lines += [*_story(story), ""]
    return "\n".join(lines).rstrip()


def about(story: Story) -> str:
    """Return who the customer is, in one line."""
    who = story.customer
    spoken = "represented by an agent" if who["represented"] else "speaks for themselves"
    return f"Customer {who['customer_id']} ({who['segment']}, {spoken})"


def how_many(number: float, thing: str) -> str:
    """Return a number with what there are so many of, as in ``one hand-off``."""
    if number == 1:
        return f"one {thing}"
    plural = {"fact asked again": "facts asked again"}.get(thing, f"{thing}s")
    return f"{number:,.0f} {plural}" if number else f"no {plural}"


def story_title(customer: int, stories: Sequence[Story], shown: tuple[str, str]) -> str:
    """Return the finding in one sentence: what became of the customer under two org models.

    Parameters
    ----------
    customer : int
        The customer's number.
    stories : sequence of Story
        One an org model.
    shown : tuple of str
        Names of the two org models that are held against each other; both may be the same.
    """
    by_name = {story.org_model: story for story in stories}
    first, second = (by_name[name] for name in shown)
    if first is second:
        return f"Customer {customer} {_became(first)}"
    if first.has_left == second.has_left and first.has_left:
        return f"Customer {customer} {_became(first)}; {_became(second)} as well"
    leaver, stayer = (first, second) if first.has_left else (second, first)
    if leaver.has_left:
        return f"Customer {customer} {_became(leaver)}; {_outcome(stayer)} under {stayer.label}"
    if _outcome(first) != _outcome(second):
        return f"Customer {customer} {_became(first)}; {_became(second)}"
    return (
        f"Customer {customer} {_outcome(first)} under both {first.label} ({_met(first)}) and "
        f"{second.label} ({_met(second)})"
    )


def _outcome(story: Story) -> str:
    return str(story.customer["outcome"])


def _became(story: Story) -> str:
    """Return what became of the customer, after what, as in ``left under Siloed after …``."""
    day = f" on day {story.customer['left_on_day']:.0f}" if story.has_left else ""
    return f"{_outcome(story)} under {story.label}{day} after {_met(story)}"


def _met(story: Story) -> str:
    """Return what the customer met by then: hand-offs, facts asked again, errors if any."""
    tally = story.tally
    errors = tally["errors"] + tally["faults"]
    said = [how_many(tally["hand_offs"], "hand-off")]
    said += [how_many(errors, "error")] * bool(errors)
    said += [how_many(tally["facts_asked_again"], "fact asked again")]
    return f"{', '.join(said[:-1])} and {said[-1]}"


def _at_a_glance(stories: Sequence[Story]) -> list[str]:
    """Return a table with a line an org model, of all up to the customer's leaving."""
    width = max(len(story.label) for story in stories)
    head = "".join(f"{name:>{len(name) + 2}}" for name in _COLUMNS.values())
    lines = [f"{'':{width}}  {'outcome':<16}{head}  {'standing':>12}{'worth':>9}"]
    for story in stories:
        tally, who = story.tally, story.customer
        cells = "".join(f"{tally[key]:>{len(name) + 2}.0f}" for key, name in _COLUMNS.items())
        course = story.standing_course
        begun = course[0][1] if course else float(who["standing"])
        outcome = str(who["outcome"])
        outcome += f", day {who['left_on_day']:.0f}" if story.has_left else ""
        standing = f"{begun:.2f} to {who['standing']:.2f}"
        lines.append(
            f"{story.label:{width}}  {outcome:<16}{cells}  {standing:>12}{who['value']:>9,.0f}"
        )
    return [
        *lines,
        "Up to the customer's leaving. Days: how long needs were open, added up. Faults: left at",
        "an earlier step, and showing later. Lost: cases that fell between functions. Worth:",
        "margin in the window.",
    ]


def _story(story: Story) -> list[str]:
    customer = story.customer
    lines = [
        f"{story.label}: {customer['outcome']}, standing {customer['standing']:.2f}, "
        f"worth {customer['value']:,.0f} in the window"
    ]
    if customer["reason"]:
        lines += why_left(story)
    if customer["site"]:
        lines += why_dropped(customer)
    if story.answered_by:
        said = ", ".join(f"{who} {number}" for who, number in story.answered_by.items())
        lines.append(f"  accountable for what failed: {said}")
    cases = [case for _, case in story.steps.groupby(ONE_CASE, sort=False)]
    told = sorted(sorted(cases, key=_telling)[:SHOWN_CASES], key=lambda case: case["day"].min())
    for case in told:
        lines += _case(case)
    if len(cases) > SHOWN_CASES:
        lines.append(f"  … and {len(cases) - SHOWN_CASES} more cases")
    return lines


def _telling(case: pd.DataFrame) -> tuple[bool, int, float]:
    """Return what cases are told by: dropped ones first, those with most failures, the latest."""
    dropped = (case["kind"] == "dropped").any()
    return not dropped, -int(failed(case).sum()), -float(case["day"].min())


def why_left(story: Story) -> list[str]:
    """Return, line by line, why a customer left, and which broken promise was the last before."""
    customer = story.customer
    said = [
        f"  left on day {customer['left_on_day']:.0f}; what raised the hazard of leaving: "
        f"{customer['reason']}"
    ]
    if not story.failures.empty:
        last = story.failures.iloc[-1]
        where = last["site"] or last["touchpoint"]
        at_seam = ">" in str(last["site"])  # then it lies with both sides, which the name says
        behind = [f"owner: {last['function']}"] * (bool(last["function"]) and not at_seam)
        behind += [f"accountable: {last['accountable']}"]
        said.append(
            f"    last broken promise: day {last['day']:.1f}, {where} ({'; '.join(behind)}): "
            f"{_failure(last)}"
        )
    elif customer["promise_owner"]:
        said.append(f"    most promises were broken by: {customer['promise_owner']}")
    return said


def _failure(step: pd.Series) -> str:
    """Return what failed at a step, in words."""
    if step["kind"] not in ("visit", "automated"):
        return EVENT_KINDS[str(step["kind"])]
    return ", ".join(_what_went_wrong(step))


def _what_went_wrong(step: pd.Series) -> list[str]:
    """Return what went wrong at a visit, each in words."""
    said = ["an error"] if step["error"] else []
    if step["asked_again"]:
        said.append(f"asked again for {step['asked_again']}")
    if step["fault_from"]:
        by = f" by {step['fault_left_by']}" if step["fault_left_by"] else ""
        said.append(f"a fault showed that was left at {step['fault_from']}{by}")
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


def _case(steps: pd.DataFrame) -> list[str]:
    first = steps.iloc[0]
    again = " (came back)" if first["recontact"] else ""
    lines = [f"  {first['journey']}{again}"]
    for _, step in steps.iterrows():
        ended = step["kind"] in ("completed", "dropped")
        where = "" if ended else str(step["touchpoint"]).split("/")[-1]
        lines.append(f"    day {step['day']:6.1f}  {where:<18} {step_words(step)}")
    return lines


def step_words(step: pd.Series) -> str:
    """Return what happened at a step of a story and, where a case ended, of what."""
    ended = step["kind"] in ("completed", "dropped")
    told = CAUSE_WORDS.get(step["detail"], step["detail"]) if ended else ""
    return f"{_happened(step)}: {told}" if told else _happened(step)


def _happened(step: pd.Series) -> str:
    """Return what happened at a step: what, by whom, handed over by whom, and what went wrong."""
    said = EVENT_KINDS[str(step["kind"])]
    if step["kind"] == "visit":
        said += f" by {step['function']}"
    if step["handed_over_by"]:
        said += f", handed over by {step['handed_over_by']}"
    if step["kind"] in ("visit", "automated"):
        said = ", ".join([said, *_what_went_wrong(step)])
    return said
