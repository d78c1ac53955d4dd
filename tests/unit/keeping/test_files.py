"""Single files: whole or not at all, safe to open, the same bytes for the same table."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.keeping import files
from sim.running import memory
from sim.study.errors import MachineRefusal, ResultFolderError


def test_equal_tables_give_equal_bytes_however_they_are_held(tmp_path: Path) -> None:
    plain = pd.DataFrame({"name": ["b", "a", "b"], "value": [1.0, np.nan, 3.0]})
    held = plain.assign(name=pd.Categorical(plain["name"], categories=["a", "b", "c"]))
    held.index = pd.Index([7, 8, 9])
    first = files.write_parquet(tmp_path / "first.parquet", plain).read_bytes()
    assert files.write_parquet(tmp_path / "second.parquet", held).read_bytes() == first
    again = files.read_parquet(tmp_path / "second.parquet")
    pd.testing.assert_frame_equal(again, plain)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path, sign: str) -> None:
    text = f"{sign}HYPERLINK(1)"
    held = pd.DataFrame({text: [text, "fine", None], "value": [-1.5, 2.0, np.nan]})
    held["kind"] = pd.Categorical([text, "a=b", text])
    again = pd.read_csv(files.write_csv(tmp_path / "t.csv", held))
    assert list(again.columns) == [f"'{text}", "value", "kind"]
    assert list(again[f"'{text}"][:2]) == [f"'{text}", "fine"]
    assert list(again["kind"]) == [f"'{text}", "a=b", f"'{text}"]
    assert list(again["value"][:2]) == [-1.5, 2.0]


def test_a_carriage_return_starts_no_row_of_its_own(tmp_path: Path) -> None:
    held = pd.DataFrame({"a\r=1": ["b\r=1+1", "c\n=1", "\r=1"]})
    again = pd.read_csv(files.write_csv(tmp_path / "t.csv", held))
    assert again.to_dict("list") == {"a =1": ["b =1+1", "c\n=1", " =1"]}


def test_a_table_for_a_spreadsheet_with_decimal_commas(tmp_path: Path) -> None:
    held = pd.DataFrame({"a": [0.1 + 0.2, np.nan, -1e-300], "b": ["x;y", "1.5,", "=1"], "c": 7})
    with files.csv_decimal("comma"):
        file = files.write_csv(tmp_path / "t.csv", held)
    expected = 'a;b;c\n0,30000000000000004;"x;y";7\n;1.5,;7\n-1e-300;\'=1;7\n'
    assert file.read_text(encoding="utf-8") == expected
    assert files.csv_text(held).startswith("a,b,c\n0.30000000000000004,")
    # Before pandas 3 the last bit is lost in reading.
    again = pd.read_csv(file, sep=";", decimal=",")
    assert again["a"][0] == pytest.approx(0.1 + 0.2, rel=1e-15)


def test_csv_and_json_are_plain(tmp_path: Path) -> None:
    csv = files.write_csv(tmp_path / "t.csv", pd.DataFrame({"a": [1.5, np.nan], "b": ["é", ""]}))
    assert csv.read_bytes() == "a,b\n1.5,é\n,\n".encode()
    written = files.write_json(tmp_path / "t.json", {"b": 1, "a": "é"})
    assert written.read_bytes() == '{\n  "b": 1,\n  "a": "é"\n}\n'.encode()
    odd = files.write_json(tmp_path / "odd.json", {"file": "r\udcff"})
    assert "udcff" in odd.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "bad.json", {"a": float("nan")})


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_refused_write_leaves_the_old_file_and_no_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = files.write_text(tmp_path / "table.csv", "old\n")

    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(MachineRefusal, match=r"table\.csv.*--out"):
        files.write_text(path, "new\n")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_long_tables_are_joined_in_groups_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [pa.table({"a": [n, n + 1], "b": ["x", "y"]}) for n in range(5)]
    joined = files.join_parquet(tmp_path / "one.parquet", iter(parts))
    monkeypatch.setattr(files, "ROWS_IN_GROUP", 4)
    grouped = files.join_parquet(tmp_path / "groups.parquet", iter(parts))
    assert pq.ParquetFile(joined).num_row_groups == 1
    assert pq.ParquetFile(grouped).num_row_groups == 3
    assert files.read_table(grouped).equals(pa.concat_tables(parts).combine_chunks())


def test_a_seal_changes_neither_the_table_nor_what_others_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["checksum 0", "b"], "value": [1.0, np.nan]})
    sealed = files.parquet_bytes(frame, sealed_for="a.parquet")
    assert sealed == files.parquet_bytes(frame, sealed_for="a.parquet")
    file = files.write_bytes(tmp_path / "t.parquet", sealed)
    pd.testing.assert_frame_equal(files.read_parquet(file, sealed_for="a.parquet"), frame)
    pd.testing.assert_frame_equal(pd.read_parquet(file), frame)
    plain = files.write_parquet(tmp_path / "plain.parquet", frame)
    assert files.read_table(file, sealed_for="a.parquet").equals(
        files.read_table(plain), check_metadata=True
    )
    with pytest.raises(ResultFolderError, match="cannot be read"):
        files.read_table(plain, sealed_for="a.parquet")


def test_a_table_of_more_rows_than_there_is_memory_for_is_not_read(tmp_path, monkeypatch) -> None:
    path = tmp_path / "rows.parquet"
    many = pa.table({"value": pa.array(np.zeros(300_000))})
    pq.write_table(many, path)
    assert path.stat().st_size < 5_000
    assert files.read_table(path).num_rows == 300_000
    monkeypatch.setattr(memory, "machine_bytes", lambda: 2.0 * 8 * 300_000 - 1)
    with pytest.raises(ResultFolderError, match="more than this machine has memory for"):
        files.read_table(path)
    monkeypatch.setattr(memory, "machine_bytes", lambda: 2.0 * path.stat().st_size - 1)
    with monkeypatch.context() as unread:
        unread.setattr(Path, "read_bytes", None)
        with pytest.raises(ResultFolderError, match="more than this machine has memory for"):
            files.read_table(path)
