"""How exposed the listed of a town are to those around them, before a map of debtors opens and after.

*Source:* the paper, section 肆 at footnote 64. Before the map one must know a name to look it up; with it, a place.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xinyong import ids
from xinyong.kernels.places import within
from xinyong.lab.lookup import Portal
from xinyong.lab.street_map import StreetMap
from xinyong.places import PER_NEIGHBOURHOOD
from xinyong.sightings import MAP_CHANNEL


@dataclass(frozen=True)
class Exposure:
    """The listed of a town: how many, around how many people they live, and how many were found which way."""

    opens: dt.date | None
    listed: int
    neighbours_median: float
    neighbours_most: int
    found_by_name_before: int
    found_by_name_after: int
    found_by_map: int


def exposure(portal: Portal, chart: StreetMap, opens: dt.date | None) -> Exposure:
    """Exposure up to the day of the chart; `neighbours` are persons who live within the radius of a scan."""
    cells = np.flatnonzero(chart.listed)
    around = _around(chart, cells)
    weights = chart.listed[cells]
    each = np.repeat(around, weights)
    before, after, by_map = _found(portal, chart.shard, chart.on, opens)
    return Exposure(
        opens, int(weights.sum()), float(np.median(each)) if len(each) else 0.0, int(each.max(initial=0)),
        before, after, by_map,
    )  # fmt: skip


def _around(chart: StreetMap, cells: np.ndarray) -> np.ndarray:
    """Persons who live within the radius of a scan around each of these neighbourhoods."""
    room, town = np.empty(chart.town.cells, np.int32), chart.town
    found = [
        within(room, float(x), float(y), chart.radius_m, town.spacing, town.grid) for x, y in town.positions[cells]
    ]  # fmt: skip
    return np.minimum(np.array(found, np.int64) * PER_NEIGHBOURHOOD, chart.persons)


def _found(portal: Portal, shard: int, on: dt.date, opens: dt.date | None) -> tuple[int, int, int]:
    if not (portal.run.path / "sightings.parquet").is_file():
        return 0, 0, 0
    first, last = ids.pack(ids.PERSON, shard, 0), ids.pack(ids.ORGANISATION, shard, 0x7FFFFFFF)
    opened = opens or dt.date(2100, 1, 1)
    rows = portal.run.table(
        f"SELECT count(DISTINCT party) FILTER (WHERE channel <> {MAP_CHANNEL} AND date < DATE '{opened}') AS a, "
        f"count(DISTINCT party) FILTER (WHERE channel <> {MAP_CHANNEL} AND date >= DATE '{opened}') AS b, "
        f"count(DISTINCT party) FILTER (WHERE channel = {MAP_CHANNEL}) AS c FROM sightings "
        f"WHERE replicate = {portal.replicate} AND party BETWEEN {first} AND {last} "
        f"AND (party >> 32) & {0xFFFFFF} = {shard} AND date <= DATE '{on}'"
    )
    return int(rows["a"][0]), int(rows["b"][0]), int(rows["c"][0])
