"""What somebody probably meant by a word that is not known: the one home of such advice.

The command line asks it before anything else is loaded, so it imports next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# How alike two words must be, from 0 to 1: the fewer words are known, the less it takes.
_NAME_LIKENESS = 0.5  # names that the study itself declares
_KEY_LIKENESS = 0.55  # what a study may contain
_COMMAND_LIKENESS = 0.6  # words of a command line, which are short
_MOST_LISTED = 15
_MOST_NAMED = 40  # a firm of ordinary size is named in full


def listed(words: Iterable[str]) -> str:
    """Return words as code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)


def first_few(texts: Sequence[str]) -> str:
    """Return texts separated by commas; of very many the first ones, and how many more."""
    left = len(texts) - _MOST_NAMED
    if left <= 1:
        return ", ".join(texts)
    return f"{', '.join(texts[:_MOST_NAMED])} and {left:,} more"


def close_spelling(word: str, allowed: Iterable[str]) -> str | None:
    """Return the permitted word that is most like this one, or None if none is.

    Small and capital letters are alike.
    """
    by_small = {name.lower(): name for name in allowed}
    close = _most_alike(word.lower(), list(by_small), _KEY_LIKENESS)
    return by_small[close] if close else None


def spelling_advice(word: str, allowed: list[str]) -> str:
    """Return the nearest spelling, if there is one, and all that is permitted."""
    close = close_spelling(word, allowed)
    advice = f"did you mean `{close}`? " if close else ""
    return f"{advice}Permitted: {listed(allowed)}" if allowed else advice.strip()


def nearest_or_all(word: str, declared: Iterable[str]) -> str:
    """Return advice that names the nearest of the declared names, or all if none is near."""
    names = list(declared)
    close = _most_alike(word, names, _NAME_LIKENESS)
    if close:
        return f"did you mean `{close}`?"
    if len(names) > _MOST_LISTED:
        return "the tables in docs/ list what there is"
    return f"allowed: {listed(names)}" if names else "none are declared"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return a question naming the nearest known word, to follow a sentence; empty if none is."""
    close = _most_alike(word, known, _COMMAND_LIKENESS)
    return f" Did you mean {close}?" if close else ""


def _most_alike(word: str, known: Sequence[str], likeness: float) -> str | None:
    import difflib  # noqa: PLC0415 - only a mistake is worth the time that loading it takes

    close = difflib.get_close_matches(word, known, n=1, cutoff=likeness)
    return close[0] if close else None
