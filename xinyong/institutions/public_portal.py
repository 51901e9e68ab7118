"""The public sites on which anybody may look up a listed party, and the look-ups that find one."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from xinyong.columns import Array, Column, Desk, SideTable, Tally
from xinyong.kernels import lookups as kernel
from xinyong.kernels.dense import hits, limit_of
from xinyong.process import Day, Process
from xinyong.sightings import SIGHTING

_GROUPS = ("of_persons", "of_organisations")
_KINDS, _ON_LIST = 5, slice(1, 256)


class PublicPortal(Process):
    """Anybody may look a party up on the public sites; a look-up that finds a listed party is a sighting.

    Only look-ups of listed parties are followed, because only they tell the asker anything; they fall on each at the
    mean rate of look-ups per adult. Partners in business, families of in-laws, landlords and the curious ask, some of
    whom know the party. What a sighting does to anybody is not said here.
    *Source:* the paper, section 肆 at footnote 63 (three sites, open to all); rates assumed (model.md 2.8, l_web).
    """

    name = "public_portal"
    owns = {
        "looked_up": SideTable("listed parties that a look-up has found since they came on the list"),
        "looked_up.party": Column("i4", "row of the party"),
        "looked_up.looks": Column("u1", "look-ups that found it, 255 at most", "look-ups"),
        "lookups_of_listed_cum": Tally("look-ups that found a listed party", "look-ups"),
        "lookups_of_listed_persons_cum": Tally("look-ups that found a listed natural person", "look-ups"),
        "looked_up_now": Tally("listed parties found by a look-up since listed", "parties", stock=True),
    }
    reads = ("number", "kind", "age", "organisations.representative")
    may_read = ("listed",)
    hears = ("delisted",)
    posts = {"sighting": SIGHTING}
    dense_ns_per_party = 0.4

    def step(self, day: Day) -> None:
        """Forget who left the list, then a week of look-ups that find somebody on it; nobody where there is no list."""
        rules = day.own_rules
        if day.people.listed is None or not rules.lookups_per_adult_year:
            return
        use = _use(rules, day.now.years)
        people = day.people
        self._forget(day)
        rows = np.empty(len(people.number), np.int32)
        n = hits(rows, people.number, people.kind, people.listed, use.limits, day.base, day.key)
        if n:
            self._look_up(day, use, rows[:n])

    def _forget(self, day: Day) -> None:
        left, desk = day.hear("delisted").party, day.table("looked_up")
        if not (len(left) and desk.high):
            return
        rows, _ = _rows_of(desk, np.unique(left[day.people.listed[left] == 0]))
        desk.release(rows)
        day.count(looked_up_now=-len(rows))

    def _look_up(self, day: Day, use: "Use", rows: Array) -> None:
        """How often each of these parties is looked up, where and by whom; and say so."""
        people, ties = day.people, day.graph
        found, times = (
            np.empty((kernel.MOST * len(rows), kernel.FIELDS), np.int32),
            np.empty(len(rows), np.int32),
        )
        n = kernel.look_up(
            found, times, rows, people.kind, people.number, use.means, use.askers, use.sites, use.known, day.base,
            day.key,
        )  # fmt: skip
        found = found[:n]
        kernel.find_askers(
            found, day.table("organisations").fields.representative, ties.persons, people.number, people.age, use.least,
            ties.rounds, ties.regular, ties.key, ties.weights, day.base, day.key,
        )  # fmt: skip
        party = found[:, kernel.PARTY]
        day.post(
            "sighting", day=day.now.monday + found[:, kernel.DAY], asker=found[:, kernel.ASKER], party=party,
            channel=use.site_codes[found[:, kernel.SITE]], reason=use.asker_codes[found[:, kernel.KIND]],
        )  # fmt: skip
        persons = int((people.kind[party] == 0).sum())
        day.count(lookups_of_listed_cum=n, lookups_of_listed_persons_cum=persons)
        self._remember(day, rows, times)

    def _remember(self, day: Day, party: Array, times: Array) -> None:
        """Note how often each of these parties has been found since it came on the list."""
        desk = day.table("looked_up")
        old, at = _rows_of(desk, party)
        new = desk.take(len(party) - len(old))
        desk.fields.party[new] = np.delete(party, at)
        looks = desk.fields.looks
        looks[new] = np.minimum(np.delete(times, at), 255)
        looks[old] = np.minimum(looks[old] + times[at], 255)
        day.count(looked_up_now=len(new))


def _rows_of(desk: Desk, party: Array) -> tuple[Array, Array]:
    """Rows of those of some parties (n, unique) that are in the table, and their places among the parties."""
    rows = np.flatnonzero(desk.fields.alive[: desk.high])
    _, at, place = np.intersect1d(desk.fields.party[rows], party, assume_unique=True, return_indices=True)
    return rows[at].astype(np.int32), place


class Use(NamedTuple):
    """What the rules of a day say of look-ups, for persons and for organisations (2).

    `limits` chance of any look-up by kind and listings, `means` (2) look-ups a step, `askers` (2, kinds of asker) and
    `sites` (2, sites) running shares, `known` (kinds of asker) the share that knows the party.
    """

    limits: Array
    means: Array
    askers: Array
    sites: Array
    known: Array
    asker_codes: Array
    site_codes: Array
    least: int


@lru_cache(maxsize=64)
def _use(rules: Any, years: float) -> Use:
    """Sites that show listings are used alike; a site that is not open, or does not show them, not at all."""
    kinds, places = rules.askers.rows(), rules.sites.rows()
    wanted = np.array([[(k.share or 0.0) * bool(getattr(k, group)) for k in kinds] for group in _GROUPS])
    shown = np.array([[bool(s.court_list and getattr(s, group)) for s in places] for group in _GROUPS])
    reach = wanted.sum(axis=1) * shown.any(axis=1)
    means = float(rules.lookups_per_adult_year) * float(rules.listed_ratio or 0.0) * years * reach
    chances = np.zeros((_KINDS, 256))
    chances[0, _ON_LIST], chances[1:, _ON_LIST] = -np.expm1(-means)
    return Use(
        limit_of(chances.ravel()), means, _running(wanted), _running(shown),
        np.array([k.known_share or 0.0 for k in kinds]), np.array([k.code for k in kinds], np.uint8),
        np.array([s.code for s in places], np.uint8), int(rules.minimum_age_years or 0),
    )  # fmt: skip


def _running(shares: Array) -> Array:
    """Running shares that end in 1, row by row; zeros where there is nothing to share."""
    whole = np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    return np.cumsum(shares / whole, axis=1)
