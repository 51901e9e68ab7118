"""What a run has cost: the account of infrastructural power, that of coercive power, and what firms paid."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np

from xinyong.columns import Array, Column, Owned, SideTable, Tally
from xinyong.errors import RuleError, did_you_mean
from xinyong.process import Day, Process
from xinyong.rulebook import RuleBook


class Item(NamedTuple):
    """One row of the accounts: its key, the account, and the count or rule it charges for."""

    key: str
    account: str
    counts: str


def items_of(book: RuleBook) -> tuple[Item, ...]:
    """The items of a rule book in the order of their codes. Raises RuleError for an account that is none."""
    rules = book.on(dt.date(2100, 1, 1)).accounts
    accounts = [row.key for row in rules.accounts.rows()]
    items = tuple(Item(row.key, row.account, row.counts) for row in rules.items.rows())
    for item in items:
        if item.account not in accounts:
            near = did_you_mean(item.account, accounts)
            raise RuleError(f"accounts.items.{item.key}: there is no account '{item.account}'{near}")
    return items


@lru_cache(maxsize=1)
def items() -> tuple[Item, ...]:
    """The items of the package's own rules; they are read when somebody first asks for them."""
    return items_of(RuleBook.load())


def spent_on(item: Item) -> str:
    """Name of the tally of one item."""
    return f"spent_{item.account}_{item.key}_fen_cum"


def booked_to(item: Item) -> str:
    """Name of the tally of the account that an item is booked to."""
    return f"account_{item.account}_fen_cum"


class Declared:
    """A declaration of a process that depends on its rules: made when it is first looked at, not on import."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __get__(self, process: object, kind: type) -> object:
        """Give what is declared."""
        return self._make()


@lru_cache(maxsize=1)
def _owned() -> Mapping[str, Owned]:
    owned: dict[str, Owned] = {
        "books": SideTable("items of the accounts, in the order of their codes"),
        "books.seen": Column("i8", "what the item's count stood at when last booked"),
    }
    for item in items():
        owned[spent_on(item)] = Tally(f"cost of {item.key.replace('_', ' ')}", "fen")
        owned[booked_to(item)] = Tally(f"all booked to the account '{item.account}'", "fen")
    return owned


def _counted() -> tuple[str, ...]:
    return tuple(item.counts for item in items())


class Accounts(Process):
    """Books what happened, at unit costs, to the account of the power that did it; reads everything, moves nothing.

    No process can read the accounts, and nothing seeks a cheaper way: they stand beside the outcomes after the event.
    *Source:* model.md 2.7k, R4, R71 (unit costs assumed).
    """

    name = "accounts"
    owns = cast("Mapping[str, Owned]", Declared(_owned))
    reads = ("number",)
    audits = cast("tuple[str, ...]", Declared(_counted))

    def begin(self, day: Day) -> None:
        """Open a book for each item."""
        day.table("books").take(len(items()))

    def step(self, day: Day) -> None:
        """Book this week's new counts, this week's stocks, and the systems in force."""
        dates = day.now.book.change_dates()
        cost, stock, charged = _prices(day.now.book, dates[bisect_right(dates, day.now.date) - 1])
        books = day.table("books").fields.seen[: len(items())]
        now = day.audited()
        count = now - books * (stock == 0) + charged * len(day.people.number)
        books[:] = now
        fen = (count * cost).tolist()
        for item, spent in zip(items(), fen, strict=True):
            if spent:
                day.count(**{spent_on(item): spent, booked_to(item): spent})


@lru_cache(maxsize=256)
def _prices(book: RuleBook, since: dt.date) -> tuple[Array, Array, Array]:
    """Cost of one of each item (fen); 1 for items that are levels; 1 for items that are rules now in force."""
    if items_of(book) != items():
        raise RuleError(
            "accounts.items: a scenario may change what an item costs, not what it counts or which account it is "
            "booked to; change the row in xinyong/rules/accounts.yaml"
        )
    rules = book.on(since)
    cost = np.array([int(row.unit_cost_fen or 0) for row in rules.accounts.items.rows()], np.int64)
    stock = np.array([item.counts.endswith("_now") for item in items()], np.int64)
    charged = np.array(["." in item.counts and _in_force(rules, item.counts) for item in items()], np.int64)
    return cost, stock, charged


def _in_force(rules: Any, path: str) -> bool:
    for part in path.split("."):
        rules = getattr(rules, part)
    return rules is not None and rules is not False
