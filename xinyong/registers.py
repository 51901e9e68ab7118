"""Registers whose entries may be objected to: the rules of `redress.yaml` as tables, one row a register."""

import datetime as dt
from bisect import bisect_right
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.kernels.petitions import RULES
from xinyong.notices import Array
from xinyong.rulebook import RuleBook
from xinyong.timeline import day_number

CODES, NO_LIMIT = 256, 1e9
FILING_RULES = ("aware_share", "files_if_right_share", "files_if_wrong_share")
REVIEW_RULES = (
    "late_share", "correct_decision_share", "reconsiders_share", "reconsideration_request_days",
    "reconsideration_decision_days",
)  # fmt: skip
REPAIR_RULES = (
    "repair_after_days", "repair_asked_share", "repair_within_days", "repair_decision_days", "repair_granted_share",
)  # fmt: skip


class Served(NamedTuple):
    """Registers by row: keys, rules (registers, RULES), rulings a week for one party; and the row of each code."""

    keys: tuple[str, ...]
    rules: Array
    pace: Array
    row_of: Array


def registers_served(book: RuleBook, date: dt.date, end: int) -> Served | None:
    """The registers served on a date; None while none is. Day `end` is past the end of the run."""
    dates = _dates(book)
    place = bisect_right(dates, date)
    return _served(book, dates[place - 1], end) if place else None


@lru_cache(maxsize=8)
def _dates(book: RuleBook) -> tuple[dt.date, ...]:
    return tuple(sorted({date for leaf in book.leaves("redress") for date in leaf.dates}))


@lru_cache(maxsize=64)
def _served(book: RuleBook, since: dt.date, end: int) -> Served | None:
    rules = book.on(since).redress
    rows = rules.registers.rows()
    numbers = np.array([_numbers(book, rules, row, end) for row in rows] + [[0.0] * RULES])
    if not numbers.any():
        return None
    pace = [_rule(book, rules, row, "capacity_per_100000_week") for row in rows]
    row_of = np.full(CODES, len(rows), np.uint8)
    for place, row in enumerate(rows):
        row_of[row.code :] = place
    per_party = np.array([*(NO_LIMIT if n is None else n / 100_000 for n in pace), 0.0])
    return Served(tuple(row.key for row in rows), numbers, per_party, row_of)


def _numbers(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """What the kernel asks of one register's rules; all nought while it does not answer."""
    aware, right, wrong = (_rule(book, rules, row, name) or 0.0 for name in FILING_RULES)
    review = [_rule(book, rules, row, name) or 0.0 for name in REVIEW_RULES]
    repair = _repair(book, rules, row, end)
    if row.review_days is None:
        return [0.0] * RULES
    return [aware * right, aware * wrong, row.review_days, *review, *repair]


@lru_cache(maxsize=8)
def _own(book: RuleBook) -> frozenset[str]:
    """Paths of the rules that single registers have for themselves."""
    return frozenset(leaf.path for leaf in book.leaves("redress.registers"))


def _rule(book: RuleBook, rules: Any, row: Any, name: str) -> Any:
    """A rule of one register, or the one that holds for all."""
    shared = getattr(rules, name)
    return getattr(row, name) if f"redress.registers.{row.key}.{name}" in _own(book) else shared


def _repair(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """Rules of repair and the day from which it may be asked for; nought if that day lies after the run.

    Who is entered before the law knows repair asks once it does; such requests are planned with the rules of that day.
    """
    known = [_rule(book, rules, row, name) for name in REPAIR_RULES]
    if known[0] is not None:
        return [*(n or 0.0 for n in known), 0.0]
    own = f"redress.registers.{row.key}.repair_after_days"
    leaf = book.leaves(own if own in _own(book) else "redress.repair_after_days")[0]
    opens = [date for date in leaf.dates if leaf.values[date].value is not None]
    if not opens or leaf.values[leaf.dates[-1]].value is None or day_number(opens[-1]) >= end:
        return [0.0] * (1 + len(REPAIR_RULES))
    then = book.on(opens[-1]).redress
    row = getattr(then.registers, row.key)
    return [*(_rule(book, then, row, name) or 0.0 for name in REPAIR_RULES), float(day_number(opens[-1]))]
