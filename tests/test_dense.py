"""The number a party's chance is compared with: fair, its own, and independent of row, neighbours and chances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.kernels.dense import hits, limit_of

PERSONS = np.arange(5000, dtype=np.uint32)
EVERYBODY = np.concatenate([PERSONS, 0x8000_0000 + np.arange(300, dtype=np.uint32)])
BASE = np.uint64(37 << 32)


def who(number, chances, key, state=None, group=None):
    out = np.empty(len(number), np.int32)
    zeros = np.zeros(len(number), np.uint8)
    found = hits(
        out, number, zeros if state is None else state, zeros if group is None else group,
        limit_of(np.broadcast_to(chances, 512)), BASE, np.uint64(key),
    )  # fmt: skip
    return out[:found]


@settings(deadline=None)
@given(st.integers(0, 2**40), st.floats(0, 1), st.floats(0, 1), st.randoms())
def test_the_same_whatever_the_row_and_monotone_in_the_chance(key, one, other, random):
    """Whom a chance hits, a higher one hits too; where they stand and who else stands there does not matter."""
    low, high = sorted((one, other))
    few, many = who(EVERYBODY, low, key), who(EVERYBODY, high, key)
    assert set(few) <= set(many)
    rows = np.array(random.sample(range(len(EVERYBODY)), 700))
    moved = EVERYBODY[rows]
    assert set(moved[who(moved, low, key)]) == set(EVERYBODY[few]) & set(moved)
    assert (np.diff(few) > 0).all()


@pytest.mark.parametrize("chance", [1e-4, 0.003, 1 / 64, 0.02, 0.2, 0.7])
def test_fair_for_everybody_and_for_neighbours(chance):
    """Counts, pairs of neighbours in a block of 64, and pairs of steps are as independent draws would have them."""
    steps = 4000
    hit = np.zeros((steps, 256), bool)
    for step in range(steps):
        hit[step, who(PERSONS[:256], chance, step * 7919)] = True
    total, trials = hit.sum(), hit.size
    assert abs(total - trials * chance) < 4.5 * np.sqrt(trials * chance * (1 - chance))
    for shift in (1, 2, 31):
        both = (hit[:, shift:] & hit[:, :-shift]).sum()
        expected = hit[:, shift:].size * chance**2
        assert abs(both - expected) < 4.5 * np.sqrt(expected * 1.1 + 1), f"neighbours {shift} apart"
    again = (hit[1:] & hit[:-1]).sum()
    assert abs(again - trials * chance**2) < 4.5 * np.sqrt(trials * chance**2 * 1.1 + 1), "from week to week"


def test_each_party_meets_the_chance_of_its_own_state_and_group():
    """A table of limits by state and group is read for each party alone."""
    chances = np.zeros(512)
    chances[256 + 7] = 1.0
    state, group = (PERSONS % 2).astype(np.uint8), (PERSONS % 16).astype(np.uint8)
    found = who(PERSONS, chances, 3, state, group)
    assert (found == np.flatnonzero((PERSONS % 2 == 1) & (PERSONS % 16 == 7))).all()
    assert len(who(PERSONS, np.zeros(512), 3)) == 0
