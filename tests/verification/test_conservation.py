"""Nothing appears from nowhere and nothing vanishes: laws checked in every week of ordinary and stressed worlds."""

import datetime as dt

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws


@pytest.fixture(scope="module")
def ordinary() -> World:
    """Two thousand people under the rules as they are, every law checked in every week."""
    plan = plan_of(start=dt.date(2013, 7, 1), end=dt.date(2019, 6, 30), burn_in_weeks=52)
    return play(plan, checks.small_people(1, 2000), check=laws.check, log=True)


@pytest.fixture(scope="module")
def stressed() -> World:
    """Two thousand people in a world where everybody is sued and every register errs, laws checked every week."""
    return play(checks.stressed_plan(), checks.small_people(2, 2000), check=laws.check, log=True)


@pytest.mark.parametrize("kind", ["ordinary", "stressed"])
def test_every_law_holds_in_every_week(kind, request):
    """V-40 to V-47: no week of either world broke a law (a breach stops the run)."""
    world = request.getfixturevalue(kind)
    assert len(world.tallies[0]) == world.plan.calendar.weeks


@pytest.mark.parametrize("kind", ["ordinary", "stressed"])
def test_published_counters_are_sums_of_events(kind, request):
    """V-48: every published count is the number of announcements of that event."""
    checks.counters_are_sums(request.getfixturevalue(kind))


def test_a_listing_takes_every_permitted_step_and_no_other(stressed):
    """V-40: the stressed world walks each edge of the register's diagram, so that the law is not empty."""
    steps = stressed.log["list_step"]
    walked = {(int(o), int(n)) for _, rows in steps for o, n in zip(rows["old"], rows["new"], strict=True)}
    assert walked == laws.EDGES


def test_every_end_of_a_record_was_met(stressed):
    """V-42: records were lost, deleted, found stale, invented and put on the wrong person."""
    ends = stressed.notices("record", "end")
    assert set(ends.tolist()) == {4, 5, 6}
    assert stressed.notices("record", "false").any()
    assert stressed.last("records_false_now") > 0


def test_every_fate_of_a_wish_was_met(stressed):
    """V-43: journeys were refused, slipped through and were left alone."""
    for fate in ("wanted", "avoided", "bought", "refused"):
        total = sum(
            stressed.last(n) for n in stressed.shards[0].store.tally_names if n.endswith(f"_{fate}_cum")
        )
        assert total > 0, fate


def test_money_takes_every_path(stressed):
    """V-47: money was lent, paid, settled and owed (writing off takes two years in arrears: see the next test)."""
    for path in ("lent_yuan_cum", "paid_yuan_cum", "settled_yuan_cum", "outstanding_yuan_now"):
        assert stressed.last(path) > 0, path


def test_money_that_nobody_sues_for_is_written_off():
    """V-47 where creditors never sue: what is not paid within two years of arrears is written off."""
    plan = checks.stressed_plan({"suing.sued_share": 0.0}, burn_in_weeks=150)
    world = play(plan, checks.small_people(), check=laws.check)
    assert world.last("written_off_yuan_cum") > 0
    assert world.last("suits_cum") == world.last("settled_yuan_cum") == 0


def test_points_are_the_base_and_the_ledger():
    """V-44, V-45: with many deeds of every kind, points are 1,000 plus what is booked, and files add up by grade."""
    sets = {
        "deeds.rate_ratio": 5.0,
        "cities.rongcheng.preset": "standard_2019",
        "cities.rongcheng.keep_years": 0.5,
    }
    world = play(checks.stressed_plan(sets), checks.small_people(), check=laws.check)
    shard = world.shards[0]
    files = laws.rows_of(shard, "residents")
    held = files["points"][files["grade"] > 0]
    assert len(np.unique(held)) > 20, "few deeds were booked"
    assert laws.tally(shard, "grade_b_now") > 0


def test_minors_who_borrow_are_still_never_listed():
    """V-46: even where children may borrow, are sued and do not pay, no court lists them."""
    plan = checks.stressed_plan({"borrowing.minimum_age_years": 0})
    world = play(plan, checks.small_people(), check=laws.check, log=True)
    ages = [world.shards[k].store.columns["age"][rows["party"]] for k, rows in world.log["suit"]]
    kinds = [world.shards[k].store.columns["kind"][rows["party"]] for k, rows in world.log["suit"]]
    assert ((np.concatenate(ages) < 18) & (np.concatenate(kinds) == 0)).any(), (
        "no minor was sued: the test is empty"
    )


def test_a_law_names_what_is_broken():
    """The message of a breach tells shard, week, law, what was kept and what was counted."""
    world = play(checks.stressed_plan(), checks.small_people(), weeks=70)
    shard = world.shards[0]
    shard.store.tallies[shard.store.tally_names.index("listed_cases_now")] += 7
    with pytest.raises(
        laws.RunError, match=r"shard 900, week 69: list_stock: listed_cases_now is kept as \d+ but"
    ):
        laws.check(shard)
