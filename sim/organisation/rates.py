"""From the organisation's people, ties and efforts to the rates that the rules read.

What follows from levers alone is written into the state when they come into force, the rest
before each week's days (rules M5, M7, M8.1).
"""

from __future__ import annotations

import numpy as np

from sim.organisation.care_minutes import has_minutes
from sim.organisation.defect_rates import set_seams, set_steps
from sim.organisation.incentives import QUALITY, SEAM_WORK, THROUGHPUT, skipping
from sim.organisation.lasting import Lasting
from sim.organisation.organisation import Organisation
from sim.organisation.standards import chance_to_understand
from sim.organisation.stewardship import Care
from sim.organisation.technology import more
from sim.state.arrays import State
from sim.state.cases import NONE
from sim.state.severity import SEES_ALL, SEES_ERRORS, SEES_NOTHING
from sim.state.tallies import FIXED
from sim.study.parameter_table import EVERY_READING
from sim.study.working_time import HOURS_PER_WEEK, HOURS_PER_YEAR, NEVER


class Rates:
    """Writes an organisation's weekly rates.

    Parameters
    ----------
    organisation : Organisation
        One enterprise under one bundle of levers.
    state : State
        Written: rules, functions and rates, as far as they last as long as the levers.
    """

    def __init__(self, organisation: Organisation, state: State):
        self.organisation = organisation
        blueprint = organisation.blueprint
        steps, _ = blueprint.touchpoint_array()
        self._owners, self._owned = blueprint.owners, blueprint.owners >= 0
        self._seams = np.array(blueprint.seams, int).reshape(-1, 2)
        self._staffed = steps["automated"] == 0
        p = organisation.parameters
        self._odds = p["error_scale"] * np.exp(steps["log_odds"])
        self._latent = scaled_odds(steps["latent"], p["latent_fault_scale"])
        minutes = p["monitor_minutes"]
        weekly = organisation.hours.looking_hours
        looking = weekly / HOURS_PER_WEEK  # hours in an hour of the clock
        self._hours_for_each = np.full(len(looking), NEVER)
        np.divide(minutes / 60.0, looking, out=self._hours_for_each, where=looking > 0)
        self._care: Care | None = None
        self._understanding: Lasting[np.ndarray] = Lasting()
        self._set_priorities(state)
        self._set_store(state)
        self._set_terms(state)
        self._set_machines(state)
        state.rules[0]["observes"] = self._observes()
        self._set_boundaries(state)
        self._set_minding(state)

    def write(self, state: State, defects: np.ndarray) -> None:
        """Write what the rules read into the state.

        Parameters
        ----------
        state : State
            Written: rules, functions, seams, rates, find_hours.
        defects : numpy.ndarray
            Defects that a customer meets at each site, float64, shape (n_sites,).
        """
        n_touchpoints = len(self.organisation.blueprint.touchpoints)
        state.functions["slowness"] = self.organisation.slowness()
        state.functions["careful"] = self.organisation.error_factor()
        self._lend(state)
        self._set_trust(state)
        self._set_writing(state)
        self._set_seams(state, defects[n_touchpoints:])
        self._set_finding(state)
        self._set_touchpoints(state, defects[:n_touchpoints])
        self._set_understanding(state)

    def _set_boundaries(self, state: State) -> None:
        """Set who goes on with a step of another function: a_seam/(a_seam + a_throughput) (E7)."""
        organisation = self.organisation
        soft = organisation.levers.ownership.boundaries == "soft"
        seam, serving = organisation.effort[:, SEAM_WORK], organisation.effort[:, THROUGHPUT]
        state.rules[0]["soft"] = soft
        state.functions["goes_on"] = 0.0
        np.divide(seam, seam + serving, out=state.functions["goes_on"], where=soft & (seam > 0.0))
        state.functions["caring"] = organisation.caring

    def _set_minding(self, state: State) -> None:
        """Set whose hand-offs account owners mind, and how often; their notes are written (E8)."""
        organisation, rules = self.organisation, state.rules[0]
        lever = organisation.levers.staffing.account_owners
        blueprint, rules["minded_segment"] = organisation.blueprint, NONE
        if lever is not None:
            segment = blueprint.study.market.with_owners(lever.segment)
            rules["minded_segment"] = blueprint.segments.index(segment)
        rules["minded"] = organisation.hours.minded
        rules["minded_loss"] = 1.0 - organisation.parameters["note_written"]

    def _lend(self, state: State) -> None:
        """Set which steps are worth going on with: last week's wait exceeds what it costs (E7).

        What it costs is planned hours × (`generalist_slowdown` − 1). A week without a visit
        leaves what is expected as it was.
        """
        if state.rules[0]["soft"] == 0:
            return
        hours, number = state.waited.T
        met = number > 0
        state.rates["wait"][met] = hours[met] / FIXED / number[met]
        state.waited[:] = 0
        costs = self.organisation.parameters["generalist_slowdown"] - 1.0
        steps = state.touchpoints
        state.rates["lent"] = steps["shareable"] & (state.rates["wait"] > steps["hours"] * costs)

    def _set_touchpoints(self, state: State, defects: np.ndarray) -> None:
        p = self.organisation.parameters
        set_steps(
            state.rates,
            self.organisation.blueprint.owners,
            self._odds,
            self.organisation.error_factor(),
            self._latent * self.organisation.fault_factor(),
            defects,
            p["defect_error"],
            p["defect_effect"],
        )

    def _set_understanding(self, state: State) -> None:
        """Set what readers make of what others wrote (E2); nobody's machines know nobody."""
        built, kept = self.organisation.capability, self.organisation.week.ties_kept
        chance = self._understanding.of((built.ties, built.standards, kept), self._understand)
        state.rates["understanding"] = chance[self._owners]  # -1 finds the last
        state.rules[0]["agents_understood"] = chance[-1]

    def _understand(self) -> np.ndarray:
        """Return how far each function understands what others wrote; last, who works nowhere."""
        organisation = self.organisation
        ties = np.append(organisation.to_writers * organisation.week.ties_kept, 0.0)
        standards = organisation.capability.standards
        return chance_to_understand(organisation.parameters, ties, standards)

    def _set_seams(self, state: State, defects: np.ndarray) -> None:
        p, organisation = self.organisation.parameters, self.organisation
        set_seams(
            state.seams,
            self._seams,
            organisation.ties,
            organisation.week.ties_kept,
            organisation.liaison,
            defects,
            p["loss_rate"],
            p["note_defect_loss"],
            p["loss_defect"],
        )

    def _set_finding(self, state: State) -> None:
        """Mean time to find a lost case: open cases × hours a check ÷ monitoring hours."""
        stands_for = self.organisation.blueprint.stands_for
        open_cases = np.maximum(1.0, stands_for * state.open_cases)
        state.find_hours[:] = open_cases * self._hours_for_each

    def _set_priorities(self, state: State) -> None:
        """Set the journey that each function is paid to serve first, -1 if none (M7)."""
        blueprint = self.organisation.blueprint
        levers = self.organisation.levers
        first = levers.incentives.serve_first
        state.functions["first_journey"] = [
            blueprint.journeys.index(first[name]) if name in first else NONE
            for name, _ in blueprint.desks
        ]

    def _set_store(self, state: State) -> None:
        """Set what functions share, and what customers' agents may do with it (M5.4, M5.6, E1)."""
        p, rules = self.organisation.parameters, state.rules[0]
        levers = self.organisation.levers
        shared = levers.technology.record == "shared"
        rules["store"] = shared
        rules["store_facts"] = self.organisation.store_facts
        self._set_access(state, levers.trust.agent_access if shared else "none")
        skipped = skipping(p, self.organisation.effort[:, QUALITY])
        odds = np.where(self._staffed, skipped[self.organisation.blueprint.owners], 1.0)
        state.rates["own_write"] = _chance(p["own_record_write"], odds)
        # Where writing takes no time, effort decides about it as about one's own record.
        self._store_write = _chance(p["store_write"], odds)
        # What a platform adds comes after care has had its say.
        study = self.organisation.blueprint.study
        self._plain_write = study.assumed["store_write"]

    def _set_writing(self, state: State) -> None:
        """Set how much gets written for others: to a shared record, and in notes (E1, E2).

        While a record is new only part of what goes into it does so, from whomever. A machine has
        all the time it needs.
        """
        organisation, rates = self.organisation, state.rates
        p, in_use = organisation.parameters, organisation.week.record_in_use
        covers = organisation.care_covers()
        by_person: np.ndarray | float = self._store_write
        by_machine: np.ndarray | float = self._store_write
        if has_minutes(p):
            level = organisation.levers.technology.level
            by_person = more(p, level, "writing", self._plain_write * covers)
            by_machine = p["store_write"]
        rates["store_write"] = by_person * in_use
        rates["machine_write"] = by_machine * in_use
        state.rules[0]["agents_write"] = self._agents_write * in_use
        spoken, written = p["note_spoken"], p["note_written"]
        rates["covers"] = covers
        rates["note_loss"] = 1.0 - (spoken + (written - spoken) * covers)

    def _set_access(self, state: State, access: str) -> None:
        """Set what customers' agents do with a shared record to which they have access (E2)."""
        p, rules = self.organisation.parameters, state.rules[0]
        writes = access == "write"
        rate = p["agent_refresh"] if writes else 0.0
        rules["agents_refresh"] = NEVER if rate >= EVERY_READING else rate / HOURS_PER_YEAR
        self._agents_write = p["agent_writes"] if writes else 0.0
        rules["agents_remind"] = p["reminder"] if writes else 0.0
        study = self.organisation.blueprint.study
        rules["agents_see"] = access != "none" and study.mechanisms.agents_see_status == 1

    def _set_trust(self, state: State) -> None:
        """Set what agents are asked for, and what becomes of it (M5.6, M9)."""
        care = self.organisation.week.care
        if care == self._care:
            return
        self._care = care
        p, rules = self.organisation.parameters, state.rules[0]
        levers = self.organisation.levers
        rules["consent"] = p["consent_scope"] * levers.trust.consent_asked
        rules["misuse"] = p["misuse_rate"] * (1.0 - p["governance_effect"] * care.governed)
        rules["audit"] = care.audited
        rules["intake_minutes"] = p["disclosure_minutes"] * (1.0 - care.taken_in)
        rules["reciprocity"] = care.given_back

    def _set_terms(self, state: State) -> None:
        """Set how functions negotiate, and who approves what is beyond their remit (M11)."""
        p, rules = self.organisation.parameters, state.rules[0]
        path = self.organisation.levers.escalation
        study = self.organisation.blueprint.study
        heads = study.mechanisms.approval == "head"
        asked = path.path != "none" and not heads
        attention = p["head_approval_hours"] if heads else path.attention_hours * asked
        state.functions["remit"] = self.organisation.remits
        rules["remit"] = min(1.0, p["base_remit"] * self.organisation.levers.remit)
        rules["heads_approve"] = heads
        rules["approves"] = attention > 0
        # Attention is a share of the week: one approval holds whoever gives it that much longer.
        alone = p["approval_minutes"] / 60.0 * HOURS_PER_WEEK
        rules["approval_alone"] = alone / attention if attention > 0 else NEVER
        hours = p["approval_minutes"] / 60.0 * self.organisation.blueprint.stands_for
        rules["approval_hours"] = hours * HOURS_PER_WEEK / attention if attention > 0 else NEVER
        meets = path.path == "committee" and not heads
        rules["approval_cycle"] = path.meeting_weeks * HOURS_PER_WEEK if meets else 0.0
        own, shared = np.array(self.organisation.weighting).T
        eager = p["concession_firm"] * np.exp(p["concession_pull"] * (own - shared))
        eager = eager[self.organisation.blueprint.owners]
        state.rates["concession"] = np.where(self._owned, eager, p["concession_firm"])

    def _set_machines(self, state: State) -> None:
        """Set which visits machines take and what they are meant to do with the rest (M7)."""
        blueprint = self.organisation.blueprint
        steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
        machines = [step.automation for step in steps]
        taken = np.array([(0.0, 0.0) if m is None else (m.share, m.error) for m in machines])
        state.rates["machine"], state.rates["machine_error"] = taken.T
        deflects, nobody = self.organisation.automation_objective
        owners = blueprint.owners
        state.rates["deflection"] = np.where(self._owned, deflects[owners], nobody)

    def _observes(self) -> int:
        """Return which unvoiced failures measurement can see: none, errors or all (E4)."""
        levers = self.organisation.levers
        if self.organisation.parameters["observe_share"] <= 0.0:
            return SEES_NOTHING
        measured = {"score": SEES_NOTHING, "touchpoint": SEES_ERRORS, "journey": SEES_ALL}
        return measured[levers.information.measurement]


def scaled_odds(chance: np.ndarray, scale: float) -> np.ndarray:
    """Return chances whose odds are those of others times a scale: s·p/(1 + (s − 1)p).

    An enterprise's rates of errors and latent faults are assumed; the scale says how far a real
    firm's are from them, alike at all touchpoints and under every org model (rule E3).
    """
    return scale * chance / (1.0 + (scale - 1.0) * chance)


def _chance(written: float, odds: np.ndarray) -> np.ndarray:
    """Return the chance of writing where the odds of not doing so are multiplied by `odds`."""
    return written / (written + (1.0 - written) * odds)
