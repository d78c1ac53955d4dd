"""The event log as a table: which kind of event a row is."""

from __future__ import annotations

from studies import PLAIN, compact_study, finished

from sim.results.event_table import event_table
from sim.study.event_kinds import EVENT_KINDS


def test_rows_are_of_the_kind_that_their_name_says() -> None:
    table = event_table(finished(compact_study(PLAIN), log_events=True))
    assert set(table["kind"]) == set(EVENT_KINDS)
    served, automated = table[table["kind"] == "visit"], table[table["kind"] == "automated"]
    assert (served["org:group"] != "").all()
    assert set(automated["concept:name"]) == {"join/browse", "renew/remind"}
    ended = table[table["concept:name"].isin(["completed", "dropped"])]
    assert (ended["kind"] == ended["concept:name"]).all()
    assert (table[table["kind"] == "loss"]["detail"] == "lost").all()
    skipped = table[table["kind"] == "skip"]
    assert (skipped["start_hour"] == skipped["end_hour"]).all()
