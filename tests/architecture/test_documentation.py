"""The examples of the documentation run as they stand, and what it names is there."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
FOLDERS = "sim|analysis|benchmarks|tests|scenarios|docs"


def test_python_page_runs_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "python.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted > 15
    assert result.failed == 0


def test_every_link_of_the_readme_leads_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [part.split(")")[0] for part in text.split("](")[1:]]
    assert targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert missing == []


def missing_paths(text: str) -> list[str]:
    """Return the files and folders of the project that a page names and that are not there."""
    named = re.findall(rf"(?<![\w/.-])(?:{FOLDERS})/[\w./-]*", text)
    return [path for path in named if not (ROOT / path.rstrip(".")).exists()]


def missing_modules(text: str) -> list[str]:
    """Return the modules that a page names and that are not there, nor offered by the face."""
    named = re.findall(r"(?:python -m |`)((?:sim|analysis|benchmarks)(?:\.\w+)+)", text)
    offered = {f"sim.{name}" for name in sim.__all__}
    named = [name for name in named if name not in offered]
    return [name for name in named if not is_there(name)]


def is_there(name: str) -> bool:
    """Tell whether a dotted name is a folder, a module, or something that a module defines."""
    at = ROOT / name.replace(".", "/")
    if at.is_dir() or at.with_suffix(".py").is_file():
        return True
    home = at.parent.with_suffix(".py")
    return home.is_file() and at.name in defined(home)


def defined(path: Path) -> set[str]:
    """Return the names that a module gives to something, in its functions and classes too."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    made = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return made | {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def misplaced(text: str) -> list[str]:
    """Return what a page says is in a file (`name` in `path`) that does not define it."""
    claims = re.findall(r"`([A-Za-z_][\w.]*)` in\s+`([\w/]+\.py)`", text)
    return [
        f"{name} in {path}"
        for name, path in claims
        if not set(name.split(".")) <= defined(ROOT / path)
    ]


def unknown_names(text: str) -> list[str]:
    """Return names in the manner of a parameter, `so_written`, that the model knows nothing of."""
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("sim/**/*.py"))
    words = set(re.findall(r"\w+", sources))
    named = re.findall(r"`([a-z]+(?:_[a-z0-9]+)*_?)(…?)`", text)
    return [
        name + rest
        for name, rest in named
        if "_" in name
        and not (any(word.startswith(name) for word in words) if rest else name in words)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert missing_paths(text) == []
    assert missing_modules(text) == []
    assert misplaced(text) == []


def test_the_description_of_the_model_names_what_the_model_knows() -> None:
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    assert len(re.findall(r"` in\s+`sim/", text)) > 5
    assert unknown_names(text) == []


def test_these_checks_can_fail() -> None:
    assert missing_paths("`sim/model.py`, `sim/state.py` and tests/none.") == [
        "sim/state.py",
        "tests/none.",
    ]
    assert missing_modules("python -m analysis.nothing; `sim.model`") == ["analysis.nothing"]
    assert misplaced("`EnterpriseModel.step` in `sim/model.py`, `CASE` in `sim/model.py`") == [
        "CASE in sim/model.py"
    ]
    assert unknown_names("`voice_person`, `voice_nobody`, `trace_…`, `traced_by_…`") == [
        "voice_nobody",
        "traced_by_…",
    ]
