"""The map of debtors: a street plan of an invented town, a standpoint that can be moved, and a count."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import Query
from fastapi.responses import Response

from xinyong.lab.exposure import Exposure
from xinyong.lab.street_map import Scan, StreetMap
from xinyong.lab.street_picture import shapes
from xinyong.lab.tables import MARK
from xinyong.portal.library import Library
from xinyong.portal.parts.lookup import Day
from xinyong.portal.site import RunKey, Site

SHOWN = 40
PALETTE = {name: f"var(--{name})" for name in ("ink", "accent", "soft", "rule", "paper")}
Province = Annotated[str | None, Query(max_length=40, pattern=r"^[a-z_]*$", description="key of a province")]
Metres = Annotated[float, Query(ge=-100_000, le=100_000, allow_inf_nan=False)]


@dataclass(frozen=True)
class MapProvince:
    """A province with a map of debtors, and since when."""

    key: str
    name: str
    gloss: str
    since: dt.date


@dataclass(frozen=True)
class Mapped:
    """A scan, the town around it, and how exposed its listed are; neighbourhoods only, no name and no id."""

    synthetic: str
    run: str
    province: str
    first: dt.date
    last: dt.date
    provinces: tuple[MapProvince, ...]
    town_radius_m: float
    spacing_m: float
    persons: int
    listed: int
    scan: Scan
    street_latin: str
    exposure: Exposure
    picture: str


@dataclass(frozen=True)
class MapStreet:
    """One street as a line: x, y, x, y in whole metres."""

    name: str
    latin_name: str
    kind: str
    line: tuple[int, ...]


@dataclass(frozen=True)
class Streets:
    """The street plan of an invented town."""

    synthetic: str
    streets: tuple[MapStreet, ...]


def add(site: Site) -> None:
    """Add the map, its streets and its points."""
    library = site.library

    def mapped(
        run: RunKey, x: Metres = 0.0, y: Metres = 0.0,
        radius: Annotated[float | None, Query(gt=0, le=100_000, allow_inf_nan=False)] = None,
        on: Day = None, province: Province = None,
    ) -> Mapped:  # fmt: skip
        return _map(library, run, (x, y), radius, on, province or None)

    site.part("/runs/{run}/map", "map.html", mapped, "Scan the map of debtors of an invented town")

    @site.json.get("/runs/{run}/map/streets", tags=["map"], summary="Streets of the invented town")
    def streets(run: RunKey, on: Day = None, province: Province = None) -> Streets:
        return _streets(library.chart(run, on, province or None))

    @site.json.get(
        "/runs/{run}/map/points", tags=["map"], response_class=Response,
        summary="Neighbourhoods with listed parties: float32 x, y in metres and count, little-endian",
    )  # fmt: skip
    def points(run: RunKey, on: Day = None, province: Province = None) -> Response:
        body = _points(library.chart(run, on, province or None))
        return Response(body, media_type="application/octet-stream", headers={"cache-control": "no-store"})


def _map(
    library: Library, run: str, at: tuple[float, float], radius: float | None, on: dt.date | None, province: str | None
) -> Mapped:  # fmt: skip
    portal = library.portal(run)
    chart = library.chart(run, on, province)
    found, (first, last) = chart.scan(at, radius), portal.dates
    maps = tuple(MapProvince(key, row.name, row.gloss, since) for key, (row, since) in portal.maps().items())
    opens = min((m.since for m in maps), default=None)
    return Mapped(
        MARK, run, province or "", first, last, maps, chart.town.radius, chart.town.spacing, chart.persons,
        int(chart.listed.sum()), _short(found), chart.plan.nearest(*at).latin_name,
        library.exposed(run, chart, opens), shapes(chart, found, PALETTE),
    )  # fmt: skip


def _short(scan: Scan) -> Scan:
    """A scan with the nearest neighbourhoods only; its count stays whole."""
    from dataclasses import replace

    return replace(scan, cells=scan.cells[:SHOWN])


def _streets(chart: StreetMap) -> Streets:
    return Streets(
        MARK,
        tuple(
            MapStreet(s.name, s.latin_name, s.kind, tuple(np.rint(s.points).astype(int).ravel().tolist()))
            for s in chart.plan.streets
        ),
    )


def _points(chart: StreetMap) -> bytes:
    cells = np.flatnonzero(chart.listed)
    rows = np.column_stack([chart.town.positions[cells], chart.listed[cells]])
    return rows.astype("<f4").tobytes()
