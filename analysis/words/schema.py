"""Keys of a file, with what is permitted there, out of its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

SIGNS = "up to {} signs"


class SchemaKey(NamedTuple):
    """One key.

    Attributes
    ----------
    path : str
        Names from the top, with dots; `NAME` for a name that the file's author chooses.
    meaning, permitted : str
        Its description, and what may stand there, empty if anything of its kind may.
    default : Any
        What holds where it is left out.
    required : bool
        Whether it may not be left out.
    """

    path: str
    meaning: str
    permitted: str
    default: Any
    required: bool


def keys_of(schema: dict[str, Any]) -> Iterator[SchemaKey]:
    """Yield the keys of a JSON Schema that hold a value, not those that only hold other keys.

    Parameters
    ----------
    schema : dict
        As pydantic writes it: parts under `$defs`, referred to by `$ref`.
    """
    yield from _below(schema, schema.get("$defs", {}), "")


def _below(part: dict[str, Any], parts: dict[str, Any], before: str) -> Iterator[SchemaKey]:
    required = set(part.get("required", ()))
    for name, shown in part.get("properties", {}).items():
        inner = _resolved(shown, parts)
        path = f"{before}{name}"
        chosen = _resolved(_of_any_name(inner), parts)
        if "properties" in inner:
            yield from _below(inner, parts, f"{path}.")
        elif "properties" in chosen:
            yield from _below(chosen, parts, f"{path}.NAME.")
        else:
            meaning = shown.get("description") or inner.get("description", "")
            default = shown.get("default", inner.get("default"))
            is_needed = name in required
            yield SchemaKey(path, _one_line(meaning), permitted(inner, parts), default, is_needed)


def _of_any_name(part: dict[str, Any]) -> Any:
    """Return what stands behind names that the file's author chooses, None if there are none."""
    by_pattern = part.get("patternProperties", {})
    return next(iter(by_pattern.values()), part.get("additionalProperties"))


def _resolved(part: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference stands for; of several kinds, the one that is no null."""
    if not isinstance(part, dict):
        return {}
    if "$ref" in part:
        return _resolved(parts[part["$ref"].rpartition("/")[2]], parts)
    kinds = [each for each in part.get("anyOf", ()) if each.get("type") != "null"]
    if len(kinds) == 1:
        return _resolved(kinds[0], parts)
    return part


def permitted(part: dict[str, Any], parts: dict[str, Any]) -> str:
    """Return what may stand at a key, in words; empty where anything of its kind may."""
    if "anyOf" in part:
        kinds = [permitted(_resolved(each, parts), parts) for each in part["anyOf"]]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind))
    if "enum" in part or "const" in part:
        return ", ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    kind = part.get("type")
    if kind in ("number", "integer"):
        return _range(part, "a whole number" if kind == "integer" else "a number")
    words = {"boolean": "`true` or `false`", "array": "a list", "object": "names with a value each"}
    if kind == "string" and "maxLength" in part:
        return SIGNS.format(part["maxLength"])
    return words.get(str(kind), "")


def _range(part: dict[str, Any], kind: str) -> str:
    least, most = part.get("minimum"), part.get("maximum")
    above, below = part.get("exclusiveMinimum"), part.get("exclusiveMaximum")
    low = f"{least:g}" if least is not None else f"above {above:g}" if above is not None else ""
    high = f"{most:g}" if most is not None else f"below {below:g}" if below is not None else ""
    if low and high:
        return f"{low} to {high}" + (", whole" if "whole" in kind else "")
    return f"{kind}, {low or '0'} or more" if low else kind


def _one_line(text: str) -> str:
    return " ".join(text.split())
