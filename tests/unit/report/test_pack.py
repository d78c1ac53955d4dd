"""The board pack: what it says follows from the numbers, and its charts hold them."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from board_packs import NAMES, compared_of, sources_of
from openpyxl.utils.cell import range_boundaries
from pptx import Presentation
from told_answers import LEVERS_TOLD, SIZES_TOLD, WORLDS_TOLD

from analysis.figures.colour import colours
from analysis.load import Result
from analysis.report.answer_pages import NOT_TOLD_APART
from analysis.report.book import book_of
from analysis.report.content import Pack
from analysis.report.deck import deck_of
from analysis.report.pack import pack_of, page_of
from analysis.report.page_html import html_page
from analysis.report.sources import Compared
from sim.study.errors import StudyError


@pytest.fixture(scope="module", params=[2, 6, 12])
def pack(request, tmp_path_factory) -> Pack:
    folder = tmp_path_factory.mktemp("pack")
    return pack_of(sources_of(compared_of(folder / "r", request.param, draws=True)), folder)


@pytest.fixture(scope="module")
def alike(tmp_path_factory) -> Pack:
    folder = tmp_path_factory.mktemp("alike")
    return pack_of(sources_of(compared_of(folder / "r", 3, alike=True)), folder)


def charts_of(deck: bytes):
    return [
        shape.chart
        for slide in Presentation(io.BytesIO(deck)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]


def test_slides_hold_the_numbers_of_the_comparison(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 4)
    deck = deck_of(pack_of(sources_of(compared), tmp_path))
    chart = charts_of(deck)[0]
    rows = compared.rows("net_value").iloc[1:]
    assert list(chart.plots[0].categories) == list(rows["org_model"].map(compared.labels))
    assert list(chart.plots[0].series[0].values) == pytest.approx(list(rows["difference"]))
    ends = chart.plots[0].series[0]._element.xpath("c:errBars/c:plus/c:numLit/c:pt/c:v")
    assert [float(end.text) for end in ends] == pytest.approx(
        list(rows["high"] - rows["difference"])
    )


def test_slides_have_notes_a_footnote_and_words_for_charts(pack) -> None:
    opened = Presentation(io.BytesIO(deck_of(pack)))
    assert opened.slide_width / opened.slide_height == pytest.approx(16 / 9, abs=0.01)
    for slide in opened.slides:
        assert "Intervals are 95 %" in slide.notes_slide.notes_text_frame.text
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert pack.footnote in texts
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            inside = shape.left >= 0 and shape.left + shape.width <= opened.slide_width
            assert inside and shape.top + shape.height <= opened.slide_height


def test_the_charts_of_the_workbook_refer_to_its_cells(pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(book_of(pack)))
    seen = 0
    for sheet in book.worksheets:
        for chart in sheet._charts:
            for series in chart.series:
                name, cells = series.val.numRef.f.rsplit("!", 1)
                left, top, right, bottom = range_boundaries(cells.replace("$", ""))
                rows = book[name.strip("'")].iter_rows(top, bottom, left, right, values_only=True)
                assert all(isinstance(value, int | float) for row in rows for value in row)
                seen += 1
    assert seen >= 3


def test_no_text_of_the_workbook_is_a_formula(tmp_path) -> None:
    pack = pack_of(sources_of(compared_of(tmp_path / "r", 7)), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(book_of(pack)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert NAMES[5] in {cell.value for cell in cells}


def test_equal_packs_are_equal_workbooks(alike) -> None:
    assert book_of(alike) == book_of(alike)


def test_the_page_is_complete_in_itself(pack) -> None:
    page = html_page(pack)
    assert page.count("<h2") == len(pack.pages) + 1
    assert "<script" not in page and "://" not in re.sub(r"base64,[^\"]*", "", page)
    images = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="([^"]+)"', page)
    assert len(images) == page.count("<img")
    for content, words in images:
        assert b"<svg" in base64.b64decode(content) and "Org models:" in words
    assert page.count("<table>") == page.count("<caption") == page.count("</table>")


def test_commands_are_set_apart_by_their_letters_and_by_no_marks(alike) -> None:
    said = [line for page in alike.pages for line in (page.title, *page.lines, *page.caveats)]
    assert any("`worlds`" in line for line in said)
    page, deck = html_page(alike), Presentation(io.BytesIO(deck_of(alike)))
    assert "<code>worlds</code>" in page and "`" not in page
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    shown = [part for shape in shapes for line in shape.text_frame.paragraphs for part in line.runs]
    assert {part.font.name for part in shown if part.text == "worlds"} == {"Courier New"}
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert not any("`" in text for text in [*notes, *(part.text for part in shown)])
    with zipfile.ZipFile(io.BytesIO(book_of(alike))) as book:
        assert b"`" not in book.read("xl/sharedStrings.xml")


def test_what_many_worlds_have_said_stands_on_the_first_page(tmp_path, monkeypatch) -> None:
    compared = compared_of(tmp_path / "r", 3)
    asked = pack_of(sources_of(compared), tmp_path).pages[0].lines
    assert asked[-1].endswith("it alone names a winner, and says what would undo it.")
    said = "What `worlds` has found over 184 worlds: who wins depends on whom one asks."
    monkeypatch.setattr("analysis.report.pack.what_worlds_said", lambda study, out: said)
    told = pack_of(sources_of(compared), tmp_path).pages[0].lines
    assert told[1] == said
    assert (told[0], *told[2:-1]) == asked[:-1]
    assert told[-1].endswith("what it has found is said above.")


def test_no_axis_cuts_an_interval_off(pack) -> None:
    """Office programs choose an axis by values alone, so slides and workbook say where it ends."""
    charts = [chart for page in pack.pages for chart in page.charts if chart.series[0].low]
    assert charts
    for chart in charts:
        low, high = chart.axis
        ends = [end for each in chart.series for end in (*each.low, *each.high, *each.values, 0.0)]
        assert low <= min(ends) and max(ends) <= high
    deck = Presentation(io.BytesIO(deck_of(pack)))
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    there = [(each.value_axis.minimum_scale, each.value_axis.maximum_scale) for each in drawn]
    book = openpyxl.load_workbook(io.BytesIO(book_of(pack)))
    scales = [each.y_axis.scaling for sheet in book.worksheets for each in sheet._charts]
    for chart in charts:
        assert chart.axis in there
        assert chart.axis in [(scale.min, scale.max) for scale in scales]


def test_names_are_text_and_nothing_else(tmp_path) -> None:
    pack = pack_of(sources_of(compared_of(tmp_path / "r", 8)), tmp_path)
    page = html_page(pack)
    assert "<b>Bold</b>" not in page and "&lt;b&gt;Bold&lt;/b&gt;" in page


def test_org_models_that_are_equal_are_called_so_in_every_title(alike) -> None:
    titles = [page.title for page in alike.pages[:2]]
    assert all(title.startswith(NOT_TOLD_APART) for title in titles)
    assert titles[0] == f"{NOT_TOLD_APART} between the 3 org models on net value"
    said = " ".join(alike.pages[0].lines)
    assert "no difference we can distinguish" in said
    assert "wins" not in said and "leads" not in said


def test_a_difference_that_is_clear_is_told_with_its_interval(tmp_path) -> None:
    pack = pack_of(sources_of(compared_of(tmp_path / "r", 3, effect=3.0)), tmp_path)
    assert "leads on net value at one parameter set" in pack.pages[0].title
    assert "95 % interval" in pack.pages[0].lines[0]
    assert "One parameter set" in pack.pages[0].caveats[0]


def test_worlds_that_were_compared_are_told_in_title_and_caveat(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 3, effect=3.0)
    made = {"hash": "0a1b2c3d", "worlds_from": "one kind of firm"}
    measures = compared.result.measures.assign(replicate=0)
    measures["world"] = compared.result.measures["replicate"] + 1
    result = Result(tmp_path / "r", measures, made)
    pack = pack_of(sources_of(Compared(result, compared.study)), tmp_path)
    assert pack.pages[0].title.endswith("(one kind of firm)")
    assert "12 worlds, one kind of firm: too few to name a winner." in pack.pages[0].caveats
    assert not any("parameter set" in each for each in pack.pages[0].caveats)


def test_pages_without_a_result_are_listed_with_the_command_that_makes_it(alike) -> None:
    commands = [each.command for each in alike.missing]
    assert [command.split()[0] for command in commands].count("worlds") == 1
    assert any(command.startswith("levers") for command in commands)
    assert page_of(alike, "drivers") is None


def test_findings_of_worlds_and_levers_carry_their_conditions(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 2)
    pack = pack_of(sources_of(compared, worlds=WORLDS_TOLD, levers=LEVERS_TOLD), tmp_path)
    first = pack.pages[0]
    assert first.title == WORLDS_TOLD["answer"]
    assert "Worlds: one kind of firm." in first.caveats
    assert any("observation" in each for each in first.caveats)
    drivers = page_of(pack, "drivers")
    assert drivers is not None and drivers.title == LEVERS_TOLD["answer"]
    assert drivers.charts[0].categories == ("roles", "shared record")
    assert "It flips where errors are rare." in drivers.lines
    flips = page_of(pack, "flips")
    assert flips is not None and flips.title == "Central team is best in 7 of 9 boxes"
    assert not any(each.command.startswith(("worlds", "levers")) for each in pack.missing)


def test_the_chart_under_a_title_is_of_the_runs_that_the_title_speaks_of(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 3)
    first = pack_of(sources_of(compared, worlds=WORLDS_TOLD), tmp_path).pages[0]
    (chart,) = first.charts
    assert chart.about == "Net value less that of Silos, over 40 worlds"
    assert chart.series[0].values == (5.0,)
    assert first.lines[0].startswith("In the 12 replicates of the comparison: ")
    (alone,) = pack_of(sources_of(compared), tmp_path).pages[0].charts
    assert alone.about.endswith("over 12 replicates") and len(alone.series[0].values) == 2


def test_the_next_step_follows_from_who_wins(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 2)

    def step(winner: str, beside: dict[str, Compared]) -> str:
        sources = sources_of(compared, worlds={**WORLDS_TOLD, "winner": winner})
        lines = pack_of(replace(sources, beside=beside), tmp_path).pages[0].lines
        return next(line for line in lines if line.startswith("Next step: "))

    assert "none of the structures asked about" in step("org0", {})
    assert "`report` lists the command" in step("org1", {})
    assert "a later page" in step("org1", {"change": compared})


def test_sizes_are_lines_by_org_model(tmp_path) -> None:
    sources = sources_of(compared_of(tmp_path / "r", 3), sizes=SIZES_TOLD)
    page = page_of(pack_of(sources, tmp_path), "flips")
    assert page is not None
    (chart,) = page.charts
    assert chart.categories == ("30", "1,000")
    (line,) = chart.series
    assert line.values == (5.0, -2.0) and line.colours == (sources.palette["org1"],)


def test_an_org_model_has_its_colour_beside_others_too(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 3)
    models = compared.study.organisations
    two = compared.study.model_copy(update={"organisations": (models[0], models[2])})
    beside = {"cut": Compared(compared.result, two)}
    sources = replace(sources_of(compared), beside=beside)
    page = page_of(pack_of(sources, tmp_path), "cut")
    assert page is not None
    assert page.charts[0].series[0].colours == (colours(["org0", "org1", "org2"])["org2"],)


def test_causes_that_are_alike_in_grey_have_a_pattern(pack) -> None:
    page = page_of(pack, "lost")
    assert page is not None
    looks = [(each.colours, each.pattern) for each in page.charts[0].series]
    assert len(set(looks)) == len(looks) > 3
    chart = next(c for c in charts_of(deck_of(pack)) if len(c.plots[0].series) == len(looks))
    for series, drawn in zip(page.charts[0].series, chart.plots[0].series, strict=True):
        wanted = "pattFill" if series.pattern else "solidFill"
        assert drawn._element.xpath(f"c:spPr/a:{wanted}")


def test_a_template_lends_its_look(alike, tmp_path) -> None:
    narrow = Presentation()
    narrow.slides.add_slide(narrow.slide_layouts[0])
    narrow.save(str(tmp_path / "own.pptx"))
    opened = Presentation(io.BytesIO(deck_of(alike, tmp_path / "own.pptx")))
    assert opened.slide_width == narrow.slide_width
    assert len(opened.slides) == len(Presentation(io.BytesIO(deck_of(alike))).slides)
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left + shape.width <= opened.slide_width


def _repacked(file: Path, **parts: bytes | None) -> bytes:
    """Return a presentation in which parts hold something else, or are not there."""
    out = io.BytesIO()
    changed = {name.replace("__", "/").replace("_xml", ".xml"): it for name, it in parts.items()}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if changed.get(name, b"") == b"":
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            if content:
                new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: b"no presentation", "no presentation"),
        (lambda _: b"", "no presentation"),
        (lambda file: file.read_bytes()[:3000], "no presentation"),
        (lambda file: _repacked(file, ppt__presentation_xml=b"<a><b></a>"), "no presentation"),
        (lambda file: _repacked(file, ppt__presentation_xml=None), "no presentation"),
        (lambda file: _repacked(file, ppt__bomb_xml=bytes(1 << 28)), "unpacked, it is larger"),
        (lambda file: _repacked(file, **{"ppt__vbaProject.bin": b"\xd0\xcf"}), "holds macros"),
    ],
)
def test_a_template_that_is_none_is_refused(alike, tmp_path, spoil, said) -> None:
    Presentation().save(str(tmp_path / "own.pptx"))
    file = tmp_path / "none.pptx"
    file.write_bytes(spoil(tmp_path / "own.pptx"))
    with pytest.raises(StudyError, match=rf"none\.pptx.*{said}"):
        deck_of(alike, file)


def test_who_decides_where_needs_are_dropped(tmp_path) -> None:
    compared = compared_of(tmp_path / "r", 2)
    page = page_of(pack_of(sources_of(compared), tmp_path), "lost")
    assert page is not None
    grid = page.grids[0]
    table = pd.DataFrame(grid.rows, columns=grid.head).set_index("Where")
    assert table.loc["sales › service", "Silos"] == "sales and service, both must agree"
    assert table["per 1,000 needs"].is_monotonic_decreasing


@pytest.mark.parametrize(("number", "replicates"), [(1, 4), (3, 1)])
def test_one_org_model_or_one_replicate_makes_a_pack_without_a_ranking(
    number, replicates, tmp_path
) -> None:
    compared = compared_of(tmp_path / "r", number)
    few = compared.result.measures["replicate"] < replicates
    result = Result(tmp_path / "r", compared.result.measures[few], {"hash": "0a1b2c3d"})
    pack = pack_of(sources_of(Compared(result, compared.study)), tmp_path)
    said = html_page(pack)
    assert "nan" not in said.lower().replace("finance", "")
    assert "wins" not in pack.pages[0].title and "leads" not in pack.pages[0].title
    assert deck_of(pack) and book_of(pack)
