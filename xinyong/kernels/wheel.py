"""Due-week wheels: the week each row of a side table falls due, scanned once a week."""

import numpy as np
from numba import njit

STRIPE = 32
LAST_WEEK = 32_767

# A wheel is one int16 a row: the week it falls due, -1 if none. Looking through all rows of a shard costs less than a
# quarter of a nanosecond a row, far less than hanging each row in a list and taking it off again. No calendar reaches
# the last week, so what falls due there or later never does.


@njit(cache=True, inline="always")
def schedule(wheel: np.ndarray, row: int, week: int) -> None:
    """Let a row fall due in a week; a row already scheduled is moved."""
    wheel[row] = min(week, LAST_WEEK)


@njit(cache=True, inline="always")
def cancel(wheel: np.ndarray, row: int) -> None:
    """Take a row off the wheel."""
    wheel[row] = -1


@njit(cache=True, nogil=True)
def collect(wheel: np.ndarray, week: int, out: np.ndarray) -> int:
    """Take all rows due in a week off the wheel, write them to `out` in order, return how many."""
    due = np.int16(week)
    n = 0
    for first in range(0, wheel.shape[0], STRIPE):
        weeks = wheel[first : first + STRIPE]
        some = np.int16(0)
        for i in range(weeks.shape[0]):
            some |= np.int16(weeks[i] == due)
        if some:
            for i in range(weeks.shape[0]):
                if weeks[i] == due:
                    weeks[i] = -1
                    out[n] = first + i
                    n += 1
    return n


@njit(cache=True, nogil=True)
def schedule_many(wheel: np.ndarray, rows: np.ndarray, weeks: np.ndarray) -> None:
    """Let each of `rows` (n) fall due in its week (n)."""
    for i in range(rows.shape[0]):
        schedule(wheel, rows[i], weeks[i])


@njit(cache=True, nogil=True)
def cancel_many(wheel: np.ndarray, rows: np.ndarray) -> None:
    """Take each of `rows` (n) off the wheel."""
    for i in range(rows.shape[0]):
        cancel(wheel, rows[i])
