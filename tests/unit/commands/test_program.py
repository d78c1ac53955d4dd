"""Hints name the command as it was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.commands.arguments import parse, program
from analysis.commands.new import execute


@pytest.mark.parametrize(
    ("started_as", "word"),
    [
        ("run.py", "python run.py"),
        ("/home/me/standing/run.py", "python run.py"),
        ("/usr/local/bin/standing", "standing"),
    ],
)
def test_a_starter_study_and_its_hint_name_the_command_that_was_typed(
    started_as: str,
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [started_as])
    assert program() == word
    assert execute(parse(["new", "firm"])) == 0
    hint = f"Edit firm.yaml, then: {word} validate firm.yaml, {word} compare firm.yaml\n"
    assert capsys.readouterr().err == hint
    text = (tmp_path / "firm.yaml").read_text(encoding="utf-8")
    assert f"#   {word} compare firm.yaml " in text
    assert ("python run.py" in text) == (word == "python run.py")
    assert "PROGRAM" not in text
