"""Objection to a listing, and reconsideration by the next court (法釋〔2017〕7, arts 11-12)."""

import numpy as np

from xinyong.columns import Array, Column, Tally, Wheel
from xinyong.draws import uniforms
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process

NONE, REVIEW, RECONSIDERATION, HEARD = 0, 1, 2, 3


class Objection(Process):
    """Some listed debtors object; the court reviews, and a rejected debtor may ask for reconsideration.

    The listing stays in force meanwhile. Few know the right; courts decide rightly with a given chance.
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
        self._file(day, day.hear("listed"))
        self._rule(day)

    def _file(self, day: Day, listed: Batch) -> None:
        if not len(listed):
            return
        rules, cases = day.own_rules, day.table("cases").fields
        u = self._draw(day, listed.case, 0)
        files = np.where(listed.wrong == 1, rules.files_if_wrong_share, rules.files_if_right_share)
        chosen = u < rules.aware_share * files
        rows, when = listed.case[chosen], listed.day[chosen]
        cases.objection[rows] = REVIEW
        cases.objection_number[rows] = cases.number[rows]
        self._set(day, rows, when, rules.review_days, 1)
        day.count(objections_cum=len(rows))

    def _set(self, day: Day, rows: Array, since: Array, term_days: float, index: int) -> None:
        """Fix the day of a ruling: within the term, except for the late share, which takes up to twice as long."""
        cases, rules = day.table("cases").fields, day.own_rules
        u, late = self._draw(day, rows, index), self._draw(day, rows, index + 1) < (rules.late_share or 0.0)
        wait = np.where(late, term_days * (1 + u), term_days * u)
        cases.objection_day[rows] = since + 1 + wait.astype(np.int32)
        day.schedule("cases", "hearings", rows, cases.objection_day[rows])
        day.count(late_rulings_cum=int(late.sum()))

    def _rule(self, day: Day) -> None:
        desk, rules = day.table("cases"), day.own_rules
        cases = desk.fields
        due = desk.due("hearings", day.now.week)
        if not len(due):
            return
        same = (cases.objection_number[due] == cases.number[due]) & (cases.list_state[due] > 0)
        cases.objection[due[~same]] = NONE
        due = due[same]
        right = self._draw(day, due, 4) < rules.correct_decision_share
        granted = (cases.unable_then[due] == 1) == right
        day.post("ruling", day=cases.objection_day[due], case=due, number=cases.number[due], granted=granted)
        again = self._asks_again(day, due, granted)
        cases.objection[due] = np.where(again, RECONSIDERATION, HEARD)
        day.count(objections_granted_cum=int(granted.sum()), reconsiderations_cum=int(again.sum()))
        if again.any():
            asked = cases.objection_day[due[again]] + int(rules.reconsideration_request_days)
            self._set(day, due[again], asked, rules.reconsideration_decision_days, 6)

    def _asks_again(self, day: Day, due: Array, granted: Array) -> Array:
        """Who, once rejected, asks the next court; nobody before the rule exists (1 May 2017)."""
        cases, rules = day.table("cases").fields, day.own_rules
        if rules.reconsideration_decision_days is None:
            return np.zeros(len(due), bool)
        willing = self._draw(day, due, 5) < rules.reconsiders_share
        return np.asarray(~granted & (cases.objection[due] == REVIEW) & willing)

    def _draw(self, day: Day, rows: Array, index: int) -> Array:
        cases = day.table("cases").fields
        who = day.base | day.people.number[cases.party[rows]].astype(np.uint64)
        return uniforms(day.key, who | (cases.serial[rows].astype(np.uint64) << np.uint64(48)), index)
