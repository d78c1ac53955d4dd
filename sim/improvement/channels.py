"""How signals reach those who own what caused them: ties, rights and blame (rules M8.3, M8.4)."""

from __future__ import annotations

import numpy as np

from sim.engine.draws import DRAW_OBSERVE, DRAW_RECOGNITION
from sim.improvement.firm import Firm
from sim.improvement.recognition import (
    N_KINDS,
    SHOWING,
    heard_of,
    observe,
    set_chances,
    sort_expected,
)
from sim.improvement.remedies import remedies_of_the_firm
from sim.improvement.rights import JOURNEY_OWNER
from sim.improvement.slices import (
    errors_observed_in_the_firm,
    errors_voiced_in_the_firm,
    observed_in_the_firm,
    signals_of_the_firm,
)
from sim.organisation.lasting import Lasting
from sim.state.severity import SEES_ALL, SEES_NOTHING
from sim.state.tallies import (
    CARRIED_EXPECTED,
    ERRORS_SHOWN,
    FIXED,
    NO_SPEAKER,
    UNVOICED,
    UNVOICED_EXPECTED,
    UNVOICED_FORESEEN,
)
from sim.state.units import pooled
from sim.study.working_time import WEEKS_PER_QUARTER


class Channels:
    """What is heard of what customers voice, and about which site.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    kinds : numpy.ndarray
        Signals of the week by the site they count at and their kind (``sim.improvement.sight``),
        int64, shape (n_sites, N_KINDS).
    told : numpy.ndarray
        Signals of the week that say what would put the failure right, by the site they count at
        and their cause, int64, shape (n_sites, n_sites).
    """

    def __init__(self, model: Firm):
        self.model = model
        blueprint = model.blueprint
        sites, functions = range(len(blueprint.site_ids)), range(len(blueprint.functions))
        owners = [model.decisions.owners(site) for site in sites]
        at = [[model.decisions.touches(site, f) for f in functions] for site in sites]
        self._present = present = np.array(at).T
        self._owning = np.array([[model.decisions.has_say(s, f) for s in sites] for f in functions])
        self._role_owns = np.array([JOURNEY_OWNER in owners[site] for site in sites])
        felt_by = blueprint.owners
        self._own = present[felt_by] & (felt_by >= 0)[:, None]
        self._chances: Lasting[np.ndarray] = Lasting()
        self.heard = np.zeros((len(sites), len(sites)), np.int64)
        self.kinds = np.zeros((len(sites), N_KINDS), np.int64)
        self.told = np.zeros_like(self.heard)
        self.expected = np.zeros(len(sites))
        self._watched: np.ndarray | None = None

    def chances(self) -> np.ndarray:
        """Return the chance that a signal's cause is recognised and its owner hears of it.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_touchpoints, n_sites, 2): by where it was felt, what caused
            it, and who voiced it.
        """
        organisation = self.model.organisation
        reason = (organisation, organisation.capability.ties, organisation.week.ties_kept)
        return self._chances.of(reason, self._work_out_chances)

    def _work_out_chances(self) -> np.ndarray:
        organisation = self.model.organisation
        ties = organisation.ties
        to_cause = _best(ties, self._present)
        to_owner = _best(ties, self._owning)
        # A journey owner is known as somebody of another function is, by whoever is known best.
        apart = np.where(np.eye(len(ties), dtype=bool), 0.0, ties).max(axis=1)
        to_owner = np.maximum(to_owner, apart[:, None] * self._role_owns)
        kept, felt_by = organisation.week.ties_kept, self.model.blueprint.owners
        chances = np.zeros((len(felt_by), len(self._role_owns), 2))
        set_chances(felt_by, kept, to_cause, to_owner, chances)
        return chances

    def blame(self) -> float:
        """Return b, the share of people's reports on their own function that are held back.

        b = min(1, blame lever + `blame_ambiguity` · share of the issues of the last quarter that
        several own or nobody: where it is unclear whose a fault is, people fear to be given it
        (an assumption, direction and size).
        """
        model, organisation = self.model, self.model.organisation
        lever = organisation.levers.culture.blame
        weight = organisation.parameters["blame_ambiguity"]
        recent = model.register.opened_since(model.week - WEEKS_PER_QUARTER) if weight > 0 else []
        if not recent:
            return lever
        unclear = sum(len(model.decisions.owners(issue.site)) != 1 for issue in recent)
        return min(1.0, lever + weight * unclear / len(recent))

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
        counters, stands_for = model.blueprint.site_counters, model.blueprint.stands_for
        voiced = signals_of_the_firm(state, stands_for, model.week, counters)
        heard_of(
            state.keys[DRAW_RECOGNITION],
            counters,
            model.week,
            voiced,
            chances,
            self._own,
            self.blame(),
            errors_voiced_in_the_firm(state, stands_for, voiced),
            self.heard,
            self.kinds,
            remedies_of_the_firm(state, stands_for, model.week, counters, voiced),
            self.told,
        )
        says = np.ascontiguousarray(state.remedies[..., CARRIED_EXPECTED])
        sort_expected(state.expected, stands_for / FIXED, chances, self.expected, says)
        self._observe()
        heard = (state.signals, state.foreseen, state.expected, state.unvoiced, state.error_signals)
        for array in heard:
            array[:] = 0
        state.remedies[:] = 0
        if model.blueprint.structure.defects == "firm":
            self._pool()
        return self.heard, self.expected

    def _pool(self) -> None:
        """Count what is heard about a process that units share in one place (rule E8)."""
        shared = self.model.blueprint.processes
        self.heard = pooled(shared, pooled(shared, self.heard), axis=1)
        self.told = pooled(shared, pooled(shared, self.told), axis=1)
        self.kinds = pooled(shared, self.kinds)
        self.expected = pooled(shared, self.expected)

    def observed(self) -> np.ndarray:
        """Return the chance that a failure which nobody voices is seen, by touchpoint (rule E4).

        `observe_share` where measurement can see failures at all and somebody looks: with
        touchpoints measured an owner looks at errors at its own touchpoints, with journeys
        measured whoever has the right to see what is felt there.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_touchpoints,).
        """
        model = self.model
        if self._watched is None:
            sees = int(model.state.rules[0]["observes"])
            everybody = (*model.roles, *model.functions)
            steps = range(len(model.blueprint.touchpoints))
            looked_at = [
                any(agent.sees(step) for agent in everybody)
                if sees == SEES_ALL
                else bool(model.decisions.owners(step))
                for step in steps
            ]
            share = 0.0 if sees == SEES_NOTHING else model.organisation.parameters["observe_share"]
            self._watched = share * np.array(looked_at)
        return self._watched

    def _observe(self) -> None:
        """Add what measurement sees of unvoiced failures to what is heard and to be expected."""
        share = self.observed()
        if not share.any():
            return
        model, state, unvoiced = self.model, self.model.state, self.model.state.unvoiced
        stands_for, key = model.blueprint.stands_for, state.keys[DRAW_OBSERVE]
        counters, steps = model.blueprint.site_counters, len(share)
        if stands_for == 1:
            errors, silent = (
                state.error_signals[:, NO_SPEAKER, ERRORS_SHOWN],
                unvoiced[:, :, UNVOICED],
            )
            observe(key, counters, model.week, silent, share, errors, self.heard, self.kinds)
        else:
            means = unvoiced[:, :, UNVOICED_FORESEEN] * share[:, None] * (stands_for / FIXED)
            found = observed_in_the_firm(key, counters, model.week, means)
            self.heard[:steps] += found
            self.kinds[:steps, SHOWING] += errors_observed_in_the_firm(state, found)
        expected = unvoiced[:, :, UNVOICED_EXPECTED].sum(axis=1)
        self.expected[:steps] += expected * share * (stands_for / FIXED)


def _best(ties: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the best tie of each function to anybody at each site, (n_functions, n_sites).

    Parameters
    ----------
    ties : numpy.ndarray
        τ, shape (n_functions, n_functions).
    there : numpy.ndarray
        Which functions are at which sites, bool, shape (n_functions, n_sites).
    """
    best: np.ndarray = (ties[:, :, None] * there).max(axis=1)
    return best
