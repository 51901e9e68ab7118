"""Stand-ins for institutions, so that one process can be studied alone."""

from typing import ClassVar

import numpy as np

from xinyong.columns import Column, SideTable
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
