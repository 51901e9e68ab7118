"""City points: what a deed does to a score, and which grade a score is."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import poisson


@njit(cache=True, inline="always")
def gain_allowed(delta: int, gained: int, cap: int) -> int:
    """Points a deed really adds: losses count in full, gains up to the year's cap."""
    return delta if delta <= 0 else max(0, min(delta, cap - gained))


@njit(cache=True, inline="always")
def grade_of(points: int, cuts: np.ndarray) -> int:
    """Grade of a score: 1 for the best; cuts (k) are the lowest points of each grade but the last, falling."""
    for g in range(cuts.shape[0]):
        if points >= cuts[g]:
            return g + 1
    return cuts.shape[0] + 1


@njit(cache=True, nogil=True)
def do_deeds(rows, codes, days, party, number, mean_per_step, cumulative, monday, base, key):
    """Deeds of a week of all residents (party, n): rows, codes and days are filled; returns how many.

    `cumulative` (deeds) is the running share of each deed in the mean number of deeds.
    """
    n = 0
    for k in range(party.shape[0]):
        who = base | np.uint64(number[party[k]])
        u = uniform(key, who, 0)
        if u < 1.0 - mean_per_step:
            continue
        for j in range(min(poisson(u, mean_per_step), 7)):
            if n >= rows.shape[0]:
                return n
            pick = uniform(key, who, 1 + 2 * j)
            code = 0
            while code < cumulative.shape[0] - 1 and pick >= cumulative[code]:
                code += 1
            rows[n] = party[k]
            codes[n] = code
            days[n] = monday + int(7 * uniform(key, who, 2 + 2 * j))
            n += 1
    return n


@njit(cache=True, nogil=True)
def apply_deltas(points, grade, gained, files, deltas, granted, cap, capped, cuts):
    """Add deltas (n) to the points of parties (n rows) in order; `granted` (n) takes what really counted.

    With `capped`, gains count against the year's cap; lapses of old points do not.
    """
    for k in range(files.shape[0]):
        f = files[k]
        granted[k] = gain_allowed(deltas[k], gained[f], cap) if capped else deltas[k]
        if capped and granted[k] > 0:
            gained[f] += granted[k]
        points[f] += granted[k]
        grade[f] = grade_of(points[f], cuts)
