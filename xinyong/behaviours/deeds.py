"""Deeds that a city's points scheme counts."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels.dense import hits
from xinyong.kernels.points import do_deeds
from xinyong.kernels.rows import gather
from xinyong.notices import Notice
from xinyong.process import Day, Process


class Deeds(Process):
    """Residents of a city with a scheme do, now and then, what its table of deeds rewards or punishes.

    Deeds are counted from the day a city keeps points; before that nobody writes them down. Residents who know of
    the scheme, few at first and more with every year of published cases, do a little more good and less bad.
    *Source:* deed rows of `rules/cities/`; model.md 2.7d; awareness of 2018 (Kostka); rates assumed.
    """

    name = "deeds"
    owns = {
        "residents": SideTable("persons and organisations of cities with a points scheme, in order of rows"),
        "residents.party": Column("i4", "row of the resident"),
        "residents.city": Column("u1", "code of the city"),
        "scheme_cities": SideTable("cities with a scheme where residents of the shard live"),
        "scheme_cities.code": Column("u1", "code of the city"),
        "deeds_cum": Tally("deeds a city scheme would count", "deeds"),
    }
    reads = ("number", "city", "census")
    dense_ns_per_party = 0.1
    posts = {
        "deed": Notice("somebody does what a scheme counts", {"party": "i4", "city": "u1", "deed": "u2"})
    }

    def begin(self, day: Day) -> None:
        """Note who lives in a city with a scheme."""
        people, desk = day.people, day.table("residents")
        party = np.flatnonzero(people.city > 0)
        rows = desk.take(len(party))
        desk.fields.party[rows], desk.fields.city[rows] = party, people.city[party]
        places, codes = day.table("scheme_cities"), np.unique(people.city[party])
        rows = places.take(len(codes))
        places.fields.code[rows] = codes

    def step(self, day: Day) -> None:
        """A week of deeds in all cities of the shard."""
        desk = day.table("residents")
        if not desk.high:
            return
        known = schemes.in_force(day.now.book, day.now.date)
        places = day.table("scheme_cities")
        if not known.running_in(places.fields.code[: places.high]):
            return
        rules, n = day.own_rules, desk.high
        mean, limits, cumulative, factors = _table(known, *_numbers(rules), rules.rate_ratio * day.now.years)
        fields = desk.fields
        city, number, found = (
            fields.city[:n],
            gather(day.people.number, fields.party[:n]),
            np.empty(n, np.int32),
        )
        found = found[: hits(found, number, fields.alive[:n], city, limits, day.base, day.key)]
        out = np.empty((4, 8 * len(found)), np.int32)
        n = do_deeds(
            out, found, fields.party, city, number, day.people.census,
            (mean, cumulative, known.points, known.publicity_years, known.publicity_since), factors,
            (rules.aware_share, rules.aware_per_publicity_year), day.now.monday, day.base, (day.key, day.fixed_key),
        )  # fmt: skip
        when, party, place, deed = out[:, :n]
        day.post("deed", day=when, party=party, city=place, deed=deed)
        day.count(deeds_cum=n)


def _numbers(rules: Any) -> tuple[float, float, float, float]:
    """Factors on good and bad deeds of those who know, on good ones in town and bad ones in the countryside."""
    return (
        rules.aware_reward_ratio, rules.aware_penalty_ratio, rules.urban_reward_ratio, rules.rural_penalty_ratio,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _table(
    known: schemes.Schemes, reward: float, penalty: float, urban: float, rural: float, years: float
) -> tuple[Array, Array, Array, Array]:
    """By city: deeds in a step at the highest rates, the chance of any, running share of each code; and factors.

    Factors are rates as shares of the highest, by sign of the points (0 penalty, 1 reward), awareness and urban.
    """
    factors = np.array([
        [[max(r, 0.0) * p for p in place] for r in ratio]
        for ratio, place in (((1.0, penalty), (rural, 1.0)), ((1.0, reward), (1.0, urban)))
    ])  # fmt: skip
    highest = factors.max(axis=(1, 2))
    rates = known.rates * np.where(known.points > 0, highest[1], highest[0])
    total = rates.sum(axis=1)
    shares = np.cumsum(rates, axis=1) / np.maximum(total, 1e-300)[:, None]
    mean = total * years
    return (
        mean,
        schemes.limits_by_city(-np.expm1(-mean)),
        shares,
        factors / np.maximum(highest, 1e-300)[:, None, None],
    )
