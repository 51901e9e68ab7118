"""What crosses between shards: yearly pools, optional columns, and the log from which a shard can be played again."""

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import plan_of, play
from xinyong.assembly import order
from xinyong.columns import Column, Pool, Tally
from xinyong.engine import LocalEngine, Shard
from xinyong.errors import AssemblyError, OwnershipError
from xinyong.process import Day, Process
from xinyong.signals import Signals, advance

PEOPLE = checks.small_people(1, 600)


class Census(Process):
    """Counts the able and the unable week by week, and remembers what the nation counted last year."""

    name = "census"
    owns = {
        "counted": Pool("person-weeks by ability", 2),
        "last_year": Column("i8", "what the nation counted last year", "person-weeks"),
        "census_weeks_cum": Tally("weeks counted", "weeks"),
    }
    reads = ("unable",)
    consults = ("counted",)

    def step(self, day: Day) -> None:
        day.pool("counted")[:] += np.bincount(day.people.unable, minlength=2)
        day.people.last_year[:] = day.pooled("counted").sum()
        day.count(census_weeks_cum=1)


class Dependant(Process):
    """Looks at a column that may not be there, before or after its owner."""

    name = "dependant"
    owns = {"looked_cum": Tally("weeks in which the column was there", "weeks")}
    may_read = ("listed", "cases.amount")

    def step(self, day: Day) -> None:
        assert (day.people.listed is None) == (day.may_table("cases") is None)
        day.count(looked_cum=int(day.people.listed is not None))


def census_world(**options):
    return play(checks.with_processes(checks.stressed_plan(), Census()), PEOPLE, **options)


def test_a_year_of_the_nation_is_every_shards_year():
    """After New Year each shard is told the sum over all shards of the 52 or 53 weeks before."""
    world = census_world()
    parties = sum(s.store.parties for s in world.shards)
    calendar = world.plan.calendar
    weeks = [
        w
        for w in range(calendar.weeks)
        if calendar.date(w).year == calendar.date(calendar.weeks - 1).year - 1
    ]
    for shard in world.shards:
        assert (shard.store.columns["last_year"] == parties * len(weeks)).all()


@pytest.mark.parametrize("options", [{"threads": 4}, {"window": 1}, {"window": 52}])
def test_pools_are_the_same_for_any_threads_and_windows(options):
    assert census_world(**options).hash == census_world().hash


def test_one_shard_can_be_played_again_from_the_log():
    """A shard's state is a function of seed and log: no other shard need be there."""
    plan = checks.with_processes(checks.stressed_plan(), Census(), checks.Newsreader())
    engine, log = LocalEngine(), Signals()
    engine.start(plan, PEOPLE)
    advance(engine, plan, 0, plan.calendar.weeks, log)
    again, alone = Signals.of(log.parts()), Shard(plan, PEOPLE[1])
    for week in range(plan.calendar.weeks):
        alone.play([again.frame(plan, week)])
    assert alone.digest() == engine.shards[1].digest()


def test_what_one_can_do_without_is_none():
    """With the court list in the world its column is lent, read-only; without it there is nothing."""
    whole = checks.with_processes(plan_of(), Dependant())
    world = play(whole, PEOPLE, weeks=3)
    assert world.last("looked_cum") == 3 * len(PEOPLE)
    place = {p.name: k for k, p in enumerate(whole.processes)}
    assert place["court_list"] < place["dependant"]
    alone = checks.with_processes(plan_of(processes=("ability",)), Dependant())
    assert play(alone, PEOPLE, weeks=3).last("looked_cum") == 0


def test_pools_have_owners_too():
    """A pool is added to by its owner alone and consulted by whoever declares it."""
    world = census_world(weeks=1)
    day = next(d for p, d in world.shards[0].days if p.name == "ability")
    with pytest.raises(OwnershipError, match="counted"):
        day.pool("counted")
    with pytest.raises(OwnershipError, match="counted"):
        day.pooled("counted")

    class Stranger(Process):
        name = "stranger"
        consults = ("counted",)

    with pytest.raises(AssemblyError, match="counted"):
        order([Stranger()])
