"""Courts: suit, judgment, enforcement, search for assets, decision to list."""

from functools import lru_cache

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import cases as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process

PERFORMED = 1


class Courts(Process):
    """A suit leads to judgment; who does not perform is enforced against, and may be ordered onto the list.

    Courts err: they list some who cannot pay (e1) and miss some who evade (e2). A round of enforcement that finds
    nothing is terminated and may resume when hidden assets come to light.
    *Source:* model.md 2.7b, 2.7g; civil procedure as far as known, rates assumed.
    """

    name = "courts"
    owns = {
        "cases": SideTable("cases in court or on the list"),
        "cases.party": Column("i4", "row of the debtor"),
        "cases.loan": Column("i4", "row of the loan"),
        "cases.serial": Column("u2", "the debtor's how-manieth loan"),
        "cases.number": Column("u4", "number of the case in this shard, never reused"),
        "cases.amount": Column("i4", "sum owed", "yuan"),
        "cases.evading": Column("u1", "1 if an able debtor decided not to pay (truth)"),
        "cases.stage": Column(
            "u1", "0 filed, 1 judged, 2 in enforcement, 3 ordered onto the list, 4 dormant"
        ),
        "cases.suit_day": Column("i4", "day of the suit", "day"),
        "cases.judged_day": Column("i4", "day of judgment", "day", initial=-1),
        "cases.decided_day": Column("i4", "day of the last decision in enforcement", "day", initial=-1),
        "cases.next_day": Column("i4", "day of the next step in court", "day"),
        "cases.unable_then": Column("u1", "1 if the debtor could not pay at the decision (truth)"),
        "cases.docket": Wheel("court dates"),
        "cases_opened_cum": Tally("cases opened", "cases"),
        "judgments_cum": Tally("judgments", "cases"),
        "performed_after_judgment_cum": Tally("debtors who performed within the judgment's term", "cases"),
        "enforcements_cum": Tally("enforcement rounds opened, resumed ones included", "cases"),
        "collected_cum": Tally("debts collected by enforcement", "cases"),
        "resumed_cum": Tally("terminated or expired cases resumed on new conduct", "cases"),
    }
    reads = ("number", "unable", "age", "kind")
    hears = ("suit",)
    heard = ("delisted",)
    posts = {
        "settled": Notice("a debt is paid through court or enforcement", {"loan": "i4", "number": "u4"}),
        "listing_order": Notice("a court orders a debtor onto the list", {"case": "i4"}),
    }

    def step(self, day: Day) -> None:
        """Take back cases from the list, open new ones, and hold this week's court dates."""
        self._take_back(day, day.heard("delisted"))
        self._open(day, day.hear("suit"))
        self._sit(day)

    def _open(self, day: Day, suits: Batch) -> None:
        if not len(suits):
            return
        desk, rules = day.table("cases"), day.own_rules
        rows = desk.take(len(suits))
        cases = desk.fields
        for name in ("party", "loan", "serial", "amount", "evading"):
            getattr(cases, name)[rows] = getattr(suits, name)
        turn = np.lexsort((suits.serial, day.people.number[suits.party]))
        cases.number[rows[turn]] = day.tallied("cases_opened_cum") + np.arange(len(rows))
        cases.suit_day[rows] = suits.day
        wait = np.empty(len(rows), np.int32)
        gamma = _gamma_quantiles(rules.judgment_delay_shape)
        mean_days = rules.judgment_delay_mean_years * kernel.DAYS_PER_YEAR
        kernel.judgment_days(
            wait,
            rows,
            cases.party,
            day.people.number,
            cases.serial,
            gamma,
            mean_days,
            day.base,
            day.fixed_key,
        )
        cases.next_day[rows] = suits.day + 1 + wait
        self._schedule(day, rows)
        day.count(cases_opened_cum=len(rows))

    def _schedule(self, day: Day, rows: Array) -> None:
        day.schedule("cases", "docket", rows, day.table("cases").fields.next_day[rows])

    def _take_back(self, day: Day, delisted: Batch) -> None:
        if not len(delisted):
            return
        desk, rules = day.table("cases"), day.own_rules
        cases = desk.fields
        paid = delisted.reason == PERFORMED
        desk.release(delisted.case[paid])
        for case, since in zip(delisted.case[~paid], delisted.day[~paid], strict=True):
            cases.stage[case] = kernel.DORMANT
            who = day.base | np.uint64(day.people.number[cases.party[case]])
            turn = int(cases.serial[case]) * 16 + 8
            rate, bar = rules.new_conduct_per_year or 0.0, rules.relisting_bar_days or 0
            cases.next_day[case] = kernel.resume_day(int(since), who, turn, rate, bar, day.key)
            if cases.next_day[case] < kernel.NEVER:
                self._schedule(day, np.array([case], np.int32))

    def _sit(self, day: Day) -> None:
        desk, people = day.table("cases"), day.people
        cases = desk.fields
        due = desk.due("docket", day.now.week)
        if not len(due):
            return
        settled, ordered = np.empty_like(due), np.empty_like(due)
        totals = np.zeros(kernel.TOTALS, np.int64)
        arrays = (
            cases.party, cases.serial, cases.stage, cases.judged_day, cases.decided_day, cases.next_day,
            cases.unable_then,
        )  # fmt: skip
        kernel.docket(
            arrays, cases.docket, due, (people.number, people.unable, people.age, people.kind), _chances(day),
            day.now.calendar.first_day, day.now.week, day.base, day.key, settled, ordered, totals,
        )  # fmt: skip
        self._tell(day, settled[: totals[kernel.CLOSED]], ordered[: totals[kernel.ORDERS]])
        day.count(
            judgments_cum=int(totals[kernel.JUDGMENTS]), enforcements_cum=int(totals[kernel.ENFORCEMENTS]),
            performed_after_judgment_cum=int(totals[kernel.PAID_AFTER_JUDGMENT]),
            collected_cum=int(totals[kernel.COLLECTED]), resumed_cum=int(totals[kernel.RESUMED]),
        )  # fmt: skip

    def _tell(self, day: Day, settled: Array, ordered: Array) -> None:
        desk = day.table("cases")
        cases = desk.fields
        when = np.full(len(settled), day.now.monday + 6, np.int32)
        day.post("settled", day=when, loan=cases.loan[settled], number=cases.number[settled])
        day.post("listing_order", day=cases.decided_day[ordered], case=ordered)
        desk.release(settled)


def _chances(day: Day) -> Array:
    rules = day.own_rules
    practice = rules.listing_practice_share if day.rules.court_list.in_force else None
    practice = practice or 0.0
    return np.array([
        rules.performs_after_judgment_share, rules.performance_term_days, rules.search_days_mean,
        rules.assets_found_if_able_share, rules.assets_found_if_unable_share,
        practice * (1 - rules.not_listed_if_able_share), practice * rules.listed_if_unable_share,
        rules.new_conduct_per_year or 0.0, rules.minimum_age_years or 0,
    ])  # fmt: skip


@lru_cache(maxsize=8)
def _gamma_quantiles(shape: float) -> Array:
    """Quantiles of a gamma distribution of mean 1 on an even grid of 2,049 probabilities."""
    from scipy.special import gammaincinv

    grid = np.linspace(0, 1, 2049)
    grid[-1] = 1 - 1 / 8192
    return np.asarray(gammaincinv(shape, grid) / shape)
