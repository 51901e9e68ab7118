"""Formulas of the rights audit: a few shapes, each from named facts to one number, or to none."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import RunError, did_you_mean

Values = NDArray[np.float64]
Fact = float | Values
Facts = Mapping[str, Fact]
Formula = Callable[..., float | None]


def ratio(part: Fact, whole: Fact) -> float | None:
    """Part over whole; none where there is no whole."""
    return float(part) / float(whole) if float(whole) else None


def rest(part: Fact, whole: Fact) -> float | None:
    """What part leaves of whole, as a share."""
    found = ratio(part, whole)
    return None if found is None else 1.0 - found


def total(values: Fact) -> float | None:
    """The sum of all values."""
    return float(np.sum(values))


def mean(values: Fact) -> float | None:
    """The mean; none without any value."""
    held = np.atleast_1d(values)
    return float(held.mean()) if held.size else None


def least(values: Fact) -> float | None:
    """The smallest value."""
    held = np.atleast_1d(values)
    return float(held.min()) if held.size else None


def most(values: Fact) -> float | None:
    """The largest value."""
    held = np.atleast_1d(values)
    return float(held.max()) if held.size else None


def quantile(values: Fact, level: float) -> float | None:
    """The value below which a share `level` lies, on the straight line between values."""
    held = np.atleast_1d(values)
    return float(np.quantile(held, level)) if held.size else None


def share_above(values: Fact, limit: float) -> float | None:
    """Share of the values above a limit."""
    held = np.atleast_1d(values)
    return float((held > limit).mean()) if held.size else None


def top_share(values: Fact, share: float) -> float | None:
    """What the largest values, a share of all and at least one, have of the sum."""
    held = np.sort(np.atleast_1d(values))[::-1]
    if not held.size or not held.sum():
        return None
    return float(held[: max(1, round(share * held.size))].sum() / held.sum())


def gini(values: Fact) -> float | None:
    """Gini coefficient of values that are not negative: 0 all equal, near 1 all with one."""
    held = np.sort(np.atleast_1d(values))
    n, whole = held.size, float(held.sum())
    if n < 2 or not whole:
        return None
    return float((2 * np.arange(1, n + 1) - n - 1) @ held / (n * whole))


def _survival(times: Fact, ended: Fact) -> tuple[Values, Values]:
    """Kaplan and Meier: times at which something ended, and the share that goes on after each."""
    at, over = np.atleast_1d(times), np.atleast_1d(ended).astype(bool)
    moments = np.unique(at[over])
    still = np.array([(at >= t).sum() for t in moments], np.float64)
    ending = np.array([((at == t) & over).sum() for t in moments], np.float64)
    after: Values = np.cumprod(1.0 - ending / np.maximum(still, 1.0), dtype=np.float64)
    return moments.astype(np.float64), after


def restricted_mean(times: Fact, ended: Fact, horizon: float) -> float | None:
    """Mean time up to a horizon where some still go on (Kaplan and Meier): the area below the curve."""
    if not np.size(times):
        return None
    moments, after = _survival(times, ended)
    inside = moments < horizon
    edges = np.concatenate(([0.0], moments[inside], [horizon]))
    return float(np.diff(edges) @ np.concatenate(([1.0], after[inside])))


def median_until(times: Fact, ended: Fact) -> float | None:
    """Time by which half have ended, where some still go on; infinite if fewer than half ever did."""
    if not np.size(times):
        return None
    moments, after = _survival(times, ended)
    reached = moments[after <= 0.5]
    return float(reached[0]) if reached.size else float("inf")


SHAPES: dict[str, Formula] = {
    f.__name__: f
    for f in (
        ratio, rest, total, mean, least, most, quantile, share_above, top_share, gini, restricted_mean, median_until,
    )
}  # fmt: skip


def evaluate(formula: Mapping[str, Sequence[str | float]], facts: Facts) -> float | None:
    """The value of `{shape: [facts and numbers]}`. Raises KeyError naming a fact that is not there."""
    ((shape, given),) = formula.items()
    if shape not in SHAPES:
        raise RunError(f"there is no formula '{shape}'{did_you_mean(shape, SHAPES)}")
    return SHAPES[shape](*(facts[name] if isinstance(name, str) else name for name in given))
