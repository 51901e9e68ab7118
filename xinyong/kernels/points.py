"""City points: what a deed does to a score, which grade a score is, and what a grade does to an application."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.census import urban_of
from xinyong.kernels.random import uniform
from xinyong.kernels.variates import exponential, poisson

DAYS_PER_YEAR = 365.25
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
def do_deeds(out, found, party, city, number, census, scheme, factors, knowing, monday, base, keys):
    """Deeds of a week of the residents `found` to do any: columns of `out` are day, party, city, deed; how many.

    `scheme`, by city: mean deeds a resident and step at the highest rates, running share of each code, points,
    years of publicity that are over, first day of publicity that runs (-1 none). `factors` (2 signs, known, urban):
    rate as a share of the highest. `knowing`: share who know at first, and more a year. `keys`: step and trait.
    """
    mean, cumulative, points, past, since = scheme
    n = 0
    for k in found:
        p, c = party[k], city[k]
        who = base | np.uint64(number[k])
        none = math.exp(-mean[c])
        years = past[c] + (max(monday - since[c], 0) / DAYS_PER_YEAR if since[c] >= 0 else 0.0)
        known = int(uniform(keys[1], who, 0) < knowing[0] + knowing[1] * years)
        for j in range(poisson(none + (1.0 - none) * uniform(keys[0], who, 1), mean[c])):
            code = _pick(uniform(keys[0], who, 2 + 3 * j), cumulative[c])
            sign = int(points[c, code] > 0)
            if (
                n >= out.shape[1]
                or uniform(keys[0], who, 4 + 3 * j) >= factors[sign, known, urban_of(census[p])]
            ):
                continue
            out[0, n], out[1, n] = monday + int(7 * uniform(keys[0], who, 3 + 3 * j)), p
            out[2, n], out[3, n] = c, code
            n += 1
    return n


@njit(cache=True, nogil=True)
def file_deeds(out, party, city, deed, day, number, scheme, sectors, offices, means, base, key):
    """Which deeds (n) are sent to the city's file: columns of `out` as in the table of filings; returns how many.

    `scheme`: sector by city and deed, whether the city has a platform. `sectors`: share sent without one, kind of
    organisation. `offices`: city * 8 + kind, sorted, and row of each organisation. `means`: days on paper and over a
    platform. Columns: party, city, deed, sector, row of the organisation (-1 none), day of arrival.
    """
    n = 0
    for k in range(party.shape[0]):
        s = scheme[0][city[k], deed[k]]
        on = scheme[1][city[k]]
        who = base | np.uint64(number[party[k]])
        index = 4 * deed[k]
        if s == 0 or not (on or uniform(key, who, index) < sectors[0][s]):
            continue
        wanted = np.int32(city[k]) * 8 + sectors[1][s]
        first = np.searchsorted(offices[0], wanted)
        many = np.searchsorted(offices[0], wanted + 1) - first
        out[0, n], out[1, n], out[2, n], out[3, n] = party[k], city[k], deed[k], s
        out[4, n] = offices[1][first + int(uniform(key, who, index + 2) * many)] if many else -1
        out[5, n] = day[k] + int(exponential(uniform(key, who, index + 1)) * means[int(on)])
        n += 1
    return n


@njit(cache=True, nogil=True)
def store_filings(rows, columns, wheel, new, first_day, week):
    """Write new filings (6, n) to `rows` of the table's columns, to fall due in the week of their day."""
    for k in range(rows.shape[0]):
        for c in range(6):
            columns[c][rows[k]] = new[c, k]
        wheel[rows[k]] = max((new[5, k] - first_day) // 7, week)


@njit(cache=True, nogil=True)
def take_out(out, columns, rows):
    """Copy `rows` (n) of a table's columns to the columns of `out`."""
    for c in range(out.shape[0]):
        for k in range(rows.shape[0]):
            out[c, k] = columns[c][rows[k]]


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
def find_files(out, residents, party, city, deed, office, days, points, ceilings, nothing):
    """Find the resident and points of each record (n); rows of `out`: file, points, ceiling, deed, office, day.

    Records of deeds that a scheme does not count are left out; returns how many are not.
    """
    n = 0
    for k in range(party.shape[0]):
        p, ceiling = points[city[k], deed[k]], ceilings[city[k], deed[k]]
        if p == 0 and ceiling == nothing:
            continue
        out[0, n] = np.searchsorted(residents, party[k])
        out[1, n], out[2, n], out[3, n], out[4, n], out[5, n] = p, ceiling, deed[k], office[k], days[k]
        n += 1
    return n


@njit(cache=True, nogil=True)
def mix_up(picked, aim, new, party, number, share, base, key):
    """Find deductions (of n new records) that will be booked in another's file: places to `picked`, whose to `aim`.

    `new` as `find_files` fills it; `aim` is a uniform number. Returns how many.
    """
    n = 0
    for k in range(new.shape[1]):
        who = base | np.uint64(number[party[new[0, k]]])
        if new[1, k] < 0 and uniform(key, who, 2 * new[3, k]) < share:
            picked[n], aim[n] = k, uniform(key, who, 2 * new[3, k] + 1)
            n += 1
    return n


@njit(cache=True, nogil=True)
def store_ledger(rows, columns, wheel, new, granted, city, keep_years, week, years):
    """Write what was granted, where it was anything, to `rows` of the ledger, to lapse after the city's time."""
    resident, delta, deeds, offices = columns
    at = 0
    for k in range(granted.shape[0]):
        if granted[k] == 0:
            continue
        row, file = rows[at], new[0, k]
        resident[row], delta[row], deeds[row], offices[row] = file, granted[k], new[3, k], new[4, k]
        wheel[row] = week + max(1, int(keep_years[city[file]] / years + 0.5))
        at += 1


@njit(cache=True, nogil=True)
def find_listed(out, residents, party, city, deed, lists, kept, published):
    """Find the residents whose records lead to a list; columns of `out`: resident, list. Counts, and how many cases.

    `lists` by city and deed: 0 none, 1 red, 2 black; `kept`, `published`: whether a city keeps lists, and publishes.
    """
    n = cases = 0
    for k in range(party.shape[0]):
        which = lists[city[k], deed[k]]
        if which > 0 and kept[city[k]]:
            out[0, n], out[1, n] = np.searchsorted(residents, party[k]), which
            cases += published[city[k]]
            n += 1
    return n, cases


@njit(cache=True, nogil=True)
def mark_lists(red, black, files, which, change):
    """Add `change` to the red (1) or black (2) entries of residents (n files); returns how many were red."""
    reds = 0
    for k in range(files.shape[0]):
        if which[k] == 1:
            red[files[k]] += change
            reds += 1
        else:
            black[files[k]] += change
    return reds


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
