"""Random clicks on the what-if page for some minutes: no error, and memory that does not grow.

``python -m benchmarks.random_clicks --minutes 10`` turns levers, changes firms and org models,
undoes, plays weeks, follows customers and types nonsense, on a small study, in two windows at once.
It fails if the console says anything, if the program does, or if its memory, after the first third,
grows by more than a fifth.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess  # our own program is started  # nosec B404
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from benchmarks.page_served import PROGRAM, Served, served
from benchmarks.small_study import SMALL

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
_GROWTH = 1.2
_SECONDS_A_READING = 10.0
_NONSENSE = ("", "7", "-1", "much", "1e400", "0,3", "[1, 2]", "<b>x</b>")


def main() -> int:
    """Click; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)  # noqa: S311 - which button comes next  # nosec B311
    with tempfile.TemporaryDirectory() as desk:
        line = [*PROGRAM, "new", "shop"]
        subprocess.run(line, cwd=desk, check=True, capture_output=True)  # noqa: S603  # nosec B603
        with served(["shop.yaml", *SMALL, "--quiet"], Path(desk)) as page:
            clicks, said, sizes = clicked(page, options.minutes, dice)
            alive = page.goes_on()
            code, words = page.close()
    third = max(1, len(sizes) // 3)
    before, after = max(sizes[:third]), max(sizes[-third:])
    print(f"{clicks} clicks in {options.minutes:g} minutes; the console said {len(said)} things")
    print(f"memory of the program: {before:.0f} MB in the first third, {after:.0f} MB in the last")
    for each in said[:10]:
        print(f"  {each}")
    if code or words.strip():
        print(words)
    return int(bool(said) or not alive or bool(code) or after > _GROWTH * before)


def clicked(
    page: Served, minutes: float, dice: random.Random
) -> tuple[int, list[str], list[float]]:
    """Return how many clicks there were, what the console said, and megabytes over time."""
    said: list[str] = []
    sizes: list[float] = []
    clicks = 0
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        windows = [browser.new_context(accept_downloads=True).new_page() for _ in range(2)]
        for window in windows:
            window.on("console", lambda each: said.append(each.text))
            window.on("pageerror", lambda each: said.append(str(each)))
            window.goto(page.link)
            window.wait_for_selector("body[data-draws]", timeout=120_000)
        end, read = time.monotonic() + 60 * minutes, 0.0
        while time.monotonic() < end:
            _one(dice.choice(windows), dice)
            clicks += 1
            if time.monotonic() - read > _SECONDS_A_READING:
                read = time.monotonic()
                sizes.append(_megabytes(page.process.pid))
        browser.close()
    return clicks, said, sizes


def _one(window: Page, dice: random.Random) -> None:
    """Do one thing, if it can be done just now."""
    try:
        kind = dice.random()
        if kind < 0.35:
            sliders = window.locator('input[type="range"]:visible')
            sliders.nth(dice.randrange(sliders.count())).press(dice.choice(["ArrowLeft", "End"]))
        elif kind < 0.5:
            boxes = window.locator('.lever input[type="text"]:visible')
            box = boxes.nth(dice.randrange(boxes.count()))
            box.fill(dice.choice([*_NONSENSE, "0.5", "2"]), timeout=1000)
            box.press("Tab")
        elif kind < 0.65:
            selects = window.locator("select:visible")
            select = selects.nth(dice.randrange(selects.count()))
            options = select.locator("option:not([hidden])").count()
            select.select_option(index=dice.randrange(options), timeout=1000)
        else:
            buttons = window.locator("button:visible:enabled:not(#pack, #load, #choose), summary")
            buttons.nth(dice.randrange(buttons.count())).click(timeout=1000)
    except (Error, ValueError):
        pass  # it went away meanwhile, or there is none: a person would try another as well
    window.wait_for_timeout(dice.choice([20, 120, 600]))


def _megabytes(process: int) -> float:
    """Return the memory that a process holds, as Linux tells it."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
