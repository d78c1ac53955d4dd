"""Switches of a study: mechanisms that are on or off, or have two readings.

What is a matter of degree is a parameter; what is a matter of principle is a switch, the same
for all org models of a study. Each has a value at which the mechanism is off.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sim.study.levers import Section

OFF = "x-off"
"""Marks, in the schema, the value of a switch at which its mechanism is off."""
MEASURED_SHAPE = 0.83
"""Of a Weibull, fitted to the patience of callers of a bank (Anonymous Bank, January; Guedj &
Mandelbaum)."""


class Mechanisms(Section):
    """How a study's firm works in principle, equal under every org model."""

    own_kpi: Literal["narrow", "journey"] = Field(
        "narrow",
        description="what a function's own KPI points to: what it is narrow enough to count, or, "
        "as an ablation has it, what the journey is worth",
        json_schema_extra={OFF: "narrow"},
    )
    approval: Literal["head", "path"] = Field(
        "head",
        description="who approves terms beyond the remit: the head of the negotiating function, "
        "with hours for it under every org model, or whoever an org model escalates issues to",
        json_schema_extra={OFF: "path"},
    )
    line_plan: Literal["marginal", "proportional"] = Field(
        "marginal",
        description="the line is planned for the heads that roles leave, each where it keeps most "
        "customers from giving up, or roles take heads from functions in proportion to their size",
        json_schema_extra={OFF: "proportional"},
    )
    idle_improvement_serves: Literal[0, 1] = Field(
        1,
        description="1: improvement hours that a week's alarms, proposals and fixes leave unused "
        "serve customers in that week's days, at `uncommitted_productivity`; 0: they are lost",
        json_schema_extra={OFF: 0},
    )
    seam_fix_sharing: Literal[0, 1] = Field(
        1,
        description="1: the two sides of a seam give half of a fix each, and what one lacks the "
        "other may give; 0: whoever comes first by name gives what it has",
        json_schema_extra={OFF: 0},
    )
    wait_signals: Literal[0, 1] = Field(
        1,
        description="1: a queue in which more give up than the firm planned for raises an alarm; "
        "0: waits raise none",
        json_schema_extra={OFF: 0},
    )
    capacity_moves: Literal[0, 1] = Field(
        1,
        description="1: an alarm about a wait proposes that one person moves there from a function "
        "that can spare them, if `wait_signals` is 1; 0: nobody moves but by a change of levers",
        json_schema_extra={OFF: 0},
    )
    placement_sight: Literal[0, 1] = Field(
        1,
        description="1: where the CX team and journey owners are placed shapes which alarms they "
        "look into, and at the top their proposals wait for an executive's attention first; "
        "0: placement only colours what they propose",
        json_schema_extra={OFF: 0},
    )
    agents_see_status: Literal[0, 1] = Field(
        1,
        description="1: a customer's agent with access to a shared record sees what is stored "
        "there, and chases a lost case or comes back about a fault one tick earlier; 0: it acts "
        "when it would anyway",
        json_schema_extra={OFF: 0},
    )
    trust: Literal["beta", "fixed_rate"] = Field(
        "beta",
        description="how standing moves with promises kept and broken: as a Beta reputation, "
        "which moves less the more is known (Jøsang & Ismail 2002), or by a fixed share, 1 less "
        "`standing_memory`, of the way to the latest one (Jonker & Treur 1999)",
        json_schema_extra={OFF: "beta"},
    )
    patience: Literal["exponential", "measured"] = Field(
        "exponential",
        description="how patience on a live line is spread about its mean: evenly at risk "
        "(Palm 1953, Erlang-A), or as a bank's callers had it, Weibull with shape .83, fitted to "
        "the Kaplan-Meier shares .91, .83, .73 and .52 after 30, 60, 120 and 300 seconds",
        json_schema_extra={OFF: "exponential"},
    )


def off_values() -> dict[str, Any]:
    """Return the value of every switch at which its mechanism is off."""
    properties = Mechanisms.model_json_schema().get("properties", {})
    return {name: rule[OFF] for name, rule in properties.items()}
