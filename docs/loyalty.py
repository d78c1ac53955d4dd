"""A loyalty scheme, as an example of an extension: a lever, its price, what it does, its figure.

Whoever has completed so many cases is invited, and most join. Members' contracts are renewed on
better terms: the firm concedes more readily the more of its customers are members. That takes
hours of the line to look after members, and a welcome gift for each. Nobody's liking, memory or
hazard is touched; whether it pays is for the simulation to say.

    python run.py compare STUDY --extension docs/loyalty.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

import sim
from analysis.figures import style

uniform, block_of_case = sim.uniform, sim.block_of_case

COMPLETED_TO_JOIN = 2
JOINING = 0.7
"""Share of those invited who join."""
MINUTES_A_MEMBER = 0.5
"""Work of looking after a member, a week."""
WELCOME = 3.0
"""Money for each member's welcome gift."""


class Loyalty(sim.Section):
    """Levers of the scheme."""

    generosity: float = Field(
        0, ge=0, le=2, description="how much readier a firm of members only would concede terms"
    )


def needs_a_negotiation(levers: Loyalty, enterprise: Any) -> Iterator[sim.Complaint]:
    """Complain if better terms are promised where no terms are ever negotiated."""
    steps = [
        step for journey in enterprise.journeys.values() for step in journey.touchpoints.values()
    ]
    if levers.generosity > 0 and not any(step.negotiate for step in steps):
        yield sim.Complaint(
            ("generosity",), "nothing is negotiated in this enterprise", "set it to 0"
        )


def rules(numbers: sim.Numbers) -> Mapping[str, Any]:
    """Return the rule of the day: who completes enough cases may become a member."""
    completed, member = numbers.columns["completed"], numbers.columns["member"]
    joins = numbers.draws["joins"]

    @sim.rule
    def case_completes(state, slot, hour):
        row = state.own[state.cases[slot]["customer"]]
        row[completed] += 1.0
        invited = row[completed] == COMPLETED_TO_JOIN
        if invited and uniform(block_of_case(state, slot, joins)[0]) < JOINING:
            row[member] = 1.0

    return {"case_completes": case_completes}


class Scheme:
    """What the firm does each week: it pays for its members, and renews on better terms.

    Parameters
    ----------
    desk : sim.Desk
        The extension's place in the enterprise.
    """

    def __init__(self, desk: sim.Desk):
        self.desk = desk
        self.known = 0.0

    def step(self) -> None:
        """Look after the members there are, and welcome the new ones."""
        if self.desk.levers.generosity > 0:
            members = float(self.desk.columns["member"].sum())
            self.desk.charge_all(members * MINUTES_A_MEMBER / 60.0)
            self.desk.spend((members - self.known) * WELCOME)
            self.known = members

    def adjust(self) -> None:
        """Concede more readily: β grows with generosity and the share of members."""
        generosity = self.desk.levers.generosity
        if generosity > 0:
            share = float(self.desk.columns["member"].mean())
            self.desk.changed("rates")["concession"] *= 1.0 + generosity * share


def member_share(desk: sim.Desk) -> Iterator[tuple[str, str, str, float]]:
    """Yield the share of members at the end: of all customers, and segment by segment."""
    member = desk.columns["member"]
    yield "member_share", "overall", "", float(member.mean())
    for place, name in enumerate(desk.blueprint.segments):
        mine = desk.seen("customers")["segment"] == place
        yield "member_share", "segment", name, float(member[mine].mean())


def draw_members(shown: sim.Shown) -> sim.Drawing | None:
    """Draw the share of members by org model, with its interval."""
    rows = shown.overall[shown.overall["measure"] == "member_share"]
    if rows["mean"].isna().all():
        return None
    grid = style.Panels(1, len(shown.labels), 1, row=0.4, heading=0.2, axis=0.45)
    title = f"At most {100.0 * rows['mean'].max():.0f} % of customers and prospects are members"
    drawn = style.sheet(title, ["Line: 95 % interval of the mean.", shown.footnote], grid.height)
    axes = grid.axes(drawn, 0, 0.6)
    axes.set_xlim(0.0, 100.0)
    axes.set_xlabel("members, % of customers and prospects", fontsize=8)
    colours = style.colours(list(shown.labels))
    for place, (org, label) in enumerate(shown.labels.items()):
        style.write_label(drawn, grid.middle(0, place), label, colours[org])
        row = rows[rows["org_model"] == org].iloc[0]
        values = tuple(100.0 * row[name] for name in ("mean", "mean_low", "mean_high"))
        style.dot(axes, place, values, colours[org])
    return sim.Drawing(drawn, rows)


EXTENSION = sim.Extension(
    name="loyalty",
    module=__name__,
    levers=Loyalty,
    check=needs_a_negotiation,
    columns=("completed", "member"),
    draws=("joins",),
    rules=rules,
    weekly=Scheme,
    measures=(
        sim.MeasureSpec(
            name="member_share",
            label="Members",
            unit="share of customers",
            direction="neither",
            display="percent",
            decimals=1,
            headline=False,
            formula="customers and prospects who have joined the loyalty scheme / all of them",
            source="this extension's definition",
        ),
    ),
    measure=member_share,
    figures=(sim.Figure("members", {"member_share"}, draw_members),),
)
