"""What persons choose to do at an occasion: gain, norm, sanction expected, benefit of a score, and luck."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.beliefs import perceived
from xinyong.kernels.random import uniform
from xinyong.kernels.traits import FACE, NORM, RISK, trait_of
from xinyong.kernels.variates import poisson

# columns of the table of behaviours, one row a code of `acts` less one
GAIN, NORM_WEIGHT, SANCTION, RESTRICTED, FACED, DISCOUNT, DETECTED, SCHEME, FIRM, ONLINE, CLASS, NUMBERS = (
    range(12)
)
# places of the numbers of persons
SPREAD, WEAKER, AVERSION, AVERSION_SPREAD, INCOME_SLOPE, FACE_SPREAD, CONNECTED, PERSONS = range(8)
# columns of the totals, one row a behaviour
OCCASIONS, ACTS, FOUND, DETERRED, FOR_SCORE, SPARED_FOR_SCORE, TOTALS = range(7)
DRAWS = 5
AWARE_DRAW, ONLINE_DRAW = 0, 0
SLICES, FURTHEST = 64, 9.0


@njit(cache=True, inline="always")
def logistic(x: float) -> float:
    """The chance that belongs to a logit."""
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True, inline="always")
def expected_cost(risk: float, sanction: float, discount: float, aversion: float) -> float:
    """What an act is expected to cost: perceived risk times sanction, and the dread of not knowing."""
    return risk * sanction * discount + 0.5 * aversion * risk * (1.0 - risk) * sanction * sanction


@njit(cache=True)
def act_chance(
    gain: float, norm: float, risk: float, sanction: float, discount: float, aversion: float, benefit: float
) -> float:
    """Chance of acting at an occasion (model.md 2.7a)."""
    return logistic(gain - norm - expected_cost(risk, sanction, discount, aversion) + benefit)


@njit(cache=True, inline="always")
def _benefit(row, who, city, score, schemes):
    """What the points that hang on an act are worth to a person: of a scheme the person knows, and of a firm."""
    shares, aware_key = schemes
    worth = 0.0
    if row[SCHEME] != 0.0 and city > 0 and uniform(aware_key, who, AWARE_DRAW) < shares[city]:
        worth += row[SCHEME]
    if score > 0:
        worth += row[FIRM]
    return worth


@njit(cache=True, inline="always")
def _cost(row, numbers, mix, trait_key, who, norm, risk, income):
    """What a person expects an act to cost in sanctions."""
    sanction = row[SANCTION]
    if row[RESTRICTED] != 0.0:
        sanction += row[RESTRICTED] * (1.0 + numbers[INCOME_SLOPE] * (income / 255.0 - 0.5))
    if row[FACED] != 0.0:
        f = numbers[FACE_SPREAD]
        sanction += row[FACED] * math.exp(f * trait_of(FACE, mix, trait_key, who) - 0.5 * f * f)
    if risk <= 0.0 or sanction <= 0.0:
        return 0.0
    aversion, spread = numbers[AVERSION], numbers[AVERSION_SPREAD]
    if aversion != 0.0 and spread != 0.0:
        aversion *= math.exp(spread * trait_of(RISK, mix, trait_key, who) - 0.5 * spread * spread)
    weaker = math.exp(-numbers[WEAKER] * norm) if numbers[WEAKER] != 0.0 else 1.0
    return weaker * expected_cost(risk, sanction, row[DISCOUNT], aversion)


@njit(cache=True, inline="always")
def _risk(row, party, belief, maps, resting):
    """Perceived risk of a person for the class of an act; the resting one where nobody learns."""
    c = int(row[CLASS])
    if c < 0:
        return 0.0
    return perceived(belief[party, c], maps[0][c], maps[1][c]) if belief.shape[0] else resting[c]


@njit(cache=True, inline="always")
def _pick(u, cumulative):
    k = 0
    while u >= cumulative[k]:
        k += 1
    return k


@njit(cache=True, inline="always")
def _weighed(row, who, party, people, numbers, beliefs, schemes, traits):
    """Gain less norm, cost expected, and worth of points, of an act to a person."""
    mix, trait_key = traits
    norm = trait_of(NORM, mix, trait_key, who) if row[NORM_WEIGHT] != 0.0 else 0.0
    free = row[GAIN] - row[NORM_WEIGHT] * numbers[SPREAD] * norm
    worth = _benefit(row, who, people[2][party], people[3][party] if people[3].shape[0] else 0, schemes)
    risk = _risk(row, party, beliefs[0], beliefs[1], beliefs[2])
    cost = _cost(row, numbers, mix, trait_key, who, norm, risk, people[1][party])
    return free, cost, worth


@njit(cache=True)
def _chooses(total, luck, row, who, party, people, numbers, beliefs, schemes, traits):
    """Whether a person acts, by the luck of the occasion on the scale of choice; counts why not, or why."""
    free, cost, worth = _weighed(row, who, party, people, numbers, beliefs, schemes, traits)
    acts, acts_unscored = luck < free - cost + worth, luck < free - cost
    total[ACTS] += acts
    total[DETERRED] += (not acts) and luck < free + worth
    total[FOR_SCORE] += acts and not acts_unscored
    total[SPARED_FOR_SCORE] += acts_unscored and not acts
    return acts


@njit(cache=True, nogil=True)
def act_at_occasions(
    out, totals, found, people, table, occasions, numbers, beliefs, schemes, traits, monday, base, keys
):
    """A week of the persons `found` to meet any occasion: columns of `out` are day, party, act, detected; how many.

    `people`: number, income, city, commercial score (empty where no firm scores). `table` (behaviours, NUMBERS);
    `occasions`: mean number a step, running share of each behaviour. `beliefs`: column (empty where nobody learns), the
    common maps, resting risk by class. `schemes`: share who know of their city's, and the key of who does. `traits`:
    mixing matrix and key. `keys`: of the step, and of what never changes. `totals` (behaviours, TOTALS).
    """
    number, trait_key = people[0], traits[1]
    mean, shares, ceilings = occasions
    none, n = math.exp(-mean), 0
    at_most_one = none * (1.0 + mean)
    for party in found:
        who = base | np.uint64(number[party])
        u = none + (1.0 - none) * uniform(keys[0], who, 1)
        many = 1 if u <= at_most_one else poisson(u, mean)
        place = int(uniform(trait_key, who, NORM) * SLICES)
        for j in range(many):
            turn = 2 + DRAWS * j
            b = _pick(uniform(keys[0], who, turn), shares)
            row, total = table[b], totals[b]
            if row[ONLINE] != 0.0 and uniform(keys[1], who, ONLINE_DRAW) >= numbers[CONNECTED]:
                continue
            total[OCCASIONS] += 1
            v = uniform(keys[0], who, turn + 1)
            if v >= ceilings[b, place]:
                continue
            luck = math.log(v / (1.0 - v))
            if not _chooses(total, luck, row, who, party, people, numbers, beliefs, schemes, traits):
                continue
            if n < out.shape[1]:
                seen = uniform(keys[0], who, turn + 2) < row[DETECTED]
                total[FOUND] += seen
                out[0, n], out[1, n] = monday + int(7 * uniform(keys[0], who, turn + 3)), party
                out[2, n], out[3, n] = b + 1, seen
                n += 1
    return n


@njit(cache=True, nogil=True)
def yearly_acts(out, b, rows, people, table, a_year, numbers, beliefs, schemes, traits, base, key):
    """Expected acts of behaviour `b` in a year of each of `rows` into `out` (n, float64), as things stand."""
    number, row = people[0], table[b]
    for k in range(rows.shape[0]):
        party = rows[k]
        who = base | np.uint64(number[party])
        if row[ONLINE] != 0.0 and uniform(key, who, ONLINE_DRAW) >= numbers[CONNECTED]:
            out[k] = 0.0
            continue
        free, cost, worth = _weighed(row, who, party, people, numbers, beliefs, schemes, traits)
        out[k] = a_year[b] * logistic(free - cost + worth)
