"""Counter-based random numbers: a draw depends on who, what and when, never on order or thread."""

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xD1342543DE82EF95)
_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


@njit(cache=True, inline="always")
def mix64(z: np.uint64) -> np.uint64:
    """Scramble 64 bits (Stafford's variant 13 of the splitmix finaliser); a bijection."""
    z = (z ^ (z >> _S30)) * _A
    z = (z ^ (z >> _S27)) * _B
    return z ^ (z >> _S31)


@njit(cache=True, inline="always")
def bits(key: np.uint64, who: np.uint64, index: np.uint64) -> np.uint64:
    """64 random bits of a party for one key and draw index."""
    return mix64((key + index * _STEP) ^ (who * _GOLDEN))


@njit(cache=True, inline="always")
def uniform(key: np.uint64, who: np.uint64, index: int) -> float:
    """A float64 strictly between 0 and 1 for (key, who, index)."""
    return (float(bits(key, who, np.uint64(index)) >> _S11) + 0.5) * _UNIT


@njit(cache=True, inline="always")
def pair(first: np.uint64, second: np.uint64) -> np.uint64:
    """One symmetric number for two parties, so that a tie has the same draw from both ends."""
    low, high = min(first, second), max(first, second)
    return mix64(low + _GOLDEN) ^ (high * _A)


@njit(cache=True)
def uniforms(key: np.uint64, who: np.ndarray, index: int, out: np.ndarray) -> None:
    """Fill `out` (n, float64) with one uniform for each of `who` (n, uint64)."""
    for i in range(who.shape[0]):
        out[i] = uniform(key, who[i], index)
