"""Org models that a transition names: by file, or by the name they have in the study."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from sim.reading.source_tree import KeyPath, Node, Source
from sim.reading.validation import problem_at
from sim.study.spelling import spelling_advice

ENDS = ("from", "to")
APART = (
    "that is not simulated: compare both as org models of their own, or give the design beside "
    "`transition`, where it is in force before and after"
)
"""What to do in place of a transition between two designs."""


def org_models(source: Source) -> list[tuple[KeyPath, Node]]:
    """Return every org model of a study that is a mapping, with its path."""
    listed = source.find(("organisations",))
    nodes = listed.value if listed is not None and isinstance(listed.value, list) else []
    return [
        (("organisations", place), node)
        for place, node in enumerate(nodes)
        if isinstance(node.value, dict)
    ]


def model_names(source: Source) -> dict[str, Node]:
    """Return the study's org models that have a name, by it."""
    return {
        str(node.entries["organisation"].value): node
        for _, node in org_models(source)
        if "organisation" in node.entries
    }


def named_ends(source: Source) -> Iterator[tuple[KeyPath, Node]]:
    """Yield what stands as text under `from` and `to` of transitions, with its path."""
    for path, found in _ends(source):
        if found.sound and isinstance(found.value, str):
            yield path, found


def _ends(source: Source) -> Iterator[tuple[KeyPath, Node]]:
    """Yield what stands under `from` and `to` of transitions, with its path."""
    for path, node in org_models(source):
        transition = node.entries.get("transition")
        for end in ENDS if transition is not None else ():
            found = transition.entries.get(end) if transition is not None else None
            if found is not None:
                yield (*path, "transition", end), found


def _has_design(model: Node) -> bool:
    """Tell whether an org model comes with a design of the enterprise."""
    design = model.entries.get("enterprise")
    return design is not None and design.value is not None


def is_file(text: str) -> bool:
    """Tell whether a text names a file rather than an org model."""
    return text.lower().endswith((".yaml", ".yml")) or "/" in text


def tie_names(source: Source) -> None:
    """Put the org model that a name stands for in the name's place, one and the same for both.

    So a change from the command line reaches it by either path; `untie` parts them again.
    """
    by_name = model_names(source)
    for path, node in list(named_ends(source)):
        named = by_name.get(node.value)
        if named is None:
            node.sound = False
            advice = spelling_advice(node.value, list(by_name))
            message = (
                f"`{node.value}` is neither an org model, bundled or of this study, nor a file"
            )
            source.problems.append(problem_at(source, path, message, advice))
        elif "transition" in named.entries:
            node.sound = False
            message = f"`{node.value}` is itself a transition"
            remedy = "name an org model that has levers"
            source.problems.append(problem_at(source, path, message, remedy))
        elif _has_design(named):
            node.sound = False
            message = f"`{node.value}` has an `enterprise` of its own"
            source.problems.append(problem_at(source, path, message, APART))
        else:
            source.put(path, named)
    for path, node in _ends(source):
        if _has_design(node):
            message = "a transition leads from one design of the enterprise to another"
            source.problems.append(problem_at(source, (*path, "enterprise"), message, APART))
            source.remove((*path, "enterprise"))


def untie(source: Source) -> None:
    """Give every transition copies of the org models it names: mending one mends no other."""
    for _, node in org_models(source):
        transition = node.entries.get("transition")
        for end in ENDS if transition is not None else ():
            found = transition.entries.get(end) if transition is not None else None
            if found is not None and isinstance(found.value, dict) and transition is not None:
                transition.value[end] = copy.deepcopy(found)
