"""Where the parties of a shard live: a round, invented town of square neighbourhoods, on no real map."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xinyong.columns import Array
from xinyong.graph import Sizes
from xinyong.kernels import places as kernel

PER_NEIGHBOURHOOD = Sizes().neighbourhood


@dataclass(frozen=True, eq=False)
class Town:
    """Neighbourhoods on a square lattice, the first in the middle, the later the farther out.

    `positions` (cells, 2) metres east and north of the middle; `grid` (side, side) the neighbourhood at each place of
    the lattice, -1 for none; `spacing` metres from one neighbourhood to the next.
    """

    positions: Array
    grid: Array
    spacing: float

    @property
    def cells(self) -> int:
        """How many neighbourhoods there are."""
        return len(self.positions)

    @property
    def radius(self) -> float:
        """Metres from the middle to the edge of the town."""
        return float(np.hypot(*self.positions.T).max() + self.spacing / 2)

    def homes(self, number: Array, organisations: int) -> Array:
        """Neighbourhood (n,) of parties by their numbers (n, uint32, top bit set for organisations)."""
        out = np.empty(len(number), np.int32)
        kernel.homes(out, number.astype(np.uint32), organisations, self.cells, PER_NEIGHBOURHOOD)
        return out


@lru_cache(maxsize=8)
def town(persons: int, persons_per_km2: float) -> Town:
    """Lay out a town for so many persons: equal arguments give the same town.

    Persons live by number, 200 to a neighbourhood, as the ties of `xinyong.graph` have it; all sizes are assumed.
    """
    cells = max(1, -(-persons // PER_NEIGHBOURHOOD))
    spacing = 1000.0 * float(np.sqrt(PER_NEIGHBOURHOOD / persons_per_km2))
    half = int(np.ceil(np.sqrt(cells / np.pi))) + 2
    i, j = (a.ravel() for a in np.meshgrid(*[np.arange(-half, half + 1)] * 2, indexing="ij"))
    first = np.lexsort((np.arctan2(j, i), i * i + j * j))[:cells]
    grid = np.full((2 * half + 1, 2 * half + 1), -1, np.int32)
    grid[i[first] + half, j[first] + half] = np.arange(cells)
    positions = np.stack([i[first], j[first]], axis=1) * spacing
    return Town(positions, grid, spacing)
