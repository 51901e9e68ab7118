"""The commercial score: five dimensions of sixteen levels, points from their weighted mean, joining, scoring anew."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.census import education_of, local_of, urban_of
from xinyong.kernels.graph import forward, inverse, tied
from xinyong.kernels.random import uniform
from xinyong.kernels.traits import PRIVACY as CONCERN
from xinyong.kernels.traits import quantile, trait_of

HISTORY, BEHAVIOUR, CAPACITY, IDENTITY, SOCIAL = range(5)
TOP, NEUTRAL = 15, 7
LISTED = 3
# what a person draws once and keeps: index of the draw under the fixed key
ONLINE, FEED, HABIT, SUPPLY, ROUNDING = 0, 2, 3, 4, 8
# what is drawn anew: index under the key of the week
JOINS, RECOVERS, ROUNDS_SOCIAL, REFUSED, TOLD, MISTAKEN = 1, 2, 3, 4, 5, 20
# the vector of rules
FLOOR, CEILING, PENALTY, CONDUCT, START, RECOVERY, PRIVACY, CAP, ASKED, LEAST_AGE, RATE, HIGHEST = range(12)
RULES = 12
# what is counted: the five bands first (room for eight)
SUM, SUPPLIED, VISITS, TOTALS = 8, 9, 10, 11


@njit(cache=True, inline="always")
def level(dimensions: int, flags: int, d: int) -> int:
    """Level 0 to 15 of one of the five dimensions of a member."""
    return flags & TOP if d == SOCIAL else dimensions >> (4 * d) & TOP


@njit(cache=True, inline="always")
def effort(flags: int) -> int:
    """Extra classes of data the member supplies, 0 to 3."""
    return flags >> 4 & 3


@njit(cache=True, inline="always")
def shadow(flags: int) -> int:
    """Shadow of the court list on a person: 3 while listed, then 2 and 1 while it fades, 0 none."""
    return flags >> 6 & 3


@njit(cache=True, inline="always")
def points_of(dimensions: int, flags: int, weights: np.ndarray, curve: np.ndarray, penalty: float) -> int:
    """Points: the curve at the weighted mean of the dimensions, less the penalty as far as the court's shadow reaches.

    `curve` (n) gives the points for means 0 to 1; its first and last are the lowest and the highest score there is.
    """
    mean = 0.0
    for d in range(5):
        mean += weights[d] * level(dimensions, flags, d)
    points = curve[int(mean / TOP * (curve.shape[0] - 1) + 0.5)]
    return max(int(points - penalty * shadow(flags) / LISTED + 0.5), curve[0])


@njit(cache=True, inline="always")
def band_of(points: int, cuts: np.ndarray) -> int:
    """Band of a score, 0 the lowest, by the least points of the others (cuts)."""
    band = 0
    while band < cuts.shape[0] and points >= cuts[band]:
        band += 1
    return band


@njit(cache=True, inline="always")
def _write(totals, score, row, points, cuts):
    old = int(score[row])
    if old > 0:
        totals[band_of(old, cuts)] -= 1
        totals[SUM] -= old
    score[row] = points
    totals[band_of(points, cuts)] += 1
    totals[SUM] += points


@njit(cache=True, inline="always")
def _sigma(x):
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True, inline="always")
def supplied(value: float, concern: float, who: np.uint64, fixed: np.uint64) -> int:
    """Extra classes of data given: each of three whose fixed draw lies under the chance that value beats concern."""
    chance = _sigma(value - concern)
    given = 0
    for j in range(3):
        given += uniform(fixed, who, SUPPLY + j) < chance
    return given


@njit(cache=True, inline="always")
def concern_of(who, lasting):
    """A person's concern for privacy, 0 to 2, mean 1."""
    _, mix, key = lasting
    return 2.0 * quantile(trait_of(CONCERN, mix, key, who))


@njit(cache=True, inline="always")
def _rounded(z, who, fixed, d):
    return int(TOP * min(max(z, 0.0), 1.0) + uniform(fixed, who, ROUNDING + d))


@njit(cache=True, inline="always")
def _assess(who, history, row, income, census, values, rules, lasting):
    """The packed dimensions but the social one, and the effort of a person with a given level of history."""
    value, fixed = values[income[row]], lasting[0]
    given = supplied(value, rules[PRIVACY] * concern_of(who, lasting), who, fixed)
    care = value / (value + 0.5)
    habit = (1.0 - rules[CONDUCT]) * uniform(fixed, who, HABIT) + rules[CONDUCT] * care
    identity = 0.3 + 0.1 * education_of(census[row]) + 0.1 * local_of(census[row]) + 0.1 * given
    word = (
        history
        | _rounded(habit, who, fixed, BEHAVIOUR) << 4
        | _rounded(income[row] / 255.0, who, fixed, CAPACITY) << 8
        | _rounded(identity, who, fixed, IDENTITY) << 12
    )
    return word, given


@njit(cache=True, inline="always")
def place(row_of, k):
    """Row of the person with number k; `row_of` is empty where every number is its own row."""
    return k if row_of.shape[0] == 0 else row_of[k]


@njit(cache=True, inline="always")
def _circle(k, nth, score, row_of, rounds, key, weights, persons, asked):
    """Mean standing, 0 to 1, of those acquaintances among a few candidates who have a score; -1 if none has."""
    total, found = 0.0, 0
    for i in range(asked):
        j = (nth * asked + i) % (2 * rounds.shape[0])
        keys = rounds[j >> 1]
        other = forward(k, persons, keys) if j & 1 else inverse(k, persons, keys)
        points = score[place(row_of, other)]
        if points > 0 and other != k and tied(np.uint32(k), np.uint32(other), key, weights):
            total += points
            found += 1
    return total / found if found else -1.0


@njit(cache=True, inline="always")
def _social(near, old, rules, who, key):
    """The level of relations, moved halfway to the standing of those of the circle who were asked."""
    if near < 0.0:
        return old
    standing = TOP * (near - rules[FLOOR]) / (rules[CEILING] - rules[FLOOR])
    return int((old + standing) / 2.0 + uniform(key, who, ROUNDS_SOCIAL))


@njit(cache=True, inline="always")
def is_online(who: np.uint64, urban: int, online: np.ndarray, fixed: np.uint64) -> bool:
    """Whether a person uses the internet by now: a fixed draw under the share of country (0) or town (1)."""
    return uniform(fixed, who, ONLINE) < online[urban]


@njit(cache=True, inline="always")
def _joins(who, value, rules, lasting, key):
    """Whether somebody online opts in at this turn: rate 2 * RATE * sigma(value - concern) since the last one."""
    concern = rules[PRIVACY] * concern_of(who, lasting)
    return uniform(key, who, JOINS) < -math.expm1(-2.0 * rules[RATE] * _sigma(value - concern))


@njit(cache=True)
def _sort(members, others, score, age, census, row_of, when, online, rules, base, fixed, key):
    """Numbers of the members whose turn it is, and of adults online who may opt in; returns how many of each.

    Written without branches: every number is put down, and overwritten if it does not count.
    """
    m, n = 0, 0
    for k in range(when[1], when[2]):
        row = place(row_of, k)
        who = base | np.uint64(k)
        member = score[row] > 0
        members[m], others[n] = k, k
        m += member
        may = (age[row] >= rules[LEAST_AGE]) & (uniform(fixed, who, ONLINE) < online[urban_of(census[row])])
        n += may & (uniform(key, who, JOINS) < rules[HIGHEST]) & (not member)
    return m, n


@njit(cache=True, nogil=True)
def turn(
    joined, totals, score, dimensions, flags, people, named, row_of, ties, tables, when, base, lasting, key
):
    """Those whose turn it is: members are scored anew, others may opt in; all see their circle's scores as they were.

    Returns how many joined; their rows are in `joined`. people: age, census, income; named: which
    persons lists of this province name, empty where there is no exchange; tables: value by income (256), weights (5),
    rules, cuts, online share of country and town, curve; when: persons, first and past the last
    number whose turn it is, how-manieth turn; lasting: the
    key of what a person keeps, and the traits (matrix and key).
    """
    age, census, income = people
    value, rules, online = tables[0], tables[2], tables[4]
    persons, first, last, nth = when
    most = last - first + 1
    numbers, others = np.empty(2 * most, np.int32), np.empty(most, np.int32)
    words, marks = np.empty(2 * most, np.uint16), np.empty(2 * most, np.uint8)
    members, online_now = _sort(
        numbers, others, score, age, census, row_of, when, online, rules, base, lasting[0], key
    )
    for i in range(members):
        k = numbers[i]
        row = place(row_of, k)
        who = base | np.uint64(k)
        social = flags[row] & TOP
        if (nth + k) & 1:
            near = _circle(k, nth, score, row_of, ties[0], ties[1], ties[2], persons, int(rules[ASKED]))
            social = _social(near, social, rules, who, key)
        regained = int(rules[RECOVERY] + uniform(key, who, RECOVERS))
        history = min(TOP, level(dimensions[row], flags[row], HISTORY) + regained)
        if named.shape[0] and named[row]:
            history = min(history, int(rules[CAP]))
        word, given = (int(dimensions[row]) & 0xFFF0) | history, effort(flags[row])
        if (nth + k) & 3 == 0:
            word, given = _assess(who, history, row, income, census, value, rules, lasting)
        words[i], marks[i] = word, social | given << 4
    n = members
    for c in range(online_now):
        k = others[c]
        row = place(row_of, k)
        who = base | np.uint64(k)
        if _joins(who, value[income[row]], rules, lasting, key):
            history = _rounded(rules[START], who, lasting[0], HISTORY)
            word, given = _assess(who, history, row, income, census, value, rules, lasting)
            numbers[n], words[n], marks[n] = k, word, NEUTRAL | given << 4
            joined[n - members] = row
            n += 1
    _settle(totals, numbers[:n], words, marks, score, dimensions, flags, row_of, tables)
    totals[VISITS] += members
    return n - members


@njit(cache=True, inline="always")
def _settle(totals, numbers, words, marks, score, dimensions, flags, row_of, tables):
    """Write what was found for each person, once all of it is found."""
    _, weights, rules, cuts, _, curve = tables
    for i in range(numbers.shape[0]):
        row = place(row_of, numbers[i])
        mark = marks[i] | shadow(flags[row]) << 6
        totals[SUPPLIED] += effort(mark) - effort(flags[row])
        dimensions[row], flags[row] = words[i], mark
        _write(totals, score, row, points_of(words[i], mark, weights, curve, rules[PENALTY]), cuts)


@njit(cache=True, nogil=True)
def refuse(totals, party, alive, fade, refused, number, chance, base, key):
    """Partners refuse persons who are marked and still listed; totals: refusals, persons refused for the first time."""
    for i in range(party.shape[0]):
        if alive[i] and fade[i] < 0 and uniform(key, base | np.uint64(number[party[i]]), REFUSED) < chance:
            totals[0] += 1
            totals[1] += refused[i] == 0
            refused[i] = 1


@njit(cache=True, nogil=True)
def rescore(totals, rows, score, dimensions, flags, lost, tables):
    """Score members among `rows` anew at once, after `lost` levels of history."""
    _, weights, rules, cuts, _, curve = tables
    for i in range(rows.shape[0]):
        row = rows[i]
        if score[row] == 0:
            continue
        left = max(0, level(dimensions[row], flags[row], HISTORY) - lost)
        dimensions[row] = (int(dimensions[row]) & 0xFFF0) | left
        _write(
            totals, score, row, points_of(dimensions[row], flags[row], weights, curve, rules[PENALTY]), cuts
        )


@njit(cache=True, nogil=True)
def count_online(number, age, census, online, least_age, persons, base, fixed):
    """Count persons of an age who use the internet."""
    n = 0
    for i in range(persons):
        if age[i] >= least_age and is_online(base | np.uint64(number[i]), urban_of(census[i]), online, fixed):
            n += 1
    return n
