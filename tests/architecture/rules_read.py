"""What compiled rules read, write and call, from their syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

import sim
from sim.state.arrays import LAYOUT

ROOT = Path(sim.__file__).parent.parent
ROOMS = ("day", "state")
"""Where compiled rules stand."""
DECORATORS = {"kernel", "station", "rule"}
FLATTENED = {"cohorts": "case_tallies"}
BY_CUSTOM = {
    "rules": "rules",
    "customer": "customers",
    "customers": "customers",
    "contact": "contacts",
    "case": "cases",
    "cases": "cases",
    "step": "touchpoints",
    "journey": "journeys",
    "segment": "segments",
    "rate": "rates",
    "rates": "rates",
    "seams": "seams",
    "need": "demand",
    "queue": "queues",
    "offer": "offers",
}
"""What a rule's argument is a row of, if it bears one of these names."""


@dataclass
class Rule:
    """What one compiled rule does with the state, as ``array.column`` or ``array``."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)


class _Reader(ast.NodeVisitor):
    def __init__(self, function: ast.FunctionDef):
        self.found = Rule()
        names = {a.arg for a in function.args.args}
        self.rows = {name: BY_CUSTOM[name] for name in names & BY_CUSTOM.keys()}
        for node in function.body:
            self.visit(node)

    def array_of(self, node: ast.expr) -> str | None:
        """Return the array that an expression is, or is rows of; None if of none."""
        if isinstance(node, ast.Name):
            return self.rows.get(node.id)
        if isinstance(node, ast.Attribute):
            name = FLATTENED.get(node.attr, node.attr)
            return name if name in LAYOUT else None
        if isinstance(node, ast.Subscript) and not _is_column(node):
            return self.array_of(node.value)
        return None

    def visit_Assign(self, node: ast.Assign) -> None:
        pairs = [(target, node.value) for target in node.targets]
        first = node.targets[0]
        if isinstance(first, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(first.elts, node.value.elts, strict=True))
        for target, value in pairs:
            array = self.array_of(value)
            if isinstance(target, ast.Name) and array is not None:
                self.rows[target.id] = array
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Subscript):
            self._note(node.target, self.found.reads)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        where = self.found.reads if isinstance(node.ctx, ast.Load) else self.found.writes
        self._note(node, where)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        # A whole array without columns that is handed on: whoever gets it may read it.
        name = FLATTENED.get(node.attr, node.attr)
        if name in LAYOUT and LAYOUT[name][0].names is None and id(node) not in self._written:
            self.found.reads.add(name)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.found.calls.add(ast.unparse(node.func))
        self.generic_visit(node)

    @property
    def _written(self) -> set[int]:
        return self.__dict__.setdefault("written", set())

    def _note(self, node: ast.Subscript, where: set[str]) -> None:
        if _is_column(node):
            array = self.array_of(node.value)
            if array is not None:
                where.add(f"{array}.{node.slice.value}")  # type: ignore[attr-defined]
            return
        array = self.array_of(node)
        if array is not None and LAYOUT[array][0].names is None:
            where.add(array)
            if where is self.found.writes:
                for inner in ast.walk(node.value):
                    self._written.add(id(inner))


def _is_column(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def rules_in(source: str) -> dict[str, Rule]:
    """Return the compiled rules of a module by name."""
    return {
        node.name: _Reader(node).found
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and DECORATORS & {ast.unparse(each) for each in node.decorator_list}
    }


def all_rules() -> dict[str, Rule]:
    """Return every compiled rule of the day and the state, as ``file.rule``."""
    return {
        f"{path.stem}.{name}": rule
        for room in ROOMS
        for path in sorted((ROOT / "sim" / room).glob("*.py"))
        for name, rule in rules_in(path.read_text(encoding="utf-8")).items()
    }
