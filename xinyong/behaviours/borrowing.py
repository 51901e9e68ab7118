"""Taking formal loans."""

from functools import lru_cache

import numpy as np

from xinyong.columns import Array, Tally
from xinyong.kernels.dense import hits, limit_of
from xinyong.kernels.loans import draw_loans
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.rates import chance

PERSON, DEPARTMENT, KINDS = 0, 4, 5


class Borrowing(Process):
    """Adults and organisations that can pay take loans; the better off more often.

    *Source:* model.md 2.7b and 2.8 debt.* (assumed).
    """

    name = "borrowing"
    owns = {
        "loans_taken_cum": Tally("loans taken", "loans"),
        "loans_refused_by_score_cum": Tally("loans refused for a low score of the central bank", "loans"),
    }
    reads = ("number", "kind", "age", "income", "unable")
    may_recall = ("bank_score",)
    posts = {
        "loan": Notice("a loan is paid out", {"party": "i4", "amount": "i4", "months": "u1"}),
    }
    dense_ns_per_party = 3.0

    def step(self, day: Day) -> None:
        """Some take a loan this week: amount lognormal, term short to long, on a day of the week."""
        people, rules = day.people, day.own_rules
        limits = _limits(
            rules.loans_per_adult_year,
            rules.loans_per_organisation_year,
            rules.income_gradient,
            day.now.years,
        )
        rows = np.empty(len(people.number), np.int32)
        found = hits(rows, people.number, people.kind, people.income, limits, day.base, day.key)
        rows = self._lent_to(day, self._may_ask(day, rows[:found]))
        found = len(rows)
        amount, months, when = np.empty(found, np.int32), np.empty(found, np.uint8), np.empty(found, np.int32)
        shape = np.array([
            rules.amount_log10_mean, rules.amount_log10_sd, rules.organisation_amount_log10_mean,
            rules.term_months_short, rules.term_months_long, day.now.monday,
        ])  # fmt: skip
        draw_loans(amount, months, when, rows, people.number, people.kind, shape, day.base, day.key)
        day.post("loan", party=rows, amount=amount, months=months, day=when)
        day.count(loans_taken_cum=found)

    def _may_ask(self, day: Day, rows: Array) -> Array:
        """Leave out those outside the ages at which one borrows, and those who cannot pay (assumed)."""
        people, rules = day.people, day.own_rules
        age = people.age[rows]
        asks = (age >= rules.minimum_age_years) & (age <= rules.maximum_age_years) | (
            people.kind[rows] != PERSON
        )
        return np.asarray(rows[asks & (people.unable[rows] == 0)])

    def _lent_to(self, day: Day, rows: Array) -> Array:
        """Who gets the loan: everybody, unless lenders ask for a score; who has none is not judged by it."""
        least, score = day.own_rules.least_score, day.people.bank_score
        if least is None or score is None:
            return rows
        refused = (score[rows] >= 0) & (score[rows] < least)
        day.count(loans_refused_by_score_cum=int(refused.sum()))
        return np.asarray(rows[~refused])


@lru_cache(maxsize=64)
def _limits(per_adult_year: float, per_organisation_year: float, gradient: float, years: float) -> Array:
    """Chances by kind of party and income: persons by their income, organisations alike, departments never."""
    chances = np.zeros((KINDS, 256))
    tilt = np.exp(gradient * (np.arange(254) / 253 - 0.5))
    classes = np.array([chance(rate, years) for rate in per_adult_year * tilt / tilt.mean()])
    chances[PERSON] = classes[np.arange(256) * 253 // 255]
    chances[PERSON + 1 : DEPARTMENT] = chance(per_organisation_year, years)
    return limit_of(chances.ravel())
