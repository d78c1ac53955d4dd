"""An enterprise: functions, facts and journeys of one firm."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from sim.study.levers import ALL_LOCAL, LIVE_LOCAL, ONE_LINE, RoleName, Section, Share, Structure
from sim.study.opening import ALWAYS, WeekSpans, opening_spans
from sim.study.parameter_values import Overrides

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
Hours = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]


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


class Calendar(Section):
    """Nights and weekends: when the firm is open on the clock, and when needs arise (rule E11)."""

    zone: Annotated[str, Field(max_length=60, pattern=ONE_LINE)] = Field(
        "UTC", description="time zone of the hours, such as `Europe/Amsterdam`"
    )
    open: Hours = Field(
        "Mon-Fri 09:00-17:00",
        description="days and hours at which the firm is open, such as `Mon-Fri 08:00-17:00, Sat "
        "09:00-13:00`, or `always`; a function may have its own",
    )
    needs: Hours = Field(
        ALWAYS, description="days and hours in which needs arise, evenly spread over them"
    )


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
    open: Hours | None = Field(
        None,
        description="days and hours at which it is open, where the enterprise has a `calendar`; "
        "left out, those of the firm",
    )

    @model_serializer(mode="wrap")
    def _without_hours(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out hours where there are none: the firm is what it was without such a key."""
        return _unless_none(handler(self), "open")


def _unless_none(written: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a section as it is written, without a key that says nothing."""
    if written.get(key) is None:
        written.pop(key, None)
    return written


def _empty_as_mapping(value: object) -> object:
    """Let ``sales:`` without anything behind it mean a function of default size."""
    return {} if value is None else value


class Enterprise(Section):
    """Functions, facts and journeys of one firm."""

    enterprise: Name = Field(description="name of the firm or the kind of firm")
    description: str = Field("", description="what it does and for whom, in a sentence")
    kind: Name | None = Field(
        None,
        description="industry, for the figures known of its firms that `validate` prints beside a "
        "run; it enters no rule",
    )
    parameters: Overrides = Field(
        default_factory=dict,
        description="what is assumed of this firm in place of registered defaults; the "
        "`parameters` of a study stand before it, and worlds draw it anew",
    )
    calendar: Calendar | None = Field(
        None,
        description="nights and weekends: when the firm is open and when needs arise; left out, "
        "the model knows working time only",
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

    @model_serializer(mode="wrap")
    def _without_calendar(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a calendar where there is none: the firm is what it was without such a key."""
        return _unless_none(handler(self), "calendar")

    def open_hours(self, function: str | None = None) -> WeekSpans:
        """Return when a function is open, or the firm; an enterprise without calendar always is."""
        if self.calendar is None:
            return opening_spans(ALWAYS)
        own = None if function is None else self.functions[function].open
        return opening_spans(self.calendar.open if own is None else own)

    def needs_spans(self) -> WeekSpans:
        """Return when needs arise in a week on the clock."""
        return opening_spans(ALWAYS if self.calendar is None else self.calendar.needs)

    def local_under(self, structure: Structure) -> frozenset[str]:
        """Return the functions that each unit has of its own, none where there is one unit."""
        if structure.units == 1:
            return frozenset()
        if structure.local == ALL_LOCAL:
            return frozenset(self.functions)
        if structure.local == LIVE_LOCAL:
            steps = [each for j in self.journeys.values() for each in j.touchpoints.values()]
            live = {step.owner for step in steps if step.mode == "live" and not step.automated}
            return frozenset(live & set(self.functions))
        return frozenset(structure.local)
