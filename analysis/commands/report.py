"""``report``: the board pack of a result, as a page, a deck and a workbook. It runs nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.commands.experiment import result_study
from analysis.commands.terminal import say, say_object, say_results
from analysis.load import load_result, result_folder
from analysis.report.book import book_of
from analysis.report.content import Pack
from analysis.report.deck import deck_of
from analysis.report.pack import pack_of
from analysis.report.page_html import html_page
from analysis.report.sources import (
    ANSWER_FILES,
    PAGE_SOURCES,
    STORY_FILE,
    Compared,
    Found,
    Sources,
    answer_in,
    found_beside,
)
from sim.keeping.files import write_bytes, write_text
from sim.study.errors import Problem, ResultFolderError, StudyError
from sim.study.spelling import nearest_or_all

_PAGE, _DECK, _BOOK = "report.html", "board.pptx", "results.xlsx"


@dataclass(frozen=True)
class Made:
    """The pack of a result in all its forms.

    Attributes
    ----------
    pack : Pack
    page : str
        The page, as HTML.
    deck, book : bytes
        Slides and workbook.
    """

    pack: Pack
    page: str
    deck: bytes
    book: bytes


def execute(options: argparse.Namespace) -> int:
    """Write the pack of a result into its folder, say what it says."""
    kinds = _kinds(options)
    folder = result_folder(options.result, Path(options.out))
    template = None if options.template is None else Path(options.template)
    made = made_of(folder, kinds, options.extension, template)
    write_text(folder / _PAGE, made.page)
    write_bytes(folder / _DECK, made.deck)
    write_bytes(folder / _BOOK, made.book)
    _tell(made.pack, options)
    say_results(folder, options.json)
    return 0


def made_of(
    folder: Path,
    kinds: Sequence[str] = PAGE_SOURCES,
    extensions: Sequence[str] = (),
    template: Path | None = None,
) -> Made:
    """Return the pack of a result, all of it made before any is written: some may be refused.

    Parameters
    ----------
    folder : Path
        Of the comparison.
    kinds : sequence of str
        Answers that it may be written from.
    extensions : sequence of str
        Extensions that the command line names.
    template : Path, optional
        A presentation whose look the slides take.

    Raises
    ------
    ResultFolderError
        If the result cannot be read, or an answer is not as its command leaves it.
    StudyError
        If its study cannot be run, or the template is none.
    """
    result = load_result(folder)
    compared = Compared(result, result_study(folder, extensions))
    found = found_beside(folder, result.manifest)
    sources = _sources(compared, {kind: found[kind] for kind in found if kind in kinds}, extensions)
    files = [each.folder / ANSWER_FILES[kind] for kind, each in sources.answers.items()]
    files += [file for file in (folder / STORY_FILE,) if file.is_file()]
    try:
        pack = pack_of(sources, folder.parent)
        return Made(pack, html_page(pack), deck_of(pack, template), book_of(pack))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as reason:
        if not files:
            raise
        raise ResultFolderError(
            f"{', '.join(map(str, files))}: one of these answers is not as its command leaves it "
            f"({type(reason).__name__}: {reason}). Run that command again, or leave its kind out "
            "of --with"
        ) from reason


def _kinds(options: argparse.Namespace) -> tuple[str, ...]:
    """Return which answers the pack may be written from.

    Raises
    ------
    StudyError
        If a kind is none.
    """
    wanted = PAGE_SOURCES if options.beside is None else tuple(options.beside)
    problems = [
        Problem(
            f"--with {kind}", None, None, "", f"there is no kind `{kind}`",
            nearest_or_all(kind, PAGE_SOURCES),
        )
        for kind in wanted
        if kind not in PAGE_SOURCES
    ]  # fmt: skip
    if problems:
        raise StudyError(problems)
    return wanted


def _sources(compared: Compared, chosen: dict[str, Found], extensions: Sequence[str]) -> Sources:
    answers, beside = {}, {}
    for kind, each in chosen.items():
        if kind in ANSWER_FILES:
            answers[kind] = answer_in(each)
        else:
            study = result_study(each.folder, extensions)
            beside[kind] = Compared(load_result(each.folder), study)
    return Sources(compared, answers, beside)


def _tell(pack: Pack, options: argparse.Namespace) -> None:
    if options.json:
        say_object(
            {
                "question": pack.title,
                "pages": [{"page": page.key, "finding": page.title} for page in pack.pages],
                "left_out": [vars(each) for each in pack.missing],
            }
        )
        return
    for page in pack.pages:
        say(f"{page.question}\n  {page.title}".replace("\u2212", "-"))
    if pack.missing:
        say("\nLeft out, and the command that makes it:")
        for each in pack.missing:
            say(f"  {each.question} {each.command}")
