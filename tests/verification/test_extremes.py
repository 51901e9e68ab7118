"""V-80: worlds at the edge of what can be asked for; they must live, or be refused in plain words."""

import datetime as dt
import re

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.columns import Table, Wheel
from xinyong.errors import AssemblyError, RuleError, ScenarioError
from xinyong.kernels.wheel import schedule_many
from xinyong.population import ShardPopulation
from xinyong.timeline import Calendar

TWO_YEARS = {"start": dt.date(2017, 5, 1), "end": dt.date(2019, 4, 30), "burn_in_weeks": 26}


def lived(people: list[ShardPopulation], sets: dict | None = None, **more) -> World:
    """Two stressed years of these people under all the laws."""
    return play(checks.stressed_plan(sets, **{**TWO_YEARS, **more}), people, check=laws.check, log=True)


def household(*ages: int) -> ShardPopulation:
    return checks.crowd(len(ages), age=list(ages), household=list(range(len(ages))), city=1)


def test_nobody():
    """A world without people passes its weeks in silence."""
    world = lived([checks.crowd(0)])
    assert not any(world.log.values())
    assert not world.tallies[0].any()


def test_no_shards():
    """A plan without any place at all is played without harm."""
    assert play(checks.stressed_plan(**TWO_YEARS), [], weeks=3).tallies == []


def test_one_person():
    """One resident of a city with points: opens a file, borrows, lives alone."""
    world = lived([household(40)])
    assert world.last("scored_persons_now") == 1
    assert world.last("listed_parties_now") <= 1


def test_one_household_of_eight():
    """Grandparents, parents, children in one household: adults alone borrow, are sued and scored."""
    ages = (71, 69, 45, 44, 20, 15, 9, 2)
    world = lived([household(*ages)], {"borrowing.loans_per_adult_year": 5.0})
    assert world.last("scored_persons_now") == 5
    borrowers = world.notices("loan", "party")
    assert len(borrowers) and all(18 <= ages[row] <= 65 for row in borrowers)


def test_all_minors():
    """A town of children: no loan, no suit, no listing, no points file; ability still comes and goes."""
    world = lived([checks.crowd(500, age=np.arange(500) % 18, city=1)])
    for name in ("loans_taken_cum", "suits_cum", "listings_cum", "scored_persons_now", "deeds_booked_cum"):
        assert world.last(name) == 0, name
    assert len(np.unique(world.total("unable_now"))) > 5


ALL_FALL = {  # everybody can pay until 2014 and nobody after
    "ability.unable_per_year": {dt.date(1990, 1, 1): 0.0, dt.date(2014, 1, 6): 5.0},
    "ability.able_again_per_year": 0.0, "borrowing.loans_per_adult_year": 5.0, "suing.unable_ratio": 1.0,
}  # fmt: skip


def test_everybody_is_listed():
    """When all borrow, none pay, all are sued and courts list at once, the whole town ends on the list."""
    sets = {
        "repaying.strategic_default_per_year": 2.0,
        **ALL_FALL, "suing.sued_share": 1.0,
        "courts.assets_found_if_able_share": 0.0, "courts.assets_found_if_unable_share": 0.0,
        "courts.performs_after_judgment_share": 0.0, "courts.listed_if_unable_share": 1.0,
        "courts.not_listed_if_able_share": 0.0, "court_list.other_exits_per_year": 0.0, "complying.base_per_year": 0.0,
        "court_list.term_ground_share": 0.0, "objection.aware_share": 0.0,
    }  # fmt: skip
    plan = plan_of(
        {**checks.STRESS, **sets}, start=dt.date(2014, 1, 6), end=dt.date(2018, 12, 31), burn_in_weeks=300
    )
    world = play(plan, [checks.crowd(300)], check=laws.check)
    assert world.last("listed_parties_cum") > 250
    assert world.last("listed_persons_now") > 250


def test_every_listing_is_wrong():
    """Courts list only those who cannot pay: each listing is wrongful, and the truth column says so."""
    sets = {
        **ALL_FALL, "courts.not_listed_if_able_share": 1.0, "courts.listed_if_unable_share": 1.0,
        "courts.assets_found_if_unable_share": 0.0,
    }  # fmt: skip
    plan = plan_of(
        {**checks.STRESS, **sets}, start=dt.date(2014, 1, 6), end=dt.date(2018, 12, 31), burn_in_weeks=200
    )
    world = play(plan, [checks.crowd(500)], check=laws.check, log=True)
    assert world.last("listings_cum") > 20
    assert world.notices("listed", "wrong").all()
    assert (world.total("wrongful_listed_now") == world.total("listed_cases_now")).all()


def without(name: str, **more) -> tuple[list[str], list[str]]:
    """Leave a process out, and then each that says it cannot do without: who is left out, and what they said."""
    out, said = [name], []
    while True:
        try:
            plan_of(leave_out=out, **more)
        except AssemblyError as error:
            said.append(str(error))
            out.append(said[-1].split()[0])
        else:
            return out, said


@pytest.mark.parametrize("name", sorted(known_processes()))
def test_a_process_left_out_is_answered_in_words(name):
    """Whoever needs what is missing says so by name, with advice; the rest plays without it under all laws."""
    out, said = without(name)
    assert len(out) == len(set(out)), f"the same complaint twice: {said}"
    for told in said:
        assert re.search("add [a-z_]+ to the scenario, or leave [a-z_]+ out", told), told
    if len(out) < len(known_processes()):
        world = play(
            plan_of(checks.STRESS, leave_out=out, **TWO_YEARS), checks.small_people(1, 300), check=laws.check
        )
        assert not {p.name for p in world.plan.processes} & set(out)


def test_no_courts():
    """Without courts there is no list and nobody is barred; people still borrow, and creditors still sue in vain."""
    out, _ = without("courts", processes=tuple(known_processes()))
    assert {"court_list", "complying", "objection", "sharing_platform", "joint_measures", "wants"} <= set(out)
    assert not {"debtor_map", "public_portal"} & set(out), "who looks for the listed finds nobody, and stays"
    world = lived(checks.small_people(), leave_out=out)
    assert world.last("suits_cum") > 0
    assert not {"settled", "listed", "record"} & set(world.log)


AT_ONCE = {
    "courts.judgment_delay_mean_years": 0.02, "courts.judgment_delay_shape": 50, "courts.performance_term_days": 0,
    "courts.search_days_mean": 1, "objection.review_days": 1, "court_list.deletion_delay_median_working_days": 0,
    "sharing_platform.source_delay_mean_days": 0, "sharing_platform.platform_delay_mean_days": 0,
    "court_list.deletion_delay_log_sd": 0.0, "complying.base_per_year": 10.0,
    "courts.new_conduct_per_year": 5.0, "repaying.arrears_before_default_days": 1,
}  # fmt: skip


def test_infinite_capacity():
    """Courts and registers that act within the day: suit, judgment, search and listing can fall into one week."""
    world = lived(checks.small_people(), AT_ONCE)
    told = {name: world.notices("episode", name) for name in ("suit_day", "judged_day", "published_day")}
    assert (told["published_day"] - told["suit_day"] < 14).sum() > 20, "listed within a fortnight of the suit"
    assert (np.diff(list(told.values()), axis=0) >= 0).all(), "suit, judgment and listing in this order"
    assert world.last("late_deletions_cum") == 0, "whoever deletes at once is never late"


def test_all_members_at_once():
    """Every memorandum signed at the start: a listing bars from everything in the first week it is live."""
    book = plan_of().book
    first = {leaf.path: {dt.date(2012, 1, 1): True} for leaf in book.leaves("joint_measures.memoranda")}
    world = lived(checks.small_people(), {**first, "joint_measures.ramp_years": 0.01})
    masks = np.unique(np.concatenate([s.store.columns["barred"] for s in world.shards]))
    assert set(masks.tolist()) <= {0, 2**9 - 1}
    assert len(masks) == 2


def test_a_base_hazard_without_bounds():
    """A million payments a year: everybody pays in the first week, nothing overflows."""
    with pytest.raises(RuleError, match="base_per_year"):
        plan_of({"complying.base_per_year": 1e6})
    from xinyong.kernels.complying import pressed

    rows, when = np.empty(4, np.int32), np.empty(4, np.int32)
    one, pressure = np.ones(4, np.int32), np.zeros(4, np.float32)
    numbers = np.array([1e6, 50.0, 3.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    n = pressed(
        pressure, np.ones(4, np.uint8), np.arange(4, dtype=np.int32), np.ones(4, np.uint16), one * 2_000_000_000,
        np.full(4, 4, np.uint8), np.zeros(4, np.uint8), np.arange(4, dtype=np.uint32), np.zeros(4, np.uint8),
        np.full(4, 2**9 - 1, np.uint16), np.zeros(0, np.uint8), np.zeros(0, np.uint8), np.full(9, 100.0), numbers,
        np.uint64(0), np.uint64(1), rows, when,
    )  # fmt: skip
    assert n == 4
    assert ((when >= 0) & (when <= 6)).all()


def test_a_calendar_that_runs_backwards():
    """An end before the start is refused, with both dates in the message."""
    with pytest.raises(ScenarioError, match=r"2019-01-01.*2018-01-01.*swap"):
        Calendar.between(dt.date(2019, 1, 1), dt.date(2018, 1, 1))
    with pytest.raises(ScenarioError, match="outside the calendar"):
        Calendar.between(dt.date(1492, 1, 1), dt.date(2018, 1, 1))


@pytest.mark.slow
def test_fifty_years():
    """Two hundred people for half a century: more loans each than a byte counts to; all laws hold to the end."""
    plan = plan_of(
        {**checks.STRESS, "borrowing.loans_per_adult_year": 5.0, "ability.income_gradient": 0.0},
        start=dt.date(2014, 1, 6), end=dt.date(2063, 12, 31), burn_in_weeks=0,
    )  # fmt: skip
    world = play(
        plan, [checks.crowd(200, city=1)], check=lambda s: laws.check(s) if s.week % 25 == 0 else None
    )
    assert world.last("loans_taken_cum") > 200 * 150
    assert world.last("listings_cum") > 1000
    for name, column in world.shards[0].store.columns.items():
        if name == "listed":
            assert column.max() < 200, f"{name} comes near the end of its byte"
    gained = laws.rows_of(world.shards[0], "residents")["gained"]
    assert gained.max() < 200, "gained comes near the end of its byte"


def test_the_longest_loan_is_counted_to_its_end():
    """Loans as long as the rules allow, in arrears at the end: visits and instalments fit their bytes."""
    sets = {"borrowing.term_months_short": 200, "borrowing.term_months_long": 200, "suing.sued_share": 0.0}
    plan = plan_of(sets, start=dt.date(2000, 1, 3), end=dt.date(2021, 12, 31), burn_in_weeks=0)
    world = play(plan, [checks.crowd(150)], check=laws.check)
    loans = world.shards[0].store.tables["loans"].columns
    taken = plan.calendar.weeks - loans["taken_week"][loans["alive"] == 1]
    assert taken.max() < (200 + 26) * 30.44 / 7, "a loan outlived its term and two years of arrears"
    with pytest.raises(RuleError, match="term_months_long"):
        plan_of({"borrowing.term_months_long": 300})


def test_a_freed_row_leaves_every_wheel():
    """A case that is closed while a hearing is pending must not tear the court's calendar apart."""
    table = Table("cases")
    for name in ("docket", "hearings"):
        table.add_wheel(name, Wheel("dates"))
    rows = table.take(6)
    schedule_many(table.wheels["docket"], rows, np.full(6, 3, np.int32))
    schedule_many(table.wheels["hearings"], rows, np.array([3, 19, 3, 19, 3, 19], np.int32))
    table.release(rows[2:4])
    assert sorted(table.due("docket", 3)) == [0, 1, 4, 5]
    assert sorted(table.due("hearings", 3)) == [0, 4]
    again = table.take(1)
    schedule_many(table.wheels["hearings"], again, np.array([19], np.int32))
    assert sorted(table.due("hearings", 19)) == sorted([1, 5, *again])
