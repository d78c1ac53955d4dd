"""Whether a scheduler answers at an address, found out in seconds.

Dask's client waits without end for whoever accepts a connection and says nothing, and takes an
answer in another language for an error of its own. So a scheduler is greeted first, with the
question who it is, before anything is built on its answer.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Any


def who_answers(address: str, seconds: float) -> str:
    """Return what calls itself what at an address, such as ``Scheduler``.

    Parameters
    ----------
    address : str
        With its protocol, such as ``tcp://127.0.0.1:8786``.
    seconds : float
        The longest wait for all of it, looking up the machine's name included.

    Returns
    -------
    str
        Empty if nobody answers in time, or in another language.
    """
    said: list[str] = []

    def ask() -> None:
        with suppress(Exception):  # whatever it was, it is no answer
            said.append(asyncio.run(_asked(address, seconds)))

    # In a thread that nobody waits for longer: looking up a name cannot be called off.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds + 0.5)
    return said[0] if said else ""


async def _asked(address: str, seconds: float) -> str:
    """Connect, ask, and hang up."""
    from distributed.comm import connect  # noqa: PLC0415 - an extra that only this needs
    from distributed.security import Security  # noqa: PLC0415

    async def answer() -> Any:
        secrets = Security().get_connection_args("client")
        # What a stranger sends is read as plain values; no object is made of it.
        line = await connect(address, timeout=seconds, deserialize=False, **secrets)
        try:
            await line.write({"op": "identity", "reply": True})
            return await line.read()
        finally:
            line.abort()

    told = await asyncio.wait_for(answer(), seconds)
    return str(told["type"])
