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

ROOT = Path(sim.__file__).parent.parent

# From the ground up: a module imports only from the lines above its own.
LAYERS = """
sim  sim.steps  sim.agents
sim.errors  sim.compiled  sim.levers  sim.measure_table  sim.parameter_table  sim.progress
    sim.interrupts  sim.state_type  sim.prefetch  sim.yaml_words  sim.incentives  sim.agents.handle
    sim.technology
sim.plans
sim.philox  sim.parameters  sim.tables  sim.scenario  sim.source_tree  sim.files  sim.version
    sim.alarms  sim.defect_rates
sim.luck  sim.cases  sim.customers  sim.tallies  sim.lock  sim.shape  sim.yaml_source
    sim.agents.columnar  sim.demand_table
sim.ablations
sim.events  sim.records  sim.visits  sim.state_records  sim.blueprint  sim.explain  sim.cross_checks
sim.course_checks
    sim.recognition  sim.look_ahead
sim.steps.arrive  sim.steps.wait  sim.steps.disclose  sim.steps.serve  sim.steps.voice
    sim.steps.judge  sim.steps.hand_off  sim.steps.lose_and_find
    sim.steps.close  sim.steps.negotiate
sim.people
sim.demand  sim.defects  sim.overrides
sim.sizes
sim.flows  sim.state  sim.validation
sim.references
sim.staffing  sim.agents.customer  sim.pulse  sim.seats  sim.slices  sim.releases
sim.money  sim.hours  sim.budgets  sim.trust  sim.capability  sim.agents.issues
sim.loader
sim.organisation  sim.at_touchpoint
sim.pipeline
sim.rates  sim.ratings  sim.agents.firm  sim.doubts  sim.ledger  sim.course
sim.agents.analyst  sim.agents.decisions  sim.memory
sim.agents.trust_office  sim.agents.function  sim.agents.roles  sim.agents.escalation
    sim.agents.sponsor  sim.agents.channels
sim.model
sim.lost
sim.recorder  sim.event_table  sim.theory  sim.warm_up
sim.runner
sim.workers
sim.batch  sim.newcomers
sim.cluster
sim.manifest
sim.store
"""

# What of the engine the analysis may not see: it reads tables, and launches runs.
ENGINE_ROOM = (
    "sim.steps",
    "sim.pipeline",
    "sim.state",
    "sim.luck",
    "sim.cases",
    "sim.customers",
    "sim.records",
    "sim.tallies",
    "sim.agents",
    "sim.model",
)

# One line for each array of the state; splitting would only hide it.
LONG_FUNCTIONS = {("sim/state.py", "fresh_state")}
LONGEST_FUNCTION, LONGEST_FILE = 60, 400


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


SOURCES = {
    module_name(path): path
    for path in sorted([*ROOT.glob("sim/**/*.py"), *ROOT.glob("analysis/**/*.py"), ROOT / "run.py"])
}


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


def ranks() -> dict[str, int]:
    rows = LAYERS.replace("\n    ", "  ").strip().splitlines()
    return {name: rank for rank, row in enumerate(rows) for name in row.split()}


def upward(graph: dict[str, set[str]], order: dict[str, int]) -> list[str]:
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        for target in sorted(targets)
        if name in order and order.get(target, 99) >= order[name]
    ]


def test_every_module_of_the_engine_has_its_place() -> None:
    engine = {name for name in SOURCES if name.split(".")[0] == "sim"}
    assert engine - set(ranks()) == set()


def test_imports_go_downwards_only() -> None:
    assert upward(imports(), ranks()) == []


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import one another in a circle, none if there is no circle."""
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert cycle(imports()) == []


def test_steps_never_import_each_other() -> None:
    for name, targets in imports().items():
        if name.startswith("sim.steps."):
            assert not any(target.startswith("sim.steps") for target in targets), name


def test_the_engine_never_imports_the_analysis() -> None:
    for name, targets in imports().items():
        if name.startswith("sim"):
            assert not any(target.startswith(("analysis", "run")) for target in targets), name


def test_the_analysis_keeps_out_of_the_engine_room() -> None:
    seen = [
        f"{name} imports {target}"
        for name, targets in imports().items()
        if name.startswith("analysis")
        for target in sorted(targets)
        if any(target == room or target.startswith(f"{room}.") for room in ENGINE_ROOM)
    ]
    assert seen == []


def test_the_model_never_plots() -> None:
    for name, path in SOURCES.items():
        if name.startswith("sim"):
            assert "import matplotlib" not in path.read_text(encoding="utf-8"), name
            assert "from matplotlib" not in path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES.keys())
def test_files_and_functions_stay_short(path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            place = (path.relative_to(ROOT).as_posix(), node.name)
            lines = int(node.end_lineno or 0) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION or place in LONG_FUNCTIONS, place


def test_few_functions_are_longer_than_forty_lines() -> None:
    lengths = [
        int(node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES.values()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
    ]
    assert sum(length > 40 for length in lengths) < 0.03 * len(lengths)


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


@pytest.mark.parametrize(("page", "module"), [("parameters", "parameters"), ("tables", "tables")])
def test_generated_pages_are_up_to_date(page, module) -> None:
    file = ROOT / "docs" / f"{page}.md"
    if not file.exists():
        pytest.skip(f"docs/{page}.md has not been generated")
    made = sys.modules.get(f"sim.{module}") or __import__(f"sim.{module}", fromlist=["as_markdown"])
    assert file.read_text(encoding="utf-8") == made.as_markdown()


def test_these_checks_can_fail() -> None:
    known = {"sim.pipeline", "sim.errors"}
    code = ast.parse("def f():\n    from sim import pipeline\nimport sim.errors, os")
    assert imports_of(code, known) == known
    assert upward({"sim.errors": {"sim.pipeline"}}, ranks()) == ["sim.errors imports sim.pipeline"]
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert cycle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sim.pipeline"
    assert imports_of(ast.parse(typed), known) == set()
