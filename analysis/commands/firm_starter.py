"""Bundled firms as starter studies: one file with all of a firm's numbers in it, to be edited."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

from sim.reading.bundled import bundled, bundled_names
from sim.reading.yaml_source import scan
from sim.study.errors import Problem, StudyError
from sim.study.spelling import nearest_or_all

_FOLDER = "firms/"
_OTHER = {"subscription": "board.yaml"}
"""Firms whose study stands elsewhere."""

_HEADING = """\
# {description}
#
# A starter study, made from the bundled firm `{firm}`. Every number is yours to change: where it
# comes from, and how good that is, stands beside it. A to D grade it: measured by a named source,
# published model, analogy, assumption. Market, org models and design come first, then the firm.
#
#   {program} validate {study}.yaml     checks it and shows what was understood
#   {program} compare {study}.yaml      runs the comparison
#   {program} schema > study.schema.json   lets an editor complete and check as you type
#
# The org models are files that come with the program. One of yours beside this study, such as
# organisations/siloed.yaml, goes before the bundled one of that name.

"""

_FIRM = """\
# --- The firm: its functions, what they know of a customer, and journeys step by step ---
"""


def firms() -> dict[str, str]:
    """Return the study of every bundled firm, as its bundled name, by the firm's name."""
    there = {
        name.removeprefix(_FOLDER).removesuffix(".yaml"): name
        for name in bundled_names()
        if name.startswith(_FOLDER)
    }
    return dict(sorted((there | _OTHER).items()))


def described() -> dict[str, str]:
    """Return what kind of firm each bundled one is, by its name."""
    return {firm: _description(_enterprise_of(name)) for firm, name in firms().items()}


def firm_starter(firm: str, study: str, program: str) -> str:
    """Return the text of a study that begins as a bundled firm, its enterprise written out in it.

    Parameters
    ----------
    firm : str
        A bundled firm.
    study : str
        The study's name.
    program : str
        The word that starts the program, in its hints.

    Raises
    ------
    StudyError
        If there is no such firm; its message names those there are.
    """
    text = firm_text(firm, study)
    about = described()[firm]
    return _HEADING.format(description=about, firm=firm, study=study, program=program) + text


def firm_text(firm: str, study: str) -> str:
    """Return a bundled firm's study under another name, its enterprise written out in it.

    Raises
    ------
    StudyError
        If there is no such firm; its message names those there are.
    """
    known = firms()
    if firm not in known:
        message, remedy = f"there is no bundled firm `{firm}`", nearest_or_all(firm, known)
        raise StudyError([Problem(f"--like {firm}", None, None, "", message, remedy)])
    text = bundled(known[firm]).read_text(encoding="utf-8")
    enterprise = _enterprise_of(known[firm])
    inside = indent(enterprise.read_text(encoding="utf-8"), "  ")
    text = re.sub(r"(?m)^study: .*$", lambda _: f"study: {study}", text, count=1)
    text = re.sub(r"(?m)^enterprise: .*\n\n?", "", text, count=1)
    return f"{text}\n{_FIRM}enterprise:\n{inside}"


def _enterprise_of(name: str) -> Path:
    """Return the file of the enterprise that a bundled study names."""
    found = scan(bundled(name)).root.entries["enterprise"].value
    return bundled(str(found))


def _description(enterprise: Path) -> str:
    """Return how an enterprise's file describes it."""
    return str(scan(enterprise).root.entries["description"].value)
