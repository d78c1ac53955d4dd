"""How signals reach those who own what caused them: ties, rights and blame (rules M8.3, M8.4)."""

from __future__ import annotations

import numpy as np

from sim.agents.decisions import JOURNEY_OWNER
from sim.agents.firm import Firm
from sim.philox import RECOGNITION
from sim.recognition import AGENT, PERSON, heard_of
from sim.slices import signals_of_the_firm
from sim.tallies import FIXED


class Channels:
    """What is heard of what customers voice, and about which site.

    Parameters
    ----------
    model : Firm
        The enterprise.
    """

    def __init__(self, model: Firm):
        self.model = model
        blueprint = model.blueprint
        sites, functions = range(len(blueprint.site_ids)), range(len(blueprint.functions))
        owners = [model.decisions.owners(site) for site in sites]
        at = [[model.decisions.touches(site, f) for f in functions] for site in sites]
        self._at_site = np.array(at).T
        self._at_cause = _whom(self._at_site)
        self._owning = _whom(np.array([[f in owners[s] for s in sites] for f in functions]))
        self._role_owns = np.array([JOURNEY_OWNER in owners[site] for site in sites])
        self.heard = np.zeros((len(sites), len(sites)), np.int64)

    def chances(self) -> np.ndarray:
        """Return the chance that a signal's cause is recognised and its owner hears of it.

        τ_cause·τ_owner: where it was felt, somebody has a tie to a function at the site
        that caused it, and a tie to an owner of that site. An agent's report names the
        cause, so only the second counts.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_touchpoints, n_sites, 2): by where it was felt, what caused
            it, and who voiced it.
        """
        organisation, felt_by = self.model.organisation, self.model.blueprint.owners
        elsewhere = organisation.across[:, None] * organisation.ties_kept
        inside = organisation.inside[:, None] * organisation.ties_kept
        to_cause = _best_tie(inside, elsewhere, *self._at_cause)
        to_owner = _best_tie(inside, elsewhere, *self._owning)
        to_owner = np.maximum(to_owner, elsewhere * self._role_owns)
        by_function = np.empty((*to_owner.shape, 2))
        by_function[..., PERSON] = to_cause * to_owner
        by_function[..., AGENT] = to_owner
        there = felt_by >= 0  # nobody works where nobody owns the step
        return np.where(there[:, None, None], by_function[felt_by], 0.0)

    def listen(self) -> tuple[np.ndarray, np.ndarray]:
        """Take in the week's signals; what is expected is sorted by the same chances.

        Management expects people to report what they see: blame is not in what it expects.

        Returns
        -------
        tuple of numpy.ndarray
            Signals by the site they count at and their cause, int64, shape (n_sites,
            n_sites); signals expected with no defect anywhere by the site they would count
            at, float64, shape (n_sites,).
        """
        model, state = self.model, self.model.state
        chances = self.chances()
        counters, customers = model.blueprint.site_counters, model.study.market.slice
        voiced = signals_of_the_firm(state, customers, model.week, counters)
        felt_by = model.blueprint.owners
        own = self._at_site[felt_by] & (felt_by >= 0)[:, None]
        blame = model.organisation.levers.culture.blame
        heard_of(
            state.keys[RECOGNITION],
            counters,
            model.week,
            voiced,
            chances,
            own,
            blame,
            self.heard,
        )
        all_expected = state.expected * (customers / FIXED)
        recognised = all_expected * chances
        expected = recognised.sum(axis=(0, 2))
        expected[: len(felt_by)] += (all_expected - recognised).sum(axis=(1, 2))
        for array in (state.signals, state.precise, state.foreseen, state.expected):
            array[:] = 0
        return self.heard, expected


def _whom(there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which functions are at a site themselves, and for which another one is.

    Parameters
    ----------
    there : numpy.ndarray
        Which functions are at which sites, bool, shape (n_functions, n_sites).
    """
    return there, there.sum(axis=0) > there


def _best_tie(
    inside: np.ndarray, across: np.ndarray, itself: np.ndarray, another: np.ndarray
) -> np.ndarray:
    """Return the best tie of each function to those at each site, (n_functions, n_sites)."""
    best: np.ndarray = np.maximum(inside * itself, across * another)
    return best
