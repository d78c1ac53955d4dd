"""``explore``: the what-if page, served on this machine for whoever started it."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess  # this program's own commands alone are called  # nosec B404
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from analysis.commands.arguments import program
from analysis.commands.experiment import read_study, study_file
from analysis.commands.firm_starter import described as described_firms
from analysis.commands.firm_starter import firms
from analysis.commands.firm_workbook import firm_workbook
from analysis.commands.terminal import note, say, say_object
from analysis.explore.desk import RunDesk
from analysis.explore.mesa_view import check_viewer, serve_view
from analysis.explore.packing import SAVED, PackMaking
from analysis.explore.questions import Tell, sample_of
from analysis.explore.saving import saved_study
from analysis.explore.server import House, Ways, page_behind_guard
from analysis.explore.states import FirmShelf
from analysis.explore.windows import Windows
from sim.keeping.pool import POOL_FOLDER, RunPool
from sim.reading.loader import load_study
from sim.running.interrupts import ENDINGS
from sim.running.memory import fitting_jobs, memory_need
from sim.study.errors import MachineRefusal, Problem, StudyError
from sim.study.study import Study

USUAL_PORT = 8765
_HOST = "127.0.0.1"
_LONGEST_CALIBRATION = 1800.0
"""Seconds after which a log is given up."""


def execute(options: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C."""
    if options.mesa:
        check_viewer()
    study = read_study(options)
    if options.mesa:
        return _live_view(options)
    out = Path(options.out)
    with tempfile.TemporaryDirectory(prefix="standing-explore-") as own, _door(options) as door:
        scratch = Path(own)
        for name in ("signs", "nowhere/here", "brought"):
            (scratch / name).mkdir(parents=True)
        seed = [] if options.seed is None else [f"design.seed={options.seed}"]
        overrides = (*options.set, *seed)
        shelf = FirmShelf(study_file(options.study), overrides, firms(), scratch / "nowhere/here")
        size = options.jobs or fitting_jobs(memory_need(study), len(study.organisations) * 8)
        windows = Windows()
        pool = RunPool(out / POOL_FOLDER)
        desk = RunDesk(size, pool, scratch / "signs", study, windows.tell_all)
        ways = Ways(
            described_firms(),
            program(),
            lambda text, file: firm_workbook(text, file, program()),
            study_file(options.study),
            lambda study, number, tell: _pack(study, number, tell, out),
            lambda file, name: study_of_log(file, name, out),
        )
        house = House(shelf, desk, windows, ways, out, scratch / "brought")
        token = secrets.token_urlsafe(24)
        port = int(door.getsockname()[1])
        link = f"http://{_HOST}:{port}/#token={token}"
        _tell(link, options)
        _PageServer(_settings(house, port, token)).run(sockets=[door])
        if not options.quiet:
            note("The page is closed. Runs that were done are kept.")
    return 0


def _live_view(options: argparse.Namespace) -> int:
    """Serve Mesa's own view in place of the page."""
    with tempfile.TemporaryDirectory(prefix="standing-mesa-") as own:
        with _door(options) as door:
            port = int(door.getsockname()[1])
        _tell(f"http://{_HOST}:{port}/", options)
        seed = [] if options.seed is None else [f"design.seed={options.seed}"]
        return serve_view(study_file(options.study), (*options.set, *seed), port, Path(own))


def _pack(study: Study, number: int | None, tell: Tell, out: Path) -> PackMaking:
    """Begin to make a board pack, by `compare` and `report`."""
    text = saved_study(study, program())
    name = f"{study.study}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.yaml"
    drawn = sample_of(study, number, out).drawn is not None
    draws = [] if number is None else ["--worlds" if drawn else "--replicates", str(number)]

    file, results = out / SAVED / name, ["--out", str(out), "--quiet"]
    compare = [*_own(), "compare", str(file), *draws, *results]
    making = PackMaking(
        text, file, compare, lambda folder: [*_own(), "report", folder, *results], tell
    )
    making.ask()
    return making


def study_of_log(file: Path, name: str, out: Path) -> tuple[str, str]:
    """Make a study of an event log that was brought to the page, by `calibrate`.

    Parameters
    ----------
    file : Path
        The log.
    name : str
        What it is called where it came from; its ending says what it is.
    out : Path
        Parent of the result folders, among which the fit report stays.

    Returns
    -------
    text, said : str
        The study, with everything in it; what `calibrate` says of how well it fits.

    Raises
    ------
    StudyError
        With what is wrong with the log.
    """
    shown = Path(name).name
    log = file.with_name(re.sub(r"[^A-Za-z0-9_.-]+", "-", shown)[-80:].lstrip(".-") or "log")
    os.replace(file, log)
    words = ["calibrate", str(log), "--out", str(out / SAVED), "--fresh", "--json", "--quiet"]
    done = subprocess.run(  # noqa: S603 - this program  # nosec B603
        [*_own(), *words], capture_output=True, text=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL, timeout=_LONGEST_CALIBRATION,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().replace(str(log), shown) or f"exit code {done.returncode}"
        raise StudyError([Problem(shown, None, None, "", said.removeprefix(f"{shown}: "))])
    told = json.loads(done.stdout)
    study = load_study(Path(told["results"]) / "study.yaml")
    text = saved_study(study.model_copy(update={"compared_with": None}), program())
    # The page has room for sentences; tables, which have lines of their own, are in the fit report.
    sentences = [each for each in told["said"] if "\n" not in each]
    how_near = f"How near it comes to its log: {told['results']}/fit.html."
    return text, " ".join([*sentences, how_near])


def _own() -> list[str]:
    """Return the words that start this program; it lies above the packages, installed or not."""
    return [sys.executable, str(Path(__file__).parents[2] / "run.py")]


def _door(options: argparse.Namespace) -> socket.socket:
    """Return a socket that listens on this machine alone.

    Raises
    ------
    MachineRefusal
        If the port asked for is taken, or not to be had.
    """
    wanted = options.port
    for port in [wanted] if wanted is not None else [USUAL_PORT, 0]:
        door = socket.socket()
        if os.name == "posix":  # elsewhere it would let another program take the port as well
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((_HOST, port))
            door.listen()  # whoever has the link may come before the server is ready
        except OSError as error:
            door.close()
            if port == wanted:
                reason = (error.strerror or str(error)).lower()
                raise MachineRefusal(
                    f"Port {port} cannot be used ({reason}). Choose another with --port N, or "
                    "leave it out."
                ) from error
            continue
        return door
    raise MachineRefusal("There is no free port on this machine.")


def _settings(house: House, port: int, token: str) -> uvicorn.Config:
    return uvicorn.Config(
        page_behind_guard(house, port, token),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )


class _PageServer(uvicorn.Server):
    """A server that Ctrl-C ends: that is how a page is closed, and no interruption of anything."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for the end while open; pass on what else than Ctrl-C asked for it."""
        heard: list[int] = []

        def hear(number: int, frame: FrameType | None) -> None:
            heard.append(number)
            self.handle_exit(number, frame)

        before = {number: signal.signal(number, hear) for number in ENDINGS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        for number in heard:
            if number != signal.SIGINT:
                signal.raise_signal(number)


def _tell(link: str, options: argparse.Namespace) -> None:
    if options.json:
        say_object({"page": link})
    else:
        say(f"page: {link}")
    if not options.quiet:
        note("Whoever has this link can use the page; it works on this machine alone. Ctrl-C ends.")
    if not options.no_browser:
        webbrowser.open(link)
