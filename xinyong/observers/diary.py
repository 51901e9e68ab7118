"""What happened to each person, counted, so that twins of two worlds can be compared; a run without it is the same."""

import numpy as np

from xinyong.acts import FRAUD, MINOR
from xinyong.columns import Array, Column
from xinyong.memoranda import MOST_ISSUERS
from xinyong.process import Day, Process

LISTED, ENTERED, POINTS = 1, 2, 4
CITY_REGISTER = 16
LEAST_YUAN, CLASSES = 1_000, 6


class Diary(Process):
    """Breaches, sanctions, time on the list and performances of each person, from the end of the burn-in on.

    A sanction is a listing by a court or an entry on another black list; a loss of points is noted as a kind, but bars
    from nothing by itself and does not begin the count.

    It posts nothing and nobody reads it: with it and without it a world is the same to the bit.
    *Source:* estimands 1, 2 and 7 of model.md 3.3.
    """

    name = "diary"
    owns = {
        "diary_breaches": Column("u2", "breaches of rules and frauds of the person", "acts"),
        "diary_since": Column("i2", "week of the first sanction, -1 before", "week", initial=-1),
        "diary_kinds": Column("u1", "bits: 1 court list, 2 another black list, 4 points of a city", "bits"),
        "diary_performed": Column("u1", "judgments performed while on the list", "judgments"),
        "diary_listed": Column("u2", "weeks on the court list", "weeks"),
        "diary_debt": Column(
            "u1",
            "size of the debt of the first listing: 1 under 1,000 yuan, then tenfold each; 0 none",
            "class",
        ),
    }
    reads = ("kind",)
    may_read = ("listed", "cases.amount")
    hears = ("act", "listed", "entry", "performed")

    def step(self, day: Day) -> None:
        """Write down this week's notices."""
        people = day.people
        if day.now.week < day.now.calendar.burn_in:
            return
        acts, listed, entered, performed = (day.hear(kind) for kind in self.hears)
        breaches = acts.party[(acts.act == MINOR) | (acts.act == FRAUD)]
        np.add.at(people.diary_breaches, breaches, 1)
        np.add.at(people.diary_performed, performed.party, 1)
        self._sanctioned(day, listed.party, LISTED)
        self._sanctioned(day, entered.party[entered.register < MOST_ISSUERS], ENTERED)
        people.diary_kinds[entered.party[entered.register == CITY_REGISTER]] |= POINTS
        if people.listed is not None:
            people.diary_listed[people.listed > 0] += 1
        cases = day.may_table("cases")
        if len(listed) and cases is not None:
            classes = _size(cases.fields.amount[listed.case])
            fresh = people.diary_debt[listed.party] == 0
            people.diary_debt[listed.party[fresh]] = classes[fresh]

    def _sanctioned(self, day: Day, who: Array, kind: int) -> None:
        """Note the kind and, if it is the first, the week."""
        people = day.people
        people.diary_kinds[who] |= kind
        first = who[people.diary_since[who] < 0]
        people.diary_since[first] = day.now.week


def _size(yuan: Array) -> Array:
    """Class of a debt: 1 under 1,000 yuan, 2 under 10,000, and so on to 6."""
    tens = np.floor(np.log10(np.maximum(yuan, 1) / LEAST_YUAN)).astype(np.int64) + 2
    return np.clip(tens, 1, CLASSES).astype(np.uint8)
