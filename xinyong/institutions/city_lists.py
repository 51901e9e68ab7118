"""Red and black lists that cities keep in key fields."""

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.points import find_listed, mark_lists
from xinyong.kernels.wheel import schedule_many
from xinyong.notices import Batch
from xinyong.process import Day, Process

LISTS, PUBLICITY = schemes.FEATURES.index("lists"), schemes.FEATURES.index("publicity")


class CityLists(Process):
    """Puts residents on the city's red or black list for deeds in key fields, for a term, and publishes cases.

    The lists of the nation are kept elsewhere; these count in their own city alone.
    *Source:* the paper, footnote 41 (demonstration cities) and section III.2; terms and fields assumed.
    """

    name = "city_lists"
    owns = {
        "residents.red": Column("u1", "live entries on the city's red list", "entries"),
        "residents.black": Column("u1", "live entries on the city's black list", "entries"),
        "entries": SideTable("entries on cities' red and black lists"),
        "entries.resident": Column("i4", "row of the resident in their table"),
        "entries.list": Column("u1", "1 red, 2 black"),
        "entries.term": Wheel("end of the term"),
        "city_red_entries_cum": Tally("entries on cities' red lists", "entries"),
        "city_black_entries_cum": Tally("entries on cities' black lists", "entries"),
        "city_red_ended_cum": Tally("entries on cities' red lists that ended", "entries"),
        "city_black_ended_cum": Tally("entries on cities' black lists that ended", "entries"),
        "city_cases_published_cum": Tally("cases of honesty and dishonesty that cities published", "cases"),
    }
    reads = ("residents.party", "residents.city")
    hears = ("city_record",)

    def step(self, day: Day) -> None:
        """End what has run its term; enter what this week's records lead to."""
        records, desk = day.hear("city_record"), day.table("entries")
        if not (len(records) or desk.high) or not day.own_rules.in_force:
            return
        due = desk.due("term", day.now.week)
        if len(due):
            self._mark(day, desk.fields.resident[due], desk.fields.list[due], -1)
            desk.release(due)
        if len(records):
            self._enter(day, records, schemes.in_force(day.now.book, day.now.date))

    def _enter(self, day: Day, records: Batch, known: schemes.Schemes) -> None:
        residents, desk, rules = day.table("residents"), day.table("entries"), day.own_rules
        out = np.empty((2, len(records)), np.int32)
        n, cases = find_listed(
            out, residents.fields.party[: residents.high], records.party, records.city, records.deed, known.lists,
            known.features[:, LISTS], known.features[:, PUBLICITY],
        )  # fmt: skip
        if not n:
            return
        files, which = out[:, :n]
        rows = desk.take(n)
        desk.fields.resident[rows], desk.fields.list[rows] = files, which
        weeks = day.now.week + np.maximum(
            1, np.rint(np.array([rules.red_years, rules.black_years]) / day.now.years)
        )
        schedule_many(desk.fields.term, rows, weeks.astype(np.int32)[which - 1])
        self._mark(day, files, which, 1)
        day.count(city_cases_published_cum=cases)

    def _mark(self, day: Day, files: Array, which: Array, change: int) -> None:
        fields, what = day.table("residents").fields, "entries" if change > 0 else "ended"
        red = mark_lists(fields.red, fields.black, files, which, change)
        day.count(**{f"city_red_{what}_cum": red, f"city_black_{what}_cum": len(files) - red})
