"""Matplotlib, loaded without its asking which window system or notebook it is in.

Where MPLBACKEND names one that is not there, as in a terminal started from a notebook, loading
it fails. Figures are drawn into memory here and need none.
"""

from __future__ import annotations

import importlib
import os
from contextlib import suppress

_BACKEND = "MPLBACKEND"


def load_matplotlib() -> None:
    """Load matplotlib, whatever the environment says; a backend that it knows is kept."""
    wanted = os.environ.pop(_BACKEND, None)
    try:
        loaded = importlib.import_module("matplotlib")
    finally:
        if wanted is not None:
            os.environ[_BACKEND] = wanted
    if wanted:
        with suppress(ValueError):  # for the figures of whoever else draws in this process
            loaded.rcParams["backend"] = wanted
