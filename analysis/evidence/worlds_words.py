"""What a ranking over worlds says in words: no more than the rule allows."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.comparison.columns import aligned
from analysis.comparison.wording import decimals_for, number
from analysis.evidence.over_worlds import Luck, OverWorlds
from analysis.evidence.winner import (
    BEST_ON_AVERAGE,
    DEPENDS,
    NOT_JUDGED,
    SURE,
    WINS,
    Judged,
    Outcome,
)
from sim.study.tables import MEASURES

SUSPICIOUS = 0.95
"""Best in more worlds than these: then one thing may carry it whatever is assumed."""
_MOST_NAMES = 5

Labels = Mapping[str, str]


def sentence(found: OverWorlds, labels: Labels) -> str:
    """Return the verdict in one sentence, with what it rests on."""
    spec, outcome = MEASURES[found.measure], found.outcome
    about = spec.label.lower()
    if outcome is None:
        return f"Nobody can be ranked on {about}: that takes two org models and two worlds"
    said = {
        WINS: _wins,
        BEST_ON_AVERAGE: _on_average,
        DEPENDS: _depends,
        NOT_JUDGED: _not_judged,
    }.get(outcome.verdict, _no_clear)(found, outcome, labels)
    title = found.drawn.title
    return f"{said} ({title})" if title else said


def _wins(found: OverWorlds, outcome: Outcome, labels: Labels) -> str:
    about = MEASURES[found.measure].label.lower()
    return (
        f"{labels[outcome.leader]} wins on {about} in {outcome.overall.n_worlds} worlds: "
        f"{_ahead(found, outcome.overall, labels)}, and it is {_best_in(outcome.overall)}"
    )


def _on_average(found: OverWorlds, outcome: Outcome, labels: Labels) -> str:
    about = MEASURES[found.measure].label.lower()
    return (
        f"{labels[outcome.leader]} is best on average, not in most worlds, on {about}: "
        f"{_ahead(found, outcome.overall, labels)}, but in {outcome.overall.n_worlds} it is "
        f"{_best_in(outcome.overall)}"
    )


def _depends(found: OverWorlds, outcome: Outcome, labels: Labels) -> str:
    about = MEASURES[found.measure].label.lower()
    told = [
        f"{_first_in(part, labels)} in {part.n_worlds} worlds of "
        f"{labels.get(part.group, part.group)}"
        for part in outcome.ensembles
    ]
    return f"Who wins on {about} depends on whom the evidence describes: {', '.join(told)}"


def _first_in(part: Judged, labels: Labels) -> str:
    """Return who wins in one ensemble, or how far whoever comes first is from that."""
    first = labels[part.models[part.order[0]]]
    if part.winner:
        return first
    return "no clear winner" if part.tied else f"{first} on average, not in most worlds,"


def _not_judged(found: OverWorlds, outcome: Outcome, labels: Labels) -> str:
    return (
        f"{outcome.overall.n_worlds} worlds are too few to judge who wins on "
        f"{MEASURES[found.measure].label.lower()}"
    )


def _no_clear(found: OverWorlds, outcome: Outcome, labels: Labels) -> str:
    about, worth = MEASURES[found.measure].label.lower(), found.one_head.value
    names = [labels[each] for each in outcome.among]
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} others"]
    said = (
        f"No clear winner among {', '.join(names[:-1])} and {names[-1]} on {about} in "
        f"{outcome.overall.n_worlds} worlds: {_ahead(found, outcome.overall, labels)}"
    )
    if math.isnan(worth):
        return f"{said}; what one head is worth is not known, so nobody can be clearly ahead"
    spec = MEASURES[found.measure]
    digits = max(spec.decimals, _decimals(found, outcome.overall))
    return f"{said}; one head is worth {number(spec, worth, digits)}"


def _ahead(found: OverWorlds, part: Judged, labels: Labels) -> str:
    """Return by how much the first is ahead of the second, with the interval for all pairs."""
    spec = MEASURES[found.measure]
    first, second = part.order[:2]
    mean, half = (
        float(each[first, second]) for each in (part.differences.mean, part.differences.half)
    )
    digits = _decimals(found, part)
    ends = " to ".join(number(spec, end, digits, signed=True) for end in (mean - half, mean + half))
    unit = " points" if spec.display == "percent" else ""
    return (
        f"{labels[found.models[first]]} is {number(spec, mean, digits)}{unit} ahead of "
        f"{labels[found.models[second]]} ({ends})"
    )


def _decimals(found: OverWorlds, part: Judged) -> int:
    first, second = part.order[:2]
    return decimals_for(MEASURES[found.measure], float(part.differences.half[first, second]))


def _best_in(part: Judged) -> str:
    first = part.order[0]
    return f"best in {_percent(part.shares[first])} of worlds, at least {_tenth(part, first)}"


def _tenth(part: Judged, place: int) -> str:
    """Return the bound so that more than half never reads as half."""
    return f"{math.floor(1000 * part.lowest[place]) / 10:.1f} %"


def _floor(part: Judged, place: int) -> str:
    return f"{math.floor(100 * part.lowest[place]):.0f} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def verdict_table(found: OverWorlds, labels: Labels) -> str:
    """Return the org models as a table, the best mean first, in signs any terminal can show.

    Parameters
    ----------
    found : OverWorlds
        With an outcome.
    labels : mapping of str to str
        Label of each org model by name.
    """
    outcome, spec = found.outcome, MEASURES[found.measure]
    if outcome is None:
        return ""
    part, to = outcome.overall, found.models.index(found.baseline)
    rows = [["Org model", f"to {labels[found.baseline]}", "best in", "regret", "at most"]]
    for place in part.order:
        digits = decimals_for(spec, float(part.differences.half[place, to]))
        regret = (part.expected_regret[place], part.maximum_regret[place])
        rows.append(
            [
                labels[found.models[place]],
                _difference(found, part, place),
                f"{_percent(part.shares[place])} (at least {_floor(part, place)})",
                *(number(spec, float(each), digits) for each in regret),
            ]
        )
    nobody = 1 - float(part.shares.sum())
    rows.append(["(nobody, by over one head)", "", _percent(abs(nobody)), "", ""])
    return "\n".join(aligned(rows)).replace("\u2212", "-")


def _difference(found: OverWorlds, part: Judged, place: int) -> str:
    spec, to = MEASURES[found.measure], found.models.index(found.baseline)
    if place == to:
        digits = decimals_for(spec, math.nan)
        return f"(baseline: {number(spec, found.sign * float(part.means[place]), digits)})"
    mean, half = (float(each[place, to]) for each in (part.differences.mean, part.differences.half))
    if math.isinf(half):
        return number(spec, found.sign * mean, decimals_for(spec, math.nan), signed=True)
    digits = decimals_for(spec, half)
    star = "*" if abs(mean) > half else ""
    return (
        f"{number(spec, found.sign * mean, digits, signed=True)} "
        f"\u00b1{number(spec, half, digits)}{star}"
    )


def remarks(found: OverWorlds, labels: Labels) -> list[str]:
    """Return what is to be kept in mind when the table is read."""
    said = [
        f"\u00b1 is half of an interval; those of all pairs of org models hold together in "
        f"{100 * SURE:.0f} % of resamples of whole worlds; * leaves out zero. Regret is what "
        "the best of a world has more, on average and at most.",
        _one_head(found, labels),
        "All of this holds within the worlds that were drawn: no population of firms was sampled.",
    ]
    left = int((~found.whole).sum())
    if left:
        said.append(f"Left out: {left} worlds in which a run failed.")
    outcome = found.outcome
    if outcome is not None:
        share = max(outcome.overall.shares)
        if share > SUSPICIOUS:
            said.append(_suspicion(found, labels))
    return said


def _one_head(found: OverWorlds, labels: Labels) -> str:
    worth, spec = found.one_head, MEASURES[found.measure]
    baseline = labels[found.baseline]
    if math.isnan(worth.value):
        return f"What one head is worth is not known: no run of {baseline} with idle people ended."
    digits = spec.decimals + 1
    text = number(spec, worth.value, digits, signed=True).replace("\u2212", "-")
    people = f"{worth.heads} {'person' if worth.heads == 1 else 'people'}"
    return (
        f"One head is worth {text}: what {baseline} loses a head with {people} idle, mean over "
        f"{worth.n_worlds} worlds. Who is ahead by less is not called ahead."
    )


def _suspicion(found: OverWorlds, labels: Labels) -> str:
    outcome = found.outcome
    if outcome is None:
        return ""
    place = int(outcome.overall.shares.argmax())
    best = found.models[place]
    against = found.baseline if best != found.baseline else found.runner_up
    return (
        f"{labels[best]} is best in {_percent(outcome.overall.shares[place])} of worlds. One "
        "answer nearly everywhere is a reason to suspect the model or the study: a single lever, "
        "or a term that no assumption touches, may carry it. "
        f"`levers --from {against} --to {best}` names what does."
    )


def luck_words(found: OverWorlds, luck: Luck, labels: Labels) -> list[str]:
    """Return the part that luck has in the lead, in a sentence; none if nothing is known."""
    if math.isnan(luck.share):
        return []
    return [
        f"Of the variance over worlds of {labels[found.leader]} less {labels[found.runner_up]}, "
        f"{_percent(luck.share)} is luck: found by a second draw of it in {luck.n_worlds} worlds."
    ]
