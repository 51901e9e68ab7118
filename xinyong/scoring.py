"""What the commercial score is computed with: weights, cuts, what it is expected to earn, whose turn it is."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import flows
from xinyong.columns import Array, Desk
from xinyong.draws import uniforms
from xinyong.kernels import scores as kernel
from xinyong.kernels.rows import places_of
from xinyong.notices import Batch
from xinyong.process import Day, somebody

CURVE = 1501
Tables = tuple[Array, Array, Array, Array, Array, Array]


def who(day: Day, rows: Array) -> Array:
    """What draws about some persons are keyed by."""
    return np.asarray(day.base | day.people.number[rows].astype(np.uint64))


def turn_of(day: Day, period: int) -> tuple[int, int]:
    """First and past the last number of the persons whose turn it is this week; everybody has one in `period` weeks.

    Neighbours have it together, so that a week's turn reads one stretch of memory.
    """
    persons, place = day.graph.persons, day.now.week % period
    return place * persons // period, (place + 1) * persons // period


def marks_of(desk: Desk, parties: Array) -> Array:
    """Rows of a side table that are about some parties."""
    if not len(parties):
        return np.zeros(0, np.int32)
    rows = places_of(desk.fields.party[: desk.high], parties)
    return np.asarray(rows[desk.fields.alive[rows] == 1])


def marks_ruled_wrong(desk: Desk, decided: Batch, register: int) -> Array:
    """Rows of the marks that the desk of a register decided to withdraw."""
    numbers = decided.number[(decided.register == register) & (decided.granted == 1)]
    return np.asarray(places_of(desk.fields.number[: desk.high], numbers))


def mistaken(day: Day, rows: Array) -> tuple[Array, Array]:
    """Whom a feed that names `rows` marks: some are taken for others. Rows, each once, and who was not meant."""
    share = (day.own_rules.court_feed_wrong_per_1000 or 0) / 1000
    wrong = uniforms(day.key, who(day, rows), kernel.MISTAKEN) < share
    if not wrong.any():
        return rows, wrong
    others = somebody(day, uniforms(day.key, who(day, rows[wrong]), kernel.MISTAKEN + 1))
    right = rows[~wrong]
    others = np.setdiff1d(others, right)
    return np.concatenate([right, others]), np.r_[np.zeros(len(right), bool), np.ones(len(others), bool)]


def tables_of(day: Day) -> Tables:
    """Expected yearly value of perks by income (256), weights (5), rules, least points of bands, online (2), curve."""
    offered = day.rules.perks if day.may_table("perks") is not None else None
    value, weights, rules, *rest = tables(day.own_rules, offered, day.now.years)
    return value, weights, rules.copy(), rest[0], rest[1], rest[2]


@lru_cache(maxsize=256)
def tables(rules: Any, offered: Any, years: float) -> Tables:
    """The same for rules in force and what is offered (None: no perks at all)."""
    both = {"variant_a": rules.weights.variant_a, "variant_b": rules.weights.variant_b}
    weights = np.array(both[rules.preset])
    period = rules.rescored_every_weeks * years
    numbers = np.zeros(kernel.RULES)
    numbers[: kernel.RATE] = (  # in the order of the kernel
        rules.floor_points, rules.ceiling_points, rules.court_penalty_points or 0.0,
        rules.conduct_response, rules.history_start_share, rules.history_recovery_per_year * period,
        rules.privacy_weight * (1.0 - rules.resignation), rules.exchange_history_cap_levels or 0.0,
        rules.contacts_asked, rules.least_age_years,
    )  # fmt: skip
    span = rules.ceiling_points - rules.floor_points
    curve = rules.floor_points + span * np.linspace(0.0, 1.0, CURVE) ** rules.map_power
    value = rules.perk_weight * _expected(curve, weights, offered)
    cuts = np.array([b.least_points for b in rules.bands.rows()])
    online = np.array([rules.online_rural_share, rules.online_urban_share])
    return value, weights, numbers, cuts, online, curve


def _expected(curve: Array, weights: Array, offered: Any) -> Array:
    """What a score is expected to earn a year, by income: perks within reach, times demand (half to one and a half)."""
    income = np.arange(256) / 255.0
    mean = weights[kernel.CAPACITY] * income + (1.0 - weights[kernel.CAPACITY]) * 0.55
    points = curve[np.round(mean * (CURVE - 1)).astype(np.int64)]
    value = np.zeros(256)
    for row in offered.table_1.rows() if offered is not None and offered.in_force else ():
        if row.open:
            value += row.yearly_value / (1.0 + np.exp((row.above_points - points) / 40.0))
    return np.asarray((0.5 + income) * value)


def named_elsewhere(day: Day) -> Array:
    """Which persons other lists than the court's name, where a province exchanges them; empty elsewhere."""
    named = day.people.named_by
    if named is None or flows.strength(day.rules, "guizhou_to_sesame", day.shard) == 0.0:
        return np.zeros(0, bool)
    return np.asarray(named > 1)
