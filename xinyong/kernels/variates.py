"""Variates by inverse distribution functions: one uniform in, one number out, so that worlds stay coupled."""

import math

import numpy as np
from numba import njit


@njit(cache=True, inline="always")
def exponential(u: float) -> float:
    """Exponential variate of mean 1."""
    return -math.log(u)


@njit(cache=True)
def normal(u: float) -> float:
    """Standard normal quantile (Acklam's rational approximation, relative error under 1.2e-9)."""
    if u < 0.02425 or u > 0.97575:
        q = math.sqrt(-2.0 * math.log(u if u < 0.5 else 1.0 - u))
        top = ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
        top = ((top - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783
        low = ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
        x = top / ((low + 3.754408661907416) * q + 1.0)
        return x if u < 0.5 else -x
    q = u - 0.5
    r = q * q
    top = ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
    top = (((top + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239) * q
    low = ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
    return top / (((low + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0)


@njit(cache=True)
def poisson(u: float, mean: float) -> int:
    """Poisson count by inversion; meant for small means (here under one event a week)."""
    term = math.exp(-mean)
    total = term
    n = 0
    while u > total and n < 60:
        n += 1
        term *= mean / n
        total += term
    return n


@njit(cache=True)
def geometric(u: float, again: float) -> int:
    """Number of repeats when each is followed by another with chance `again` (0 included)."""
    if again <= 0.0:
        return 0
    return min(int(math.log(u) / math.log(again)), 1000)


@njit(cache=True)
def from_table(u: float, table: np.ndarray) -> float:
    """Quantile read from an even grid of `table` (n,) by linear interpolation."""
    x = u * (table.shape[0] - 1)
    i = min(int(x), table.shape[0] - 2)
    return table[i] + (x - i) * (table[i + 1] - table[i])
