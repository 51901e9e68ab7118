"""Memoranda of joint discipline: whose listing bars from what, since when, and how far it reaches by now."""

import datetime as dt
import math
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.rates import DAYS_PER_YEAR
from xinyong.timeline import NEVER, day_number

MOST_ACTIVITIES, MOST_ISSUERS = 16, 8


@lru_cache(maxsize=256)
def in_force(book: Any, monday: int, ramp_years: float, ceiling: float) -> tuple[Array, Array, bool]:
    """Coverage by activity (16), activities barred by issuer (8 masks), and whether that is new this week.

    A member's reach grows from its date as 1 - exp(-years / ramp), up to the ceiling; the furthest member counts.
    """
    coverage, masks, changed = np.zeros(MOST_ACTIVITIES, np.float32), np.zeros(MOST_ISSUERS, np.uint16), False
    for since, until, issuer, activity in _memoranda(book):
        years = (monday + 6 - since) / DAYS_PER_YEAR
        changed |= monday <= since <= monday + 6 or monday <= until <= monday + 6
        if years < 0 or until <= monday + 6:
            continue
        masks[issuer] |= np.uint16(1 << activity)
        coverage[activity] = max(coverage[activity], -ceiling * math.expm1(-years / max(ramp_years, 1e-9)))
    return coverage, masks, changed


@lru_cache(maxsize=8)
def _memoranda(book: Any) -> tuple[tuple[int, int, int, int], ...]:
    """Each memorandum row as (day it starts, day it ends, code of the issuer, code of the activity)."""
    rules = book.on(dt.date(2100, 1, 1))
    issuers = {row.key: row.code for row in rules.joint_measures.issuers.rows()}
    activities = {row.key: row.code for row in rules.wants.activities.rows()}
    rows = []
    for leaf in book.leaves("joint_measures.memoranda"):
        starts = [date for date in leaf.dates if leaf.values[date].value]
        if starts:
            ends = [date for date in leaf.dates if date > starts[0] and not leaf.values[date].value]
            until = day_number(ends[0]) if ends else int(NEVER)
            codes = (issuers[leaf.row.issuer], activities[leaf.row.activity])
            rows.append((day_number(starts[0]), until, *codes))
    return tuple(sorted(rows))
