"""The desk for objection and repair: what it must do for any register, whoever keeps it."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import xinyong
from tests.verification import checks, stubs
from tests.worlds import World, plan_of, play
from xinyong import laws
from xinyong.institutions.redress import COUNTERS, Redress, tallies
from xinyong.rulebook import RuleBook

PEOPLE = [checks.crowd(3000)]
EVERYBODY_ASKS = {
    "redress.aware_share": 1.0, "redress.files_if_wrong_share": 1.0, "redress.files_if_right_share": 0.2,
    "redress.capacity_per_100000_week": 100_000,
}  # fmt: skip
YEARS = {
    "start": dt.date(2017, 1, 2),
    "end": dt.date(2018, 6, 30),
    "burn_in_weeks": 4,
    "processes": ("redress",),
}


def lived(sets: dict[str, Any] | None = None, people=PEOPLE, **more: Any) -> World:
    """A year and a half of stand-in registers and their desk."""
    plan = plan_of({**EVERYBODY_ASKS, **(sets or {})}, **{**YEARS, **more})
    return play(checks.with_processes(plan, stubs.Ledgers()), people, check=laws.check, log=True)


def test_every_register_is_served_by_its_row():
    """Objections come from every register; what the desk grants is erased in the week after."""
    world = lived()
    for register in ("other_lists", "city_points", "central_bank", "commercial_score"):
        assert world.last(f"redress_{register}_filed_cum") > 500, register
        assert world.last(f"redress_{register}_late_cum") > 0
    told, kinds = world.notices("decision", "granted"), world.notices("decision", "kind")
    upheld = int(((told == 1) & (kinds == 1)).sum())
    assert world.last("redress_granted_cum") == upheld
    last_week = upheld - world.last("erased_cum")
    assert 0 <= last_week < 60, "decisions of the last week are heard in the next"


def test_clocks_are_kept_but_for_the_late_share():
    """With time enough a ruling comes within the law's days, save the share that is late anyway."""
    world = lived({"redress.late_share": 0.0})
    assert world.last("redress_late_cum") == 0
    world = lived({"redress.late_share": 0.25})
    rulings = world.last("redress_rulings_cum")
    assert abs(world.last("redress_late_cum") / rulings - 0.25) < 4 * np.sqrt(0.25 * 0.75 / rulings) + 1 / 15


def test_only_where_the_law_gives_a_second_instance_is_there_one():
    """The supervisor hears complaints against the bureau (art. 26); the other registers know no second instance."""
    world = lived()
    again = {
        n: world.last(f"redress_{n}_reconsidered_cum") for n in ("central_bank", "city_points", "other_lists")
    }
    assert again["central_bank"] > 50
    assert again["city_points"] == again["other_lists"] == 0


def test_more_right_decisions_fewer_wrongful_days():
    """V-68: as the desk decides rightly more often, wrong entries stand fewer days, person by person the same luck."""
    shares = (0.2, 0.5, 0.8, 1.0)
    days = [lived({"redress.correct_decision_share": s}).last("wrongful_days_cum") for s in shares]
    assert days == sorted(days, reverse=True) and len(set(days)) == 4
    assert lived({"redress.correct_decision_share": 1.0}).last("redress_kept_wrong_cum") == 0


def test_more_right_decisions_fewer_wrongful_days_on_the_courts_list():
    """V-68 on the court list itself: weeks of wrongful listing fall as courts decide objections rightly."""
    people = checks.small_people(1, 2000)
    sets = {
        "court_list.other_exits_per_year": 0.0,
        "court_list.term_ground_share": 0.0,
        "complying.base_per_year": 0.0,
    }
    worlds = [
        play(checks.stressed_plan({**sets, "objection.correct_decision_share": s}), people)
        for s in (0.1, 0.5, 0.95)
    ]
    weeks = [int(w.total("wrongful_listed_now").sum()) for w in worlds]
    assert weeks[0] > weeks[1] > weeks[2]


def test_less_time_longer_queues():
    """Capacity down: the queue, the days waited and the late rulings go up, and wrong entries stand longer."""
    pace = (2000, 600, 100)
    worlds = [lived({"redress.capacity_per_100000_week": p}) for p in pace]
    for name in ("redress_queued_now", "redress_open_now", "wrongful_days_cum"):
        told = [w.last(name) for w in worlds]
        assert told == sorted(told) and told[0] < told[2], name
    mean = [w.last("redress_waited_days_cum") / w.last("redress_rulings_cum") for w in worlds]
    late = [w.last("redress_late_cum") / w.last("redress_rulings_cum") for w in worlds]
    assert mean == sorted(mean) and late == sorted(late) and late[2] > 0.9
    weeks = len(worlds[2].total("redress_rulings_cum"))
    handled = worlds[2].last("redress_rulings_cum") + worlds[2].last("redress_repairs_cum")
    assert handled <= 4 * 3 * weeks, "three rulings a week for each of four registers, no more"


def test_the_oldest_petition_is_heard_first():
    """In a queue nobody overtakes: filing days of one register's rulings never go back by more than a week."""
    world = lived({"redress.capacity_per_100000_week": 300, "redress.late_share": 0.0})
    register, number = (world.notices("decision", n) for n in ("register", "number"))
    weeks = number[register == 16].astype(int) // (stubs.A_WEEK * 4)
    back = np.maximum.accumulate(weeks) - weeks
    assert len(weeks) > 200 and back.max() <= 3, "a review's own fifteen days, no more"


def test_repair_opens_on_its_day_and_after_its_waiting_time():
    """Black lists know repair from July 2019 (six months after entry), others from December 2020, the bureau never."""
    years = {"start": dt.date(2019, 1, 7), "end": dt.date(2021, 12, 31)}
    world = lived({"redress.files_if_right_share": 0.0}, **years)
    days, kinds, register = (world.notices("decision", n) for n in ("day", "kind", "register"))
    first = {code: days[(kinds == 2) & (register == code)].min(initial=2**30) for code in (1, 16, 17, 18)}
    assert first[1] > (dt.date(2019, 7, 1) - dt.date(2000, 1, 1)).days
    assert first[16] > (dt.date(2020, 12, 7) - dt.date(2000, 1, 1)).days
    assert first[17] == first[18] == 2**30
    asked, granted = world.last("redress_repairs_cum"), world.last("redress_repaired_cum")
    assert abs(granted / asked - 0.7) < 4 * np.sqrt(0.21 / asked)
    assert world.last("mended_cum") > 0.9 * granted - 60


def test_no_register_is_answered_before_its_date():
    """In 2012 nobody answers; in 2013 the city and the bureau do, black lists and firms not yet."""
    silent = lived(start=dt.date(2012, 1, 2), end=dt.date(2012, 12, 30))
    assert "decision" not in silent.log and silent.last("redress_filed_cum") == 0
    early = lived(start=dt.date(2013, 4, 1), end=dt.date(2014, 6, 29))
    assert early.last("redress_central_bank_filed_cum") > 0 < early.last("redress_city_points_filed_cum")
    assert (
        early.last("redress_other_lists_filed_cum") == early.last("redress_commercial_score_filed_cum") == 0
    )


def test_a_desk_nobody_knows_of_is_no_desk():
    """V-31: with awareness zero the registers end as they do without the desk, to the bit."""
    unknown = lived({"redress.aware_share": 0.0})
    plan = plan_of({}, **{**YEARS, "processes": ()})
    absent = play(checks.with_processes(plan, stubs.Ledgers()), PEOPLE)
    assert checks.assert_same_where_shared(unknown, absent, lambda n: "petition" in n or "digest" in n) > 8


def test_the_desk_touches_nobody_who_does_not_use_it():
    """Put in or left out, the desk leaves every series of the spine equal to the bit."""
    people = checks.small_people()
    spine = (
        "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
        "joint_measures", "wants", "objection",
    )  # fmt: skip
    without = play(checks.stressed_plan(processes=spine), people)
    with_it = play(checks.stressed_plan(processes=(*spine, "redress")), people)
    assert checks.assert_same_where_shared(without, with_it) > 60


def test_rows_and_pauses_leave_no_trace():
    """V-22 and V-23 with a queue: other rows, or a restart in the middle, change no count."""
    sets = {**EVERYBODY_ASKS, "redress.capacity_per_100000_week": 300}
    plan = checks.with_processes(plan_of(sets, **YEARS), stubs.Ledgers())
    checks.any_pause(plan, PEOPLE, 40)
    checks.any_order_of_rows(plan, PEOPLE)


def test_two_entries_of_one_day_have_their_own_rulings():
    """A party entered twice on one day in one register objects to both, and each is ruled on by itself."""
    from xinyong.kernels.petitions import tell_apart

    luck = np.full(40, (16 << 8) | (3 << 5), np.uint16)
    party = np.r_[np.zeros(35, np.int32), np.arange(1, 6)].astype(np.int32)
    tell_apart(luck, party)
    assert sorted(luck[:32] & 31) == list(range(32)) and (luck[32:35] & 31 == 31).all()
    assert (luck[35:] & 31 == 0).all() and (luck >> 5 == luck[0] >> 5).all()


ONE_ROW = {"code": 7, "name": "某部門黑名單", "gloss": "a further list", "review_days": {
    "gloss": "days", "unit": "days", "range": [1, 365],
    "values": {"2016-01-01": {"value": 5, "grade": "assumed", "why": "A row of a test."}}}}  # fmt: skip


def test_a_further_register_is_one_row(tmp_path: Path):
    """One row in the rule file, and the register has its own clock and its own counts; its neighbours keep theirs."""
    folder = tmp_path / "rules"
    shutil.copytree(Path(xinyong.__file__).parent / "rules", folder)
    file = folder / "redress.yaml"
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))
    rules["registers"]["one_more"] = ONE_ROW
    file.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    book = RuleBook.load(folder, {**EVERYBODY_ASKS, "redress.late_share": 0.0})

    class Desk(Redress):
        owns = {**Redress.owns, **tallies(book)}

    class Seven(stubs.Ledgers):
        registers = (6, 7, 8, 16)

    old = plan_of({}, **{**YEARS, "processes": ()})
    plan = type(old)((Seven(), Desk()), book, old.calendar, old.seed)
    world = play(plan, PEOPLE, check=laws.check)
    assert world.last("redress_one_more_filed_cum") == pytest.approx(
        2 * world.last("redress_other_lists_filed_cum"), rel=0.05
    )
    days = {n: world.last(f"redress_{n}_waited_days_cum") / world.last(f"redress_{n}_rulings_cum")
            for n in ("one_more", "other_lists", "city_points")}  # fmt: skip
    assert days["one_more"] < 5 < days["city_points"] < 15 < days["other_lists"] < 30


def test_every_count_is_explained():
    """Each register has every counter, with a meaning and a unit."""
    assert len([n for n in Redress.owns if n.startswith("redress_")]) == 5 * len(COUNTERS)


def test_a_firm_withdraws_marks_of_the_wrong_person():
    """V-68 at a firm: the better its desk decides, the fewer persons carry another's court listing in their score."""
    sets = {
        **EVERYBODY_ASKS,
        "commercial_score.court_feed_wrong_per_1000": 300,
        "redress.files_if_right_share": 0.0,
    }
    people = checks.small_people(1, 2000)
    worlds = [
        play(
            checks.stressed_plan({**sets, "redress.correct_decision_share": share}), people, check=laws.check
        )
        for share in (0.0, 1.0)
    ]
    weeks = [int(w.total("wrongly_marked_now").sum()) for w in worlds]
    assert weeks[0] > 2 * weeks[1] > 0
    assert worlds[0].last("court_marks_withdrawn_cum") == 0 < worlds[1].last("court_marks_withdrawn_cum")
    assert np.array_equal(worlds[0].total("listings_cum"), worlds[1].total("listings_cum"))


CITY = {
    **EVERYBODY_ASKS, "city_points.wrong_per_1000": 300, "redress.files_if_right_share": 0.0, "deeds.rate_ratio": 3.0,
}  # fmt: skip


def city(sets: dict[str, Any] | None = None, **more: Any) -> World:
    """Rongcheng's toy town with many wrong bookings, under all laws."""
    return play(
        checks.stressed_plan({**CITY, **(sets or {})}, **more), checks.small_people(1, 2000), check=laws.check
    )


def test_a_wrongly_booked_deduction_is_taken_back():
    """V-68 in a city: the more often its desk decides rightly, the fewer deductions stand in another's file."""
    worlds = [city({"redress.correct_decision_share": share}) for share in (0.0, 0.5, 1.0)]
    weeks = [int(w.total("wrong_deductions_now").sum()) for w in worlds]
    assert weeks[0] > weeks[1] > weeks[2] > 0
    assert worlds[0].last("deductions_taken_back_cum") == 0 < worlds[2].last("deductions_taken_back_cum")
    booked = {w.last("deductions_cum") for w in worlds}
    assert len(booked) == 1, "what is booked does not depend on what is taken back"


def test_a_city_without_a_desk_lives_on():
    """Without the desk the city books the same deductions and takes none back."""
    withe, without = city(), city(leave_out=["redress"])
    assert np.array_equal(withe.total("deductions_cum"), without.total("deductions_cum"))
    assert without.last("deductions_taken_back_cum") == 0
    assert np.array_equal(withe.total("listings_cum"), without.total("listings_cum"))


def test_wrong_bookings_are_as_many_as_the_rule_says():
    """Each deduction goes astray with the chance of the rule, as far as the other lives in the city."""
    world = city({"redress.aware_share": 0.0}, end=dt.date(2017, 6, 30))
    towns = [s for s in world.shards if s.store.columns["city"].any()]
    lives_here = world.last("scored_persons_now") / sum(s.persons for s in towns)
    deductions = world.last("deductions_cum")
    share, expected = world.last("wrong_deductions_now") / deductions, 0.3 * lives_here
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / deductions)
    none = city({"city_points.wrong_per_1000": 0}, end=dt.date(2017, 6, 30))
    assert none.last("wrong_deductions_now") == 0 < none.last("deductions_cum")
