"""Claims as files: the bundled ones are whole, and a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.evidence.claim_cells import Cells, Setting, cells_of, runs_of
from analysis.evidence.claim_files import Claim, Quantity, claims_folder, load_claims, read_claim
from analysis.evidence.claim_runs import ClaimRuns, read_off, sums_of
from analysis.evidence.claims_page import claims_page
from analysis.evidence.ensembles import Drawn
from analysis.evidence.verdicts import VERDICTS
from sim.study.errors import StudyError
from sim.study.worlds import World

ROOT = Path(__file__).resolve().parents[3]
GOOD = """\
claim: 1
source: Journeys
says: more is more
test: as said
measure: retention_rate
smallest: .005
why_smallest: half a point
cells:
  siloed: {}
  advised: {like: centralised, levers: {authority: 0}}
contrast: {advised: 1, siloed: -1}
fails_when: {says: no loss, under: {parameters.loss_rate: 0}}
splits: [loss_rate]
"""


def _read(folder: Path, text: str) -> Claim:
    file = folder / "01-a.yaml"
    file.write_text(text, encoding="utf-8")
    return read_claim(file)


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return load_claims()


def test_all_claims_are_there_and_none_says_its_verdict(claims) -> None:
    assert [claim.claim for claim in claims] == list(range(1, 40))
    for file in claims_folder().glob("*.yaml"):
        words = file.read_text(encoding="utf-8").lower()
        assert not [word for word in VERDICTS if word in words], file.name


def test_a_claim_rests_on_what_no_lever_sets(claims) -> None:
    """Retention or net value; three have no lever, or a seam or spread, and say why."""
    others = {
        claim.claim: claim.measure.measure
        for claim in claims
        if claim.measure.measure not in {"retention_rate", "net_value"}
    }
    assert others == {1: "n_drop_offs", 9: "consistency", 14: "n_drop_offs"}
    sizes = {(claim.measure.measure, claim.smallest) for claim in claims if claim.kind != "x"}
    per_measure = {name: {s for n, s in sizes if n == name} for name, _ in sizes}
    assert per_measure["net_value"] == {3.2}
    assert per_measure["retention_rate"] == {0.005, 0.1}  # .1 is of variance or correlation


def test_every_claim_can_be_run_and_names_when_it_fails(claims) -> None:
    found = runs_of([claim for claim in claims if claim.claim in {8, 13, 22, 36}], Cells())
    assert set(found) == {8, 13, 22, 36}
    small = found[13]["silos-small"].study.market
    assert small.customers < 15_000
    assert all(claim.fails_when is not None for claim in claims)
    change = found[22]["technology-first"].plan.transition
    assert change is not None and change.to.technology.record_bought_week == 0


def test_what_a_claim_changes_goes_before_what_a_user_sets_but_for_sizes() -> None:
    (claim,) = [each for each in load_claims() if each.claim == 13]
    overrides = ["market.customers=6000", "parameters.defect_rate=.01"]
    runs = runs_of([claim], Cells(overrides))[13]
    assert runs["silos-small"].study.market.customers == 6000
    assert runs["silos-small"].study.parameters["defect_rate"] == 0.01
    assert runs["fails/silos-small"].study.parameters["defect_rate"] == 0.06


def test_heads_that_a_user_fixes_go_with_the_size_of_a_claim() -> None:
    (claim,) = [each for each in load_claims() if each.claim == 13]
    overrides = ["enterprise.functions.service.heads=50"]
    runs = runs_of([claim], Cells(overrides))[13]
    heads = runs["silos-small"].study.enterprise.functions["service"].heads
    assert heads is not None and heads < 20


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("measure: retention_rate", "measure: retention",
         "01-a.yaml:5: measure: `retention` is no measure. Did you mean `retention_rate`?"),
        ("smallest: .005", "smallest: 0",
         "01-a.yaml:6: smallest: `0` is out of range. Permitted: a number above 0"),
        ("source: Journeys\n", "", "`source` is missing"),
        ("splits:", "split:",
         "01-a.yaml:13: split: the key `split` is not known here. Did you mean `splits`?"),
        ("[loss_rate]", "[loss_rates]",
         "`loss_rates` is neither a parameter nor a switch of worlds. Did you mean `loss_rate`?"),
        ("contrast: {advised: 1,", "contrast: {advise: 1,",
         "01-a.yaml:11: contrast: `advise` is no cell. Did you mean `advised`?"),
        ("contrast: {advised: 1, siloed: -1}\n", "",
         "a claim of the kind `difference` needs `contrast`"),
        ("test: as said", "test: as said\nkind: sameness", "`sameness` is not permitted"),
        (GOOD, "just words", "stands where `key: value` lines belong"),
        ("  siloed: {}", "  Silo ed: {}", "is no name that is permitted here"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_line(tmp_path, there, instead, said) -> None:
    assert _read(tmp_path, GOOD).claim == 1
    with pytest.raises(StudyError) as refused:
        _read(tmp_path, GOOD.replace(there, instead))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("authority: 0", "authority: 2", "organisations[1].authority: `2` is out of range"),
        ("like: centralised", "like: central", "`central` is no org model"),
        ("parameters.loss_rate: 0", "parameters.lossrate: 0", "lossrate"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_run_is_named_with_its_claim(tmp_path, there, instead, said) -> None:
    claim = _read(tmp_path, GOOD.replace(there, instead))
    with pytest.raises(StudyError) as refused:
        runs_of([claim], Cells())
    assert said in str(refused.value)
    assert "claim 1" in str(refused.value)


def test_two_files_cannot_have_one_number(tmp_path) -> None:
    for name in ("01-a.yaml", "01-b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load_claims(tmp_path)
    assert "claim 1 stands in 01-a.yaml already" in str(refused.value)


def test_equal_runs_are_shared_and_conditions_to_fail_take_half_of_the_worlds(tmp_path) -> None:
    one = _read(tmp_path, GOOD)
    other = one.model_copy(update={"claim": 2})
    drawn = Drawn(tuple(World(number) for number in (1, 2, 3, 4)), ("",) * 4, "ranges")
    alone = ClaimRuns(runs_of([one], Cells()), drawn)
    assert len(alone.specs) == 2 * 4 + 2 * 2
    both = ClaimRuns(runs_of([one, other], Cells()), drawn)
    assert (len(both.specs), both.asked) == (len(alone.specs), 2 * len(alone.specs))
    assert both.number_of(2) == alone.number_of(1) == len(alone.specs)
    assert [spec.world for spec in alone.specs] == sorted(spec.world for spec in alone.specs)
    assert cells_of(one)["fails/advised"][0] == Setting(("parameters.loss_rate=0",))


def test_a_quantity_is_a_sum_over_places_or_one_divided_by_another() -> None:
    rows = [
        ("n_drop_offs", "seam", "a>b", 2.0),
        ("n_drop_offs", "seam", "b>c", 1.0),
        ("crossings", "seam", "a>b", 100.0),
        ("crossings", "seam", "b>c", 50.0),
        ("window_retention", "overall", "", 0.9),
    ]
    sums = sums_of(pd.DataFrame(rows, columns=["measure", "scope", "scope_id", "value"]))
    dropped = Quantity(measure="n_drop_offs", scope="seam", per="crossings", per_scope="seam")
    assert read_off(sums, dropped) == 3.0 / 150.0
    assert read_off(sums, Quantity(measure="retention_rate")) == 0.9  # in a shorter window
    assert read_off(sums, Quantity(measure="n_fixes")) == 0.0  # a count without a row
    assert read_off(sums, Quantity(measure="net_value")) != read_off(sums, dropped)


def test_the_page_of_claims_is_what_the_files_say(claims) -> None:
    page = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    assert page == claims_page(claims), "make docs"
    assert "| 14 | and it breaks down with growth | Structure |" in page
