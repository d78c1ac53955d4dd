"""Why a customer was lost: seam, fact, fault, incentive, issue, name."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from studies import PLAIN, RICH, compact_study, finished, started
from three_customers import firm, mask, place

from sim.improvement.issues import Issue
from sim.organisation.incentives import SEAM_WORK
from sim.results.customer_table import NO_ISSUE, customer_table, lost_cases
from sim.state.tallies import BY_EFFORT, BY_ERROR, BY_LOSS, BY_WITHDRAWAL


def put_drop(model, customer: int, cause: int, **values: int) -> None:
    """Note a drop by hand, at hour 100, on day 12."""
    drop = model.state.drops[customer]
    here = place(model, "repair/fix")
    drop["site"], drop["cause"], drop["day"], drop["touchpoint"] = here, cause, 12, here
    drop["seam"] = drop["origin"] = -1
    for name, value in values.items():
        drop[name] = value


def issue(site: int, **weeks) -> Issue:
    raised = SimpleNamespace(title="head of rear")
    made = Issue(site, site, 0, 1, weeks.pop("opened"), raised, 9.0)
    for name, value in weeks.items():
        setattr(made, name, value)
    return made


def test_a_loss_names_seam_fact_fault_incentive_and_issue() -> None:
    model = firm()
    seam = model.blueprint.seam_ids.index("middle>rear")
    origin = place(model, "repair/diagnose")
    put_drop(model, 1, BY_ERROR, seam=seam, origin=origin, lacked=mask(model, "promise", "history"))
    model.register.history = [issue(origin, opened=1)]
    found = {name: column[1] for name, column in lost_cases(model).items()}
    assert found["dropped_on_day"] == 13
    assert found["touchpoint"] == "repair/fix"
    assert found["seam"] == "middle>rear"
    assert found["missing_facts"] == "history, promise"
    assert found["fault_from"] == "repair/diagnose"
    assert found["incentive"].startswith("middle: 100% of its reward on its own KPI")
    assert found["incentive"].endswith("on what happens downstream")
    assert found["issue"] == "repair/diagnose, raised in week 2 by the head of rear, undecided"
    assert np.isnan(lost_cases(model)["dropped_on_day"][0])


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        ({"opened": 3}, NO_ISSUE),  # raised only after the loss
        ({"opened": 0, "closed": 1, "status": "closed"}, NO_ISSUE),
        ({"opened": 0, "decided": 1, "status": "refused"}, "refused in week 2"),
        ({"opened": 0, "decided": 1, "status": "approved"}, "approved in week 2 and not yet done"),
        ({"opened": 0, "decided": 5, "status": "refused"}, "undecided"),
    ],
)
def test_an_issue_is_told_as_it_stood_at_the_time(weeks, words) -> None:
    model = firm()
    put_drop(model, 0, BY_EFFORT)
    model.register.history = [issue(place(model, "repair/fix"), **weeks)]
    assert lost_cases(model)["issue"][0].endswith(words)


def test_losses_that_differ_in_anything_are_told_apart() -> None:
    model = firm()
    seam = model.blueprint.seam_ids.index("front>middle")
    origin = place(model, "repair/diagnose")
    model.register.history = [issue(place(model, "repair/fix"), opened=1)]
    put_drop(model, 0, BY_EFFORT, lacked=mask(model, "history"))
    put_drop(model, 1, BY_EFFORT, day=2)
    put_drop(model, 2, BY_EFFORT, seam=seam, origin=origin)
    found = lost_cases(model)
    words = [text.rsplit(", ", 1)[-1] for text in found["issue"][:3]]
    assert words == ["undecided", NO_ISSUE, "undecided"]
    assert list(found["missing_facts"][:3]) == ["history", "", ""]
    assert list(found["fault_from"][:3]) == ["", "", "repair/diagnose"]
    assert list(found["seam"][:3]) == ["", "", "front>middle"]
    rewarded = [text.split(":")[0] for text in found["incentive"][:3]]
    assert rewarded == ["rear", "rear", "front"]


def test_who_left_for_own_reasons_left_for_nobodys_reward() -> None:
    model = firm()
    put_drop(model, 0, BY_WITHDRAWAL)
    assert lost_cases(model)["incentive"][0] == ""
    seam = model.blueprint.seam_ids.index("front>middle")
    put_drop(model, 0, BY_LOSS, seam=seam)
    assert lost_cases(model)["incentive"][0].startswith("front: ")
    assert lost_cases(model)["incentive"][0].endswith("work at its seams")


def test_a_loss_before_a_transition_is_told_by_what_was_in_force_then() -> None:
    change = {"from": PLAIN, "to": RICH, "at_week": 2}
    model = started(compact_study({"organisation": "change", "transition": change}))
    for _ in range(4 + 3):  # four weeks of warm-up; the change comes with week 6, on day 30
        model.step()
    seam = model.blueprint.seam_ids.index("middle>rear")
    site = len(model.blueprint.touchpoints) + seam
    for customer, day in enumerate((0, 29, 30, 34)):
        put_drop(model, customer, BY_LOSS, seam=seam, site=site, day=day)
    table = customer_table(model)[:4]
    assert table["accountable"].tolist() == ["nobody", "nobody", "journey owner", "journey owner"]
    before, after = (
        f"middle: {own:.0%} of its reward on its own KPI, {shared:.0%} on the journey; "
        f"{organisation.effort[1, SEAM_WORK]:.0%} of its free time on work at its seams"
        for _, organisation in model.timeline.segments
        for own, shared in [organisation.weighting[1]]
    )
    assert table["incentive"].tolist() == [before, before, after, after]
    assert before.startswith("middle: 100% of its reward on its own KPI")
    assert not after.startswith("middle: 100% of its reward on its own KPI")


def test_the_table_tells_of_every_lost_customer() -> None:
    table = customer_table(finished(compact_study(PLAIN)))
    lost = table[table["site"] != ""]
    assert len(lost) > 5
    assert (lost["touchpoint"] != "").all()
    assert (lost["issue"] != "").all()
    assert (lost["accountable"] != "").all()
    assert table.loc[table["site"] == "", "dropped_on_day"].isna().all()
