"""A check that cannot fail checks nothing: each fault below is planted, and the named check must catch it."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests import experiments
from tests.verification import checks, faults, stubs, test_analytic, test_extremes, test_firms, test_lists
from tests.worlds import people_of, play
from xinyong import laws
from xinyong.behaviours import ability, suing
from xinyong.behaviours.ability import Ability
from xinyong.behaviours.borrowing import Borrowing
from xinyong.behaviours.deeds import Deeds
from xinyong.errors import RunError
from xinyong.institutions.accounts import Accounts
from xinyong.institutions.black_lists import BlackLists
from xinyong.institutions.city_departments import CityDepartments
from xinyong.institutions.city_points import CityPoints
from xinyong.institutions.commercial_score import CommercialScore
from xinyong.institutions.court_list import CourtList
from xinyong.institutions.debtor_map import DebtorMap
from xinyong.institutions.perks import Perks
from xinyong.institutions.public_portal import PublicPortal
from xinyong.institutions.red_lists import RedLists
from xinyong.institutions.redress import Redress
from xinyong.institutions.sharing_platform import SharingPlatform
from xinyong.notices import Board

PEOPLE = checks.small_people()
BEHAVIOURS, INSTITUTIONS = "xinyong.behaviours", "xinyong.institutions"


class Fault(NamedTuple):
    """Something wrong with the model, the check that must notice, and a word of its complaint."""

    what: str
    plant: faults.Plant
    check: Callable[[], None]
    word: str


# --- what must notice ------------------------------------------------------------------------------------------


def laws_hold(sets: dict[str, Any] | None = None) -> None:
    play(checks.stressed_plan(sets), PEOPLE, check=laws.check)


def minors_stay_off() -> None:
    laws_hold({"borrowing.minimum_age_years": 0, "courts.minimum_age_years": 0})


def laws_hold_on_busy_lists() -> None:
    laws_hold(test_lists.BUSY)


def laws_hold_where_all_look() -> None:
    laws_hold({"public_portal.lookups_per_adult_year": 200.0})


def laws_hold_in_a_rush() -> None:
    laws_hold({**test_firms.RUSH, "marketplace.removals_per_year": 10, "marketplace.merchant_share": 1.0})


def sums_agree() -> None:
    checks.counters_are_sums(play(checks.stressed_plan(), PEOPLE, log=True))


def rows_do_not_matter() -> None:
    checks.any_order_of_rows(checks.stressed_plan(), PEOPLE)


def threads_do_not_matter() -> None:
    checks.any_number_of_threads(checks.stressed_plan(), PEOPLE, (1, 2))


def windows_do_not_matter() -> None:
    checks.any_window(checks.stressed_plan(), PEOPLE, (1, 13))


def pauses_do_not_matter() -> None:
    checks.any_pause(checks.stressed_plan(), PEOPLE, 100)


def neighbours_do_not_matter() -> None:
    checks.neighbours_do_not_matter(checks.stressed_plan(), PEOPLE)


def one_more_borrower_does_not_matter() -> None:
    everybody = checks.crowd(900, age=[5] * 60 + [40] * 840, city=1)
    checks.one_more_borrower_changes_nobody_else([everybody], range(60))


def onlookers_do_not_matter() -> None:
    checks.bystander_changes_nothing(checks.stressed_plan(), PEOPLE, checks.Dreamer())


def unknown_rights_do_not_matter() -> None:
    checks.unused_objection_changes_nothing(PEOPLE)


def money_has_no_unit() -> None:
    checks.any_unit_of_money(PEOPLE)


def points_touch_nothing() -> None:
    checks.points_touch_nothing_else(PEOPLE)


def size_does_not_matter() -> None:
    checks.any_size_shows_the_same_rates(checks.stressed_plan(), [people_of(1, n) for n in (1_000, 10_000)])


def months_are_exact() -> None:
    test_analytic.unable_as_the_formula_says(10, 1 / 12, persons=2_000_000)


def publicity_can_be_cut() -> None:
    experiments.silent_when_off("V")


def cut_publicity_touches_nobody() -> None:
    experiments.off_is_as_if_absent("V")


def twins_are_twins() -> None:
    with TemporaryDirectory() as folder:
        experiments.twins_share_society_and_luck(Path(folder) / "twins")


# --- faults and their checks -------------------------------

FAULTS = [
    Fault(
        "a switch leaves the map of debtors on",
        faults.instead(DebtorMap, "_scanners", lambda self, day: np.arange(20, dtype=np.int32)),
        publicity_can_be_cut,
        "map_sightings_cum",
    ),
    Fault(
        "a public site that is switched off still does something to somebody",
        faults.method_after(PublicPortal, "step", faults.a_look_up_makes_poor),
        cut_publicity_touches_nobody,
        "unable",
    ),
    Fault(
        "each cell of an experiment has its own luck", faults.luck_by_cell, twins_are_twins, "twins differ"
    ),
    Fault(
        "a published listing is not counted for the party",
        faults.instead(CourtList, "_census", lambda *a: None),
        laws_hold,
        "list_stock",
    ),
    Fault(
        "a listing skips a step",
        faults.after(f"{INSTITUTIONS}.court_list.kernel.end_listings", faults.straight_to_nothing),
        laws_hold,
        "list_steps",
    ),
    Fault(
        "a case is in no permitted state",
        faults.method_after(CourtList, "step", faults.extra_order),
        laws_hold,
        "one_state",
    ),
    Fault(
        "records move without being booked",
        faults.after(f"{INSTITUTIONS}.sharing_platform.kernel.move_records", faults.forget_to_book),
        laws_hold,
        "records",
    ),
    Fault(
        "a record leaks away",
        faults.method_after(SharingPlatform, "step", faults.leak_record),
        laws_hold,
        "records",
    ),
    Fault(
        "a record is booked to another list",
        faults.after(f"{INSTITUTIONS}.sharing_platform.kernel.enter_records", faults.book_to_another_list),
        laws_hold,
        "records_by_issuer",
    ),
    Fault(
        "ordinary records vanish from the queue",
        faults.after(f"{INSTITUTIONS}.sharing_platform.kernel.flow_classes", faults.lose_what_is_queued),
        laws_hold,
        "ordinary_records",
    ),
    Fault(
        "who left a black list is taken for listed",
        faults.method_after(BlackLists, "_end", faults.keep_on_the_black_list),
        laws_hold_on_busy_lists,
        "black_stock",
    ),
    Fault(
        "a listed party stays on a red list",
        faults.instead(RedLists, "_strike", lambda *a: None),
        laws_hold_on_busy_lists,
        "red_stock",
    ),
    Fault(
        "a wish of the shut out is counted twice",
        faults.after(f"{BEHAVIOURS}.shut_out.wants_of_shut_out", faults.count_a_wish_twice),
        laws_hold_on_busy_lists,
        "wants_of_the_shut_out",
    ),
    Fault(
        "who left the list is still looked up",
        faults.instead(PublicPortal, "_forget", lambda *a: None),
        laws_hold_where_all_look,
        "looked_up",
    ),
    Fault(
        "a bystander is barred",
        faults.after(f"{INSTITUTIONS}.joint_measures.kernel.rename", faults.bar_a_bystander),
        laws_hold,
        "bars",
    ),
    Fault(
        "a wish is counted twice",
        faults.after(f"{BEHAVIOURS}.wants.kernel.try_wants", faults.count_a_wish_twice),
        laws_hold,
        "wants",
    ),
    Fault(
        "points change off the books",
        faults.after(f"{INSTITUTIONS}.city_points.apply_deltas", faults.doctor_points),
        laws_hold,
        "points",
    ),
    Fault(
        "a grade is not counted", faults.instead(CityPoints, "_regrade", lambda *a: None), laws_hold, "points"
    ),
    Fault(
        "a record is lost on its way to a file",
        faults.method_after(CityDepartments, "_file", faults.lose_a_filing),
        laws_hold,
        "city_records",
    ),
    Fault(
        "more are admitted than applied",
        faults.after(f"{BEHAVIOURS}.applying.apply_for", faults.admit_a_crowd),
        laws_hold,
        "outcomes",
    ),
    Fault("courts list children", lambda patch: None, minors_stay_off, "minors"),
    Fault(
        "a yuan of debt vanishes",
        faults.after(f"{BEHAVIOURS}.repaying.kernel.monthly_visits", faults.lose_a_yuan),
        laws_hold,
        "money",
    ),
    Fault(
        "an objection is filed and forgotten",
        faults.method_after(Redress, "step", faults.forget_an_objection),
        laws_hold,
        "redress",
    ),
    Fault(
        "a fen is booked to an account and to no item",
        faults.method_after(Accounts, "step", lambda self, day: day.count(account_coercive_fen_cum=1)),
        laws_hold,
        "accounts",
    ),
    Fault(
        "somebody gets a commercial score without opting in",
        faults.method_after(CommercialScore, "step", faults.score_somebody),
        laws_hold,
        "members",
    ),
    Fault(
        "the court's shadow lies on somebody who was never marked",
        faults.method_after(CommercialScore, "step", faults.shade_somebody),
        laws_hold,
        "persons marked",
    ),
    Fault(
        "one person too many holds a perk",
        faults.method_after(Perks, "_hold", lambda self, day, above: day.count(hotel_holders_now=1)),
        laws_hold,
        "perks are open",
    ),
    Fault(
        "a commercial score lies above the scale",
        faults.method_after(CommercialScore, "step", faults.praise_a_member),
        laws_hold,
        "firm_scores",
    ),
    Fault(
        "a perk is open to whom the court's list blocks",
        faults.after(f"{INSTITUTIONS}.perks.kernel.count_holders", faults.open_to_the_blocked),
        laws_hold,
        "perk_holders",
    ),
    Fault(
        "a person is removed as a merchant",
        faults.merchants_from_row_nought,
        laws_hold_in_a_rush,
        "merchants",
    ),
    Fault(
        "one person's ability is not counted",
        faults.method_after(Ability, "step", faults.wake_one),
        laws_hold,
        "ability",
    ),
    Fault(
        "a score lies above the scale",
        faults.after(f"{INSTITUTIONS}.central_bank.kernel.score_files", faults.praise_one),
        laws_hold,
        "credit_files",
    ),
    Fault(
        "an announcement is made twice",
        faults.method_after(Board, "post", faults.silent_suits),
        sums_agree,
        "suits_cum",
    ),
    Fault(
        "deeds are not counted",
        faults.instead(Deeds, "step", lambda self, day: day.count(deeds_cum=1)),
        sums_agree,
        "deeds_cum",
    ),
    Fault(
        "luck depends on the thread",
        faults.instead(suing, "uniforms", faults.luck_by_thread),
        threads_do_not_matter,
        "threads",
    ),
    Fault("luck is a stream: windows", faults.stream_luck, windows_do_not_matter, "windows"),
    Fault("luck is a stream: neighbours", faults.stream_luck, neighbours_do_not_matter, "neighbouring"),
    Fault("luck is a stream: restart", faults.stream_luck, pauses_do_not_matter, "restarted"),
    Fault(
        "luck belongs to the case number",
        faults.luck_by_case_number,
        one_more_borrower_does_not_matter,
        "somebody else",
    ),
    Fault(
        "luck belongs to the row",
        faults.instead(ability, "hits", faults.luck_by_row),
        rows_do_not_matter,
        "differs from week",
    ),
    Fault("a process remembers outside its columns", faults.hidden_memory, pauses_do_not_matter, "restarted"),
    Fault("keys go by place in the list", faults.luck_by_place, onlookers_do_not_matter, "differs"),
    Fault(
        "people object to what they do not know of",
        faults.everybody_objects,
        unknown_rights_do_not_matter,
        "differs",
    ),
    Fault("a sum in yuan stands in the program", faults.no_small_suits, money_has_no_unit, "differs"),
    Fault("points reach into the courts", faults.meddling_points, points_touch_nothing, "differs"),
    Fault("chances grow in a straight line", faults.linear_chances, months_are_exact, "step"),
    Fault(
        "competing chances are not shared",
        faults.instead(test_analytic, "competing", faults.unshared),
        test_analytic.competing_as_the_formula_says,
        "Obtained|==",
    ),
    Fault(
        "other exits come twice as often",
        faults.shifted_register(4, 2.0),
        test_analytic.time_listed_is_one_over_the_rates,
        "a year",
    ),
    Fault(
        "a term lasts three years",
        faults.shifted_register(1, 1.5),
        test_analytic.stock_is_inflow_times_term,
        "list",
    ),
    Fault(
        "retries are not counted",
        faults.after(f"{BEHAVIOURS}.wants.kernel.try_wants", faults.no_retries),
        test_analytic.refusals_as_the_formula_says,
        "standard errors",
    ),
    Fault(
        "a court takes three suits a week in any town",
        faults.one_clerk,
        size_does_not_matter,
        "judgments_cum",
    ),
    Fault(
        "somebody lives where nobody lives",
        faults.method_after(Ability, "begin", faults.nobody_is_unable),
        test_extremes.test_nobody,
        "ability",
    ),
    Fault(
        "a child may borrow",
        faults.method_after(Borrowing, "begin", faults.children_borrow),
        test_extremes.test_all_minors,
        "loans_taken_cum",
    ),
    Fault(
        "an order to list lies a month",
        faults.a_month_at_the_desk,
        test_extremes.test_infinite_capacity,
        "fortnight",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.what.replace(" ", "-") for fault in FAULTS])
def test_a_planted_fault_is_caught(fault, monkeypatch):
    fault.plant(monkeypatch)
    with pytest.raises((AssertionError, RunError), match=fault.word):
        fault.check()


def test_every_law_has_a_planted_fault():
    """A new law must come with a fault that breaks it."""
    named = {fault.word for fault in FAULTS}
    assert {law.__name__ for law in laws.LAWS} <= named


def test_stand_ins_do_what_they_say():
    """The stand-ins of the analytic tests keep the law of the list's stock themselves."""
    shard, states, _ = test_analytic.list_machine({"complying.base_per_year": 1.0}, 40)
    assert laws.list_stock(shard) == "" and states.sum(1).min() >= stubs.A_WEEK
