"""Pressure on listed debtors."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential

OPEN, TERM = 4, 5
BASE, RESTRICTION, AMOUNT, REFERENCE, UNABLE, YEARS = range(6)


@njit(cache=True, inline="always")
def hazard(value: float, amount: int, unable: int, rules: np.ndarray) -> float:
    """Yearly hazard of performing, from the value of what is barred, the sum owed and the ability to pay."""
    h = rules[BASE] * math.exp(
        rules[RESTRICTION] * value - rules[AMOUNT] * math.log(amount / rules[REFERENCE])
    )
    return h * rules[UNABLE] if unable else h


@njit(cache=True, inline="always")
def barred_value(mask: int, values: np.ndarray) -> float:
    """Yearly value of all activities whose bit is set in `mask`."""
    total = 0.0
    for q in range(values.shape[0]):
        if mask >> q & 1:
            total += values[q]
    return total


@njit(cache=True, nogil=True)
def pressed(
    pressure,
    alive,
    party,
    serial,
    amount,
    state,
    paid,
    number,
    unable,
    barred,
    values,
    rules,
    base,
    key,
    rows,
    when,
):
    """Add a step's hazard to each live listing; rows past their threshold and their day of the week are returned."""
    n = 0
    for i in range(rows.shape[0]):
        if alive[i] == 0 or (state[i] != OPEN and state[i] != TERM) or paid[i]:
            if alive[i] and state[i] == 0:
                pressure[i] = 0.0
            continue
        p = party[i]
        who = base | np.uint64(number[p])
        turn = np.int64(serial[i]) * 4
        growth = rules[YEARS] * hazard(barred_value(barred[p], values), max(amount[i], 1), unable[p], rules)
        left = exponential(uniform(key, who, turn)) - pressure[i]
        pressure[i] += growth
        if pressure[i] > 0 and left <= growth:
            rows[n] = i
            when[n] = min(6, int(7 * max(left, 0.0) / growth))
            n += 1
    return n
