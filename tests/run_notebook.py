"""Run a notebook's code, cell by cell, as a notebook does; say what each cell would show.

``python run_notebook.py NOTEBOOK`` prints a JSON list with, for every cell of code, the name of
the type that it ends with and how that would be shown: as a picture, a table or text.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

SHOWN_AS = {"_repr_png_": "png", "_repr_html_": "html"}


def main(notebook: str) -> None:
    """Run all cells in one namespace; a cell that fails ends it."""
    book = json.loads(Path(notebook).read_text(encoding="utf-8"))
    namespace: dict[str, object] = {"__name__": "__main__"}
    shown = []
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            shown.append(said(run("".join(cell["source"]), cell["id"], namespace)))
    print(json.dumps(shown))


def run(source: str, name: str, namespace: dict[str, object]) -> object:
    """Run a cell; return what its last line says, if that is an expression."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)  # noqa: S102 - our own page
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), namespace)  # noqa: S307


def said(value: object) -> list[str]:
    """Return a value's type, how it is shown, and the beginning of that."""
    for method, kind in SHOWN_AS.items():
        if hasattr(value, method):
            return [type(value).__name__, kind, str(getattr(value, method)()[:80])]
    return [type(value).__name__, "text", repr(value)[:200]]


if __name__ == "__main__":
    main(sys.argv[1])
