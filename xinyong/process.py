"""The protocol: what an institution or a behaviour declares, and the one object it is handed each step."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from xinyong.columns import Array, Column, Desk, Lens, Owned, Store
from xinyong.graph import Network
from xinyong.kernels.wheel import schedule_many
from xinyong.notices import Batch, Board, Notice, unknown_kind
from xinyong.timeline import Calendar


class Process:
    """An institution or a behaviour. It has no memory of its own: its memory is the columns it owns.

    `owns`    what it creates and alone may write
    `reads`   columns whose value of this step it uses: it comes after their owner
    `recalls` columns whose value of the last step it uses: it comes before their owner
    `may_read`, `may_recall`  the same for what it can do without: None if nobody owns it
    `posts`   kinds of notice it may issue
    `hears`   notices it acts on in the step they are posted: it comes after whoever posts them
    `heard`   notices it acts on one step later
    `watches` tallies of the whole nation, as they stood after the last step
    `consults` pools of the whole nation, as they stood at the end of the last year
    `audits`  tallies of this shard, as they stand now: it comes after whoever keeps them; 0 if nobody does
    """

    name: ClassVar[str] = ""
    owns: ClassVar[Mapping[str, Owned]] = {}
    reads: ClassVar[tuple[str, ...]] = ()
    recalls: ClassVar[tuple[str, ...]] = ()
    may_read: ClassVar[tuple[str, ...]] = ()
    may_recall: ClassVar[tuple[str, ...]] = ()
    posts: ClassVar[Mapping[str, Notice]] = {}
    hears: ClassVar[tuple[str, ...]] = ()
    heard: ClassVar[tuple[str, ...]] = ()
    watches: ClassVar[tuple[str, ...]] = ()
    consults: ClassVar[tuple[str, ...]] = ()
    audits: ClassVar[tuple[str, ...]] = ()
    dense_ns_per_party: ClassVar[float] = 0.0

    def begin(self, day: "Day") -> None:
        """Set the first state of what it owns, before week 0."""

    def step(self, day: "Day") -> None:
        """Live through one step."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What is the same for every shard and process in a week."""

    calendar: Calendar
    week: int
    monday: int
    date: dt.date
    years: float
    rules: Any
    book: Any
    keys: Mapping[str, np.uint64]
    nation: Mapping[str, int]
    pooled: Mapping[str, Array]
    closes_year: bool
    seed: int


class Day:
    """One process in one shard in one step: state through lenses, notices, rules in force, and draw keys."""

    def __init__(
        self, process: Process, store: Store, board: Board, now: Frame, shard: int, parties: Lens
    ) -> None:
        self._process, self._store, self._board = process, store, board
        self.now, self.shard, self.people = now, shard, parties
        self.base = np.uint64(shard << 32)
        self._desks: dict[str, Desk] = {}
        self._tally = {n: i for i, n in enumerate(store.tally_names) if n in process.owns}
        self._can_hear = frozenset(process.hears)
        self._can_recall = frozenset(process.heard)

    @property
    def rules(self) -> Any:
        """Rules in force on the Monday of this step."""
        return self.now.rules

    @property
    def own_rules(self) -> Any:
        """The section of the rule book that bears this process's name."""
        return getattr(self.now.rules, self._process.name)

    @property
    def key(self) -> np.uint64:
        """Draw key of this process in this step."""
        return self.now.keys[self._process.name]

    @property
    def fixed_key(self) -> np.uint64:
        """Draw key of this process that never changes: for traits and for event-numbered draws."""
        return self.now.keys[self._process.name + ":fixed"]

    @cached_property
    def graph(self) -> Network:
        """Who stands near whom in this shard: ties computed from rows, the same for every process."""
        return Network(self.now.seed, self.shard, int((self._store.columns["kind"] == 0).sum()))

    @cached_property
    def row_of(self) -> Array:
        """Row of each person by number (persons,); empty where every number is its own row, as it mostly is."""
        numbers = self._store.columns["number"][: self.graph.persons]
        if np.array_equal(numbers, np.arange(len(numbers))):
            return np.zeros(0, np.int32)
        return np.argsort(numbers).astype(np.int32)

    @property
    def trait_key(self) -> np.uint64:
        """Draw key of persons' standing traits, the same for every process (see `xinyong.traits`)."""
        return self.now.keys["traits:fixed"]

    def table(self, name: str) -> Desk:
        """The side table of that name, as far as this process declared it."""
        desk = self._desks.get(name)
        if desk is None:
            desk = self._desks[name] = _desk(self._process, self._store, name)
        return desk

    def may_table(self, name: str) -> Desk | None:
        """The side table of that name as far as this process may read it; None if no process keeps it."""
        return self.table(name) if name in self._store.tables else None

    def pool(self, name: str) -> Array:
        """The whole numbers (width,) of a pool this process owns, to add to."""
        if name not in self._process.owns:
            raise unknown_kind(self._process.name, name, list(self._process.owns))
        return self._store.pools[name]

    def pooled(self, name: str) -> Array:
        """The nation's sum (width,) of a pool over the last whole year; zeros in the first. Raises OwnershipError."""
        if name not in self._process.consults:
            raise unknown_kind(self._process.name, name, list(self._process.consults))
        found = self.now.pooled.get(name)
        return np.zeros_like(self._store.pools[name]) if found is None else found

    def schedule(self, table: str, wheel: str, rows: Array, days: Array) -> None:
        """Let rows of a side table fall due on day numbers `days`; days already past mean this week."""
        weeks = (days - self.now.calendar.first_day) // 7
        arrays = getattr(self.table(table).fields, wheel)
        schedule_many(arrays, rows, np.maximum(weeks, self.now.week).astype(np.int32))

    def hear(self, kind: str) -> Batch:
        """Notices of this step."""
        if kind not in self._can_hear:
            raise unknown_kind(self._process.name, kind, list(self._process.hears))
        return self._board.hear(kind)

    def heard(self, kind: str) -> Batch:
        """Notices of the last step."""
        if kind not in self._can_recall:
            raise unknown_kind(self._process.name, kind, list(self._process.heard))
        return self._board.heard(kind)

    def post(self, kind: str, /, **columns: Any) -> None:
        """Issue a batch of notices."""
        if kind not in self._process.posts:
            raise unknown_kind(self._process.name, kind, list(self._process.posts))
        self._board.post(kind, columns)

    def count(self, **amounts: int) -> None:
        """Add to tallies this process owns."""
        tallies, places = self._store.tallies, self._tally
        for name, amount in amounts.items():
            place = places.get(name)
            if place is None:
                raise unknown_kind(self._process.name, name, sorted(places))
            if amount:
                tallies[place] += amount

    def tallied(self, name: str) -> int:
        """The present value of a tally this process owns."""
        return int(self._store.tallies[self._tally[name]])

    def audited(self) -> Array:
        """The present values (n,) of the tallies this process audits, in the order of its declaration."""
        kept, places = self._audited
        return np.where(kept, self._store.tallies[places], 0)

    @cached_property
    def _audited(self) -> tuple[Array, Array]:
        names = {name: place for place, name in enumerate(self._store.tally_names)}
        kept = np.array([name in names for name in self._process.audits], bool)
        return kept, np.array([names.get(name, 0) for name in self._process.audits], np.int64)


def _desk(process: Process, store: Store, name: str) -> Desk:
    mine = {n.partition(".")[2] for n in process.owns if n.startswith(name + ".")}
    lent = {n.partition(".")[2] for n in borrowed(process) if n.startswith(name + ".")}
    return Desk(process.name, store.tables[name], mine, lent, keeper=name in process.owns)


def borrowed(process: Process | type[Process]) -> tuple[str, ...]:
    """All columns of others that a process may see."""
    return (*process.reads, *process.recalls, *process.may_read, *process.may_recall)


def party_lens(process: Process, store: Store) -> Lens:
    """What a process may see of the parties' columns."""
    mine = {n for n, spec in process.owns.items() if "." not in n and isinstance(spec, Column)}
    lent = {n for n in borrowed(process) if "." not in n}
    return Lens(process.name, store.columns, mine, lent, "the parties")


def somebody(day: Day, u: Array) -> Array:
    """Rows of persons picked by number, so that the order of rows does not matter."""
    if not len(u):
        return np.zeros(0, np.int32)
    numbers = day.people.number
    persons = int((day.people.kind == 0).sum())
    picked = (u * persons).astype(np.uint32)
    if np.array_equal(numbers[picked], picked):
        return picked.astype(np.int32)
    order = np.argsort(numbers)
    return order[np.searchsorted(numbers[order], picked)].astype(np.int32)
