"""What the comments of a YAML file say of which value, so that a workbook can say it too."""

from __future__ import annotations

import re

_REMARK = re.compile(r"(?:^|\s)#+ ?(.*)$")
_SECTION = re.compile(r"# --- .* ---")
"""Parts a file; a workbook has sheets."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def remarks_of(text: str) -> tuple[dict[int, str], list[str]]:
    """Return remarks by the line of the key that they are about, and those about none.

    Parameters
    ----------
    text : str
        YAML.

    Returns
    -------
    tuple
        Remarks by line, from 1: what stands above the key without a gap, and behind it on its
        line. And a list of the paragraphs that belong to no key, in order.
    """
    by_line: dict[int, str] = {}
    paragraphs: list[str] = []
    above: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        written, remark = _parted(line)
        if _SECTION.fullmatch(line.strip()):
            continue
        if not written and remark is not None:
            above.append(remark)
            continue
        if not written:
            paragraphs += _paragraphs(above)
        else:
            said = " ".join([*above, *([] if remark is None else [remark])]).strip()
            if said:
                by_line[number] = said
        above = []
    return by_line, paragraphs


def _parted(line: str) -> tuple[str, str | None]:
    """Return what a line says and the remark behind it, None if there is none."""
    hidden = _QUOTED.sub(lambda found: "x" * len(found.group()), line)
    found = _REMARK.search(hidden)
    if found is None:
        return line.strip(), None
    return line[: found.start()].strip(), line[found.start(1) :].strip()


def _paragraphs(lines: list[str]) -> list[str]:
    """Return lines of remarks as paragraphs, which empty remarks and list items part."""
    found: list[list[str]] = []
    for line in lines:
        if not line:
            found.append([])
        elif line.startswith("- ") or not found:
            found.append([line])
        else:
            found[-1].append(line)
    return [" ".join(parts) for parts in found if parts]
