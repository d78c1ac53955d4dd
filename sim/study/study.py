"""A study: market, enterprise, org models and design, as a study describes them.

Structure, types and ranges are declared here; what two places must agree on (a
touchpoint's owner must be a declared function, branches must add up to one) is
checked in ``sim.reading.cross_checks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from sim.study.enterprise import Enterprise, Money, Name
from sim.study.levers import ONE_LINE, BudgetChange, OrgModel, Section, Share
from sim.study.mechanisms import Mechanisms
from sim.study.parameter_values import Overrides
from sim.study.parameters import resolve
from sim.study.plans import Plan
from sim.study.working_time import CLOCK_HOURS

MOST_WORLDS = 999
"""Of one ensemble, and of one comparison."""

Scale = Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)]


class Segment(Section):
    """A kind of customer."""

    share: Share = Field(description="share of customers and prospects")
    revenue_per_year: Money = Field(0, description="money a year while a customer")
    margin_share: Share = Field(0.4, description="share of revenue left before staff cost")
    needs_per_year: dict[Name, Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]] = (
        Field(default_factory=dict, description="mean needs a year by journey")
    )
    patience: Scale = Field(1, description="multiplies patience")
    effort_tolerance: Scale = Field(1, description="multiplies effort tolerance")
    voice: Scale = Field(1, description="multiplies voice, up to certainty")
    price_sensitivity: Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)] = Field(
        0, description="raises the hazard of leaving"
    )


class AdoptionGrowth(Section):
    """Personal agents spread: the share represented grows on a logistic curve."""

    to: Share = Field(description="share represented in the end, at least `agent_adoption`")
    midpoint_days: Annotated[float, Field(ge=-5200, le=5200, allow_inf_nan=False)] = Field(
        260, description="day of the window at which half of the growth is done"
    )
    span_days: Annotated[float, Field(gt=0, le=20_000, allow_inf_nan=False)] = Field(
        520, description="days from a tenth to nine tenths of the growth"
    )


class Market(Section):
    """Who the customers are and what they need; the same under every org model."""

    # How many there may be at most follows from their needs and the machine: ``sim.state.sizes``.
    customers: Annotated[int, Field(ge=1)] = Field(description="customers to begin with")
    prospects: Annotated[int, Field(ge=0)] = Field(
        0, description="people who may join; each has one purchase intent in the window"
    )
    rivals: Annotated[int, Field(ge=0, le=5)] = Field(
        0,
        description="rivals that quote terms to customers who look around; 0: alternatives are "
        "a constant",
    )
    slice: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1,
        description="simulate one in so many customers before as large a part of the line; the "
        "firm, its people, ties, meetings and evidence stay whole",
    )
    agent_adoption: Share = Field(0, description="share represented by a personal agent")
    adoption_growth: AdoptionGrowth | None = Field(
        None, description="how that share grows; left out, it stays as it is"
    )
    segments: Annotated[dict[Name, Segment], Field(min_length=1, max_length=20)]

    @property
    def simulated(self) -> tuple[int, int]:
        """Customers and prospects that a run simulates, rounded, halves up, at least one."""
        customers = max(1, (2 * self.customers + self.slice) // (2 * self.slice))
        prospects = (2 * self.prospects + self.slice) // (2 * self.slice)
        return customers, max(prospects, 1 if self.prospects else 0)

    def with_owners(self, segment: str | None) -> str:
        """Return the segment that has account owners: unless named, where revenue each is most."""
        by_revenue = max(self.segments, key=lambda name: self.segments[name].revenue_per_year)
        return by_revenue if segment is None else segment


class Design(Section):
    """How the comparison is run."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        1, description="of all draws: the same seed, the same luck"
    )
    replicates: Annotated[int, Field(ge=1, le=100_000)] = Field(
        12, description="draws of demand and luck of the study as given, without worlds"
    )
    worlds: Annotated[int, Field(ge=0, le=MOST_WORLDS)] = Field(
        8,
        description="draws of what is assumed of the firm that `compare` runs where it has an "
        "ensemble of them, each with luck of its own; 0: the study as given, `replicates` times",
    )
    horizon_days: Annotated[int, Field(ge=5, le=5200)] = Field(
        520, description="working days of the window that is measured; 260 are a year"
    )
    warm_up_days: Annotated[int, Field(ge=0, le=2600)] = Field(
        130, description="working days before it, in which standing settles"
    )
    follow_up_days: Annotated[int, Field(ge=0, le=520)] = Field(
        65, description="how long after the window needs are followed (65 is 90 calendar days)"
    )
    ticks_per_day: Annotated[int, Field(ge=1, le=96)] = Field(
        8, description="model steps in a working day of eight hours"
    )


class OwnPattern(Section):
    """What is known of this firm's own figures, in place of those of its kind."""

    measure: Annotated[str, Field(max_length=200)] = Field(description="name of a measure")
    low: Annotated[float, Field(allow_inf_nan=False)] = Field(description="least it is known to be")
    high: Annotated[float, Field(allow_inf_nan=False)] = Field(description="most it is known to be")
    source: Annotated[str, Field(max_length=1000, pattern=ONE_LINE)] = Field(
        "the study", description="where the figures come from"
    )


class Study(Section):
    """A complete study."""

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")] = Field(
        description="name of the study, by which its result folders are called"
    )
    description: str = Field("", description="what the study asks, in a sentence")
    enterprise: Enterprise
    market: Market
    organisations: Annotated[tuple[Plan, ...], Field(min_length=1, max_length=40)]
    baseline: Annotated[str, Field(max_length=200)] = Field(
        description="the org model the others are compared with"
    )
    ablations: Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=60)] = (
        Field((), description="mechanisms to switch off one at a time, to see what each does")
    )
    compared_with: Annotated[str, Field(max_length=1000)] | None = Field(
        None,
        description="CSV file with the statistics of the firm's own event log, from the study's "
        "folder; the baseline stands for the firm as it was",
    )
    extensions: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}(@[0-9a-f]{16})?$")], ...],
        Field(max_length=20),
    ] = Field(
        (),
        description="extensions that the study is meant for; each is loaded only if the command "
        "line or Python names it as well",
    )
    patterns: Annotated[tuple[OwnPattern, ...], Field(max_length=60)] = Field(
        (),
        description="what is known of the firm's own figures; `validate` prints them beside a run "
        "of the baseline, and they enter no rule",
    )
    weak_spots: Annotated[
        dict[
            Annotated[str, Field(max_length=100)],
            Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)],
        ],
        Field(max_length=60),
    ] = Field(
        default_factory=dict,
        description="where flaws arise so many times as often as elsewhere, under every org "
        "model: at the touchpoints of a function, or at a seam such as `sales>service`",
    )
    budget: Literal["equal", "unequal"] = Field(
        "equal",
        description="whether all org models must spend the same running budget; if `unequal`, "
        "every table and title says so",
    )
    budget_change: BudgetChange = Field(
        0,
        description="change of every org model's running budget from what the enterprise's people "
        "cost, a share: -.1 is a cut by a tenth",
    )
    headline: Annotated[str, Field(max_length=200)] = Field(
        "net_value", description="measure that decides what is best"
    )
    design: Design = Design()
    parameters: Overrides = Field(
        default_factory=dict, description="overrides of registered parameters"
    )
    mechanisms: Mechanisms = Field(
        Mechanisms(), description="mechanisms that can be off, or have two readings"
    )

    # With an org model's own design in place of the study's: the enterprise that pays (rule E8).
    _paying: Enterprise | None = PrivateAttr(None)
    # What was changed is no part of what a study is: it stands on answers, not in the hash.
    _changes: tuple[str, ...] = PrivateAttr(())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Kinds of customers, in the study's order."""
        return tuple(self.market.segments.values())

    def ticks_in(self, days: int) -> int:
        """Return the model steps in so many working days, with a calendar those of whole weeks.

        A step is as long on the clock: with nights and weekends a week has more of them.
        """
        ticks = days * self.design.ticks_per_day
        return ticks if self.enterprise.calendar is None else round(ticks * CLOCK_HOURS)

    @property
    def assumed(self) -> dict[str, float]:
        """Every registered parameter: its default, the firm's own, or what the study sets."""
        return resolve({**self.enterprise.parameters, **self.parameters})

    def for_plan(self, plan: OrgModel) -> Study:
        """Return the study as one of its org models is run: with its own design, if it has one.

        Parameters
        ----------
        plan : OrgModel
            Of this study.
        """
        design = plan.enterprise if isinstance(plan, Plan) else None
        if design is None:
            return self
        # Another design of the same firm: what is assumed of it does not go with the design.
        design = design.model_copy(update={"parameters": self.enterprise.parameters})
        run = self.model_copy(update={"enterprise": design})
        run._paying = self._paying or self.enterprise
        return run

    @property
    def designs(self) -> tuple[Study, ...]:
        """The study as it is run, once for each design, with the org models that have it."""
        found: list[tuple[Study, list[Plan]]] = []
        for plan in self.organisations:
            run = self.for_plan(plan)
            alike = (plans for other, plans in found if other.enterprise == run.enterprise)
            plans = next(alike, None)
            if plans is None:
                found.append((run, [plan]))
            else:
                plans.append(plan)
        return tuple(run.model_copy(update={"organisations": tuple(plans)}) for run, plans in found)

    @property
    def paying(self) -> Study:
        """The study with its own enterprise, whose people are the budget of every org model."""
        if self._paying is None:
            return self
        own = self.model_copy(update={"enterprise": self._paying})
        own._paying = None
        return own

    @property
    def changes(self) -> tuple[str, ...]:
        """What was laid over the study as written, each ``key.path=value``."""
        return self._changes

    def changed_by(self, overrides: Sequence[str]) -> Study:
        """Return the study with a note of what was laid over it, after earlier ones."""
        noted = self.model_copy()
        noted._changes = (*self._changes, *overrides)
        return noted
