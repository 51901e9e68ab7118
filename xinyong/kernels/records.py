"""The life of a shared record: source, queue, live, gone."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential
from xinyong.kernels.wheel import cancel, collect, schedule

SOURCE, QUEUED, LIVE, DELETING = 0, 1, 2, 3
EXPIRED, DELETED, LOST = 4, 5, 6
STATES = 7
NEVER = 2**30
COURT = 0
COPY = 1 << 31
# rules handed to the kernels, in this order
(
    SOURCE_DAYS,
    PLATFORM_DAYS,
    LOST_SHARE,
    STALE,
    RECONCILED_DAYS,
    WRONG,
    INVENTED,
    CONTESTED,
    BARS_REPRESENTATIVE,
) = range(9)
# columns of what is told about new records
PARTY, NUMBER, SERIAL, DAY, ISSUER, FALSE, TARGET, TOLD = range(8)
# counts per issuer that never fall, in the order of the platform's table of issuers
CREATED, ENDED_EXPIRED, ENDED_DELETED, ENDED_LOST, NOW_LIVE = range(5)
# the third row of the totals of `move_records`
FALSE_ENDED, SHOWN = range(2)


@njit(cache=True, inline="always")
def _later(day, mean_days, u):
    return day + int(mean_days * exponential(u))


@njit(cache=True)
def _row_of_person(u, number, kind):
    """Row of a person picked by number, so that the order of rows does not matter."""
    persons = 0
    for i in range(kind.shape[0]):
        persons += kind[i] == 0
    picked = np.uint32(u * persons)
    if number[picked] == picked:
        return np.int64(picked)
    for i in range(number.shape[0]):
        if number[i] == picked:
            return i
    return 0


@njit(cache=True)
def _barred(party, kind, organisations, representative, rules):
    """Whom a record bars: the person it names, or an organisation's legal representative; -1 nobody."""
    if kind[party] == 0:
        return party
    if rules[BARS_REPRESENTATIVE] > 0:
        for k in range(organisations.shape[0]):
            if organisations[k] == party:
                return np.int64(representative[k])
    return -1


@njit(cache=True, nogil=True)
def name_parties(told, source, people, organisations, rules, base, key):
    """Say whom new records name: some name another party, and some are invented outright, as a second copy.

    source (5, n): party, number, serial, day, issuer. people = (number, kind); organisations = (party, representative).
    `told` (2n, TOLD) is filled, the copies after the others; returns how many.
    """
    number, kind = people
    n = source.shape[1]
    found = n
    for k in range(n):
        party, serial = source[PARTY, k], source[SERIAL, k]
        who = base | np.uint64(number[party]) | (np.uint64(serial) << np.uint64(48))
        told[k, :FALSE] = source[:, k]
        told[k, FALSE] = uniform(key, who, 0) < rules[WRONG]
        if told[k, FALSE]:
            told[k, PARTY] = _row_of_person(uniform(key, who, 2), number, kind)
        if uniform(key, who, 1) < rules[INVENTED]:
            told[found, PARTY] = _row_of_person(uniform(key, who, 3), number, kind)
            told[found, NUMBER], told[found, SERIAL] = source[NUMBER, k] | COPY, serial | COPY
            told[found, DAY], told[found, ISSUER], told[found, FALSE] = source[DAY, k], source[ISSUER, k], 1
            found += 1
    for k in range(found):
        told[k, TARGET] = _barred(told[k, PARTY], kind, organisations[0], organisations[1], rules)
    return found


@njit(cache=True, nogil=True)
def enter_records(records, wheel, counts, rows, told, number, rules, shares, first_day, week, base, key):
    """Write new records (n rows) and the day they leave the source; those not shared stay there.

    records = (party, target, case_number, serial, issuer, state, false, next_day, entered, live_day); `shares`
    (issuers) says which share of an issuer's records is sent on. Returns how many are false.
    """
    party, target, case_number, serial, issuer, state, false, next_day, entered, _ = records
    wrong = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        party[i], target[i], case_number[i] = told[k, PARTY], told[k, TARGET], told[k, NUMBER]
        serial[i], entered[i], false[i], issuer[i] = (
            told[k, SERIAL],
            told[k, DAY],
            told[k, FALSE],
            told[k, ISSUER],
        )
        who = base | np.uint64(number[party[i]])
        turn = np.int64(serial[i]) * 16
        state[i] = SOURCE
        next_day[i] = NEVER
        if uniform(key, who, turn) < shares[issuer[i]]:
            next_day[i] = _later(entered[i], rules[SOURCE_DAYS], uniform(key, who, turn + 1))
            schedule(wheel, i, max(week, (next_day[i] - first_day) // 7))
        counts[issuer[i], CREATED] += 1
        wrong += false[i]
    return wrong


# rows of the week's steps (STEP_ROWS, n), and of the records that ended (END_ROWS, n)
(S_ROW, S_OLD, S_NEW, S_DAY, S_PARTY, S_TARGET, STEP_ROWS) = range(7)
(E_ROW, E_DAY, E_PARTY, E_NUMBER, E_ISSUER, E_CREATED, E_LIVE, E_END, E_FALSE, END_ROWS) = range(10)


@njit(cache=True, inline="always")
def _note(steps, n, row, old, new, day):
    steps[S_ROW, n], steps[S_OLD, n], steps[S_NEW, n], steps[S_DAY, n] = row, old, new, day
    return n + 1


@njit(cache=True)
def _recall(records, wheel, i, day, number, rules, first_day, week, base, key, steps, n):
    """The source strikes one record: a live one goes when the message arrives, or goes stale; others at once."""
    party, _, _, serial, _, state, _, next_day, _, _ = records
    who = base | np.uint64(number[party[i]])
    turn = np.int64(serial[i]) * 16
    cancel(wheel, i)
    if state[i] != LIVE:
        n = _note(steps, n, i, state[i], DELETED, day)
        state[i] = DELETED
        return n
    if uniform(key, who, turn + 2) < rules[STALE]:
        next_day[i] = day + int(rules[RECONCILED_DAYS])
    else:
        state[i] = DELETING
        at_platform = _later(day, rules[SOURCE_DAYS], uniform(key, who, turn + 3))
        next_day[i] = _later(at_platform, rules[PLATFORM_DAYS], uniform(key, who, turn + 4))
    schedule(wheel, i, max(week, (next_day[i] - first_day) // 7))
    return n


@njit(cache=True)
def _carry(records, wheel, i, number, rules, first_day, week, base, key, steps, n):
    """Move one due record as far as this week allows."""
    party, _, _, serial, issuer, state, false, next_day, _, live_day = records
    last_day = first_day + 7 * week + 6
    who = base | np.uint64(number[party[i]])
    turn = np.int64(serial[i]) * 16
    while next_day[i] <= last_day:
        day, old = next_day[i], state[i]
        next_day[i] = NEVER
        if old == SOURCE:
            state[i] = LOST if uniform(key, who, turn + 5) < rules[LOST_SHARE] else QUEUED
            if state[i] == QUEUED:
                next_day[i] = _later(day, rules[PLATFORM_DAYS], uniform(key, who, turn + 6))
        elif old == QUEUED:
            state[i] = LIVE
            live_day[i] = day
        else:
            state[i] = DELETED if old == DELETING else EXPIRED
        n = _note(steps, n, i, old, state[i], day)
        if state[i] == LIVE and false[i] and issuer[i] != COURT and rules[CONTESTED] > 0:
            state[i] = DELETING
            next_day[i] = _later(day, 365.25 / rules[CONTESTED], uniform(key, who, turn + 7))
    if next_day[i] < NEVER:
        schedule(wheel, i, (next_day[i] - first_day) // 7)
    return n


@njit(cache=True)
def _book(records, counts, steps, n, ended, totals):
    """Book the week's steps by state and issuer, and set out whom they concern and which records ended."""
    party, target, case_number, _, issuer, _, false, _, entered, live_day = records
    e = 0
    for k in range(n):
        i, old, new = steps[S_ROW, k], steps[S_OLD, k], steps[S_NEW, k]
        steps[S_PARTY, k], steps[S_TARGET, k] = party[i], target[i]
        totals[0, old] += 1
        totals[1, new] += 1
        counts[issuer[i], NOW_LIVE] += (new == LIVE) - (old in (LIVE, DELETING))
        if new >= EXPIRED:
            counts[issuer[i], ENDED_EXPIRED + new - EXPIRED] += 1
            ended[E_ROW, e], ended[E_DAY, e], ended[E_PARTY, e] = i, steps[S_DAY, k], party[i]
            ended[E_NUMBER, e], ended[E_ISSUER, e] = np.int32(case_number[i]), issuer[i]
            ended[E_CREATED, e], ended[E_LIVE, e], ended[E_END, e] = entered[i], live_day[i], new
            ended[E_FALSE, e] = false[i]
            totals[2, FALSE_ENDED] += false[i]
            e += 1
    return e


@njit(cache=True, nogil=True)
def move_records(
    records, alive, wheel, links, counts, published, gone, struck, number, rules, first_day, week, base, key, steps,
    ended, due, totals,
):  # fmt: skip
    """Recall what its source struck, carry what is due, and book both; returns how many steps, how many ended.

    records as in `enter_records`. gone (3, n): case, number, day of the court's deletions; struck (3, m): issuer,
    number, day of the others'. totals (3, STATES): how many left each state, came to it, and FALSE_ENDED and SHOWN;
    `counts` (issuers, 5) the running counts of each issuer; `published` (issuers) whose records the public may see.
    """
    case_number, issuer, state = records[2], records[4], records[5]
    high, n = alive.shape[0], 0
    for k in range(gone.shape[1]):
        i = links[gone[0, k]] - 1
        links[gone[0, k]] = 0
        if i >= 0 and alive[i] and case_number[i] == gone[1, k]:
            n = _recall(records, wheel, i, gone[2, k], number, rules, first_day, week, base, key, steps, n)
    for k in range(struck.shape[1]):
        for i in range(high):
            if (
                alive[i]
                and issuer[i] == struck[0, k]
                and case_number[i] == struck[1, k]
                and state[i] <= DELETING
            ):
                n = _recall(
                    records, wheel, i, struck[2, k], number, rules, first_day, week, base, key, steps, n
                )
    for k in range(collect(wheel[:high], week, due)):
        n = _carry(records, wheel, due[k], number, rules, first_day, week, base, key, steps, n)
    e = _book(records, counts, steps, n, ended, totals)
    for c in range(published.shape[0]):
        totals[2, SHOWN] += published[c] * counts[c, NOW_LIVE]
    return n, e


# totals of `rename`: changes of the persons barred by the court list and by others, and how many are newly so
BARRED, SHUT_OUT, NEWLY_BARRED, NEWLY_SHUT_OUT = range(4)


@njit(cache=True)
def _touched(everybody, steps, records, alive):
    """Parties whom this week's steps concern, or whom any record concerns, in order of rows, without repeats."""
    parties, targets = records[0], records[1]
    n = steps[0].shape[0]
    found = np.empty(2 * (n + alive.shape[0]), np.int32)
    found[:n], found[n : 2 * n] = steps[0], steps[1]
    m = 2 * n
    for i in range(alive.shape[0] if everybody else 0):
        if alive[i]:
            found[m], found[m + 1] = parties[i], targets[i]
            m += 2
    ordered = np.sort(found[:m])
    kept = 0
    for k in range(m):
        if ordered[k] >= 0 and (k == 0 or ordered[k] != ordered[k - 1]):
            ordered[kept] = ordered[k]
            kept += 1
    return ordered[:kept]


@njit(cache=True, nogil=True)
def rename(named_by, barred, kind, steps, everybody, records, alive, mask, others, totals):
    """Work out anew who names the parties concerned, and what the court list bars them from.

    `named_by` takes a bit for each issuer with a live record on the party itself or on an organisation it represents;
    `mask` is what the court list bars from, `others` (before, now) the other issuers that bar from anything. records =
    (party, target, issuer, state). Returns the persons newly barred by the court list and by others.
    """
    party, target, issuer, state = records
    concerned = _touched(everybody, steps, records, alive)
    before = np.empty((2, concerned.shape[0]), np.bool_)
    for k in range(concerned.shape[0]):
        p = concerned[k]
        before[0, k], before[1, k] = barred[p] > 0, (named_by[p] & others[0]) > 0
        named_by[p], barred[p] = 0, 0
    for i in range(alive.shape[0]):
        if alive[i] and state[i] in (LIVE, DELETING):
            for p in (party[i], target[i]):
                if p >= 0:
                    named_by[p] |= np.uint16(1 << issuer[i])
                    if issuer[i] == COURT:
                        barred[p] |= mask
    fresh = np.empty((2, concerned.shape[0]), np.int32)
    for k in range(concerned.shape[0]):
        p = concerned[k]
        if kind[p] == 0:
            now = (barred[p] > 0, (named_by[p] & others[1]) > 0)
            for w in range(2):
                totals[w] += np.int64(now[w]) - np.int64(before[w, k])
                if now[w] and not before[w, k]:
                    fresh[w, totals[NEWLY_BARRED + w]] = p
                    totals[NEWLY_BARRED + w] += 1
    return fresh


@njit(cache=True, nogil=True)
def look_ups(done, party, kind, number, shares, base, key):
    """Count the courts' look-ups of newly listed persons (n): one draw a person and check; `shares` (checks)."""
    for k in range(party.shape[0]):
        if kind[party[k]] == 0:
            who = base | np.uint64(number[party[k]])
            for c in range(shares.shape[0]):
                done[c] += uniform(key, who, c) < shares[c]


# stocks of one class of ordinary records, in the order of the platform's table of classes
(C_CREATED, C_SOURCE, C_QUEUED, C_LIVE, C_EXPIRED, C_DELETED, C_LOST, C_SENT) = range(8)
# numbers of a class: created a head and week, shares of what is there that arrive, expire, are deleted, get lost
(F_CREATED, F_ARRIVES, F_EXPIRES, F_DELETED, F_LOST) = range(5)


@njit(cache=True, inline="always")
def _whole(x, u):
    """A whole number with mean x."""
    return np.int64(math.floor(x + u))


@njit(cache=True, nogil=True)
def flow_classes(stocks, flows, persons, share, base, key, change):
    """A week of ordinary department records, as whole numbers by class; nothing is made or lost on the way.

    stocks (classes, 8) and flows (classes, 5) as named above. What is sent follows the `share` of all records created
    that is to be shared by now. `change` (classes) takes how many more are in effect; returns how many arrived.
    """
    arrived = 0
    for c in range(flows.shape[0]):
        s, f = stocks[c], flows[c]
        u = [uniform(key, base, 8 * c + j) for j in range(6)]
        made = _whole(f[F_CREATED] * persons, u[0])
        s[C_CREATED] += made
        s[C_SOURCE] += made
        sent = min(s[C_SOURCE], max(np.int64(0), _whole(share * s[C_CREATED] - s[C_SENT], u[1])))
        lost = min(sent, _whole(f[F_LOST] * sent, u[2]))
        came = min(s[C_QUEUED], _whole(f[F_ARRIVES] * s[C_QUEUED], u[3]))
        expired = min(s[C_LIVE], _whole(f[F_EXPIRES] * s[C_LIVE], u[4]))
        deleted = min(s[C_LIVE] - expired, _whole(f[F_DELETED] * s[C_LIVE], u[5]))
        s[C_SENT] += sent
        s[C_SOURCE] -= sent
        s[C_LOST] += lost
        s[C_QUEUED] += sent - lost - came
        s[C_LIVE] += came - expired - deleted
        s[C_EXPIRED] += expired
        s[C_DELETED] += deleted
        change[c] = came - expired - deleted
        arrived += came
    return arrived
