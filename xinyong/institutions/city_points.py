"""City points and grades, as Rongcheng's thousand points; every city is a data file."""

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.points import (
    BOOKED,
    CLASSES,
    NO_SCORE,
    SUM,
    apply_deltas,
    find_files,
    open_files,
    store_ledger,
)
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
        records, turn = (
            day.hear("city_record"),
            day.now.week == 0 or schemes.starts_this_week(known, day.now.date),
        )
        if not (turn or len(records) or day.table("ledger").high):
            return
        if day.now.date.timetuple().tm_yday <= 7:
            residents.fields.gained[:] = 0
        if turn:
            self._open(day, known)
        self._lapse(day, known)
        self._book(day, known, records)

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
        self._regrade(day, totals[3:].tolist())
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
            self._change(day, known, files, -delta.astype(np.int32), None)

    def _book(self, day: Day, known: schemes.Schemes, records: Batch) -> None:
        if not len(records):
            return
        desk, ledger = day.table("residents"), day.table("ledger")
        new = np.empty((5, len(records)), np.int32)
        n = find_files(
            new, desk.fields.party[: desk.high], records.party, records.city, records.deed, records.office,
            known.points, known.ceiling, schemes.NO_CEILING,
        )  # fmt: skip
        new = new[:, :n]
        granted = self._change(day, known, new[0], new[1], new[2])
        rows, lines = ledger.take(int(np.count_nonzero(granted))), ledger.fields
        store_ledger(
            rows, (lines.resident, lines.delta, lines.deed, lines.office), lines.lapse, new, granted,
            desk.fields.city, known.keep_years, day.now.week, day.now.years,
        )  # fmt: skip

    def _change(
        self, day: Day, known: schemes.Schemes, files: Array, deltas: Array, ceilings: Array | None
    ) -> Array:
        """Change points; returns what counted. A lapse neither uses nor is held by the year's cap."""
        to = day.table("residents").fields
        granted, totals = np.empty(len(files), np.int32), np.zeros(CLASSES + len(GRADES) + 1, np.int64)
        capped = ceilings is not None
        apply_deltas(
            to.points, to.grade, to.gained, files, deltas, deltas if ceilings is None else ceilings, granted, totals,
            to.city, known.cap, capped, known.cuts, known.classes,
        )  # fmt: skip
        told = totals.tolist()
        day.count(points_sum_now=told[SUM], deeds_booked_cum=told[BOOKED] if capped else 0)
        self._regrade(day, told[CLASSES:])
        return granted

    def _regrade(self, day: Day, change: list[int]) -> None:
        day.count(**{f"grade_{grade}_now": n for grade, n in zip(GRADES, change[1:], strict=True) if n})
