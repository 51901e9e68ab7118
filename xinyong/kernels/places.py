"""Who lives near whom in a town of square neighbourhoods."""

import numpy as np
from numba import njit

# fields of a sighting
WHEN, SCANNER, SEEN, FIELDS = range(4)


@njit(cache=True, inline="always")
def home(number: int, organisation: bool, organisations: int, cells: int, per_cell: int) -> int:
    """Neighbourhood of a party: persons by number, a block of `per_cell` to each; organisations spread evenly."""
    if organisation:
        return number * cells // max(organisations, 1)
    return min(number // per_cell, cells - 1)


@njit(cache=True, nogil=True)
def homes(out, number, organisations, cells, per_cell):
    """Neighbourhood of each party by its number (n, uint32, top bit for organisations) into `out` (n, int32)."""
    for i in range(number.shape[0]):
        organisation = number[i] >> np.uint32(31) == 1
        out[i] = home(
            np.int64(number[i] & np.uint32(0x7FFFFFFF)), organisation, organisations, cells, per_cell
        )


@njit(cache=True, nogil=True)
def by_cell(starts, order, cells):
    """Sort parties by neighbourhood: `order` (n) lists them, those of cell c from starts[c] to starts[c + 1]."""
    starts[:] = 0
    for i in range(cells.shape[0]):
        starts[cells[i] + 1] += 1
    for c in range(starts.shape[0] - 1):
        starts[c + 1] += starts[c]
    at = starts.copy()
    for i in range(cells.shape[0]):
        order[at[cells[i]]] = i
        at[cells[i]] += 1


@njit(cache=True, nogil=True)
def within(out, x, y, radius, spacing, grid):
    """Neighbourhoods whose middle lies within `radius` of (x, y) metres, into `out`; returns how many.

    `grid` (side, side, int32) holds the neighbourhood at each place of the lattice around the middle, -1 for none.
    """
    half = grid.shape[0] // 2
    n = 0
    for i in range(
        max(0, int((x - radius) / spacing) - 1 + half),
        min(grid.shape[0], int((x + radius) / spacing) + 2 + half),
    ):
        for j in range(
            max(0, int((y - radius) / spacing) - 1 + half),
            min(grid.shape[1], int((y + radius) / spacing) + 2 + half),
        ):
            dx, dy = (i - half) * spacing - x, (j - half) * spacing - y
            if grid[i, j] >= 0 and dx * dx + dy * dy <= radius * radius and n < out.shape[0]:
                out[n] = grid[i, j]
                n += 1
    return n


@njit(cache=True, nogil=True)
def sight(out, alerts, scanners, cells, days, listed, starts, order, positions, radius, spacing, grid):
    """Listed parties within `radius` of each scanner (m); fills `out` (most, FIELDS) and `alerts` (m); how many.

    With an empty `out` they are only counted. `cells` (m) are the scanners' neighbourhoods, `listed` (n) the rows of
    listed parties, `starts` and `order` as made by `by_cell`.
    """
    near = np.empty(positions.shape[0], np.int32)
    n = 0
    for k in range(scanners.shape[0]):
        here = positions[cells[k]]
        alerts[k] = 0
        for c in near[: within(near, here[0], here[1], radius, spacing, grid)]:
            for t in range(starts[c], starts[c + 1]):
                seen = listed[order[t]]
                if seen == scanners[k]:
                    continue
                if out.shape[0]:
                    out[n, WHEN], out[n, SCANNER], out[n, SEEN] = days[k], scanners[k], seen
                alerts[k] += 1
                n += 1
    return n
