"""Deeds that a city's points scheme counts."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels.points import do_deeds
from xinyong.notices import Notice
from xinyong.process import Day, Process


class Deeds(Process):
    """Residents of a city with a scheme do, now and then, what its table of deeds rewards or punishes.

    Deeds are counted from the year a city's table of deeds exists; before that nobody writes them down.
    *Source:* deed rows of `rules/cities/`; rates assumed.
    """

    name = "deeds"
    owns = {
        "residents": SideTable("persons and organisations of cities with a points scheme"),
        "residents.party": Column("i4", "row of the resident"),
        "residents.city": Column("u1", "code of the city"),
        "deeds_cum": Tally("deeds a city scheme would count", "deeds"),
    }
    reads = ("number", "city")
    posts = {
        "deed": Notice("somebody does what a scheme counts", {"party": "i4", "city": "u1", "deed": "u2"})
    }

    def begin(self, day: Day) -> None:
        """Note who lives in a city with a scheme."""
        people, desk = day.people, day.table("residents")
        party = np.flatnonzero(people.city > 0)
        rows = desk.take(len(party))
        desk.fields.party[rows], desk.fields.city[rows] = party, people.city[party]

    def step(self, day: Day) -> None:
        """A week of deeds in each city."""
        desk = day.table("residents")
        if not desk.high:
            return
        for city in day.rules.cities.rows():
            here = desk.fields.party[desk.fields.city == city.code]
            if len(here):
                self._week(day, city, here)

    def _week(self, day: Day, city: Any, party: Array) -> None:
        codes, shares, mean = _table(city, day.own_rules.rate_ratio * day.now.years)
        most = len(party) + 16
        rows, picked, when = np.empty(most, np.int32), np.empty(most, np.uint16), np.empty(most, np.int32)
        n = do_deeds(
            rows, picked, when, party, day.people.number, mean, shares, day.now.monday, day.base, day.key
        )
        deeds = codes[picked[:n]]
        place = np.full(n, city.code, np.uint8)
        day.post("deed", day=when[:n], party=rows[:n], city=place, deed=deeds)
        day.count(deeds_cum=n)


@lru_cache(maxsize=32)
def _table(city: Any, years: float) -> tuple[Array, Array, float]:
    """Codes of the deeds, running shares, and the mean number of deeds of a resident in a step."""
    rows = [d for d in city.deeds.rows() if d.rate_per_year]
    rates = np.array([d.rate_per_year for d in rows], float)
    shares = np.cumsum(rates) / max(rates.sum(), 1e-300)
    return np.array([d.code for d in rows], np.uint16), shares, float(rates.sum() * years)
