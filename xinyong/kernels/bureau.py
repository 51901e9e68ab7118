"""The credit reference centre: adverse records, the cell of a file, and the score looked up for each cell."""

import numpy as np
from numba import njit

from xinyong.kernels.loans import next_visit
from xinyong.kernels.random import uniform
from xinyong.kernels.wheel import schedule

CELLS = 256
NO_RECORD, NOT_SCORED = -1, -2
YEARS = 63  # of `credit_file`: one more than the years since the record was opened
BAD = 64  # of `credit_file`: in default this year
A_YEAR = 52
DEFAULT_MONTHS = 3
BANDS = 10
# rules handed to the kernels, in this order
MONTHS, RETENTION_DAYS, WRONG_FILE = range(3)
# totals filled by `hear_lenders`
FRESH, STRAYS, INQUIRIES, TOTALS = range(4)


@njit(cache=True, inline="always")
def cell_of(kept: int, lasting: int, owed: int, granted: int, years: int, inquiries: int) -> int:
    """The cell of a file: four characteristics of four classes each, two bits apiece.

    Arrears: none, one record kept, more, in arrears now. Use: no open loan, under a third of it still owed, under
    two thirds, more. Age of the record, in New Years: up to one, up to three, up to six, more. Inquiries of the last
    year: none, one, two, more.
    """
    arrears = 3 if lasting > 0 else min(kept, 2)
    use = 0 if granted == 0 else 1 + min(3 * owed // granted, 2)
    age = (years >= 2) + (years >= 4) + (years >= 7)
    return arrears | (use << 2) | (age << 4) | (min(inquiries, 3) << 6)


@njit(cache=True, inline="always")
def band_of(score: int) -> int:
    """The band of a hundred points a score lies in, 0 to 9; 1000 is in the highest."""
    return min(score // 100, BANDS - 1)


@njit(cache=True, nogil=True)
def hear_lenders(fresh, strays, totals, credit_file, number, loans, high, rules, times, base, key):
    """What lenders report after some weeks: loans newly in arrears go to `fresh`, places of mix-ups to `strays`.

    loans = (alive, party, missed, visits, taken_week), of which the first `high` rows exist; times = (week, weeks
    since the last report). At most one instalment day of a loan lies between two reports.
    """
    alive, party, missed, visits, taken = loans
    last = times[0] - times[1]
    late, stray, asked = 0, 0, 0
    for i in range(high):
        if credit_file[party[i]] == 0 or alive[i] == 0:
            continue
        asked += taken[i] > last
        if missed[i] != rules[MONTHS]:
            continue
        visited = next_visit(taken[i], visits[i] - 1)
        if visited <= last or visited > times[0]:
            continue
        if uniform(key, base | np.uint64(number[party[i]]), np.int64(taken[i])) < rules[WRONG_FILE]:
            strays[stray] = late
            stray += 1
        fresh[late] = i
        late += 1
    totals[FRESH], totals[STRAYS], totals[INQUIRIES] = late, stray, asked


@njit(cache=True, nogil=True)
def turn_records(records, wheel, high, credit_file, loans, rules, monday, first_day, week):
    """Note defaults and the end of arrears, and fix the week in which a record is to be deleted.

    Arrears are over when the loan is closed, or paid up and not in court. records = (alive, loan, taken, ended_day,
    defaulted), the first `high` rows; loans = (alive, party, missed, taken_week, due).
    """
    alive, loan, taken, ended, defaulted = records
    l_alive, l_party, missed, l_taken, due = loans
    for i in range(high):
        if alive[i] == 0:
            continue
        if ended[i] < 0:
            k = loan[i]
            closed = l_alive[k] == 0 or l_taken[k] != taken[i]
            if closed or (missed[k] == 0 and due[k] >= 0):
                ended[i] = monday
            elif defaulted[i] == 0 and (missed[k] >= DEFAULT_MONTHS or due[k] < 0):
                defaulted[i] = 1
                if credit_file[l_party[k]] > 0:
                    credit_file[l_party[k]] |= BAD
        if ended[i] >= 0 and wheel[i] < 0 and rules[RETENTION_DAYS] > 0:
            schedule(wheel, i, max(week + 1, (ended[i] + np.int64(rules[RETENTION_DAYS]) - first_day) // 7))


@njit(cache=True, nogil=True)
def enter_records(records, rows, parties, loans, false, taken_week, first_number):
    """Enter the arrears of `loans` (n) into the files of `parties` (n), rows (n), numbered from `first_number` on.

    records = (party, loan, taken, ended_day, number, false).
    """
    party, loan, taken, ended, number, wrong = records
    for k in range(rows.shape[0]):
        i = rows[k]
        party[i], loan[i], wrong[i] = parties[k], loans[k], false[k]
        taken[i], ended[i], number[i] = taken_week[loans[k]], -1, first_number + k


@njit(cache=True, nogil=True)
def score_files(rows, cells, defaulted, bands, score, credit_file, loans, highs, records, table, week):
    """Work out the cell of each file and whether it is in default now, and look its score up; returns how many files.

    loans = (alive, party, outstanding, left, visits, missed, taken_week), records = (alive, party, ended_day,
    defaulted), the first `highs` rows of each. `rows`, `cells`, `defaulted` (parties) are filled from the beginning;
    `bands` (11) takes the change of the number of files in each band and of those without a score.
    """
    l_alive, l_party, outstanding, left, visits, missed, taken_week = loans
    r_alive, r_party, ended, r_defaulted = records
    n, place = 0, np.empty(credit_file.shape[0], np.int32)
    for p in range(credit_file.shape[0]):
        rows[n], place[p] = p, n
        n += credit_file[p] > 0
    owed, granted = np.zeros(n, np.int64), np.zeros(n, np.int64)
    inquiries, kept, lasting = np.zeros(n, np.uint16), np.zeros(n, np.uint16), np.zeros(n, np.uint16)
    for i in range(highs[0]):
        if credit_file[l_party[i]] == 0 or l_alive[i] == 0 or left[i] == 0:
            continue
        k = place[l_party[i]]
        owed[k] += outstanding[i]
        months = np.int64(left[i]) + visits[i] - missed[i]
        granted[k] += np.int64(outstanding[i]) * months // left[i]
        inquiries[k] += week - np.int64(taken_week[i]) < A_YEAR
    for i in range(highs[1]):
        if r_alive[i] == 0:
            continue
        k = place[r_party[i]]
        kept[k] += 1
        lasting[k] += ended[i] < 0
        defaulted[k] |= r_defaulted[i] == 1 and ended[i] < 0
    for k in range(n):
        p = rows[k]
        years = (credit_file[p] & YEARS) - 1
        cells[k] = cell_of(kept[k], lasting[k], owed[k], granted[k], years, inquiries[k])
        old, new = score[p], table[cells[k]]
        bands[BANDS if old < 0 else band_of(old)] -= 1
        bands[BANDS if new < 0 else band_of(new)] += 1
        score[p] = new
    return n


@njit(cache=True, nogil=True)
def open_files(opened, people, credit_file, score, shares, minimum_age, base, fixed_key, key):
    """Open credit records for so many borrowers that they are a share of all files; rows go to `opened`.

    people = (number, age, kind, loans_taken); shares = (files among persons, records among files). Returns how many
    persons have a file (adults whose trait lies under the share) and how many records were opened.
    """
    number, age, kind, taken = people
    persons, grown = 0, 0
    for p in range(number.shape[0]):
        persons += kind[p] == 0
        grown += kind[p] == 0 and age[p] >= minimum_age
    cut = shares[0] * persons / max(grown, 1)
    files, held, n = 0, 0, 0
    for p in range(number.shape[0]):
        if (
            kind[p] == 0
            and age[p] >= minimum_age
            and uniform(fixed_key, base | np.uint64(number[p]), 0) < cut
        ):
            files += 1
            held += credit_file[p] > 0
            if credit_file[p] == 0 and taken[p] > 0:
                opened[n] = p
                n += 1
    missing = (shares[1] * files - held) / max(n, 1)
    m = 0
    for k in range(n):
        p = opened[k]
        if uniform(key, base | np.uint64(number[p]), 1) < missing:
            credit_file[p], score[p], opened[m] = 1, NOT_SCORED, p
            m += 1
    return files, m
