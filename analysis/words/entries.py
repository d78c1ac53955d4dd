"""What there is to explain: levers, keys of a study, parameters, measures, mechanisms and terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from analysis.words.glossary import GLOSSARY
from analysis.words.schema import SchemaKey, keys_of
from sim.reading.bundled import bundled, bundled_names
from sim.study.ablations import ABLATIONS
from sim.study.levers import OrgModel
from sim.study.parameters import REGISTRY
from sim.study.plans import levers_of
from sim.study.study import Study
from sim.study.tables import MEASURES

ENTRY_KINDS = {
    "lever": "levers: what an org model is made of",
    "key": "keys of a study: firm, market and design",
    "parameter": "parameters: what is assumed of people and the firm, the same for all org models",
    "measure": "measures: what comes out",
    "mechanism": "mechanisms that `ablations` switch off one at a time",
    "term": "terms",
}
"""What each kind is, in the order in which they are listed."""
NOT_LEVERS = {"organisation", "label"}
SHOWN_ELSEWHERE = ("organisations", "parameters", "mechanisms")
"""Parts of a study whose keys are levers, parameters or switches."""


@dataclass(frozen=True)
class Entry:
    """One word and what there is to say about it.

    Attributes
    ----------
    name : str
        The word, or the path of a key.
    kind : str
        One of `ENTRY_KINDS`.
    meaning : str
        A sentence without a full stop.
    details : dict of str to str
        Permitted values, default, unit, source and the like, by what they are.
    """

    name: str
    kind: str
    meaning: str
    details: dict[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The last part of a path."""
        return self.name.rpartition(".")[2]


@cache
def all_entries() -> tuple[Entry, ...]:
    """Return everything that can be explained, by kind and in the order of the program."""
    return (
        *levers(),
        *_keys(),
        *_parameters(),
        *_measures(),
        *_mechanisms(),
        *(Entry(word, "term", meaning) for word, meaning in GLOSSARY.items()),
    )


def levers() -> Iterator[Entry]:
    """Yield the levers, with the bundled org models that move them."""
    org_models = {model.label or model.organisation: levers_of(model) for model in _org_models()}
    for key in keys_of(OrgModel.model_json_schema()):
        if key.path in NOT_LEVERS:
            continue
        moved = {
            name: value
            for name, own in org_models.items()
            if (value := _at(own, key.path)) != key.default and value not in (None, {})
        }
        details = _of_key(key)
        if moved:
            details["moved in"] = ", ".join(f"{name} {said(v)}" for name, v in moved.items())
        yield Entry(key.path, "lever", key.meaning, details)


def _org_models() -> Iterator[OrgModel]:
    """Yield the bundled org models."""
    for name in sorted(bundled_names()):
        if name.startswith("organisations/"):
            text = bundled(name).read_text(encoding="utf-8")
            yield OrgModel.model_validate(yaml.safe_load(text))


def _at(levers: dict[str, Any], path: str) -> Any:
    """Return a lever's value by its path, None if there is none."""
    value: Any = levers
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return list(value) if isinstance(value, tuple) else value


def _keys() -> Iterator[Entry]:
    for key in keys_of(Study.model_json_schema()):
        if not key.path.startswith(SHOWN_ELSEWHERE):
            yield Entry(key.path, "key", key.meaning, _of_key(key))
    for key in keys_of(Study.model_json_schema()):
        if key.path.startswith("mechanisms."):
            yield Entry(key.path, "key", key.meaning, _of_key(key))


def _of_key(key: SchemaKey) -> dict[str, str]:
    details = {"permitted": key.permitted} if key.permitted else {}
    if key.required:
        return details | {"default": "none: it has to be given"}
    return details | {"default": said(key.default)}


def _parameters() -> Iterator[Entry]:
    for row in REGISTRY.values():
        least, most = row.permitted
        yield Entry(
            row.name,
            "parameter",
            row.meaning,
            {
                "unit": row.unit,
                "default": f"{row.default:g}",
                "plausible": f"{row.low:g} to {row.high:g}",
                "permitted": f"{least:g} to {most:g}",
                "rule": row.group,
                "source": f"{row.source} (grade {row.grade})",
            },
        )


def _measures() -> Iterator[Entry]:
    for spec in MEASURES.values():
        better = {"neither": "neither is better"}.get(spec.direction, f"{spec.direction} is better")
        yield Entry(
            spec.name,
            "measure",
            spec.formula,
            {"label": spec.label, "unit": spec.unit, "better": better, "source": spec.source},
        )


def _mechanisms() -> Iterator[Entry]:
    for each in ABLATIONS.values():
        yield Entry(each.name, "mechanism", each.label, {"without it": each.without})


def said(value: Any) -> str:
    """Return a value as one writes it in YAML."""
    if value is None:
        return "left out"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(said(each) for each in value)}]"
    if value == {}:
        return "none"
    return str(value) if value != "" else "empty"
