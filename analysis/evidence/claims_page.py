"""``python -m analysis.evidence.claims_page``: docs/claims.md, written from the claims' files."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.evidence.claim_files import DIFFERENCE, Claim, load_claims
from analysis.evidence.claims_told import HOW_TO_READ, measure_words, unit_of_claim

_HEAD = """\
# What the literature asserts

Generated from `scenarios/claims/` by `make docs`. `python run.py claims` puts all of them to the
test, `python run.py claims --only 2,13` some; what comes out stands in the result folder and
nowhere else, so this page holds no verdict. Each file names, before anything of it is run, one
primary measure, the sign expected of it and the smallest effect worth speaking of.

Sources, by title: "What CX looks like when the customer stops being an endpoint" (below: Endpoint),
the article on journey accountability (Journeys), "Customer experience org structure: who should own
it?" (Structure), "The ownership problem" (Ownership), "From partnership to architecture: the next
evolution of CX" (Architecture). They are essays by practitioners, not studies: they assert, and
give no numbers. 39 is of Chandler (1962, Strategy and Structure) and Williamson (1975, Markets and
Hierarchies).

"""
_METHOD = """
The unit is a world: a draw of all that is assumed of the firm, with luck of its own; all cells of
a claim meet the same customers in it. Without an ensemble worlds are drawn from registered ranges
and the answer is titled *assumed, not fitted to this firm*. By default there are 24: as many of
each ensemble there is, or all from ranges. Org models spend equal budgets, but where a test says
otherwise. p is that of Student's t over worlds, two-sided, for the opposite of a claim is an
answer as well; q adjusts it over the claims run (Benjamini & Hochberg 1995). Where two org models
should be alike it is the larger of two one-sided tests, where nothing should be gained a
one-sided one, where signs should be opposite the larger of two, adjusted for all pairs and boxes
(Bonferroni), and for shares of variance and correlations worlds are drawn anew 4,999 times. Of a
claim that is undecided over all worlds, half of them choose the clearest side of the splits that
its file names (a parameter above or at most its median, a mechanism on or off, the ensemble); it
counts if it meets a verdict in the other half, adjusted over all claims so tried.

A verdict rests on retention or net value over all needs. No lever enters retention. Net value a
lever enters with its price alone (a platform's, a record's, a change's) and, where the gate is
moved (35), with the weeks that a release comes later: an effect has to be larger than what it
costs. What else a lever sets is printed *by construction* and supports nothing. Four claims rest
on something else: 1 moves no lever, 14 compares sizes, 9 is about what one customer meets in
several functions, and 8 compares what predicts leaving. Leaving follows from what customers of the
model remember of whole journeys, so 8 is favoured by construction. The condition under which a
claim should fail is run in every second world; it *falls short* where the effect is not as
claimed or below the smallest of interest, in the worlds in which the claim holds. Equal runs
are shared, here and with other commands.

Smallest effects, by one rule: half a point of retention; one per cent of a mean customer's margin
of a year (3.2 of 324), which in the bundled firm is about what one head costs over the window (in
a firm of 30, whose few customers share a head, about a quarter of one); one case in a thousand at
seams; half a point of kept promises; a tenth of variance or correlation.

"""


def claims_page(claims: Sequence[Claim]) -> str:
    """Return the page of all claims: measure, sign, smallest effect, test, when it should fail."""
    lines = [_HEAD, f"{HOW_TO_READ}\n", _METHOD]
    lines += ["| | claim | source | measured by | expected | smallest effect |\n"]
    lines += ["|---|---|---|---|---|---|\n"]
    lines += [_row(claim) for claim in claims]
    for claim in claims:
        lines += [f"\n## {claim.claim}. {claim.says}\n\n{claim.test.strip()}\n"]
        lines += [f"\nShould fail when: {claim.fails_when.says}.\n"] if claim.fails_when else []
        if claim.splits:
            named = ", ".join(f"`{name}`" for name in claim.splits)
            lines += [f"\nSplit by: {named}.\n"]
    return "".join(lines)


def _row(claim: Claim) -> str:
    unit = unit_of_claim(claim)
    size = f"{unit.of(claim.smallest, signed=False)} {unit.words}"
    expected = claim.expected if claim.kind == DIFFERENCE else claim.kind
    cells = (str(claim.claim), claim.says, claim.source, measure_words(claim.measure), expected)
    return f"| {' | '.join(cells)} | {size} |\n"


if __name__ == "__main__":
    print(claims_page(load_claims()), end="")
