"""The columns of what is found over worlds: the worlds themselves, and the org models in them."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_WORLDS: tuple[ColumnSpec, ...] = (
    ColumnSpec(
        name="world", dtype="int32", meaning="number of the world, as in `measures.parquet`"
    ),
    ColumnSpec(
        name="parameter",
        dtype="string",
        meaning="a registered parameter, `size` (customers as a share of the study's), or a "
        "mechanism that is in question",
    ),
    ColumnSpec(
        name="value",
        dtype="float64",
        unit="the parameter's",
        meaning="its value in that world; of a mechanism 1 where it is on and 0 where it is off",
    ),
)
_MEASURE = "the measure's"
_REGRET: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("measure", "string", "", "the study's headline measure"),
        ("ensemble", "string", "", "org model whose ensemble the worlds are of; empty for all"),
        ("org_model", "string", "", "name of the org model in the study"),
        ("baseline", "string", "", "name of the org model compared against"),
        ("budget", "string", "", "as in `comparison.csv`"),
        ("n_worlds", "int64", "worlds", "in which every org model has a value"),
        ("mean", "float64", _MEASURE, "mean over worlds"),
        ("difference", "float64", _MEASURE, "to the baseline, mean over worlds"),
        ("low", "float64", _MEASURE, "lower end of its interval: all pairs' hold at once in 95 %"),
        ("high", "float64", _MEASURE, "upper end of that interval"),
        ("probability_best", "float64", "", "share of worlds in which it is best by over one head"),
        ("probability_low", "float64", "", "one-sided 95 % lower bound of that (Clopper-Pearson)"),
        ("expected_regret", "float64", _MEASURE, "what each world's best has more, on average"),
        ("maximum_regret", "float64", _MEASURE, "the same at most"),
        ("direction", "string", "", "as in `comparison.csv`"),
    )
)
_SENSITIVITY: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("parameter", "string", "", "as in `worlds.parquet`"),
        ("informed", "bool", "", "whether the ensemble knows more of it than its range"),
        ("low_mean", "float64", _MEASURE, "mean lead of the leader over the runner-up in the "
         "third of the worlds with its lowest values; of a mechanism, where it is off"),
        ("low_from", "float64", _MEASURE, "lower end of that mean's 95 % interval"),
        ("low_to", "float64", _MEASURE, "upper end of that interval"),
        ("high_mean", "float64", _MEASURE, "the same for its highest values, or where it is on"),
        ("high_from", "float64", _MEASURE, "lower end of that mean's 95 % interval"),
        ("high_to", "float64", _MEASURE, "upper end of that interval"),
        ("swing", "float64", _MEASURE, "high_mean less low_mean"),
        ("first_order", "float64", "", "share of the variance of the lead that it alone moves, by "
         "the emulator; 0 where the emulator does not read it"),
        ("total", "float64", "", "the same with all that it acts together with"),
        ("rbd_fast", "float64", "", "a check of first_order without an emulator (SALib, RBD-FAST)"),
        ("delta_first", "float64", "", "another (SALib, with the delta index)"),
    )
)  # fmt: skip
_RULES: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("rule", "string", "", "memory, trust or patience"),
        ("usual", "string", "", "the model's rule for it"),
        ("other", "string", "", "the rule that took its place"),
        ("n_worlds", "int64", "worlds", "in which every org model has a value under both"),
        ("pairs", "int64", "", "pairs of org models"),
        ("pairs_kept", "int64", "", "of these, how many have a mean difference of the same sign "
         "under both rules"),
        ("clear_pairs", "int64", "", "pairs whose 95 % interval leaves out zero under the usual "
         "rule"),
        ("clear_pairs_kept", "int64", "", "of these, how many keep the sign of their mean"),
        ("leader_usual", "string", "", "the best mean under the usual rule"),
        ("leader_other", "string", "", "the best mean under the other"),
        ("lead_usual", "float64", _MEASURE, "of `leader_usual` over its runner-up, mean over "
         "worlds, under the usual rule; more is better"),
        ("lead_usual_half", "float64", _MEASURE, "half of its 95 % interval"),
        ("lead_other", "float64", _MEASURE, "of the same over the same, under the other rule"),
        ("lead_other_half", "float64", _MEASURE, "half of its 95 % interval"),
    )
)  # fmt: skip

WORLD_TABLES: dict[str, tuple[ColumnSpec, ...]] = {
    "worlds.parquet": _WORLDS,
    "regret.csv": _REGRET,
    "sensitivity.csv": _SENSITIVITY,
    "rules.csv": _RULES,
}
