"""Cases in court: from the suit to the decision, with every clock in days."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential, from_table
from xinyong.kernels.wheel import schedule

FILED, JUDGED, ENFORCED, DECIDED, DORMANT = 0, 1, 2, 3, 4
NEVER = 2**30
DAYS_PER_YEAR = 365.25
# chances handed to `docket`, in this order
(VOLUNTARY, TERM_DAYS, SEARCH_DAYS, FOUND_ABLE, FOUND_UNABLE, LIST_ABLE, LIST_UNABLE, RESUMES, MIN_AGE) = (
    range(9)
)
# totals filled by `docket`
JUDGMENTS, PAID_AFTER_JUDGMENT, ENFORCEMENTS, COLLECTED, ORDERS, CLOSED, RESUMED, TOTALS = range(8)


@njit(cache=True, nogil=True)
def judgment_days(days, rows, party, number, serial, gamma, mean_days, base, key):
    """Fill `days` (n) with the days from suit to judgment: gamma distributed, read from its quantile table."""
    for k in range(rows.shape[0]):
        i = rows[k]
        who = base | np.uint64(number[party[i]])
        days[k] = int(mean_days * from_table(uniform(key, who, np.int64(serial[i]) * 16), gamma))


@njit(cache=True, inline="always")
def _after_judgment(who, turn, unable, rules, key):
    """Whether the debtor performs within the term the judgment sets."""
    return unable == 0 and uniform(key, who, turn + 1) < rules[VOLUNTARY]


@njit(cache=True, inline="always")
def _order_of_court(who, turn, unable, minor, rules, key):
    """After the search: 1 assets found and collected, 2 list the debtor, 0 terminate the round."""
    found = rules[FOUND_UNABLE] if unable else rules[FOUND_ABLE]
    if uniform(key, who, turn + 2) < found:
        return 1
    listed = rules[LIST_UNABLE] if unable else rules[LIST_ABLE]
    return 2 if uniform(key, who, turn + 3) < listed and not minor else 0


@njit(cache=True, inline="always")
def resume_day(day, who, turn, rate_per_year, bar_days, key):
    """The day on which hidden assets come to light and enforcement resumes; NEVER at rate 0."""
    if rate_per_year <= 0.0:
        return NEVER
    wait = bar_days + DAYS_PER_YEAR * exponential(uniform(key, who, turn + 4)) / rate_per_year
    return NEVER if wait > 1e6 else day + int(wait)


@njit(cache=True, inline="always")
def _close(i, totals, settled):
    """Note a case whose debt is paid."""
    settled[totals[CLOSED]] = i
    totals[CLOSED] += 1
    return NEVER


@njit(cache=True, inline="always")
def _decide(i, day, who, turn, unable, minor, stage, rules, key, settled, ordered, totals):
    """The round of enforcement ends: collected, ordered onto the list, or terminated; returns the next day."""
    act = _order_of_court(who, turn, unable, minor, rules, key)
    if act == 1:
        totals[COLLECTED] += 1
        return _close(i, totals, settled)
    if act == 2:
        stage[i] = DECIDED
        ordered[totals[ORDERS]] = i
        totals[ORDERS] += 1
        return NEVER
    stage[i] = DORMANT
    return resume_day(day, who, turn, rules[RESUMES], 0, key)


@njit(cache=True, nogil=True)
def docket(cases, wheel, due, people, rules, first_day, week, base, key, settled, ordered, totals):
    """Carry each due case (n rows) through every stage whose day lies within this week.

    cases = (party, serial, stage, judged_day, decided_day, next_day, unable_then); people = (number, unable,
    age, kind). Rows collected go to `settled`, rows ordered onto the list to `ordered`.
    """
    party, serial, stage, judged, decided, next_day, unable_then = cases
    number, unable, age, kind = people
    last_day = first_day + 7 * week + 6
    for k in range(due.shape[0]):
        i = due[k]
        p = party[i]
        who = base | np.uint64(number[p])
        turn = np.int64(serial[i]) * 16
        while next_day[i] <= last_day:
            day = next_day[i]
            if stage[i] == FILED:
                stage[i] = JUDGED
                judged[i] = day
                next_day[i] = day + int(rules[TERM_DAYS])
                totals[JUDGMENTS] += 1
            elif stage[i] == JUDGED and _after_judgment(who, turn, unable[p], rules, key):
                totals[PAID_AFTER_JUDGMENT] += 1
                next_day[i] = _close(i, totals, settled)
            elif stage[i] == JUDGED or stage[i] == DORMANT:
                totals[RESUMED] += stage[i] == DORMANT
                stage[i] = ENFORCED
                next_day[i] = day + 1 + int(rules[SEARCH_DAYS] * exponential(uniform(key, who, turn + 5)))
                totals[ENFORCEMENTS] += 1
            else:
                decided[i] = day
                unable_then[i] = unable[p]
                minor = kind[p] == 0 and age[p] < rules[MIN_AGE]
                next_day[i] = _decide(
                    i, day, who, turn, unable[p], minor, stage, rules, key, settled, ordered, totals
                )
        if next_day[i] < NEVER:
            schedule(wheel, i, (next_day[i] - first_day) // 7)
