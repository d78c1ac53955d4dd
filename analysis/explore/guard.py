"""The door of the page: who may ask, how much, and what a browser may do with the answer.

The page is for whoever started it, on this machine. A page of another origin, a name that was made
to mean this machine, a body without end are refused before anything is read.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

TOKEN_HEADER = b"x-standing-token"
USUAL_BODY = 2 << 20
"""Bytes of a body, unless its path says otherwise."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class _TooLargeError(Exception):
    """More of a body came than may be read."""


def policy(style_hashes: Iterable[str]) -> str:
    """Return what a browser may load for the page: its own files, and nothing from elsewhere.

    Parameters
    ----------
    style_hashes : iterable of str
        Of styles that the charts' library writes into the page.
    """
    hashes = " ".join(f"'{each}'" for each in style_hashes)
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
        f"font-src 'self'; style-src 'self' {hashes}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


class Guard:
    """Lets through what the page itself asks, and nothing else.

    Parameters
    ----------
    app : ASGI application
    port : int
        On which it is served.
    token : str
        That the link holds.
    content_policy : str
        As `policy` returns it.
    bodies : mapping of str to int
        Bytes that may be sent to a path, where that is not the usual number.
    """

    def __init__(
        self, app: App, port: int, token: str, content_policy: str, bodies: Mapping[str, int]
    ) -> None:
        self._app = app
        names = ("127.0.0.1", "localhost")
        self._hosts = {f"{name}:{port}".encode() for name in names}
        self._origins = {f"http://{name}:{port}".encode() for name in names}
        self._token = token.encode()
        self._bodies = bodies
        self._headers = [
            (b"content-security-policy", content_policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
            (b"cache-control", b"no-store"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no socket
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await self._refuse(send, *refusal)
            return
        await self._let_through(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return why a request is refused, by its head alone; None if it is not."""
        heads: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            heads.setdefault(name.lower(), []).append(value)
        hosts = heads.get(b"host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, "This page is served under 127.0.0.1 only."
        if any(origin.lower() not in self._origins for origin in heads.get(b"origin", [])):
            return 403, "Another page may not ask this one."
        path = str(scope["path"])
        asked_from = heads.get(b"sec-fetch-site", [b"none"])[0]
        if asked_from not in (b"same-origin", b"none") and path != "/":
            return 403, "Another page may not ask this one."
        if path.startswith("/api/") and not self._knows(heads.get(TOKEN_HEADER, [])):
            return 403, "The link with its token opens this page: copy all of it."
        length = heads.get(b"content-length", [b"0"])[0]
        if not length.isdigit() or int(length) > self._most(path):
            return 413, f"That is too large: at most {self._most(path) >> 20} MiB."
        return None

    def _knows(self, tokens: list[bytes]) -> bool:
        return len(tokens) == 1 and hmac.compare_digest(tokens[0], self._token)

    def _most(self, path: str) -> int:
        return self._bodies.get(path, USUAL_BODY)

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, counting what comes in and marking what goes out."""
        left = self._most(str(scope["path"]))
        answered = too_large = False

        async def counted() -> Message:
            nonlocal left, too_large
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                too_large = True
                raise _TooLargeError
            return message

        async def marked(message: Message) -> None:
            nonlocal answered
            if too_large and not answered:
                return  # whatever is made of it further in, it is refused here
            if message["type"] == "http.response.start":
                answered = True
                own = {name for name, _ in self._headers}
                kept = [pair for pair in message["headers"] if pair[0].lower() not in own]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        with contextlib.suppress(_TooLargeError):
            await self._app(scope, counted, marked)
        if too_large and not answered:
            most = self._most(str(scope["path"])) >> 20
            await self._refuse(send, 413, f"That is too large: at most {most} MiB.")

    async def _refuse(self, send: Send, status: int, said: str) -> None:
        body = said.encode()
        heads = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),  # what else of a body would come is not read
            *self._headers,
        ]
        await send({"type": "http.response.start", "status": status, "headers": heads})
        await send({"type": "http.response.body", "body": body})
