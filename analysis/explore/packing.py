"""The board pack of a window's question: made by the very commands that make it elsewhere."""

from __future__ import annotations

import re
import subprocess  # this program's own commands alone are called  # nosec B404
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from analysis.explore.questions import Tell
from sim.keeping.files import write_text
from sim.keeping.plain_files import check_plain
from sim.study.errors import ResultFolderError

PACK = ("report.html", "board.pptx", "results.xlsx")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+=-]{0,150}")
SAVED = "explore"
"""Folder beside the results, of studies that packs were made of."""
_SECONDS = 3600.0


def pack_path(out: Path, folder: str, name: str) -> Path:
    """Return a file of a board pack; no other file is ever given out.

    Parameters
    ----------
    out : Path
        Parent of the result folders.
    folder, name : str
        As a browser names them.

    Raises
    ------
    ResultFolderError
        If that is no board pack's file, or the folder holds links.
    """
    place = out / folder
    if name not in PACK or not _FOLDER.fullmatch(folder) or place.is_symlink():
        raise ResultFolderError("That is no file of a board pack.")
    if not (place / name).is_file():
        raise ResultFolderError("That board pack is not there any more: make it again.")
    check_plain(place)
    return place / name


class PackMaking:
    """A board pack on its way: the comparison, then its pages, in processes of their own.

    Parameters
    ----------
    text : str
        The study.
    file : Path
        Where it is to lie, below the results.
    compare : sequence of str
        Command line that compares what the file says.
    report : callable
        Given the folder that the comparison named, the command line that writes its pages: the
        latest result may be another window's by then.
    tell : callable
    """

    def __init__(
        self,
        text: str,
        file: Path,
        compare: Sequence[str],
        report: Callable[[str], Sequence[str]],
        tell: Tell,
    ) -> None:
        self._text, self._file, self._tell = text, file, tell
        self._compare, self._report = compare, report
        self._running: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._forgotten = False
        self._thread = threading.Thread(target=self._make, name="pack", daemon=True)

    def ask(self) -> None:
        """Begin."""
        self._thread.start()

    def forget(self) -> None:
        """End what is running."""
        with self._lock:
            self._forgotten = True
            if self._running is not None:
                self._running.terminate()

    def _make(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._file, self._text)
        except OSError as error:
            self._tell("pack", {"said": f"The study cannot be written: {error}.", "failed": True})
            return
        compared = self._results_of(self._compare)
        if compared is None or self._results_of(self._report(compared)) is None:
            return
        folder = Path(compared).name
        files = [{"name": name, "path": f"/api/pack/{folder}/{name}"} for name in PACK]
        self._tell("pack", {"said": f"The board pack is in {folder}:", "files": files})

    def _results_of(self, words: Sequence[str]) -> str | None:
        """Run a command; return the results that it names, or None: it failed, and that is told."""
        code, said, wrong = self._run(words)
        if self._forgotten:
            return None
        found = re.search(r"(?m)^results: (.+)$", said)
        if code or found is None:
            reason = wrong.strip().splitlines()[-1:] or [f"exit code {code}"]
            self._tell("pack", {"said": f"No board pack: {reason[0]}", "failed": True})
            return None
        return found[1]

    def _run(self, words: Sequence[str]) -> tuple[int, str, str]:
        """Run one command to its end; return exit code, stdout and stderr."""
        with self._lock:
            if self._forgotten:
                return 0, "", ""
            self._running = subprocess.Popen(  # noqa: S603 - this program  # nosec B603
                list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
        try:
            said, wrong = self._running.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            said, wrong = self._running.communicate()
        return self._running.returncode, said, wrong
