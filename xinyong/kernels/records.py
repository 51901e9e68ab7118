"""The life of a shared record: source, queue, live, gone."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential
from xinyong.kernels.wheel import cancel, schedule

SOURCE, QUEUED, LIVE, DELETING = 0, 1, 2, 3
EXPIRED, DELETED, LOST = 4, 5, 6
NEVER = 2**30
# rules handed to the kernels, in this order
SOURCE_DAYS, PLATFORM_DAYS, SHARED, LOST_SHARE, STALE, RECONCILED_DAYS = range(6)


@njit(cache=True, inline="always")
def _later(day, mean_days, u):
    return day + int(mean_days * exponential(u))


@njit(cache=True, nogil=True)
def enter_records(records, rows, number, rules, base, key):
    """Give new records (n rows) the day they leave the source; those not shared stay there.

    records = (party, serial, state, next_day, entered_day).
    """
    party, serial, state, next_day, entered = records
    for k in range(rows.shape[0]):
        i = rows[k]
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 16
        state[i] = SOURCE
        shared = uniform(key, who, turn) < rules[SHARED]
        next_day[i] = _later(entered[i], rules[SOURCE_DAYS], uniform(key, who, turn + 1)) if shared else NEVER


@njit(cache=True, nogil=True)
def recall_records(records, wheel, rows, days, number, rules, first_day, week, base, key, steps):
    """The source strikes records (n rows): live ones go when the message arrives, or go stale; others at once.

    Those that go at once are written to `steps` (row, from, to, day); returns how many.
    """
    party, serial, state, next_day, _ = records
    n = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 16
        cancel(wheel, i)
        if state[i] != LIVE:
            steps[n, 0], steps[n, 1], steps[n, 2], steps[n, 3] = i, state[i], DELETED, days[k]
            state[i] = DELETED
            n += 1
            continue
        if uniform(key, who, turn + 2) < rules[STALE]:
            next_day[i] = days[k] + int(rules[RECONCILED_DAYS])
        else:
            state[i] = DELETING
            at_platform = _later(days[k], rules[SOURCE_DAYS], uniform(key, who, turn + 3))
            next_day[i] = _later(at_platform, rules[PLATFORM_DAYS], uniform(key, who, turn + 4))
        schedule(wheel, i, max(week, (next_day[i] - first_day) // 7))
    return n


@njit(cache=True, nogil=True)
def carry_records(records, wheel, due, number, rules, first_day, week, base, key, steps):
    """Move each due record (n rows) as far as this week allows; returns steps (row, from, to, day) written."""
    party, serial, state, next_day, _ = records
    last_day = first_day + 7 * week + 6
    n = 0
    for k in range(due.shape[0]):
        i = due[k]
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 16
        while next_day[i] <= last_day:
            day = next_day[i]
            steps[n, 0], steps[n, 1], steps[n, 3] = i, state[i], day
            if state[i] == SOURCE:
                lost = uniform(key, who, turn + 5) < rules[LOST_SHARE]
                state[i] = LOST if lost else QUEUED
                next_day[i] = (
                    NEVER if lost else _later(day, rules[PLATFORM_DAYS], uniform(key, who, turn + 6))
                )
            elif state[i] == QUEUED:
                state[i] = LIVE
                next_day[i] = NEVER
            else:
                state[i] = DELETED if state[i] == DELETING else EXPIRED
                next_day[i] = NEVER
            steps[n, 2] = state[i]
            n += 1
        if next_day[i] < NEVER:
            schedule(wheel, i, (next_day[i] - first_day) // 7)
    return n


@njit(cache=True, nogil=True)
def rename(named_by, barred, targets, alive, party, target, issuer, state, masks):
    """Work out anew, for `targets` (n rows of parties), who names them and what they are barred from."""
    for k in range(targets.shape[0]):
        named_by[targets[k]] = 0
        barred[targets[k]] = 0
    for i in range(alive.shape[0]):
        if alive[i] == 0 or (state[i] != LIVE and state[i] != DELETING):
            continue
        named_by[party[i]] |= 1 << issuer[i]
        barred[party[i]] |= masks[issuer[i]]
        if target[i] >= 0:
            barred[target[i]] |= masks[issuer[i]]
