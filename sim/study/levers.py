"""The levers: everything by which one org model can differ from another.

A lever changes rights, information, capacity, incentives or time, never an
outcome (rule M1). An org model is a bundle of these and nothing else; the engine
reads the levers and never the bundle's name.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# Names are printed and drawn: nothing in them may break a line or steer a terminal.
ONE_LINE = (
    r"^[^\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029"
    r"\u202a-\u202e\u2060-\u206f\ufeff]*$"
)
"""Text without signs that end a line, turn its direction, or stand there and do not show."""
Heads = Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]
BudgetChange = Annotated[float, Field(ge=-0.5, le=1, allow_inf_nan=False)]
RoleName = Literal[
    "cx_team",
    "liaison",
    "insight",
    "governance",
    "trust_office",
    "embedded_leads",
    "journey_owners",
    "account_owners",
]
"""A coordinating role, by its lever under ``staffing``."""


OPEN_NAMES = "x-open"
"""Marks, in the schema, a mapping of names that the program does not know beforehand."""


class Section(BaseModel):
    """A frozen section of a study in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FunctionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


ALL_LOCAL, LIVE_LOCAL = ("all",), ("live",)
"""Words for functions that are local, in place of their names."""


def _as_names(local: object) -> object:
    """Return a word for local functions, or the name of one, as a tuple of it alone."""
    if isinstance(local, list):
        return tuple(local)
    return (local,) if isinstance(local, str) else local


class Structure(Section):
    """Units, such as regions or divisions, and what each of them has of its own (rule E8)."""

    units: Annotated[int, Field(ge=1, le=20)] = Field(
        1,
        description="units such as regions or divisions, each with its own customers and a part of "
        "the firm's heads",
    )
    local: Annotated[tuple[FunctionName, ...], BeforeValidator(_as_names), Field(max_length=40)] = (
        Field(
            (),
            description="functions that each unit has of its own, `all`, or `live` for those to "
            "which customers talk: people, queues, records, processes and their faults; all others "
            "are shared service centres",
        )
    )
    defects: Literal["unit", "firm"] = Field(
        "unit",
        description="whether each unit has processes, faults and fixes of its own, or all do their "
        "work in the same way: then a fault is met in all units, and all agree on a fix and pay it",
    )
    reports: Literal["function", "unit", "both"] = Field(
        "function",
        description="to whom the functions of a unit report, whose figures they are paid by and "
        "whose head approves: of the function, of the unit, or of both (a matrix)",
    )

    @property
    def cut(self) -> Structure:
        """What the units are, whoever reports to whom."""
        return self.model_copy(update={"reports": "function"})


class OwnedAccounts(Section):
    """People who each look after some customers of one segment, whoever serves them (rule E8)."""

    segment: str | None = Field(
        None,
        description="segment whose customers have an account owner; left out, the one whose "
        "customers bring most revenue a year each",
    )
    each: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="customers that one of them looks after; so many as are full leave the line"
    )


class Staffing(Section):
    """Heads taken out of the line functions and given to coordination.

    Heads are whole people; what does not add up to one is a side duty of people in the
    line, done as far as their incentives let it be.
    """

    cx_team: Heads = Field(0, description="heads of a central CX team, per 100 heads of the firm")
    liaison: Heads = Field(0, description="heads who only tend seams, per 100 heads of the firm")
    embedded_leads: Heads = Field(
        0, description="heads of CX leads inside each function; one lead may span several"
    )
    journey_owners: Heads = Field(0, description="heads who own each journey")
    trust_office: Heads = Field(
        0, description="heads who look after what customers disclose, per 100 heads of the firm"
    )
    insight: Heads = Field(
        0,
        description="heads who only keep up measurement and look into alarms, per 100 heads of "
        "the firm",
    )
    governance: Heads = Field(
        0,
        description="heads who keep agreed ways of deciding alive, per 100 heads of the firm",
    )
    account_owners: OwnedAccounts | None = Field(
        None,
        description="people who mind hand-offs of their own customers' cases, and remember what "
        "nobody wrote; they leave the line",
    )
    idle: Annotated[int, Field(ge=0, le=1000)] = Field(
        0,
        description="people who leave the line and do nothing: what a head is worth there",
    )
    hired: Heads = Field(
        0,
        description="heads in the line on top of the firm, per 100 heads of it, at the usual wage: "
        "a larger running budget",
    )


class Ownership(Section):
    """Who decides about a site, and who is accountable for a journey by name."""

    seams: Literal["both", "upstream", "downstream", "journey_owner", "nobody"] = Field(
        "both", description="who decides about a seam; `both` is a joint veto"
    )
    journeys: Literal["journey_owner", "cx_team", "nobody"] = Field(
        "nobody", description="who is accountable for a journey's outcome"
    )
    boundaries: Literal["fixed", "soft"] = Field(
        "fixed",
        description="whether who serves a case hands a step of another function over, or, if it is "
        "`shareable`, may go on with it where its owner keeps customers waiting",
    )
    touchpoints: dict[str, str] = Field(
        default_factory=dict,
        description="who decides about a touchpoint, by `journey/touchpoint`, if not the function "
        "that serves it: another function, `journey_owner` or `nobody`",
    )


class Incentives(Section):
    """What functions are rewarded for; the rest of the weight is on the own KPI."""

    serve_first: dict[str, str] = Field(
        default_factory=dict,
        description="journey that a function is paid to serve before others, by function",
    )

    shared_journey_weight: Share = Field(
        0, description="weight on the journey KPI that all functions of a journey share"
    )
    handle_time_weight: Share = Field(
        0.5,
        description="share of a function's own KPI that rewards throughput rather than getting "
        "it right",
    )


class Information(Section):
    """How finely experience is measured."""

    measurement: Literal["score", "touchpoint", "journey"] = Field(
        "score", description="one satisfaction score, each touchpoint, or whole journeys"
    )


class Trust(Section):
    """How the firm deals with what customers' agents tell it."""

    agent_access: Literal["none", "read", "write"] = Field(
        "none",
        description="what customers' agents may do with a shared record: with `read` they see what "
        "is stored; with `write` they also correct what is stale in it, add what it lacks and "
        "remind the firm of its promises, as far as they disclose it",
    )
    consent_asked: Share = Field(
        1, description="share of what agents are ready to disclose that the firm asks them for"
    )
    host: str | None = Field(
        None,
        description="function that has the trust office as a side duty; left out, it is dedicated",
    )
    audit_share: Share = Field(0.3, description="share of the office's hours spent on audits")
    reciprocity_share: Share = Field(
        0.2, description="share spent on giving customers back status and data"
    )
    intake_share: Share = Field(
        0.2, description="share spent on taking in, for the functions, what agents disclose"
    )


class Escalation(Section):
    """Where a refused or unowned issue goes."""

    path: Literal["none", "committee", "decision_maker"] = Field(
        "none", description="nowhere, a committee of all functions, or one named person"
    )
    attention_hours: Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)] = Field(
        4, description="hours a week that the path can give to issues"
    )
    meeting_weeks: Annotated[int, Field(ge=1, le=26)] = Field(
        4, description="a committee meets every so many weeks"
    )


class Technology(Section):
    """What is bought: a record that functions share, and a customer platform.

    A platform raises detection, notes, records and speed of work, nothing else.
    """

    record: Literal["own", "shared"] = Field(
        "own",
        description="each function's own record only, or a shared one as well, such as a CRM; its "
        "upkeep is paid in heads",
    )
    sharing_scope: Literal["all", "customer", "case"] = Field(
        "all", description="facts that a shared record may hold"
    )
    record_bought_week: Annotated[int, Field(ge=0, le=1040)] | None = Field(
        None,
        description="week of the window in which the shared record is bought and its price paid; "
        "left out, it has been there all along and everybody is used to it",
    )
    level: Annotated[int, Field(ge=0, le=2)] = Field(
        0, description="platform: 0 none, 1 plain, 2 advanced; its subscription is paid in heads"
    )
    bought_week: Annotated[int, Field(ge=0, le=1040)] | None = Field(
        None,
        description="week of the window in which the platform is bought and its price paid; left "
        "out, it has been there all along",
    )


class Gate(Section):
    """Customer experience at the investment gate, before a release is built."""

    influence: Share = Field(
        0,
        description="say in what is released: coordinating roles review releases, which takes "
        "hours and lead time, find designed-in defects, and set what automation is for",
    )


class Placement(Section):
    """Whom coordinating roles report to, and how far that shapes what they see and propose."""

    host: Annotated[str, Field(max_length=40, pattern=ONE_LINE)] = Field(
        "none",
        description="function that the CX team and journey owners sit in, `executive`, or `none`; "
        "with `executive` each of their proposals waits for attention there first",
    )
    hold: Share = Field(
        0,
        description="how far they propose by their host's own KPI rather than by journey value; "
        "the share of their insight hours that alarms at its sites have first; and the chance with "
        "which any other alarm reaches them only if it is of the kind that their host looks at",
    )


class Sponsorship(Section):
    """An executive who stands behind proposals as long as in office and as far as hours go."""

    strength: Share = Field(
        0, description="share of cases in which the sponsor's backing overrides an owner's no"
    )
    attention_hours: Annotated[float, Field(ge=0, le=40, allow_inf_nan=False)] = Field(
        2, description="hours a week that the sponsor has for proposals"
    )


class Culture(Section):
    """How people deal with faults and with one another's proposals."""

    blame: Share = Field(
        0, description="share of what people would report on their own function that is held back"
    )

    co_creation_hours: Annotated[float, Field(ge=0, le=200, allow_inf_nan=False)] = Field(
        0, description="hours that each owner gives to shaping a proposal before it is decided"
    )


ExtensionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OwnLever = int | float | bool | Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
OwnLevers = Annotated[
    dict[ExtensionName, OwnLever],
    Field(
        description="levers of one extension, as it describes them",
        json_schema_extra={OPEN_NAMES: True},
    ),
]
YearlyHours = Annotated[float, Field(ge=0, le=400, allow_inf_nan=False)]


class People(Section):
    """Hours a year of each head in the line, taken from its other work."""

    training_hours: YearlyHours = Field(0, description="training, which builds skill")
    workshop_hours: YearlyHours = Field(
        0, description="workshops with other functions, which build ties"
    )
    customer_workshop_hours: YearlyHours = Field(
        0,
        description="workshops with customers, who may then say what would put failures right; "
        "each `invite_hours` of them invite one customer for a year",
    )


class OrgModel(Section):
    """One org model: a name for the legend and a bundle of levers."""

    organisation: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}$")] = Field(
        description="name in tables and legends; the engine never reads it"
    )
    label: Annotated[str, Field(max_length=60, pattern=ONE_LINE)] = Field(
        "", description="name for a board paper"
    )
    budget_change: BudgetChange = Field(
        0,
        description="change of this org model's running budget, a share, on top of the study's; "
        "unless the baseline's is the same, the study must say `budget: unequal`",
    )
    structure: Structure = Structure()
    staffing: Staffing = Staffing()
    ownership: Ownership = Ownership()
    authority: Share = Field(
        0, description="share of cases in which a proposer's word overrides an owner's no"
    )
    remit: Annotated[float, Field(ge=0, le=1.6, allow_inf_nan=False)] = Field(
        1,
        description="factor on the share of a negotiation's stake that a function concedes without "
        "approval in its enterprise, up to all of it",
    )
    incentives: Incentives = Incentives()
    information: Information = Information()
    trust: Trust = Trust()
    escalation: Escalation = Escalation()
    technology: Technology = Technology()
    gate: Gate = Gate()
    placement: Placement = Placement()
    sponsorship: Sponsorship = Sponsorship()
    culture: Culture = Culture()
    people: People = People()
    extensions: dict[ExtensionName, OwnLevers] = Field(
        default_factory=dict,
        description="levers of extensions, by the extension's name; see docs/extending.md",
        json_schema_extra={OPEN_NAMES: True},
    )
