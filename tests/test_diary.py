"""The diary of persons writes down what the log of notices says, and changes nobody."""

import numpy as np
import pytest

from tests.verification.checks import STRESS, assert_same_where_shared, small_people
from tests.worlds import plan_of, play
from xinyong.assembly import known_processes
from xinyong.errors import RunError
from xinyong.lab.claims.persons import at_home, names_of, vectors
from xinyong.observers.diary import _size

EVERY = tuple(known_processes())


@pytest.fixture(scope="module")
def world():
    return play(plan_of(STRESS, processes=EVERY, burn_in_weeks=0), small_people(1, 900), weeks=160, log=True)


def by_person(world, kind, wanted=lambda rows: np.ones(len(rows["party"]), bool)):
    """How many notices of a kind each person had, shard after shard."""
    found = [np.zeros(len(s.store.columns["kind"]), np.int64) for s in world.shards]
    for k, rows in world.log.get(kind, []):
        np.add.at(found[k], rows["party"][wanted(rows)], 1)
    return np.concatenate([n[: s.persons] for n, s in zip(found, world.shards, strict=True)])


def test_it_counts_what_was_announced(world):
    found = vectors(world.plan, world.shards)
    breaches = by_person(world, "act", lambda rows: np.isin(rows["act"], (2, 3)))
    assert breaches.sum() > 50
    assert np.array_equal(found["breaches"], breaches)
    assert np.array_equal(found["performed"], by_person(world, "performed"))
    listed = by_person(world, "listed") > 0
    assert listed.any()
    assert np.array_equal(found["kinds"] & 1 > 0, listed)
    entered = by_person(world, "entry", lambda rows: rows["register"] < 16) > 0
    assert np.array_equal(found["sanctioned"] > 0, listed | entered)
    points = by_person(world, "entry", lambda rows: rows["register"] == 16) > 0
    assert (points & ~listed & ~entered).any()
    assert np.array_equal(found["kinds"] & 4 > 0, points)
    assert np.array_equal(found["debt"] > 0, listed)


def test_weeks_on_the_list_are_those_on_which_it_was_listed(world):
    found = vectors(world.plan, world.shards)
    assert (found["listed_weeks"][found["kinds"] & 1 == 0] == 0).all()
    assert found["listed_weeks"].max() > 1
    assert found["listed_weeks"].sum() == world.total("listed_persons_now").sum()


def test_it_changes_nobody(world):
    """V-27: with the diary and without it the world is the same to the bit."""
    without = play(
        plan_of(STRESS, processes=tuple(p for p in EVERY if p != "diary"), burn_in_weeks=0),
        small_people(1, 900), weeks=160,
    )  # fmt: skip
    assert assert_same_where_shared(without, world) > 100


def test_expected_acts_have_no_luck_and_agree_with_acts(world):
    """Acts of a year as expected at the end are near the acts done a year, over all persons."""
    found = vectors(world.plan, world.shards)
    years = 160 * 7 / 365.25
    assert found["expected_breaches"].sum() / 1e6 == pytest.approx(found["breaches"].sum() / years, rel=0.25)
    assert set(names_of(list(found))) == {"urban", "woman", "schooling", "income_third", "age_class"}


def test_households():
    """The other member of a household of two, and nobody of another; whatever the order of rows."""
    number, place = np.array([3, 0, 1, 2], np.uint32), np.array([1, 0, 1, 0], np.uint8)
    sanctioned = np.array([0, 1, 0, 0], bool)
    assert at_home(number, place, sanctioned).tolist() == [0, 0, 1, 0]
    assert at_home(number, place, np.array([1, 0, 0, 1], bool)).tolist() == [1, 0, 0, 1]
    assert at_home(number, place, np.zeros(4, bool)).tolist() == [0, 0, 0, 0]


def test_sizes_of_debts():
    assert _size(np.array([1, 999, 1_000, 9_999, 10_000, 10**7, 10**12])).tolist() == [1, 1, 2, 2, 3, 6, 6]


def test_without_the_diary_it_says_so():
    with pytest.raises(RunError, match="diary"):
        vectors(plan_of(processes=("ability",)), [])
