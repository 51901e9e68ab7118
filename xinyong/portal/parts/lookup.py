"""The look-up sites: a search as anybody could make it on a day, and the file behind it."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query

from xinyong.errors import did_you_mean
from xinyong.lab import files
from xinyong.lab.files import PartyFile
from xinyong.lab.lookup import Answer, Portal
from xinyong.lab.tables import MARK
from xinyong.portal.library import Library, NotHere
from xinyong.portal.site import RunKey, Site

Day = Annotated[dt.date | None, Query(description="a day of the run; the last one if none is given")]
PartyId = Annotated[str, Path(pattern=r"^[PO]-[0-9]{1,8}-[0-9]{1,10}$", description="id as P-13-0000012")]


@dataclass(frozen=True)
class PublicSite:
    """One public site: what it shows on the day, and since when."""

    key: str
    name: str
    gloss: str
    opens: dt.date
    shows: dict[str, dt.date]


@dataclass(frozen=True)
class Example:
    """A party of the published list of the day, drawn by lot."""

    id: str
    name: str


@dataclass(frozen=True)
class Looked:
    """A look-up: the sites on that day, and what the chosen one answers if anything was asked."""

    synthetic: str
    run: str
    on: dt.date
    first: dt.date
    last: dt.date
    site: str
    query: str
    sites: tuple[PublicSite, ...]
    examples: tuple[Example, ...]
    answer: Answer | None


def add(site: Site) -> None:
    """Add the search and the file."""
    library = site.library

    def looked(
        run: RunKey,
        q: Annotated[str, Query(max_length=200, description="a code, an invented name, or an id")] = "",
        at: Annotated[str, Query(max_length=40, alias="site", description="key of a site")] = "shixin",
        on: Day = None,
    ) -> Looked:
        return _look(library, run, q.strip(), at, on)

    def file(run: RunKey, party: PartyId, on: Day = None) -> PartyFile:
        return files.open_file(library.portal(run), party, on)

    site.part("/runs/{run}/lookup", "lookup.html", looked, "Look an invented party up on a public site")
    site.part("/runs/{run}/file/{party}", "file.html", file, "The file of a party, with what it does not see")


def _look(library: Library, run: str, query: str, at: str, on: dt.date | None) -> Looked:
    portal = library.portal(run)
    day, (first, last) = portal.day(on), portal.dates
    if at not in portal.sites():
        raise NotHere(f"there is no site '{at}'{did_you_mean(at, portal.sites())}")
    answer = portal.look_up(query, at, day) if query else None
    examples = tuple(Example(*pair) for pair in files.some_listed(portal, day))
    return Looked(MARK, run, day, first, last, at, query, _sites(portal, day), examples, answer)


def _sites(portal: Portal, day: dt.date) -> tuple[PublicSite, ...]:
    """The sites in the order of the paper."""
    found = []
    for key, row in portal.sites().items():
        opens = portal.opening(key)
        shows = {what: since for what in _SHOWN if (since := portal.since(key, what, day))}
        found.append(PublicSite(key, row.name, row.gloss, opens, shows if portal.exists else {}))
    return tuple(found)


_SHOWN = ("court_list", "register", "lists", "permits", "penalties", "grades")
