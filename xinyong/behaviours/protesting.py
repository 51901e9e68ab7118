"""Protest, petition or silence, and what fear for one's standing makes of the choice."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, Desk, SideTable, Tally
from xinyong.errors import RuleError, did_you_mean
from xinyong.kernels import protesting as kernel
from xinyong.kernels.dense import hits, limit_of
from xinyong.kernels.grieving import ADULT, kept_share
from xinyong.notices import Notice
from xinyong.process import Day, Process
from xinyong.rates import chance
from xinyong.traits import mixing

SOURCES = ("creditor", "debtor", "family", "outrage", "base")
VARIANTS = {"epstein": kernel.EPSTEIN, "daymude": kernel.DAYMUDE}
WEEKS_PER_YEAR = 365.25 / 7
MOST = 4096
CROWD_WEEKS = 4
# in the order of the kernel's totals
COUNTED = (
    "protests_cum", "grievance_petitions_cum", "silenced_protests_cum", "silenced_petitions_cum",
    "protests_expected_cum", "petitions_expected_cum",
)  # fmt: skip


def _by_source() -> Iterator[tuple[str, str, str, str]]:
    for kind, what, unit in (
        ("", "protests begun", "protests"),
        ("expected_", "protests expected at moments of choice", "billionths"),
    ):
        for source in SOURCES:
            yield f"protests_{kind}{source}_cum", what, unit, source


BY_SOURCE = tuple(name for name, *_ in _by_source())


class Protesting(Process):
    """At a moment of choice an adult protests, petitions, or keeps silent; what was left undone for fear is counted.

    Grievance is hardship times lack of legitimacy. Active is whose grievance exceeds perceived risk and a threshold:
    risk aversion times the chance of arrest, which falls with the crowd, and the fear of losing standing in the credit
    system. A petition risks no arrest. The rule `variant` takes Daymude's rule instead. Protest is an outcome: nothing
    orders persons by it.
    *Source:* model.md 2.7k (form after Epstein 2002, constants from memory; Daymude, Axelrod and Forrest 2025).
    """

    name = "protesting"
    owns = {
        "protest_cells": SideTable("parts of the shard in which people see each other protest"),
        "protest_cells.persons": Column("i4", "persons of the cell", "persons"),
        "protest_cells.echo": Column("f4", "protests of late, fading", "protests"),
        "protest_cells.arrest": Column("f4", "perceived chance of arrest", "share"),
        "protest_cells.lost": Column("f4", "yearly value of what a listing would take from a person", "utility"),
        "protest_cells.face_lost": Column("f4", "value of the face a listing would cost a person", "utility"),
        "protests_cum": Tally("protests begun", "protests"),
        "grievance_petitions_cum": Tally("lawful petitions out of a grievance", "petitions"),
        "silenced_protests_cum": Tally("protests not begun for fear of one's standing", "protests"),
        "silenced_petitions_cum": Tally("petitions not made for fear of one's standing", "petitions"),
        "protests_expected_cum": Tally("protests expected at moments of choice", "billionths"),
        "petitions_expected_cum": Tally("petitions expected at moments of choice", "billionths"),
        **{name: Tally(f"{what}, hardship: {s}", unit) for name, what, unit, s in _by_source()},
        "protest_echo_now": Tally("protests of late, fading", "thousandths", stock=True),
        "protest_audience_now": Tally("persons who may hear of them", "persons", stock=True),
    }  # fmt: skip
    reads = ("number", "kind", "age", "income")
    may_read = (
        "grievances.party", "grievances.hardship", "grievances.cause", "activities.coverage", "activities.yearly_value",
    )  # fmt: skip
    may_recall = ("detentions.party", "support", "climate.at_stake")
    posts = {"protest": Notice("somebody begins a protest", {"party": "i4", "source": "u1"})}
    watches = ("protest_echo_now", "protest_audience_now")
    dense_ns_per_party = 0.5

    def begin(self, day: Day) -> None:
        """Divide the shard into cells of equal size."""
        persons, size = day.graph.persons, int(day.own_rules.persons_per_cell)
        many = max(1, persons // size)
        desk = day.table("protest_cells")
        rows = desk.take(many)
        desk.fields.persons[rows] = size
        desk.fields.persons[rows[-1]] = persons - size * (many - 1)
        day.count(protest_audience_now=persons)

    def step(self, day: Day) -> None:
        """Weigh the crowd against the officers, then the week's moments of choice."""
        rules = day.own_rules
        if not rules.moments_per_adult_year:
            return
        cells = day.table("protest_cells")
        if day.now.week % CROWD_WEEKS == 0:
            self._crowd(day, cells)
        people, persons = day.people, day.graph.persons
        rows = np.empty(persons, np.int32)
        limits = _limits(rules.moments_per_adult_year, day.now.years)
        n = hits(rows, people.number[:persons], people.kind, people.age, limits, day.base, day.key)
        if n:
            self._choose(day, cells, rows[:n])

    def _choose(self, day: Day, cells: Desk, rows: Array) -> None:
        people, numbers = day.people, _numbers(day, cells)
        out, totals = np.empty((MOST, 2), np.int32), np.zeros((kernel.SOURCES, kernel.TOTALS), np.int64)
        support = _none(np.int8) if people.support is None else people.support
        where = int(day.own_rules.persons_per_cell), cells.fields.arrest[: cells.high]
        m = kernel.choose(
            out, rows, (people.number, people.income, support), _caused(day), _detained(day), where, numbers,
            mixing(day.rules), day.trait_key, day.base, day.key, day.fixed_key, totals,
        )  # fmt: skip
        self._tell(day, cells, out[:m], totals)

    def _tell(self, day: Day, cells: Desk, begun: Array, totals: Array) -> None:
        people, per_cell = day.people, int(day.own_rules.persons_per_cell)
        if len(begun):
            numbers = people.number[begun[:, 0]].astype(np.int64)
            np.add.at(cells.fields.echo, np.minimum(numbers // per_cell, cells.high - 1), np.float32(1))
            day.post("protest", day=day.now.monday + numbers % 7, party=begun[:, 0], source=begun[:, 1])
        whole = totals.sum(axis=0).tolist()
        by_source = totals[:, (kernel.PROTESTS, kernel.EXPECTED)].T.ravel().tolist()
        day.count(**dict(zip(COUNTED, whole, strict=True)), **dict(zip(BY_SOURCE, by_source, strict=True)))

    def _crowd(self, day: Day, cells: Desk) -> None:
        """Every fourth week: perceived chance of arrest in each cell, from the echo there and in the country."""
        rules, fields = day.own_rules, cells.fields
        echo = kernel.crowd(
            fields.arrest[: cells.high], fields.echo, fields.persons, _usual(day), rules.country_person_years,
            rules.memory_years, kept_share(rules.memory_years, CROWD_WEEKS * day.now.years),
            rules.crowd_per_protest * rules.mobilisation_ratio, WEEKS_PER_YEAR, _officers(day),
        )  # fmt: skip
        fields.lost[: cells.high], fields.face_lost[: cells.high] = _at_stake(day)
        day.count(protest_echo_now=int(1000 * echo) - day.tallied("protest_echo_now"))


def _usual(day: Day) -> float:
    """Protests a person and year that people expect: what is usual, and, as far as news travels, what was seen."""
    rules = day.own_rules
    usual = rules.usual_protests_per_million / 1e6
    echo, audience = (day.now.nation.get(name, 0) for name in Protesting.watches)
    if not audience:
        return float(usual)
    seen = echo / 1000 / (audience * rules.memory_years)
    return float((1 - rules.reach_share) * usual + rules.reach_share * seen)


def _officers(day: Day) -> float:
    """Officers a thousand persons who face protest, watching included."""
    many = day.rules.state_response.officers_per_1000 or 0.0
    return float(many * day.own_rules.surveillance_ratio)


def _numbers(day: Day, cells: Desk) -> Array:
    """What the kernel asks of the rules, of the lists and of publicity."""
    numbers = _rules(day.own_rules).copy()
    numbers[kernel.LOST], numbers[kernel.FACE_LOST] = cells.fields.lost[0], cells.fields.face_lost[0]
    numbers[kernel.FACE_SPREAD] = day.rules.facing.face_spread or 0.0
    numbers[kernel.WATCHED] = 1.0 - math.exp(-day.own_rules.watched_per_officer * _officers(day))
    return numbers


def _at_stake(day: Day) -> tuple[float, float]:
    """Yearly value to a person of all that a listing would take, as far as it is carried out; and the face it costs."""
    activities, climate = day.may_table("activities"), day.may_table("climate")
    lost = face = 0.0
    if activities is not None and activities.fields.yearly_value is not None:
        lost = float(np.dot(activities.fields.coverage, activities.fields.yearly_value))
    if climate is not None and climate.fields.at_stake is not None and climate.high:
        face = float(climate.fields.at_stake[0]) * (day.own_rules.face_share or 0.0)
    return lost, face


def _caused(day: Day) -> tuple[Array, ...]:
    """The side table of grievances with a cause; empty where nobody keeps it."""
    desk = day.may_table("grievances")
    if desk is None or desk.fields.hardship is None:
        return _none(np.uint8), _none(np.int32), _none(np.uint8), _none(np.uint8)
    f = desk.fields
    return f.alive[: desk.high], f.party, f.hardship, f.cause


def _detained(day: Day) -> tuple[Array, Array]:
    """The side table of persons in detention, who do not protest; empty where nobody keeps it."""
    desk = day.may_table("detentions")
    if desk is None or desk.fields.party is None:
        return _none(np.uint8), _none(np.int32)
    return desk.fields.alive[: desk.high], desk.fields.party


def _none(dtype: Any) -> Array:
    """An empty array that, like everything borrowed, cannot be written."""
    empty = np.zeros(0, dtype)
    empty.flags.writeable = False
    return empty


@lru_cache(maxsize=64)
def _limits(per_year: float, years: float) -> Array:
    """Chance of a moment of choice by kind of party and age: adults alike, nobody else."""
    chances = np.zeros((5, 256))
    chances[0, ADULT:] = chance(per_year, years)
    return limit_of(chances.ravel())


@lru_cache(maxsize=256)
def _rules(rules: Any) -> Array:
    """The rules as the kernel's numbers; what lists and publicity put at stake is filled in week by week."""
    if rules.variant not in VARIANTS:
        near = did_you_mean(rules.variant, VARIANTS)
        raise RuleError(
            f"protesting.variant: there is no '{rules.variant}'{near}; choose one of {list(VARIANTS)}"
        )
    rates = {"epstein": rules.protests_per_active_year, "daymude": rules.defiant_protests_per_year}
    numbers = np.zeros(kernel.RULES)
    numbers[: kernel.LOST] = (
        VARIANTS[rules.variant], rules.common_hardship_low, rules.common_hardship_high, rules.legitimacy,
        rules.support_weight, rules.support_middle, rules.dependence_weight, rules.jail_weight, rules.threshold,
        rules.softness, rules.petition_threshold, rules.p_expression,
    )  # fmt: skip
    numbers[kernel.CALLS] = min((rates[rules.variant] or 0.0) / rules.moments_per_adult_year, 1.0)
    numbers[kernel.PETITIONS] = min(
        (rules.petitions_per_active_year or 0.0) / rules.moments_per_adult_year, 1.0
    )
    numbers[kernel.TOLERANCE], numbers[kernel.SEVERITY] = rules.tolerance, rules.severity
    return numbers
