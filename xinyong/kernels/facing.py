"""Loss of face: what being known as a defaulter costs, by whom it is known and how many others are seen as such."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.ties import LAYERS, home_of
from xinyong.kernels.traits import FACE, trait_of
from xinyong.kernels.variates import normal

# rules of a step
SCALE, HOUSEHOLD, HABITUATION, SPREAD, DEBTORS, CONSTANT, RULES = range(7)
UNIT, MOST = 64.0, 255
LEAST_SHARE, MOST_SHARE = 1e-4, 0.5
# sums of a step
LISTED, FAMILY, LISTED_UNITS, FAMILY_UNITS, SUMS = range(5)
# the climate
STIGMA, PPV, AUDIENCE, MEDIA, CLIMATE = range(5)


@njit(cache=True)
def stigma(share: float, truth: float) -> float:
    """What separates the seen-as-good from the seen-as-bad, in standard deviations of character (standard normal).

    `share` of debtors seen as bad, `truth` the share of those rightly seen so. *Source:* model.md 2.7i.
    """
    share = min(max(share, LEAST_SHARE), 1.0 - LEAST_SHARE)
    cut = normal(share)
    return truth * math.exp(-0.5 * cut * cut) / math.sqrt(2.0 * math.pi) / (share * (1.0 - share))


@njit(cache=True)
def weigh(weight, alive, party, number, spread, mix, base, key):
    """How much face means to each new listed person, mean 1 over everybody; 0 marks a line not yet weighed."""
    for i in range(party.shape[0]):
        if alive[i] and weight[i] == 0.0:
            z = trait_of(FACE, mix, key, base | np.uint64(number[party[i]]))
            weight[i] = math.exp(spread * z - 0.5 * spread * spread)


@njit(cache=True, inline="always")
def heard_by(known, weights):
    """Share of the audience that knows, layers weighted."""
    total = 0.0
    for layer in range(LAYERS):
        total += weights[layer] * known[layer]
    return total


@njit(cache=True)
def climate_of(table, weights, adults, rules, out):
    """Stigma, share of true listings among listed persons, mean audience, into `out` (CLIMATE).

    `table` is alive, party, since, known, wrong, weight. Where nobody is listed stigma is that of the first to be so.
    """
    alive, _, _, known, wrong, _ = table
    listed = true = 0
    audience = 0.0
    for i in range(alive.shape[0]):
        if alive[i]:
            listed += 1
            true += wrong[i] == 0
            audience += heard_by(known[i], weights)
    out[PPV] = true / listed if listed else 1.0
    out[AUDIENCE] = audience / listed if listed else 0.0
    debtors = max(adults * rules[DEBTORS], 1.0)
    seen = min(max(listed, 1) / debtors, MOST_SHARE)
    out[STIGMA] = rules[CONSTANT] if rules[CONSTANT] > 0.0 else stigma(seen, out[PPV])


@njit(cache=True, inline="always")
def _more(shame, row, amount):
    shame[row] = min(MOST, np.int64(shame[row]) + np.int64(min(amount * UNIT + 0.5, float(MOST))))


@njit(cache=True)
def calm(shame, rows, net):
    """Take away all shame from the households of rows (n)."""
    for row in rows:
        if 0 <= row < net[0]:
            start, end = home_of(row, net)
            shame[start:end] = 0


@njit(cache=True)
def shame_on(shame, table, listed, weights, stigma_now, rules, today, net, sums):
    """Face lost now by each listed person and, in part, by each of the household; adds to `sums` (SUMS)."""
    alive, party, since, known, _, weight = table
    for i in range(alive.shape[0]):
        if alive[i]:
            start, end = home_of(party[i], net)
            shame[start:end] = 0
    for i in range(alive.shape[0]):
        if alive[i] == 0:
            continue
        years = max(today - since[i], 0) / 365.25
        flow = rules[SCALE] * weight[i] * heard_by(known[i], weights) * stigma_now
        flow *= math.exp(-rules[HABITUATION] * years)
        start, end = home_of(party[i], net)
        for row in range(start, end):
            _more(shame, row, flow if row == party[i] else rules[HOUSEHOLD] * flow)
    _sum_up(shame, alive, party, listed, net, sums)


@njit(cache=True)
def _sum_up(shame, alive, party, listed, net, sums):
    """Count the listed and their relatives who lose face, each once; who is both counts as listed."""
    for i in range(alive.shape[0]):
        if alive[i] == 0:
            continue
        sums[LISTED] += shame[party[i]] > 0
        sums[LISTED_UNITS] += shame[party[i]]
        start, end = home_of(party[i], net)
        if not (listed[start : party[i]] > 0).any():
            for row in range(start, end):
                if listed[row] == 0:
                    sums[FAMILY] += shame[row] > 0
                    sums[FAMILY_UNITS] += shame[row]


@njit(cache=True, nogil=True)
def lose_face(
    shame, gone, table, shown_until, listed, number, weights, rules, adults, time, homes, mix, keys, climate
):
    """A week of loss of face; fills `climate` (CLIMATE) and returns the sums (SUMS) and how many lines there are.

    `gone` are parties off the list, `table` alive, party, since, known, wrong, face weight; `time` is Monday and week,
    `keys` the base of the shard and the key of traits.
    """
    alive, party, _, _, _, weight = table
    sums, followed = np.zeros(SUMS, np.int64), 0
    calm(shame, gone, homes)
    weigh(weight, alive, party, number, rules[SPREAD], mix, keys[0], keys[1])
    climate_of(table, weights, adults, rules, climate)
    climate[MEDIA] = 0.0
    for i in range(alive.shape[0]):
        followed += alive[i]
        climate[MEDIA] += alive[i] == 1 and shown_until[i] > time[1]
    shame_on(shame, table, listed, weights, climate[STIGMA], rules, time[0], homes, sums)
    return sums, followed
