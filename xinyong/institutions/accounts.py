"""What a run has cost: the account of infrastructural power, that of coercive power, and what firms paid."""

import datetime as dt
from bisect import bisect_right
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
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


ITEMS = items_of(RuleBook.load())
SPENT = tuple(f"spent_{item.account}_{item.key}_fen_cum" for item in ITEMS)
OF_ITEM = tuple(f"account_{item.account}_fen_cum" for item in ITEMS)
ACCOUNTS = tuple(dict.fromkeys(OF_ITEM))


class Accounts(Process):
    """Books what happened, at unit costs, to the account of the power that did it; reads everything, moves nothing.

    No process can read the accounts, and nothing seeks a cheaper way: they stand beside the outcomes after the event.
    *Source:* model.md 2.7k, R4, R71 (unit costs assumed).
    """

    name = "accounts"
    owns = {
        "books": SideTable("items of the accounts, in the order of their codes"),
        "books.seen": Column("i8", "what the item's count stood at when last booked"),
        **{n: Tally(f"cost of {i.key.replace('_', ' ')}", "fen") for n, i in zip(SPENT, ITEMS, strict=True)},
        **{n: Tally(f"all booked to the account '{n[8:-8]}'", "fen") for n in ACCOUNTS},
    }
    reads = ("number",)
    audits = tuple(item.counts for item in ITEMS)

    def begin(self, day: Day) -> None:
        """Open a book for each item."""
        day.table("books").take(len(ITEMS))

    def step(self, day: Day) -> None:
        """Book this week's new counts, this week's stocks, and the systems in force."""
        dates = day.now.book.change_dates()
        cost, stock, charged = _prices(day.now.book, dates[bisect_right(dates, day.now.date) - 1])
        books = day.table("books").fields.seen[: len(ITEMS)]
        now = day.audited()
        count = now - books * (stock == 0) + charged * len(day.people.number)
        books[:] = now
        fen = (count * cost).tolist()
        sums = dict.fromkeys(ACCOUNTS, 0)
        for name, spent in zip(OF_ITEM, fen, strict=True):
            sums[name] += spent
        day.count(**dict(zip(SPENT, fen, strict=True)), **sums)


@lru_cache(maxsize=256)
def _prices(book: RuleBook, since: dt.date) -> tuple[Array, Array, Array]:
    """Cost of one of each item (fen); 1 for items that are levels; 1 for items that are rules now in force."""
    if items_of(book) != ITEMS:
        raise RuleError(
            "accounts.items: a scenario may change what an item costs, not what it counts or which account it is "
            "booked to; change the row in xinyong/rules/accounts.yaml"
        )
    rules = book.on(since)
    cost = np.array([int(row.unit_cost_fen or 0) for row in rules.accounts.items.rows()], np.int64)
    stock = np.array([item.counts.endswith("_now") for item in ITEMS], np.int64)
    charged = np.array(["." in item.counts and _in_force(rules, item.counts) for item in ITEMS], np.int64)
    return cost, stock, charged


def _in_force(rules: Any, path: str) -> bool:
    for part in path.split("."):
        rules = getattr(rules, part)
    return rules is not None and rules is not False
