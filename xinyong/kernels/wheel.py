"""Due-week wheels: intrusive doubly linked lists over the rows of a side table."""

import numpy as np
from numba import njit

# A wheel is (heads, next, previous, due); a row is in at most one bucket; due -1 means not scheduled.


@njit(cache=True, inline="always")
def schedule(wheel: tuple, row: int, week: int) -> None:
    """Let a row fall due in a week; a row already scheduled is moved."""
    heads, after, before, due = wheel
    if due[row] >= 0:
        cancel(wheel, row)
    bucket = week % heads.shape[0]
    first = heads[bucket]
    after[row] = first
    before[row] = -1
    if first >= 0:
        before[first] = row
    heads[bucket] = row
    due[row] = week


@njit(cache=True, nogil=True)
def cancel(wheel: tuple, row: int) -> None:
    """Take a row off the wheel."""
    heads, after, before, due = wheel
    if due[row] < 0:
        return
    if before[row] >= 0:
        after[before[row]] = after[row]
    else:
        heads[due[row] % heads.shape[0]] = after[row]
    if after[row] >= 0:
        before[after[row]] = before[row]
    after[row] = -1
    before[row] = -1
    due[row] = -1


@njit(cache=True, nogil=True)
def collect(wheel: tuple, week: int, out: np.ndarray) -> int:
    """Take all rows due in a week off the wheel, write them to `out`, return how many.

    The whole bucket is taken down; rows of a later turn of the wheel are hung up again in the same order.
    """
    heads, after, before, due = wheel
    bucket = week % heads.shape[0]
    row = heads[bucket]
    heads[bucket] = -1
    n = 0
    last = -1
    while row >= 0:
        following = after[row]
        after[row] = -1
        if due[row] == week:
            before[row] = -1
            due[row] = -1
            out[n] = row
            n += 1
        else:
            before[row] = last
            if last >= 0:
                after[last] = row
            else:
                heads[bucket] = row
            last = row
        row = following
    return n


@njit(cache=True, nogil=True)
def schedule_many(wheel: tuple, rows: np.ndarray, weeks: np.ndarray) -> None:
    """Let each of `rows` (n) fall due in its week (n)."""
    for i in range(rows.shape[0]):
        schedule(wheel, rows[i], weeks[i])


@njit(cache=True, nogil=True)
def cancel_many(wheel: tuple, rows: np.ndarray) -> None:
    """Take each of `rows` (n) off the wheel."""
    for i in range(rows.shape[0]):
        cancel(wheel, rows[i])


@njit(cache=True, nogil=True)
def blank(block: np.ndarray, rows: np.ndarray, initial: np.ndarray) -> None:
    """Reset `rows` (n) of each field of a block (fields, capacity, width) to the fields' initial values."""
    for f in range(block.shape[0]):
        for k in range(rows.shape[0]):
            for w in range(block.shape[2]):
                block[f, rows[k], w] = initial[f]
