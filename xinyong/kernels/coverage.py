"""Of whom firms hold data, and whose data they deliver."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.random import bits, uniform
from xinyong.kernels.scores import effort
from xinyong.kernels.variates import normal

ADULT, COMMON = 18, 255
UNION, VISIBLE, CLASSES, CONSENTED, ADULTS, TOTALS = range(6)
_16, _MASK = np.uint64(16), np.uint64(0xFFFF)
_STEP = 1.0 / 65536.0


@njit(cache=True, inline="always")
def part_of(word: np.uint64, place: int) -> float:
    """One of four independent uniforms in a word of 64 bits."""
    return (float((word >> (_16 * np.uint64(place))) & _MASK) + 0.5) * _STEP


@njit(cache=True, inline="always")
def leaning(u: float, common: float, overlap: float) -> float:
    """A uniform that shares `overlap` of its normal score with the person's common one."""
    if overlap <= 0.0:
        return u
    x = math.sqrt(overlap) * common + math.sqrt(1.0 - overlap) * normal(u)
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@njit(cache=True, inline="always")
def _inside(word, place, share, common, overlap):
    u = part_of(word, place)
    return (u if overlap <= 0.0 else leaning(u, common, overlap)) < share


@njit(cache=True, nogil=True)
def cover(
    totals,
    held,
    given,
    number,
    age,
    score,
    flags,
    share,
    delivered,
    overlap,
    scoring,
    base_classes,
    base,
    key,
):
    """Count adults in each firm's coverage set, in their union, and those whose data reach the state.

    held, given (firms): persons covered, and persons whose data are delivered; share, delivered (firms): chance of
    being covered, and of a covered person's data getting through. Members are with the scoring firm (its place).
    totals: union, visible, data classes visible through the scoring firm, of these by opting in, adults.
    """
    asked = delivered.max() > 0.0
    for i in range(number.shape[0]):
        if age[i] < ADULT:
            continue
        who = base | np.uint64(number[i])
        member = score[i] > 0
        common = normal(uniform(key, who, COMMON)) if overlap > 0.0 else 0.0
        covered, visible = False, False
        word = luck = np.uint64(0)
        for f in range(share.shape[0]):
            if f & 3 == 0:
                word = bits(key, who, np.uint64(f >> 2))
                luck = bits(key, who, np.uint64(64 + (f >> 2))) if asked else luck
            inside = _inside(word, f & 3, share[f], common, overlap) | ((f == scoring) & member)
            covered |= inside
            held[f] += inside
            if inside and asked and part_of(luck, f & 3) < delivered[f]:
                visible = True
                given[f] += 1
                if f == scoring:
                    classes = base_classes + (effort(flags[i]) if member else 0)
                    totals[CLASSES] += classes
                    totals[CONSENTED] += classes if member else 0
        totals[ADULTS] += 1
        totals[UNION] += covered
        totals[VISIBLE] += visible
