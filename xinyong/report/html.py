"""Small pieces of a page: paragraphs, figures with their tables, facts."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


class Markup(str):
    """Text that is HTML already; whatever is put into it is escaped unless it is HTML too."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)

    def __add__(self, other: str, /) -> "Markup":
        return Markup(str.__add__(self, escape(other)))

    def format(self, *args: object, **fields: object) -> "Markup":
        """Fill gaps."""
        safe = {name: escape(value) for name, value in fields.items()}
        return Markup(str.format(self, *(escape(value) for value in args), **safe))


def escape(value: object) -> Markup:
    """Turn a text into HTML; HTML stays as it is."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


Cell = str | Markup


@dataclass(frozen=True)
class Grid:
    """A table: headings, rows, and which columns hold numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int] = ()
    caption: str = ""
    marks: dict[int, str] = field(default_factory=dict)


def join(parts: Iterable[Cell]) -> Markup:
    """Put pieces after one another."""
    return Markup("".join(escape(part) for part in parts))


def cited(source: str) -> str:
    """Leave the names of files out of a source; the project's own design is called the model note."""
    named = re.sub(r"\bmodel\.md(?: [A-Z]?\d[\w./]*\b)?", "the model note", source)
    return re.sub(r",? ?\b000_[0-9a-f]+\.txt", "", named)


def prose(*paragraphs: Cell) -> Markup:
    """Write paragraphs."""
    return join(Markup("<p>{}</p>").format(text) for text in paragraphs if text)


def note(text: Cell, kind: str = "note") -> Markup:
    """Set a remark off from the text."""
    return Markup('<p class="{}">{}</p>').format(kind, text)


def heading(text: Cell) -> Markup:
    """Write a heading inside a section."""
    return Markup("<h3>{}</h3>").format(text)


def table(grid: Grid) -> Markup:
    """Write a table that a phone can scroll sideways."""
    head = join(_cell("th", name, i in grid.numbers, ' scope="col"') for i, name in enumerate(grid.heads))
    body = join(
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="{}"').format(grid.marks[n]) if n in grid.marks else "", _cells(row, grid)
        )
        for n, row in enumerate(grid.rows)
    )
    caption = Markup("<caption>{}</caption>").format(grid.caption) if grid.caption else ""
    return Markup(
        '<div class="scroll" tabindex="0"><table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(caption, head, body)


def _cells(row: Sequence[Cell], grid: Grid) -> Markup:
    """Write the cells of one row; the first names it."""
    first = _cell("th", row[0], 0 in grid.numbers, ' scope="row"')
    return first + join(_cell("td", cell, i in grid.numbers) for i, cell in enumerate(row) if i)


def _cell(tag: str, content: Cell, number: bool, extra: str = "") -> Markup:
    """Write one cell."""
    kind = Markup(' class="n"') if number else Markup("")
    return Markup("<{}{}{}>{}</{}>").format(Markup(tag), Markup(extra), kind, content, Markup(tag))


def sources(pairs: Iterable[tuple[str, Cell]]) -> Markup:
    """List sources, each under what it is the source of."""
    inside = join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in pairs)
    return Markup('<dl class="sources">{}</dl>').format(inside)


def facts(pairs: Iterable[tuple[str, Cell]]) -> Markup:
    """List facts with their names."""
    inside = join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in pairs)
    return Markup('<dl class="facts">{}</dl>').format(inside)


def figure(drawing: str, caption: Cell, grid: Grid, summary: str, *, wide: bool = False) -> Markup:
    """Show a drawing with its caption and, folded away, the table of its numbers."""
    kind = "wide" if wide else "panel"
    return Markup(
        '<figure class="{}"><div class="chart">{}</div><figcaption>{}</figcaption>{}</figure>'
    ).format(kind, Markup(drawing), caption, folded(summary, table(grid)))


def folded(summary: str, inside: Markup, *, keep: bool = False) -> Markup:
    """Fold something away under a line that opens it; on paper it is shown only where it must be kept."""
    kind = Markup(' class="keep"') if keep else Markup("")
    return Markup("<details{}><summary>{}</summary>{}</details>").format(kind, summary, inside)


def panels(figures: Iterable[Markup]) -> Markup:
    """Set small figures side by side where there is room."""
    return Markup('<div class="panels">{}</div>').format(join(figures))


def legend(entries: Iterable[tuple[str, str]]) -> Markup:
    """Explain signs: a class of the style sheet and what it stands for."""
    inside = join(Markup('<li><i class="{}"></i>{}</li>').format(sign, text) for sign, text in entries)
    return Markup('<ul class="legend">{}</ul>').format(inside)
