"""City points and grades, as Rongcheng's thousand points; every city is a data file."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.points import apply_deltas
from xinyong.kernels.wheel import schedule_many
from xinyong.notices import Batch
from xinyong.process import Day, Process

NO_SCORE = -32768
GRADES = ("aaa", "aa", "a", "b", "c", "d")


class CityPoints(Process):
    """Opens a file of 1,000 points for each resident, books deeds, lets them lapse, and grades AAA to D.

    There is no score outside a city that keeps one. Points are always the base plus the live ledger.
    *Source:* the paper, section III.2 (Rongcheng), footnotes 45 and 46; rows of `rules/cities/rongcheng.yaml`.
    """

    name = "city_points"
    owns = {
        "points": Column(
            "i2", "points in the city's scheme; -32768 where there is none", "points", initial=NO_SCORE
        ),
        "grade": Column("u1", "1 AAA, 2 AA, 3 A, 4 B, 5 C, 6 D; 0 none"),
        "gained": Column("u1", "points gained this calendar year", "points"),
        "ledger": SideTable("points booked and not yet lapsed"),
        "ledger.party": Column("i4", "row of the party"),
        "ledger.delta": Column("i2", "points booked", "points"),
        "ledger.lapse": Wheel("lapse of points"),
        "scored_persons_now": Tally("persons with a points file", "persons", stock=True),
        "scored_organisations_now": Tally("organisations with a points file", "organisations", stock=True),
        "points_sum_now": Tally("sum of all points", "points", stock=True),
        "deeds_booked_cum": Tally("deeds booked in a points file", "deeds"),
        **{f"grade_{g}_now": Tally(f"files graded {g.upper()}", "files", stock=True) for g in GRADES},
    }
    reads = ("kind", "age", "residents.party", "residents.city")
    hears = ("deed",)

    def step(self, day: Day) -> None:
        """Open files where a scheme starts, let old points lapse, book this week's deeds."""
        if not day.table("residents").high or not day.own_rules.in_force:
            return
        if day.now.date.timetuple().tm_yday <= 7:
            day.people.gained[:] = 0
        for city in day.rules.cities.rows():
            if city.base_points is not None:
                self._open(day, city)
                self._lapse(day, city)
                self._book(day, city, day.hear("deed"))

    def _open(self, day: Day, city: Any) -> None:
        residents = day.table("residents").fields
        here = residents.party[(residents.alive == 1) & (residents.city == city.code)]
        people = day.people
        grown = (people.kind[here] > 0) | (people.age[here] >= city.minimum_age_years)
        new = here[grown & (people.points[here] == NO_SCORE)]
        if not len(new):
            return
        people.points[new] = city.base_points
        people.grade[new] = _grade(int(city.base_points), _cuts(city))
        persons = int((people.kind[new] == 0).sum())
        day.count(
            scored_persons_now=persons, scored_organisations_now=len(new) - persons,
            points_sum_now=int(city.base_points) * len(new),
        )  # fmt: skip
        self._regrade(day, np.zeros(len(new), np.uint8), people.grade[new])

    def _lapse(self, day: Day, city: Any) -> None:
        desk = day.table("ledger")
        due = desk.due("lapse", day.now.week)
        party, delta = desk.fields.party[due], desk.fields.delta[due]
        desk.release(due)
        self._change(day, city, party, -delta, False)

    def _book(self, day: Day, city: Any, deeds: Batch) -> None:
        points = _points_by_code(day.now.book, city)
        filed = day.people.points[deeds.party] != NO_SCORE
        counted = filed & (deeds.city == city.code) & (points[deeds.deed] != 0)
        party = deeds.party[counted]
        granted = self._change(day, city, party, points[deeds.deed[counted]], True)
        desk = day.table("ledger")
        kept = granted != 0
        rows = desk.take(int(kept.sum()))
        desk.fields.party[rows], desk.fields.delta[rows] = party[kept], granted[kept]
        weeks = np.full(len(rows), day.now.week + max(1, round(city.keep_years / day.now.years)), np.int32)
        schedule_many(desk.fields.lapse, rows, weeks)
        day.count(deeds_booked_cum=len(party))

    def _change(self, day: Day, city: Any, party: Array, deltas: Array, capped: bool) -> Array:
        """Change points; returns what counted. A lapse neither uses nor is held by the year's cap."""
        if not len(party):
            return np.zeros(0, np.int16)
        people = day.people
        before = people.grade[party]
        touched, where = np.unique(party, return_index=True)
        granted = np.empty(len(party), np.int16)
        cap = min(int(city.cap_points_year), 255)
        apply_deltas(
            people.points, people.grade, people.gained, party, deltas, granted, cap, capped, _cuts(city)
        )
        day.count(points_sum_now=int(granted.sum()))
        self._regrade(day, before[where], people.grade[touched])
        return granted

    def _regrade(self, day: Day, before: Array, after: Array) -> None:
        change = np.bincount(after, minlength=7) - np.bincount(before, minlength=7)
        day.count(**{f"grade_{g}_now": int(n) for g, n in zip(GRADES, change[1:7], strict=True)})


def _cuts(city: Any) -> Array:
    """Fewest points of each grade but the lowest, best grade first."""
    return np.array([grade.least_points for grade in city.grades.rows()][:0:-1], np.int32)


def _grade(points: int, cuts: Array) -> int:
    return int((points < cuts).sum()) + 1


@lru_cache(maxsize=32)
def _points_by_code(book: Any, city: Any) -> Array:
    """Points of each deed code in the preset in force; 0 for deeds it does not count."""
    table = np.zeros(1000, np.int32)
    counted = book.city(city.key).presets.get(city.preset, [])
    for deed in city.deeds.rows():
        if deed.key in counted:
            table[deed.code] = deed.points or 0
    return table
