"""What another function wrote to the shared record, and who reads it (rule E2)."""

from __future__ import annotations

from typing import Any

import pytest
from studies import ENTERPRISE, PLAIN, compact_study
from three_customers import contact, firm, mask, put

from sim.day.disclose import gather_facts
from sim.day.hand_off import skip_if_known
from sim.engine.draws import DRAW_UNDERSTAND
from sim.engine.philox import block, name_counter
from sim.results.measures import measures
from sim.state.blueprint import Blueprint
from sim.state.fact_records import n_facts

SHARED = PLAIN | {"technology": {"record": "shared"}}
NEEDED = ("identity", "intent", "promise")
"""What the rear needs to fix a fault."""


def with_store(*facts: str, chance: float = 0.0, **parameters: float) -> Any:
    """Return a firm whose shared record holds some facts of every customer."""
    model = firm(SHARED, **parameters)
    model.state.customers["record"] = mask(model, *facts)
    model.state.rates["understanding"] = chance
    return model


def understood_by(model: Any, function: str, chance: float, customer: int = 0) -> int:
    """Return which facts a function understands, by hand: 16-bit lanes of one block."""
    key = model.state.keys[DRAW_UNDERSTAND]
    words = block(key, customer, 0, name_counter(function), 0)
    halves = [int(word) >> shift & 0xFFFF for word in words for shift in (0, 16)]
    return sum(1 << place for place, half in enumerate(halves) if (half + 0.5) / 65536 < chance)


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_it_is_understood_by_a_draw_of_customer_fact_and_reader(chance) -> None:
    model = with_store(*NEEDED, chance=chance)
    for customer in range(3):
        slot = put(model, customer, "repair/fix")
        model.state.customers[customer]["represented"] = 0
        n_guessed, _, _ = gather_facts(model.state, slot, 1.0)
        clear = mask(model, *NEEDED) & understood_by(model, "rear", chance, customer)
        assert model.state.cases[slot]["note"] == clear
        assert n_guessed == 3 - n_facts(clear)
        again = put(model, customer, "repair/fix", need=1)
        gather_facts(model.state, again, 500.0)
        assert model.state.cases[again]["note"] == clear


def test_readers_differ() -> None:
    model = with_store(*NEEDED, chance=0.5)
    found = {each: understood_by(model, each, 0.5) for each in model.blueprint.functions}
    assert len(set(found.values())) == 3


def test_own_record_and_note_are_read_in_any_words() -> None:
    model = with_store(*NEEDED, chance=0.0)
    slot = put(model, 0, "repair/fix")
    model.state.cases[slot]["note"] = mask(model, "intent")
    own = contact(model, 0, "rear")
    own["record"], own["stale"] = mask(model, "promise"), mask(model, "promise")
    n_guessed, n_stale, _ = gather_facts(model.state, slot, 1.0)
    # What the rear had on record is out of date there, and it knows what the new entry means.
    assert (n_guessed, n_stale) == (1, 0)
    assert model.state.cases[slot]["note"] == mask(model, "intent", "promise")


def test_what_is_out_of_date_and_not_understood_misleads_nobody() -> None:
    model = with_store(*NEEDED, chance=0.0, ask_probability=1.0, store_write=0.0)
    model.state.customers["stale"] = mask(model, *NEEDED)
    slot = put(model, 0, "repair/fix")
    assert gather_facts(model.state, slot, 1.0)[:2] == (0, 0)
    assert model.state.cases[slot]["learned"] == mask(model, *NEEDED)
    model.state.rates["understanding"] = 1.0
    other = put(model, 1, "repair/fix")
    assert gather_facts(model.state, other, 1.0)[:2] == (0, 3)


def test_a_step_is_not_passed_over_for_what_nobody_can_make_sense_of() -> None:
    for chance in (0.0, 1.0):
        model = with_store("promise", chance=chance)
        slot = put(model, 0, "repair/diagnose")
        assert skip_if_known(model.state, slot, 1.0) == (chance == 1.0)


def test_what_only_the_reader_ever_meets_it_wrote_itself() -> None:
    steps = ENTERPRISE["journeys"]["repair"]["touchpoints"]
    fix = steps["fix"] | {"requires": ["part"], "produces": ["part"]}
    journey = ENTERPRISE["journeys"]["repair"] | {"touchpoints": steps | {"fix": fix}}
    firm_of_three = ENTERPRISE | {
        "facts": ENTERPRISE["facts"] | {"part": "case"},
        "journeys": ENTERPRISE["journeys"] | {"repair": journey},
    }
    blueprint = Blueprint(compact_study(enterprise=firm_of_three))
    records, _ = blueprint.touchpoint_array()
    part = blueprint.mask(["part"])
    rear = blueprint.functions.index("rear")
    for record in records:
        assert bool(record["elsewhere"] & part) == (record["owner"] != rear)
        assert record["elsewhere"] & ~part == blueprint.mask(
            ["identity", "history", "intent", "promise"]
        )


def test_readings_are_counted_by_reader() -> None:
    model = with_store(*NEEDED, chance=0.5)
    wanted = {"front": ["identity", "intent"], "rear": list(NEEDED)}
    clear = {each: mask(model, *facts) & understood_by(model, each, 0.5)
             for each, facts in wanted.items()}  # fmt: skip
    for step in ("repair/report", "repair/fix"):
        gather_facts(model.state, put(model, 0, step), 1.0)
    model.ledger.note(model.organisation)
    table = measures(model)
    rows = table[table["measure"] == "understood_share"].set_index("scope_id")["value"]
    assert rows["front"] == pytest.approx(n_facts(clear["front"]) / 2)
    assert rows["rear"] == pytest.approx(n_facts(clear["rear"]) / 3)
    assert rows[""] == pytest.approx(sum(n_facts(each) for each in clear.values()) / 5)
    assert rows.isna()["middle"]
