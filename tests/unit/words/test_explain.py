"""Every word that a study or a table uses can be explained, and what is said is so."""

from __future__ import annotations

import json

import pytest

import run
from analysis.commands.explain import entry_as_text, matching
from analysis.words.entries import ENTRY_KINDS, all_entries
from analysis.words.schema import keys_of
from sim.study.ablations import ABLATIONS
from sim.study.parameters import REGISTRY
from sim.study.tables import MEASURES


def told(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run.main(["explain", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def names(kind: str) -> list[str]:
    return [each.name for each in all_entries() if each.kind == kind]


def test_everything_there_is_has_an_entry() -> None:
    assert names("parameter") == list(REGISTRY)
    assert names("measure") == list(MEASURES)
    assert names("mechanism") == list(ABLATIONS)
    levers = names("lever")
    assert {"authority", "staffing.cx_team", "structure.units", "budget_change"} <= set(levers)
    keys = names("key")
    assert "enterprise.functions.NAME.wage" in keys
    assert "enterprise.journeys.NAME.touchpoints.NAME.minutes" in keys
    assert "market.segments.NAME.patience" in keys
    assert {each.kind for each in all_entries()} == set(ENTRY_KINDS)


def test_every_entry_says_something() -> None:
    silent = [each.name for each in all_entries() if each.kind != "key" and len(each.meaning) < 5]
    assert silent == []


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("authority", ["authority"]),
        ("CX_Team", ["staffing.cx_team"]),
        ("net value", ["net_value", "net value"]),
        ("Net promoter score", ["nps"]),
        ("staffing.hired", ["staffing.hired"]),
        ("loss_rate", ["loss_rate"]),
        ("zzz", []),
        ("  ", []),
    ],
)
def test_a_word_is_found_by_name_last_part_or_label(word: str, found: list[str]) -> None:
    assert [each.name for each in matching(word)] == found


def test_a_part_of_names_finds_all_of_them() -> None:
    found = [each.name for each in matching("wage")]
    assert {"wage_per_year", "enterprise.functions.NAME.wage"} >= set(found) - {
        "enterprise.role_wages"
    }


def test_a_lever_says_what_is_permitted_and_who_moves_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = told("authority", capsys=capsys)
    assert (code, err) == (0, "")
    assert "overrides an owner's no" in out
    assert "Permitted: 0 to 1" in out
    assert "Default: 0\n" in out
    assert "Hybrid 0.4" in out and "Siloed" not in out  # who leaves it alone is not named


def test_a_parameter_says_where_it_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told("own_record_write", capsys=capsys)
    assert "Bhabra 2007" in out and "grade C" in out
    assert "Plausible: 0.478 to 0.998" in out


def test_a_word_that_is_not_there_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = told("atuhority", capsys=capsys)
    assert (code, out) == (2, "")
    assert "'atuhority'" in err and "Did you mean authority?" in err


def test_as_json_and_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told("authority", "--json", capsys=capsys)
    (entry,) = json.loads(out)
    assert entry["kind"] == "lever" and entry["default"] == "0"
    code, out, _ = told(capsys=capsys)
    assert code == 0
    for kind in ("Levers", "Parameters", "Measures", "Terms"):
        assert kind in out
    _, out, _ = told("--json", capsys=capsys)
    assert len(json.loads(out)) == len(all_entries())


def test_lines_fit_a_terminal() -> None:
    assert (
        max(len(line) for each in all_entries() for line in entry_as_text(each).splitlines()) <= 88
    )


def test_what_is_permitted_is_read_from_the_schema() -> None:
    schema = {
        "$defs": {"Part": {"properties": {"size": {"type": "integer", "minimum": 1}}}},
        "required": ["rate"],
        "properties": {
            "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 2, "description": "a\n b"},
            "part": {"$ref": "#/$defs/Part"},
            "parts": {"patternProperties": {"^x": {"$ref": "#/$defs/Part"}}},
            "way": {"enum": ["up", "down"], "default": "up"},
            "maybe": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]},
            "either": {"anyOf": [{"const": "all"}, {"type": "array"}]},
            "on": {"type": "boolean", "default": True},
        },
    }
    found = {key.path: key for key in keys_of(schema)}
    assert {path: key.permitted for path, key in found.items()} == {
        "rate": "above 0 to 2",
        "part.size": "a whole number, 1 or more",
        "parts.NAME.size": "a whole number, 1 or more",
        "way": "`up`, `down`",
        "maybe": "0 to 1",
        "either": "`all` or a list",
        "on": "`true` or `false`",
    }
    assert found["rate"].required and found["rate"].meaning == "a b"
    assert found["way"].default == "up"
