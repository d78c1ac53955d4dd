"""A calendar in a study: what is read, which hours are none, and what `validate` says of doors."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path

import pytest
from firm_workbooks import cell, starter_book
from studies import ENTERPRISE, compact_study, open_enterprise

from analysis.commands.starter import starter
from analysis.evidence.ensembles import firm_key
from sim.checks.doubts import doubts
from sim.keeping.manifest import study_hash
from sim.reading.loader import load_study
from sim.study.errors import Problem, StudyError
from sim.study.opening import UnfitHoursError, hours_a_week, opening_spans
from sim.study.study import Study

FIRM = """\
enterprise: firm
calendar:
  zone: Europe/Amsterdam
  open: Mon-Fri 08:00-17:00
  needs: Mon-Sun 07:00-23:00
functions:
  desk: {open: "Mon-Fri 08:00-20:00, Sat 09:00-13:00"}
  field: {}
facts: {name: customer}
journeys:
  help:
    start: call
    touchpoints:
      call: {owner: desk, mode: live, minutes: 8, requires: [name], next: {visit: 1}}
      visit: {owner: field, minutes: 30, next: {completed: 1}}
"""
STUDY = """\
study: hours
enterprise: firm.yaml
market:
  customers: 500
  segments: {homes: {share: 1, needs_per_year: {help: 2}}}
organisations:
  - organisation: as_is
baseline: as_is
"""


def load(folder: Path, firm: str = FIRM, study: str = STUDY, design: str = FIRM) -> Study:
    (folder / "firm.yaml").write_text(firm, encoding="utf-8")
    (folder / "other.yaml").write_text(design, encoding="utf-8")
    (folder / "s.yaml").write_text(study, encoding="utf-8")
    return load_study(folder / "s.yaml")


def only_problem(folder: Path, firm: str = FIRM, study: str = STUDY, design: str = FIRM) -> Problem:
    with pytest.raises(StudyError) as caught:
        load(folder, firm, study, design)
    (found,) = caught.value.problems
    return found


# --- hours ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours", "n_spans"),
    [
        ("always", 168, 1),
        ("Always", 168, 1),
        ("Mon-Fri 09:00-17:00", 40, 5),
        ("mon-fri 8:00-17:30", 47.5, 5),
        ("Mon-Fri 08:00-20:00, Sat 09:00-13:00", 64, 6),
        ("  Sat   09:00-13:00 ,Mon 09:00-10:00", 5, 2),
        ("Mon-Sun 00:00-24:00", 168, 1),  # no door shuts at midnight
        ("Fri 20:00-24:00, Sat 00:00-04:00", 8, 1),
        ("Sat-Mon 10:00-12:00", 6, 3),
        ("Mon-Fri 08:00-17:00, Mon 09:00-20:00", 48, 5),  # what is said twice is open once
    ],
)
def test_hours_are_read_as_people_write_them(text, hours, n_spans) -> None:
    spans = opening_spans(text)
    assert hours_a_week(spans) == hours
    assert len(spans) == n_spans
    assert all(opens < shuts for opens, shuts in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no days and hours here"),
        ("9 to 5", "`9 to 5` says no days and hours"),
        ("Mon-Fri 09:00-17:00,", "no days and hours here"),
        ("Mon-Fri 17:00-09:00", "shuts before it opens"),
        ("Mon-Fri 09:00-25:00", "`25:00` is no time of the day"),
        ("Mon-Fri 09:60-17:00", "`09:60` is no time of the day"),
        ("Mo-Fri 09:00-17:00", "says no days and hours"),
        ("Mon-Fry 09:00-17:00", "`fry` is no day of the week"),
        ("Mon 09:00-09:30", "less than an hour a week"),
    ],
)
def test_what_says_no_hours_is_refused_with_what_to_write(text, message) -> None:
    with pytest.raises(UnfitHoursError) as caught:
        opening_spans(text)
    said, remedy = caught.value.args
    assert message in said
    assert remedy


# --- a study ---------------------------------------------------------------------------


def test_a_calendar_is_read_and_functions_have_their_own_hours(tmp_path: Path) -> None:
    firm = load(tmp_path).enterprise
    assert hours_a_week(firm.open_hours()) == hours_a_week(firm.open_hours("field")) == 45
    assert hours_a_week(firm.open_hours("desk")) == 64
    assert hours_a_week(firm.needs_spans()) == 7 * 16


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "message", "remedy"),
    [
        (
            "Europe/Amsterdam",
            "Europe/Amsterdm",
            3,
            "calendar.zone",
            "`Europe/Amsterdm` is no time zone",
            "Did you mean `Europe/Amsterdam`?",
        ),
        ("Mon-Fri 08:00-17:00", "9 to 5", 4, "calendar.open", "says no days", "Write them as in"),
        ("Mon-Sun 07", "Mon-Sun 27", 5, "calendar.needs", "no time of the day", "00:00 to 24:00"),
        ("Sat 09:00", "Sat 19:00", 7, "functions.desk.open", "shuts before", "as two"),
        (
            FIRM[FIRM.index("calendar") : FIRM.index("functions")],
            "",
            3,
            "functions.desk.open",
            "the enterprise has no `calendar`",
            "or remove `open`",
        ),
        ("zone: E", "zoone: E", 3, "calendar.zoone", "`zoone` is not known here", "`zone`"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, line, path, message, remedy) -> None:
    found = only_problem(tmp_path, FIRM.replace(old, new, 1))
    assert (found.line, found.path) == (line, path)
    assert Path(found.file).name == "firm.yaml"
    assert message in found.message
    assert remedy in str(found)


def test_windows_of_a_calendar_are_whole_weeks(tmp_path: Path) -> None:
    found = only_problem(tmp_path, study=STUDY + "design: {horizon_days: 128}\n")
    assert found.path == "design.horizon_days"
    assert "such as 130" in found.remedy
    without = FIRM[: FIRM.index("calendar")] + FIRM[FIRM.index("functions") :]
    without = without.replace('{open: "Mon-Fri 08:00-20:00, Sat 09:00-13:00"}', "{}")
    assert (
        load(tmp_path, without, STUDY + "design: {horizon_days: 128}\n").design.horizon_days == 128
    )


def test_a_design_has_its_own_doors_and_the_same_customers(tmp_path: Path) -> None:
    study = STUDY.replace(
        "  - organisation: as_is\n",
        "  - organisation: as_is\n  - {organisation: late, enterprise: other.yaml}\n",
    )
    late = FIRM.replace("Mon-Fri 08:00-17:00", "Mon-Sat 08:00-22:00")
    own = load(tmp_path, study=study, design=late).organisations[1].enterprise
    assert own is not None
    assert hours_a_week(own.open_hours("field")) == 84
    found = only_problem(tmp_path, study=study, design=FIRM.replace("Mon-Sun 07", "Mon-Sun 08"))
    assert "`needs` is `Mon-Sun 08:00-23:00` here" in found.message
    none = late[: late.index("calendar")] + late[late.index("functions") :]
    none = none.replace('{open: "Mon-Fri 08:00-20:00, Sat 09:00-13:00"}', "{}")
    found = only_problem(tmp_path, study=study, design=none)
    assert "only one of this design" in found.message


def test_a_firm_without_a_calendar_is_the_firm_it_was() -> None:
    """No key, hash or file of a firm without one knows that there are calendars."""
    study = compact_study()
    text = study.model_dump_json()
    assert "calendar" not in text
    assert '"open"' not in text
    assert Study.model_validate_json(text) == study
    other = compact_study(enterprise=open_enterprise())
    assert study_hash(other) != study_hash(study)
    assert firm_key(other) != firm_key(study)
    written = json.loads(other.model_dump_json())["enterprise"]
    assert written["calendar"]["needs"] == "Mon-Sun 07:00-23:00"
    assert written["functions"]["rear"]["open"] == "Mon-Thu 10:00-16:00"
    assert "open" not in written["functions"]["middle"]
    assert Study.model_validate_json(other.model_dump_json()) == other


def test_a_workbook_says_the_same_hours_as_the_yaml(tmp_path: Path) -> None:
    text = starter("shop", "standing")
    calendar = "  calendar: {zone: Europe/Berlin, open: Mon-Fri 08:00-17:00, needs: always}\n"
    for old, new in (
        ("  enterprise: my_firm\n", f"  enterprise: my_firm\n{calendar}"),
        ("    sales: {}\n", "    sales: {open: Mon-Sat 08:00-20:00}\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    yaml, path = tmp_path / "shop.yaml", tmp_path / "shop.xlsx"
    yaml.write_text(text, encoding="utf-8")
    book = starter_book()
    for key, value in (
        ("zone", "Europe/Berlin"),
        ("open", "Mon-Fri 08:00-17:00"),
        ("needs", "always"),
    ):
        cell(book, "settings", f"enterprise.calendar.{key}", "value").value = value
    cell(book, "functions", "sales", "open").value = "Mon-Sat 08:00-20:00"
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    one, other = load_study(yaml), load_study(path)
    assert one.enterprise.calendar == other.enterprise.calendar
    assert one.enterprise.calendar is not None
    found = [{n: f.open for n, f in s.enterprise.functions.items()} for s in (one, other)]
    assert (
        found[0]
        == found[1]
        == {"sales": "Mon-Sat 08:00-20:00", "service": None} | {"operations": None}
    )


# --- doors that are shut ---------------------------------------------------------------


def test_a_door_that_is_shut_while_somebody_waits_live_is_named() -> None:
    said = [text for text in doubts(compact_study(enterprise=open_enterprise())) if "shut" in text]
    # The front is open 64 of 112 hours in which needs arise: from 7 to 23.
    expected = "repair/report is live, and front is shut for 43 % of the hours in which needs arise"
    assert sum(text.startswith(expected) for text in said) == 1
    # Behind an automated step the consultation is the first to be done by people.
    assert any(text.startswith("join/consult is live, and front is shut for 43 %") for text in said)
    assert not any(
        "repair/confirm" in text for text in said
    )  # the front is open whenever the rear is
    firm = open_enterprise()
    firm["functions"]["front"]["open"] = "Mon-Fri 12:00-20:00"
    said = doubts(compact_study(enterprise=firm))
    # Of the 24 hours of the rear, 10 to 16 from Monday to Thursday, eight are before noon.
    (handed,) = [text for text in said if "repair/confirm is live" in text]
    assert "front is shut for 33 % of the hours of rear, which hands cases to it" in handed


def test_hours_that_are_paid_and_shut_are_named_and_no_others() -> None:
    said = doubts(compact_study(enterprise=open_enterprise()))
    assert [text for text in said if "are lost" in text] == [
        "rear is open for 24 hours a week, and its people are paid for 40: the others are lost"
    ]
    assert not any("shut" in text for text in doubts(compact_study(enterprise=ENTERPRISE)))


def test_people_of_a_door_that_is_half_shut_have_half_the_hours() -> None:
    firm = open_enterprise()
    firm["functions"]["rear"]["open"] = "Mon-Fri 08:00-09:00"
    said = doubts(compact_study(enterprise=firm))
    assert any(text.startswith("rear has ") for text in said)
    assert not any(text.startswith("rear has ") for text in doubts(compact_study()))
