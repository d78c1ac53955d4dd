"""Every uncertain parameter of the model, once: unit, default, range, source, grade.

Grades (rule M14): A measured by a named source, B published model, C analogy,
D assumption. The plausible range is what worlds are drawn from; the permitted
range is what a study may set. ``python -m sim.study.parameters`` prints the table that
stands in ``docs/parameters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.study.parameter_table import ROWS


@dataclass(frozen=True)
class Parameter:
    """One uncertain quantity of the model.

    Attributes
    ----------
    name, group, unit, meaning : str
        What it is called, which rule it belongs to, its unit, what it does.
    default : float
        Value used unless a study overrides it.
    low, high : float
        Plausible range.
    source, grade : str
        Where the value comes from, and how good that source is (A to D).
    """

    name: str
    group: str
    unit: str
    default: float
    low: float
    high: float
    grade: str
    source: str
    meaning: str

    @property
    def permitted(self) -> tuple[float, float]:
        """Smallest and largest value a study may set."""
        if self.name in LIMITS:
            return LIMITS[self.name]
        if self.unit in {"probability", "share"}:
            return (0.0, 1.0)
        if self.unit == "log-odds":
            return (-10.0, 10.0)
        return (0.0, MOST_MINUTES if self.unit == "minutes" else LARGEST)


# Eighty years of one person's work, as for a touchpoint.
MOST_MINUTES = 1e7
LARGEST = 1e12
"""No parameter is larger: products of a few of them stay finite."""

LIMITS = {
    "ordinary_meetings_share": (0.0, 0.9),
    "planned_utilisation": (0.05, 1.0),
    "standing_memory": (0.0, 0.999),
    "task_substitution": (0.0, 0.95),
    "broken_weight": (1.0, LARGEST),
    "alarm_ratio": (1.01, 10.0),
    "patience_live_hours": (1e-3, LARGEST),
    "patience_deferred_hours": (1e-3, LARGEST),
    # Rate times life is how many defects a site has, and each is looked at every week.
    "defect_rate": (0.0, 10.0),
    "defect_life_weeks": (1.0, 1000.0),
    "experience_scale": (1e-3, LARGEST),
    "variant_growth": (0.0, 1.0),
    "release_weeks": (1.0, 1000.0),
    "release_gain": (0.0, 1.0),
    "gate_weeks": (0.0, 100.0),
    "platform_heads_1": (0.0, 20.0),
    "platform_heads_2": (0.0, 20.0),
    "tie_regrowth_weeks": (1e-3, LARGEST),
    "skill_life_weeks": (1.0, LARGEST),
    "tie_life_weeks": (1.0, LARGEST),
    "governance_build": (0.0, 0.5),
    "governance_decay": (0.0, 0.5),
    "backlog_reference_days": (1e-3, LARGEST),
    "backlog_exponent": (0.0, 20.0),
    "co_creation_scale_hours": (1e-3, LARGEST),
    "sponsor_tenure_months": (1e-3, LARGEST),
}
"""Permitted values of parameters by which the model divides, that it counts up to, or that a
rule bounds."""

REGISTRY: dict[str, Parameter] = {row[0]: Parameter(*row) for row in ROWS}


def defaults() -> dict[str, float]:
    """Return every parameter's default value by name."""
    return {name: parameter.default for name, parameter in REGISTRY.items()}


def resolve(overrides: dict[str, float]) -> dict[str, float]:
    """Return the defaults with a study's overrides laid over them."""
    return defaults() | overrides


def as_markdown() -> str:
    """Return the registry as the page ``docs/parameters.md``."""
    lines = [
        "# Parameters",
        "",
        "Generated from `sim/study/parameter_table.py` by `make docs`. Grades: A measured by a",
        "named source, B published model, C analogy, D assumption. A study overrides any of them",
        "under `parameters:`.",
        "",
    ]
    group = ""
    for parameter in REGISTRY.values():
        if parameter.group != group:
            group = parameter.group
            lines += [
                f"## {group}",
                "",
                "| parameter | meaning | unit | default | plausible range | grade | source |",
                "|---|---|---|---:|---|---|---|",
            ]
        lines.append(
            f"| `{parameter.name}` | {parameter.meaning} | {parameter.unit} | "
            f"{parameter.default:g} | {parameter.low:g} to {parameter.high:g} | "
            f"{parameter.grade} | {parameter.source} |"
        )
        following = list(REGISTRY.values()).index(parameter) + 1
        if following == len(REGISTRY) or list(REGISTRY.values())[following].group != group:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
