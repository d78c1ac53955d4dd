"""``levers`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing

from benchmarks.small_study import SMALL
from sim.study.tables import column_names

LEVERS = ("levers", "shop.yaml", *SMALL, "--jobs", "1", "--from", "as_it_is")
LIKE = """
  - organisation: named_otherwise
    label: Named otherwise
    like: as_it_is
  - organisation: idle_committee
    label: Committee that never meets
    like: as_it_is
    escalation: {path: none, meeting_weeks: 2}
    authority: 0.3
  - organisation: change
    label: Change
    transition: {from: as_it_is, to: journey_owners, at_week: 2}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study to which org models are added."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    study = folder / "shop.yaml"
    text = study.read_text(encoding="utf-8")
    before, mark, after = text.partition("\n# --- How the comparison is run")
    study.write_text(before.rstrip("\n") + LIKE + mark + after, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    """Give what two worlds answer."""
    return standing(*LEVERS, "--to", "journey_owners", "--worlds", "2", at=desk)


@pytest.fixture(scope="module")
def folder(desk, answer) -> Path:
    """Give the result folder that the last line on stdout names."""
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_terms_add_up_in_each_world_and_rest_on_every_org_model_between(answer, folder) -> None:
    assert answer.stdout.startswith("Study shop, changed: market.customers=1500")
    assert "assumed, not fitted to this firm" in answer.stdout
    assert "Exact Shapley values over all 16 org models between the two, in 2 worlds" in (
        answer.stdout
    )
    assert "nan" not in answer.stdout.lower()
    terms = pd.read_csv(folder / "levers.csv")
    assert list(terms.columns) == column_names("levers.csv")
    values = pd.read_csv(folder / "coalitions.csv", keep_default_na=False)
    assert list(values.columns) == column_names("coalitions.csv")
    assert len(values) == 2 * 16
    table = values.pivot(index="world", columns="taken", values="value")
    both = table["staffing and ownership + rights + incentives + information"] - table[""]
    assert terms["term"].sum() == pytest.approx(both.mean(), abs=1e-9)
    assert (both != 0).all()
    paid = terms.set_index("group").loc["incentives"]
    by_itself = table["incentives"] - table[""]
    assert paid["alone"] == pytest.approx(by_itself.mean(), abs=1e-9)
    assert paid["alone_above"] == (by_itself > 0).mean()
    equal = terms.set_index("group").loc[["record", "structure", "platform"]]
    assert (equal == 0.0).all(axis=None)


def test_the_folder_holds_the_answer_as_data_and_as_a_figure(answer, folder, desk) -> None:
    found = json.loads((folder / "levers.json").read_text(encoding="utf-8"))
    assert f"{found['answer']}.".replace("−", "-") in answer.stdout
    assert (found["from"], found["to"]) == ("as_it_is", "journey_owners")
    assert (found["method"], found["worlds"], found["runs"]) == ("exact", 2, 32)
    assert found["worlds_are"] == "assumed, not fitted to this firm"
    assert found["together"][0]["first"] == "staffing"
    assert sum(group["term"] for group in found["groups"]) == pytest.approx(
        found["difference"]["mean"], abs=1e-9
    )
    assert found["interaction"]["groups"] == [group["group"] for group in found["groups"][:2]]
    figures = {file.name for file in (folder / "figures").iterdir()}
    assert figures == {"waterfall.png", "waterfall.svg", "waterfall.csv"}
    assert folder.name.startswith("shop-levers+customers=1500")
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert written["asked"].startswith("levers from as_it_is to journey_owners on net_value, all")
    assert not (desk / "results" / "latest.txt").exists()


def test_the_same_command_goes_on_and_fewer_worlds_show_the_larger_result(desk, folder) -> None:
    pool = folder.parent / "pool"
    runs = sorted(pool.iterdir())
    assert len(runs) == 32
    kept = {file.name: file.stat().st_mtime_ns for file in runs[1:]}
    before = (folder / "levers.csv").read_bytes()
    runs[0].unlink()
    again = standing(*LEVERS, "--to", "journey_owners", "--worlds", "1", "--json", at=desk)
    assert again.returncode == 0, again.stderr
    assert "Shown is the finished result of 2 worlds, which holds the 1 asked" in again.stderr
    assert (folder / "levers.csv").read_bytes() == before
    assert {name: (pool / name).stat().st_mtime_ns for name in kept} == kept
    assert len(list(pool.iterdir())) == 32
    told = json.loads(again.stdout)
    assert (told["worlds"], told["worlds_asked"]) == (2, 1)
    # Another measure is of the same runs.
    other = standing(
        *LEVERS, "--to", "journey_owners", "--worlds", "2", "--measure", "standing",
        "--no-figures", at=desk)  # fmt: skip
    assert other.returncode == 0, other.stderr
    assert "on standing" in other.stdout
    assert len(list(pool.iterdir())) == 32


def test_what_has_no_effect_gets_exactly_nothing(desk) -> None:
    words = (*LEVERS, "--worlds", "2", "--out", "placebo")
    named = standing(*words, "--to", "named_otherwise", at=desk)
    assert named.returncode == 0, named.stderr
    assert "As it is and Named otherwise differ in no lever" in named.stdout
    assert len(list((desk / "placebo" / "pool").iterdir())) == 2
    idle = standing(*words, "--to", "idle_committee", "--json", at=desk)
    assert idle.returncode == 0, idle.stderr
    groups = {each["group"]: each for each in json.loads(idle.stdout)["groups"]}
    assert set(groups) == {"rights", "escalation"}
    escalation = groups["escalation"]
    assert escalation["changes"] == "meeting_weeks 4 -> 2"
    assert (escalation["term"], escalation["low"], escalation["high"]) == (0.0, 0.0, 0.0)


def test_single_levers_are_shared_out_over_sampled_orders(desk, folder) -> None:
    words = (*LEVERS, "--to", "journey_owners", "--single", "--permutations", "4", "--worlds", "1")
    single = standing(*words, "--no-figures", "--json", at=desk)
    assert single.returncode == 0, single.stderr
    found = json.loads(single.stdout)
    names = [each["group"] for each in found["groups"]]
    assert sorted(names) == [
        "authority",
        "incentives.shared_journey_weight",
        "information.measurement",
        "staffing.journey_owners and ownership.seams and ownership.journeys",
    ]
    assert sum(each["term"] for each in found["groups"]) == pytest.approx(
        found["difference"]["mean"], abs=1e-9
    )
    assert found["groups"][0]["low"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "journey_owner"), "--to journey_owner: `journey_owner` is not an org model of"),
        (("--to", "as_it_is"), "--to as_it_is: this is the org model that --from names"),
        (("--to", "change"), "--to change: a transition has no levers of its own"),
        (("--to", "journey_owners", "--measure", "net_valu"), "did you mean `net_value`?"),
        (("--to", "journey_owners", "--source", "ensemble"), "or use `--source ranges`"),
        (("--to", "journey_owners", "--permutations", "3"), "'3' is odd"),
        ((), "--to is missing"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_anything_runs(desk, words, said) -> None:
    refused = standing(*LEVERS, *words, "--out", "refused", at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said.lower() in refused.stderr.lower()
    assert not (desk / "refused").exists()
