"""Whether a party is able to pay: a two-state chain of shocks and recoveries."""

from functools import lru_cache

import numpy as np

from xinyong.columns import Array, Column, Tally
from xinyong.draws import uniforms
from xinyong.kernels.dense import hits, limit_of
from xinyong.process import Day, Process
from xinyong.rates import two_state

CLASSES = 256


class Ability(Process):
    """Shocks make a party unable to pay; it recovers later. The poor fall more often.

    *Source:* model.md 2.7b (rates assumed); exact chances for any step length.
    """

    name = "ability"
    owns = {
        "unable": Column("u1", "1 while the party is unable to pay", "flag"),
        "unable_now": Tally("parties unable to pay", "parties", stock=True),
    }
    reads = ("number", "income")
    dense_ns_per_party = 3.0

    def begin(self, day: Day) -> None:
        """Start from the stationary distribution of the chain."""
        falling, back = _rates(*_rule_values(day))
        people = day.people
        share = (falling / np.maximum(falling + back, 1e-300))[people.income]
        who = day.base | people.number.astype(np.uint64)
        people.unable[:] = uniforms(day.fixed_key, who) < share
        day.count(unable_now=int(people.unable.sum()))

    def step(self, day: Day) -> None:
        """Switch those whose draw of this step falls under their chance."""
        people = day.people
        limits = _limits(*_rule_values(day), day.now.years)
        rows = np.empty(len(people.number), np.int32)
        found = hits(rows, people.number, people.unable, people.income, limits, day.base, day.key)
        rows = rows[:found]
        people.unable[rows] ^= 1
        day.count(unable_now=2 * int(people.unable[rows].sum()) - found)


def _rule_values(day: Day) -> tuple[float, float, float]:
    rules = day.own_rules
    return rules.unable_per_year, rules.able_again_per_year, rules.income_gradient


@lru_cache(maxsize=64)
def _rates(unable_per_year: float, able_again_per_year: float, gradient: float) -> tuple[Array, Array]:
    """Yearly rates by income class: falling (256) and recovering (256); falling keeps its mean."""
    tilt = np.exp(gradient * (0.5 - np.arange(CLASSES) / (CLASSES - 1)))
    return unable_per_year * tilt / tilt.mean(), np.full(CLASSES, able_again_per_year)


@lru_cache(maxsize=64)
def _limits(unable_per_year: float, able_again_per_year: float, gradient: float, years: float) -> Array:
    falling, back = _rates(unable_per_year, able_again_per_year, gradient)
    chances = [two_state(f, b, years) for f, b in zip(falling, back, strict=True)]
    return limit_of(np.array(chances).T.ravel())
