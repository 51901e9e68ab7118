"""Red lists (紅名單): who is praised each year for keeping faith, and what that is worth."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels.dense import hits, limit_of
from xinyong.kernels.lists import names_of, rewards
from xinyong.kernels.wheel import schedule_many
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows
from xinyong.timeline import date_of

LISTS = coded_rows("red_lists", "lists")
PERSON, KINDS = 0, 5
EVERY_BIT = (1 << 64) - 1


class RedLists(Process):
    """Names, once a year, a share of those without an adverse entry; lets names lapse, and strikes whoever is listed.

    On no black list, never on the court's, and in a city with a scheme not graded below A: among these the names are
    drawn by lot, because the model knows of no finer conduct. Praised parties are inspected less (`offending` finds
    less of what they do) and use a green channel.
    *Source:* the paper, section IV.3; 國發〔2016〕33號 (from memory); shares assumed (model.md red.*).
    """

    name = "red_lists"
    owns = {
        "red_entries": SideTable("names on red lists"),
        "red_entries.party": Column("i4", "row of the party"),
        "red_entries.list": Column("u1", "code of the list"),
        "red_entries.lapse": Wheel("names lapse"),
        "red_entries_cum": Tally("names entered on red lists", "entries"),
        "red_entries_now": Tally("names on red lists", "entries", stock=True),
        "red_published_now": Tally("names on red lists that are published", "entries", stock=True),
        "red_lapsed_cum": Tally("names that lapsed", "entries"),
        "red_struck_cum": Tally("names struck because of an adverse entry", "entries"),
        "green_channel_cum": Tally("uses of the green channel", "occasions"),
        "inspections_spared_cum": Tally("inspections that praised organisations were spared", "inspections"),
        **{
            f"{row.key}_red_{who}_now": Tally(f"{row.gloss}: {who} on the list", "entries", stock=True)
            for row in LISTS
            for who in ("persons", "organisations")
        },
    }
    reads = ("number", "kind", "age")
    may_read = ("black_listed", "ever_listed", "residents.party", "residents.grade")
    hears = ("entry", "listed")
    dense_ns_per_party = 0.01

    def step(self, day: Day) -> None:
        """Strike the listed, let names lapse, name the year's trustworthy, and give a week of rewards."""
        rules, desk = day.own_rules, day.table("red_entries")
        if not rules.in_force:
            return
        if desk.high:
            self._strike(day)
            self._leave(day, desk.due("lapse", day.now.week), "red_lapsed_cum")
        month = _begins(day.now.monday)
        for row in rules.lists.rows() if month else ():
            if row.month == month:
                self._name(day, row)
        if desk.high and rules.green_channel_per_year is not None:
            self._reward(day, rules)

    def _strike(self, day: Day) -> None:
        entered, listed, desk = day.hear("entry"), day.hear("listed"), day.table("red_entries")
        if len(entered) or len(listed):
            struck, red = np.empty(desk.high, np.int32), desk.fields
            n = names_of(struck, red.alive[: desk.high], red.party, listed.party, entered.party)
            self._leave(day, struck[:n], "red_struck_cum")

    def _name(self, day: Day, row: Any) -> None:
        """Draw the year's names of one list among the eligible."""
        people, desk = day.people, day.table("red_entries")
        limits = np.zeros((KINDS, 256), np.uint32)
        limits[1:3] = limit_of(np.array([row.organisations_share]))
        limits[PERSON] = limit_of(np.array([row.persons_share]))
        found = np.empty(len(people.number), np.int32)
        key = np.uint64((int(day.key) + row.code) & EVERY_BIT)
        n = hits(found, people.number, people.kind, people.kind, limits.ravel(), day.base, key)
        named = found[:n][_eligible(day, found[:n])]
        rows = desk.take(len(named))
        desk.fields.party[rows], desk.fields.list[rows] = named, row.code
        weeks = np.full(len(rows), day.now.week + max(1, int(row.term_days) // 7), np.int32)
        schedule_many(desk.fields.lapse, rows, weeks)
        day.count(red_entries_cum=len(rows))
        self._census(day, rows, 1)

    def _leave(self, day: Day, rows: Array, counted_as: str) -> None:
        if len(rows):
            self._census(day, rows, -1)
            day.table("red_entries").release(rows)
            day.count(**{counted_as: len(rows)})

    def _census(self, day: Day, rows: Array, change: int) -> None:
        """Add to or take from the stock, list by list, persons and organisations apart."""
        if not len(rows):
            return
        red = day.table("red_entries").fields
        person, code = day.people.kind[red.party[rows]] == PERSON, red.list[rows]
        day.count(red_entries_now=change * len(rows))
        for row in day.own_rules.lists.rows():
            here, persons = int((code == row.code).sum()), int(((code == row.code) & person).sum())
            names = {
                f"{row.key}_red_persons_now": persons,
                f"{row.key}_red_organisations_now": here - persons,
            }
            names["red_published_now"] = here if row.published else 0
            day.count(**{name: change * many for name, many in names.items() if many})

    def _reward(self, day: Day, rules: Any) -> None:
        red = day.table("red_entries").fields
        spared = (rules.inspections_per_year or 0.0) * (1.0 - rules.inspection_ratio)
        used, less = rewards(
            red.alive, red.party, red.list, day.people.number, day.people.kind,
            rules.green_channel_per_year * day.now.years, spared * day.now.years, day.base, day.key,
        )  # fmt: skip
        day.count(green_channel_cum=used, inspections_spared_cum=less)


@lru_cache(maxsize=16)
def _begins(monday: int) -> int:
    """The month that begins in the week of a Monday; 0 if none."""
    first, last = date_of(monday), date_of(monday + 6)
    return last.month if first.day == 1 or first.month != last.month else 0


def _eligible(day: Day, rows: Array) -> Array:
    """Adults and organisations without an adverse entry, and not graded low where there are grades."""
    people = day.people
    good = (people.kind[rows] != PERSON) | (people.age[rows] >= day.own_rules.minimum_age_years)
    for adverse in (people.black_listed, people.ever_listed):
        if adverse is not None:
            good &= adverse[rows] == 0
    residents = day.may_table("residents")
    if residents is not None and residents.fields.grade is not None:
        low = residents.fields.grade[: residents.high] > day.own_rules.lowest_grade
        good &= ~np.isin(rows, residents.fields.party[: residents.high][low])
    return np.asarray(good)
