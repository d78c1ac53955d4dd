"""``python -m analysis.words.pages``: docs/levers.md and docs/glossary.md, written anew."""

from __future__ import annotations

from pathlib import Path

from analysis.words.entries import Entry, all_entries
from analysis.words.glossary import GLOSSARY

DOCS = Path("docs")
LEVERS_HEAD = """\
# Levers

Generated from `sim/study/levers.py` by `make docs`. An org model is a bundle of these and nothing
else; a lever may change rights, information, capacity, incentives or time, never an outcome.
`python run.py explain LEVER` says the same. What an org model is run with is no lever: a design of
the enterprise (`enterprise`), or two bundles one after the other (`transition`).

A right as such is free: `authority`, who owns a touchpoint or a journey, influence at the gate,
what agents may read and write. Paid is what is done with it: roles take heads, a fix takes hours
of the functions that must change, looking into issues and deciding take theirs. That an owner who
was overruled helps less is not in the model, so read a right's effect as the most it is worth.
"""
GLOSSARY_HEAD = """\
# Words

Generated from `analysis/words/glossary.py` by `make docs`. What a word means here; `python run.py
explain WORD` says the same, of levers, parameters and measures as well.

| word | meaning |
|---|---|
"""


def levers_page() -> str:
    """Return the page of all levers, by section."""
    levers = [each for each in all_entries() if each.kind == "lever"]
    sections = list(dict.fromkeys(each.name.partition(".")[0] for each in levers))
    parts = [LEVERS_HEAD]
    for section in sections:
        mine = [each for each in levers if each.name.partition(".")[0] == section]
        parts.append(f"\n## `{section}`\n\n| lever | meaning | permitted | default | moved in |\n")
        parts.append("|---|---|---|---|---|\n")
        parts += [_row(each) for each in mine]
    return "".join(parts)


def _row(lever: Entry) -> str:
    cells = (lever.details.get(title, "") for title in ("permitted", "default", "moved in"))
    return f"| `{lever.name}` | {lever.meaning} | {' | '.join(cells)} |\n"


def glossary_page() -> str:
    """Return the page of all terms."""
    return GLOSSARY_HEAD + "".join(
        f"| {word} | {meaning} |\n" for word, meaning in GLOSSARY.items()
    )


if __name__ == "__main__":
    (DOCS / "levers.md").write_text(levers_page(), encoding="utf-8")
    (DOCS / "glossary.md").write_text(glossary_page(), encoding="utf-8")
