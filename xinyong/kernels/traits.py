"""Standing traits of persons, drawn and not stored: norm, face weight, risk aversion, privacy concern."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import normal

NORM, FACE, RISK, PRIVACY, TRAITS = range(5)


@njit(cache=True, inline="always")
def trait_of(which, mix, key, who):
    """A person's trait as a standard normal number; `mix` (4, 4) is lower triangular and makes traits correlate."""
    z = 0.0
    for j in range(which + 1):
        if mix[which, j] != 0.0:
            z += mix[which, j] * normal(uniform(key, who, j))
    return z


@njit(cache=True, inline="always")
def quantile(z: float) -> float:
    """The share of people below a standard normal number."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@njit(cache=True, nogil=True)
def fill_traits(out, rows, number, mix, base, key):
    """Fill `out` (n, 4) with the traits of parties `rows` (n)."""
    for k in range(rows.shape[0]):
        who = base | np.uint64(number[rows[k]])
        for which in range(TRAITS):
            out[k, which] = trait_of(which, mix, key, who)
