"""What `import sim` offers: listed once, on a page of its own, and loaded only when asked for."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from analysis.commands.api_page import api_page

ROOT = Path(sim.__file__).parent.parent
PAGE = ROOT / "docs" / "api.md"


def test_the_page_is_up_to_date_and_lists_exactly_what_is_offered() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## sim\.(\w+)$", page, re.MULTILINE) == sim.__all__
    assert page == api_page()


def test_every_name_is_there_and_for_type_checkers_too() -> None:
    tree = ast.parse(Path(sim.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.If)
        for statement in node.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert typed == set(sim.__all__)
    assert set(sim.__all__) <= set(dir(sim))
    for name in sim.__all__:
        assert getattr(getattr(sim, name), "__name__", name) == name


def test_a_name_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match="load_study"):
        _ = sim.load_studdy  # type: ignore[attr-defined]


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, sim; print(*sorted(m for m in sys.modules if 'sim.' in m or m in HEAVY))"
    code = f"HEAVY = {{'numpy', 'pandas', 'pydantic', 'mesa', 'numba', 'typing'}}\n{code}"
    done = subprocess.run(  # noqa: S603 - this interpreter, our own package
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
