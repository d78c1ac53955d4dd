"""What is assumed of a firm may stand in its enterprise, beside what a study sets."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import PLAIN, compact_study, started

from analysis.evidence.ensembles import firm_key
from analysis.evidence.sampling import coordinates
from sim.keeping.manifest import study_hash
from sim.reading.loader import load_study
from sim.study.errors import StudyError
from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.worlds import World

FIRM = """\
enterprise: firm
parameters: {error_scale: 1.5, write_minutes: .4}
functions: {desk: {}}
journeys:
  help: {start: ask, touchpoints: {ask: {owner: desk, minutes: 6, next: {completed: 1}}}}
"""
STUDY = """\
study: s
enterprise: firm.yaml
market: {customers: 500, segments: {homes: {share: 1, needs_per_year: {help: 2}}}}
organisations:
  - organisation: as_is
  - organisation: other
baseline: as_is
parameters: {write_minutes: .3}
"""


def load(folder: Path, firm: str = FIRM, study: str = STUDY) -> Study:
    (folder / "firm.yaml").write_text(firm, encoding="utf-8")
    (folder / "s.yaml").write_text(study, encoding="utf-8")
    return load_study(folder / "s.yaml")


def test_the_firms_stand_before_defaults_and_the_studys_before_the_firms(tmp_path) -> None:
    assumed = load(tmp_path).assumed
    assert (assumed["error_scale"], assumed["write_minutes"]) == (1.5, 0.3)
    assert assumed["note_minutes"] == REGISTRY["note_minutes"].default


def test_a_run_is_of_what_is_assumed() -> None:
    study = compact_study(PLAIN)
    firm = study.enterprise.model_copy(update={"parameters": {"patience_live_hours": 0.321}})
    model = started(study.model_copy(update={"enterprise": firm, "parameters": {}}))
    assert model.state.rules[0]["patience_live_hours"] == 0.321


def test_worlds_draw_anew_what_is_assumed_and_the_firm_stays_the_same(tmp_path) -> None:
    study = load(tmp_path)
    assert "error_scale" in coordinates(study) and "write_minutes" not in coordinates(study)
    inside = World(1, {"error_scale": 0.8}).of(study)
    assert (inside.assumed["error_scale"], inside.assumed["write_minutes"]) == (0.8, 0.3)
    plain = load(tmp_path, FIRM.replace("parameters: {error_scale: 1.5, write_minutes: .4}\n", ""))
    assert firm_key(plain) == firm_key(study)
    assert study_hash(plain) != study_hash(study)
    known = load(tmp_path, study=STUDY.replace(".3}", ".2}"))
    assert firm_key(known) != firm_key(study)


def test_what_is_no_parameter_is_refused_where_it_stands(tmp_path) -> None:
    for wrong, said in (("eror_scale: 1", "error_scale"), ("error_scale: 1e9", "Permitted")):
        with pytest.raises(StudyError, match=said) as caught:
            load(tmp_path, FIRM.replace("error_scale: 1.5", wrong))
        assert "firm.yaml:2" in str(caught.value)


def test_another_design_is_of_the_same_firm(tmp_path) -> None:
    design = STUDY.replace("organisation: other", "organisation: other\n    enterprise: d.yaml")
    (tmp_path / "d.yaml").write_text(FIRM.replace("minutes: 6", "minutes: 9"), encoding="utf-8")
    study = load(tmp_path, study=design)
    run = study.for_plan(study.organisations[1])
    assert run.assumed == study.assumed
    silent = FIRM.replace("parameters: {error_scale: 1.5, write_minutes: .4}\n", "")
    (tmp_path / "d.yaml").write_text(silent, encoding="utf-8")
    run = load(tmp_path, study=design)
    assert run.for_plan(run.organisations[1]).assumed == study.assumed
    (tmp_path / "d.yaml").write_text(FIRM.replace("1.5", "1.4"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"d\.yaml:2.*error_scale.*write `1\.5`"):
        load(tmp_path, study=design)
