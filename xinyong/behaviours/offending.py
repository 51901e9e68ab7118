"""Conduct that leads onto a black list: rare, and found more often where departments look."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Tally
from xinyong.kernels.lists import offences
from xinyong.notices import Notice
from xinyong.process import Day, Process

KINDS, LISTS = 5, 16
RATES = {
    0: ("persons_per_million", 1e6),
    1: ("enterprises_per_1000", 1e3),
    2: ("self_employed_per_1000", 1e3),
}


class Offending(Process):
    """Persons and organisations are now and then found to have done what a list names; the list's row says how often.

    A party that is listed is inspected more, one on a red list less. A list without rates gets its entries from whoever
    else posts an `offence`.
    *Source:* rows of `rules/black_lists.yaml`; 國發〔2016〕33號 (inspections); rates derived or assumed there.
    """

    name = "offending"
    owns = {"offences_found_cum": Tally("offences found that lead onto a black list", "offences")}
    reads = ("number", "kind", "age", "organisations.party")
    may_recall = ("black_listed", "red_entries.party")
    posts = {"offence": Notice("conduct that a black list names is found", {"list": "u1", "party": "i4"})}

    def step(self, day: Day) -> None:
        """A week of offences found."""
        rules, least_age, people = day.rules, day.own_rules.minimum_age_years, day.people
        if least_age is None:
            return
        red, listed = day.may_table("red_entries"), people.black_listed
        ratios = np.array([rules.black_lists.inspection_ratio or 1.0, 1.0])
        if rules.red_lists.inspection_ratio is not None:
            ratios[1] = rules.red_lists.inspection_ratio
        found = np.empty((64 + len(people.number) // 4, 3), np.int32)
        organisations = day.table("organisations").high
        n = offences(
            found, (people.number, people.kind, people.age, _nobody(day) if listed is None else listed),
            len(people.number) - organisations, _no_names() if red is None else (red.fields.party, red.fields.alive),
            _rates(rules.black_lists.lists, day.now.years), ratios, least_age, day.now.monday, day.base, day.key,
        )  # fmt: skip
        if n:
            day.post("offence", day=found[:n, 2], list=found[:n, 0], party=found[:n, 1])
            day.count(offences_found_cum=n)


def _unwritable(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _no_names() -> tuple[Array, Array]:
    return _unwritable(np.zeros(0, np.int32)), _unwritable(np.zeros(0, np.uint8))


def _nobody(day: Day) -> Array:
    """Where there are no black lists nobody is on one."""
    return _unwritable(np.zeros(len(day.people.number), np.uint8))


@lru_cache(maxsize=64)
def _rates(lists: Any, years: float) -> Array:
    """Mean number of offences of a party in a step, by its kind and by list (kinds, lists)."""
    rates = np.zeros((KINDS, LISTS))
    for row in lists.rows():
        for kind, (name, per) in RATES.items():
            rates[kind, row.code] = (getattr(row, name) or 0.0) / per * years
    return rates
