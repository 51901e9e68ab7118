"""The protocol document as one HTML page that needs no network."""

from xinyong.lab.odd import Document
from xinyong.lab.odd.form import Section, Sheet
from xinyong.report.html import Grid, Markup, heading, join, prose, table
from xinyong.report.plain import PlainEdition, whole_page


def odd_page(document: Document) -> str:
    """Write the document as HTML."""
    chapters: list[tuple[str, list[Markup]]] = []
    for section in document.sections:
        if section.level == 2:
            chapters.append((section.title, []))
        else:
            chapters[-1][1].append(heading(section.title))
        chapters[-1][1].extend(_blocks(section))
    sections = [(f"odd-{n}", title, join(parts)) for n, (title, parts) in enumerate(chapters, 1)]
    return whole_page([PlainEdition("en", document.title, sections)])


def _blocks(section: Section) -> list[Markup]:
    return [
        table(Grid(block.heads, block.rows)) if isinstance(block, Sheet) else prose(block)
        for block in section.blocks
    ]
