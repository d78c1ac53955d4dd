"""A study: market, enterprise, org models and design, as a study describes them.

Structure, types and ranges are declared here; what two places must agree on (a
touchpoint's owner must be a declared function, branches must add up to one) is
checked in ``sim.reading.cross_checks``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema

from sim.study.levers import ONE_LINE, BudgetChange, RoleName, Section, Share, Structure
from sim.study.mechanisms import Mechanisms
from sim.study.parameters import REGISTRY
from sim.study.plans import Plan

NOBODY = "nobody"
COMPLETED = "completed"
MAX_FACTS = 32
MAX_TOUCHPOINTS = 60
MAX_EXITS = 40
MOST_HEADS = 1_000_000

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Facts = Annotated[tuple[Name, ...], Field(max_length=MAX_FACTS)]
Money = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
ReplyHours = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Wage = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Scale = Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)]
_WORDS = sorted({word for parameter in REGISTRY.values() for word in parameter.words})
Value = Annotated[
    float,
    Field(allow_inf_nan=False),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": _WORDS}]}),
]
"""What a parameter may be set to: a number, or a word that stands for one."""


def _words_as_numbers(overrides: Any) -> Any:
    """Return overrides of parameters with a number for each word that stands for one."""
    if not isinstance(overrides, dict):
        return overrides
    known = {name: REGISTRY[name].words for name in overrides if name in REGISTRY}
    return {
        name: known[name].get(value, value) if name in known and isinstance(value, str) else value
        for name, value in overrides.items()
    }


class Reply(Section):
    """The customer's own answer that the next step waits for."""

    hours: ReplyHours = Field(description="mean working hours until the customer answers")
    variation: Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)] = Field(
        1, description="coefficient of variation; 1 is exponential"
    )
    limit_hours: ReplyHours | None = Field(None, description="the case closes if it takes longer")
    limit_exit: Name | None = Field(None, description="the exit it then takes")


class Negotiation(Section):
    """Alternating offers about a share of a stake (Faratin, Sierra & Jennings 1998)."""

    stake: Money = Field(description="margin that the firm can concede at most, money")
    rounds: Annotated[int, Field(ge=2, le=40)] = Field(
        6, description="offers each side makes before it gives up"
    )


class Automation(Section):
    """A machine that takes a share of a staffed touchpoint's visits."""

    share: Share = Field(description="share of visits that the machine takes")
    error: Share = Field(0.2, description="share of these that it cannot solve")


class Touchpoint(Section):
    """A step of a journey, done by one function or by nobody (automated)."""

    owner: Name = Field(description="a declared function, or `nobody` if automated")
    mode: Literal["live", "deferred"] = Field(
        "deferred", description="patience in minutes (live) or in days (deferred)"
    )
    minutes: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)] = Field(
        0, description="mean work, all facts known and no error"
    )
    variation: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] = Field(
        1, description="coefficient of variation of work; 1 is exponential"
    )
    automated: bool = Field(False, description="takes no server and no time")
    requires: Facts = Field((), description="facts the step needs")
    produces: Facts = Field((), description="facts the step establishes")
    mandatory: bool = Field(False, description="done even if everything it produces is known")
    shareable: bool = Field(
        False,
        description="whether who serves the step before it plausibly could do this one as well: "
        "staffed, without automation or terms to negotiate",
    )
    error: Share = Field(0, description="probability of a visible error, no defects or effort")
    latent_fault: Share = Field(0, description="probability of a fault that shows later, no care")
    reply: Reply | None = Field(None, description="an answer the next step waits for")
    negotiate: Negotiation | None = Field(None, description="terms are negotiated here")
    automation: Automation | None = Field(None, description="a machine takes some of the visits")
    next: Annotated[dict[Name, Share], Field(max_length=MAX_TOUCHPOINTS + MAX_EXITS)] = Field(
        description="probability of each next touchpoint or exit"
    )


class Journey(Section):
    """A directed graph of touchpoints; loops allowed, an exit reachable from everywhere."""

    start: Name = Field(description="the touchpoint a need enters at")
    recontact: Name | None = Field(None, description="where failure demand comes back; else start")
    effect: Literal["none", "joins", "renews"] = Field(
        "none", description="joins: completing makes a customer; renews: dropping it is leaving"
    )
    kind: Literal["resolve", "other"] = Field(
        "other",
        description="resolve: the customer wants something settled, so how many contacts that "
        "takes is measured; it enters no rule",
    )
    opt_in: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None,
        description="for what the firm starts, such as marketing: the share of customers who let "
        "it at base standing; left out, customers start the journey themselves",
    )
    value: Money = Field(0, description="margin on completing, money")
    exits: Annotated[dict[Name, Literal["completed", "withdrawn"]], Field(max_length=MAX_EXITS)] = (
        Field(default_factory=dict, description="exits beside `completed`, and how they count")
    )
    touchpoints: Annotated[dict[Name, Touchpoint], Field(min_length=1, max_length=MAX_TOUCHPOINTS)]


class DeclaredFunction(Section):
    """A function of the enterprise: people who own touchpoints."""

    heads: Annotated[int, Field(ge=1, le=MOST_HEADS)] | None = Field(
        None, description="people; left out, computed from demand (rule M4.4)"
    )
    wage: Wage | None = Field(
        None, description="cost of one head a year, money; left out, the parameter `wage_per_year`"
    )
    base_remit: Share | None = Field(
        None,
        description="share of a negotiation's stake that it concedes without its head's approval, "
        "before the lever `remit`; left out, the parameter `base_remit`",
    )
    congruity: Share | None = Field(
        None,
        description="how far its own KPI also counts what helps the journey; left out, the "
        "parameter `congruity`",
    )
    looks_at: Literal["perception", "operations", "both"] = Field(
        "both",
        description="what it looks at by trade, for those who are placed in it: perception, what "
        "customers say; operations, errors that show and waits; both, everything",
    )


def _empty_as_mapping(value: object) -> object:
    """Let ``sales:`` without anything behind it mean a function of default size."""
    return {} if value is None else value


class Enterprise(Section):
    """Functions, facts and journeys of one firm."""

    enterprise: Name = Field(description="name of the firm or the kind of firm")
    description: str = ""
    kind: Name | None = Field(
        None,
        description="industry, for the figures known of its firms that `validate` prints beside a "
        "run; it enters no rule",
    )
    functions: Annotated[
        dict[Name, Annotated[DeclaredFunction, BeforeValidator(_empty_as_mapping)]],
        Field(min_length=1, max_length=40),
    ]
    role_wages: dict[RoleName, Wage] = Field(
        default_factory=dict,
        description="cost of one head a year in a coordinating role, money, by its name under "
        "`staffing`; left out, the parameter `wage_per_year`",
    )
    facts: Annotated[dict[Name, Literal["customer", "case"]], Field(max_length=MAX_FACTS)] = Field(
        default_factory=dict, description="customer facts persist; case facts end with the case"
    )
    firm_facts: Facts = Field(
        (), description="case facts that only the firm can establish, such as its promise"
    )
    journeys: Annotated[dict[Name, Journey], Field(min_length=1, max_length=40)]

    def local_under(self, structure: Structure) -> frozenset[str]:
        """Return the functions that each unit has of its own, none where there is one unit."""
        if structure.units == 1:
            return frozenset()
        if structure.local == "all":
            return frozenset(self.functions)
        if structure.local == "live":
            steps = [each for j in self.journeys.values() for each in j.touchpoints.values()]
            live = {step.owner for step in steps if step.mode == "live" and not step.automated}
            return frozenset(live & set(self.functions))
        return frozenset(structure.local)


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
    customers: Annotated[int, Field(ge=1)]
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

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    replicates: Annotated[int, Field(ge=1, le=100_000)] = 12
    horizon_days: Annotated[int, Field(ge=5, le=5200)] = Field(520, description="260 is a year")
    warm_up_days: Annotated[int, Field(ge=0, le=2600)] = 130
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

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]
    description: str = ""
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
    parameters: Annotated[dict[str, Value], BeforeValidator(_words_as_numbers)] = Field(
        default_factory=dict, description="overrides of registered parameters"
    )
    mechanisms: Mechanisms = Field(
        Mechanisms(), description="mechanisms that can be off, or have two readings"
    )

    # What was changed is no part of what a study is: it stands on answers, not in the hash.
    _changes: tuple[str, ...] = PrivateAttr(())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Kinds of customers, in the study's order."""
        return tuple(self.market.segments.values())

    @property
    def changes(self) -> tuple[str, ...]:
        """What was laid over the study as written, each ``key.path=value``."""
        return self._changes

    def changed_by(self, overrides: Sequence[str]) -> Study:
        """Return the study with a note of what was laid over it, after earlier ones."""
        noted = self.model_copy()
        noted._changes = (*self._changes, *overrides)
        return noted
