"""Faults put into rules to try the tests: which are made, which not, and how they are counted."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.mutants import (
    ROOT,
    Choice,
    Tried,
    all_mutants,
    explained,
    files,
    report,
    sampled,
    told,
    wilson,
)
from benchmarks.mutation import mutants_of

SOURCE = '''"""A rule with 1 sentence."""

LIMIT: float = 2.0  # hours, φ


def rule(state, first: int = 1, second: int = 2):
    """Return 1 of 2 things."""
    if first < second and not state:
        raise ValueError(f"{first} is below 3")
    state["sum"] += LIMIT * min(first, second)
    return other(state, first, second)
'''


def changes(tmp_path: Path, source: str = SOURCE) -> set[tuple[str, str]]:
    """Return what each mutant makes of which line."""
    file = tmp_path / "rule.py"
    file.write_text(source, encoding="utf-8")
    found = mutants_of(file, tmp_path)
    for mutant in found:
        ast.parse(mutant.applied(source))
    return {(mutant.operator, mutant.shown(source)[1]) for mutant in found}


def test_each_kind_of_fault_is_made(tmp_path) -> None:
    found = changes(tmp_path)
    assert {
        ("comparison", "if (first <= second) and not state:"),
        ("comparison", "if (first >= second) and not state:"),
        ("negated", "if (first < second or not state):"),
        ("negated", "if first < second and (state):"),
        ("branch removed", "if (False):"),
        ("left out", "pass"),
        ("arithmetic", "state['sum'] -= LIMIT * min(first, second)"),
        ("arithmetic", 'state["sum"] += (LIMIT / min(first, second))'),
        ("arithmetic", 'state["sum"] += LIMIT * max(first, second)'),
        ("arguments swapped", "return (other(state, second, first))"),
        ("constant", "LIMIT: float = (2.2) # hours, φ"),
        ("constant", "LIMIT: float = (-2.0) # hours, φ"),
    } <= found


def test_words_types_messages_and_what_is_never_the_state_stay(tmp_path) -> None:
    after = {line for _, line in changes(tmp_path)}
    assert not any("sentence" in line or "things" in line or "below" in line for line in after)
    assert not any("def rule" in line for line in after)
    assert not any("other(first, state" in line for line in after)


def test_checks_of_the_code_itself_stay(tmp_path) -> None:
    found = changes(
        tmp_path, "def rule(a, b):\n    return dict(zip(a, b, strict=True), more=True)\n"
    )
    assert any("more=(False)" in line for _, line in found)
    assert not any("strict=(" in line for _, line in found)


def test_what_is_explained_does_not_count_as_missed(capsys) -> None:
    reasons = explained()
    known = next(m for m in all_mutants() if told(m) in reasons)
    other = next(m for m in all_mutants() if told(m) not in reasons)
    tried = [Tried(known, False, 1, 0.0), Tried(other, False, 1, 0.0), Tried(other, True, 1, 0.0)]
    assert report(tried, 1.0) == wilson(1, 2)[1]
    assert "1 of 2 faults noticed: 50.0%" in capsys.readouterr().out


def test_every_rule_has_faults_to_be_put_into_it() -> None:
    found = all_mutants()
    assert {path.relative_to(ROOT).as_posix() for path in files()} == {m.file for m in found}
    assert len(found) > 3000


def test_a_sample_is_spread_over_files_and_the_same_for_a_seed() -> None:
    found = all_mutants()
    some = sampled(found, 300, 5)
    assert len(set(some)) == 300
    assert some == sampled(found, 300, 5) != sampled(found, 300, 6)
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        share = sum(m.file == name for m in found) / len(found)
        assert sum(m.file == name for m in some) == pytest.approx(300 * share, abs=1)


def test_the_interval_is_wilsons() -> None:
    # 81 of 263: .2553 to .3662 (Newcombe 1998, table I).
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_tests_that_execute_little_else_than_a_line_come_first_as_time_allows() -> None:
    mutant = next(m for m in all_mutants() if m.file == "sim/day/judge.py" and m.line > 60)
    place = [path.name for path in files()].index("judge.py")
    lines = [[place, mutant.line]]
    found = {
        "slow": {"seconds": 9.0, "lines": lines},
        "quick": {"seconds": 1.0, "lines": lines},
        "broad": {"seconds": 0.1, "lines": [*lines, [place, 1]]},
        "other": {"seconds": 0.1, "lines": [[place, 1]]},
    }
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    every = [test.name for test in Choice(found, 20.0).of(mutant, source)]
    assert every == ["quick", "slow", "broad"]
    assert [test.name for test in Choice(found, 5.0).of(mutant, source)] == ["quick"]


def test_what_is_explained_is_still_there() -> None:
    for file, before, after in explained():
        text = " ".join((ROOT / file).read_text(encoding="utf-8").split())
        assert before in text, (file, before)
        assert before != after
