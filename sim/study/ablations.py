"""Mechanisms that a study can switch off one at a time, to see what each of them does.

What is switched off is switched off in every org model alike, and nothing else is
touched: an ablation is an override of parameters, of switches, of levers, or of what touchpoints
have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sim.study.enterprise import Enterprise
from sim.study.levers import OrgModel
from sim.study.plans import Plan
from sim.study.study import Study

_Bundle = TypeVar("_Bundle", bound=OrgModel)
NEVER_RAISED = 1e12
"""An alarm level that no evidence reaches."""


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """One mechanism, and how it is switched off.

    Attributes
    ----------
    name, label : str
        What a study calls it, and what a reader reads.
    without : str
        What does not happen any more.
    parameters : mapping
        Values of parameters.
    levers : mapping
        Values of levers of all org models, by group.
    touchpoints : mapping
        Values of all touchpoints of the enterprise.
    mechanisms : mapping
        Values of switches.
    """

    name: str
    label: str
    without: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    touchpoints: Mapping[str, Any] = field(default_factory=dict)
    mechanisms: Mapping[str, Any] = field(default_factory=dict)


_ALL = (
    Ablation(
        name="seam_loss",
        label="loss at seams",
        without="no case falls between two people",
        parameters={"loss_rate": 0.0},
    ),
    Ablation(
        name="latent_faults",
        label="latent faults",
        without="no step leaves a fault for others to find",
        touchpoints={"latent_fault": 0.0},
    ),
    Ablation(
        name="kpi_distortion",
        label="distorting KPIs",
        without="a function's own KPI points to all that helps the journey, so that pursuing it "
        "harms nobody",
        mechanisms={"own_kpi": "journey"},
    ),
    Ablation(
        name="remit",
        label="limits to what is conceded",
        without="whatever is beyond a function's remit is approved at once and takes nobody's time",
        parameters={"approval_minutes": 0.0},
    ),
    Ablation(
        name="line_plan",
        label="a line planned for those left",
        without="roles take heads from functions in proportion to their size, and what rounding "
        "does is not made good",
        mechanisms={"line_plan": "proportional"},
    ),
    Ablation(
        name="incentives",
        label="shared incentives",
        without="no org model shares a journey measure: all are rewarded as functions on their "
        "own are",
        levers={"incentives": {"shared_journey_weight": 0.0}},
    ),
    Ablation(
        name="informal_ties",
        label="informal ties",
        without="nobody knows anybody, inside a function or across",
        parameters={"inner_ties": 0.0, "cross_ties": 0.0},
    ),
    Ablation(
        name="improvement",
        label="improvement",
        without="no alarm is raised, so no defect is ever fixed",
        parameters={"alarm_level": NEVER_RAISED},
    ),
    Ablation(
        name="team_monitoring",
        label="a team that looks for stuck cases",
        without="a CX team accountable for journeys does not look for stuck cases",
        parameters={"team_monitor_share": 0.0},
    ),
    Ablation(
        name="blame_by_ambiguity",
        label="blame fed by ambiguity",
        without="nobody holds back reports because it is unclear who owns what went wrong",
        parameters={"blame_ambiguity": 0.0},
    ),
    Ablation(
        name="idle_improvement",
        label="improvement time that serves",
        without="improvement hours that nothing takes are lost to customers",
        mechanisms={"idle_improvement_serves": 0},
    ),
    Ablation(
        name="shared_fixes",
        label="fixes of seams shared",
        without="the side of a seam that comes first by name gives what hours it has for a fix",
        mechanisms={"seam_fix_sharing": 0},
    ),
    Ablation(
        name="observed_failures",
        label="failures seen without a complaint",
        without="measurement sees no failure that nobody voices",
        parameters={"observe_share": 0.0},
    ),
    Ablation(
        name="customer_remedies",
        label="customers who help mend",
        without="no customer says what would put a failure right, and nobody spends hours on "
        "workshops with them",
        parameters={"remedy_share": 0.0},
        levers={"people": {"customer_workshop_hours": 0.0}},
    ),
    Ablation(
        name="wait_signals",
        label="alarms about waits",
        without="no queue raises an alarm, however many give up in it",
        mechanisms={"wait_signals": 0},
    ),
    Ablation(
        name="capacity_moves",
        label="people who move to where they are missing",
        without="nobody moves to another function, however long the wait there",
        mechanisms={"capacity_moves": 0},
    ),
    Ablation(
        name="placement_sight",
        label="what is seen from where one sits",
        without="whom a CX team and journey owners report to shapes what they propose and not what "
        "they see, and nothing waits for an executive's attention first",
        mechanisms={"placement_sight": 0},
    ),
    Ablation(
        name="defects",
        label="defects",
        without="no site has or gets a defect",
        parameters={"defect_rate": 0.0},
    ),
    Ablation(
        name="disclosure",
        label="disclosure",
        without="customers' agents disclose nothing of their own accord",
        parameters={"consent_scope": 0.0},
    ),
    Ablation(
        name="shared_ratings",
        label="shared ratings",
        without="customers' agents do not tell one another what they have met with",
        parameters={"reputation_sharing": 0.0},
    ),
    Ablation(
        name="misuse",
        label="misuse of facts",
        without="no fact is used for what the customer never agreed to",
        parameters={"misuse_rate": 0.0},
    ),
    Ablation(
        name="care_minutes",
        label="minutes for writing",
        without="what others need to know is written in no time",
        parameters={"write_minutes": 0.0, "note_minutes": 0.0},
    ),
    Ablation(
        name="lookups",
        label="looking things up",
        without="looking into the shared record takes no time",
        parameters={"lookup_minutes": 0.0},
    ),
    Ablation(
        name="shared_record",
        label="the shared record",
        without="each function has its own record only, and nobody keeps a shared one running",
        levers={"technology": {"record": "own", "record_bought_week": None}},
    ),
    Ablation(
        name="staleness",
        label="staleness",
        without="a recorded fact stays true",
        parameters={"staleness_per_year": 0.0},
    ),
    Ablation(
        name="planned_rework",
        label="planning for rework",
        without="the line is planned as if nothing were ever done again, asked for or repaired",
        parameters={"planned_rework": 0.0},
    ),
    Ablation(
        name="graver_is_louder",
        label="voice by severity",
        without="a grave failure is voiced in proportion to its severity, not above it",
        parameters={"voice_severity": 1.0},
    ),
    Ablation(
        name="real_faults",
        label="faults of a real firm",
        without="errors and latent faults are as rare as the enterprise gives them",
        parameters={"error_scale": 1.0, "latent_fault_scale": 1.0},
    ),
    Ablation(
        name="rivals",
        label="rivals' offers",
        without="what rivals offer moves nobody: alternatives are as good at all times",
        parameters={"leaving_offer": 0.0},
    ),
    Ablation(
        name="moving_expectation",
        label="expectation that moves",
        without="customers expect for ever what they expected at first",
        parameters={"expectation_rate": 0.0},
    ),
    Ablation(
        name="customer_node",
        label="customers' agents at the record",
        without="customers' agents correct, write, remind and see nothing of a shared record, "
        "whatever access they have to it",
        parameters={"agent_refresh": 0.0, "agent_writes": 0.0, "reminder": 0.0},
        mechanisms={"agents_see_status": 0},
    ),
    Ablation(
        name="understanding",
        label="understanding",
        without="whatever anybody wrote to the shared record everybody understands, and nobody "
        "spends hours on common standards",
        parameters={"understanding_floor": 1.0, "standards_share": 0.0},
    ),
    Ablation(
        name="soft_boundaries",
        label="soft boundaries",
        without="nobody goes on with a step that is another function's",
        levers={"ownership": {"boundaries": "fixed"}},
    ),
    Ablation(
        name="failure_demand",
        label="failure demand",
        without="no case comes back for a fault that was left open",
        parameters={"recontact_person": 0.0, "recontact_agent": 0.0},
    ),
)
ABLATIONS: dict[str, Ablation] = {each.name: each for each in _ALL}


def switched_off(study: Study, name: str) -> Study:
    """Return a study in which one mechanism is switched off.

    Parameters
    ----------
    study : Study
        The study with everything on.
    name : str
        One of `ABLATIONS`.
    """
    ablation = ABLATIONS[name]
    changes: dict[str, Any] = {"parameters": study.parameters | dict(ablation.parameters)}
    if ablation.levers:
        changes["organisations"] = tuple(
            _without(plan, ablation.levers) for plan in study.organisations
        )
    if ablation.touchpoints:
        changes["enterprise"] = _plain_steps(study.enterprise, ablation.touchpoints)
        changes["organisations"] = tuple(
            _with_plain_steps(plan, ablation.touchpoints)
            for plan in changes.get("organisations", study.organisations)
        )
    if ablation.mechanisms:
        changes["mechanisms"] = study.mechanisms.model_copy(update=dict(ablation.mechanisms))
    return study.model_copy(update=changes)


def _without(plan: Plan, levers: Mapping[str, Mapping[str, Any]]) -> Plan:
    """Return a plan with levers set, in every bundle that it leads through."""
    if plan.transition is None:
        return _set(plan, levers)
    ends = {end: _set(getattr(plan.transition, end), levers) for end in ("start", "to")}
    return plan.model_copy(update={"transition": plan.transition.model_copy(update=ends)})


def _set(model: _Bundle, levers: Mapping[str, Mapping[str, Any]]) -> _Bundle:
    groups = {
        group: getattr(model, group).model_copy(update=dict(values))
        for group, values in levers.items()
    }
    return model.model_copy(update=groups)


def _with_plain_steps(plan: Plan, values: Mapping[str, Any]) -> Plan:
    """Return a plan with values set at all touchpoints of its own design, if it has one."""
    if plan.enterprise is None:
        return plan
    return plan.model_copy(update={"enterprise": _plain_steps(plan.enterprise, values)})


def _plain_steps(enterprise: Enterprise, values: Mapping[str, Any]) -> Enterprise:
    """Return an enterprise with values set at all touchpoints."""
    journeys = {
        name: journey.model_copy(
            update={
                "touchpoints": {
                    step: touchpoint.model_copy(update=dict(values))
                    for step, touchpoint in journey.touchpoints.items()
                }
            }
        )
        for name, journey in enterprise.journeys.items()
    }
    return enterprise.model_copy(update={"journeys": journeys})
