"""The board pack's page in a real browser: on a desk, on a phone, printed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from board_packs import compared_of, sources_of
from playwright.sync_api import Browser, sync_playwright

from analysis.report.pack import pack_of
from analysis.report.page_html import html_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desk": (1280, 900), "wide": (1920, 1080), "phone": (390, 844)}
CONTRAST = """() => {
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const behind = each => {
    for (let at = each; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const each of document.querySelectorAll('body *')) {
    const own = [...each.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own) continue;
    const [a, b] = [lum(parts(getComputedStyle(each).color).slice(0, 3)), lum(behind(each))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push([each.tagName, each.textContent.slice(0, 40), ratio]);
  }
  return low;
}"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('h1, h2, p, caption, figure, table')]
    .map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width && r.height);
  const found = [];
  for (const [a, ra] of boxes) for (const [b, rb] of boxes) {
    if (a === b || a.contains(b) || b.contains(a)) continue;
    const w = Math.min(ra.right, rb.right) - Math.max(ra.left, rb.left);
    const h = Math.min(ra.bottom, rb.bottom) - Math.max(ra.top, rb.top);
    if (w > 1 && h > 1) found.push([a.tagName, b.tagName, a.textContent.slice(0, 40)]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=[2, 6, 12])
def page_file(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    compared = compared_of(folder / "r", request.param, draws=True)
    file = folder / "report.html"
    file.write_text(html_page(pack_of(sources_of(compared), folder)), encoding="utf-8")
    return file


@pytest.fixture(params=SIZES)
def shown(request, browser, page_file) -> Iterator[tuple[Any, list[str], list[str]]]:
    """Give the page, what it asked for beyond itself, and what the console said."""
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    asked, said = [], []
    page.on("request", lambda each: asked.append(each.url))
    page.on("console", lambda each: said.append(each.text))
    page.on("pageerror", lambda each: said.append(str(each)))
    page.goto(page_file.as_uri())
    yield page, [url for url in asked if not url.startswith(("file:", "data:"))], said
    page.close()


def test_it_asks_for_nothing_and_says_nothing(shown) -> None:
    page, asked, said = shown
    assert (asked, said) == ([], [])
    assert page.evaluate("document.images.length") >= 4
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_nothing_sticks_out_or_lies_over_another(shown) -> None:
    page, _, _ = shown
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(OVERLAPS) == []


def test_everybody_can_read_it(shown) -> None:
    page, _, _ = shown
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("[...document.images].every(i => i.alt.length > 20)")
    assert page.evaluate("document.documentElement.lang") == "en"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    small = page.evaluate(
        "[...document.querySelectorAll('nav a')].filter(a => a.offsetHeight < 24).length"
    )
    assert small == 0


def test_it_prints_every_question_on_a_sheet_of_its_own(browser, page_file, tmp_path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    content = (tmp_path / "report.pdf").read_bytes()
    sheets = content.count(b"/Type /Page\n") + content.count(b"/Type /Page/")
    questions = page.evaluate("document.querySelectorAll('section').length")
    assert questions <= sheets <= 4 * questions
    page.close()
