"""Who protests, petitions or keeps silent: Epstein's rule, Daymude's rule, and the crowd against the officers."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.traits import FACE, RISK, quantile, trait_of

EPSTEIN, DAYMUDE = 0, 1
CHANCE_AT_PAR = 2.3
# rules of the choice, in this order
(
    VARIANT, BASE_LOW, BASE_HIGH, LEGITIMACY, SUPPORT_WEIGHT, SUPPORT_MIDDLE, DEPENDENCE, JAIL, THRESHOLD, SOFTNESS,
    PETITION_THRESHOLD, P_EXPRESSION, LOST, FACE_LOST, CALLS, PETITIONS, TOLERANCE, SEVERITY, WATCHED,
    FACE_SPREAD,
) = range(20)  # fmt: skip
RULES = 20
# where a hardship comes from: what weighs most in it; the common one comes last
CREDITOR, DEBTOR, FAMILY, OUTRAGE, BASE, SOURCES = range(6)
CALMED = 6
HELD = -2
# totals
PROTESTS, PETITIONED, SILENCED_PROTESTS, SILENCED_PETITIONS, EXPECTED, EXPECTED_PETITIONS, TOTALS = range(7)
BILLION = 1e9
# places in the draws of one person in one week; 0 decided whether there is a moment of choice at all
CALLS_OUT, FILES = 1, 2
BORN = 0


@njit(cache=True, inline="always")
def arrest_chance(officers: float, active: float) -> float:
    """Perceived chance of arrest from officers and active persons in the cell: 0.8997 where they are as many."""
    return 1.0 - math.exp(-CHANCE_AT_PAR * officers / active) if active > 0 else 1.0 * (officers > 0)


@njit(cache=True, inline="always")
def softly(excess: float, softness: float) -> float:
    """Chance 0 to 1 that grows with what speaks for acting; a hard threshold where softness is nought."""
    if softness <= 0:
        return 1.0 * (excess > 0)
    return 1.0 / (1.0 + math.exp(-min(max(excess / softness, -700.0), 700.0)))


@njit(cache=True, inline="always")
def legitimacy(support: float, income: float, rules: np.ndarray) -> float:
    """Legitimacy 0 to 1 in a person's eyes, from private support and, if it counts, from needing the state less."""
    level = rules[LEGITIMACY]
    if rules[SUPPORT_WEIGHT] != 0.0 and 0.0 < level < 1.0:
        level = softly(
            math.log(level / (1.0 - level)) + rules[SUPPORT_WEIGHT] * (support - rules[SUPPORT_MIDDLE]), 1.0
        )
    return min(max(level - rules[DEPENDENCE] * income, 0.0), 1.0)


@njit(cache=True, inline="always")
def moved(wish: float, excess: float, softness: float) -> float:
    """Chance that a wish is acted on: softly by what speaks for it, and none at all where there is no wish."""
    if wish <= 0.0:
        return 0.0
    chance = softly(excess, softness)
    return chance * (1.0 - math.exp(-wish / softness)) if softness > 0 else chance


@njit(cache=True, inline="always")
def epstein(grievance: float, risk: float, arrest: float, chill: float, rules: np.ndarray) -> float:
    """Chance that a person is active: grievance less perceived risk less the threshold (Epstein 2002)."""
    against = risk * arrest * rules[JAIL] + chill + rules[THRESHOLD]
    return moved(grievance, grievance - against, rules[SOFTNESS])


@njit(cache=True, inline="always")
def daymude(grievance: float, risk: float, watched: float, chill: float, rules: np.ndarray) -> float:
    """Chance of open defiance rather than self-censorship down to what is tolerated (Daymude and others 2025).

    Desired dissent is the grievance, boldness one less risk aversion; an act is seen with chance
    watched + (1 - watched) * act, and punished in full above the tolerance.
    """
    over = grievance - rules[TOLERANCE]
    seen = watched + (1.0 - watched) * max(grievance, 0.0)
    return moved(over, (1.0 - risk) * over - rules[SEVERITY] * seen - chill, rules[SOFTNESS])


@njit(cache=True, inline="always")
def active_chance(grievance: float, risk: float, arrest: float, watched: float, chill: float, rules):
    """Chance of being active by the variant in force."""
    if rules[VARIANT] == DAYMUDE:
        return daymude(grievance, risk, watched, chill, rules)
    return epstein(grievance, risk, arrest, chill, rules)


@njit(cache=True, inline="always")
def petition_chance(grievance: float, chill: float, rules: np.ndarray) -> float:
    """Chance of a lawful petition: no arrest, but the same fear for one's standing."""
    return moved(grievance, grievance - chill - rules[PETITION_THRESHOLD], rules[SOFTNESS])


@njit(cache=True, inline="always")
def total_hardship(base: float, caused: float) -> float:
    """Common hardship and hardship with a cause, together 0 to 1."""
    return 1.0 - (1.0 - base) * (1.0 - caused)


@njit(cache=True, inline="always")
def face_weight(trait: float, rules: np.ndarray) -> float:
    """How much face means to a person, with mean one."""
    spread = rules[FACE_SPREAD]
    return math.exp(spread * trait - 0.5 * spread * spread)


@njit(cache=True, inline="always")
def chill_of(face: float, rules: np.ndarray) -> float:
    """What open dissent puts at risk in the credit system: access and face, times the perceived chance."""
    return rules[P_EXPRESSION] * (rules[LOST] + rules[FACE_LOST] * face)


@njit(cache=True, inline="always")
def _find(rows, party):
    """Place of a party among ascending rows (n), -1 if it is not there."""
    low, high = 0, rows.shape[0]
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < party:
            low = middle + 1
        else:
            high = middle
    return low if low < rows.shape[0] and rows[low] == party else -1


@njit(cache=True, inline="always")
def _with_causes(place, rows, persons, alive, party):
    """Row of a side table for each of `rows` (n, ascending) that has one; -1 for the others."""
    place[:] = -1
    marked = np.zeros(persons // 64 + 1, np.uint64)
    for i in rows:
        marked[i >> 6] |= np.uint64(1) << np.uint64(i & 63)
    for k in range(alive.shape[0]):
        i = party[k]
        if alive[k] and marked[i >> 6] >> np.uint64(i & 63) & np.uint64(1):
            place[_find(rows, i)] = k


@njit(cache=True, nogil=True)
def choose(out, rows, people, caused, detained, cells, rules, mix, trait_key, base, key, fixed_key, totals):
    """Let each person with a moment of choice (`rows`, n) protest, petition or keep silent.

    people = (number, income, support), the last empty if nobody keeps it; caused = (alive, party, hardship, cause), a
    side table; cells = (persons to a cell, arrest chance by cell);
    detained = (alive, party). Protests go to `out` (most, 2): row and source; returns how many.
    totals (SOURCES, TOTALS); expectations are in billionths.
    """
    number, income, support = people
    alive, party, level, cause = caused
    place = np.empty(rows.shape[0], np.int64)
    _with_causes(place, rows, number.shape[0], alive, party)
    for k in range(detained[0].shape[0]):
        found = _find(rows, detained[1][k]) if detained[0][k] else -1
        if found >= 0:
            place[found] = HELD
    per_cell, arrest = cells
    n = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        if place[k] == HELD:
            continue
        who = base | np.uint64(number[i])
        row = place[k]
        born = rules[BASE_LOW] + (rules[BASE_HIGH] - rules[BASE_LOW]) * uniform(fixed_key, who, BORN)
        more = level[row] / 255.0 if row >= 0 else 0.0
        hard, source = total_hardship(born, more), cause[row] if more > born else BASE
        if row >= 0 and cause[row] == CALMED:
            hard = 0.0
        thinks = float(support[i]) if support.shape[0] else rules[SUPPORT_MIDDLE]
        g = hard * (1.0 - legitimacy(thinks, income[i] / 255.0, rules))
        risk = quantile(trait_of(RISK, mix, trait_key, who))
        face = face_weight(trait_of(FACE, mix, trait_key, who), rules) if rules[FACE_LOST] != 0.0 else 0.0
        fear = chill_of(face, rules)
        cell = min(np.int64(number[i]) // per_cell, arrest.shape[0] - 1)
        n = _decide(out, n, i, source, g, risk, arrest[cell], rules[WATCHED], fear, who, rules, key, totals)
    return n


@njit(cache=True, inline="always")
def _decide(out, n, i, source, g, risk, arrest, watched, fear, who, rules, key, totals):
    """Protest if the draw says so, else petition if the other does, else silence; book what fear prevented."""
    calls = rules[CALLS] * active_chance(g, risk, arrest, watched, fear, rules)
    files = rules[PETITIONS] * petition_chance(g, fear, rules)
    u, v = uniform(key, who, CALLS_OUT), uniform(key, who, FILES)
    mine = totals[source]
    mine[EXPECTED] += np.int64(BILLION * calls + 0.5)
    mine[EXPECTED_PETITIONS] += np.int64(BILLION * files + 0.5)
    if u < calls:
        if n < out.shape[0]:
            out[n, 0], out[n, 1] = i, source
            n += 1
        mine[PROTESTS] += 1
        return n
    mine[PETITIONED] += v < files
    if fear > 0.0:
        mine[SILENCED_PROTESTS] += u < rules[CALLS] * active_chance(g, risk, arrest, watched, 0.0, rules)
        mine[SILENCED_PETITIONS] += v >= files and v < rules[PETITIONS] * petition_chance(g, 0.0, rules)
    return n


@njit(cache=True, nogil=True)
def crowd(
    arrest, echo, persons, prior, weight_person_years, memory_years, kept, crowd_per_event, weeks, officers
):
    """Perceived chance of arrest in each cell (n) from recent protests there and, as far as few, in the country.

    `echo` counts recent protests of a cell and fades here to the share `kept`; `prior` is the yearly rate that a person
    of the country expects, `weeks` the length of a year, `officers` those per 1,000 persons. Returns the sum of echoes.
    """
    total = 0.0
    for c in range(arrest.shape[0]):
        echo[c] *= kept
        seen = persons[c] * memory_years + weight_person_years
        rate = (prior * weight_person_years + echo[c]) / seen if seen > 0 else prior
        arrest[c] = arrest_chance(officers, 1000.0 * rate * crowd_per_event / weeks)
        total += echo[c]
    return total
