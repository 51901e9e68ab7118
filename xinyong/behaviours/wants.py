"""What barred persons still want: journeys, posts, property; refused, retried, avoided, or had all the same."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import wants as kernel
from xinyong.kernels.rows import newcomers
from xinyong.process import Day, Process

WIDTH = 16
ACTIVITIES = (
    "air", "high_speed_rail", "executive_post", "property", "hotel_golf", "group_tour", "private_school", "insurance",
    "exit",
)  # fmt: skip
COUNTERS = {
    "wanted_cum": ("occasions on which a barred person wanted", "occasions"),
    "avoided_cum": ("occasions left alone after earlier refusals", "occasions"),
    "bought_cum": ("occasions had through an unchecked channel", "occasions"),
    "refused_cum": ("occasions refused", "occasions"),
    "refused_attempts_cum": ("refused attempts, retries included (人次)", "attempts"),
    "refused_persons_cum": ("distinct persons ever refused", "persons"),
}


def _tallies() -> dict[str, Tally]:
    return {
        f"{activity}_{counter}": Tally(f"{activity.replace('_', ' ')}: {meaning}", unit)
        for activity in ACTIVITIES
        for counter, (meaning, unit) in COUNTERS.items()
    }


class Wants(Process):
    """Barred persons go on wanting; each occasion is avoided, refused (and retried), or slips through.

    Only persons who were ever barred are followed: nothing in the model depends on other people's journeys.
    *Source:* model.md 2.7h; footnotes 61, 68 and 71 of the paper for what is counted.
    """

    name = "wants"
    owns = {
        "wanters": SideTable("persons who were ever barred from something"),
        "wanters.party": Column("i4", "row of the person"),
        "wanters.propensity": Column(
            "f4", "the person's own multiple of mean demand, by activity", width=WIDTH
        ),
        "wanters.learned": Column("u1", "refusals so far, by activity", "refusals", width=WIDTH),
        "activities.yearly_value": Column(
            "f4", "yearly value of the activity to a person", "utility per year"
        ),
        **_tallies(),
    }
    reads = ("number", "barred", "activities.coverage")
    hears = ("barred_notice",)

    def step(self, day: Day) -> None:
        """Follow newly barred persons, then a week of wants."""
        quantiles, numbers, values = _tables(day.own_rules.activities)
        self._value(day, values)
        self._follow(day, quantiles)
        self._week(day, numbers)

    def _value(self, day: Day, values: Array) -> None:
        day.table("activities").fields.yearly_value[: len(values)] = values

    def _follow(self, day: Day, quantiles: Array) -> None:
        barred, people = day.hear("barred_notice"), day.people
        if not len(barred):
            return
        desk = day.table("wanters")
        new = newcomers(barred.party, desk.fields.party[: desk.high])
        rows = desk.take(len(new))
        desk.fields.party[rows] = new
        kernel.propensities(
            desk.fields.propensity, rows, desk.fields.party, people.number, quantiles, day.base, day.fixed_key
        )

    def _week(self, day: Day, numbers: Array) -> None:
        desk, people = day.table("wanters"), day.people
        if not desk.high:
            return
        rules = numbers.copy()
        rules[:, kernel.DEMAND] *= day.now.years
        rules[:, kernel.CHECKED] *= day.table("activities").fields.coverage[: len(rules)]
        totals = np.zeros((len(rules), kernel.TOTALS), np.int64)
        fields = desk.fields
        kernel.try_wants(
            totals, fields.learned, fields.propensity, fields.party, people.barred, people.number, rules, desk.high,
            day.base, day.key,
        )  # fmt: skip
        for activity, row in zip(ACTIVITIES, totals, strict=False):
            if row[kernel.WANTED]:
                day.count(**{f"{activity}_{c}": int(n) for c, n in zip(COUNTERS, row, strict=True)})


def _numbers(row: Any) -> tuple[float, ...]:
    fields = (
        row.demand_per_year, row.demand_ratio, row.checked_share, row.retry_share, row.avoidance_ceiling,
        row.refusals_to_learn, row.dispersion, row.value_utility,
    )  # fmt: skip
    return tuple(float(f or 0.0) for f in fields)


@lru_cache(maxsize=256)
def _tables(activities: Any) -> tuple[Array, Array, Array]:
    """Gamma quantiles (activities, grid), numbers (activities, 5) and yearly values (activities)."""
    rows = [_numbers(row) for row in activities.rows()]
    quantiles = np.array([_gamma_quantiles(row[6]) for row in rows])
    numbers = np.array([(r[0] * r[1], r[2], r[3], r[4], max(r[5], 1e-9)) for r in rows])
    return quantiles, numbers, np.array([r[0] * r[7] for r in rows], np.float32)


@lru_cache(maxsize=64)
def _gamma_quantiles(shape: float) -> Array:
    """Quantiles of a gamma distribution (a constant 1 for shape 0); the line through them has mean 1."""
    if shape <= 0:
        return np.ones(513)
    from scipy.special import gammaincinv

    grid = (np.arange(513) + 0.5) / 513
    quantiles = gammaincinv(shape, grid) / shape
    return np.asarray(quantiles / np.trapezoid(quantiles, dx=1 / 512))
