"""The dense passes: find the few parties to whom something happens in a step, at a cost far below one hash a party."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import bits, mix64

# A party's number for a step has 32 bits. The six highest come from six words shared by 64 neighbouring numbers (one
# bit each), the rest from the party's own hash. Where no chance exceeds 1/64 only parties whose six bits are all zero
# can be hit, and six hashes find them among 64; where none exceeds 1/32, five bits, and so on. The number of a party
# never depends on its row or on others' chances.
SHARED_BITS = 6
_WORDS = np.uint64(0x8EBC6AF09C88C6E3)
_ONE, _SIX, _OWN, _LOW = np.uint64(1), np.uint64(6), np.uint64(26), np.uint64(63)
_U8 = np.uint32(8)


@njit(cache=True, inline="always")
def _words(key, block):
    """Six words of 64 bits of a block of 64 numbers."""
    own = mix64(key ^ _WORDS)
    return (
        bits(own, block, np.uint64(0)), bits(own, block, np.uint64(1)), bits(own, block, np.uint64(2)),
        bits(own, block, np.uint64(3)), bits(own, block, np.uint64(4)), bits(own, block, np.uint64(5)),
    )  # fmt: skip


@njit(cache=True, inline="always")
def _own_bits(key, who):
    """The 26 lower bits of a party's number."""
    return bits(key, who, np.uint64(0)) >> np.uint64(38)


@njit(cache=True, inline="always")
def _high_bits(words, place):
    """The 6 highest bits of the number of the party at a place (0 to 63) of the block."""
    high = np.uint64(0)
    for w in words:
        high = (high << _ONE) | ((w >> place) & _ONE)
    return high


@njit(cache=True, inline="always")
def _run(number, row):
    """How many rows from `row` on hold consecutive numbers of one block of 64."""
    first = number[row]
    longest = min(64 - np.int64(first & np.uint32(63)), number.shape[0] - row)
    ids = number[row : row + longest]
    astray = np.uint32(0)
    for k in range(ids.shape[0]):
        astray |= ids[k] ^ (first + np.uint32(k))
    if astray == 0:
        return longest
    k = 1
    while ids[k] == first + np.uint32(k):
        k += 1
    return k


@njit(cache=True, inline="always")
def _leading_zeros(most):
    """How many of the six shared bits must be zero for any party to be hit."""
    zeros = 0
    while zeros < SHARED_BITS and most <= np.uint32(1) << np.uint32(31 - zeros):
        zeros += 1
    return zeros


@njit(cache=True, inline="always")
def _candidates(words, zeros, first, length):
    """A word with one bit for each row of a run whose `zeros` highest bits are all zero."""
    some = np.uint64(0)
    for w in range(zeros):
        some |= words[w]
    left = ~some >> first
    return left if length == 64 else left & ((_ONE << np.uint64(length)) - _ONE)


@njit(cache=True, nogil=True)
def hits(out, number, state, group, limits, base, key):
    """Find the parties whose number of this step falls under the limit of their state and group.

    `limits` (states * 256, uint32) holds chance * 2**32; `state` and `group` are u1 columns. Rows go to `out`;
    returns how many. Cheap where all chances are small.
    """
    zeros = _leading_zeros(limits.max())
    found = row = 0
    while row < number.shape[0]:
        length = _run(number, row)
        words = _words(key, (base | np.uint64(number[row])) >> _SIX)
        first = np.uint64(number[row]) & _LOW
        left = _candidates(words, zeros, first, length)
        while left:
            place = math.frexp(float(left & (~left + _ONE)))[1] - 1
            left &= left - _ONE
            i = row + place
            own = (_high_bits(words, first + np.uint64(place)) << _OWN) | _own_bits(
                key, base | np.uint64(number[i])
            )
            if own < limits[(np.uint32(state[i]) << _U8) | np.uint32(group[i])]:
                out[found] = i
                found += 1
        row += length
    return found


def limit_of(chances: np.ndarray) -> np.ndarray:
    """Chances (n) as the uint32 limits that `hits` compares with."""
    return np.minimum(np.round(np.asarray(chances, float) * 2.0**32), 2.0**32 - 1).astype(np.uint32)
