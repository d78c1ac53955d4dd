"""Extensions: levers, mechanisms, measures and figures of one's own, with no edit of the program.

An extension is one frozen bundle. It is code of its author's, so it is loaded only where
somebody names it: on the command line (``--extension``) or in Python (``extensions=``). A study
that names one and is opened without is refused, and runs nothing.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.study.errors import Complaint, Problem, StudyError
from sim.study.levers import Section
from sim.study.measure_table import MeasureSpec
from sim.study.tables import MEASURES

NAME = r"^[a-z][a-z0-9_]{0,39}$"
WORDS = "a small letter, then at most 39 small letters, digits and underscores"
PLACES = ("case_begins", "visit_begins", "visit_ends", "case_completes", "case_drops")
"""Where in the day an extension may have a compiled rule, see ``sim.day.places``."""
OUTCOMES = frozenset(
    {
        "standing", "liking", "memory", "hazard", "hazard_left", "left_at", "since", "joined_at",
        "kept", "broken", "trials", "tolerance", "effort", "new_effort", "worst", "latest", "felt",
        "judged", "cause", "clean", "contact", "line", "again", "contact_felt", "first_end",
        "let_down_by", "expected", "expectations",
    }
)  # fmt: skip
"""Fields that no lever and no mechanism may write: a lever never changes an outcome directly."""

Row = tuple[str, str, str, float]
"""A value of a measure: measure, scope, scope_id, value."""


@dataclass(frozen=True)
class Numbers:
    """Under which numbers compiled rules find what an extension has declared.

    Attributes
    ----------
    columns : mapping of str to int
        Place of each of its columns in a row of ``state.own``.
    draws : mapping of str to int
        Number of each of its random decisions, for ``block_of_visit`` and ``block_of_case``.
    """

    columns: Mapping[str, int]
    draws: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What somebody adds to the model, in one bundle.

    Attributes
    ----------
    name : str
        What studies call it: small letters, digits and underscores.
    module : str
        ``__name__`` of the module that it stands in.
    levers : type of Section, optional
        Its levers, with range, default and description each. They stand under
        ``extensions: {name: ...}`` of an org model. At their defaults it must do nothing.
    check : callable, optional
        From levers and enterprise to complaints about what the two do not agree on.
    columns : tuple of str
        Numbers that it keeps of each customer, zero at first.
    draws : tuple of str
        Its random decisions, by name; no other draw moves for them.
    rules : callable, optional
        From `Numbers` to compiled rules by place of the day: functions of (state, slot, hour)
        made with ``sim.rule``, where ``PLACES`` says.
    weekly : callable, optional
        From a desk (``sim.Desk``) to a mechanism with ``step()``, for what it decides and pays
        before the week's rates are written, and ``adjust()``, for what it then makes of them.
    measures : tuple of MeasureSpec
        What it measures.
    measure : callable, optional
        From a desk, at the end of a run, to rows (measure, scope, scope_id, value).
    figures : tuple of Figure
        What it draws of a comparison.

    Raises
    ------
    ValueError
        If names are not permitted, doubled, or those of measures that there are already.
    """

    name: str
    module: str
    levers: type[Section] | None = None
    check: Callable[[Any, Any], Iterable[Complaint]] | None = None
    columns: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    rules: Callable[[Numbers], Mapping[str, Any]] | None = None
    weekly: Callable[[Any], Any] | None = None
    measures: tuple[MeasureSpec, ...] = ()
    measure: Callable[[Any], Iterable[Row]] | None = None
    figures: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that would not work where they are used."""
        own = [spec.name for spec in self.measures]
        for names in (self.columns, self.draws, own):
            for name in names:
                if not re.match(NAME, name):
                    raise ValueError(f"nothing can be called `{name}`: {WORDS}")
                if list(names).count(name) > 1:
                    raise ValueError(f"there are two `{name}`")
        if not re.match(NAME, self.name):
            raise ValueError(f"an extension cannot be called `{self.name}`: {WORDS}")
        taken = [name for name in own if name in MEASURES and name not in _measured_by(self.name)]
        if taken:
            raise ValueError(f"there is a measure `{taken[0]}` already; call yours otherwise")


@dataclass(frozen=True)
class Adopted:
    """An extension that is in use in this process.

    Attributes
    ----------
    extension : Extension
    source : str
        First 16 hex digits of the SHA-256 over its source.
    reference : str or None
        By which another process loads it: a file or a module; None if it was made by hand.
    """

    extension: Extension
    source: str
    reference: str | None

    @property
    def key(self) -> str:
        """How a resolved study names it: by name and source."""
        return f"{self.extension.name}@{self.source}"


_ADOPTED: dict[str, Adopted] = {}


def adopt(extension: Extension | str) -> Adopted:
    """Take an extension into use in this process.

    Parameters
    ----------
    extension : Extension or str
        The extension; or the module or Python file that holds it as ``EXTENSION``.

    Returns
    -------
    Adopted
        One of the same name that was in use before is replaced.

    Raises
    ------
    StudyError
        If there is no such module, no extension in it, or a rule of it writes an outcome.
    """
    found = _loaded(extension) if isinstance(extension, str) else extension
    before = _ADOPTED.get(found.name)
    if before is not None and before.extension is found:
        return before  # what its file says by now is not what runs here
    file = getattr(sys.modules.get(found.module), "__file__", None)
    text = Path(file).read_text(encoding="utf-8") if file is not None else None
    if text is not None:
        _refuse_written_outcomes(found, str(file), text)
    _refuse_unknown_places(found, str(file or found.module))
    adopted = Adopted(found, _source(text), _reference(found, file))
    for name in _measured_by(found.name):
        del MEASURES[name]
    MEASURES.update({spec.name: spec for spec in found.measures})
    _ADOPTED[found.name] = adopted
    return adopted


def adopted_by(keys: Iterable[str]) -> tuple[Adopted, ...]:
    """Return the extensions of a resolved study, in its order.

    Parameters
    ----------
    keys : iterable of str
        ``Study.extensions`` of a study that has been read.

    Raises
    ------
    LookupError
        If one is not in use in this process, or has another source.
    """
    found = []
    for key in keys:
        name, _, source = key.partition("@")
        adopted = _ADOPTED.get(name)
        if adopted is None or adopted.source != source:
            raise LookupError(f"the extension {name} is not loaded here as the study has it")
        found.append(adopted)
    return tuple(found)


def numbers_of(adopted: Iterable[Adopted], first_draw: int) -> dict[str, Numbers]:
    """Return the numbers of what each extension of a study has declared, by its name.

    Parameters
    ----------
    adopted : iterable of Adopted
        The study's, in its order.
    first_draw : int
        Number of the first random decision that is no longer the program's own.
    """
    column, draw, found = 0, first_draw, {}
    for each in adopted:
        extension = each.extension
        columns = {name: column + place for place, name in enumerate(extension.columns)}
        draws = {name: draw + place for place, name in enumerate(extension.draws)}
        column, draw = column + len(columns), draw + len(draws)
        found[extension.name] = Numbers(columns, draws)
    return found


def draw_names(adopted: Iterable[Adopted]) -> tuple[str, ...]:
    """Return the names of all random decisions of a study's extensions, in order of number."""
    return tuple(f"{a.extension.name}.{draw}" for a in adopted for draw in a.extension.draws)


def _measured_by(name: str) -> list[str]:
    before = _ADOPTED.get(name)
    return [] if before is None else [spec.name for spec in before.extension.measures]


def _loaded(reference: str) -> Extension:
    """Load a module or a Python file and return the extension in it."""
    try:
        module = _file(reference) if reference.endswith(".py") else _module(reference)
    except FileNotFoundError:
        raise _refusal(reference, "there is no such file", "check the name and folder") from None
    except ModuleNotFoundError as error:
        what = f"there is no module `{error.name}`"
        raise _refusal(reference, what, "name a Python file or an importable module") from error
    except StudyError:
        raise
    except Exception as error:  # whatever its author has made of it
        what = f"it cannot be loaded: {type(error).__name__}: {error}"
        raise _refusal(reference, what, "mend the extension") from error
    found = getattr(module, "EXTENSION", None)
    if not isinstance(found, Extension):
        what = "no extension stands in it"
        raise _refusal(reference, what, "write `EXTENSION = sim.Extension(...)` in it")
    if found.module != module.__name__:
        what = f"its extension says that it stands in `{found.module}`"
        raise _refusal(reference, what, "write `module=__name__`")
    return found


def _file(reference: str) -> ModuleType:
    path = Path(reference).resolve()
    if not path.is_file():
        raise FileNotFoundError(path)
    known = sys.modules.get(path.stem)
    if known is not None and getattr(known, "__file__", None) != str(path):
        what = f"another module is called `{path.stem}` already"
        raise _refusal(reference, what, "give the file another name")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[path.stem]
        raise
    return module


def _module(reference: str) -> ModuleType:
    """Import a module, from the folder one works in as well."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(reference)
    finally:
        sys.path.remove(here)


def _refusal(reference: str, message: str, remedy: str) -> StudyError:
    return StudyError([Problem(f"--extension {reference}", None, None, "", message, remedy)])


def _reference(extension: Extension, file: str | None) -> str | None:
    """Return by which another process loads it: a module of a package only by its full name."""
    if file is None or extension.module == "__main__":
        return None
    return extension.module if "." in extension.module else str(Path(file).resolve())


def _source(text: str | None) -> str:
    """Return a hash of an extension's file.

    What was made by hand, as in a notebook, may call anything that stands there, and has a
    source of its own each time that it is made.
    """
    if text is None:
        return secrets.token_hex(8)
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


def _refuse_unknown_places(extension: Extension, file: str) -> None:
    """Refuse rules for places that the day does not have, before anything has run."""
    if extension.rules is None:
        return
    name = extension.name
    try:
        found = tuple(extension.rules(numbers_of([Adopted(extension, "", None)], 0)[name]))
    except Exception as error:  # whatever its author has made of it
        what = f"the rules of {name} cannot be made: {type(error).__name__}: {error}"
        raise StudyError([Problem(file, None, None, "", what, "mend the extension")]) from error
    unknown = [place for place in found if place not in PLACES]
    if unknown:
        what = f"the extension {name} has a rule for `{unknown[0]}`, which is no place of the day"
        raise StudyError(
            [Problem(file, None, None, "", what, f"there are {', '.join(PLACES)}")],
        )


def _refuse_written_outcomes(extension: Extension, file: str, text: str) -> None:
    """Refuse an extension that writes an outcome: its levers act on what leads there, or not."""
    problems = [
        Problem(
            file,
            node.lineno,
            node.col_offset + 1,
            "",
            f"the extension {extension.name} writes `{name}`, which is an outcome",
            "a lever may change rights, information, capacity, incentives or time, never an "
            "outcome directly",
        )
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for name in _written(node)
        if name in OUTCOMES
    ]
    if problems:
        raise StudyError(problems)


def _written(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[str]:
    """Yield the fields that an assignment writes by name."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant):
                yield str(part.slice.value)
