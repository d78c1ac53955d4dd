"""What a study may contain at each place, in words: permitted keys, ranges and values."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sim.study.levers import ONE_LINE
from sim.study.spelling import listed
from sim.study.study import Study

_CLASSES = (("a-z", "small letter"), ("A-Z", "capital letter"), ("0-9", "digit"))
_NAME_PATTERN = re.compile(r"\^\[(?P<first>[^]]+)\]\[(?P<rest>[^]]+)\]\{0,(?P<more>\d+)\}\$")


class Shape:
    """The rule for one place of a study, read from the schema.

    Parameters
    ----------
    rule : dict
        A part of the JSON Schema of ``sim.study.study.Study``.
    sections : dict
        The schema's definitions.
    """

    def __init__(self, rule: dict[str, Any], sections: dict[str, Any]):
        rule = next((r for r in rule.get("anyOf", ()) if r.get("type") != "null"), rule)
        if "$ref" in rule:
            rule = sections[rule["$ref"].rsplit("/", 1)[1]]
        self.rule = rule
        self.sections = sections

    @property
    def type(self) -> str:
        """JSON type: object, array, string, number, integer or boolean."""
        return str(self.rule.get("type", "string"))

    @property
    def keys(self) -> list[str]:
        """Permitted keys; empty where the user chooses the names."""
        return list(self.rule.get("properties", ()))

    @property
    def choices(self) -> list[str]:
        """Permitted words, if there is a fixed list of them."""
        return [self.rule["const"]] if "const" in self.rule else list(self.rule.get("enum", ()))

    def _entry_rule(self) -> dict[str, Any] | None:
        """Rule of every entry of a mapping whose names the user chooses."""
        for rule in self.rule.get("patternProperties", {}).values():
            return dict(rule)
        rule = self.rule.get("additionalProperties")
        return rule if isinstance(rule, dict) else None

    def child(self, key: str | int) -> Shape | None:
        """Return the rule for what stands under a key or list position, None if nothing may."""
        rule: dict[str, Any] | None = None
        if isinstance(key, int):
            rule = self.rule.get("items")
        elif key in self.keys:
            rule = self.rule["properties"][key]
        else:
            rule = self._entry_rule()
        return Shape(rule, self.sections) if rule is not None else None

    def at(self, path: tuple[str | int, ...]) -> Shape | None:
        """Return the rule at a path below this one, None if nothing may stand there."""
        shape: Shape | None = self
        for key in path:
            shape = shape.child(key) if shape is not None else None
        return shape

    def permitted(self) -> str:
        """Return in words what may stand here."""
        if self.choices:
            return listed(self.choices)
        if self.type in {"number", "integer"}:
            kind = "a whole number" if self.type == "integer" else "a number"
            return " ".join(part for part in (kind, self._range()) if part)
        if self.type == "boolean":
            return "`true` or `false`"
        if self.type == "object":
            return f"a mapping with {listed(self.keys)}" if self.keys else "lines of `name: …`"
        if self.type == "array":
            return "a list, each item after a dash or in square brackets"
        pattern = self.rule.get("pattern", ONE_LINE)
        return self._text_rule() if pattern == ONE_LINE else name_rule(pattern)

    def _text_rule(self) -> str:
        longest = self.rule.get("maxLength")
        line = "text on one line" if "pattern" in self.rule else "text"
        return f"{line}, at most {longest} characters" if longest else line

    def _range(self) -> str:
        low, above = self.rule.get("minimum"), self.rule.get("exclusiveMinimum")
        high, below = self.rule.get("maximum"), self.rule.get("exclusiveMaximum")
        if low is not None and high is not None:
            return f"from {_plain(low)} to {_plain(high)}"
        parts = [
            f"of {_plain(low)} or more" if low is not None else "",
            f"above {_plain(above)}" if above is not None else "",
            f"up to {_plain(high)}" if high is not None else "",
            f"below {_plain(below)}" if below is not None else "",
        ]
        return " and ".join(part for part in parts if part)

    def example(self) -> Any:
        """Return some value that is permitted here, as plain data."""
        if "default" in self.rule:
            return self.rule["default"]
        if self.choices:
            return self.choices[0]
        if self.type in {"number", "integer"}:
            return self._example_number()
        if self.type == "object":
            return self._example_mapping()
        if self.type == "array":
            item = self.child(0)
            return [item.example()] if item is not None and self.rule.get("minItems") else []
        return {"boolean": False}.get(self.type, "x")

    def _example_number(self) -> float:
        # One first: a branch taken for certain raises no complaint about what it leads to.
        low, high = self.rule.get("minimum", -1e9), self.rule.get("maximum", 1e9)
        return next((value for value in (1, 0) if low <= value <= high), low)

    def _example_mapping(self) -> dict[str, Any]:
        entry = self.child("x") if self._entry_rule() is not None else None
        if entry is not None and self.rule.get("minProperties"):
            return {"x": entry.example()}
        needed = {key: self.child(key) for key in self.rule.get("required", ())}
        return {key: shape.example() for key, shape in needed.items() if shape is not None}


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def name_rule(pattern: str) -> str:
    """Return in words which names a pattern lets through."""
    match = _NAME_PATTERN.fullmatch(pattern)
    if match is None:
        return f"text of the form {pattern}"
    characters, starts = _kinds(match["rest"], "s"), _kinds(match["first"], "")
    return (
        f"a name of {', '.join(characters[:-1])} and {characters[-1]}, at most "
        f"{int(match['more']) + 1} characters, starting with a {' or a '.join(starts)}"
    )


def _kinds(char_class: str, plural: str) -> list[str]:
    """Return in words the kinds of characters between a pattern's square brackets."""
    words = [f"{word}{plural}" for code, word in _CLASSES if code in char_class]
    for code, _ in _CLASSES:
        char_class = char_class.replace(code, "")
    return words + [f"space{plural}" if sign == " " else f"`{sign}`" for sign in char_class]


@cache
def study_shape() -> Shape:
    """Return the rule for a whole study."""
    schema = Study.model_json_schema()
    return Shape(schema, schema.get("$defs", {}))
