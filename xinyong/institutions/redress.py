"""Objection and repair for every register but the courts': city points, credit files, black lists, firms."""

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import petitions as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.rulebook import RuleBook
from xinyong.timeline import day_number

OBJECTION, REPAIR = 1, 2
NOBODY, CODES, NO_LIMIT = 255, 256, 1e9
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
BOOKED = {
    "filed_cum": kernel.FILED, "rulings_cum": kernel.RULINGS, "granted_cum": kernel.GRANTED,
    "kept_wrong_cum": kernel.KEPT_WRONG, "erased_right_cum": kernel.ERASED_RIGHT, "late_cum": kernel.LATE,
    "reconsidered_cum": kernel.RECONSIDERED, "repairs_cum": kernel.REPAIRS, "repaired_cum": kernel.REPAIRED,
    "waited_days_cum": kernel.DAYS,
}  # fmt: skip
REVIEW_RULES = (
    "late_share", "correct_decision_share", "reconsiders_share", "reconsideration_request_days",
    "reconsideration_decision_days",
)  # fmt: skip
REPAIR_RULES = ("repair_asked_share", "repair_after_days", "repair_within_days", "repair_decision_days",
                "repair_granted_share")  # fmt: skip


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
        **tallies(RuleBook.load()),
    }
    reads = ("number",)
    hears = ("entry",)
    posts = {
        "entry": Notice(
            "a register makes an adverse entry; posted by registers, declared here for all of them",
            {"register": "u1", "party": "i4", "number": "u4", "wrong": "u1"},
        ),
        "decision": Notice(
            "a register's desk decides: 1 on an objection, 2 on a request for repair",
            {"register": "u1", "party": "i4", "number": "u4", "granted": "u1", "kind": "u1"},
            keep=True,
        ),
    }

    def step(self, day: Day) -> None:
        """New petitions against this week's entries, then the rulings due."""
        served = _served(day.now.book, day.own_rules, day.now.calendar.monday(day.now.calendar.weeks))
        if served is None:
            return
        self._file(day, served, day.hear("entry"))
        self._rule(day, served)

    def _file(self, day: Day, served: "Served", entries: Batch) -> None:
        n = len(entries)
        if not n:
            return
        of = served.row_of[entries.register]
        weekday = (entries.day - day.now.monday) & 7
        luck = ((entries.register.astype(np.int32) << 8) | (weekday << kernel.RANK_BITS)).astype(np.uint16)
        picked, asks = np.empty(n, np.int64), np.empty(n, np.uint8)
        found = kernel.choose(
            picked,
            asks,
            entries.party,
            luck,
            entries.wrong,
            of,
            day.people.number,
            served.rules,
            day.base,
            day.key,
        )
        if found:
            self._open(
                day, served, entries, picked[:found], asks[:found], of[picked[:found]], luck[picked[:found]]
            )

    def _open(
        self, day: Day, served: "Served", entries: Batch, picked: Array, asks: Array, of: Array, luck: Array
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
        filed = np.bincount(of[asks == kernel.REVIEW], minlength=len(served.rules))
        _count(day, served, {"filed_cum": filed, "open_now": filed})

    def _rule(self, day: Day, served: "Served") -> None:
        desk = day.table("petitions")
        petitions = desk.fields
        due = desk.due("rulings", day.now.week)
        if not len(due):
            return
        due, of = self._in_turn(day, served, due)
        when, granted = np.empty_like(due), np.empty(len(due), np.uint8)
        kind = np.where(petitions.state[due] == kernel.REPAIR, REPAIR, OBJECTION)
        totals = np.zeros((len(served.rules), kernel.TOTALS), np.int64)
        kernel.book_waits(petitions.state, petitions.filed, petitions.day, due, of, served.rules, totals)
        kernel.rule_on(
            _arrays(petitions), petitions.rulings, due, of, day.people.number, served.rules,
            day.now.calendar.first_day, day.now.week, day.base, day.key, when, granted, totals,
        )  # fmt: skip
        about = {name: getattr(petitions, name)[due] for name in ("register", "party", "number")}
        day.post("decision", day=when, granted=granted, kind=kind, **about)
        desk.release(due[petitions.state[due] == kernel.HEARD])
        booked = {name: totals[:, place] for name, place in BOOKED.items()}
        still_open = totals[:, kernel.RECONSIDERED] - totals[:, kernel.RULINGS]
        _count(day, served, {**booked, "open_now": still_open})

    def _in_turn(self, day: Day, served: "Served", due: Array) -> tuple[Array, Array]:
        """The petitions for which this week has time, the oldest first, and their registers; the rest wait."""
        petitions = day.table("petitions").fields
        of = served.row_of[petitions.register[due]]
        many, parties = np.bincount(of, minlength=len(served.rules)), len(day.people.number)
        time = served.time(day.now.week, parties)
        held = petitions.held[due] == 1
        if (many <= time).all() and not held.any():
            return due, of
        keys = (petitions.luck[due], day.people.number[petitions.party[due]], petitions.filed[due], of)
        order = np.lexsort(keys)
        place = np.arange(len(due)) - (np.cumsum(many) - many)[of[order]]
        goes = np.empty(len(due), bool)
        goes[order] = place < time[of[order]]
        kernel.put_off(petitions.rulings, petitions.day, petitions.held, due[~goes], day.now.week)
        petitions.held[due[goes]] = 0
        came, left = (
            np.bincount(of[~goes & ~held], minlength=len(many)),
            np.bincount(of[goes & held], minlength=len(many)),
        )
        _count(day, served, {"queued_now": came - left})
        return due[goes], of[goes]


class Served(NamedTuple):
    """Registers by row: keys, rules (registers, RULES), rulings a week for one party; and the row of each code."""

    keys: tuple[str, ...]
    rules: Array
    pace: Array
    row_of: Array

    def time(self, week: int, parties: int) -> Array:
        """Rulings each register has time for in a week; parts of a ruling add up over the weeks."""
        pace = self.pace * parties
        return np.asarray(np.floor((week + 1) * pace) - np.floor(week * pace))


def _arrays(petitions: Any) -> tuple[Array, ...]:
    return (petitions.party, petitions.luck, petitions.wrong, petitions.state, petitions.day)


def _count(day: Day, served: Served, counted: dict[str, Array]) -> None:
    for name, amounts in counted.items():
        for row in np.flatnonzero(amounts):
            amount = int(amounts[row])
            day.count(**{f"redress_{name}": amount, f"redress_{served.keys[row]}_{name}": amount})


@lru_cache(maxsize=64)
def _served(book: RuleBook, rules: Any, end: int) -> Served | None:
    """The registers of these rules; None while no register answers. Day `end` is past the end of the run."""
    rows = rules.registers.rows()
    numbers = np.array([_numbers(book, rules, row, end) for row in rows] + [[0.0] * kernel.RULES])
    if not numbers.any():
        return None
    pace = [getattr(row, "capacity_per_100000_week", rules.capacity_per_100000_week) for row in rows]
    row_of = np.full(CODES, len(rows), np.uint8)
    for place, row in enumerate(rows):
        row_of[row.code :] = place
    per_party = np.array([*(NO_LIMIT if n is None else n / 100_000 for n in pace), 0.0])
    return Served(tuple(row.key for row in rows), numbers, per_party, row_of)


def _numbers(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """What the kernel asks of one register's rules; all nought while it does not answer."""
    repair = _repair(book, rules, row, end)
    review = (
        _of(rules, row, "aware_share") * _of(rules, row, "files_if_right_share"),
        _of(rules, row, "aware_share") * _of(rules, row, "files_if_wrong_share"), row.review_days,
        *(_of(rules, row, name) for name in REVIEW_RULES),
    )  # fmt: skip
    return [0.0] * kernel.RULES if row.review_days is None else [*review, *repair]


def _of(rules: Any, row: Any, name: str) -> float:
    """A rule of one register, or the one that holds for all."""
    return getattr(row, name, getattr(rules, name)) or 0.0


def _repair(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """Rules of repair and the day from which it may be asked for; nought if that day lies after the run.

    Who is entered before the law knows repair asks once it does; such requests are planned with the rules of that day.
    """
    if getattr(row, "repair_after_days", rules.repair_after_days) is not None:
        return [*(_of(rules, row, name) for name in REPAIR_RULES), 0.0]
    own = "repair_after_days" in vars(row)
    leaf = book.leaves(
        f"redress.registers.{row.key}.repair_after_days" if own else "redress.repair_after_days"
    )[0]
    opens = [date for date in leaf.dates if leaf.values[date].value is not None]
    if not opens or leaf.values[leaf.dates[-1]].value is None or day_number(opens[-1]) >= end:
        return [0.0] * 6
    then = book.on(opens[-1]).redress
    row = getattr(then.registers, row.key)
    return [*(_of(then, row, name) for name in REPAIR_RULES), float(day_number(opens[-1]))]
