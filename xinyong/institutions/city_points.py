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
    mix_up,
    open_files,
    store_ledger,
)
from xinyong.kernels.rows import places_of
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process, somebody

REGISTER = 16  # code of the points files in rules/redress.yaml
GRADES = (*schemes.LADDER, "other")


class CityPoints(Process):
    """Opens a file for each resident, books the records that departments deliver, lets them lapse, and grades.

    There is no score outside a city that keeps one. Points are always the base plus the live ledger. Where a city
    asks for consent, only those who give it have a file, or have it used. Some deductions are booked in another's file;
    each is told to the desk for objection, and taken back when the desk decides so. What others
    report is booked in the week after it is upheld.
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
        "ledger.number": Column("u4", "number of the deduction, never reused; 0 for a gain"),
        "ledger.wrong": Column("u1", "1 if booked in another's file (truth)"),
        "ledger.lapse": Wheel("lapse of points"),
        "scored_persons_now": Tally("persons with a points file", "persons", stock=True),
        "scored_organisations_now": Tally("organisations with a points file", "organisations", stock=True),
        "points_sum_now": Tally("sum of all points", "points", stock=True),
        "deductions_cum": Tally("deductions booked", "entries"),
        "deductions_taken_back_cum": Tally("deductions taken back on objection or repair", "entries"),
        "wrong_deductions_now": Tally("deductions standing in another's file (truth)", "entries", stock=True),
        "deeds_booked_cum": Tally("deeds booked in a points file", "deeds"),
        **{f"grade_{g}_now": Tally(f"files graded {g.upper()}", "files", stock=True) for g in GRADES[:-1]},
        "grade_other_now": Tally("files graded on another ladder than AAA to D", "files", stock=True),
    }
    reads = ("number", "kind", "age", "residents.party", "residents.city")
    hears = ("city_record",)
    heard = ("decision", "upheld")
    posts = {
        "entry": Notice(
            "a register makes an adverse entry",
            {"register": "u1", "party": "i4", "number": "u4", "wrong": "u1"},
        ),
    }

    def step(self, day: Day) -> None:
        """Open files where a scheme starts, take back what the desk decided, let old points lapse, book records."""
        residents = day.table("residents")
        if not residents.high or not day.own_rules.in_force:
            return
        known = schemes.in_force(day.now.book, day.now.date)
        records, upheld = day.hear("city_record"), day.heard("upheld")
        turn = day.now.week == 0 or schemes.starts_this_week(known, day.now.date)
        if not (turn or len(records) or len(upheld) or day.table("ledger").high):
            return
        if day.now.date.timetuple().tm_yday <= 7:
            residents.fields.gained[:] = 0
        if turn:
            self._open(day, known)
        self._take_back(day, known, day.heard("decision"))
        self._strike(day, known, day.table("ledger").due("lapse", day.now.week))
        self._book(day, known, records)
        for wrong in (0, 1) if len(upheld) else ():
            picked = upheld.wrong == wrong
            self._book(day, known, Batch(**{name: a[picked] for name, a in vars(upheld).items()}), wrong)

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
            day.count(wrong_deductions_now=-int(lines.wrong[: ledger.high][gone].sum()))
            ledger.release(np.flatnonzero(gone).astype(np.int32))

    def _take_back(self, day: Day, known: schemes.Schemes, decided: Batch) -> None:
        if not len(decided):
            return
        ledger = day.table("ledger")
        numbers = decided.number[(decided.register == REGISTER) & (decided.granted == 1)]
        rows = places_of(ledger.fields.number[: ledger.high], numbers[numbers > 0])
        day.count(deductions_taken_back_cum=len(rows))
        self._strike(day, known, rows)

    def _strike(self, day: Day, known: schemes.Schemes, rows: Array) -> None:
        """Take lines off the ledger, and their points out of the files."""
        if len(rows):
            ledger = day.table("ledger")
            files, delta = ledger.fields.resident[rows], ledger.fields.delta[rows]
            day.count(wrong_deductions_now=-int(ledger.fields.wrong[rows].sum()))
            ledger.release(rows)
            self._change(day, known, files, -delta.astype(np.int32), None)

    def _book(self, day: Day, known: schemes.Schemes, records: Batch, false: int = 0) -> None:
        if not len(records):
            return
        desk, ledger = day.table("residents"), day.table("ledger")
        new = np.empty((6, len(records)), np.int32)
        n = find_files(
            new, desk.fields.party[: desk.high], records.party, records.city, records.deed, records.office,
            records.day, known.points, known.ceiling, schemes.NO_CEILING,
        )  # fmt: skip
        new = new[:, :n]
        wrong = self._mix_up(day, new) | np.uint8(false)
        granted = self._change(day, known, new[0], new[1], new[2])
        rows, lines = ledger.take(int(np.count_nonzero(granted))), ledger.fields
        store_ledger(
            rows, (lines.resident, lines.delta, lines.deed, lines.office), lines.lapse, new, granted,
            desk.fields.city, known.keep_years, day.now.week, day.now.years,
        )  # fmt: skip

        adverse = granted[granted != 0] < 0
        if adverse.any():
            self._tell(day, rows[adverse], new[5][granted < 0], wrong[granted < 0])

    def _tell(self, day: Day, rows: Array, when: Array, wrong: Array) -> None:
        """Number the deductions and announce them."""
        lines, n = day.table("ledger").fields, len(rows)
        lines.number[rows], lines.wrong[rows] = day.tallied("deductions_cum") + 1 + np.arange(n), wrong
        party = day.table("residents").fields.party[lines.resident[rows]]
        register = np.full(n, REGISTER, np.uint8)
        day.post("entry", day=when, register=register, party=party, number=lines.number[rows], wrong=wrong)
        day.count(deductions_cum=n, wrong_deductions_now=int(wrong.sum()))

    def _mix_up(self, day: Day, new: Array) -> Array:
        """Put some deductions into the file of another resident of the city; 1 for those (n)."""
        files, desk, n = day.table("residents").fields, day.table("residents"), new.shape[1]
        wrong, picked, aim = np.zeros(n, np.uint8), np.empty(n, np.int64), np.empty(n)
        share = (day.own_rules.wrong_per_1000 or 0) / 1000
        found = mix_up(picked, aim, new, files.party, day.people.number, share, day.base, day.key)
        if found:
            picked, party = picked[:found], files.party[: desk.high]
            others = somebody(day, aim[:found])
            place = np.minimum(np.searchsorted(party, others), desk.high - 1)
            own = new[0, picked]
            swaps = (
                (party[place] == others) & (files.city[place] == files.city[own]) & (files.grade[place] > 0)
            )
            swaps &= place != own
            new[0, picked[swaps]], wrong[picked[swaps]] = place[swaps], 1
        return wrong

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
