"""Labels in any script are drawn with fonts that have them, or spelled out: never as boxes."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import synthetic_measures as synthetic
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

from analysis.comparison.pairing import compare_measures
from analysis.figures import lettering, style
from analysis.figures.gallery import figure_of, spelled_out, write_figures
from analysis.figures.lettering import FONT, REMARK, drawable, families_for
from analysis.figures.measuring import text_width

ODD = {"org0": "営業チーム", "org1": "🚀 team", "org2": "Вместе"}


@pytest.fixture(autouse=True)
def only_own_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only the fonts that come with matplotlib, whatever the machine has."""
    own = [entry for entry in fontManager.ttflist if "mpl-data" in Path(entry.fname).parts]
    monkeypatch.setattr(fontManager, "ttflist", own)
    for known in (lettering._signs_in, lettering._others):
        known.cache_clear()
    yield
    for known in (lettering._signs_in, lettering._others):
        known.cache_clear()


@pytest.mark.parametrize(
    ("label", "drawn"),
    [
        ("Journey owners, ±2 °C – “façade”", "Journey owners, ±2 °C – “façade”"),
        ("Вместе", "Вместе"),
        ("カスタマー", "kasutama-"),
        ("営業チーム", "[U+55B6 U+696D] ti-mu"),
        ("🚀team 👩‍👧", "[rocket] team [woman girl]"),
        ("한국", "hangug"),
        ("ﾊﾛｰ", "haro-"),
        ("🇩🇪 ①", "DE ①"),
        ("ก้าว", "[U+0E01 U+0E32 U+0E27]"),
    ],
)
def test_what_no_font_has_is_spelled_out(label: str, drawn: str) -> None:
    assert drawable(label) == drawn
    assert spelled_out([label]) == ("" if label == drawn else REMARK)


def test_a_font_that_is_there_is_used() -> None:
    """STIX comes with matplotlib and has some signs that DejaVu lacks."""
    entry = next(e for e in fontManager.ttflist if e.name == "STIXGeneral" and e.weight == 400)
    sign = chr(min(set(FT2Font(entry.fname).get_charmap()) - lettering._signs_in(FONT)))
    assert drawable(f"team {sign}") == f"team {sign}"
    assert len(families_for([sign])) == 2
    assert families_for(["team"]) == (FONT,)


def test_figures_of_odd_labels_are_drawn_without_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    measures = synthetic.measures(list(ODD), 3)
    comparison = compare_measures(measures, "org0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_figures(tmp_path, measures, comparison, ODD, "Study, seed 1.")
        picture = figure_of("standing", measures, comparison, ODD, "Study, seed 1.")
    assert not caplog.records
    words = " ".join(text.get_text() for text in picture.figure.texts)
    assert "[U+55B6 U+696D] ti-mu" in words
    assert " ".join(words.split()).count("spelled out") == 1
    with style.settings():
        assert text_width("Вместе", 9) > 0


def test_plain_labels_are_left_alone(tmp_path: Path) -> None:
    measures = synthetic.measures(["org0", "org1"], 3)
    comparison = compare_measures(measures, "org0")
    picture = figure_of("standing", measures, comparison, {"org0": "A", "org1": "B"}, "Seed 1.")
    assert "spelled" not in " ".join(text.get_text() for text in picture.figure.texts)
