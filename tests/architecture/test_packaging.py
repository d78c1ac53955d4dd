"""What is installed is all there is: every package, every bundled scenario, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SCENARIOS = "sim.scenarios"


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_folder_with_code_is_a_package_that_is_listed() -> None:
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for name in ("sim", "analysis")
        for path in (ROOT / name).rglob("*.py")
    }
    listed = SETTINGS["tool"]["setuptools"]["packages"]
    assert len(listed) == len(set(listed))
    assert set(listed) - {SCENARIOS} == folders
    for name in folders:
        assert (ROOT / name.replace(".", "/") / "__init__.py").is_file(), name


def test_every_scenario_is_package_data() -> None:
    settings = SETTINGS["tool"]["setuptools"]
    folder = ROOT / settings["package-dir"][SCENARIOS]
    matched = {
        path.relative_to(folder).as_posix()
        for mask in settings["package-data"][SCENARIOS]
        for path in folder.glob(mask)
    }
    assert matched == files_below(folder)


def test_a_wheel_holds_the_code_and_the_scenarios(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77")
    source = tmp_path / "source"
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("sim", "analysis", "scenarios"):
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in ("run.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    subprocess.run(  # noqa: S603 - this interpreter's own pip, which asks no index
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", str(tmp_path), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        inside = {name for name in packed.namelist() if ".dist-info/" not in name}
    wanted = {"run.py"}
    for name in ("sim", "analysis"):
        wanted |= {f"{name}/{file}" for file in files_below(source / name)}
    wanted |= {f"sim/scenarios/{file}" for file in files_below(source / "scenarios")}
    assert inside == wanted
