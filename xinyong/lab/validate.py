"""Hold a run against published figures: one row a figure, and the figures of May 2019 as a prediction."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from xinyong.errors import TargetError
from xinyong.lab import published
from xinyong.lab.forecast import HeldOut, Naive, Prediction, held_out, reaches_held_out
from xinyong.lab.published import COUNTERS, LAST_FOR_TESTS, Published, inside, not_china
from xinyong.lab.results import Run, Values

__all__ = [
    "COUNTERS",
    "LAST_FOR_TESTS",
    "Flow",
    "HeldOut",
    "Naive",
    "Prediction",
    "Published",
    "Row",
    "flows",
    "held_out",
    "not_china",
    "reaches_held_out",
    "tally",
    "validate",
]

FLOOR = 0.10
MAY = ("2018-04-30", "2018-05-31")
INTERCEPTION = ("2014-06-30", "2014-08-03")
BULLETIN = "Credit China, monthly blacklist report of May 2018 (caifu60580.cn)"
ALL_LISTS = "published for all joint-punishment lists, by entity; the run counts cases of the court list"
XINHUA = "Xinhua 2014-08-10 in China Youth Daily 2014-08-11 (zqb.cyol.com)"


@dataclass(frozen=True)
class Row:
    """One published figure beside what the run gives; `within` is empty where nothing is judged."""

    date: dt.date
    earliest: dt.date | None
    latest: dt.date | None
    counter: str
    measure: str
    published: float
    simulated: float | None
    two_se: float | None
    relative_error: float | None
    tolerance: float
    within: bool | None
    usable: bool
    reason: str
    held_out: bool
    observation_error: float
    unit: str
    source: str
    confidence: str
    notes: str


@dataclass(frozen=True)
class Flow:
    """One published flow or ratio beside the run's."""

    period: str
    what: str
    published: float
    simulated: float | None
    unit: str
    comparable: bool
    note: str
    source: str


def validate(run: Run, targets_csv: str | Path | None = None) -> list[Row]:
    """Compare a run with the packaged series, or with a scholar's own."""
    figures = published.published(targets_csv)
    if targets_csv is not None:
        _refuse_other_dates(run, figures, str(targets_csv))
    small = "" if targets_csv is not None else not_china(run)
    return [_row(run, figure, small) for figure in figures]


def tally(rows: Sequence[Row]) -> tuple[int, int]:
    """Count the rows that agree, and the rows that could."""
    judged = [row.within for row in rows if row.within is not None]
    return sum(judged), len(judged)


def _refuse_other_dates(run: Run, figures: Sequence[Published], where: str) -> None:
    """Say which dates of a scholar's file the run does not reach."""
    outside = sorted({figure.date for figure in figures if not inside(run, figure.date)})
    if outside:
        days = ", ".join(str(day) for day in outside[:5])
        raise TargetError(
            f"{where}: {days} lie(s) outside the run, which goes from {run.dates[0]} to {run.dates[-1]}; "
            "take these rows out, or run a scenario that reaches them"
        )


def _row(run: Run, figure: Published, small: str) -> Row:
    """Compare one figure."""
    values, reason = None, small or figure.reason
    if not inside(run, figure.date):
        reason = reason or "outside the dates of this run"
    elif not run.has(figure.measure):
        reason = reason or "not counted in this run"
    elif not small:
        values = _simulated(run, figure)
    return _judged(figure, values, reason)


def _simulated(run: Run, figure: Published) -> Values:
    """Give the run's values on the figure's day; where only an interval is known, on its nearest day."""
    first, last = (figure.earliest or figure.date, figure.latest or figure.date)
    if first == last or not (inside(run, first) and inside(run, last)):
        return run.at(figure.measure, str(figure.date))
    days = [str(first + dt.timedelta(days=n)) for n in range((last - first).days + 1)]
    values = np.stack([run.at(figure.measure, day) for day in days])
    return cast("Values", values[np.abs(values.mean(axis=1) - figure.value).argmin()])


def _judged(figure: Published, values: Values | None, reason: str) -> Row:
    """Work out error and tolerance: the widest of 10 %, the error of observation and two standard errors."""
    mean = None if values is None else float(values.mean())
    two_se = None
    if values is not None and values.size > 1:
        two_se = 2 * float(values.std(ddof=1)) / math.sqrt(values.size)
    error = mean / figure.value - 1 if mean is not None and figure.value else None
    share = two_se / figure.value if two_se is not None and figure.value else 0.0
    tolerance = max(FLOOR, figure.observation_error, share)
    usable = figure.usable and mean is not None
    within = abs(error) <= tolerance if usable and error is not None else None
    names = ["date", "counter", "measure", "unit", "source", "confidence", "notes"]
    names += ["held_out", "observation_error", "earliest", "latest"]
    told: dict[str, Any] = {name: getattr(figure, name) for name in names}
    return Row(
        **told,
        published=figure.value,
        simulated=mean,
        two_se=two_se,
        relative_error=error,
        tolerance=tolerance,
        within=within,
        usable=usable,
        reason=reason,
    )


def flows(run: Run) -> list[Flow]:
    """Compare the published flows of May 2018 and the attempts per person of July 2014 with the run."""
    other = ALL_LISTS
    whole = not not_china(run)
    rows = [
        ("2018-05", "entities newly listed", 218_013, _new_parties(run), "parties", whole, ""),
        ("2018-05", "exits from the lists", 126_790, _exits(run), "cases", False, other),
        ("2018-05", "natural persons among the newly listed", 0.849, _natural(run), "share", True, ""),
        ("2018-05", "listings per entity", 12_950_000 / 8_400_000, _multiplicity(run), "ratio", False, other),
        ("2014-07", "air attempts per person refused", 108_000 / 12_389, _attempts(run), "ratio", True, ""),
    ]
    return [
        Flow(
            period,
            what,
            value,
            simulated,
            unit,
            comparable and simulated is not None,
            remark,
            XINHUA if period == "2014-07" else BULLETIN,
        )
        for period, what, value, simulated, unit, comparable, remark in rows
    ]


def _change(run: Run, measure: str, span: tuple[str, str]) -> float | None:
    """Give how much a counter grew between two days, as the mean of the replicates."""
    first, last = (dt.date.fromisoformat(day) for day in span)
    if not (run.has(measure) and inside(run, first) and inside(run, last)):
        return None
    return float((run.at(measure, span[1]) - run.at(measure, span[0])).mean())


def _new_parties(run: Run) -> float | None:
    """Count parties listed for the first time in May 2018."""
    return _change(run, "listed_parties_cum", MAY)


def _exits(run: Run) -> float | None:
    """Count cases that left the list in May 2018."""
    parts = [_change(run, f"{name}_cum", MAY) for name in ("performed", "terminated", "expired", "corrected")]
    return None if None in parts else sum(part for part in parts if part is not None)


def _natural(run: Run) -> float | None:
    """Give the share of natural persons among the parties listed in May 2018."""
    if not (run.path / "episodes.parquet").is_file():
        return None
    found = run.table(
        "SELECT count(DISTINCT (replicate, party)) AS parties, "
        "count(DISTINCT (replicate, party)) FILTER (WHERE kind = 'person') AS persons "
        f"FROM episodes WHERE published_date > DATE '{MAY[0]}' AND published_date <= DATE '{MAY[1]}'"
    )
    parties = float(found["parties"][0])
    return float(found["persons"][0]) / parties if parties else None


def _multiplicity(run: Run) -> float | None:
    """Give listings per party ever listed at the end of May 2018."""
    if not (run.has("listings_cum", "listed_parties_cum") and inside(run, dt.date.fromisoformat(MAY[1]))):
        return None
    parties = float(run.at("listed_parties_cum", MAY[1]).mean())
    return float(run.at("listings_cum", MAY[1]).mean()) / parties if parties else None


def _attempts(run: Run) -> float | None:
    """Give refused air attempts per person refused in the first 34 days."""
    attempts = _change(run, "air_refused_attempts_cum", INTERCEPTION)
    persons = _change(run, "air_refused_persons_cum", INTERCEPTION)
    return attempts / persons if attempts is not None and persons else None
