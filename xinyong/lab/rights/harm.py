"""Watchers of harm: refusals and on whom they fall, false records, households, exposure, flows."""

from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.lab.rights.entries import COURT
from xinyong.lab.rights.ledger import Event, Stage, Watcher
from xinyong.memoranda import memoranda

LIVE, CHILD_UNDER, MAP = 2, 18, 100
JOURNEYS = ("air", "high_speed_rail", "exit")


class Refusals(Watcher):
    """What the court list has people refused, by person: debtors, representatives, and those named falsely."""

    hears = ("listed", "record_step")

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        rules = stage.plan.book.on(stage.plan.calendar.date(stage.plan.calendar.weeks - 1))
        self.names = {row.code: row.key for row in rules.wants.activities.rows()}
        treatments = stage.rows.contexts.treatments
        self.weeks = np.array([treatments[self.names[a]].weeks for a in sorted(self.names)])
        self.before = np.zeros((0, len(self.weeks)), np.int64)
        self.bench = stage.rows.bench.systems[COURT].steps
        self.victims: Array = np.zeros(0, np.int64)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """What statute would have done to each listed debtor; false records that take effect."""
        if kind == "listed" and self.stage.counting:
            self._gravity(rows)
        elif kind == "record_step":
            self._records()

    def _gravity(self, rows: dict[str, Array]) -> None:
        cases = self.stage.table("cases")
        amounts = np.zeros(0) if cases is None else cases["amount"][rows["case"]]
        limits = [np.inf if s.up_to is None else s.up_to for s in self.bench]
        step = np.minimum(np.searchsorted(limits, amounts), len(limits) - 1)
        self.stage.tally(COURT, "bench", rows["party"], np.array([s.weeks for s in self.bench])[step])
        heaviest = self.ledger.at(COURT, "gravity", self.stage.shard.store.parties)
        np.maximum.at(heaviest, rows["party"], step + 1.0)

    def _records(self) -> None:
        """Persons whom only false records of the court list name now."""
        records = self.stage.table("records")
        if records is None:
            return
        mine = (records["alive"] == 1) & (records["issuer"] == 0) & (records["state"] == LIVE)
        who = np.where(records["target"] >= 0, records["target"], records["party"])
        false = records["false"] == 1
        now = np.setdiff1d(who[mine & false], who[mine & ~false])
        fresh = np.setdiff1d(now, self.victims)
        if self.stage.counting and fresh.size:
            barred = self.stage.column("barred")[fresh]
            self.ledger.add(COURT, false_events=sum(int(b).bit_count() for b in barred.tolist()))
        self.victims = now

    def week(self) -> None:
        """Refusals of this week."""
        wanters = self.stage.table("wanters")
        if wanters is None:
            return
        now = wanters["learned"][:, : len(self.weeks)].astype(np.int64)
        before = np.zeros_like(now)
        before[: len(self.before)] = self.before
        self.before = now
        if not self.stage.counting:
            return
        fresh = now - before
        rows = np.flatnonzero(fresh.any(axis=1))
        if rows.size:
            self._book(wanters["party"][rows], fresh[rows])

    def _book(self, party: Array, fresh: Array) -> None:
        harm = fresh @ self.weeks
        self.stage.tally(COURT, "harm", party, harm)
        school = [a for a in sorted(self.names) if self.names[a] == "private_school"]
        children = fresh[:, school].sum(axis=1)
        debtor = self.stage.column("listed")[party] > 0
        others = np.where(debtor, children * self.weeks[school].sum(), harm)
        wrongly = np.isin(party, self.victims)
        self.ledger.add(
            COURT, harm=harm.sum(), harm_to_others=others.sum(), school_refusals=children.sum(),
            false_events=fresh[wrongly].sum(),
        )  # fmt: skip
        origin = self.stage.rows.subsystems[COURT].origin
        for a, many in enumerate(fresh.sum(axis=0).tolist()):
            context = self.stage.rows.contexts.treatments[self.names[a]].context
            event = Event(COURT, f"refused: {self.names[a]}", origin, context)
            self.ledger.event(event, many, many * self.weeks[a])
            if self.names[a] in JOURNEYS:
                self.ledger.add(COURT, journeys_refused=many)


class FalseRecords(Watcher):
    """False records of the court list that took effect."""

    hears = ("record_step",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.seen: set[tuple[int, int]] = set()

    def week(self) -> None:
        """Count those in effect that were not before."""
        records = self.stage.table("records")
        if records is None:
            return
        mine = (records["alive"] == 1) & (records["issuer"] == 0) & (records["state"] == LIVE)
        mine &= records["false"] == 1
        names = set(zip(records["case_number"][mine].tolist(), records["party"][mine].tolist(), strict=True))
        if self.stage.counting:
            self.ledger.add(COURT, false_records=len(names - self.seen))
        self.seen |= names


class Households(Watcher):
    """Who lives with those listed, and for how long anybody is listed."""

    hears = ("listed",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        columns = stage.shard.store.columns
        persons = np.flatnonzero(columns["kind"] == 0)
        order = persons[np.argsort(columns["number"][persons], kind="stable")]
        home = np.cumsum(columns["household"][order] == 0) - 1
        self.home = np.full(stage.shard.store.parties, -1, np.int64)
        self.home[order] = home
        self.members = np.bincount(home)
        self.children = np.bincount(home, columns["age"][order] < CHILD_UNDER)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Persons newly published."""
        home = self.home[np.unique(rows["party"])]
        home = home[home >= 0]
        if self.stage.counting and home.size:
            self.ledger.add(
                COURT, persons_entered=len(home), household_near=int((self.members[home] - 1).sum()),
                children_near=int(self.children[home].sum()),
            )  # fmt: skip

    def week(self) -> None:
        """A week lived under a listing by each listed person."""
        if self.stage.counting:
            listed = (self.stage.column("listed") > 0) & (self.stage.column("kind") == 0)
            self.ledger.add(COURT, person_years_listed=int(listed.sum()) * 7 / 365.25)


class Exposure(Watcher):
    """How long how many people could see how many facts about a listed party."""

    hears = ("sighting",)

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.shown: dict[int, float] = {}

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Somebody learns of a listing: from now on the facts shown are known while it lasts."""
        items = self.stage.rows.contexts.shown_items
        facts = np.where(rows["channel"] == MAP, items["map"], items["site"])
        for party, many in zip(rows["party"].tolist(), facts.tolist(), strict=True):
            self.shown[party] = self.shown.get(party, 0.0) + many

    def week(self) -> None:
        """Seven days of what is known of those still listed."""
        listed = self.stage.column("listed")
        self.shown = {p: f for p, f in self.shown.items() if listed[p]}
        if self.stage.counting and self.shown:
            rows = np.fromiter(self.shown, np.int64)
            self.stage.tally(COURT, "exposure", rows, 7.0 * np.fromiter(self.shown.values(), np.float64))


class Flows(Watcher):
    """Records sent to bodies that act on them, inside and outside the context in which the data arose."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.before = np.zeros(0, np.int64)
        date = stage.plan.calendar.date(stage.plan.calendar.weeks - 1)
        activities: Any = stage.plan.book.on(date).wants.activities
        self.contexts = {
            row.code: stage.rows.contexts.treatments[row.key].context for row in activities.rows()
        }

    def week(self) -> None:
        """New records of each issuer, once for each member and activity in force."""
        issuers = self.stage.table("issuers")
        if issuers is None:
            return
        created = issuers["counts"][:, 0].astype(np.int64)
        fresh = created - (self.before if self.before.size else 0)
        self.before = created
        if not self.stage.counting or not fresh.any():
            return
        contexts = self.stage.rows.contexts
        for row in memoranda(self.stage.plan.book):
            many = int(fresh[row.issuer])
            if many and row.since <= self.stage.sunday < row.until:
                system = COURT if row.issuer == 0 else "other_lists"
                origin = self.stage.rows.subsystems[system].origin
                origin = contexts.origins_of_lists.get(row.issuer, origin)
                outside = contexts.kappa(origin, self.contexts[row.activity]) != "same"
                self.ledger.add(system, flows=many, flows_outside=many * outside)
