"""Petitions: who asks a register's keeper to think again, by when the keeper must rule, and how it rules."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.wheel import schedule

NONE, REVIEW, RECONSIDERATION, HEARD, REPAIR = 0, 1, 2, 3, 4
# rules of one register, in this order; a term of 0 days means that the law gives no such step
(
    FILES_RIGHT,
    FILES_WRONG,
    REVIEW_DAYS,
    LATE,
    CORRECT,
    AGAIN,
    ASK_DAYS,
    AGAIN_DAYS,
    REPAIR_DAYS,
    REPAIR_GRANTED,
) = range(10)
RULES = 10
# totals of one register filled by `rule_on`
RULINGS, GRANTED, KEPT_WRONG, ERASED_RIGHT, RECONSIDERED, REPAIRED, OVERDUE, DAYS, TOTALS = range(9)
# places in the draws of one petition in one week
FILES, REVIEWED, DECIDED, ASKS_AGAIN, RECONSIDERED_AT = 0, 1, 4, 5, 6
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
def rules_rightly(who, correct_share, key):
    """Whether the keeper sees what is true."""
    return uniform(key, who, DECIDED) < correct_share


@njit(cache=True, nogil=True)
def choose(picked, party, luck, wrong, of, number, rules, base, key):
    """Entries (n) whose party asks for review; their places go to `picked`, returns how many.

    rules (registers, RULES); `of` (n) is the register of each entry.
    """
    n = 0
    for k in range(party.shape[0]):
        who = whose(base, number[party[k]], luck[k])
        share = rules[of[k], FILES_WRONG] if wrong[k] == 1 else rules[of[k], FILES_RIGHT]
        if uniform(key, who, FILES) < share:
            picked[n] = k
            n += 1
    return n


@njit(cache=True, nogil=True)
def open_reviews(petitions, wheel, rows, since, of, number, rules, first_day, week, base, key):
    """Open petitions (n rows) filed on days `since` and fix the day of each ruling; returns how many will be late.

    petitions = (party, luck, wrong, state, day).
    """
    party, luck, _, state, day = petitions
    late = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        who = whose(base, number[party[i]], luck[i])
        state[i] = REVIEW
        wait, slow = ruling_wait(rules[of[k], REVIEW_DAYS], rules[of[k], LATE], who, REVIEWED, key)
        day[i] = since[k] + 1 + wait
        schedule(wheel, i, max(week, (day[i] - first_day) // 7))
        late += slow
    return late


@njit(cache=True, inline="always")
def _count(totals, wrong, granted, again):
    """Book one ruling on an objection."""
    totals[RULINGS] += 1
    totals[GRANTED] += granted
    totals[ERASED_RIGHT] += granted and not wrong
    totals[KEPT_WRONG] += wrong and not granted and not again
    totals[RECONSIDERED] += again


@njit(cache=True, nogil=True)
def rule_on(petitions, wheel, due, of, number, rules, first_day, week, base, key, when, granted, totals):
    """Rule on petitions (n rows) due this week; a rejected one may ask the next instance once, by the law's days.

    petitions as in `open_reviews`, `totals` (registers, TOTALS). Days of ruling go to `when`, outcomes to `granted`.
    """
    party, luck, wrong, state, day = petitions
    for k in range(due.shape[0]):
        i, r = due[k], of[k]
        who = whose(base, number[party[i]], luck[i])
        when[k] = day[i]
        if state[i] == REPAIR:
            granted[k] = uniform(key, who, DECIDED) < rules[r, REPAIR_GRANTED]
            totals[r, REPAIRED] += granted[k]
            state[i] = HEARD
            continue
        yes = (wrong[i] == 1) == rules_rightly(who, rules[r, CORRECT], key)
        again = (
            not yes and state[i] == REVIEW and rules[r, AGAIN_DAYS] > 0
            and uniform(key, who, ASKS_AGAIN) < rules[r, AGAIN]
        )  # fmt: skip
        granted[k] = yes
        state[i] = RECONSIDERATION if again else HEARD
        _count(totals[r], wrong[i] == 1, yes, again)
        if again:
            asked = day[i] + int(rules[r, ASK_DAYS])
            wait, slow = ruling_wait(rules[r, AGAIN_DAYS], rules[r, LATE], who, RECONSIDERED_AT, key)
            day[i] = asked + 1 + wait
            schedule(wheel, i, max(week + 1, (day[i] - first_day) // 7))
            totals[r, OVERDUE] += slow
