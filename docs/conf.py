"""The site that `make site` builds: README, CHANGELOG and every page of this folder, by reader.

Sphinx reads this file. A link to a file that is no page, such as a module, is a copy to load down.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, ClassVar

from myst_parser.parsers.sphinx_ import MystParser

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

HOME = "README"
READERS = {
    "The strategist": (
        "questions",
        "explore",
        "worlds",
        "fit",
        "calibrate",
        "attribution",
        "claims",
        "levers",
        "glossary",
        "parameters",
        "tables",
    ),
    "The scientist": ("odd", "rules", "size", "structure", "scale", "draws", "events"),
    "The engineer": ("develop", "extending", "own-mechanism", "python", "first-comparison", "api"),
}
PROJECT = ("CHANGELOG", "CONTRIBUTING", "SECURITY")

project = html_title = "Standing"
extensions = ["myst_parser"]
root_doc = HOME
include_patterns = [
    *(f"{page}.md" for page in (HOME, *PROJECT)),
    "docs/*.md",
    "docs/*.ipynb",
]
exclude_patterns = [".*", "results", "site"]
"""No page stands there, and looking takes time."""
source_suffix = {".md": "markdown", ".ipynb": "notebook"}
highlight_language = "text"
smartquotes = False
"""An option such as --set stays as it is typed."""
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_permalinks_icon = "#"
html_copy_source = False
html_show_copyright = False
html_use_index = False


class Notebook(MystParser):
    """Read a notebook as a page: its text, and its code as it stands, without running it."""

    supported: ClassVar[tuple[str, ...]] = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a notebook's cells, in order."""
        super().parse(as_markdown(json.loads(inputstring)), document)


def as_markdown(book: dict[str, Any]) -> str:
    """Return the cells of a notebook as one page."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in book["cells"]]
    return "\n\n".join(
        f"```python\n{text}\n```" if kind == "code" else text for kind, text in cells
    )


def lists_of_pages() -> str:
    """Return the navigation, as directives for the end of the first page."""
    lists = {name: [f"docs/{page}" for page in pages] for name, pages in READERS.items()}
    lists["The project"] = list(PROJECT)
    return "".join(
        "\n".join(("\n```{toctree}", ":hidden:", f":caption: {name}", "", *pages, "```", ""))
        for name, pages in lists.items()
    )


def add_navigation(app: Sphinx, page: str, source: list[str]) -> None:
    """Give the README the navigation, which it lacks where it is read alone."""
    if page == HOME:
        source[0] += lists_of_pages()


def add_index(app: Sphinx, error: Exception | None) -> None:
    """Open the site's folder at the README."""
    if error is None:
        shutil.copyfile(app.outdir / f"{HOME}.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    """Tell Sphinx of notebooks, navigation and the first page."""
    app.add_source_parser(Notebook)
    app.connect("source-read", add_navigation)
    app.connect("build-finished", add_index)
