"""The house rules of the source tree, read from the source itself."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import sim
from analysis.words.pages import glossary_page, levers_page
from sim.engine.draws import draws_page
from sim.study.parameters import parameters_page
from sim.study.tables import tables_page

ROOT = Path(sim.__file__).parent.parent

# From the ground up: a room knows the rooms before it. Folders, but for the single files.
ROOMS = (
    "sim.study",
    "sim.engine",
    "sim.columnar",
    "sim.state",
    "sim.day",
    "sim.organisation",
    "sim.improvement",
    "sim.agents",
    "sim.reading",
    "sim.model",
    "sim.results",
    "sim.checks",
    "sim.runner",
    "sim.running",
    "sim.keeping",
    "analysis.words",
    "analysis.load",
    "analysis.comparison",
    "analysis.evidence",
    "analysis.figures",
    "analysis.real_log",
    "analysis.event_log",
    "analysis.comparing",
    "analysis.report",
    "analysis.calibration",
    "analysis.explore",
    "analysis.commands",
    "run",
)
FACES = ("sim", "analysis")
"""May look upward, and do so only when something is asked of them."""
NO_STEPS = ("sim.day.pipeline", "sim.day.visit", "sim.day.own_rules")
"""What of the day is order, not a rule."""
SEEN_BY_ANALYSIS = (
    "sim",
    "sim.study",
    "sim.reading",
    "sim.checks",
    "sim.runner",
    "sim.running",
    "sim.keeping",
)

LONGEST_FUNCTION, LONGEST_FILE = 60, 400
ENTRIES = {"main", "execute", "TYPE_CHECKING"}
"""Names by which many modules are entered, or looked at, alike."""
LONGEST_CHAIN = 4
"""So many dots in a row are one too many."""
LONG_FILES = {
    "benchmarks/plain/case.py": "a case's whole way, told a second time for the twin",
    "benchmarks/plain/days.py": "the order of a tick, told a second time for the twin",
    "analysis/commands/options.py": "every option of every command is declared in one place",
    "sim/day/pipeline.py": "the order of a tick and of a case stands in one place",
    "sim/organisation/organisation.py": "what follows from a bundle of levers, in one place",
    "sim/state/blueprint.py": "the enterprise as arrays, each under its name",
    "sim/state/arrays.py": "every array of a run is declared in one place",
    "sim/study/parameter_table.py": "one row for each parameter, every value under its name",
    "sim/study/measure_table.py": "one row for each measure, every formula under its name",
}


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


SOURCES = {
    module_name(path): path
    for path in sorted([*ROOT.glob("sim/**/*.py"), *ROOT.glob("analysis/**/*.py"), ROOT / "run.py"])
}
BENCHMARKS = {module_name(path): path for path in sorted(ROOT.glob("benchmarks/**/*.py"))}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(tree: ast.Module, known: set[str]) -> set[str]:
    """Return which known modules are imported, at the top or inside a function; not for types."""
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the module in full"
            for name in node.names:
                full = f"{node.module}.{name.name}"
                found.add(full if full in known else str(node.module))
    return found & known


@functools.cache
def imports() -> dict[str, set[str]]:
    return {
        name: imports_of(tree_of(path), set(SOURCES)) - {name} for name, path in SOURCES.items()
    }


def room_of(module: str) -> str:
    """Return the room that a module stands in: a folder's name or, outside one, its own."""
    return ".".join(module.split(".")[:2])


def upward(graph: dict[str, set[str]]) -> list[str]:
    """Return the imports that lead to a later room; a folder's own modules may know each other."""
    order = {room: place for place, room in enumerate(ROOMS)}
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        if name not in FACES
        for target in sorted(targets)
        if room_of(target) != room_of(name)
        and not (name.startswith("analysis") and target in FACES)
        and order.get(room_of(target), len(ROOMS)) >= order[room_of(name)]
    ]


def knowing(graph: dict[str, set[str]], who: str, whom: str) -> list[str]:
    """Return the imports from one room into another."""
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        for target in sorted(targets)
        if room_of(name) == who and room_of(target) == whom
    ]


def between_steps(graph: dict[str, set[str]]) -> list[str]:
    """Return the imports of one step of the day by another."""
    steps = {name for name in graph if room_of(name) == "sim.day"} - {"sim.day", *NO_STEPS}
    return [f"{name} imports {t}" for name in sorted(steps) for t in sorted(graph[name] & steps)]


def beyond_its_own(graph: dict[str, set[str]]) -> list[str]:
    """Return what the columnar agents import of the model."""
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        if room_of(name) == "sim.columnar"
        for target in sorted(targets)
        if room_of(target) != "sim.columnar"
    ]


def out_of_bounds(graph: dict[str, set[str]]) -> list[str]:
    """Return what the analysis sees of the simulation beyond what it may."""
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        if name.startswith("analysis")
        for target in sorted(targets)
        if target.startswith("sim") and room_of(target) not in SEEN_BY_ANALYSIS
    ]


def test_every_module_has_its_room() -> None:
    print("\n".join(ROOMS))
    assert {room_of(name) for name in SOURCES} - set(FACES) == set(ROOMS)


def test_rooms_know_only_those_before_them() -> None:
    assert upward(imports()) == []


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import one another in a circle, none if there is no circle."""
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Inside a folder as well; the faces look up only when asked."""
    assert cycle({name: targets - set(FACES) for name, targets in imports().items()}) == []


def test_columnar_agents_know_nothing_of_the_model() -> None:
    assert beyond_its_own(imports()) == []


def test_steps_never_import_each_other() -> None:
    assert between_steps(imports()) == []


def test_day_and_organisation_do_not_know_each_other() -> None:
    assert knowing(imports(), "sim.organisation", "sim.day") == []
    assert knowing(imports(), "sim.day", "sim.organisation") == []


def test_the_analysis_keeps_out_of_the_engine_room() -> None:
    assert out_of_bounds(imports()) == []


def test_the_model_never_plots() -> None:
    for name, path in SOURCES.items():
        if name.startswith("sim"):
            assert "import matplotlib" not in path.read_text(encoding="utf-8"), name
            assert "from matplotlib" not in path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("path", (SOURCES | BENCHMARKS).values(), ids=(SOURCES | BENCHMARKS).keys())
def test_files_and_functions_stay_short(path) -> None:
    short = len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert short != (path.relative_to(ROOT).as_posix() in LONG_FILES), (
        "too long, or needs no reason"
    )
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = (path.relative_to(ROOT).as_posix(), node.name)
            lines = int(node.end_lineno or 0) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, place


def test_few_functions_are_longer_than_forty_lines() -> None:
    lengths = [
        int(node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES.values()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
    ]
    assert sum(length > 40 for length in lengths) < 0.03 * len(lengths)


def long_chains(tree: ast.AST) -> list[str]:
    """Return attributes that are reached through three others: who asks knows too many."""
    inner: set[int] = set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            length, at = 0, node
            while isinstance(at, ast.Attribute):
                inner.add(id(at.value))
                length, at = length + 1, at.value
            if length >= LONGEST_CHAIN and isinstance(at, ast.Name):
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES.keys())
def test_nobody_reaches_through_three_others(path) -> None:
    assert long_chains(tree_of(path)) == []


def named_twice(modules: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return the public names that more than one module gives, with those that do."""
    homes: dict[str, list[str]] = {}
    for module, names in modules.items():
        for name in names:
            if not name.startswith("_") and name not in ENTRIES:
                homes.setdefault(name, []).append(module)
    return {name: found for name, found in homes.items() if len(found) > 1}


def names_of(tree: ast.Module) -> set[str]:
    """Return what a module defines at its top."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                inner.id
                for each in targets
                for inner in ast.walk(each)
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            }
    return found


def test_no_public_name_stands_for_two_things() -> None:
    assert named_twice({name: names_of(tree_of(path)) for name, path in SOURCES.items()}) == {}


def test_agents_know_whom_they_deal_with() -> None:
    """What acts each week, and what it acts on, is typed.

    Columns hold anything, and an extension's levers are its author's.
    """
    untyped = [
        name
        for name, path in SOURCES.items()
        if room_of(name) in ("sim.agents", "sim.improvement", "sim.organisation")
        and name not in ("sim.agents.customer", "sim.agents.desk")
        and re.search(r"\bimport .*\bAny\b", path.read_text(encoding="utf-8"))
    ]
    assert untyped == []


def test_the_engine_knows_no_org_model_by_name() -> None:
    names = {
        str(yaml.safe_load(path.read_text(encoding="utf-8"))["organisation"]).lower()
        for path in (ROOT / "scenarios" / "organisations").glob("*.yaml")
    }
    assert len(names) >= 4
    for module, path in SOURCES.items():
        if module.startswith("sim"):
            text = path.read_text(encoding="utf-8").lower()
            assert not {name for name in names if re.search(rf"\b{name}\b", text)}, module


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, path in SOURCES.items() if not ast.get_docstring(tree_of(path))] == []


def test_importing_prints_nothing_and_writes_nothing(tmp_path) -> None:
    """Compiled code goes to its cache, and nothing else anywhere."""
    cache = tmp_path / "cache"
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "MPLCONFIGDIR": str(cache),  # matplotlib's own list of fonts
        "STANDING_CACHE": str(cache),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    lines = [f"import {name}" for name in SOURCES]
    done = subprocess.run(  # noqa: S603 - this interpreter, our own modules
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"cache", "home"}
    assert not any(home.iterdir())


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("parameters", parameters_page),
        ("tables", tables_page),
        ("draws", draws_page),
        ("levers", levers_page),
        ("glossary", glossary_page),
    ],
)
def test_generated_pages_are_up_to_date(page, made) -> None:
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == made()


def test_these_checks_can_fail() -> None:
    known = {"sim.day.pipeline", "sim.study.errors"}
    code = ast.parse("def f():\n    from sim.day import pipeline\nimport sim.study.errors, os")
    assert imports_of(code, known) == known
    seen = ["sim.study.errors imports sim.day.pipeline"]
    assert upward({"sim.study.errors": {"sim.day.pipeline"}}) == seen
    assert knowing({"sim.day.wait": {"sim.organisation.rates"}}, "sim.day", "sim.organisation")
    assert between_steps({"sim.day.wait": {"sim.day.serve"}, "sim.day.serve": set()})
    assert between_steps({"sim.day.wait": {"sim.day.visit"}, "sim.day.visit": set()}) == []
    assert beyond_its_own({"sim.columnar.handle": {"sim.state.arrays"}})
    assert out_of_bounds({"analysis.load": {"sim.state.arrays", "sim.study.errors"}})
    assert named_twice({"a": {"x", "_y", "main"}, "b": {"x", "_y", "main"}}) == {"x": ["a", "b"]}
    assert names_of(ast.parse("A, b = 1, 2\ndef f(): c = 1\nclass D: e = 1")) == {*"AbfD"}
    assert long_chains(ast.parse("a.b.c.d; e.f.g.h.i")) == ["e.f.g.h.i"]
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert cycle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sim.day.pipeline"
    assert imports_of(ast.parse(typed), known) == set()
