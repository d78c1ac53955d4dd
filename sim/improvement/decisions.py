"""Who decides about a site, and what they make of a proposal (rules M8.5, M8.6).

p = logistic(θ(min(B/C, 5) − 1) + what co-creation adds): B is what the owner expects to
save a year by its own weights, estimated with an error of its own, C the work of the fix
at its queue's shadow price. All owners must agree; a no is overridden in a share
1 − (1 − A)(1 − σ)(1 − g) of cases, A the proposer's authority, σ the sponsor's backing, g
governance. Nobody decides about a site that nobody owns: it is escalated, or stays.
"""

from __future__ import annotations

import math

from sim.engine.draws import DRAW_DECISION, DRAW_PROPOSE
from sim.engine.philox import block, normal, uniform
from sim.improvement.approvers import approvers, undiluted
from sim.improvement.firm import Firm
from sim.improvement.issues import Alarm, Issue
from sim.improvement.remedies import saved_hours
from sim.improvement.rights import JOURNEY_OWNER, accountable_for, owners_of, workers_of
from sim.organisation.organisation import Organisation
from sim.state.population import share_represented
from sim.state.severity import MEAN_SEVERITY, loudness
from sim.state.units import namesakes, unit_of
from sim.study.levers import OrgModel
from sim.study.working_time import DAYS_PER_WEEK, WEEKS_PER_YEAR

LOSS_HOURS = 1.0
"""Work of sorting out one lost case."""
OWNERS, ESCALATION = 0, 1
"""Who decides: draws of the two bodies are apart."""


class Decisions:
    """Rights to decide, and the arithmetic of a yes or no.

    Parameters
    ----------
    model : Firm
        The enterprise.
    """

    def __init__(self, model: Firm):
        self.model = model
        self.renew()

    def renew(self) -> None:
        """Take in the levers in force: who owns each site, and who works on its fixes."""
        self.parameters = self.organisation.parameters
        sites = range(len(self.model.blueprint.site_ids))
        self._owners = [owners_of(self.organisation, site) for site in sites]
        self._workers = [workers_of(self.organisation, site) for site in sites]
        functions = range(len(self.model.blueprint.functions))
        self._says = [self._says_about(function) for function in functions]
        self._approvers = [approvers(self.organisation, function) for function in functions]
        self._costs = [self._cost_of(site) for site in sites]
        self._failure_hours = [self._failure_of(site) for site in sites]
        self._voices = tuple(self._mean_voice_of(kind) for kind in ("person", "agent"))

    @property
    def organisation(self) -> Organisation:
        """The enterprise under the levers in force."""
        return self.model.organisation

    @property
    def levers(self) -> OrgModel:
        """The levers in force."""
        return self.organisation.levers

    # --- rights --------------------------------------------------------------

    def owners(self, site: int) -> tuple[int, ...]:
        """Return who decides about a site: functions, or ``JOURNEY_OWNER``; empty if nobody."""
        return self._owners[site]

    def has_say(self, site: int, function: int) -> bool:
        """Tell whether a site is a function's to decide about, or to do as its namesakes decide."""
        return site in self._says[function]

    def _says_about(self, function: int) -> frozenset[int]:
        """Return the sites in which a function has a say."""
        here = namesakes(self.model.blueprint, function)
        return frozenset(
            site for site, owners in enumerate(self._owners) if not set(owners).isdisjoint(here)
        )

    def deciding(self, issue: Issue) -> tuple[int, ...]:
        """Return who decides about an issue: the site's owners, or both sides of a move."""
        return self.owners(issue.site) if issue.move is None else tuple(issue.move)

    def concerned(self, issue: Issue) -> tuple[int, ...]:
        """Return the functions that an issue takes time of."""
        return self.workers(issue.site) if issue.move is None else tuple(issue.move)

    def workers(self, site: int) -> tuple[int, ...]:
        """Return the functions whose improvement time a fix takes."""
        return self._workers[site]

    def accountable(self, site: int, organisation: Organisation | None = None) -> str:
        """Return who is accountable for a site by name, or ``nobody``.

        Parameters
        ----------
        site : int
            A touchpoint or seam.
        organisation : Organisation, optional
            Whose rights count; those in force if left out.
        """
        return accountable_for(organisation or self.organisation, site)

    # --- benefit and cost ----------------------------------------------------

    def mean_voice(self) -> float:
        """Return the share of failures that customers voice, by those who have agents by now."""
        market, design = self.model.study.market, self.model.study.design
        day = self.model.week * DAYS_PER_WEEK - design.warm_up_days
        adoption = share_represented(market, day)
        by_person, by_agent = self._voices
        return (1.0 - adoption) * by_person + adoption * by_agent

    def share_heard(self, site: int) -> float:
        """Return the share of failures at a site that count: voiced, or else observed there."""
        voiced, seen = self.mean_voice(), self.model.channels.observed()
        return voiced + (1.0 - voiced) * float(seen[site]) if site < len(seen) else voiced

    def _mean_voice_of(self, kind: str) -> float:
        p = self.parameters
        voice = loudness(MEAN_SEVERITY, p["voice_severity"]) * p[f"voice_{kind}"]
        segments = self.model.study.segments
        return sum(segment.share * min(1.0, voice * segment.voice) for segment in segments)

    def benefit(self, alarm: Alarm) -> float:
        """Return the hours a year that removing one defect may save, from the evidence.

        Excess failures over the defects that a site ordinarily has, each at the work of
        doing the step again.
        """
        p = self.parameters
        failures = alarm.excess / max(self.share_heard(alarm.felt), 1e-9) * WEEKS_PER_YEAR
        variants = self.model.defects.variants
        ordinary = max(1.0, p["defect_rate"] * variants * p["defect_life_weeks"])
        return failures * self._failure_hours[alarm.felt] / ordinary

    def _failure_of(self, site: int) -> float:
        """Return the work of sorting out one failure: at a seam it is a loss."""
        blueprint, minutes = self.model.blueprint, 0.0
        if site < len(blueprint.touchpoints):
            minutes = blueprint.touchpoint(site).minutes + self.parameters["fault_minutes"]
        return max(LOSS_HOURS, minutes / 60.0)

    def cost_hours(self, site: int) -> float:
        """Return the work of a fix: k₀ + k₁ × heads who must change."""
        return self._costs[site]

    def fix_hours(self, issue: Issue) -> float:
        """Return the work of an issue's fix, less what a customer's remedy saves."""
        return self.cost_hours(issue.site) - saved_hours(issue, self.parameters)

    def _cost_of(self, site: int) -> float:
        heads = sum(int(self.organisation.staff.line[f]) for f in self.workers(site))
        return self.parameters["fix_base_hours"] + self.parameters["fix_head_hours"] * heads

    def touches(self, site: int, function: int) -> bool:
        """Tell whether a site is a function's own touchpoint, or a seam it stands at.

        What units do in the same way is the own touchpoint of each.
        """
        blueprint = self.model.blueprint
        n_touchpoints, here = len(blueprint.touchpoints), namesakes(blueprint, function)
        if site < n_touchpoints:
            return int(blueprint.owners[site]) in here
        return not set(blueprint.seams[site - n_touchpoints]).isdisjoint(here)

    def price(self, function: int) -> float:
        """Return the shadow price of a function's hour, 1 at planned utilisation."""
        planned = 1.0 - self.parameters["planned_utilisation"]
        spare = max(0.05, 1.0 - self.model.functions[function].utilisation)
        return min(5.0, max(0.2, planned / spare))

    def own_share(self, issue: Issue, function: int, by_unit: float | None = None) -> float:
        """Return how much of an issue's benefit a function's own KPI shows.

        Parameters
        ----------
        issue : Issue
            What is proposed.
        function : int
            Whose KPI.
        by_unit : float, optional
            How far the figures of its unit count instead; as lines of report have it if left out.
        """
        if by_unit is None:
            by_unit = float(self.organisation.lines.by_unit[function])
        otherwise = self.organisation.congruity(function)
        own = 1.0 if self.touches(issue.felt, function) else otherwise
        if by_unit == 0.0:
            return own
        unit = unit_of(self.model.blueprint, function)
        of_unit = 1.0 if any(self.touches(issue.felt, each) for each in unit) else otherwise
        return (1.0 - by_unit) * own + by_unit * of_unit

    def agreeable(self, issue: Issue, share: float, price: float, error: float = 0.0) -> float:
        """Return the chance that somebody finds a proposal worth it.

        Parameters
        ----------
        issue : Issue
            What is proposed.
        share : float
            How much of its benefit counts.
        price : float
            Shadow price of an hour of the work.
        error : float
            Error of the estimate, in standard deviations.
        """
        p = self.parameters
        spread = p["estimate_error"] / math.sqrt(issue.evidence_ratio)
        estimate = issue.benefit_hours * math.exp(spread * error - 0.5 * spread**2)
        cost = max(self.fix_hours(issue) * price, 1e-9)
        ratio = min(5.0, share * estimate / cost)
        shaped = 1.0 - math.exp(-issue.shaped_hours / p["co_creation_scale_hours"])
        log_odds = p["decision_steepness"] * (ratio - 1.0) + p["co_creation_effect"] * shaped
        return 1.0 / (1.0 + math.exp(-log_odds))

    def yes(
        self,
        issue: Issue,
        decider: int | None,
        error: float = 0.0,
        by_unit: float | None = None,
    ) -> float:
        """Return the chance that a decider says yes.

        Parameters
        ----------
        issue : Issue
            What is proposed.
        decider : int or None
            A function, which counts by its own weights; None for one who counts the
            whole journey.
        error : float
            Error of the decider's estimate, in standard deviations.
        by_unit : float, optional
            As for `own_share`.
        """
        if issue.move is not None:
            own, shared = (0.0, 1.0) if decider is None else undiluted(self.organisation, decider)
            return self.model.capacity.chance(issue, decider, own, shared)
        if decider is None:
            price = max((self.price(f) for f in self.workers(issue.site)), default=1.0)
            return self.agreeable(issue, 1.0, price, error)
        own, shared = undiluted(self.organisation, decider)
        share = shared + own * self.own_share(issue, decider, by_unit)
        return self.agreeable(issue, share, self.price(decider), error)

    # --- proposals -----------------------------------------------------------

    def proposes(self, issue: Issue, error: float) -> bool:
        """Tell whether the proposer brings an issue forward.

        By (1 − h)·journey value + h·host KPI, h the host's hold. A function is its own
        host altogether, but for the weight that the journey has with it. A host at the
        top counts the whole journey.
        """
        host, hold = issue.proposer.placed
        share = 1.0
        if host is not None:
            share = (1.0 - hold) + hold * self.own_share(issue, host)
        week, site = self.model.week, int(self.model.blueprint.site_counters[issue.site])
        lanes = block(self.model.state.keys[DRAW_PROPOSE], site, week, 0, 0)
        return float(uniform(lanes[0])) < self.agreeable(issue, share, 1.0, error)

    # --- decisions -----------------------------------------------------------

    def step(self) -> None:
        """Let owners decide what was opened by last week, or may be decided again."""
        for issue in list(self.model.register.issues):
            if self._due(issue) and not self.model.sight.brings_again(issue):
                self._decide(issue)

    def _due(self, issue: Issue) -> bool:
        """Tell whether owners decide this week.

        What was refused is decided again after the cool-off, or once evidence has doubled.
        """
        week = self.model.week
        if issue.status == "refused" and issue.decided is not None:
            cooled = week - issue.decided >= self.parameters["cool_off_weeks"]
            return cooled or self.model.register.evidence_of(issue) >= 2 * issue.evidence
        return issue.status == "open" and week > issue.opened and not self.unshaped(issue)

    def unshaped(self, issue: Issue) -> list[int]:
        """Return the functions that have still to give hours to shaping a proposal."""
        needed = self.levers.culture.co_creation_hours
        return [
            function
            for function in (self.owners(issue.site) if issue.move is None else ())
            if function >= 0 and issue.shaped.get(function, 0.0) < needed
        ]

    def _decide(self, issue: Issue) -> None:
        if not self.model.capacity.still_makes_sense(issue):
            return
        self.model.register.weigh(issue)
        owners = self.deciding(issue)
        backing = self._backing(issue, owners)
        for owner in owners:
            if owner >= 0:
                hours = self.parameters["decision_hours"] * len(self._approvers[owner])
                self.model.charge(owner, hours)
        if owners and all(self._agrees(issue, owner, backing) for owner in owners):
            self.settle(issue, "approved")
        elif self.model.escalation is not None:
            self.model.escalation.take(issue)
        elif owners:
            self.settle(issue, "refused")
        # Else nobody owns it and nobody else decides: it stays open.

    def settle(self, issue: Issue, status: str) -> None:
        """Record a decision by whoever has the last word: ``approved`` or ``refused``."""
        self.model.register.decided(issue, status, self.model.week)
        self.model.capacity.decided(issue)

    def _backing(self, issue: Issue, owners: tuple[int, ...]) -> float:
        """Return σ, if there is a sponsor with time and somebody to be convinced."""
        sponsor = self.model.sponsor
        others = [owner for owner in owners if not self._decides_alone(issue, owner)]
        return sponsor.backs(issue) if sponsor is not None and others else 0.0

    def _decides_alone(self, issue: Issue, owner: int) -> bool:
        """Tell whether owner and proposer are one: nobody overrules themselves."""
        if owner == JOURNEY_OWNER:
            return bool(issue.proposer.decides_seams)
        return issue.proposer.decides_for == owner

    def _agrees(self, issue: Issue, owner: int, backing: float) -> bool:
        governance = self.organisation.capability.governance
        others_no = (1.0 - issue.proposer.authority) * (1.0 - backing) * (1.0 - governance)
        alone = self._decides_alone(issue, owner)
        if owner == JOURNEY_OWNER:
            return self.says_yes(issue, None, owner, OWNERS, 1.0 if alone else others_no)
        return all(
            self.says_yes(
                issue,
                owner,
                each.voter,
                OWNERS,
                1.0 if alone and not each.heads_unit else others_no,
                each.by_unit,
            )
            for each in self._approvers[owner]
        )

    def says_yes(
        self,
        issue: Issue,
        decider: int | None,
        voter: int,
        body: int,
        no: float = 1.0,
        by_unit: float | None = None,
    ) -> bool:
        """Let somebody decide.

        Parameters
        ----------
        issue : Issue
            What is proposed.
        decider : int or None
            By whose weights: a function's, or None for the whole journey.
        voter, body : int
            Whose draw it is, and among owners or on the escalation path.
        no : float
            Share of cases in which a no stands.
        by_unit : float, optional
            As for `own_share`.
        """
        draw, error = self.draw(issue, voter, body)
        return draw < (1.0 - no) + no * self.yes(issue, decider, error, by_unit)

    def draw(self, issue: Issue, voter: int, body: int) -> tuple[float, float]:
        """Return a voter's draw on an issue, and its error of estimate: uniform and normal.

        By site, week, voter and body.
        """
        model = self.model
        voters = model.blueprint.function_counters
        name = int(voters[voter]) if voter >= 0 else -voter
        if issue.move is not None:
            return model.capacity.draw(issue, name, body), 0.0
        counter = int(model.blueprint.site_counters[issue.site])
        lanes = block(model.state.keys[DRAW_DECISION], counter, model.week, name, body)
        return float(uniform(lanes[0])), float(normal(lanes[1], lanes[2]))
