"""Technology, the gate, releases, transitions and variants moved, all luck kept."""

from __future__ import annotations

import numpy as np
from studies import RICH, compact_study, finished, overall

from sim.results.measures import measures
from sim.state.tallies import BY_WAIT

REPLICATES = 6
NO_FIXES = {"alarm_level": 1e12}
TEAM = {
    "organisation": "team",
    "staffing": {"cx_team": 10},
    "information": {"measurement": "touchpoint"},
}


def runs(plan: dict, replicates: int = REPLICATES, **parameters: float) -> list:
    study = compact_study(
        plan, parameters=parameters, market={"customers": 120}, design={"horizon_days": 120}
    )
    return [finished(study, replicate=replicate) for replicate in range(replicates)]


def rises(low: list[float], high: list[float]) -> None:
    """Assert that a paired difference is positive beyond chance and nearly everywhere."""
    difference = np.array(high, float) - np.array(low, float)
    assert difference.mean() > 2 * difference.std(ddof=1) / np.sqrt(len(difference))
    assert np.mean(difference > 0) >= 0.8


def measured(models: list, name: str) -> list[float]:
    return [float(overall(measures(model))[name]) for model in models]


def waits(models: list) -> list[float]:
    return [float(model.state.drop_tallies[:, BY_WAIT].sum()) for model in models]


def met(models: list) -> list[float]:
    return [float(model.defects.met.sum()) for model in models]


def test_a_platform_keeps_more_facts_and_saves_time() -> None:
    scattered = {"cross_ties": 0.0, "inner_ties": 0.0, "note_spoken": 0.5, "note_written": 0.5}
    none, advanced = (runs(TEAM | {"technology": {"level": each}}, **scattered) for each in (0, 2))
    rises(measured(none, "facts_kept_share"), measured(advanced, "facts_kept_share"))
    cheap = {"platform_speed_2": 0.3, "platform_heads_2": 0.0}
    fast = runs(TEAM | {"technology": {"level": 2}}, **scattered | cheap)
    rises(waits(fast), waits(none))


def test_a_say_at_the_gate_leaves_fewer_defects_and_later_gains() -> None:
    designed_in = {"designed_in_share": 0.6, "release_weeks": 4.0} | NO_FIXES
    deaf, heard = (runs(TEAM | {"gate": {"influence": each}}, **designed_in) for each in (0.0, 1.0))
    rises(met(heard), met(deaf))
    # Without what defects do to customers, lead time is all that is left of the say.
    harmless = designed_in | {"defect_error": 0.0, "defect_effect": 0.0, "note_defect_loss": 0.0}
    harmless |= {"loss_defect": 0.0, "release_gain": 0.02, "monitor_share": 0.0}
    deaf, heard = (runs(TEAM | {"gate": {"influence": each}}, **harmless) for each in (0.0, 1.0))
    rises(measured(heard, "net_value"), measured(deaf, "net_value"))


def test_a_deeper_dip_loses_more_to_waiting() -> None:
    moving = [
        {
            "organisation": "moving",
            "transition": {
                "from": TEAM,
                "to": TEAM,
                "at_week": 0,
                "learning_dip": dip,
                "duration_weeks": 20,
            },
        }
        for dip in (0.0, 0.3)
    ]
    shallow, deep = (runs(plan, replicates=16) for plan in moving)
    rises(waits(shallow), waits(deep))
    rises(measured(deep, "net_value"), measured(shallow, "net_value"))


def test_who_changes_earlier_keeps_more_of_the_facts_of_the_new_way() -> None:
    plans = [
        {
            "organisation": "moving",
            "transition": {"from": TEAM, "to": RICH, "at_week": week, "learning_dip": 0},
        }
        for week in (2, 20)
    ]
    early, late = map(runs, plans)
    rises(measured(late, "facts_kept_share"), measured(early, "facts_kept_share"))


def test_where_there_are_more_variants_the_same_fixes_help_less() -> None:
    helped = []
    for beta in (0.0, 0.5):
        left_alone = met(runs(RICH, variant_growth=beta, **NO_FIXES))
        repaired = met(runs(RICH, variant_growth=beta))
        helped.append([before - after for before, after in zip(left_alone, repaired, strict=True)])
    rises(helped[1], helped[0])
