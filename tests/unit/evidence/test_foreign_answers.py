"""Worlds and answers that lie beside a result, and come from anybody."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.commands.trace import first_world
from analysis.evidence.ensembles import (
    ENDING,
    ENSEMBLES,
    NUMBERS_APART,
    Ensemble,
    ensemble_file,
    ensemble_text,
    ensembles_of,
    firm_key,
    read_ensemble,
)
from analysis.evidence.sampling import worlds_from_ranges
from analysis.evidence.would_change import (
    ANSWER,
    OF_STUDY,
    UNKNOWN,
    question_of,
    what_would_change,
)
from sim.reading.loader import load_study
from sim.study.errors import ResultFolderError, StudyError

needs_unix = pytest.mark.skipif(os.name == "nt", reason="needs pipes and links")
NOTHING = Path("nothing.json")


@pytest.fixture(scope="module")
def study():
    return load_study("scenarios/board.yaml", overrides=["market.customers=30000"])


@pytest.fixture(scope="module")
def whole(study) -> Ensemble:
    recipe = {"enterprise": study.enterprise.enterprise, "firm": firm_key(study)}
    return Ensemble("siloed", recipe, tuple(worlds_from_ranges(study, 3, 3)))


def changed(column: str, value: str) -> Callable[[str], str]:
    """Return what puts a value into a column of the first world."""

    def change(text: str) -> str:
        lines = text.splitlines()
        at = next(place for place, line in enumerate(lines) if not line.startswith("#"))
        cells = lines[at + 1].split(",")
        cells[lines[at].split(",").index(column)] = value
        return "\n".join([*lines[: at + 1], ",".join(cells), *lines[at + 2 :], ""])

    return change


def without(column: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        lines = text.splitlines()
        head = next(line for line in lines if not line.startswith("#"))
        place = head.split(",").index(column)
        rows = [line.split(",") for line in lines if not line.startswith("#")]
        kept = [",".join(row[:place] + row[place + 1 :]) for row in rows]
        return "\n".join([*(line for line in lines if line.startswith("#")), *kept, ""])

    return change


HOSTILE: dict[str, tuple[Callable[[str], str], str]] = {
    "no number": (changed("error_scale", "nan"), "error_scale is nan"),
    "endless": (changed("error_scale", "inf"), "error_scale is inf"),
    "not permitted": (changed("voice_agent", "7"), "voice_agent is 7, and 0 to 1 is permitted"),
    "a text": (changed("error_scale", "much"), "could not convert"),
    "a size that no firm has": (changed("size", "1e300"), "0.85 to 1.15 is permitted"),
    "no world": (changed("member", "-1"), "there is no world -1"),
    "a switch that is none": (changed("off", "everything"), "everything is no parameter"),
    "a parameter that is none": (lambda text: text.replace("error_scale", "no_such"), "no_such"),
    "a column too few": (without("error_scale"), "no value of error_scale"),
    "a short row": (lambda text: f"{text}1,0\n", "not as long as the first"),
    "a long row": (lambda text: text[:-1] + ",1,1\n", "not as long as the first"),
    "a long cell": (lambda text: f"{text}{'a' * 200_000}\n", "field limit"),
    "a deep recipe": (lambda text: f"# {'[' * 5000}\n{text}", "nested too deeply"),
    "a long recipe": (lambda text: "# a: b\n" * 20_000 + text, "recipe is longer"),
    "no recipe": (lambda text: text[text.index("member") :], "org_model"),
    "nothing": (lambda text: "", "org_model"),
    "too many worlds": (
        lambda text: text + text.splitlines(keepends=True)[-1] * NUMBERS_APART,
        "more than 1000 worlds",
    ),
    "too large": (lambda text: text + "\n" * (1 << 22), "larger than 4 MiB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_worlds_that_could_not_have_been_drawn_are_refused(study, whole, tmp_path, kind) -> None:
    change, said = HOSTILE[kind]
    file = tmp_path / ENSEMBLES / f"any{ENDING}"
    file.parent.mkdir()
    file.write_text(change(ensemble_text(whole)), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        ensembles_of(study, tmp_path)
    assert said in str(refused.value) and "make it again with `fit`" in str(refused.value).lower()


@needs_unix
def test_worlds_are_read_from_plain_files_only(study, tmp_path) -> None:
    file = tmp_path / ENSEMBLES / f"any{ENDING}"
    file.parent.mkdir()
    os.mkfifo(file)
    with pytest.raises(StudyError, match="it is a pipe"):
        ensembles_of(study, tmp_path)
    file.unlink()
    file.symlink_to("/dev/zero")
    with pytest.raises(StudyError, match="it is a link"):
        ensembles_of(study, tmp_path)


def test_the_worlds_of_another_firm_are_never_written_over(study, whole, tmp_path) -> None:
    file = ensemble_file(whole, "subscription", tmp_path)
    assert file == tmp_path / ENSEMBLES / f"subscription-siloed{ENDING}"
    file.parent.mkdir()
    file.write_text(ensemble_text(whole), encoding="utf-8")
    assert ensemble_file(whole, "subscription", tmp_path) == file
    other = Ensemble("siloed", {"firm": "0123456789abcdef"}, whole.worlds)
    beside = file.with_name(f"subscription-siloed-01234567{ENDING}")
    assert ensemble_file(other, "subscription", tmp_path) == beside
    file.write_text("my own notes", encoding="utf-8")
    assert ensemble_file(other, "subscription", tmp_path) == beside
    assert ensemble_file(whole, "subscription", tmp_path) != file
    beside.write_text(ensemble_text(other), encoding="utf-8")
    assert read_ensemble(beside).recipe["firm"] == "0123456789abcdef"


ANSWERS: dict[str, Callable[[dict], str]] = {
    "deep": lambda _: "[" * 100_000,
    "a list": lambda _: "[1]",
    "no text": lambda _: "\ud800",
    "no number of worlds": lambda told: json.dumps(told | {"worlds": "many"}),
    "nothing that would change": lambda told: json.dumps(told | {"would_change": [1]}),
    "no parameter": lambda told: json.dumps(
        told | {"would_change": {"flips": "a", "strongest": [{"parameter": "no_such"}]}}
    ),
    "no list": lambda told: json.dumps(
        told | {"would_change": {"flips": "a", "strongest": {"a": 1}}}
    ),
    "a crowd": lambda told: json.dumps(told | {"more": [[]] * 2_000_000}),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_that_is_none_is_passed_over(study, tmp_path, kind) -> None:
    told = {OF_STUDY: question_of(study), "worlds": 9, "would_change": None}
    (tmp_path / "any").mkdir()
    text = ANSWERS[kind](told)
    (tmp_path / "any" / ANSWER).write_text(text, encoding="utf-8", errors="surrogatepass")
    assert what_would_change(study, tmp_path, NOTHING) == UNKNOWN


def test_an_answer_says_no_more_than_a_line(study, tmp_path) -> None:
    told = {"flips": "x" * 100_000, "strongest": []}
    answer = {OF_STUDY: question_of(study), "worlds": 9, "would_change": told}
    (tmp_path / "any").mkdir()
    (tmp_path / "any" / ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    assert 100 < len(what_would_change(study, tmp_path, NOTHING)) < 2000


@needs_unix
@pytest.mark.parametrize("kind", ["a pipe", "a link"])
def test_an_answer_without_end_is_not_waited_for(study, tmp_path, kind) -> None:
    (tmp_path / "any").mkdir()
    file = tmp_path / "any" / ANSWER
    if kind == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero")
    assert what_would_change(study, tmp_path, NOTHING) == UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        {"size": 1e300},
        {"size": "nan"},
        {"number": 1e999},
        {"number": -3},
        {"parameters": {"error_scale": 1e300}},
        {"parameters": {"no_such": 1}},
        {"parameters": [1]},
        {"off": ["everything"]},
        {"off": [["a"]]},
        {"off": 7},
    ],
)
def test_a_first_world_that_could_not_have_been_drawn_is_refused(change) -> None:
    right = {"number": 1, "parameters": {"error_scale": 1.0}, "off": [], "size": 1.0}
    assert first_world({"first_world": right}) is not None
    with pytest.raises(ResultFolderError, match=r"the world in manifest\.json cannot be read"):
        first_world({"first_world": right | change})
