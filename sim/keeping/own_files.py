"""What of a result folder is the program's own, and may be removed by it.

Runs and tables are known by their names; figures by a list that is kept beside them, because a
picture of the user's may lie in the same folder.
"""

from __future__ import annotations

import re
from pathlib import Path

from sim.keeping.files import machine_refusal
from sim.keeping.firm_folder import FIRM_FILES
from sim.keeping.manifest import MANIFEST

RUNS = "runs"
FIGURES_FOLDER = "figures"
FIGURES_LIST = ".figures"
"""Names of the figures that the program wrote, one a line."""
PACK_FILES = ("report.html", "board.pptx")
"""What ``report`` writes beside the workbook."""
_TABLES = (
    *PACK_FILES,
    *FIRM_FILES,
    "measures.parquet",
    "comparison.csv",
    "numbers.csv",
    "results.xlsx",
    "README.txt",
    "ablations.csv",
    "customers.parquet",
    "events.parquet",
    "events.csv",
    "events.xes",
    "log_fit.csv",
    "runs.csv",
    "sizes.csv",
    "sizes.json",
    "levers.csv",
    "levers.json",
    "coalitions.csv",
    "worlds.parquet",
    "worlds.json",
    "regret.csv",
    "sensitivity.csv",
    "rules.csv",
    "claims.csv",
    "claims.json",
    "headlines.csv",
    "headlines.json",
    "patterns.csv",
    "fit.json",
    "trace.json",
)
_RUN = re.compile(r"[0-9a-f]{16}(\.customers|\.events)?\.parquet")
_FIGURE = re.compile(r"[^./\\:\0][^/\\:\0]*\.(png|svg|csv)")
_LONGEST_LIST = 1 << 20


def own_files(path: Path) -> list[Path]:
    """Return all files that the program may have written into a result folder.

    The manifest comes last: whoever removes them in this order and is interrupted leaves a
    folder that is still recognised.
    """
    runs = [file for file in entries(path / RUNS) if _RUN.fullmatch(file.name)]
    return [
        *runs,
        *own_figures(path),
        *(path / name for name in (*_TABLES, FIGURES_LIST, MANIFEST)),
    ]


def number_of_runs(path: Path) -> int:
    """Return how many runs a result folder seems to hold, by their names."""
    names = (_RUN.fullmatch(file.name) for file in entries(path / RUNS))
    return sum(name is not None and name[1] is None for name in names)


def own_figures(path: Path) -> list[Path]:
    """Return the figures of a result folder that are on the program's list.

    The list may come from elsewhere: it can name figures only, and none in another folder.
    """
    try:
        with (path / FIGURES_LIST).open("rb") as file:
            names = file.read(_LONGEST_LIST).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise machine_refusal("read", path / FIGURES_LIST, error) from error
    return [path / FIGURES_FOLDER / name for name in names if _FIGURE.fullmatch(name)]


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, which need not exist."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise machine_refusal("read", folder, error) from error
