"""Every day on which a rule changes is lived through: the week before, the week of it, and the week after."""

import datetime as dt

import pytest

from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.engine import Shard

FIRST, LAST = dt.date(2012, 1, 1), dt.date(2019, 12, 31)
DATES = [day for day in plan_of().book.change_dates() if FIRST <= day <= LAST]


@pytest.fixture(scope="module")
def weeks() -> tuple[World, dict[int, str]]:
    """One stressed world from 2011 to 2020: what the laws said in each week."""
    sets = {k: v for k, v in checks.STRESS.items() if not k.startswith("court_list.term")}
    plan = plan_of(sets, start=dt.date(2011, 10, 3), end=dt.date(2020, 3, 1), burn_in_weeks=30)
    said: dict[int, str] = {}

    def listen(shard: Shard) -> None:
        said[shard.week] = said.get(shard.week, "") + "".join(law(shard) for law in laws.LAWS)

    return play(plan, checks.small_people(1, 800), check=listen), said


def test_the_rules_of_the_window_are_all_here():
    """The days every reader of the paper looks for."""
    for day in ("2013-10-01", "2014-07-01", "2015-07-22", "2016-01-20", "2017-05-01", "2018-05-01"):
        assert dt.date.fromisoformat(day) in DATES, day


@pytest.mark.parametrize("day", DATES, ids=str)
def test_the_weeks_around_a_change(day, weeks):
    """Before, during and after: the world is stepped, no law is broken, and the rule read is that of the day."""
    world, said = weeks
    calendar = world.plan.calendar
    week = calendar.week_of((day - dt.date(2000, 1, 1)).days)
    for around in (week - 1, week, week + 1):
        assert said[around] == "", f"week of {calendar.date(around)}"
    changing = [leaf for leaf in world.plan.book.leaves() if day in leaf.values]
    for leaf in changing:
        before, after = (_read(world.plan.frame(w).rules, leaf.path) for w in (week - 1, week + 1))
        assert before == leaf.on(calendar.date(week - 1)), leaf.path
        assert after == leaf.on(calendar.date(week + 1)), leaf.path
        if leaf.between == "step" and after == leaf.values[day].value:
            assert before != after or _unchanged(leaf, day), f"{leaf.path} does not change on {day}"


def _unchanged(leaf, day: dt.date) -> bool:
    """Some rules are restated on a day with the value they had."""
    return leaf.on(day) == leaf.on(day - dt.timedelta(days=1))


def _read(rules, path: str):
    for part in path.split("."):
        rules = getattr(rules, part)
    return rules
