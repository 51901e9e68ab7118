"""What a score earns: thresholds that must be exceeded, uses, and partners that favour good scores."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.scores import place

SHADOW = 0b1100_0000
USES, LEAST_AGE, MOST_AGE, BASE, SLOPE = range(5)


@njit(cache=True, inline="always")
def earns(points: int, flags: int, above: int) -> bool:
    """Whether a perk is open: the score exceeds the threshold (exactly 600 does not) and no listing blocks it."""
    return above > 0 and points > above and flags & SHADOW == 0


@njit(cache=True, inline="always")
def favour(points: int, base: float, slope: float) -> float:
    """Chance that a partner favours a member: rises with the score."""
    return 1.0 / (1.0 + math.exp(-(base + slope * (points - 600.0) / 100.0)))


@njit(cache=True, nogil=True)
def count_holders(holders, score, flags, above):
    """Count for each perk (n) the persons to whom it is open; `above` is 0 where it is not offered."""
    for k in range(above.shape[0]):
        same = -1
        for j in range(k):
            if above[j] == above[k]:
                same = j
        holders[k] = holders[same] if same >= 0 else _above(score, flags, above[k])


@njit(cache=True)
def _above(score, flags, limit):
    n = np.uint32(0)
    if limit > 0:
        for i in range(score.shape[0]):
            n += np.uint32(score[i] > limit) & np.uint32(flags[i] < 64)
    return n


@njit(cache=True, inline="always")
def _times(u: float, mean: float) -> int:
    """A whole number of uses with this mean, the one below or the one above it."""
    return int(mean + u)


@njit(cache=True, nogil=True)
def use(taken, partners_met, people, score, flags, row_of, above, uses, partners, when, base, key):
    """Uses by the members whose turn it is, of what has been open to them since their last turn.

    taken (perks); partners_met (partners, 2: met, favoured); people: income, age; uses (perks) a turn at mean
    demand; partners (n, 5): uses a turn, ages, logit at 600 points, slope; when: first and past the
    last number whose turn it is.
    """
    income, age = people
    for k in range(when[0], when[1]):
        row = place(row_of, k)
        points = int(score[row])
        if points == 0:
            continue
        who = base | np.uint64(k)
        demand = 0.5 + income[row] / 255.0
        for q in range(above.shape[0]):
            if earns(points, flags[row], above[q]):
                taken[q] += _times(uniform(key, who, q), uses[q] * demand)
        for j in range(partners.shape[0]):
            if partners[j, LEAST_AGE] <= age[row] <= partners[j, MOST_AGE]:
                met = _times(uniform(key, who, 64 + 2 * j), partners[j, USES])
                if met:
                    chance = favour(points, partners[j, BASE], partners[j, SLOPE])
                    partners_met[j, 0] += met
                    partners_met[j, 1] += int(met * chance + uniform(key, who, 65 + 2 * j))
