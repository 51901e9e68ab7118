"""Grievances with a known cause: unpaid winners of lawsuits, listed debtors, their families, and witnesses."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform

# causes, and the places of their counts in the packed word of a person (8 bits each)
CREDITOR, DEBTOR, FAMILY, REFUSED, OUTRAGE = range(5)
GONE, FRESH, TOTALS = 5, 6, 7
CALMED = 6  # as a cause: compensated, no grievance for the time
ADULT = 18
STRIPE = 64
JUDGED = 1
FADED = 1 / 256
_TOP = np.uint32(255)


@njit(cache=True, inline="always")
def _add(word, cause, many):
    """One more of a cause in a packed word, up to 255."""
    shift = np.uint32(8 * cause)
    had = (word >> shift) & _TOP
    return word + (np.uint32(min(many, 255 - np.int64(had))) << shift)


@njit(cache=True, inline="always")
def has(word, cause):
    """How many of a cause a packed word holds."""
    return np.int64((word >> np.uint32(8 * cause)) & _TOP)


@njit(cache=True, inline="always")
def creditor_of(who, share, row_of, household, age, persons, key):
    """Row of the natural person to whom a debt is owed, -1 if it is a bank or a firm (`who` is the draw's number).

    A child's place is taken by the first member of the household.
    """
    if persons == 0 or uniform(key, who, 0) >= share:
        return -1
    number = min(np.int64(uniform(key, who, 1) * persons), persons - 1)
    row = np.int64(row_of[number]) if row_of.shape[0] else number
    return row if age[row] >= ADULT else row - household[row]


@njit(cache=True, inline="always")
def _family(wanted, row, listed, household, age):
    """Add to every other adult of a household that so many listings stand against one of them."""
    first = row - household[row]
    i = first
    while i < wanted.shape[0] and (i == first or household[i] > 0):
        if i != row and age[i] >= ADULT:
            wanted[i] = _add(wanted[i], FAMILY, listed)
        i += 1


@njit(cache=True, inline="always")
def _claims(wanted, cases, number, row_of, household, age, share, base, key):
    """Add one unpaid judgment for the creditor of each case still owed; the debt decides who the creditor is."""
    alive, party, serial, stage, paid = cases
    for k in range(alive.shape[0]):
        if alive[k] == 0 or stage[k] < JUDGED or (paid.shape[0] and paid[k]):
            continue
        who = base | np.uint64(number[party[k]]) | (np.uint64(serial[k]) << np.uint64(48))
        row = creditor_of(who, share, row_of, household, age, wanted.shape[0], key)
        if row >= 0 and row != party[k]:
            wanted[row] = _add(wanted[row], CREDITOR, 1)


@njit(cache=True, inline="always")
def _listings(wanted, listed, household, age):
    """Add published listings to the debtor and to the other adults of the household; 64 persons at a glance."""
    for first in range(0, wanted.shape[0] if listed.shape[0] else 0, STRIPE):
        few = listed[first : min(first + STRIPE, wanted.shape[0])]
        some = np.uint8(0)
        for j in range(few.shape[0]):
            some |= few[j]
        for j in range(few.shape[0] if some else 0):
            if few[j]:
                i = first + j
                wanted[i] = _add(wanted[i], DEBTOR, np.int64(few[j]))
                _family(wanted, i, np.int64(few[j]), household, age)


@njit(cache=True, nogil=True)
def gather(wanted, people, cases, listed, wanters, share, base, key):
    """Pack this week's causes of every person into `wanted` (persons, uint32).

    people = (number, row_of, household, age); cases = (alive, party, serial, stage, paid), empty where there are none;
    `listed` counts a party's listings; wanters = persons once barred (n) and their refusals (n, activities).
    """
    number, row_of, household, age = people
    if share > 0:
        _claims(wanted, cases, number, row_of, household, age, share, base, key)
    _listings(wanted, listed, household, age)
    wanter, learned = wanters
    for k in range(wanter.shape[0]):
        i = wanter[k]
        if i < wanted.shape[0] and has(wanted[i], DEBTOR) and learned[k].sum() > 0:
            wanted[i] = _add(wanted[i], REFUSED, 1)


@njit(cache=True, inline="always")
def hardship(creditor, debtor, family, refused, outrage, weights):
    """Hardship 0 to 1 from all causes, each taking its weight of what the others leave, and which weighs most.

    Sources: 0 creditor, 1 debtor (refusals with it), 2 family, 3 outrage.
    """
    owed = weights[CREDITOR] * (creditor > 0)
    listed = 1.0 - (1.0 - weights[DEBTOR] * (debtor > 0)) * (1.0 - weights[REFUSED] * (refused > 0))
    kin = weights[FAMILY] * (family > 0)
    seen = weights[OUTRAGE] * min(outrage, 1.0)
    most = max(max(owed, listed), max(kin, seen))
    source = 0 if owed == most else 1 if listed == most else 2 if kin == most else 3
    return 1.0 - (1.0 - owed) * (1.0 - listed) * (1.0 - kin) * (1.0 - seen), source


@njit(cache=True, inline="always")
def _write(table, k, word, weights, today, totals):
    """Write a row's causes, its hardship and what weighs most in it; count it by cause."""
    _, _, creditor, debtor, family, refused, outrage, calm, level, cause = table
    creditor[k], debtor[k], family[k] = has(word, CREDITOR), has(word, DEBTOR), has(word, FAMILY)
    refused[k] = has(word, REFUSED)
    h, cause[k] = hardship(creditor[k], debtor[k], family[k], refused[k], outrage[k], weights)
    level[k] = np.uint8(255.0 * h + 0.5)
    if calm[k] > today:
        level[k], cause[k] = 0, CALMED
    totals[CREDITOR] += creditor[k] > 0
    totals[DEBTOR] += debtor[k] > 0
    totals[FAMILY] += family[k] > 0
    totals[REFUSED] += refused[k] > 0
    totals[OUTRAGE] += outrage[k] > 0.0


@njit(cache=True, nogil=True)
def renew(table, high, wanted, weights, fading, today, gone, fresh, totals):
    """Give each living row this week's causes. Rows without any go to `gone`, persons without a row to `fresh`.

    table = (alive, party, creditor, debtor, family, refused, outrage, calm_until, hardship, cause); `fading` is the
    share of outrage left after a week. Only the words of `fresh` remain in `wanted`. totals (TOTALS) count rows by
    cause, then those gone and those fresh. A compensated person feels no hardship for the time.
    """
    outrage, calm = table[6], table[7]
    for k in range(high):
        if table[0][k] == 0:
            continue
        word = wanted[table[1][k]]
        wanted[table[1][k]] = np.uint32(0)
        outrage[k] = outrage[k] * fading if outrage[k] * fading > FADED else 0.0
        if word == 0 and outrage[k] == 0.0 and calm[k] <= today:
            gone[totals[GONE]] = k
            totals[GONE] += 1
        else:
            _write(table, k, word, weights, today, totals)
    for first in range(0, wanted.shape[0], STRIPE):
        few = wanted[first : first + STRIPE]
        some = np.uint32(0)
        for j in range(few.shape[0]):
            some |= few[j]
        for j in range(few.shape[0] if some else 0):
            if few[j]:
                fresh[totals[FRESH]] = first + j
                totals[FRESH] += 1


@njit(cache=True, nogil=True)
def fill(table, rows, persons, wanted, weights, today, totals):
    """Write fresh rows (n) of the table for `persons` (n)."""
    for k in range(rows.shape[0]):
        table[1][rows[k]] = persons[k]
        _write(table, rows[k], wanted[persons[k]], weights, today, totals)


@njit(cache=True, nogil=True)
def weigh(table, rows, weights, today):
    """Weigh hardship anew in some rows (n) whose outrage or compensation has changed."""
    _, _, creditor, debtor, family, refused, outrage, calm, level, cause = table
    for k in rows:
        h, cause[k] = hardship(creditor[k], debtor[k], family[k], refused[k], outrage[k], weights)
        level[k] = np.uint8(255.0 * h + 0.5)
        if calm[k] > today:
            level[k], cause[k] = 0, CALMED


@njit(cache=True)
def kept_share(memory_years: float, years: float) -> float:
    """Share of a feeling left after some years, if it fades at a steady rate; 0 without memory."""
    return math.exp(-years / memory_years) if memory_years > 0 else 0.0
