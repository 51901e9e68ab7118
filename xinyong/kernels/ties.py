"""One tie at a time: how many stand near a person in each layer, whether two are tied, and a tie picked by draw.

`net` is what `xinyong.ties.net_of` gives: persons, rows by number (empty where they are the same), place in household,
adults up to each block of 64 numbers, keys of seats at work and of acquaintances, sociability, sizes of blocks, ages.
"""

import numpy as np
from numba import njit

from xinyong.kernels.graph import forward, inverse, tied
from xinyong.kernels.random import uniform

HOUSEHOLD, WORK, NEIGHBOUR, ACQUAINTANCE = range(4)
LAYERS, NOBODY, TRIES = 4, -1, 24
ADULT, ADJACENT, WORKPLACE, BLOCK = 18, 0, 1, 64


@njit(cache=True, nogil=True)
def count_adults(upto, age, row_of):
    """Adults among the numbers before each block of 64 into `upto` (blocks + 1); `age` by row of persons."""
    upto[0] = 0
    for b in range(upto.shape[0] - 1):
        first, last = b * BLOCK, min(b * BLOCK + BLOCK, age.shape[0])
        n = np.uint8(0)
        if row_of.shape[0]:
            for number in range(first, last):
                n += np.uint8(age[row_of[number]] >= ADULT)
        else:
            some = age[first:last]
            for k in range(some.shape[0]):
                n = np.uint8(n + np.uint8(some[k] >= ADULT))
        upto[b + 1] = upto[b] + n


@njit(cache=True, inline="always")
def row_at(number, net):
    """Row of the person of a number."""
    return net[1][number] if net[1].shape[0] else number


@njit(cache=True)
def home_of(row, net):
    """First row of the household of a row, and the row after its last."""
    start = row - net[2][row]
    end = row + 1
    while end < net[0] and net[2][end] > 0:
        end += 1
    return start, end


@njit(cache=True, inline="always")
def _seats(net):
    return net[3][net[3].shape[0] - 1]


@njit(cache=True)
def _rank(me, net):
    """Place of a person among the adults, or NOBODY."""
    if net[9][row_at(me, net)] < ADULT:
        return NOBODY
    rank = net[3][me // BLOCK]
    for number in range(me - me % BLOCK, me):
        rank += net[9][row_at(number, net)] >= ADULT
    return rank


@njit(cache=True)
def _adult(rank, net):
    """Number of the adult at a place among them."""
    b = np.searchsorted(net[3], rank, side="right") - 1
    left, number = rank - net[3][b], b * BLOCK
    while True:
        left -= net[9][row_at(number, net)] >= ADULT
        if left < 0:
            return number
        number += 1


@njit(cache=True)
def _block(place, size, end):
    first = place - place % size
    return first, min(first + size, end)


@njit(cache=True)
def contacts(out, row, me, net):
    """How many others stand near person `me` (a number) at `row`, by layer, into `out` (LAYERS)."""
    start, end = home_of(row, net)
    out[HOUSEHOLD] = end - start - 1
    first, last = _block(me, net[8][ADJACENT], net[0])
    out[NEIGHBOUR] = last - first - 1
    rank = _rank(me, net)
    out[WORK] = 0
    if rank != NOBODY:
        first, last = _block(forward(rank, _seats(net), net[4]), net[8][WORKPLACE], _seats(net))
        out[WORK] = last - first - 1
    known = 0
    for j in range(net[5].shape[0]):
        for other in (forward(me, net[0], net[5][j]), inverse(me, net[0], net[5][j])):
            known += other != me and tied(np.uint32(me), np.uint32(other), net[6], net[7])
    out[ACQUAINTANCE] = known


@njit(cache=True)
def layer_of(row, me, other_row, other, net):
    """The closest layer in which two persons (rows and numbers) are tied, or NOBODY."""
    start, end = home_of(row, net)
    if start <= other_row < end:
        return HOUSEHOLD
    mine, theirs = _rank(me, net), _rank(other, net)
    if mine != NOBODY and theirs != NOBODY:
        seats, size = _seats(net), net[8][WORKPLACE]
        if forward(mine, seats, net[4]) // size == forward(theirs, seats, net[4]) // size:
            return WORK
    if me // net[8][ADJACENT] == other // net[8][ADJACENT]:
        return NEIGHBOUR
    if not tied(np.uint32(me), np.uint32(other), net[6], net[7]):
        return NOBODY
    for j in range(net[5].shape[0]):
        if forward(me, net[0], net[5][j]) == other or inverse(me, net[0], net[5][j]) == other:
            return ACQUAINTANCE
    return NOBODY


@njit(cache=True, inline="always")
def _other(u, first, last, own):
    """One of first..last-1, never `own`."""
    place = first + int(u * (last - first - 1))
    return place + 1 if place >= own else place


@njit(cache=True)
def somebody_near(layer, row, me, net, who, key, turn):
    """Row of somebody tied to person `me` at `row` in a layer, or NOBODY; uses draws `turn` to `turn + TRIES`."""
    u = uniform(key, who, turn)
    if layer == HOUSEHOLD:
        start, end = home_of(row, net)
        return _other(u, start, end, row) if end - start > 1 else NOBODY
    if layer == NEIGHBOUR:
        first, last = _block(me, net[8][ADJACENT], net[0])
        return row_at(_other(u, first, last, me), net) if last - first > 1 else NOBODY
    if layer == WORK:
        return _colleague(u, me, net)
    return _acquaintance(me, net, who, key, turn)


@njit(cache=True)
def _colleague(u, me, net):
    rank, seats = _rank(me, net), _seats(net)
    if rank == NOBODY:
        return NOBODY
    seat = forward(rank, seats, net[4])
    first, last = _block(seat, net[8][WORKPLACE], seats)
    if last - first < 2:
        return NOBODY
    return row_at(_adult(inverse(_other(u, first, last, seat), seats, net[4]), net), net)


@njit(cache=True)
def _acquaintance(me, net, who, key, turn):
    for t in range(TRIES):
        place = int(2 * net[5].shape[0] * uniform(key, who, turn + t))
        j = place // 2
        other = forward(me, net[0], net[5][j]) if place % 2 else inverse(me, net[0], net[5][j])
        if other != me and tied(np.uint32(me), np.uint32(other), net[6], net[7]):
            return row_at(other, net)
    return NOBODY
