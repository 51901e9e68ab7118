"""Fitting a table to published totals, and rounding tables to whole persons."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def ipf(
    seed: Floats,
    margins: Sequence[tuple[tuple[int, ...], Floats]],
    tolerance: float = 1e-9,
    sweeps: int = 500,
) -> tuple[Floats, float]:
    """Scale a table until its totals along some axes are the published ones (iterative proportional fitting).

    `margins` holds (axes, totals): the table summed over all other axes shall equal `totals`. Zeros of `seed`
    stay zero. The first margin is met exactly; the second result is the largest relative gap left in any
    margin, which stays above `tolerance` when the margins contradict each other or the zeros.
    """
    table = np.array(seed, dtype=np.float64)
    gap = np.inf
    for _ in range(sweeps):
        for axes, totals in reversed(margins):
            _scale(table, axes, totals)
        gap = max(_gap(table, axes, totals) for axes, totals in margins)
        if gap <= tolerance:
            break
    return table, gap


def _others(table: Floats, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(i for i in range(table.ndim) if i not in axes)


def _scale(table: Floats, axes: tuple[int, ...], totals: Floats) -> None:
    sums = table.sum(axis=_others(table, axes))
    factor = np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)
    shape = [n if i in axes else 1 for i, n in enumerate(table.shape)]
    table *= factor.reshape(shape)


def _gap(table: Floats, axes: tuple[int, ...], totals: Floats) -> float:
    sums = table.sum(axis=_others(table, axes))
    return float(np.abs(sums - totals).max(initial=0.0) / max(1.0, float(totals.sum())))


def largest_remainder(weights: Floats | Ints, total: int) -> Ints:
    """Share out `total` whole persons in proportion to `weights` (n,), each within one of its exact share.

    Ties go to the earlier cell. All weights zero with a positive total is a ValueError.
    """
    exact = np.asarray(weights, dtype=np.float64)
    whole = exact.sum()
    if total and whole <= 0:
        raise ValueError("nothing to share in proportion to: all weights are zero")
    exact = exact * (total / whole) if total else exact * 0.0
    floor = np.floor(exact).astype(np.int64)
    rest = total - int(floor.sum())
    floor[np.argsort(-(exact - floor), kind="stable")[:rest]] += 1
    return floor


def round_rows(table: Floats, rows: Ints) -> Ints:
    """Round a table (r, c) to whole persons: row sums exactly `rows`, column sums nearly kept.

    What a column loses in one row is carried to the next, so the error of a column does not grow with the
    number of rows. Cells that are zero stay zero.
    """
    out = np.zeros(table.shape, dtype=np.int64)
    carry = [0.0] * table.shape[1]
    for i in np.flatnonzero(rows):
        exact = table[i].tolist()
        wanted = [e + c if e > 0 else 0.0 for e, c in zip(exact, carry, strict=True)]
        given = _round_row(wanted, exact, int(rows[i]))
        carry = [c + e - g for c, e, g in zip(carry, exact, given, strict=True)]
        out[i] = given
    return out


def _round_row(wanted: list[float], exact: list[float], total: int) -> list[int]:
    given = [max(0, int(w)) for w in wanted]
    open_cells = [j for j, e in enumerate(exact) if e > 0]
    while (rest := total - sum(given)) != 0:
        step = 1 if rest > 0 else -1
        movable = [j for j in open_cells if step > 0 or given[j] > 0]
        best = max(movable, key=lambda j: step * (wanted[j] - given[j]))
        given[best] += step
    return given


def systematic(counts: Ints, total: int, offset: float) -> Ints:
    """Take `total` persons out of cells `counts` (n,), evenly along the cells, never more than a cell has.

    `offset` in [0, 1) shifts the even grid; it is the only draw needed.
    """
    everyone = int(counts.sum())
    if not everyone:
        return np.zeros_like(counts)
    steps = np.concatenate(([0], np.cumsum(counts))) * (total / everyone) + offset
    steps[-1] = total + offset
    marks = np.floor(steps).astype(np.int64)
    taken: Ints = np.minimum(marks[1:] - marks[:-1], counts)
    return taken


def tilt(shape: Floats, mean: float) -> Floats:
    """Bend a distribution over 1, 2 ... n until its mean is `mean`, changing it as little as possible."""
    sizes = np.arange(1, len(shape) + 1)
    low, high = -60.0, 60.0
    bent = shape
    for _ in range(200):
        middle = (low + high) / 2
        logs = np.log(np.maximum(shape, 1e-300)) + middle * (sizes - mean)
        bent = np.exp(logs - logs.max())
        bent /= bent.sum()
        low, high = (middle, high) if float(bent @ sizes) < mean else (low, middle)
    return bent


def sizes_with_total(shape: Floats, groups: int, total: int) -> Ints:
    """How many of `groups` have 1, 2 ... n members so that the members are exactly `total`."""
    n = len(shape)
    if not groups <= total <= groups * n:
        raise ValueError(f"{groups} groups of 1 to {n} cannot hold {total}")
    if groups == 0:
        return np.zeros(n, dtype=np.int64)
    counts = largest_remainder(tilt(shape, total / groups), groups)
    while (gap := total - int(counts @ np.arange(1, n + 1))) != 0:
        step = 1 if gap > 0 else -1
        movable = [i for i in range(n) if counts[i] and 0 <= i + step < n]
        largest = max(movable, key=lambda i: counts[i])
        counts[largest] -= 1
        counts[largest + step] += 1
    return counts


def piecewise_means(means: Sequence[float], floor: float, classes: int) -> Floats:
    """Give the means of `classes` equal classes of a rising broken line whose equal pieces have `means`.

    The line starts at `floor`; its corners follow from the means, which are met exactly.
    """
    corners = [floor]
    for mean in means:
        corners.append(2 * mean - corners[-1])
    if any(b <= a for a, b in pairwise(corners)):
        raise ValueError(f"no rising line starts at {floor} and has the means {list(means)}")
    knots = np.linspace(0.0, 1.0, len(corners))
    areas = np.concatenate(([0.0], np.cumsum(np.asarray(means) / len(means))))
    edges = np.linspace(0.0, 1.0, classes + 1)
    piece = np.minimum((edges * len(means)).astype(int), len(means) - 1)
    start = np.asarray(corners)[piece]
    inside = edges - knots[piece]
    slope = np.diff(corners)[piece] * len(means)
    lorenz: Floats = areas[piece] + start * inside + slope * inside**2 / 2
    return np.diff(lorenz) * classes
