"""What a study compares: an org model as it is, or a change from one to another.

With it may come a design of the enterprise, in place of the study's.

A plan says which bundle of levers is in force when; a lever bundle knows nothing of time.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from sim.study.enterprise import Enterprise
from sim.study.levers import OrgModel, Section, Technology

BESIDE_LEVERS = frozenset({"enterprise", "transition"})
"""What a plan has that is no lever."""

Level = Annotated[float, Field(allow_inf_nan=False)]
Weeks = Annotated[int, Field(ge=0, le=1040)]


class Trigger(Section):
    """A measure that sets the transition off when it leaves its bounds."""

    measure: Literal["nps", "drop_off_rate", "standing", "churn_rate"] = Field(
        description="what is watched, as tables define it"
    )
    below: Level | None = Field(None, description="the change begins when it falls below this")
    above: Level | None = Field(None, description="the change begins when it rises above this")
    over_weeks: Annotated[int, Field(ge=1, le=260)] = Field(
        13, description="weeks over which it is taken; none of them before the window"
    )


class Transition(Section):
    """A change of org model: from, to, when, how long it takes, what it costs."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    start: OrgModel = Field(
        alias="from",
        description="the org model at first, and during warm-up: levers, a file, or the name "
        "of an org model of this study",
    )
    to: OrgModel = Field(
        description="the org model afterwards: levers, a file, or the name of an org model of "
        "this study"
    )
    at_week: Weeks | None = Field(None, description="week of the window in which it begins")
    when: Trigger | None = Field(None, description="or what sets it off")
    duration_weeks: Annotated[int, Field(ge=0, le=260)] = Field(
        26, description="weeks until nothing is lost to learning any more"
    )
    learning_dip: Annotated[float, Field(ge=0, le=0.8, allow_inf_nan=False)] = Field(
        0.1,
        description="share of the line's time lost to learning at first, falling evenly to nothing",
    )
    cost_per_head: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = Field(
        0, description="money spent once when it begins, for each head of the firm"
    )


class Plan(OrgModel):
    """An org model as a study compares it: levers, or a transition between two bundles."""

    enterprise: Enterprise | None = Field(
        None,
        description="another design of the study's enterprise, which this org model is run with: "
        "other functions, touchpoints, owners or minutes, for the same journeys and budget",
    )

    transition: Transition | None = Field(
        None, description="a change from one org model to another, instead of levers"
    )


def stages(plan: OrgModel) -> tuple[OrgModel, ...]:
    """Return the bundles that a plan leads through: one, or the two of a transition."""
    transition = getattr(plan, "transition", None)
    return (plan,) if transition is None else (transition.start, transition.to)


def in_force(stage: OrgModel, week: int) -> OrgModel:
    """Return a stage's levers in a week of the window: what is bought counts from its week on.

    Parameters
    ----------
    stage : OrgModel
        One of a plan's stages.
    week : int
        Counted from day 0; negative during warm-up.
    """
    bought = stage.technology
    if bought.bought_week is None and bought.record_bought_week is None:
        return stage
    there = Technology(
        level=bought.level if _is_there(bought.bought_week, week) else 0,
        record=bought.record if _is_there(bought.record_bought_week, week) else "own",
        sharing_scope=bought.sharing_scope,
    )
    return stage.model_copy(update={"technology": there})


def _is_there(bought_week: int | None, week: int) -> bool:
    return bought_week is None or week >= bought_week


def ever_in_force(plan: OrgModel) -> tuple[OrgModel, ...]:
    """Return every bundle that may come into force under a plan, each once, first ones first."""
    found: list[OrgModel] = []
    for stage in stages(plan):
        bought = (stage.technology.bought_week or 0, stage.technology.record_bought_week or 0)
        for week in (-1, *sorted(bought)):
            bundle = in_force(stage, week)
            if not any(same_levers(bundle, other) for other in found):
                found.append(bundle)
    return tuple(found)


def same_levers(one: OrgModel, other: OrgModel) -> bool:
    """Tell whether two bundles differ in nothing but name and label."""
    return one is other or levers_of(one) == levers_of(other)


def levers_of(model: OrgModel) -> dict[str, Any]:
    """Return an org model's levers as plain data, without name and label."""
    return model.model_dump(exclude={"organisation", "label", *BESIDE_LEVERS})
