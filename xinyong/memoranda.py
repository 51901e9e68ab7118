"""Memoranda of joint discipline: whose listing bars from what, since when, and how far it reaches by now."""

import datetime as dt
import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.columns import Array
from xinyong.rates import DAYS_PER_YEAR
from xinyong.timeline import NEVER, day_number

MOST_ACTIVITIES, MOST_ISSUERS = 16, 16
COURT_LIST = 0
SECTIONS = ("joint_measures.memoranda", "black_lists.lists")


class InForce(NamedTuple):
    """Memoranda in a week: reach and bars of the court list, reach and bars of the others, and what is new."""

    coverage: Array
    others_coverage: Array
    masks: Array
    barred_by: Array
    changed: bool


class Memorandum(NamedTuple):
    """One row: days on which it starts and ends, codes of issuer and activity, and the body that carries it."""

    since: int
    until: int
    issuer: int
    activity: int
    member: str


@lru_cache(maxsize=256)
def in_force(book: Any, monday: int, ramp_years: float, ceiling: float) -> InForce:
    """Work out how far the memoranda reach in a week and what they bar from.

    Reach by activity (16) of the court list and of the others, bars by issuer (16 masks of activities) and by activity
    (16 masks of issuers), and whether any of that is new this week. A member's reach grows from its date as
    1 - exp(-years / ramp), up to the ceiling; the furthest member counts.
    """
    reach = np.zeros((2, MOST_ACTIVITIES), np.float32)
    masks, barred_by = np.zeros(MOST_ISSUERS, np.uint16), np.zeros(MOST_ACTIVITIES, np.uint16)
    changed = False
    for row in memoranda(book):
        years = (monday + 6 - row.since) / DAYS_PER_YEAR
        changed |= monday <= row.since <= monday + 6 or monday <= row.until <= monday + 6
        if years < 0 or row.until <= monday + 6:
            continue
        masks[row.issuer] |= np.uint16(1 << row.activity)
        barred_by[row.activity] |= np.uint16(1 << row.issuer)
        whose = int(row.issuer != COURT_LIST)
        grown = -ceiling * math.expm1(-years / max(ramp_years, 1e-9))
        reach[whose, row.activity] = max(reach[whose, row.activity], grown)
    return InForce(reach[0], reach[1], masks, barred_by, changed)


@lru_cache(maxsize=8)
def memoranda(book: Any) -> tuple[Memorandum, ...]:
    """Every memorandum row, and every row of a black list that says what its entries bar from."""
    rules = book.on(dt.date(2100, 1, 1))
    issuers = {
        row.key: row.code for row in (*rules.joint_measures.issuers.rows(), *rules.black_lists.lists.rows())
    }
    activities = {row.key: row.code for row in rules.wants.activities.rows()}
    rows = []
    for leaf in (leaf for section in SECTIONS for leaf in book.leaves(section) if leaf.row):
        starts = [date for date in leaf.dates if leaf.values[date].value]
        if starts:
            ends = [date for date in leaf.dates if date > starts[0] and not leaf.values[date].value]
            until = day_number(ends[0]) if ends else int(NEVER)
            codes = (issuers[leaf.row.issuer], activities[leaf.row.activity])
            rows.append(Memorandum(day_number(starts[0]), until, *codes, leaf.row.member))
    return tuple(sorted(rows))


def density(book: Any, date: dt.date) -> float:
    """Share of the cells of the matrix member x activity that some list bars by on a day."""
    day, rules = day_number(date), book.on(date)
    filled = {(row.member, row.activity) for row in memoranda(book) if row.since <= day < row.until}
    cells = len(rules.joint_measures.members.rows()) * len(rules.wants.activities.rows())
    return len(filled) / cells
