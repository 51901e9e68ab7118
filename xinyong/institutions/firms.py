"""The eight firms that were allowed to prepare personal credit reporting, and what they deliver to the state."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.draws import uniforms
from xinyong.flows import FIRMS, Ask, asked_of_firms
from xinyong.kernels import coverage as kernel
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows

MOST = 16
QUARTER_WEEKS = 13
STATE_ORGAN = 1.0
NAMED = coded_rows("firms", "register")


class Firms(Process):
    """Keeps each firm's coverage set and lets it decide every quarter whether to deliver what it is asked for.

    A firm delivers if authority, dependence and a permission still to be won outweigh what its data are worth to it
    and the users it may lose. Flows to firms need no decision. The same firm leans the same way in every quarter.
    *Source:* the paper, sections III.2 and IV.1 and the appendix (2015-01); model.md 2.7l; conflicts X2 and X3.
    """

    name = "firms"
    owns = {
        "credit_firms": SideTable("the firms; row = code - 1"),
        "credit_firms.coverage": Column("f4", "share of adults the firm holds data of", "share"),
        "credit_firms.to_organs": Column("u1", "1 if it delivers what a state organ itself asks for", "flag"),
        "credit_firms.to_bodies": Column("u1", "1 if it delivers what a body at arm's length asks for", "flag"),
        "credit_firms.delivered": Column("f4", "share of covered persons whose data get through", "share"),
        "coverage_base_now": Tally("adults, when coverage was last counted", "persons", stock=True),
        "union_covered_now": Tally("adults of whom at least one firm holds data", "persons", stock=True),
        "state_visible_now": Tally("adults whose data at least one firm delivers", "persons", stock=True),
        "visible_classes_now": Tally("data classes of persons delivered by the scoring firm", "classes", stock=True),
        "visible_by_consent_now": Tally("of these, classes of persons who opted in", "classes", stock=True),
        **{f"{f.key}_covered_now": Tally(f"adults of whom {f.gloss} holds data", "persons", stock=True) for f in NAMED},
        **{f"{f.key}_delivered_now": Tally(f"adults of whom {f.key} delivers", "persons", stock=True) for f in NAMED},
    }  # fmt: skip
    reads = ("number", "kind", "age")
    may_read = ("firm_score", "firm_flags")

    def begin(self, day: Day) -> None:
        """Make the fixed rows of the firms."""
        day.table("credit_firms").take(MOST)

    def step(self, day: Day) -> None:
        """Once a quarter: decisions. Coverage is counted when one changes, and each January."""
        rules = day.own_rules
        if not rules.in_force or (day.now.week % QUARTER_WEEKS and day.tallied("union_covered_now")):
            return
        fields, codes, share = day.table("credit_firms").fields, *_register(rules.register)
        asks = asked_of_firms(day.rules, day.shard)
        bodies = [ask.authority for ask in asks if ask.by_private]
        to_bodies = self._delivers(day, codes, max(bodies)) if bodies else np.zeros(len(codes), bool)
        delivered = self._delivered(day, codes, asks)
        known = np.array([fields.coverage[codes - 1], fields.delivered[codes - 1]])
        fields.coverage[:MOST], fields.delivered[:MOST] = 0, 0
        fields.to_organs[codes - 1] = self._delivers(day, codes, STATE_ORGAN)
        fields.to_bodies[codes - 1] = to_bodies
        fields.coverage[codes - 1], fields.delivered[codes - 1] = share, delivered
        now = np.array([fields.coverage[codes - 1], fields.delivered[codes - 1]])
        if day.now.date.month <= 3 or not np.array_equal(known, now):
            self._cover(day, codes, share, delivered)

    def _delivers(self, day: Day, codes: Array, authority: float) -> Array:
        """Whether each firm delivers to one who asks with such authority; its leaning is the same in every shard."""
        u = uniforms(day.fixed_key, codes.astype(np.uint64), 0)
        return np.asarray(u < compliance(day.own_rules, authority))

    def _delivered(self, day: Day, codes: Array, asks: tuple[Ask, ...]) -> Array:
        """Chance that the data of a covered person get through, by firm: the widest flow it serves."""
        keys = [row.key for row in day.own_rules.register.rows()]
        widest = np.zeros(len(codes))
        for ask in asks:
            asked = np.array([ask.giver in (FIRMS, key) for key in keys])
            widest = np.maximum(widest, ask.share * asked * self._delivers(day, codes, ask.authority))
        return widest

    def _cover(self, day: Day, codes: Array, share: Array, delivered: Array) -> None:
        people, rules = day.people, day.own_rules
        persons = day.graph.persons
        held, given = np.zeros(len(codes), np.int64), np.zeros(len(codes), np.int64)
        totals = np.zeros(kernel.TOTALS, np.int64)
        score = people.firm_score if people.firm_score is not None else np.zeros(persons, np.uint16)
        flags = people.firm_flags if people.firm_flags is not None else np.zeros(persons, np.uint8)
        kernel.cover(
            totals, held, given, people.number[:persons], people.age, score, flags, share, delivered, rules.overlap, 0,
            int(rules.base_classes), day.base, day.fixed_key,
        )  # fmt: skip
        now = {"union_covered_now": totals[0], "state_visible_now": totals[1]}
        now |= {
            "visible_classes_now": totals[2],
            "visible_by_consent_now": totals[3],
            "coverage_base_now": totals[4],
        }
        now |= {f"{f.key}_covered_now": n for f, n in zip(NAMED, held, strict=False)}
        now |= {f"{f.key}_delivered_now": n for f, n in zip(NAMED, given, strict=False)}
        day.count(**{name: int(n) - day.tallied(name) for name, n in now.items()})


def compliance(rules: Any, authority: float) -> Array:
    """Chance (firms,) that each firm delivers to one who asks with such authority: a logit of model.md 2.7l."""
    firms = rules.register.rows()
    at_risk = rules.licence_weight if rules.licence_state == "preparing" else 0.0
    logit = [
        rules.authority_weight * authority + rules.dependence_weight * f.dependence_share + at_risk
        - rules.data_value_weight * f.data_value_share - rules.user_exit_weight * f.user_exit_share
        for f in firms
    ]  # fmt: skip
    return np.asarray(1.0 / (1.0 + np.exp(-np.array(logit))))


@lru_cache(maxsize=64)
def _register(register: Any) -> tuple[Array, Array]:
    """Codes and coverage of the firms."""
    rows = register.rows()
    return np.array([r.code for r in rows]), np.array([r.coverage_share for r in rows])
