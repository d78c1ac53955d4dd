"""One customer's story: what it comes to, and the words for it."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from made_stories import GONE, event, leaver, one_repair, stayer, story

from analysis.comparison.stories import STEP_COLUMNS, story_as_object
from analysis.comparison.story_words import how_many, story_page, story_title, why_left
from sim.study.event_kinds import EVENT_KINDS


def test_a_story_comes_to_what_its_steps_say_up_to_leaving() -> None:
    tally = leaver().tally
    # Two needs that went wrong, one that did not and one dropped; the fifth came after leaving.
    assert tally["needs"] == 4
    assert (tally["completed"], tally["dropped"], tally["contacts"]) == (3, 1, 3)
    assert tally["hand_offs"] == 3 * 2 + 1
    assert tally["facts_asked_again"] == 2 * 2
    assert (tally["errors"], tally["faults"], tally["lost"], tally["chases"]) == (2, 2, 2, 2)
    assert tally["days"] == pytest.approx(3 * 9.0625 + 6.0625)
    assert list(leaver().steps) == STEP_COLUMNS
    assert stayer().tally["needs"] == 5


def test_a_need_that_came_back_is_one_need_that_ended_as_its_last_case_did() -> None:
    again = [event(30, "completed", "check", need=0, recontact=1)]
    given_up = [event(70, "dropped", "mend", "middle", need=1, recontact=1)]
    both = one_repair(0, 5.0, wrong=False) + one_repair(1, 50.0, wrong=False)
    tally = story([*both, *again, *given_up]).tally
    assert (tally["needs"], tally["completed"], tally["dropped"]) == (2, 1, 1)


def test_what_began_in_the_warm_up_and_ended_there_or_begins_after_the_window_is_not_told() -> None:
    early, late = one_repair(0, -20.0, wrong=True), one_repair(1, 251.0, wrong=True)
    across = one_repair(2, -2.0, wrong=False)
    told = story([*early, *late, *across])
    assert set(told.steps["need"]) == {2}
    assert told.tally["errors"] == 0
    assert told.tally["hand_offs"] == 1  # the second one: the first was before the window


def test_a_hand_off_is_a_change_of_function_within_a_case() -> None:
    steps = story([
        event(1, "visit", "report", "front"), event(2, "visit", "mend", "front"),
        event(3, "skip", "check"), event(4, "visit", "check", "rear"),
        event(5, "visit", "report", "front", need=1),
    ]).steps  # fmt: skip
    assert steps["handed_over_by"].tolist() == ["", "", "", "front", ""]


def test_a_fault_names_who_had_done_the_step_that_left_it() -> None:
    faults = leaver().steps.query("fault_from != ''")
    assert set(faults["fault_from"]) == {"repair/report"}
    assert set(faults["fault_left_by"]) == {"front"}


def test_who_was_accountable_is_counted_for_what_failed_alone() -> None:
    events = one_repair(0, 5.0, wrong=False)
    events += [event(30, "visit", "report", "front", need=1, detail="error",
                     accountable="journey owner")]  # fmt: skip
    events += [event(31, "dropped", "mend", "middle", need=1, accountable="head of middle")]
    events += [event(40, "visit", "report", "front", need=2, detail="error",
                     accountable="journey owner")]  # fmt: skip
    assert story(events).answered_by == {"journey owner": 2, "head of middle": 1}


def test_who_left_has_reasons_and_a_last_broken_promise() -> None:
    rows = [
        event(1, "visit", "offer", "front", detail="error"),
        event(9.8, "loss", "offer", site="front>rear"),
        event(9.9, "visit", "offer", "front"),
        event(13.0, "visit", "remind", "front", detail="error"),  # after leaving
    ]
    gone = GONE | {"left_on_day": 10.0, "promise_owner": "rear"}
    first, second = why_left(story(rows, **gone))
    assert first == ("  left on day 10; what raised the hazard of leaving: memory ×1.6, price ×1.2")
    assert second == (
        "    last broken promise: day 9.8, front>rear (accountable: nobody): fell between"
    )
    assert why_left(story(rows[:1], **gone))[1].endswith(
        "repair/offer (owner: front; accountable: nobody): an error"
    )
    asked = event(2, "visit", "offer", "front", asked_again="address")
    assert why_left(story([asked], **gone))[1].endswith("asked again for address")
    assert why_left(story(rows[2:3], **gone))[1] == "    most promises were broken by: rear"


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_every_kind_of_event_is_told_in_words(kind: str) -> None:
    by = " by middle" if kind == "visit" else ""
    step = event(5.0, kind, "remind", "middle" if by else None)
    assert story_page([story([step])]).splitlines()[-1].endswith(EVENT_KINDS[kind] + by)


def test_a_step_that_needs_nobody_passes_by_itself() -> None:
    page = story_page([story([event(5.0, "automated", "remind")])])
    assert page.endswith("remind             passed by itself")


def test_the_title_says_what_became_of_the_customer_and_after_what() -> None:
    both = ("siloed", "hybrid")
    assert story_title(812, [leaver(), stayer()], both) == (
        "Customer 812 left under Siloed on day 140 after 7 hand-offs, 4 errors and 4 facts asked "
        "again; stayed under Hybrid"
    )
    turned = [stayer("siloed", "Siloed"), leaver("hybrid", "Hybrid")]
    assert story_title(812, turned, both).startswith("Customer 812 left under Hybrid on day 140")
    assert story_title(812, turned, both).endswith("; stayed under Siloed")
    alike = [leaver(), leaver("hybrid", "Hybrid")]
    assert "; left under Hybrid on day 140" in story_title(812, alike, both)
    stay = [stayer("siloed", "Siloed"), stayer()]
    assert story_title(812, stay, both).startswith("Customer 812 stayed under both Siloed (10 ")
    assert story_title(812, [leaver()], ("siloed", "siloed")).startswith("Customer 812 left under")


def test_the_title_says_of_who_never_joined_that_they_did_not() -> None:
    both = ("siloed", "hybrid")
    absent = [replace(each, customer=pd.Series({**each.customer, "outcome": "never joined"}))
              for each in (stayer("siloed", "Siloed"), stayer())]  # fmt: skip
    assert story_title(812, absent, both).startswith("Customer 812 never joined under both Siloed")
    one = story_title(812, [absent[0], stayer()], both)
    assert "never joined under Siloed" in one and "; stayed under Hybrid" in one
    assert story_title(812, [leaver(), absent[1]], both).endswith("; never joined under Hybrid")


def test_numbers_are_counted_in_words() -> None:
    told = [how_many(number, "fact asked again") for number in (0, 1, 2)]
    assert told == ["no facts asked again", "one fact asked again", "2 facts asked again"]


def test_cases_are_told_with_what_went_wrong_and_the_rest_is_counted() -> None:
    page = story_page([leaver(), stayer()])
    for words in (
        "Siloed  left, day 140",
        "served by front, an error",
        "handed over by front, asked again for address, consent",
        "a fault showed that was left at repair/report by front",
        "dropped, handed over by front: waited too long",
        "accountable for what failed: nobody 11",
        "… and 2 more cases",
    ):
        assert words in page


def test_a_customer_to_whom_nothing_happened_has_a_story_too() -> None:
    full = stayer()
    empty = replace(full, events=full.events.astype({"asked_again": "str"}).iloc[:0])
    assert "Hybrid: stayed" in story_page([empty])
    assert set(empty.tally.values()) == {0}
    assert story_title(812, [empty], ("hybrid", "hybrid")).endswith(
        "stayed under Hybrid after no hand-offs and no facts asked again"
    )
    assert story_as_object(empty)["events"] == []


def test_a_story_is_plain_data() -> None:
    told = story_as_object(leaver())
    assert told["tally"]["hand_offs"] == 7
    assert json.loads(json.dumps(told["events"]))[0]["kind"] == "arrival"
