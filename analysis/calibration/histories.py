"""How much of a case's history a touchpoint has to know, for its branches to be the log's.

A chain of touchpoints forgets how a case came there. Where that loses what the log shows, such as
how often a case is handed over, a touchpoint is split by something that its past decides: whether
the function has had the case before, whether this is the first day of its turn, whence the case
came. The split is taken that says most about what comes next, by the Bayesian information
criterion, until the chain hands cases over as often, and straight back as often, as the log does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]

_MOST_CASES = 20_000
"""Cases looked at; more say no more about which history matters."""
_FEWEST_VISITS = 40
"""Of either part of a split."""
CHAIN_CASES = 20_000
HAND_OFFS_WITHIN = 0.01
PING_PONG_WITHIN = 0.004


Feature = tuple[str, _Bools, str, str]
"""In words, by visit, in words where it is not so, as an ending of a name."""


@dataclass(frozen=True)
class Paths:
    """Visits of all cases in order, as numbers.

    Attributes
    ----------
    case, function, base : numpy.ndarray
        int64, shape (n_visits,): its case, its function, its activity within the function.
    leads_to : numpy.ndarray
        int64, shape (n_visits,): index of the visit that comes next, or −1 − exit at the end of
        a case; exit 0 is not known.
    """

    case: _Ints
    function: _Ints
    base: _Ints
    leads_to: _Ints


@dataclass(frozen=True)
class Histories:
    """Touchpoints with as much history as needed.

    Attributes
    ----------
    label : numpy.ndarray
        int64, shape (n_visits,): the touchpoint of each visit.
    base_of : list of int
        Of each touchpoint, the activity within a function that it is.
    said : list of tuple of str
        Of each touchpoint, what its visits have in common, in words.
    short : list of tuple of str
        The same as endings of a name; of those that are not so, nothing.
    """

    label: _Ints
    base_of: list[int]
    said: list[tuple[str, ...]]
    short: list[tuple[str, ...]]


def with_histories(paths: Paths, most: int, names: list[str]) -> Histories:
    """Split touchpoints by their history until the chain hands cases over as the log does.

    Parameters
    ----------
    paths : Paths
        Of the log.
    most : int
        Touchpoints at most.
    names : list of str
        Of the functions, by number.
    """
    label = paths.base.copy()
    base_of = list(range(int(label.max()) + 1))
    said: list[tuple[str, ...]] = [() for _ in base_of]
    short: list[tuple[str, ...]] = [() for _ in base_of]
    features = _features(paths, names)
    seen = paths.case < _MOST_CASES
    targets = _targets(paths)
    real = hand_over(paths, paths.function)
    while len(base_of) < most:
        chained = _chained(paths, label, base_of)
        if (
            abs(chained[0] - real[0]) <= HAND_OFFS_WITHIN * max(real[0], 0.2)
            and abs(chained[1] - real[1]) <= PING_PONG_WITHIN
        ):
            break
        best = _best_split(label, features, targets, seen)
        if best is None:
            break
        where, which = best
        chosen = (label == where) & features[which][1]
        label[chosen] = len(base_of)
        base_of.append(base_of[where])
        yes, _, no, ending = features[which]
        said.append((*said[where], yes))
        short.append((*short[where], ending))
        said[where] = (*said[where], no)
    return Histories(label, base_of, said, short)


def _targets(paths: Paths) -> _Ints:
    """Return what follows each visit: an activity within a function, or an exit; −1 unknown."""
    n_base = int(paths.base.max()) + 1
    after = np.where(paths.leads_to >= 0, paths.base[np.maximum(paths.leads_to, 0)], 0)
    exits = -1 - paths.leads_to
    found = np.where(paths.leads_to >= 0, after, n_base + exits - 1)
    return np.where(paths.leads_to == -1, -1, found)


def _features(paths: Paths, names: list[str]) -> list[Feature]:
    """Return what a visit's past decides."""
    case, function = paths.case, paths.function
    n = len(case)
    new_case = np.r_[True, case[1:] != case[:-1]]
    new_stay = new_case | np.r_[True, function[1:] != function[:-1]]
    index = np.arange(n)
    begun = np.maximum.accumulate(np.where(new_stay, index, 0))
    case_begun = np.maximum.accumulate(np.where(new_case, index, 0))
    in_stay = index - begun
    before = np.where(begun > case_begun, function[np.maximum(begun - 1, 0)], -1)
    sooner_begun = np.where(begun > case_begun, begun[np.maximum(begun - 1, 0)], 0)
    two_ago = np.where(
        (begun > case_begun) & (sooner_begun > case_begun),
        function[np.maximum(sooner_begun - 1, 0)],
        -1,
    )
    found = [
        ("later visit of a turn", in_stay >= 1, "first visit of a turn", "later"),
        ("third or later of a turn", in_stay >= 2, "at most second of a turn", "third_on"),
        ("fifth or later of a turn", in_stay >= 4, "at most fourth of a turn", "fifth_on"),
        ("handed straight back", two_ago == function, "not handed straight back", "back"),
        ("fifth or later of the case", index - case_begun >= 4, "among its first four", "late"),
    ]
    for number, name in enumerate(names):
        turns = np.cumsum(new_stay & (function == number))
        turns -= (turns - (new_stay & (function == number)))[case_begun]
        own = function == number
        had = ~own & (turns > 0)
        found.append((f"after {name}", had, f"before any {name}", f"after_{name}"))
        came = before == number
        found.append((f"from {name}", came, f"not from {name}", f"from_{name}"))
        if number == 0:
            again = np.zeros(n, bool)
        again = again | (own & (turns > 1))
    found.append(("a later turn of its function", again, "first turn of its function", "again"))
    return found


def _best_split(
    label: _Ints, features: list[Feature], targets: _Ints, seen: _Bools
) -> tuple[int, int] | None:
    """Return the touchpoint and feature that say most about what comes next, if any says enough."""
    known = seen & (targets >= 0)
    at, to = label[known], targets[known]
    n_labels, n_targets = int(label.max()) + 1, int(targets.max()) + 1

    def counted(chosen: _Bools) -> _Floats:
        cells = np.bincount(at[chosen] * n_targets + to[chosen], minlength=n_labels * n_targets)
        return np.asarray(cells.reshape(n_labels, n_targets), np.float64)

    whole = counted(np.ones(len(at), bool))
    penalty = 0.5 * np.log(max(len(at), 2))
    best, found = 0.0, None
    for which, (_, holds, _, _) in enumerate(features):
        yes = holds[known]
        part = counted(yes)
        rest = whole - part
        gain = _log_likelihood(part) + _log_likelihood(rest) - _log_likelihood(whole)
        gain -= penalty * np.maximum((whole > 0).sum(axis=1) - 1, 1)
        few = np.minimum(part.sum(axis=1), rest.sum(axis=1)) < _FEWEST_VISITS
        gain[few] = 0.0
        where = int(gain.argmax())
        if gain[where] > best:
            best, found = float(gain[where]), (where, which)
    return found


def _log_likelihood(counts: _Floats) -> _Floats:
    """Return the log-likelihood of each row of counts under its own shares."""
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.ones_like(counts), where=counts > 0)
    return np.asarray((counts * np.log(shares)).sum(axis=1))


def hand_over(paths: Paths, function: _Ints) -> tuple[float, float]:
    """Return hand-offs a case, and the share of cases handed straight back at least once."""
    case = paths.case
    new_case = np.r_[True, case[1:] != case[:-1]]
    stays = new_case | np.r_[True, function[1:] != function[:-1]]
    case, function, first = case[stays], function[stays], new_case[stays]
    n_cases = int(first.sum())
    back = np.zeros(len(case), bool)
    back[2:] = (case[2:] == case[:-2]) & (function[2:] == function[:-2])
    return float((~first).sum() / n_cases), float(len(np.unique(case[back])) / n_cases)


def _chained(paths: Paths, label: _Ints, base_of: list[int]) -> tuple[float, float]:
    """Return what `hand_over` gives for cases drawn from the chain of these touchpoints."""
    owner = np.zeros(len(base_of), np.int64)
    owner[label] = paths.function
    case, drawn = chain_paths(paths, label, len(base_of), CHAIN_CASES, np.random.default_rng(1))
    function = owner[drawn]
    return hand_over(Paths(case, function, drawn, np.full(len(case), -1)), function)


def chain_paths(
    paths: Paths, label: _Ints, n_labels: int, n_cases: int, luck: np.random.Generator
) -> tuple[_Ints, _Ints]:
    """Draw cases from the first-order chain of touchpoints, until each ends.

    Returns
    -------
    case, label : numpy.ndarray
        int64, visits in order of the case and then of time.
    """
    known = paths.leads_to != -1
    ends = n_labels
    to = np.where(paths.leads_to >= 0, label[np.maximum(paths.leads_to, 0)], ends)[known]
    counts = np.zeros((n_labels, n_labels + 1))
    np.add.at(counts, (label[known], to), 1.0)
    counts[counts.sum(axis=1) == 0, ends] = 1.0
    up_to = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)
    starts = label[np.r_[True, paths.case[1:] != paths.case[:-1]]]
    at = luck.choice(starts, n_cases)
    who = np.arange(n_cases)
    cases, labels = [who], [at]
    for _ in range(500):
        drawn = luck.random(len(at))
        at = (drawn[:, None] >= up_to[at]).sum(axis=1)
        on = at < ends
        who, at = who[on], at[on]
        if not len(at):
            break
        cases.append(who)
        labels.append(at)
    case, drawn_labels = np.concatenate(cases), np.concatenate(labels)
    order = np.argsort(case, kind="stable")
    return case[order], drawn_labels[order]
