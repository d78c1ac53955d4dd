"""What is said of a difference and what it is owed to, from made-up measures."""

from __future__ import annotations

import math

import pytest

from analysis.evidence.attribution import (
    Attribution,
    CoalitionValues,
    Method,
    attribution_as_object,
    coalitions_table,
    levers_table,
)
from analysis.evidence.attribution_words import attribution_text, owed
from analysis.evidence.coalitions import Between
from analysis.evidence.ensembles import Drawn
from analysis.evidence.lever_groups import GROUPS, differing
from analysis.figures import style
from analysis.figures.waterfall import draw_waterfall, write_waterfall
from sim.reading.loader import load_study
from sim.study.tables import column_names
from sim.study.worlds import World

LABELS = {"siloed": "Siloed", "peer": "Peer"}


@pytest.fixture(scope="module")
def ends() -> Between:
    study = load_study("scenarios/board.yaml", orgs=["siloed", "peer"])
    first, second = study.organisations
    return Between(study, first, second, differing(first, second))


def _made(
    ends: Between, worlds: list[CoalitionValues], method: Method | None = None
) -> Attribution:
    drawn = Drawn(
        tuple(World(number + 1) for number in range(len(worlds))), ("",) * len(worlds), "ranges 1"
    )
    return Attribution(ends, drawn, "net_value", method or Method(), worlds)


HALF = 1.1496
"""Half a 95 % interval of six values that are one up and one down in turn: 2.571 √(6/5) / √6."""


def _worlds(
    effects: list[float],
    noise: float = 0.1,
    number: int = 6,
    signs: tuple[int, ...] = (1, 1, 1, 1, 1),
) -> list[CoalitionValues]:
    """Return worlds in which groups have so large effects, the first two .6 more together."""
    found = []
    for place in range(number):
        way = noise * (1 - 2 * (place % 2)) if number > 1 else 0.0
        own = [effect + way * sign for effect, sign in zip(effects, signs, strict=True)]
        found.append(
            {
                chosen: 200.0
                + 10.0 * place
                + sum(effect for at, effect in enumerate(own) if chosen >> at & 1)
                + (0.6 if chosen & 3 == 3 else 0.0)
                for chosen in range(1 << len(effects))
            }
        )
    return found


def test_terms_add_up_in_every_world_and_what_does_nothing_has_nothing(ends) -> None:
    worlds = _worlds([1.0, -0.4, 2.0, 0.0, 0.3])
    still = 1 << 3
    worlds = [{chosen: world[chosen & ~still] for chosen in world} for world in worlds]
    found = _made(ends, worlds)
    assert abs(found.terms.sum(axis=1) - found.differences).max() < 1e-9
    assert (found.terms[:, 3] == 0.0).all()
    row = found.table.set_index("group").loc["agent access"]
    assert (row["term"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
    assert list(found.table["group"])[:2] == ["trust office", "boundaries"] == list(found.largest)
    terms = levers_table(found)
    assert list(terms.columns) == column_names("levers.csv")
    assert sorted(terms["group"]) == sorted(group.name for group in GROUPS)
    equal = terms[terms["group"].isin([group.name for group in ends.equal])]
    assert len(equal) == len(GROUPS) - 5
    assert (equal[["term", "low", "high"]] == 0.0).all(axis=None)
    assert terms["term"].sum() == pytest.approx(found.difference[0], abs=1e-9)


def test_the_two_largest_have_what_they_make_together(ends) -> None:
    found = _made(ends, _worlds([3.0, 2.0, 0.1, 0.1, 0.1]))
    assert found.largest == ("boundaries", "incentives")
    assert found.interaction == pytest.approx((0.6, 0.6, 0.6), abs=1e-9)
    apart = _made(ends, _worlds([3.0, 0.0, 2.0, 0.1, 0.1], 0.05))
    assert apart.interaction == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)


def test_what_a_group_makes_by_itself_and_in_how_many_worlds_that_is_more(ends) -> None:
    # Boundaries and incentives make .6 more together: their terms have half of it, alone none.
    found = _made(ends, _worlds([-0.5, 0.05, 2.0, 0.0, -0.05], signs=(0, 1, 1, 1, 0)))
    rows = found.table.set_index("group")
    assert rows["term"]["boundaries"] == pytest.approx(-0.2, abs=1e-9)
    alone = rows.loc[["boundaries", "incentives", "trust office", "agent access"]]
    assert list(alone["alone"]) == pytest.approx([-0.5, 0.05, 2.0, 0.0], abs=1e-9)
    assert list(alone["alone_above"]) == [0.0, 0.5, 1.0, 0.5]
    half = (alone["alone_high"] - alone["alone_low"]) / 2
    assert list(half) == pytest.approx([0.0, 0.1 * HALF, 0.1 * HALF, 0.1 * HALF], abs=1e-5)
    text = attribution_text(found, LABELS)
    by_itself = text.partition("by itself, all else as under Siloed")[2].splitlines()
    assert [" ".join(line.split()) for line in by_itself[2:4]] == [
        "trust office +2.0 (+1.9 to +2.1) 6 of 6",
        "incentives 0.0 (-0.1 to +0.2) 3 of 6",
    ]


def test_nothing_is_by_itself_where_only_one_group_differs(ends) -> None:
    one = Between(ends.study, ends.first, ends.second, ends.groups[:1])
    found = _made(one, [{0: 200.0, 1: 201.0}, {0: 210.0, 1: 212.0}])
    assert "by itself, all" not in attribution_text(found, LABELS)
    assert found.table["alone_above"].to_list() == [1.0]
    assert "Peer has more in 2 of 2 worlds." in attribution_text(found, LABELS)
    mixed = _made(one, [{0: 200.0, 1: 201.0}, {0: 210.0, 1: 210.0}])
    assert "Peer has more in 1 of 2 worlds." in attribution_text(mixed, LABELS)


def test_sampled_orders_add_up_and_tell_their_error(ends) -> None:
    worlds = _worlds([1.0, -0.4, 2.0, 0.0, 0.3], 0.1)
    for world in worlds:
        # Three together, which an order and its reverse do not share out alike.
        world.update({chosen: world[chosen] + 1.0 for chosen in world if chosen & 7 == 7})
    method = Method(4, 20)
    assert not method.is_exact(5)
    along = [
        {chosen: world[chosen] for chosen in method.sets_in(place + 1, 5)}
        for place, world in enumerate(worlds)
    ]
    found = _made(ends, along, method)
    assert abs(found.terms.sum(axis=1) - found.differences).max() < 1e-9
    assert (found.sampling_errors[:3] > 0).all()
    assert found.sampling_errors[3] == pytest.approx(0.0, abs=1e-12)
    assert found.interaction is None
    assert "by itself, all" not in attribution_text(found, LABELS)
    begun = [{order[0] for order in method.orders_in(place + 1, 5)} for place in range(6)]
    for place, at in ((place, at) for place in range(6) for at in range(5)):
        assert math.isnan(found.alone[place, at]) == (at not in begun[place])
    exact = _made(ends, worlds)
    off = found.terms.mean(axis=0) - exact.terms.mean(axis=0)
    assert (abs(off) <= 4 * found.sampling_errors + 1e-9).all()
    assert "sampling has a standard error of at most" in attribution_text(found, LABELS)
    assert attribution_as_object(found)["permutations"] == 4


def test_a_world_with_a_missing_run_is_left_out_for_all(ends) -> None:
    worlds = _worlds([1.0, 0.0, 2.0, 0.0, 0.3], 0.1)
    whole = _made(ends, worlds[1:])
    worlds[0] = {**worlds[0], 9: math.nan}
    found = _made(ends, worlds)
    assert found.table.equals(whole.table)
    assert "5 worlds (1 more left out, where a run failed or has no value)" in attribution_text(
        found, LABELS
    )
    table = coalitions_table(found)
    assert list(table.columns) == column_names("coalitions.csv")
    assert len(table) == 6 * 32
    assert table["value"].isna().sum() == 1
    assert list(table["taken"][:4]) == ["", "boundaries", "incentives", "boundaries + incentives"]
    none = _made(ends, [{**world, 0: math.nan} for world in worlds])
    assert owed(none, LABELS).startswith("No world has net value under every org model between")


@pytest.mark.parametrize(
    ("effects", "noise", "said"),
    [
        (
            [0, 0, 2, 0, 0],
            0.1,
            "Of the +2.6 (95 % interval +2.0 to +3.2) between Siloed and Peer on net value, +2.0 "
            "(+1.9 to +2.1) is owed to the trust office and +0.3 (+0.2 to +0.4) is owed to ",
        ),
        (
            [-0.3, -0.3, -3, 0, 1],
            0.1,
            "Of the −2.0 (95 % interval −2.6 to −1.4) between Siloed and Peer on net value, −3.0 "
            "(−3.1 to −2.9) is owed to the trust office; where refused issues go works against it "
            "with +1.0 (+0.9 to +1.1)",
        ),
        (
            [-0.3, -0.3, 3, 0, -3.2],
            0.2,
            "Peer is not clearly apart from Siloed on net value: −0.2 (95 % interval −1.3 to +0.9)"
            "; yet where refused issues go makes −3.2 (−3.4 to −3.0) and the trust office makes "
            "+3.0 (+2.8 to +3.2)",
        ),
        (
            [-0.3, -0.3, 0, 0, 1],
            2.0,
            "Peer is not clearly apart from Siloed on net value: +1 (95 % interval −10 to +12); "
            "nothing is clearly owed to any one group of levers",
        ),
    ],
)
def test_the_sentence_claims_no_more_than_the_intervals(ends, effects, noise, said) -> None:
    assert owed(_made(ends, _worlds(effects, noise)), LABELS).startswith(said)


def test_a_clear_difference_may_be_owed_to_no_one_group(ends) -> None:
    found = _made(ends, _worlds([0.2, 0.2, 0.2, 0.2, 0], 1.0, signs=(1, -1, 1, -1, 0)))
    assert owed(found, LABELS) == (
        "The +1.4 (95 % interval +1.4 to +1.4) between Siloed and Peer on net value is not clearly "
        "owed to any one group of levers"
    )


def test_intervals_are_of_student_over_worlds(ends) -> None:
    found = _made(ends, _worlds([0, 0, 2, 0, 0], 0.1))
    row = found.table.iloc[0]
    assert (row["term"], row["high"] - row["term"]) == pytest.approx((2.0, 0.1 * HALF), abs=1e-5)
    assert found.difference[2] - found.difference[0] == pytest.approx(0.5 * HALF, abs=1e-5)


def test_one_world_has_no_interval_and_crowns_nothing(ends) -> None:
    found = _made(ends, _worlds([0, 0, 2, 0, 0], number=1))
    assert owed(found, LABELS) == (
        "Of the +2.6 between Siloed and Peer on net value in one world, +2.0 is owed to the trust "
        "office: no interval yet"
    )
    text = attribution_text(found, LABELS)
    assert "One world gives no interval" in text
    assert "nan" not in text.lower()
    with style.settings():
        assert len(draw_waterfall(found, LABELS, "").table) == 8


def test_org_models_that_differ_in_name_only_are_owed_nothing(ends) -> None:
    twin = ends.first.model_copy(update={"organisation": "twin", "label": "Twin"})
    named = Between(ends.study, ends.first, twin, differing(ends.first, twin))
    found = _made(named, [{0: 200.0}, {0: 190.0}])
    assert owed(found, {"siloed": "Siloed", "twin": "Twin"}).startswith(
        "Siloed and Twin differ in no lever"
    )
    terms = levers_table(found)
    assert len(terms) == len(GROUPS)
    assert (terms["term"] == 0.0).all()
    assert found.difference == (0.0, 0.0, 0.0)


def test_the_table_shows_what_changes_and_on_what_worlds_it_rests(ends) -> None:
    text = attribution_text(_made(ends, _worlds([0, 0, 2, 0, 0], 0.05)), LABELS)
    lines = text.splitlines()
    assert lines[0] == (
        "What Peer has more of net value (money per day-0 customer) than Siloed; assumed, not "
        "fitted to this firm"
    )
    assert lines[2].split("  ")[0] == "group"
    assert " ".join(lines[4].split()) == "trust office trust_office 0 -> 2 +2.0 (+1.9 to +2.1)"
    assert text.isascii()
    assert "Equal under both, so exactly 0: structure, staffing, ownership, rights," in text


def test_the_waterfall_leads_from_one_level_to_the_other(ends, tmp_path) -> None:
    found = _made(ends, _worlds([1.0, 0.1, 2.0, 0.0, -0.4]))
    with style.settings():
        drawing = draw_waterfall(found, LABELS, "the footnote")
    table = drawing.table.set_index("row")["value"]
    ends_of = [table["Siloed"], table["Peer"]]
    assert ends_of[0] + drawing.table["value"][1:6].sum() == pytest.approx(ends_of[1], abs=1e-9)
    assert table["difference"] == pytest.approx(ends_of[1] - ends_of[0], abs=1e-9)
    (axes,) = drawing.sheet.figure.axes
    bars = [patch for patch in axes.patches if patch.get_height()]
    assert len(bars) == 6
    assert bars[0].get_x() == pytest.approx(ends_of[0])
    assert bars[4].get_x() + bars[4].get_width() == pytest.approx(ends_of[1])
    hollow = [bar.get_facecolor()[:3] == (1.0, 1.0, 1.0) for bar in bars]
    assert hollow == [False, False, False, False, True, False]  # what has no clear effect
    write_waterfall(tmp_path, "waterfall", found, LABELS, "the footnote")
    assert {file.suffix for file in tmp_path.iterdir()} == {".png", ".svg", ".csv"}
    assert "assumed, not fitted to this firm" in (tmp_path / "waterfall.csv").read_text()
