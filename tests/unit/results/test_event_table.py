"""The event log as a table: what a row is, and that reported figures are found in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from studies import (
    PLAIN,
    RICH,
    compact_study,
    finished,
    open_enterprise,
    overall,
    peer_study,
)

from sim.results.customer_table import customer_table
from sim.results.event_table import clock_timestamps, event_table
from sim.results.measures import measures
from sim.study.event_kinds import ACTIVITIES, EVENT_KINDS
from sim.study.tables import TABLES, column_names

FOLLOW_UP = 40
STUDIES = {
    "plain": lambda: compact_study(PLAIN, design={"follow_up_days": FOLLOW_UP}),
    "rich": lambda: compact_study(RICH, design={"follow_up_days": FOLLOW_UP}),
    "peers": peer_study,
}


@cache
def logged(name: str) -> tuple[Any, pd.DataFrame, pd.Series]:
    """Return a finished run, its log, and its overall measures."""
    model = finished(STUDIES[name](), log_events=True)
    return model, event_table(model), overall(measures(model))


@pytest.fixture(params=STUDIES)
def run(request: pytest.FixtureRequest) -> tuple[Any, pd.DataFrame, pd.Series]:
    return logged(request.param)


def test_every_kind_of_row_is_there_and_columns_are_those_of_the_contract() -> None:
    tables = [logged(name)[1] for name in STUDIES]
    assert set().union(*(table["kind"] for table in tables)) == set(EVENT_KINDS)
    words = {"string": ("object", "str"), "timestamp": ("datetime64[us, UTC]",)}
    for table in tables:
        assert list(table) == column_names("events.parquet")
        for column in TABLES["events.parquet"]:
            wanted = words.get(column.dtype, (column.dtype,))
            assert str(table[column.name].dtype) in wanted, column.name


def test_rows_have_names_of_their_own_unless_a_touchpoint_was_worked_on(run: Any) -> None:
    _, table, _ = run
    served = table["kind"].isin(["visit", "automated"])
    assert (table["concept:name"] == table["touchpoint"])[served].all()
    assert (table["concept:name"] == table["kind"].map(ACTIVITIES))[~served].all()
    assert table["touchpoint"].str.contains("/").all()


def test_only_people_have_a_group_and_only_at_work_a_name(run: Any) -> None:
    model, table, _ = run
    visits = table["kind"] == "visit"
    assert table["org:group"][visits].isin(model.blueprint.functions).all()
    assert table["org:resource"].notna().equals(visits)
    assert (table["kind"][table["org:group"].notna()].isin(["visit", "dropped"])).all()


def test_nobody_serves_two_at_once_and_there_are_no_more_than_there_are(run: Any) -> None:
    model, table, _ = run
    visits = table[table["kind"] == "visit"].sort_values("start_hour", kind="stable")
    by_person = visits.groupby("org:resource")
    assert (by_person["end_hour"].shift(1).fillna(0) <= visits["start_hour"]).all()
    people = visits.groupby("org:group")["org:resource"].nunique()
    servers = pd.Series(model.organisation.servers, model.blueprint.functions)
    assert (people <= servers[people.index]).all()


def test_a_case_begins_with_its_arrival_ends_once_and_goes_forward_in_time(run: Any) -> None:
    _, table, _ = run
    cases = table.groupby("case:concept:name", sort=False)
    assert (cases["kind"].first() == "arrival").all()
    assert cases["kind"].agg(lambda kinds: (kinds == "arrival").sum()).eq(1).all()
    ends = table["kind"].isin(["completed", "dropped"])
    assert table[ends]["case:concept:name"].is_unique
    assert (
        cases["kind"].last()[table[ends]["case:concept:name"]].isin(["completed", "dropped"])
    ).all()
    assert (cases["end_hour"].diff().fillna(0) >= 0).all()
    assert (table["start_timestamp"] <= table["time:timestamp"]).all()
    lost = table[table["kind"] == "loss"]
    assert (lost["start_hour"] == lost["end_hour"]).all()


def test_answers_stand_at_the_end_of_journeys_and_nowhere_else(run: Any) -> None:
    _, table, _ = run
    ended = table["kind"].isin(["completed", "dropped"])
    assert table["recommend"][~ended].isna().all()
    assert table["recommend"][ended].dropna().isin(range(11)).all()
    off = table["kind"] == "contact"
    assert table["satisfaction"][~off].isna().all()
    assert table["satisfaction"][off].dropna().isin(range(1, 6)).all()
    assert table["recommend"].isna().equals(table["effort"].isna())
    assert not table["surveyed"][table["recommend"].isna()].any()


def test_scores_are_found_in_the_log(run: Any) -> None:
    _, table, reported = run
    judged = table[table["in_cohort"] & table["recommend"].notna()]
    surveyed = judged[judged["surveyed"]]
    assert len(judged) == reported["n_answers"] > 100
    assert len(surveyed) == reported["n_surveyed"] > 10
    for name, answers in (("nps", judged["recommend"]), ("nps_surveyed", surveyed["recommend"])):
        promoters, detractors = (answers >= 9).mean(), (answers <= 6).mean()
        assert 100 * (promoters - detractors) == pytest.approx(reported[name])
    felt = table[table["in_cohort"]]["satisfaction"].dropna()
    assert (felt >= 4).mean() == pytest.approx(reported["csat"])
    assert judged["effort"].mean() == pytest.approx(reported["ces"], rel=1e-5)


def test_hand_overs_are_found_in_the_log(run: Any) -> None:
    """Changes of group from row to row, of rows that have one, as process-mining tools count."""
    model, table, reported = run
    cohort = table[table["in_cohort"]]
    # A step done in its owner's place at a soft border is no hand-over; the case goes on as if
    # the owner had done it.
    owners = model.blueprint.owners[cohort["touchpoint"].map(model.blueprint.touchpoint_ids.index)]
    names = np.array([*model.blueprint.functions, ""])
    held = cohort.assign(owner=names[owners])[cohort["org:group"].notna()]
    before = held.groupby("case:concept:name")["owner"].shift(1)
    helped = (held["kind"] == "visit") & (held["owner"] != held["org:group"])
    changes = int((before.notna() & (before != held["owner"]) & ~helped).sum())
    counted = round(reported["transfers_per_case"] * reported["n_started"])
    ends = cohort.groupby("case:concept:name")["kind"].last()
    n_open = int((~ends.isin(["completed", "dropped"])).sum())  # handed over, not served yet
    assert changes <= counted <= changes + n_open
    assert counted > 100
    assert n_open < 0.02 * counted


def test_facts_asked_again_are_found_in_the_log(run: Any) -> None:
    model, table, reported = run
    asked = table["asked_again"][table["in_cohort"]]
    counted = asked.map(lambda names: len(names.split(", ")) if names else 0).sum()
    assert counted / reported["n_started"] == pytest.approx(reported["repeat_asks_per_case"])
    names = {name for each in table["asked_again"] if each for name in each.split(", ")}
    assert names <= set(model.blueprint.facts)
    assert set(table["kind"][table["asked_again"] != ""]) <= {"visit", "automated"}


def test_a_fault_that_shows_was_left_at_an_earlier_step_of_its_need(run: Any) -> None:
    _, table, _ = run
    faults = table[table["fault_from"] != ""]
    assert len(faults) > 20
    for _, row in faults.head(200).iterrows():
        of_need = table[
            (table["customer_id"] == row["customer_id"]) & (table["need"] == row["need"])
        ]
        before = of_need[of_need["start_hour"] <= row["start_hour"]]
        assert row["fault_from"] in set(before["touchpoint"])


def test_standing_and_who_is_accountable_are_as_the_customer_table_has_them(run: Any) -> None:
    model, table, _ = run
    customers = customer_table(model)
    assert table["standing"].between(0, 1).all()
    drops = table[(table["kind"] == "dropped") & table["in_cohort"] & (table["recontact"] == 0)]
    day = drops["start_hour"] // 8 - model.study.design.warm_up_days + 1
    latest = drops.assign(day=day).drop_duplicates("customer_id", keep="last")
    merged = latest.merge(customers, on="customer_id", suffixes=("", "_then"))
    same = merged[
        (merged["site"] == merged["site_then"]) & (merged["day"] == merged["dropped_on_day"])
    ]
    assert len(same) > 10
    assert (same["accountable"] == same["accountable_then"]).all()


def test_a_log_of_some_customers_is_theirs_to_the_row_and_moves_no_number() -> None:
    whole, table, _ = logged("rich")
    model = finished(STUDIES["rich"](), log_events=(3, 7))
    some = event_table(model)
    assert set(some["customer_id"]) == {3, 7}
    assert some["org:resource"].isna().all()  # nobody can tell who is free
    theirs = table[table["customer_id"].isin([3, 7])].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        some.drop(columns="org:resource"), theirs.drop(columns="org:resource")
    )
    pd.testing.assert_frame_equal(measures(model), measures(whole))
    pd.testing.assert_frame_equal(customer_table(model), customer_table(whole))


def test_completions_and_times_are_found_in_the_log(run: Any) -> None:
    model, table, reported = run
    limit = 8.0 * model.study.design.follow_up_days
    cohort = table[table["in_cohort"]]
    first = cohort[cohort["recontact"] == 0]
    cases = first.groupby("case:concept:name")
    begun = cases["start_hour"].first()
    ended = first[first["kind"] == "completed"].set_index("case:concept:name")["end_hour"]
    took = (ended - begun[ended.index])[lambda hours: hours <= limit]
    chased = set(first["case:concept:name"][first["kind"] == "chase"])
    again = cohort[(cohort["kind"] == "arrival") & (cohort["recontact"] == 1)]
    came_back = set(again["case:concept:name"].str.replace("-1$", "-0", regex=True))
    clean = [case for case in took.index if case not in chased and case not in came_back]
    assert len(begun) == reported["n_started"]
    assert len(clean) / len(took) == pytest.approx(reported["unchased_rate"])
    assert took.mean() / 8.0 == pytest.approx(reported["days_to_complete"], rel=1e-5)
    skipped = (cohort["kind"] == "skip").sum()
    assert skipped / len(begun) == pytest.approx(reported["touchpoints_skipped"])


def contacts_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return each contact of the cohort, made out from what happened in it and before it."""
    cohort = table[table["in_cohort"]]
    worked = cohort["kind"].isin(["visit", "chase", "call_back"])
    failed = cohort["detail"].where(cohort["kind"] == "visit")
    before = failed.groupby(cohort["case:concept:name"]).transform(lambda d: d.ffill().shift(1))
    rows = cohort[worked & cohort["contact_id"].notna()].assign(erred=before == "error")
    found = rows.groupby("contact_id", sort=False).first()
    ended = cohort[cohort["kind"] == "contact"].set_index("contact_id")
    found = found.join(ended[["end_hour", "detail"]].add_suffix("_off"))
    first = ~found.duplicated(["customer_id", "need", "recontact"])
    found["repeat"] = found["erred"] & (found["kind"] == "visit")
    found["came_back"] = (found["recontact"] > 0) & first & (found["kind"] != "chase")
    return found.reset_index()


def test_contacts_and_failure_demand_are_found_in_the_log(run: Any) -> None:
    _, table, reported = run
    found = contacts_of(table)
    by_kind = {"chase": found["kind"] == "chase", "call_back": found["kind"] == "call_back",
               "repeat": found["repeat"], "recontact": found["came_back"]}  # fmt: skip
    failure = np.logical_or.reduce(list(by_kind.values()))
    assert len(found) == reported["n_contacts"] > 100
    assert failure.mean() == pytest.approx(reported["failure_demand_share"])
    for kind, those in by_kind.items():
        assert those.sum() > 3, kind
        told = found["detail_off"][those].dropna()  # missing while the contact is under way
        assert (told == kind).all(), kind


def test_first_contact_resolution_is_found_in_the_log(run: Any) -> None:
    model, table, reported = run
    limit = 8.0 * model.study.design.follow_up_days
    keys = ["customer_id", "need"]
    repair = table[table["in_cohort"] & (table["journey"] == "repair")]
    found = contacts_of(repair)
    own = found[found["kind"] != "call_back"]
    first = found[found["contact_id"].str.endswith("/1")].set_index(keys)
    begun = repair[(repair["kind"] == "arrival") & (repair["recontact"] == 0)].set_index(keys)
    done = repair[(repair["kind"] == "completed") & (repair["recontact"] == 0)].set_index(keys)
    took = done["end_hour"] - begun["start_hour"][done.index]
    resolved = set(took[took <= limit].index) & set(first[first["recontact"] == 0].index)
    later = own[~own["contact_id"].str.endswith("/1")]
    again = repair[(repair["kind"] == "arrival") & (repair["recontact"] > 0)]
    for rows in (later, again):
        ended = first["end_hour_off"].reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()
        soon = rows["start_hour"].to_numpy() <= ended + 21 * 8.0 + 1e-3
        resolved -= set(rows[soon][keys].itertuples(index=False, name=None))
    assert len(resolved) / len(first) == pytest.approx(reported["fcr_rate"])
    assert len(own) / len(first) == pytest.approx(reported["contacts_per_need"])
    assert 0.05 < reported["fcr_rate"] < 0.95


def test_rows_of_a_contact_say_so_and_others_do_not(run: Any) -> None:
    model, table, _ = run
    there = table["contact_id"].notna()
    assert not there[table["kind"].isin(["arrival", "completed", "dropped", "found"])].any()
    assert there[table["kind"].isin(["chase", "call_back", "contact"])].all()
    steps = zip(model.blueprint.touchpoint_ids, model.state.touchpoints["live"], strict=True)
    live = table["touchpoint"].map(dict(steps)) == 1
    assert there[live & (table["kind"] == "visit")].all()


def test_visits_and_losses_of_the_window_are_found_in_the_log(run: Any) -> None:
    model, table, _ = run
    by_touchpoint = measures(model).query("scope == 'touchpoint' and measure == 'visits'")
    served = table[table["in_window"] & table["kind"].isin(["visit", "automated"])]
    counts = served["touchpoint"].value_counts()
    for name, value in zip(by_touchpoint["scope_id"], by_touchpoint["value"], strict=True):
        assert counts.get(name, 0) == value
    lost = measures(model).query("measure == 'lost'")
    found = table[table["in_window"] & (table["kind"] == "loss")]["site"].value_counts()
    np.testing.assert_array_equal(
        lost["value"], found.reindex(lost["scope_id"], fill_value=0).to_numpy()
    )


def test_every_column_and_every_kind_of_row_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
    told = page.split("## Columns")[1].split("## Finding")[0]
    listed = [
        name
        for line in told.splitlines()
        if line.startswith("| `")
        for name in line.split("|")[1].replace("`", "").replace(" ", "").split(",")
    ]
    assert listed == column_names("events.parquet")
    for kind in EVENT_KINDS:
        assert f"| `{kind}` | {ACTIVITIES.get(kind, 'the touchpoint')} |" in page


@cache
def by_day() -> tuple[Any, pd.DataFrame]:
    """Return a finished run of a firm with opening hours, and its log."""
    model = finished(compact_study(PLAIN, enterprise=open_enterprise()), log_events=True)
    return model, event_table(model)


def test_with_a_calendar_moments_are_those_of_the_wall_clock_of_its_zone() -> None:
    _, table = by_day()
    for name in ("start_timestamp", "time:timestamp"):
        assert str(table[name].dtype) == "datetime64[us, Europe/Amsterdam]"
    assert (table["start_timestamp"] <= table["time:timestamp"]).all()
    visits = table[table["kind"] == "visit"]
    for function, days, opens, shuts in (
        ("front", 6, 8, 20),
        ("middle", 5, 8, 17),
        ("rear", 4, 10, 16),
    ):
        begun = visits["start_timestamp"][visits["org:group"] == function].dt
        hours = begun.hour + begun.minute / 60
        assert begun.day_of_week.max() + 1 <= days
        assert opens <= hours.min() < opens + 0.5  # a night's needs come as the door opens
        assert shuts - 2 < hours.max() <= shuts
    arrived = table["start_timestamp"][(table["kind"] == "arrival") & (table["recontact"] == 0)].dt
    assert set(arrived.day_of_week) == set(range(7))
    assert set(arrived.hour) == set(range(7, 23))


def test_a_week_of_the_log_is_a_week_on_the_clock_through_summer_time() -> None:
    _, table = by_day()
    # Eight weeks later it begins in March, at the end of which the zone's clocks go forward.
    later = clock_timestamps(table["start_hour"].to_numpy() + 40.0 * 8, "Europe/Amsterdam")
    shown = table["start_timestamp"].dt.tz_localize(None) + pd.Timedelta(weeks=8)
    assert (later.tz_localize(None) == shown).all()
    assert {moment.utcoffset().total_seconds() for moment in later} == {3600.0, 7200.0}
    # Half past two on the night that has no such hour, and on the one that has it twice.
    spring, autumn = (24.0 * 83 + 2.5) / 4.2, (24.0 * 293 + 2.5) / 4.2
    night = clock_timestamps(np.array([spring, autumn]), "Europe/Amsterdam")
    assert [str(moment) for moment in night] == [
        "2025-03-30 03:00:00+02:00",
        "2025-10-26 02:30:00+02:00",
    ]


def test_nobody_of_a_firm_with_opening_hours_serves_two_at_once() -> None:
    model, table = by_day()
    visits = table[table["kind"] == "visit"].sort_values("start_hour", kind="stable")
    by_person = visits.groupby("org:resource")
    assert (by_person["end_hour"].shift(1).fillna(0) <= visits["start_hour"]).all()
    there = pd.Series(model.organisation.seats[0], model.blueprint.functions)
    assert (visits.groupby("org:group")["org:resource"].nunique() <= there).all()
