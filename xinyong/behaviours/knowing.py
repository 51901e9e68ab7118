"""Who among a listed person's contacts knows: look-ups, the map, the media, and word of mouth."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.acts import DEBT, LEARNED, RISK_OF
from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import knowing as kernel
from xinyong.kernels.ties import LAYERS as MANY
from xinyong.process import Day, Process
from xinyong.ties import LAYERS, NEEDS, Net, net_of


class Knowing(Process):
    """For each listed person, the share of contacts who know, by layer: household, work, neighbours, acquaintances.

    Somebody tied to the person who looks him up or sees him on the map knows; the media show a few of the newly
    listed; who knows tells others; who knew forgets. Between those events the share follows its closed form. A line
    ends with the last listing. Organisations have no line.
    *Source:* model.md 2.7i (Bass; logistic step); the paper, section 肆; rates assumed.
    """

    name = "knowing"
    owns = {
        "notoriety": SideTable("listed persons, and who knows of them"),
        "notoriety.party": Column("i4", "row of the person"),
        "notoriety.since": Column("i4", "day of the first listing of this stay on the list", "day"),
        "notoriety.contacts": Column(
            "i4", "others in household, at work, next door, acquainted", "persons", width=MANY
        ),
        "notoriety.known": Column("f4", "share of these who know, by layer", "share", width=MANY),
        "notoriety.shown_until": Column("i4", "week up to which the media show the listing", "week"),
        "notoriety.wrong": Column("u1", "1 if every listing was of one who could not pay (truth)", "flag"),
        "notorious_now": Tally("listed persons followed", "persons", stock=True),
        "media_features_cum": Tally("newly listed persons shown by the media", "persons"),
        "learned_cum": Tally("contacts who came to know that a person is listed", "contacts"),
        "learned_by_sight_cum": Tally(
            "of these, by a look-up or on the map of their own", "contacts"
        ),
        "learned_of_wrong_cum": Tally("contacts who came to know of a wrong listing (truth)", "contacts"),
    }  # fmt: skip
    reads = NEEDS
    may_read = ("listed",)
    hears = ("sighting", "listed", "delisted")
    posts = {"learned": LEARNED}

    def step(self, day: Day) -> None:
        """Begin and end lines, let askers learn, then a week of word of mouth."""
        listed, gone, seen = day.hear("listed"), day.hear("delisted"), day.hear("sighting")
        desk = day.table("notoriety")
        if not (len(listed) or desk.high):
            return
        net, (rules, told, media) = net_of(day), _rules(day.own_rules, day.now.years)
        if len(gone) or len(listed) or len(seen):
            self._note_events(day, listed, gone, seen, net, rules)
        self._tell(day, net, rules, told, media)

    def _note_events(self, day: Day, listed: Any, gone: Any, seen: Any, net: Net, rules: Array) -> None:
        desk = day.table("notoriety")
        at = np.empty(len(day.people.number), np.int32)
        kernel.place_rows(at, desk.fields.party[: desk.high], desk.fields.alive[: desk.high])
        if len(gone):
            self._end(day, at, gone.party)
        if len(listed):
            self._begin(day, at, listed, net, rules)
        if len(seen):
            self._see(day, at, seen, net)

    def _end(self, day: Day, at: Array, party: Array) -> None:
        off = np.unique(party[(day.people.listed[party] == 0) & (at[party] >= 0)])
        rows = at[off]
        at[off] = -1
        day.table("notoriety").release(rows)
        day.count(notorious_now=-len(rows))

    def _begin(self, day: Day, at: Array, listed: Any, net: Net, rules: Array) -> None:
        desk, people = day.table("notoriety"), day.people
        known = (people.kind[listed.party] == 0) & (people.listed[listed.party] > 0)
        party, wrong = listed.party[known], listed.wrong[known]
        new, first = np.unique(party[at[party] < 0], return_index=True)
        rows, of = desk.take(len(new)), desk.fields
        shown = kernel.note(
            rows, (of.party, of.contacts, of.shown_until), new, people.number, rules, day.now.week, net, day.base,
            day.key,
        )  # fmt: skip
        of.since[rows], of.wrong[rows] = listed.day[known][at[party] < 0][first], 1
        at[new] = rows
        np.minimum.at(of.wrong, at[party], wrong)
        day.count(notorious_now=len(new), media_features_cum=shown)

    def _see(self, day: Day, at: Array, seen: Any, net: Net) -> None:
        of = day.table("notoriety").fields
        out = np.empty((len(seen), kernel.FIELDS), np.int32)
        n = kernel.take_in(
            out, of.known, of.contacts, of.wrong, at, seen.asker, seen.party, seen.day, day.people.number, net
        )
        day.count(learned_by_sight_cum=n)
        self._post(day, out[:n])

    def _tell(self, day: Day, net: Net, rules: Array, told: Array, media: Array) -> None:
        desk = day.table("notoriety")
        of, high = desk.fields, desk.high
        out = np.empty((int(of.contacts[:high].sum()) + MANY * high, kernel.FIELDS), np.int32)
        n = kernel.pass_on(
            out, (of.alive[:high], of.party[:high], of.contacts, of.known, of.shown_until, of.wrong),
            day.people.number, told, media, rules, day.now.monday, day.now.week, net, day.base, day.key,
        )  # fmt: skip
        self._post(day, out[:n])

    def _post(self, day: Day, out: Array) -> None:
        n = len(out)
        if not n:
            return
        wrong = out[:, kernel.WRONG]
        day.post(
            "learned", day=out[:, kernel.DAY], learner=out[:, kernel.LEARNER], about=out[:, kernel.ABOUT],
            tie=out[:, kernel.TIE], act_class=np.full(n, RISK_OF[DEBT], np.uint8), wrong=wrong,
        )  # fmt: skip
        day.count(learned_cum=n, learned_of_wrong_cum=int(wrong.sum()))


@lru_cache(maxsize=256)
def _rules(rules: Any, years: float) -> tuple[Array, Array, Array]:
    """Rules of a step, and the yearly hazards of a contact by layer: told, and while the media show the listing."""
    told = np.array([getattr(rules.told_per_year, layer) or 0.0 for layer in LAYERS])
    media = np.full(MANY, float(rules.media_per_year or 0.0))
    numbers = (
        rules.gossip_per_year, rules.forgetting_per_year, years, rules.featured_share, rules.feature_weeks,
    )  # fmt: skip
    return np.array([float(n or 0.0) for n in numbers]), told, media
