"""The what-if page's server: what the page asks, and who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from analysis.explore.controls import control_groups, other_settings
from analysis.explore.desk import RunDesk
from analysis.explore.following import WHOM, Following, Wanted
from analysis.explore.found import evidence_for
from analysis.explore.guard import Guard, policy
from analysis.explore.loading import MOST_OF_A_LOG, MOST_OF_A_STUDY, loaded_study, received
from analysis.explore.packing import PackMaking, pack_path
from analysis.explore.picturing import pair_described
from analysis.explore.questions import Question, Tell, draws_of, sample_of
from analysis.explore.saving import saved_study
from analysis.explore.states import FirmChoice, FirmShelf, WindowState, asked_by
from analysis.explore.windows import TooManyError, Windows
from sim.study.errors import MachineRefusal, Problem, ResultFolderError, StudyError
from sim.study.study import Study

STATIC = Path(__file__).parent / "static"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript",
          ".txt": "text/plain", ".svg": "image/svg+xml"}  # fmt: skip
PLOT_STYLES = ("sha256-AzxKfIUGWEUJBStRLNFKEZstvhCrPvh/fgwowcNE+EU=",)
"""Of the style that the charts' library writes into each chart."""

PROBLEMS_HEADER = "x-standing-problems"

WindowName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]


@dataclass(frozen=True)
class Ways:
    """What the page can do only by what stands above it: the command hands it in.

    Attributes
    ----------
    bundled_firms : mapping of str to str
        What kind of firm each bundled one is, by name.
    program : str
        The word that starts the program, in hints.
    workbook : callable
        Makes a workbook of a study's text, to lie at a path.
    given : str
        The study file of the command line.
    make_pack : callable
        Begins to write the board pack of a study, over so many draws, and tells how it goes.
    study_of_log : callable
        Makes a study of an event log, called as it was: its text, and what there is to say of it.
    """

    bundled_firms: Mapping[str, str]
    program: str
    workbook: Callable[[str, Path], bytes]
    given: str
    make_pack: Callable[[Study, int | None, Tell], PackMaking]
    study_of_log: Callable[[Path, str], tuple[str, str]]


@dataclass(frozen=True)
class House:
    """All that answers: the firms, the desk, the windows, and where results are.

    Attributes
    ----------
    shelf : FirmShelf
    desk : RunDesk
    windows : Windows
    ways : Ways
    out : Path
        Parent of the result folders.
    scratch : Path
        Of this server alone, gone with it.
    """

    shelf: FirmShelf
    desk: RunDesk
    windows: Windows
    ways: Ways
    out: Path
    scratch: Path


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")

    window: WindowName
    mark: Annotated[int, Field(ge=0, lt=1 << 53)]
    state: WindowState


class _Path(_Question):
    who: Literal["", "left_a", "left_b"] = ""
    site: Annotated[str, Field(max_length=200)] = ""


class _Saving(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: WindowState


def page_behind_guard(house: House, port: int, token: str) -> Guard:
    """Return the application, behind its door.

    Parameters
    ----------
    port : int
        On which it will be served.
    token : str
        That the link holds.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_life(house))
    _refusals(app)
    _files(app)
    _questions(app, house)
    _studies(app, house)
    bodies = {"/api/load": MOST_OF_A_STUDY, "/api/log": MOST_OF_A_LOG}
    return Guard(app, port, token, policy(PLOT_STYLES), bodies)


def _life(house: House) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        house.desk.open()
        yield
        house.windows.close()
        house.desk.close()

    return life


def _said(value: Any, status: int = 200) -> Response:
    """Return plain data as JSON; numbers that do not exist become null."""
    return Response(to_json(value, inf_nan_mode="null"), status, media_type="application/json")


def _problems(problems: list[Problem]) -> list[dict[str, Any]]:
    return [
        {"file": each.file, "line": each.line, "cell": each.cell, "path": each.path,
         "message": each.message, "remedy": each.remedy, "said": str(each)}
        for each in problems
    ]  # fmt: skip


def _refused(problems: list[Problem]) -> Response:
    """Return mistakes as an answer: a browser takes any other status for a fault of the page."""
    found = _said({"problems": _problems(problems)})
    found.headers[PROBLEMS_HEADER] = str(len(problems))
    return found


def _refusals(app: FastAPI) -> None:
    """Say in words what cannot be done."""

    @app.exception_handler(StudyError)
    def mistakes(_: Request, error: Exception) -> Response:
        return _refused(getattr(error, "problems", []))

    @app.exception_handler(RequestValidationError)
    def misunderstood(_: Request, error: Exception) -> Response:
        found: list[dict[str, Any]] = getattr(error, "errors", list)()
        text = f"This is no state of the page: {found[0].get('msg', '') if found else ''}"
        return _said({"problems": _problems([Problem("state", None, None, "", text)])}, 400)

    @app.exception_handler(MachineRefusal)
    @app.exception_handler(ResultFolderError)
    def refused(_: Request, error: Exception) -> Response:
        return _refused([Problem("", None, None, "", str(error))])

    @app.exception_handler(TooManyError)
    def crowded(_: Request, error: Exception) -> Response:
        return PlainTextResponse("Too many windows are open: close some.", 429)


def _files(app: FastAPI) -> None:
    """Serve the page's own files, by a list made at the start: no other name is a file."""
    there = {
        path.relative_to(STATIC).as_posix(): path
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.suffix in _KINDS
    }

    @app.get("/")
    def index() -> Response:
        return FileResponse(there["index.html"], media_type="text/html")

    @app.get("/static/{name:path}")
    def file(name: str) -> Response:
        path = there.get(name)
        if path is None:
            return PlainTextResponse("There is no such file.", 404)
        return FileResponse(path, media_type=_KINDS[path.suffix])


def _questions(app: FastAPI, house: House) -> None:
    @app.get("/api/start")
    def start() -> Response:
        return _said(
            {
                "groups": control_groups(),
                "others": other_settings(),
                "firms": house.ways.bundled_firms,
                "given": Path(house.ways.given).name,
            }
        )

    @app.get("/api/stream")
    async def stream(window: Annotated[WindowName, Query()]) -> Response:
        lines = house.windows.stream(window).lines()
        return StreamingResponse(lines, media_type="text/event-stream")

    @app.post("/api/ask")
    def ask(asked: _Question) -> Response:
        found = asked_by(asked.state, house.shelf)
        sample = sample_of(found.study, asked.state.number, house.out)
        window = house.windows.window(asked.window)
        question = Question(asked.mark, found.study, sample, house.desk, window.tell)
        window.asks("answer", question)
        question.ask()
        draws = draws_of(found.study, sample, house.out)
        return _said({"mark": asked.mark, "draws": draws, **pair_described(found)})

    @app.post("/api/story")
    def story(asked: _Path) -> Response:
        found = asked_by(asked.state, house.shelf)
        specs = sample_of(found.study, asked.state.number, house.out).specs(1)
        first = [spec for spec in specs if spec.replicate == specs[0].replicate]
        window = house.windows.window(asked.window)
        wanted = Wanted(asked.who or WHOM[0], asked.site)
        following = Following(asked.mark, specs[0].study, first, wanted, house.desk, window.tell)
        window.asks("story", following)
        following.ask()
        return _said({"mark": asked.mark})

    @app.post("/api/evidence")
    def evidence(asked: Annotated[_Saving, Body()]) -> Response:
        found = asked_by(asked.state, house.shelf)
        return _said(
            evidence_for(found, asked.state, house.out, house.ways.given, house.ways.program)
        )


def _studies(app: FastAPI, house: House) -> None:
    @app.post("/api/save/{kind}")
    def save(kind: str, asked: Annotated[_Saving, Body()]) -> Response:
        study = asked_by(asked.state, house.shelf).study
        text = saved_study(study, house.ways.program)
        if kind == "yaml":
            return _download(text.encode(), f"{study.study}.yaml", "application/yaml")
        if kind != "xlsx":
            return PlainTextResponse("Studies are saved as yaml or xlsx.", 404)
        name = f"{study.study}.xlsx"
        try:
            book = house.ways.workbook(text, house.scratch / name)
        except ValueError as error:
            said = Problem("workbook", None, None, "", str(error), "save it as YAML")
            raise StudyError([said]) from error
        return _download(book, name, "application/octet-stream")

    @app.post("/api/load")
    async def load(request: Request, name: Annotated[str, Query(max_length=200)]) -> Response:
        async with received(request, house.scratch, MOST_OF_A_STUDY) as file:
            text = loaded_study(file, name, house.ways.program)
        choice = FirmChoice(kind="text", name=name[:200], text=text)
        house.shelf.firm(choice)
        return _said({"firm": choice.model_dump()})

    @app.post("/api/log")
    async def log(request: Request, name: Annotated[str, Query(max_length=200)]) -> Response:
        async with received(request, house.scratch, MOST_OF_A_LOG) as file:
            text, said = await run_in_threadpool(house.ways.study_of_log, file, name)
        choice = FirmChoice(kind="text", name=name[:200], text=text)
        house.shelf.firm(choice)
        return _said({"firm": choice.model_dump(), "said": said})

    @app.post("/api/pack")
    def pack(asked: _Question) -> Response:
        study = asked_by(asked.state, house.shelf).study
        window = house.windows.window(asked.window)
        making = house.ways.make_pack(study, asked.state.number, window.tell)
        window.asks("pack", making)
        return _said({"said": "The board pack is being made: every run of it, then its pages."})

    @app.get("/api/pack/{folder}/{name}")
    def pack_file(folder: str, name: str) -> Response:
        path = pack_path(house.out, folder, name)
        return _download(path.read_bytes(), name, "application/octet-stream")


def _download(content: bytes, name: str, kind: str) -> Response:
    heads = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=heads)
