"""What the ledger of a window makes of its weeks."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN, RICH, compact_study

from sim.organisation.ledger import Ledger
from sim.organisation.organisation import Organisation
from sim.state.blueprint import Blueprint


def test_means_are_over_weeks_whatever_bundles_they_were_under() -> None:
    first, second = (
        Organisation.under(Blueprint(study), study.organisations[0])
        for study in (compact_study(PLAIN), compact_study(RICH))
    )
    ledger = Ledger()
    for organisation in (first, first, first, second):
        ledger.note(organisation)
    assert ledger.weeks == 4
    expected = (3 * first.overhead_share + second.overhead_share) / 4
    assert first.overhead_share != second.overhead_share
    assert ledger.mean("overhead") == pytest.approx(expected)
    effort = (3 * first.effort + second.effort) / 4
    assert np.allclose(ledger.mean("effort"), effort)
