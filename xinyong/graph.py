"""Who stands near whom inside a shard: computed from rows and a key, never stored.

Five layers over the persons of a shard (rows 0..persons-1; organisations have no ties):

    household      contiguous rows; the column `household` gives the place within it
    adjacent       blocks of 10 rows          neighbourhood   blocks of 200 rows
    workplace      adults, permuted, then cut into blocks of 24; close team: blocks of 8
    acquaintances  each of K keyed permutations p ties a row to p(row) and p^-1(row); a tie is kept when its
                   symmetric draw lies under weight * weight, so that some know many and most know few

All sizes are assumed (model.md 2.3); workplaces of one size stand in for a lognormal one. Ties are mutual.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from xinyong import draws
from xinyong.kernels import graph as kernels
from xinyong.kernels.random import bits
from xinyong.kernels.variates import normal

Array = npt.NDArray[Any]
PUSH_SHARE = 0.15


@dataclass(frozen=True)
class Sizes:
    """Sizes of the layers; every one assumed.

    `acquaintances` is the mean number of active contacts, `candidates` the number of permutations (two
    candidate ties each), `spread` the standard deviation of log sociability.
    """

    adjacent: int = 10
    neighbourhood: int = 200
    workplace: int = 24
    team: int = 8
    acquaintances: float = 50.0
    candidates: int = 75
    spread: float = 0.6

    @property
    def mean_weight(self) -> float:
        """Mean sociability, 0 to 1, that makes the mean degree come out as declared."""
        return (
            min(1.0, float(np.sqrt(self.acquaintances / (2 * self.candidates)))) if self.candidates else 0.0
        )


def sociability(mean: float, spread: float) -> Array:
    """Quantiles (256, uint8) of a lognormal weight cut at 1 (= 255), scaled so that its mean is `mean`."""
    if mean >= 1.0:
        return np.full(256, 255, np.uint8)
    shape = np.exp(spread * np.array([normal((q + 0.5) / 256) for q in range(256)]))
    low, high = 0.0, 1e9
    for _ in range(100):
        scale = (low + high) / 2
        low, high = (scale, high) if np.minimum(shape * scale, 1).mean() < mean else (low, scale)
    return np.round(np.minimum(shape * low, 1) * 255).astype(np.uint8)


@dataclass(frozen=True)
class Network:
    """The ties of one shard. Equal arguments give equal ties, in any process, on any thread."""

    seed: int
    shard: int
    persons: int
    sizes: Sizes = field(default_factory=Sizes)

    @cached_property
    def key(self) -> np.uint64:
        """Key of everything about ties in this shard."""
        return np.uint64(bits(draws.key(self.seed, "graph", 0), np.uint64(self.shard), np.uint64(0)))

    def _keys(self, first: int, many: int) -> Array:
        keys = [
            [bits(self.key, np.uint64(first + j), np.uint64(r)) >> 32 for r in (2, 3, 4)] for j in range(many)
        ]
        return np.array(keys, np.uint32).reshape(many, 3)

    @cached_property
    def rounds(self) -> Array:
        """Round keys of the acquaintance permutations (candidates, 3)."""
        return self._keys(1, self.sizes.candidates)

    @cached_property
    def seating(self) -> Array:
        """Round keys of the permutation that seats adults at work (3,)."""
        keys: Array = self._keys(0, 1)[0]
        return keys

    @cached_property
    def weights(self) -> Array:
        """Sociability by quantile (256, uint8)."""
        return sociability(self.sizes.mean_weight, self.sizes.spread)

    @property
    def regular(self) -> bool:
        """Whether every candidate tie is kept."""
        return bool((self.weights == 255).all())

    def household(self, row: int, place: Array) -> range:
        """Rows of the household of a row; `place` is the column `household`."""
        start = row - int(place[row])
        end = row + 1
        while end < self.persons and place[end] > 0:
            end += 1
        return range(start, end)

    def adjacent(self, row: int) -> range:
        """Rows next door, the row included."""
        return self._block(row, self.sizes.adjacent)

    def neighbourhood(self, row: int) -> range:
        """Rows of the neighbourhood, the row included."""
        return self._block(row, self.sizes.neighbourhood)

    def _block(self, row: int, size: int) -> range:
        start = row - row % size
        return range(start, min(start + size, self.persons))

    def seats(self, adults: int) -> Array:
        """Seat at work of each adult in row order (adults, uint32); block of seats = workplace or team."""
        out = np.empty(adults, np.uint32)
        kernels.forward_all(out, 0, adults, self.seating)
        return out

    def colleagues(self, rank: int, adults: int, team: bool = True) -> list[int]:
        """Ranks (places among the adults in row order) in the same team, or workplace, the rank included."""
        size = self.sizes.team if team else self.sizes.workplace
        seat = kernels.forward(rank, adults, self.seating)
        start = seat - seat % size
        return sorted(
            kernels.inverse(s, adults, self.seating) for s in range(start, min(start + size, adults))
        )

    def acquaintances(self, row: int) -> list[int]:
        """Rows this row knows, ascending; mutual."""
        known = set()
        for k in self.rounds:
            for other in (kernels.forward(row, self.persons, k), kernels.inverse(row, self.persons, k)):
                if other != row and self.knows(row, other):
                    known.add(other)
        return sorted(known)

    def knows(self, row: int, other: int) -> bool:
        """Whether the candidate tie between two rows is kept."""
        return self.regular or bool(kernels.tied(np.uint32(row), np.uint32(other), self.key, self.weights))

    def exposed(
        self, words: Array, place: Array, adults: Array | None = None, pull: bool | None = None
    ) -> Array:
        """For every person, by which layers somebody else with the flag is near (persons, uint8).

        `words` is the packed flag (see `pack`), `place` the column `household`, `adults` the rows seated at
        work in ascending order. Bits: HOUSEHOLD 1, ADJACENT 2, TEAM 4, ACQUAINTANCE 8. Rare flags are pushed
        by those who bear them, common ones pulled by everybody; the answer is the same.
        """
        out = np.zeros(self.persons, np.uint8)
        flagged = np.empty(kernels.count(words), np.int64)
        kernels.rows_of(flagged, words)
        kernels.mark_near(out, flagged, place[: self.persons], self.sizes.adjacent)
        if adults is not None:
            kernels.mark_teams(out, self.seats(len(adults)), adults, words, self.sizes.team)
        if pull is None:
            pull = len(flagged) > PUSH_SHARE * self.persons
        if pull:
            kernels.pull_ties(out, words, self.rounds, self.regular, self.key, self.weights)
        else:
            kernels.push_ties(out, flagged, self.rounds, self.regular, self.key, self.weights)
        return out


def pack(flags: Array) -> Array:
    """Pack a flag column (n, uint8) into bits (ceil(n / 32), uint32): 1/8 byte a person, stays in cache."""
    words = np.zeros((len(flags) + 31) // 32, np.uint32)
    kernels.pack(words, flags)
    return words


def is_set(words: Array, rows: Iterable[int]) -> list[bool]:
    """Whether the bits of some rows are set."""
    return [bool(words[row >> 5] >> np.uint32(row & 31) & 1) for row in rows]
