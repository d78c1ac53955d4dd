"""``explain``: a lever, key, parameter, measure, mechanism or term in plain words."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable

from analysis.commands.arguments import BAD_INPUT
from analysis.commands.terminal import note, say, say_object
from analysis.words.entries import ENTRY_KINDS, Entry, all_entries
from sim.study.spelling import did_you_mean

LINE_LENGTH = 88
MOST_ALIKE = 12
"""Entries that a word may stand for before they are only named."""


def execute(options: argparse.Namespace) -> int:
    """Explain a word, or list all that there are."""
    if options.word is None:
        _list(options)
        return 0
    found = matching(options.word)
    if not found:
        names = [name for each in all_entries() for name in (each.name, each.short)]
        advice = did_you_mean(options.word, names)
        note(f"Nothing here is called '{options.word}'.{advice} Without a word all are listed.")
        return BAD_INPUT
    if options.json:
        say_object([entry_as_object(each) for each in found])
    elif len(found) > MOST_ALIKE:
        say(_wrapped(f"'{options.word}' is part of: ", (each.name for each in found)))
    else:
        say("\n\n".join(entry_as_text(each) for each in found))
    return 0


def matching(word: str) -> list[Entry]:
    """Return what a word stands for: all of that name, else whose name or label has it in it.

    Small and capital letters, spaces, hyphens and underscores are alike.
    """
    wanted = _plain(word)
    if not wanted:
        return []
    exact = [each for each in all_entries() if wanted in _names(each)]
    if exact:
        return exact
    return [each for each in all_entries() if any(wanted in name for name in _names(each))]


def _names(entry: Entry) -> set[str]:
    return {_plain(name) for name in (entry.name, entry.short, entry.details.get("label", ""))}


def _plain(word: str) -> str:
    return word.lower().replace(" ", "_").replace("-", "_").strip("_`")


def entry_as_object(entry: Entry) -> dict[str, str]:
    """Return an entry as plain data."""
    return {"name": entry.name, "kind": entry.kind, "meaning": entry.meaning} | entry.details


def entry_as_text(entry: Entry) -> str:
    """Return an entry as a few lines: what it is, what may stand there, where it comes from."""
    lines = [f"{entry.name} ({entry.kind})"]
    lines += textwrap.wrap(
        f"{entry.meaning}.", LINE_LENGTH, initial_indent="  ", subsequent_indent="  "
    )
    for title, text in entry.details.items():
        head = f"  {title[0].upper()}{title[1:]}: "
        lines += textwrap.wrap(text, LINE_LENGTH, initial_indent=head, subsequent_indent="    ")
    return "\n".join(lines)


def _list(options: argparse.Namespace) -> None:
    """List everything by kind."""
    by_kind = {kind: [each for each in all_entries() if each.kind == kind] for kind in ENTRY_KINDS}
    if options.json:
        say_object([entry_as_object(each) for each in all_entries()])
        return
    for kind, title in ENTRY_KINDS.items():
        say(f"{title[0].upper()}{title[1:]}")
        say(_wrapped("  ", (each.name for each in by_kind[kind])) + "\n")
    say("Each is explained by: explain WORD")


def _wrapped(start: str, words: Iterable[str]) -> str:
    return textwrap.fill(
        ", ".join(words),
        LINE_LENGTH,
        initial_indent=start,
        subsequent_indent="  ",
        break_on_hyphens=False,
    )
