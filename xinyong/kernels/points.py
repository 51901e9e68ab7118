"""City points: what a deed does to a score, which grade a score is, and what a grade does to an application."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential, poisson

NO_SCORE = -32768
SUM, BOOKED, CLASSES = 0, 1, 2


@njit(cache=True, inline="always")
def gain_allowed(delta: int, gained: int, cap: int) -> int:
    """Points a deed really adds: losses count in full, gains up to the year's cap."""
    return delta if delta <= 0 else max(0, min(delta, cap - gained))


@njit(cache=True, inline="always")
def fall_to(points: int, delta: int, ceiling: int) -> int:
    """Points a deed adds when it also brings a file down to at most `ceiling`."""
    return min(delta, ceiling - points)


@njit(cache=True, inline="always")
def grade_of(points: int, cuts: np.ndarray) -> int:
    """Grade of a score: 1 for the best; cuts (k) are the lowest points of each grade but the last, falling."""
    for g in range(cuts.shape[0]):
        if points >= cuts[g]:
            return g + 1
    return cuts.shape[0] + 1


@njit(cache=True, inline="always")
def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True)
def admitted_share(share: float, steps: int, weight: float) -> float:
    """Chance of being admitted for a grade `steps` above the one everybody starts with; `weight` a step."""
    return _logistic(math.log(share / (1.0 - share)) + weight * steps)


@njit(cache=True, inline="always")
def _pick(u: float, cumulative: np.ndarray) -> int:
    k = 0
    while k < cumulative.shape[0] - 1 and u >= cumulative[k]:
        k += 1
    return k


@njit(cache=True, nogil=True)
def do_deeds(
    rows,
    codes,
    days,
    found,
    party,
    city,
    number,
    urban,
    mean,
    cumulative,
    points,
    factors,
    aware,
    monday,
    base,
    keys,
):
    """Deeds of a week of the residents `found` to do any: rows, codes and days are filled; returns how many.

    By city: `mean` deeds a resident and step at the highest rates, `cumulative` share of each code, `points`,
    `aware` share. `factors` (2 signs, known, urban): rate as a share of the highest. `keys`: step and trait.
    """
    n = 0
    for k in found:
        p, c = party[k], city[k]
        who = base | np.uint64(number[k])
        none = math.exp(-mean[c])
        known = int(uniform(keys[1], who, 0) < aware[c])
        for j in range(poisson(none + (1.0 - none) * uniform(keys[0], who, 1), mean[c])):
            code = _pick(uniform(keys[0], who, 2 + 3 * j), cumulative[c])
            sign = int(points[c, code] > 0)
            if n >= rows.shape[0] or uniform(keys[0], who, 4 + 3 * j) >= factors[sign, known, urban[p]]:
                continue
            rows[n] = p
            codes[n] = code
            days[n] = monday + int(7 * uniform(keys[0], who, 3 + 3 * j))
            n += 1
    return n


@njit(cache=True, nogil=True)
def file_deeds(
    sent,
    arrives,
    office,
    party,
    city,
    deed,
    day,
    number,
    sector,
    linked,
    shares,
    kinds,
    offices,
    means,
    base,
    key,
):
    """Say which deeds (n) are sent to the city's file, on which day each arrives, and from which office.

    By sector: `shares` sent without a platform, `kinds` of organisation. `offices` (m): city * 8 + kind, sorted.
    `means`: days on paper and over a platform. `office` is a row of the table of offices, -1 without any.
    """
    for k in range(party.shape[0]):
        s = sector[city[k], deed[k]]
        who = base | np.uint64(number[party[k]])
        index = 4 * deed[k]
        on = linked[city[k]]
        sent[k] = s > 0 and (on or uniform(key, who, index) < shares[s])
        arrives[k] = day[k] + int(exponential(uniform(key, who, index + 1)) * means[int(on)])
        wanted = city[k] * 8 + kinds[s]
        first = np.searchsorted(offices, wanted)
        many = np.searchsorted(offices, wanted + 1) - first
        office[k] = first + int(uniform(key, who, index + 2) * many) if many else -1


@njit(cache=True, nogil=True)
def open_files(points, grade, used, changed, totals, party, city, number, kind, age, schemes, base, key):
    """Open and close the files of residents (n) as the schemes in force say; counts go to `totals`.

    `schemes`: start values, start grades, least ages, whether organisations have files, shares that consent to a
    file and to its use, classes of grades. `changed` (n) is 1 for a file that was closed, with its points.
    """
    values, start, least, organisations, scored, uses, classes = schemes
    for k in range(party.shape[0]):
        c = city[k]
        p = party[k]
        who = base | np.uint64(number[p])
        grown = organisations[c] > 0 if kind[p] > 0 else age[p] >= least[c]
        wanted = start[c] > 0 and grown and uniform(key, who, 1) < scored[c]
        used[k] = wanted and uniform(key, who, 2) < uses[c]
        if wanted == (grade[k] > 0):
            continue
        sign = 1 if wanted else -1
        if wanted:
            points[k], grade[k] = values[c], start[c]
        totals[0 if kind[p] == 0 else 1] += sign
        totals[2] += sign * points[k]
        totals[3 + classes[c, grade[k]]] += sign
        if not wanted:
            points[k], grade[k], changed[k] = NO_SCORE, 0, 1


@njit(cache=True, nogil=True)
def apply_deltas(
    points, grade, gained, files, deltas, ceilings, granted, totals, city, caps, capped, cuts, classes
):
    """Add deltas (n) to the points of files (n rows) in order; `granted` (n) takes what really counted.

    With `capped`, gains count against the year's cap and a file falls to its ceiling; lapses of old points do
    neither. `totals`: change of the sum of points, files touched, then change of the files of each class.
    """
    for k in range(files.shape[0]):
        f = files[k]
        c = city[f]
        granted[k] = 0
        if grade[f] == 0:
            continue
        d = deltas[k]
        if capped:
            d = gain_allowed(fall_to(points[f], d, ceilings[k]), gained[f], caps[c])
            gained[f] += max(d, 0)
        granted[k] = d
        points[f] += d
        before, grade[f] = grade[f], grade_of(points[f], cuts[c])
        totals[SUM] += d
        totals[BOOKED] += 1
        totals[CLASSES + classes[c, before]] -= 1
        totals[CLASSES + classes[c, grade[f]]] += 1


@njit(cache=True, nogil=True)
def apply_for(
    totals, found, party, city, number, kind, age, standing, schemes, outcomes, perks, weights, base, key
):
    """Applications of a week of the residents `found` to make one: school, loan, promotion, or a perk of their city.

    `standing`: grade, whether its use is consented to, red and black entries. `schemes`, by city: running share of
    each matter, start grade, grades honoured, grade acts by itself, rewards only, lists kept.
    `outcomes` (3): least age, most age, organisations, share admitted, weight of a grade step. `totals` (4, 4):
    applied, admitted, only for the standing, refused only for it; for perks claimed, had, yuan.
    """
    grade, used, red, black = standing
    cumulative, start, honoured, direct, rewards_only, listing = schemes
    for k in found:
        p, c = party[k], city[k]
        who = base | np.uint64(number[k])
        what = _pick(uniform(key, who, 1), cumulative[c])
        good = honoured[c] and used[k] and grade[k] > 0
        if what >= outcomes.shape[0]:
            _claim(totals[3], perks[c, what - outcomes.shape[0]], good, grade[k], black[k] > 0 and listing[c])
            continue
        row = outcomes[what]
        if (row[2] == 0.0) if kind[p] > 0 else (age[p] < row[0] or age[p] > row[1]):
            continue
        steps = np.int64(start[c]) - np.int64(grade[k]) if good and direct[c] else 0
        lift = row[4] * (max(steps, 0) if rewards_only[c] else steps)
        if listing[c]:
            lift += weights[0] * (red[k] > 0) - weights[1] * (black[k] > 0)
        _decide(totals[what], row[3], lift, uniform(key, who, 2))


@njit(cache=True, inline="always")
def _claim(counts, perk, good, grade, barred):
    """A perk is had by those whose grade is good enough and who are on no black list."""
    counts[0] += 1
    if good and not barred and grade <= perk[0]:
        counts[1] += 1
        counts[2] += int(perk[2])


@njit(cache=True, inline="always")
def _decide(counts, share, lift, u):
    """Whether an application is admitted, and whether it would have been without the standing."""
    plain = u < share
    admitted = plain if lift == 0.0 else u < admitted_share(share, 1, lift)
    counts[0] += 1
    counts[1] += admitted
    counts[2] += admitted and not plain
    counts[3] += plain and not admitted
