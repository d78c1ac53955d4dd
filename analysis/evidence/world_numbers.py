"""Which numbers worlds have, by what they are run for.

Luck follows from the number, so worlds of two kinds never share any.
"""

COMPARED, MOST_DRAWN = 0, 9_999
"""First number, and how many there are at most, of worlds that org models are compared in."""
TRAINING, MOST_IN_FIRST_WAVE = 10_000, 3_900
"""Of worlds that emulators learn from; later waves, three at most, have half as many each."""
ACCEPTANCE, MOST_MEMBERS = 20_000, 400
"""Of candidates, of which so many at most are wanted as members."""
ALL_ON = 40_000
"""Of candidates with nothing off, of which one becomes the firm's default."""
OF_MAPS, MOST_OF_MAPS = 50_000, 9_999
"""Of firms on maps."""
FRESH = 60_000
"""Of the world in the middle, run again."""
