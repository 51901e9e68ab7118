"""How sure: estimates with intervals over replicates, each a society with luck of its own that its cells share.

*Source:* jackknife: Efron and Stein 1981; interval of a share: Wilson 1927; docs/decisions/0052.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xinyong.lab.claims.games import Values

LEVEL = 0.95
ENOUGH_TO_RESAMPLE = 20
RESAMPLES = 2000


@dataclass(frozen=True)
class Estimate:
    """A number with what it rests on: one (pseudo-)value a replicate."""

    value: float
    values: tuple[float, ...]

    @property
    def replicates(self) -> int:
        """Replicates behind it."""
        return len(self.values)

    @cached_property
    def standard_error(self) -> float:
        """Standard error over replicates; NaN for a single one."""
        if self.replicates < 2:
            return math.nan
        return float(np.std(self.values, ddof=1)) / math.sqrt(self.replicates)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Where the number lies, at 95 %: resampled replicates if there are twenty, else Student's t."""
        if not self.standard_error:
            return self.value, self.value
        if self.replicates >= ENOUGH_TO_RESAMPLE:
            return _resampled(np.array(self.values))
        from scipy.stats import t

        reach = float(t.ppf(0.5 + LEVEL / 2, max(self.replicates - 1, 1))) * self.standard_error
        return self.value - reach, self.value + reach

    def above(self, threshold: float) -> float:
        """How probable it is that the number lies above a threshold; NaN where one replicate says nothing of it.

        If every replicate says the same, it is sure; but if each lies exactly on the threshold, nothing moved in any of
        them, and that tells nothing (NaN): there may be no effect, or too few events for one.
        """
        if math.isnan(self.value) or math.isnan(self.standard_error):
            return math.nan
        gap = self.value - threshold
        if self.standard_error <= 1e-12 * max(abs(self.value), abs(threshold), 1e-300):
            return float(gap > 0) if abs(gap) > 1e-12 * max(abs(self.value), abs(threshold)) else math.nan
        from scipy.stats import t

        return float(t.cdf(gap / self.standard_error, self.replicates - 1))


def mean(values: Values) -> Estimate:
    """The mean over replicates."""
    return Estimate(float(np.mean(values)), tuple(float(v) for v in values))


def jackknife(value: Callable[[Values], float], replicates: int) -> Estimate:
    """Any function of sums over replicates: `value(weights)` is told which replicates to sum (0 or 1 each).

    Pseudo-values of a sum are its terms, so that a plain mean comes out as a plain mean.
    """
    whole = value(np.ones(replicates))
    if replicates < 2:
        return Estimate(whole, (whole,))
    without = np.array([value((np.arange(replicates) != k).astype(float)) for k in range(replicates)])
    pseudo = replicates * whole - (replicates - 1) * without
    return Estimate(whole, tuple(float(v) for v in pseudo))


def _resampled(values: Values) -> tuple[float, float]:
    """Percentiles of the mean of replicates drawn again with replacement; the same draws every time."""
    rng = np.random.default_rng(1)
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def wilson(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share of which `hits` of `n` were seen."""
    if not n:
        return 0.0, 1.0
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2))
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, centre - reach), min(1.0, centre + reach)
