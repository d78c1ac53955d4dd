"""What a YAML parser's complaint means to somebody who has never met one."""

from __future__ import annotations

from typing import Any

import yaml

# A part of the parser's words, what it means, what to do; the first that fits.
_MEANINGS = (
    (
        "mapping values are not allowed",
        "a colon stands where none can be",
        "check the indentation, and put text that contains a colon in quotes",
    ),
    (
        "could not find expected ':'",
        "a key without a colon",
        "write `key: value`",
    ),
    (
        "expected <block end>",
        "the indentation does not fit the lines above",
        "give all keys of a mapping the same indentation, and all items of a list a dash",
    ),
    (
        "did not find expected key",
        "the indentation does not fit the lines above",
        "give all keys of a mapping the same indentation",
    ),
    (
        "'-' indicator",
        "the indentation does not fit the list above",
        "give all items of a list the same indentation and a dash",
    ),
    (
        "sequence entries are not allowed",
        "a list cannot start here",
        "start the list on a line of its own, each item after a dash",
    ),
    (
        "escape character",
        "an unknown backslash sequence in quotes",
        "use single quotes, in which a backslash is just a backslash",
    ),
    ("tag handle", "tags are not supported", "leave the word with the `!` out"),
    ("node content", "a value is missing here", "write a value"),
)


def syntax_message(error: yaml.YAMLError, text: str, brackets: list[Any]) -> tuple[str, str, Any]:
    """Say what makes a text no YAML.

    Parameters
    ----------
    error : yaml.YAMLError
        The parser's complaint.
    text : str
        The whole text.
    brackets : list of yaml.Mark
        Where the brackets and braces that are still open stand.

    Returns
    -------
    tuple
        Message, remedy and a parser's mark (None if it gives none).
    """
    problem = getattr(error, "problem", None) or "this is not YAML"
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context", None) or ""
    # What was never closed is found at the end of the file; the mistake is where it opened.
    if "quoted" in context and "end of stream" in problem:
        quote = getattr(error, "context_mark", mark)
        return "the quotation mark that opens here is never closed", "close it", quote
    if "flow" in context and brackets:
        sign = _character_at(text, brackets[-1])
        return f"the `{sign}` that opens here is not closed properly", "close it", brackets[-1]
    if "cannot start any token" in problem and mark is not None:
        return (*_bad_start(_character_at(text, mark)), mark)
    for words, message, remedy in _MEANINGS:
        if words in problem:
            return message, remedy, mark
    return f"this is not YAML ({problem})", "check the indentation and the quotation marks", mark


def _character_at(text: str, mark: Any) -> str:
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column : mark.column + 1]


def _bad_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "a tab is used for indentation", "use spaces"
    return f"a value cannot start with `{character}`", "put the text in quotes"
