"""The board pack as one page for a browser: nothing is fetched, and it prints."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from html import escape

from analysis.report.content import Grid, GridCell, Illustration, Pack, Page, commands_apart

_LARGEST_FIGURE = 1 << 24
_STYLE = """
:root { --ink: #1a1a1a; --muted: #595959; --rule: #d0d0d0; --accent: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 "DejaVu Sans", Verdana, Arial, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: .2rem 0 .8rem; }
.question { color: var(--accent); font-weight: bold; margin: 0; }
section { border-top: 3px solid var(--accent); padding: 1rem 0; margin-top: 1.5rem; }
nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: .2rem 1.2rem; }
nav a { display: inline-block; padding: .35rem 0; }
a { color: var(--accent); }
a:focus-visible, .scroll:focus-visible { outline: 3px solid #d55e00; outline-offset: 2px; }
figure { margin: 1rem 0; }
figure img { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .85rem; }
caption { text-align: left; color: var(--muted); padding-bottom: .3rem; }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.caveat, footer { color: var(--muted); font-size: .85rem; }
code { background: #f2f2f2; padding: .1rem .3rem; overflow-wrap: anywhere; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
@media (max-width: 40rem) { body { padding: .8rem; } h1 { font-size: 1.3rem; } }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip { display: none; }
  section { break-before: page; border-top: 0; margin: 0; padding: 0; }
  section#executive { break-before: auto; }
  figure, tr { break-inside: avoid; }
  figure img { max-height: 165mm; width: auto; max-width: 100%; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
}
"""


def html_page(pack: Pack) -> str:
    """Return the pack as one HTML document, complete in itself.

    Parameters
    ----------
    pack : Pack
    """
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(pack.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
    )
    links = "".join(
        f'<li><a href="#{page.key}">{_said(page.question)}</a></li>' for page in pack.pages[1:]
    )
    body = [
        '<body>\n<a class="skip" href="#executive">To the answer</a>',
        f"<header><h1>{_said(pack.title)}</h1></header>",
        f'<nav aria-label="Questions"><ul>{links}<li><a href="#method">Method</a></li></ul></nav>',
        "<main>",
        *(_section(page) for page in pack.pages),
        _method(pack),
        "</main>",
        f"<footer><p>{_said(pack.footnote)}</p></footer>",
        "</body>\n</html>\n",
    ]
    return head + "\n".join(body)


def _said(text: str) -> str:
    """Return a text in HTML, commands in it marked as such."""
    parts = ((escape(part), is_command) for part, is_command in commands_apart(text))
    return "".join(f"<code>{part}</code>" if is_command else part for part, is_command in parts)


def _section(page: Page) -> str:
    question = "" if page.key == "executive" else page.question
    parts = [
        f'<section id="{page.key}" aria-labelledby="{page.key}-title">',
        f'<p class="question">{_said(question)}</p>' if question else "",
        f'<h2 id="{page.key}-title">{_said(page.title)}</h2>',
        *(f"<p>{_said(line)}</p>" for line in page.lines),
        *(_table(grid, f"{page.key}-{place}") for place, grid in enumerate(page.grids)),
        *(_figure(figure) for figure in page.figures),
        *(f'<p class="caveat">{_said(each)}</p>' for each in page.caveats),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _table(grid: Grid, name: str) -> str:
    numeric = [_is_numeric(column) for column in zip(*grid.rows, strict=True)] or [False] * len(
        grid.head
    )
    head = "".join(
        f'<th scope="col"{_number_class(is_number)}>{escape(text)}</th>'
        for text, is_number in zip(grid.head, numeric, strict=True)
    )
    rows = "".join(f"<tr>{''.join(_cells(row, grid, numeric))}</tr>" for row in grid.rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}">'
        f'<table><caption id="{name}">{escape(grid.about)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(row: tuple[GridCell, ...], grid: Grid, numeric: list[bool]) -> Iterable[str]:
    for place, (value, is_number) in enumerate(zip(row, numeric, strict=True)):
        tag = 'th scope="row"' if place == 0 else "td"
        shown = escape(shown_value(value, grid.decimals[place]))
        yield f"<{tag}{_number_class(is_number)}>{shown}</{tag.split(maxsplit=1)[0]}>"


def _number_class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def _is_numeric(column: tuple[GridCell, ...]) -> bool:
    return all(not isinstance(value, str) for value in column)


def shown_value(value: GridCell, decimals: int) -> str:
    """Return a cell as it is read: so many decimals, a true minus sign, nothing for no number."""
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "\u2013"
    return f"{value:,.{max(decimals, 0)}f}".replace("-", "\u2212")


def _figure(figure: Illustration) -> str:
    """Return a figure as an image: what an image holds neither runs nor fetches anything."""
    with figure.svg.open("rb") as file:
        content = file.read(_LARGEST_FIGURE)
    data = base64.b64encode(content).decode("ascii")
    return (
        f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(figure.alt)}"></figure>'
    )


def _method(pack: Pack) -> str:
    lines = "".join(f"<p>{_said(line)}</p>" for line in pack.method)
    left_out = ""
    if pack.missing:
        rows = "".join(
            f"<li>{escape(each.question)} <code>{escape(each.command)}</code></li>"
            for each in pack.missing
        )
        left_out = f"<h3>Left out, and what makes it</h3><ul>{rows}</ul>"
    return (
        '<section id="method" aria-labelledby="method-title"><h2 id="method-title">Method</h2>'
        f"{lines}{left_out}</section>"
    )
