"""Who is changed, along which path: twins of two worlds compared in totals, never one by one.

Groups with fewer than `FLOOR` synthetic persons are left out, and no table orders or names persons.
*Source:* model.md 3.3 (individual-level paired effects).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xinyong.columns import Array
from xinyong.lab.claims.ground import SHELL, Ground, Pair, UnaskedError

FLOOR = 30
STRATA = ("never sanctioned", "household sanctioned", "sanctioned")
QUANTILES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
WHAT = "expected_breaches"
SPLITS = ("urban", "woman", "schooling", "income_third", "age_class")


@dataclass(frozen=True)
class Changed:
    """A group's twins: how many, what share does less and more, mean difference; None where the group is too small."""

    split: str
    group: str
    persons: int
    less: float | None
    more: float | None
    mean: float | None


def compared(split: str, group: str, on: Array, off: Array) -> Changed:
    """Compare twins (persons,) of one group."""
    n = len(on)
    if n < FLOOR:
        return Changed(split, group, n, None, None, None)
    gap = on.astype(np.float64) - off.astype(np.float64)
    return Changed(split, group, n, float((gap < 0).mean()), float((gap > 0).mean()), float(gap.mean()))


@dataclass(frozen=True)
class _Side:
    """Vectors of all replicates, one after the other, in two worlds."""

    on: dict[str, Array]
    off: dict[str, Array]

    def of(self, split: str, group: str, here: Array, what: str) -> Changed:
        return compared(split, group, self.on[what][here], self.off[what][here])

    @property
    def strata(self) -> list[Array]:
        """Who is of which stratum, as fixed by the world that is on."""
        sanctioned = self.on["sanctioned"] > 0
        household = (self.on["household"] > 0) & ~sanctioned
        return [~sanctioned & ~household, household, sanctioned]


def effect_map(ground: Ground, pair: Pair, what: str = WHAT) -> list[Changed]:
    """How twins differ by stratum and by each fact of the census. Raises UnaskedError if no vectors were kept."""
    side = _side(ground, pair, what)
    rows = [side.of("stratum", name, here, what) for name, here in zip(STRATA, side.strata, strict=True)]
    for split in SPLITS:
        if split in side.on:
            values = side.on[split]
            rows += [
                side.of(split, str(value), values == value, what) for value in np.unique(values).tolist()
            ]
    return rows


def quantile_effects(ground: Ground, pair: Pair, what: str = WHAT) -> list[tuple[float, float, float]]:
    """Quantiles of what persons do: (quantile, with, without); a shift of a distribution, not of any one person."""
    side = _side(ground, pair, what)
    on, off = (np.quantile(held[what], QUANTILES) for held in (side.on, side.off))
    return [(q, float(a), float(b)) for q, a, b in zip(QUANTILES, on, off, strict=True)]


def by_path(ground: Ground, switches: Sequence[str], what: str = WHAT) -> list[Changed]:
    """For each mechanism cut alone, and for the whole system, how the twins of each stratum differ."""
    rows = []
    for switch in (*switches, SHELL):
        try:
            side = _side(ground, ground.pair(switch), what)
        except UnaskedError:
            continue
        rows += [side.of(switch, name, here, what) for name, here in zip(STRATA, side.strata, strict=True)]
    return rows


def _side(ground: Ground, pair: Pair, what: str) -> _Side:
    twins = [ground.twins(pair, k, what) for k in range(ground.replicates)]
    people = [ground.vectors(pair.on, k) for k in range(ground.replicates)]
    names = [name for name in (*SPLITS, "sanctioned", "household") if name in people[0]]
    on = {name: np.concatenate([held[name] for held in people]) for name in names}
    on[what] = np.concatenate([t.on for t in twins])
    return _Side(on, {what: np.concatenate([t.off for t in twins])})
