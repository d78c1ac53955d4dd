"""How loud a failure is: voice rises with severity; what is seen of silent ones (M8.2, E3, E4)."""

from __future__ import annotations

SEVERITY_ERROR, SEVERITY_FAULT, SEVERITY_LOSS = 1.0, 1.5, 2.0
MEAN_SEVERITY = 1.3
"""Of the failures a site hears of, for whoever estimates from voices how many there were."""
SEES_NOTHING, SEES_ERRORS, SEES_ALL = range(3)
"""Which failures that nobody voices measurement can see (rule E4)."""


def loudness(severity: float, exponent: float) -> float:
    """Return how much likelier a failure is voiced than an error: severity^y.

    Of problems that cost little a few in a hundred are voiced, of the gravest most (TARP/CCMC):
    with y of 1 the chance rises in proportion to severity, with more it rises faster.

    Parameters
    ----------
    severity : float
        Of the failure, 1 for an error.
    exponent : float
        y, the parameter ``voice_severity``.
    """
    return float(severity**exponent)
