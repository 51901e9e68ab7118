"""Who looks up whom: look-ups that find a listed party, and by whom they are made."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.graph import forward, inverse, tied
from xinyong.kernels.random import uniform
from xinyong.kernels.variates import poisson

NOBODY = -1
TRIES = 32
# fields of a look-up
DAY, ASKER, PARTY, SITE, KIND, FIELDS = range(6)
# draws of a party in a step: one for being looked up (`dense.hits`), one for how often, then a block for each look-up
_BLOCK = 8 + TRIES
MOST = 60


@njit(cache=True, inline="always")
def pick(u: float, shares: np.ndarray) -> int:
    """Place in a row of running shares (n) that end in 1."""
    for k in range(shares.shape[0] - 1):
        if u < shares[k]:
            return k
    return shares.shape[0] - 1


@njit(cache=True, nogil=True)
def look_up(out, times, rows, kind, number, means, askers, sites, known, base, key):
    """Look-ups of a step of parties (rows) that are looked up at least once.

    Fills `out` (MOST * rows, FIELDS), and `times` (rows) with how often each is looked up. `means` (2) look-ups a step
    of a person and of an organisation, `askers` (2, kinds of asker) and `sites` (2, sites) running shares, `known`
    (kinds of asker) the share that knows the party. The asker is 1 where somebody who knows the party is meant, else
    0: see `find_askers`. Returns how many.
    """
    n = 0
    for r in range(rows.shape[0]):
        p = rows[r]
        group = 1 if kind[p] else 0
        who = base | np.uint64(number[p])
        none = math.exp(-means[group])
        u = none + (1.0 - none) * uniform(key, who, 1)
        times[r] = min(max(poisson(u, means[group]), 1), MOST)
        for k in range(times[r]):
            turn = 2 + k * _BLOCK
            asker = pick(uniform(key, who, turn), askers[group])
            out[n, DAY] = int(7 * uniform(key, who, turn + 2))
            out[n, ASKER] = uniform(key, who, turn + 3) < known[asker]
            out[n, PARTY], out[n, KIND] = p, asker
            out[n, SITE] = pick(uniform(key, who, turn + 1), sites[group])
            n += 1
    return n


@njit(cache=True, nogil=True)
def find_askers(found, speaker, persons, number, age, least, rounds, regular, ties, table, base, key):
    """Put a row into the asker's field of each look-up (n, FIELDS): somebody who knows the party, or anybody.

    `speaker` (organisations) is the person who stands for each organisation, `age` and `least` rule out children;
    the rest are the ties of the shard (`xinyong.graph`). NOBODY where a small society holds no such adult.
    """
    nth = 0
    for k in range(found.shape[0]):
        p = found[k, PARTY]
        nth = nth + 1 if k and found[k - 1, PARTY] == p else 0
        row = p if p < persons else speaker[p - persons]
        who = base | np.uint64(number[p])
        turn = 2 + nth * _BLOCK + 4
        asker = NOBODY
        if found[k, ASKER]:
            u = uniform(key, who, turn)
            asker = _knows(row, persons, age, least, rounds, regular, ties, table, u)
        if asker == NOBODY:
            asker = _anybody(p, persons, age, least, who, key, turn + 1)
        found[k, ASKER] = asker


@njit(cache=True)
def _knows(row, persons, age, least, rounds, regular, ties, table, u):
    """The first adult a person is tied to, from a drawn place in the round of possible ties on; or NOBODY."""
    many = 2 * rounds.shape[0]
    for t in range(many):
        place = (int(many * u) + t) % many
        if place % 2:
            other = forward(row, persons, rounds[place // 2])
        else:
            other = inverse(row, persons, rounds[place // 2])
        near = regular or tied(np.uint32(row), np.uint32(other), ties, table)
        if other != row and age[other] >= least and near:
            return other
    return NOBODY


@njit(cache=True)
def _anybody(party, persons, age, least, who, key, turn):
    """Any adult but the party, or NOBODY."""
    for t in range(TRIES):
        other = int(persons * uniform(key, who, turn + t))
        if other != party and age[other] >= least:
            return other
    return NOBODY
