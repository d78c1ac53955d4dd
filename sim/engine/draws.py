"""Every random decision, once: which block of random numbers it has, and what each lane decides.

One block has four 32-bit lanes. Decisions taken at one moment of a case share a block, each with
its lane. Decisions about single facts use 16-bit lanes, eight facts a block; the fourth word of a
visit's counter is four times its attempt, plus the number of the block for single facts.

A decision's number is its place in the table and finds its key; the key itself comes from its
name (`sim.engine.philox.decision_keys`), so a new decision goes to the end and moves no other.
``python -m sim.engine.draws`` prints the table that stands in ``docs/draws.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    DRAW_FRESH_SHARED,
    DRAW_WRITE_SHARED,
    DRAW_SEGMENT,
    DRAW_NEED,
    DRAW_INTENT,
    DRAW_CASE,
    DRAW_LIMBO,
    DRAW_DISCLOSE,
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
    DRAW_RIVAL,
    DRAW_LINE,
    DRAW_UNDERSTAND,
    DRAW_SLICE_WAITS,
    DRAW_OBSERVE,
    DRAW_MOVE,
    DRAW_GO_ON,
    DRAW_SIGHT,
    DRAW_REMEDY,
    DRAW_INVITE,
    DRAW_REFRESH,
    DRAW_AGENT_WRITES,
    DRAW_REMIND,
    DRAW_MIND,
    DRAW_OUTDATED,
    DRAW_REMEMBER,
    DRAW_TENURE,
) = range(49)


@dataclass(frozen=True, kw_only=True)
class Draw:
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
    Draw(number=DRAW_JOIN, name="join", counter=_VISIT,
         lanes=("patience", "tie", "machine or person", "misuse"), with_visit=True),
    Draw(number=DRAW_WORK, name="work", counter=_VISIT,
         lanes=("work", "work (second normal)", "reply", "reply (second normal)"), with_visit=True),
    Draw(number=DRAW_FATE, name="fate", counter=_VISIT,
         lanes=("error", "latent fault", "surfacing", "voice of the error"), with_visit=True),
    Draw(number=DRAW_ROUTE, name="route", counter=_VISIT,
         lanes=("branch", "lost", "voice of the fault", "voice of the loss"), with_visit=True),
    Draw(number=DRAW_NOTE, name="note", counter=_VISIT,
         lanes=(_FACTS + "survives the hand-off in the note",), with_visit=True),
    Draw(number=DRAW_FRESH_OWN, name="fresh_own", counter=_VISIT,
         lanes=(_FACTS + "stale in the function's own record",), with_visit=True),
    Draw(number=DRAW_ASK, name="ask", counter=_VISIT,
         lanes=(_FACTS + "asked for rather than guessed",), with_visit=True),
    Draw(number=DRAW_WRITE_OWN, name="write_own", counter=_VISIT,
         lanes=(_FACTS + "written to the function's own record",), with_visit=True),
    Draw(number=DRAW_FRESH_SHARED, name="fresh_shared", counter=_VISIT,
         lanes=(_FACTS + "stale in a shared record",), with_visit=True),
    Draw(number=DRAW_WRITE_SHARED, name="write_shared", counter=_VISIT,
         lanes=(_FACTS + "written to a shared record",), with_visit=True),
    Draw(number=DRAW_SEGMENT, name="segment", counter="customer",
         lanes=("segment", "represented", "threshold of leaving")),
    Draw(number=DRAW_NEED, name="need", counter="customer, k, journey",
         lanes=("gap to the next need",)),
    Draw(number=DRAW_INTENT, name="intent", counter="customer",
         lanes=("time of a prospect's purchase intent",)),
    Draw(number=DRAW_CASE, name="case", counter="case",
         lanes=("effort tolerance", "recontact", "recontact lag", "tie")),
    Draw(number=DRAW_LIMBO, name="limbo", counter=_VISIT,
         lanes=("chase", "find", "give up", "tie")),
    Draw(number=DRAW_DISCLOSE, name="disclose", counter="customer",
         lanes=(_FACTS + "the customer's agent consents to disclose it",)),
    Draw(number=DRAW_DEFECTS, name="defects", counter="site, week, k",
         lanes=("arrivals", "retirements")),
    Draw(number=DRAW_CAUSE, name="cause", counter="site, week",
         lanes=("which signal", "traced or not", "estimate", "estimate (second normal)")),
    Draw(number=DRAW_DECISION, name="decision", counter="site, week, voter, owners or escalation",
         lanes=("yes", "estimate", "estimate (second normal)")),
    Draw(number=DRAW_RECIPROCATE, name="reciprocate", counter=_VISIT,
         lanes=(_FACTS + "need not be given again",)),
    Draw(number=DRAW_AUDIT, name="audit", counter=_VISIT, lanes=("found by an audit", "noticed")),
    Draw(number=DRAW_SPARE, name="spare", counter=_VISIT, lanes=("a chase is spared",)),
    Draw(number=DRAW_NEGOTIATE, name="negotiate", counter=_VISIT,
         lanes=("reservation", "delay of replies", "patience for an approval")),
    Draw(number=DRAW_SURVEY, name="survey", counter="case", lanes=("answers a survey",)),
    Draw(number=DRAW_RELEASE, name="release", counter="site, release, k",
         lanes=("number of designed-in defects", "found at the gate")),
    Draw(number=DRAW_SLICE, name="slice", counter="felt, week, caused, who",
         lanes=("voiced failures of the full firm", "voiced failures (second normal)")),
    Draw(number=DRAW_PROPOSE, name="propose", counter="site, week", lanes=("proposed or not",)),
    Draw(number=DRAW_SPONSOR, name="sponsor", counter="nothing", lanes=("time in office",)),
    Draw(number=DRAW_BUSINESS, name="business", counter="week",
         lanes=("a decision-maker's other business",)),
    Draw(number=DRAW_RECOGNITION, name="recognition", counter="felt, week, cause, which signal",
         lanes=("recognised and heard", "held back", "of a slice: it says what to do")),
    Draw(number=DRAW_OPT_IN, name="opt_in", counter="customer, journey",
         lanes=("lets the firm start it",)),
    Draw(number=DRAW_MACHINE, name="machine", counter=_VISIT,
         lanes=("the machine errs", "sends away")),
    Draw(number=DRAW_RIVAL, name="rival", counter="customer, week, rival",
         lanes=("what the rival quotes", "the customer looks around (at the first rival)")),
    Draw(number=DRAW_LINE, name="line", counter="function, of replicate 0",
         lanes=("who of two functions alike gets a head",)),
    Draw(number=DRAW_UNDERSTAND, name="understand", counter="customer, reader",
         lanes=(_FACTS + "what another function wrote is understood",)),
    Draw(number=DRAW_SLICE_WAITS, name="slice_waits", counter="queue, week, live or deferred",
         lanes=("who gives up in the full firm", "who gives up (second normal)")),
    Draw(number=DRAW_OBSERVE, name="observe", counter="felt, week, cause, which failure",
         lanes=("seen though unvoiced; how many in the full firm", "how many (second normal)")),
    Draw(number=DRAW_MOVE, name="move", counter="receiver, week, voter, owners or escalation or 2",
         lanes=("a move of a person is agreed to; proposed",)),
    Draw(number=DRAW_GO_ON, name="go_on", counter=_VISIT,
         lanes=("who serves goes on with the step after it",)),
    Draw(number=DRAW_SIGHT, name="sight", counter="felt, week of its first signal, wait or not",
         lanes=("an alarm does not reach who sits in another function",)),
    Draw(number=DRAW_REMEDY, name="remedy", counter=_VISIT,
         lanes=("the report of an error says what to do", "of a fault", "of a loss")),
    Draw(number=DRAW_INVITE, name="invite", counter="customer, year of theirs",
         lanes=("invited to workshops for the year", "week their years begin in (of year 0)")),
    Draw(number=DRAW_REFRESH, name="refresh", counter=_VISIT,
         lanes=(_FACTS + "an agent has corrected what was stale in the shared record",)),
    Draw(number=DRAW_AGENT_WRITES, name="agent_writes", counter="case",
         lanes=(_FACTS + "an agent writes what the shared record lacks",)),
    Draw(number=DRAW_REMIND, name="remind", counter=_VISIT,
         lanes=(_FACTS + "an agent reminds the firm of what it has promised",)),
    Draw(number=DRAW_MIND, name="mind", counter=_VISIT,
         lanes=("an account owner minds the hand-off to it",)),
    Draw(number=DRAW_OUTDATED, name="outdated", counter=_VISIT,
         lanes=(_FACTS + "what an account owner knows has gone stale",)),
    Draw(number=DRAW_REMEMBER, name="remember", counter=_VISIT,
         lanes=(_FACTS + "an account owner keeps in mind what a note says",)),
    Draw(number=DRAW_TENURE, name="tenure", counter="account owner, week",
         lanes=("leaves",)),
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
