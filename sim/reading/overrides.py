"""``--set key.path=value``: one value of a study replaced from the command line."""

from __future__ import annotations

import re

from sim.reading.explain import unknown_key
from sim.reading.shape import Shape, study_shape
from sim.reading.source_tree import Key, KeyPath, Mark, Node, Source, planted
from sim.reading.yaml_source import scan_text
from sim.study.errors import Problem
from sim.study.levers import OPEN_NAMES
from sim.study.spelling import spelling_advice

LONGEST_NAMED = 200


class _UnknownPathError(Exception):
    """Part of a path leads nowhere; holds message and remedy."""


def apply_overrides(source: Source, overrides: list[str]) -> None:
    """Replace values of a study; what is wrong with an override joins the problems.

    Parameters
    ----------
    source : Source
        The study with its included files spliced in; altered.
    overrides : list of str
        Each ``key.path=value``. An org model is addressed by name or by position:
        ``organisations.NAME.authority=0.5``. A value is written as in YAML.
    """
    for override in overrides:
        mark = Mark(f"--set {_cut(override)}", None, None)
        written, equals, text = override.partition("=")
        if not equals or not text.strip() or not written.strip():
            _note(source, mark, "this is not `key.path=value`", "write for example `design.seed=2`")
            continue
        value = scan_text(text, mark.file)
        if value.problems:
            problem = value.problems[0]
            _note(source, mark, problem.message, problem.remedy)
            continue
        try:
            _set(source, _parts(written), value.root.plain(), mark)
        except _UnknownPathError as unknown:
            _note(source, mark, *unknown.args)


def put_option(source: Source, path: KeyPath, value: object, option: str) -> None:
    """Set a value that an option of the command line has, such as ``--seed``."""
    mark = Mark(f"{option} {value}", None, None)
    _set(source, [str(key) for key in path], value, mark)


def _cut(text: str) -> str:
    """Return an option as messages name it."""
    return text if len(text) <= LONGEST_NAMED else f"{text[: LONGEST_NAMED - 1]}…"


def _note(source: Source, mark: Mark, message: str, remedy: str) -> None:
    source.problems.append(Problem(mark.file, None, None, "", message, remedy))


def _parts(written: str) -> list[str]:
    return re.sub(r"\[(\d+)\]", r".\1", written.strip()).split(".")


def _set(source: Source, parts: list[str], value: object, mark: Mark) -> None:
    path: KeyPath = ()
    shape: Shape | None = study_shape()
    while parts and shape is not None:
        node = source.find(path)
        if node is not None and not node.sound:
            return
        key, parts = _step(node or Node(mark, {}), shape, parts)
        path, shape = (*path, key), shape.child(key)
    for end in range(1, len(path)):
        above = source.find(path[:end])
        if above is None or above.value is None:
            source.put(path[:end], Node(mark, {}), mark)
        elif not isinstance(above.value, list if isinstance(path[end], int) else dict):
            return  # Something else stands here, which validation will say.
    source.put(path, planted(value, mark), mark)


def _step(node: Node, shape: Shape, parts: list[str]) -> tuple[Key, list[str]]:
    """Return the next key of a path and the parts that remain."""
    word = parts[0]
    if shape.type == "array":
        return _step_into_list(node, parts)
    if shape.type != "object":
        raise _UnknownPathError(
            f"nothing stands below a single value, so no `{word}`", "shorten it"
        )
    if shape.keys and word not in shape.keys:
        raise _UnknownPathError(*unknown_key(word, shape))
    below = shape.child(word)
    is_new_number = len(parts) == 1 and below is not None and below.type == "number"
    is_known = bool(shape.keys) or word in node.entries or shape.rule.get(OPEN_NAMES, False)
    if not is_known and not is_new_number:
        raise _UnknownPathError(
            f"there is no `{word}` here", spelling_advice(word, list(node.entries))
        )
    return word, parts[1:]


def _step_into_list(node: Node, parts: list[str]) -> tuple[int, list[str]]:
    """Return the position that a number or the name of an org model stands for."""
    items = node.value if isinstance(node.value, list) else []
    names = [
        str(item.entries["organisation"].value) for item in items if "organisation" in item.entries
    ]
    # Names may contain dots, so the longest name that fits counts.
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        for position, item in enumerate(items):
            own = item.entries.get("organisation")
            if (own is not None and own.value == name) or str(position) == name:
                return position, parts[end:]
    raise _UnknownPathError(f"there is no `{parts[0]}` here", spelling_advice(parts[0], names))
