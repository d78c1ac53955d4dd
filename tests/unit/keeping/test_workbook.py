"""Workbooks: numbers are numbers, text is text, whatever it begins with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.keeping.workbook import write_workbook
from sim.study.errors import MachineRefusal

openpyxl = pytest.importorskip("openpyxl")
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\x1b[31m\x00red", "é\n営業"]


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    table = pd.DataFrame({"=name": HOSTILE, "n": [1.5, np.nan, 3, 4, 5, 6, 7], "x": [True] * 7})
    path = write_workbook(tmp_path / "a.xlsx", {"Sheet": table, "Empty": table[:0]})
    sheet = openpyxl.load_workbook(path)["Sheet"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [row[0].value for row in sheet.iter_rows()][:5] == ["=name", *HOSTILE[:4]]
    assert [cell.value for cell in sheet["B"]] == ["n", 1.5, None, 3, 4, 5, 6, 7]
    assert sheet["A7"].value == "[31mred" and sheet["A8"].value == HOSTILE[-1]
    assert openpyxl.load_workbook(path).sheetnames == ["Sheet", "Empty"]


def test_a_place_that_cannot_be_written_is_the_machines_refusal(tmp_path: Path) -> None:
    with pytest.raises(MachineRefusal):
        write_workbook(tmp_path / "absent" / "a.xlsx", {"a": pd.DataFrame({"b": [1]})})
