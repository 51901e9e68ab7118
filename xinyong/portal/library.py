"""The run folders that a portal shows, by key; a damaged one says so and harms no other."""

import datetime as dt
import re
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from xinyong.errors import RunError, XinyongError, did_you_mean
from xinyong.lab.exposure import Exposure, exposure
from xinyong.lab.lookup import Portal
from xinyong.lab.results import Run, open_run
from xinyong.lab.street_map import StreetMap, open_map
from xinyong.lab.validate import Row, validate

MOST_MAPS, TRUSTED_SECONDS = 24, 10.0


class NotHere(RunError):  # noqa: N818
    """There is nothing of this name: an answer of 404."""


@dataclass(frozen=True)
class Entry:
    """One run folder as the first page shows it; `problem` says why it cannot be opened, if so."""

    key: str
    scenario: str = ""
    persons: int = 0
    organisations: int = 0
    scale: float = 0.0
    seed: int = 0
    replicates: int = 0
    start: str = ""
    end: str = ""
    version: str = ""
    rulebook_hash: str = ""
    problem: str = ""


class Library:
    """Runs by key. Keys are made here: no text of a reader ever becomes a path."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = _keyed(folders)
        self._runs: dict[str, Run] = {}
        self._portals: dict[str, Portal] = {}
        self._rows: dict[str, list[Row]] = {}
        self._maps: OrderedDict[tuple[str, dt.date, str | None], StreetMap] = OrderedDict()
        self._exposed: dict[tuple[str, int, dt.date], Exposure] = {}
        self._entries: dict[str, tuple[float, Entry]] = {}
        self._lock = RLock()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all folders, damaged ones too."""
        return tuple(self._folders)

    @property
    def first(self) -> str:
        """The first run that can be opened; empty if there is none."""
        return next((entry.key for entry in self.entries() if not entry.problem), "")

    def path(self, key: str) -> Path:
        """The folder of a key. Raises NotHere with the nearest key."""
        if key not in self._folders:
            raise NotHere(f"there is no run '{key[:60]}' here{did_you_mean(key[:60], self._folders)}")
        return self._folders[key]

    def run(self, key: str) -> Run:
        """An open run. Raises NotHere, or RunError for a damaged folder."""
        with self._lock:
            if key not in self._runs:
                opened = open_run(self.path(key))
                if not opened.measures:
                    raise RunError(f"{key}: the weekly table counts nothing")
                self._runs[key] = opened
            return self._runs[key]

    def portal(self, key: str) -> Portal:
        """The public sites of a run."""
        with self._lock:
            if key not in self._portals:
                self._portals[key] = Portal(self.run(key))
            return self._portals[key]

    def compared(self, key: str) -> list[Row]:
        """Published figures beside the run's, worked out once."""
        with self._lock:
            if key not in self._rows:
                self._rows[key] = validate(self.run(key))
            return self._rows[key]

    def chart(self, key: str, on: dt.date | None, province: str | None = None) -> StreetMap:
        """The map of debtors of a run on a day; the last few are kept."""
        wanted = (key, self.portal(key).day(on), province)
        with self._lock:
            if wanted not in self._maps:
                self._maps[wanted] = open_map(self.run(key), wanted[1], province)
                while len(self._maps) > MOST_MAPS:
                    self._maps.popitem(last=False)
            self._maps.move_to_end(wanted)
            return self._maps[wanted]

    def exposed(self, key: str, chart: StreetMap, opens: dt.date | None) -> Exposure:
        """How exposed the listed of a chart are, worked out once."""
        wanted = (key, chart.shard, chart.on)
        with self._lock:
            if wanted not in self._exposed:
                if len(self._exposed) >= 64 * MOST_MAPS:
                    self._exposed.clear()
                self._exposed[wanted] = exposure(self.portal(key), chart, opens)
            return self._exposed[wanted]

    def entries(self) -> Iterator[Entry]:
        """Every folder, with what is wrong with it if something is."""
        for key in self._folders:
            known, entry = self._entries.get(key, (-TRUSTED_SECONDS, None))
            if entry is None or time.monotonic() - known > TRUSTED_SECONDS:
                entry = self._entry(key)
                self._entries[key] = time.monotonic(), entry
            yield entry

    def _entry(self, key: str) -> Entry:
        try:
            m = self.run(key).manifest
            return Entry(
                key, str(m["scenario"]), int(m["persons"]), int(m["organisations"]), float(m["scale"]), int(m["seed"]),
                int(m["replicates"]), str(m["start"]), str(m["end"]), str(m["version"]), str(m["rulebook_hash"]),
            )  # fmt: skip
        except (XinyongError, KeyError, TypeError, ValueError) as problem:
            told = str(problem) if isinstance(problem, XinyongError) else f"the manifest lacks {problem}"
            return Entry(key, problem=self.hide(told))

    def hide(self, told: str) -> str:
        """A complaint with keys in place of folders."""
        for key, folder in self._folders.items():
            told = told.replace(str(folder.resolve()), key).replace(str(folder), key)
        return told


def find_runs(place: Path) -> list[Path]:
    """Run folders inside a folder, the newest first."""
    found = [path.parent for path in place.glob("*/manifest.json")] if place.is_dir() else []
    return sorted(found, key=lambda path: (path / "manifest.json").stat().st_mtime, reverse=True)


def _keyed(folders: Sequence[Path]) -> dict[str, Path]:
    keyed: dict[str, Path] = {}
    for folder in folders:
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip(".-")[:60] or "run"
        key, n = name, 2
        while key in keyed:
            key, n = f"{name}-{n}", n + 1
        keyed[key] = folder
    return keyed
