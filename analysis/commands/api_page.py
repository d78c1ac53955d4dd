"""``python -m analysis.commands.api_page``: docs/api.md, all that ``import sim`` offers."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator
from types import FunctionType

import sim

PREAMBLE = """\
# What `import sim` offers

Generated from the docstrings by `make docs`. Each name is loaded when it is first asked for;
`help(sim.compare)` tells the rest. Examples are in [python.md](python.md).
"""


def api_page() -> str:
    """Return the page: every public name with its signature and what it is for."""
    sections = ["\n".join(_section(name)) for name in sim.__all__]
    return "\n".join([PREAMBLE, *sections])


def _section(name: str) -> Iterator[str]:
    offered = getattr(sim, name)
    offered = getattr(offered, "py_func", offered)  # of a compiled rule, the rule
    if not callable(offered):
        yield f"## sim.{name}\n"
        yield f"One after another: {', '.join(each.name for each in offered)}.\n"
        return
    yield f"## sim.{name}\n"
    yield f"```python\n{_signature(name, offered)}\n```\n"
    yield f"{_first_sentence(offered)}\n"
    members = _members(offered) if inspect.isclass(offered) else {}
    for member, value in members.items():
        shown = _signature(member, value) if inspect.isfunction(value) else member
        yield f"- `{shown}`: {_first_sentence(value)}"
    if members:
        yield ""


def _members(offered: type) -> dict[str, object]:
    """Return what a class offers of this program's own, not what its libraries give it."""
    kinds = (FunctionType, property, functools.cached_property)
    return {
        name: value
        for home in reversed(offered.__mro__)
        if _is_ours(home)
        for name, value in vars(home).items()
        if not name.startswith("_") and isinstance(value, kinds)
        # A library may put functions of its own into a class of ours.
        if not isinstance(value, FunctionType) or _is_ours(value)
    }


def _is_ours(made: type | FunctionType) -> bool:
    return made.__module__.startswith(("sim.", "analysis."))


def _signature(name: str, offered: object) -> str:
    """Return a call as it is declared, the same under every version of Python."""
    made = offered
    if inspect.isclass(offered):
        made = offered.__new__ if issubclass(offered, tuple) else offered.__init__
    signature = inspect.signature(made)  # type: ignore[arg-type]
    parameters = [
        each for each in signature.parameters.values() if each.name not in ("self", "_cls")
    ]
    returns = inspect.Signature.empty if inspect.isclass(offered) else signature.return_annotation
    shown = signature.replace(parameters=parameters, return_annotation=returns)
    # Annotations are kept as text, which would stand in quotes; paths tell the system.
    plain = re.sub(r"ForwardRef\(('[^']*')\)", r"\1", str(shown))
    plain = re.sub(r"(: |-> )'([^']*)'", r"\1\2", plain)
    return name + re.sub(r"\w+Path\(", "Path(", plain)


def _first_sentence(offered: object) -> str:
    text = " ".join((inspect.getdoc(offered) or "").split("\n\n")[0].split())
    return text.partition(". ")[0].rstrip(".") + "."


if __name__ == "__main__":
    print(api_page(), end="")
