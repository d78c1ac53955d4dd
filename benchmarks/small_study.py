"""The starter study, so small that a run takes a moment."""

from __future__ import annotations

SMALL = [
    word
    for change in (
        "market.customers=1500",
        "market.prospects=200",
        "enterprise.functions.sales.heads=3",
        "enterprise.functions.service.heads=3",
        "enterprise.functions.operations.heads=3",
        "design.horizon_days=60",
        "design.warm_up_days=20",
        "design.follow_up_days=20",
        "design.replicates=3",
        "design.worlds=0",
    )
    for word in ("--set", change)
]
"""Options of a command that make the study of ``new`` small."""
