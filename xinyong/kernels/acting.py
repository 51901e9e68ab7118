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
def _benefit(table, b, who, city, score, shares, aware_key):
    """What the points that hang on an act are worth to a person: of a scheme the person knows, and of a firm."""
    worth = 0.0
    if table[b, SCHEME] != 0.0 and city > 0 and uniform(aware_key, who, AWARE_DRAW) < shares[city]:
        worth += table[b, SCHEME]
    if score > 0:
        worth += table[b, FIRM]
    return worth


@njit(cache=True, inline="always")
def _sanction(table, b, numbers, mix, trait_key, who, income):
    """What being found out would cost a person."""
    sanction = table[b, SANCTION]
    if table[b, RESTRICTED] != 0.0:
        sanction += table[b, RESTRICTED] * (1.0 + numbers[INCOME_SLOPE] * (income / 255.0 - 0.5))
    if table[b, FACED] != 0.0:
        f = numbers[FACE_SPREAD]
        sanction += table[b, FACED] * math.exp(f * trait_of(FACE, mix, trait_key, who) - 0.5 * f * f)
    return sanction


@njit(cache=True, inline="always")
def _costs(table, b, numbers, mix, trait_key, who, norm, risk, income):
    """What a person expects an act to cost in sanctions, and what each unit of risk aversion adds to it."""
    sanction = _sanction(table, b, numbers, mix, trait_key, who, income) if risk > 0.0 else 0.0
    if sanction <= 0.0:
        return 0.0, 0.0
    weaker = math.exp(-numbers[WEAKER] * norm) if numbers[WEAKER] != 0.0 else 1.0
    mean = weaker * expected_cost(risk, sanction, table[b, DISCOUNT], 0.0)
    return mean, weaker * expected_cost(risk, sanction, 0.0, 1.0)


@njit(cache=True, inline="always")
def _aversion(numbers, mix, trait_key, who):
    """A person's aversion to not knowing."""
    aversion, spread = numbers[AVERSION], numbers[AVERSION_SPREAD]
    if aversion != 0.0 and spread != 0.0:
        aversion *= math.exp(spread * trait_of(RISK, mix, trait_key, who) - 0.5 * spread * spread)
    return aversion


@njit(cache=True, inline="always")
def _risk(table, b, party, belief, course, reach):
    """Perceived risk of a person for the class of an act; that of the common course where nobody learns."""
    c = int(table[b, CLASS])
    if c < 0:
        return 0.0
    return perceived(belief[party, c] if belief.shape[0] else 0, course[c], reach[c])


@njit(cache=True, inline="always")
def _weighed(table, b, who, party, people, numbers, beliefs, schemes, traits):
    """Gain less norm, worth of points, mean cost, and cost for each unit of aversion, of an act to a person."""
    _, income, city, score = people
    belief, course, reach = beliefs
    mix, trait_key = traits
    norm = trait_of(NORM, mix, trait_key, who) if table[b, NORM_WEIGHT] != 0.0 else 0.0
    free = table[b, GAIN] - table[b, NORM_WEIGHT] * numbers[SPREAD] * norm
    points = score[party] if score.shape[0] else 0
    worth = _benefit(table, b, who, city[party], points, schemes[0], schemes[1])
    risk = _risk(table, b, party, belief, course, reach)
    mean, more = _costs(table, b, numbers, mix, trait_key, who, norm, risk, income[party])
    return free, worth, mean, more


@njit(cache=True, nogil=True)
def meet_occasions(
    who, what, luck, totals, found, number, table, occasions, connected, trait_key, base, keys
):
    """Occasions of the persons `found` at which they may act; returns how many.

    Fills `who` (2, n: row, turn), `what` (n: behaviour) and `luck` (n: chance that the person's must exceed).
    `occasions`: mean number a step, running share of each behaviour, chances that none exceeds by slice of norms.
    """
    mean, shares, ceilings = occasions
    none, n = math.exp(-mean), 0
    at_most_one = none * (1.0 + mean)
    for party in found:
        one = base | np.uint64(number[party])
        u = none + (1.0 - none) * uniform(keys[0], one, 1)
        many = 1 if u <= at_most_one else poisson(u, mean)
        place = int(uniform(trait_key, one, NORM) * SLICES)
        for j in range(many):
            pick, b = uniform(keys[0], one, 2 + DRAWS * j), 0
            for k in range(shares.shape[0] - 1):
                b += pick >= shares[k]
            if table[b, ONLINE] != 0.0 and uniform(keys[1], one, ONLINE_DRAW) >= connected:
                continue
            totals[b, OCCASIONS] += 1
            v = uniform(keys[0], one, 3 + DRAWS * j)
            who[0, n], who[1, n], what[n], luck[n] = party, j, b, v
            n += v < ceilings[b, place] and n < luck.shape[0] - 1
    return n


@njit(cache=True, nogil=True)
def choose(out, totals, met, people, table, numbers, beliefs, schemes, traits, monday, base, key):
    """Who acts of those who met an occasion: columns of `out` are day, party, act, detected; returns how many.

    `met`: as `meet_occasions` fills them. `people`: number, income, city, commercial score (empty where no firm does).
    `table` (behaviours, NUMBERS). `beliefs`: column (empty where nobody learns), course and reach by class. `schemes`:
    share who know of their city's, and the key of who does. `traits`: mixing matrix and key. `totals`: counts why not.
    """
    who, what, luck = met
    spread, n = numbers[AVERSION_SPREAD], 0
    most_averse = numbers[AVERSION] * math.exp(spread * FURTHEST - 0.5 * spread * spread)
    for k in range(luck.shape[0]):
        party, b = who[0, k], what[k]
        one = base | np.uint64(people[0][party])
        free, worth, cost, more = _weighed(table, b, one, party, people, numbers, beliefs, schemes, traits)
        wish = math.log(luck[k] / (1.0 - luck[k]))
        if more > 0.0 and wish >= free - cost + min(worth, 0.0) - more * most_averse:
            cost += more * _aversion(numbers, traits[0], traits[1], one)
        acts, acts_unscored = wish < free - cost + worth, wish < free - cost
        totals[b, DETERRED] += (not acts) and wish < free + worth
        totals[b, FOR_SCORE] += acts and not acts_unscored
        totals[b, SPARED_FOR_SCORE] += acts_unscored and not acts
        if acts:
            turn = 4 + DRAWS * who[1, k]
            seen = uniform(key, one, turn) < table[b, DETECTED]
            totals[b, ACTS] += 1
            totals[b, FOUND] += seen
            out[0, n], out[1, n] = monday + int(7 * uniform(key, one, turn + 1)), party
            out[2, n], out[3, n] = b + 1, seen
            n += 1
    return n


@njit(cache=True, nogil=True)
def yearly_acts(out, b, rows, people, table, a_year, numbers, beliefs, schemes, traits, base, key):
    """Expected acts of behaviour `b` in a year of each of `rows` into `out` (n, float64), as things stand."""
    for k in range(rows.shape[0]):
        party = rows[k]
        one = base | np.uint64(people[0][party])
        if table[b, ONLINE] != 0.0 and uniform(key, one, ONLINE_DRAW) >= numbers[CONNECTED]:
            out[k] = 0.0
            continue
        free, worth, cost, more = _weighed(table, b, one, party, people, numbers, beliefs, schemes, traits)
        if more > 0.0:
            cost += more * _aversion(numbers, traits[0], traits[1], one)
        out[k] = a_year[b] * logistic(free - cost + worth)
