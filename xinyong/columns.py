"""A society as arrays: party columns, side tables, wheels and tallies, each with one enforced owner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from xinyong.errors import OwnershipError, did_you_mean
from xinyong.kernels import rows as kernel
from xinyong.kernels.wheel import collect

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """One value (or `width` values) for each party, or for each row of a side table."""

    dtype: str
    meaning: str
    unit: str = ""
    initial: int = 0
    width: int = 1


@dataclass(frozen=True)
class SideTable:
    """Rows for what is rare: loans, cases, records. Its owner alone creates and frees rows."""

    meaning: str


@dataclass(frozen=True)
class Wheel:
    """Which rows of a side table fall due in which week: one int16 a row."""

    meaning: str


@dataclass(frozen=True)
class Tally:
    """A whole number kept per shard; `stock` for a level, otherwise a count that only grows."""

    meaning: str
    unit: str
    stock: bool = False


@dataclass(frozen=True)
class Pool:
    """`width` whole numbers a shard; at each end of year all get the nation's sum and they start at zero."""

    meaning: str
    width: int


# a table that is full grows by this part of itself: memory counts, and growing is rare
SLACK = 32
_ALIGNED = 16
_NO_ROWS: Rows = np.zeros(0, np.int32)

Owned = Column | SideTable | Wheel | Tally | Pool


class Table:
    """A growing side table. Freed rows are zeroed and used again, last freed first.

    `alive` (u1) tells which rows exist; `high` is the number of rows ever in use at once.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.high = 0
        self.capacity = 0
        self.specs: dict[str, Column] = {"alive": Column("u1", "1 while the row exists")}
        self.columns: dict[str, Array] = {"alive": np.zeros(0, "u1")}
        self.block: tuple[Array, Array, Array] | None = None
        self.wheels: dict[str, Rows] = {}
        self._freed: Rows = np.zeros(0, np.int32)
        self._left = 0
        self.lenses: list[Lens] = []

    def add_field(self, name: str, spec: Column) -> None:
        """Give every row one more field."""
        self.specs[name] = spec
        self.columns[name] = _blank(spec, self.capacity)

    def add_wheel(self, name: str, spec: Wheel) -> None:
        """Let rows be scheduled by week under this name."""
        self.add_field(f"{name}:due", Column("i2", f"{spec.meaning}: week due", initial=-1))
        self.wheels[name] = self.columns[f"{name}:due"]

    def due(self, wheel: str, week: int) -> Rows:
        """Rows that fall due in a week, taken off the wheel, in the order of rows."""
        out = np.empty(self.high, np.int32)
        return out[: collect(self.wheels[wheel][: self.high], week, out)]

    def reserve(self, rows: int) -> None:
        """Make room for `rows` more rows; arrays may move, so lenses are told to look again."""
        needed = self.high + rows - self._left
        if needed <= self.capacity:
            return
        self.resize(max(needed + needed // SLACK, 64))

    def resize(self, capacity: int) -> None:
        """Move every array to one of `capacity` rows, all in one block of bytes, so that rows are blanked in one go."""
        widths = {n: np.dtype(s.dtype).itemsize * s.width for n, s in self.specs.items()}
        room = [-(-width * capacity // _ALIGNED) * _ALIGNED for width in widths.values()]
        starts = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
        block = np.empty(int(starts[-1]), np.uint8)
        initial = np.zeros((len(widths), max(widths.values())), np.uint8)
        for k, (name, width) in enumerate(widths.items()):
            spec = self.specs[name]
            initial[k, :width] = np.full(spec.width, spec.initial, spec.dtype).view(np.uint8)
            field = block[starts[k] : starts[k] + width * capacity].view(spec.dtype)
            field = field if spec.width == 1 else field.reshape(capacity, spec.width)
            field[: self.high], field[self.high :] = self.columns[name][: self.high], spec.initial
            self.columns[name] = field
        self.block = (block, np.stack([starts[:-1], np.array([*widths.values()])], axis=1), initial)
        self.capacity = capacity
        for name in self.wheels:
            self.wheels[name] = self.columns[f"{name}:due"]
        for lens in self.lenses:
            lens.forget()

    def take(self, rows: int) -> Rows:
        """Row numbers for `rows` new rows, marked alive and blank otherwise."""
        if not rows:
            return _NO_ROWS
        self.reserve(rows)
        taken = np.empty(rows, np.int32)
        left = kernel.take(taken, self.columns["alive"], self._freed, self._left, self.high)
        self.high += rows - (self._left - left)
        self._left = left
        return taken

    def release(self, rows: Rows) -> None:
        """Free rows: blank every field, the weeks they are due among them, and keep the numbers for reuse."""
        if not len(rows) or self.block is None:
            return
        if self._left + len(rows) > len(self._freed):
            more = np.empty(len(rows) + self._left // 4, np.int32)
            self._freed = np.concatenate([self._freed[: self._left], more])
        kernel.give_back(*self.block, rows, self._freed, self._left)
        self._left += len(rows)

    @property
    def freed(self) -> Rows:
        """Rows given back and not yet used again."""
        return self._freed[: self._left]

    @property
    def rows(self) -> int:
        """Rows alive now."""
        return self.high - self._left

    @property
    def nbytes(self) -> int:
        """Bytes held by the table, free room included."""
        arrays = (*self.columns.values(), self._freed)
        return sum(a.nbytes for a in arrays)

    def parts(self) -> dict[str, Array]:
        """All arrays that make up the table's state, trimmed to rows in use."""
        held: dict[str, Array] = {name: a[: self.high] for name, a in self.columns.items()}
        return held | {":freed": self.freed}

    def restore(self, parts: Mapping[str, Array]) -> None:
        """Put back what `parts` gave."""
        self.high = len(parts["alive"])
        self._freed = np.array(parts[":freed"], np.int32)
        self._left = len(self._freed)
        high, self.high = self.high, 0
        self.resize(max(high + high // SLACK, 64))
        self.high = high
        for name in self.specs:
            self.columns[name][:high] = parts[name]


@lru_cache(maxsize=8)
def nobody(n: int) -> Array:
    """Nobody of `n` is on a list where no lists are kept: zeros that cannot be written."""
    none = np.zeros(n, np.uint8)
    none.flags.writeable = False
    return none


def _blank(spec: Column, rows: int) -> Array:
    shape = (rows,) if spec.width == 1 else (rows, spec.width)
    return np.full(shape, spec.initial, spec.dtype)


class Lens:
    """What one process may see of the parties or of one side table: its own arrays to write, others to read.

    A name that is only wished for (`may_read`, `may_recall`) and that nobody owns is None.
    Reading an undeclared name raises OwnershipError; writing a borrowed array raises numpy's ValueError, and a
    kernel that tries fails to compile.
    """

    def __init__(
        self, process: str, arrays: Mapping[str, Any], mine: Iterable[str], lent: Iterable[str], what: str
    ) -> None:
        self._process, self._arrays, self._what = process, arrays, what
        self._mine, self._lent = frozenset(mine), frozenset(lent)

    def forget(self) -> None:
        """Drop cached arrays after a table has grown."""
        for name in [n for n in self.__dict__ if not n.startswith("_")]:
            del self.__dict__[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._mine:
            found = self._arrays[name]
        elif name in self._lent and name not in self._arrays:
            found = None
        elif name in self._lent:
            found = self._arrays[name].view()
            found.flags.writeable = False
        else:
            near = did_you_mean(name, sorted(self._mine | self._lent))
            raise OwnershipError(
                f"{self._process} uses '{name}' of {self._what} but does not declare it in owns, reads or recalls{near}"
            )
        self.__dict__[name] = found
        return found


class _Fields(Mapping[str, Any]):
    """Fields and wheels of a table under one name space."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __getitem__(self, name: str) -> Any:
        wheel = self._table.wheels.get(name)
        return wheel if wheel is not None else self._table.columns[name]

    def __iter__(self) -> Any:
        return iter((*self._table.columns, *self._table.wheels))

    def __len__(self) -> int:
        return len(self._table.columns) + len(self._table.wheels)


class Desk:
    """A side table as its keeper or a reader sees it: a lens, plus `take`, `release`, `high` for the keeper."""

    def __init__(self, process: str, table: Table, mine: Iterable[str], lent: Iterable[str], keeper: bool):
        self.fields = Lens(process, _Fields(table), mine, {*lent, "alive"}, f"table '{table.name}'")
        table.lenses.append(self.fields)
        self._table, self._process, self._keeper, self._mine = table, process, keeper, frozenset(mine)

    @property
    def high(self) -> int:
        """Rows to scan: row numbers run from 0 to high - 1."""
        return self._table.high

    def due(self, wheel: str, week: int) -> Rows:
        """Rows due on one of this process's wheels in a week, taken off it."""
        if wheel not in self._mine:
            raise OwnershipError(
                f"{self._process} may not turn wheel '{wheel}' of table '{self._table.name}'"
            )
        return self._table.due(wheel, week)

    def take(self, rows: int) -> Rows:
        """New rows; only the table's owner may ask."""
        self._only_keeper("take rows from")
        return self._table.take(rows)

    def release(self, rows: Rows) -> None:
        """Free rows; only the table's owner may ask."""
        self._only_keeper("free rows of")
        self._table.release(rows)

    def _only_keeper(self, act: str) -> None:
        if not self._keeper:
            raise OwnershipError(
                f"{self._process} may not {act} table '{self._table.name}': another process owns it"
            )


class Store:
    """All state of one shard."""

    def __init__(self, parties: int) -> None:
        self.parties = parties
        self.columns: dict[str, Array] = {}
        self.tables: dict[str, Table] = {}
        self.specs: dict[str, Owned] = {}
        self.tally_names: list[str] = []
        self.tallies = np.zeros(0, np.int64)
        self.pools: dict[str, Array] = {}

    def declare(self, owned: Mapping[str, Owned]) -> None:
        """Create what the processes own; tables first, then their fields and wheels."""
        for name, spec in owned.items():
            if isinstance(spec, SideTable):
                self.tables[name] = Table(name)
        for name, spec in owned.items():
            self.specs[name] = spec
            table, _, field = name.partition(".")
            if isinstance(spec, Wheel):
                self.tables[table].add_wheel(field, spec)
            elif isinstance(spec, Column) and field:
                self.tables[table].add_field(field, spec)
            elif isinstance(spec, Column):
                self.columns[name] = _blank(spec, self.parties)
            elif isinstance(spec, Pool):
                self.pools[name] = np.zeros(spec.width, np.int64)
        self.tally_names = sorted(n for n, s in owned.items() if isinstance(s, Tally))
        self.tallies = np.zeros(len(self.tally_names), np.int64)

    def empty_pools(self) -> dict[str, Array]:
        """What the pools hold; they start anew."""
        held = {name: pool.copy() for name, pool in self.pools.items()}
        for pool in self.pools.values():
            pool[:] = 0
        return held

    @property
    def nbytes(self) -> int:
        """Bytes of state: columns and side tables."""
        return sum(a.nbytes for a in self.columns.values()) + sum(t.nbytes for t in self.tables.values())

    def parts(self) -> dict[str, Array]:
        """Every array of the state by name, in a fixed order."""
        held: dict[str, Array] = {f"column:{n}": self.columns[n] for n in sorted(self.columns)}
        for table in sorted(self.tables):
            held |= {f"table:{table}:{n}": a for n, a in sorted(self.tables[table].parts().items())}
        held |= {f"pool:{n}": self.pools[n] for n in sorted(self.pools)}
        return held | {"tallies": self.tallies}

    def restore(self, parts: Mapping[str, Array]) -> None:
        """Put back what `parts` gave."""
        for name, array in self.columns.items():
            array[:] = parts[f"column:{name}"]
        for name, table in self.tables.items():
            prefix = f"table:{name}:"
            table.restore({k[len(prefix) :]: a for k, a in parts.items() if k.startswith(prefix)})
        for name, pool in self.pools.items():
            pool[:] = parts[f"pool:{name}"]
        self.tallies[:] = parts["tallies"]
