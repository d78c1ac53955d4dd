"""Ruling worlds out and taking worlds in, of made-up firms whose answer is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.evidence.candidates import candidates
from analysis.evidence.emulator import emulator_of, screened
from analysis.evidence.fit_words import ensemble_from, fit_text, patterns_table, patterns_text
from analysis.evidence.fitted import FitSize, Told, medoid_of, stream_of
from analysis.evidence.fitting import Fitting, NoWorldLeftError
from analysis.evidence.history_matching import (
    CUTOFF,
    Trained,
    Wave,
    chances,
    frees_most,
    hopeless,
    least_chance,
    left_by,
    near_misses_left,
    not_ruled_out,
    out_of_reach,
    wave_from,
)
from analysis.evidence.sampling import SIZE, coordinates, defaults_at, point_of
from analysis.evidence.targets import Target, raw_outputs, scale_of, targets_of, widened
from analysis.evidence.world_numbers import ACCEPTANCE
from sim.reading.loader import load_study
from sim.study.answers import thresholds
from sim.study.parameters import REGISTRY
from sim.study.pattern_table import Pattern
from sim.study.study import Study
from sim.study.tables import column_names
from sim.study.worlds import SWITCHES, World

N, WIDTH = 400, 12
NOISE = 0.05


def _target(name: str, low: float, high: float) -> Target:
    return Target(name, Pattern(measure=name, low=low, high=high, source="made up"), low, high)


def _made_up(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return two outputs: of the first two coordinates, and of the third alone."""
    first = 2.0 * points[:, 0] + points[:, 1] ** 2
    second = np.sin(3.0 * points[:, 2])
    return np.column_stack([first, second]) + NOISE * rng.standard_normal((len(points), 2))


@pytest.fixture(scope="module")
def trained() -> Trained:
    rng = np.random.default_rng(11)
    points = rng.random((N, WIDTH))
    dummies = np.arange(WIDTH) >= 6
    return Trained(points, _made_up(points, rng), np.full(2, NOISE**2), dummies)


TARGETS = (_target("first", 1.0, 1.3), _target("second", 0.8, 1.1))


def test_screening_finds_what_matters_and_no_dummy(trained) -> None:
    for output, wanted in ((0, {0, 1}), (1, {2})):
        active = screened(trained.points, trained.values[:, output], trained.dummies)
        assert wanted <= set(active)
        assert not any(trained.dummies[list(active)])
        assert len(active) <= len(wanted) + 2


def test_an_emulator_predicts_what_it_has_not_seen(trained) -> None:
    active = screened(trained.points, trained.values[:, 1], trained.dummies)
    emulator = emulator_of(
        trained.points, trained.values[:, 1], active, trained.dummies, np.zeros(N), 1
    )
    assert emulator.usable
    fresh = np.random.default_rng(5).random((300, WIDTH))
    mean, variance = emulator.mean_and_variance(fresh)
    error = mean - np.sin(3.0 * fresh[:, 2])
    assert np.sqrt((error**2).mean()) < NOISE
    missed = max(emulator.noise - NOISE**2, 0.0)
    assert (np.abs(error) <= 3.0 * np.sqrt(variance + missed)).mean() > 0.95
    assert math.sqrt(emulator.noise) == pytest.approx(NOISE, rel=0.5)


def test_noise_alone_is_not_believed() -> None:
    rng = np.random.default_rng(2)
    points, values = rng.random((200, WIDTH)), rng.standard_normal(200)
    active = screened(points, values, np.arange(WIDTH) >= 6)
    assert not emulator_of(
        points, values, active, np.zeros(points.shape[1], bool), np.zeros(200), 1
    ).usable


def test_what_is_left_gives_what_is_known_and_little_of_it_is_lost(trained) -> None:
    wave = wave_from(TARGETS, trained, 1, rank=1)
    points = np.random.default_rng(8).random((4000, WIDTH))
    left = left_by([wave], points)
    true = _made_up(points, np.random.default_rng(0)) * 0.0 + np.column_stack(
        [2.0 * points[:, 0] + points[:, 1] ** 2, np.sin(3.0 * points[:, 2])]
    )
    good = np.all(
        [each.outside(true[:, place]) == 0.0 for place, each in enumerate(TARGETS)], axis=0
    )
    kept = {tuple(point) for point in left}
    lost = [point for point in points[good] if tuple(point) not in kept]
    assert len(lost) <= 0.02 * good.sum()
    assert len(left) < 0.5 * len(points)
    far = np.abs(true[:, 0] - 1.15) > 1.0
    assert not any(tuple(point) in kept for point in points[far])


def test_the_second_largest_implausibility_rules_out_less(trained) -> None:
    points = np.random.default_rng(8).random((500, WIDTH))
    first = wave_from(TARGETS, trained, 1, rank=1).implausibility(points)
    second = wave_from(TARGETS, trained, 1, rank=2).implausibility(points)
    assert (second <= first + 1e-9).all()
    assert (second <= CUTOFF).sum() > (first <= CUTOFF).sum()


class _Said:
    """An emulator whose trend and process say the same of every world."""

    doubt = 0.0

    def __init__(self, trend: float, exactly: float) -> None:
        self._trend, self._exactly = trend, exactly

    def trend(self, points: np.ndarray) -> np.ndarray:
        return np.full(len(points), self._trend)

    def mean_and_variance(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full(len(points), self._exactly), np.zeros(len(points))

    def missed(self, luck: float) -> float:
        return 0.0


@pytest.mark.parametrize("place", [0, 1])
def test_no_output_is_ruled_out_by_what_its_trend_alone_says(place) -> None:
    """Whichever is asked first: a trend a little too far off only leaves the process to say."""
    targets = (_target("one", 0.0, 6.0), _target("other", 0.0, 6.0))
    said = [_Said(3.0, 3.0), _Said(3.0, 3.0)]
    said[place] = _Said(6.0 + 3.5, 6.0 + 2.5)  # in tolerances beyond: more than 3, and less
    wave = Wave(targets, tuple(said), np.zeros(2), rank=1)
    assert wave.implausibility(np.zeros((4, 1))) == pytest.approx(2.5)


def test_wider_ranges_leave_and_take_in_more(trained) -> None:
    points = np.random.default_rng(8).random((500, WIDTH))
    narrow = wave_from(TARGETS, trained, 1, rank=1).implausibility(points)
    wide = wave_from(widened(TARGETS, 2.0), trained, 1, rank=1).implausibility(points)
    assert (wide <= CUTOFF).sum() > (narrow <= CUTOFF).sum()
    values, luck = np.array([1.3 + 1.5 * TARGETS[0].tolerance, 0.9]), np.zeros(2)
    for targets, taken in ((TARGETS, False), (widened(TARGETS, 2.0), True)):
        assert (near_misses_left(targets, values, luck, 4) >= 0) == taken
        assert hopeless(targets, values, luck, 1) != taken


def test_the_figure_that_leaves_nothing_is_named() -> None:
    targets = (_target("one", 0.0, 6.0), _target("other", 0.0, 6.0))
    waves = [
        Wave(targets, (_Said(3.0, 3.0), _Said(far, far)), np.zeros(2), rank=1)
        for far in (3.0, 60.0)
    ]
    assert frees_most(waves, 1, 1) == "other"
    both = Wave(targets, (_Said(60.0, 60.0),) * 2, np.zeros(2), rank=1)
    assert frees_most([both], 1, 1) == ""


def test_draws_are_the_same_for_a_seed_and_fixed_where_asked(trained) -> None:
    wave = wave_from(TARGETS, trained, 1, rank=1)
    found = not_ruled_out([wave], WIDTH, 30, 4, fixed=[7, 9])
    again = not_ruled_out([wave], WIDTH, 30, 4, fixed=[7, 9])
    assert np.array_equal(found.points, again.points)
    assert len(found.points) == 30
    assert (found.points[:, [7, 9]] == 1.0).all()
    assert 0.0 < found.share < 0.5


def test_where_nothing_can_be_left_nothing_is(trained) -> None:
    """Either range is reached, but no world is in both."""
    apart = (_target("low", 0.2, 0.4), _target("high", 2.5, 2.8))
    one_figure = replace(trained, values=trained.values[:, [0, 0]])
    wave = wave_from(apart, one_figure, 1, rank=1)
    left = not_ruled_out([wave], WIDTH, 30, 4, most_blocks=2)
    assert (left.points.shape, left.share) == ((0, WIDTH), 0.0)
    assert list(candidates([wave], WIDTH, 3, 1, (), Told())) == []


def test_runs_of_other_figures_teach_nothing(trained) -> None:
    with pytest.raises(ValueError, match="zip"):
        wave_from(TARGETS[:1], trained, 1, rank=1)


def test_what_nothing_reaches_is_named(trained) -> None:
    far = (_target("first", 9.0, 9.5), TARGETS[1])
    wave = wave_from(far, trained, 1, rank=1)
    assert out_of_reach(far, trained, wave, 1) == ["first"]


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ((1.1, 0.9), True),
        ((1.34, 0.9), True),  # within two standard errors of luck
        ((1.39, 0.9), True),  # one near miss
        ((1.39, 0.71), False),  # two of them
        ((1.5, 0.9), False),
        ((math.nan, 0.9), False),
    ],
)
def test_one_near_miss_is_let_pass(values, taken) -> None:
    luck = np.full(2, NOISE**2)
    assert (near_misses_left(TARGETS, np.array(values), luck, 4) >= 0) is taken


def test_chances_of_being_taken_in_are_those_that_come_in(trained) -> None:
    wave = wave_from(TARGETS, trained, 1, rank=1)
    rng = np.random.default_rng(8)
    points = rng.random((600, WIDTH))
    found = chances(wave, points)
    assert ((found >= 0.0) & (found <= 1.0 + 1e-9)).all() and found.std() > 0.2
    luck = np.full(2, NOISE**2)
    taken = np.zeros(len(points))
    for _ in range(20):
        means = np.mean([_made_up(points, rng) for _ in range(4)], axis=0)
        taken += [near_misses_left(TARGETS, each, luck, 4) >= 0 for each in means]
    assert found.mean() == pytest.approx(taken.mean() / 20, abs=0.04)
    assert np.corrcoef(found, taken)[0, 1] > 0.9
    sure = found > 0.5
    least = least_chance(found, 0.05)
    assert 0.0 < least < 0.6
    assert found[found < least].sum() <= 0.05 * found.sum()
    assert taken[found < least].sum() < 0.1 * taken.sum()
    assert taken[sure].mean() > 12 and least_chance(np.zeros(5), 0.05) == 0.0


def test_only_what_cannot_come_in_any_more_is_given_up_early() -> None:
    luck = np.full(2, NOISE**2)
    assert not hopeless(TARGETS, np.array([1.5, 0.9]), luck, 1)
    assert hopeless(TARGETS, np.array([1.7, 0.9]), luck, 1)
    assert hopeless(TARGETS, np.array([1.52, 0.5]), luck, 1)  # two misses are one too many
    assert hopeless(TARGETS, np.array([1.5, 0.9]), luck, 2)
    assert not hopeless(TARGETS, np.array([1.45, 0.9]), luck, 2)


def test_the_medoid_is_the_candidate_in_the_middle() -> None:
    members = np.random.default_rng(3).random((60, 3))
    candidates = np.array([[0.9, 0.9, 0.1], [0.5, 0.52, 0.5], [0.1, 0.5, 0.5]])
    assert medoid_of(members, candidates) == 1


def test_scales_keep_distances_near_the_ends() -> None:
    share = scale_of("fcr_rate")
    assert share(0.5) == pytest.approx(0.0)
    assert share(0.98) - share(0.96) > share(0.52) - share(0.5)
    assert scale_of("nps_surveyed")(0.0) == pytest.approx(0.0)
    assert scale_of("contacts_per_need")(1.0) == pytest.approx(0.0)
    assert math.isfinite(share(0.0)) and math.isfinite(share(1.0))


# A firm in which first-contact resolution is write_minutes' place in its range, and nothing else
# of a world has any effect.


S = "satisfied_from"


class _Firm:
    """Runs of a made-up firm; notes who asked for what."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.numbers: list[tuple[int, int]] = []

    def measured(self, worlds, replicates):
        return [[self._run(world, number) for number in replicates] for world in worlds]

    def _run(self, world: World, replicate: int) -> pd.DataFrame:
        self.numbers.append((world.number, replicate))
        rng = np.random.default_rng(1000 * world.number + replicate)
        share = point_of(self.study, world)[coordinates(self.study).index("write_minutes")]
        rows = {"fcr_rate": 0.1 + 0.8 * share + 0.005 * rng.standard_normal(), "csat": 0.8}
        utilisation = [("utilisation", "function", name, 0.7) for name in ("sales", "service")]
        table = [(name, "overall", "", value) for name, value in rows.items()] + utilisation
        table += [("felt_at_least", "threshold", f"{t:.3f}", 1.2 - t) for t in thresholds(S)]
        return pd.DataFrame(table, columns=["measure", "scope", "scope_id", "value"])


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("scenarios/board.yaml")


@pytest.fixture(scope="module")
def firm(study) -> _Firm:
    return _Firm(study)


@pytest.fixture(scope="module")
def fitted(study, firm):
    return Fitting(study, firm.measured, FitSize(runs=60, members=12, all_on=3)).fitted()


def test_members_lie_where_the_made_up_firm_gives_what_is_known(study, fitted) -> None:
    place = coordinates(study).index("write_minutes")
    assert len(fitted.members.points) == 12
    shares = fitted.members.points[:, place]
    assert (0.1 + 0.8 * shares).min() > 0.58
    assert (0.1 + 0.8 * shares).max() < 0.81
    assert fitted.informed == ("write_minutes",)
    assert fitted.told.dummies == len(coordinates(study)) - 1
    assert fitted.members.outputs["fcr_rate"].between(0.58, 0.81).all()


def test_thresholds_are_set_after_the_run_to_those_that_will_do(study, fitted) -> None:
    # Of contacts 1.2 - t are felt to be t or better.
    place = coordinates(study).index(S)
    row = REGISTRY[S]
    chosen = row.low + fitted.members.points[:, place] * (row.high - row.low)
    low, high = known_ends(fitted, "csat")
    assert fitted.members.outputs["csat"].to_numpy() == pytest.approx(1.2 - chosen)
    assert fitted.members.outputs["csat"].between(low - 0.02, high + 0.02).all()
    assert len(set(chosen.round(3))) > 2
    assert set(chosen.round(3)) <= {round(t, 3) for t in thresholds(S)}


def known_ends(fitted, name: str) -> tuple[float, float]:
    row = next(each.pattern for each in fitted.targets if each.name == name)
    return row.low, row.high


def test_what_a_firm_has_not_is_not_fitted_to(fitted) -> None:
    names = [each.name for each in fitted.targets]
    assert names == ["fcr_rate", "csat", "utilisation lowest", "utilisation highest"]


def test_nothing_is_off_in_the_middle_and_what_does_nothing_stays(study, fitted) -> None:
    switches = [coordinates(study).index(name) for name in SWITCHES]
    assert (fitted.all_on.points[:, switches] == 1.0).all()
    # Each was run at the firm's own size, not set to it afterwards.
    sizes = fitted.all_on.points[:, coordinates(study).index(SIZE)]
    assert (sizes == defaults_at(study)[coordinates(study).index(SIZE)]).all()
    assert not fitted.medoid.off
    default = World(0, {}).of(study).parameters
    assert default == {}
    assert fitted.medoid.parameters["voice_agent"] == pytest.approx(0.5, abs=0.5)
    assert 0.61 <= fitted.middle["fcr_rate"] <= 0.78


def test_no_luck_is_used_by_two_stages_or_by_worlds(firm, fitted) -> None:
    numbers = {number for number, _ in firm.numbers}
    assert min(numbers) >= 10_000
    training = {number for number in numbers if number < 20_000}
    assert len(training) >= 60


class _Idle(_Firm):
    """A firm some of whose people always idle."""

    def _run(self, world: World, replicate: int) -> pd.DataFrame:
        table = super()._run(world, replicate)
        table.loc[table["scope_id"] == "service", "value"] = 0.2
        return table


def test_ranges_are_widened_for_what_was_not_set_aside_before(study, monkeypatch) -> None:
    """Where nothing is ever left, each widening begins with the figures that can be reached."""
    monkeypatch.setattr(Fitting, "_waves_after", lambda self, first, trained: [])
    fitting = Fitting(study, _Idle(study).measured, FitSize(runs=24, members=1, all_on=1))
    with pytest.raises(NoWorldLeftError, match="even with every range twice"):
        fitting.fitted()
    assert fitting._told.set_aside == ["utilisation lowest"]
    assert fitting._told.widening == 2.0


class _Fails(_Firm):
    """A firm of which the last run of every candidate fails."""

    def measured(self, worlds, replicates):
        found = super().measured(worlds, replicates)
        fourth = [place for place, number in enumerate(replicates) if number == 3]
        for world, runs in zip(worlds, found, strict=True):
            for place in fourth if world.number >= ACCEPTANCE else ():
                runs[place] = None
        return found


def test_a_world_of_which_a_run_fails_is_not_taken_in(study) -> None:
    small = FitSize(runs=24, members=1, all_on=1)
    fitted = Fitting(study, _Fails(study).measured, small).fitted()
    assert len(fitted.members.points) == 0
    assert fitted.medoid is None


class _Silent(_Firm):
    """A firm none of whose runs comes to its end."""

    def measured(self, worlds, replicates):
        return [[None for _ in replicates] for _ in worlds]


def test_without_a_run_of_the_defaults_nothing_is_fitted(study) -> None:
    with pytest.raises(NoWorldLeftError, match="registered defaults failed"):
        Fitting(study, _Silent(study).measured, FitSize(24, 1, 1)).fitted()


class _OnlyAsked(_Firm):
    """A firm of which nothing is known but how many are satisfied."""

    def _run(self, world: World, replicate: int) -> pd.DataFrame:
        table = super()._run(world, replicate)
        return table[table["measure"].isin(["csat", "felt_at_least"])]


def test_what_is_set_after_the_run_may_be_all_that_is_known(study) -> None:
    small = FitSize(runs=24, members=3, all_on=1)
    fitted = Fitting(study, _OnlyAsked(study).measured, small).fitted()
    assert [each.name for each in fitted.targets] == ["csat"]
    assert len(fitted.members.points) == 3


def test_no_world_is_taken_in_for_two_org_models_that_have_streams_of_their_own(study) -> None:
    baseline, other = (
        next(each for each in study.organisations if each.organisation == name)
        for name in ("siloed", "peer")
    )
    assert stream_of(study, baseline) == 0
    own = stream_of(study, other)
    assert own == stream_of(study, other.model_copy(update={"organisation": "ally", "label": ""}))
    assert own not in (0, stream_of(study, other.model_copy(update={"authority": 0.9})))
    firms = [_OnlyAsked(study), _OnlyAsked(study)]
    taken = [
        Fitting(study, firm.measured, FitSize(24, 3, 1, stream)).fitted().members.points
        for firm, stream in zip(firms, (0, own), strict=True)
    ]
    inside = (taken[0] > 0.0) & (taken[0] < 1.0)  # switches are on or off, and often alike
    switches = inside.all(axis=0)
    assert not (taken[0][:, None] == taken[1][None])[:, :, switches].any()


def test_the_same_seed_gives_the_same_worlds(study, fitted) -> None:
    again = Fitting(study, _Firm(study).measured, FitSize(runs=60, members=12, all_on=3)).fitted()
    text = ensemble_from(study, "siloed", fitted, "fit")
    assert text == ensemble_from(study, "siloed", again, "fit")
    assert text.recipe["taken_in"] == 12


def test_the_table_says_what_is_known_and_what_is_missed(fitted) -> None:
    table = patterns_table(fitted)
    assert list(table.columns) == column_names("patterns.csv")
    row = table.set_index("output").loc["fcr_rate"]
    assert (row["known_low"], row["known_high"]) == (0.61, 0.78)
    assert row["default"] == pytest.approx(0.5, abs=0.01)
    text = patterns_text(table)
    assert "First-contact resolution (%)" in text
    assert "61.0 to 78.0" in text
    assert "nan" not in text.lower()
    assert fit_text(fitted, 12, "siloed")[0].startswith("12 of ")


def test_outputs_of_functions_are_the_lowest_and_the_highest(study) -> None:
    rows = [("utilisation", "function", "a", 0.4), ("utilisation", "function", "b", 0.9)]
    table = pd.DataFrame(rows, columns=["measure", "scope", "scope_id", "value"])
    found = raw_outputs(targets_of(study), table)
    assert (found["utilisation lowest"], found["utilisation highest"]) == (0.4, 0.9)
    assert math.isnan(found["fcr_rate"])
