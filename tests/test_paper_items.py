"""Checks that the paper's statements ask for and that no single institution owns: windows, matrices, grades, bars."""

import datetime as dt
import itertools
import re

import numpy as np
import pytest

from tests.verification.checks import SHORT, STRESS, crowd, small_people
from tests.worlds import people_of, plan_of, play
from xinyong import laws
from xinyong.assembly import known_processes
from xinyong.columns import Column
from xinyong.engine import tally_specs
from xinyong.institutions.firms import compliance
from xinyong.kernels import census
from xinyong.kernels.points import grade_of
from xinyong.lab.scenario import load_scenario
from xinyong.memoranda import in_force
from xinyong.recipes import load_recipe
from xinyong.rulebook import RuleBook
from xinyong.timeline import day_number

BOOK = RuleBook.load()
MEMORANDA = BOOK.leaves("joint_measures.memoranda")
ACTIVITIES = sorted({leaf.row.activity for leaf in MEMORANDA if leaf.row})


# ---- windows ----


def test_the_default_scenario_spans_what_the_paper_tells():
    """R15, R128: from the joint conference of 2012 past the last figures in the text, of 31 May 2019."""
    chosen = load_scenario("china-2012-2019")
    assert chosen.start - dt.timedelta(days=6) <= dt.date(2012, 1, 1) <= chosen.start
    assert dt.date(2019, 5, 31) < chosen.end <= dt.date(2019, 6, 30)


def test_a_world_lives_to_the_end_of_2020():
    """R10: the outline's goal is the year 2020; a world can be played to its last day, and all laws hold."""
    plan = plan_of(STRESS, start=dt.date(2012, 1, 2), end=dt.date(2020, 12, 31), burn_in_weeks=26)
    world = play(plan, [crowd(300, city=1)], check=lambda s: laws.check(s) if s.week % 52 == 0 else None)
    assert plan.calendar.date(plan.calendar.weeks - 1) + dt.timedelta(days=6) >= dt.date(2020, 12, 31)
    listings = world.total("listings_cum")
    assert listings[-1] > listings[-53] > 0


# ---- no score is national (R12) ----


SCORE = re.compile(r"(^|[._])(points|scores?)$")


def test_no_score_is_national():
    """R12: whatever column holds points or a score, few or many persons have one, but never all who are grown."""
    scores = {
        name: spec.initial
        for kind in known_processes().values()
        for name, spec in kind.owns.items()
        if isinstance(spec, Column) and SCORE.search(name)
    }
    assert "residents.points" in scores
    world = play(plan_of(processes=tuple(known_processes())), people_of(persons=3000))
    stores = [shard.store for shard in world.shards]
    grown = sum(int(((s.columns["age"] >= 18) & (s.columns["kind"] == 0)).sum()) for s in stores)
    for name, nothing in scores.items():
        held = sum(int((_lines(store, name) != nothing).sum()) for store in stores)
        assert 0 < held < grown, f"{held} of {grown} grown persons have {name}"


def _lines(store, name):
    """The column of everybody, or of the living rows of a side table; of several numbers a line, the first."""
    table, _, column = name.rpartition(".")
    if not table:
        return _first(store.columns[name])
    desk = store.tables[table]
    alive = desk.columns["alive"][: desk.high] == 1
    return _first(desk.columns[column][: desk.high][alive])


def _first(values):
    return values if values.ndim == 1 else values[:, 0]


# ---- joint measures ----


def rows_in_force(day: dt.date) -> int:
    return sum(leaf.on(day) is True for leaf in MEMORANDA)


def test_the_matrix_of_bars_grows_dense_in_2016():
    """R47: "one breach, restricted everywhere": rows and barred activities before and after the papers of 2016."""
    before, after = dt.date(2015, 12, 31), dt.date(2016, 12, 31)
    assert rows_in_force(after) >= 4 * rows_in_force(before) > 0
    kinds = []
    for day in (before, after):
        masks = in_force(BOOK, day_number(day), 0.5, 0.8).masks
        kinds.append(int(masks[0]).bit_count())
    assert kinds == [3, len(ACTIVITIES)]
    assert {leaf.row.issuer for leaf in MEMORANDA if leaf.row} >= {"court_list"}


def off(activity: str) -> dict[str, bool]:
    return {leaf.path: False for leaf in MEMORANDA if leaf.row and leaf.row.activity == activity}


@pytest.fixture(scope="module")
def everything_barred():
    return play(barring({}), small_people())


def barring(sets):
    demand = {f"wants.activities.{a}.demand_per_year": 8 for a in ACTIVITIES}
    return plan_of({**STRESS, "complying.restriction_weight": 0, **demand, **sets}, **SHORT)


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_each_restriction_can_be_switched_off_alone(everything_barred, activity):
    """R125: without its rows nobody is refused it, and every other refusal is the same to the bit."""
    world = play(barring(off(activity)), small_people())
    counters = [n for n in tally_specs(world.plan) if n.endswith("_refused_attempts_cum")]
    assert everything_barred.last(f"{activity}_refused_attempts_cum") > 0
    assert world.last(f"{activity}_refused_attempts_cum") == 0
    for name in counters:
        if name != f"{activity}_refused_attempts_cum":
            assert np.array_equal(world.total(name), everything_barred.total(name)), name


def test_the_restrictions_are_those_of_note_68():
    """R125: fast trains and flights are two channels of one line of the note; seven more lines have one each."""
    assert sorted([
        "air", "high_speed_rail", "executive_post", "property", "hotel_golf", "group_tour", "private_school",
        "insurance", "exit",
    ]) == ACTIVITIES  # fmt: skip
    checks = {leaf.path.split(".")[2] for leaf in BOOK.leaves("joint_measures.information_checks")}
    assert checks == {"passport", "marital_status", "vehicles"}


# ---- grades (R60) ----


def test_every_score_has_exactly_one_grade():
    """R60: the grades of each city split all scores; the kernel gives the grade whose interval holds the score."""
    ladders = {city.key: city.grades.rows() for city in BOOK.on(dt.date(2019, 1, 1)).cities.rows()}
    assert len(ladders["rongcheng"]) == 6
    assert len(ladders) >= 12
    for key, rows in ladders.items():
        least = [grade.least_points for grade in rows]
        assert least == sorted(set(least)), key
        ends = [*least[1:], np.inf]
        for points in range(-2000, 3001):
            holding = [k for k, end in enumerate(ends) if (k == 0 or points >= least[k]) and points < end]
            assert len(holding) == 1
            assert grade_of(points, np.array(least[:0:-1], np.int32)) == len(rows) - holding[0], (key, points)


# ---- more signatures (V-67) ----


def signed(rows: list[str]) -> dict[str, bool]:
    """Only these rows of the memoranda are in force, each from its own date on."""
    return {leaf.path: leaf.path in rows for leaf in MEMORANDA}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_more_members_sign_the_more_a_listing_costs(seed):
    """V-67: in whatever order the members sign, the value of what a listing bars from never falls, and ends higher."""
    order = np.random.default_rng(seed).permutation([leaf.path for leaf in MEMORANDA])
    values = {row.key: row.value_utility for row in BOOK.on(dt.date(2018, 6, 30)).wants.activities.rows()}
    codes = {row.key: row.code for row in BOOK.on(dt.date(2018, 6, 30)).wants.activities.rows()}
    told = []
    for many in range(0, len(order) + 1, 4):
        book = BOOK.patch(signed(list(order[:many])))
        coverage = in_force(book, day_number(dt.date(2018, 6, 30)), 0.5, 0.8).coverage
        told.append(sum(values[key] * coverage[codes[key]] for key in ACTIVITIES))
    assert told[0] == 0
    assert all(before <= after for before, after in itertools.pairwise(told))
    assert told[-1] > told[1]


def test_the_more_members_sign_the_further_an_error_reaches():
    """V-67: a false record bars whom it wrongly names from more, the more rows there are."""
    first = [leaf.path for leaf in sorted(MEMORANDA, key=lambda leaf: (min(leaf.values), leaf.path))]
    reach = []
    for many in (2, 9, len(first)):
        plan = plan_of({**STRESS, "complying.restriction_weight": 0, **signed(first[:many])}, **SHORT)
        world = play(plan, small_people())
        bars = records = 0
        for shard in world.shards:
            desk, barred = shard.store.tables["records"], shard.store.columns["barred"]
            here = {name: column[: desk.high] for name, column in desk.columns.items()}
            wrong = (here["alive"] == 1) & (here["false"] == 1) & (here["state"] == 2) & (here["target"] >= 0)
            bars += sum(int(mask).bit_count() for mask in barred[here["target"][wrong]])
            records += int(wrong.sum())
        reach.append(bars / records)
    assert reach == sorted(reach) and reach[-1] > 2 * reach[0] > 0, reach


# ---- the twelve cities (R49, R50) ----

TWELVE = [
    "hangzhou",
    "nanjing",
    "xiamen",
    "chengdu",
    "suzhou",
    "suqian",
    "huizhou",
    "wenzhou",
    "weihai",
    "weifang",
    "yiwu",
    "rongcheng",
]


@pytest.mark.parametrize("key", TWELVE)
def test_the_twelve_cities_are_there_with_their_four_features(key):
    """R49, R50: each is a data file with people in the recipe; in January 2018 each has all four features."""
    day = dt.date(2018, 1, 31)
    features = getattr(BOOK.on(day).cities, key).features
    assert [getattr(features, f) for f in ("platform", "joint_rewards", "lists", "publicity")] == [True] * 4
    assert BOOK.city(key).code in {city.code for city in load_recipe("china").cities}


# ---- firms, perks and flows ----


def test_the_eight_firms_are_the_eight_of_the_notice():
    """R66, R118: eight rows, in the order of note 66."""
    rows = BOOK.on(dt.date(2016, 1, 4)).firms.register.rows()
    assert [row.code for row in rows] == list(range(1, 9))
    assert [row.key for row in rows][:2] == ["sesame", "tencent"]
    assert len({row.key for row in rows}) == 8


def test_the_scoring_firm_holds_the_eight_classes_of_note_53():
    """R75, R67: eight classes of data, of which some come with use and the rest by the member's choice."""
    firms = BOOK.on(dt.date(2016, 1, 4)).firms
    assert len(firms.data_classes.rows()) == 8
    assert 0 < firms.base_classes < 8


def test_compliance_rises_with_dependence():
    """R70, R74: the more a firm depends on the state, the likelier it delivers, whoever asks, never surely (X3)."""
    for authority in (0.3, 1.0):
        shares = []
        for dependence in (0.0, 0.5, 1.0):
            rows = BOOK.on(dt.date(2016, 1, 4)).firms.register.rows()
            sets = {f"firms.register.{row.key}.dependence_share": dependence for row in rows}
            shares.append(compliance(BOOK.patch(sets).on(dt.date(2016, 1, 4)).firms, authority))
        assert (shares[0] < shares[1]).all() and (shares[1] < shares[2]).all()
        assert (shares[0] > 0).all() and (shares[2] < 1).all()


def test_the_higher_the_score_the_more_is_open():
    """R82, R89-R95: seven rows; what a score opens is worth more at each bound and never less."""
    rows = BOOK.on(dt.date(2018, 1, 1)).perks.table_1.rows()
    assert sorted(row.above_points for row in rows) == [600, 600, 600, 650, 700, 750, 750]
    worth = [sum(row.yearly_value for row in rows if points > row.above_points) for points in range(350, 951)]
    assert worth == sorted(worth)
    rises = [350 + k for k in range(1, len(worth)) if worth[k] > worth[k - 1]]
    assert rises == [601, 651, 701, 751]


def test_two_partners_look_at_the_score():
    """R69: a matchmaking site and a ride-hailing service; each favours better scores more."""
    partners = BOOK.on(dt.date(2018, 1, 1)).perks.partners.rows()
    assert {row.key for row in partners} == {"baihe", "didi"}
    assert all(row.slope_per_100_points > 0 for row in partners)


def test_the_richer_the_schooled_and_city_people_reach_more():
    """R80: the share of the grown who hold what a score above 600 opens rises with income, schooling and city life."""
    processes = (*load_scenario("toy").processes, "commercial_score", "perks")
    plan = plan_of({"commercial_score.pace": 1.0}, processes=processes)
    world = play(plan, people_of(persons=6000))
    columns = [shard.store.columns for shard in world.shards]
    age, kind, income, facts, score = (
        np.concatenate([c[name] for c in columns])
        for name in ("age", "kind", "income", "census", "firm_score")
    )
    education, urban = census.education_of(facts), census.urban_of(facts)
    grown = (age >= 18) & (age < 60) & (kind == 0)
    holds = (score > 600)[grown]
    for name, lower, upper in (
        ("income", income < 86, income >= 170), ("education", education < 1, education > 2),
        ("city life", urban == 0, urban == 1),
    ):  # fmt: skip
        few, many = holds[lower[grown]].mean(), holds[upper[grown]].mean()
        assert few < many, f"{name}: {few:.3f}, {many:.3f}"


def test_the_graph_of_data_flows_joins_state_and_private_bodies():
    """R28: each flow goes from one body to another; bodies of the state and private ones both give and take."""
    rules = BOOK.on(dt.date(2018, 6, 30))
    private = {row.key: bool(row.private) for row in rules.flows.nodes.rows()}
    private |= {row.key: True for row in rules.firms.register.rows()} | {"firms": True}
    flows = rules.flows.rows()
    assert len(flows) >= 6
    for flow in flows:
        assert flow.giver != flow.taker
        assert {flow.giver, flow.taker} <= set(private), flow.key
    kinds = {(private[flow.giver], private[flow.taker]) for flow in flows}
    assert {(False, True), (True, False)} <= kinds


# ---- the central bank's files (R65) ----


def test_the_bureau_is_as_large_as_the_paper_says():
    """R65: over 650 million files of 1,340 million persons, 100 million of them full enough, in February 2010."""
    bank = BOOK.on(dt.date(2010, 2, 25)).central_bank
    assert bank.files_share == pytest.approx(650 / 1340, rel=2e-3)
    assert bank.records_share == pytest.approx(100 / 650, rel=2e-3)
