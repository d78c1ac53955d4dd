"""Every uncertain parameter of the model, once: unit, default, range, source, grade.

Grades (rule M14): A measured by a named source, B published model, C analogy,
D assumption. The plausible range is what worlds are drawn from; the permitted
range is what a study may set. ``python -m sim.study.parameters`` prints the table that
stands in ``docs/parameters.md``.
"""

from __future__ import annotations

from sim.study.parameter_table import PARAMETER_ROWS, Parameter

REGISTRY: dict[str, Parameter] = {row.name: row for row in PARAMETER_ROWS}


def defaults() -> dict[str, float]:
    """Return every parameter's default value by name."""
    return {name: parameter.default for name, parameter in REGISTRY.items()}


def resolve(overrides: dict[str, float]) -> dict[str, float]:
    """Return the defaults with a study's overrides laid over them."""
    return defaults() | overrides


def parameters_page() -> str:
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
    print(parameters_page(), end="")
