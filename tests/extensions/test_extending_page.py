"""``docs/extending.md`` names what there is: places, what a desk shows, parts of an extension."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from loyal_firm import ROOT

import sim
from sim.agents.desk import CHANGED, SEEN
from sim.day import places
from sim.study.extension import PLACES

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """Return the table below the first line that begins so: its first column and its second."""
    table = PAGE.partition(f"\n| {heading} |")[2].split("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {cell[0]: cell[1] for cell in cells}


def test_the_places_are_those_of_the_day_in_their_own_words() -> None:
    table = rows("place")
    assert tuple(name.strip("`") for name in table) == PLACES
    for name, words in table.items():
        said = inspect.getdoc(getattr(places, name.strip("`")))
        assert said == f"Do nothing as {words}."


def test_the_desk_shows_and_lets_change_what_stands_there() -> None:
    table = rows("the desk's")
    for method, names in (("seen", SEEN), ("changed", CHANGED)):
        listed = table[f"`{method}(name)`"].partition(": ")[2]
        assert re.findall(r"`(\w+)`", listed) == list(names)
    named = set(re.findall(r"(\w+)\b(?:\(|`|,)", " ".join(table)))
    public = {name for name in dir(sim.Desk) if not name.startswith("_")}
    assert public <= named


def test_every_part_of_an_extension_is_named() -> None:
    named = re.findall(r"`(\w+)`", " ".join(rows("part")))
    assert {*named, "name", "module"} == {field.name for field in fields(sim.Extension)}
