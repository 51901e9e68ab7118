"""What processes tell each other: typed batches of rows, added and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinyong.errors import OwnershipError, did_you_mean

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Notice:
    """A kind of notice: its columns by name and dtype. `day` (effective day number) is always one of them.

    A notice can be heard in its own step and the next; `keep` also writes it to the run folder.
    """

    meaning: str
    fields: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False

    @cached_property
    def columns(self) -> dict[str, str]:
        """All columns, `day` first."""
        return {"day": "i4", **self.fields}

    @cached_property
    def types(self) -> tuple[tuple[str, np.dtype[Any]], ...]:
        """All columns with their numpy types."""
        return tuple((name, np.dtype(kind)) for name, kind in self.columns.items())


class Batch(SimpleNamespace):
    """Notices of one kind as arrays of equal length; `len(batch)` tells how many."""

    day: Array

    def __len__(self) -> int:
        return len(self.day)


class Board:
    """The notices of one shard: this step's, the last step's, and a rolling hash of all that ever hung here."""

    def __init__(self, kinds: Mapping[str, Notice]) -> None:
        self.kinds = kinds
        self.digests = {kind: bytes(16) for kind in kinds}
        self.kept: dict[str, list[dict[str, Array]]] = {k: [] for k, n in kinds.items() if n.keep}
        self.listeners: list[Any] = []
        self._empty = {kind: _batch(notice, []) for kind, notice in kinds.items()}
        self._read: dict[str, Batch] = {}
        self.now: dict[str, list[dict[str, Array]]] = {}
        self.before: dict[str, list[dict[str, Array]]] = {}

    def turn(self) -> None:
        """A new step begins: what hung here becomes the last step's."""
        self.before, self.now = self.now, {}
        self._read = {}

    def post(self, kind: str, columns: Mapping[str, Array]) -> None:
        """Hang a batch; it is frozen from here on."""
        notice = self.kinds[kind]
        if columns.keys() != notice.columns.keys():
            missing = sorted(set(notice.columns) ^ set(columns))
            raise OwnershipError(
                f"notice '{kind}' must have the columns {list(notice.columns)}; check {missing}"
            )
        if not len(columns["day"]):
            return
        rows, content = {}, blake2b(self.digests[kind], digest_size=16)
        for name, dtype in notice.types:
            array = np.ascontiguousarray(columns[name], dtype)
            array.setflags(write=False)
            rows[name] = array
            content.update(array)  # type: ignore[arg-type]
        self.digests[kind] = content.digest()
        self.now.setdefault(kind, []).append(rows)
        self._read.pop(kind, None)
        if notice.keep:
            self.kept[kind].append(rows)
        for listener in self.listeners:
            listener(kind, rows)

    def hear(self, kind: str) -> Batch:
        """Notices of this step of one kind, in order of posting."""
        found = self._read.get(kind)
        if found is None:
            found = self._read[kind] = self._gather(kind, self.now)
        return found

    def heard(self, kind: str) -> Batch:
        """The last step's notices of a kind."""
        return self._gather(kind, self.before)

    def _gather(self, kind: str, hung: dict[str, list[dict[str, Array]]]) -> Batch:
        rows = hung.get(kind)
        return _batch(self.kinds[kind], rows) if rows else self._empty[kind]

    def parts(self) -> dict[str, Array]:
        """The board's state: rolling hashes, and the notices still to be heard."""
        held: dict[str, Array] = {}
        for kind in sorted(self.kinds):
            held[f"digest:{kind}"] = np.frombuffer(self.digests[kind], np.uint8)
            for name, array in vars(self._gather(kind, self.now)).items():
                held[f"now:{kind}:{name}"] = array
        return held

    def restore(self, parts: Mapping[str, Array]) -> None:
        """Put back what `parts` gave."""
        self.now, self.before, self._read = {}, {}, {}
        for kind, notice in self.kinds.items():
            self.digests[kind] = parts[f"digest:{kind}"].tobytes()
            rows = {name: parts[f"now:{kind}:{name}"] for name in notice.columns}
            if len(rows["day"]):
                self.now[kind] = [rows]


def _batch(notice: Notice, rows: list[dict[str, Array]]) -> Batch:
    if len(rows) == 1:
        return Batch(**rows[0])
    empty = [np.zeros(0, dtype) for dtype in notice.columns.values()]
    whole = {
        name: np.concatenate([r[name] for r in rows]) if rows else blank
        for (name, _), blank in zip(notice.columns.items(), empty, strict=True)
    }
    return Batch(**whole)


def unknown_kind(process: str, kind: str, known: list[str]) -> OwnershipError:
    """The error for a notice that nobody declared."""
    return OwnershipError(
        f"{process} uses notice '{kind}' but does not declare it{did_you_mean(kind, known)}"
    )
