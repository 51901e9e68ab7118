"""How the state answers a protest: it tolerates, compensates or represses; and the officers it keeps for that."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally, Wheel
from xinyong.kernels import answering as kernel
from xinyong.notices import Batch, Notice
from xinyong.process import Day, Process

CLASSES = 256


class StateResponse(Process):
    """Each protest is answered: repression is likelier for violent ones and for those begun by the upper middle class.

    What is not repressed may be bought off; money succeeds less and less. Who is repressed is detained for some weeks.
    Officers are counted by the minute, so that the accounts can book what either kind of power costs after the event.
    *Source:* the paper, part 3, notes 33 and 35 (R42, R43), R35 for 2013; model.md 2.7k; sizes assumed.
    """

    name = "state_response"
    owns = {
        "detentions": SideTable("persons in detention after a protest"),
        "detentions.party": Column("i4", "row of the person"),
        "detentions.since": Column("i4", "day of detention", "day"),
        "detentions.gates": Wheel("releases"),
        "answered_cum": Tally("protests answered", "protests"),
        "tolerated_cum": Tally("protests tolerated", "protests"),
        "compensated_cum": Tally("protests ended by compensation", "protests"),
        "repressed_cum": Tally("protests repressed", "protests"),
        "offers_refused_cum": Tally("compensation offered in vain", "protests"),
        "violent_protests_cum": Tally("protests with violence", "protests"),
        "violent_repressed_cum": Tally("protests with violence repressed", "protests"),
        "upper_middle_protests_cum": Tally("protests begun by the upper middle class", "protests"),
        "upper_middle_repressed_cum": Tally("protests begun by the upper middle class repressed", "protests"),
        "compensation_yuan_cum": Tally("paid to buy peace", "yuan"),
        "detained_now": Tally("persons in detention", "persons", stock=True),
        "detained_cum": Tally("persons taken into detention", "persons"),
        "released_cum": Tally("persons released", "persons"),
        "detained_weeks_cum": Tally("weeks of detention served, begun ones counted", "weeks"),
        "officer_minutes_cum": Tally("working time of officers kept for protests", "minutes"),
    }
    reads = ("number", "kind", "income")
    hears = ("protest",)
    posts = {
        "response": Notice(
            "the state answers a protest; kind 0 tolerates, 1 compensates, 2 represses",
            {"party": "i4", "kind": "u1", "violent": "u1", "upper": "u1"},
        )
    }

    def step(self, day: Day) -> None:
        """Release who has served, answer this week's protests, book the week."""
        rules = day.own_rules
        if rules.officers_per_1000 is None:
            return
        desk = day.table("detentions")
        free = desk.due("gates", day.now.week)
        desk.release(free)
        day.count(released_cum=len(free), detained_now=-len(free))
        protests = day.hear("protest")
        if len(protests):
            self._answer(day, protests)
        minutes = rules.officers_per_1000 / 1000 * day.graph.persons * rules.officer_hours_per_week * 60
        day.count(detained_weeks_cum=day.tallied("detained_now"), officer_minutes_cum=round(minutes))

    def _answer(self, day: Day, protests: Batch) -> None:
        answer = np.empty((len(protests), kernel.ANSWER_FIELDS), np.int32)
        people = day.people
        kernel.answer(
            answer, protests.party, people.number, people.income, _rules(day.own_rules), day.base, day.key
        )
        kind, violent, upper, weeks, offered = answer.T
        day.post(
            "response", day=protests.day + 1, party=protests.party, kind=kind.astype(np.uint8),
            violent=violent.astype(np.uint8), upper=upper.astype(np.uint8),
        )  # fmt: skip
        self._detain(day, protests, kind == kernel.REPRESSED, weeks)
        bought = int((kind == kernel.COMPENSATED).sum())
        day.count(
            answered_cum=len(kind), tolerated_cum=int((kind == kernel.TOLERATED).sum()), compensated_cum=bought,
            repressed_cum=int((kind == kernel.REPRESSED).sum()), offers_refused_cum=int(offered.sum()) - bought,
            violent_protests_cum=int(violent.sum()), upper_middle_protests_cum=int(upper.sum()),
            violent_repressed_cum=int((violent * (kind == kernel.REPRESSED)).sum()),
            upper_middle_repressed_cum=int((upper * (kind == kernel.REPRESSED)).sum()),
            compensation_yuan_cum=bought * int(day.own_rules.compensation_yuan or 0),
        )  # fmt: skip

    def _detain(self, day: Day, protests: Batch, taken: Array, weeks: Array) -> None:
        taken = taken & (weeks > 0)
        desk = day.table("detentions")
        rows = desk.take(int(taken.sum()))
        desk.fields.party[rows], desk.fields.since[rows] = protests.party[taken], protests.day[taken] + 1
        day.schedule("detentions", "gates", rows, day.now.monday + 7 * weeks[taken])
        day.count(detained_now=len(rows), detained_cum=len(rows))


@lru_cache(maxsize=256)
def _rules(rules: Any) -> Array:
    """The rules as the kernel's numbers, in its order."""
    share = rules.repression_share
    level = np.log(share / (1 - share)) if 0 < share < 1 else (700.0 if share else -700.0)
    return np.array([
        level, rules.violence_weight, rules.upper_middle_weight, rules.violent_share,
        CLASSES * (1 - rules.upper_middle_share), rules.offer_share, rules.compensation_success_share,
        rules.detention_weeks_mean,
    ])  # fmt: skip
