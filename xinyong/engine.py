"""The loop: a world is a list of shards; a shard steps alone, given the week's signals of the nation."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple, Protocol

import numpy as np

from xinyong import draws
from xinyong.assembly import POPULATION, kinds_of
from xinyong.columns import Array, Owned, Pool, SideTable, Store, Tally
from xinyong.kernels import census
from xinyong.notices import Board
from xinyong.population import ShardPopulation
from xinyong.process import Day, Frame, Process, party_lens
from xinyong.rulebook import RuleBook
from xinyong.timeline import WEEK_YEARS, Calendar

Parts = dict[str, Array]


@dataclass(frozen=True)
class Plan:
    """All that fixes a world: processes in order, rule book, calendar, seed."""

    processes: tuple[Process, ...]
    book: RuleBook
    calendar: Calendar
    seed: int

    def frame(
        self, week: int, nation: Mapping[str, int] | None = None, pooled: Mapping[str, Array] | None = None
    ) -> Frame:
        """What every shard shares in a week: date, rules in force, draw keys, the nation's last tallies and pools."""
        date = self.calendar.date(week)
        keys = {"traits:fixed": draws.key(self.seed, "traits:fixed", 0)}
        for p in self.processes:
            keys[p.name] = draws.key(self.seed, p.name, week)
            keys[p.name + ":fixed"] = draws.key(self.seed, p.name + ":fixed", 0)
        rules = self.book.on(max(date, dt.date(1990, 1, 1)))
        monday = self.calendar.monday(week)
        return Frame(
            self.calendar, week, monday, date, WEEK_YEARS, rules, self.book, keys, nation or {}, pooled or {},
            self.closes_year(week), self.seed,
        )  # fmt: skip

    def closes_year(self, week: int) -> bool:
        """Whether pools are summed over the nation after this week: the next Monday is in another year."""
        return bool(self.pools) and self.calendar.date(week + 1).year != self.calendar.date(week).year

    @property
    def owned(self) -> dict[str, Owned]:
        """Every column, table, wheel and tally of the world."""
        owned: dict[str, Owned] = {**POPULATION, "organisations": SideTable("organisations")}
        for p in self.processes:
            owned |= p.owns
        return owned

    @property
    def watched(self) -> tuple[str, ...]:
        """Tallies that cross between shards."""
        return tuple(sorted({name for p in self.processes for name in p.watches}))

    @cached_property
    def pools(self) -> tuple[str, ...]:
        """Pools that are summed over the shards once a year."""
        return tuple(sorted(name for name, spec in self.owned.items() if isinstance(spec, Pool)))


class Played(NamedTuple):
    """What a shard says after some weeks: tallies (weeks, tallies), and its pools if the last week closed a year."""

    tallies: Array
    pools: dict[str, Array]


class Shard:
    """One province, prefecture or city: its parties, notices, and each process's view of them."""

    def __init__(self, plan: Plan, people: ShardPopulation) -> None:
        self.code, self.name, self.persons = people.code, people.name, people.persons
        self.organisations = people.parties - people.persons
        self.plan = plan
        self.week = -1
        self.store = Store(self.persons + self.organisations)
        self.store.declare(plan.owned)
        _settle(self.store, people)
        self.board = Board(kinds_of(plan.processes))
        first = plan.frame(0)
        self.days = [
            (p, Day(p, self.store, self.board, first, people.code, party_lens(p, self.store)))
            for p in plan.processes
        ]
        for process, day in self.days:
            process.begin(day)

    def step(self, frame: Frame) -> None:
        """One week for every process, in order."""
        self.board.turn()
        self.week = frame.week
        for process, day in self.days:
            day.now = frame
            process.step(day)

    def play(self, frames: Sequence[Frame], check: Callable[["Shard"], None] | None = None) -> Played:
        """Step through frames, of which only the last may close a year."""
        tallies = np.empty((len(frames), len(self.store.tallies)), np.int64)
        for k, frame in enumerate(frames):
            self.step(frame)
            tallies[k] = self.store.tallies
            if check is not None:
                check(self)
        return Played(tallies, self.store.empty_pools() if frames and frames[-1].closes_year else {})

    def parts(self) -> Parts:
        """The shard's whole state as named arrays."""
        held = {f"store:{k}": a for k, a in self.store.parts().items()}
        held |= {f"board:{k}": a for k, a in self.board.parts().items()}
        return held | {"week": np.array([self.week])}

    def restore(self, parts: Mapping[str, Array]) -> None:
        """Put back what `parts` gave."""
        self.store.restore({k[6:]: a for k, a in parts.items() if k.startswith("store:")})
        self.board.restore({k[6:]: a for k, a in parts.items() if k.startswith("board:")})
        self.week = int(parts["week"][0])

    def digest(self) -> bytes:
        """A hash of every column, side table, tally and notice."""
        whole = blake2b(digest_size=16)
        for name, array in self.parts().items():
            whole.update(name.encode())
            whole.update(np.ascontiguousarray(array).data)
        return whole.digest()


def _settle(store: Store, people: ShardPopulation) -> None:
    for name in POPULATION:
        if "." not in name and name in people.columns:
            store.columns[name][:] = people.columns[name]
    c = people.columns
    store.columns["census"][:] = census.pack(c["sex"], c["urban"], c["local"], c["education"])
    table = store.tables["organisations"]
    rows = table.take(people.parties - people.persons)
    for name in ("party", "representative", "size"):
        table.columns[name][rows] = people.organisations[name]


class Engine(Protocol):
    """Four methods stand between a run and whatever computes it: this machine now, a cluster later.

    `peak_memory_bytes` is what other processes held for it at most, known once it is closed.
    """

    shards: list[Shard]
    peak_memory_bytes: int

    def start(self, plan: Plan, people: Sequence[ShardPopulation]) -> None:
        """Build every shard."""

    def submit(self, frames: Sequence[Frame], bring: bool = False) -> None:
        """Ask every shard to step through these weeks; with `bring` its state is in `shards` once gathered."""

    def gather(self) -> list[Played]:
        """Wait; what each shard says of those weeks, in shard order."""

    def close(self) -> None:
        """Let go of workers."""


@dataclass
class LocalEngine:
    """Threads of this process. Shards do not share anything, so any number of threads gives the same world."""

    threads: int = 1
    check: Callable[[Shard], None] | None = None
    shards: list[Shard] = field(default_factory=list)
    peak_memory_bytes: int = 0
    _pool: ThreadPoolExecutor | None = None
    _pending: list[Future[Played]] = field(default_factory=list)

    def start(self, plan: Plan, people: Sequence[ShardPopulation]) -> None:
        """Build every shard."""
        self._pool = ThreadPoolExecutor(self.threads)
        self.shards = list(self._pool.map(lambda one: Shard(plan, one), people))

    def submit(self, frames: Sequence[Frame], bring: bool = False) -> None:
        """Ask every shard to step through these weeks, the largest first; their state is here all the time."""
        assert self._pool is not None
        order = sorted(range(len(self.shards)), key=lambda k: -self.shards[k].store.parties)
        futures = {k: self._pool.submit(self.shards[k].play, frames, self.check) for k in order}
        self._pending = [futures[k] for k in range(len(self.shards))]

    def gather(self) -> list[Played]:
        """Wait; what each shard says of those weeks, in shard order."""
        return [f.result() for f in self._pending]

    def close(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown()


def state_hash(shards: Sequence[Shard]) -> str:
    """One hash for the whole world, from the shards' in order."""
    whole = blake2b(digest_size=16)
    for shard in shards:
        whole.update(shard.digest())
    return whole.hexdigest()


def tally_specs(plan: Plan) -> dict[str, Tally]:
    """The tallies of a world by name, in the order of their columns."""
    return {n: s for n, s in sorted(plan.owned.items()) if isinstance(s, Tally)}
