"""What a schema's complaint means: message and remedy for people who write studies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sim.reading.shape import Shape, name_rule
from sim.study.spelling import spelling_advice

_LONGEST_SHOWN = 40

_FAULTS = {
    "integer": "is not a whole number",
    "number": "is not a number",
    "boolean": "is neither true nor false",
    "object": "stands where a mapping belongs",
    "array": "stands where a list belongs",
}

_NUMBERS_AS_PEOPLE_WRITE_THEM: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"\d+(\.\d+)? ?%", lambda text: f"write {float(text.rstrip('% ')) / 100:g}; "),
    (r"\d{1,3}([,_' ]\d{3})+", lambda text: f"write {re.sub('[^0-9]', '', text)}; "),
    (r"\d*,\d+", lambda text: f"write {text.replace(',', '.')}; "),
    (r"[-+]?[0-9.]+(e[-+]?\d+)?", lambda text: "leave out the quotes; "),
)


def shown(value: Any) -> str:
    """Return a value as a message quotes it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return f"`{cut}`"


def unknown_key(key: str, shape: Shape) -> tuple[str, str]:
    """Explain a key that the section does not have."""
    return unknown_name(key, shape.keys)


def unknown_name(key: str, known: list[str]) -> tuple[str, str]:
    """Explain a key that is none of those that there are."""
    return f"the key {shown(key)} is not known here", spelling_advice(key, known)


def missing_key(key: str, shape: Shape | None) -> tuple[str, str]:
    """Explain a key that has to be there and is not."""
    if shape is None:
        return f"`{key}` is missing", "add it"
    parts = (shape.rule.get("description", ""), shape.permitted())
    return f"`{key}` is missing", "add it: " + "; ".join(part for part in parts if part)


def wrong_name(name: str, pattern: str) -> tuple[str, str]:
    """Explain a name with characters that names may not have."""
    return f"{shown(name)} is not a permitted name", f"permitted: {name_rule(pattern)}"


def wrong_value(value: Any, kind: str, shape: Shape | None) -> tuple[str, str]:
    """Explain a value of the wrong kind, outside its range or not among the choices.

    Parameters
    ----------
    value : plain data
        What the study says.
    kind : str
        The schema library's name of the mistake.
    shape : Shape or None
        What is permitted there.

    Returns
    -------
    tuple of str
        Message and remedy.
    """
    if shape is None:
        return f"{shown(value)} is not permitted", "remove it"
    remedy = f"permitted: {shape.permitted()}"
    if value is None:
        return "there is no value here", f"write a value or remove the key; {remedy}"
    if shape.choices:
        if isinstance(value, str):  # of which a switch may permit none
            remedy = spelling_advice(value, [str(choice) for choice in shape.choices])
        return f"{shown(value)} is not permitted", remedy
    if kind in {"too_short", "too_long"}:
        few = kind == "too_short"
        bound = shape.rule.get(
            "minProperties" if few else "maxProperties",
            shape.rule.get("minItems" if few else "maxItems"),
        )
        return (
            f"there are {len(value)} entries, which is too {'few' if few else 'many'}",
            f"permitted: {'at least' if few else 'at most'} {bound}",
        )
    return _wrong_type(value, shape), _number_hint(value, shape) + remedy


def _wrong_type(value: Any, shape: Shape) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if shape.type == "string":
        if isinstance(value, str):
            return f"{shown(value)} is not permitted"
        return f"{shown(value)} is not text (put it in quotes if it is meant as such)"
    whole_enough = shape.type == "number" or isinstance(value, int)
    if shape.type in {"number", "integer"} and is_number and whole_enough:
        return f"{shown(value)} is out of range"
    return f"{shown(value)} {_FAULTS[shape.type]}"


def _number_hint(value: Any, shape: Shape) -> str:
    """Return how to write what was probably meant as a number."""
    if shape.type not in {"number", "integer"}:
        return ""
    if isinstance(value, float) and shape.type == "integer" and value.is_integer():
        return f"write {int(value)}; "
    text = value if isinstance(value, str) else ""
    hints = (
        hint(text) for pattern, hint in _NUMBERS_AS_PEOPLE_WRITE_THEM if re.fullmatch(pattern, text)
    )
    return next(hints, "")
