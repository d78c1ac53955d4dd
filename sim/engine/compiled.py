"""How the rules are compiled, and where compiled code is kept.

Compiled code is cached on disk in a folder named after a hash of every source file that
a compiled rule reads, by way of imports: numba's own cache does not notice an edit in a
function that another file inlines, and would go on returning old numbers. With
``NUMBA_DISABLE_JIT=1`` the same functions run as plain Python and give the same bits.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import numba
from numba.core.caching import UserProvidedCacheLocator

from sim.engine.kept_code import chosen_folder, is_whole, sealed_cache

Function = TypeVar("Function", bound=Callable)

_SOURCES = Path(__file__).resolve().parents[1]
# These run, keep and report results, or refuse a study, without a say in any number.
_NOT_ENGINE = ("running/", "keeping/", "state/sizes.py", "engine/kept_code.py")


@functools.cache
def engine_hash() -> str:
    """Return the SHA-256, in hex, over the sources that have a say in a number.

    Line ends do not count: the same sources give the same hash on every system.
    """
    return _hash_of(name for name in _sources() if not name.startswith(_NOT_ENGINE))


@functools.cache
def program_hash() -> str:
    """Return the SHA-256, in hex, over all sources of the model.

    Whoever works on another's runs must agree in these: what runs and keeps has no say in a
    number, and yet can lose or spoil one.
    """
    return _hash_of(_sources())


@functools.cache
def kernel_hash() -> str:
    """Return the SHA-256, in hex, over the sources that compiled rules are made of.

    Those with a compiled rule, the state they read, and whatever these import. Management is
    not among them: changing it compiles nothing anew.
    """
    names = _sources()
    text = {name: (_SOURCES / name).read_text(encoding="utf-8") for name in names}
    made_of = {
        name for name in names if re.search(r"^@(kernel|station)$", text[name], re.MULTILINE)
    }
    frontier = made_of = made_of | {"state/arrays.py", "engine/state_view.py"}
    while frontier:
        frontier = set().union(*(_imports(text[name]) for name in frontier)) & set(names) - made_of
        made_of |= frontier
    return _hash_of(sorted(made_of))


def _sources() -> list[str]:
    """Return the model's sources, in order, as paths below their folder."""
    return sorted(path.relative_to(_SOURCES).as_posix() for path in _SOURCES.rglob("*.py"))


def _imports(source: str) -> set[str]:
    """Return what a source imports from the model, as paths below the model's folder."""
    modules = set()
    for package, names in re.findall(r"^from sim\b([.\w]*) import (.*)", source, re.MULTILINE):
        at = package.replace(".", "/").lstrip("/")
        modules |= {f"{at}.py", *(f"{at}/{name}.py".lstrip("/") for name in names.split(", "))}
    return modules


def _hash_of(names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode())
        digest.update((_SOURCES / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


CACHE_FOLDER, CACHE_REMARK = chosen_folder(f"kernels-{kernel_hash()[:16]}")
"""Where compiled code is kept; and what a user should know about it, mostly nothing."""
numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]


def kernel(function: Function) -> Function:
    """Compile a rule (cached, without the interpreter lock, strict arithmetic).

    It is written into whatever calls it: the call would cost more than most rules do.
    """
    return _compiled(function, forceinline=True)


def station(function: Function) -> Function:
    """Compile a rule that many places call and that stays in one: see `kernel`."""
    return _compiled(function, forceinline=False)


def rule(function: Function) -> Function:
    """Compile an extension's rule for a place of the day: see `kernel`.

    It is not cached by itself, for it is written into the day that it is part of.
    """
    compiler = numba.njit(nogil=True, error_model="numpy", forceinline=True)
    return cast(Function, compiler(function))


@contextmanager
def cached_apart(name: str) -> Iterator[None]:
    """Keep what is compiled meanwhile in a folder of its own below the usual one."""
    folder = CACHE_FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]


def _compiled(function: Function, *, forceinline: bool) -> Function:
    compiler = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=forceinline)
    compiled = compiler(function)
    cache = getattr(compiled, "_cache", None)  # there is none without compiling
    if cache is not None:
        # Numba believes what it finds: a file cut short ends every later run with an error, and
        # one changed bit of machine code ends the process.
        cache._cache_file = sealed_cache(cache)
    return cast(Function, compiled)


def compiled_before(module: str) -> bool:
    """Tell whether a module's compiled code already lies in the cache, and is whole.

    What another copy of the program compiled does not count, for numba keeps code by where its
    source lies; nor does a day with an extension's rules.

    Parameters
    ----------
    module : str
        Last part of the module's name, such as ``"pipeline"``.
    """
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return True
    # As the interpreter found it, links and all: so does numba.
    (source,) = Path(__file__).parents[1].glob(f"*/{module}.py")
    own = CACHE_FOLDER / UserProvidedCacheLocator.get_suitable_cache_subpath(str(source))
    kept = [path for kind in ("nbi", "nbc") for path in own.glob(f"{module}.*.{kind}")]
    return any(path.suffix == ".nbc" for path in kept) and all(map(is_whole, kept))
