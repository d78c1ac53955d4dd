"""Values can be followed through few files, in the order in which `docs/develop.md` names them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = {
    "A note survives a hand-off": 7,
    "A weight on the journey KPI changes errors": 7,
    "A customer from demand to report": 8,
}


@pytest.mark.parametrize("value", MOST)
def test_a_value_is_followed_through_few_files_each_named_once(value: str) -> None:
    text = (ROOT / "docs" / "develop.md").read_text(encoding="utf-8")
    paragraph = text.split(f"**{value}.**")[1].split("\n\n")[0]
    files = re.findall(r"`((?:sim|analysis)/[\w/]+\.py)`", paragraph)
    assert len(files) == len(set(files)) <= MOST[value]
    assert all((ROOT / file).is_file() for file in files)
    assert paragraph.count("→") == len(files) - 1
