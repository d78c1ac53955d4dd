"""What an organisation has built up, and keeps when its levers change (M5.3, M7, M8.5, E2).

Skill, ties across functions, agreed ways of deciding and common standards of what is written
down take hours to build and decay without them. They start where the hours given would hold them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.study.working_time import HOURS_PER_YEAR, WEEKS_PER_YEAR

HALF_SKILL = 0.5
"""What somebody who has moved to another function lacks there at first."""


@dataclass
class Capability:
    """Skill, ties and governance of one enterprise.

    Attributes
    ----------
    skill : float
        s, 1 without any training; divides work and the odds of errors.
    ties : float
        People of other functions that a person knows beyond daily work.
    governance : float
        g, 0 to 1: how far agreed ways of deciding bind those who decide.
    standards : float
        s, 0 to 1: how far common standards make what one function writes plain to the others.
    """

    skill: float
    ties: float
    governance: float = 0.0
    standards: float = 0.0

    @classmethod
    def settled(
        cls,
        parameters: dict[str, float],
        training: float,
        workshops: float,
        governed: float,
        standardised: float,
    ) -> Capability:
        """Return what the hours given would hold up for ever.

        Parameters
        ----------
        parameters : dict
            Resolved model parameters.
        training, workshops : float
            Hours a year for each head.
        governed, standardised : float
            Hours for governance, and for common standards, over hours needed; at most 1.
        """
        p = parameters
        skill = 1.0 + p["training_gain"] * training / WEEKS_PER_YEAR * p["skill_life_weeks"]
        ties = p["workshop_ties"] * workshops / WEEKS_PER_YEAR * p["tie_life_weeks"]
        governance = _at_rest(p["governance_build"] * governed, p["governance_decay"])
        standards = _at_rest(p["standards_build"] * standardised, p["standards_decay"])
        return cls(skill, ties, governance, standards)

    def with_newcomers(self, share: np.ndarray) -> np.ndarray:
        """Return the skill of people of whom some have moved there lately (rule E4).

        They serve at half skill, s·(1 − m/2n) with m of n: half as many visits, each with twice
        the odds of an error, so that mean odds rise as the pace falls.

        Parameters
        ----------
        share : numpy.ndarray
            m/n of each function, float64, shape (n_functions,).
        """
        return self.skill * (1.0 - HALF_SKILL * share)

    def live_a_week(
        self,
        parameters: dict[str, float],
        training: float,
        workshops: float,
        governed: float,
        standardised: float,
    ) -> None:
        """Build with the week's hours, and let the rest fade.

        Skill grows by gain·hours − (skill − 1)/life, ties likewise; governance by
        γ(1 − g)·governed − δ_g·g, and standards by build·(1 − s)·standardised − decay·s.
        Parameters as in `settled`.
        """
        p = parameters
        learned = p["training_gain"] * training / WEEKS_PER_YEAR
        self.skill += learned - (self.skill - 1.0) / p["skill_life_weeks"]
        met = p["workshop_ties"] * workshops / WEEKS_PER_YEAR
        self.ties += met - self.ties / p["tie_life_weeks"]
        built = p["governance_build"] * (1.0 - self.governance) * governed
        self.governance += built - p["governance_decay"] * self.governance
        built = p["standards_build"] * (1.0 - self.standards) * standardised
        self.standards += built - p["standards_decay"] * self.standards


def _at_rest(built: float, lost: float) -> float:
    """Return where x ← x + built·(1 − x) − lost·x comes to rest, 0 where nothing is built."""
    return built / (built + lost) if built > 0.0 else 0.0


def share_of_year(hours: float) -> float:
    """Return hours a year of each head as a share of the paid year."""
    return hours / HOURS_PER_YEAR
