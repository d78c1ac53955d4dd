"""Result folders that were edited, broken or made elsewhere, as a user meets them."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from program import Answer, standing, standing_apart

from benchmarks.small_study import SMALL
from sim.keeping.manifest import study_hash
from sim.study.study import Study

COMPARE = ("compare", "shop.yaml", *SMALL, "--jobs", "1", "--no-figures")
needs_unix = pytest.mark.skipif(os.name == "nt", reason="needs pipes and any name of a file")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a study and a finished result of three replicates."""
    desk = tmp_path_factory.mktemp("made")
    standing("new", "shop", at=desk)
    done = standing(*COMPARE, at=desk)
    assert done.returncode == 0, done.stderr
    return desk


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    """Give a copy of it, to be spoiled."""
    return shutil.copytree(made, tmp_path / "desk")


def result_of(desk: Path) -> Path:
    (result,) = (desk / "results").glob("shop-*")
    return result


def refused(answer: Answer) -> str:
    """Return stderr of a refusal: words for people, every sign of them to be seen."""
    assert (answer.returncode, answer.stdout) == (2, ""), answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.replace("\n", "").isprintable()
    assert len(answer.stderr) < 2000
    return answer.stderr


def edit(desk: Path, change: Callable[[dict[str, Any]], object]) -> None:
    file = result_of(desk) / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    change(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for key in path[:-1]:
            manifest = manifest[key]
        manifest[path[-1]] = value

    return change


def test_trace_tells_no_story_of_a_study_that_was_edited(desk: Path) -> None:
    edit(desk, put("study_as_resolved", "design", "seed", value=99))
    assert "was changed after the results were written" in refused(
        standing("trace", "latest", at=desk)
    )
    again = standing(*COMPARE, at=desk)
    assert again.returncode == 0, again.stderr
    assert standing("trace", "latest", "--customer", "3", at=desk).returncode == 0


def test_trace_tells_no_story_of_another_study_in_the_folder(desk: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["study_as_resolved"]["design"]["seed"] = 99
        manifest["hash"] = study_hash(Study.model_validate(manifest["study_as_resolved"]))

    edit(desk, change)
    assert "the study in it has the hash" in refused(standing("trace", "latest", at=desk))


def hostile(key: str, value: float) -> Callable[[Path], None]:
    """Return what makes a folder of a study that no loader would accept, in itself consistent."""

    def spoil(desk: Path) -> None:
        def change(manifest: dict[str, Any]) -> None:
            manifest["study_as_resolved"]["parameters"][key] = value
            manifest["hash"] = study_hash(Study.model_validate(manifest["study_as_resolved"]))

        edit(desk, change)
        old = result_of(desk)
        ending = json.loads((old / "manifest.json").read_text())["hash"]
        old.rename(old.with_name(f"shop-{ending}"))
        (desk / "results" / "latest.txt").write_text(f"shop-{ending}\n")

    return spoil


@pytest.mark.parametrize(("key", "value"), [("defect_rate", 1e12), ("no_such", 1.0)])
def test_a_study_from_elsewhere_goes_through_every_check(desk: Path, key, value) -> None:
    hostile(key, value)(desk)
    assert f"parameters.{key}" in refused(standing("trace", "latest", at=desk))


MANIFESTS: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:900]),
    "deep": lambda file: file.write_bytes(b"[" * 100_000),
    "no text": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "a list": lambda file: file.write_bytes(b"[1]"),
    "large": lambda file: file.write_bytes(b" " * (1 << 26)),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "missing": lambda file: file.unlink(),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_trace_and_compare_say_the_same_of_a_broken_manifest(desk: Path, kind: str) -> None:
    file = result_of(desk) / "manifest.json"
    MANIFESTS[kind](file)
    traced = refused(standing("trace", "latest", at=desk))
    assert refused(standing(*COMPARE, at=desk)) == traced
    assert "Move the folder away and run the comparison again" in traced


@pytest.mark.parametrize(
    "value",
    [None, 7, [], {}, "x", {"study": "\ud800"}, {"study": "a", "market": None}, [[[[]]]]],
)
def test_what_is_no_study_is_refused(desk: Path, value: Any) -> None:
    edit(desk, put("study_as_resolved", value=value))
    assert "the study in it cannot be read" in refused(standing("trace", "latest", at=desk))


def test_nothing_in_a_manifest_steers_the_terminal(desk: Path) -> None:
    edit(desk, put("engine", value="\x1b[2J\x1b]0;mine\x07\u202e\x9b31m" + "x" * 9))
    assert "?[2J" in refused(standing("trace", "latest", at=desk))
    edit(desk, put("program_version", value={"a": "\x1b[31m"}))
    refused(standing("trace", "latest", at=desk))
    refused(standing(*COMPARE, at=desk))


def test_nothing_in_a_lock_steers_the_terminal(desk: Path) -> None:
    lock = result_of(desk) / ".lock"
    hold = (
        "import sys, fcntl, time; f = open(sys.argv[1], 'r+b'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(60)"
    )
    if os.name == "nt":
        pytest.skip("locks are held differently on Windows")
    lock.write_text('{"process": 1, "host": "\\u001b[31m", "since": "now"}')
    holder = subprocess.Popen([sys.executable, "-c", hold, str(lock)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        answer = standing(*COMPARE, at=desk)
    finally:
        holder.kill()
        holder.communicate()
    assert answer.returncode == 4
    assert "\x1b" not in answer.stderr


LATEST: dict[str, Callable[[Path], object]] = {
    "no text": lambda file: file.write_bytes(b"\xff\xfe"),
    "empty": lambda file: file.write_bytes(b""),
    "nothing": lambda file: file.write_bytes(b"a\0b"),
    "escapes": lambda file: file.write_bytes(b"\x1b[31mred"),
    "long": lambda file: file.write_bytes(b"x" * 100_000),
    "absent": lambda file: file.write_bytes(b"shop-00000000"),
    "up": lambda file: file.write_bytes(b".."),
    "elsewhere": lambda file: file.write_bytes(b"/etc"),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file)),
    "a link": lambda file: (file.unlink(), file.symlink_to("/dev/zero")),
}


@needs_unix
@pytest.mark.parametrize("kind", LATEST)
def test_latest_from_elsewhere_is_refused(desk: Path, kind: str) -> None:
    LATEST[kind](desk / "results" / "latest.txt")
    call = standing_apart if kind in ("a pipe", "a link") else standing
    refused(call("trace", "latest", at=desk))


@needs_unix
def test_a_link_in_a_result_is_refused_before_it_is_opened(desk: Path) -> None:
    file = next((result_of(desk) / "runs").iterdir())
    file.unlink()
    file.symlink_to("/dev/zero")
    for words in (("trace", "latest"), COMPARE):
        assert "is a link" in refused(standing_apart(*words, at=desk))


def test_a_flipped_byte_costs_one_run(desk: Path) -> None:
    result = result_of(desk)
    names = ("measures.parquet", "customers.parquet", "comparison.csv")
    right = {name: (result / name).read_bytes() for name in names}
    files = sorted((result / "runs").glob("*.parquet"))
    spoiled = files[1]
    whole = spoiled.read_bytes()
    spoiled.write_bytes(whole[:99] + bytes([whole[99] ^ 1]) + whole[100:])
    key = spoiled.name[:16]
    others = {file: file.stat().st_mtime_ns for file in files if file.name[:16] != key}
    again = standing(*COMPARE, at=desk)
    assert again.returncode == 0, again.stderr
    assert {name: (result / name).read_bytes() for name in names} == right
    assert spoiled.read_bytes() == whole
    assert {file: file.stat().st_mtime_ns for file in others} == others


def test_a_smaller_request_shows_the_larger_result(desk: Path) -> None:
    result = result_of(desk)
    names = ("measures.parquet", "customers.parquet", "comparison.csv", "runs.csv")
    right = {name: (result / name).read_bytes() for name in names}
    smaller = standing(*COMPARE, "--replicates", "2", at=desk)
    assert "the finished result of 3 replicates, which holds the 2 asked for" in smaller.stderr
    assert "over 3 replicates" in smaller.stdout
    assert {name: (result / name).read_bytes() for name in names} == right
    told = json.loads(standing(*COMPARE, "--replicates", "2", "--json", at=desk).stdout)
    assert (told["replicates"], told["replicates_asked"]) == (3, 2)
    fresh = standing(*COMPARE, "--replicates", "2", "--fresh", at=desk)
    assert "over 2 replicates" in fresh.stdout


def test_a_single_run_leaves_the_result_of_several(desk: Path) -> None:
    one = (*COMPARE, "--orgs", "as_it_is", "--out", "alone")
    assert standing(*one, at=desk).returncode == 0
    (result,) = (desk / "alone").glob("shop-*")
    right = (result / "measures.parquet").read_bytes()
    words = ["run", "shop.yaml", *SMALL, "--org", "as_it_is", "--events", "--out", "alone"]
    answer = standing(*words, at=desk)
    assert answer.returncode == 0, answer.stderr
    assert "keeps its finished result of 3" in answer.stderr
    assert (result / "measures.parquet").read_bytes() == right
    assert (result / "events.parquet").is_file()
    assert json.loads((result / "manifest.json").read_text())["replicates"] == 3


def test_every_table_of_a_comparison_can_have_decimal_commas(desk: Path) -> None:
    words = [word for word in COMPARE if word != "--no-figures"]
    answer = standing(*words, "--csv-decimal", "comma", at=desk)
    assert answer.returncode == 0, answer.stderr
    tables = sorted(result_of(desk).rglob("*.csv"))
    assert {"comparison.csv", "runs.csv", "standing.csv"} <= {file.name for file in tables}
    for file in tables:
        head, first = file.read_text(encoding="utf-8").splitlines()[:2]
        assert head.count(";") == first.count(";") > 0
        assert pd.read_csv(file, sep=";", decimal=",").select_dtypes("number").size > 0
    assert standing(*COMPARE, at=desk).returncode == 0
    assert (result_of(desk) / "comparison.csv").read_text().startswith("measure,scope,")
