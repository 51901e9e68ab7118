"""The map of debtors over a run: stand somewhere in an invented town and see how many are listed nearby.

Homes are those of `xinyong.places`; streets and their names come from a seeded generator. Tables only, no replay.
*Source:* the paper, section 肆 at footnote 64 (count, places, wording of the alert); `rules/debtor_map.yaml`.
"""

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xinyong import ids, places
from xinyong.columns import Array
from xinyong.errors import RunError, did_you_mean
from xinyong.kernels.places import within
from xinyong.lab.lookup import Portal
from xinyong.lab.results import Run
from xinyong.lab.streets import Plan, plan
from xinyong.lab.tables import MARK

FARTHEST_M = 100_000.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """A neighbourhood in which somebody is listed: where, how many, and the street that is nearest."""

    x: float
    y: float
    listed: int
    street: str


@dataclass(frozen=True)
class Scan:
    """What a scan finds: how many, in which neighbourhoods, the nearest first; no name and no id."""

    synthetic: str
    town: str
    on: dt.date
    x: float
    y: float
    radius_m: float
    count: int
    cells: tuple[Cell, ...]
    street: str
    alert: str
    alert_en: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StreetMap:
    """The town of one province on one day, and where the listed live; without a map everything is empty."""

    shard: int
    on: dt.date
    seed: int
    town: places.Town
    listed: Array
    homes: Array
    persons: int
    organisations: int
    radius_m: float
    notes: tuple[str, ...] = ()

    @cached_property
    def plan(self) -> Plan:
        """Streets and their names."""
        return plan(self.seed, self.shard, self.town.radius, self.town.spacing)

    @property
    def name(self) -> str:
        """Name of the town, with the mark."""
        return f"〔{ids.MARK}〕第{self.shard}號市"

    @property
    def latin_name(self) -> str:
        """Name of the town in Latin letters, with the mark."""
        return f"{ids.MARK_LATIN} Town {self.shard}"

    def place(self, at: Point | None = None, near: str | None = None) -> Point:
        """Where to stand: a point, the home of a party (id), or the middle. Raises RunError."""
        if at is not None and near is not None:
            raise RunError("--at and --near both say where to stand; give one")
        if near is not None:
            return self._home(near)
        if at is not None and not all(math.isfinite(part) for part in at):
            raise RunError(f"--at {at[0]},{at[1]}: both must be finite numbers of metres")
        return at or (0.0, 0.0)

    def _home(self, written: str) -> Point:
        shard, number = ids.party(ids.parse(written))
        if self.shard != shard:
            raise RunError(f"{written} lives in region {shard}; the map covers region {self.shard} only")
        local, firm = number & 0x7FFFFFFF, number >> 31
        if local >= (self.organisations if firm else self.persons):
            raise RunError(f"there is no {written} in this run; region {shard} has {self.persons:,} persons")
        x, y = self.town.positions[self.town.homes(np.array([number], np.uint32), self.organisations)[0]]
        return float(x), float(y)

    def scan(self, position: Point = (0.0, 0.0), radius_m: float | None = None) -> Scan:
        """How many listed parties live within a radius of a position, and in which neighbourhoods."""
        radius = self.radius_m if radius_m is None else radius_m
        if not 0 < radius <= FARTHEST_M:
            raise RunError(f"--radius {radius:g}: give metres, more than 0 and at most {FARTHEST_M:,.0f}")
        x, y = position
        cells = np.empty(self.town.cells, np.int32)
        found = cells[: within(cells, x, y, radius, self.town.spacing, self.town.grid)]
        found = found[self.listed[found] > 0]
        where = self.town.positions[found]
        found = found[np.lexsort((found, np.hypot(*(where - [x, y]).T)))]
        count = int(self.listed[found].sum())
        street = self.plan.nearest(x, y)
        alert = f"我在{self.name}{street.name}附近發現 {count} 名老賴"
        alert_en = f"{count} listed debtors found near {street.latin_name}, {self.latin_name}"
        if self.notes:
            alert = alert_en = ""
        return Scan(
            MARK, self.name, self.on, x, y, float(radius), count, tuple(self._cell(int(c)) for c in found),
            street.name, alert, alert_en, self._remarks(x, y),
        )  # fmt: skip

    def _cell(self, cell: int) -> Cell:
        x, y = (float(part) for part in self.town.positions[cell])
        return Cell(x, y, int(self.listed[cell]), self.plan.nearest(x, y).name)

    def _remarks(self, x: float, y: float) -> tuple[str, ...]:
        outside = math.hypot(x, y) > self.town.radius and not self.notes
        return (*self.notes, "this place lies outside the town") if outside else self.notes


def scan(run: Run, position: Point, radius_m: float | None = None, on: dt.date | None = None) -> Scan:
    """Scan once; see `open_map`, which keeps the map to scan it again."""
    return open_map(run, on).scan(position, radius_m)


def open_map(
    run: Run, on: dt.date | None = None, province: str | None = None, replicate: int = 0
) -> StreetMap:
    """The map of a province on a day; before its date, or where the scenario has none, it shows nobody and says why.

    Raises RunError for a day outside the run, an unknown province, and a run without the region of the map.
    """
    portal = Portal(run, replicate)
    day = portal.day(on)
    shard, notes = _shard(portal, day, province)
    firms, persons = _inhabitants(portal, shard)
    rules = portal.book.on(max(day, _opening(portal))).debtor_map
    town = places.town(persons, float(rules.persons_per_km2))
    numbers = np.zeros(0, np.uint32) if notes else _listed(portal, shard, day)
    homes = town.homes(numbers, firms)
    listed = np.bincount(homes, minlength=town.cells)
    seed = int(run.manifest["seeds"][replicate])
    return StreetMap(shard, day, seed, town, listed, homes, persons, firms, float(rules.radius_m), notes)


def _opening(portal: Portal) -> dt.date:
    return max(min(leaf.values) for leaf in portal.book.leaves("debtor_map"))


def _shard(portal: Portal, day: dt.date, province: str | None) -> tuple[int, tuple[str, ...]]:
    """Code of the shard with the map, and why it shows nobody, if so."""
    leaves = {leaf.path.split(".")[2]: leaf for leaf in portal.book.leaves("debtor_map.provinces")}
    if province is not None and province not in leaves:
        raise RunError(f"no province '{province}' has a map{did_you_mean(province, leaves)}")
    here = portal.regions()
    there = [key for key, leaf in leaves.items() if leaf.values[max(leaf.dates)].value in here]
    chosen = leaves[province or (there or list(leaves))[0]]
    last: Any = chosen.values[max(chosen.dates)].value
    if last not in here:
        raise RunError(
            f"{portal.run.path}: region {last}, which has the map, is not in this run (it has {here})"
        )
    if "debtor_map" not in portal.processes:
        return int(last), ("the society of this run has no map: its scenario leaves debtor_map out",)
    if chosen.on(day) is None:
        return int(last), (f"there is a map from {min(chosen.dates)}; on {day} nobody could scan",)
    return int(last), ()


def _inhabitants(portal: Portal, shard: int) -> tuple[int, int]:
    """Organisations and persons of a shard."""
    first, last = ids.pack(ids.PERSON, shard, 0), ids.pack(ids.ORGANISATION, shard, 0x7FFFFFFF)
    found = portal.run.table(
        f"SELECT count(*) FILTER (WHERE kind > 0) AS firms, count(*) FILTER (WHERE kind = 0) AS persons FROM parties "
        f"WHERE replicate = {portal.replicate} AND party BETWEEN {first} AND {last} "
        f"AND (party >> 32) & {0xFFFFFF} = {shard}"
    )
    return int(found["firms"][0]), int(found["persons"][0])


def _listed(portal: Portal, shard: int, day: dt.date) -> Array:
    """Numbers (uint32, top bit for organisations) of the parties of a shard that are listed on a day."""
    if not (portal.run.path / "episodes.parquet").is_file():
        return np.zeros(0, np.uint32)
    found = portal.run.table(
        f"SELECT DISTINCT party FROM episodes WHERE replicate = {portal.replicate} "
        f"AND (party >> 32) & {0xFFFFFF} = {shard} AND published_date <= DATE '{day}' "
        f"AND (deleted_date IS NULL OR deleted_date > DATE '{day}') ORDER BY party"
    )["party"].astype(np.int64)
    firm = (found >> 56) == ids.ORGANISATION
    numbers: Array = ((found & 0x7FFFFFFF) | (firm.astype(np.int64) << 31)).astype(np.uint32)
    return numbers
