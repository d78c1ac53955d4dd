"""What personal agents contribute: every org model over the share of customers represented.

A study runs at several shares, with the same customers and luck at each.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import shown_measures
from sim.reading.loader import load_study
from sim.running.batch import run_study
from sim.study.study import Study
from sim.study.tables import MEASURES

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SHOWN = ("standing", "disclosure_share", "drop_off_rate", "retention_rate", "net_value")


def over_adoption(
    file: str, shares: Sequence[float], replicates: int, overrides: Sequence[str], jobs: int
) -> tuple[Study, pd.DataFrame]:
    """Compare a study's org models at several shares of represented customers.

    Parameters
    ----------
    file : str
        The study's file.
    shares : sequence of float
        Values of ``market.agent_adoption``.
    replicates : int
        Draws of demand and luck.
    overrides : sequence of str
        Changes to the study, ``key.path=value``.
    jobs : int
        Processes.

    Returns
    -------
    study : Study
        The study at the last share.
    table : pandas.DataFrame
        Rows of ``comparison.csv``, overall, of the measures shown, with ``adoption``.
    """
    tables = []
    for share in shares:
        changes = [*overrides, f"market.agent_adoption={share:g}"]
        study = load_study(file, overrides=changes)
        found = compare_measures(run_study(study, replicates, jobs), baseline=study.baseline)
        found = found[found["scope"] == "overall"]
        found = found[found["measure"].isin(shown_measures(SHOWN, found))]
        tables.append(found.assign(adoption=share))
    return study, pd.concat(tables, ignore_index=True)


def adoption_text(study: Study, table: pd.DataFrame) -> str:
    """Return one block a measure: org models down, shares across, half intervals behind ±."""
    lines = []
    for name in shown_measures(SHOWN, table):
        spec = MEASURES[name]
        scale = 100.0 if spec.display == "percent" else 1.0
        unit = "%" if spec.display == "percent" else spec.unit
        lines.append(f"{spec.label} ({unit}), by share of customers represented")
        rows = table[table["measure"] == name]
        shares = sorted(rows["adoption"].unique())
        lines.append(f"{'':<18}" + "".join(f"{share:>18.0%}" for share in shares))
        for model in study.organisations:
            cells = []
            for share in shares:
                row = rows[
                    (rows["org_model"] == model.organisation) & (rows["adoption"] == share)
                ].iloc[0]
                half = (row["mean_high"] - row["mean_low"]) / 2.0 * scale
                text = f"{row['mean'] * scale:.{spec.decimals}f} ±{half:.{spec.decimals}f}"
                cells.append("-" if pd.isna(row["mean"]) else text)
            label = model.label or model.organisation
            lines.append(f"{label:<18}" + "".join(f"{cell:>18}" for cell in cells))
        lines.append("")
    return "\n".join(lines)
