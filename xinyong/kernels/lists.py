"""Black lists: who is found out, who is entered, how entries end."""

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential, poisson
from xinyong.kernels.wants import try_wants
from xinyong.kernels.wheel import collect, schedule

FREE, NOTICE, ON = 0, 1, 2
TERM_ENDED, MENDED, REPAIRED, ERASED, MOVED = 1, 2, 3, 4, 5
NEVER = 2**30
BLOCK = 1024
TOP_BIT = np.uint64(1 << 31)
DAYS_PER_YEAR = 365.25
# columns of the table of lists, row = code
DELAY, TERM, MENDS, WRONG, MOVES_TO, REPAIRABLE, NUMBERS = range(7)
# columns of the week's totals, row = code of the list
ENTERED, NOW, PERSONS, ORGANISATIONS, WRONGFUL, PARTIES, BY_REASON, TOTALS = 0, 1, 2, 3, 4, 5, 6, 12
# rows of the entries published and of those ended this week
ROW, WHEN, CODE, PARTY, NUMBER, TRUTH, FIELDS = range(7)


@njit(cache=True, inline="always")
def _row_of(wanted, place, number):
    """The row of a number: where it would lie if nobody had been moved, else wherever it is; -1 if nobody has it."""
    if place < number.shape[0] and number[place] == wanted:
        return place
    for i in range(number.shape[0]):
        if number[i] == wanted:
            return i
    return -1


@njit(cache=True)
def _contains(parties, alive, row):
    found = False
    for k in range(parties.shape[0]):
        found |= parties[k] == row and alive[k] == 1
    return found


@njit(cache=True, nogil=True)
def offences(out, people, persons, red, rates, ratios, least_age, monday, base, key):
    """What parties are found to have done this week: (list, row, day) to `out`; returns how many.

    Rare events without a draw for everybody: a block of BLOCK numbers has a Poisson number of them at the highest rate,
    each picks a number, and is kept with the party's own rate over the highest. people = (number, kind, age, listed),
    red = (party, alive) of red lists, rates (kinds, lists) chances a step; ratios: how often the conduct of the listed
    and of the praised is found, against anybody's.
    """
    number, kind, age, listed = people
    most_ratio = max(1.0, ratios[0])
    organisations, n = number.shape[0] - persons, 0
    for group in range(2):
        many = organisations if group else persons
        highest = 0.0
        for k in range(rates.shape[0]):
            if (k > 0) == (group == 1):
                highest = max(highest, rates[k].sum())
        highest *= most_ratio
        if highest <= 0.0:
            continue
        for block in range((many + BLOCK - 1) // BLOCK):
            who = base | np.uint64(block * BLOCK) | (TOP_BIT if group else np.uint64(0))
            for j in range(poisson(uniform(key, who, 0), highest * BLOCK)):
                k = block * BLOCK + int(BLOCK * uniform(key, who, 8 * j + 1))
                if k >= many or n >= out.shape[0]:
                    continue
                i = _row_of(
                    np.uint32(k) | np.uint32(TOP_BIT if group else 0), k + (persons if group else 0), number
                )
                own = rates[kind[i]].sum() * (ratios[0] if listed[i] else 1.0)
                if _contains(red[0], red[1], i):
                    own *= ratios[1]
                if (kind[i] == 0 and age[i] < least_age) or uniform(key, who, 8 * j + 2) >= own / highest:
                    continue
                u = uniform(key, who, 8 * j + 3) * rates[kind[i]].sum()
                code = 0
                while code < rates.shape[1] - 1 and u >= rates[kind[i], code]:
                    u -= rates[kind[i], code]
                    code += 1
                out[n, 0], out[n, 1], out[n, 2] = code, i, monday + int(7 * uniform(key, who, 8 * j + 4))
                n += 1
    return n


@njit(cache=True)
def _somebody_like(row, u, number, kind):
    """Another party, picked by number: a person for a person, an organisation for an organisation."""
    person = kind[row] == 0
    many = 0
    for i in range(kind.shape[0]):
        many += (kind[i] == 0) == person
    wanted = np.uint32(u * many) | (np.uint32(0) if person else np.uint32(1 << 31))
    for i in range(number.shape[0]):
        if number[i] == wanted:
            return i
    return row


@njit(cache=True, nogil=True)
def enter(entries, wheel, rows, code, party, when, number, kind, lists, first_day, week, base, key):
    """Open entries (n rows): now and then another party is named; publication follows after the list's delay.

    entries = (party, list, state, wrong, next_day, published_day, number, exit).
    """
    p, which, state, wrong, next_day, _, _, _ = entries
    for k in range(rows.shape[0]):
        i = rows[k]
        who = base | np.uint64(number[party[k]])
        turn = np.int64(code[k]) * 16
        p[i], which[i], state[i], wrong[i] = party[k], code[k], NOTICE, 0
        if uniform(key, who, turn) < lists[code[k], WRONG]:
            p[i] = _somebody_like(party[k], uniform(key, who, turn + 1), number, kind)
            wrong[i] = p[i] != party[k]
        next_day[i] = when[k] + int(lists[code[k], DELAY] * exponential(uniform(key, who, turn + 2)))
        schedule(wheel, i, max(week, (next_day[i] - first_day) // 7))


@njit(cache=True, inline="always")
def _end_of(day, who, turn, numbers, key):
    """The day on which an entry ends by itself, and why: its term, or its ground mended."""
    mended = NEVER
    if numbers[MENDS] > 0:
        wait = DAYS_PER_YEAR * exponential(uniform(key, who, turn + 3)) / numbers[MENDS]
        mended = day + int(min(wait, 1e6))
    ends = day + int(numbers[TERM]) if numbers[TERM] > 0 else NEVER
    if mended < ends:
        return mended, MENDED
    return ends, TERM_ENDED


@njit(cache=True, inline="always")
def _add(totals, code, column, amount):
    """Book for a list, and for all lists together (row 0)."""
    totals[code, column] += amount
    totals[0, column] += amount


@njit(cache=True)
def _book(entries, i, change, kind, listed, totals):
    """Put one entry on its list (change 1) or take it off (-1)."""
    p, which, _, wrong, _, _, _, _ = entries
    before = listed[p[i]] > 0
    listed[p[i]] += change
    _add(totals, which[i], NOW, change)
    _add(totals, which[i], PERSONS if kind[p[i]] == 0 else ORGANISATIONS, change)
    _add(totals, which[i], WRONGFUL, change * wrong[i])
    _add(totals, which[i], PARTIES, np.int64(listed[p[i]] > 0) - np.int64(before))


@njit(cache=True)
def _tell(entries, told, n, i, day, truth):
    p, which, _, _, _, _, number, _ = entries
    told[ROW, n], told[WHEN, n], told[CODE, n], told[PARTY, n] = i, day, which[i], p[i]
    told[NUMBER, n], told[TRUTH, n] = number[i], truth
    return n + 1


@njit(cache=True)
def _leave(entries, i, reason, day, kind, listed, totals, ended, n):
    """Take one entry off its list; returns how many are off by now."""
    entries[2][i] = FREE
    _book(entries, i, -1, kind, listed, totals)
    _add(totals, entries[1][i], BY_REASON + reason, 1)
    return _tell(entries, ended, n, i, day, reason)


@njit(cache=True)
def _number_them(entries, published, n, number, first):
    """Number this week's entries (n) in the order of the parties' numbers and lists, not of rows."""
    for k in range(1, n):
        for m in range(k, 0, -1):
            a, b = published[:, m - 1], published[:, m]
            if (number[a[PARTY]], a[CODE]) <= (number[b[PARTY]], b[CODE]):
                break
            for f in range(FIELDS):
                a[f], b[f] = b[f], a[f]
    for k in range(n):
        published[NUMBER, k] = first + k
        entries[6][published[ROW, k]] = first + k


@njit(cache=True, nogil=True)
def turn_pages(
    entries,
    wheel,
    high,
    number,
    kind,
    lists,
    listed,
    first,
    first_day,
    week,
    base,
    key,
    published,
    ended,
    totals,
):
    """Carry each due entry through this week: publication, and the end of its term or of its ground.

    entries as in `enter`; `listed` (parties) counts a party's entries; numbers run from `first`. Entries published go
    to `published`, those ended to `ended` (FIELDS, n); returns how many of each.
    """
    p, which, state, wrong, next_day, published_day, _, exit_ = entries
    last_day = first_day + 7 * week + 6
    come, gone = 0, 0
    due = np.empty(high, np.int32)
    for k in range(collect(wheel[:high], week, due)):
        i = due[k]
        code = which[i]
        if state[i] == NOTICE and next_day[i] <= last_day:
            day = next_day[i]
            state[i], published_day[i] = ON, day
            _book(entries, i, 1, kind, listed, totals)
            _add(totals, code, ENTERED, 1)
            come = _tell(entries, published, come, i, day, wrong[i])
            who = base | np.uint64(number[p[i]])
            next_day[i], exit_[i] = _end_of(day, who, np.int64(code) * 16, lists[code], key)
        if not (state[i] == ON and next_day[i] <= last_day) and next_day[i] < NEVER:
            schedule(wheel, i, (next_day[i] - first_day) // 7)
    _number_them(entries, published, come, number, first)
    for k in range(high):
        if state[k] == ON and next_day[k] <= last_day:
            if exit_[k] == TERM_ENDED and lists[which[k], MOVES_TO] > 0:
                exit_[k] = MOVED
            gone = _leave(entries, k, exit_[k], next_day[k], kind, listed, totals, ended, gone)
    return come, gone


@njit(cache=True, nogil=True)
def decide(entries, alive, decisions, kind, lists, listed, totals, ended):
    """Carry out decisions (n, 4: register, number, kind, day) on published entries; returns how many left.

    Kind 1 erases an entry, kind 2 repairs it, where its list allows repair.
    """
    _, which, state, _, _, _, number, _ = entries
    n = 0
    for k in range(decisions.shape[0]):
        for i in range(alive.shape[0]):
            if alive[i] and state[i] == ON and which[i] == decisions[k, 0] and number[i] == decisions[k, 1]:
                reason = ERASED if decisions[k, 2] == 1 else REPAIRED
                if reason == ERASED or lists[which[i], REPAIRABLE]:
                    n = _leave(entries, i, reason, decisions[k, 3], kind, listed, totals, ended, n)
                break
    return n


@njit(cache=True, nogil=True)
def names_of(rows, alive, party, listed, entered):
    """Rows of a red list whose party was listed by a court or entered elsewhere this week; returns how many."""
    n = 0
    for i in range(alive.shape[0]):
        hit = False
        for k in range(listed.shape[0]):
            hit |= listed[k] == party[i]
        for k in range(entered.shape[0]):
            hit |= entered[k] == party[i]
        if alive[i] and hit:
            rows[n] = i
            n += 1
    return n


@njit(cache=True, nogil=True)
def rewards(alive, party, which, number, kind, green, spared, base, key):
    """A week of rewards of all names on red lists: uses of the green channel, inspections spared to organisations."""
    used, less = 0, 0
    for i in range(alive.shape[0]):
        if alive[i]:
            who = base | np.uint64(number[party[i]])
            turn = np.int64(which[i]) * 16
            used += poisson(uniform(key, who, turn + 8), green)
            if kind[party[i]] != 0:
                less += poisson(uniform(key, who, turn + 9), spared)
    return used, less


@njit(cache=True, nogil=True)
def wants_of_shut_out(totals, learned, party, named_by, barred, barred_by, number, rules, base, key):
    """One week of wants of persons (n) for what other lists bar them from and the court list does not.

    `barred_by` (activities) holds bits of issuers; totals, learned and rules as in `try_wants`.
    """
    masks, numbers = np.zeros(party.shape[0], np.uint16), np.zeros(party.shape[0], np.uint32)
    some = 0
    for k in range(party.shape[0]):
        names = named_by[party[k]] & np.uint16(0xFFFE)
        mask = 0
        if names:
            for a in range(barred_by.shape[0]):
                if names & barred_by[a]:
                    mask |= 1 << a
        masks[k] = mask & ~np.int64(barred[party[k]])
        numbers[k] = number[party[k]]
        some += masks[k] > 0
    if some:
        mean = np.ones((party.shape[0], learned.shape[1]), np.float32)
        rows = np.arange(party.shape[0])
        try_wants(totals, learned, mean, rows, masks, numbers, rules, party.shape[0], base, key)
    return some
