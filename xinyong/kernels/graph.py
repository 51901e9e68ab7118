"""Ties that are computed: keyed permutations, bitsets, and who stands beside a flagged person."""

import numpy as np
from numba import njit

from xinyong.kernels.random import bits, pair

Keys = tuple[np.uint32, np.uint32, np.uint32]

HOUSEHOLD, ADJACENT, TEAM, ACQUAINTANCE = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
BLOCK, STRIPE = 2048, 32
_S5, _S15, _S16, _S32, _S56 = np.uint32(5), np.uint32(15), np.uint32(16), np.uint64(32), np.uint64(56)
_31, _0, _1 = np.uint32(31), np.uint32(0), np.uint32(1)
_A, _B = np.uint32(0x7FEB352D), np.uint32(0x846CA68B)
_PAIRS = np.uint32(0x33333333)
_FULL = np.uint64(255 * 255)


@njit(cache=True, inline="always")
def mix32(z: np.uint32) -> np.uint32:
    """Scramble 32 bits; every product is cast back, because numba would widen it."""
    z = np.uint32(np.uint32(z ^ np.uint32(z >> _S16)) * _A)
    z = np.uint32(np.uint32(z ^ np.uint32(z >> _S15)) * _B)
    return np.uint32(z ^ np.uint32(z >> _S16))


@njit(cache=True, inline="always")
def _hash(side: np.uint32, key: np.uint32, mask: np.uint32) -> np.uint32:
    return np.uint32(mix32(np.uint32(side ^ key)) & mask)


@njit(cache=True, inline="always")
def _shift_by(low: np.uint32, key: np.uint32, high: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(np.uint32(mix32(np.uint32(low ^ key)) >> _S16) * high) >> _S16)


@njit(cache=True, inline="always")
def _lesser(a: np.uint32, b: np.uint32) -> np.uint32:
    return a if a < b else b


@njit(cache=True, inline="always")
def _onward(x: np.uint32, shift: np.uint32, mask: np.uint32, high: np.uint32, k: Keys) -> np.uint32:
    top = np.uint32(x >> shift)
    low = np.uint32(np.uint32(x & mask) ^ _hash(top, k[0], mask))
    top = np.uint32(top + _shift_by(low, k[1], high))
    top = _lesser(np.uint32(top - high), top)
    return np.uint32(np.uint32(top << shift) | np.uint32(low ^ _hash(top, k[2], mask)))


@njit(cache=True, inline="always")
def _backward(x: np.uint32, shift: np.uint32, mask: np.uint32, high: np.uint32, k: Keys) -> np.uint32:
    top = np.uint32(x >> shift)
    low = np.uint32(np.uint32(x & mask) ^ _hash(top, k[2], mask))
    top = np.uint32(top - _shift_by(low, k[1], high))
    top = _lesser(np.uint32(top + high), top)
    return np.uint32(np.uint32(top << shift) | np.uint32(low ^ _hash(top, k[0], mask)))


@njit(cache=True, inline="always")
def shape(n: int) -> tuple[np.uint32, np.uint32, np.uint32]:
    """Split a domain for n members into 2**shift low parts (mask) times `high` tops.

    At least n places; fewer than 1 in sqrt(n) lie outside. Holds for n up to 2**31.
    """
    shift = 0
    while (1 << (2 * shift)) < n:
        shift += 1
    return np.uint32(shift), np.uint32((1 << shift) - 1), np.uint32((n + (1 << shift) - 1) >> shift)


@njit(cache=True)
def forward(x: int, n: int, k: np.ndarray) -> int:
    """Image of x under the permutation of 0..n-1 with round keys k (3, uint32); walks on while outside."""
    shift, mask, high = shape(n)
    keys = (k[0], k[1], k[2])
    y = _onward(np.uint32(x), shift, mask, high, keys)
    while y >= np.uint32(n):
        y = _onward(y, shift, mask, high, keys)
    return int(y)


@njit(cache=True)
def inverse(x: int, n: int, k: np.ndarray) -> int:
    """Find the member whose image is x."""
    shift, mask, high = shape(n)
    keys = (k[0], k[1], k[2])
    y = _backward(np.uint32(x), shift, mask, high, keys)
    while y >= np.uint32(n):
        y = _backward(y, shift, mask, high, keys)
    return int(y)


@njit(cache=True, nogil=True)
def forward_all(out: np.ndarray, first: int, n: int, k: np.ndarray) -> None:
    """Images of the members first, first + 1, ... into `out` (m, uint32)."""
    shift, mask, high = shape(n)
    keys, start = (k[0], k[1], k[2]), np.uint32(first)
    for i in range(out.shape[0]):
        out[i] = _onward(np.uint32(start + np.uint32(i)), shift, mask, high, keys)
    for stripe in range(0, out.shape[0], STRIPE):
        some = out[stripe : stripe + STRIPE]
        if _any_outside(some, np.uint32(n)):
            for i in range(some.shape[0]):
                while some[i] >= np.uint32(n):
                    some[i] = _onward(some[i], shift, mask, high, keys)


@njit(cache=True, nogil=True)
def inverse_all(out: np.ndarray, first: int, n: int, k: np.ndarray) -> None:
    """Members whose images are first, first + 1, ... into `out` (m, uint32)."""
    shift, mask, high = shape(n)
    keys, start = (k[0], k[1], k[2]), np.uint32(first)
    for i in range(out.shape[0]):
        out[i] = _backward(np.uint32(start + np.uint32(i)), shift, mask, high, keys)
    for stripe in range(0, out.shape[0], STRIPE):
        some = out[stripe : stripe + STRIPE]
        if _any_outside(some, np.uint32(n)):
            for i in range(some.shape[0]):
                while some[i] >= np.uint32(n):
                    some[i] = _backward(some[i], shift, mask, high, keys)


@njit(cache=True, inline="always")
def _any_outside(some: np.ndarray, end: np.uint32) -> np.uint32:
    bad = _0
    for i in range(some.shape[0]):
        bad |= np.uint32(some[i] >= end)
    return bad


@njit(cache=True, nogil=True)
def pack(words: np.ndarray, flags: np.ndarray) -> None:
    """Pack a flag column (n, uint8) into bits: row i is bit i % 32 of `words` (ceil(n / 32), uint32)."""
    n = flags.shape[0]
    for w in range(words.shape[0]):
        few = flags[w * 32 : min(w * 32 + 32, n)]
        word = _0
        for b in range(few.shape[0]):
            word |= np.uint32(np.uint32(few[b] != 0) << np.uint32(b))
        words[w] = word


@njit(cache=True, inline="always")
def is_set(words: np.ndarray, row: np.uint32) -> np.uint32:
    """1 if the bit of a row is set, else 0."""
    return np.uint32(np.uint32(words[np.uint32(row >> _S5)] >> np.uint32(row & _31)) & _1)


@njit(cache=True, nogil=True)
def count(words: np.ndarray) -> int:
    """Count the bits set."""
    total = 0
    for w in range(words.shape[0]):
        z = words[w]
        z = np.uint32(z - np.uint32(np.uint32(z >> _1) & np.uint32(0x55555555)))
        z = np.uint32(np.uint32(z & _PAIRS) + np.uint32(np.uint32(z >> np.uint32(2)) & _PAIRS))
        z = np.uint32(np.uint32(z + np.uint32(z >> np.uint32(4))) & np.uint32(0x0F0F0F0F))
        total += int(np.uint32(np.uint32(z * np.uint32(0x01010101)) >> np.uint32(24)))
    return total


@njit(cache=True, nogil=True)
def rows_of(out: np.ndarray, words: np.ndarray) -> int:
    """Write the rows whose bit is set to `out`, ascending; returns how many."""
    found = 0
    for w in range(words.shape[0]):
        if words[w]:
            for b in range(32):
                if np.uint32(words[w] >> np.uint32(b)) & _1:
                    out[found] = w * 32 + b
                    found += 1
    return found


@njit(cache=True, inline="always")
def weight(row: np.uint32, key: np.uint64, table: np.ndarray) -> np.uint64:
    """How sociable a row is, 0..255: a keyed quantile of `table` (256, uint8)."""
    return np.uint64(table[bits(key, np.uint64(row), np.uint64(0)) >> _S56])


@njit(cache=True, inline="always")
def tied(a: np.uint32, b: np.uint32, key: np.uint64, table: np.ndarray) -> bool:
    """Whether a candidate tie is kept: u(a, b) < weight(a) * weight(b) / 255**2, the same from both ends."""
    u = np.uint64(bits(key, pair(np.uint64(a), np.uint64(b)), np.uint64(1)) >> _S32)
    return bool((u * _FULL) >> _S32 < weight(a, key, table) * weight(b, key, table))


@njit(cache=True, nogil=True)
def mark_near(out: np.ndarray, flagged: np.ndarray, household: np.ndarray, adjacent: int) -> None:
    """Mark household members and adjacent rows of each flagged row (m); never a row for its own flag.

    `out` (n, uint8) gets the bits HOUSEHOLD and ADJACENT; `household` (n, uint8) is the place within it.
    """
    n = out.shape[0]
    for f in range(flagged.shape[0]):
        row = flagged[f]
        start = row - household[row]
        end = row + 1
        while end < n and household[end] > 0:
            end += 1
        for i in range(start, end):
            if i != row:
                out[i] |= HOUSEHOLD
        block = row - row % adjacent
        for i in range(block, min(block + adjacent, n)):
            if i != row:
                out[i] |= ADJACENT


@njit(cache=True, nogil=True)
def push_ties(
    out: np.ndarray, flagged: np.ndarray, rounds: np.ndarray, regular: bool, key: np.uint64, table: np.ndarray
) -> None:
    """Mark the acquaintances of each flagged row (m): the way to go while flags are rare.

    `rounds` (K, 3, uint32): one permutation a row, each gives a tie out and a tie in.
    """
    n = out.shape[0]
    for f in range(flagged.shape[0]):
        row = flagged[f]
        for j in range(rounds.shape[0]):
            for other in (forward(row, n, rounds[j]), inverse(row, n, rounds[j])):
                if other != row and (regular or tied(np.uint32(row), np.uint32(other), key, table)):
                    out[other] |= ACQUAINTANCE


@njit(cache=True, nogil=True)
def pull_ties(
    out: np.ndarray, words: np.ndarray, rounds: np.ndarray, regular: bool, key: np.uint64, table: np.ndarray
) -> None:
    """Let each row ask its acquaintances for the flag: the marks of `push_ties` at a fixed cost a row."""
    n = out.shape[0]
    others, hits = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    for start in range(0, n, BLOCK):
        marks = out[start : min(start + BLOCK, n)]
        there, hit = others[: marks.shape[0]], hits[: marks.shape[0]]
        hit[:] = _0
        for j in range(rounds.shape[0]):
            forward_all(there, start, n, rounds[j])
            _ask(hit, there, np.uint32(start), words, regular, key, table)
            inverse_all(there, start, n, rounds[j])
            _ask(hit, there, np.uint32(start), words, regular, key, table)
        for i in range(marks.shape[0]):
            marks[i] |= np.uint8(hit[i] * np.uint32(ACQUAINTANCE))


@njit(cache=True, nogil=True)
def _ask(
    hit: np.ndarray,
    there: np.ndarray,
    start: np.uint32,
    words: np.ndarray,
    regular: bool,
    key: np.uint64,
    table: np.ndarray,
) -> None:
    if regular:
        for i in range(hit.shape[0]):
            other = there[i]
            hit[i] |= np.uint32(is_set(words, other) & np.uint32(other != np.uint32(start + np.uint32(i))))
        return
    for i in range(hit.shape[0]):
        row, other = np.uint32(start + np.uint32(i)), there[i]
        if is_set(words, other) and other != row and tied(row, other, key, table):
            hit[i] = _1


@njit(cache=True, nogil=True)
def mark_teams(
    out: np.ndarray, places: np.ndarray, members: np.ndarray, words: np.ndarray, team: int
) -> None:
    """Mark close colleagues of flagged adults.

    `members` (a) are the adults' rows; `places` (a, uint32) their seats at work, `team` seats to a team.
    """
    flagged = np.zeros(places.shape[0] // team + 1, np.int32)
    for i in range(members.shape[0]):
        flagged[places[i] // team] += np.int32(is_set(words, np.uint32(members[i])))
    for i in range(members.shape[0]):
        own = np.int32(is_set(words, np.uint32(members[i])))
        if flagged[places[i] // team] > own:
            out[members[i]] |= TEAM
