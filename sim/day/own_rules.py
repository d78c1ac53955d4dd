"""The day with an extension's rules in it: the same order, compiled anew with rules in its places.

Without rules of one's own it is ``sim.day.pipeline`` itself. With them the pipeline's source is
made a second module in which ``sim.day.places`` are the extension's, with a cache of its own,
since compiled code does not know what was written into it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sim.day import pipeline, places
from sim.engine.compiled import cached_apart, rule
from sim.engine.draws import DRAWS
from sim.study.extension import PLACES, Adopted, adopted_by, numbers_of


def day_with(adopted: tuple[Adopted, ...]) -> ModuleType:
    """Return the pipeline in which a study's extensions have their rules.

    Parameters
    ----------
    adopted : tuple of Adopted
        The study's extensions, in its order.

    Returns
    -------
    module
        ``sim.day.pipeline``, or one like it.

    Raises
    ------
    ValueError
        If an extension has a rule for a place that there is not.
    """
    if not any(each.extension.rules for each in adopted):
        return pipeline
    return _built(tuple(each.key for each in adopted))


@functools.lru_cache(maxsize=8)
def _built(keys: tuple[str, ...]) -> ModuleType:
    adopted = adopted_by(keys)
    own = ModuleType(places.__name__)
    for place in PLACES:
        setattr(own, place, getattr(places, place))
    for place, found in _rules(adopted):
        setattr(own, place, _one_after_the_other(getattr(own, place), found))
    # Modules are told as well: what is kept on disk finds a rule's globals by its module's name.
    told = [f"{each.key} {each.extension.module}" for each in adopted]
    name = hashlib.sha256(" ".join(told).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(f"{pipeline.__name__}_{name}", pipeline.__file__)
    if spec is None or spec.loader is None:
        raise ImportError(f"{pipeline.__file__} cannot be read a second time")
    module = importlib.util.module_from_spec(spec)
    # Compiled code that is read back from disk asks for its module by name.
    sys.modules[module.__name__] = module
    with cached_apart(name), _instead_of(places, own):
        spec.loader.exec_module(module)
    return module


def _rules(adopted: Iterable[Adopted]) -> Iterator[tuple[str, Any]]:
    numbers = numbers_of(adopted, len(DRAWS))
    for each in adopted:
        extension = each.extension
        made = extension.rules(numbers[extension.name]) if extension.rules else {}
        for place, found in made.items():
            if place not in PLACES:
                raise ValueError(
                    f"the extension {extension.name} has a rule for `{place}`; there are "
                    f"{', '.join(PLACES)}"
                )
            yield place, found


def _one_after_the_other(first: Any, second: Any) -> Any:
    @rule
    def both(state, slot, hour):
        first(state, slot, hour)
        second(state, slot, hour)

    return both


@contextmanager
def _instead_of(module: ModuleType, other: ModuleType) -> Iterator[None]:
    """Let imports find another module under a name, for as long as something is being built."""
    package = sys.modules[module.__name__.rpartition(".")[0]]
    attribute = module.__name__.rpartition(".")[2]
    sys.modules[module.__name__] = other
    setattr(package, attribute, other)
    try:
        yield
    finally:
        sys.modules[module.__name__] = module
        setattr(package, attribute, module)
