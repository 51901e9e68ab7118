"""Cities with a scheme: four features, three effects of a grade, files, consent, and what none of it may touch."""

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.verification.checks import CITY, assert_same_where_shared, crowd, small_people, stressed_plan
from tests.worlds import World, plan_of, play
from xinyong import laws, schemes
from xinyong.assembly import known_processes
from xinyong.columns import Column
from xinyong.errors import RuleError
from xinyong.kernels.census import urban_of
from xinyong.kernels.points import grade_of
from xinyong.lab.municipal import MunicipalFile
from xinyong.rulebook import PACKAGE, RuleBook

BOOK = RuleBook.load()
LAST = dt.date(2019, 6, 24)
EVERY_CITY = BOOK.on(LAST).cities.rows()
KEYS = [city.key for city in EVERY_CITY]
BUSY = {
    "deeds.rate_ratio": 8.0,
    **{f"applying.outcomes.{o}.applications_per_year": 5 for o in ("school", "loan", "promotion")},
}
OUTCOMES = ("school", "loan", "promotion")
FEATURE = "cities.rongcheng.features."
PEOPLE = [
    crowd(
        1500,
        city=1,
        age=18 + np.arange(1500) % 45,
        urban=np.arange(1500) % 2,
        kind=4 * (np.arange(1500) == 1499),
    )
]


def city_world(sets=None, people=PEOPLE, years=3, processes=CITY, start=dt.date(2014, 1, 6), **more) -> World:
    """Some years of a city where much is done and much applied for; every law is checked every week."""
    end = start + dt.timedelta(days=365 * years)
    plan = plan_of({**BUSY, **(sets or {})}, processes=processes, start=start, end=end, burn_in_weeks=0)
    return play(plan, people, check=laws.check, log=True, **more)


@pytest.fixture(scope="module")
def city() -> World:
    return city_world()


def without(feature: str) -> World:
    return city_world({FEATURE + feature: False})


# --- the four features, on and off, same luck ------------------------------------------------------------------


def test_without_a_platform_fewer_records_arrive(city):
    """R50, R57: the same deeds are done at first, and far fewer reach the files; what townships bring still comes."""
    off = without("platform")
    assert off.last("city_records_delivered_cum") < 0.5 * city.last("city_records_delivered_cum")
    assert off.last("city_records_kept_back_cum") > 0 == city.last("city_records_kept_back_cum")
    assert off.last("deeds_cum") == city.last("deeds_cum")
    assert off.last("city_records_by_townships_cum") > 0


def test_without_joint_rewards_a_grade_changes_nothing(city):
    """R50: grades stay the same to the bit, perks are asked for as often, and neither helps nor hurts anybody."""
    sets = {FEATURE + "joint_rewards": False, "applying.red_list_weight": 0, "applying.black_list_weight": 0}
    off = city_world(sets)
    for name in ("points_sum_now", "grade_b_now", "perks_claimed_cum", "loan_applied_cum"):
        assert np.array_equal(off.total(name), city.total(name)), name
    assert off.last("perks_had_cum") == 0 < city.last("perks_had_cum")
    for outcome in OUTCOMES:
        assert off.last(f"{outcome}_by_standing_cum") == off.last(f"{outcome}_lost_by_standing_cum") == 0


def test_without_lists_nobody_is_helped_or_hurt_by_one(city):
    """R50, R96: the lists alone help the red and hurt the black; without the feature there are none."""
    no_grade = {f"applying.outcomes.{o}.grade_step_weight": 0.0 for o in OUTCOMES}
    on, off = city_world(no_grade), city_world({**no_grade, FEATURE + "lists": False})
    assert on.last("city_red_entries_cum") > 0 < on.last("city_black_entries_cum")
    assert off.last("city_red_entries_cum") == off.last("city_black_entries_cum") == 0
    for outcome in OUTCOMES:
        assert on.last(f"{outcome}_by_standing_cum") > 0 < on.last(f"{outcome}_lost_by_standing_cum")
        assert off.last(f"{outcome}_by_standing_cum") == off.last(f"{outcome}_lost_by_standing_cum") == 0
    assert np.array_equal(on.total("points_sum_now"), off.total("points_sum_now"))


def _deeds(world: World) -> set[tuple[int, ...]]:
    rows = [np.stack([r["day"], r["party"], r["deed"]]).T for _, r in world.log["deed"]]
    return {tuple(line) for line in np.concatenate(rows).tolist()}


def test_publicity_makes_more_good_deeds_and_fewer_bad(city):
    """R50, model 2.7d: with published cases more know of the scheme; luck is shared, so the change is one-sided."""
    points = schemes.in_force(BOOK, dt.date(2014, 1, 6)).points[1]
    on, off = _deeds(city), _deeds(without("publicity"))
    assert {points[d] > 0 for _, _, d in on - off} == {True}, "publicity added a bad deed"
    assert {points[d] > 0 for _, _, d in off - on} == {False}, "publicity took away a good deed"


def test_a_feature_of_another_city_changes_nothing_here(city):
    """The flags are a city's own."""
    other = city_world({f"cities.demonstration.features.{name}": False for name in schemes.FEATURES})
    assert other.hash == city.hash


# --- three effects of a grade (R61) and the disputed reading (X4) ----------------------------------------------


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_grade_acts_on_each_of_the_three(outcome, city):
    """Good grades help and low ones hurt; with a weight of nought only this outcome changes, by just that much."""
    no_lists = {FEATURE + "lists": False}
    on = city_world(no_lists)
    off = city_world({**no_lists, f"applying.outcomes.{outcome}.grade_step_weight": 0.0})
    helped, hurt = on.last(f"{outcome}_by_standing_cum"), on.last(f"{outcome}_lost_by_standing_cum")
    assert helped > 0 and hurt > 0
    assert off.last(f"{outcome}_by_standing_cum") == off.last(f"{outcome}_lost_by_standing_cum") == 0
    assert on.last(f"{outcome}_admitted_cum") - off.last(f"{outcome}_admitted_cum") == helped - hurt
    changed = {n for n in on.shards[0].store.tally_names if not np.array_equal(on.total(n), off.total(n))}
    assert changed <= {f"{outcome}_{c}_cum" for c in ("admitted", "by_standing", "lost_by_standing")}


def test_a_larger_weight_helps_and_hurts_more(city):
    """Sign test under the same luck."""
    heavy = city_world({f"applying.outcomes.{o}.grade_step_weight": 1.0 for o in OUTCOMES})
    for outcome in OUTCOMES:
        for what in ("by_standing", "lost_by_standing"):
            assert heavy.last(f"{outcome}_{what}_cum") > city.last(f"{outcome}_{what}_cum")


def test_the_disputed_reading(city):
    """X4: if a low score alone is never a basis, grades act on nobody and perks are still had."""
    off = city_world({"cities.rongcheng.grade_has_direct_effect": False, FEATURE + "lists": False})
    for outcome in OUTCOMES:
        assert off.last(f"{outcome}_by_standing_cum") == off.last(f"{outcome}_lost_by_standing_cum") == 0
    assert np.array_equal(
        off.total("perks_had_cum"), city_world({FEATURE + "lists": False}).total("perks_had_cum")
    )


def test_the_reading_changes_by_date():
    """X4: the paper's reading holds in its window, the later rule from 18 June 2021; then consent is asked too."""
    before, after = (schemes.in_force(BOOK, d) for d in (dt.date(2019, 6, 24), dt.date(2021, 6, 18)))
    assert before.direct[1] == 1 and after.direct[1] == 0
    assert before.scored_share[1] == 1.0 and after.scored_share[1] == 0.5
    world = city_world(start=dt.date(2021, 1, 4), years=1, people=[crowd(400, city=1)])
    scored = world.total("scored_persons_now")
    assert scored[0] == scored[23] == 400 and 150 < scored[-1] < 250
    files = laws.rows_of(world.shards[0], "residents")
    gone = files["grade"] == 0
    assert not np.isin(laws.rows_of(world.shards[0], "ledger")["resident"], np.flatnonzero(gone)).any()


def test_schemes_that_only_reward_hurt_nobody():
    """Wenzhou: positive only. Luck is the same for every city, so only the scheme can spare people."""
    people = [crowd(800, city=9, age=30)]
    world = city_world(people=people, start=dt.date(2019, 1, 7), years=3)
    assert world.last("loan_by_standing_cum") > 0 == world.last("loan_lost_by_standing_cum")
    held = laws.rows_of(world.shards[0], "residents")["points"]
    assert held.min() == 1000 < held.max()


# --- R57: every department type --------------------------------------------------------------------------------


def test_a_record_of_each_department_type_arrives_in_the_municipal_file():
    """R57: for every sector there is a deed of Rongcheng's that it delivers, and it is booked in a file."""
    sectors = {row.code: row.key for row in BOOK.on(LAST).city_departments.sectors.rows()}
    world = city_world({"deeds.rate_ratio": 60.0}, years=1)
    known = schemes.in_force(BOOK, LAST)
    arrived = set(world.notices("city_record", "sector").tolist())
    ledger = laws.rows_of(world.shards[0], "ledger")
    booked = set(known.sector[1, ledger["deed"]].tolist())
    assert {sectors[s] for s in arrived} == {sectors[s] for s in booked} == set(sectors.values())
    office = world.shards[0].store.columns["kind"][ledger["office"][ledger["office"] >= 0]]
    assert len(office) and set(office.tolist()) == {4}


# --- files (R59), grades (R60, V-45), bounds, no national score (R12) -------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_every_score_has_exactly_one_grade(key):
    """R60, V-45: the ladders of all cities part all scores; a better score has no worse grade."""
    code, known = BOOK.city(key).code, schemes.in_force(BOOK, LAST)
    rows = BOOK.city(key).on(LAST).grades.rows()
    grades = np.array([grade_of(p, known.cuts[code]) for p in range(-2000, 3001)])
    assert set(grades.tolist()) == set(range(1, len(rows) + 1))
    assert (np.diff(grades) <= 0).all()
    least, most = known.shown[code]
    assert least < known.base[code] < most
    for perk in BOOK.city(key).on(LAST).perks.rows():
        assert perk.least_grade in {row.key for row in rows}


def test_there_is_no_national_score():
    """R12: points and grades are fields of residents of a city with a scheme; nobody else has a place for them."""
    words = ("points", "grade", "gained")
    for name, kind in known_processes().items():
        for owned, spec in kind.owns.items():
            if isinstance(spec, Column) and owned.split(".")[-1] in words:
                assert owned.startswith("residents."), f"{name} keeps {owned}"
    world = play(stressed_plan({"deeds.rate_ratio": 5.0}), small_people(), weeks=120)
    for shard in world.shards:
        inside = shard.store.columns["city"] > 0
        files = laws.rows_of(shard, "residents")
        assert inside[files["party"]].all() and len(files["party"]) == inside.sum()
    assert not len(laws.rows_of(world.shards[1], "residents")["party"]), "the county has no scheme"


def test_the_file_of_a_person_and_of_an_organisation_can_be_read(city):
    """R59: card, points and grade, and every live entry with its deed, its points and who delivered it."""
    shard = city.shards[0]
    files, ledger = laws.rows_of(shard, "residents"), laws.rows_of(shard, "ledger")
    busiest = int(np.bincount(ledger["resident"]).argmax())
    for resident in (busiest, len(files["party"]) - 1):
        row = int(files["party"][resident])
        file = MunicipalFile(city.plan, shard, row)
        told = "\n".join(file.told())
        assert file.card in told and f"{int(files['points'][resident])} (" in told and "榮成" in told
        assert len(file.entries()) == int((ledger["resident"] == resident).sum())
        assert sum(int(line.split()[0]) for line in file.entries()) == files["points"][resident] - 1000
    assert (
        MunicipalFile(city.plan, play(plan_of(processes=CITY), [crowd(3)], weeks=1).shards[0], 0).told() == []
    )


def test_an_organisations_file_names_the_member_who_speaks_for_it():
    """R59: the file of an organisation leads to the card of its representative."""
    people = small_people()
    shard = play(plan_of(processes=CITY, start=dt.date(2014, 1, 6), burn_in_weeks=0), people, weeks=3).shards[
        0
    ]
    row = shard.persons
    speaker = int(people[0].organisations["representative"][0])
    told = MunicipalFile(shard.plan, shard, row).told()
    assert told[-1].strip().startswith("a member: ")
    assert MunicipalFile(shard.plan, shard, speaker).card in told[-1]


# --- laws, dates, and what nothing here touches ------------------------------------------------------------------


def test_points_are_base_and_ledger_in_all_cities_at_once():
    """V-41, V-44, V-45 with every city of the rule book in one shard, for five years, checked every week."""
    codes = [city.code for city in EVERY_CITY]
    people = [crowd(140 * len(codes), city=np.repeat(codes, 140), kind=np.arange(140 * len(codes)) % 7 == 0)]
    sets = {f"cities.{key}.keep_years": 0.5 for key in ("pilot", "rongcheng")}
    world = city_world(sets, people, 4, start=dt.date(2015, 7, 6))
    files = laws.rows_of(world.shards[0], "residents")
    scored = {int(c) for c in np.unique(files["city"][files["grade"] > 0])}
    assert scored == set(codes), "a city of the book has no file"
    assert world.last("grade_other_now") > 0 and world.last("city_black_ended_cum") > 0


@pytest.mark.parametrize("key", KEYS)
def test_a_city_is_silent_before_its_scheme(key):
    """No deed is counted, no file opened, no application followed before a city's first day."""
    code = BOOK.city(key).code
    first = next(d for d in BOOK.city_dates if schemes.in_force(BOOK, d).start[code])
    monday = first - dt.timedelta(days=first.weekday())
    plan = plan_of(
        BUSY,
        processes=CITY,
        start=monday - dt.timedelta(weeks=12),
        end=monday - dt.timedelta(days=1),
        burn_in_weeks=0,
    )
    world = play(plan, [crowd(300, city=code)], log=True)
    assert not world.log and not any(world.last(n) for n in world.shards[0].store.tally_names)


def test_each_part_can_be_left_out_and_the_rest_stays_equal_to_the_bit(city):
    """Deeds, records, points, lists and applications: each does without those that come after it."""
    for out in (("applying",), ("applying", "city_lists"), ("applying", "city_lists", "city_points")):
        rest = city_world(processes=tuple(p for p in CITY if p not in out))
        assert assert_same_where_shared(city, rest) > 5
    alone = city_world(processes=tuple(p for p in CITY if p != "city_lists"))
    assert np.array_equal(alone.total("perks_claimed_cum"), city.total("perks_claimed_cum"))


def test_the_same_deed_weighs_more_in_the_countryside():
    """Direction read in Liu and Rona-Tas 2024: townspeople have more rewards, countryfolk more penalties."""
    world = city_world(years=2)
    points = schemes.in_force(BOOK, dt.date(2014, 1, 6)).points[1]
    urban = urban_of(world.shards[0].store.columns["census"][world.notices("deed", "party")]) == 1
    good = points[world.notices("deed", "deed")] > 0
    assert (urban & good).sum() > (~urban & good).sum() and (urban & ~good).sum() < (~urban & ~good).sum()


# --- a city, a deed, a perk is data ------------------------------------------------------------------------------


def test_a_city_inherits_what_it_does_not_say():
    """The generic pilot is one file: a change of one of its rows reaches every city that is like it."""
    changed = BOOK.patch({"cities.pilot.deeds.blood_donation.points": 7})
    held = schemes.in_force(changed, LAST).points[:, 101]
    others = {c.code for c in EVERY_CITY if c.key not in ("suqian",)}
    assert {int(held[c]) for c in others - {1}} == {7} and held[7] == 10
    with pytest.raises(RuleError, match="cap_points_year"):
        BOOK.patch({"cities.hangzhou.cap_points_year": 20})


def _leaf(name: str, value: object) -> str:
    """A rule of a city file on one line."""
    bounds = "" if isinstance(value, str) else "range: [-9, 5000], "
    mark = "grade: assumed, why: a row added by a test"
    return f"{name}: {{gloss: {name}, {bounds}values: {{2017-01-01: {{value: {value}, {mark}}}}}}}\n"


def test_a_deed_and_a_perk_are_one_row_and_a_city_one_file(tmp_path: Path):
    """Nothing but YAML is touched: a new deed is booked, a new perk had, a new city scored."""
    folder = tmp_path / "rules"
    shutil.copytree(PACKAGE / "rules", folder)
    shutil.copy(PACKAGE / "sources.yaml", tmp_path)
    (folder / "cities" / "jinan.yaml").write_text(
        "code: 99\nlike: pilot\nname: 濟南市\ngloss: a city added by a test\n"
        + _leaf("base_points", 1200)
        + "deeds:\n  gloss: one row\n  dog_on_a_lead:\n    code: 1\n    gloss: a dog is kept on a lead\n"
        + "".join("    " + _leaf(*row) for row in (("points", 3), ("rate_per_year", 5), ("sector", "police")))
        + "perks:\n  gloss: one row\n  kennel:\n    code: 1\n    gloss: a free kennel\n"
        + "".join(
            "    " + _leaf(*row) for row in (("least_grade", "d"), ("claims_per_year", 4), ("value_yuan", 80))
        ),
        encoding="utf-8",
    )
    book = RuleBook.load(folder)
    plan = plan_of(processes=CITY, start=dt.date(2017, 1, 2), end=dt.date(2018, 6, 30), burn_in_weeks=0)
    plan = type(plan)(plan.processes, book, plan.calendar, plan.seed)
    world = play(plan, [crowd(500, city=99)], check=laws.check)
    assert world.last("scored_persons_now") == 500
    assert 1 in laws.rows_of(world.shards[0], "ledger")["deed"]
    assert world.last("perks_yuan_cum") >= 80 * 500


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"cities.rongcheng.deeds.demerit.sector": "polise"}, "police"),
        ({"cities.rongcheng.perks.heating_bill.least_grade": "aaaa"}, "aaa"),
    ],
)
def test_a_wrong_word_in_a_city_file_is_named(wrong, told):
    with pytest.raises(RuleError, match=f"did you mean '{told}'"):
        schemes.in_force(BOOK.patch(wrong), LAST)
