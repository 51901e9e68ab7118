"""The public sites on which anybody may look up a listed party, and the look-ups that find one."""

from functools import lru_cache
from typing import Any

import numpy as np

from xinyong.columns import Array, Column, SideTable, Tally
from xinyong.kernels import lookups as kernel
from xinyong.process import Day, Process
from xinyong.sightings import SIGHTING

_GROUPS = ("of_persons", "of_organisations")


class PublicPortal(Process):
    """Anybody may look a party up on the public sites; a look-up that finds a listed party is a sighting.

    Only look-ups of listed parties are followed, because only they tell the asker anything; they fall on each at the
    mean rate of look-ups per adult. Partners in business, families of in-laws, landlords and the curious ask, some of
    whom know the party. What a sighting does to anybody is not said here.
    *Source:* the paper, section 肆 at footnote 63 (three sites, open to all); rates assumed (model.md 2.8, l_web).
    """

    name = "public_portal"
    owns = {
        "exposed": SideTable("parties that can be found listed on a public site now"),
        "exposed.party": Column("i4", "row of the party"),
        "exposed.looks": Column("u2", "times found by a look-up since it came on the list", "look-ups"),
        "lookups_of_listed_cum": Tally("look-ups that found a listed party", "look-ups"),
        "lookups_of_listed_persons_cum": Tally("look-ups that found a listed natural person", "look-ups"),
        "exposed_now": Tally("listed parties that can be looked up", "parties", stock=True),
        "looked_up_now": Tally("of these, looked up at least once since listed", "parties", stock=True),
    }
    reads = ("number", "kind", "age", "listed", "organisations.representative")
    hears = ("listed", "delisted")
    posts = {"sighting": SIGHTING}

    def step(self, day: Day) -> None:
        """Follow who is on the list, then a week of look-ups that find one of them."""
        per_adult = day.own_rules.lookups_per_adult_year
        if not per_adult:
            return
        self._follow(day)
        desk = day.table("exposed")
        if desk.high:
            self._look_up(day, float(per_adult))

    def _follow(self, day: Day) -> None:
        desk, listed = day.table("exposed"), day.people.listed
        told, off = day.hear("listed").party, len(day.hear("delisted"))
        if not desk.high:
            told = np.flatnonzero(listed)
        if not len(told) and not off:
            return
        fields = desk.fields
        gone, come = np.empty(desk.high, np.int32), np.empty(len(told), np.int32)
        left, new = kernel.changes(
            gone, come, fields.party[: desk.high], fields.alive[: desk.high], listed, told
        )
        seen = int((fields.looks[gone[:left]] > 0).sum())
        desk.release(gone[:left])
        rows = desk.take(new)
        desk.fields.party[rows] = come[:new]
        day.count(exposed_now=new - left, looked_up_now=-seen)

    def _look_up(self, day: Day, per_adult: float) -> None:
        desk, people, rules = day.table("exposed"), day.people, day.own_rules
        shares, sites, known, codes = _tables(rules.askers, rules.sites)
        reach, running = shares[:, -1], shares / np.maximum(shares[:, -1:], 1e-12)
        means = per_adult * float(rules.listed_ratio or 0.0) * day.now.years * reach * (sites[:, -1] > 0)
        fields, high = desk.fields, desk.high
        found = np.empty((64 + int(3 * means.max() * high), kernel.FIELDS), np.int32)
        n, first = kernel.look_up(
            found, fields.looks, fields.party[:high], fields.alive, people.kind, people.number, means, running, sites,
            known, day.base, day.key,
        )  # fmt: skip
        if n:
            self._tell(day, found[:n], codes)
            day.count(looked_up_now=first)

    def _tell(self, day: Day, found: Array, codes: tuple[Array, Array]) -> None:
        """Find out who asked, and say so."""
        people, ties = day.people, day.graph
        least = int(day.own_rules.minimum_age_years or 0)
        kernel.find_askers(
            found, day.table("organisations").fields.representative, ties.persons, people.number, people.age, least,
            ties.rounds, ties.regular, ties.key, ties.weights, day.base, day.key,
        )  # fmt: skip
        party = found[:, kernel.PARTY]
        day.post(
            "sighting", day=day.now.monday + found[:, kernel.DAY], asker=found[:, kernel.ASKER], party=party,
            channel=codes[1][found[:, kernel.SITE]], reason=codes[0][found[:, kernel.KIND]],
        )  # fmt: skip
        persons = int((people.kind[party] == 0).sum())
        day.count(lookups_of_listed_cum=len(found), lookups_of_listed_persons_cum=persons)


@lru_cache(maxsize=64)
def _tables(askers: Any, sites: Any) -> tuple[Array, Array, Array, tuple[Array, Array]]:
    """Running shares of kinds of asker (2, askers) and of sites (2, sites), for persons and organisations.

    Then the share of each kind that knows the party (askers), and the codes of kinds and of sites. Sites that show
    listings are used alike; a site that is not open, or does not show them, has no share.
    """
    kinds, places = askers.rows(), sites.rows()
    wanted = np.array(
        [[k.share or 0.0 if of else 0.0 for k, of in _those(kinds, group)] for group in _GROUPS]
    )
    shown = np.array([[bool(of and s.court_list) for s, of in _those(places, group)] for group in _GROUPS])
    usable = shown / np.maximum(shown.sum(axis=1, keepdims=True), 1)
    known = np.array([k.known_share or 0.0 for k in kinds])
    codes = np.array([k.code for k in kinds], np.uint8), np.array([s.code for s in places], np.uint8)
    return np.cumsum(wanted, axis=1), np.cumsum(usable, axis=1), known, codes


def _those(rows: Any, group: str) -> list[tuple[Any, bool]]:
    """Each row, and whether it is about persons or about organisations."""
    return [(row, bool(getattr(row, group))) for row in rows]
