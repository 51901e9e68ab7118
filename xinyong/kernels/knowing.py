"""How the share of contacts who know of a listing grows, and who of them learns."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform
from xinyong.kernels.ties import LAYERS, NOBODY, contacts, layer_of, somebody_near

# rules of a step
GOSSIP, FORGETTING, YEARS, FEATURED_SHARE, FEATURE_WEEKS, RULES = range(6)
# fields of what somebody learns
DAY, LEARNER, ABOUT, TIE, WRONG, FIELDS = range(6)
# draws of a listed person in a step: one for the media, one a layer, then a block for each that learns
_FEATURED, _LAYER, _BLOCKS, _BLOCK = 0, 1, 8, 32
MOST = 60


@njit(cache=True)
def pace(told: float, gossip: float, forgetting: float, years: float) -> float:
    """What `after` needs of a step's rates: the same for all who share them."""
    linear = gossip - told - forgetting
    s = math.sqrt(linear * linear + 4.0 * gossip * told)
    return math.tanh(0.5 * s * years) / s if s > 1e-12 else 0.5 * years


@njit(cache=True, inline="always")
def after(known, told, gossip, forgetting, tau):
    """Share who know a step later; `tau` from `pace`."""
    linear = gossip - told - forgetting
    k = (known * (1.0 + linear * tau) + 2.0 * told * tau) / (1.0 + (2.0 * gossip * known - linear) * tau)
    return min(max(k, 0.0), 1.0)


@njit(cache=True)
def spread(known: float, told: float, gossip: float, forgetting: float, years: float) -> float:
    """Share who know after `years`: exact solution of dK/dt = (told + gossip K)(1 - K) - forgetting K.

    *Source:* model.md 2.7i; of Bass's form where nothing is forgotten.
    """
    return after(known, told, gossip, forgetting, pace(told, gossip, forgetting, years))


@njit(cache=True)
def frozen(known: float, told: float, gossip: float, forgetting: float, years: float) -> float:
    """The same with the hazard held still within the step; only for showing what that costs (V-6, V-7)."""
    learn = (told + gossip * known) * years
    lose = forgetting * years
    both = learn + lose
    if both <= 0.0:
        return known
    still = learn / both
    return still + (known - still) * math.exp(-both)


@njit(cache=True, nogil=True)
def place_rows(at, party, alive):
    """Row of the table for each party (parties), NOBODY where there is none."""
    at[:] = NOBODY
    for i in range(party.shape[0]):
        if alive[i]:
            at[party[i]] = i


@njit(cache=True, nogil=True)
def note(rows, table, party, number, rules, week, net, base, key):
    """Begin a line for each newly listed person: how many contacts, and whether the media show it; counts features."""
    parties, layers, until = table
    shown = 0
    for k in range(rows.shape[0]):
        i, p = rows[k], party[k]
        parties[i] = p
        contacts(layers[i], p, np.int64(number[p]), net)
        if uniform(key, base | np.uint64(number[p]), _FEATURED) < rules[FEATURED_SHARE]:
            until[i] = week + np.int64(rules[FEATURE_WEEKS])
            shown += 1
    return shown


@njit(cache=True, nogil=True)
def take_in(out, know, layers, wrong, at, askers, parties, days, number, net):
    """Let askers learn of whom they looked up or saw on the map (n sightings), where they are tied to them."""
    n = 0
    for k in range(parties.shape[0]):
        asker, p = askers[k], parties[k]
        if asker < 0 or p >= net[0] or at[p] == NOBODY:
            continue
        layer = layer_of(p, np.int64(number[p]), asker, np.int64(number[asker]), net)
        i = at[p]
        if layer == NOBODY or layers[i, layer] == 0:
            continue
        know[i, layer] += (1.0 - know[i, layer]) / layers[i, layer]
        out[n, DAY], out[n, LEARNER], out[n, ABOUT] = days[k], asker, p
        out[n, TIE], out[n, WRONG] = layer, wrong[i]
        n += 1
    return n


@njit(cache=True, nogil=True)
def pass_on(out, table, number, told, media, rules, monday, week, net, base, key):
    """A week of word of mouth about every listed person; who learns goes to `out`. Returns how many.

    `table` is alive, party, layers (contacts), know, until (week to which the media show the listing), wrong;
    `told` and `media` (LAYERS) yearly hazards of a contact. Learners are picked anew each week.
    """
    alive, party, layers, know, until, wrong = table
    n = 0
    gossip, forgetting, years = rules[GOSSIP], rules[FORGETTING], rules[YEARS]
    hazards, paces = np.empty((2, LAYERS)), np.empty((2, LAYERS))
    for layer in range(LAYERS):
        for shown in range(2):
            hazards[shown, layer] = told[layer] + shown * media[layer]
            paces[shown, layer] = pace(hazards[shown, layer], gossip, forgetting, years)
    for i in range(party.shape[0]):
        if alive[i] == 0:
            continue
        p = party[i]
        who = base | np.uint64(number[p])
        shown = 1 if until[i] > week else 0
        for layer in range(LAYERS):
            before = know[i, layer]
            if layers[i, layer] == 0 or (hazards[shown, layer] == 0.0 and before == 0.0):
                continue
            now = after(before, hazards[shown, layer], gossip, forgetting, paces[shown, layer])
            know[i, layer] = now
            learned = now - before + forgetting * years * 0.5 * (before + now)
            mean = max(learned, 0.0) * layers[i, layer]
            # the whole part, and one more with the chance of the rest
            for t in range(int(mean + uniform(key, who, _LAYER + layer))):
                turn = _BLOCKS + (layer * MOST + t) * _BLOCK
                other = somebody_near(layer, p, np.int64(number[p]), net, who, key, turn + 1)
                if other == NOBODY:
                    continue
                out[n, DAY] = monday + int(7 * uniform(key, who, turn))
                out[n, LEARNER], out[n, ABOUT], out[n, TIE], out[n, WRONG] = other, p, layer, wrong[i]
                n += 1
    return n
