"""One colour an org model, for readers of all kinds of sight, and colours that text can have."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from matplotlib.colors import to_hex, to_rgb

# Okabe & Ito's palette for colour-blind readers; its yellow, unreadable on white, is replaced. The
# last four are as far from all others as its own are, with red or green lacking as well.
PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#882255",
    "#000000",
    "#332288",
    "#661100",
    "#666633",
    "#88AA55",
)
_OWN = ("siloed", "centralised", "hybrid", "journey-accountable", "enterprise-wide", "peer")
"""Bundled org models, by their places in the palette."""


def colours(org_models: Sequence[str]) -> dict[str, str]:
    """Return one colour an org model: bundled ones have theirs in every study.

    Others take what is left, by their place in the study; past the palette, lighter ones.
    """
    known = {org: _OWN.index(org) for org in org_models if org in _OWN}
    left = (place for place in itertools.count() if place not in known.values())
    found = {}
    for org in org_models:
        place = known[org] if org in known else next(left)
        rounds, number = divmod(place, len(PALETTE))
        kept = 0.55**rounds
        red, green, blue = (1 - kept * (1 - part) for part in to_rgb(PALETTE[number]))
        found[org] = to_hex((red, green, blue)) if rounds else PALETTE[number]
    return found


def readable(colour: str) -> str:
    """Return the colour, darkened as far as text on white needs (contrast 4.5, WCAG 2.2)."""
    parts = to_rgb(colour)
    while 1.05 / (_luminance(parts) + 0.05) < 4.5:
        parts = (parts[0] * 0.96, parts[1] * 0.96, parts[2] * 0.96)
    return to_hex(parts)


def _luminance(parts: tuple[float, float, float]) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
