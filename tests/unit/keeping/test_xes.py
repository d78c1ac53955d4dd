"""The event log as XES: what a reader of the standard finds is what the table holds."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

import pandas as pd
from studies import RICH, compact_study, finished

from sim.keeping.xes import CASE_TITLE, OF_THE_CASE, xes_parts
from sim.results.event_table import event_table

SPACE = "{http://www.xes-standard.org/}"


@cache
def table() -> pd.DataFrame:
    return event_table(finished(compact_study(RICH), log_events=True))


def read(log: pd.DataFrame) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """Return traces, each with its own attributes and those of its events."""
    tree = ElementTree.fromstring("".join(xes_parts(log)))  # noqa: S314 - made just now
    return [
        (said(trace), [said(event) for event in trace.iter(f"{SPACE}event")])
        for trace in tree.iter(f"{SPACE}trace")
    ]


def said(element: ElementTree.Element) -> dict[str, str]:
    return {each.attrib["key"]: each.attrib["value"] for each in element if "key" in each.attrib}


def test_every_case_and_event_is_there_in_order_with_its_attributes() -> None:
    log = table()
    traces = read(log)
    assert [case["concept:name"] for case, _ in traces] == list(dict.fromkeys(log[CASE_TITLE]))
    by_case = {str(name): rows for name, rows in log.groupby(CASE_TITLE)}
    for case, events in traces[:200]:
        rows = by_case[case["concept:name"]]
        assert [event["concept:name"] for event in events] == rows["concept:name"].tolist()
        assert [event.get("org:group") for event in events] == [
            None if pd.isna(group) else group for group in rows["org:group"]
        ]
        stamps = pd.to_datetime([event["time:timestamp"] for event in events])
        assert (stamps == pd.DatetimeIndex(rows["time:timestamp"])).all()
        assert {case[name] for name in ("customer_id",)} == {str(rows["customer_id"].iloc[0])}
        assert set(OF_THE_CASE) <= set(case)
        assert not set(OF_THE_CASE) & set(events[0])
    assert sum(len(events) for _, events in traces) == len(log)


def test_moments_of_a_zone_keep_their_hour_and_say_how_far_it_is_from_utc() -> None:
    log = table()[:1].reset_index(drop=True)
    moment = pd.Series(pd.to_datetime(["2025-07-01 09:30"])).dt.tz_localize("Europe/Amsterdam")
    ((_, (event,)),) = read(log.assign(**{"time:timestamp": moment}))
    assert event["time:timestamp"] == "2025-07-01T09:30:00.000+02:00"
    assert event["start_timestamp"].endswith("+00:00")


def test_what_no_xml_may_hold_and_what_it_reserves_is_written_all_the_same() -> None:
    log = table()[:3].assign(detail=["a<b & \"c\" 'd'", "\x00\x1b[31m", "日本語"])
    details = [event["detail"] for _, events in read(log) for event in events]
    assert sorted(details) == sorted(["a<b & \"c\" 'd'", "\ufffd\ufffd[31m", "日本語"])


def test_what_no_xml_holds_is_replaced() -> None:
    odd = table().head(1).assign(activity="a\x00b\ufffec\uffffd\U0001f600")
    text = "".join(xes_parts(odd))
    assert "a\ufffdb\ufffdc\ufffdd\U0001f600" in text
    assert ElementTree.fromstring(text) is not None  # noqa: S314 - made just now
