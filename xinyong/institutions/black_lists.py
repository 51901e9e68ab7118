"""Black lists (黑名單) kept by others than the court: tax, food and drugs, transport, registers, platforms."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import lists as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows

MOST_LISTS = 16
LISTS = coded_rows("black_lists", "lists")
REASONS = {
    kernel.TERM_ENDED: ("expired", "entries whose term ended"),
    kernel.MENDED: ("mended", "entries ended because the ground was mended"),
    kernel.REPAIRED: ("repaired", "entries left early by credit repair"),
    kernel.ERASED: ("erased", "entries erased as wrong on objection"),
    kernel.MOVED: ("moved", "entries that moved to another list at the end of their term"),
}
COUNTS = {
    "entries_cum": ("entries (人次)", "entries", kernel.ENTERED),
    "persons_now": ("entries of persons on the list", "entries", kernel.PERSONS),
    "organisations_now": ("entries of organisations on the list", "entries", kernel.ORGANISATIONS),
}

SUMS = {
    "black_entries_cum": kernel.ENTERED, "black_entries_now": kernel.NOW, "black_parties_now": kernel.PARTIES,
    "black_wrongful_now": kernel.WRONGFUL,
}  # fmt: skip
COUNTED = {
    **{(0, column): name for name, column in SUMS.items()},
    **{(0, kernel.BY_REASON + reason): f"black_{name}_cum" for reason, (name, _) in REASONS.items()},
    **{
        (row.code, column): f"{row.key}_black_{name}"
        for row in LISTS
        for name, (_, _, column) in COUNTS.items()
    },
}


def _tallies() -> dict[str, Tally]:
    by_list = {
        f"{row.key}_black_{name}": Tally(f"{row.gloss}: {meaning}", unit, stock=name.endswith("_now"))
        for row in LISTS
        for name, (meaning, unit, _) in COUNTS.items()
    }
    ends = {
        f"black_{name}_cum": Tally(f"black lists: {meaning}", "entries") for name, meaning in REASONS.values()
    }
    return by_list | ends


class BlackLists(Process):
    """Keeps any number of lists; each is a row of rules. An offence found leads to an entry, after the list's delay.

    An entry ends with its term, when its ground is mended, by credit repair, or is erased as wrong; an entry of one
    list may then move to another. Lists err: some entries name a party that did nothing.
    *Source:* the paper, section IV.3, footnotes 69-70; 國家工商總局令第83號; 發改財金〔2018〕384、385號.
    """

    name = "black_lists"
    owns = {
        "black_entries": SideTable("entries of black lists, from the offence on"),
        "black_entries.party": Column("i4", "row of the party the entry names"),
        "black_entries.list": Column("u1", "code of the list"),
        "black_entries.number": Column(
            "u4", "number of the entry in this shard, never reused; 0 until published"
        ),
        "black_entries.state": Column("u1", "1 decided, 2 published"),
        "black_entries.wrong": Column("u1", "1 if the party did nothing (truth)"),
        "black_entries.exit": Column("u1", "how it will end by itself: 1 term, 2 mended"),
        "black_entries.next_day": Column("i4", "day of the next change", "day"),
        "black_entries.published_day": Column("i4", "day of publication", "day", initial=-1),
        "black_entries.pages": Wheel("changes of entries"),
        "black_listed": Column("u1", "published entries of the party on black lists now", "entries"),
        "black_entries_cum": Tally("entries of all black lists (人次)", "entries"),
        "black_entries_now": Tally("entries on all black lists", "entries", stock=True),
        "black_parties_now": Tally("distinct parties on black lists", "parties", stock=True),
        "black_wrongful_now": Tally(
            "entries that name a party that did nothing (truth)", "entries", stock=True
        ),
        **_tallies(),
    }
    reads = ("number", "kind")
    hears = ("offence",)
    heard = ("decision",)
    posts = {
        "black_exit": Notice(
            "an entry of a black list is over", {"list": "u1", "number": "u4", "reason": "u1"}
        ),
        "entry": Notice(
            "an adverse entry in some register",
            {"register": "u1", "party": "i4", "number": "u4", "wrong": "u1"},
        ),
    }

    def step(self, day: Day) -> None:
        """Carry out decisions, enter this week's offences, publish and end what falls due."""
        if not day.own_rules.in_force:
            return
        lists = _numbers(day.own_rules.lists)
        self._decide(day, lists, day.heard("decision"))
        offences = day.hear("offence")
        if len(offences):
            code, party, when = (a.astype(np.int64) for a in (offences.list, offences.party, offences.day))
            self._enter(day, lists, code, party, when)
        self._turn(day, lists)

    def _decide(self, day: Day, lists: Array, decided: Batch) -> None:
        """An objection upheld erases an entry; repair granted lets it leave early, where the list allows repair."""
        if not len(decided):
            return
        mine = (decided.granted == 1) & (decided.register > 0) & (decided.register < MOST_LISTS)
        desk, people = day.table("black_entries"), day.people
        entries, totals = desk.fields, np.zeros((MOST_LISTS, kernel.TOTALS), np.int64)
        ended = np.empty((kernel.FIELDS, len(mine)), np.int32)
        orders = np.stack([decided.register, decided.number, decided.kind, decided.day], 1).astype(np.int64)[
            mine
        ]
        gone = kernel.decide(
            _arrays(entries),
            entries.alive[: desk.high],
            orders,
            people.kind,
            lists,
            people.black_listed,
            totals,
            ended,
        )
        if gone:
            self._end(day, lists, ended[:, :gone])
            self._count(day, totals)

    def _enter(
        self, day: Day, lists: Array, code: Array, party: Array, when: Array, later_weeks: int = 0
    ) -> None:
        """Open entries; what arises after this week's pages were turned is published a week later, back-dated."""
        desk, people = day.table("black_entries"), day.people
        rows = desk.take(len(code))
        entries = desk.fields
        kernel.enter(
            _arrays(entries), entries.pages, rows, code, party, when, people.number, people.kind, lists,
            day.now.calendar.first_day, day.now.week + later_weeks, day.base, day.key,
        )  # fmt: skip

    def _turn(self, day: Day, lists: Array) -> None:
        desk, people = day.table("black_entries"), day.people
        if not desk.high:
            return
        entries, totals = desk.fields, np.zeros((MOST_LISTS, kernel.TOTALS), np.int64)
        published, ended = np.empty((2, kernel.FIELDS, desk.high), np.int32)
        come, gone = kernel.turn_pages(
            _arrays(entries), entries.pages, desk.high, people.number, people.kind, lists, people.black_listed,
            day.tallied("black_entries_cum") + 1, day.now.calendar.first_day, day.now.week, day.base, day.key,
            published, ended, totals,
        )  # fmt: skip
        if come:
            _, when, code, party, number, wrong = published[:, :come]
            day.post("entry", day=when, register=code, party=party, number=number, wrong=wrong)
        if gone:
            self._end(day, lists, ended[:, :gone])
        if come or gone:
            self._count(day, totals)

    def _end(self, day: Day, lists: Array, ended: Array) -> None:
        rows, when, code, party, number, reason = ended
        day.post("black_exit", day=when, list=code, number=number, reason=reason)
        day.table("black_entries").release(rows)
        moved = reason == kernel.MOVED
        if moved.any():
            onto = lists[code[moved], kernel.MOVES_TO].astype(np.int64)
            self._enter(day, lists, onto, party[moved].astype(np.int64), when[moved].astype(np.int64), 1)

    def _count(self, day: Day, totals: Array) -> None:
        """Book a week's changes, list by list and reason by reason."""
        places = zip(*(where.tolist() for where in totals.nonzero()), strict=True)
        day.count(**{COUNTED[place]: int(totals[place]) for place in places if place in COUNTED})


def _arrays(entries: Any) -> tuple[Array, ...]:
    names = ("party", "list", "state", "wrong", "next_day", "published_day", "number", "exit")
    return tuple(getattr(entries, name) for name in names)


@lru_cache(maxsize=64)
def _numbers(lists: Any) -> Array:
    """What the kernels need to know of each list (lists, 6), row = code."""
    table = np.zeros((MOST_LISTS, kernel.NUMBERS))
    for row in lists.rows():
        numbers = (
            row.entry_delay_days, row.term_days, row.corrected_per_year, row.wrong_per_1000, row.moves_to,
            row.repair_allowed,
        )  # fmt: skip
        table[row.code] = [n or 0.0 for n in numbers]
    table[:, kernel.WRONG] /= 1000
    return table
