"""Objection to a listing, and reconsideration by the next court (法釋〔2017〕7, arts 11-12)."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, Tally, Wheel
from xinyong.kernels import petitions as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process

NO_REPAIR = (0.0,) * 6  # who performs leaves the list; nothing else is to be repaired


class Objection(Process):
    """Some listed debtors object; the court reviews, and a rejected debtor may ask for reconsideration.

    The listing stays in force meanwhile. The courts keep this desk themselves; other registers' is `redress`.
    Few know the right; courts decide rightly with a given chance.
    *Source:* 法释〔2017〕7 arts 11-12 (clocks); shares assumed (model.md 2.8 obj.*).
    """

    name = "objection"
    owns = {
        "cases.objection": Column("u1", "0 none, 1 in review, 2 in reconsideration, 3 heard"),
        "cases.objection_day": Column("i4", "day of the next ruling", "day"),
        "cases.objection_number": Column("u4", "number of the case objected to"),
        "cases.hearings": Wheel("rulings due"),
        "objections_cum": Tally("objections filed", "objections"),
        "reconsiderations_cum": Tally("reconsiderations asked for", "reconsiderations"),
        "objections_granted_cum": Tally("objections and reconsiderations granted", "rulings"),
        "late_rulings_cum": Tally("rulings later than the law allows", "rulings"),
    }
    reads = ("number", "cases.party", "cases.serial", "cases.number", "cases.unable_then", "cases.list_state")
    hears = ("listed",)
    posts = {
        "ruling": Notice("a court rules on an objection", {"case": "i4", "number": "u4", "granted": "u1"}),
    }

    def step(self, day: Day) -> None:
        """New objections to this week's listings, then the rulings due."""
        if day.own_rules.review_days is None:
            return
        rules = _rules(day.own_rules)
        self._file(day, day.hear("listed"), rules)
        self._rule(day, rules)

    def _file(self, day: Day, listed: Batch, rules: Array) -> None:
        if not len(listed):
            return
        cases, number = day.table("cases").fields, day.people.number
        picked, asks = np.empty(len(listed), np.int64), np.empty(len(listed), np.uint8)
        court, arrays = np.zeros(len(listed), np.uint8), _petitions(cases)
        luck = arrays[1][listed.case]
        n = kernel.choose(
            picked, asks, listed.party, luck, listed.wrong, court, number, rules, day.base, day.key
        )
        if not n:
            return
        rows, since = listed.case[picked[:n]], listed.day[picked[:n]]
        cases.objection_number[rows] = cases.number[rows]
        late = kernel.open_petitions(
            arrays, cases.hearings, rows, asks, since, court, number, rules, day.now.calendar.first_day,
            day.now.week, day.base, day.key,
        )  # fmt: skip
        day.count(objections_cum=n, late_rulings_cum=late)

    def _rule(self, day: Day, rules: Array) -> None:
        desk = day.table("cases")
        cases = desk.fields
        due = desk.due("hearings", day.now.week)
        if not len(due):
            return
        same = (cases.objection_number[due] == cases.number[due]) & (cases.list_state[due] > 0)
        cases.objection[due[~same]] = kernel.NONE
        due = due[same]
        when, granted, court = np.empty_like(due), np.empty(len(due), bool), np.zeros(len(due), np.uint8)
        totals = np.zeros((1, kernel.TOTALS), np.int64)
        kernel.rule_on(
            _petitions(cases), cases.hearings, due, court, day.people.number, rules, day.now.calendar.first_day,
            day.now.week, day.base, day.key, when, granted, totals,
        )  # fmt: skip
        day.post("ruling", day=when, case=due, number=cases.number[due], granted=granted)
        told = totals[0].tolist()
        day.count(
            objections_granted_cum=told[kernel.GRANTED], reconsiderations_cum=told[kernel.RECONSIDERED],
            late_rulings_cum=told[kernel.OVERDUE],
        )  # fmt: skip


def _petitions(cases: Any) -> tuple[Array, ...]:
    return (cases.party, cases.serial, cases.unable_then, cases.objection, cases.objection_day)


@lru_cache(maxsize=64)
def _rules(rules: Any) -> Array:
    """What the kernel asks of the courts' rules, as its only register (1, RULES)."""
    numbers = (
        rules.aware_share * rules.files_if_right_share, rules.aware_share * rules.files_if_wrong_share,
        rules.review_days, rules.late_share, rules.correct_decision_share, rules.reconsiders_share,
        rules.reconsideration_request_days, rules.reconsideration_decision_days, *NO_REPAIR,
    )  # fmt: skip
    return np.array([[n or 0.0 for n in numbers]])
