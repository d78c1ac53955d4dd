"""Values of registered parameters as a study or an enterprise sets them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.study.parameters import REGISTRY

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


Overrides = Annotated[dict[str, Value], BeforeValidator(_words_as_numbers)]
"""Values by name of the parameter; whether there is one of that name is checked on reading."""
