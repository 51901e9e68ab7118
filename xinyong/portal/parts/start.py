"""The first page, the page of one run, and the page for machines."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from xinyong.lab.tables import MARK
from xinyong.portal.library import Entry, Library, NotHere
from xinyong.portal.site import RunKey, Site


@dataclass(frozen=True)
class Start:
    """What can be opened."""

    synthetic: str
    runs: tuple[Entry, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table of a run."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class About:
    """One run: what was played, and what its tables hold."""

    synthetic: str
    run: Entry
    processes: tuple[str, ...]
    tables: dict[str, tuple[Column, ...]]


@dataclass(frozen=True)
class Offer:
    """One address that answers JSON."""

    method: str
    path: str
    summary: str


@dataclass(frozen=True)
class Machines:
    """Every address that answers JSON."""

    openapi: str
    offers: tuple[Offer, ...]


def add(site: Site) -> None:
    """Add the start, the runs, and the page for machines."""
    library = site.library

    def start() -> Start:
        return Start(MARK, tuple(library.entries()))

    def machines() -> Machines:
        found = site.app.openapi()["paths"]
        offers = [
            Offer(method.upper(), path, str(told.get("summary", "")))
            for path, methods in found.items() if path.startswith("/api")
            for method, told in methods.items()
        ]  # fmt: skip
        return Machines("/openapi.json", tuple(offers))

    def about(run: RunKey, found: Annotated[Library, Depends(lambda: library)]) -> About:
        return _about(found, run)

    site.part("/", "start.html", start, "What this is, and which runs can be opened")
    site.part("/machines", "machines.html", machines, "Every address that answers JSON")
    site.part("/runs/{run}", "run.html", about, "One run: what was played and what its tables hold")


def _about(library: Library, key: str) -> About:
    library.path(key)
    entry = next(e for e in library.entries() if e.key == key)
    if entry.problem:
        raise NotHere(f"this run cannot be opened: {entry.problem}")
    run = library.run(key)
    tables = {
        table: tuple(
            Column(name, str(told.get("unit", "")), str(told.get("meaning", ""))) for name, told in columns.items()
        )
        for table, columns in run.dictionary.items()
    }  # fmt: skip
    return About(MARK, entry, tuple(run.manifest.get("processes", ())), tables)
