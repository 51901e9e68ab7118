"""The register of listed debtors: publication, term, end, deletion."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential, normal
from xinyong.kernels.wheel import schedule

NONE, NOTICE, OPEN, TERM, FULFILLED, TERMINATED, EXPIRED = 0, 3, 4, 5, 6, 7, 8
PERFORMED, BY_TERMINATION, BY_EXPIRY, CORRECTED = 1, 2, 3, 4
NEVER = 2**30
DAYS_PER_YEAR = 365.25
# rules handed to `keep_register`, in this order
(TERM_SHARE, TERM_YEARS, EXTENDED_SHARE, EXTENSION_YEARS, OTHER_EXITS, MEDIAN_WORKING_DAYS, LOG_SD) = range(7)
PUBLISHED, DELETED, STEPS, TOTALS = range(4)


@njit(cache=True, inline="always")
def deletion_day(ended, u, rules, upto, nth, origin):
    """Day on which the court deletes: a lognormal number of working days after the listing's ground ended."""
    wait = max(1, round(rules[MEDIAN_WORKING_DAYS] * math.exp(rules[LOG_SD] * normal(u))))
    past = upto[min(ended - origin, upto.shape[0] - 1)]
    return nth[min(past + wait - 1, nth.shape[0] - 1)]


@njit(cache=True, inline="always")
def listing_ends(day, who, turn, rules, key):
    """Whether the listing has a term, and the day it ends by itself (term, or another ground of removal)."""
    if uniform(key, who, turn) < rules[TERM_SHARE] and rules[TERM_YEARS] > 0:
        years = rules[TERM_YEARS]
        if uniform(key, who, turn + 1) < rules[EXTENDED_SHARE]:
            years += 1 + int(rules[EXTENSION_YEARS] * uniform(key, who, turn + 2))
        return True, day + int(years * DAYS_PER_YEAR)
    if rules[OTHER_EXITS] <= 0.0:
        return False, NEVER
    wait = DAYS_PER_YEAR * exponential(uniform(key, who, turn + 3)) / rules[OTHER_EXITS]
    return False, day + int(wait) if wait < 1e6 else NEVER


@njit(cache=True, nogil=True)
def keep_register(
    cases, wheel, due, number, rules, upto, nth, first_day, week, base, key, published, deleted, steps, totals
):
    """Carry each due listing (n rows) through every change whose day lies within this week.

    cases = (party, serial, list_state, published_day, ended_day, next_day, exit, term).
    Published and deleted rows go to their arrays; each change of state to `steps` (row, from, to, day).
    """
    party, serial, state, published_day, ended_day, next_day, exit_, term = cases
    last_day = first_day + 7 * week + 6
    for k in range(due.shape[0]):
        i = due[k]
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 16
        while next_day[i] <= last_day:
            day = next_day[i]
            before = state[i]
            if before == NOTICE:
                has_term, end = listing_ends(day, who, turn, rules, key)
                state[i] = TERM if has_term else OPEN
                term[i] = has_term
                published_day[i] = day
                next_day[i] = end
                published[totals[PUBLISHED]] = i
                totals[PUBLISHED] += 1
            elif before in (OPEN, TERM):
                state[i] = EXPIRED if before == TERM else TERMINATED
                exit_[i] = BY_EXPIRY if before == TERM else BY_TERMINATION
                ended_day[i] = day
                next_day[i] = deletion_day(day, uniform(key, who, turn + 4), rules, upto, nth, first_day)
            else:
                state[i] = NONE
                next_day[i] = NEVER
                deleted[totals[DELETED]] = i
                totals[DELETED] += 1
            steps[totals[STEPS], 0] = i
            steps[totals[STEPS], 1] = before
            steps[totals[STEPS], 2] = state[i]
            steps[totals[STEPS], 3] = day
            totals[STEPS] += 1
        if next_day[i] < NEVER:
            schedule(wheel, i, (next_day[i] - first_day) // 7)


@njit(cache=True, nogil=True)
def end_listings(
    cases, wheel, rows, days, reasons, number, rules, upto, nth, first_day, week, base, key, steps
):
    """End listings whose debtor performed or was found wrongly listed; returns how many (others are skipped).

    cases as in `keep_register`. A listing that ends by itself on an earlier day of the week is skipped.
    """
    party, serial, state, _, ended_day, next_day, exit_, _ = cases
    n = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        if (state[i] != OPEN and state[i] != TERM) or next_day[i] <= days[k]:
            continue
        who = base | np.uint64(number[party[i]])
        u = uniform(key, who, np.int64(serial[i]) * 16 + 5)
        steps[n, 0] = i
        steps[n, 1] = state[i]
        state[i] = FULFILLED if reasons[k] == PERFORMED else TERMINATED
        steps[n, 2] = state[i]
        steps[n, 3] = days[k]
        exit_[i] = reasons[k]
        ended_day[i] = days[k]
        next_day[i] = deletion_day(days[k], u, rules, upto, nth, first_day)
        schedule(wheel, i, max(week, (next_day[i] - first_day) // 7))
        n += 1
    return n


@njit(cache=True, nogil=True)
def census(listed, kind, party, change):
    """Add `change` (1 or -1) to the listings of each party; how many persons and organisations came on or went off."""
    persons = organisations = 0
    for p in party:
        edge = listed[p] == (0 if change > 0 else 1)
        listed[p] = np.uint8(np.int64(listed[p]) + change)
        persons += edge and kind[p] == 0
        organisations += edge and kind[p] != 0
    return persons, organisations
