"""People report each other; some reports are false, and not all are looked into."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import traits
from xinyong.acts import NAMES, REPORTED
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.draws import uniforms
from xinyong.kernels import reporting as kernel
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.ties import LAYERS, NEEDS, net_of

NOWHERE = 0
CAPACITY_DRAW, SHARD = 0, 0xFFFF_FFFF


class Reporting(Process):
    """Who knows of an act that no authority found out may report it; some are reported for what they did not do.

    The readiness grows with a reward, the reporter's norms and a grudge, and falls with closeness. Authorities verify
    as many complaints as they have inspectors for, the oldest first; what waits too long is decided unseen. What is
    upheld goes into the points file of the person, where the city keeps one, rightly or wrongly.
    *Source:* model.md 2.7i (mutual supervision); the paper, section 肆 (citizens supervise each other); rates assumed.
    """

    name = "reporting"
    owns = {
        "complaints": SideTable("reports that authorities have not decided yet"),
        "complaints.party": Column("i4", "row of the reported person"),
        "complaints.act": Column("u1", "what is reported: code of the behaviour"),
        "complaints.happened": Column("u1", "1 if it happened (truth)"),
        "complaints.filed": Column("i4", "week of the report", "week"),
        "peer_reports_cum": Tally("reports by others", "reports"),
        "peer_reports_true_cum": Tally("reports of what happened (truth)", "reports"),
        "peer_reports_false_cum": Tally("reports of what did not happen (truth)", "reports"),
        "peer_reports_open_now": Tally("reports not yet decided", "reports", stock=True),
        "peer_reports_verified_cum": Tally("reports looked into", "reports"),
        "peer_reports_unverified_cum": Tally("reports decided without being looked into", "reports"),
        "peer_reports_dismissed_cum": Tally("reports dismissed", "reports"),
        "upheld_true_cum": Tally("reports upheld of what happened (truth)", "reports"),
        "upheld_false_cum": Tally("reports upheld of what did not happen (truth)", "reports"),
        "inspection_hours_spent_cum": Tally("hours of inspectors looking into reports", "hours"),
        "inspection_hours_saved_cum": Tally("hours that finding the same acts would have cost", "hours"),
        "reports_within_household_cum": Tally("reports of a member of one's own household", "reports"),
        "closeness_lost_cum": Tally("closeness of the ties along which people reported", "hundredths of a tie"),
    }  # fmt: skip
    reads = (*NEEDS, "city")
    hears = ("act",)
    posts = {
        "reported": REPORTED,
        "upheld": Notice(
            "a report is upheld; deed is what a city counts it as, wrong says that it did not happen (truth)",
            {"party": "i4", "city": "u1", "deed": "u2", "office": "i4", "wrong": "u1"},
        ),
    }

    def step(self, day: Day) -> None:
        """Take up this week's reports, then decide as many as can be decided."""
        if not day.own_rules.reports_per_known_offence and not day.table("complaints").high:
            return
        acts, table = day.hear("act"), _table(day.own_rules)
        if len(acts) and table.rules[kernel.RATE]:
            self._file(day, acts, table)
        if day.table("complaints").high:
            self._decide(day, table)

    def _file(self, day: Day, acts: Any, table: "Table") -> None:
        people = day.people
        room = kernel.MOST_REPORTS * len(acts) * (1 + int(table.rules[kernel.FALSE] + 1))
        out = np.empty((room, kernel.FIELDS), np.int32)
        n = kernel.tell(
            out, (acts.party, acts.act, acts.detected, acts.day), table.seen_by, table.running, table.closeness,
            table.rules, people.number, people.age, traits.mixing(day.rules), net_of(day), day.base,
            (day.key, day.fixed_key, day.trait_key),
        )  # fmt: skip
        if not n:
            return
        out = out[:n]
        when, reporter, party, act, true, layer = out.T
        day.post("reported", day=when, reporter=reporter, party=party, act=act, true=true)
        desk = day.table("complaints")
        rows, of = desk.take(n), desk.fields
        of.party[rows], of.act[rows], of.happened[rows], of.filed[rows] = party, act, true, day.now.week
        day.count(
            peer_reports_cum=n, peer_reports_true_cum=int(true.sum()), peer_reports_false_cum=n - int(true.sum()),
            peer_reports_open_now=n, reports_within_household_cum=int((layer == 0).sum()),
            closeness_lost_cum=int(np.rint(100 * table.closeness[layer]).sum()),
        )  # fmt: skip

    def _decide(self, day: Day, table: "Table") -> None:
        desk, people = day.table("complaints"), day.people
        of, high = desk.fields, desk.high
        rows, upheld, sums = np.empty(high, np.int32), np.empty(high, bool), np.zeros(kernel.SUMS, np.int64)
        n = kernel.decide(
            rows, upheld, (of.alive[:high], of.party, of.act, of.happened, of.filed), table.rules, people.number,
            _inspectors(day, table.rules), day.now.week, day.base, day.key, sums,
        )  # fmt: skip
        if n:
            self._uphold(day, rows[:n][upheld[:n]], table)
            desk.release(rows[:n])
            self._count(day, n, sums.tolist())

    def _uphold(self, day: Day, rows: Array, table: "Table") -> None:
        """Tell the city of what is upheld against its residents."""
        of, people = day.table("complaints").fields, day.people
        rows = rows[(people.city[of.party[rows]] != NOWHERE) & (table.deed[of.act[rows]] > 0)]
        n, party = len(rows), of.party[rows]
        day.post(
            "upheld", day=np.full(n, day.now.monday + 6), party=party, city=people.city[party],
            deed=table.deed[of.act[rows]], office=np.full(n, -1), wrong=1 - of.happened[rows],
        )  # fmt: skip

    def _count(self, day: Day, decided: int, sums: list[int]) -> None:
        rules = day.own_rules
        day.count(
            peer_reports_open_now=-decided, peer_reports_verified_cum=sums[kernel.VERIFIED],
            peer_reports_unverified_cum=sums[kernel.UNVERIFIED], peer_reports_dismissed_cum=sums[kernel.DISMISSED],
            upheld_true_cum=sums[kernel.UPHELD_TRUE], upheld_false_cum=sums[kernel.UPHELD_FALSE],
            inspection_hours_spent_cum=sums[kernel.VERIFIED] * int(rules.hours_to_verify or 0),
            inspection_hours_saved_cum=sums[kernel.FOUND] * int(rules.hours_to_find or 0),
        )  # fmt: skip


def _inspectors(day: Day, rules: Array) -> int:
    """Complaints that can be verified this week: a share of the shard's persons, the fraction by draw."""
    mean = rules[kernel.CAPACITY] * day.graph.persons * day.now.years
    who = np.array([day.base | np.uint64(SHARD)], np.uint64)
    return int(mean + uniforms(day.key, who, CAPACITY_DRAW)[0])


class Table:
    """Rules as the kernels take them: numbers, witnesses and deed by act, running shares and closeness by layer."""

    def __init__(self, rules: Any, seen_by: Array, deed: Array, running: Array, closeness: Array) -> None:
        self.rules, self.seen_by, self.deed = rules, seen_by, deed
        self.running, self.closeness = running, closeness


@lru_cache(maxsize=64)
def _table(rules: Any) -> Table:
    false = min(float(rules.false_share or 0.0), 0.9)
    numbers = (
        rules.reports_per_known_offence, (rules.reward_weight or 0.0) * (rules.reward_utility or 0.0),
        rules.norm_weight, rules.closeness_weight, rules.grudge_weight, rules.grudge_share, false / (1 - false),
        rules.verified_per_person_year, rules.patience_weeks, rules.unverified_upheld_share,
        rules.verification_correct_share,
    )  # fmt: skip
    layers = [getattr(rules.layers, layer) for layer in LAYERS]
    sees = np.array([(row.sees_share or 0.0) * (row.persons or 0.0) for row in layers])
    seen_by, deed = np.zeros(max(NAMES) + 1), np.zeros(max(NAMES) + 1, np.uint16)
    for row in rules.acts.rows():
        seen_by[row.code], deed[row.code] = sees.sum() * (row.visible_ratio or 0.0), row.deed_code or 0
    running = np.cumsum(sees) / max(float(sees.sum()), 1e-12)
    closeness = np.array([row.closeness or 0.0 for row in layers])
    return Table(np.array([float(n or 0.0) for n in numbers]), seen_by, deed, running, closeness)
