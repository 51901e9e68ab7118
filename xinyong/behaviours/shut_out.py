"""What persons still want whom lists other than the court's bar: refused, retried, left alone or had; counted apart."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import wants as kernel
from xinyong.kernels.lists import wants_of_shut_out
from xinyong.kernels.rows import newcomers
from xinyong.memoranda import MOST_ACTIVITIES
from xinyong.process import Day, Process
from xinyong.rulefiles import coded_rows

ACTIVITIES = coded_rows("wants", "activities")
COUNTS = {
    "wanted": ("occasions wanted by persons whom only other lists bar", "occasions", kernel.WANTED),
    "refused": ("occasions refused because of other lists alone", "occasions", kernel.REFUSED),
    "refused_attempts": ("refused attempts because of other lists alone (人次)", "attempts", kernel.ATTEMPTS),
}


class ShutOut(Process):
    """Persons barred by other lists want on; a refusal counts here only if the court list does not bar as well.

    Who is barred by both from one thing is refused because of the court list and counted there alone: published
    counters are the court's, and the other list changed nothing. Everybody's demand is the mean of `wants`.
    *Source:* model.md 2.7h; rows of `rules/wants.yaml`; decision 0029.
    """

    name = "shut_out"
    owns = {
        "shut_out": SideTable("persons whom another list than the court's ever barred"),
        "shut_out.party": Column("i4", "row of the person"),
        "shut_out.learned": Column("u1", "refusals so far, by activity", "refusals", width=MOST_ACTIVITIES),
        "ever_shut_out_cum": Tally("distinct persons ever barred by other lists", "persons"),
        "avoided_other_lists_cum": Tally("occasions left alone because of other lists alone", "occasions"),
        "bought_other_lists_cum": Tally("occasions had through an unchecked channel, ditto", "occasions"),
        **{
            f"{row.key}_{name}_other_lists_cum": Tally(f"{row.gloss}: {meaning}", unit)
            for row in ACTIVITIES
            for name, (meaning, unit, _) in COUNTS.items()
        },
    }
    reads = ("number", "named_by", "barred", "activities.barred_by", "activities.others_coverage")
    hears = ("shut_out_notice",)

    def step(self, day: Day) -> None:
        """Follow the newly shut out, then a week of wants."""
        self._follow(day)
        if day.table("shut_out").high:
            self._week(day)

    def _follow(self, day: Day) -> None:
        new, desk = day.hear("shut_out_notice").party, day.table("shut_out")
        if len(new):
            known = desk.fields.party[: desk.high]
            new = newcomers(new, known)
            rows = desk.take(len(new))
            desk.fields.party[rows] = new
            day.count(ever_shut_out_cum=len(rows))

    def _week(self, day: Day) -> None:
        desk, people, activities = day.table("shut_out"), day.people, day.table("activities").fields
        rules = _demand(day.rules.wants.activities, day.now.years).copy()
        rules[:, kernel.CHECKED] *= activities.others_coverage[: len(rules)]
        totals = np.zeros((len(rules), kernel.TOTALS), np.int64)
        if wants_of_shut_out(
            totals, desk.fields.learned, desk.fields.party[: desk.high], people.named_by, people.barred,
            activities.barred_by[:MOST_ACTIVITIES], people.number, rules, day.base, day.key,
        ):  # fmt: skip
            self._count(day, totals)

    def _count(self, day: Day, totals: Array) -> None:
        sums = totals.sum(axis=0)
        if not sums[kernel.WANTED]:
            return
        day.count(
            avoided_other_lists_cum=int(sums[kernel.AVOIDED]), bought_other_lists_cum=int(sums[kernel.BOUGHT])
        )
        for row in ACTIVITIES:
            if row.code < len(totals) and totals[row.code, kernel.WANTED]:
                counted = {name: int(totals[row.code, column]) for name, (_, _, column) in COUNTS.items()}
                day.count(**{f"{row.key}_{name}_other_lists_cum": many for name, many in counted.items()})


@lru_cache(maxsize=64)
def _demand(activities: Any, years: float) -> Array:
    """Numbers of each activity as the kernel takes them (activities, 5): demand is that of a step."""
    rows = [
        (
            (row.demand_per_year or 0.0) * (row.demand_ratio or 0.0) * years, row.checked_share or 0.0,
            row.retry_share or 0.0, row.avoidance_ceiling or 0.0, max(row.refusals_to_learn or 0.0, 1e-9),
        )
        for row in activities.rows()
    ]  # fmt: skip
    return np.array(rows)
