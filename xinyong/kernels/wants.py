"""What barred persons want, try, are refused, and learn to leave alone."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import from_table, geometric, poisson

# columns of the table of rules, one row an activity
DEMAND, CHECKED, RETRY, CEILING, LEARNING = range(5)
# columns of the totals, one row an activity
WANTED, AVOIDED, BOUGHT, REFUSED, ATTEMPTS, PERSONS, TOTALS = range(7)
MOST_LEARNED = 255


@njit(cache=True, nogil=True)
def propensities(out, rows, party, number, quantiles, base, key):
    """Fill each row's own multiple of mean demand per activity: gamma of mean 1, quantiles (activities, grid)."""
    for k in range(rows.shape[0]):
        who = base | np.uint64(number[party[rows[k]]])
        for a in range(quantiles.shape[0]):
            out[rows[k], a] = from_table(uniform(key, who, a), quantiles[a])


@njit(cache=True, inline="always")
def avoids(u: float, refusals: int, ceiling: float, to_learn: float) -> bool:
    """Whether a person who was refused before leaves it alone this time."""
    return u < ceiling * (1.0 - math.exp(-float(refusals) / to_learn))


@njit(cache=True, nogil=True)
def try_wants(totals, learned, propensity, party, barred, number, rules, high, base, key):
    """One week of wants of all ever-barred persons (high rows) for what they are barred from now.

    rules (activities, 5): demand per step, checked share, retry share, avoidance ceiling, refusals to learn.
    """
    activities = rules.shape[0]
    for i in range(high):
        mask = barred[party[i]]
        if mask == 0:
            continue
        who = base | np.uint64(number[party[i]])
        for a in range(activities):
            if not mask >> a & 1:
                continue
            mean = rules[a, DEMAND] * propensity[i, a]
            u = uniform(key, who, a * 64)
            if u < 1.0 - mean:
                continue
            for n in range(min(poisson(u, mean), 15)):
                turn = a * 64 + n * 4
                totals[a, WANTED] += 1
                if avoids(uniform(key, who, turn + 1), learned[i, a], rules[a, CEILING], rules[a, LEARNING]):
                    totals[a, AVOIDED] += 1
                elif uniform(key, who, turn + 2) < rules[a, CHECKED]:
                    totals[a, REFUSED] += 1
                    totals[a, ATTEMPTS] += 1 + geometric(uniform(key, who, turn + 3), rules[a, RETRY])
                    totals[a, PERSONS] += learned[i, a] == 0
                    learned[i, a] = min(learned[i, a] + 1, MOST_LEARNED)
                else:
                    totals[a, BOUGHT] += 1
