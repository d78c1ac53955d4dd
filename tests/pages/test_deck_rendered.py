"""The slides and the workbook as an office program draws them: nothing sticks out or overlaps."""
# ruff: noqa: S603 - LibreOffice is started on a file of our own

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from board_packs import compared_of, sources_of

from analysis.report.book import book_of
from analysis.report.deck import deck_of
from analysis.report.pack import pack_of

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
TOUCHING = 0.2
"""Share of a piece of text that may lie under another: boxes of lines are taller than letters."""

Box = tuple[float, float, float, float]


@pytest.fixture(scope="module", params=[2, 6, 12])
def drawn(request, tmp_path_factory) -> Path:
    """Return a folder with `board.pdf` and `results.pdf` of so many org models."""
    folder = tmp_path_factory.mktemp("drawn")
    pack = pack_of(sources_of(compared_of(folder / "r", request.param, draws=True)), folder)
    (folder / "board.pptx").write_bytes(deck_of(pack))
    (folder / "results.xlsx").write_bytes(book_of(pack))
    files = [str(folder / name) for name in ("board.pptx", "results.xlsx")]
    # A profile of its own: two tests at once would share one, and the second would not start.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [str(OFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*words, *files], check=True, capture_output=True, timeout=300)
    return folder


def _texts(page: pdfium.PdfPage) -> list[tuple[str, Box]]:
    """Return pieces of text with left, bottom, right, top in points."""
    text = page.get_textpage()
    boxes = [text.get_rect(place) for place in range(text.count_rects())]
    found = [(text.get_text_bounded(*box).strip(), box) for box in boxes]
    return [(piece, box) for piece, box in found if piece]


def _covered(one: Box, other: Box) -> float:
    """Return the share of the smaller box that lies under the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / min(areas)


def test_no_text_of_a_slide_sticks_out_or_lies_over_another(drawn) -> None:
    slides = pdfium.PdfDocument(drawn / "board.pdf")
    assert len(slides) >= 6
    for number, page in enumerate(slides, start=1):
        wide, high = page.get_size()
        texts = _texts(page)
        out = [t for t, box in texts if min(box) < 0 or box[2] > wide or box[3] > high]
        assert not out, f"slide {number}: {out} stick out"
        over = [
            (a, b)
            for (a, one), (b, other) in itertools.combinations(texts, 2)
            if _covered(one, other) > TOUCHING
        ]
        assert not over, f"slide {number}: {over}"


def test_no_column_of_the_workbook_is_too_narrow_for_its_numbers(drawn) -> None:
    pages = pdfium.PdfDocument(drawn / "results.pdf")
    narrow = [text for page in pages for text, _ in _texts(page) if "###" in text]
    assert not narrow
