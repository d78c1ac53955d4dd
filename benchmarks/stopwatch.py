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
    work_the_days = model.work_the_days

    def stopwatch() -> None:
        before = clock()
        work_the_days()
        days.seconds += clock() - before

    model.work_the_days = stopwatch  # type: ignore[method-assign]
    try:
        yield days
    finally:
        model.work_the_days = work_the_days  # type: ignore[method-assign]
