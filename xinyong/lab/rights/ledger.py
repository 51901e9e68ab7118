"""What the audit writes down while a world is played: counts, lists of numbers, vectors over invented persons.

Nothing of it is stored: it lives as long as the audit, and only sums over groups leave it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong.columns import Array
from xinyong.engine import Plan, Shard
from xinyong.lab.rights.rows import Rows

Values = NDArray[np.float64]


class Event(NamedTuple):
    """A kind of adverse event: the system, what happened, origin of the data, context of the treatment."""

    system: str
    kind: str
    origin: str
    treatment: str


@dataclass
class Ledger:
    """Numbers by (system, fact); lists by (system, fact); events with their harm; vectors over persons."""

    numbers: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    lists: dict[tuple[str, str], list[Values]] = field(default_factory=lambda: defaultdict(list))
    events: dict[Event, Values] = field(default_factory=lambda: defaultdict(lambda: np.zeros(2)))
    persons: dict[tuple[str, str], Array] = field(default_factory=dict)
    people: dict[str, Array] = field(default_factory=dict)

    def add(self, system: str, **amounts: float) -> None:
        """Add to numbers of a system."""
        for name, amount in amounts.items():
            self.numbers[system, name] += float(amount)

    def note(self, system: str, **values: Any) -> None:
        """Add to lists of numbers of a system."""
        for name, some in values.items():
            self.lists[system, name].append(np.asarray(some, np.float64))

    def event(self, event: Event, many: float, weeks: float) -> None:
        """Note events of a kind and their harm in weeks of income."""
        if many:
            self.events[event] += (many, weeks)

    def at(self, system: str, name: str, parties: int) -> Array:
        """A vector over the parties of the shard, to add to."""
        found = self.persons.get((system, name))
        if found is None:
            found = self.persons[system, name] = np.zeros(parties)
        return found


def joined(ledgers: list[Ledger]) -> Ledger:
    """The ledgers of all shards as one; vectors end to end, in shard order."""
    whole = Ledger()
    for one in ledgers:
        for key, number in one.numbers.items():
            whole.numbers[key] += number
        for key, some in one.lists.items():
            whole.lists[key] += some
        for event, sums in one.events.items():
            whole.events[event] += sums
    for name in sorted({n for one in ledgers for n in one.people}):
        whole.people[name] = np.concatenate([one.people[name] for one in ledgers])
    for key in sorted({k for one in ledgers for k in one.persons}):
        pieces = [one.persons.get(key, np.zeros(len(one.people["age"]))) for one in ledgers]
        whole.persons[key] = np.concatenate(pieces)
    return whole


@dataclass(frozen=True)
class Stage:
    """What a watcher may look at: one shard while it is played, and where to write. Nothing can be changed by it."""

    plan: Plan
    shard: Shard
    rows: Rows
    ledger: Ledger

    @property
    def counting(self) -> bool:
        """Whether the burn-in is over."""
        return self.shard.week >= self.plan.calendar.burn_in

    @property
    def sunday(self) -> int:
        """Day number of the end of this week."""
        return self.plan.calendar.monday(self.shard.week) + 6

    def column(self, name: str) -> Array:
        """A column of the parties; noughts if nobody owns it."""
        found = self.shard.store.columns.get(name)
        return np.zeros(self.shard.store.parties, np.uint8) if found is None else found

    def table(self, name: str) -> dict[str, Array] | None:
        """The rows in use of a side table, `alive` among the fields; None if nobody keeps it."""
        table = self.shard.store.tables.get(name)
        return None if table is None else {n: a[: table.high] for n, a in table.columns.items()}

    def tally(self, system: str, name: str, rows: Array, amount: Any = 1) -> None:
        """Add to a vector over parties at some rows."""
        np.add.at(self.ledger.at(system, name, self.shard.store.parties), rows, amount)


class Watcher:
    """Follows one topic in one shard: hears notices as they are posted, and looks once a week."""

    hears: tuple[str, ...] = ()

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ledger = stage.ledger

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Take in a batch of notices."""

    def week(self) -> None:
        """Look at the shard after a step."""

    def close(self) -> None:
        """Look at the shard after the last step."""
