"""Every random decision, once: which block of random numbers it has, and what each lane decides.

One block has four 32-bit lanes. Decisions taken at one moment of a case share a block, each with
its lane. Decisions about single facts use 16-bit lanes, eight facts a block; the fourth word of a
visit's counter is four times its attempt, plus the number of the block for single facts.

A decision's number is its place in the table and finds its key; the key itself comes from its
name (`sim.engine.philox.decision_keys`), so a new decision goes to the end and moves no other.
``python -m sim.engine.draws`` prints the table that stands in ``docs/draws.md``.
"""

from __future__ import annotations

from typing import NamedTuple

# Plain integers, for compiled rules have them built in.
(
    DRAW_JOIN,
    DRAW_WORK,
    DRAW_FATE,
    DRAW_ROUTE,
    DRAW_NOTE,
    DRAW_FRESH_OWN,
    DRAW_ASK,
    DRAW_WRITE_OWN,
    DRAW_SEGMENT,
    DRAW_NEED,
    DRAW_INTENT,
    DRAW_CASE,
    DRAW_LIMBO,
    DRAW_FRESH_SHARED,
    DRAW_DISCLOSE,
    DRAW_WRITE_SHARED,
    DRAW_DEFECTS,
    DRAW_CAUSE,
    DRAW_DECISION,
    DRAW_RECIPROCATE,
    DRAW_AUDIT,
    DRAW_SPARE,
    DRAW_NEGOTIATE,
    DRAW_SURVEY,
    DRAW_RELEASE,
    DRAW_SLICE,
    DRAW_PROPOSE,
    DRAW_SPONSOR,
    DRAW_BUSINESS,
    DRAW_RECOGNITION,
    DRAW_OPT_IN,
    DRAW_MACHINE,
) = range(32)


class Draw(NamedTuple):
    """One random decision.

    Attributes
    ----------
    number : int
        Its place in the table.
    name : str
        What its key is made from; never changed, or its draws would be others.
    counter : str
        What its blocks are counted by.
    lanes : tuple of str
        What each lane of a block decides; one entry if the block is of single facts.
    with_visit : bool
        Whether it is drawn with the visit's others when a case turns to a step.
    """

    number: int
    name: str
    counter: str
    lanes: tuple[str, ...]
    with_visit: bool = False


_VISIT = "case, visit"
_FACTS = "facts: "

# fmt: off
DRAWS = (
    Draw(DRAW_JOIN, "join", _VISIT,
         ("patience", "tie", "machine or person", "misuse"), with_visit=True),
    Draw(DRAW_WORK, "work", _VISIT,
         ("work", "work (second normal)", "reply", "reply (second normal)"), with_visit=True),
    Draw(DRAW_FATE, "fate", _VISIT,
         ("error", "latent fault", "surfacing", "voice of the error"), with_visit=True),
    Draw(DRAW_ROUTE, "route", _VISIT,
         ("branch", "lost", "voice of the fault", "voice of the loss"), with_visit=True),
    Draw(DRAW_NOTE, "note", _VISIT,
         (_FACTS + "survives the hand-off in the note",), with_visit=True),
    Draw(DRAW_FRESH_OWN, "fresh_own", _VISIT,
         (_FACTS + "stale in the function's own record",), with_visit=True),
    Draw(DRAW_ASK, "ask", _VISIT,
         (_FACTS + "asked for rather than guessed",), with_visit=True),
    Draw(DRAW_WRITE_OWN, "write_own", _VISIT,
         (_FACTS + "written to the function's own record",), with_visit=True),
    Draw(DRAW_SEGMENT, "segment", "customer", ("segment", "represented", "threshold of leaving")),
    Draw(DRAW_NEED, "need", "customer, k, journey", ("gap to the next need",)),
    Draw(DRAW_INTENT, "intent", "customer", ("time of a prospect's purchase intent",)),
    Draw(DRAW_CASE, "case", "case", ("effort tolerance", "recontact", "recontact lag", "tie")),
    Draw(DRAW_LIMBO, "limbo", _VISIT, ("chase", "find", "give up", "tie")),
    Draw(DRAW_FRESH_SHARED, "fresh_shared", _VISIT, (_FACTS + "stale in a shared record",)),
    Draw(DRAW_DISCLOSE, "disclose", "customer",
         (_FACTS + "the customer's agent consents to disclose it",)),
    Draw(DRAW_WRITE_SHARED, "write_shared", _VISIT, (_FACTS + "written to a shared record",)),
    Draw(DRAW_DEFECTS, "defects", "site, week, k", ("arrivals", "retirements")),
    Draw(DRAW_CAUSE, "cause", "site, week",
         ("which signal", "traced or not", "estimate", "estimate (second normal)")),
    Draw(DRAW_DECISION, "decision", "site, week, voter, owners or escalation",
         ("yes", "estimate", "estimate (second normal)")),
    Draw(DRAW_RECIPROCATE, "reciprocate", _VISIT, (_FACTS + "need not be given again",)),
    Draw(DRAW_AUDIT, "audit", _VISIT, ("found by an audit", "noticed")),
    Draw(DRAW_SPARE, "spare", _VISIT, ("a chase is spared",)),
    Draw(DRAW_NEGOTIATE, "negotiate", _VISIT, ("reservation", "delay of replies")),
    Draw(DRAW_SURVEY, "survey", "case", ("answers a survey",)),
    Draw(DRAW_RELEASE, "release", "site, release, k",
         ("number of designed-in defects", "found at the gate")),
    Draw(DRAW_SLICE, "slice", "felt, week, caused, who",
         ("voiced failures of the full firm", "voiced failures (second normal)")),
    Draw(DRAW_PROPOSE, "propose", "site, week", ("proposed or not",)),
    Draw(DRAW_SPONSOR, "sponsor", "nothing", ("time in office",)),
    Draw(DRAW_BUSINESS, "business", "week", ("a decision-maker's other business",)),
    Draw(DRAW_RECOGNITION, "recognition", "felt, week, cause, which signal",
         ("recognised and heard", "held back")),
    Draw(DRAW_OPT_IN, "opt_in", "customer, journey", ("lets the firm start it",)),
    Draw(DRAW_MACHINE, "machine", _VISIT, ("the machine errs", "sends away")),
)
# fmt: on

VISIT_DECISIONS = sum(draw.with_visit for draw in DRAWS)
"""The first decisions of the table: a visit's own, drawn together by ``sim.engine.visit_luck``."""


def draws_page() -> str:
    """Return the table as the page ``docs/draws.md``."""
    lines = [
        "# Random decisions",
        "",
        "Generated from `sim/engine/draws.py` by `make docs`. A block of Philox4x32-10 has a key,",
        "made from root seed, replicate and the decision's name, and a counter of four words. It",
        "gives four 32-bit lanes. In a counter, *case* stands for the customer and 4·need +",
        "recontact, *visit* for the touchpoint and four times the attempt, plus the number of the",
        "block for single facts; *k* counts on from 0. Facts have 16-bit lanes, eight a block.",
        f"The first {VISIT_DECISIONS} are a visit's own and drawn together when a case turns to",
        "a step.",
        "",
        "| | decision | counted by | lanes |",
        "|---:|---|---|---|",
    ]
    lines += [
        f"| {draw.number} | `{draw.name}` | {draw.counter} | {', '.join(draw.lanes)} |"
        for draw in DRAWS
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(draws_page(), end="")
