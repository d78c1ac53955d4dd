"""Failures that nobody voices and measurement sees, worked out by hand (rule E4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import three_customers as by_hand
from studies import MARKET, RICH, compact_study, started
from test_management_by_hand import firm, site
from test_slice_and_size import cut

from sim.day.voice import expect, speak
from sim.engine.draws import DRAW_OBSERVE
from sim.engine.philox import block, uniform
from sim.improvement.slices import observed_in_the_firm
from sim.state.severity import (
    SEES_ALL,
    SEES_ERRORS,
    SEES_NOTHING,
    SEVERITY_ERROR,
    SEVERITY_FAULT,
    SEVERITY_LOSS,
)
from sim.state.tallies import FIXED, UNVOICED, UNVOICED_EXPECTED, UNVOICED_FORESEEN

SILENT, LOUD = np.uint32(2**32 - 1), np.uint32(0)
TOUCHPOINTS = {"information": {"measurement": "touchpoint"}}
JOURNEYS = {"information": {"measurement": "journey"}}
OWNERS = {"staffing": {"journey_owners": 1.0}}


def seeing(measurement: str, share: float = 0.5) -> Any:
    levers = {"organisation": "x", "information": {"measurement": measurement}}
    return by_hand.firm(levers, observe_share=share, voice_person=0.25)


def silence(model: Any, severity: float, lane: np.uint32 = SILENT) -> list[int]:
    """Return what is counted of one failure: unvoiced, expected and foreseen without a voice."""
    slot, here = by_hand.put(model, 0, "repair/fix"), by_hand.place(model, "repair/fix")
    model.state.unvoiced[:] = 0
    speak(model.state, slot, here, here, severity, lane, 0.5)
    return model.state.unvoiced[here, here].tolist()


def test_measurement_sees_errors_at_touchpoints_and_all_of_a_journey() -> None:
    # A person voices an error with .25, a loss with .5; half of each needs no defect.
    error, loss = [1, int(0.75 * 0.5 * FIXED), 0], [1, int(0.5 * 0.5 * FIXED), 0]
    none = [0, 0, 0]
    found = {
        how: [silence(seeing(how), s) for s in (SEVERITY_ERROR, SEVERITY_LOSS)]
        for how in ("score", "touchpoint", "journey")
    }
    assert found == {"score": [none, none], "touchpoint": [error, none], "journey": [error, loss]}
    assert silence(seeing("journey", share=0.0), SEVERITY_FAULT) == none


def test_what_is_voiced_is_not_seen_twice() -> None:
    model = seeing("journey")
    assert silence(model, SEVERITY_ERROR, LOUD) == [0, int(0.75 * 0.5 * FIXED), 0]


def test_a_visit_is_expected_to_go_wrong_in_silence_as_well() -> None:
    model = seeing("touchpoint")
    slot, here = by_hand.put(model, 0, "repair/fix"), by_hand.place(model, "repair/fix")
    expect(model.state, slot, here, SEVERITY_ERROR, 0.1)
    assert model.state.expected[here, here].tolist() == [int(0.25 * 0.1 * FIXED), 0]
    assert model.state.unvoiced[here, here, UNVOICED_EXPECTED] == int(0.75 * 0.1 * FIXED)


def test_the_lever_and_the_parameter_say_what_can_be_seen() -> None:
    found = [
        int(started_with(how).state.rules[0]["observes"])
        for how in ("score", "touchpoint", "journey")
    ]
    assert found == [SEES_NOTHING, SEES_ERRORS, SEES_ALL]


def started_with(how: str) -> Any:
    return started(compact_study({"organisation": "x", "information": {"measurement": how}}))


# --- who looks ---------------------------------------------------------------------------


def seen_at(model: Any) -> list[str]:
    return [model.blueprint.site_ids[step] for step in np.flatnonzero(model.channels.observed())]


def test_an_owner_looks_at_its_own_touchpoints() -> None:
    owned = [
        "join/consult", "join/greet", "join/sign", "renew/offer", "repair/confirm",
        "repair/diagnose", "repair/fix", "repair/report",
    ]  # fmt: skip
    assert seen_at(firm(TOUCHPOINTS)) == owned  # nobody looks where nobody owns the step
    given_up = {"ownership": {"touchpoints": {"repair/fix": "nobody"}}}
    assert "repair/fix" not in seen_at(firm(TOUCHPOINTS | given_up))
    # Owners of journeys see what is felt there, but only measuring journeys shows it.
    assert "renew/remind" not in seen_at(firm(TOUCHPOINTS | OWNERS))
    assert seen_at(firm(JOURNEYS)) == owned
    assert len(seen_at(firm(JOURNEYS | OWNERS))) == 10
    assert firm(JOURNEYS, observe_share=0.3).channels.observed().max() == 0.3


# --- what counts -------------------------------------------------------------------------


def test_what_is_seen_counts_where_it_was_felt_and_so_does_what_is_expected() -> None:
    model = firm(JOURNEYS, observe_share=0.4)
    felt, caused = site(model, "repair/fix"), site(model, "middle>rear")
    heard = 0
    for week in range(200):
        model.week = week
        model.state.unvoiced[felt, caused] = [10, round(5 * FIXED), 0]
        signals, expected = model.channels.listen()
        assert signals.sum() == signals[felt, caused]
        assert expected[felt] == pytest.approx(0.4 * 5)
        assert expected.sum() == expected[felt]
        heard += int(signals[felt, caused])
    assert heard / 2000 == pytest.approx(0.4, abs=4 * (0.24 / 2000) ** 0.5)
    assert not model.state.unvoiced.any()


def test_each_failure_is_seen_or_not_by_a_draw_of_its_own() -> None:
    """Counted by where it was felt, the week, what caused it, and which of them it is."""
    model = firm(JOURNEYS, observe_share=0.4)
    felt, caused = site(model, "repair/fix"), site(model, "repair/report")
    counters, key = model.blueprint.site_counters, model.state.keys[DRAW_OBSERVE]
    model.week = 6
    model.state.unvoiced[felt, caused] = [40, 0, 0]
    signals, _ = model.channels.listen()
    words = (int(counters[felt]), 6, int(counters[caused]))
    drawn = [uniform(block(key, *words, number)[0]) < 0.4 for number in range(40)]
    assert signals[felt, caused] == sum(drawn)


def test_whoever_reckons_with_what_is_heard_knows_how_much_that_is() -> None:
    model = firm(JOURNEYS, observe_share=0.4)
    voiced = model.decisions.mean_voice()
    assert model.decisions.share_heard(site(model, "repair/fix")) == pytest.approx(
        voiced + (1.0 - voiced) * 0.4
    )
    assert model.decisions.share_heard(site(model, "middle>rear")) == voiced
    assert firm().decisions.share_heard(site(model, "repair/fix")) == voiced


def test_a_firm_of_ten_times_as_many_sees_ten_times_as_much() -> None:
    model = started(cut(10, {"organisation": "x"} | JOURNEYS, parameters={"observe_share": 0.4}))
    here = site(model, "repair/fix")
    found = []
    for week in range(2000):
        model.week = week
        model.state.unvoiced[here, here, UNVOICED_FORESEEN] = round(2.5 * FIXED)
        model.state.unvoiced[here, here, UNVOICED] = 3  # the slice's own chance: not used
        signals, _ = model.channels.listen()
        found.append(int(signals[here, here]))
    assert np.mean(found) == pytest.approx(10.0, abs=4 * (10.0 / 2000) ** 0.5)
    assert np.var(found) == pytest.approx(10.0, rel=0.15)
    drawn = observed_in_the_firm(1, model.blueprint.site_counters, 0, np.zeros((3, 3)))
    assert not drawn.any()


def test_what_a_slice_foresees_is_what_nobody_voices_in_it() -> None:
    silent = foreseen = 0.0
    for replicate in range(4):
        model = started(cut(2, RICH), replicate=replicate)
        heard = model.channels.listen

        def listen(state=model.state, heard=heard):
            nonlocal silent, foreseen
            silent += state.unvoiced[:, :, UNVOICED].sum()
            foreseen += state.unvoiced[:, :, UNVOICED_FORESEEN].sum() / FIXED
            return heard()

        model.channels.listen = listen
        model.run_model()
    assert MARKET["agent_adoption"] < 1.0
    assert silent > 1000
    assert foreseen == pytest.approx(silent, abs=4 * silent**0.5)
