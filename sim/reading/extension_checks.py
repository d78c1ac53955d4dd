"""What a study says of extensions: named ones are loaded by whoever opens it, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from sim.reading.explain import missing_key, unknown_key, wrong_value
from sim.reading.shape import Shape
from sim.reading.transition_checks import bundles
from sim.study.errors import Complaint, KeyPath
from sim.study.extension import Adopted, Extension
from sim.study.spelling import nearest_or_all
from sim.study.study import Study


def check_extensions(study: Study, adopted: Iterable[Adopted]) -> Iterator[Complaint]:
    """Yield complaints about extensions that are not loaded, and about their levers.

    Parameters
    ----------
    study : Study
        Sound in itself.
    adopted : iterable of Adopted
        What the command line or Python has named.
    """
    by_name = {each.extension.name: each for each in adopted}
    for place, key in enumerate(study.extensions):
        name, _, source = key.partition("@")
        if name not in by_name:
            yield Complaint(
                ("extensions", place),
                f"the study names the extension `{name}`, which is code of its author's and runs "
                "only if you name it too",
                f"look at it, then add `--extension {name}.py`, or `extensions=[...]` in Python",
            )
        elif source and source != by_name[name].source:
            yield Complaint(
                ("extensions", place),
                f"the extension `{name}` is another one than this was written with",
                "name the one it was written with, or run the study again",
            )
    for place, plan in enumerate(study.organisations):
        for below, model in bundles(plan):
            for name, levers in model.extensions.items():
                at = ("organisations", place, *below, "extensions", name)
                if name in by_name:
                    run = study.for_plan(plan)
                    yield from _check_levers(at, by_name[name].extension, levers, run)
                elif not any(key.partition("@")[0] == name for key in study.extensions):
                    yield Complaint(
                        at,
                        f"no extension `{name}` is in use",
                        nearest_or_all(name, by_name) + "; one is loaded by `--extension`",
                    )


def resolved(study: Study, adopted: Iterable[Adopted]) -> Study:
    """Return a study that names what is in use, with its source: part of the study's hash."""
    keys = tuple(sorted(each.key for each in adopted))
    return study if keys == study.extensions else study.model_copy(update={"extensions": keys})


def _check_levers(
    at: KeyPath, extension: Extension, levers: Mapping[str, object], study: Study
) -> Iterator[Complaint]:
    if extension.levers is None:
        yield Complaint(at, f"the extension {extension.name} has no levers", "remove this")
        return
    schema = extension.levers.model_json_schema()
    shape = Shape(schema, schema.get("$defs", {}))
    try:
        # As for a study: no text becomes a number.
        found = extension.levers.model_validate_json(json.dumps(levers), strict=True)
    except ValidationError as refusal:
        for error in refusal.errors(include_url=False):
            path = tuple(error["loc"])
            kind, key = error["type"], str(path[-1]) if path else ""
            if kind == "extra_forbidden":
                said = unknown_key(key, shape.at(path[:-1]) or shape)
            elif kind == "missing":
                said = missing_key(key, shape.at(path))
            else:
                said = wrong_value(error["input"], kind, shape.at(path))
            yield Complaint((*at, *path), *said)
        return
    for complaint in extension.check(found, study.enterprise) if extension.check else ():
        yield complaint._replace(path=(*at, *complaint.path))
