"""Open a finished run: the only door to its tables, for reports, notebooks and comparisons.

A run folder is the record of one scenario, played once or several times over an invented society.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import RunError, did_you_mean

if TYPE_CHECKING:
    import duckdb

FORMATS = (1,)
TABLES = ("weekly", "episodes", "records", "sightings", "parties")
KEYS = ("synthetic", "replicate", "seed", "week", "date", "shard", "scale")

Days = NDArray[np.datetime64]
Values = NDArray[np.float64]
Table = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Bands:
    """One measure over time: the middle replicate and the range that most replicates stay in."""

    dates: Days
    lower: Values
    middle: Values
    upper: Values
    replicates: int


def open_run(path: str | Path) -> "Run":
    """Open a finished run folder, or say what is wrong with it."""
    folder = Path(path)
    manifest = _manifest(folder)
    version = manifest.get("format")
    if version not in FORMATS:
        known = ", ".join(str(number) for number in FORMATS)
        raise RunError(
            f"{folder}: written in format {version}, this version of xinyong reads format {known}; "
            "read it with the version named in its manifest, or run the scenario again"
        )
    if not manifest.get("finished", manifest.get("status") == "finished"):
        raise RunError(f"{folder}: this run is not finished; resume it or run it again before reading it")
    if not (folder / "weekly.parquet").is_file():
        raise RunError(f"{folder}: weekly.parquet is missing; run the scenario again")
    return Run(folder, manifest)


def _manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a folder."""
    file = folder / "manifest.json"
    if not file.is_file():
        raise RunError(f"{folder}: not a run folder (it holds no manifest.json); give a folder a run wrote")
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise RunError(f"{file}: cannot be read ({problem}); the run folder is damaged") from problem
    if not isinstance(manifest, dict):
        raise RunError(f"{file}: should hold named values; the run folder is damaged")
    return manifest


class Run:
    """A finished run: what was played, and its tables."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.path = folder
        self.manifest = manifest
        self._read: dict[tuple[str, str], tuple[Days, Values]] = {}
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __repr__(self) -> str:
        return f"<Run {self.path}: {self.manifest.get('scenario', '?')}, {self.replicates} replicate(s)>"

    @property
    def scale(self) -> float:
        """Tell how many real persons one invented person stands for."""
        return float(self.manifest.get("scale", 1.0))

    @property
    def replicates(self) -> int:
        """Tell how many times the scenario was played, each time with another seed."""
        return int(self.manifest.get("replicates", 1))

    @cached_property
    def dictionary(self) -> dict[str, Any]:
        """Give type, unit and meaning of every column of every table."""
        file = self.path / "dictionary.json"
        try:
            return cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as problem:
            raise RunError(f"{file}: cannot be read ({problem})") from problem

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Name every weekly measure, in the order of the table."""
        return tuple(name for name in self._columns("weekly") if name not in KEYS)

    @cached_property
    def dates(self) -> Days:
        """Give the Sundays on which the weeks end."""
        found = self.table("SELECT DISTINCT CAST(date AS DATE) AS day FROM weekly ORDER BY day")
        return cast("Days", found["day"].astype("datetime64[D]"))

    def has(self, *measures: str) -> bool:
        """Say whether the run counted all these measures."""
        return set(measures) <= set(self.measures)

    def table(self, sql: str) -> Table:
        """Answer a question in SQL over the views weekly, episodes, records, sightings and parties."""
        import duckdb

        try:
            # A cursor of its own, so that threads may ask at once; fetchnumpy gives masked arrays where a value may
            # be missing
            return dict(self._duckdb().cursor().execute(sql).fetchnumpy())
        except duckdb.Error as problem:
            raise RunError(f"{self.path}: {problem}") from problem

    def weekly(self, *measures: str, shard: str = "all") -> Table:
        """Give weekly columns as arrays, one entry a replicate and week, in that order."""
        wanted = measures or self.measures
        for name in wanted:
            self._known(name)
        columns = ", ".join(f'"{name}"' for name in ("replicate", "week", *wanted))
        place = shard.replace("'", "''")
        rows = self.table(
            f"SELECT CAST(date AS DATE) AS date, {columns} FROM weekly WHERE shard = '{place}' "
            "ORDER BY replicate, week"
        )
        if not rows["week"].size:
            raise RunError(f"{self.path}: there is no shard '{shard}'{did_you_mean(shard, self._shards())}")
        return rows

    def series(self, measure: str, shard: str = "all", *, scaled: bool = True) -> tuple[Days, Values]:
        """Give the week ends and one row of values a replicate; scaled up to real persons if asked."""
        days, values = self._series(measure, shard)
        return days, values * self.scale if scaled else values.copy()

    def _series(self, measure: str, shard: str) -> tuple[Days, Values]:
        """Read one measure once."""
        if (measure, shard) not in self._read:
            self._read[measure, shard] = self._read_series(measure, shard)
        return self._read[measure, shard]

    def _read_series(self, measure: str, shard: str) -> tuple[Days, Values]:
        """Arrange one measure as a row a replicate."""
        rows = self.weekly(measure, shard=shard)
        replicates = np.unique(rows["replicate"]).size
        if rows["week"].size % replicates:
            raise RunError(f"{self.path}: replicates have unequal numbers of weeks; the table is damaged")
        values = rows[measure].astype(np.float64).reshape(replicates, -1)
        days = cast("Days", rows["date"].astype("datetime64[D]")[: values.shape[1]])
        return days, values

    def bands(
        self,
        measure: str,
        lower: float = 0.1,
        upper: float = 0.9,
        *,
        shard: str = "all",
        scaled: bool = True,
    ) -> Bands:
        """Give the middle replicate and the range between two shares of the replicates."""
        days, values = self.series(measure, shard, scaled=scaled)
        low, middle, high = np.quantile(values, [lower, 0.5, upper], axis=0)
        return Bands(days, low, middle, high, values.shape[0])

    def at(self, measure: str, date: str | np.datetime64, *, scaled: bool = True) -> Values:
        """Give one value a replicate on a day, on the straight line between two week ends."""
        days, values = self.series(measure, scaled=scaled)
        day = np.datetime64(str(date), "D")
        if not days[0] <= day <= days[-1]:
            raise RunError(f"{self.path}: {day} is outside the run, which goes from {days[0]} to {days[-1]}")
        x, known = day.astype(np.int64), days.astype(np.int64)
        return np.array([np.interp(x, known, row) for row in values], dtype=np.float64)

    def last(self, measure: str, *, scaled: bool = True) -> Values:
        """Give one value a replicate on the last day of the run."""
        return self.series(measure, scaled=scaled)[1][:, -1]

    def to_pandas(self, name: str = "weekly") -> Any:
        """Give a whole table as a pandas frame, where pandas is installed."""
        if name not in TABLES:
            raise RunError(f"there is no table '{name}'{did_you_mean(name, TABLES)}")
        try:
            import pandas  # type: ignore[import-untyped, import-not-found, unused-ignore]
        except ImportError as problem:
            raise RunError("pandas is not installed; use .table(sql), which gives numpy arrays") from problem
        return pandas.DataFrame(self.table(f"SELECT * FROM {name}"))

    def _known(self, measure: str) -> None:
        """Refuse a measure that the run did not count."""
        if measure not in self.measures:
            raise RunError(f"{self.path}: no measure '{measure}'{did_you_mean(measure, self.measures)}")

    def _shards(self) -> list[str]:
        """Name the places that have rows of their own."""
        return [str(name) for name in self.table("SELECT DISTINCT shard FROM weekly ORDER BY shard")["shard"]]

    def _columns(self, name: str) -> list[str]:
        """Name the columns of a table."""
        return [str(column) for column in self.table(f"DESCRIBE {name}")["column_name"]]

    def _duckdb(self) -> "duckdb.DuckDBPyConnection":
        """Connect once, with the tables as views and nothing else readable."""
        if self._connection is None:
            self._connection = _connect(self.path)
        return self._connection

    def _repr_html_(self) -> str:
        """Show a summary and a small drawing in a notebook."""
        facts = "".join(
            f"<tr><th>{escape(key)}</th><td>{escape(str(self.manifest.get(key, '')))}</td></tr>"
            for key in ("scenario", "seed", "replicates", "persons", "scale", "start", "end", "version")
        )
        name = "listings_cum" if self.has("listings_cum") else self.measures[0]
        return (
            f"<div><b>{escape(str(self.path))}</b> · every person is invented<table>{facts}</table>"
            f"<div>{escape(name)}</div>{sparkline(self.series(name)[1].mean(axis=0))}</div>"
        )


def _connect(folder: Path) -> "duckdb.DuckDBPyConnection":
    """Open a connection that sees the tables of one run folder and no other file."""
    import duckdb

    where = folder.resolve()
    connection = duckdb.connect()
    try:
        for name in TABLES:
            file = where / f"{name}.parquet"
            if file.is_file():
                quoted = str(file).replace("'", "''")
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted}')")
        place = str(where).replace("'", "''")
        connection.execute(f"SET allowed_directories = ['{place}']")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as problem:
        said = str(problem).splitlines()[0]  # what follows quotes the query, cut anywhere
        raise RunError(f"{folder}: a table is damaged ({said}); run the scenario again") from problem
    return connection


def sparkline(values: Values, width: int = 240, height: int = 40) -> str:
    """Draw one series as a small line."""
    top = float(values.max()) or 1.0
    step = width / max(values.size - 1, 1)
    drop = (height - 4) / top
    points = " ".join(f"{i * step:.1f},{height - 2 - v * drop:.1f}" for i, v in enumerate(values))
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f'<polyline points="{points}" fill="none" stroke="#9c3a2b" stroke-width="1.5"/></svg>'
    )
