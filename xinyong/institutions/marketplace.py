"""Alibaba's trading platforms: merchants removed, and told to the state since December 2016."""

from functools import lru_cache

import numpy as np

from xinyong import flows
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.draws import uniforms
from xinyong.kernels.dense import hits, limit_of
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.rates import chance

SELLS, TOLD = 0, 1
ENTERPRISE, SELF_EMPLOYED = 1, 2
OWNER, EVERY_WEEKS = 1, 4


class Marketplace(Process):
    """Removes merchants for bad conduct, and tells the sharing platform of them once the memorandum is signed.

    Before December 2016 a removal stays between merchant and platform. Merchants are organisations, not persons.
    *Source:* the paper, appendix (2016-12) and footnote 70.
    """

    name = "marketplace"
    owns = {
        "removed_merchants": SideTable("merchants removed for good"),
        "removed_merchants.party": Column("i4", "row of the organisation"),
        "merchants_removed_cum": Tally("merchants removed from the trading platforms", "organisations"),
        "merchants_reported_cum": Tally("removed merchants told to the sharing platform", "organisations"),
    }
    reads = ("number", "kind")
    may_read = ("credit_firms.to_organs",)
    posts = {
        "merchant_removal": Notice(
            "a merchant is removed from the trading platforms", {"party": "i4", "number": "u4", "told": "u1"}
        ),
        "offence": Notice("conduct that a black list names is found", {"list": "u1", "party": "i4"}),
    }  # fmt: skip
    dense_ns_per_party = 0.1

    def step(self, day: Day) -> None:
        """Four weeks of removals, each told on while the memorandum is in force and the firm delivers."""
        rules = day.own_rules
        if not rules.in_force or day.now.week % EVERY_WEEKS:
            return
        first = day.graph.persons
        number, kind = day.people.number[first:], day.people.kind[first:]
        rows, anybody = np.empty(len(number), np.int32), np.zeros(len(number), np.uint8)
        limits = _limits(chance(rules.removals_per_year, EVERY_WEEKS * day.now.years))
        found = rows[: hits(rows, number, anybody, kind, limits, day.base, day.key)]
        if not len(found):
            return
        who = day.base | number[found].astype(np.uint64)
        sells = uniforms(day.fixed_key, who, SELLS) < rules.merchant_share
        self._remove(day, (found[sells] + first).astype(np.int32), who[sells])

    def _remove(self, day: Day, rows: Array, who: Array) -> None:
        desk = day.table("removed_merchants")
        known = np.isin(rows, desk.fields.party[: desk.high])
        rows, who = rows[~known], who[~known]
        if not len(rows):
            return
        new = desk.take(len(rows))
        desk.fields.party[new] = rows
        told = uniforms(day.key, who, TOLD) < self._share(day)
        when, numbers = np.full(len(rows), day.now.monday, np.int32), day.people.number[rows]
        day.post("merchant_removal", day=when, party=rows, number=numbers, told=told)
        code = day.rules.black_lists.lists.alibaba.code
        day.post("offence", day=when[told], list=np.full(int(told.sum()), code), party=rows[told])
        day.count(merchants_removed_cum=len(rows), merchants_reported_cum=int(told.sum()))

    def _share(self, day: Day) -> float:
        """Share of removals that reach the platform: of an open flow, if the firm behind the marketplace delivers."""
        firms = day.may_table("credit_firms")
        if firms is not None and not firms.fields.to_organs[OWNER - 1]:
            return 0.0
        return flows.strength(day.rules, "marketplace_to_platform", day.shard)


@lru_cache(maxsize=8)
def _limits(removed: float) -> Array:
    """Limits by kind: enterprises and individual businesses can be merchants."""
    limits = np.zeros(256, np.uint32)
    limits[[ENTERPRISE, SELF_EMPLOYED]] = limit_of(np.array([removed]))
    return limits
