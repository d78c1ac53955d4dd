"""No two kinds of worlds share luck, however many there are of each."""

from __future__ import annotations

from itertools import pairwise

from analysis.evidence import world_numbers as numbers
from analysis.evidence.candidates import TO_WEIGH
from analysis.evidence.fitted import FitSize
from analysis.evidence.fitting import LUCKY, MOST_WAVES, TRIES
from sim.study.worlds import REPLICATES_APART


def test_kinds_of_worlds_have_numbers_of_their_own_up_to_the_most_of_each() -> None:
    in_later_waves = (MOST_WAVES - 1) * (numbers.MOST_IN_FIRST_WAVE // 2)
    most = {
        numbers.COMPARED: numbers.MOST_DRAWN,
        numbers.TRAINING: 1 + LUCKY + numbers.MOST_IN_FIRST_WAVE + in_later_waves,
        numbers.ACCEPTANCE: TRIES * numbers.MOST_MEMBERS + TO_WEIGH,
        numbers.ALL_ON: numbers.MOST_MEMBERS + TRIES * FitSize().all_on + TO_WEIGH,
        numbers.OF_MAPS: numbers.MOST_OF_MAPS,
        numbers.FRESH: 1,
    }
    firsts = [*most, REPLICATES_APART]
    assert firsts == sorted(firsts)
    for first, following in pairwise(firsts):
        assert first + most[first] <= following
