"""The site of all pages: whole, found by its search, and read without a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
MADE_HERE = {"index.html", "search.html"}
READ_ALONE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


class Page(HTMLParser):
    """What a page fetches, where it leads, and the places that it can be entered at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element fetches or leads to."""
        for name, value in attrs:
            if name == "id":
                self.places.add(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "srcset", "data", "poster") or (name == "href" and tag == "link"):
                self.fetched.append(value or "")


def elsewhere(target: str) -> bool:
    """Tell whether an address leads off the folder that the site is in."""
    there = urlsplit(target)
    return bool(there.scheme not in ("", "data") or there.netloc or there.path.startswith("/"))


def broken(site: Path) -> list[str]:
    """Return the links of all pages that lead to no file, or to no place in it."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        for target in page.fetched + page.links:
            there = urlsplit(target)
            if there.scheme or there.netloc:
                continue
            file = (path.parent / unquote(there.path)).resolve() if there.path else path
            place = unquote(there.fragment)
            if not file.is_file() or (place and file in pages and place not in pages[file].places):
                found.append(f"{path.relative_to(site)}: {target}")
    return found


def fetched_from_elsewhere(site: Path) -> list[str]:
    """Return what pages and styles of the site would fetch from somewhere else."""
    found = []
    for path in site.rglob("*.html"):
        found += Page(path.read_text(encoding="utf-8")).fetched
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        found += re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s]+)", text)
    return [target for target in found if elsewhere(target)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `make site` does, in a folder of its own."""
    folder = tmp_path_factory.mktemp("built").resolve()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"\$\(BIN\)/python (-m sphinx .*) -d \S+ \. site\n", makefile)
    done = subprocess.run(  # noqa: S603 - this interpreter, our own pages
        [sys.executable, *recipe.split(), "-d", str(folder / "read"), ".", str(folder / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "site"


def test_every_page_is_there(built: Path) -> None:
    written = [*READ_ALONE, *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
    written += [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.ipynb")]
    there = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    assert there == MADE_HERE | {f"{page.rsplit('.', 1)[0]}.html" for page in written}
    assert (built / "index.html").read_bytes() == (built / "README.html").read_bytes()


@pytest.mark.parametrize(
    "notebook", sorted((ROOT / "docs").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_a_notebook_shows_its_code_and_none_of_its_form(built: Path, notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    text = (built / "docs" / f"{notebook.stem}.html").read_text(encoding="utf-8")
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert text.count('<div class="highlight-python') >= len(code)
    assert "cell_type" not in text


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    assert fetched_from_elsewhere(built) == []


def test_no_link_is_broken(built: Path) -> None:
    assert broken(built) == []


def test_a_reader_finds_pages_by_who_they_are_for(built: Path) -> None:
    home = (built / "index.html").read_text(encoding="utf-8")
    groups = re.findall(r'<span class="caption-text">([^<]+)</span>', home)
    assert groups == ["The strategist", "The scientist", "The engineer", "The project"]
    listed = re.findall(r'<li class="toctree-l1"><a [^>]*href="([^"]+)"', home)
    places = [
        listed.index(f"docs/{page}.html") for page in ("questions", "levers", "odd", "develop")
    ]
    assert places == sorted(places)


def test_a_word_is_found(built: Path) -> None:
    """By a script that a browser loads from a folder as well."""
    text = (built / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    found = {index["docnames"][page] for page in index["terms"]["liaison"]}
    assert {"docs/levers", "docs/odd", "docs/parameters"} <= found
    assert "searchindex.js" in Page((built / "search.html").read_text(encoding="utf-8")).fetched


def test_these_checks_can_fail(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here">1</a><a href="#gone">2</a><a href="b.html#x">3</a>'
        '<a href="c.html">4</a><a href="https://example.org">5</a><a href="/a.html">6</a>'
        '<img src="//example.org/a.png"><link href="https://example.org/a.css">',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text("<p id=y>", encoding="utf-8")
    (tmp_path / "a.css").write_text(
        "@import 'http://a/b.css'; a {b: url(data:x)}", encoding="utf-8"
    )
    gone = ["#gone", "b.html#x", "c.html", "/a.html"]
    assert broken(tmp_path.resolve()) == [f"a.html: {target}" for target in gone]
    off = ["//example.org/a.png", "https://example.org/a.css", "http://a/b.css"]
    assert fetched_from_elsewhere(tmp_path) == off
