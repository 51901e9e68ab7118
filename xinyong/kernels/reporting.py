"""Who reports whom, and what the authorities make of it with the inspectors they have."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import pair, uniform
from xinyong.kernels.ties import (
    ADULT,
    HOUSEHOLD,
    LAYERS,
    NOBODY,
    TRIES,
    home_of,
    row_at,
    somebody_near,
)
from xinyong.kernels.traits import NORM, trait_of
from xinyong.kernels.variates import poisson

# rules of a step
(
    RATE, REWARD, NORM_WEIGHT, CLOSENESS_WEIGHT, GRUDGE_WEIGHT, GRUDGE_SHARE, FALSE, CAPACITY, PATIENCE, UPHELD,
    CORRECT, RULES,
) = range(12)  # fmt: skip
# fields of a report
DAY, REPORTER, PARTY, ACT, TRUE, LAYER, FIELDS = range(7)
# what became of complaints
VERIFIED, UNVERIFIED, UPHELD_TRUE, UPHELD_FALSE, DISMISSED, FOUND, SUMS = range(7)
# nobody reports with more than exp(2) times the usual chance; a household has at most seven others
MOST_SCORE, MOST_REPORTS, MOST_AT_HOME = 2.0, 8, 7
# draws of an act: one for how many might report, then a block for each
_BLOCK = 8 + 2 * TRIES
_ACT = 1 + MOST_REPORTS * _BLOCK
_FALSE, _ATTEMPTS = 1 << 20, 8


@njit(cache=True)
def chance(norm: float, closeness: float, grudge: float, rules: np.ndarray) -> float:
    """Chance that one who knows of an act reports it, as a share of the greatest there is.

    *Source:* model.md 2.7i: r0 * exp(reward + norm - closeness + grudge).
    """
    score = rules[REWARD] + rules[NORM_WEIGHT] * norm - rules[CLOSENESS_WEIGHT] * closeness
    return math.exp(min(score + rules[GRUDGE_WEIGHT] * grudge, MOST_SCORE) - MOST_SCORE)


@njit(cache=True, inline="always")
def _layer(u, running):
    layer = 0
    while layer < LAYERS - 1 and u >= running[layer]:
        layer += 1
    return layer


@njit(cache=True, inline="always")
def _fewer_at_home(layer, row, net):
    """Households were drawn as if they held seven others."""
    if layer != HOUSEHOLD:
        return 1.0
    start, end = home_of(row, net)
    return (end - start - 1) / MOST_AT_HOME


@njit(cache=True, nogil=True)
def tell(out, acts, seen_by, running, closeness, rules, number, age, mix, net, base, keys):
    """Reports of a week's acts (n) that no authority found out, true ones and the false ones beside them, into `out`.

    `acts` is party, act, detected, day; `seen_by` (acts) is how many witnesses an act has, were all households full;
    `running` (LAYERS) their running shares, `closeness` (LAYERS). `keys`: of the step, of grudges, of traits.
    Returns how many.
    """
    parties, kinds, detected, days = acts
    n = nth = 0
    for k in range(parties.shape[0]):
        p, act = parties[k], kinds[k]
        nth = nth + 1 if k and parties[k - 1] == p and kinds[k - 1] == act else 0
        mean = seen_by[act] * rules[RATE] * math.exp(MOST_SCORE)
        if detected[k] or mean == 0.0 or p >= net[0]:
            continue
        who = base | np.uint64(number[p])
        first = (np.int64(act) * 8 + nth) * _ACT
        for c in range(min(poisson(uniform(keys[0], who, first), mean), MOST_REPORTS)):
            turn = first + 1 + c * _BLOCK
            layer = _layer(uniform(keys[0], who, turn), running)
            other = somebody_near(layer, p, np.int64(number[p]), net, who, keys[0], turn + 8)
            if other == NOBODY or age[other] < ADULT:
                continue
            witness = base | np.uint64(number[other])
            grudge = uniform(keys[1], pair(who, witness), 0) < rules[GRUDGE_SHARE]
            ready = chance(trait_of(NORM, mix, keys[2], witness), closeness[layer], grudge, rules)
            if uniform(keys[0], who, turn + 1) >= ready * _fewer_at_home(layer, p, net):
                continue
            _write(out, n, days[k], other, p, act, 1, layer)
            n += 1
            for f in range(int(rules[FALSE] + uniform(keys[0], who, turn + 2))):
                n += _slander(out, n, days[k], act, running, age, net, who, keys[0], 64 * (turn + 8 * f))
    return n


@njit(cache=True, inline="always")
def _write(out, n, day, reporter, party, act, true, layer):
    out[n, DAY], out[n, REPORTER], out[n, PARTY] = day, reporter, party
    out[n, ACT], out[n, TRUE], out[n, LAYER] = act, true, layer


@njit(cache=True)
def _slander(out, n, day, act, running, age, net, who, key, turn):
    """Somebody says of somebody tied to him what never happened; 1 if there is such a pair of adults."""
    for t in range(_ATTEMPTS):
        at = _FALSE + turn + t * _BLOCK
        me = int(net[0] * uniform(key, who, at))
        row = row_at(me, net)
        layer = _layer(uniform(key, who, at + 1), running)
        other = somebody_near(layer, row, me, net, who, key, at + 8)
        if other != NOBODY and age[other] >= ADULT and age[row] >= ADULT:
            _write(out, n, day, row, other, act, 0, layer)
            return 1
    return 0


@njit(cache=True, nogil=True)
def decide(rows, upheld, table, rules, number, capacity, week, base, key, sums):
    """Verify as many open complaints as there are inspectors for, oldest first; give up those that waited too long.

    `table` is alive, party, act, true, filed (week). Rows that are decided go to `rows`, whether they are upheld to
    `upheld`; adds to `sums` (SUMS). Returns how many.
    """
    alive, party, act, true, filed = table
    waiting = np.flatnonzero(alive)
    order = np.empty(waiting.shape[0], np.int64)
    for k in range(waiting.shape[0]):
        i = waiting[k]
        luck = uniform(key, base | np.uint64(number[party[i]]), 4 * np.int64(act[i]) + true[i])
        order[k] = np.int64(filed[i]) * (1 << 32) + np.int64(luck * 4294967296.0)
    n = 0
    for k in np.argsort(order):
        i = waiting[k]
        who, turn = base | np.uint64(number[party[i]]), 4 * np.int64(act[i]) + true[i]
        if capacity > 0:
            capacity -= 1
            right = uniform(key, who, 64 + turn) < rules[CORRECT]
            stands = (true[i] == 1) == right
            sums[VERIFIED] += 1
            sums[FOUND] += stands and true[i] == 1
        elif week - filed[i] >= rules[PATIENCE]:
            stands = uniform(key, who, 128 + turn) < rules[UPHELD]
            sums[UNVERIFIED] += 1
        else:
            continue
        sums[(UPHELD_TRUE if true[i] else UPHELD_FALSE) if stands else DISMISSED] += 1
        rows[n], upheld[n] = i, stands
        n += 1
    return n
