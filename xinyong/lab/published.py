"""Published figures as rows: what was counted, when, by whom, and whether a test may use it."""

import csv
import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from xinyong.errors import TargetError
from xinyong.lab.results import Run

CHINA_AT_LEAST = 1.2e9
LAST_FOR_TESTS = dt.date(2018, 6, 30)
COUNTERS = {
    "listed_cum": "listings_cum",
    "air_refused_cum": "air_refused_attempts_cum",
    "train_refused_cum": "high_speed_rail_refused_attempts_cum",
    "barred_exec_cum": "executive_post_refused_attempts_cum",
    "complied_cum": "performed_cum",
    "currently_listed": "listed_parties_now",
}


@dataclass(frozen=True)
class Published:
    """One published figure: real listings, attempts or persons on one day."""

    date: dt.date
    counter: str
    value: float
    precision: str
    source: str
    confidence: str
    notes: str
    unit: str
    usable: bool = True
    reason: str = ""
    observation_error: float = 0.0
    held_out: bool = False
    earliest: dt.date | None = None
    latest: dt.date | None = None
    counts: str = ""

    @property
    def measure(self) -> str:
        """Name the measure of a run that counts the same thing."""
        return self.counts or COUNTERS[self.counter]


def published(targets_csv: str | Path | None = None) -> list[Published]:
    """Read the packaged series, or a scholar's own file with the same columns."""
    if targets_csv is not None:
        return list(_own(Path(targets_csv)))
    folder = resources.files("xinyong.targets")
    content = yaml.safe_load(folder.joinpath("targets.yaml").read_text(encoding="utf-8"))
    marks = _marks(content)
    lines = folder.joinpath("laolai_series.csv").read_text(encoding="utf-8").splitlines()
    series = [_marked(row, marks) for row in _rows(csv.DictReader(lines), "laolai_series.csv")]
    single = (content.get("statistics") or {}).items()
    return series + [_statistic(name, row) for name, row in single if row.get("value") is not None]


def _statistic(name: str, row: dict[str, Any]) -> Published:
    """Read one figure of `statistics` in targets.yaml; it stands beside any measure of a run."""
    where = f"targets.yaml, statistics, {name}"
    try:
        date, value, counts = (
            dt.date.fromisoformat(str(row["date"])),
            float(row["value"]),
            str(row["measure"]),
        )
        error = float(row.get("observation_error", 0.0))
    except (KeyError, ValueError, TypeError) as problem:
        raise TargetError(f"{where}: {problem}; a statistic has date, measure and value") from problem
    if not math.isfinite(value) or value < 0:
        raise TargetError(f"{where}: {row['value']} is not a count")
    held = date > LAST_FOR_TESTS
    source, unit, reason = (str(row.get(key) or "") for key in ("source", "unit", "reason"))
    usable = bool(row.get("usable")) and not held
    told = Published(date, name, value, "day", source, "", "", unit, usable, reason, error, held)
    return replace(told, counts=counts, earliest=row.get("earliest"), latest=row.get("latest"))


def _marks(content: Any) -> dict[tuple[str, str, float], dict[str, Any]]:
    """Arrange the marks of targets.yaml by date, counter and value."""
    rows = content["rows"] if isinstance(content, dict) else content
    return {(str(row["date"]), str(row["counter"]), float(row["value"])): row for row in rows}


def _marked(row: Published, marks: dict[tuple[str, str, float], dict[str, Any]]) -> Published:
    """Add to a figure whether a test may use it, and why not."""
    mark = marks.get((str(row.date), row.counter, row.value), {})
    held = bool(mark.get("held_out", row.date > LAST_FOR_TESTS))
    return replace(
        row,
        usable=bool(mark.get("usable", False)) and not held,
        reason=str(mark.get("reason", "")),
        observation_error=float(mark.get("observation_error", 0.0)),
        held_out=held,
        earliest=mark.get("earliest"),
        latest=mark.get("latest"),
    )


def _own(file: Path) -> Iterator[Published]:
    """Read a file that a scholar brings; a table with one row a person is refused."""
    from xinyong import guard

    if not file.is_file():
        raise TargetError(f"{file}: there is no such file")
    guard.check_table(file, "targets")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in _rows(csv.DictReader(lines), str(file)):
            yield row if row.date <= LAST_FOR_TESTS else _after(row)


def _after(row: Published) -> Published:
    """Mark a figure dated after the last day for tests as a prediction."""
    why = f"dated after {LAST_FOR_TESTS}: a prediction, never a target"
    return replace(row, usable=False, reason=why, held_out=True)


def _rows(reader: "csv.DictReader[str]", where: str) -> Iterator[Published]:
    """Give one figure for each filled cell."""
    names = list(reader.fieldnames or ())
    if "as_of_date" not in names or not set(names) & set(COUNTERS):
        wanted = ", ".join(COUNTERS)
        raise TargetError(f"{where}: needs a column as_of_date and at least one of {wanted}")
    for number, row in enumerate(reader, start=2):
        for counter in COUNTERS:
            if (row.get(counter) or "").strip():
                yield _figure(row, counter, f"{where}, line {number}")


def _figure(row: dict[str, str], counter: str, where: str) -> Published:
    """Turn one cell into a figure."""
    try:
        date = dt.date.fromisoformat(row["as_of_date"].strip())
        value = float(row[counter])
    except ValueError as problem:
        raise TargetError(f"{where}, {counter}: {problem}; dates are like 2018-06-30") from problem
    if not math.isfinite(value) or value < 0:
        raise TargetError(f"{where}, {counter}: {row[counter]} is not a count")
    names = ("date_precision", "source", "confidence", "notes", "unit")
    precision, source, confidence, notes, unit = ((row.get(name) or "").strip() for name in names)
    return Published(date, counter, value, precision or "day", source, confidence, notes, unit)


def inside(run: Run, date: dt.date) -> bool:
    """Say whether the run has a week end before and after a day."""
    return bool(run.dates[0] <= np.datetime64(date) <= run.dates[-1])


def not_china(run: Run) -> str:
    """Say why national figures do not apply to a run of a town or a city; nothing if they do."""
    stands_for = float(run.manifest.get("persons", 0)) * run.scale
    return "" if stands_for >= CHINA_AT_LEAST else "the figure is for China, the run for a smaller place"
