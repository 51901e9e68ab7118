"""Turn what happens to one party of a shard into lines that can be read."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from xinyong import ids
from xinyong.acts import NAMES
from xinyong.engine import Plan, Shard
from xinyong.lab.municipal import MunicipalFile
from xinyong.signals import Signals
from xinyong.timeline import date_of

TELL = {
    "loan": "takes a loan of {amount:,} yuan over {months} months",
    "default": "is a quarter in arrears with {amount:,} yuan",
    "suit": "is sued for {amount:,} yuan",
    "settled": "the debt of case {case} is paid in court or by enforcement",
    "listing_order": "a court orders the listing (case {case})",
    "listed": "is published on the list (case {case})",
    "performed": "performs the judgment (case {case})",
    "delisted": "is deleted from the list (case {case}): {reason}",
    "ruling": "a court rules on the objection (case {case}): {granted}",
    "decision": "a register's desk decides on {kind}: {granted}",
    "deed": "does what the city's scheme counts: {deed}",
    "city_record": "{office} delivers to the municipal file: {deed}",
    "barred_notice": "is barred for the first time in this spell",
    "entry": "an adverse entry is made: {register}",
    "act": "acts: {act}; {found}",
    "learned": "learns of a sanction of somebody near: {tie}",
    "reported": "is reported to the authorities for {act}",
}
# what is told beside the notices: changes seen from week to week, and how things stand at the end
OTHER_LINES = {
    "fell": "can no longer pay",
    "rose": "can pay again",
    "refused": "is refused {times} time(s) this week: {what}",
    "graded": "is graded {grade} with {points} points",
    "ungraded": "has no municipal file any more",
    "listings": "published listings: {n}",
    "barred": "barred from: {what}",
}
REASONS = ("still open", "performed", "terminated", "the term ended", "corrected as wrong")
TIES = ("at home", "at work", "in the neighbourhood", "among acquaintances")
PETITIONS = ("nothing", "an objection", "a request for repair")


@dataclass(frozen=True)
class Line:
    """One thing that happened on a day, or in the week that ends on it."""

    date: str
    what: str
    told: str


def party_of(shard: Shard, rows: dict[str, Any]) -> Any:
    """Rows of the parties that a batch of notices concerns."""
    for name in ("party", "learner"):
        if name in rows:
            return rows[name]
    table, key = ("cases", "case") if "case" in rows else ("loans", "loan")
    return shard.store.tables[table].columns["party"][rows[key]]


class Teller:
    """Plays a shard week by week and writes down what concerns one row."""

    def __init__(self, plan: Plan, shard: Shard, row: int) -> None:
        self.plan, self.shard, self.row = plan, shard, row
        self.lines: list[Line] = []
        self.columns = {n: shard.store.columns[n] for n in ("unable",) if n in shard.store.columns}
        self.file = MunicipalFile(plan, shard, row)
        self.names = {a.code: a.key.replace("_", " ") for a in self._activities()}

    def play(self, signals: Signals) -> tuple[Line, ...]:
        """All weeks; returns the lines in order of days."""
        self.shard.board.listeners.append(self._hear)
        before, refused = self._state(), self._refusals()
        for week in range(self.plan.calendar.weeks):
            self.shard.play([signals.frame(self.plan, week)])
            sunday = str(self.plan.calendar.sunday(week))
            before, refused = self._changes(sunday, before), self._turned_away(sunday, refused)
        return tuple(sorted(self.lines, key=lambda line: line.date))

    def standing(self) -> tuple[str, ...]:
        """How things stand at the end of the run."""
        columns, end = self.shard.store.columns, self.plan.calendar.sunday(self.plan.calendar.weeks - 1)
        told = [f"On {end}:"]
        if "listed" in columns:
            told.append("  " + OTHER_LINES["listings"].format(n=int(columns["listed"][self.row])))
        if "barred" in columns:
            bits = int(columns["barred"][self.row])
            barred = [name for code, name in sorted(self.names.items()) if bits >> code & 1]
            told.append("  " + OTHER_LINES["barred"].format(what=", ".join(barred) or "nothing"))
        told += self.file.told()
        if "bank_score" in columns and columns["bank_score"][self.row] >= 0:
            told.append(
                f"  score of the central bank: {int(columns['bank_score'][self.row])} of 1000, as the paper describes "
                "it; the Centre's own reports say that it does not score (X1)"
            )
        if "unable" in columns:
            told.append(f"  able to pay: {'no' if columns['unable'][self.row] else 'yes'}")
        return tuple(told)

    def _activities(self) -> tuple[Any, ...]:
        if "wants" not in self.plan.book.sections:
            return ()
        return self.plan.frame(self.plan.calendar.weeks - 1).rules.wants.activities.rows()  # type: ignore[no-any-return]

    def _state(self) -> dict[str, int]:
        return {name: int(array[self.row]) for name, array in self.columns.items()} | {
            "grade": self.file.grade
        }

    def _changes(self, sunday: str, before: dict[str, int]) -> dict[str, int]:
        now = self._state()
        if now.get("unable") != before.get("unable"):
            self._add(sunday, "ability", OTHER_LINES["fell" if now["unable"] else "rose"])
        if now["grade"] != before["grade"]:
            self._add(sunday, "grade", self.file.graded())
        return now

    def _refusals(self) -> dict[int, int]:
        """Refusals learned so far, by activity."""
        table = self.shard.store.tables.get("wanters")
        if table is None:
            return {}
        mine = np.flatnonzero(
            (table.columns["party"][: table.high] == self.row) & (table.columns["alive"][: table.high] == 1)
        )
        return dict(enumerate(table.columns["learned"][mine].sum(axis=0).tolist())) if len(mine) else {}

    def _turned_away(self, sunday: str, before: dict[int, int]) -> dict[int, int]:
        now = self._refusals()
        for code, times in now.items():
            if times > before.get(code, 0):
                what = self.names.get(code, f"activity {code}")
                fresh = times - before.get(code, 0)
                self._add(sunday, "refused", OTHER_LINES["refused"].format(times=fresh, what=what))
        return now

    def _add(self, date: str, what: str, told: str) -> None:
        self.lines.append(Line(date, what, told))

    def _hear(self, kind: str, rows: dict[str, Any]) -> None:
        """Note the lines of a batch of notices that concern the row."""
        if kind not in TELL:
            return
        for k in np.flatnonzero(party_of(self.shard, rows) == self.row):
            values = {name: int(array[k]) for name, array in rows.items()}
            day = str(date_of(values["day"]))
            self._add(day, kind, TELL[kind].format(**self._words(values)))

    def _words(self, values: dict[str, int]) -> dict[str, Any]:
        """Numbers of a notice as a reader wants them."""
        words: dict[str, Any] = dict(values)
        if "number" not in values and "case" in values:
            values["number"] = int(self.shard.store.tables["cases"].columns["number"][values["case"]])
        if "number" in values:
            words["case"] = ids.text(ids.pack(ids.CASE, self.shard.code, values["number"]))
        if "reason" in values:
            words["reason"] = REASONS[values["reason"]]
        if "register" in values:
            words["register"] = self._register(values["register"])
        if "granted" in values:
            words["granted"] = "granted" if values["granted"] else "rejected"
        if "kind" in values:
            words["kind"] = PETITIONS[values["kind"]]
        if "act" in values:
            words["act"] = NAMES[values["act"]]
        if "detected" in values:
            words["found"] = "found out" if values["detected"] else "nobody found out"
        if "tie" in values:
            words["tie"] = TIES[values["tie"]]
        if "deed" in values:
            words["deed"] = self.file.deed(values["deed"])
        if "office" in values:
            words["office"] = self.file.office(values["office"], values["sector"])
        return words

    def _register(self, code: int) -> str:
        """What a register enters, by its code or that of the row that serves it."""
        rows = self.plan.frame(self.shard.week).rules.redress.registers.rows()
        below = [row for row in rows if row.code <= code]
        return max(below, key=lambda row: row.code).key.replace("_", " ") if below else f"register {code}"
