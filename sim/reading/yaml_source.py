"""Strict YAML: the 1.2 core schema, the line and column of everything, all mistakes at once.

``yes`` and ``no`` stay words, ``012`` is twelve and ``1e3`` a thousand. What YAML
allows but a study must not contain (a key given twice, a tag, a value that is not
a finite number, a file that unfolds without bound) is a problem with a line.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Sized
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from sim.reading.source_tree import KeyPath, Mark, Node, Scalar, Source, key_path
from sim.reading.yaml_words import syntax_message
from sim.study.errors import MachineRefusal, Problem, StudyError

MAX_BYTES = 1 << 20
MAX_DEPTH = 30
TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep", "nest less"
MAX_NODES = 100_000
"""Values in a study with all files it names; the largest that is permitted has some 60,000."""
MAX_ENTRIES = 2_500
"""Entries of one mapping or list; the longest that is permitted names every touchpoint there is."""
MAX_ALIASES = 64
MAX_ALIASED_NODES = 10_000
LARGEST_INTEGER = 2**63 - 1

# libyaml reads twelve times faster; its Python twin gives the same events.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff"
)
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class _UnreadableError(Exception):
    """The rest of the file cannot be read; its problem has been noted."""


class _RefusedError(Exception):
    """A scalar is not a permitted value; holds message and remedy."""


def read(path: str | Path) -> Source:
    """Read one YAML file.

    Parameters
    ----------
    path : str or Path
        At most 1 MiB of UTF-8.

    Returns
    -------
    Source
        Plain data and the place of every value in it.

    Raises
    ------
    StudyError
        With every problem of the file.
    MachineRefusal
        If the machine does not let the file be read.
    """
    source = scan(path)
    if source.problems:
        raise StudyError(source.problems)
    return source


def scan(path: str | Path, most: int = MAX_NODES) -> Source:
    """Read one YAML file as far as it goes, up to so many values; see ``problems`` for the rest.

    Values that are wrong stand in the tree as null and not sound, so that whoever
    validates the rest need not complain of them again.
    """
    file = str(path)
    text, problem = _text_of(Path(path), file)
    if problem is not None:
        return Source(file, Node(Mark(file, problem.line, problem.column), sound=False), [problem])
    return scan_text(text, file, most)


def scan_text(text: str, file: str, most: int = MAX_NODES) -> Source:
    """Read YAML that is already text; see ``scan``."""
    return _Composer(file, most).compose(text)


def why_no_file(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with a path that leads to no file, and what to do; None if it does."""
    if not os.path.exists(path):
        return "there is no such file", "check the name and the folder"
    if not os.path.isfile(path):
        return "this is not a file", "give the name of a YAML file or a workbook"
    return None


def _text_of(path: Path, file: str) -> tuple[str, Problem | None]:
    """Return a file's text, or the problem that stops it from having one."""

    def stop(message: str, remedy: str, line: int | None = None) -> tuple[str, Problem]:
        return "", Problem(file, line, None, "", message, remedy)

    nothing = why_no_file(path)
    if nothing is not None:
        return stop(*nothing)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as refusal:
        raise MachineRefusal(f"{file} cannot be read: {refusal}") from refusal
    if len(content) > MAX_BYTES:
        return stop("the file is larger than 1 MiB", "a study is text of a few hundred lines")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = _line_of(content[: error.start].decode("utf-8", "replace"))
        return stop("the file is not UTF-8 text", "save it again with encoding UTF-8", line)


def _line_of(before: str) -> int:
    """Line number, from 1, of what follows a text."""
    return len(_LINE_BREAK.findall(before)) + 1


class _Composer:
    """Turns the parser's events into a tree and notes every problem on the way."""

    def __init__(self, file: str, most: int):
        self.file = file
        self.most = most
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.n_nodes = 0
        self.n_aliases = 0
        self.n_aliased_nodes = 0
        self.brackets: list[Any] = []
        self.events: Iterator[Any] = iter(())

    def compose(self, text: str) -> Source:
        """Return the source of a text; unreadable ones have a root that is not sound."""
        root = Node(Mark(self.file, 1, 1), sound=False)
        try:
            self._check_characters(text)
            self.events = yaml.parse(text, Loader=LOADER)
            root = self._document()
        except _UnreadableError:
            pass
        except yaml.YAMLError as error:
            message, remedy, mark = syntax_message(error, text, self.brackets)
            # It looks ahead, and newer ones have a limit of their own beyond ours.
            if "maximum nesting depth" in str(error):
                message, remedy = TOO_DEEP
            where = Mark(self.file, mark.line + 1, mark.column + 1) if mark else root.mark
            self._note((), where, message, remedy)
        return Source(self.file, root, self.problems, self.n_nodes)

    def _note(self, path: KeyPath, mark: Mark, message: str, remedy: str) -> None:
        self.problems.append(
            Problem(self.file, mark.line, mark.column, key_path(path), message, remedy)
        )

    def _stop(self, path: KeyPath, mark: Mark, message: str, remedy: str) -> None:
        self._note(path, mark, message, remedy)
        raise _UnreadableError

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _check_characters(self, text: str) -> None:
        found = UNPRINTABLE.search(text)
        if found:
            mark = Mark(self.file, _line_of(text[: found.start()]), None)
            code = f"U+{ord(found.group()):04X}"
            self._stop((), mark, f"there is a character that is not text ({code})", "delete it")

    def _document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._note(
                        (), self._mark(event), "a second document starts here", "keep one per file"
                    )
                    return root
                root = self._node(next(self.events), (), 1)
        if root is None:
            self._stop((), Mark(self.file, 1, 1), "the file is empty", "write a study into it")
            raise AssertionError
        return root

    def _node(self, event: Any, path: KeyPath, depth: int) -> Node:
        mark = self._mark(event)
        self.n_nodes += 1
        if self.n_nodes > self.most:
            message = f"more than {MAX_NODES} values in a study with its files"
            self._stop(path, mark, message, "write a smaller one")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), path, depth, mark)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, path, mark)
        else:
            self._check_depth(path, mark, depth)
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._check_tag(event.tag, "seq" if is_list else "map", path, mark)
            # An anchor inside itself must not be found: it is known only once closed.
            build = self._sequence if is_list else self._mapping
            self.brackets += [event.start_mark] if event.flow_style else []
            node = build(path, mark, depth)
            if event.flow_style:
                self.brackets.pop()
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _check_depth(self, path: KeyPath, mark: Mark, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._stop(path, mark, *TOO_DEEP)

    def _check_length(self, path: KeyPath, mark: Mark, entries: Sized) -> None:
        if len(entries) >= MAX_ENTRIES:
            self._stop(path, mark, f"more than {MAX_ENTRIES} entries in one place", "write fewer")

    def _sequence(self, path: KeyPath, mark: Mark, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            self._check_length(path, mark, items)
            items.append(self._node(event, (*path, len(items)), depth + 1))
        return Node(mark, items)

    def _mapping(self, path: KeyPath, mark: Mark, depth: int) -> Node:
        node = Node(mark, {})
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            self._check_length(path, mark, node.keys)
            key, at = self._key(event, path, depth), self._mark(event)
            value = self._node(next(self.events), (*path, key or "?"), depth + 1)
            if key is None:
                continue
            if key in node.keys:
                first = node.keys[key].line
                self._note(
                    (*path, key), at, f"`{key}` is given twice (first on line {first})", "keep one"
                )
                continue
            node.entries[key] = value
            node.keys[key] = at
        return node

    def _key(self, event: Any, path: KeyPath, depth: int) -> str | None:
        """Return a key as it is written, for a name is always text; None if it is no name."""
        mark = self._mark(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, (*path, "?"), depth + 1)
            self._note(path, mark, "a key must be a single word", "write `key: value`")
            return None
        self._check_tag(event.tag, "str", path, mark)
        key: str = event.value
        if not key:
            self._note(path, mark, "there is nothing before the colon", "write `key: value`")
            return None
        if key == "<<":
            self._note(
                path, mark, "merging with `<<` is not supported", "write the keys out in full"
            )
            return None
        return key

    def _alias(self, anchor: str, path: KeyPath, depth: int, mark: Mark) -> Node:
        target = self.anchors.get(anchor)
        if target is None:
            self._note(
                path, mark, f"`*{anchor}` refers to nothing above it", f"mark it with `&{anchor}`"
            )
            return Node(mark, sound=False)
        self.n_aliases += 1
        self.n_aliased_nodes += target.size()
        if self.n_aliases > MAX_ALIASES or self.n_aliased_nodes > MAX_ALIASED_NODES:
            message = f"more than {MAX_ALIASES} aliases, or aliases that unfold too far"
            self._stop(path, mark, message, "write the values out in full")
        deepest = max(len(below) for below, _ in target.walk())
        self._check_depth(path, mark, depth + deepest)
        # A copy, so that an override of one does not change the other.
        node = deepcopy(target)
        node.mark = mark
        return node

    def _check_tag(self, tag: str | None, kind: str, path: KeyPath, mark: Mark) -> bool:
        if tag in {None, "!", _TAG + kind}:
            return True
        shown = (tag or "").replace(_TAG, "!!")
        self._note(path, mark, f"the tag `{shown}` is not supported here", "leave the tag out")
        return False

    def _scalar(self, event: Any, path: KeyPath, mark: Mark) -> Node:
        text, tag = event.value, event.tag
        try:
            if tag == "!" or (tag is None and not event.implicit[0]):
                return Node(mark, text)
            if tag is None:
                return Node(mark, _resolve(text))
            kind = tag.removeprefix(_TAG)
            if not tag.startswith(_TAG) or kind not in _CONVERT:
                shown = tag.replace(_TAG, "!!")
                raise _RefusedError(f"the tag `{shown}` is not supported", "leave the tag out")
            return Node(mark, _tagged(text, kind))
        except _RefusedError as refusal:
            message, remedy = refusal.args
            self._note(path, mark, message, remedy)
            return Node(mark, sound=False)


def _integer(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    # Longer digits than any permitted number are not worth the conversion.
    value = int(text, base) if len(text) <= 100 else LARGEST_INTEGER + 1
    if abs(value) > LARGEST_INTEGER:
        raise _RefusedError("the number is too large", f"permitted: up to {LARGEST_INTEGER}")
    return value


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _RefusedError("the number is too large", "write a smaller one")
    return value


_CONVERT: dict[str, tuple[re.Pattern[str], Any]] = {
    "null": (_NULL, lambda text: None),
    "bool": (_BOOL, lambda text: text.lower() == "true"),
    "int": (_INT, _integer),
    "float": (_FLOAT, _number),
    "str": (re.compile(r"(?s).*"), str),
}


def _resolve(text: str) -> Scalar:
    """Return what an unquoted word means in the YAML 1.2 core schema."""
    if _NOT_FINITE.fullmatch(text):
        raise _RefusedError(f"`{text}` is not a finite number", "write a number")
    for pattern, convert in _CONVERT.values():
        if pattern.fullmatch(text):
            value: Scalar = convert(text)
            return value
    return text


def _tagged(text: str, kind: str) -> Scalar:
    """Return a scalar of the kind that its tag asks for."""
    pattern, convert = _CONVERT[kind]
    if not pattern.fullmatch(text):
        raise _RefusedError(f"`{text}` is not what its tag `!!{kind}` says", "leave the tag out")
    value: Scalar = convert(text)
    return value
