"""Rows of side tables: taken, given back and blanked, gathered, looked for."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def take(taken: np.ndarray, alive: np.ndarray, freed: np.ndarray, left: int, high: int) -> int:
    """Fill `taken` (n) with row numbers and mark them alive: of `left` freed rows the last first, then from `high` on.

    Returns how many freed rows are left.
    """
    for k in range(taken.shape[0]):
        if left > 0:
            left -= 1
            row = freed[left]
        else:
            row = high
            high += 1
        taken[k] = row
        alive[row] = 1
    return left


@njit(cache=True, nogil=True)
def give_back(
    block: np.ndarray, fields: np.ndarray, initial: np.ndarray, rows: np.ndarray, freed: np.ndarray, left: int
) -> None:
    """Blank `rows` (n) of every field, and note them after the `left` rows freed before.

    `block` holds the bytes of all fields; fields (many, 2) where each begins and its bytes a row; initial (many, most).
    """
    for f in range(fields.shape[0]):
        first, width = fields[f, 0], fields[f, 1]
        for k in range(rows.shape[0]):
            at = first + rows[k] * width
            for b in range(width):
                block[at + b] = initial[f, b]
    for k in range(rows.shape[0]):
        freed[left + k] = rows[k]


@njit(cache=True, nogil=True)
def gather(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Values of `rows` (n): the same as indexing, at a fifth of the time."""
    out = np.empty(rows.shape[0], values.dtype)
    for k in range(rows.shape[0]):
        out[k] = values[rows[k]]
    return out


@njit(cache=True, nogil=True)
def newcomers(values: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Those of a few values (n) that are not among `held`, each once, in rising order."""
    wanted = np.sort(values)
    keep = np.ones(wanted.shape[0], np.bool_)
    for k in range(1, wanted.shape[0]):
        keep[k] = wanted[k] != wanted[k - 1]
    for other in held:
        at = np.searchsorted(wanted, other)
        if at < wanted.shape[0] and wanted[at] == other:
            keep[at] = False
    return wanted[keep]


@njit(cache=True, nogil=True)
def places_of(held: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows of `held` (m) that hold any of a few values (n), in order."""
    wanted = np.sort(values)
    out = np.empty(held.shape[0], np.int32)
    n = 0
    for i in range(held.shape[0]):
        at = np.searchsorted(wanted, held[i])
        if at < wanted.shape[0] and wanted[at] == held[i]:
            out[n] = i
            n += 1
    return out[:n]
