"""What `levers` and `worlds` found is shown for the question that they answered, and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from studies import PLAIN, RICH, compact_study

from analysis.explore.found import evidence_for
from analysis.explore.states import AskedPair, Change, FirmChoice, WindowState

STUDY = compact_study(PLAIN, RICH)
LEVERS = {
    "measure": "net_value", "from": "plain", "to": "rich", "answer": "It is owed to roles",
    "difference": {"mean": 3.0, "low": 1.0, "high": 5.0},
    "groups": [
        {"label": "roles", "changes": "cx_team 0 -> 10", "term": 4.0, "low": 2.0, "high": 6.0},
        {"label": "pay", "changes": "weight 0 -> .3", "term": -1.0, "low": -2.0, "high": 0.0},
    ],
}  # fmt: skip
WORLDS = {
    "headline": "net_value", "answer": "Rich wins", "labels": {"plain": "Plain", "rich": "Rich"},
    "would_change": {
        "lead_of": "rich", "lead_over": "plain",
        "strongest": [{"parameter": "voice_person", "low_mean": 9.0, "high_mean": 4.0}],
    },
}  # fmt: skip


def result(out: Path, name: str, file: str, told: dict[str, Any], **changed: Any) -> None:
    study = STUDY.model_dump(mode="json") | changed
    folder = out / name
    folder.mkdir(parents=True)
    manifest = {"study_as_resolved": study, "started": name}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / file).write_text(json.dumps(told), encoding="utf-8")


def found(out: Path, state: WindowState | None = None) -> dict[str, Any]:
    asked = AskedPair(STUDY, ("plain", "rich"), ("plain", "rich"), {})
    return evidence_for(asked, state or WindowState(), out, "my firm.yaml", "python run.py")


def test_without_results_there_is_the_command(tmp_path) -> None:
    told = found(tmp_path / "nowhere")
    command = "python run.py levers 'my firm.yaml' --from plain --to rich"
    assert told["levers"]["command"] == command
    assert told["worlds"]["command"] == "python run.py worlds 'my firm.yaml'"


def test_a_changed_state_has_to_be_saved_first(tmp_path) -> None:
    state = WindowState(changes=(Change(side="b", path="authority", value=1),))
    told = found(tmp_path, state)
    assert "Save the study first" in told["levers"]["said"]
    assert told["worlds"]["command"].endswith("worlds compact.yaml")
    bundled = WindowState(firm=FirmChoice(kind="bundled", name="clinic"))
    assert "scenarios/firms/clinic.yaml" in found(tmp_path, bundled)["worlds"]["command"]


def test_bars_lead_from_one_level_to_the_other(tmp_path) -> None:
    result(tmp_path, "a-levers", "levers.json", LEVERS)
    told = found(tmp_path)["levers"]
    assert [(row["from"], row["to"]) for row in told["rows"]] == [(0, 4), (4, 3), (0, 3)]
    assert told["said"] == "It is owed to roles."


def test_a_tornado_has_what_moves_the_lead(tmp_path) -> None:
    result(tmp_path, "a-worlds", "worlds.json", WORLDS)
    told = found(tmp_path)["worlds"]
    assert told["rows"][0]["label"] == "voice person"
    assert (told["rows"][0]["low"], told["rows"][0]["high"]) == (9, 4)
    assert told["unit"] == "lead of Rich over Plain, net value"


@pytest.mark.parametrize(
    "changed",
    [
        {"market": {**STUDY.model_dump(mode="json")["market"], "customers": 7}},
        {"parameters": {"voice_person": 0.9}},
        {"organisations": [{**each, "authority": 0.77}
                           for each in STUDY.model_dump(mode="json")["organisations"]]},
    ],
)  # fmt: skip
def test_what_is_about_another_firm_or_lever_is_not_shown(tmp_path, changed) -> None:
    result(tmp_path, "a-levers", "levers.json", LEVERS, **changed)
    result(tmp_path, "b-worlds", "worlds.json", WORLDS, **changed)
    told = found(tmp_path)
    assert "rows" not in told["levers"] and "rows" not in told["worlds"]


def test_the_other_way_round_is_another_question(tmp_path) -> None:
    result(tmp_path, "a-levers", "levers.json", LEVERS | {"from": "rich", "to": "plain"})
    assert "rows" not in found(tmp_path)["levers"]


def test_what_is_damaged_or_a_link_is_passed_over(tmp_path) -> None:
    result(tmp_path, "a-levers", "levers.json", LEVERS)
    (tmp_path / "b-levers").mkdir()
    (tmp_path / "b-levers" / "levers.json").write_text("{", encoding="utf-8")
    (tmp_path / "c-levers").symlink_to(tmp_path / "a-levers")
    assert "rows" in found(tmp_path)["levers"]
