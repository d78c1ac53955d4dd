"""The word that starts this program, as one typed it; hints name it."""

from __future__ import annotations

import os
import sys


def program() -> str:
    """Return ``standing`` as installed, or ``python run.py`` where it was started so."""
    return "python run.py" if os.path.basename(sys.argv[0]) == "run.py" else "standing"
