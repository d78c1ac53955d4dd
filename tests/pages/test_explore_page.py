"""The what-if page in a real browser, as a strategist uses it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from test_report_page import CHROMIUM, CONTRAST, QUIET

from benchmarks.page_served import PROGRAM, Served, served
from benchmarks.small_study import SMALL

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
FINISHED = "body[data-stale=false][data-finished=true]"
SIZES = {"desk": (1280, 900), "wide": (1920, 1080), "tablet": (820, 1180)}


class Watched:
    """A window of the page, with what it asked for, and what its console said."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda each: self.asked.append(each.url))
        page.on("console", lambda each: self.said.append(each.text))
        page.on("pageerror", lambda each: self.said.append(str(each)))
        page.goto(link)
        self.settled()

    def figures(self) -> list[str]:
        """Return levels and differences as the page writes them."""
        return self.page.locator("#outcomes td.level").all_inner_texts()

    def turn(self, name: str, value: str) -> None:
        """Enter a lever's value."""
        box = self.page.get_by_label(name, exact=True)
        box.fill(value)
        box.press("Tab")

    def drag(self, name: str, start: float, end: float) -> None:
        """Drag a lever's slider from one share of its width to another, with the mouse."""
        slider = self.page.get_by_label(f"{name}, slider")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None
        mouse, middle = self.page.mouse, box["y"] + box["height"] / 2
        mouse.move(box["x"] + box["width"] * start, middle)
        mouse.down()
        mouse.move(box["x"] + box["width"] * end, middle, steps=4)
        mouse.up()

    def settled(self) -> None:
        """Wait until all runs are in."""
        self.page.wait_for_selector(FINISHED, timeout=60_000)
        self.last = self.page.evaluate("document.body.dataset.asked")

    def answered(self) -> None:
        """Wait until something new was asked, however soon its answer came, and all runs are in."""
        self.page.wait_for_function("last => document.body.dataset.asked !== last", arg=self.last)
        self.settled()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    subprocess.run(  # noqa: S603 - the program under test
        [*PROGRAM, "new", "shop"], cwd=folder, check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="module")
def program(desk) -> Iterator[Served]:
    with served(["shop.yaml", *SMALL, "--jobs", "2"], desk) as there:
        yield there


@pytest.fixture
def window(browser, program) -> Iterator[Watched]:
    """Give a window; at its end it has asked nobody else, and its console is empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page(), program.link)
    yield watched
    own = (f"http://127.0.0.1:{program.port}/", "data:", "blob:")
    assert [url for url in watched.asked if not url.startswith(own)] == []
    assert watched.said == []
    context.close()


def test_a_strategist_turns_a_lever_and_sees_what_happens(window) -> None:
    page = window.page
    page.select_option("#pair-b", "hybrid")
    window.answered()
    before = window.figures()
    page.locator("summary", has_text="Goals and measurement").click()
    window.drag("Pay by the shared journey KPI, B", 0.25, 0.95)
    window.answered()
    assert window.figures() != before
    page.click("#undo")
    window.answered()
    assert window.figures() == before


def test_authority_is_dragged_in_the_bundled_firm(browser, desk) -> None:
    # So small that a run takes a moment, and large enough for roles that decide; at the
    # registered defaults, under which so short a time sees decisions.
    changes = (
        "enterprise.parameters={}",
        "market.customers=8000", "market.prospects=800", "design.horizon_days=60",
        "design.warm_up_days=130", "design.follow_up_days=20", "design.replicates=3",
        "design.worlds=0",
    )  # fmt: skip
    words = [word for change in changes for word in ("--set", change)]
    with served(["scenarios/board.yaml", *words, "--jobs", "2"], desk) as there:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        watched = Watched(context.new_page(), there.link)
        watched.page.select_option("#pair-b", "hybrid")
        watched.answered()
        before = watched.figures()
        watched.drag("Authority of who coordinates, B", 0.4, 0.95)
        watched.answered()
        assert watched.figures() != before
        assert watched.page.get_by_label(
            "Authority of who coordinates, B", exact=True
        ).input_value()
        assert watched.said == []
        context.close()


def test_intervals_shrink_as_draws_come_in(window) -> None:
    widths: list[float] = []
    seen = set()

    def note(told: dict[str, Any]) -> None:
        row = next(each for each in told["measures"] if each["name"] == "standing")
        if told["draws"] not in seen and row["models"][1]["low"] is not None:
            seen.add(told["draws"])
            widths.append(row["models"][1]["high"] - row["models"][1]["low"])

    window.page.expose_function("noted", note)
    window.page.evaluate(
        """() => { const parse = JSON.parse; JSON.parse = (text) => { const found = parse(text);
        if (found && found.measures && found.draws) window.noted(found); return found; }; }"""
    )
    window.page.select_option("#number", "12")
    window.page.wait_for_selector("body[data-draws='12']", timeout=60_000)
    assert len(widths) >= 2 and widths[-1] < widths[0]


def test_an_entry_that_cannot_be_is_told_at_its_place(window) -> None:
    page = window.page
    before = window.figures()
    window.turn("Authority of who coordinates, B", "7")
    wrong = page.locator('.lever[data-path="authority"] .wrong:not([hidden])')
    expect(wrong).to_have_text("7 is out of range. Permitted: a number from 0 to 1.")
    assert page.get_by_label("Authority of who coordinates, B", exact=True).get_attribute(
        "aria-invalid"
    )
    assert window.figures() == before
    window.turn("Authority of who coordinates, B", "0.6")
    expect(wrong).to_have_count(0)
    window.settled()


def test_a_state_is_restored_by_a_reload_by_a_file_and_by_a_link(window, tmp_path) -> None:
    page = window.page
    window.turn("Customers with an agent of their own", "0.35")
    window.answered()
    figures = window.figures()
    page.reload()
    window.settled()
    assert window.figures() == figures
    with page.expect_download() as kept:
        page.click(".menu summary")
        page.click("#save-state")
    kept.value.save_as(tmp_path / "state.json")
    link = page.evaluate("location.hash")
    page.click("#reset")
    window.answered()
    assert window.figures() != figures
    page.set_input_files("#file", tmp_path / "state.json")
    window.answered()
    assert window.figures() == figures
    assert page.evaluate("location.hash") == link


def test_a_study_is_saved_and_loaded_with_the_same_figures(window, tmp_path) -> None:
    page = window.page
    page.locator("summary", has_text="Coordinating roles").click()
    window.turn("Central CX team, B", "3")
    window.answered()
    figures = window.figures()
    for button, name in (("#save-yaml", "shop.yaml"), ("#save-xlsx", "shop.xlsx")):
        with page.expect_download() as saved:
            page.click(".menu summary")
            page.click(button)
        saved.value.save_as(tmp_path / name)
        page.set_input_files("#file", tmp_path / name)
        window.answered()
        assert window.figures() == figures
        assert page.locator("#firm option:checked").inner_text() == name
    page.set_input_files(
        "#file", {"name": "bad.yaml", "mimeType": "text/yaml", "buffer": b"study: ?\n"}
    )
    expect(page.locator("#notice")).to_contain_text("bad.yaml")


def test_a_log_that_is_dropped_is_answered(window) -> None:
    page = window.page
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(['a,b'], 'log.csv'));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true })); }"""
    )
    expect(page.locator("#notice")).to_contain_text("log.csv")
    expect(page.locator("#notice")).not_to_contain_text("Reading", timeout=60_000)


def test_a_customer_is_followed_and_weeks_are_played(window) -> None:
    page = window.page
    page.locator("#week").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#week-said")).to_have_text("week 1, one draw")
    page.locator(".picture g.node").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#story")).not_to_contain_text("run once more", timeout=60_000)


def test_two_windows_at_once_do_not_mix(browser, program, window) -> None:
    context = browser.new_context()
    other = Watched(context.new_page(), program.link)
    mine = window.figures()
    other.turn("Customers with an agent of their own", "0.9")
    other.answered()
    assert other.figures() != mine
    assert window.figures() == mine
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_everybody_can_use_it(browser, program, size, scheme) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    )
    watched = Watched(context.new_page(), program.link)
    page = watched.page
    page.eval_on_selector_all("details.group", "all => all.forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate(CONTRAST) == []
    context.close()


def test_it_is_used_by_keyboard_alone(window) -> None:
    page = window.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert {"firm", "load", "pack", "pair-a", "pair-b"} <= reached


def test_the_library_that_draws_comes_with_its_licence() -> None:
    folder = Path(__file__).parents[2] / "analysis" / "explore" / "static" / "lib"
    licences = (folder / "LICENSES.txt").read_text(encoding="utf-8")
    for file in folder.glob("*.js"):
        assert file.name in licences
    assert licences.count("Permission to use, copy, modify") == len(list(folder.glob("*.js")))
