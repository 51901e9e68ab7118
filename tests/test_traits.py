"""Traits: standard normal, correlated as the rules say, the same whenever and wherever they are looked at."""

import datetime as dt

import numpy as np
import pytest

from tests.worlds import plan_of
from xinyong.errors import RuleError
from xinyong.kernels.traits import fill_traits, quantile
from xinyong.traits import TRAITS, mixing

N = 200_000


def drawn(sets=None, rows=None, seed=1):
    plan = plan_of(sets, seed)
    frame = plan.frame(0)
    rows = np.arange(N) if rows is None else rows
    out = np.empty((len(rows), TRAITS))
    number = np.arange(N, dtype=np.uint32)
    fill_traits(out, rows, number, mixing(frame.rules), np.uint64(5 << 32), frame.keys["traits:fixed"])
    return out


def test_standard_normal_with_the_correlations_of_the_rules():
    """Means, variances and the six correlations lie within four standard errors."""
    sets = {"traits.norm_face": 0.5, "traits.face_risk": -0.3, "traits.risk_privacy": 0.25}
    found, rules = drawn(sets), plan_of(sets).book.on(dt.date(2015, 1, 1)).traits
    assert np.abs(found.mean(axis=0)).max() < 4 / np.sqrt(N)
    assert np.abs(found.var(axis=0) - 1).max() < 4 * np.sqrt(2 / N)
    names = ("norm", "face", "risk", "privacy")
    matrix = np.corrcoef(found.T)
    for i in range(TRAITS):
        for j in range(i + 1, TRAITS):
            wanted = getattr(rules, f"{names[i]}_{names[j]}")
            assert abs(matrix[i, j] - wanted) < 4 * (1 - wanted**2) / np.sqrt(N)


def test_a_trait_belongs_to_the_person_and_the_seed():
    some = np.array([7, 70, 4321])
    assert np.array_equal(drawn()[some], drawn(rows=some))
    assert not np.array_equal(drawn(rows=some), drawn(rows=some, seed=2))


def test_quantiles_are_even():
    u = np.array([quantile(z) for z in drawn(rows=np.arange(20_000))[:, 2]])
    assert abs(u.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(u))
    assert ((u > 0) & (u < 1)).all()


def test_impossible_correlations_are_refused():
    sets = {"traits.norm_face": 0.95, "traits.norm_risk": 0.95, "traits.face_risk": -0.95}
    with pytest.raises(RuleError, match="fit no joint"):
        drawn(sets)
