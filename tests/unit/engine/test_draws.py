"""The table of random decisions: each once, in order, and keys that never move."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sim.engine import draws
from sim.engine.draws import DRAWS, VISIT_DECISIONS, Draw
from sim.engine.philox import decision_keys


def out_of_place(table: tuple[Draw, ...], constants: dict[str, int]) -> list[str]:
    """Return the constants that the table does not hold exactly once, in order, by their name."""
    held = {f"DRAW_{row.name.upper()}": place for place, row in enumerate(table)}
    numbers = {f"DRAW_{row.name.upper()}": row.number for row in table}
    return sorted(
        name
        for name in held.keys() | constants.keys()
        if not held.get(name) == numbers.get(name) == constants.get(name)
    ) + [row.name for row in table[1:] if [each.name for each in table].count(row.name) > 1]


def constants_of_the_module() -> dict[str, int]:
    return {name: value for name, value in vars(draws).items() if name.startswith("DRAW_")}


def test_every_decision_stands_in_the_table_once_and_in_order() -> None:
    constants = constants_of_the_module()
    assert len(constants) == len(DRAWS)
    assert {type(number) for number in constants.values()} == {int}  # built into compiled rules
    assert out_of_place(DRAWS, constants) == []


def test_a_decision_out_of_place_is_seen() -> None:
    constants = constants_of_the_module()
    swapped = (DRAWS[1], DRAWS[0], *DRAWS[2:])
    assert out_of_place(swapped, constants) == ["DRAW_JOIN", "DRAW_WORK"]
    misnamed = (replace(DRAWS[0], name="joins"), *DRAWS[1:])
    assert out_of_place(misnamed, constants) == ["DRAW_JOIN", "DRAW_JOINS"]
    last = DRAWS[-1].name
    assert out_of_place(DRAWS[:-1], constants) == [f"DRAW_{last.upper()}"]
    assert last in out_of_place((*DRAWS, DRAWS[-1]), constants)


def test_a_visits_own_decisions_come_first() -> None:
    assert [row.number for row in DRAWS if row.with_visit] == list(range(VISIT_DECISIONS))
    assert all(row.counter == "case, visit" for row in DRAWS if row.with_visit)


def test_a_block_has_four_lanes_or_is_of_facts() -> None:
    for row in DRAWS:
        of_facts = [lane for lane in row.lanes if lane.startswith("facts: ")]
        assert 1 <= len(row.lanes) <= (1 if of_facts else 4), row


def test_a_key_is_made_from_the_decisions_name_and_nothing_else() -> None:
    keys = decision_keys(7, 3)
    for row in DRAWS:
        digest = hashlib.sha256(f"7/3/{row.name}".encode()).digest()
        assert int(keys[row.number]) == int.from_bytes(digest[:8], "little")
