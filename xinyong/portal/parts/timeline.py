"""The timeline: the policy calendar as a slider over counters, lists, opinion and protest, with published points."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query

from xinyong.lab.results import Run
from xinyong.lab.tables import MARK
from xinyong.lab.validate import Row
from xinyong.portal.library import Library, NotHere
from xinyong.portal.parts.lookup import Day
from xinyong.portal.site import RunKey, Site

MOST = 8
GROUPS: dict[str, tuple[str, ...]] = {
    "counters": (
        "listings_cum", "air_refused_attempts_cum", "high_speed_rail_refused_attempts_cum", "performed_cum",
        "executive_post_refused_attempts_cum", "listed_parties_now",
    ),
    "lists": (
        "listed_persons_now", "listed_organisations_now", "black_parties_now", "red_entries_now", "records_live_now",
        "platform_records_now",
    ),
    "rights": (
        "wrongful_listed_now", "records_false_now", "corrected_cum", "late_deletions_cum", "objections_cum",
        "redress_filed_cum",
    ),
    "opinion": (
        "private_approve_now", "private_oppose_now", "voiced_approve_now", "voiced_oppose_now", "opinion_falsified_now",
        "shamed_persons_now", "learned_cum", "aware_residents_now",
    ),
    "protest": (
        "protests_cum", "grievance_petitions_cum", "grieved_now", "silenced_protests_cum", "repressed_cum",
        "compensated_cum", "detained_now", "backlash_cum",
    ),
}  # fmt: skip
Group = Annotated[str, Query(pattern=r"^[a-z]{1,12}$", description=f"one of {', '.join(GROUPS)}")]
Measures = Annotated[list[str] | None, Query(max_length=MOST, description="measures of your own choice")]


@dataclass(frozen=True)
class Step:
    """One dated step of policy."""

    date: dt.date
    precision: str
    name: str
    gloss: str
    body: str
    requirements: tuple[str, ...]
    grade: str


@dataclass(frozen=True)
class Point:
    """A published figure on the same axes, with its error and what the run has on that day."""

    date: dt.date
    value: float
    error: float
    simulated: float | None
    judged: bool
    held_out: bool
    source: str
    remark: str


@dataclass(frozen=True)
class Series:
    """One measure week by week, scaled up to real persons: the middle replicate, and the band of most of them."""

    measure: str
    unit: str
    meaning: str
    values: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    now: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Timeline:
    """Weeks, steps of policy and series."""

    synthetic: str
    run: str
    on: dt.date
    group: str
    groups: tuple[str, ...]
    scale: float
    replicates: int
    weeks: tuple[dt.date, ...]
    week: int
    steps: tuple[Step, ...]
    series: tuple[Series, ...]
    measures: tuple[str, ...]


def add(site: Site) -> None:
    """Add the timeline."""
    library = site.library

    def timeline(
        run: RunKey, on: Day = None, group: Group = "counters", measure: Measures = None,
    ) -> Timeline:  # fmt: skip
        return _timeline(library, run, on, group, measure or [])

    site.part(
        "/runs/{run}/timeline", "timeline.html", timeline, "Policy calendar, counters and published points"
    )


def _timeline(
    library: Library, key: str, on: dt.date | None, group: str, measures: Sequence[str]
) -> Timeline:
    if group not in GROUPS:
        raise NotHere(f"there is no group '{group}'; the groups are {', '.join(GROUPS)}")
    run, portal = library.run(key), library.portal(key)
    day = portal.day(on)
    groups = tuple(name for name, these in GROUPS.items() if any(run.has(m) for m in these))
    chosen = list(measures[:MOST]) or [m for m in GROUPS[group] if run.has(m)][:MOST]
    weeks = tuple(d.item() for d in run.dates)
    week = max((n for n, date in enumerate(weeks) if date <= day), default=0)
    rows = library.compared(key)
    steps = tuple(
        Step(e.date, e.precision, e.name, e.gloss, e.body, tuple(e.requirements), e.grade)
        for e in portal.book.calendar()
        if weeks[0] - dt.timedelta(days=400) <= e.date <= weeks[-1]
    )
    series = tuple(_series(run, measure, rows, week) for measure in chosen)
    return Timeline(
        MARK, key, day, "" if measures else group, groups, run.scale, run.replicates, weeks, week, steps, series,
        run.measures,
    )  # fmt: skip


def _series(run: Run, measure: str, rows: Sequence[Row], week: int) -> Series:
    told: dict[str, Any] = run.dictionary.get("weekly", {}).get(measure, {})
    bands = run.bands(measure)
    many = bands.replicates > 1
    middle = [float(v) for v in bands.middle]
    points = tuple(_point(row) for row in rows if row.measure == measure and _stands(row, run))
    return Series(
        measure, str(told.get("unit", "")), str(told.get("meaning", "")), tuple(middle),
        tuple(float(v) for v in bands.lower) if many else (), tuple(float(v) for v in bands.upper) if many else (),
        middle[week], points,
    )  # fmt: skip


def _stands(row: Row, run: Run) -> bool:
    """Whether a figure lies on the axes of this run."""
    first, last = (d.item() for d in run.dates[[0, -1]])
    return first <= row.date <= last and "smaller place" not in row.reason


def _point(row: Row) -> Point:
    return Point(
        row.date, row.published, row.observation_error, row.simulated, row.within is not None, row.held_out, row.source,
        row.reason,
    )  # fmt: skip
