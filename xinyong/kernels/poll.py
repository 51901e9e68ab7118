"""Opinions by cell, counted once a quarter, so that a survey can be drawn later without a person in it."""

import math

import numpy as np
from numba import njit

from xinyong.kernels.census import education_of, sex_of, urban_of
from xinyong.kernels.opinion import (
    APPROVE,
    HELD,
    LASTING,
    MOST,
    OLD_FROM,
    PRIVACY,
    REPRESSION,
    REPRESSION_COST,
    STEPS,
    THIRD,
    YOUNG_BELOW,
    expressed,
    lasting_draws,
    private,
)
from xinyong.kernels.random import bits
from xinyong.kernels.scores import is_online
from xinyong.kernels.traits import PRIVACY as CONCERN
from xinyong.kernels.traits import quantile, trait_of

# strata: income third, schooling, town, man, age, online; the last runs fastest
DIMENSIONS = (3, 4, 2, 2, 3, 2)
STRATA = 288
# private and voiced answer together; who approves says so
KINDS = ((0, 0), (0, 2), (1, 1), (1, 2), (2, 2))
CELLS = STRATA * 5
# trials: two frames (all online; students), three arms (nothing told, repressive use, pros and cons)
FRAMES, ARMS, PER_ARM = 2, 3, 2
TRIALS = FRAMES * (1 + ARMS * PER_ARM)
STUDENT_BELOW, TRIED_OF = 26, 7
QUARTERS = 4


@njit(cache=True, inline="always")
def stratum(age, census, income, online):
    """The stratum of a person."""
    third = int(income >= THIRD) + int(income >= 2 * THIRD + 1)
    years = int(age >= YOUNG_BELOW) + int(age >= OLD_FROM)
    return (
        (((third * 4 + education_of(census)) * 2 + urban_of(census)) * 2 + sex_of(census)) * 3 + years
    ) * 2 + online


@njit(cache=True, inline="always")
def kind_of(mark: int) -> int:
    """Which of the five pairs of answers the byte `voiced` holds."""
    inside = private(mark)
    return 4 if inside == APPROVE else 2 * inside + (expressed(mark) == APPROVE)


@njit(cache=True, inline="always")
def score(latent: float, middle: float) -> int:
    """Support on a scale from 0 to 10; 5 lies midway between opposing and approving."""
    return int(10.0 / (1.0 + math.exp(middle - latent)) + 0.5)


@njit(cache=True, inline="always")
def _try(trials, frame, level, u, offs, limits, middle):
    """Count in one frame what a person would answer under each arm."""
    first = frame * (1 + ARMS * PER_ARM)
    trials[first] += 1
    noise = math.log(u) - math.log1p(-u)
    for arm in range(ARMS):
        lower = max(-MOST, math.floor(level - offs[arm] * STEPS + 0.5))
        place = first + 1 + arm * PER_ARM
        trials[place] += u < limits[1, lower + 128]
        trials[place + 1] += score(lower / STEPS - noise, middle)


@njit(cache=True, nogil=True)
def count_opinions(
    cells, trials, support, voiced, people, number, score_of, rules, limits, middle, online, persons, base, keys,
    lasting,
):  # fmt: skip
    """Count everybody with an opinion into `cells` (strata * 5) and some into `trials`.

    people: age, census, income; score_of: points at the firm (members of which are online), empty without one;
    online: share of country and town; keys: of always, and the one by which people are online. Privacy weighs in the
    third arm on students who are no members yet.
    """
    fixed, online_key = keys
    for row in range(persons):
        mark = int(voiced[row])
        if not mark & HELD:
            continue
        who, age, census = base | np.uint64(number[row]), people[0][row], people[1][row]
        member = score_of.shape[0] > 0 and score_of[row] > 0
        here = member or is_online(who, urban_of(census), online, online_key)
        cells[stratum(age, census, people[2][row], int(here)) * 5 + kind_of(mark)] += 1
        student = age < STUDENT_BELOW and education_of(census) == 3
        if not here or not (student or number[row] & TRIED_OF == 0):
            continue
        off = 0.0 if mark & REPRESSION else rules[REPRESSION_COST]
        u = lasting_draws(bits(fixed, who, LASTING))[0]
        if number[row] & TRIED_OF == 0:
            _try(trials, 0, int(support[row]), u, (0.0, off, off), limits, middle)
        if student:
            concern = (
                0.0 if member else rules[PRIVACY] * quantile(trait_of(CONCERN, lasting[0], lasting[1], who))
            )
            _try(trials, 1, int(support[row]), u, (0.0, off, off + concern), limits, middle)
