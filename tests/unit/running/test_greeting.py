"""What is no scheduler is found out in seconds, whatever it says or does not say."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from sim.running import cluster
from sim.running.cluster import ClusterWorkers
from sim.running.greeting import who_answers
from sim.study.errors import MachineRefusal

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

SAID = {
    "nothing": b"",
    "a web server's refusal": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "a mail server's greeting": b"220 mail.example ESMTP\r\n",
    "a message without end": struct.pack("<Q", 2**62),
    "TLS alert": bytes((21, 3, 3, 0, 2, 2, 40)),
    "noise": bytes(range(256)) * 16,
}


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Iterator[int]:
    """Accept connections, say something and then nothing; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    line, _ = server.accept()
                    held.append(line)
                    line.sendall(SAID[request.param])

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for line in held:
            line.close()


@pytest.mark.parametrize("scheme", ["tcp", "tls", "ws"])
@pytest.mark.parametrize("stranger", SAID, indirect=True)
def test_a_stranger_is_no_scheduler(stranger: int, scheme: str) -> None:
    begun = time.monotonic()
    assert who_answers(f"{scheme}://127.0.0.1:{stranger}", 0.5) == ""
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("stranger", ["nothing"], indirect=True)
def test_a_port_that_accepts_and_never_answers_is_the_machines_refusal(
    stranger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    refused: list[BaseException] = []

    def ask() -> None:
        try:
            ClusterWorkers(f"tcp://127.0.0.1:{stranger}")
        except BaseException as error:
            refused.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(20)
    assert refused, "it waits for ever"
    assert isinstance(refused[0], MachineRefusal)
    assert "No cluster answers" in str(refused[0])


def test_addresses_with_certificates_say_where_those_come_from() -> None:
    with pytest.raises(MachineRefusal, match="certificates"):
        ClusterWorkers("tls://127.0.0.1:9")
