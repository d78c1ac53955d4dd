"""What a study says of its people and customers without a run: to hold against what is known."""

from __future__ import annotations

from sim.organisation.staffing import planned_heads
from sim.state.blueprint import Blueprint
from sim.state.severity import SEVERITY_ERROR, SEVERITY_LOSS, loudness
from sim.study.study import Study


def people_planned(study: Study) -> int:
    """Return the people of the line before any lever."""
    return int(planned_heads(Blueprint(study).paying).sum())


def voiced_by_people(study: Study) -> tuple[float, float]:
    """Return the chance that a person voices the lightest and the gravest failure.

    Means over segments: of a visible error, and of a lost need.
    """
    found = []
    for severity in (SEVERITY_ERROR, SEVERITY_LOSS):
        chance = study.assumed["voice_person"] * loudness(severity, study.assumed["voice_severity"])
        found.append(sum(each.share * min(1.0, chance * each.voice) for each in study.segments))
    return found[0], found[1]
