"""The figures of 31 May 2019 as a prediction, beside lines that anybody could have drawn a year before."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import RunError
from xinyong.lab.published import LAST_FOR_TESTS, Published, inside, not_china, published
from xinyong.lab.results import Run

DATE = dt.date(2019, 5, 31)
LINE_FROM = {"complied_cum": dt.date(2016, 11, 1)}
LINE_FROM_OTHERS = dt.date(2017, 12, 31)
CONTESTED = dt.date(2018, 5, 31)
MONTH = 365.25 / 12
METHODS = ("line", "line in logs", "last month")


@dataclass(frozen=True)
class Naive:
    """A figure for May 2019 that needs no theory: a line through what was published by June 2018."""

    method: str
    with_break: bool
    value: float
    error: float
    used: str


@dataclass(frozen=True)
class Prediction:
    """One counter on 31 May 2019: published, predicted by the run, and predicted by lines."""

    counter: str
    published: float
    source: str
    simulated: float
    lower: float
    upper: float
    crps: float
    naive: tuple[Naive, ...]

    @property
    def error(self) -> float:
        """Tell by what share the run lies above what was published."""
        return self.simulated / self.published - 1


@dataclass(frozen=True)
class HeldOut:
    """All counters on 31 May 2019, and whether the run beats every line."""

    date: dt.date
    replicates: int
    rows: tuple[Prediction, ...]

    def beats(self, method: str, with_break: bool) -> bool:
        """Say whether the run beats one line on air refusals and is no worse than it on the others."""
        pairs = [(row, _of(row, method, with_break)) for row in self.rows]
        better = {row.counter: abs(row.error) < abs(line.error) for row, line in pairs}
        ties = all(abs(row.error) <= abs(line.error) for row, line in pairs)
        return better.get("air_refused_cum", False) and ties

    @property
    def skill(self) -> bool:
        """Say whether the run beats every line."""
        return all(self.beats(method, june) for method in METHODS for june in (True, False))


def _of(row: Prediction, method: str, with_break: bool) -> Naive:
    """Find one naive line."""
    return next(line for line in row.naive if (line.method, line.with_break) == (method, with_break))


def held_out(run: Run, lower: float = 0.1, upper: float = 0.9) -> HeldOut:
    """Give what the run predicts for 31 May 2019; refuse a run that does not reach that day."""
    if not inside(run, DATE):
        raise RunError(f"{run.path}: the run does not reach {DATE}, so it predicts nothing for that day")
    if not_china(run):
        raise RunError(f"{run.path}: {not_china(run)}")
    figures = published()
    known = [row for row in figures if row.date <= LAST_FOR_TESTS]
    targets = [row for row in figures if row.date == DATE and run.has(row.measure) and not row.counts]
    rows = tuple(_prediction(run, row, known, (lower, upper)) for row in targets)
    return HeldOut(DATE, run.replicates, rows)


def reaches_held_out(run: Run) -> bool:
    """Say whether a run stands for China and reaches 31 May 2019."""
    return inside(run, DATE) and not not_china(run)


def _prediction(
    run: Run, target: Published, known: list[Published], shares: tuple[float, float]
) -> Prediction:
    """Predict one counter."""
    values = run.at(target.measure, str(target.date))
    low, high = np.quantile(values, shares)
    rows = [row for row in known if row.counter == target.counter]
    return Prediction(
        target.counter,
        target.value,
        target.source,
        float(values.mean()),
        float(low),
        float(high),
        crps(values, target.value),
        tuple(_lines(rows, target)),
    )


def crps(values: NDArray[np.float64], truth: float) -> float:
    """Score a set of predictions against what happened; for a single prediction it is the absolute error."""
    apart = np.abs(values[:, None] - values[None, :]).mean() / 2
    return float(np.abs(values - truth).mean() - apart)


def _lines(rows: list[Published], target: Published) -> Iterator[Naive]:
    """Draw every line, with the jump of June 2018 taken as real and without it."""
    last = max(rows, key=lambda row: row.date)
    for with_break in (True, False):
        for method in METHODS:
            first, end = _span(rows, last, method, with_break)
            value = _extend(method, first, end, last)
            yield Naive(method, with_break, value, value / target.value - 1, f"{first.date} .. {end.date}")


def _span(
    rows: list[Published], last: Published, method: str, with_break: bool
) -> tuple[Published, Published]:
    """Choose the two published figures whose difference gives the slope.

    With the jump: up to 30 June 2018; for the last month from the reading of 31 May that makes a jump.
    Without it: nothing of June 2018; for the last month the two months since 30 April, whatever 31 May was.
    """
    before = [row for row in rows if row.date < last.date]
    if method == "last month":
        return (_lowest(before) if with_break else _newest(_calm(before))), last
    start = LINE_FROM.get(last.counter, LINE_FROM_OTHERS)
    first = min((row for row in rows if row.date >= start), key=lambda row: row.date)
    if with_break:
        return first, last
    later = [row for row in before if row.date > first.date]
    return first, _newest(later if last.counter in LINE_FROM else _calm(later) or later)


def _calm(rows: list[Published]) -> list[Published]:
    """Keep figures dated before the contested readings of 31 May 2018."""
    return [row for row in rows if row.date < CONTESTED]


def _lowest(rows: list[Published]) -> Published:
    """Give the figure with the last date, the lower reading where there are two."""
    return max(rows, key=lambda row: (row.date, -row.value))


def _newest(rows: list[Published]) -> Published:
    """Give the figure with the last date, the higher reading where there are two."""
    return max(rows, key=lambda row: (row.date, row.value))


def _extend(method: str, first: Published, end: Published, last: Published) -> float:
    """Carry the growth between two figures on, month by month, from the last figure to May 2019."""
    months, ahead = _months(first.date, end.date), _months(last.date, DATE)
    if method == "line in logs":
        return last.value * float((end.value / first.value) ** (ahead / months))
    return last.value + (end.value - first.value) * ahead / months


def _months(first: dt.date, last: dt.date) -> int:
    """Count months between two days, at least one."""
    return max(round((last - first).days / MONTH), 1)
