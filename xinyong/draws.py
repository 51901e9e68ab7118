"""Draws keyed by seed, person, process, time and index; see docs/decisions/0002."""

from functools import cache
from hashlib import blake2b

import numpy as np

from xinyong.kernels import random as _random

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


@cache
def name_hash(process: str) -> int:
    """The fixed 64-bit number of a process name: the same in every run and on every machine."""
    return int.from_bytes(blake2b(process.encode(), digest_size=8).digest(), "little")


def key(seed: int, process: str, time: int) -> np.uint64:
    """The key of one process in one step: hand it to a kernel with the party and a draw index."""
    inner = _mix((name_hash(process) + (time & _MASK) * _GOLDEN) & _MASK)
    return np.uint64(_mix((seed & _MASK) ^ inner))


def draw(seed: int, person: int, process: str, time: int, index: int = 0) -> float:
    """One uniform number strictly between 0 and 1; the same for any order, thread, shard or restart."""
    return float(_random.uniform(key(seed, process, time), np.uint64(person), index))


def uniforms(step_key: np.uint64, who: np.ndarray, index: int = 0) -> np.ndarray:
    """One uniform for each party in `who` (n, uint64) -> (n, float64)."""
    out = np.empty(len(who))
    _random.uniforms(step_key, who, index, out)
    return out
