"""What was found over worlds as plain data, and on which worlds it rests, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.evidence.over_worlds import Luck, OverWorlds, regret_table
from analysis.evidence.winner import WINS, Judged, Outcome
from analysis.evidence.worlds_words import sentence
from analysis.evidence.would_change import OF_STUDY, question_of
from sim.study.study import Study
from sim.study.tables import MEASURES


def source_words(study: Study, found: OverWorlds, labels: Mapping[str, str]) -> str:
    """Return which worlds there are, and what was compared in them, as a heading."""
    drawn, spec = found.drawn, MEASURES[found.measure]
    about = f"{spec.label} ({spec.unit}) under {len(found.models)} org models"
    if not drawn.fitted:
        return f"{about} in {len(drawn.worlds)} worlds drawn from registered ranges: {drawn.title}"
    counts = [f"{drawn.of.count(each)} of {labels.get(each, each)}" for each in drawn.groups]
    told = f"{about} in {len(drawn.worlds)} worlds in which {study.enterprise.enterprise} looks"
    return f"{told} like firms do, by org model that gives so: {', '.join(counts)}"


def worlds_object(
    study: Study,
    mark: str,
    found: OverWorlds,
    labels: Mapping[str, str],
    failures: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Return the answer as plain data.

    Parameters
    ----------
    study : Study
    mark : str
        Hash of the result folder.
    found : OverWorlds
    labels : mapping of str to str
        Label of each org model by name.
    failures : sequence of dict
        Runs that failed, as the manifest has them.
    """
    outcome, drawn = found.outcome, found.drawn
    wins = outcome is not None and outcome.verdict == WINS
    return {
        "study": study.study,
        OF_STUDY: question_of(study),
        "changed": study.changes,
        "hash": mark,
        "baseline": found.baseline,
        "headline": found.measure,
        "budget": study.budget,
        "labels": dict(labels),
        "worlds": len(drawn.worlds),
        "worlds_left_out": int((~found.whole).sum()),
        "from": "ensemble" if drawn.fitted else "ranges",
        "ensembles": {each: drawn.of.count(each) for each in drawn.groups if each},
        "title": drawn.title,
        "answer": sentence(found, labels),
        "verdict": None if outcome is None else outcome.verdict,
        "winner": outcome.leader if outcome is not None and wins else None,
        "leader": None if outcome is None else outcome.leader,
        "among": [] if outcome is None else list(outcome.among),
        "judged": [] if outcome is None else _judgements(outcome),
        "one_head": {
            "value": found.one_head.value,
            "idle": found.one_head.heads,
            "n_worlds": found.one_head.n_worlds,
        },
        "org_models": regret_table(found, study.budget).to_dict("records"),
        "failures": list(failures),
    }


def _judgements(outcome: Outcome) -> list[dict[str, Any]]:
    return [_judgement(each) for each in (outcome.overall, *outcome.ensembles)]


def _judgement(part: Judged) -> dict[str, Any]:
    """Return the rule's two conditions, as they stand in all worlds or in one ensemble."""
    return {
        "ensemble": part.group,
        "n_worlds": part.n_worlds,
        "effective_worlds": part.effective,
        "standard_errors": part.differences.width,
        "first": part.models[part.order[0]],
        "not_clearly_behind": [part.models[place] for place in part.tied],
        "best_in_most_worlds": part.in_most_worlds,
        "winner": part.winner or None,
    }


def luck_object(luck: Luck) -> dict[str, Any]:
    """Return the part that luck has in the lead, as plain data."""
    return {"luck": {"share_of_lead_variance": luck.share, "n_worlds": luck.n_worlds}}
