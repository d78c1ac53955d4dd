"""Pictures of the what-if page's main states, for its page in ``docs/``.

``python -m benchmarks.page_pictures`` (`make screenshots`) opens it on the bundled study.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page_served import ROOT, served

DOCS = ROOT / "docs"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_DONE = "body[data-stale=false][data-finished=true]"
_SLOW = 180_000


def main() -> int:
    """Take all pictures; return the exit code."""
    with (
        tempfile.TemporaryDirectory() as desk,
        served(["--out", desk], ROOT) as page,
        sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        take(browser, page.link, "explore-first", (1280, 860), _first)
        take(browser, page.link, "explore-answer", (1280, 860), _answer)
        take(browser, page.link, "explore-at-work", (1280, 860), _at_work, dark=True)
        take(browser, page.link, "explore-path", (1280, 860), _path)
        take(browser, page.link, "explore-wrong", (820, 1100), _wrong)
        browser.close()
    return 0


def take(
    browser: Browser,
    link: str,
    name: str,
    size: tuple[int, int],
    bring: Callable[[Page], None],
    *,
    dark: bool = False,
) -> None:
    """Bring the page to a state in a window of its own, and take it as a picture."""
    scheme = "dark" if dark else "light"
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("body[data-draws]", timeout=_SLOW)
    page.select_option("#pair-b", "hybrid")
    page.wait_for_selector("body[data-stale=true]")
    bring(page)
    page.wait_for_timeout(400)
    page.screenshot(path=str(DOCS / f"{name}.png"))
    context.close()


def _first(page: Page) -> None:
    page.wait_for_selector("body[data-stale=false][data-draws='1']", timeout=_SLOW)


def _answer(page: Page) -> None:
    page.wait_for_selector(_DONE, timeout=_SLOW)


def _at_work(page: Page) -> None:
    page.wait_for_selector(_DONE, timeout=_SLOW)
    page.eval_on_selector("#week", "at => { at.value = 40; at.dispatchEvent(new Event('input')); }")
    page.eval_on_selector("#picture-title", "at => at.scrollIntoView()")
    page.mouse.wheel(0, -90)


def _path(page: Page) -> None:
    page.wait_for_selector(_DONE, timeout=_SLOW)
    page.click("[data-who=left_a]")
    page.wait_for_selector(".path", timeout=_SLOW)
    page.eval_on_selector("#story-title", "at => at.scrollIntoView()")
    page.mouse.wheel(0, -90)


def _wrong(page: Page) -> None:
    page.wait_for_selector(_DONE, timeout=_SLOW)
    box = page.get_by_label("Authority of who coordinates, B", exact=True)
    box.fill("7")
    box.press("Tab")
    page.wait_for_selector(".wrong:not([hidden])")
    box.scroll_into_view_if_needed()


if __name__ == "__main__":
    sys.exit(main())
