"""Applying for a school place, a loan, a promotion, and for what a city offers to good grades."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import schemes
from xinyong.columns import Array, Tally, nobody
from xinyong.kernels.dense import hits
from xinyong.kernels.points import apply_for
from xinyong.kernels.rows import gather
from xinyong.process import Day, Process

OUTCOMES = ("school", "loan", "promotion")
JOINT, LISTS = schemes.FEATURES.index("joint_rewards"), schemes.FEATURES.index("lists")
COUNTERS = {
    "applied": "applications: {}",
    "admitted": "applications admitted: {}",
    "by_standing": "applications admitted only because of grade or list: {}",
    "lost_by_standing": "applications refused only because of grade or list: {}",
}


PERKS = ("perks_claimed_cum", "perks_had_cum", "perks_yuan_cum")
NAMES = (*(f"{outcome}_{counter}_cum" for outcome in OUTCOMES for counter in COUNTERS), *PERKS)


class Applying(Process):
    """Residents of a city with a scheme apply; a good grade or red list helps, a low grade or black list hurts.

    Whether a grade acts by itself is a reading that is dated (X4). These loans are a lender's local decision and are
    counted only: no debt of the model comes from them.
    *Source:* the paper, section III.2 (school, loans, promotion); model.md 2.7d; rates and weights assumed.
    """

    name = "applying"
    owns = {
        **{
            f"{outcome}_{counter}_cum": Tally(text.format(outcome), "applications")
            for outcome in OUTCOMES
            for counter, text in COUNTERS.items()
        },
        "perks_claimed_cum": Tally("perks of a city asked for", "claims"),
        "perks_had_cum": Tally("perks of a city had", "claims"),
        "perks_yuan_cum": Tally("what the perks had were worth", "yuan"),
    }
    reads = (
        "number", "kind", "age", "residents.party", "residents.city", "residents.grade", "residents.used",
        "scheme_cities.code",
    )  # fmt: skip
    may_read = ("residents.red", "residents.black")
    dense_ns_per_party = 0.1

    def step(self, day: Day) -> None:
        """A week of applications in all cities of the shard."""
        desk, people = day.table("residents"), day.people
        if not desk.high or not day.own_rules.in_force:
            return
        known = schemes.in_force(day.now.book, day.now.date)
        places = day.table("scheme_cities")
        if not known.running_in(places.fields.code[: places.high]):
            return
        rules, fields, n = day.own_rules, desk.fields, desk.high
        outcomes, chances, cumulative = _table(known, rules.outcomes, day.now.years)
        red, black = (nobody(n) if c is None else c[:n] for c in (fields.red, fields.black))
        city, number, found = fields.city[:n], gather(people.number, fields.party[:n]), np.empty(n, np.int32)
        found = found[: hits(found, number, fields.alive[:n], city, chances, day.base, day.key)]
        totals = np.zeros((len(OUTCOMES) + 1, len(COUNTERS)), np.int64)
        features = known.features
        apply_for(
            totals, found, fields.party, city, number, people.kind, people.age,
            (fields.grade[:n], fields.used[:n], red, black),
            (cumulative, known.start, features[:, JOINT], known.direct,
             known.rewards_only, features[:, LISTS]),
            outcomes, known.perks, (rules.red_list_weight, rules.black_list_weight), day.base, day.key,
        )  # fmt: skip
        counted = zip(NAMES, totals.ravel().tolist(), strict=False)
        day.count(**{name: many for name, many in counted if many})


@lru_cache(maxsize=64)
def _table(known: schemes.Schemes, outcomes: Any, years: float) -> tuple[Array, Array, Array]:
    """Numbers of each outcome; by city the chance of any application or claim, and the running share of each."""
    rows = [getattr(outcomes, name) for name in OUTCOMES]
    numbers = np.array([
        (r.least_age_years, r.most_age_years, r.organisations_apply, r.admitted_share, r.grade_step_weight)
        for r in rows
    ], float)  # fmt: skip
    running = known.start > 0
    rates = np.zeros((len(running), len(rows) + schemes.MOST_PERKS))
    rates[running, : len(rows)] = [r.applications_per_year for r in rows]
    rates[:, len(rows) :] = known.perks[:, :, 1]
    total = rates.sum(axis=1)
    chances = schemes.limits_by_city(-np.expm1(-total * years))
    return numbers, chances, np.cumsum(rates, axis=1) / np.maximum(total, 1e-300)[:, None]
