"""The pictures of the README: the outcomes of the bundled study, and the first page of its pack.

``python -m benchmarks.pictures`` compares, writes the pack, and takes the page in a browser.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess  # our own program is started  # nosec B404
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
WIDTH, HIGH = 1100, 900
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def main() -> int:
    """Make both pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=".cache/pictures", help="parent of the result folder")
    out = Path(parser.parse_args().out)
    for words in (["compare", "--fresh"], ["report", "latest"]):
        line = [sys.executable, str(ROOT / "run.py"), *words, "--out", str(out), "--quiet"]
        subprocess.run(line, check=True, cwd=ROOT)  # noqa: S603  # nosec B603
    folder = ROOT / out / (ROOT / out / "latest.txt").read_text(encoding="utf-8").strip()
    shutil.copy(folder / "figures" / "outcomes.png", DOCS / "board-outcomes.png")
    take_page(folder / "report.html", DOCS / "board-report.png")
    return 0


def take_page(page_file: Path, picture: Path) -> None:
    """Take the first screen of a page as a picture."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": WIDTH, "height": HIGH})
        page.goto(page_file.resolve().as_uri())
        page.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
