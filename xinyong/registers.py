"""Registers whose entries may be objected to: the rules of `redress.yaml` as tables, one row a register."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.kernels.petitions import RULES
from xinyong.notices import Array
from xinyong.rulebook import RuleBook
from xinyong.timeline import day_number

CODES, NO_LIMIT = 256, 1e9
REVIEW_RULES = (
    "late_share", "correct_decision_share", "reconsiders_share", "reconsideration_request_days",
    "reconsideration_decision_days",
)  # fmt: skip
REPAIR_RULES = ("repair_asked_share", "repair_after_days", "repair_within_days", "repair_decision_days",
                "repair_granted_share")  # fmt: skip


class Served(NamedTuple):
    """Registers by row: keys, rules (registers, RULES), rulings a week for one party; and the row of each code."""

    keys: tuple[str, ...]
    rules: Array
    pace: Array
    row_of: Array


@lru_cache(maxsize=64)
def registers_served(book: RuleBook, rules: Any, end: int) -> Served | None:
    """The registers of these rules; None while no register answers. Day `end` is past the end of the run."""
    rows = rules.registers.rows()
    numbers = np.array([_numbers(book, rules, row, end) for row in rows] + [[0.0] * RULES])
    if not numbers.any():
        return None
    pace = [getattr(row, "capacity_per_100000_week", rules.capacity_per_100000_week) for row in rows]
    row_of = np.full(CODES, len(rows), np.uint8)
    for place, row in enumerate(rows):
        row_of[row.code :] = place
    per_party = np.array([*(NO_LIMIT if n is None else n / 100_000 for n in pace), 0.0])
    return Served(tuple(row.key for row in rows), numbers, per_party, row_of)


def _numbers(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """What the kernel asks of one register's rules; all nought while it does not answer."""
    repair = _repair(book, rules, row, end)
    review = (
        _of(rules, row, "aware_share") * _of(rules, row, "files_if_right_share"),
        _of(rules, row, "aware_share") * _of(rules, row, "files_if_wrong_share"), row.review_days,
        *(_of(rules, row, name) for name in REVIEW_RULES),
    )  # fmt: skip
    return [0.0] * RULES if row.review_days is None else [*review, *repair]


def _of(rules: Any, row: Any, name: str) -> float:
    """A rule of one register, or the one that holds for all."""
    return getattr(row, name, getattr(rules, name)) or 0.0


def _repair(book: RuleBook, rules: Any, row: Any, end: int) -> list[float]:
    """Rules of repair and the day from which it may be asked for; nought if that day lies after the run.

    Who is entered before the law knows repair asks once it does; such requests are planned with the rules of that day.
    """
    known = [_of(rules, row, name) for name in REPAIR_RULES]
    if getattr(row, "repair_after_days", rules.repair_after_days) is not None:
        return [*known, 0.0]
    own = "repair_after_days" in vars(row)
    leaf = book.leaves(
        f"redress.registers.{row.key}.repair_after_days" if own else "redress.repair_after_days"
    )[0]
    opens = [date for date in leaf.dates if leaf.values[date].value is not None]
    if not opens or leaf.values[leaf.dates[-1]].value is None or day_number(opens[-1]) >= end:
        return [0.0] * 6
    then = book.on(opens[-1]).redress
    row = getattr(then.registers, row.key)
    return [*(_of(then, row, name) for name in REPAIR_RULES), float(day_number(opens[-1]))]
