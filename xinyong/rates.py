"""Exact conversion of yearly rates to chances per step (model.md 2.2)."""

import math

DAYS_PER_YEAR = 365.25


def chance(rate_per_year: float, years: float) -> float:
    """Chance of at least one event within `years` at a constant rate: 1 - exp(-rate * years)."""
    return -math.expm1(-rate_per_year * years)


def competing(rates_per_year: tuple[float, ...], years: float) -> tuple[float, ...]:
    """Chance that each of several competing events comes first within `years`."""
    total = sum(rates_per_year)
    if total <= 0:
        return tuple(0.0 for _ in rates_per_year)
    share = chance(total, years) / total
    return tuple(rate * share for rate in rates_per_year)


def two_state(there_per_year: float, back_per_year: float, years: float) -> tuple[float, float]:
    """Exact chances of having switched there, or back, after `years` in a two-state chain."""
    total = there_per_year + back_per_year
    if total <= 0:
        return 0.0, 0.0
    moved = chance(total, years)
    return there_per_year / total * moved, back_per_year / total * moved
