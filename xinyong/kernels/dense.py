"""The dense passes: one hash a party a step, to find the few to whom something happens."""

import numpy as np
from numba import njit

from xinyong.kernels.random import bits

BLOCK = 1024
STRIPE = 32
_S32 = np.uint64(32)
_ZERO = np.uint64(0)
_U8 = np.uint32(8)


@njit(cache=True, nogil=True)
def hits(
    out: np.ndarray,
    number: np.ndarray,
    state: np.ndarray,
    group: np.ndarray,
    limits: np.ndarray,
    base: np.uint64,
    key: np.uint64,
) -> int:
    """Find the parties whose draw falls under the limit of their state and group.

    `limits` (states * 256, uint32) holds chance * 2**32; `state` and `group` are u1 columns. Rows go to `out`;
    returns how many. Short loops over small buffers, so that hashing and comparing vectorise.
    """
    n = number.shape[0]
    draw, limit = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    found = 0
    for start in range(0, n, BLOCK):
        m = min(BLOCK, n - start)
        ids, states, groups = number[start : start + m], state[start : start + m], group[start : start + m]
        u, most = draw[:m], limit[:m]
        for i in range(u.shape[0]):
            u[i] = np.uint32(bits(key, base | np.uint64(ids[i]), _ZERO) >> _S32)
        for i in range(most.shape[0]):
            most[i] = limits[(np.uint32(states[i]) << _U8) | np.uint32(groups[i])]
        for first in range(0, m, STRIPE):
            found = _keep_hits(
                out, found, start + first, u[first : first + STRIPE], most[first : first + STRIPE]
            )
    return found


@njit(cache=True, inline="always")
def _keep_hits(out: np.ndarray, found: int, row: int, u: np.ndarray, most: np.ndarray) -> int:
    hit = np.uint32(0)
    for i in range(u.shape[0]):
        hit |= np.uint32(u[i] < most[i])
    if hit:
        for i in range(u.shape[0]):
            if u[i] < most[i]:
                out[found] = row + i
                found += 1
    return found


def limit_of(chances: np.ndarray) -> np.ndarray:
    """Chances (n) as the uint32 limits that `hits` compares with."""
    return np.minimum(np.round(np.asarray(chances, float) * 2.0**32), 2.0**32 - 1).astype(np.uint32)
