"""What personal agents contribute: every org model over the share of customers represented.

``python -m analysis.adoption`` runs a study at several shares, with the same customers and
luck at each, and writes a table and a figure.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import style
from analysis.compare import compare
from sim.batch import run_study
from sim.loader import load_study
from sim.scenario import Scenario
from sim.tables import MEASURES

STUDY = "scenarios/board.yaml"
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SHOWN = ("standing", "disclosure_share", "drop_off_rate", "retention_rate", "net_value")


def over_adoption(
    study: str, shares: Sequence[float], replicates: int, overrides: Sequence[str], jobs: int
) -> tuple[Scenario, pd.DataFrame]:
    """Compare a study's org models at several shares of represented customers.

    Parameters
    ----------
    study : str
        Path of the study.
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
    scenario : Scenario
        The study at the last share.
    table : pandas.DataFrame
        Rows of ``comparison.csv``, overall, of the measures shown, with ``adoption``.
    """
    tables = []
    for share in shares:
        changes = [*overrides, f"market.agent_adoption={share:g}"]
        scenario = load_study(study, overrides=changes)
        found = compare(run_study(scenario, replicates, jobs), baseline=scenario.baseline)
        found = found[(found["scope"] == "overall") & found["measure"].isin(SHOWN)]
        tables.append(found.assign(adoption=share))
    return scenario, pd.concat(tables, ignore_index=True)


def as_text(scenario: Scenario, table: pd.DataFrame) -> str:
    """Return one block a measure: org models down, shares across, half intervals behind ±."""
    lines = []
    for name in SHOWN:
        spec = MEASURES[name]
        scale = 100.0 if spec.display == "percent" else 1.0
        unit = "%" if spec.display == "percent" else spec.unit
        lines.append(f"{spec.label} ({unit}), by share of customers represented")
        rows = table[table["measure"] == name]
        shares = sorted(rows["adoption"].unique())
        lines.append(f"{'':<18}" + "".join(f"{share:>18.0%}" for share in shares))
        for model in scenario.organisations:
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


def draw(folder: Path, scenario: Scenario, table: pd.DataFrame, footnote: str) -> list[Path]:
    """Draw a panel a measure: level over adoption, a line an org model, named at its end."""
    names = [model.organisation for model in scenario.organisations]
    labels = {m.organisation: m.label or m.organisation for m in scenario.organisations}
    palette = style.colours(names)
    height, gap = 2.3, 0.75
    title = _title(table, labels)
    notes = ["Band: 95 % interval of the mean (Student t over replicates). The same customers, "
             "needs and luck at every share.",
             "Facts disclosed: of those a function still lacks. Where a record or graph keeps what "
             "was disclosed, mostly what agents refuse is left.", footnote]  # fmt: skip
    rows_of_panels = -(-len(SHOWN) // 2)
    drawn = style.sheet(title, notes, rows_of_panels * (height + gap))
    width = (style.WIDTH - 2 * style.MARGIN) / 2.0
    for number, name in enumerate(SHOWN):
        spec = MEASURES[name]
        scale = 100.0 if spec.display == "percent" else 1.0
        left = style.MARGIN + (number % 2) * width
        bottom = (rows_of_panels - 1 - number // 2) * (height + gap) + 0.4
        drawn.text(left, bottom + height - 0.15, spec.label, 9, fontweight="bold")
        unit = "%" if spec.display == "percent" else spec.unit
        axes = drawn.axes(left + 0.5, bottom, width - 2.0, height - 0.35)
        axes.set_ylabel(unit, fontsize=8)
        axes.set_xlabel("share of customers represented, %", fontsize=8)
        axes.set_xlim(-5.0, 105.0)
        rows = table[table["measure"] == name]
        ends = {}
        for org in names:
            own = rows[rows["org_model"] == org].sort_values("adoption").dropna(subset=["mean"])
            if own.empty:
                continue
            place = 100.0 * own["adoption"]
            axes.plot(place, own["mean"] * scale, color=palette[org], linewidth=1.8)
            axes.fill_between(
                place, own["mean_low"] * scale, own["mean_high"] * scale,
                color=palette[org], alpha=0.15, linewidth=0,
            )  # fmt: skip
            ends[org] = float(own["mean"].iloc[-1] * scale)
        low, high = axes.get_ylim()
        for org, at in zip(
            sorted(ends, key=ends.__getitem__), _spread(ends, low, high), strict=True
        ):
            part = (at - low) / (high - low)
            drawn.text(left + width - 1.4, bottom + part * (height - 0.35), labels[org], 8,
                       va="center", color=style.readable(palette[org]))  # fmt: skip
    return style.save(drawn, folder, "adoption", table)


def _spread(ends: dict[str, float], low: float, high: float) -> list[float]:
    """Return where names stand at the ends of lines, in order, none upon another."""
    least = (high - low) * 0.085
    places: list[float] = []
    for value in sorted(ends.values()):
        places.append(max(value, places[-1] + least) if places else value)
    over = max(0.0, places[-1] - high) if places else 0.0
    return [place - over for place in places]


def _title(table: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return the finding: who gains most net value from agents, and who is best with all."""
    value = table[table["measure"] == "net_value"]
    levels = value.pivot(index="org_model", columns="adoption", values="mean")
    first, last = levels.columns.min(), levels.columns.max()
    gain = levels[last] - levels[first]
    best = {share: str(levels[share].idxmax()) for share in (first, last)}
    most = str(gain.idxmax())
    few, many = f"{100 * first:.0f} %", f"{100 * last:.0f} %"
    if best[first] == best[last]:
        finding = f"{labels[best[last]]} has the highest net value with {few} and with {many}"
    else:
        finding = (
            f"{labels[best[first]]} has the highest net value with {few} and "
            f"{labels[best[last]]} with {many}"
        )
    gained = f"{gain[most]:+.0f}".replace("-", "−")
    return (
        f"{finding} of customers represented; {labels[most]} changes most for the better, "
        f"by {gained} a customer"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study over adoption; print the tables and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--study", default=STUDY)
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--set", action="append", default=[], metavar="KEY.PATH=VALUE")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", default="results", metavar="DIR")
    options = parser.parse_args(arguments)
    scenario, table = over_adoption(
        options.study, SHARES, options.replicates, options.set, options.jobs
    )
    footnote = (
        f"Study {scenario.study}, {options.replicates} replicates, seed {scenario.design.seed}"
    )
    folder = Path(options.out) / f"{scenario.study}-adoption"
    with style.settings():
        draw(folder, scenario, table, footnote)
    print(as_text(scenario, table))
    print(f"results: {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
