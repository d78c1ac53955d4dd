"""From the organisation's people, ties and efforts to the rates that the rules read.

They are written into the state before each week's days (rules M5, M7, M8.1).
"""

from __future__ import annotations

import numpy as np

from sim.blueprint import HOURS_PER_WEEK, NEVER
from sim.organisation import Organisation
from sim.state import State


class Rates:
    """Writes an organisation's weekly rates.

    Parameters
    ----------
    organisation : Organisation
        One enterprise under one bundle of levers.
    """

    def __init__(self, organisation: Organisation):
        self.organisation = organisation
        blueprint = organisation.blueprint
        steps, _ = blueprint.touchpoint_array()
        self._owned = blueprint.owners >= 0
        self._odds = np.exp(steps["log_odds"])
        self._faults = np.array(steps["latent"])

    def write(self, state: State, defects: np.ndarray) -> None:
        """Write what the rules read into the state.

        Parameters
        ----------
        state : State
            Written: functions, seams, rates, find_hours.
        defects : numpy.ndarray
            Defects at each site, int, shape (n_sites,).
        """
        n_touchpoints = len(self.organisation.blueprint.touchpoints)
        state.functions["slowness"] = self.organisation.slowness()
        self._set_seams(state, defects[n_touchpoints:])
        self._set_finding(state)
        self._set_touchpoints(state, defects[:n_touchpoints])

    def _seams_without_defects(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what a seam keeps of a note, and its hazard of loss, if it has no defect."""
        p = self.organisation.parameters
        ties = np.array(
            [self.organisation.tie(*seam) for seam in self.organisation.blueprint.seams]
        )
        kept = 1.0 - (1.0 - p["note_retention"]) * (1.0 - ties)
        return kept, p["loss_rate"] * (1.0 - ties) * (1.0 - self.organisation.liaison())

    def _steps_without_defects(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the odds of an error and the chance of a latent fault without a defect."""
        owners = self.organisation.blueprint.owners
        errors = np.where(self._owned, self.organisation.error_factor()[owners], 1.0)
        faults = np.where(self._owned, self.organisation.fault_factor()[owners], 1.0)
        return self._odds * errors, self._faults * faults

    def _set_touchpoints(self, state: State, defects: np.ndarray) -> None:
        p = self.organisation.parameters
        effect = p["defect_error"] * (1.0 - np.exp(-p["defect_effect"] * defects))
        errors, faults = self._steps_without_defects()
        worse = np.exp(effect)  # defects multiply odds
        chance = faults * worse / (1.0 - faults + faults * worse)
        state.rates["error_odds"] = errors
        state.rates["defect_odds"] = worse
        state.rates["fault"] = chance
        np.divide(faults, chance, out=state.rates["fault_weight"], where=chance > 0.0)

    def _set_seams(self, state: State, defects: np.ndarray) -> None:
        if len(defects) == 0:
            return
        p = self.organisation.parameters
        kept, hazard = self._seams_without_defects()
        state.seams["retention"] = kept * np.exp(-p["note_defect_loss"] * defects)
        state.seams["lost"] = 1.0 - np.exp(-hazard * (1.0 + p["loss_defect"] * defects))
        state.seams["lost_without_defects"] = 1.0 - np.exp(-hazard)

    def _set_finding(self, state: State) -> None:
        """Mean time to find a lost case: open cases × hours a check ÷ monitoring hours."""
        p = self.organisation.parameters
        weekly = self.organisation.hours.looking_hours
        hours = weekly / HOURS_PER_WEEK  # in an hour of the clock
        checks = np.maximum(1.0, state.open_cases) * p["monitor_minutes"] / 60.0
        state.find_hours[:] = NEVER
        np.divide(checks, hours, out=state.find_hours, where=hours > 0)
