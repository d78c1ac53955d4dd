"""What a model's days take, without the weekly management around them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sim.model import EnterpriseModel


@dataclass
class Days:
    """Seconds that days have taken so far."""

    seconds: float = 0.0


@contextmanager
def days_timed(
    model: EnterpriseModel, clock: Callable[[], float] = time.perf_counter
) -> Iterator[Days]:
    """Time the days that a model works within the context.

    Parameters
    ----------
    model : EnterpriseModel
        Or a model that works its days otherwise.
    clock : callable
        Returns seconds.
    """
    days = Days()
    work_the_week = model._work_the_week

    def stopwatch() -> None:
        before = clock()
        work_the_week()
        days.seconds += clock() - before

    model._work_the_week = stopwatch  # type: ignore[method-assign]
    try:
        yield days
    finally:
        model._work_the_week = work_the_week  # type: ignore[method-assign]
