"""Loss of face of the listed and of their households, and the climate in which one is listed."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong import traits
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import facing as kernel
from xinyong.kernels.ties import ADULT
from xinyong.process import Day, Process
from xinyong.ties import LAYERS, NEEDS, homes_of


class Facing(Process):
    """A listed person loses face with those who know, the more the fewer are listed and the more rightly.

    Stigma is what an observer infers: the gap between those seen as good and those seen as bad, times the share rightly
    seen so. More listings dilute it, wrong listings weaken it. A part falls on each of the household. Nothing is felt
    for good: the listed grow used to it.
    *Source:* model.md 2.7i (Benabou & Tirole 2006, 2011); the paper, section 肆; size from a field experiment (0046).
    """

    name = "facing"
    owns = {
        "notoriety.face_weight": Column("f4", "how much face means to the person, mean 1", "ratio"),
        "shame": Column("u1", "face lost now by the listed and their households", "1/64 utility"),
        "climate": SideTable("one line: how listing is looked upon now"),
        "climate.stigma": Column("f4", "gap in character inferred from a listing", "standard deviations"),
        "climate.ppv": Column("f4", "share of listed persons who could pay when listed (truth)", "share"),
        "climate.audience": Column("f4", "mean share of contacts who know of a listing, layers weighted", "share"),
        "climate.at_stake": Column("f4", "face a person of mean face weight would lose with that audience", "utility"),
        "climate.adults": Column("i4", "adults of the shard", "persons"),
        "climate.media": Column("i4", "listings that the media show now", "listings"),
        "shamed_persons_now": Tally("listed persons who lose face", "persons", stock=True),
        "shamed_family_now": Tally("unlisted members of their households who lose face", "persons", stock=True),
        "face_lost_now": Tally("face lost by listed persons", "1/64 utility", stock=True),
        "face_lost_by_family_now": Tally("face lost by members of their households", "1/64 utility", stock=True),
        "face_lost_person_weeks_cum": Tally("listed persons followed, each week anew", "person-weeks"),
        "face_lost_cum": Tally("face lost by listed persons, summed over weeks", "1/64 utility weeks"),
        "face_lost_by_family_cum": Tally("face lost by members of households, summed over weeks", "1/64 utility weeks"),
    }  # fmt: skip
    reads = (
        *NEEDS, "notoriety.party", "notoriety.since", "notoriety.known", "notoriety.shown_until", "notoriety.wrong",
    )  # fmt: skip
    may_read = ("listed",)
    hears = ("delisted",)

    def begin(self, day: Day) -> None:
        """Open the one line of the climate."""
        desk, people = day.table("climate"), day.people
        desk.take(1)
        desk.fields.adults[0] = int(((people.kind == 0) & (people.age >= ADULT)).sum())

    def step(self, day: Day) -> None:
        """Let go of those who left the list, then weigh this week's loss of face."""
        desk, people = day.table("notoriety"), day.people
        if not desk.high:
            return
        (rules, weights), of, high = _rules(day.own_rules), desk.fields, desk.high
        table = (of.alive[:high], of.party, of.since, of.known, of.wrong, of.face_weight)
        to, climate = day.table("climate").fields, np.empty(kernel.CLIMATE)
        sums, followed = kernel.lose_face(
            people.shame, day.hear("delisted").party, table, of.shown_until, people.listed, people.number, weights,
            rules, int(to.adults[0]), (day.now.monday, day.now.week), homes_of(day), traits.mixing(day.rules),
            (day.base, day.trait_key), climate,
        )  # fmt: skip
        to.stigma[0], to.ppv[0], to.audience[0], to.media[0] = climate
        to.at_stake[0] = rules[kernel.SCALE] * climate[kernel.STIGMA] * climate[kernel.AUDIENCE]
        self._count(day, sums.tolist(), followed)

    def _count(self, day: Day, sums: list[int], followed: int) -> None:
        """Book the stocks as changes of what they were, and the sums over weeks."""
        stocks = ("shamed_persons_now", "shamed_family_now", "face_lost_now", "face_lost_by_family_now")
        day.count(
            **{name: now - day.tallied(name) for name, now in zip(stocks, sums, strict=True)},
            face_lost_cum=sums[kernel.LISTED_UNITS], face_lost_by_family_cum=sums[kernel.FAMILY_UNITS],
            face_lost_person_weeks_cum=followed,
        )  # fmt: skip


@lru_cache(maxsize=256)
def _rules(rules: Any) -> tuple[Array, Array]:
    """Rules of a step, and the weight of each layer of the audience; a constant stigma is 0 where it is inferred."""
    inferred, constant = bool(rules.inferred), rules.constant_stigma
    numbers = (
        rules.face_scale, rules.household_share, rules.habituation_per_year, rules.face_spread, rules.debtors_share,
        0.0 if inferred else constant,
    )  # fmt: skip
    weights = np.array([getattr(rules.audience, layer) or 0.0 for layer in LAYERS])
    return np.array([float(n or 0.0) for n in numbers]), weights
