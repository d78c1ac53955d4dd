"""Whether functions had the people that their work needs, once a run is over."""

from __future__ import annotations

from collections.abc import Mapping

TOO_BUSY = 0.95
"""Utilisation above which a function is understaffed: hardly anybody is ever free."""
TOO_IDLE = 0.5
"""Utilisation up to which it is overstaffed: half of its people's time nobody needs."""


def staffing_doubts(shares: Mapping[str, float]) -> list[str]:
    """Return which functions have too many or too few people, a sentence without full stop each.

    Parameters
    ----------
    shares : mapping of str to float
        Utilisation by function.
    """
    said = []
    for name, share in shares.items():
        if share > TOO_BUSY:
            said.append(f"{name} is understaffed: work takes {100 * share:.0f} % of its time")
        elif share <= TOO_IDLE:
            said.append(f"{name} is overstaffed: work takes {100 * share:.0f} % of its time")
    return said
