"""Opinion of the system: what pulls at private support, what contacts say aloud, and what one answers oneself."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.census import education_of, sex_of, urban_of
from xinyong.kernels.graph import forward_all, inverse_all, tied
from xinyong.kernels.perks import SHADOW
from xinyong.kernels.random import bits, uniform
from xinyong.kernels.scores import place
from xinyong.kernels.traits import PRIVACY as CONCERN
from xinyong.kernels.traits import quantile, trait_of

# private support is kept in 32nds of a logit
STEPS, STEP, MOST = 32.0, 1.0 / 32.0, 127
OPPOSE, NEUTRAL, APPROVE = range(3)
# the byte `voiced`: bits 0-1 the answer aloud, bits 2-3 the private one, then what the person has and knows
HELD, REPRESSION, WRONGFUL, SANCTIONED = 16, 32, 64, 128
# one word a person draws once and keeps (answer, falsifying, media), another anew each time (rounding, news, whom one
# meets); whether one knows of a local scheme has a draw of its own
LASTING, AWARE = np.uint64(0), 1
PASSING = np.uint64(0)
_255TH = 1.0 / 255.0
_U24, _LOW24, _LOW16, _LOW8 = 2.0**-24, np.uint64(0xFFFFFF), np.uint64(0xFFFF), np.uint64(0xFF)
# the vector of rules
(
    BENEFIT, FRAUD, MEDIA, EXPOSED, PRIVACY, AWARE_SHARE, SANCTION, REPRESSION_COST, WRONGFUL_COST, ETA, EPSILON,
    KEPT_ALONE, KEPT_AMONG, ALOUD, LEAST_AGE, HEARS, ASKED, RURAL, RULES,
) = range(19)  # fmt: skip
# tables by what somebody is: of the pull (they add up) and of the odds of falsifying (they multiply), each by the five
# bits of the census, by income and by age
OF_PULL, OF_ODDS = 0, 3
# groups counted: everybody, then five pairs
GROUPS = 11
HOLDERS, PRIVATE, VOICED, FALSIFIED, COUNTS = 0, 1, 4, 7, 8
# opinions in which benefit, media and privacy weighed are counted in the unused places of the last column
BY_BENEFIT, BY_MEDIA, BY_PRIVACY = 1, 2, 3
YOUNG_BELOW, OLD_FROM, THIRD = 35, 50, 85
ADJACENT = 10


@njit(cache=True, inline="always")
def expressed(mark):
    """0 oppose, 1 neutral, 2 approve: what is said aloud, from the byte `voiced`; numbers or arrays alike."""
    return mark & 3


@njit(cache=True, inline="always")
def private(mark):
    """0 oppose, 1 neutral, 2 approve: what is thought, from the byte `voiced`; numbers or arrays alike."""
    return mark >> 2 & 3


@njit(cache=True, inline="always")
def lasting_draws(word):
    """Three numbers in (0, 1) that a person keeps: for the answer, for falsifying, for having seen the media."""
    return (
        (float(word & _LOW24) + 0.5) * _U24, (float(word >> np.uint64(24) & _LOW24) + 0.5) * _U24,
        (float(word >> np.uint64(48)) + 0.5) * 2.0**-16,
    )  # fmt: skip


@njit(cache=True, inline="always")
def moved(support, pull, total, met, rules):
    """Support a turn later, between one's own pull and the mean of what contacts say: Friedkin-Johnsen's exact step.

    `total` is the sum of what `met` contacts say, in logits.
    """
    eta, epsilon = rules[ETA], rules[EPSILON]
    if met == 0 or eta + epsilon <= 0.0:
        return pull + (support - pull) * rules[KEPT_ALONE]
    goal = (eta * pull + epsilon * total / met) / (eta + epsilon)
    return goal + (support - goal) * rules[KEPT_AMONG]


@njit(cache=True, inline="always")
def answer(u: float, neutral_below: float, approve_below: float) -> int:
    """An ordered logit by inversion: 2 below the chance of approving, 0 above that of not opposing."""
    return int(u < neutral_below) + int(u < approve_below)


@njit(cache=True, inline="always")
def falsifies(u, age, census, income, tables):
    """Whether somebody who does not approve says so all the same: u under odds / (1 + odds)."""
    odds = tables[OF_ODDS, census & 31] * tables[OF_ODDS + 1, income] * tables[OF_ODDS + 2, age]
    return u * (1.0 + odds) < odds


@njit(cache=True, inline="always")
def character(age, census, income, tables):
    """The part of the pull that comes from who somebody is: intercept, income, schooling, town, age."""
    return tables[OF_PULL, census & 31] + tables[OF_PULL + 1, income] + tables[OF_PULL + 2, age]


@njit(cache=True, inline="always")
def perks_of(points, flags, income, worth):
    """Yearly value of the perks a score earns; `worth` is that at average demand by points, if no listing blocks it."""
    return worth[points] * (0.5 + income * _255TH) if flags & SHADOW == 0 and points < worth.shape[0] else 0.0


@njit(cache=True, inline="always")
def costs(mark, rules):
    """What knowing of repression, knowing a wrongful case and a sanction at home take off."""
    off = rules[REPRESSION_COST] if mark & REPRESSION else 0.0
    off += rules[WRONGFUL_COST] if mark & WRONGFUL else 0.0
    return off + (rules[SANCTION] if mark & SANCTIONED else 0.0)


@njit(cache=True, inline="always")
def _privacy(member, file, who, rules, fixed, mix, trait_key):
    """Concern for one's data, of those who know that somebody scores them."""
    if rules[PRIVACY] == 0.0 or not (member or (file and uniform(fixed, who, AWARE) < rules[AWARE_SHARE])):
        return 0.0
    return rules[PRIVACY] * quantile(trait_of(CONCERN, mix, trait_key, who))


@njit(cache=True, inline="always")
def _benefit(points, flags, income, used, stake, worth):
    """Yearly value of what somebody has of the system: perks of a score as far as used, a city's grade and red list."""
    city = max(stake, 0.0)
    return city + used * perks_of(points, flags, income, worth) if points else city


@njit(cache=True, inline="always")
def _named(row, court, others):
    """Whether somebody is on the court's list or another black list."""
    return np.int64((court[row] > 0) | (others[row] > 0))


@njit(cache=True, inline="always")
def _balance(totals, gain, media, cost):
    """Benefit and media less the cost of privacy; in how many opinions each of them weighed is counted."""
    totals[BY_BENEFIT, FALSIFIED] += gain != 0.0
    totals[BY_MEDIA, FALSIFIED] += media != 0.0
    totals[BY_PRIVACY, FALSIFIED] += cost != 0.0
    return gain + media - cost


@njit(cache=True, inline="always")
def _at_home(k, row, voiced, household, court, others, row_of, persons):
    """The household of number k: first and past the last, how many are listed, what the others say, how many do."""
    start, end = k - np.int64(household[row]), k + 1
    listed = total = met = np.int64(0)
    while end < persons and household[place(row_of, end)] > 0:
        end += 1
    # two loops are ten times as fast as one that looks for the end
    for other in range(start, end):
        there = place(row_of, other)
        mark = np.int64(voiced[there])
        says = np.int64(other != k) & (mark >> 4 & 1)
        total += says * (expressed(mark) - NEUTRAL)
        met += says
        listed += _named(there, court, others)
    return start, end, listed, total, met


@njit(cache=True, inline="always")
def _says(total, met, other, voiced, row_of):
    """Add what somebody says, if anything."""
    mark = int(voiced[place(row_of, other)])
    says = mark >> 4 & 1
    return total + says * (expressed(mark) - NEUTRAL), met + says


@njit(cache=True, inline="always")
def _listen(k, home, known, voiced, row_of, tie_key, weights, persons, luck):
    """What contacts say (sum of -1, 0, 1) and how many do: the household, one next door, one who may be `known`."""
    start, end, _, total, met = home
    other = k - k % ADJACENT + np.int64(luck & _LOW8) % ADJACENT
    if other < persons and not start <= other < end:
        total, met = _says(total, met, other, voiced, row_of)
    if known >= 0 and known != k and tied(np.uint32(k), np.uint32(known), tie_key, weights):
        total, met = _says(total, met, known, voiced, row_of)
    return total, met


@njit(cache=True, inline="always")
def _candidates(first, last, persons, nth, asks, rounds):
    """With whom each whose turn it is may be acquainted: all by one permutation, another each turn; or none."""
    out = np.empty(last - first if asks else 0, np.uint32)
    if asks:
        one = rounds[(nth >> 1) % rounds.shape[0]]
        if nth & 1:
            inverse_all(out, first, persons, one)
        else:
            forward_all(out, first, persons, one)
    return out


@njit(cache=True, inline="always")
def groups_of(age, census, income):
    """The groups a person counts in, as bits."""
    schooled, urban, man = education_of(census) >= 2, urban_of(census), sex_of(census)
    return (
        1 | (income < THIRD) << 1 | (income >= 2 * THIRD + 1) << 2 | (not schooled) << 3 | schooled << 4
        | (1 - urban) << 5 | urban << 6 | (1 - man) << 7 | man << 8 | (age < YOUNG_BELOW) << 9 | (age >= OLD_FROM) << 10
    )  # fmt: skip


@njit(cache=True, inline="always")
def _book(totals, mark, sign, groups):
    """Count an opinion in (sign 1) or out (-1) in all groups of a person."""
    for g in range(GROUPS):
        if groups >> g & 1:
            totals[g, HOLDERS] += sign
            totals[g, PRIVATE + private(mark)] += sign
            totals[g, VOICED + expressed(mark)] += sign


@njit(cache=True, inline="always")
def _write(totals, row, value, known, support, voiced, facts, tables, limits, rounding, u, pretends):
    """Keep a person's support and the two answers that follow from it, and count what changed."""
    level = math.floor(value * STEPS + rounding)
    level = max(-MOST, min(MOST, level))
    age, census, income = facts
    inside = answer(u, limits[0, level + 128], limits[1, level + 128])
    aloud = inside if not falsifies(pretends, age, census, income, tables) else APPROVE
    old, new = int(voiced[row]), known | HELD | inside << 2 | aloud
    support[row], voiced[row] = level, new
    if (old ^ new) & (HELD | 15):
        groups = groups_of(age, census, income)
        if old & HELD:
            _book(totals, old, -1, groups)
            totals[0, FALSIFIED] -= expressed(old) != private(old)
        _book(totals, new, 1, groups)
        totals[0, FALSIFIED] += aloud != inside


@njit(cache=True, nogil=True)
def turn(
    totals, support, voiced, people, household, scores, names, stakes, worth, tables, row_of, ties, when, base, keys,
    lasting,
):  # fmt: skip
    """Those whose turn it is: each is drawn to what they have and know and to what contacts say, then answers anew.

    totals (11, 8): holders, private and voiced answers by group, falsified; people: age, census, income; scores:
    points and flags at the firm; names: on the court's list, on others; stakes (turn): yearly value of a city's
    grade, negative without a file; worth: yearly value of perks by points; tables: rules, pull and odds by
    person (6, 256), chances of not opposing and of approving by level of support (2, 256); when: first and past the
    last number whose turn it is, how-manieth turn; ties: rounds, key, weights, persons; keys: of this week, of always.
    """
    key, fixed = keys
    rules, by_person, limits = tables
    age, census, income = people
    points_of, flags_of = scores
    court, others = names
    rounds, tie_key, weights, persons = ties
    first, last, nth = when
    scored, asks = points_of.shape[0] > 0, rules[ASKED] > 0.0 and rounds.shape[0] > 0
    known_to = _candidates(first, last, persons, nth, asks, rounds)
    for k in range(first, last):
        row = place(row_of, k)
        if age[row] < rules[LEAST_AGE]:
            continue
        who = base | np.uint64(k)
        luck = bits(key, who, PASSING)
        u, pretends, sees = lasting_draws(bits(fixed, who, LASTING))
        news = float(luck >> np.uint64(16) & _LOW24) * _U24 < rules[HEARS]
        mark = (int(voiced[row]) & ~SANCTIONED) | (REPRESSION if news else 0)
        home = _at_home(k, row, voiced, household, court, others, row_of, persons)
        mark |= SANCTIONED if home[2] else 0
        stake = stakes[k - first] if stakes.shape[0] else -1.0
        points, flags = (int(points_of[row]), int(flags_of[row])) if scored else (0, 0)
        used = 1.0 if urban_of(census[row]) else rules[RURAL]
        gain = rules[BENEFIT] * _benefit(points, flags, income[row], used, stake, worth)
        cost = _privacy(points > 0, stake >= 0.0, who, rules, fixed, lasting[0], lasting[1])
        value = character(age[row], census[row], income[row], by_person) + rules[FRAUD] - costs(mark, rules)
        value += _balance(totals, gain, rules[MEDIA] if sees < rules[EXPOSED] else 0.0, cost)
        if mark & HELD:
            total, met = 0, 0
            if rules[EPSILON] > 0.0:
                other = np.int64(known_to[k - first]) if asks else -1
                lot = luck >> np.uint64(40)
                total, met = _listen(k, home, other, voiced, row_of, tie_key, weights, persons, lot)
            value = moved(support[row] * STEP, value, rules[ALOUD] * total, met, rules)
        facts, rounding = (age[row], census[row], income[row]), float(luck & _LOW16) * 2.0**-16
        known = mark & (REPRESSION | WRONGFUL | SANCTIONED)
        _write(totals, row, value, known, support, voiced, facts, by_person, limits, rounding, u, pretends)


@njit(cache=True, nogil=True)
def struck(
    totals, parties, number, support, voiced, people, household, names, tables, row_of, persons, base, keys
):
    """A listing is felt at once by the party and the household, by those who did not already live with one.

    tables: rules, tables by person, limits (see `turn`).
    """
    court, others = names
    for i in range(parties.shape[0]):
        if parties[i] >= persons or not _named(parties[i], court, others):
            continue
        k = np.int64(number[parties[i]])
        home = _at_home(k, parties[i], voiced, household, court, others, row_of, persons)
        for other in range(home[0], home[1]):
            row = place(row_of, other)
            _learn(totals, row, other, SANCTIONED, support, voiced, people, tables, base, keys)


@njit(cache=True, nogil=True)
def told(totals, learners, what, number, support, voiced, people, tables, base, keys):
    """Each of `learners` (n, rows) comes to know something (`what`, bits of the byte) and loses support by it."""
    for i in range(learners.shape[0]):
        row = learners[i]
        _learn(totals, row, np.int64(number[row]), int(what[i]), support, voiced, people, tables, base, keys)


@njit(cache=True, inline="always")
def _learn(totals, row, k, what, support, voiced, people, tables, base, keys):
    mark = int(voiced[row])
    fresh = what & ~mark
    if not mark & HELD or not fresh:
        return
    who = base | np.uint64(k)
    value = support[row] * STEP - costs(fresh, tables[0])
    known = (mark | fresh) & (REPRESSION | WRONGFUL | SANCTIONED)
    rounding = float(bits(keys[0], who, PASSING) & _LOW16) * 2.0**-16
    u, pretends, _ = lasting_draws(bits(keys[1], who, LASTING))
    facts = (people[0][row], people[1][row], people[2][row])
    _write(totals, row, value, known, support, voiced, facts, tables[1], tables[2], rounding, u, pretends)


@njit(cache=True, nogil=True)
def city_stakes(out, party, alive, grade, red, number, first, step_value, red_value):
    """Yearly value of each resident's grade and red list into `out` (turn), -1 where there is no file.

    Two steps for the best grade, one for the next; `red` is empty where a city keeps no lists.
    """
    out[:] = -1.0
    for i in range(party.shape[0]):
        if alive[i] == 0 or grade[i] == 0:
            continue
        place_in_turn = int(number[party[i]]) - first
        if 0 <= place_in_turn < out.shape[0]:
            value = step_value * max(0, 3 - int(grade[i]))
            out[place_in_turn] = value + (red_value if red.shape[0] and red[i] else 0.0)
