"""Perceived risk of being found out: a common course for all, and what each has lived through beside it.

A person's risk is `course + reach * code / UNIT`. What all meet alike (media, strangers, forgetting) moves `course`
and `reach`, two numbers a class; a person's code moves only when something happens to the person. So whoever nothing
has happened to stands exactly on the course, code 0.
"""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import uniform

UNIT = 16384.0
LOWEST, HIGHEST = -32768, 32767


@njit(cache=True, inline="always")
def perceived(code: int, course: float, reach: float) -> float:
    """Perceived risk (0 to 1) that a stored code stands for."""
    return min(max(course + reach * code / UNIT, 0.0), 1.0)


@njit(cache=True, inline="always")
def signalled(risk: float, signal: float, weight: float, memory: float) -> float:
    """Risk after a signal (1 found out, 0 not) of a weight, where `memory` signals count as the past."""
    return risk + weight / (memory + weight) * (signal - risk)


@njit(cache=True)
def after_signal(risk: float, signal: float, weight: float, memory: float) -> float:
    """The same, to be called from outside a kernel."""
    return signalled(risk, signal, weight, memory)


@njit(cache=True, inline="always")
def coded(risk: float, course: float, reach: float, u: float) -> np.int16:
    """Find the code that stands for a risk; what lies between two codes is rounded by the draw `u`, without bias."""
    code = math.floor((risk - course) / reach * UNIT + u)
    return np.int16(min(max(code, LOWEST), HIGHEST))


@njit(cache=True, nogil=True)
def move_course(course, reach, resting, forgotten, shares, signals, weights, memory):
    """A step of what all meet alike: drift to `resting`, then `signals` (kinds) of sanctions, whole or not.

    `shares` by class of the signals; `weights` by kind. Moves `course` and `reach` (classes).
    """
    for c in range(resting.shape[0]):
        kept = 1.0
        for k in range(signals.shape[0]):
            if weights[k] > 0.0:
                kept *= (memory / (memory + weights[k])) ** (signals[k] * shares[c])
        course[c] += forgotten * (resting[c] - course[c])
        course[c] += (1.0 - kept) * (1.0 - course[c])
        reach[c] *= (1.0 - forgotten) * kept


@njit(cache=True, inline="always")
def _turn(code: int, c: int, stage: int) -> int:
    """Index of the draw that rounds: another one for each state, so that signals of one week round apart."""
    return ((stage * 4 + c) << 16) + code - LOWEST


@njit(cache=True, inline="always")
def _learn(belief, row, c, signal, weight, memory, maps, who, key, stage):
    code = np.int64(belief[row, c])
    risk = signalled(perceived(code, maps[0][c], maps[1][c]), signal, weight, memory)
    belief[row, c] = coded(risk, maps[0][c], maps[1][c], uniform(key, who, _turn(code, c, stage)))


@njit(cache=True, nogil=True)
def hear(belief, rows, classes, found, weights, memory, maps, number, base, key, stage):
    """Signals to `rows` (n, -1 nobody) about acts of `classes` (-1 none); `found` (n) says whether one was found out.

    `weights`: of not found out, of found out. `maps`: course and reach by class. Returns signals taken in.
    """
    taken = 0
    for k in range(rows.shape[0]):
        row, c = rows[k], classes[k]
        w = weights[int(found[k])]
        if row < 0 or row >= number.shape[0] or c < 0 or w <= 0.0:
            continue
        who = base | np.uint64(number[row])
        _learn(belief, row, c, float(found[k]), w, memory, maps, who, key, stage)
        taken += 1
    return taken


@njit(cache=True, nogil=True)
def hear_at_home(belief, rows, classes, weight, memory, maps, household, persons, number, base, key, stage):
    """Let all others of the households of `rows` (n) hear that one of them was found out; returns signals taken in."""
    taken = 0
    for k in range(rows.shape[0]):
        if classes[k] < 0 or weight <= 0.0:
            continue
        i = rows[k] - np.int64(household[rows[k]])
        while i == rows[k] - np.int64(household[rows[k]]) or (i < persons and household[i] > 0):
            if i != rows[k]:
                who = base | np.uint64(number[i])
                _learn(belief, i, classes[k], 1.0, weight, memory, maps, who, key, stage)
                taken += 1
            i += 1
    return taken


@njit(cache=True, nogil=True)
def rebase(belief, c, reach, number, base, key):
    """Take the reach of a class into the codes, so that it may start from 1 again; code 0 stays 0."""
    for i in range(belief.shape[0]):
        code = np.int64(belief[i, c])
        if code != 0:
            u = uniform(key, base | np.uint64(number[i]), _turn(code, c, 0))
            belief[i, c] = np.int16(math.floor(code * reach + u))
