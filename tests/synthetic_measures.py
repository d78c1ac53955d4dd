"""Measures made up for the tests of the analysis: known effects, paired noise."""

from __future__ import annotations

import numpy as np
import pandas as pd

FUNCTIONS = ("digital", "marketing", "operations", "sales", "service")
SITES = {
    "join/quote": {"effort": 9.0, "wait": 4.0, "withdrawn": 6.0},
    "join/browse": {"withdrawn": 14.0},
    "resolve/help": {"wait": 11.0, "error": 3.0},
    "resolve/repair": {"error": 5.0, "effort": 4.0},
    "change/request": {"effort": 3.0},
    "renew/offer": {"withdrawn": 7.0, "wait": 1.0},
    "sales>service": {"lost_between": 22.0},
    "service>operations": {"lost_between": 12.0},
    "digital>sales": {"lost_between": 6.0},
    "marketing>sales": {"lost_between": 3.0},
    "operations>digital": {"lost_between": 1.0},
}
OVERALL = {
    "standing": 0.60,
    "drop_off_rate": 0.18,
    "completion_rate": 0.72,
    "retention_rate": 0.81,
    "cost_to_serve": 312.0,
    "net_value": 41.0,
    "own_kpi_attainment": 0.91,
    "journey_kpi": 0.58,
}
EFFECT = {
    "standing": 0.02,
    "drop_off_rate": -0.012,
    "completion_rate": 0.012,
    "retention_rate": 0.004,
    "cost_to_serve": 6.0,
    "net_value": 5.0,
    "own_kpi_attainment": -0.02,
    "journey_kpi": 0.03,
}
COLUMNS = ["org_model", "replicate", "world", "measure", "scope", "scope_id", "value"]


def measures(
    org_models: list[str], n_replicates: int = 12, effect: float = 1.0, seed: int = 5
) -> pd.DataFrame:
    """Return measures in which org model k is k effects away from the first one."""
    generator = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for replicate in range(n_replicates):
        shared = generator.normal(size=len(OVERALL))
        for place, org in enumerate(org_models):
            own = generator.normal(size=len(OVERALL)) * 0.2
            for luck, alone, (name, level) in zip(shared, own, OVERALL.items(), strict=True):
                spread = 0.02 * abs(level)
                value = level + effect * place * EFFECT[name] + spread * (luck + alone)
                rows.append((org, replicate, 0, name, "overall", "", value))
                if name == "own_kpi_attainment":
                    for number, function in enumerate(FUNCTIONS):
                        shifted = value - 0.03 + 0.015 * number
                        rows.append((org, replicate, 0, name, "function", function, shifted))
            rows.append((org, replicate, 0, "n_needs", "overall", "", 10_000.0))
            rows += _drop_offs(org, replicate, effect * place, generator)
    return pd.DataFrame(rows, columns=COLUMNS)


def _drop_offs(
    org: str, replicate: int, shift: float, generator: np.random.Generator
) -> list[tuple[object, ...]]:
    """Return Poisson counts by site and cause; seams lose less the larger the shift."""
    rows: list[tuple[object, ...]] = []
    for site, causes in SITES.items():
        scope = "seam" if ">" in site else "touchpoint"
        factor = 0.85**shift if scope == "seam" else 1.0
        counts = {c: float(generator.poisson(10 * factor * rate)) for c, rate in causes.items()}
        rows.append((org, replicate, 0, "n_drop_offs", scope, site, sum(counts.values())))
        for cause, count in counts.items():
            place = f"{site}:{cause}"
            rows.append((org, replicate, 0, "n_drop_offs", "site_cause", place, count))
    return rows
