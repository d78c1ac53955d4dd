"""What is run in worlds, and what is said of it, from made-up values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.evidence.ensembles import Drawn
from analysis.evidence.one_head import IDLE, baseline_of, idle_heads, with_idle
from analysis.evidence.over_worlds import (
    OverWorlds,
    how_many_worlds,
    idle_specs,
    luck_in,
    luck_specs,
    ranked_in,
    regret_table,
    some_of,
    specs_in,
    worlds_table,
)
from analysis.evidence.sampling import worlds_from_ranges
from analysis.evidence.winner import BEST_ON_AVERAGE, DEPENDS, NO_CLEAR_WINNER, WINS
from analysis.evidence.worlds_answer import luck_object, source_words, worlds_object
from analysis.evidence.worlds_words import luck_words, remarks, sentence, verdict_table
from sim.reading.loader import load_study
from sim.study.study import Study
from sim.study.tables import column_names

LABELS = {"siloed": "Siloed", "hybrid": "Hybrid", "peer": "Peer"}


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("scenarios/board.yaml", orgs=list(LABELS))


def drawn_of(study: Study, **counts: int) -> Drawn:
    """Give worlds of ensembles, so many of each; of none if none is named."""
    number = sum(counts.values()) or 60
    worlds = tuple(worlds_from_ranges(study, number, 1))
    of = tuple(name for name, count in counts.items() for _ in range(count))
    return Drawn(worlds, of or ("",) * number, "content")


def found_in(study: Study, drawn: Drawn, leads, worth: float = 0.5, seed: int = 1) -> OverWorlds:
    """Give values in which org models lead as told, luck 1, worlds 10; a head is worth so much."""
    rng = np.random.default_rng(seed)
    number = len(drawn.worlds)
    values = 200 + 10 * rng.standard_normal((number, 1)) + rng.standard_normal((number, 3)) + leads
    idle = values[some_of(drawn, 48), 0] - 6 * worth
    return ranked_in(study, drawn, values, idle, 6)


def test_as_many_worlds_as_asked_for_the_baselines_ensemble_first() -> None:
    three = [200, 60, 60]
    assert how_many_worlds(None, three) == (200, 60)
    assert how_many_worlds(None, [300]) == (200, 0)
    assert how_many_worlds(None, []) == (320, 0)
    assert how_many_worlds(None, [100, 80, 30]) == (100, 30)  # as many as there are
    for asked in (2, 8, 24, 100, 600):
        own, others = how_many_worlds(asked, three)
        assert own + 2 * others == asked
        assert own > others
        assert how_many_worlds(asked, []) == (asked, 0)
    assert how_many_worlds(640, three) == (400, 120)


def test_what_a_small_other_ensemble_lacks_the_baselines_own_gives() -> None:
    assert how_many_worlds(None, [200, 40, 60]) == (200, 40)
    assert how_many_worlds(280, [200, 40, 60]) == (200, 40)
    for asked in range(3, 281):
        own, others = how_many_worlds(asked, [200, 40, 60])
        assert own + 2 * others == asked and own <= 200 and others <= 40


def test_what_a_small_ensemble_of_the_baseline_lacks_the_others_give() -> None:
    assert how_many_worlds(124, [64, 60]) == (64, 60)
    assert how_many_worlds(184, [64, 60, 60]) == (
        64,
        60,
    )
    assert how_many_worlds(50, [64, 60]) == (39, 11)
    assert how_many_worlds(64, [64]) == (64, 0)
    for asked in range(2, 184):
        own, others = how_many_worlds(asked, [64, 60, 60])
        assert own + 2 * others == asked and own <= 64 and others <= 60


def test_runs_that_tell_what_a_head_is_worth_are_alike_in_every_ensemble(study) -> None:
    drawn = drawn_of(study, siloed=30, hybrid=20, peer=8)
    assert some_of(drawn, 48) == [*range(16), *range(30, 46), *range(50, 58)]
    heads = idle_heads(study)
    specs = idle_specs(study, drawn, heads)
    assert len(specs) == 40
    assert {spec.organisation.staffing.idle for spec in specs} == {heads}
    assert {spec.organisation.organisation for spec in specs} == {f"siloed {IDLE}"}
    assert [spec.world for spec in specs[:2]] == [1, 2]
    assert specs[0].study.market.customers != study.market.customers  # each in its world
    # 5 % of the line, as `validate` prints it: 138 people in the bundled firm.
    assert heads == 7


def test_people_are_idle_before_and_after_a_transition(study) -> None:
    plain = baseline_of(study)
    change = {"from": plain.model_dump(exclude={"transition", "enterprise"})}
    change |= {"to": study.organisations[1].model_dump(exclude={"transition", "enterprise"})}
    plan = type(plain).model_validate(
        {"organisation": "moving", "transition": change | {"at_week": 10}}
    )
    idle = with_idle(plan, 3).transition
    assert idle is not None
    assert (idle.start.staffing.idle, idle.to.staffing.idle) == (3, 3)
    assert idle.to.staffing.embedded_leads == study.organisations[1].staffing.embedded_leads


def test_luck_is_drawn_again_for_leader_and_runner_up(study) -> None:
    found = found_in(study, drawn_of(study), [0.0, 2.0, 4.0])
    assert (found.leader, found.runner_up) == ("peer", "hybrid")
    specs = luck_specs(study, found)
    assert [spec.organisation.organisation for spec in specs] == ["peer", "hybrid"] * 24
    assert {spec.replicate for spec in specs} == {1}
    # A second draw that moves each lead by 1 either way: the variance of luck is half a square.
    moved = np.where(np.arange(24) % 2, 1.0, -1.0)
    again = found.values[:24, [2, 1]] + np.column_stack([moved, np.zeros(24)])
    luck = luck_in(found, again.reshape(-1))
    assert luck.n_worlds == 24
    assert luck.share == pytest.approx(0.5 / found.lead.var(ddof=1))
    assert 0.1 < luck.share < 0.5
    assert "second draw of it in 24 worlds" in luck_words(found, luck, LABELS)[0]
    assert luck_object(luck)["luck"]["n_worlds"] == 24
    same = luck_in(found, found.values[:24, [2, 1]].reshape(-1))
    assert same.share == 0.0
    assert luck_words(found, luck_in(found, np.full(48, np.nan)), LABELS) == []


def test_a_winner_is_named_with_what_it_rests_on(study) -> None:
    drawn = drawn_of(study, siloed=100, hybrid=60)
    found = found_in(study, drawn, [0.0, 1.0, 4.0])
    assert found.one_head.value == pytest.approx(0.5)
    said = sentence(found, LABELS)
    assert said.startswith("Peer wins on net value in 160 worlds: Peer is ")
    assert " ahead of Hybrid (+" in said
    assert "best in 9" in said
    assert not said.endswith(")") or said.endswith("%)")
    answer = worlds_object(study, "mark", found, LABELS, [])
    assert (answer["verdict"], answer["winner"]) == (WINS, "peer")
    assert answer["ensembles"] == {"siloed": 100, "hybrid": 60}
    assert [each["winner"] for each in answer["judged"]] == ["peer"] * 3
    assert "100 of Siloed, 60 of Hybrid" in source_words(study, found, LABELS)


def test_the_title_says_on_what_worlds_it_rests(study) -> None:
    ranges = found_in(study, drawn_of(study), [0.0, 1.0, 4.0])
    assert sentence(ranges, LABELS).endswith("(assumed, not fitted to this firm)")
    assert "drawn from registered ranges" in source_words(study, ranges, LABELS)
    one = found_in(study, drawn_of(study, siloed=60), [0.0, 1.0, 4.0])
    assert sentence(one, LABELS).endswith("(one kind of firm)")


def test_a_tie_is_never_crowned(study) -> None:
    found = found_in(study, drawn_of(study), [0.0, 3.0, 3.0])
    said, answer = sentence(found, LABELS), worlds_object(study, "mark", found, LABELS, [])
    assert said.startswith("No clear winner among ")
    assert "one head is worth 0.5" in said
    assert (answer["verdict"], answer["winner"]) == (NO_CLEAR_WINNER, None)
    assert set(answer["among"]) == {"hybrid", "peer"}
    unknown = ranked_in(study, found.drawn, found.values, np.full(48, np.nan), 6)
    assert "what one head is worth is not known" in sentence(unknown, LABELS)
    assert "nan" not in " ".join([sentence(unknown, LABELS), *remarks(unknown, LABELS)]).lower()


def test_the_other_verdicts_have_their_words(study) -> None:
    drawn = drawn_of(study, siloed=60, hybrid=60)
    leads = np.repeat([[0.0, 4.0, 0.0], [0.0, 0.0, 4.0]], 60, axis=0)
    depends = found_in(study, drawn, leads)
    said = sentence(depends, LABELS)
    assert worlds_object(study, "", depends, LABELS, [])["verdict"] == DEPENDS
    assert "depends on whom the evidence describes: Hybrid in 60 worlds of Siloed, Peer" in said
    half = np.repeat([[0.0, 4.0, 0.0], [0.0, 9.0, 0.0], [1.0, 0.0, 0.0]], [60, 30, 30], axis=0)
    said = sentence(found_in(study, drawn, half), LABELS)
    assert said.endswith(
        "describes: Hybrid in 60 worlds of Siloed, Hybrid on average, not in most worlds, in 60 "
        "worlds of Hybrid"
    )
    leads = np.repeat([[0.0, 30.0, 0.0], [0.0, -4.0, 0.0]], 60, axis=0)
    average = found_in(study, drawn_of(study, siloed=120), leads)
    assert worlds_object(study, "", average, LABELS, [])["verdict"] == BEST_ON_AVERAGE
    assert "Hybrid is best on average, not in most worlds, on net value" in sentence(
        average, LABELS
    )
    few = found_in(study, drawn_of(study, siloed=2), [0.0, 1.0, 4.0])
    assert "2 worlds are too few to judge" in sentence(few, LABELS)
    assert not any(sign in verdict_table(few, LABELS) for sign in ("inf", "nan"))
    assert regret_table(few, "equal")["low"].isna().sum() == 2


def test_one_answer_nearly_everywhere_is_suspicious(study) -> None:
    found = found_in(study, drawn_of(study), [0.0, 1.0, 9.0])
    (said,) = [each for each in remarks(found, LABELS) if "suspect" in each]
    assert "`levers --from siloed --to peer` names what does" in said
    usual = found_in(study, drawn_of(study), [0.0, 1.0, 2.0])
    assert not any("suspect" in each for each in remarks(usual, LABELS))


def test_worlds_with_a_failed_run_are_left_out_and_said_so(study) -> None:
    drawn = drawn_of(study)
    values = np.array(found_in(study, drawn, [0.0, 1.0, 4.0]).values)
    values[[3, 7], [0, 2]] = math.nan
    found = ranked_in(study, drawn, values, values[:48, 0] - 3, 6)
    assert found.outcome is not None
    assert found.outcome.overall.n_worlds == 58
    assert found.one_head.n_worlds == 47
    assert any("Left out: 2 worlds" in each for each in remarks(found, LABELS))
    nothing = ranked_in(study, drawn, np.full((60, 3), math.nan), np.full(48, math.nan), 6)
    assert sentence(nothing, LABELS).startswith("Nobody can be ranked")
    assert regret_table(nothing, "equal").empty


def test_less_is_better_where_the_measure_says_so(study) -> None:
    lower = study.model_copy(update={"headline": "drop_off_rate"})
    found = found_in(lower, drawn_of(study), [0.0, -1.0, -4.0], worth=-0.5)
    assert (found.leader, found.one_head.value) == ("peer", pytest.approx(0.5))
    rows = regret_table(found, "equal").set_index("org_model")
    assert rows.loc["peer", "difference"] == pytest.approx(-4, abs=1)
    assert rows.loc["peer", "low"] < rows.loc["peer", "high"] < 0
    assert rows.loc["peer", "expected_regret"] < rows.loc["siloed", "expected_regret"]
    assert rows.loc["siloed", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]


def test_tables_have_their_columns(study) -> None:
    drawn = drawn_of(study, siloed=20, hybrid=20)
    found = found_in(study, drawn, [0.0, 1.0, 4.0])
    table = regret_table(found, "equal")
    assert list(table.columns) == column_names("regret.csv")
    assert list(table["ensemble"].unique()) == ["", "siloed", "hybrid"]
    assert len(table) == 9
    worlds = worlds_table(drawn)
    assert list(worlds.columns) == column_names("worlds.parquet")
    first = worlds[worlds["world"] == 1].set_index("parameter")["value"]
    assert first["size"] == drawn.worlds[0].size
    assert first["understanding"] == float("understanding" not in drawn.worlds[0].off)
    assert first["defect_rate"] == drawn.worlds[0].parameters["defect_rate"]


def test_each_world_is_prepared_once(study) -> None:
    drawn = drawn_of(study, siloed=2)
    specs = specs_in(study, drawn.worlds, study.organisations)
    assert [spec.world for spec in specs] == [1, 1, 1, 2, 2, 2]
    assert specs[0].study is specs[2].study
    assert len({spec.luck for spec in specs}) == 2
