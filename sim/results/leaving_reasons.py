"""Why a customer left: what raised their hazard of leaving, and the broken promise behind it.

Nothing is kept for this while a run goes on: whoever has left judges no more, so that what drove
them stands in their columns as it was (rules M12, E7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pandas.api.extensions import ExtensionArray

from sim.results.name_columns import column_of
from sim.state.rivals import PARTS
from sim.study.enterprise import NOBODY
from sim.study.working_time import DAYS_PER_YEAR, HOURS_PER_DAY

if TYPE_CHECKING:
    from sim.model import EnterpriseModel

TERMS = ("standing", "memory", "price", "a rival's offer")
"""What the hazard of leaving rests on, as a reason names it."""
NOTABLE = 1.05
"""Factor on the hazard from which a term is a reason."""
NO_REASON = "nothing the firm did: as often as anybody leaves"


def leaving_reasons(
    model: EnterpriseModel, left: np.ndarray
) -> dict[str, np.ndarray | ExtensionArray]:
    """Return why each customer left.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run.
    left : numpy.ndarray
        Hour at which each customer left or will, float64, shape (n_customers,).

    Returns
    -------
    dict of str to numpy.ndarray or ExtensionArray
        Columns of shape (n_customers,): ``left_on_day`` (of the window, missing for who has not
        left), ``reason``, ``broken_promise``, ``promise_owner``; texts, empty where there is
        nothing to say.
    """
    rules = model.state.rules[0]
    who = np.flatnonzero(left <= float(rules["day_end"]))
    words, which = _in_words(_factors(model, who, left[who]))
    (sites, at), (owners, by) = _promises(model, who, left[who])

    def column(numbers: np.ndarray, names: Sequence[str]) -> ExtensionArray:
        of_all = np.full(len(left), -1)
        of_all[who] = numbers
        return column_of(of_all, [*names, ""])

    day = np.full(len(left), np.nan)
    day[who] = np.floor((left[who] - float(rules["day_zero"])) / HOURS_PER_DAY) + 1.0
    return {
        "left_on_day": day,
        "reason": column(which, words),
        "broken_promise": column(at, sites),
        "promise_owner": column(by, owners),
    }


def _factors(model: EnterpriseModel, who: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return by what each term multiplied the hazard when it ended, shape (n, len(TERMS))."""
    state, rules = model.state, model.state.rules[0]
    c = state.customers[who]
    price = state.segments["price_sensitivity"][c["segment"]].astype(float)
    exponents = np.stack(
        [
            float(rules["leaving_standing"]) * (float(rules["standing_base"]) - c["standing"]),
            -float(rules["leaving_memory"]) * c["memory"],
            float(rules["leaving_price"]) * price,
            float(rules["leaving_offer"]) * _better_offers(model, who, left) * np.exp(price),
        ],
        axis=1,
    )
    return np.asarray(np.exp(np.minimum(exponents, np.log(1e4))), dtype=np.float64)


def _better_offers(model: EnterpriseModel, who: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return by how much of the yearly margin a rival offered more, as each then had it in mind."""
    if not len(model.state.offers):
        return np.zeros(len(who))
    offers = model.state.offers[who]
    better = np.maximum(0.0, offers["best"].astype(float) - offers["present"]) / PARTS
    forgotten = HOURS_PER_DAY * (offers["day"] + 1.0 + DAYS_PER_YEAR) <= left
    return np.where(forgotten, 0.0, better)


def _in_words(factors: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the notable terms, the strongest first, such as ``memory ×1.6, price ×1.2``.

    Returns
    -------
    words : list of str
        What there is to say.
    which : numpy.ndarray
        Which of it is said of each, int, shape (n,).
    """
    rounded = np.round(factors, 1)
    rounded[factors < NOTABLE] = 0.0
    kinds, which = np.unique(rounded, axis=0, return_inverse=True)
    orders = np.argsort(-kinds, axis=1, kind="stable").tolist()
    words = [
        ", ".join(f"{TERMS[t]} ×{kind[t]:,.1f}" for t in order if kind[t] > 0) or NO_REASON
        for kind, order in zip(kinds.tolist(), orders, strict=True)
    ]
    return words, which.reshape(-1)


def _promises(
    model: EnterpriseModel, who: np.ndarray, left: np.ndarray
) -> tuple[tuple[Sequence[str], np.ndarray], tuple[Sequence[str], np.ndarray]]:
    """Return the last broken promise behind each one's leaving, and the functions it lies with.

    The site at which their latest need was dropped, if that was before they left; else no one
    site, and the function that has broken most promises to them, recent ones counting more. Each
    as names and, of every customer, which of them, −1 for none, int, shape (n,).
    """
    state, blueprint = model.state, model.blueprint
    functions = blueprint.functions
    drops = state.drops[who]
    dropped = (drops["site"] >= 0) & (drops["day"] * HOURS_PER_DAY <= left)
    seams = [" and ".join(dict.fromkeys(functions[f] for f in pair)) for pair in blueprint.seams]
    owned = [[*functions, NOBODY][owner] for owner in blueprint.owners]
    broken = state.contacts.reshape(-1, len(functions))[who]["broken"]
    first = len(blueprint.site_ids)
    worst = np.where(broken.max(axis=1) > 0.0, first + broken.argmax(axis=1), -1)
    at = np.where(dropped, drops["site"], -1)
    by = np.where(dropped, drops["site"], worst)
    return (blueprint.site_ids, at), ([*owned, *seams, *functions], by)
