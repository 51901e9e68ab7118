"""Stand-ins for institutions, so that one process can be studied alone."""

from typing import ClassVar

import numpy as np

from xinyong.columns import Column, SideTable, Tally
from xinyong.institutions.central_bank import CentralBank
from xinyong.institutions.courts import Courts
from xinyong.institutions.joint_measures import JointMeasures
from xinyong.process import Day, Process

A_WEEK = 60


class Able(Process):
    """Everybody is able to pay."""

    name = "able"
    owns: ClassVar = {"unable": Column("u1", "nobody")}


class Orders(Process):
    """Courts that order sixty debtors onto the list every Sunday, and forget a case that has left the list."""

    name = "orders"
    owns: ClassVar = {
        **{name: spec for name, spec in Courts.owns.items() if name.partition(".")[0] == "cases"},
        "barred": Column("u2", "nobody is barred from anything"),
        "activities": SideTable("none"),
        "activities.coverage": Column("f4", "none"),
        "activities.yearly_value": Column("f4", "none"),
    }
    reads = ("number",)
    posts: ClassVar = {"listing_order": Courts.posts["listing_order"]}
    heard = ("delisted",)

    def step(self, day: Day) -> None:
        desk = day.table("cases")
        desk.release(day.heard("delisted").case)
        rows, cases = desk.take(A_WEEK), desk.fields
        first = A_WEEK * day.now.week
        cases.party[rows] = first % len(day.people.number) + np.arange(A_WEEK)
        cases.serial[rows] = first // len(day.people.number)
        cases.number[rows] = first + np.arange(A_WEEK)
        cases.amount[rows], cases.stage[rows] = 30_000, 3
        day.post("listing_order", day=np.full(A_WEEK, day.now.monday + 6), case=rows)


class BarsFromAir(Process):
    """A platform that bars everybody from air travel from the first week on, with coverage 0.8."""

    name = "bars_from_air"
    owns: ClassVar = {
        "barred": JointMeasures.owns["barred"],
        "activities": JointMeasures.owns["activities"],
        "activities.coverage": JointMeasures.owns["activities.coverage"],
    }
    posts = {"barred_notice": JointMeasures.posts["barred_notice"]}

    def begin(self, day: Day) -> None:
        desk = day.table("activities")
        rows = desk.take(16)
        desk.fields.coverage[rows] = 0.8

    def step(self, day: Day) -> None:
        if day.now.week == 0:
            day.people.barred[:] = 1
            everybody = np.arange(len(day.people.barred))
            day.post("barred_notice", day=np.full(len(everybody), day.now.monday), party=everybody)


class Ledgers(Process):
    """Keepers of registers: each enters sixty parties a week, every fourth by mistake, and does as the desk decides."""

    name = "ledgers"
    registers: ClassVar = (1, 16, 17, 18)
    owns: ClassVar = {
        "lines": SideTable("lines in force"),
        "lines.register": Column("u1", "code of the register"),
        "lines.party": Column("i4", "row of the party"),
        "lines.number": Column("u4", "number of the entry in its register"),
        "lines.wrong": Column("u1", "1 if by mistake"),
        "entered_cum": Tally("lines made", "lines"),
        "erased_cum": Tally("lines erased as the desk decided", "lines"),
        "mended_cum": Tally("lines erased by repair", "lines"),
        "wrongful_days_cum": Tally("days that wrong entries stood", "days"),
    }
    reads = ("number",)
    heard = ("decision",)
    posts: ClassVar = {"entry": CentralBank.posts["entry"]}

    def step(self, day: Day) -> None:
        self._obey(day)
        desk = day.table("lines")
        n = A_WEEK * len(self.registers)
        rows, entries = desk.take(n), desk.fields
        place = np.arange(n)
        entries.register[rows] = np.repeat(self.registers, A_WEEK)
        by_number = np.argsort(day.people.number)
        entries.party[rows] = by_number[(A_WEEK * day.now.week + place) % len(by_number)]
        entries.number[rows], entries.wrong[rows] = n * day.now.week + place, place % 4 == 0
        names = ("register", "party", "number", "wrong")
        told = {name: getattr(entries, name)[rows] for name in names}
        day.post("entry", day=day.now.monday + place % 7, **told)
        wrong = int(entries.wrong[entries.alive == 1].sum())
        day.count(entered_cum=n, wrongful_days_cum=7 * wrong)

    def _obey(self, day: Day) -> None:
        decided, desk = day.heard("decision"), day.table("lines")
        for kind, told in ((1, "erased_cum"), (2, "mended_cum")):
            numbers = decided.number[(decided.granted == 1) & (decided.kind == kind)]
            rows = np.flatnonzero((desk.fields.alive == 1) & np.isin(desk.fields.number, numbers))
            desk.release(rows.astype(np.int32))
            day.count(**{told: len(rows)})
