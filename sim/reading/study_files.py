"""The file of a study, of either kind: YAML or a workbook."""

from __future__ import annotations

from pathlib import Path

import yaml

from sim.reading.source_tree import Source
from sim.reading.workbook_file import is_workbook
from sim.reading.yaml_source import scan


def scan_study(path: str | Path) -> Source:
    """Read a study's file as far as it goes; what is wrong is in its ``problems``.

    Parameters
    ----------
    path : str or Path
        A YAML file, or a workbook by its ending.

    Raises
    ------
    MachineRefusal
        If the machine does not let the file be read.
    """
    if not is_workbook(path):
        return scan(path)
    # Imported only where there is a workbook: what reads it takes long to load.
    from sim.reading.workbook_source import scan_workbook  # noqa: PLC0415

    return scan_workbook(path)


def study_as_given(path: str | Path) -> str:
    """Return the text of a study's file; of a workbook, what it says as YAML."""
    if not is_workbook(path):
        return Path(path).read_text(encoding="utf-8")
    return yaml.safe_dump(scan_study(path).data, sort_keys=False, allow_unicode=True, width=96)
