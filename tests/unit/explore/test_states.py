"""What a window asks becomes a study by the reader of study files, and by nothing else."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from analysis.commands.firm_starter import firms
from analysis.explore.saving import saved_study
from analysis.explore.states import Change, FirmChoice, FirmShelf, WindowState, asked_by
from sim.keeping.manifest import study_hash
from sim.reading.bundled import bundled
from sim.reading.loader import load_study
from sim.study.errors import StudyError


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> FirmShelf:
    nowhere = tmp_path_factory.mktemp("nowhere") / "here"
    nowhere.mkdir()
    return FirmShelf("scenarios/board.yaml", (), firms(), nowhere)


def test_a_window_begins_with_the_baseline_and_the_next(shelf) -> None:
    asked = asked_by(WindowState(), shelf)
    assert asked.names == ("siloed", "centralised")
    assert asked.study.baseline == "siloed"
    assert asked.study.changes == ()
    assert {"hybrid", "peer", "divisional"} <= set(asked.org_models)


def test_changes_are_laid_over_as_a_command_line_would(shelf) -> None:
    changes = (
        Change(side="b", path="authority", value=0.2),
        Change(side=None, path="market.agent_adoption", value=0.4),
        Change(side="b", path="authority", value=0.7),
        Change(side="b", path="ownership.boundaries", value="soft"),
    )
    asked = asked_by(WindowState(pair=("siloed", "hybrid"), changes=changes), shelf)
    expected = load_study(
        "scenarios/board.yaml",
        ["market.agent_adoption=.4", "organisations.hybrid.authority=.7",
         "organisations.hybrid.ownership.boundaries=soft"],
        orgs=["siloed", "hybrid"],
    )  # fmt: skip
    assert study_hash(asked.study) == study_hash(expected)
    assert asked.study.changes[-1] == "organisations.hybrid.ownership.boundaries=soft"


def test_one_structure_stands_on_both_sides(shelf) -> None:
    change = Change(side="b", path="authority", value=1)
    asked = asked_by(WindowState(pair=("hybrid", "hybrid"), changes=(change,)), shelf)
    first, second = asked.study.organisations
    assert asked.names == ("hybrid", "hybrid 2") and asked.study.baseline == "hybrid"
    assert (first.authority, second.authority) == (0.4, 1)
    assert second.label == "Hybrid (2)"


def test_a_bundled_structure_that_the_study_lacks_is_there_twice_as_well(shelf) -> None:
    asked = asked_by(WindowState(pair=("divisional", "divisional")), shelf)
    assert asked.study.organisations[1].structure.units > 1


def test_every_mistake_is_told_with_its_change(shelf) -> None:
    changes = (
        Change(side="a", path="authority", value=7),
        Change(side=None, path="market.custmers", value=3),
        Change(side="b", path="staffing.cx_team", value="a lot"),
    )
    with pytest.raises(StudyError) as caught:
        asked_by(WindowState(changes=changes), shelf)
    files = [each.file for each in caught.value.problems]
    assert sorted(files) == [
        "--set market.custmers=3",
        "--set organisations.centralised.staffing.cx_team=\"a lot\"",
        "--set organisations.siloed.authority=7",
    ]  # fmt: skip


def test_a_value_cannot_smuggle_another_key(shelf) -> None:
    changes = (Change(side=None, path="description", value="x\nmarket: {customers: 1}"),)
    asked = asked_by(WindowState(changes=changes), shelf)
    assert asked.study.market.customers == 40000


@pytest.mark.parametrize(
    "wrong",
    [
        {"pair": ["a"]},
        {"changes": [{"side": "c", "path": "authority", "value": 1}]},
        {"changes": [{"side": "a", "path": "authority=1\nx", "value": 1}]},
        {"changes": [{"side": "a", "path": "authority", "value": {"a": 1}}]},
        {"changes": [{"side": "a", "path": "x", "value": 1}] * 401},
        {"firm": {"kind": "file", "name": "/etc/passwd"}},
        {"extension": "evil"},
        {"number": 10**6},
    ],
)
def test_what_is_no_state_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        WindowState.model_validate(wrong)


def test_no_such_firm_or_org_model(shelf) -> None:
    with pytest.raises(StudyError, match="no org model `hybird`"):
        asked_by(WindowState(pair=("siloed", "hybird")), shelf)
    with pytest.raises(StudyError, match="no bundled firm"):
        asked_by(WindowState(firm=FirmChoice(kind="bundled", name="../board")), shelf)


def test_a_study_that_wants_an_extension_is_refused(shelf) -> None:
    text = bundled("board.yaml").read_text(encoding="utf-8") + "\nextensions: [loyalty]\n"
    with pytest.raises(StudyError, match="extension"):
        asked_by(WindowState(firm=FirmChoice(kind="text", name="x.yaml", text=text)), shelf)


def test_a_firm_too_large_for_the_machine_is_refused(shelf) -> None:
    changes = (Change(side=None, path="market.customers", value=3 * 10**9),)
    with pytest.raises(StudyError, match="too large"):
        asked_by(WindowState(changes=changes), shelf)


@pytest.mark.parametrize("firm", firms())
def test_a_saved_study_is_the_same_study(firm, tmp_path) -> None:
    study = load_study(bundled(firms()[firm])).model_copy(update={"compared_with": None})
    file = tmp_path / "saved.yaml"
    file.write_text(saved_study(study, "python run.py"), encoding="utf-8")
    assert study_hash(load_study(file)) == study_hash(study)


def test_what_was_changed_stands_in_a_saved_study(shelf) -> None:
    change = Change(side=None, path="description", value="yes: [1e3, no] # 0x1F")
    study = asked_by(WindowState(changes=(change,)), shelf).study
    text = saved_study(study, "standing")
    assert "Changed: description=" in text.splitlines()[1]
    firm = FirmChoice(kind="text", name="saved.yaml", text=text)
    again = asked_by(WindowState(firm=firm), shelf).study
    assert again.description == "yes: [1e3, no] # 0x1F"
    assert study_hash(again) == study_hash(study)
