"""Single ties of a shard, for what is rare: who stands near one person (`xinyong.graph` holds the whole)."""

from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.kernels import ties as kernel
from xinyong.process import Day

LAYERS = ("household", "work", "neighbours", "acquaintances")
NEEDS = ("number", "kind", "age", "household")
Net = tuple[Any, ...]


def net_of(day: Day) -> Net:
    """What the kernels of `xinyong.kernels.ties` ask of a shard; the process reads `NEEDS`.

    *Source:* docs/decisions/0045.
    """
    ties, people = day.graph, day.people
    age = people.age[: ties.persons]
    upto: Array = np.empty((len(age) + kernel.BLOCK - 1) // kernel.BLOCK + 1, np.int64)
    kernel.count_adults(upto, age, day.row_of)
    sizes = np.array([ties.sizes.adjacent, ties.sizes.workplace], np.int64)
    return (
        ties.persons, day.row_of, people.household, upto, ties.seating, ties.rounds, ties.key, ties.weights, sizes,
        age,
    )  # fmt: skip


def homes_of(day: Day) -> Net:
    """As much of `net_of` as households need: enough for `kernel.home_of`."""
    return day.graph.persons, day.row_of, day.people.household
