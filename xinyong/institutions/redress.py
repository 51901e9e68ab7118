"""Objection and repair for every register but the courts': city points, credit files, black lists, firms."""

import datetime as dt
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import petitions as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.registers import Served, registers_served
from xinyong.rulebook import RuleBook

OBJECTION, REPAIR = 1, 2
# in the order of the kernel's totals
COUNTERS = {
    "filed_cum": ("objections filed", "objections"),
    "rulings_cum": ("rulings on objections, by either instance", "rulings"),
    "granted_cum": ("objections granted, by either instance", "rulings"),
    "kept_wrong_cum": ("wrong entries kept after the last instance asked (truth)", "entries"),
    "erased_right_cum": ("right entries erased on objection (truth)", "entries"),
    "reconsidered_cum": ("rejected objections taken to the next instance", "objections"),
    "repairs_cum": ("requests for repair decided", "requests"),
    "repaired_cum": ("requests for repair granted", "requests"),
    "late_cum": ("rulings later than the law allows", "rulings"),
    "waited_days_cum": ("days from asking to ruling, added up over all rulings", "days"),
    "open_now": ("objections not yet ruled on", "objections"),
    "queued_now": ("petitions whose day has come and for which the desk has no time", "petitions"),
}


def tallies(book: RuleBook) -> dict[str, Tally]:
    """The counts of all registers together and of each register that a rule book has."""
    rows = book.on(dt.date(2100, 1, 1)).redress.registers.rows()
    return {
        f"redress_{key}{counter}": Tally(f"{told}{meaning}", unit, stock=counter.endswith("_now"))
        for key, told in [("", ""), *((f"{row.key}_", f"{row.key.replace('_', ' ')}: ") for row in rows)]
        for counter, (meaning, unit) in COUNTERS.items()
    }


class Redress(Process):
    """Whoever is entered in a register may object, or later ask for repair; the register's desk rules as it has time.

    The desk only rules; the register that hears the decision corrects its own entry. Entries stay in force meanwhile.
    What a week has no time for waits, the oldest first. A rejected party may ask the next instance once, where the
    law gives one.
    *Source:* 徵信業管理條例 arts 25-26; 國辦發〔2020〕49 (repair); R99 and 2.8 obj.* of model.md (shares assumed).
    """

    name = "redress"
    owns = {
        "petitions": SideTable("objections not yet ruled on, and requests for repair that will be made"),
        "petitions.party": Column("i4", "row of the party entered"),
        "petitions.number": Column("u4", "the register's number of the entry"),
        "petitions.luck": Column("u2", "register, weekday and rank: keys the draws"),
        "petitions.register": Column("u1", "code of the register"),
        "petitions.wrong": Column("u1", "1 if the entry is wrong (truth)"),
        "petitions.state": Column("u1", "1 in review, 2 in reconsideration, 4 repair"),
        "petitions.held": Column("u1", "1 while it waits for want of time"),
        "petitions.filed": Column("i4", "day on which the ruling was asked for", "day"),
        "petitions.day": Column("i4", "day of the ruling", "day"),
        "petitions.rulings": Wheel("rulings due"),
        "desks": SideTable("the registers' desks, in the order of their codes"),
        "desks.spare": Column("f8", "time left over from the weeks before", "rulings"),
        "desks.week": Column("i4", "week in which it was worked out"),
        **tallies(RuleBook.load()),
    }
    reads = ("number",)
    hears = ("entry",)
    posts = {
        "decision": Notice(
            "a register's desk decides: 1 on an objection, 2 on a request for repair",
            {"register": "u1", "party": "i4", "number": "u4", "granted": "u1", "kind": "u1"},
        ),
    }

    def begin(self, day: Day) -> None:
        """A row for each register's desk, with time for one ruling."""
        desk = day.table("desks")
        rows = desk.take(1 + len(day.own_rules.registers.rows()))
        desk.fields.spare[rows] = 1.0

    def step(self, day: Day) -> None:
        """New petitions against this week's entries, then the rulings due."""
        end = day.now.calendar.monday(day.now.calendar.weeks)
        served = registers_served(day.now.book, day.now.date, end)
        if served is None:
            return
        self._file(day, served, day.hear("entry"))
        self._rule(day, served)

    def _file(self, day: Day, served: Served, entries: Batch) -> None:
        n = len(entries)
        if not n:
            return
        luck, of = np.empty(n, np.uint16), np.empty(n, np.uint8)
        kernel.sort_entries(luck, of, entries.register, entries.day, day.now.monday, served.row_of)
        picked, asks = np.empty(n, np.int64), np.empty(n, np.uint8)
        found = kernel.choose(
            picked, asks, entries.party, luck, entries.wrong, of, day.people.number, served.rules, day.base, day.key,
        )  # fmt: skip
        if found:
            picked = picked[:found]
            self._open(day, served, entries, picked, asks[:found], of[picked], luck[picked])

    def _open(
        self, day: Day, served: Served, entries: Batch, picked: Array, asks: Array, of: Array, luck: Array
    ) -> None:
        desk = day.table("petitions")
        rows = desk.take(len(picked))
        petitions = desk.fields
        for name in ("party", "number", "register", "wrong"):
            getattr(petitions, name)[rows] = getattr(entries, name)[picked]
        kernel.tell_apart(luck, entries.party[picked])
        petitions.luck[rows] = luck
        since = entries.day[picked]
        kernel.open_petitions(
            _arrays(petitions), petitions.rulings, rows, asks, since, of, day.people.number, served.rules,
            day.now.calendar.first_day, day.now.week, day.base, day.key,
        )  # fmt: skip
        petitions.filed[rows] = since
        totals = np.zeros((len(served.rules), kernel.TOTALS), np.int64)
        totals[:, kernel.FILED] = np.bincount(of[asks == kernel.REVIEW], minlength=len(totals))
        totals[:, kernel.OPEN] = totals[:, kernel.FILED]
        _count(day, served, totals)

    def _rule(self, day: Day, served: Served) -> None:
        desk = day.table("petitions")
        petitions = desk.fields
        due = desk.due("rulings", day.now.week)
        if not len(due):
            return
        totals = np.zeros((len(served.rules), kernel.TOTALS), np.int64)
        due, of = self._in_turn(day, served, due, totals)
        when, granted = np.empty_like(due), np.empty(len(due), np.uint8)
        kind = np.where(petitions.state[due] == kernel.REPAIR, REPAIR, OBJECTION)
        kernel.book_waits(petitions.state, petitions.filed, petitions.day, due, of, served.rules, totals)
        kernel.rule_on(
            _arrays(petitions), petitions.rulings, due, of, day.people.number, served.rules,
            day.now.calendar.first_day, day.now.week, day.base, day.key, when, granted, totals,
        )  # fmt: skip
        about = {name: getattr(petitions, name)[due] for name in ("register", "party", "number")}
        day.post("decision", day=when, granted=granted, kind=kind, **about)
        desk.release(due[petitions.state[due] == kernel.HEARD])
        totals[:, kernel.OPEN] = totals[:, kernel.RECONSIDERED] - totals[:, kernel.RULINGS]
        _count(day, served, totals)

    def _in_turn(self, day: Day, served: Served, due: Array, totals: Array) -> tuple[Array, Array]:
        """The petitions for which this week has time, the oldest first, and their registers; the rest wait."""
        petitions, desks = day.table("petitions").fields, day.table("desks").fields
        of, time = served.row_of[petitions.register[due]], np.empty(len(totals))
        parties, week = len(day.people.number), day.now.week
        enough = kernel.take_time(desks.spare, desks.week, served.pace, parties, week, of, time)
        held = petitions.held[due] == 1
        if enough and not held.any():
            return due, of
        many = np.bincount(of, minlength=len(totals))
        keys = (petitions.luck[due], day.people.number[petitions.party[due]], petitions.filed[due], of)
        order = np.lexsort(keys)
        place = np.arange(len(due)) - (np.cumsum(many) - many)[of[order]]
        goes = np.empty(len(due), bool)
        goes[order] = place < time[of[order]]
        kernel.put_off(petitions.rulings, petitions.day, petitions.held, due[~goes], day.now.week)
        petitions.held[due[goes]] = 0
        totals[:, kernel.QUEUED] = np.bincount(of[~goes & ~held], minlength=len(many))
        totals[:, kernel.QUEUED] -= np.bincount(of[goes & held], minlength=len(many))
        return due[goes], of[goes]


def _arrays(petitions: Any) -> tuple[Array, ...]:
    return (petitions.party, petitions.luck, petitions.wrong, petitions.state, petitions.day)


def _count(day: Day, served: Served, totals: Array) -> None:
    """Add what was booked by register (registers, TOTALS) to the registers' counts and to those of all together."""
    told: dict[str, int] = {}
    for key, row in zip(served.keys, totals.tolist(), strict=False):
        for name, amount in zip(COUNTERS, row, strict=False):
            if amount:
                told[f"redress_{key}_{name}"] = amount
                told[f"redress_{name}"] = told.get(f"redress_{name}", 0) + amount
    day.count(**told)
