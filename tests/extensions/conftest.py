"""What these tests take into use is gone again when a file of them is done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.study import extension
from sim.study.tables import MEASURES


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays_in_use() -> Iterator[None]:
    measures, adopted = dict(MEASURES), dict(extension._ADOPTED)
    yield
    for kept, before in ((MEASURES, measures), (extension._ADOPTED, adopted)):
        kept.clear()
        kept.update(before)
