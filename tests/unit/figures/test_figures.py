"""Titles claim no more than the intervals allow; files hold exactly what is drawn."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import synthetic_measures as synthetic

from analysis.comparison.breakdowns import kpi_gap, lost_by_site
from analysis.comparison.leading import leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import finding, headline_measures
from analysis.figures import style
from analysis.figures.colour import PALETTE, colours, readable
from analysis.figures.gallery import write_figures

NAMES = [f"org{k}" for k in range(8)]
LABELS = {name: f"Model {name[-1]}" for name in NAMES} | {"org2": "A very long label " * 6}
DRAWN = ["standing", "drop_offs", "outcomes", "own_kpis"]
FOOTNOTE = "Study board, 12 replicates, seed 1, hash 0a1b2c3d."


def draw(folder: Path, measures: pd.DataFrame) -> list[Path]:
    return write_figures(folder, measures, compare_measures(measures, "org0"), LABELS, FOOTNOTE)


def drawn_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, measures: pd.DataFrame) -> list:
    """Return every figure drawn, instead of saving it."""
    figures = []

    def keep(drawn: style.Sheet, *_: object) -> list[Path]:
        figures.append(drawn.figure)
        return []

    monkeypatch.setattr(style, "save", keep)
    draw(tmp_path, measures)
    return figures


def standing_of(changes: dict[str, list[float]]) -> pd.DataFrame:
    """Return measures of standing with given paired changes to 0.6."""
    rows = [("org0", k, 0, "standing", "overall", "", 0.6 + 0.01 * k) for k in range(4)]
    for org, shifts in changes.items():
        rows += [
            (org, k, 0, "standing", "overall", "", 0.6 + 0.01 * k + shift)
            for k, shift in enumerate(shifts)
        ]
    return pd.DataFrame(rows, columns=synthetic.COLUMNS)


def said_of(measures: pd.DataFrame, name: str = "standing") -> str:
    """Return the finding on a measure."""
    return finding(compare_measures(measures, "org0"), leading(measures, name), LABELS)


@pytest.mark.parametrize("n_orgs", [1, 8])
def test_every_figure_is_written_as_png_svg_and_csv(tmp_path: Path, n_orgs: int) -> None:
    paths = draw(tmp_path, synthetic.measures(NAMES[:n_orgs], 4))
    expected = [f"{name}.{kind}" for name in DRAWN for kind in ("png", "svg", "csv")]
    assert [path.name for path in paths] == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(expected)
    assert (tmp_path / "standing.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("n_orgs", "n_replicates"), [(1, 4), (4, 4), (8, 4), (4, 1)])
def test_no_text_runs_off_the_figure_or_into_another(
    monkeypatch, tmp_path, n_orgs, n_replicates
) -> None:
    figures = drawn_text(monkeypatch, tmp_path, synthetic.measures(NAMES[:n_orgs], n_replicates))
    assert len(figures) == len(DRAWN)
    for figure in figures:
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
        width, height = figure.canvas.get_width_height()
        boxes = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in [*figure.texts, *(t for axes in figure.axes for t in axes.texts)]
            if text.get_text().strip()
        ]
        for words, box in boxes:
            assert box.x0 >= 0 and box.x1 <= width, words
            assert box.y0 >= 0 and box.y1 <= height, words
        for (words, one), (others, two) in combinations(boxes, 2):
            across = min(one.x1, two.x1) - max(one.x0, two.x0)
            along = min(one.y1, two.y1) - max(one.y0, two.y0)
            # Line boxes of neighbouring lines may touch; letters may not.
            assert across <= 1 or along <= 5, (words, others)


def test_figures_survive_one_replicate_failures_nobody_lost_and_negative_value(tmp_path) -> None:
    draw(tmp_path / "one", synthetic.measures(NAMES[:3], 1))
    measures = synthetic.measures(NAMES[:3], 4, effect=-1.0)
    measures = measures[measures["measure"] != "n_drop_offs"].copy()
    measures.loc[measures["measure"] == "net_value", "value"] -= 900
    measures.loc[measures["org_model"] == "org1", "value"] = math.nan
    assert len(draw(tmp_path / "odd", measures)) == 12
    everything_failed = measures.assign(value=math.nan)
    draw(tmp_path / "failed", everything_failed)


def test_svg_and_png_are_the_same_bytes_every_time(tmp_path: Path) -> None:
    measures = synthetic.measures(NAMES[:2], 3)
    first, second = draw(tmp_path / "a", measures), draw(tmp_path / "b", measures)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    svg = (tmp_path / "a" / "standing.svg").read_text(encoding="utf-8")
    assert "dc:date" not in svg


def test_csv_holds_what_is_drawn(tmp_path: Path) -> None:
    measures = synthetic.measures(NAMES[:3], 5)
    draw(tmp_path, measures)
    comparison = compare_measures(measures, "org0")
    shown = pd.read_csv(tmp_path / "standing.csv")
    expected = comparison[(comparison["measure"] == "standing")]
    assert list(shown["mean"]) == pytest.approx(list(expected["mean"]), rel=1e-12)
    lost = pd.read_csv(tmp_path / "drop_offs.csv", keep_default_na=False)
    whole = lost[lost["cause"] == ""].set_index(["site", "org_model"])["mean"].astype(float)
    parts = lost[lost["cause"] != ""].groupby(["site", "org_model"])["mean"].sum()
    assert len(whole) == 10 * 3
    pd.testing.assert_series_equal(whole.sort_index(), parts.sort_index(), check_names=False)
    assert "gap_low" in pd.read_csv(tmp_path / "own_kpis.csv").columns


def test_title_and_notes_of_every_figure(monkeypatch, tmp_path) -> None:
    figures = drawn_text(monkeypatch, tmp_path, synthetic.measures(NAMES[:2], 12))
    words = [" ".join(text.get_text() for text in figure.texts) for figure in figures]
    titles = ["Model 1 leads on standing", "Model 0 drops most needs at sales"]
    titles += [
        "Model 1 leads on net value",
        "Own KPIs look better than the jour",
    ]
    for title, text in zip(titles, words, strict=True):
        assert text.startswith(title)
        assert "95 % interval" in text and "Student t" in text
        assert FOOTNOTE in text
    figures = drawn_text(monkeypatch, tmp_path, synthetic.measures(NAMES[:2], 1))
    for figure in figures:
        text = " ".join(text.get_text() for text in figure.texts)
        assert "One replicate, so there is no interval" in text


def test_own_kpis_claim_a_gap_only_where_it_is_clear(monkeypatch, tmp_path) -> None:
    measures = synthetic.measures(NAMES[:2], 6)
    own = measures[measures["measure"] == "own_kpi_attainment"]
    own = own[own["scope"] == "overall"]
    wobble = own["replicate"].map(lambda replicate: 0.01 * (-1) ** replicate)
    level = own.assign(measure="journey_kpi", value=own["value"] + wobble)
    rest = measures[measures["measure"] != "journey_kpi"]
    title = drawn_text(monkeypatch, tmp_path, pd.concat([rest, level]))[-1].texts[0].get_text()
    assert title.startswith("Own KPIs and journey do not differ clearly")
    better = level.assign(value=own["value"] + 0.05 + wobble)
    title = drawn_text(monkeypatch, tmp_path, pd.concat([rest, better]))[-1].texts[0].get_text()
    assert title.startswith("No org model's own KPIs look better than its journey")


def test_outcome_dots_are_hollow_unless_the_interval_leaves_out_zero(monkeypatch, tmp_path) -> None:
    seen = set()
    for effect in (0.0, 3.0):
        measures = synthetic.measures(NAMES[:2], 12, effect, seed=8)
        figure = drawn_text(monkeypatch, tmp_path, measures)[2]
        table = compare_measures(measures, "org0").set_index(["measure", "scope", "org_model"])
        for name, axes in zip(headline_measures(), figure.axes, strict=True):
            low, high = table.loc[(name, "overall", "org1"), ["low", "high"]]
            (dot,) = [line for line in axes.lines if line.get_marker() == "o"]
            hollow = low <= 0 <= high
            assert dot.get_markerfacecolor() == ("white" if hollow else PALETTE[1]), name
            seen.add(hollow)
    assert seen == {True, False}


def test_nobody_is_crowned_for_luck() -> None:
    sure = said_of(standing_of({"org1": [0.02, 0.021, 0.019, 0.02]}))
    assert sure.startswith(
        "Model 1 leads on standing at one parameter set: 0.635, 0.020 above Model 0"
    )
    rivals = {"org1": [0.03, 0.01, 0.03, 0.012], "org3": [0.01, 0.031, 0.012, 0.03]}
    close = said_of(standing_of(rivals))
    assert close.startswith("No clear winner between Model 3 and Model 1 on standing: Model 3 is")
    assert "; Model 3 is 0.021 above Model 0" in close and "leads" not in close


def test_finding_admits_no_clear_difference() -> None:
    text = said_of(standing_of({"org1": [0.02, -0.02, 0.01, -0.012]}))
    assert text.startswith("No clear winner between Model 0 and Model 1 on standing: Model 0 is")
    same = said_of(standing_of({"org1": [0.0] * 4}))
    assert same == "Standing is the same under every org model: 0.615"
    many = said_of(standing_of({f"org{k}": [0.001 * k, -0.001 * k] * 2 for k in range(1, 6)}))
    assert many.startswith("No clear winner between Model 0, Model 1 and 4 others on standing")


def test_finding_has_the_right_direction() -> None:
    worse = said_of(standing_of({"org1": [-0.02, -0.021, -0.019, -0.02]}))
    assert worse.startswith(
        "Model 0 leads on standing at one parameter set: 0.615, 0.020 above Model 1"
    )
    lower = said_of(synthetic.measures(NAMES[:2], 6), "drop_off_rate")
    assert lower.startswith("Model 1 leads on drop-off") and "points below Model 0" in lower
    with pytest.raises(ValueError, match="no better direction"):
        leading(synthetic.measures(NAMES[:2], 2), "n_needs")


def test_finding_of_one_replicate_and_of_no_run() -> None:
    assert "no interval yet, so no ranking" in said_of(synthetic.measures(NAMES[:2], 1))
    failed = synthetic.measures(NAMES[:2], 2).assign(value=math.nan)
    assert "no run finished" in said_of(failed)


def test_where_customers_are_lost_is_per_thousand_needs_of_the_same_run() -> None:
    rows = []
    for replicate, needs, lost in ((0, 1000.0, 10.0), (1, 4000.0, 80.0)):
        rows += [
            ("a", replicate, 0, "n_needs", "overall", "", needs),
            ("a", replicate, 0, "n_drop_offs", "seam", "f>g", lost),
            ("a", replicate, 0, "n_drop_offs", "site_cause", "f>g:lost_between", lost),
            ("b", replicate, 0, "n_needs", "overall", "", needs),
        ]
    table = lost_by_site(pd.DataFrame(rows, columns=synthetic.COLUMNS), "a")
    whole = table[table["cause"] == ""].set_index("org_model")
    assert whole["mean"].to_dict() == {"a": 15.0, "b": 0.0}  # 10 and 20 per thousand
    assert whole["difference"]["b"] == -15.0
    assert whole["site"]["a"] == "f>g"
    assert set(table["cause"]) == {"", "lost_between"}


def test_kpi_gap_is_taken_run_by_run() -> None:
    rows = []
    for replicate, own, journey in ((0, 0.9, 0.5), (1, 0.8, 0.5)):
        rows.append(("a", replicate, 0, "own_kpi_attainment", "overall", "", own))
        rows.append(("a", replicate, 0, "journey_kpi", "overall", "", journey))
    gap = kpi_gap(pd.DataFrame(rows, columns=synthetic.COLUMNS)).iloc[0]
    assert gap["gap"] == pytest.approx(0.35)
    assert gap["high"] - gap["gap"] == pytest.approx(12.706204736 * 0.05)


def test_colours_follow_the_order_of_the_study_and_text_is_readable() -> None:
    assert len(set(colours(NAMES).values())) == 8
    assert colours(NAMES[:2])["org1"] == colours(NAMES)["org1"]
    # Bundled ones have theirs whoever stands beside them.
    assert colours(["siloed", "mine", "peer"])["peer"] == colours(["peer"])["peer"]
    assert colours(["mine", "siloed"])["mine"] != colours(["siloed"])["siloed"]
    assert readable("#ffffff") != "#ffffff"
    assert readable("#000000") == "#000000"


def test_no_global_plotting_state() -> None:
    program = "import sys, analysis.figures.gallery; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603


def test_text_in_svg_stays_text(tmp_path: Path) -> None:
    draw(tmp_path, synthetic.measures(NAMES[:2], 3))
    for name in DRAWN:
        drawn = ElementTree.parse(tmp_path / f"{name}.svg").getroot()  # noqa: S314 - our own file
        written = drawn.findall(".//{http://www.w3.org/2000/svg}text")
        assert any("Model 1" in "".join(text.itertext()) for text in written), name
        assert all("sans-serif" in text.get("style", "") for text in written)
