"""Advice on spelling: what it says, that it has one home, and that it costs the help nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sim.study.spelling import (
    close_spelling,
    did_you_mean,
    first_few,
    nearest_or_all,
    spelling_advice,
)

ROOT = Path(__file__).parents[3]


def test_a_key_is_found_whatever_its_capitals() -> None:
    assert close_spelling("Journeys", ["facts", "journeys"]) == "journeys"
    assert close_spelling("zzz", ["facts", "journeys"]) is None


def test_of_very_many_the_first_are_named_and_the_others_counted() -> None:
    names = [f"n{place}" for place in range(2_400)]
    assert first_few(names[:41]).endswith("n39, n40")
    assert first_few(names).endswith("n38, n39 and 2,360 more")


def test_advice_on_a_key_names_the_nearest_and_all() -> None:
    both = "Permitted: `facts`, `x`"
    assert spelling_advice("fcts", ["facts", "x"]) == f"did you mean `facts`? {both}"
    assert spelling_advice("zzz", ["facts", "x"]) == both
    assert spelling_advice("zzz", []) == ""


def test_advice_on_a_declared_name_names_the_nearest_or_all() -> None:
    assert nearest_or_all("sale", ["sales", "billing"]) == "did you mean `sales`?"
    assert nearest_or_all("zzz", ["sales", "billing"]) == "allowed: `sales`, `billing`"
    assert nearest_or_all("zzz", []) == "none are declared"
    many = [f"name_{number}" for number in range(16)]
    assert nearest_or_all("zzz", many) == "the tables in docs/ list what there is"


def test_a_command_line_asks_back_or_says_nothing() -> None:
    assert did_you_mean("compar", ["compare", "run"]) == " Did you mean compare?"
    assert did_you_mean("zzz", ["compare", "run"]) == ""


def test_only_one_source_looks_for_like_words() -> None:
    sources = [*ROOT.glob("sim/**/*.py"), *ROOT.glob("analysis/**/*.py"), ROOT / "run.py"]
    homes = [path for path in sources if "import difflib" in path.read_text(encoding="utf-8")]
    assert homes == [ROOT / "sim" / "study" / "spelling.py"]


def test_a_command_line_is_read_without_loading_the_model() -> None:
    code = "import sys, analysis.commands.arguments; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = {name for name in done.stdout.split() if name.startswith("sim")}
    assert ours == {"sim", "sim.study", "sim.study.spelling"}
    assert not {"numpy", "pydantic", "numba"} & set(done.stdout.split())
