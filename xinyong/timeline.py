"""Weeks from Monday to Sunday, day numbers, and the working days of the Chinese calendar."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xinyong.errors import ScenarioError

EPOCH = dt.date(2000, 1, 1)
DAYS_PER_WEEK = 7
WEEK_YEARS = DAYS_PER_WEEK / 365.25
NEVER = np.int32(2**30)
_OFFICIAL = range(2004, 2027)


def day_number(date: dt.date) -> int:
    """Days since 2000-01-01."""
    return (date - EPOCH).days


def date_of(day: int) -> dt.date:
    """The calendar date of a day number."""
    return EPOCH + dt.timedelta(days=int(day))


@dataclass(frozen=True)
class Calendar:
    """The weeks of a run: `burn_in` weeks before `start` (a Monday), then `counted` weeks.

    Week 0 is the first of the burn-in. Weeks hold seven days, Monday first.
    """

    start: dt.date
    counted: int
    burn_in: int

    @classmethod
    def between(cls, start: dt.date, end: dt.date, burn_in: int = 260) -> "Calendar":
        """The calendar whose counted weeks cover `start` to `end`; both snap to whole weeks.

        Raises ScenarioError if the end lies before the start, or the years are not 1995 to 2100.
        """
        for date in (start, end):
            if not 1995 <= date.year <= 2100:
                raise ScenarioError(f"the date {date} lies outside the calendar (1995 to 2100)")
        if end < start:
            raise ScenarioError(f"the calendar runs backwards: start {start}, end {end}; swap the two dates")
        monday = start + dt.timedelta(days=-start.weekday() % DAYS_PER_WEEK)
        weeks = max(1, ((end - monday).days + 1 + 6) // DAYS_PER_WEEK)
        return cls(monday, weeks, burn_in)

    @property
    def weeks(self) -> int:
        """All weeks stepped, burn-in included."""
        return self.burn_in + self.counted

    @property
    def first_day(self) -> int:
        """Day number of the Monday of week 0."""
        return day_number(self.start) - DAYS_PER_WEEK * self.burn_in

    def monday(self, week: int) -> int:
        """Day number of the Monday of a week."""
        return self.first_day + DAYS_PER_WEEK * week

    def date(self, week: int) -> dt.date:
        """Date of the Monday of a week."""
        return date_of(self.monday(week))

    def sunday(self, week: int) -> dt.date:
        """Date of the Sunday of a week: what weekly tables are dated by."""
        return date_of(self.monday(week) + 6)

    def week_of(self, day: int) -> int:
        """The week in which a day number lies."""
        return (day - self.first_day) // DAYS_PER_WEEK


def _is_working_day(date: dt.date) -> bool:
    if date.year in _OFFICIAL:
        import chinese_calendar

        return bool(chinese_calendar.is_workday(date))
    return date.weekday() < 5


@lru_cache(maxsize=8)
def working_days(first_day: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Count working days along the calendar, public holidays and make-up days included.

    Returns `upto` (days,) int32: working days from `first_day` to each day inclusive, and `nth` int32: the
    day number of the n-th working day. Outside 2004-2026 Monday to Friday stand in (assumed).
    *Source:* package `chinesecalendar` (State Council holiday notices).
    """
    flags = np.array([_is_working_day(date_of(first_day + i)) for i in range(days)])
    return np.cumsum(flags).astype(np.int32), (np.flatnonzero(flags) + first_day).astype(np.int32)
