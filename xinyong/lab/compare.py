"""Two worlds beside each other: what differs in the plan, from when on, and by how much.

Replicates with the same seed meet the same luck, so the difference inside a pair comes from the rules alone.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import RunError
from xinyong.lab.results import Days, Run, Values

SAME_WORLD = ("seeds", "recipe", "persons", "organisations", "scale", "start")
PLAN = ("scenario", "scenario_hash", "rulebook_hash", "sets", "processes", "weeks", "end", "version")


@dataclass(frozen=True)
class Change:
    """One fact of the manifest that is not the same in both runs."""

    fact: str
    a: str
    b: str


@dataclass(frozen=True)
class Difference:
    """One measure on one day in both worlds, scaled up; the band is that of the paired differences."""

    date: str
    measure: str
    a: float
    b: float
    difference: float
    lower: float | None
    upper: float | None
    pairs: int


@dataclass(frozen=True)
class Comparison:
    """What `compare` found."""

    a: str
    b: str
    paired: bool
    changes: tuple[Change, ...]
    first_date: str | None
    first_measures: tuple[str, ...]
    rows: tuple[Difference, ...]

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.rows)


def compare(
    run_a: Run,
    run_b: Run,
    dates: dt.date | str | Sequence[dt.date | str] | None = None,
    *,
    measures: Sequence[str] | None = None,
    lower: float = 0.1,
    upper: float = 0.9,
    unpaired: bool = False,
) -> Comparison:
    """Compare two runs of the same society under different rules, on chosen days or the last they share."""
    clash = _changes(run_a, run_b, SAME_WORLD)
    if clash and not unpaired:
        told = "; ".join(f"{change.fact}: {change.a} and {change.b}" for change in clash)
        raise RunError(
            f"{run_a.path} and {run_b.path} differ in more than rules ({told}); "
            "run both with the same seed, recipe and scale, or ask for an unpaired comparison"
        )
    names = list(measures) if measures is not None else [name for name in run_a.measures if run_b.has(name)]
    common = _common_dates(run_a, run_b)
    first_date, first = _first_difference(run_a, run_b, names, common)
    days = _days(dates, common)
    rows = [row for name in names for row in _rows(run_a, run_b, name, days, (lower, upper), not clash)]
    plan = _changes(run_a, run_b, (*SAME_WORLD, *PLAN))
    return Comparison(
        str(run_a.path), str(run_b.path), not clash, tuple(plan), first_date, tuple(first), tuple(rows)
    )


def _changes(run_a: Run, run_b: Run, facts: Sequence[str]) -> list[Change]:
    """List the facts of the manifests that differ."""
    pairs = [(fact, run_a.manifest.get(fact), run_b.manifest.get(fact)) for fact in facts]
    return [Change(fact, _text(a), _text(b)) for fact, a, b in pairs if a != b]


def _text(value: Any) -> str:
    """Write a fact in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _common_dates(run_a: Run, run_b: Run) -> Days:
    """Give the week ends that both runs have."""
    common = np.intersect1d(run_a.dates, run_b.dates)
    if not common.size:
        raise RunError(f"{run_a.path} and {run_b.path} have no week in common")
    return common


def _days(dates: dt.date | str | Sequence[dt.date | str] | None, common: Days) -> list[np.datetime64]:
    """Give the days to compare on: those asked for, or the last week end that both runs have."""
    if dates is None:
        return [np.datetime64(str(common[-1]), "D")]
    asked = [dates] if isinstance(dates, (str, dt.date)) else dates
    return [np.datetime64(str(day), "D") for day in asked]


def _both(run_a: Run, run_b: Run, name: str) -> tuple[Days, Values, Days, Values]:
    """Read one measure in both runs, scaled up."""
    days_a, a = run_a.series(name)
    days_b, b = run_b.series(name)
    return days_a, a, days_b, b


def _first_difference(
    run_a: Run, run_b: Run, names: Sequence[str], common: Days
) -> tuple[str | None, list[str]]:
    """Find the first week in which any measure differs in any replicate, and the measures that do."""
    found: dict[str, int] = {}
    for name in names:
        days_a, a, days_b, b = _both(run_a, run_b, name)
        a, b = a[:, np.isin(days_a, common)], b[:, np.isin(days_b, common)]
        if a.shape[0] != b.shape[0]:
            a, b = a.mean(axis=0, keepdims=True), b.mean(axis=0, keepdims=True)
        weeks = np.flatnonzero((a != b).any(axis=0))
        if weeks.size:
            found[name] = int(weeks[0])
    if not found:
        return None, []
    first = min(found.values())
    return str(common[first]), [name for name, week in found.items() if week == first]


def _rows(
    run_a: Run,
    run_b: Run,
    name: str,
    days: Sequence[np.datetime64],
    shares: tuple[float, float],
    paired: bool,
) -> list[Difference]:
    """Compare one measure on chosen days."""
    sets = _both(run_a, run_b, name)
    rows = []
    for day in days:
        a, b = _on(sets[0], sets[1], day, run_a), _on(sets[2], sets[3], day, run_b)
        low, high = _band(a, b, shares) if paired and a.size > 1 else (None, None)
        pairs = a.size if paired else 0
        mean_a, mean_b = float(a.mean()), float(b.mean())
        rows.append(Difference(str(day), name, mean_a, mean_b, mean_b - mean_a, low, high, pairs))
    return rows


def _band(a: NDArray[np.float64], b: NDArray[np.float64], shares: tuple[float, float]) -> tuple[float, float]:
    """Give the range that most paired differences lie in."""
    low, high = np.quantile(b - a, shares)
    return float(low), float(high)


def _on(days: Days, values: Values, day: np.datetime64, run: Run) -> Values:
    """Give one value a replicate on a day."""
    if not days[0] <= day <= days[-1]:
        raise RunError(f"{run.path}: {day} is outside the run, which goes from {days[0]} to {days[-1]}")
    known = days.astype(np.int64)
    return np.array([np.interp(day.astype(np.int64), known, row) for row in values], dtype=np.float64)
