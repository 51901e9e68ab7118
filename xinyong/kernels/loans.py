"""Loans: drawn, paid by the month, fallen behind on."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.beliefs import perceived
from xinyong.kernels.random import uniform
from xinyong.kernels.variates import normal
from xinyong.kernels.wheel import schedule

LARGEST_YUAN = 2_000_000_000
WEEKS_PER_MONTH = 365.25 / 12 / 7
WRITE_OFF_MONTHS = 24
# totals filled by monthly_visits
PAID, ARREARS, DEFAULTS, CLOSED, WRITTEN_OFF, TOTALS = 0, 1, 2, 3, 4, 5
DEBT = 0  # class of perceived risk


@njit(cache=True, nogil=True)
def draw_loans(amount, months, when, rows, number, kind, shape, base, key):
    """Fill amount (yuan), months and day of the loans of `rows` (n); shape = means, sds, terms, Monday."""
    for i in range(rows.shape[0]):
        row = rows[i]
        who = base | np.uint64(number[row])
        middle = shape[2] if kind[row] else shape[0]
        yuan = 10.0 ** (middle + shape[1] * normal(uniform(key, who, 1)))
        amount[i] = min(max(int(yuan), 100), LARGEST_YUAN)
        months[i] = int(shape[3] + (shape[4] - shape[3] + 1) * uniform(key, who, 2))
        when[i] = int(shape[5]) + int(7 * uniform(key, who, 3))


@njit(cache=True, inline="always")
def next_visit(taken_week: int, visits: int) -> int:
    """The week of the next monthly instalment: months of 30.44 days counted from the loan."""
    return taken_week + int((visits + 1) * WEEKS_PER_MONTH)


@njit(cache=True, inline="always")
def instalments_due(outstanding: int, left: int, missed: int) -> int:
    """Yuan owed today: this month's equal part and those missed; the last clears the loan."""
    due = missed + 1
    return outstanding if due >= left else int(outstanding / left) * due


@njit(cache=True, nogil=True)
def book_loans(loans, wheel, taken, rows, new, week):
    """Enter new loans (n rows) and number the party's loans; new = (party, amount, months)."""
    party, serial, outstanding, left, _, _, _, taken_week = loans
    borrower, amount, months = new
    for k in range(rows.shape[0]):
        i, p = rows[k], borrower[k]
        party[i], serial[i] = p, taken[p]
        taken[p] += np.uint8(1)
        outstanding[i], left[i], taken_week[i] = amount[k], months[k], week
        schedule(wheel, i, next_visit(week, 0))


@njit(cache=True, inline="always")
def _held_back(code, course, reach, chances):
    """Factor on the chance to evade of one who thinks the risk higher or lower than at rest."""
    return math.exp(-chances[3] * (perceived(code, course[DEBT], reach[DEBT]) - chances[4]))


@njit(cache=True, nogil=True)
def monthly_visits(loans, wheel, due, people, chances, week, base, key, defaulted, closed, totals):
    """One instalment day for each loan of `due` (n rows); returns how many newly defaulted.

    loans = (party, serial, outstanding, left, visits, missed, evading, taken_week); people = (number, unable,
    persons, belief, course, reach); chances = (start evading this month, cure when able again, months before default,
    weight of perceived risk, risk at rest). An empty column of beliefs changes nobody's chance.
    Rows of defaults go to `defaulted`, rows to free to `closed`; `totals` counts yuan and loans.
    """
    party, serial, outstanding, left, visits, missed, evading, taken = loans
    number, unable, persons, belief, course, reach = people
    for k in range(due.shape[0]):
        i = due[k]
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 4
        feels = chances[3] != 0.0 and belief.shape[0] > 0 and party[i] < persons
        held_back = _held_back(belief[party[i], DEBT], course, reach, chances) if feels else 1.0
        if evading[i] == 0 and uniform(key, who, turn) < chances[0] * held_back:
            evading[i] = 1
        pays = evading[i] == 0 and unable[party[i]] == 0
        if pays and missed[i] > 0:
            pays = uniform(key, who, turn + 1) < chances[1]
        visits[i] += 1
        if pays:
            yuan = instalments_due(outstanding[i], left[i], missed[i])
            left[i] -= min(np.int64(left[i]), np.int64(missed[i]) + 1)
            outstanding[i] -= yuan
            totals[PAID] += yuan
            totals[ARREARS] -= missed[i] > 0
            missed[i] = 0
        else:
            totals[ARREARS] += missed[i] == 0
            missed[i] += 1
            if missed[i] == chances[2]:
                defaulted[totals[DEFAULTS]] = i
                totals[DEFAULTS] += 1
        if outstanding[i] == 0 or missed[i] >= WRITE_OFF_MONTHS:
            totals[WRITTEN_OFF] += outstanding[i]
            totals[ARREARS] -= missed[i] > 0
            closed[totals[CLOSED]] = i
            totals[CLOSED] += 1
        else:
            schedule(wheel, i, next_visit(taken[i], visits[i]))
