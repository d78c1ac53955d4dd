"""What one window of the page asks: a firm, two org models, and what was changed of them.

A state is plain data: a link, a file and a browser's memory hold it whole. What it says goes
through the same reader as a study file, so that the page knows no rule of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.reading.bundled import bundled, bundled_org_models
from sim.reading.loader import load_study, study_from
from sim.reading.source_tree import key_path
from sim.running.memory import check_memory, memory_need
from sim.study.errors import Problem, StudyError
from sim.study.spelling import nearest_or_all
from sim.study.study import Study

SIDES = ("a", "b")
"""The two org models of a window: the baseline, and the one held against it."""
_KEPT_FIRMS = 16
_LONGEST_TEXT = 1 << 20

Word = Annotated[str, Field(max_length=200)]
Entered = None | bool | int | float | Annotated[str, Field(max_length=2000)] | list[Word]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FirmChoice(_Strict):
    """Which firm: the study of the command line, a bundled one, or a text that was loaded.

    Attributes
    ----------
    kind : str
        ``given``, ``bundled`` or ``text``.
    name : str
        Of a bundled firm, or of the file that was loaded.
    text : str
        Of a study that was loaded: YAML with everything in it.
    """

    kind: Literal["given", "bundled", "text"] = "given"
    name: Word = ""
    text: Annotated[str, Field(max_length=_LONGEST_TEXT)] = ""


class Change(_Strict):
    """One value that was changed.

    Attributes
    ----------
    side : str or None
        Of which org model it is a lever; None for a key of the whole study.
    path : str
        Such as ``authority``, ``staffing.cx_team`` or ``market.agent_adoption``.
    value : plain data
        As it was entered: the reader says whether it may be.
    """

    side: Literal["a", "b"] | None = None
    path: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.>/ -]{0,199}$")]
    value: Entered = None


class WindowState(_Strict):
    """What a window asks.

    Attributes
    ----------
    firm : FirmChoice
    pair : tuple of str
        Names of the two org models, the baseline first; may be the same one twice.
    changes : tuple of Change
        In the order in which they were made; a later one of the same value holds.
    number : int or None
        Worlds, or replicates where the firm has none; as many as `compare` takes if left out.
    """

    firm: FirmChoice = FirmChoice()
    pair: tuple[Word, Word] | None = None
    changes: Annotated[tuple[Change, ...], Field(max_length=400)] = ()
    number: Annotated[int, Field(ge=2, le=999)] | None = None


@dataclass(frozen=True)
class OpenedFirm:
    """A firm to choose structures for.

    Attributes
    ----------
    study : Study
        As it was read, with its own org models.
    data : mapping
        The same as plain data.
    org_models : mapping of str to str
        Label of each structure there is to choose, by name: the study's, then bundled ones.
    """

    study: Study
    data: Mapping[str, Any]
    org_models: Mapping[str, str]


class FirmShelf:
    """The firms that windows have opened, the latest kept.

    Parameters
    ----------
    given : str
        The study file of the command line.
    overrides : tuple of str
        What the command line laid over it.
    bundled_firms : mapping of str to str
        Name of the study of each bundled firm, by the firm's name.
    nowhere : Path
        An empty folder: what a loaded study names is looked for there, and among bundled files.
    """

    def __init__(
        self,
        given: str,
        overrides: tuple[str, ...],
        bundled_firms: Mapping[str, str],
        nowhere: Path,
    ) -> None:
        self._given, self._overrides = given, overrides
        self._bundled, self._nowhere = bundled_firms, nowhere
        self._kept: OrderedDict[str, OpenedFirm] = OrderedDict()
        self._lock = threading.Lock()

    def firm(self, choice: FirmChoice) -> OpenedFirm:
        """Return a firm, read and checked.

        Raises
        ------
        StudyError
            With every problem of its study.
        """
        text = hashlib.sha256(choice.text.encode()).hexdigest()
        key = json.dumps([choice.kind, choice.name if choice.kind == "bundled" else "", text])
        with self._lock:
            if key not in self._kept:
                self._kept[key] = _opened(self._read(choice))
                while len(self._kept) > _KEPT_FIRMS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def _read(self, choice: FirmChoice) -> Study:
        if choice.kind == "given":
            return load_study(self._given, overrides=self._overrides)
        if choice.kind == "text":
            return study_of_text(choice.text, choice.name, self._nowhere)
        if choice.name not in self._bundled:
            message = f"there is no bundled firm `{choice.name}`"
            remedy = nearest_or_all(choice.name, self._bundled)
            raise StudyError([Problem("firm", None, None, "", message, remedy)])
        return load_study(bundled(self._bundled[choice.name]))


def study_of_text(text: str, name: str, folder: Path) -> Study:
    """Read a study that came as text, with all the checks and places of a file.

    Parameters
    ----------
    folder : Path
        Where it is written for a moment; files beside it may be named by it.

    Raises
    ------
    StudyError
        With every problem, each under the name that the file had.
    """
    shown = Path(re.sub(r"[^A-Za-z0-9_. -]", "_", name or "study.yaml")[-80:]).name
    file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
    try:
        file.write_text(text, encoding="utf-8")
        return load_study(file)
    except StudyError as error:
        raise StudyError(
            replace(each, file=shown) if each.file == str(file) else each for each in error.problems
        ) from error
    finally:
        file.unlink(missing_ok=True)


def _opened(study: Study) -> OpenedFirm:
    """Return a firm with the structures that there are to choose from."""
    data = study.model_dump(mode="json", by_alias=True)
    # A log is set beside finished runs, and ablations are asked for on the command line.
    data |= {"compared_with": None, "ablations": []}
    names = {plan.organisation: plan.label or plan.organisation for plan in study.organisations}
    for name in bundled_org_models():
        names.setdefault(name, _bundled_label(name))
    return OpenedFirm(study, data, names)


def _bundled_label(name: str) -> str:
    text = bundled(f"organisations/{name}.yaml").read_text(encoding="utf-8")
    found = re.search(r"(?m)^label: *(.+?) *(#.*)?$", text)
    return found[1].strip("'\"") if found else name


@dataclass(frozen=True)
class AskedPair:
    """A window's state, read.

    Attributes
    ----------
    study : Study
        Of two org models, the first the baseline.
    names : tuple of str
        Of these two.
    pair : tuple of str
        Names of the structures chosen, which may be one.
    org_models : mapping of str to str
        Label of each structure there is to choose, by name.
    """

    study: Study
    names: tuple[str, str]
    pair: tuple[str, str]
    org_models: Mapping[str, str]


def asked_by(state: WindowState, shelf: FirmShelf) -> AskedPair:
    """Read what a window asks.

    Raises
    ------
    StudyError
        With every problem; one of a change has ``--set`` and its path as its file.
    """
    firm = shelf.firm(state.firm)
    pair = state.pair or _first_pair(firm)
    for name in pair:
        if name not in firm.org_models:
            message = f"there is no org model `{name}`"
            remedy = nearest_or_all(name, firm.org_models)
            raise StudyError([Problem("org model", None, None, "", message, remedy)])
    entries, names = _side_by_side(firm, pair)
    data = {**firm.data, "organisations": entries, "baseline": names[0]}
    overrides = [override_of(change, names) for change in latest(state.changes)]
    study = study_from(data, overrides).changed_by(firm.study.changes)
    _check_size(study)
    return AskedPair(study, names, pair, firm.org_models)


def _first_pair(firm: OpenedFirm) -> tuple[str, str]:
    """Return what a window begins with: the baseline, and the study's next org model."""
    base = firm.study.baseline
    others = [name for name in firm.org_models if name != base]
    return base, others[0] if others else base


def _side_by_side(firm: OpenedFirm, pair: tuple[str, str]) -> tuple[list[Any], tuple[str, str]]:
    """Return two org models as a study has them; one that is there twice has two names."""
    own = {each["organisation"]: each for each in firm.data["organisations"]}
    entries: list[Any] = [own.get(name, f"organisations/{name}.yaml") for name in pair]
    if pair[0] != pair[1]:
        return entries, pair
    second = f"{pair[1][:36]} 2"
    if isinstance(entries[1], str):
        twin: dict[str, Any] = {"organisation": second, "like": pair[1]}
    else:
        twin = {**entries[1], "organisation": second}
    twin["label"] = f"{firm.org_models[pair[1]][:50]} (2)"
    return [entries[0], twin], (pair[0], second)


def latest(changes: tuple[Change, ...]) -> list[Change]:
    """Return the changes that hold: of several of one value the last."""
    held: dict[tuple[str | None, str], Change] = {}
    for change in changes:
        held.pop((change.side, change.path), None)
        held[change.side, change.path] = change
    return list(held.values())


def override_of(change: Change, names: tuple[str, str]) -> str:
    """Return a change as ``--set`` of the command line has it."""
    path = change.path
    if change.side is not None:
        path = f"organisations.{names[SIDES.index(change.side)]}.{path}"
    value = change.value
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", value)
    return f"{path}={value if plain else json.dumps(value, ensure_ascii=False)}"


def _check_size(study: Study) -> None:
    """Refuse a study that this machine cannot run, in two processes if there are two."""
    problems = [
        Problem("study", None, None, key_path(at), message, remedy)
        for at, message, remedy in check_memory(study, memory_need(study), 1)
    ]
    if problems:
        raise StudyError(problems)
