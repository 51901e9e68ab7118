"""Pressure on listed debtors."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential

OPEN, TERM = 4, 5
BASE, RESTRICTION, AMOUNT, REFERENCE, UNABLE, YEARS, FIRM, FACE, FACE_THEN = range(9)
FACE_UNIT, ORGANISATION = 64.0, 31
MARKED = 0b1100_0000


@njit(cache=True, inline="always")
def hazard(value: float, amount: int, unable: int, rules: np.ndarray, firm: float = 0.0) -> float:
    """Yearly hazard of performing, from the value barred, what a firm withholds (weighted), sum owed and ability."""
    h = rules[BASE] * math.exp(
        rules[RESTRICTION] * value + firm - rules[AMOUNT] * math.log(amount / rules[REFERENCE])
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
    marked,
    shame,
    values,
    rules,
    base,
    key,
    rows,
    when,
):
    """Add a step's hazard to each live listing; rows past their threshold and their day of the week are returned.

    `marked` (flags of the commercial score) is empty where no firm withholds anything for a listing, `shame` where
    nobody loses face. The base rate holds at the loss of face there was when it was fitted (FACE_THEN).
    """
    n = 0
    for i in range(rows.shape[0]):
        if alive[i] == 0 or (state[i] != OPEN and state[i] != TERM) or paid[i]:
            if alive[i] and state[i] == 0:
                pressure[i] = 0.0
            continue
        p = party[i]
        who = base | np.uint64(number[p])
        turn = np.int64(serial[i]) * 4
        firm = rules[FIRM] if marked.shape[0] and marked[p] & MARKED == MARKED else 0.0
        if shame.shape[0] and not number[p] >> ORGANISATION:
            firm += rules[FACE] * (shame[p] / FACE_UNIT - rules[FACE_THEN])
        value = barred_value(barred[p], values)
        growth = rules[YEARS] * hazard(value, max(amount[i], 1), unable[p], rules, firm)
        left = exponential(uniform(key, who, turn)) - pressure[i]
        pressure[i] += growth
        if pressure[i] > 0 and left <= growth:
            rows[n] = i
            when[n] = min(6, int(7 * max(left, 0.0) / growth))
            n += 1
    return n
