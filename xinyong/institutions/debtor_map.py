"""The map of debtors (老賴地圖): who scans sees the listed parties nearby; in one province."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import places
from xinyong.columns import Array, Tally
from xinyong.draws import uniforms
from xinyong.kernels import places as kernel
from xinyong.kernels.dense import hits, limit_of
from xinyong.process import Day, Process
from xinyong.sightings import MAP_CHANNEL, SIGHTING

_USER, _DAY = 0, 1
_KINDS = 5


class DebtorMap(Process):
    """Users of the map scan from where they live and learn who within the radius is listed, persons and firms.

    It exists only in the provinces that the rules name, each from its date. Every listed party within the radius is a
    sighting with the user as asker. The town is invented: homes lie by number, 200 to a neighbourhood.
    *Source:* the paper, section 肆 at footnote 64; The Paper 澎湃 2019-01-15 (500 metres, persons and organisations);
    use assumed (model.md 2.8, s_map).
    """

    name = "debtor_map"
    owns = {
        "map_scans_cum": Tally("scans of the map of debtors", "scans"),
        "map_alerts_cum": Tally("scans that found at least one listed party", "scans"),
        "map_sightings_cum": Tally("listed parties shown by scans, each time anew", "sightings"),
    }
    reads = ("number", "kind", "age", "organisations.party")
    may_read = ("listed",)
    posts = {"sighting": SIGHTING}
    dense_ns_per_party = 0.05

    def step(self, day: Day) -> None:
        """A week of scans, where the province has a map and there is a list to show."""
        rules = day.own_rules
        if day.people.listed is None or rules.radius_m is None or day.shard not in _shards(rules.provinces):
            return
        scanners = self._scanners(day)
        if len(scanners):
            self._scan(day, scanners)

    def _scanners(self, day: Day) -> Array:
        """Rows of the users who scan this week: a user is one for good, whether one scans is drawn each week."""
        rules, people = day.own_rules, day.people
        chances = np.zeros((_KINDS, 256))
        chances[0, int(rules.minimum_age_years) :] = -np.expm1(-rules.scans_per_user_year * day.now.years)
        rows = np.empty(len(people.number), np.int32)
        n = hits(rows, people.number, people.kind, people.age, limit_of(chances.ravel()), day.base, day.key)
        who = day.base | people.number[rows[:n]].astype(np.uint64)
        found: Array = rows[:n][uniforms(day.fixed_key, who, _USER) < rules.users_share]
        return found

    def _scan(self, day: Day, scanners: Array) -> None:
        people, rules = day.people, day.own_rules
        persons = int(people.number[people.kind == 0].max()) + 1
        town = places.town(persons, float(rules.persons_per_km2))
        firms = len(day.table("organisations").fields.party)
        listed = np.flatnonzero(people.listed).astype(np.int32)
        starts, order = np.zeros(town.cells + 1, np.int64), np.empty(len(listed), np.int64)
        kernel.by_cell(starts, order, town.homes(people.number[listed], firms))
        who = day.base | people.number[scanners].astype(np.uint64)
        days = day.now.monday + (7 * uniforms(day.key, who, _DAY)).astype(np.int32)
        alerts = np.empty(len(scanners), np.int64)
        told = np.zeros((0, kernel.FIELDS), np.int32)
        for _ in ("count", "tell"):
            n = kernel.sight(
                told, alerts, scanners, town.homes(people.number[scanners], firms), days, listed, starts, order,
                town.positions, float(rules.radius_m), town.spacing, town.grid,
            )  # fmt: skip
            told = told if len(told) else np.empty((n, kernel.FIELDS), np.int32)
        day.post(
            "sighting", day=told[:, kernel.WHEN], asker=told[:, kernel.SCANNER], party=told[:, kernel.SEEN],
            channel=np.full(n, MAP_CHANNEL), reason=np.zeros(n),
        )  # fmt: skip
        day.count(map_scans_cum=len(scanners), map_alerts_cum=int((alerts > 0).sum()), map_sightings_cum=n)


@lru_cache(maxsize=64)
def _shards(provinces: Any) -> frozenset[int]:
    """Shards with a map."""
    return frozenset(row.shard for row in provinces.rows() if row.shard is not None)
