"""Paying loans back by the month, falling behind, evading."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import loans as kernel
from xinyong.kernels.wheel import cancel_many
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process
from xinyong.rates import DAYS_PER_YEAR, chance

MONTH_DAYS = DAYS_PER_YEAR / 12


class Repaying(Process):
    """Borrowers pay monthly; the unable miss, some of the able evade; after a quarter in arrears it is a default.

    A loan in court is no longer visited; it closes when a court or the debtor settles it.
    *Source:* model.md 2.7b (rates assumed).
    """

    name = "repaying"
    owns = {
        "loans": SideTable("loans not yet settled"),
        "loans.party": Column("i4", "row of the borrower"),
        "loans.serial": Column("u1", "the borrower's how-manieth loan, modulo 256"),
        "loans.outstanding": Column("i4", "principal still owed", "yuan"),
        "loans.left": Column("u1", "instalments left"),
        "loans.visits": Column("u1", "instalment days so far"),
        "loans.missed": Column("u1", "instalments missed in a row"),
        "loans.evading": Column("u1", "1 if an able borrower has decided not to pay"),
        "loans.taken_week": Column("u2", "week of the loan"),
        "loans.due": Wheel("instalment days"),
        "loans_taken": Column("u1", "loans ever taken, modulo 256", "loans"),
        "loans_now": Tally("loans not yet settled", "loans", stock=True),
        "lent_yuan_cum": Tally("principal lent", "yuan"),
        "paid_yuan_cum": Tally("principal paid back by instalment", "yuan"),
        "settled_yuan_cum": Tally("principal paid through court, list or enforcement", "yuan"),
        "written_off_yuan_cum": Tally("principal written off", "yuan"),
        "outstanding_yuan_now": Tally("principal owed", "yuan", stock=True),
        "arrears_now": Tally("loans in arrears, not in court", "loans", stock=True),
        "defaults_cum": Tally("loans a quarter in arrears", "loans"),
    }
    reads = ("number", "unable")
    may_recall = ("belief", "expectations.course", "expectations.reach")
    posts = {
        "default": Notice(
            "a loan is a quarter in arrears",
            {"party": "i4", "loan": "i4", "serial": "u2", "amount": "i4", "evading": "u1", "able": "u1"},
        )
    }
    hears = ("loan", "performed")
    heard = ("suit", "settled")

    def step(self, day: Day) -> None:
        """Note suits, settle, book new loans, then one instalment day for each loan due this week."""
        self._to_court(day, day.heard("suit"))
        self._settle(day, day.heard("settled"))
        self._settle(day, day.hear("performed"))
        self._book(day, day.hear("loan"))
        self._visit(day)

    def _book(self, day: Day, new: Batch) -> None:
        if not len(new):
            return
        desk = day.table("loans")
        rows = desk.take(len(new))
        loans = desk.fields
        news = (new.party, new.amount, new.months)
        kernel.book_loans(_arrays(loans), loans.due, day.people.loans_taken, rows, news, day.now.week)
        lent = int(new.amount.sum(dtype=np.int64))
        day.count(loans_now=len(rows), lent_yuan_cum=lent, outstanding_yuan_now=lent)

    def _to_court(self, day: Day, suits: Batch) -> None:
        if not len(suits):
            return
        loans = day.table("loans").fields
        cancel_many(loans.due, suits.loan)
        day.count(arrears_now=-int((loans.missed[suits.loan] > 0).sum()))
        loans.missed[suits.loan] = 0

    def _settle(self, day: Day, settled: Batch) -> None:
        if not len(settled):
            return
        desk = day.table("loans")
        yuan = int(desk.fields.outstanding[settled.loan].sum(dtype=np.int64))
        desk.release(settled.loan)
        day.count(loans_now=-len(settled), settled_yuan_cum=yuan, outstanding_yuan_now=-yuan)

    def _visit(self, day: Day) -> None:
        desk, people = day.table("loans"), day.people
        loans = desk.fields
        due = desk.due("due", day.now.week)
        defaulted, closed = np.empty_like(due), np.empty_like(due)
        totals = np.zeros(kernel.TOTALS, np.int64)
        kernel.monthly_visits(
            _arrays(loans), loans.due, due, (people.number, people.unable, *_beliefs(day)), _chances(day), day.now.week,
            day.base, day.key, defaulted, closed, totals,
        )  # fmt: skip
        self._tell(day, defaulted[: totals[kernel.DEFAULTS]])
        desk.release(closed[: totals[kernel.CLOSED]])
        paid, lost = int(totals[kernel.PAID]), int(totals[kernel.WRITTEN_OFF])
        day.count(
            loans_now=-int(totals[kernel.CLOSED]), paid_yuan_cum=paid, written_off_yuan_cum=lost,
            outstanding_yuan_now=-paid - lost, arrears_now=int(totals[kernel.ARREARS]),
            defaults_cum=int(totals[kernel.DEFAULTS]),
        )  # fmt: skip

    def _tell(self, day: Day, rows: Array) -> None:
        if not len(rows):
            return
        loans = day.table("loans").fields
        party = loans.party[rows]
        day.post(
            "default", party=party, loan=rows, serial=loans.serial[rows], amount=loans.outstanding[rows],
            evading=loans.evading[rows], able=1 - day.people.unable[party],
            day=np.full(len(rows), day.now.monday, np.int32),
        )  # fmt: skip


def _arrays(loans: Any) -> tuple[Array, ...]:
    return (
        loans.party, loans.serial, loans.outstanding, loans.left,
        loans.visits, loans.missed, loans.evading, loans.taken_week,
    )  # fmt: skip


def _chances(day: Day) -> Array:
    rules = day.own_rules
    months = math.ceil(rules.arrears_before_default_days / MONTH_DAYS)
    evade = chance(rules.strategic_default_per_year, 1 / 12)
    rest = day.rules.believing.classes.debt.resting_risk
    return np.array([evade, rules.cure_share_per_month, months, rules.risk_weight, rest])


def _beliefs(day: Day) -> tuple[int, Array, Array, Array]:
    """How many are persons, their beliefs, course and reach; empty where nobody learns."""
    desk, belief = day.may_table("expectations"), day.people.belief
    if desk is None or belief is None:
        return 0, *_nobody()
    return day.graph.persons, belief, desk.fields.course, desk.fields.reach


@lru_cache(maxsize=1)
def _nobody() -> tuple[Array, Array, Array]:
    empty = np.zeros((0, 4), np.int16), np.zeros(0), np.zeros(0)
    for column in empty:
        column.flags.writeable = False
    return empty
