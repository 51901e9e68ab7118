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
# draws of a party in a step: one for the number, then a block for each look-up
_BLOCK = 8 + TRIES


@njit(cache=True, inline="always")
def pick(u: float, shares: np.ndarray) -> int:
    """Place in a row of running shares (n) that end in 1; -1 if all are 0."""
    for k in range(shares.shape[0]):
        if u < shares[k]:
            return k
    return NOBODY


@njit(cache=True, nogil=True)
def changes(gone, come, party, alive, listed, heard):
    """Rows of parties that left the list (into `gone`) and parties newly on it (into `come`), how many of each.

    `party` and `alive` (rows) are the table, `listed` (parties) tells who is listed, `heard` (m) who was published.
    """
    left, new = 0, 0
    for i in range(party.shape[0]):
        if alive[i] and listed[party[i]] == 0:
            gone[left] = i
            left += 1
    for k in range(heard.shape[0]):
        p = heard[k]
        known = listed[p] == 0
        for i in range(party.shape[0]):
            known |= alive[i] == 1 and party[i] == p
        for j in range(new):
            known |= come[j] == p
        if not known:
            come[new] = p
            new += 1
    return left, new


@njit(cache=True, nogil=True)
def look_up(out, looks, party, alive, kind, number, means, shares, sites, known, base, key):
    """Look-ups of a step that find one of the listed parties (rows); fills `out` (most, FIELDS).

    Returns how many, and how many parties are found for the first time since they were listed.

    `means` (2) look-ups a step of a person and of an organisation; `shares` (2, askers) and `sites` (2, sites) running
    shares of kinds of asker and of sites; `known` (askers) the share of each kind that knows the party. The asker is
    1 where somebody who knows the party is meant, else 0: see `find_askers`.
    """
    n, first = 0, 0
    for i in range(party.shape[0]):
        if not alive[i]:
            continue
        p = party[i]
        group = 1 if kind[p] else 0
        who = base | np.uint64(number[p])
        u = uniform(key, who, 0)
        if u < math.exp(-means[group]):
            continue
        for k in range(min(poisson(u, means[group]), out.shape[0] - n)):
            turn = 1 + k * _BLOCK
            asker = pick(uniform(key, who, turn), shares[group])
            site = pick(uniform(key, who, turn + 1), sites[group])
            if asker < 0 or site < 0:
                break
            out[n, DAY] = int(7 * uniform(key, who, turn + 2))
            out[n, ASKER] = uniform(key, who, turn + 3) < known[asker]
            out[n, PARTY], out[n, SITE], out[n, KIND] = p, site, asker
            first += looks[i] == 0
            looks[i] = min(looks[i] + 1, 65535)
            n += 1
    return n, first


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
        turn = 1 + nth * _BLOCK + 4
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
