"""The order of week, tick, case and visit stands where it is carried out; odd.md quotes it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import sim.day.pipeline
import sim.day.visit
from sim.model import EnterpriseModel

ODD = Path(sim.day.pipeline.__file__).parents[2] / "docs" / "odd.md"
PLACES = {
    "week": (EnterpriseModel.step.__doc__, 10),
    "tick and case": (sim.day.pipeline.__doc__, 4 + 6),
    "visit": (sim.day.visit.__doc__, 7),
}


def phases(docstring: str) -> list[str]:
    """Return the numbered phases of a docstring, each on one line."""
    found: list[str] = []
    open_phase = False
    for line in inspect.cleandoc(docstring).splitlines():
        if re.match(r"\d+\. ", line):
            found.append(line)
            open_phase = True
        elif open_phase and re.match(r" +\S", line):
            found[-1] += f" {line.strip()}"
        else:
            open_phase = False
    return found


@pytest.mark.parametrize("place", PLACES)
def test_the_description_of_the_model_quotes_the_order(place: str) -> None:
    docstring, number = PLACES[place]
    told = " ".join(ODD.read_text(encoding="utf-8").split())
    found = phases(docstring or "")
    assert len(found) == number
    assert [phase for phase in found if phase not in told] == []


def test_numbered_phases_are_found_whole() -> None:
    text = """Order.

    1. first,
       and more
    2. second
       (`name`).

    Not this.
    """
    assert phases(text) == ["1. first, and more", "2. second (`name`)."]
