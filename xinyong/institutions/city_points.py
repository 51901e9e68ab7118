"""City points and grades, as Rongcheng's thousand points; every city is a data file."""

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.points import BOOKED, CLASSES, NO_SCORE, SUM, apply_deltas, open_files
from xinyong.kernels.wheel import schedule_many
from xinyong.notices import Batch
from xinyong.process import Day, Process

GRADES = (*schemes.LADDER, "other")


class CityPoints(Process):
    """Opens a file for each resident, books the records that departments deliver, lets them lapse, and grades.

    There is no score outside a city that keeps one. Points are always the base plus the live ledger. Where a city
    asks for consent, only those who give it have a file, or have it used.
    *Source:* the paper, section III.2 (Rongcheng), footnotes 45 and 46; rows of `rules/cities/`.
    """

    name = "city_points"
    owns = {
        "residents.points": Column(
            "i2", "points in the city's scheme; -32768 where there is no file", "points", initial=NO_SCORE
        ),
        "residents.grade": Column("u1", "grade of the city's ladder: 1 the best (AAA), 2, 3 ...; 0 no file"),
        "residents.gained": Column("u1", "points gained this calendar year", "points"),
        "residents.used": Column(
            "u1", "1 if the file may be used: no consent is asked, or it is given", "flag"
        ),
        "ledger": SideTable("points booked and not yet lapsed"),
        "ledger.resident": Column("i4", "row of the resident in their table"),
        "ledger.delta": Column("i2", "points booked", "points"),
        "ledger.deed": Column("u1", "code of the deed in the city's table"),
        "ledger.office": Column("i4", "row of the organisation that delivered the record, -1 none"),
        "ledger.lapse": Wheel("lapse of points"),
        "scored_persons_now": Tally("persons with a points file", "persons", stock=True),
        "scored_organisations_now": Tally("organisations with a points file", "organisations", stock=True),
        "points_sum_now": Tally("sum of all points", "points", stock=True),
        "deeds_booked_cum": Tally("deeds booked in a points file", "deeds"),
        **{f"grade_{g}_now": Tally(f"files graded {g.upper()}", "files", stock=True) for g in GRADES[:-1]},
        "grade_other_now": Tally("files graded on another ladder than AAA to D", "files", stock=True),
    }
    reads = ("number", "kind", "age", "residents.party", "residents.city")
    hears = ("city_record",)

    def step(self, day: Day) -> None:
        """Open files where a scheme starts, let old points lapse, book this week's records."""
        residents = day.table("residents")
        if not residents.high or not day.own_rules.in_force:
            return
        known = schemes.in_force(day.now.book, day.now.date)
        if not known.running and not day.table("ledger").high:
            return
        if day.now.date.timetuple().tm_yday <= 7:
            residents.fields.gained[:] = 0
        if day.now.week == 0 or schemes.starts_this_week(known, day.now.date):
            self._open(day, known)
        self._lapse(day, known)
        self._book(day, known, day.hear("city_record"))

    def _open(self, day: Day, known: schemes.Schemes) -> None:
        """Open files, and close those that a rule no longer allows, with what stands in their ledger."""
        people, n = day.people, day.table("residents").high
        files = day.table("residents").fields
        closed, totals = np.zeros(n, np.uint8), np.zeros(3 + len(GRADES) + 1, np.int64)
        table = (
            known.base, known.start, known.least_age, known.organisations, known.scored_share, known.used_share,
            known.classes,
        )  # fmt: skip
        open_files(
            files.points, files.grade, files.used, closed, totals, files.party[:n], files.city[:n], people.number,
            people.kind, people.age, table, day.base, day.fixed_key,
        )  # fmt: skip
        day.count(
            scored_persons_now=int(totals[0]), scored_organisations_now=int(totals[1]),
            points_sum_now=int(totals[2]),
        )  # fmt: skip
        self._regrade(day, totals[3:])
        if closed.any():
            files.gained[:n][closed > 0] = 0
            ledger = day.table("ledger")
            lines = ledger.fields
            gone = (lines.alive[: ledger.high] == 1) & (closed[lines.resident[: ledger.high]] > 0)
            ledger.release(np.flatnonzero(gone).astype(np.int32))

    def _lapse(self, day: Day, known: schemes.Schemes) -> None:
        ledger = day.table("ledger")
        due = ledger.due("lapse", day.now.week)
        if len(due):
            files, delta = ledger.fields.resident[due], ledger.fields.delta[due]
            ledger.release(due)
            self._change(day, known, files, -delta, None)

    def _book(self, day: Day, known: schemes.Schemes, records: Batch) -> None:
        if not len(records):
            return
        desk, ledger = day.table("residents"), day.table("ledger")
        points = known.points[records.city, records.deed]
        ceilings = known.ceiling[records.city, records.deed]
        files = np.searchsorted(desk.fields.party[: desk.high], records.party).astype(np.int32)
        counted = (points != 0) | (ceilings != schemes.NO_CEILING)
        counted &= desk.fields.grade[files] > 0
        files = files[counted]
        granted = self._change(day, known, files, points[counted].astype(np.int16), ceilings[counted])
        kept = granted != 0
        rows, lines = ledger.take(int(kept.sum())), ledger.fields
        lines.resident[rows], lines.delta[rows] = files[kept], granted[kept]
        lines.deed[rows], lines.office[rows] = records.deed[counted][kept], records.office[counted][kept]
        years = known.keep_years[desk.fields.city[files[kept]]]
        weeks = day.now.week + np.maximum(1, np.rint(years / day.now.years)).astype(np.int32)
        schedule_many(lines.lapse, rows, weeks.astype(np.int32))

    def _change(
        self, day: Day, known: schemes.Schemes, files: Array, deltas: Array, ceilings: Array | None
    ) -> Array:
        """Change points; returns what counted. A lapse neither uses nor is held by the year's cap."""
        to = day.table("residents").fields
        granted, totals = np.empty(len(files), np.int16), np.zeros(CLASSES + len(GRADES) + 1, np.int64)
        capped = ceilings is not None
        apply_deltas(
            to.points, to.grade, to.gained, files, deltas, deltas if ceilings is None else ceilings, granted, totals,
            to.city, known.cap, capped, known.cuts, known.classes,
        )  # fmt: skip
        day.count(points_sum_now=int(totals[SUM]), deeds_booked_cum=int(totals[BOOKED]) if capped else 0)
        self._regrade(day, totals[CLASSES:])
        return granted

    def _regrade(self, day: Day, change: Array) -> None:
        for grade, n in zip(GRADES, change[1:].tolist(), strict=True):
            if n:
                day.count(**{f"grade_{grade}_now": n})
