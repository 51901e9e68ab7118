"""A file that carries a statement of the paper, open at the test or case that holds it; only what the reading names."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Query

from xinyong.lab.coverage import PACKAGE
from xinyong.lab.reading import load_reading
from xinyong.portal.library import NotHere
from xinyong.portal.site import Site

ROOT, MOST = PACKAGE.parent, 2_000


@dataclass(frozen=True)
class SourceLine:
    """One line; marked if it belongs to what was asked for."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True)
class SourceFile:
    """A file of this installation, and the statements that it carries."""

    file: str
    name: str
    first: int
    carries: tuple[str, ...]
    lines: tuple[SourceLine, ...]


def add(site: Site) -> None:
    """Add the view of a file."""

    def source(
        file: Annotated[
            str, Query(max_length=200, description="file, or file::test, that the reading names")
        ],
    ) -> SourceFile:
        return _source(file)

    site.part("/source", "source.html", source, "A file that carries a statement of the paper")


@lru_cache(maxsize=1)
def _named() -> dict[str, tuple[str, ...]]:
    """Every file and test that the reading names, with the statements that name it."""
    found: dict[str, list[str]] = {}
    for number, r in load_reading().requirements.items():
        for name in (*r.carried_by.files, *r.carried_by.tests):
            found.setdefault(name, []).append(number)
    return {name: tuple(numbers) for name, numbers in found.items()}


def _source(asked: str) -> SourceFile:
    if asked not in _named():
        raise NotHere("the reading names no such file")
    file, _, name = asked.partition("::")
    path = ROOT / file
    if not path.is_file():
        raise NotHere(f"{file} is not in this installation; a checkout has it")
    texts = path.read_text(encoding="utf-8").splitlines()[:MOST]
    first, last = _place(texts, name)
    lines = tuple(SourceLine(n, text, first <= n <= last) for n, text in enumerate(texts, 1))
    return SourceFile(file, name, first, _named()[asked], lines)


def _place(texts: list[str], name: str) -> tuple[int, int]:
    """First and last line of a test or of a worked case; nothing (0, -1) where no name was given."""
    starts = (f"def {name}(", f"- case: {name}", f'- case: "{name}"', f"- case: '{name}'")
    begun = [n for n, text in enumerate(texts, 1) if name and text.strip().startswith(starts)]
    if not begun:
        return 0, -1
    first = begun[0]
    ends = (n for n, text in enumerate(texts[first:], first + 1) if text and not text[0].isspace())
    return first, next(ends, len(texts) + 1) - 1
