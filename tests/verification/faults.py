"""Faults to plant: ways in which such a model goes wrong in practice."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pkgutil import resolve_name
from typing import Any

import numpy as np
import pytest

from xinyong import draws
from xinyong.behaviours import ability
from xinyong.behaviours.suing import Suing
from xinyong.engine import Plan
from xinyong.institutions import court_list, objection
from xinyong.institutions.court_list import CourtList
from xinyong.institutions.marketplace import Marketplace
from xinyong.kernels.dense import hits
from xinyong.lab.experiment import conduct
from xinyong.notices import Board
from xinyong.process import Day

Plant = Callable[[pytest.MonkeyPatch], None]


def after(where: str, then: Callable[..., Any]) -> Plant:
    """Let a kernel or method do its work, then let `then` spoil it (it is given the same arguments)."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        place, _, name = where.rpartition(".")
        holder = resolve_name(place)
        original = getattr(holder, name)

        def spoilt(*given: Any) -> Any:
            result = original(*given)
            return then(*given) or result

        patch.setattr(holder, name, spoilt)

    return plant


def instead(holder: Any, name: str, other: Any) -> Plant:
    """Put something else in the place of a function or method."""
    return lambda patch: patch.setattr(holder, name, other)


def method_after(kind: type, name: str, then: Callable[..., Any]) -> Plant:
    """Let a method do its work, then spoil it."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = getattr(kind, name)

        def spoilt(self: Any, *given: Any) -> Any:
            result = original(self, *given)
            then(self, *given)
            return result

        patch.setattr(kind, name, spoilt)

    return plant


# --- faults ----------------------------------------------------------------------------------------------------


def lose_a_yuan(loans: Any, *rest: Any) -> None:
    """One borrower's debt shrinks without a payment."""
    owing = np.flatnonzero(loans[2] > 1)
    loans[2][owing[:1]] -= 1


def put_words_into_a_mouth(totals: Any, support: Any, voiced: Any, *rest: Any) -> None:
    """Somebody who does not approve is made to say so, and nobody counts it."""
    quiet = np.flatnonzero((voiced & 16 > 0) & (voiced & 3 != 2))
    voiced[quiet[:1]] |= 2


def bar_a_bystander(named_by: Any, barred: Any, *rest: Any) -> None:
    barred[3] |= 1


def straight_to_nothing(cases: Any, wheel: Any, rows: Any, *rest: Any) -> None:
    """A listing without a term runs out, as only one with a term may."""
    cases[2][rows] = 8


def doctor_points(points: Any, grade: Any, gained: Any, files: Any, *rest: Any) -> None:
    points[files[:1]] += 1


def lose_a_filing(self: Any, day: Day, *rest: Any) -> None:
    desk = day.table("filings")
    desk.release(np.flatnonzero(desk.fields.alive == 1)[:1].astype(np.int32))


def admit_a_crowd(totals: Any, *rest: Any) -> None:
    totals[0, 1] += 1000


def count_a_wish_twice(totals: Any, *rest: Any) -> None:
    totals[:, 0] += totals[:, 3] > 0


def extra_order(self: Any, day: Day) -> None:
    """A case is put into a state that the register does not know."""
    cases = day.table("cases").fields
    cases.list_state[np.flatnonzero(cases.alive == 1)[:1]] = 9


def wake_one(self: Any, day: Day) -> None:
    day.people.unable[0] ^= 1


def praise_one(*given: Any) -> None:
    """The first file scored gets more points than the scale has."""
    score, rows = given[3], given[5]
    score[rows[:1]] = 1200


def forget_an_objection(self: Any, day: Day) -> None:
    day.count(redress_filed_cum=1, redress_city_points_filed_cum=1)


def forget_to_book(*given: Any) -> None:
    """Records move, and the week's totals say that none did."""
    given[-1][:] = 0


def leak_record(self: Any, day: Day) -> None:
    desk = day.table("records")
    desk.release(np.flatnonzero(desk.fields.alive == 1)[:1].astype(np.int32))


class Streams:
    """Luck from generators with a memory, as most programs have it."""

    def __init__(self) -> None:
        self.one = np.random.default_rng(1)

    def uniforms(self, key: Any, who: Any, index: int = 0) -> Any:
        return self.one.random(len(who))


def stream_luck(patch: pytest.MonkeyPatch) -> None:
    """All shards and worlds draw from one stream that goes on and on."""
    patch.setattr("xinyong.behaviours.suing.uniforms", Streams().uniforms)


def luck_by_row(out: Any, number: Any, *rest: Any) -> Any:
    return hits(out, np.arange(len(number), dtype=np.uint32), *rest)


def luck_by_case_number(patch: pytest.MonkeyPatch) -> None:
    """Draws keyed by a number that counts everybody's cases, so that one more suit shifts all that follow."""

    original = objection._petitions

    def petitions(cases: Any) -> Any:
        party, _, *rest = original(cases)
        return (party, cases.number.astype(np.uint16), *rest)

    patch.setattr(objection, "_petitions", petitions)


def luck_by_thread(key: Any, who: Any, index: int = 0) -> Any:
    worker = int(threading.current_thread().name.rpartition("_")[2])
    return draws.uniforms(key + np.uint64(worker), who, index)


def luck_by_place(patch: pytest.MonkeyPatch) -> None:
    """Keys numbered by a process's place in the list, so that a newcomer moves everybody after it."""
    original = Plan.frame

    def frame(self: Plan, week: int, *told: Any) -> Any:
        made = original(self, week, *told)
        for place, p in enumerate(self.processes):
            made.keys[p.name] = draws.key(self.seed, str(place), week)
        return made

    patch.setattr(Plan, "frame", frame)


def hidden_memory(patch: pytest.MonkeyPatch) -> None:
    """A creditor who counts weeks in a notebook of his own and sues in every second one."""
    original = Suing.step

    def step(self: Any, day: Day) -> None:
        self.notebook = getattr(self, "notebook", 0) + (day.shard == 900)
        if self.notebook < 80:
            original(self, day)

    patch.setattr(Suing, "step", step)


def no_small_suits(patch: pytest.MonkeyPatch) -> None:
    """A sum in yuan written into the program instead of the rule book."""
    original = Suing.step

    def step(self: Any, day: Day) -> None:
        if len(day.hear("default")) and day.hear("default").amount.min() > 5_000:
            original(self, day)

    patch.setattr(Suing, "step", step)


def everybody_objects(patch: pytest.MonkeyPatch) -> None:
    original = objection._rules
    patch.setattr(objection, "_rules", lambda rules: np.maximum(original(rules), 1.0))


def meddling_points(patch: pytest.MonkeyPatch) -> None:
    """Losing points makes a resident's creditor sue: a tie that nobody declared as a rule."""
    original = Suing.step

    def step(self: Any, day: Day) -> None:
        if day._board.hear("deed") if "deed" in day._board.kinds else ():
            return
        original(self, day)

    patch.setattr(Suing, "step", step)


def one_clerk(patch: pytest.MonkeyPatch) -> None:
    """However large the town, its court takes in three suits a week: a number where a rate should stand."""
    original = Board.post

    def post(self: Any, kind: str, columns: Any) -> None:
        original(self, kind, {n: a[:3] for n, a in columns.items()} if kind == "suit" else columns)

    patch.setattr(Board, "post", post)


def nobody_is_unable(self: Any, day: Day) -> None:
    """An average needs somebody, so somebody is made up where there is nobody."""
    if not len(day.people.unable):
        day.count(unable_now=1)


def children_borrow(self: Any, day: Day, rows: Any) -> Any:
    """Lenders forget to ask how old the borrower is."""
    return rows[day.people.unable[rows] == 0]


def a_month_at_the_desk(patch: pytest.MonkeyPatch) -> None:
    """Every order to list lies a month before the register looks at it."""
    original = CourtList._enter

    def enter(self: Any, day: Day) -> None:
        original(self, day)
        orders, cases = day.hear("listing_order"), day.table("cases").fields
        cases.list_day[orders.case] += 30
        day.schedule("cases", "register", orders.case, cases.list_day[orders.case])

    patch.setattr(CourtList, "_enter", enter)


def linear_chances(patch: pytest.MonkeyPatch) -> None:
    """Rate times time, as if nobody could fall and recover within a month."""
    patch.setattr(ability, "two_state", lambda there, back, years: (there * years, back * years))
    patch.setattr(ability, "_limits", ability._limits.__wrapped__)


def shifted_register(factor: int, value: float) -> Plant:
    """A register that reads one of its rules wrongly."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = court_list._rules

        def rules(day: Day) -> Any:
            numbers = original(day)
            numbers[factor] *= value
            return numbers

        patch.setattr(court_list, "_rules", rules)

    return plant


def silent_suits(self: Any, kind: str, columns: Any) -> None:
    """Half of the suits are counted but not announced."""
    if kind != "suit":
        return
    for rows in self.now.get("suit", [])[-1:]:
        for listener in self.listeners:
            listener("suit", rows)


def no_retries(totals: Any, *rest: Any) -> None:
    totals[:, 4] = totals[:, 3]


def unshared(rates: tuple[float, ...], years: float) -> tuple[float, ...]:
    """Each event as if there were no other."""
    return tuple(1 - np.exp(-rate * years) for rate in rates)


def score_somebody(_: Any, day: Day) -> None:
    """Give a score to a person who never asked for one."""
    nobody = np.flatnonzero((day.people.firm_score == 0) & (day.people.kind == 0))[:1]
    day.people.firm_score[nobody] = 700


def shade_somebody(_: Any, day: Day) -> None:
    """Let the court's shadow fall on a person whom no listing named."""
    free = np.flatnonzero((day.people.firm_flags < 64) & (day.people.kind == 0))[:1]
    day.people.firm_flags[free] |= 64


def a_look_up_makes_poor(self: Any, day: Day) -> None:
    """The public site makes somebody unable to pay, whether or not anybody may look."""
    day._store.columns["unable"][0] ^= 1


def luck_by_cell(patch: pytest.MonkeyPatch) -> None:
    """Each cell of an experiment has a seed of its own, so that twins are strangers."""
    original = conduct.Study.worlds

    def worlds(self: Any, *given: Any) -> Any:
        made = original(self, *given)
        return [replace(w, spec=replace(w.spec, seed=w.spec.seed + k)) for k, w in enumerate(made)]

    patch.setattr(conduct.Study, "worlds", worlds)


def book_to_another_list(records: Any, wheel: Any, counts: Any, *rest: Any) -> None:
    """A record of the court's list is booked as one of the next list."""
    counts[0, 0] -= 1
    counts[1, 0] += 1


def lose_what_is_queued(stocks: Any, *rest: Any) -> None:
    """Ordinary records leave the queue and arrive nowhere."""
    stocks[stocks[:, 2] > 0, 2] -= 1


def keep_on_the_black_list(self: Any, day: Day, lists: Any, ended: Any) -> None:
    """A party whose entry has ended is taken for listed on and on."""
    day.people.black_listed[ended[3]] += 1


def praise_a_member(_: Any, day: Day) -> None:
    """One member's score is booked rightly and lies above the scale."""
    member = np.flatnonzero(day.people.firm_score)[:1]
    day.count(firm_score_sum_now=int((951 - day.people.firm_score[member].astype(np.int64)).sum()))
    day.people.firm_score[member] = 951


def open_to_the_blocked(holders: Any, score: Any, flags: Any, above: Any) -> None:
    """Perks are open to every member above their thresholds, also to those whom a court listing blocks."""
    holders[:] = [(score > limit).sum() if limit else 0 for limit in above]


def merchants_from_row_nought(patch: pytest.MonkeyPatch) -> None:
    """Merchants are counted from the first party on, where the persons are, not from the first organisation."""
    original = Marketplace._remove

    def remove(self: Any, day: Day, rows: Any, who: Any) -> None:
        original(self, day, rows - day.graph.persons, who)

    patch.setattr(Marketplace, "_remove", remove)
