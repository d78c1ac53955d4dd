"""What would change the answer over worlds, in words and as plain data."""

from __future__ import annotations

import math
import re
from typing import Any

from analysis.comparison.wording import decimals_for, number
from analysis.evidence.explained import Explained
from analysis.evidence.flipping import Scene, Split, Tipping
from analysis.evidence.moving import value_at
from analysis.evidence.over_worlds import Luck, OverWorlds
from analysis.evidence.worlds_words import Labels, sentence
from sim.study.parameters import REGISTRY
from sim.study.tables import MEASURES
from sim.study.worlds import SWITCHES

_SHOWN = 6
"""Assumptions that are shown in a terminal."""


def named(name: str) -> str:
    """Return a coordinate in plain words, with the word that a study has for it."""
    if name in REGISTRY:
        # Without the letter that a formula has for it.
        meaning = re.sub(r", \S{1,3}$", "", REGISTRY[name].meaning)
        return f"{meaning} ({name})"
    return "the firm's size (size)" if name == "size" else f"{SWITCHES[name].meaning} ({name})"


def value_words(name: str, share: float) -> str:
    """Return a coordinate's value at a share of the way between the ends of its range."""
    return f"{value_at(name, share):.2g}"


def conditional_words(told: Explained | None) -> str:
    """Return on what a winner is conditional, to stand behind the verdict; empty if on nothing."""
    if told is None or not told.conditional_on:
        return ""
    on = " and whether ".join(SWITCHES[name].meaning for name in told.conditional_on)
    return f"; conditional: its sign depends on whether {on}"


def verdict_words(found: OverWorlds, told: Explained | None, labels: Labels) -> str:
    """Return the verdict in one sentence, with what a winner is conditional on."""
    return f"{sentence(found, labels)}{conditional_words(told)}"


def flips_words(found: OverWorlds, told: Explained, labels: Labels) -> str:
    """Return one sentence that says where the ranking flips, and how often that is right."""
    scenes = told.scenes
    right, guessed = (f"{100 * each:.0f} %" for each in (scenes.right, scenes.guessed))
    if not scenes.tells:
        return (
            f"No one or two assumptions say where the ranking flips: a small tree is right in "
            f"{right} of held-out worlds, naming one org model in all of them in {guessed}."
        )
    parts = []
    for best in dict.fromkeys(scene.best for scene in scenes.scenes):
        where = [_where(scene) for scene in scenes.scenes if scene.best == best]
        who = labels[found.models[best]] if best >= 0 else "nobody by over one head"
        parts.append(f"{who} is best where {', or '.join(where)}")
    return (
        f"Where the ranking flips: {'; '.join(parts)}. That is right in {right} of held-out "
        f"worlds; naming one org model in all of them in {guessed}."
    )


def _where(scene: Scene) -> str:
    return " and ".join(map(_side, _merged(scene.splits)))


def _merged(splits: tuple[Split, ...]) -> list[Split]:
    """Return splits without those that a later one on the same side makes superfluous."""
    last = {(split.name, split.above): split for split in splits}
    return list(last.values())


def _side(split: Split) -> str:
    if split.name in SWITCHES:
        return f"{SWITCHES[split.name].meaning} is {'on' if split.above else 'off'}"
    side = "above" if split.above else "at most"
    return f"{named(split.name)} is {side} {value_words(split.name, split.share)}"


def moving_lines(found: OverWorlds, told: Explained, labels: Labels) -> list[str]:
    """Return what moves the lead most, how much of it is understood, and what is owed to what."""
    moved, lead = told.moving, f"{labels[found.leader]} less {labels[found.runner_up]}"
    strongest = moved.strongest
    number_of = len(told.cloud.names)
    spec = MEASURES[found.measure]
    chance = number(spec, moved.by_chance, spec.decimals + 1)
    if strongest.empty:
        return [
            f"None of {number_of} assumptions moves {lead} by more than chance gives to the "
            f"largest of so many ({chance})."
        ]
    lines = [
        f"What moves {lead} by more than chance gives to the largest of {number_of} ({chance}):"
    ]
    for row in strongest.head(_SHOWN).to_dict("records"):
        digits = decimals_for(spec, (row["high_to"] - row["high_from"]) / 2)
        low, high = (
            number(spec, row[each], digits, signed=True) for each in ("low_mean", "high_mean")
        )
        ends = "off to on" if row["parameter"] in SWITCHES else "lowest to highest third"
        lines.append(
            f"  {named(row['parameter'])}: {low} to {high} ({ends}), "
            f"{100 * row['total']:.0f} % of its variance"
        )
    return lines


def moving_title(found: OverWorlds, told: Explained, labels: Labels) -> str:
    """Return what moves the lead most, as a title with its numbers."""
    spec, moved = MEASURES[found.measure], told.moving
    lead = f"{labels[found.leader]} less {labels[found.runner_up]}"
    if moved.strongest.empty:
        return (
            f"No assumption moves {lead} on {spec.label.lower()} by more than chance gives to the "
            f"largest of {len(told.cloud.names)}"
        )
    row = moved.strongest.to_dict("records")[0]
    digits = decimals_for(spec, (row["high_to"] - row["high_from"]) / 2)
    low, high = (number(spec, row[each], digits, signed=True) for each in ("low_mean", "high_mean"))
    return f"{lead} goes from {low} to {high} with {named(row['parameter'])}"


def share_lines(found: OverWorlds, told: Explained, luck: Luck) -> list[str]:
    """Return how well the lead is predicted, and what its variance is owed to."""
    moved = told.moving
    spec = MEASURES[found.measure]
    error = number(spec, moved.error, spec.decimals + 1)
    lines = [
        f"An emulator predicts {100 * max(0.0, moved.predicted):.0f} % of the variance of the lead "
        f"in worlds it has not seen (error {error})."
    ]
    owed = [f"{100 * moved.by_informed:.0f} % to what the ensemble informs"]
    owed += [f"{100 * moved.by_uninformed:.0f} % to what nothing informs"]
    if not math.isnan(luck.share):
        owed.append(f"{100 * luck.share:.0f} % to luck")
    lines.append(f"Of that variance {', '.join(owed)}; the rest is not told apart.")
    free = moved.table[~moved.table["informed"]].head(3)["parameter"]
    clear = set(moved.strongest["parameter"]) & set(free)
    doubt = "" if clear else " (none of it more than chance gives)"
    lines.append(
        f"Uninformed and strongest{doubt}: {'; '.join(named(str(name)) for name in free)}."
    )
    return lines


def tipping_lines(told: Explained, found: OverWorlds, labels: Labels) -> list[str]:
    """Return at what values the lead is nothing."""
    return [_tips(each, labels[found.leader]) for each in told.tipping]


def _tips(each: Tipping, leader: str) -> str:
    about = f"Tipping point of {named(each.name)}:"
    if math.isnan(each.low):
        return f"{about} none between {_range(each.name)}."
    ends = " to ".join(value_words(each.name, end) for end in (each.low, each.high))
    beyond = " or beyond" if each.low == 0.0 or each.high == 1.0 else ""
    if math.isnan(each.share):
        return f"{about} not seen between {_range(each.name)}, but not ruled out ({ends}{beyond})."
    side = "above" if each.rises else "below"
    at = value_words(each.name, each.share)
    return f"{about} {at} (95 % interval {ends}{beyond}); {leader} is ahead {side} it."


def _range(name: str) -> str:
    return f"{value_words(name, 0.0)} and {value_words(name, 1.0)}"


def switch_lines(told: Explained, found: OverWorlds, labels: Labels) -> list[str]:
    """Return the lead with each mechanism on and off."""
    if not told.switched:
        return []
    spec = MEASURES[found.measure]
    lines = [f"{labels[found.leader]} less the best other, with each mechanism on and off:"]
    for each in told.switched:
        texts = []
        for mean, low, high in (each.on, each.off):
            digits = decimals_for(spec, (high - low) / 2)
            half = number(spec, (high - low) / 2, digits)
            texts.append(f"{number(spec, mean, digits, signed=True)} \u00b1{half}")
        mark = " <- the sign depends on it" if each.decides else ""
        lines.append(f"  {SWITCHES[each.name].meaning}: on {texts[0]}, off {texts[1]}{mark}")
    return lines


def explained_object(found: OverWorlds, told: Explained | None, labels: Labels) -> dict[str, Any]:
    """Return what would change the answer as plain data; nothing known is None."""
    if told is None:
        return {"would_change": None, "conditional_on": []}
    moved = told.moving
    return {
        "conditional_on": list(told.conditional_on),
        "would_change": {
            "lead_of": found.leader,
            "lead_over": found.runner_up,
            "coordinates": len(told.cloud.names),
            "emulator": {"predicted": moved.predicted, "error": moved.error},
            "variance": {"informed": moved.by_informed, "uninformed": moved.by_uninformed},
            "swing_by_chance": moved.by_chance,
            "strongest": moved.strongest.to_dict("records"),
            "flips": flips_words(found, told, labels),
            "flips_right": told.scenes.right,
            "flips_guessed": told.scenes.guessed,
            "scenes": [_scene_object(scene, found) for scene in told.scenes.scenes],
            "tipping_points": [_tipping_object(each) for each in told.tipping],
            "mechanisms": [
                {
                    "mechanism": each.name,
                    "on": dict(zip(("mean", "low", "high"), each.on, strict=True)),
                    "off": dict(zip(("mean", "low", "high"), each.off, strict=True)),
                    "sign_depends_on_it": each.decides,
                }
                for each in told.switched
            ],
        },
    }


def _scene_object(scene: Scene, found: OverWorlds) -> dict[str, Any]:
    return {
        "where": [
            {"parameter": split.name, "above" if split.above else "at_most": _split_value(split)}
            for split in scene.splits
        ],
        "best": found.models[scene.best] if scene.best >= 0 else None,
        "n_worlds": scene.n_worlds,
        "right": scene.right,
    }


def _split_value(split: Split) -> float:
    return value_at(split.name, split.share)


def _tipping_object(each: Tipping) -> dict[str, Any]:
    return {
        "parameter": each.name,
        "at": value_at(each.name, each.share),
        "low": value_at(each.name, each.low),
        "high": value_at(each.name, each.high),
        "leader_ahead": "above" if each.rises else "below",
    }
