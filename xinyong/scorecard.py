"""A scorecard from counts: good and bad files by cell in, a score for each cell out. It never sees a person.

A cell is a combination of four characteristics with four classes each (`kernels.bureau.cell_of`). The fit is a
logistic regression with a ridge penalty on one dummy a class. *Source:* model.md 2.7e.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xinyong.columns import Array
from xinyong.kernels.bureau import CELLS

CHARACTERISTICS = ("arrears", "use", "age", "inquiries")
CLASSES = 4
LOWEST, MIDDLE, HIGHEST, POINTS_TO_DOUBLE = 0, 500, 1000, 100
_DECIMALS = 6


def dummies() -> Array:
    """The characteristics of every cell: (256, 12), one column a class but the first of each characteristic."""
    digits = np.arange(CELLS)[:, None] // CLASSES ** np.arange(len(CHARACTERISTICS)) % CLASSES
    marks = digits[:, :, None] == np.arange(1, CLASSES)
    return np.asarray(marks.reshape(CELLS, -1), np.float64)


def scores_of(log_odds: Array, reference_odds: float) -> Array:
    """Points (int16) of log odds good to bad: 100 points double the odds, 500 are the reference, 0 to 1000."""
    points = MIDDLE + POINTS_TO_DOUBLE / np.log(2) * (log_odds - np.log(reference_odds))
    return np.asarray(np.clip(np.round(points), LOWEST, HIGHEST), np.int16)


def chance_of(scores: Array, reference_odds: float) -> Array:
    """The chance of default that a score stands for."""
    odds = reference_odds * 2.0 ** ((np.asarray(scores, float) - MIDDLE) / POINTS_TO_DOUBLE)
    return np.asarray(1 / (1 + odds))


def fit(counts: Array, ridge: float, reference_odds: float) -> Array | None:
    """Scores (256,) fitted on the counts of good and bad files, cell by cell (512); None if one kind is missing.

    Coefficients are rounded before they become points, so that the last bits of a machine's arithmetic leave no trace.
    """
    return _fit(np.ascontiguousarray(counts, np.int64).tobytes(), ridge, reference_odds)


@lru_cache(maxsize=64)
def _fit(counts: bytes, ridge: float, reference_odds: float) -> Array | None:
    table = np.frombuffer(counts, np.int64).reshape(CELLS, 2)
    if not table.sum(0).all():
        return None
    from sklearn.linear_model import LogisticRegression

    design, used = dummies(), table.sum(1) > 0
    rows = np.concatenate([design[used], design[used]])
    good = np.repeat([1, 0], used.sum())
    weights = table[used].T.ravel().astype(float)
    model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-10, max_iter=200)
    model.fit(rows, good, weights)
    coefficients = np.round(model.coef_[0], _DECIMALS)
    log_odds = design @ coefficients + np.round(model.intercept_[0], _DECIMALS)
    scores = scores_of(log_odds, reference_odds)
    scores.flags.writeable = False
    return scores


@dataclass(frozen=True)
class Quality:
    """How well a score told good from bad in the year after it was given."""

    files: int
    bad: int
    auc: float
    ks: float
    brier: float
    brier_of_the_mean: float
    slope: float


def quality(scores: Array, counts: Array, reference_odds: float) -> Quality | None:
    """Judge scores (256,) by the good and bad files (256, 2) that came of them; None if one kind is missing."""
    good, bad = np.asarray(counts, float).T
    if not good.sum() or not bad.sum():
        return None
    above, below = _steps(scores, good, bad)
    chances = chance_of(scores, reference_odds)
    files, mean = good.sum() + bad.sum(), bad.sum() / (good.sum() + bad.sum())
    brier = float((bad * (1 - chances) ** 2 + good * chances**2).sum() / files)
    return Quality(
        int(files), int(bad.sum()), float(np.trapezoid(above, below)), float(np.max(np.abs(above - below))),
        brier, float(mean * (1 - mean)), _slope(-np.log(1 / chances - 1), good, bad),
    )  # fmt: skip


def _steps(scores: Array, good: Array, bad: Array) -> tuple[Array, Array]:
    """Shares of the bad and of the good files up to each score, lowest first: the curve whose area is the AUC."""
    _, place = np.unique(scores, return_inverse=True)
    by_bad, by_good = np.bincount(place, bad), np.bincount(place, good)
    return (
        np.concatenate([[0], np.cumsum(by_bad) / bad.sum()]),
        np.concatenate([[0], np.cumsum(by_good) / good.sum()]),
    )


def _slope(log_odds: Array, good: Array, bad: Array) -> float:
    """Slope of the calibration line: 1 if the log odds of default rise as far as the score says."""
    design = np.stack([np.ones_like(log_odds), log_odds], 1)
    beta = np.array([0.0, 1.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        weight = (good + bad) * p * (1 - p)
        step = np.linalg.lstsq(design.T @ (design * weight[:, None]), design.T @ (bad - (good + bad) * p))[0]
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[1])
