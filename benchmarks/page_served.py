"""The what-if page's program, started as a user starts it, and asked as the page asks.

Tests and benchmarks of the page share it.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess  # our own program is started  # nosec B404
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "run.py")]
WINDOW = "window-of-a-test"


class Served:
    """One program that serves a page.

    Parameters
    ----------
    words : sequence of str
        Of the command line, after ``explore``.
    folder : Path
        Where it is started.
    """

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own program  # nosec B603
            [*PROGRAM, "explore", "--no-browser", *words],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        said = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not said.startswith("page: "):
            raise AssertionError(said + self.process.communicate(timeout=60)[1])
        self.link = said.removeprefix("page: ").strip()
        address, _, self.token = self.link.partition("/#token=")
        self.port = int(address.rpartition(":")[2])

    def answer(
        self, method: str, path: str, body: Any = None, heads: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once; return status, headers and body."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = body if isinstance(body, bytes | type(None)) else json.dumps(body).encode()
        named = {"x-standing-token": self.token, "content-type": "application/json"}
        line.request(method, path, sent, {**named, **(heads or {})})
        response = line.getresponse()
        found = response.read()
        line.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, found

    def post(self, path: str, body: Any) -> Any:
        """Ask with plain data, and read plain data."""
        status, _, found = self.answer("POST", path, body)
        if status != 200:
            raise AssertionError(found)
        return json.loads(found)

    def goes_on(self) -> bool:
        """Tell whether the page is there."""
        return self.answer("GET", "/api/start")[0] == 200

    def ask(self, mark: int, state: dict[str, Any], window: str = WINDOW) -> dict[str, Any]:
        """Want the answer to a state."""
        found: dict[str, Any] = self.post(
            "/api/ask", {"window": window, "mark": mark, "state": state}
        )
        return found

    def heard(self, window: str = WINDOW) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what a window is told, for as long as anybody asks for more."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request(
            "GET", f"/api/stream?window={window}", headers={"x-standing-token": self.token}
        )
        response = line.getresponse()
        if response.status != 200:
            raise AssertionError(response.status)
        kind = ""
        try:
            while text := response.readline():
                if text.startswith(b"event: "):
                    kind = text[7:].decode().strip()
                elif text.startswith(b"data: "):
                    yield kind, json.loads(text[6:])
        finally:
            line.close()

    def finished(self, mark: int, window: str = WINDOW) -> dict[str, Any]:
        """Return the answer to a question once all its runs are in."""
        for kind, told in self.heard(window):
            if kind == "answer" and told["question"] == mark and told["finished"]:
                return told
        raise AssertionError("the stream ended before the answer was whole")

    def close(self) -> tuple[int, str]:
        """End it as Ctrl-C does; return exit code and what it said."""
        self.process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        said = self.process.communicate(timeout=180)
        return self.process.returncode, "".join(said)


@contextmanager
def served(words: Sequence[str], folder: Path) -> Iterator[Served]:
    """Give a page's program, ended at the end, whatever happened."""
    there = Served(words, folder)
    try:
        yield there
    finally:
        if there.process.poll() is None:
            there.process.terminate()
            try:
                there.process.communicate(timeout=180)
            except subprocess.TimeoutExpired:
                there.process.kill()
                there.process.communicate()
