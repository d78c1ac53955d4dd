"""Regimes: who is best where a firm is another one, not where less is known of it.

Beside all that a world draws, four quantities are drawn that are facts of a firm and choices of a
study, and enter no fit: how large it is, how complex, how many of its customers have agents, and
where the gap sits.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc, t

from analysis.evidence.ensembles import Drawn
from analysis.evidence.sampling import rounded
from analysis.evidence.world_numbers import OF_MAPS
from sim.reading.resizing import fixed_heads, scaled_heads
from sim.runner import RunSpec
from sim.study.enterprise import Enterprise, Journey
from sim.study.parameters import REGISTRY
from sim.study.study import Market, Segment, Study
from sim.study.worlds import SWITCHES, World

SIZE_AXIS, COMPLEXITY, ADOPTION, GAP_AXIS = "size", "complexity", "adoption", "gap"
QUANTITIES = (SIZE_AXIS, COMPLEXITY, ADOPTION, GAP_AXIS)
DEFAULT_MAPS = ((SIZE_AXIS, COMPLEXITY), (ADOPTION, GAP_AXIS))
SMALLEST_ON_MAP, LARGEST_ON_MAP = 0.25, 4.0
"""Between which shares of its customers a firm's size is drawn, evenly on a logarithmic scale."""
MOST_ADOPTION = 0.9
TRIPLED = 3.0
"""So many times as often flaws arise where the gap sits."""
MOST_COPIES = 3
"""Journeys of the most complex firm for each of the study's that can be told apart into more."""
MOST_SEAMS = 4
"""Seams at which the gap may sit: those that most cases cross."""
NOWHERE = "nowhere"
BANDS, BESIDE_WORDS = 3, 2
"""Bands of a number; fewer where the other quantity has many, such as places of the gap."""
DOUBT = 0.05
"""With which chance any box of a map may be called clear by luck."""


@dataclass(frozen=True)
class Regime:
    """One firm of a map: a world, and what is drawn besides.

    Attributes
    ----------
    world : World
        Its `size` is the firm's.
    complexity : float
        0 to 1: from the fewest variants and the study's journeys to the most and `MOST_COPIES`.
    adoption : float
        Share of customers with an agent.
    gap : str
        A function or a seam, or ``nowhere``.
    drawn_as : int
        The number of the world whose assumptions it shares, perhaps with other firms of the map.
    """

    world: World
    complexity: float
    adoption: float
    gap: str
    drawn_as: int = 0

    def of(self, study: Study) -> Study:
        """Return a study as this firm."""
        variants = REGISTRY["variant_growth"]
        growth = rounded(variants.low + self.complexity * (variants.high - variants.low))
        parameters = {**study.parameters, "variant_growth": growth}
        spots = {} if self.gap == NOWHERE else {self.gap: TRIPLED}
        firm = with_more_journeys(_with_heads(study, self.world.size), self.copies)
        market = _with_adoption(firm.market, self.adoption)
        weak_spots = {**study.weak_spots, **spots}
        changed = {"market": market, "weak_spots": weak_spots, "parameters": parameters}
        return self.world.of(firm.model_copy(update=changed))

    @property
    def copies(self) -> int:
        """Journeys for each of the study's that can be told apart into more."""
        return 1 + min(MOST_COPIES - 1, int(self.complexity * MOST_COPIES))

    def value(self, quantity: str) -> float | str:
        """Return where the firm lies in a quantity: drawn besides, of its world, or a mechanism."""
        besides = (self.world.size, self.complexity, self.adoption, self.gap)
        own: Mapping[str, float | str] = dict(zip(QUANTITIES, besides, strict=True))
        if quantity in own:
            return own[quantity]
        if quantity in SWITCHES:
            return "off" if quantity in self.world.off else "on"
        return self.world.parameters[quantity]


def regimes(study: Study, drawn: Drawn, gaps: Sequence[str], number: int) -> list[Regime]:
    """Return so many firms, spread evenly over what is drawn besides.

    Parameters
    ----------
    study : Study
        Its seed is that of the draw.
    drawn : Drawn
        Worlds that they are in, as many of each ensemble, over again where they are too few.
    gaps : sequence of str
        Where the gap may sit beside nowhere.
    number : int
        How many.
    """
    places = _places(drawn, number)
    rng = np.random.default_rng(study.design.seed)
    points = qmc.LatinHypercube(len(QUANTITIES), rng=rng).random(number)
    return [
        _regime(drawn.worlds[places[index % len(places)]], index, point, (NOWHERE, *gaps))
        for index, point in enumerate(points)
    ]


def _places(drawn: Drawn, number: int) -> list[int]:
    """Return places of worlds, of each ensemble as many, its worlds over again if too few."""
    each = max(1, number // len(drawn.groups))
    of = [[at for at, name in enumerate(drawn.of) if name == group] for group in drawn.groups]
    return [own[index % len(own)] for own in of for index in range(each)]


def _regime(world: World, index: int, point: NDArray[np.float64], gaps: Sequence[str]) -> Regime:
    at = dict(zip(QUANTITIES, point.tolist(), strict=True))
    size = rounded(SMALLEST_ON_MAP * (LARGEST_ON_MAP / SMALLEST_ON_MAP) ** at[SIZE_AXIS])
    numbered = replace(world, number=OF_MAPS + index, size=size)
    gap = gaps[min(len(gaps) - 1, int(at[GAP_AXIS] * len(gaps)))]
    complexity, adoption = rounded(at[COMPLEXITY]), rounded(MOST_ADOPTION * at[ADOPTION])
    return Regime(numbered, complexity, adoption, gap, world.number)


def regime_specs(study: Study, firms: Sequence[Regime]) -> list[RunSpec]:
    """Return the runs of all org models as all firms."""
    return [
        RunSpec(changed, plan, 0, firm.world.number)
        for firm, changed in ((each, each.of(study)) for each in firms)
        for plan in changed.organisations
    ]


def possible_gaps(study: Study, crossings: Mapping[str, float]) -> list[str]:
    """Return where the gap may sit: at functions with work, and at the seams crossed most.

    Parameters
    ----------
    study : Study
    crossings : mapping of str to float
        Cases that cross each seam, by its name.
    """
    steps = [
        step
        for journey in study.enterprise.journeys.values()
        for step in journey.touchpoints.values()
    ]
    working = {step.owner for step in steps}
    functions = [name for name in study.enterprise.functions if name in working]
    between = {
        seam: number
        for seam, number in crossings.items()
        if len(set(seam.split(">"))) == 2 and set(seam.split(">")) <= set(functions)
    }
    busiest = sorted(between, key=lambda seam: (-between[seam], seam))
    return [*functions, *busiest[:MOST_SEAMS]]


def with_more_journeys(study: Study, copies: int) -> Study:
    """Return a study in which each journey that can be is told apart into so many.

    Customers need them as often together as they needed the one. A journey that an org model names,
    by which customers join or renew, or that the firm itself starts, stays one; so do all where an
    org model has a design of its own.
    """
    names = told_apart(study)
    if copies == 1 or not names:
        return study
    journeys: dict[str, Journey] = {}
    for name, journey in study.enterprise.journeys.items():
        journeys[name] = journey
        for each in range(2, copies + 1) if name in names else ():
            journeys[f"{name}_{each}"] = journey
    enterprise: Enterprise = study.enterprise.model_copy(update={"journeys": journeys})
    segments = {
        name: _split_needs(segment, names, copies)
        for name, segment in study.market.segments.items()
    }
    market = study.market.model_copy(update={"segments": segments})
    return study.model_copy(update={"enterprise": enterprise, "market": market})


def told_apart(study: Study) -> list[str]:
    """Return the journeys that can be told apart into more."""
    if any(plan.enterprise is not None for plan in study.organisations):
        return []
    text = "\n".join(plan.model_dump_json() for plan in study.organisations)
    return [
        name
        for name, journey in study.enterprise.journeys.items()
        if journey.effect == "none"
        and journey.opt_in is None
        and f'"{name}/' not in text
        and f'"{name}"' not in text
    ]


def _split_needs(segment: Segment, names: Sequence[str], copies: int) -> Segment:
    needs: dict[str, float] = {}
    for name, a_year in segment.needs_per_year.items():
        parts = copies if name in names else 1
        needs[name] = a_year / parts
        needs |= {f"{name}_{each}": a_year / parts for each in range(2, parts + 1)}
    return segment.model_copy(update={"needs_per_year": needs})


def _with_heads(study: Study, size: float) -> Study:
    """Return a study whose fixed heads go with its customers."""
    plans = tuple(
        plan
        if plan.enterprise is None
        else plan.model_copy(update={"enterprise": _staffed(plan.enterprise, study, size)})
        for plan in study.organisations
    )
    enterprise = _staffed(study.enterprise, study, size)
    return study.model_copy(update={"enterprise": enterprise, "organisations": plans})


def _staffed(enterprise: Enterprise, study: Study, size: float) -> Enterprise:
    fixed, customers = fixed_heads(enterprise), study.market.customers
    if not fixed:
        return enterprise
    functions = dict(enterprise.functions)
    for name, heads in scaled_heads(fixed, max(1, round(customers * size)), customers).items():
        functions[name] = functions[name].model_copy(update={"heads": heads})
    return enterprise.model_copy(update={"functions": functions})


def _with_adoption(market: Market, adoption: float) -> Market:
    growth = market.adoption_growth
    if growth is not None and growth.to < adoption:
        growth = growth.model_copy(update={"to": adoption})
    return market.model_copy(update={"agent_adoption": adoption, "adoption_growth": growth})


@dataclass(frozen=True)
class MapBox:
    """Firms alike in two quantities.

    Attributes
    ----------
    across, down : str
        Which band of either they lie in, in words.
    n_firms : int
        In which every org model has a value.
    leader : str
        The best mean among them; empty without firms.
    lead, error : float
        What it has more than the second, and the standard error of that; NaN with fewer than two.
    clear : bool
        Whether it is ahead of every other by more than one head is worth, clear of chance in all
        boxes at once (Student t over worlds, Bonferroni).
    """

    across: str
    down: str
    n_firms: int
    leader: str
    lead: float
    error: float
    clear: bool


@dataclass(frozen=True)
class RegimeMap:
    """Who is best over two quantities.

    Attributes
    ----------
    across, down : str
        The quantities.
    columns, rows : tuple of str
        Their bands in words, the lowest first.
    boxes : tuple of MapBox
    n_left_out : int
        Firms in which an org model has no value.
    """

    across: str
    down: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    boxes: tuple[MapBox, ...]
    n_left_out: int

    @property
    def leaders(self) -> tuple[str, ...]:
        """All who lead somewhere, those in most boxes first."""
        names = [box.leader for box in self.boxes if box.leader]
        return tuple(sorted(dict.fromkeys(names), key=lambda name: -names.count(name)))


def regime_map(
    firms: Sequence[Regime],
    values: NDArray[np.float64],
    models: Sequence[str],
    pair: tuple[str, str],
    least: float,
) -> RegimeMap:
    """Return who is best in boxes of two quantities.

    Parameters
    ----------
    firms : sequence of Regime
    values : float64, shape (n_firms, n_models)
        Higher is better; NaN where a run failed.
    models : sequence of str
    pair : tuple of str
        What lies across and what lies down.
    least : float
        What one head is worth in the firm of the study's own size, at least 0; a customer's share
        of a head is smaller where there are more customers.
    """
    heads = least / np.array([firm.world.size for firm in firms])
    worlds = np.array([firm.drawn_as or firm.world.number for firm in firms])
    places = [[firm.value(quantity) for firm in firms] for quantity in pair]
    bands = BESIDE_WORDS if any(isinstance(side[0], str) for side in places) else BANDS
    (columns, across), (rows, down) = (bands_of(side, bands) for side in places)
    whole = ~np.isnan(values).any(axis=1)
    doubt = DOUBT / (len(columns) * len(rows))
    boxes = [
        _box(values[there], heads[there], worlds[there], models, (column, row), doubt)
        for j, row in enumerate(rows)
        for i, column in enumerate(columns)
        for there in [whole & (across == i) & (down == j)]
    ]
    return RegimeMap(*pair, columns, rows, tuple(boxes), int((~whole).sum()))


def _box(
    values: NDArray[np.float64],
    heads: NDArray[np.float64],
    worlds: NDArray[np.int64],
    models: Sequence[str],
    bands: tuple[str, str],
    doubt: float,
) -> MapBox:
    if len(values) == 0 or len(models) < 2:
        return MapBox(*bands, len(values), "", float("nan"), float("nan"), clear=False)
    means = values.mean(axis=0)
    first, second = np.argsort(-means, kind="stable")[:2]
    apart = values[:, [first]] - np.delete(values, first, axis=1)
    ahead = values[:, first] - values[:, second]
    lead, number = float(ahead.mean()), len(ahead)
    own = _by_world(ahead[:, None], worlds)
    if len(own) < 2:
        return MapBox(*bands, number, models[first], lead, float("nan"), clear=False)
    error = float(own.std(ddof=1)) / len(own) ** 0.5
    clear = False
    if np.isfinite(heads).all():
        beyond = _by_world(apart - heads[:, None], worlds)
        errors = beyond.std(axis=0, ddof=1) / len(own) ** 0.5
        clear = bool((beyond.mean(axis=0) > t.ppf(1 - doubt / 2, len(own) - 1) * errors).all())
    return MapBox(*bands, number, models[first], lead, error, clear=clear)


def _by_world(values: NDArray[np.float64], worlds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return means over the firms that share a world's assumptions, which are not independent."""
    there, of = np.unique(worlds, return_inverse=True)
    shares = (np.arange(len(there))[:, None] == of).astype(np.float64)
    return np.asarray(shares @ values / shares.sum(axis=1, keepdims=True))


def bands_of(
    values: Sequence[float | str], bands: int
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the bands of a quantity in words, and which each value lies in.

    Numbers fall into so many bands of equally many; words are bands themselves.
    """
    if any(isinstance(value, str) for value in values):
        words = tuple(dict.fromkeys(sorted(map(str, values), key=_order)))
        return words, np.array([words.index(str(value)) for value in values])
    numbers = np.array(values, dtype=np.float64)
    cuts = np.quantile(numbers, np.arange(1, bands) / bands)
    ends = [numbers.min(), *cuts, numbers.max()]
    words = tuple(f"{_short(low)} to {_short(high)}" for low, high in itertools.pairwise(ends))
    return words, np.searchsorted(cuts, numbers, side="right")


def _order(word: str) -> tuple[bool, bool, str]:
    return word != NOWHERE, ">" in word, word


def _short(value: float) -> str:
    return f"{value:.2g}"
