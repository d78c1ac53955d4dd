"""Hostile and clumsy studies: each is refused with its place, briefly and at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.loader_inputs import FIRM, TINY, prepare
from sim.reading.loader import load_study
from sim.study.errors import MOST_SAID, Problem, StudyError

TEXT = TINY.decode()
BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with the files that the study names."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(prepare(tmp_path / "home"))
    return tmp_path / "home"


def refusal(text: str | bytes) -> StudyError:
    """Return what is said against a study, which must not take long."""
    Path("s.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.process_time()
    with pytest.raises(StudyError) as caught:
        load_study("s.yaml")
    assert time.process_time() - began < 10
    assert max(map(len, str(caught.value).splitlines())) < 2500
    return caught.value


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def test_the_study_has_no_mistake_of_its_own() -> None:
    Path("s.yaml").write_text(TEXT, encoding="utf-8")
    load_study("s.yaml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, 5, "aliases that unfold too far"),
        ("a: " + "[" * 100_000, 1, "30 levels deep"),
        ("".join(" " * depth + "a:\n" for depth in range(500)), 31, "30 levels deep"),
        ("a: &a [*a]\n", 1, "refers to nothing above it"),
        (changed("study: tiny", "study: !!python/object/apply:os.system ['id']"), 1, "the tag"),
        (changed("study: tiny", "study: ../tiny"), 1, "not permitted"),
        (changed("study: tiny", "study: /tiny"), 1, "not permitted"),
        (changed("study: tiny", "study: a/b"), 1, "not permitted"),
        (changed("study: tiny", "study: .."), 1, "not permitted"),
        (changed("[plain.yaml", "[../../etc/passwd"), 24, "leads out of the study's folder"),
        (changed("[plain.yaml", "[/etc/passwd"), 24, "is not a relative path"),
        (changed("[plain.yaml", "[scenarios/../../../etc/passwd"), 24, "leads out of the study's"),
        (changed("[plain.yaml", "[scenarios/../../board.yaml"), 24, "nor among the bundled ones"),
        (changed("[plain.yaml", "[./scenarios//etc/passwd"), 24, "nor among the bundled ones"),
        (changed("[plain.yaml", "[~/organisations/siloed.yaml"), 24, "is not a relative path"),
        (changed("[plain.yaml", "['scenarios\\board.yaml'"), 24, "is not a relative path"),
        (changed("customers: 500", "customers: .inf"), 21, "not a finite number"),
        (changed("share: .7", "share: .nan"), 23, "not a finite number"),
        (changed("share: .3", "share: -.3"), 23, "from 0 to 1"),
        (changed("customers: 500", "customers: 1000000000000"), 21, "of memory for each run"),
        (changed("help: 1.5", "help: 1e12"), 23, "from 0 to 10000"),
        (changed("help: 1.5", "help: 1e300"), 23, "from 0 to 10000"),
        (changed("heads: 4", "heads: 1000000000000"), 4, "from 1 to 1000000"),
        (changed("heads: 4", "heads: 0"), 4, "from 1 to 1000000"),
        (changed("replicates: 2", "horizon_days: 1000000000"), 26, "from 5 to 5200"),
        (changed("replicates: 2", "replicates: 1000000000"), 26, "from 1 to 100000"),
        (changed("minutes: 8", "minutes: 1e300"), 13, "from 0 to 10000000"),
        (changed("{completed: .9, call: .1}", "{visit: 1}"), 14, "no exit can be reached"),
        (changed("{wait: .4, gone: .6}", "{call: 1, gone: 5e-324}"), 13, "almost for ever"),
        (changed("recontact: visit", "recontact: call").replace("{visit: 1}", "{gone: 1}"), 19,
         "no branch leads here"),
        (changed("{organisation: other", '{organisation: other, label: "a\\e[31m"'), 24,
         "text on one line"),
        (changed("{organisation: other", '{organisation: "=1+1"'), 24, "starting with a small"),
        (changed("recontact: visit", '"\\e]0;x": 1'), 9, "the key `?]0;x` is not known"),
        (TEXT.replace("\n", "\r\n").replace("share: .3", "share: .2"), 23, "add up to 0.9"),
        (TEXT.encode("utf-16"), 1, "not UTF-8"),
        (changed("tiny", "t\xefny").encode("latin-1"), 1, "not UTF-8"),
    ],
)  # fmt: skip
def test_it_is_refused_with_its_place(text: str | bytes, line: int, words: str) -> None:
    if isinstance(text, str):
        text = text.replace("#set market.customers=50\n", "")
    found = [problem for problem in refusal(text).problems if words in str(problem)]
    assert found, refusal(text)
    assert found[0].file == "s.yaml"
    assert found[0].line == line, found


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(end: str) -> None:
    Path("s.yaml").write_bytes(TEXT.replace("\n", end).encode())
    Path("t.yaml").write_bytes(TEXT.encode("utf-8-sig"))
    assert load_study("s.yaml") == load_study("t.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "organisations: [" + "1," * 500_000 + "1]",
        "".join(f"k{number}: 1\n" for number in range(90_000)),
        changed("{visit: 1}", "{visit: 1, " + ", ".join(f"x{n}: 0" for n in range(80_000)) + "}"),
        changed("[wish]", f"[{'wish,' * 90_000}]"),
        changed("customers: 500", "customers: " + "1" * 1_000_000),
        changed("customers: 500", "customers: 1" + ",000" * 200_000),
        '{? "' + "k" * 1_000_000 + '" : 1}',
    ],
    ids=range(7),
)
def test_a_million_bytes_of_nonsense_are_refused_briefly(text: str) -> None:
    assert len(str(refusal(text)).splitlines()) <= MOST_SAID + 1


def test_a_link_that_leads_round_is_refused(folder: Path) -> None:
    try:
        (folder / "loop.yaml").symlink_to("loop.yaml")
    except OSError:
        pytest.skip("this machine makes no links")
    (found,) = refusal(changed("[plain.yaml", "[loop.yaml, plain.yaml")).problems
    assert "loop.yaml" in found.message


def test_a_study_that_names_itself_is_refused() -> None:
    Path(FIRM).write_text(TEXT, encoding="utf-8")
    assert len(refusal(changed("[plain.yaml", "[s.yaml")).problems) > 1


def test_messages_neither_steer_a_terminal_nor_run_on() -> None:
    said = str(Problem("s.yaml", 1, 1, "a\x1b[2J", f"`\u202e{'x' * 5000}` is wrong"))
    assert said.isprintable()
    assert len(said) < 1000
