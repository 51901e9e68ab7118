"""V-18: with many debtors who are alike, the list behaves as stocks and flows do: an ODE in days, same rates."""

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest

from tests.verification.checks import crowd
from xinyong.assembly import order
from xinyong.behaviours.complying import Complying
from xinyong.behaviours.suing import Suing
from xinyong.columns import Column, Tally
from xinyong.engine import Plan, Shard
from xinyong.institutions.court_list import CourtList
from xinyong.institutions.courts import Courts
from xinyong.process import Day, Process
from xinyong.rulebook import RuleBook
from xinyong.timeline import Calendar

SUITS_A_WEEK, PARTIES, WEEKS = 5_600, 50_000, 312
START = dt.date(2018, 1, 1)
DAYS_PER_YEAR = 365.25
# the rates of the middle of 2018 as declared, held for all years; hazards apart from sums and restrictions
DECLARED = {
    "courts.judgment_delay_mean_years": 0.5, "courts.performs_after_judgment_share": 0.28,
    "courts.performance_term_days": 30, "courts.search_days_mean": 60, "courts.assets_found_if_able_share": 0.3,
    "courts.assets_found_if_unable_share": 0.05, "courts.listed_if_unable_share": 0.15,
    "courts.not_listed_if_able_share": 0.1, "courts.listing_practice_share": 0.946, "courts.new_conduct_per_year": 0.02,
    "courts.relisting_bar_days": 183, "court_list.term_ground_share": 0.15, "court_list.term_years": 2,
    "court_list.extended_share": 0.0, "court_list.early_deletion_share": 0.5, "court_list.other_exits_per_year": 0.107,
    "complying.base_per_year": 0.16, "complying.unable_ratio": 0.2, "complying.restriction_weight": 0.0,
    "complying.amount_slope": 0.0,
}  # fmt: skip
FASTER = {
    **DECLARED, "courts.judgment_delay_mean_years": 0.2, "court_list.other_exits_per_year": 0.5,
    "complying.base_per_year": 0.6, "court_list.term_ground_share": 0.4, "court_list.term_years": 1,
}  # fmt: skip
MEAN_DELETION_DAYS = (
    6.0  # three working days in the middle, lognormal with log sd 0.8, weekends and holidays between
)


class Half(Process):
    """Every second party is unable to pay, for good."""

    name = "half"
    owns: ClassVar = {"unable": Column("u1", "1 for every second party")}
    reads = ("number",)

    def begin(self, day: Day) -> None:
        day.people.unable[:] = day.people.number % 2


class Plaintiffs(Process):
    """The same number of suits every week, spread over its days, against one party after another."""

    name = "plaintiffs"
    owns: ClassVar = {"sued_cum": Tally("suits", "suits")}
    posts: ClassVar = {"suit": Suing.posts["suit"]}

    def step(self, day: Day) -> None:
        number = SUITS_A_WEEK * day.now.week + np.arange(SUITS_A_WEEK)
        day.post(
            "suit", day=day.now.monday + number % 7, party=number % PARTIES, loan=number, serial=number // PARTIES,
            amount=np.full(SUITS_A_WEEK, 30_000), evading=np.zeros(SUITS_A_WEEK),
        )  # fmt: skip
        day.count(sued_cum=SUITS_A_WEEK)


@dataclass
class Delay:
    """A stay of a fixed number of days: what goes in comes out that much later."""

    days: float
    held: list[float] = field(default_factory=list)

    def flow(self, inflow: float) -> float:
        self.held.append(inflow)
        return self.held.pop(0) if len(self.held) > self.days else 0.0


@dataclass
class Surrogate:
    """Stocks of one kind of debtor, and what flows between them in a day at the declared rates."""

    rules: dict[str, float]
    unable: bool
    suits_a_day: float
    courts: list[float] = field(default_factory=lambda: [0.0] * 4)
    dormant: float = 0.0
    open: float = 0.0
    term: float = 0.0
    term_paid: float = 0.0
    judgments: float = 0.0
    listings: float = 0.0
    performed: float = 0.0
    deleting: float = 0.0

    def __post_init__(self) -> None:
        r = self.rules
        self.to_perform = Delay(r["courts.performance_term_days"])
        self.bar = Delay(r["courts.relisting_bar_days"])
        self.terms = Delay(r["court_list.term_years"] * DAYS_PER_YEAR)
        self.deletion = Delay(MEAN_DELETION_DAYS)

    def _out(self, stock: float, per_year: float) -> float:
        """What leaves a stock in a day at a constant rate."""
        return stock * -np.expm1(-per_year / DAYS_PER_YEAR)

    def day(self) -> None:
        """One day: suits, judgments, enforcement, listing, exits, deletion, dormancy."""
        r, into = self.rules, self.suits_a_day
        for k in range(3):  # three stages of equal rate make the gamma delay of shape 3
            out = self._out(self.courts[k], 3 / r["courts.judgment_delay_mean_years"])
            self.courts[k] += into - out
            into = out
        self.judgments += into
        stays = 1 if self.unable else 1 - r["courts.performs_after_judgment_share"]
        resumed = self._out(self.dormant, r["courts.new_conduct_per_year"])
        decided = self._out(self.courts[3], DAYS_PER_YEAR / r["courts.search_days_mean"])
        self.courts[3] += stays * self.to_perform.flow(into) + resumed - decided
        found = r[
            "courts.assets_found_if_unable_share" if self.unable else "courts.assets_found_if_able_share"
        ]
        lists = (
            r["courts.listed_if_unable_share"] if self.unable else 1 - r["courts.not_listed_if_able_share"]
        )
        lists *= r["courts.listing_practice_share"]
        listed = decided * (1 - found) * lists
        self.listings += listed
        again = self._on_the_list(listed)
        self.dormant += decided * (1 - found) * (1 - lists) + self.bar.flow(again) - resumed

    def _on_the_list(self, listed: float) -> float:
        """Listings of a day enter, perform or end; returns what is deleted without having been paid."""
        r = self.rules
        pays = r["complying.base_per_year"] * (r["complying.unable_ratio"] if self.unable else 1)
        share, early = r["court_list.term_ground_share"], r["court_list.early_deletion_share"]
        ends = r["court_list.other_exits_per_year"]
        gone = self._out(self.open, pays + ends)
        paid = gone * pays / (pays + ends)
        in_term = self._out(self.term, pays)
        over = self.terms.flow(share * listed)
        years = r["court_list.term_years"]
        unpaid, still = over * np.exp(-pays * years), over * (1 - np.exp(-pays * years)) * (1 - early)
        self.open += (1 - share) * listed - gone
        self.term += share * listed - in_term - unpaid
        self.term_paid += (1 - early) * in_term - still
        self.performed += paid + in_term
        ended = gone + early * in_term + unpaid + still
        off = self.deletion.flow(ended)
        self.deleting += ended - off
        return off * ((gone - paid + unpaid) / ended if ended else 0.0)

    @property
    def on_list(self) -> float:
        return self.open + self.term + self.term_paid + self.deleting


def surrogate(rules: dict[str, float]) -> dict[str, np.ndarray]:
    """Judgments, listings, performed and the stock of the list at the end of each week."""
    kinds = [Surrogate(rules, unable, SUITS_A_WEEK / 14) for unable in (False, True)]
    told = []
    for day in range(7 * WEEKS):
        for kind in kinds:
            kind.day()
        if day % 7 == 6:
            told.append(
                [sum(getattr(k, n) for k in kinds) for n in ("judgments", "listings", "performed", "on_list")]
            )
    names = ("judgments_cum", "listings_cum", "performed_cum", "listed_cases_now")
    return dict(zip(names, np.array(told).T, strict=True))


def society(rules: dict[str, float]) -> dict[str, np.ndarray]:
    """The same from courts, list and debtors as they are played, each debtor with luck of their own."""
    processes = order([Half(), Plaintiffs(), Courts(), CourtList(), Complying()])
    plan = Plan(processes, RuleBook.load(None, rules), Calendar(START, WEEKS, 0), 1)
    shard = Shard(plan, crowd(PARTIES))
    tallies = shard.play([plan.frame(w) for w in range(WEEKS)]).tallies
    names = ("judgments_cum", "listings_cum", "performed_cum", "listed_cases_now")
    return {name: tallies[:, shard.store.tally_names.index(name)] for name in names}


@pytest.mark.parametrize("rules", [DECLARED, FASTER], ids=["as declared", "faster"])
def test_many_alike_are_stocks_and_flows(rules):
    """V-18: from the second year on every flow and the stock are within 1 % of the surrogate."""
    flows, played = surrogate(rules), society(rules)
    for name, expected in flows.items():
        error = (played[name] / np.maximum(expected, 1) - 1)[104::26]
        assert np.abs(error).max() < 0.01, f"{name}: off by {error.round(4)}"


def test_the_surrogate_loses_nobody():
    """The surrogate's own books balance: suits are in a stock or have left it."""
    one = Surrogate(DECLARED, False, 100.0)
    listed = 0.0
    for _ in range(2000):
        one.day()
    listed = one.listings - one.on_list
    assert one.judgments + sum(one.courts[:3]) == pytest.approx(200_000)
    assert 0 < one.performed < one.listings and listed > 0
