"""What a commercial score earns: Table 1 of the paper, and partners that look at the score."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import perks as kernel
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows
from xinyong.scoring import turn_of

MOST = 16
PERIOD_WEEKS, COUNTED_EVERY_WEEKS = 26, 4
PERKS = coded_rows("perks", "table_1")
PARTNERS = coded_rows("perks", "partners")
HOLDERS = tuple(f"{p.key}_holders_now" for p in PERKS)
TAKEN = tuple(f"{p.key}_taken_cum" for p in PERKS)
MET = tuple((f"{p.key}_met_cum", f"{p.key}_favoured_cum") for p in PARTNERS)


class Perks(Process):
    """Opens each row of Table 1 to members whose score exceeds its threshold, and counts what they take up.

    A court listing at the firm blocks every perk until its shadow has gone. Partners favour good scores: a
    matchmaking site recommends them, a ride-hailing service serves them first.
    *Source:* the paper, Table 1 and section III.2; rates assumed (model.md 2.8 perk.*, com.baihe, com.didi).
    """

    name = "perks"
    owns = {
        "perks": SideTable("what a score earns; row = code - 1"),
        "perks.above_points": Column("u2", "score to be exceeded; 0 where not offered", "points"),
        "perks.yearly_value": Column("f4", "yearly value to a person of average demand", "utility per year"),
        **{f"{p.key}_holders_now": Tally(f"members to whom is open: {p.gloss}", "persons", stock=True) for p in PERKS},
        **{f"{p.key}_taken_cum": Tally(f"uses: {p.gloss}", "uses") for p in PERKS},
        "perks_taken_cum": Tally("uses of all perks", "uses"),
        **{f"{p.key}_met_cum": Tally(f"occasions on which a member met {p.key}", "times") for p in PARTNERS},
        **{f"{p.key}_favoured_cum": Tally(f"times {p.key} favoured a member", "times") for p in PARTNERS},
    }  # fmt: skip
    reads = ("number", "income", "age", "firm_score", "firm_flags")

    def begin(self, day: Day) -> None:
        """Make the fixed rows of the table."""
        day.table("perks").take(MOST)

    def step(self, day: Day) -> None:
        """Offer what is offered this week, count who holds it, and let some members use it."""
        rules = day.own_rules
        if not rules.in_force:
            return
        above, value, uses, partners = _offers(rules.table_1, rules.partners, PERIOD_WEEKS * day.now.years)
        fields = day.table("perks").fields
        changed = not np.array_equal(fields.above_points[:MOST], above)
        fields.above_points[:MOST], fields.yearly_value[:MOST] = above, value
        if changed or day.now.week % COUNTED_EVERY_WEEKS == 0:
            self._hold(day, above)
        self._use(day, above, uses, partners)

    def _hold(self, day: Day, above: Array) -> None:
        people, holders = day.people, np.zeros(MOST, np.int64)
        kernel.count_holders(holders, people.firm_score, people.firm_flags, above)
        for name, n in zip(HOLDERS, holders.tolist(), strict=False):
            day.count(**{name: n - day.tallied(name)})

    def _use(self, day: Day, above: Array, uses: Array, partners: Array) -> None:
        people = day.people
        taken, met = np.zeros(MOST, np.int64), np.zeros((len(partners), 2), np.int64)
        kernel.use(
            taken, met, (people.income, people.age), people.firm_score, people.firm_flags, day.row_of, above, uses,
            partners, turn_of(day, PERIOD_WEEKS), day.base, day.key,
        )  # fmt: skip
        day.count(perks_taken_cum=int(taken.sum()), **dict(zip(TAKEN, taken.tolist(), strict=False)))
        for names, numbers in zip(MET, met.tolist(), strict=False):
            day.count(**dict(zip(names, numbers, strict=True)))


@lru_cache(maxsize=256)
def _offers(table: Any, partners: Any, years: float) -> tuple[Array, Array, Array, Array]:
    """Thresholds, yearly values and uses a turn by row (16), and the partners' rows (n, 5)."""
    above, value, uses = np.zeros(MOST, np.uint16), np.zeros(MOST, np.float32), np.zeros(MOST)
    for row in table.rows():
        place = row.code - 1
        above[place] = row.above_points if row.open else 0
        value[place], uses[place] = row.yearly_value, row.uses_per_year * years
    met = [
        (p.uses_per_year * years, p.least_age_years, p.most_age_years, p.base_logit, p.slope_per_100_points)
        for p in partners.rows()
    ]
    return above, value, uses, np.array(met, float).reshape(-1, 5)
