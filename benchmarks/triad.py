"""Memory bandwidth: a STREAM-like triad, a = b + s * c, on arrays far larger than any cache."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

BYTES = 24  # two read, one written, of eight bytes


@njit(nogil=True, fastmath=True)
def triad(a: np.ndarray, b: np.ndarray, c: np.ndarray, s: float) -> None:
    for i in range(a.shape[0]):
        a[i] = b[i] + s * c[i]


class Model:
    """Three arrays of `persons` numbers."""

    def __init__(self, persons: int, seed: int = 1) -> None:
        self.persons = persons
        self.arrays = [np.full(persons, float(k)) for k in range(3)]
        self.threads = 1
        triad(*(a[:8] for a in self.arrays), 3.0)

    def use(self, threads: int) -> None:
        self.threads = threads

    def step(self, weeks: int) -> None:
        with ThreadPoolExecutor(self.threads) as pool:
            parts = [[a[p] for a in self.arrays] for p in _slices(self.persons, self.threads)]
            for _ in range(weeks):
                list(pool.map(lambda p: triad(*p, 3.0), parts))

    def measures(self) -> Mapping[str, float]:
        """Gigabytes a second, best of ten, by threads."""
        found = {}
        for threads in (1, 2):
            self.use(threads)
            best = 1e9
            for _ in range(10):
                started = time.perf_counter()
                self.step(1)
                best = min(best, time.perf_counter() - started)
            found[str(threads)] = BYTES * self.persons / best / 1e9
        return found


def _slices(n: int, parts: int) -> list[slice]:
    cuts = [n * k // parts for k in range(parts + 1)]
    return [slice(a, b) for a, b in pairwise(cuts)]
