"""What must not matter: threads, shards, rows, pauses, neighbours, onlookers, and the unit of money."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from scipy import stats

from tests.verification import checks
from tests.worlds import people_of, plan_of, play
from xinyong.kernels.random import uniform

PEOPLE = checks.small_people()


def test_threads_leave_no_trace():
    """V-20: one, two or four threads compute the same world, to the bit."""
    checks.any_number_of_threads(checks.stressed_plan(), PEOPLE)


def test_windows_leave_no_trace():
    """V-21: whether shards play a week, a quarter or a year at a time, the world is the same."""
    checks.any_window(checks.stressed_plan(), PEOPLE)


def test_news_of_the_nation_arrives_the_same_for_any_threads():
    """V-21: shards that read a national count see last week's sum over all shards, however they are computed."""
    plan = checks.with_processes(checks.stressed_plan(), checks.Newsreader())
    checks.any_number_of_threads(plan, PEOPLE)
    checks.any_window(plan, PEOPLE, windows=(1, 52))
    world = play(plan, PEOPLE)
    known = world.total("listings_cum") + world.total("unable_now")
    assert np.array_equal(np.diff(world.total("read_cum")), len(world.shards) * known[:-1])


def test_the_row_of_a_person_does_not_matter():
    """V-22, V-25: people moved to other rows with their numbers live the same lives, week by week."""
    checks.any_order_of_rows(checks.stressed_plan(), PEOPLE)


@pytest.mark.parametrize("pause", [1, 61, 120])
def test_a_pause_leaves_no_trace(pause):
    """V-23: saved to arrays, restarted and played on, a world ends in the same state with the same counts."""
    checks.any_pause(checks.stressed_plan(), PEOPLE, pause)


def test_a_neighbouring_town_changes_nobody():
    """V-26: the first town lives the same life with and without the second."""
    checks.neighbours_do_not_matter(checks.stressed_plan(), PEOPLE)


def test_a_further_borrower_changes_nobody_else():
    """V-26: luck belongs to the debtor and the loan; other people's cases in the same court do not move it."""
    everybody = checks.crowd(900, age=np.where(np.arange(900) < 60, 5, 40), city=1)
    checks.one_more_borrower_changes_nobody_else([everybody], range(60))


def test_an_onlooker_changes_nobody():
    """V-27: a process that draws luck for everybody every week but does nothing moves no one else's luck."""
    checks.bystander_changes_nothing(checks.stressed_plan(), PEOPLE, checks.Dreamer())


def test_a_process_with_effects_of_size_zero_changes_nobody():
    """V-31: a right to object that nobody knows of gives the very same world as no such right."""
    checks.unused_objection_changes_nothing(PEOPLE)


def test_the_unit_of_money_does_not_matter():
    """V-28: all sums and thresholds a hundredfold; everything that is not yuan stays the same."""
    checks.any_unit_of_money(PEOPLE)


def test_city_points_touch_no_other_series():
    """Without deeds and points, every other series is the same to the bit."""
    checks.points_touch_nothing_else(PEOPLE)


# --- luck belongs to numbers: other numbers, same distribution ---------------------------------------------------

CHAIN = ("ability", "borrowing", "repaying", "suing", "courts")
WORLDS = 30


def _ends(people, seeds, names=("defaults_cum", "judgments_cum", "unable_now", "lent_yuan_cum")):
    plans = (
        plan_of(checks.STRESS, seed, processes=CHAIN, start=dt.date(2017, 1, 2),
                end=dt.date(2018, 6, 30), burn_in_weeks=0)
        for seed in seeds
    )  # fmt: skip
    worlds = [play(plan, people) for plan in plans]
    return {name: np.array([w.last(name) for w in worlds]) for name in names}


@pytest.mark.slow
def test_other_numbers_give_other_lives_of_the_same_kind():
    """V-25: give people other numbers and their luck changes, but its distribution does not (KS, 30 worlds each)."""
    town = people_of(1, 600)[:1]
    numbers = town[0].columns["number"].copy()
    persons = town[0].persons
    numbers[:persons] = np.random.default_rng(3).permutation(numbers[:persons])
    renumbered = [dataclasses.replace(town[0], columns={**town[0].columns, "number": numbers})]
    as_born, relabelled = _ends(town, range(WORLDS)), _ends(renumbered, range(WORLDS))
    assert (as_born["lent_yuan_cum"] != relabelled["lent_yuan_cum"]).all(), "luck should follow the number"
    other_seeds = _ends(town, range(1000, 1000 + WORLDS))
    for name in as_born:
        for others in (relabelled, other_seeds):
            p = stats.ks_2samp(as_born[name], others[name]).pvalue
            assert p > 1e-4, f"'{name}' is distributed otherwise (p = {p:.1e})"


def test_a_draw_is_a_function_of_who_what_and_when():
    """Asked twice, or in another order, luck gives the same answer; one bit of the question changes it."""
    key, who = np.uint64(5), np.uint64(77)
    forward = [uniform(key, who, k) for k in range(10)]
    assert forward == [uniform(key, who, k) for k in reversed(range(10))][::-1]
    assert (
        len({uniform(key, who, 0), uniform(key, np.uint64(78), 0), uniform(np.uint64(6), who, 0), forward[1]})
        == 4
    )


# --- how large the synthetic society is -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_tenth_of_the_people_shows_the_same_rates():
    """V-30: 0.1 and 1 million persons agree within sampling error (ten million is a benchmark, not a test)."""
    plan = plan_of(
        {"suing.sued_share": 0.5}, scenario="china-2012-2019", start=dt.date(2016, 1, 4), end=dt.date(2016, 12, 31),
        burn_in_weeks=26,
    )  # fmt: skip
    checks.any_size_shows_the_same_rates(
        plan, [people_of(1, persons, "china") for persons in (100_000, 1_000_000)]
    )


def test_a_tenth_of_a_small_town_shows_the_same_rates():
    """V-30 with few people, so that it is asked each time: 1,000 and 10,000 persons of the toy towns."""
    checks.any_size_shows_the_same_rates(
        checks.stressed_plan(), [people_of(1, persons) for persons in (1_000, 10_000)]
    )
