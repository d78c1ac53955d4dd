"""The what-if page as its program serves it: the same numbers as ``compare``, and a closed door."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from made_logs import as_csv, made_log
from program import standing

from analysis.explore.windows import MOST_STREAMS
from benchmarks.page_served import PROGRAM, ROOT, Served, served
from benchmarks.small_study import SMALL

MEASURES = ("net_value", "standing", "drop_off_rate", "completion_rate", "cost_to_serve")
ENDS = ("mean", "mean_low", "mean_high", "difference", "low", "high")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    assert standing("new", "shop", at=folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def page(desk) -> Iterator[Served]:
    with served(["shop.yaml", *SMALL, "--jobs", "2"], desk) as there:
        yield there


def changed(*changes: tuple[str | None, str, object]) -> dict[str, object]:
    return {"changes": [{"side": s, "path": p, "value": v} for s, p, v in changes]}


def compared(folder: Path, *words: str) -> dict[str, object]:
    done = standing("compare", *words, "--no-figures", "--json", "--quiet", at=folder)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def assert_same_numbers(answer, told) -> None:
    rows = {(row["measure"], row["org_model"]): row for row in told["comparison"]}
    seen = 0
    for measure in answer["measures"]:
        for model in measure["models"]:
            row = rows[measure["name"], model["org"]]
            assert [model[end] for end in ENDS] == [row[end] for end in ENDS], measure["name"]
            seen += 1
    assert seen >= 2 * len(MEASURES)
    lead = {key: value for key, value in told["lead"].items() if key != "sentence"}
    assert {key: answer["lead"][key] for key in lead} == lead


def test_its_numbers_are_those_of_compare(desk, page) -> None:
    state = changed(("b", "authority", 0.3), (None, "market.agent_adoption", 0.25))
    page.ask(1, state)
    answer = page.finished(1)
    status, _, text = page.answer("POST", "/api/save/yaml", {"state": state})
    assert status == 200
    (desk / "saved.yaml").write_bytes(text)
    told = compared(desk, "saved.yaml", "--out", "saved")
    assert answer["draws"] == told["replicates"] == 3
    assert_same_numbers(answer, told)


def test_over_worlds_too(tmp_path) -> None:
    short = ("--set", "design.horizon_days=91", "--set", "design.follow_up_days=28")
    with served([*short, "--out", str(tmp_path / "page")], ROOT) as there:
        there.ask(1, {"pair": ["siloed", "hybrid"], "number": 2})
        answer = there.finished(1)
    words = ("scenarios/board.yaml", *short, "--orgs", "siloed,hybrid", "--worlds", "2")
    told = compared(ROOT, *words, "--out", str(tmp_path / "compare"))
    assert answer["unit"] == "world" and answer["draws"] == told["worlds"] == 2
    assert_same_numbers(answer, told)


def test_a_first_answer_is_one_draw_and_crowns_nobody(page) -> None:
    page.ask(2, changed(("b", "incentives.shared_journey_weight", 0.6)), "window-of-firsts")
    told = next(told for kind, told in page.heard("window-of-firsts") if kind == "answer")
    if told["draws"] == 1:
        assert told["footing"] == "one draw"
        assert all(each["low"] is None for row in told["measures"] for each in row["models"])
    assert not told["lead"]["crowned"] or told["finished"]


def test_two_windows_do_not_mix(page) -> None:
    for at, window in enumerate(("window-number-1", "window-number-2")):
        page.ask(7, changed(("b", "staffing.liaison", 12 * at)), window)
    first, second = (page.finished(7, f"window-number-{at}") for at in (1, 2))
    assert "liaison=0" in first["changed"] and "liaison=12" in second["changed"]
    assert first["measures"] != second["measures"]


def test_one_org_model_twice_is_no_difference(page) -> None:
    page.ask(8, {"pair": ["as_it_is", "as_it_is"]}, "window-of-twins")
    answer = page.finished(8, "window-of-twins")
    assert all(row["models"][1]["difference"] == 0 for row in answer["measures"])
    assert "the same under every org model" in answer["lead"]["sentence"]
    assert not answer["lead"]["crowned"]


def test_what_is_entered_goes_through_the_reader(page) -> None:
    wrong = changed(
        ("b", "authority", 7), ("a", "authorty", 0.5), (None, "market.customers", "many")
    )
    found = page.post("/api/ask", {"window": "window-of-wrongs", "mark": 1, "state": wrong})
    said = [each["said"] for each in found["problems"]]
    assert len(said) == 3
    assert any("from 0 to 1" in each for each in said)
    assert any("`authority`" in each for each in said)
    status, _, text = page.answer("POST", "/api/ask", {"window": "x", "mark": 1, "state": {}})
    assert status == 400 and b"problems" in text


def test_a_study_and_a_workbook_come_back_the_same(desk, page) -> None:
    state = changed(("b", "staffing.cx_team", 2))
    page.ask(3, state)
    answer = page.finished(3)
    for kind, name in (("yaml", "back.yaml"), ("xlsx", "back.xlsx")):
        status, heads, content = page.answer("POST", f"/api/save/{kind}", {"state": state})
        assert status == 200 and "attachment" in heads["content-disposition"]
        (desk / name).write_bytes(content)
        brought = json.loads(page.answer("POST", f"/api/load?name={name}", content)[2])
        page.ask(4, {"firm": brought["firm"]}, f"window-of-{kind}")
        again = page.finished(4, f"window-of-{kind}")
        assert again["measures"] == answer["measures"]
    assert "touchpoints" in openpyxl.load_workbook(desk / "back.xlsx").sheetnames


def test_a_bad_file_is_told_by_its_name_and_place(page) -> None:
    content = b"study: x\nmarket: {customers: lots}\n"
    found = json.loads(page.answer("POST", "/api/load?name=mine.yaml", content)[2])
    assert all("mine.yaml" in each["said"] for each in found["problems"])
    found = json.loads(page.answer("POST", "/api/load?name=mine.exe", b"MZ")[2])
    assert "no study" in found["problems"][0]["said"]
    reaching = b"study: x\nenterprise: ../../../../etc/passwd\n"
    found = json.loads(page.answer("POST", "/api/load?name=mine.yaml", reaching)[2])
    assert any("leads out" in each["message"] for each in found["problems"])


def test_one_customers_path_is_told(page) -> None:
    page.post("/api/story", {"window": "window-of-a-path", "mark": 1, "state": {}, "who": "left_a"})
    told = next(told for kind, told in page.heard("window-of-a-path") if kind == "story")
    assert "said" in told or len(told["models"]) == 2


def test_the_board_pack_is_made_and_given_out(page) -> None:
    state = changed(("b", "staffing.liaison", 4))
    page.post("/api/pack", {"window": "window-of-a-pack", "mark": 1, "state": state})
    told = next(told for kind, told in page.heard("window-of-a-pack") if kind == "pack")
    assert [each["name"] for each in told["files"]] == ["report.html", "board.pptx", "results.xlsx"]
    starts = {"report.html": b"<!", "board.pptx": b"PK", "results.xlsx": b"PK"}
    for each in told["files"]:
        status, _, content = page.answer("GET", each["path"])
        assert status == 200 and content.startswith(starts[each["name"]])


def test_a_log_becomes_a_firm_and_is_told_in_sentences(page) -> None:
    sent = as_csv(made_log(), ";").encode()
    found = json.loads(page.answer("POST", "/api/log?name=mine.csv", sent)[2])
    assert found["firm"]["name"] == "mine.csv"
    assert "enterprise:" in found["firm"]["text"]
    assert found["said"].startswith("40 cases, 3 functions")
    assert found["said"].endswith("fit.html.")
    assert "---" not in found["said"]


def test_what_is_no_log_is_plainly_told(page) -> None:
    found = json.loads(page.answer("POST", "/api/log?name=mine.csv", b"a,b\n1,2\n")[2])
    assert found["problems"]
    assert all("mine.csv" in each["said"] for each in found["problems"])


@pytest.mark.parametrize(
    ("heads", "status"),
    [
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "rebound.example:80"}, 421),
        ({"x-standing-token": "guessed"}, 403),
        ({"x-standing-token": ""}, 403),
    ],
)
def test_whoever_else_asks_is_refused(page, heads, status) -> None:
    assert page.answer("GET", "/api/start", heads=heads)[0] == status
    assert page.answer("POST", "/api/ask", {}, heads)[0] == status
    assert page.goes_on()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static//etc/passwd",
        "/api/pack/..%2f..%2fetc/passwd",
        "/api/pack/%2e%2e/report.html",
        "/api/pack/pool/manifest.json",
        "/api/pack/no-such-folder/report.html",
    ],
)
def test_no_other_file_is_given_out(page, path) -> None:
    status, _, text = page.answer("GET", path)
    assert status == 404 or b"problems" in text
    assert b"root:" not in text and b"import" not in text
    assert page.goes_on()


def test_a_link_among_the_results_is_not_followed(desk, page) -> None:
    folder = desk / "results" / "linked"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").symlink_to("/etc/hostname")
    _, _, text = page.answer("GET", "/api/pack/linked/report.html")
    assert b"is a link" in text


def test_a_large_body_is_refused_before_it_is_read(page) -> None:
    with socket.create_connection(("127.0.0.1", page.port), timeout=20) as line:
        line.sendall(
            f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
            f"x-standing-token: {page.token}\r\nContent-Length: {100 << 20}\r\n\r\n".encode()
        )
        assert line.recv(64).startswith(b"HTTP/1.1 413")
    assert page.goes_on()


def test_a_body_without_end_is_refused(page) -> None:
    with socket.create_connection(("127.0.0.1", page.port), timeout=20) as line:
        line.sendall(
            f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n"
            f"x-standing-token: {page.token}\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        try:
            for _ in range(100):
                line.sendall(part)
        except OSError:
            pass  # it was closed, which is an answer
        assert line.recv(64).startswith(b"HTTP/1.1 413")
    assert page.goes_on()


def test_a_thousand_streams_are_too_many(page) -> None:
    mine = page.heard("window-that-stays")
    open_lines, refused = [], 0
    try:
        for number in range(1000):
            line = socket.create_connection(("127.0.0.1", page.port), timeout=20)
            line.sendall(
                f"GET /api/stream?window=window-{number:05d} HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{page.port}\r\nx-standing-token: {page.token}\r\n\r\n".encode()
            )
            if line.recv(64).startswith(b"HTTP/1.1 200"):
                open_lines.append(line)
            else:
                refused += 1
                line.close()
        assert len(open_lines) <= MOST_STREAMS and refused >= 1000 - MOST_STREAMS
        assert page.goes_on()
    finally:
        for line in open_lines:
            line.close()
        mine.close()
    page.ask(9, {}, "window-afterwards")
    assert page.finished(9, "window-afterwards")["finished"]


def test_every_answer_says_what_a_browser_may_do(page) -> None:
    for path in ("/", "/static/app.js", "/api/start", "/nowhere"):
        _, heads, _ = page.answer("GET", path)
        assert "default-src 'none'" in heads["content-security-policy"]
        assert "unsafe" not in heads["content-security-policy"]
        assert heads["x-content-type-options"] == "nosniff"
        assert heads["cache-control"] == "no-store"


def test_it_listens_on_this_machine_alone(page) -> None:
    """Not even under this machine's other names for itself."""
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", page.port), timeout=3):
        pass


def test_a_port_that_is_taken_is_said(desk, page) -> None:
    done = subprocess.run(
        [*PROGRAM, "explore", "shop.yaml", *SMALL, "--no-browser", "--port", str(page.port)],
        cwd=desk, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 4
    assert f"Port {page.port} cannot be used" in done.stderr


def test_ctrl_c_closes_it(desk) -> None:
    with served(["shop.yaml", *SMALL, "--jobs", "1", "--out", "closed"], desk) as there:
        assert there.goes_on()
        code, said = there.close()
    assert code == 0
    assert "The page is closed" in said and "Traceback" not in said
