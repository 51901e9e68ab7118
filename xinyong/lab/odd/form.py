"""The form of the document: sections of paragraphs and tables, and how they look in Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CODE = "`"


@dataclass(frozen=True)
class Sheet:
    """A table: headings and rows of text."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = str | Sheet


@dataclass(frozen=True)
class Section:
    """A section; `level` 2 is one of the seven elements of the protocol, 3 lies below."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True)
class Document:
    """The whole document of one scenario."""

    title: str
    scenario: str
    sections: tuple[Section, ...]


def sheet(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Sheet:
    """A table of anything that can be written as text."""
    return Sheet(tuple(heads), tuple(tuple("" if c is None else str(c) for c in row) for row in rows))


def names(words: Iterable[str]) -> str:
    """Names of code in one cell."""
    return ", ".join(words)


def markdown(document: Document) -> str:
    """The document as Markdown."""
    parts = [f"# {document.title}\n"]
    for section in document.sections:
        parts.append(f"{'#' * section.level} {section.title}\n")
        parts += [_table(block) if isinstance(block, Sheet) else f"{block}\n" for block in section.blocks]
    return "\n".join(parts)


def _table(block: Sheet) -> str:
    if not block.rows:
        return "None.\n"
    lines = [f"| {' | '.join(block.heads)} |", "|" + "---|" * len(block.heads)]
    lines += [f"| {' | '.join(_cell(c) for c in row)} |" for row in block.rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
