"""What people hold against others and the state: unpaid judgments, listings, a relative's listing, seen repression."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, Desk, SideTable, Tally
from xinyong.graph import pack
from xinyong.kernels import grieving as kernel
from xinyong.notices import Batch
from xinyong.process import Day, Process

COMPENSATED, REPRESSED = 1, 2
RENEWAL_WEEKS = 4  # causes last for months
STOCKS = tuple(f"grieved_{c}_now" for c in ("creditor", "debtor", "family", "refused", "outrage"))


def _frozen(array: Array) -> Array:
    """What is borrowed cannot be written; neither may a stand-in for it, so that one compiled kernel serves both."""
    array.flags.writeable = False
    return array


NO_FLAGS = _frozen(np.zeros(0, np.uint8))
NO_CASES = (NO_FLAGS, *(_frozen(np.zeros(0, t)) for t in (np.int32, np.uint16, np.uint8, np.uint8)))
NO_WANTERS = (_frozen(np.zeros(0, np.int32)), _frozen(np.zeros((0, 1), np.uint8)))


class Grieving(Process):
    """Keeps who has a grievance of a known cause, and how much hardship it is; all others have the common hardship.

    An unpaid winner of a lawsuit is aggrieved until the debt is paid; a listed debtor and the adults of the household
    while the listing stands; those near a repressed protester for a time. Who was compensated feels none for a while.
    Nothing orders persons by it; it is read by protesting alone.
    *Source:* model.md 2.7k, SCS terms 1 and 2 and backlash (R108); weights assumed.
    """

    name = "grieving"
    owns = {
        "grievances": SideTable("persons with a grievance of a known cause"),
        "grievances.party": Column("i4", "row of the person"),
        "grievances.creditor": Column("u1", "judgments in one's favour that are not paid", "judgments"),
        "grievances.debtor": Column("u1", "listings of one's own", "listings"),
        "grievances.family": Column("u1", "listings of other members of the household", "listings"),
        "grievances.refused": Column("u1", "1 once a listed person was refused something", "flag"),
        "grievances.outrage": Column("f4", "repressed protesters one stood near, fading", "protesters"),
        "grievances.calm_until": Column("i4", "day until which compensation stills all grievance", "day"),
        "grievances.hardship": Column("u1", "hardship from all causes, 255 is one", "1/255"),
        "grievances.cause": Column(
            "u1", "what weighs most: 0 creditor, 1 debtor, 2 family, 3 outrage; 6 stilled"
        ),
        "grieved_now": Tally("persons with a grievance of a known cause", "persons", stock=True),
        "grieved_creditor_now": Tally("persons with an unpaid judgment", "persons", stock=True),
        "grieved_debtor_now": Tally("listed persons", "persons", stock=True),
        "grieved_family_now": Tally("adults of listed persons' households", "persons", stock=True),
        "grieved_refused_now": Tally("listed persons who were refused something", "persons", stock=True),
        "grieved_outrage_now": Tally("persons who stood near a repressed protester", "persons", stock=True),
        "backlash_cum": Tally("persons whom a repression near them aggrieved", "persons"),
        "calmed_cum": Tally("persons whose grievance was bought off", "persons"),
    }
    reads = ("number", "age", "kind", "household")
    may_read = (
        "cases.party", "cases.serial", "cases.stage", "cases.paid", "listed", "wanters.party", "wanters.learned",
    )  # fmt: skip
    heard = ("response",)

    def step(self, day: Day) -> None:
        """Every fourth week renew each grievance from its cause; every week feel last week's answers to protests."""
        if day.own_rules.in_force is None:
            return
        desk = day.table("grievances")
        if day.now.week % RENEWAL_WEEKS == 0:
            self._renew(day, desk)
        answers = day.heard("response")
        if len(answers):
            self._feel(day, desk, answers)

    def _renew(self, day: Day, desk: Desk) -> None:
        rules, persons, today = day.own_rules, day.graph.persons, day.now.monday
        wanted, totals = np.zeros(persons, np.uint32), np.zeros(kernel.TOTALS, np.int64)
        _gather(day, wanted)
        gone, fresh = np.empty(desk.high, np.int32), np.empty(persons, np.int32)
        fading = kernel.kept_share(rules.outrage_memory_years or 0.0, RENEWAL_WEEKS * day.now.years)
        weights = _weights(rules)
        kernel.renew(_table(desk), desk.high, wanted, weights, fading, today, gone, fresh, totals)
        desk.release(gone[: totals[kernel.GONE]])
        new = fresh[: totals[kernel.FRESH]]
        rows = desk.take(len(new))
        kernel.fill(_table(desk), rows, new, wanted, weights, today, totals)
        day.count(grieved_now=len(new) - int(totals[kernel.GONE]))
        now = zip(STOCKS, totals.tolist(), strict=False)
        day.count(**{name: n - day.tallied(name) for name, n in now})

    def _feel(self, day: Day, desk: Desk, answers: Batch) -> None:
        """Compensation stills a grievance for a time; repression aggrieves those near the protester."""
        rules = day.own_rules
        bought = np.unique(answers.party[answers.kind == COMPENSATED])
        rows = self._rows(day, desk, bought)
        until = day.now.monday + round(365.25 * (rules.calm_years or 0.0))
        desk.fields.calm_until[rows] = until
        kernel.weigh(_table(desk), rows, _weights(rules), day.now.monday)
        day.count(calmed_cum=len(bought))
        if not rules.backlash_per_contact:
            return
        for party in answers.party[answers.kind == REPRESSED].tolist():
            rows = self._rows(day, desk, _near(day, party))
            day.count(grieved_outrage_now=int((desk.fields.outrage[rows] == 0).sum()), backlash_cum=len(rows))
            desk.fields.outrage[rows] += rules.backlash_per_contact
            kernel.weigh(_table(desk), rows, _weights(rules), day.now.monday)

    def _rows(self, day: Day, desk: Desk, persons: Array) -> Array:
        """Rows of these persons (sorted, each once), made where there are none."""
        known = np.flatnonzero(desk.fields.alive[: desk.high])
        missing = np.setdiff1d(persons, desk.fields.party[known])
        rows = desk.take(len(missing))
        desk.fields.party[rows] = missing
        day.count(grieved_now=len(missing))
        known = known[np.isin(desk.fields.party[known], persons)]
        return np.concatenate([known, rows]).astype(np.int32)


def _gather(day: Day, wanted: Array) -> None:
    """Pack the causes of every person in a word."""
    people, cases, wanters = day.people, day.may_table("cases"), day.may_table("wanters")
    owed, refused = NO_CASES, NO_WANTERS
    if cases is not None and cases.fields.stage is not None:
        f, high = cases.fields, cases.high
        paid = NO_FLAGS if f.paid is None else f.paid
        owed = f.alive[:high], f.party, f.serial, f.stage, paid
    if wanters is not None and wanters.fields.party is not None:
        refused = wanters.fields.party[: wanters.high], wanters.fields.learned
    listed = NO_FLAGS if people.listed is None else people.listed
    kernel.gather(
        wanted, (people.number, day.row_of, people.household, people.age), owed, listed, refused,
        day.own_rules.creditor_person_share or 0.0, day.base, day.fixed_key,
    )  # fmt: skip


def _near(day: Day, party: int) -> Array:
    """Adults near a person: household, next door, acquaintances; rows (n,), sorted."""
    people, graph, row_of = day.people, day.graph, day.row_of
    alone, place = np.zeros(graph.persons, np.uint8), people.household[: graph.persons]
    alone[people.number[party]] = 1
    near = np.flatnonzero(graph.exposed(pack(alone), place[row_of] if len(row_of) else place, pull=False))
    rows = np.sort(row_of[near]) if len(row_of) else near.astype(np.int32)
    adults: Array = rows[(people.age[rows] >= kernel.ADULT) & (rows != party)]
    return adults


def _table(desk: Desk) -> tuple[Array, ...]:
    f = desk.fields
    return (
        f.alive, f.party, f.creditor, f.debtor, f.family, f.refused, f.outrage, f.calm_until, f.hardship, f.cause,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _weights(rules: Any) -> Array:
    """Hardship of each cause, in the kernel's order."""
    causes = rules.creditor_hardship, rules.debtor_hardship, rules.family_hardship, rules.refused_hardship
    return np.array([w or 0.0 for w in (*causes, rules.outrage_hardship)])
