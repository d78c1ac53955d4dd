"""Small faults that can be put into a rule: one change of one line each.

What cannot matter is not made: docstrings, messages and types, what is raised with them, and what
only fetches memory ahead of its use.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.MatMult: ast.Mult,
}
OPPOSITE = {"min": "max", "max": "min", "ceil": "floor", "floor": "ceil"}
AHEAD_OF_USE = {"expect_need", "look_at_first", "look_ahead", "expect_case"}
"""Functions that only fetch memory: leaving them out changes nothing."""


@dataclass(frozen=True, order=True)
class Mutant:
    """One change of one file.

    Attributes
    ----------
    file : str
        From the top of the repository.
    operator : str
        What kind of change.
    line : int
        Line that the change begins in.
    start, end : int
        Signs of the file that are replaced.
    new : str
        What stands there instead.
    """

    file: str
    operator: str
    line: int
    start: int
    end: int
    new: str

    def applied(self, source: str) -> str:
        """Return the file with the change."""
        return source[: self.start] + self.new + source[self.end :]

    def shown(self, source: str) -> tuple[str, str]:
        """Return the lines that change, before and after, as one line each."""
        first = source.rfind("\n", 0, self.start) + 1
        last = source.find("\n", self.end)
        before = source[first:last]
        after = source[first : self.start] + self.new + source[self.end : last]
        return " ".join(before.split()), " ".join(after.split())


def mutants_of(file: Path, root: Path, only: tuple[str, ...] = ()) -> list[Mutant]:
    """Return every mutant of a file, or of some of its functions, in order.

    Parameters
    ----------
    file, root : Path
        The file and the top of the repository.
    only : tuple of str
        Names of functions; none for all.
    """
    source = file.read_text(encoding="utf-8")
    maker = _Maker(source, file.relative_to(root).as_posix())
    tree = ast.parse(source)
    nodes = tree.body if not only else [n for n in tree.body if getattr(n, "name", "") in only]
    for node in nodes:
        maker.visit(node)
    return sorted(set(maker.found))


class _Maker(ast.NodeVisitor):
    def __init__(self, source: str, file: str):
        self.file, self.source = file, source
        self.found: list[Mutant] = []
        # Columns of the tree count bytes; there are signs of several bytes in the comments.
        self.lines = source.encode("utf-8").splitlines(keepends=True)

    def place(self, line: int, column: int) -> int:
        """Return a place of the tree as a number of signs from the beginning."""
        return len((b"".join(self.lines[: line - 1]) + self.lines[line - 1][:column]).decode())

    def add(self, operator: str, node: ast.expr | ast.stmt, new: ast.expr | str) -> None:
        """Note a mutant in which something else stands in a node's place."""
        text = new if isinstance(new, str) else f"({ast.unparse(new)})"
        start = self.place(node.lineno, node.col_offset)
        end = self.place(node.end_lineno or 0, node.end_col_offset or 0)
        if self.source[start:end] != text:
            self.found.append(Mutant(self.file, operator, node.lineno, start, end, text))

    # --- what is gone past -------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Change what a function does, neither its decorators nor its signature."""
        for each in node.body:
            self.visit(each)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Change methods; what stands beside them is declared, not done."""
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                self.visit(each)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave messages alone."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Change a value, not its type."""
        if node.value is not None:
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave words alone."""

    # --- statements --------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        """Leave out a change of what is there already; a name would be missing at once."""
        if any(isinstance(t, ast.Subscript | ast.Attribute) for t in node.targets):
            self.add("left out", node, "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Leave out an addition, or turn it round."""
        self.add("left out", node, "pass")
        other = ARITHMETIC.get(type(node.op))
        if other is not None:
            new = ast.AugAssign(node.target, other(), node.value)
            self.add("arithmetic", node, ast.unparse(ast.fix_missing_locations(new)))
        self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave out a call."""
        if isinstance(node.value, ast.Call):
            if ast.unparse(node.value.func) in AHEAD_OF_USE:
                return
            self.add("left out", node, "pass")
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        """Take one branch for certain."""
        if "TYPE_CHECKING" in ast.unparse(node.test):
            return
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Take one value for certain."""
        self._condition(node.test)
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        for value in (True, False):
            self.add("branch removed", test, ast.Constant(value))
        self.add("negated", test, ast.UnaryOp(ast.Not(), test))

    # --- expressions -------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> None:
        """Move the edge of a comparison, or turn it round."""
        for place, operation in enumerate(node.ops):
            for other in COMPARISONS.get(type(operation), ()):
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                self.add("comparison", node, ast.Compare(node.left, ops, node.comparators))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Calculate otherwise."""
        other = ARITHMETIC.get(type(node.op))
        if other is not None:
            self.add("arithmetic", node, ast.BinOp(node.left, other(), node.right))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Ask for one where all are needed, or for all."""
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self.add("negated", node, ast.BoolOp(other, node.values))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Leave out a sign, or a no."""
        if not isinstance(node.op, ast.UAdd):
            self.add("negated", node, node.operand)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Leave ``strict=`` alone: a check of the code itself, which holds."""
        if node.arg != "strict":
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Change a number, or a yes."""
        for value in _others(node.value):
            self.add("constant", node, ast.Constant(value))

    def visit_Call(self, node: ast.Call) -> None:
        """Swap two arguments that stand side by side, or take the other extreme."""
        name = ast.unparse(node.func)
        stem, _, last = name.rpartition(".")
        if last in OPPOSITE:
            new = f"{stem}.{OPPOSITE[last]}" if stem else OPPOSITE[last]
            self.add("arithmetic", node.func, new)
        symmetric = last in {*OPPOSITE, "minimum", "maximum"}
        if not any(isinstance(a, ast.Starred) for a in node.args) and not symmetric:
            for place in range(len(node.args) - 1):
                one, other = node.args[place], node.args[place + 1]
                words = [ast.unparse(one), ast.unparse(other)]
                # Where a state is wanted nothing else will do: that would be seen at once.
                if words[0] != words[1] and "state" not in words:
                    swapped = [*node.args[:place], other, one, *node.args[place + 2 :]]
                    new_call = ast.Call(node.func, swapped, node.keywords)
                    self.add("arguments swapped", node, new_call)
        self.generic_visit(node)


def _others(value: object) -> Iterator[object]:
    """Give what stands in a constant's place."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        if value:
            yield 0
    elif isinstance(value, float):
        yield value * 1.1 if value else 1.0
        if value:
            yield -value
