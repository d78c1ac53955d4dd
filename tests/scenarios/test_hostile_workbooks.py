"""Workbooks from anywhere: refused in words, or harmless, and never slow or large."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from firm_workbooks import cell, problems_of, starter_book, starter_bytes

from sim.reading.loader import load_study
from sim.reading.workbook_file import MAX_ELEMENTS, MAX_UNPACKED_BYTES, MAX_WORKBOOK_BYTES
from sim.study.errors import StudyError

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.fixture(scope="module")
def plain() -> bytes:
    """Return a workbook without mistakes, its values alone."""
    content = io.BytesIO()
    starter_book().save(content)
    return content.getvalue()


def repacked(
    content: bytes, change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]
) -> bytes:
    """Return a workbook with each part changed, and more parts."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
        for name, text in more:
            new.writestr(name, text)
    return packed.getvalue()


def as_it_is(name: str, text: bytes) -> bytes:
    """Return a part unchanged."""
    return text


def in_settings(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    """Return a change of the sheet `settings`."""
    return lambda name, text: text.replace(old, new, 1) if name.endswith("sheet2.xml") else text


def refusal(folder: Path, content: bytes, name: str = "shop.xlsx") -> str:
    """Return the one problem of a file that is refused as a whole, within a second or two."""
    (folder / name).write_bytes(content)
    begun = time.process_time()
    with pytest.raises(StudyError) as caught:
        load_study(folder / name)
    assert time.process_time() - begun < 5
    (problem,) = caught.value.problems
    assert (problem.file, problem.cell) == (str(folder / name), "")
    return f"{problem.message}. {problem.remedy}"


@pytest.mark.parametrize("size", [50 << 20, MAX_WORKBOOK_BYTES + 1])
def test_a_file_too_large_is_not_even_read(size, tmp_path) -> None:
    with (tmp_path / "shop.xlsx").open("wb") as stream:
        stream.truncate(size)
    begun = time.perf_counter()
    with pytest.raises(StudyError, match="larger than 16 MiB"):
        load_study(tmp_path / "shop.xlsx")
    assert time.perf_counter() - begun < 1


def test_what_is_no_workbook_is_refused(tmp_path) -> None:
    assert "not a workbook, or it is damaged" in refusal(tmp_path, b"")
    assert "not a workbook, or it is damaged" in refusal(tmp_path, b"study: shop\n")
    assert "protected with a password" in refusal(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9)
    with pytest.raises(StudyError, match="there is no such file"):
        load_study(tmp_path / "shup.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(StudyError, match="not a file"):
        load_study(tmp_path / "folder.xlsx")


@pytest.mark.parametrize("ending", [".xlsm", ".xls", ".xlsb", ".ods", ".XLTM"])
def test_other_kinds_of_workbook_are_refused_by_their_name(ending, plain, tmp_path) -> None:
    assert "Save it as .xlsx".lower() in refusal(tmp_path, plain, f"shop{ending}").lower()


@pytest.mark.parametrize(
    "part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "XL/VBAPROJECT"]
)
def test_macros_are_refused(part, plain, tmp_path) -> None:
    assert "holds macros" in refusal(tmp_path, repacked(plain, as_it_is, (part, b"x")))


def test_what_unfolds_without_bound_is_refused(plain, tmp_path) -> None:
    zeros = b"\0" * (MAX_UNPACKED_BYTES + 1)
    bomb = repacked(plain, as_it_is, ("xl/media/image1.bin", zeros))
    assert len(bomb) < MAX_WORKBOOK_BYTES >> 4
    assert "unpacked, the workbook is larger than 64 MiB" in refusal(tmp_path, bomb)
    parts = [(f"xl/part{number}.bin", b"") for number in range(1000)]
    assert "more than 1000 parts" in refusal(tmp_path, repacked(plain, as_it_is, *parts))


def test_a_part_that_says_it_is_small_is_read_no_further(plain, tmp_path) -> None:
    large = b"<x>" + b" " * (MAX_UNPACKED_BYTES + 1) + b"</x>"
    bomb = repacked(plain, as_it_is, ("xl/large.xml", large))
    lying = bomb.replace(struct.pack("<L", len(large)), struct.pack("<L", 100))
    assert lying != bomb
    assert "damaged" in refusal(tmp_path, lying)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet2.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("declared", [LAUGHS, "<!DOCTYPE x>"], ids=["entities", "type"])
def test_entities_are_refused_wherever_they_stand(
    part, encoding, declared, plain, tmp_path
) -> None:
    def change(name: str, text: bytes) -> bytes:
        if name != part:
            return text
        written = text.decode().partition("?>")[2] or text.decode()
        return f'<?xml version="1.0" encoding="{encoding}"?>{declared}{written}'.encode(encoding)

    assert "declares entities" in refusal(tmp_path, repacked(plain, change))


def test_an_entity_that_leads_to_a_file_is_refused(plain, tmp_path) -> None:
    (tmp_path / "secret").write_text("30000", encoding="utf-8")
    outside = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{tmp_path}/secret">]><worksheet'.encode()
    change = in_settings(b"<worksheet", outside)
    assert "declares entities" in refusal(tmp_path, repacked(plain, change))


def test_markup_is_bounded(plain, tmp_path) -> None:
    many = b"<row>" + b"<c/>" * MAX_ELEMENTS + b"</row></sheetData>"
    said = refusal(tmp_path, repacked(plain, in_settings(b"</sheetData>", many)))
    assert "far more cells than a study has" in said
    deep = b"<x>" * 5000 + b"</x>" * 5000 + b"</sheetData>"
    said = refusal(tmp_path, repacked(plain, in_settings(b"</sheetData>", deep)))
    assert "far more cells than a study has" in said


def test_what_a_sheet_says_of_its_size_is_not_believed(plain, tmp_path) -> None:
    lie = in_settings(b'<dimension ref="A1:F39"', b'<dimension ref="A1:XFD1048576"')
    (tmp_path / "shop.xlsx").write_bytes(repacked(plain, lie))
    begun = time.process_time()
    assert load_study(tmp_path / "shop.xlsx").study == "shop"
    assert time.process_time() - begun < 5


def test_what_stands_far_outside_is_refused(tmp_path) -> None:
    for place in ("ZZ3", "A90000"):
        book = starter_book()
        book["facts"][place] = 1
        content = io.BytesIO()
        book.save(content)
        said = refusal(tmp_path, content.getvalue())
        assert f"something stands in a cell {place}, far outside any table" in said


def test_links_to_other_files_and_all_that_is_not_values_are_never_opened(plain, tmp_path) -> None:
    rubbish = b"<externalLink xmlns:r='x'><externalBook r:id='rId1'/></externalLink>"
    link = ("xl/externalLinks/externalLink1.xml", rubbish)
    picture = ("xl/media/image1.png", b"no picture")
    (tmp_path / "shop.xlsx").write_bytes(repacked(plain, as_it_is, link, picture))
    (tmp_path / "plain.xlsx").write_bytes(plain)
    assert load_study(tmp_path / "shop.xlsx") == load_study(tmp_path / "plain.xlsx")
    book = starter_book()
    cell(book, "settings", "market.customers", "value").value = "=[1]Sheet1!A1"
    assert [p.message for p in problems_of(tmp_path, book)] == ["a formula stands here"]


def test_what_people_do_to_tables_is_harmless(plain, tmp_path) -> None:
    """Spaces, numbers as text, empty rows, titles above, sheets and columns of their own."""
    book = starter_book()
    cell(book, "touchpoints", "join offer", "owner").value = "  sales\u00a0"
    cell(book, "touchpoints", "join offer", "minutes").value = " 40 "
    cell(book, "touchpoints", "join offer", "latent_fault").value = "5e-2"
    cell(book, "touchpoints", "join set_up", "mandatory").value = True
    cell(book, "settings", "design.seed", "value").value = "1"
    cell(book, "segments", "households", "share").value = 0.8000
    for sheet in ("touchpoints", "facts", "org models"):
        book[sheet].insert_rows(6)
        book[sheet].insert_rows(1, 3)
    book["functions"].insert_cols(2)
    book["functions"].cell(3, 2, "(whom to ask)")
    book["functions"].cell(4, 2, "=NOW()")
    book.create_sheet("(our sums)")["A1"] = "=1+1"
    book["(lists)"].sheet_state = "hidden"
    book.create_sheet("Sheet1")
    (tmp_path / "plain.xlsx").write_bytes(plain)
    assert problems_of(tmp_path, book) == []
    assert load_study(tmp_path / "shop.xlsx") == load_study(tmp_path / "plain.xlsx")


def told(folder: Path, book: object) -> list[str]:
    """Return what is said of a workbook, without the file."""
    return [str(p).partition("shop.xlsx, ")[2] or str(p) for p in problems_of(folder, book)]


def test_merged_cells_are_refused_in_a_table_and_harmless_above_it(tmp_path) -> None:
    book = starter_book()
    book["touchpoints"].merge_cells("A1:C1")
    book["touchpoints"].merge_cells("A4:A6")
    said = told(tmp_path, book)
    assert said[0].startswith(
        "sheet touchpoints, cell A4: the cells A4:A6 are merged, so that only"
    )
    assert all("cell A1" not in line for line in said)


def test_a_hidden_sheet_is_refused(tmp_path) -> None:
    book = starter_book()
    book["parameters"].sheet_state = "veryHidden"
    (said,) = told(tmp_path, book)
    assert said.startswith("sheet parameters: the sheet is hidden, and what nobody sees")
    assert "call it `(parameters)`" in said


def test_a_sheet_that_is_none_of_those_there_are(tmp_path) -> None:
    book = starter_book()
    book["touchpoints"].title = "touchpoint"
    book.create_sheet("sums")["A1"] = 1
    said = told(tmp_path, book)
    assert len(said) == 2
    assert "a study has no sheet `touchpoint`. Did you mean `touchpoints`?" in said[0]
    assert "A sheet of your own is called `(sums)`" in said[1]


def test_a_sheet_that_is_not_there(tmp_path) -> None:
    for name in ("functions", "journeys", "touchpoints", "segments", "org models", "settings"):
        book = starter_book()
        del book[name]
        said = told(tmp_path, book)
        assert f"there is no sheet `{name}`. A workbook with all sheets is written by" in said[0]
        assert len(said) == 1, said
    book = starter_book()
    for name in ("facts", "needs", "parameters", "mechanisms", "patterns"):
        del book[name]
    assert all("is not a declared fact" in line for line in told(tmp_path, book))


def test_headings_that_are_not_there(tmp_path) -> None:
    book = starter_book()
    cell(book, "functions", "function", "function").value = "team"
    (said,) = told(tmp_path, book)
    assert said.startswith("sheet functions, cell A1: no cell of the first 20 rows says `function`")
    book = starter_book()
    cell(book, "touchpoints", "journey touchpoint", "touchpoint").value = "(step)"
    said = told(tmp_path, book)
    assert "sheet touchpoints, cell A3: there is no column `touchpoint`. Add it." in said
    book = starter_book()
    book["functions"].cell(4, 12, "call me")
    (said,) = told(tmp_path, book)
    assert said.startswith("sheet functions, cell L4: the column of this cell has no heading")


def test_a_workbook_changed_at_random_loads_or_is_refused(plain, tmp_path) -> None:
    draw = random.Random(5)  # noqa: S311 - to break things, not to keep a secret
    with zipfile.ZipFile(io.BytesIO(plain)) as packed:
        names = packed.namelist()
    outcomes = set()
    for _ in range(60):
        target = draw.choice(names)

        def change(name: str, text: bytes, target: str = target) -> bytes:
            if name != target:
                return text
            at, length = draw.randrange(len(text)), draw.randrange(1, 12)
            new = draw.choice((b"", b"9", b"&#0;", b'"', b"<v>", b"-1e999", text[at : at + 40]))
            return text[:at] + new + text[at + length :]

        (tmp_path / "shop.xlsx").write_bytes(repacked(plain, change))
        try:
            load_study(tmp_path / "shop.xlsx")
            outcomes.add("loaded")
        except StudyError as error:
            outcomes.add("refused")
            assert all(p.file.endswith("shop.xlsx") and p.message for p in error.problems)
    assert outcomes == {"loaded", "refused"}


def test_a_starter_is_far_below_every_bound() -> None:
    with zipfile.ZipFile(io.BytesIO(starter_bytes())) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    assert len(starter_bytes()) < MAX_WORKBOOK_BYTES / 100
    assert unpacked < MAX_UNPACKED_BYTES / 50
