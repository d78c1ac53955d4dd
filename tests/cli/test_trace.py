"""One customer under every org model, as a user asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SHORT = ["--set", "market.customers=1500", "--set", "market.prospects=100",
         "--set", "design.horizon_days=40", "--set", "design.warm_up_days=20"]  # fmt: skip


def standing(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this program
        [sys.executable, str(PROJECT / "run.py"), *words],
        cwd=at,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trace")
    done = standing(
        "compare", "--replicates", "2", "--jobs", "1", "--quiet", "--no-figures",
        "--orgs", "siloed,peer", *SHORT, at=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_a_lost_customer_is_followed_and_explained(desk) -> None:
    told = standing("trace", "latest", at=desk)
    assert told.returncode == 0, told.stderr
    for words in ("Siloed: ", "Peer: ", "lost on day", "issue under way:", "accountable by name:"):
        assert words in told.stdout


def test_the_same_customer_can_be_asked_for_as_an_object(desk) -> None:
    found = json.loads(standing("trace", "latest", "--customer", "7", "--json", at=desk).stdout)
    assert found["customer"] == 7
    assert [each["org_model"] for each in found["org_models"]] == ["siloed", "peer"]


def test_a_customer_who_is_not_there_is_said_with_who_is(desk) -> None:
    refused = standing("trace", "latest", "--customer", "5000", at=desk)
    assert refused.returncode == 2
    assert "there is no customer 5000" in refused.stderr
    assert "0 to 1599" in refused.stderr


def test_without_a_result_there_is_nothing_to_trace(tmp_path) -> None:
    refused = standing("trace", "latest", at=tmp_path)
    assert refused.returncode == 2
    assert "there is no latest result" in refused.stderr
