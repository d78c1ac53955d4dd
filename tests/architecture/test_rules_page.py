"""The page of rules names files and tests that exist, and leaves no rule out."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip().strip("`") for cell in line.strip("|").split("|")]
    for line in (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines()
    if line.startswith(("| M", "| E"))
]
NUMBERED = {3: 4, 4: 5, 5: 6, 6: 4, 8: 8}
"""How many numbered parts a rule of the model has, where it has any."""


def test_every_file_and_test_that_is_named_exists() -> None:
    assert len(ROWS) > 40
    for rule, _, file, test in ROWS:
        assert (PROJECT / file).is_file(), (rule, file)
        where, _, name = test.partition("::")
        source = (PROJECT / where).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), (rule, test)


def test_no_rule_is_left_out() -> None:
    named = {rule for rule, *_ in ROWS}
    for number in range(1, 15):
        parts = NUMBERED.get(number)
        wanted = [f"M{number}.{part + 1}" for part in range(parts)] if parts else [f"M{number}"]
        assert set(wanted) <= named, wanted
