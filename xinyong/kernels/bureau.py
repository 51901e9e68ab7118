"""The credit reference centre: adverse records, the cell of a file, and the score looked up for each cell."""

import numpy as np
from numba import njit

from xinyong.kernels.loans import next_visit
from xinyong.kernels.random import uniform

CELLS = 256
NO_RECORD, NOT_SCORED = -1, -2
YEARS, BAD = (
    63,
    64,
)  # of `credit_file`: one more than the years since the record was opened; in default this year
SHORTEST_GAP = 4  # weeks from one instalment to the next
A_YEAR = 52
DEFAULT_MONTHS = 3
# rules handed to the kernels, in this order
MONTHS, RETENTION_DAYS, WRONG_FILE = range(3)
# totals filled by `hear_week`
TOUCHED, FRESH, STRAYS, REMOVED, DELETED, CORRECTED, FALSE_REMOVED, INQUIRIES, TOTALS = range(9)
BANDS = 10


@njit(cache=True, inline="always")
def cell_of(kept: int, lasting: int, owed: int, granted: int, years: int, inquiries: int) -> int:
    """The cell of a file: four characteristics of four classes each, two bits apiece.

    Arrears: none, one record kept, more, in arrears now. Use: no open loan, under a third of it still owed, under
    two thirds, more. Age of the record: under a year, under three, under six, older. Inquiries of the last year: none,
    one, two, more.
    """
    arrears = 3 if lasting > 0 else min(kept, 2)
    use = 0 if granted == 0 else 1 + min(3 * owed // granted, 2)
    age = (years >= 1) + (years >= 3) + (years >= 6)
    return arrears | (use << 2) | (age << 4) | (min(inquiries, 3) << 6)


@njit(cache=True, inline="always")
def band_of(score: int) -> int:
    """The band of a hundred points a score lies in, 0 to 9; 1000 is in the highest."""
    return min(score // 100, BANDS - 1)


@njit(cache=True)
def _touch(p, credit_file, noted, touched, totals):
    """Note a file to be worked out anew, once. Loops over many rows write this out: handing on arrays costs 25 ns."""
    if credit_file[p] > 0 and noted[p] == 0:
        touched[totals[TOUCHED]] = p
        totals[TOUCHED] += 1
        noted[p] = 1


@njit(cache=True, nogil=True)
def touch_all(noted, touched, totals, credit_file):
    """Note every file that holds a credit record."""
    n = totals[TOUCHED]
    for p in range(credit_file.shape[0]):
        if credit_file[p] > 0 and noted[p] == 0:
            touched[n] = p
            n += 1
            noted[p] = 1
    totals[TOUCHED] = n


@njit(cache=True, nogil=True)
def hear_week(scratch, totals, credit_file, number, loans, highs, records, news, rules, times, base, key):
    """What lenders report in a week: inquiries, defaults, loans taken, paid on, missed, closed; and the week's clocks.

    scratch = (noted, touched, fresh, strays, removed) is filled; loans and records as in the functions below, of which
    the first `highs` rows exist; news = parties that borrowed, defaulted, or whose loan was closed, and numbers of the
    records to be struck after a dispute; times = (week, Monday).
    """
    noted, touched, fresh, strays, removed = scratch
    inquired, defaulted, closed, struck = news
    for k in range(inquired.shape[0]):
        totals[INQUIRIES] += credit_file[inquired[k]] > 0
    for k in range(defaulted.shape[0]):
        if credit_file[defaulted[k]] > 0:
            credit_file[defaulted[k]] |= BAD
    for k in range(closed.shape[0]):
        _touch(closed[k], credit_file, noted, touched, totals)
    _visited(noted, touched, fresh, totals, credit_file, loans, highs[0], rules, times[0])
    for k in range(totals[FRESH]):
        loan = fresh[k]
        who = base | np.uint64(number[loans[1][loan]])
        if uniform(key, who, np.int64(loans[4][loan])) < rules[WRONG_FILE]:
            strays[totals[STRAYS]] = k
            totals[STRAYS] += 1
    _turn(noted, touched, removed, totals, credit_file, loans, highs[1], records, struck, rules, times[1])


@njit(cache=True)
def _visited(noted, touched, fresh, totals, credit_file, loans, high, rules, week):
    """Note files with a loan taken or an instalment day this week; loans newly in arrears go to `fresh`.

    loans = (alive, party, missed, visits, taken_week, due): a loan due four weeks or more ahead was visited this week,
    or a week ago.
    """
    _, party, missed, visits, taken, due = loans
    n, m = totals[TOUCHED], 0
    ahead = np.int32(week + SHORTEST_GAP)
    for i in range(high):
        fresh[m] = i
        m += due[i] >= ahead
    late = 0
    for k in range(m):
        i = fresh[k]
        p = party[i]
        if credit_file[p] == 0:
            continue
        if noted[p] == 0:
            touched[n] = p
            n += 1
            noted[p] = 1
        if missed[i] == rules[MONTHS] and next_visit(taken[i], visits[i] - 1) == week:
            fresh[late] = i
            late += 1
    totals[FRESH] = late
    totals[TOUCHED] = n


@njit(cache=True)
def _turn(noted, touched, removed, totals, credit_file, loans, high, records, struck, rules, monday):
    """Close arrears that are over, strike what a dispute showed to be wrong, delete what was kept long enough.

    Arrears are over when the loan is closed, or paid up and not in court. records = (alive, party, loan, taken,
    ended_day, number, false). Rows to free go to `removed`.
    """
    alive, party, loan, taken, ended, number, false = records
    l_alive, _, missed, _, l_taken, due = loans
    for i in range(high):
        if alive[i] == 0:
            continue
        if ended[i] < 0:
            k = loan[i]
            closed = l_alive[k] == 0 or l_taken[k] != taken[i]
            if closed or (missed[k] == 0 and due[k] >= 0):
                ended[i] = monday
                _touch(party[i], credit_file, noted, touched, totals)
        wrong = False
        for k in range(struck.shape[0]):
            wrong |= struck[k] == number[i]
        over = ended[i] >= 0 and rules[RETENTION_DAYS] > 0 and ended[i] + rules[RETENTION_DAYS] <= monday + 6
        if wrong or over:
            totals[CORRECTED if wrong else DELETED] += 1
            removed[totals[REMOVED]] = i
            totals[REMOVED] += 1
            totals[FALSE_REMOVED] += false[i]
            _touch(party[i], credit_file, noted, touched, totals)


@njit(cache=True, nogil=True)
def enter_records(noted, touched, totals, credit_file, records, rows, new, first_number):
    """Enter arrears into files, rows (n) of the table, numbered from `first_number` on.

    records as in `_turn`; new = (party in whose file, loan, 1 if the wrong file, taken_week of all loans).
    """
    _, party, loan, taken, ended, number, wrong = records
    parties, loans, false, taken_week = new
    for k in range(rows.shape[0]):
        i = rows[k]
        party[i], loan[i], wrong[i] = parties[k], loans[k], false[k]
        taken[i], ended[i], number[i] = taken_week[loans[k]], -1, first_number + k
        _touch(parties[k], credit_file, noted, touched, totals)


@njit(cache=True, nogil=True)
def score_files(cells, defaulted, bands, score, noted, rows, credit_file, loans, highs, records, table, week):
    """Work out the cell (n) of each file of `rows` (n) and whether it is in default now, and look its score up.

    loans = (alive, party, outstanding, left, visits, missed, taken_week, due), records = (alive, party, loan,
    ended_day), the first `highs` rows of each; `noted` (parties) is 1 for those in `rows`; `bands` (11) takes the
    change of the number of files in each band and of those without a score.
    """
    l_alive, l_party, outstanding, left, visits, missed, taken_week, due = loans
    r_alive, r_party, r_loan, ended = records
    n, place = rows.shape[0], np.empty(noted.shape[0], np.int32)
    for k in range(n):
        place[rows[k]] = k
    owed, granted = np.zeros(n, np.int64), np.zeros(n, np.int64)
    inquiries, kept, lasting = np.zeros(n, np.uint16), np.zeros(n, np.uint16), np.zeros(n, np.uint16)
    mine = np.empty(highs[0] + 1, np.int32)
    m = 0
    for i in range(highs[0]):
        mine[m] = i
        m += noted[l_party[i]]
    for i in mine[:m]:
        if l_alive[i] == 0 or left[i] == 0:
            continue
        k = place[l_party[i]]
        owed[k] += outstanding[i]
        months = np.int64(left[i]) + visits[i] - missed[i]
        granted[k] += np.int64(outstanding[i]) * months // left[i]
        inquiries[k] += week - np.int64(taken_week[i]) < A_YEAR
    for i in range(highs[1]):
        if noted[r_party[i]] == 0 or r_alive[i] == 0:
            continue
        k = place[r_party[i]]
        kept[k] += 1
        if ended[i] < 0:
            lasting[k] += 1
            defaulted[k] |= missed[r_loan[i]] >= DEFAULT_MONTHS or due[r_loan[i]] < 0
    for k in range(n):
        p = rows[k]
        cells[k] = cell_of(
            kept[k], lasting[k], owed[k], granted[k], (credit_file[p] & YEARS) - 1, inquiries[k]
        )
        old, new = score[p], table[cells[k]]
        bands[BANDS if old < 0 else band_of(old)] -= 1
        bands[BANDS if new < 0 else band_of(new)] += 1
        score[p] = new


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
