"""What people think their chance of being found out is, and how they learn it: from themselves, from others."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.acts import DEBT, FRAUD, MINOR, RISK_CLASSES, RISK_OF
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import beliefs as kernel
from xinyong.memoranda import MOST_ISSUERS
from xinyong.notices import Batch
from xinyong.process import Day, Process

PERSON, CITY_REGISTER = 0, 16
CLASSES = len(RISK_CLASSES)
OWN, HOME, TIES, ACTS = range(1, 5)
LEAST_REACH = 0.5
# the class on which an entry of each register bears: black lists, a city's points; elsewhere none
ENTRY_CLASS = np.full(256, -1, np.int8)
ENTRY_CLASS[:MOST_ISSUERS], ENTRY_CLASS[CITY_REGISTER] = RISK_OF[FRAUD], RISK_OF[MINOR]
ACT_CLASS = np.full(256, -1, np.int8)
ACT_CLASS[list(RISK_OF)] = list(RISK_OF.values())


class Believing(Process):
    """Perceived risk moves towards what a person sees happen: found out or not, oneself, at home, to others.

    One number a class and person, with the past worth a fixed number of signals. What everybody meets alike (items of
    the media, strangers of the place, drift back to rest) moves one common course, exactly; only own signals touch a
    person. The drift is in the risk itself, not in its logit, so that courses stay exact (decision 0042). The household
    hears of a listing at once; others through whoever posts `learned`.
    *Source:* model.md 2.7a (belief update), section 4.3 of the paper (the few shown to the many); numbers assumed.
    """

    name = "believing"
    owns = {
        "belief": Column(
            "i2", "perceived risk by class of act, as a difference from the common course (see `kernels.beliefs`)",
            "1/16384 of its reach", width=CLASSES,
        ),
        "expectations": SideTable("common course of perceived risk; row = class of act"),
        "expectations.course": Column("f8", "perceived risk of whoever nothing has happened to", "share"),
        "expectations.reach": Column("f8", "what a difference of 16384 is worth now", "share"),
        "expectations.stories": Column("f8", "sanctions a week that the media have to tell", "per million persons"),
        "expectations.published": Column("i8", "sanctions published in the nation, as last read", "sanctions"),
        "followed_now": Tally("persons whose expectations are followed", "persons", stock=True),
        "sanctions_published_cum": Tally("listings and black entries of persons, for others to hear of", "sanctions"),
        "own_signals_cum": Tally("own sanctions from which somebody learnt", "signals"),
        "home_signals_cum": Tally("sanctions in the household from which somebody learnt", "signals"),
        "act_signals_cum": Tally("own acts, found out or not, from which somebody learnt", "signals"),
        "tie_signals_cum": Tally("sanctions of contacts from which somebody learnt", "signals"),
        "media_items_cum": Tally("items on sanctions taken in, informative or not", "items"),
        "media_signals_cum": Tally("items on sanctions from which somebody could learn", "signals"),
        "stranger_signals_cum": Tally("sanctions of strangers of the place heard of, to learn from", "signals"),
    }  # fmt: skip
    reads = ("number", "kind", "household")
    hears = ("listed", "entry", "act", "learned")
    watches = ("sanctions_published_cum", "followed_now")

    def begin(self, day: Day) -> None:
        """Everybody starts at rest."""
        day.table("expectations").take(CLASSES)
        fields = day.table("expectations").fields
        fields.course[:CLASSES], _ = _classes(day.own_rules.classes)
        fields.reach[:CLASSES] = 1.0
        day.count(followed_now=day.graph.persons)

    def step(self, day: Day) -> None:
        """Drift and what everybody hears; then one's own week."""
        sanctioned, classes = _sanctioned(day, day.hear("listed"), day.hear("entry"))
        public = int((classes != RISK_OF[MINOR]).sum())
        self._common(day, public)
        self._own(day, sanctioned, classes)
        self._ties(day, day.hear("learned"))
        self._acts(day, day.hear("act"))
        day.count(sanctions_published_cum=public)

    def _common(self, day: Day, public: int) -> None:
        """Move the course of every class by what all meet alike this week."""
        rules, (course, reach), people = day.own_rules, _maps(day), day.people
        resting, shares = _classes(rules.classes)
        persons = day.tallied("followed_now")
        items = self._media(day)
        told, heard = (
            items * rules.media.informative_share,
            public / max(persons, 1) * rules.strangers_heard_of,
        )
        weights = np.array([rules.media_weight, rules.stranger_weight])
        kernel.move_course(
            course, reach, resting, -math.expm1(-rules.forgetting_per_year * day.now.years), shares,
            np.array([told, heard]), weights, rules.memory_signals,
        )  # fmt: skip
        if reach[:CLASSES].min() < LEAST_REACH:
            for c in np.flatnonzero(reach[:CLASSES] < LEAST_REACH):
                kernel.rebase(people.belief, c, reach[c], people.number, day.base, day.key)
                reach[c] = 1.0
        day.count(
            media_items_cum=round(items * persons), media_signals_cum=round(told * persons * (weights[0] > 0)),
            stranger_signals_cum=round(heard * persons * (weights[1] > 0)),
        )  # fmt: skip

    def _media(self, day: Day) -> float:
        """Items on sanctions an adult takes in this week: as many as the nation's last weeks give stories for."""
        media, nation, fields = day.own_rules.media, day.now.nation, day.table("expectations").fields
        published = nation.get("sanctions_published_cum", 0)
        fresh = 1e6 * (published - int(fields.published[0])) / max(nation.get("followed_now", 0), 1)
        fields.published[:CLASSES] = published
        stories = float(fields.stories[0])
        stories += (fresh - stories) / media.story_weeks
        fields.stories[:CLASSES] = stories
        return float(
            media.items_per_adult_week * media.sanction_share * stories / (stories + media.stories_for_half)
        )

    def _own(self, day: Day, sanctioned: Array, classes: Array) -> None:
        """Own sanctions, and those of others in the household."""
        if not len(sanctioned):
            return
        people, rules = day.people, day.own_rules
        yes = np.ones(len(sanctioned), np.uint8)
        caught = rules.own_weight * (1 + rules.found_out_extra)
        own = kernel.hear(
            people.belief, sanctioned, classes, yes, np.array([rules.own_weight, caught]), rules.memory_signals,
            _maps(day), people.number, day.base, day.key, OWN,
        )  # fmt: skip
        home = kernel.hear_at_home(
            people.belief, sanctioned, classes, rules.household_weight, rules.memory_signals, _maps(day),
            people.household, day.graph.persons, people.number, day.base, day.key, HOME,
        )  # fmt: skip
        day.count(own_signals_cum=own, home_signals_cum=home)

    def _ties(self, day: Day, learned: Batch) -> None:
        """Sanctions of contacts; those of the household were felt when they came."""
        rules, people = day.own_rules, day.people
        if not len(learned) or not rules.tie_weight:
            return
        classes = np.where(learned.tie > 0, learned.act_class.astype(np.int8), np.int8(-1))
        yes = np.ones(len(learned), np.uint8)
        heard = kernel.hear(
            people.belief, learned.learner, classes, yes, np.array([0.0, rules.tie_weight]), rules.memory_signals,
            _maps(day), people.number, day.base, day.key, TIES,
        )  # fmt: skip
        day.count(tie_signals_cum=heard)

    def _acts(self, day: Day, acts: Batch) -> None:
        """Own acts: found out, or not."""
        if not len(acts):
            return
        people, rules = day.people, day.own_rules
        weights = np.array([rules.own_weight, rules.own_weight * (1 + rules.found_out_extra)])
        heard = kernel.hear(
            people.belief, acts.party, ACT_CLASS[acts.act], acts.detected, weights, rules.memory_signals, _maps(day),
            people.number, day.base, day.key, ACTS,
        )  # fmt: skip
        day.count(act_signals_cum=heard)


def _maps(day: Day) -> tuple[Array, Array]:
    fields = day.table("expectations").fields
    return fields.course, fields.reach


def _sanctioned(day: Day, listed: Batch, entries: Batch) -> tuple[Array, Array]:
    """Persons sanctioned this week (n) and the class of act each sanction bears on: listings, then entries."""
    if not len(listed) and not len(entries):
        return listed.party, ENTRY_CLASS[:0]
    party = np.concatenate([listed.party, entries.party])
    classes = np.concatenate([np.full(len(listed), RISK_OF[DEBT], np.int8), ENTRY_CLASS[entries.register]])
    persons = (day.people.kind[party] == PERSON) & (classes >= 0)
    return party[persons], classes[persons]


@lru_cache(maxsize=64)
def _classes(classes: Any) -> tuple[Array, Array]:
    """Resting risk and share of media items, by class."""
    rows = classes.rows()
    return np.array([row.resting_risk for row in rows], float), np.array(
        [row.media_share for row in rows], float
    )
