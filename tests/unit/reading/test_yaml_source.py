"""The strict YAML reader: what words mean, what is refused, where everything stands."""

from pathlib import Path

import pytest
import yaml

from sim.reading import yaml_source
from sim.reading.source_tree import splice
from sim.reading.yaml_source import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, read, scan, scan_text
from sim.study.errors import MachineRefusal, StudyError


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def parser(request, monkeypatch):
    """Every test runs with libyaml's parser and with its Python twin."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML is installed without libyaml")
    monkeypatch.setattr(yaml_source, "LOADER", getattr(yaml, request.param))


def value_of(text):
    source = scan_text(f"v: {text}", "f")
    assert source.problems == []
    return source.data["v"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("No", "No"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("012", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-1.5E-2", -0.015),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("~", None),
        ("null", None),
        ("", None),
        ("'012'", "012"),
        ('"true"', "true"),
        ("!!str 012", "012"),
        ("! 012", "012"),
        ("!!float 2", 2.0),
        ("[1, a, 2.5]", [1, "a", 2.5]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
    ],
)
def test_words_mean_what_the_core_schema_says(text, value):
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text_as_written():
    assert scan_text("no: 1\n012: 2\nnull: 3\n", "f").data == {"no": 1, "012": 2, "null": 3}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_byte_order_mark_and_line_ends(tmp_path, ending):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + f"a: 1{ending}b:{ending}  c: é{ending}".encode())
    source = read(path)
    assert source.data == {"a": 1, "b": {"c": "é"}}
    assert source.locate(("b", "c")).line == 3


def test_every_value_has_its_place():
    source = scan_text("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n", "f.yaml")
    places = {
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "c"): (3, 3),
        ("a", "c", 0): (4, 7),
        ("a", "c", 1, "d"): (5, 8),
        ("a", "c", 1, "gone", "further"): (5, 7),
        ("gone",): (1, 1),
    }
    for path, place in places.items():
        mark = source.locate(path)
        assert (mark.file, mark.line, mark.column) == ("f.yaml", *place), path


def test_a_spliced_file_keeps_its_own_places():
    study = scan_text("study: s\nenterprise: e.yaml\norgs: [o.yaml]\n", "s.yaml")
    splice(study, ("enterprise",), scan_text("# note\nname: e\nparts:\n  x: 1\n", "e.yaml"))
    splice(study, ("orgs", 0), scan_text("name: o\nname: p\n", "o.yaml"))
    assert study.data == {
        "study": "s",
        "enterprise": {"name": "e", "parts": {"x": 1}},
        "orgs": [{"name": "o"}],
    }
    assert study.locate(("enterprise", "parts", "x")).file == "e.yaml"
    assert study.locate(("enterprise", "parts", "x")).line == 4
    assert study.locate(("enterprise", "parts", "gone")).line == 3
    assert study.locate(("orgs", 0, "name")).file == "o.yaml"
    assert study.locate(("study",)).file == "s.yaml"
    assert study.path_in_file(("enterprise", "parts", "x")) == ("parts", "x")
    assert [p.file for p in study.problems] == ["o.yaml"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` is given twice (first on line 1)"),
        ("a: 1\nb: .nan\n", 2, "`.nan` is not a finite number"),
        ("a: 1\nb: -.inf\n", 2, "`-.inf` is not a finite number"),
        ("a: 1e999\n", 1, "too large"),
        (f"a: {'9' * 30}\n", 1, "too large"),
        (f"a: {'9' * 9000}\n", 1, "too large"),
        ("a: 1\nb: !secret x\n", 2, "the tag `!secret` is not supported"),
        ("a: !!python/name:os.system x\n", 1, "!!python/name:os.system"),
        ("a: !!set {x}\n", 1, "the tag `!!set` is not supported"),
        ("a: !!int x\n", 1, "is not what its tag `!!int` says"),
        ("a: 1\nb: *gone\n", 2, "`*gone` refers to nothing"),
        ("a: &x [*x]\n", 1, "`*x` refers to nothing"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "`<<` is not supported"),
        ("? [a, b]\n: 1\n", 1, "a key must be a single word"),
        ("a: 1\n'': 2\n", 2, "nothing before the colon"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("", 1, "the file is empty"),
        ("# only a remark\n", 1, "the file is empty"),
        ("a: 1\nb: \x00\n", 2, "not text (U+0000)"),
        ("a:\n\tb: 1\n", 2, "a tab is used for indentation"),
        ("a: 1\nb: 'x\nc: 1\n", 2, "quotation mark that opens here"),
        ("a: 1\nb: [1, 2\nc: 3\n", 2, "the `[` that opens here"),
        ("a: 1\nb: {c: [1], d: {e: 1\n", 2, "the `{` that opens here"),
        ("a: 1\nb: [1,\n", 2, "the `[` that opens here"),
        ("a:\n  b: 1\n c: 2\n", 3, "indentation does not fit"),
        ("a: b: c\n", 1, "a colon stands where none can be"),
        ("a: 1\nb\nc: 2\n", 3, "a key without a colon"),
        ("a: @x\n", 1, "a value cannot start with `@`"),
        ("- a\nb: 1\n", 2, "indentation does not fit"),
    ],
)
def test_what_a_study_must_not_contain(text, line, words):
    source = scan_text(text, "f")
    assert len(source.problems) == 1, source.problems
    assert words in source.problems[0].message
    assert source.problems[0].line == line


def test_problems_are_collected_up_to_a_mistake_in_the_syntax():
    source = scan_text("a: .inf\nb: !x 1\nc: {d: 1, d: 2}\ne: *no\nf: [\n", "f")
    assert [p.line for p in source.problems] == [1, 2, 3, 4, 5]
    assert [p.path for p in source.problems[:4]] == ["a", "b", "c.d", "e"]


def test_nesting_is_bounded():
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert scan_text(deep, "f").problems == []
    for text in (f"[{deep}]", "[" * 50_000, f"a: &x {deep[1:-1]}\nb: [*x]\n"):
        assert "levels deep" in scan_text(text, "f").problems[0].message


def test_a_parser_with_a_limit_of_its_own_is_told_in_our_words(monkeypatch):
    def stops(text, Loader):
        mark = yaml.Mark("s.yaml", 7, 0, 7, None, None)
        problem = "exceeded maximum nesting depth"
        raise yaml.scanner.ScannerError("while increasing flow level", mark, problem, mark)

    monkeypatch.setattr(yaml, "parse", stops)
    (problem,) = scan_text("a: [[[[", "s.yaml").problems
    assert (problem.line, problem.column) == (1, 8)
    assert problem.message == f"nested more than {MAX_DEPTH} levels deep"


def test_aliases_are_copied_and_bounded():
    source = scan_text("a: &x {n: 1}\nb: *x\n", "f")
    assert source.data == {"a": {"n": 1}, "b": {"n": 1}}
    assert source.find(("a", "n")) is not source.find(("b", "n"))
    assert scan_text("a: &x 1\nb: [" + "*x, " * MAX_ALIASES + "]", "f").problems == []
    assert "aliases" in scan_text("a: &x 1\nb: [" + "*x, " * 99 + "]", "f").problems[0].message
    laughs = "a0: &a0 [" + "x, " * 50 + "]\n"
    laughs += "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 5}]\n" for i in range(1, 7))
    assert "unfold" in scan_text(laughs, "f").problems[0].message


def test_files_that_are_not_studies(tmp_path):
    big, latin, wide = (tmp_path / name for name in ("big.yaml", "latin.yaml", "wide.yaml"))
    big.write_text("a: " + "x" * MAX_BYTES)
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    wide.write_bytes("a: 1\n".encode("utf-16"))
    for path, words, line in (
        (big, "larger than 1 MiB", None),
        (latin, "not UTF-8", 2),
        (wide, "not UTF-8", 1),
        (tmp_path, "not a file", None),
        (tmp_path / "gone.yaml", "no such file", None),
    ):
        problem = scan(path).problems[0]
        assert words in problem.message
        assert (problem.file, problem.line) == (str(path), line)


def test_read_raises_with_all_problems(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: .nan\na: 2\n")
    with pytest.raises(StudyError) as caught:
        read(path)
    assert len(caught.value.problems) == 2
    assert str(caught.value.problems[0]) == (
        f"{path}:1: a: `.nan` is not a finite number. Write a number."
    )


def test_a_file_without_permission_is_the_machines_refusal(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")

    def refuse(*arguments):
        raise PermissionError("no")

    # A user who may read everything would not be refused by the file's mode.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MachineRefusal, match=r"a\.yaml cannot be read"):
        read(path)
