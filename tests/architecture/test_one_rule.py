"""A lever changes rights, information, capacity, incentives or time, never an outcome.

``one_rule.py`` says column by column what a lever may reach, and what an outcome may follow from.
Here every lever is moved and every array compared before the first tick, every compiled rule's
syntax tree is held against the tables, and nobody touches an outcome between the days.
"""

from __future__ import annotations

import ast
import builtins
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import one_rule
import pytest
from levers_shown import LEVERS, Shown
from one_rule import (
    BY_WAY,
    CAPACITY,
    INCENTIVE,
    INFORMATION,
    JUDGED,
    NO_OUTCOME,
    NUMBERS_OF_PLACES,
    OUTCOME_RULES,
    OUTCOMES,
    REACH,
    READ_BY,
    RIGHT,
    SET_BY_THE_FIRM,
    TIME,
    columns,
)
from rules_read import LAYOUT, ROOT, Rule, all_rules, rules_in
from studies import (
    COMMITTEE,
    PEERS,
    PLAIN,
    RICH,
    TRUSTING,
    array_hash,
    compact_study,
    open_enterprise,
    peer_enterprise,
    peer_study,
    started,
)
from test_no_dead_levers import with_lever

from sim.state.arrays import State
from sim.study.study import Study

TABLES = Path(one_rule.__file__).relative_to(ROOT)
LIVING = ("cases", "customers", "contacts", "drops", "offers")
"""Arrays in which every column is an outcome or is not."""
BY_RATINGS = {"bases", "rated"}
"""What the week itself does with what customers' agents share (rule M6.4)."""


def written(found: set[str]) -> str:
    """Return columns as the tables write them."""
    by_array: dict[str, list[str]] = {}
    for each in sorted(found):
        array, _, name = each.partition(".")
        by_array.setdefault(array, []).append(name)
    return "; ".join(
        array + (": " + " ".join(names) if names != [""] else "")
        for array, names in by_array.items()
    )


# --- what a lever reaches before anything happens -------------------------------------


class BeforeTheDays(Exception):  # noqa: N818 - it ends a week, and nothing is wrong
    """The first week's management is done and its days have not begun."""


def before_the_first_tick(study: Study) -> State:
    model = started(study)

    def stop() -> None:
        raise BeforeTheDays

    model.work_the_days = stop
    with pytest.raises(BeforeTheDays):
        model.step()
    state: State = model.state
    return state


def parts_of(state: State) -> dict[str, np.ndarray]:
    """Return every column of every array."""
    found = {}
    for array, (dtype, _) in LAYOUT.items():
        values = getattr(state, array)
        if dtype.names:
            found |= {f"{array}.{name}": values[name] for name in dtype.names}
        else:
            found[array] = values
    return found


def differing(one: State, other: State, longer: bool = False) -> set[str]:
    """Return the columns that are not the same to the last bit.

    Where some are `longer`, as units make them, these differ only if other values stand in them.
    """
    here, there = parts_of(one), parts_of(other)
    found = {name for name in here if array_hash(here[name]) != array_hash(there[name])}
    if longer:
        values = {
            name: [set(part[name].ravel().tolist()) for part in (here, there)] for name in found
        }
        found = {name for name in found if values[name][0] != values[name][1]} - NUMBERS_OF_PLACES
    return found


KINDS = ("plain", "peers", "open by day")
"""Of the compact firm: as it is, with customers as peers, and with opening hours."""


def study_of(shown: Shown, levers: dict[str, Any], kind: str) -> Study:
    peers = kind == "peers"
    firms = {"plain": None, "peers": peer_enterprise(), "open by day": open_enterprise()}
    return compact_study(
        PLAIN | levers,
        parameters=(TRUSTING if peers else {}) | shown.parameters,
        market={"customers": 24, "prospects": 4} | (PEERS if peers else {}),
        enterprise=firms[kind],
        # Levers of the path reach terms only where it approves them.
        mechanisms={"approval": "head" if peers else "path"},
    )


@cache
def reached_by(path: str) -> frozenset[str]:
    """Return what differs before the first tick once a lever is moved, in any kind of firm."""
    shown, found = LEVERS[path], set()
    start = shown.beside if shown.start is None else with_lever(shown.beside, path, shown.start)
    moved = with_lever(shown.beside, path, shown.moved)
    for kind in KINDS:
        sides = [before_the_first_tick(study_of(shown, levers, kind)) for levers in (start, moved)]
        found |= differing(*sides, longer=path.startswith("structure."))
    return frozenset(found)


def may_reach(path: str, column: str) -> bool:
    row = REACH.get(column)
    return row is not None and any(fnmatch(path, pattern) for pattern in row.levers)


@pytest.mark.parametrize("path", LEVERS)
def test_a_lever_reaches_nothing_but_what_it_may(path) -> None:
    beyond = sorted(each for each in reached_by(path) if not may_reach(path, each))
    outcomes = sorted(set(beyond) & OUTCOMES)
    assert not outcomes, f"the lever {path} changes outcomes before anything happens: {outcomes}"
    assert not beyond, (
        f"the lever {path} changes {beyond} before the first tick, and nothing says that it may. "
        "If each is a right, information, capacity, an incentive or time, say so in REACH of "
        f"{TABLES}: add '{path}' to the row of the column, or a row such as "
        f'"{beyond[0]}": Reach(TIME, ("{path}",)).'
    )


def test_every_permission_is_used() -> None:
    """A permission that no lever needs is a hole."""
    unused = [
        f"{column}: {pattern}"
        for column, row in REACH.items()
        for pattern in row.levers
        if not any(column in reached_by(path) for path in LEVERS if fnmatch(path, pattern))
    ]
    assert unused == [], f"strike these from REACH of {TABLES}: no such lever reaches the column"


def test_every_permission_is_of_a_kind_and_none_for_an_outcome() -> None:
    kinds = {RIGHT, INFORMATION, CAPACITY, INCENTIVE, TIME}
    assert {column for column, row in REACH.items() if row.kind not in kinds} == set()
    assert REACH.keys() & OUTCOMES == set()


def test_every_column_of_those_concerned_is_an_outcome_or_is_not() -> None:
    there = {f"{array}.{name}" for array in LIVING for name in LAYOUT[array][0].names}
    named = OUTCOMES | NO_OUTCOME
    assert not (there - named), (
        f"say of each in {TABLES} whether it comes of what the firm does (OUTCOMES) or not "
        f"(NO_OUTCOME): {written(there - named)}"
    )
    assert not OUTCOMES & NO_OUTCOME
    gone = {each for each in named if each.partition(".")[0] in LIVING} - there
    assert not gone, f"strike from {TABLES}, there is no such column: {written(gone)}"


def test_a_lever_that_reached_an_outcome_would_be_seen(monkeypatch) -> None:
    one, other = (before_the_first_tick(study_of(Shown(1), {}, "peers")) for _ in range(2))
    assert differing(one, other) == set()
    other.customers["liking"] += 0.1
    other.rules["experience_scale"] *= 1.1
    assert differing(one, other) == {"customers.liking", "rules.experience_scale"}
    assert not any(may_reach("technology.level", each) for each in differing(one, other))


# --- what a rule reads ----------------------------------------------------------------


RULES = all_rules()


def of_the_firm(rule: Rule) -> set[str]:
    """Return what a rule reads of what the organisation sets."""
    return {
        each for each in rule.reads if each in REACH or each.partition(".")[0] in SET_BY_THE_FIRM
    }


def test_every_rule_declares_what_it_reads_of_what_the_organisation_sets() -> None:
    found = {name: of_the_firm(rule) for name, rule in RULES.items()}
    wrong = {
        name: reads for name, reads in found.items() if reads != columns(READ_BY.get(name, ""))
    }
    rows = "\n".join(f'    "{name}": "{written(reads)}",' for name, reads in wrong.items())
    assert not wrong, f"rows of READ_BY in {TABLES} that should be, if that is meant:\n{rows}"
    assert READ_BY.keys() <= RULES.keys()


def decides(name: str, rule: Rule) -> bool:
    """Tell whether a rule writes an outcome, or decides about one."""
    columns_written = {each for each in rule.writes if "tallies" not in each}
    return name in JUDGED or bool(columns_written & OUTCOMES)


def own_calls(name: str, rule: Rule) -> set[str]:
    """Return the functions of this program that a rule calls, none for the order of the day."""
    if name.startswith("pipeline."):
        return set()
    return {
        call
        for call in rule.calls
        if not hasattr(builtins, call) and not call.startswith(("math.", "np."))
    }


def undeclared(rules: dict[str, Rule]) -> list[str]:
    """Return the rows of `OUTCOME_RULES` that should be there, or be otherwise."""
    rows = []
    for name, rule in rules.items():
        if decides(name, rule):
            row = OUTCOME_RULES.get(name)
            calls = own_calls(name, rule)
            if row is None or (columns(row.columns), set(row.calls.split())) != (rule.reads, calls):
                words = f'"{written(rule.reads)}", calls="{" ".join(sorted(calls))}"'
                rows.append(f'    "{name}": Reads({words}),')
    return rows


def test_rules_of_outcomes_read_and_call_what_is_declared_and_nothing_else() -> None:
    rows = undeclared(RULES)
    assert not rows, (
        f"rows of OUTCOME_RULES in {TABLES} that should be, if an outcome may follow from that "
        "(ruff format breaks the lines):\n" + "\n".join(rows)
    )
    gone = [name for name in OUTCOME_RULES if name not in RULES or not decides(name, RULES[name])]
    assert gone == [], f"strike from OUTCOME_RULES in {TABLES}: they decide about no outcome"
    assert set(JUDGED) <= RULES.keys()


def test_no_outcome_follows_at_once_from_what_a_lever_reaches() -> None:
    for name, row in OUTCOME_RULES.items():
        reached = {each for each in columns(row.columns) if each in REACH}
        assert reached == columns(BY_WAY.get(name, "")) & REACH.keys(), (
            f"{name} decides about an outcome and reads what levers reach: {written(reached)}. "
            f"If that is a right, information or time, say so and why in BY_WAY of {TABLES}."
        )
    assert BY_WAY.keys() <= OUTCOME_RULES.keys()


@pytest.mark.parametrize(
    "old, new",
    [
        ('case["latest"] = 1.0\n', 'case["latest"] = 1.0 + 0.1 * rules["store"]\n'),
        ("trouble = case", 'trouble = state.rates[0]["own_write"] * case'),
        ('case["judged"] += 1', 'case["judged"] += 1 + held_by_all(state, slot)'),
        ('min(case["worst"], IN_VAIN)', 'min(case["worst"], state.rules[0]["remit"])'),
    ],
)
def test_an_outcome_that_followed_from_a_lever_would_be_seen(old, new) -> None:
    source = (ROOT / "sim" / "day" / "judge.py").read_text(encoding="utf-8")
    assert undeclared({f"judge.{name}": rule for name, rule in rules_in(source).items()}) == []
    assert old in source
    rules = rules_in(source.replace(old, new))
    assert len(undeclared({f"judge.{name}": rule for name, rule in rules.items()})) == 1


def test_reading_follows_rows_by_their_names_and_by_where_they_come_from() -> None:
    rule = rules_in(
        """
@kernel
def some(state, slot, rules):
    case, here = state.cases[slot], state.rates[3]
    row = state.customers[case["customer"]]
    row["memory"] = rules["remit"] + here["fault"]
    row["liking"] += other(state.find_hours)
    tally = state.cohorts[0]
    tally[1] += 1
    state.bases[0, 1] = 1.0
"""
    )["some"]
    assert rule.reads == columns(
        "cases: customer; customers: liking; rules: remit; rates: fault; find_hours; case_tallies"
    )
    assert rule.writes == columns("customers: memory liking; case_tallies; bases")
    assert rule.calls == {"other"}


# --- what measures and weeks do -------------------------------------------------------


def test_what_is_said_of_outcomes_asks_no_lever() -> None:
    asked = {column.partition(".")[2] for column in REACH if column.startswith("rules.")}
    for path in (ROOT / "sim" / "results").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            lever = isinstance(node, ast.Attribute) and node.attr in ("levers", "label")
            column = isinstance(node, ast.Constant) and node.value in asked
            assert not (lever or column), (path.name, ast.unparse(node))


CHANGE = {"from": RICH, "to": COMMITTEE, "at_week": 3}


@pytest.mark.parametrize(
    "study",
    [
        compact_study(RICH),
        compact_study(COMMITTEE),
        peer_study(),
        compact_study({"organisation": "change", "transition": CHANGE}),
    ],
    ids=["rich", "committee", "peer", "change"],
)
def test_nobody_touches_an_outcome_between_the_days(study) -> None:
    model = started(study)
    work, last = model.work_the_days, {}

    def outcomes() -> dict[str, str]:
        return {n: array_hash(a) for n, a in parts_of(model.state).items() if n in OUTCOMES}

    def watched() -> None:
        if last:
            now = outcomes()
            changed = {name for name in now if now[name] != last[name]} - BY_RATINGS
            assert changed == set(), f"week {model.week} changes outcomes before its days"
        work()
        last.update(outcomes())

    model.work_the_days = watched
    model.run_model()
    assert model.week > 10
