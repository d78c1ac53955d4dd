"""The command line as a user types it."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from program import PROGRAM, ROOT, Answer
from program import standing as standing_here

from benchmarks.small_study import SMALL
from sim.study.tables import column_names

Standing = Callable[..., Answer]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study, as a user has it after ``new``."""
    folder = tmp_path_factory.mktemp("desk")
    assert standing_here("new", "shop", at=folder).returncode == 0
    return folder


@pytest.fixture
def standing(desk: Path) -> Standing:
    """Give the program, to be called with words."""

    def call(*words: str, cwd: Path = desk) -> Answer:
        return standing_here(*words, at=cwd)

    return call


def _folder(desk: Path, answer: Answer) -> Path:
    """Return the result folder that the last line on stdout names."""
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def _plain(answer: Answer, code: int) -> str:
    """Return stderr of a refusal, which is words for people and nothing else."""
    assert answer.returncode == code, answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_compare_writes_what_it_promises(desk: Path, standing: Standing) -> None:
    answer = standing("compare", "shop.yaml", *SMALL, "--jobs", "2", "--out", "promised")
    folder = _folder(desk, answer)
    for file in ("measures.parquet", "customers.parquet"):
        found = list(pd.read_parquet(folder / file).columns)
        assert found[: len(column_names(file))] == column_names(file)
    comparison = pd.read_csv(folder / "comparison.csv")
    assert list(comparison.columns) == column_names("comparison.csv")
    standings = comparison[
        (comparison["measure"] == "standing") & (comparison["scope"] == "overall")
    ]
    assert list(standings["n_replicates"]) == [3, 3]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["study_as_given"]["text"] == (desk / "shop.yaml").read_text(encoding="utf-8")
    assert folder.name == f"shop-customers=1500+prospects=200+6-{manifest['hash']}"
    assert manifest["study_as_given"]["set"] == SMALL[1::2]
    changed = f"Study shop, changed: {', '.join(SMALL[1::2])}"
    assert answer.stdout.splitlines()[0] == changed
    assert (folder.parent / "latest.txt").read_text() == f"{folder.name}\n"
    assert (folder / "figures" / "standing.png").stat().st_size > 0
    assert "As it is (baseline)" in answer.stdout


def test_jobs_resumption_and_extension_leave_no_trace(desk: Path, standing: Standing) -> None:
    words = ("compare", "shop.yaml", *SMALL, "--no-figures")
    straight = _folder(desk, standing(*words, "--jobs", "1", "--out", "straight"))
    parallel = _folder(desk, standing(*words, "--jobs", "2", "--out", "parallel"))
    _folder(desk, standing(*words, "--jobs", "2", "--out", "grown", "--replicates", "1"))
    grown = _folder(desk, standing(*words, "--jobs", "2", "--out", "grown"))
    runs = sorted((straight / "runs").iterdir())
    runs[0].unlink()
    runs[-1].unlink()
    for file in ("measures.parquet", "customers.parquet", "comparison.csv"):
        expected = (straight / file).read_bytes()
        assert (parallel / file).read_bytes() == expected
        assert (grown / file).read_bytes() == expected
        (straight / file).unlink()
    resumed = _folder(desk, standing(*words, "--out", "straight"))
    assert (resumed / "measures.parquet").read_bytes() == (
        parallel / "measures.parquet"
    ).read_bytes()


def test_json_is_one_object_and_nothing_else(desk: Path, standing: Standing) -> None:
    answer = standing("compare", "shop.yaml", *SMALL, "--no-figures", "--out", "js", "--json")
    told = json.loads(answer.stdout)
    assert told["replicates"] == 3
    assert (desk / told["results"] / "measures.parquet").is_file()
    assert {row["org_model"] for row in told["comparison"]} == {"as_it_is", "journey_owners"}
    assert "results: " in answer.stderr


def test_auto_says_why_it_stopped(desk: Path, standing: Standing) -> None:
    words = ("compare", "shop.yaml", *SMALL, "--no-figures", "--out", "auto", "--replicates")
    answer = standing(*words, "auto", "--precision", "1e9")
    folder = _folder(desk, answer)
    assert "8 replicates: the 95 % interval of Net value is within 1e+09" in answer.stderr
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["replicates"], manifest["replicates_ended"]) == (8, "reached")


def test_run_writes_the_event_log(desk: Path, standing: Standing) -> None:
    answer = standing("run", "shop.yaml", *SMALL, "--org", "as_it_is", "--events", "--out", "one")
    folder = _folder(desk, answer)
    events = pd.read_parquet(folder / "events.parquet")
    wanted = column_names("events.parquet")
    assert list(events.columns)[: len(wanted)] == wanted
    assert len(pd.read_csv(folder / "events.csv")) == len(events) > 0
    assert (folder / "events.xes").read_text(encoding="utf-8").count("<event>") == len(events)
    assert set(pd.read_parquet(folder / "measures.parquet")["org_model"]) == {"as_it_is"}
    assert "Standing" in answer.stdout


def test_validate_says_what_was_understood(standing: Standing) -> None:
    answer = standing("validate", "shop.yaml")
    assert answer.returncode == 0, answer.stderr
    assert "sales>operations" in answer.stdout
    assert "The study is valid." in answer.stdout
    told = json.loads(standing("validate", "shop.yaml", "--json").stdout)
    assert list(told["functions"]) == ["sales", "service", "operations"]


def test_new_never_overwrites(desk: Path, standing: Standing) -> None:
    before = (desk / "shop.yaml").read_text(encoding="utf-8")
    assert "the file exists" in _plain(standing("new", "shop"), 2)
    assert (desk / "shop.yaml").read_text(encoding="utf-8") == before
    assert "cannot be a study's name" in _plain(standing("new", "my shop"), 2)


def test_schema_describes_a_study(standing: Standing) -> None:
    schema = json.loads(standing("schema").stdout)
    assert {"study", "market", "enterprise", "organisations"} <= set(schema["properties"])
    assert schema["properties"]["enterprise"]["anyOf"][0]["type"] == "string"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["comapre"], "no command 'comapre'; there are compare, run, trace, sizes, fit, levers, "
         "worlds, claims, diff, report, explore, validate, calibrate, new, explain, schema. Did "
         "you mean compare?"),
        (["compare", "--replicate", "3"], "no option '--replicate'. Did you mean --replicates?"),
        (["compare", "--jobs", "0"], "--jobs: '0' is not a whole number from 1"),
        (["compare", "--replicates", "few"], "--replicates: 'few' is not a whole number"),
        (["compare", "--precision", "1"], "only has a meaning with --replicates auto"),
        (["compare", "a.yaml", "b.yaml"], "'b.yaml' is one word too many"),
        (["compare", "absent.yaml"], "absent.yaml"),
        (["compare", "shop.yaml", "--orgs", "as_it_was"], "as_it_is"),
        (["compare", "shop.yaml", "--set", "market.custmers=3"], "customers"),
        (["compare", "shop.yaml", "--set", "market.customers=100", "--set", "market.prospects=1"],
         "organisations[1].staffing: 3 of 3 people would coordinate"),
        (["run", "shop.yaml"], "--org is missing"),
        (["run", "shop.yaml", "--org", "as_it_was"], "Did you mean as_it_is?"),
    ],
)  # fmt: skip
def test_bad_input_is_named_and_nothing_written(
    desk: Path, standing: Standing, words: list[str], said: str
) -> None:
    before = sorted(desk.rglob("*"))
    assert said in _plain(standing(*words), 2)
    assert sorted(desk.rglob("*")) == before


def test_a_folder_of_another_version_is_refused(desk: Path, standing: Standing) -> None:
    words = ("compare", "shop.yaml", *SMALL, "--no-figures", "--replicates", "1", "--out", "old")
    folder = _folder(desk, standing(*words))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "program_version": "0.0.1"}))
    assert "--fresh" in _plain(standing(*words), 2)
    assert _folder(desk, standing(*words, "--fresh")) == folder


def test_a_place_that_cannot_be_written_is_the_machines_refusal(standing: Standing) -> None:
    words = ("compare", "shop.yaml", *SMALL, "--out", "shop.yaml")
    assert "a file, not a folder" in _plain(standing(*words), 4)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently on Windows")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_comparison_goes_on(desk: Path, standing: Standing, jobs: str) -> None:
    words = ["compare", "shop.yaml", *SMALL, "--no-figures", "--replicates", "200"]
    words += ["--jobs", jobs, "--out", f"cut{jobs}"]
    process = subprocess.Popen(
        [*PROGRAM, *words], cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    landed: list[Path] = []
    for _ in range(2400):
        landed = list((desk / f"cut{jobs}").glob("*/runs/*.parquet"))
        if len(landed) > 3 or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert "the same command goes on" in err
    assert "Traceback" not in err
    kept = {file.name: file.stat().st_mtime_ns for file in landed}
    words[words.index("200")] = "2"
    folder = _folder(desk, standing(*words))
    for file in (folder / "runs").iterdir():
        assert file.stat().st_mtime_ns == kept.get(file.name, file.stat().st_mtime_ns)


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that closes early")
@pytest.mark.parametrize("words", [["--help"], ["schema"], ["validate", "shop.yaml"]])
def test_a_reader_that_leaves_early_is_no_error(desk: Path, words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, *words], cwd=desk, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_does_not_wait_for_the_engine(standing: Standing) -> None:
    script = (
        "import sys; sys.argv = ['run.py', '--help']; import run\n"
        "try: run.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numba', 'pandas', 'numpy', 'matplotlib', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "compare" in done.stdout


@pytest.mark.parametrize("word", ["", ".", "..", "/", "=x", "a\tb", "x" * 300])
def test_new_refuses_what_is_no_name(desk: Path, standing: Standing, word: str) -> None:
    before = sorted(desk.rglob("*"))
    assert "cannot be a study's name" in _plain(standing("new", word), 2)
    assert sorted(desk.rglob("*")) == before


@pytest.mark.parametrize("command", [["validate"], ["compare"], ["run", "--org", "as_it_is"]])
def test_a_study_that_cannot_be_held_is_refused_with_an_estimate(
    desk: Path, standing: Standing, command: list[str]
) -> None:
    before = sorted(desk.rglob("*"))
    said = _plain(standing(*command, "shop.yaml", "--set", "market.customers=1000000000000"), 2)
    assert "of memory for each run" in said
    assert sorted(desk.rglob("*")) == before


@pytest.mark.parametrize(
    "changes",
    [
        ["market.customers=1", "market.prospects=0"],
        ["market.agent_adoption=1"],
        ["market.agent_adoption=0"],
        [f"enterprise.journeys.change.touchpoints.{step}.minutes=0" for step in
         ("ask", "carry_out")],
    ],
    ids=["one customer", "all represented", "none represented", "work that takes no time"],
)  # fmt: skip
def test_extremes_run(desk: Path, standing: Standing, changes: list[str]) -> None:
    words = [word for change in changes for word in ("--set", change)]
    answer = standing(
        "compare", "shop.yaml", *SMALL, *words, "--no-figures", "--replicates", "1", "--out", "few"
    )
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr


def test_validate_warns_of_what_is_hardly_meant(desk: Path, standing: Standing) -> None:
    words = ["--set", "enterprise.functions.service.heads=1"]
    words += ["--set", "organisations.journey_owners.staffing.journey_owners=0"]
    answer = standing("validate", "shop.yaml", *words)
    assert answer.returncode == 0, answer.stderr
    assert "Warning: service has" in answer.stdout
    assert "Warning: journey_owners: ownership.seams is given to `journey_owner`" in answer.stdout
    told = json.loads(standing("validate", "shop.yaml", *words, "--json").stdout)
    assert any("service has" in text for text in told["warnings"])
