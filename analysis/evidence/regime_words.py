"""Regime maps in words and as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.evidence.explained_words import named
from analysis.evidence.regimes import (
    ADOPTION,
    COMPLEXITY,
    DEFAULT_MAPS,
    GAP_AXIS,
    QUANTITIES,
    SIZE_AXIS,
    RegimeMap,
)
from analysis.evidence.worlds_words import SUSPICIOUS, Labels
from sim.study.errors import Problem, StudyError
from sim.study.parameters import REGISTRY
from sim.study.spelling import nearest_or_all
from sim.study.study import Study
from sim.study.worlds import SWITCHES, drawn_parameters

_WORDS = {
    SIZE_AXIS: "size (customers as a multiple of the study's)",
    COMPLEXITY: "complexity (0: the study's journeys, one variant; 1: most journeys and variants)",
    ADOPTION: "share of customers with an agent",
    GAP_AXIS: "where the gap sits (flaws three times as often)",
}


def quantity_words(name: str) -> str:
    """Return a quantity of a map in words."""
    return _WORDS.get(name) or named(name)


def chosen_maps(study: Study, asked: Sequence[Sequence[str]] | None) -> list[tuple[str, str]]:
    """Return the pairs of quantities to draw maps of.

    Parameters
    ----------
    study : Study
    asked : sequence of pairs of str, optional
        As the command line has them; the usual ones if left out.

    Raises
    ------
    StudyError
        If a word is no quantity that worlds draw.
    """
    if asked is None:
        return list(DEFAULT_MAPS)
    known = [*QUANTITIES, *SWITCHES, *drawn_parameters(study)]
    problems = [
        Problem(
            f"--map {','.join(pair)}",
            None,
            None,
            "",
            f"`{word}` is nothing that worlds draw"
            + (": the study sets it" if word in REGISTRY else ""),
            f"take {', '.join(QUANTITIES)}, or a parameter. {nearest_or_all(word, QUANTITIES)}",
        )
        for pair in asked
        for word in pair
        if word not in known
    ]
    if problems:
        raise StudyError(problems)
    return [(pair[0], pair[1]) for pair in asked]


def map_sentence(found: RegimeMap, labels: Labels) -> str:
    """Return who is best over two quantities, in one sentence."""
    pair = f"{_short(found.across)} and {_short(found.down)}"
    filled = [box for box in found.boxes if box.leader]
    if not filled:
        return f"Over {pair} no run tells who is best"
    clear = [box.leader for box in filled if box.clear]
    if not clear:
        return f"Nobody is clearly best in any of {len(filled)} boxes of {pair}"
    names = sorted(dict.fromkeys(clear), key=lambda name: -clear.count(name))
    told = ", ".join(f"{labels[name]} in {clear.count(name)}" for name in names)
    rest = len(filled) - len(clear)
    nobody = f"; in {rest} nobody is" if rest else ""
    return f"Clearly best over {pair}: {told} of {len(filled)} boxes{nobody}"


def _short(name: str) -> str:
    return {GAP_AXIS: "where the gap sits", ADOPTION: "adoption of agents"}.get(name, name)


def is_too_small(reason: str) -> bool:
    """Tell whether a run failed because its firm has too few people for its org model."""
    return reason.startswith("StudyError")


def unstaffed_words(maps: Sequence[RegimeMap]) -> list[str]:
    """Return how many firms the maps leave out, in a sentence; none if they leave out none."""
    left = maps[0].n_left_out if maps else 0
    if not left:
        return []
    firms = "1 firm" if left == 1 else f"{left} firms"
    return [f"Left out of the maps: {firms} in which an org model cannot be staffed or run."]


def map_suspicion(maps: Sequence[RegimeMap], labels: Labels) -> list[str]:
    """Return a doubt where one org model is best in nearly all boxes of all maps."""
    leaders = [box.leader for each in maps for box in each.boxes if box.leader]
    for name in dict.fromkeys(leaders):
        share = leaders.count(name) / len(leaders)
        if share > SUSPICIOUS:
            return [
                f"{labels[name]} is ahead on average, clearly or not, in {100 * share:.0f} % of "
                "all boxes: one answer for every kind of firm is a reason to suspect the model."
            ]
    return []


def map_object(found: RegimeMap, labels: Labels) -> dict[str, Any]:
    """Return a map as plain data."""
    return {
        "across": found.across,
        "down": found.down,
        "answer": map_sentence(found, labels),
        "boxes": map_rows(found),
    }


def map_rows(found: RegimeMap) -> list[dict[str, Any]]:
    """Return the boxes of a map as rows."""
    return [
        {
            found.across: box.across,
            found.down: box.down,
            "best": box.leader or None,
            "lead": box.lead,
            "error": None if math.isnan(box.error) else box.error,
            "clear": box.clear,
            "n_firms": box.n_firms,
        }
        for box in found.boxes
    ]
