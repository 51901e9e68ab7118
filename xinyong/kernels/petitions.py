"""Petitions: who asks a register's keeper to think again, by when the keeper must rule, and how it rules."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.wheel import schedule

NONE, REVIEW, RECONSIDERATION, HEARD, REPAIR = 0, 1, 2, 3, 4
# rules of one register, in this order; 0 where the law gives no such step
(
    FILES_RIGHT, FILES_WRONG, REVIEW_DAYS, LATE_SHARE, CORRECT, AGAIN, ASK_DAYS, AGAIN_DAYS,
    REPAIR_AFTER, REPAIR_ASKED, REPAIR_WITHIN, REPAIR_DAYS, REPAIR_GRANTED, REPAIR_START,
) = range(14)  # fmt: skip
RULES = 14
# totals of one register
(
    FILED, RULINGS, GRANTED, KEPT_WRONG, ERASED_RIGHT, RECONSIDERED, REPAIRS, REPAIRED, LATE, DAYS, OPEN, QUEUED,
    OVERDUE,
) = range(13)  # fmt: skip
TOTALS = 13
# places in the draws of one petition in one week
FILES, REVIEWED, DECIDED, ASKS_AGAIN, RECONSIDERED_AT, ASKS_REPAIR, REPAIR_AT = 0, 1, 4, 5, 6, 8, 9
RANK_BITS = 5
_S48 = np.uint64(48)


@njit(cache=True, inline="always")
def whose(base, number, luck):
    """The draw number of a petition: the party's, with the petition's own luck in the top 16 bits."""
    return base | np.uint64(number) | (np.uint64(luck) << _S48)


@njit(cache=True, inline="always")
def ruling_wait(term_days, late_share, who, index, key):
    """Days to a ruling, and whether it is late: within the term, or for the late share up to twice as long."""
    u = uniform(key, who, index)
    late = uniform(key, who, index + 1) < late_share
    return int(term_days * (1 + u)) if late else int(term_days * u), late


@njit(cache=True, inline="always")
def what_it_asks(who, wrong, rules, key):
    """Whether the party of an entry objects to it, will later ask for its repair, or does nothing."""
    if uniform(key, who, FILES) < (rules[FILES_WRONG] if wrong else rules[FILES_RIGHT]):
        return REVIEW
    if rules[REPAIR_ASKED] > 0.0 and uniform(key, who, ASKS_REPAIR) < rules[REPAIR_ASKED]:
        return REPAIR
    return NONE


@njit(cache=True, inline="always")
def repair_asked_on(day, who, rules, key):
    """The day on which repair is asked: once the waiting time is over and the law knows repair."""
    first = max(day + rules[REPAIR_AFTER], rules[REPAIR_START])
    return int(first + rules[REPAIR_WITHIN] * uniform(key, who, ASKS_REPAIR + 4))


@njit(cache=True, nogil=True)
def sort_entries(luck, of, register, day, monday, row_of):
    """Fill in for each entry (n) its luck, from register and weekday, and the row of its register."""
    for k in range(register.shape[0]):
        luck[k] = (register[k] << 8) | (((day[k] - monday) & 7) << RANK_BITS)
        of[k] = row_of[register[k]]


@njit(cache=True, nogil=True)
def choose(picked, asks, party, luck, wrong, of, number, rules, base, key):
    """Entries (n) whose party asks for something: their places go to `picked`, what it asks to `asks`.

    rules (registers, RULES); `of` (n) is the register of each entry. Returns how many.
    """
    n = 0
    for k in range(party.shape[0]):
        who = whose(base, number[party[k]], luck[k])
        asked = what_it_asks(who, wrong[k] == 1, rules[of[k]], key)
        if asked != NONE:
            picked[n], asks[n] = k, asked
            n += 1
    return n


@njit(cache=True, nogil=True)
def tell_apart(luck, party):
    """Give petitions (n) of one party and one luck a rank in its lowest bits, so that each has its own draws."""
    most = (1 << RANK_BITS) - 1
    for k in range(party.shape[0]):
        rank = 0
        for j in range(k):
            rank += party[j] == party[k] and (luck[j] ^ luck[k]) <= most
        luck[k] |= min(rank, most)


@njit(cache=True, nogil=True)
def open_petitions(petitions, wheel, rows, asks, since, of, number, rules, first_day, week, base, key):
    """Open petitions (n rows) and fix the day of each ruling; returns how many reviews will be late.

    petitions = (party, luck, wrong, state, day); `since` (n) is the day of the entry, and of the petition's filing
    afterwards.
    """
    party, luck, _, state, day = petitions
    overdue = 0
    for k in range(rows.shape[0]):
        i, mine = rows[k], rules[of[k]]
        who = whose(base, number[party[i]], luck[i])
        state[i] = asks[k]
        if asks[k] == REPAIR:
            since[k] = repair_asked_on(since[k], who, mine, key)
            wait, _ = ruling_wait(mine[REPAIR_DAYS], mine[LATE_SHARE], who, REPAIR_AT, key)
        else:
            wait, late = ruling_wait(mine[REVIEW_DAYS], mine[LATE_SHARE], who, REVIEWED, key)
            overdue += late
        day[i] = since[k] + 1 + wait
        schedule(wheel, i, max(week, (day[i] - first_day) // 7))
    return overdue


@njit(cache=True, inline="always")
def _book(totals, wrong, granted, again):
    """Book one ruling on an objection."""
    totals[RULINGS] += 1
    totals[GRANTED] += granted
    totals[ERASED_RIGHT] += granted and not wrong
    totals[KEPT_WRONG] += wrong and not granted and not again
    totals[RECONSIDERED] += again


@njit(cache=True, nogil=True)
def rule_on(petitions, wheel, due, of, number, rules, first_day, week, base, key, when, granted, totals):
    """Rule on petitions (n rows) due this week; who is rejected may ask the next instance once, by the law's days.

    petitions as in `open_petitions`, totals (registers, TOTALS). Days go to `when`, outcomes to `granted`.
    """
    party, luck, wrong, state, day = petitions
    for k in range(due.shape[0]):
        i, mine = due[k], rules[of[k]]
        who = whose(base, number[party[i]], luck[i])
        u, when[k] = uniform(key, who, DECIDED), day[i]
        if state[i] == REPAIR:
            granted[k] = u < mine[REPAIR_GRANTED]
            totals[of[k], REPAIRS] += 1
            totals[of[k], REPAIRED] += granted[k]
            state[i] = HEARD
            continue
        granted[k] = (wrong[i] == 1) == (u < mine[CORRECT])
        asks = not granted[k] and state[i] == REVIEW and mine[AGAIN_DAYS] > 0
        again = asks and uniform(key, who, ASKS_AGAIN) < mine[AGAIN]
        _book(totals[of[k]], wrong[i] == 1, granted[k], again)
        state[i] = RECONSIDERATION if again else HEARD
        if again:
            wait, late = ruling_wait(mine[AGAIN_DAYS], mine[LATE_SHARE], who, RECONSIDERED_AT, key)
            day[i] += int(mine[ASK_DAYS]) + 1 + wait
            schedule(wheel, i, max(week + 1, (day[i] - first_day) // 7))
            totals[of[k], OVERDUE] += late


@njit(cache=True, nogil=True)
def take_time(spare, then, pace, parties, week, of, time):
    """Rulings each register has time for this week (`time`), and whether that is enough for petitions due (n).

    spare, then (registers): time left over, and the week in which that was so. Part of a ruling, or one not asked
    for, is kept for the next week.
    """
    many = np.zeros(time.shape[0], np.int64)
    for k in range(of.shape[0]):
        many[of[k]] += 1
    enough = True
    for r in range(time.shape[0]):
        has = min(spare[r] + pace[r] * parties * (week - then[r]), pace[r] * parties + 1.0)
        time[r] = int(has + 1e-9)
        spare[r], then[r] = min(has - min(time[r], many[r]), 1.0), week
        enough &= many[r] <= time[r]
    return enough


@njit(cache=True, nogil=True)
def book_waits(state, filed, when, due, of, rules, totals):
    """Book how long petitions (n rows) waited for the rulings of days `when`, before these are given."""
    for k in range(due.shape[0]):
        i, r = due[k], of[k]
        term = REVIEW_DAYS if state[i] == REVIEW else (REPAIR_DAYS if state[i] == REPAIR else AGAIN_DAYS)
        waited = when[i] - filed[i]
        totals[r, DAYS] += waited
        totals[r, LATE] += waited > rules[r, term]
        filed[i] = when[i] + int(rules[r, ASK_DAYS])


@njit(cache=True, nogil=True)
def put_off(wheel, day, held, rows, week):
    """Petitions (n rows) for which the desk has no time this week come up again in the next."""
    for k in range(rows.shape[0]):
        i = rows[k]
        held[i] = 1
        day[i] += 7
        schedule(wheel, i, week + 1)
