"""A check that cannot fail checks nothing: each fault below is planted, and the named check must catch it."""

import numpy as np
import pytest

from tests.verification import (
    face_faults,
    faults,
    noticing,
    stubs,
    test_analytic,
    test_extremes,
    test_protest_limits,
)
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

# --- faults and their checks -------------------------------

FAULTS = [
    noticing.Fault(
        "a switch leaves the map of debtors on",
        faults.instead(DebtorMap, "_scanners", lambda self, day: np.arange(20, dtype=np.int32)),
        noticing.publicity_can_be_cut,
        "map_sightings_cum",
    ),
    noticing.Fault(
        "a public site that is switched off still does something to somebody",
        faults.method_after(PublicPortal, "step", faults.a_look_up_makes_poor),
        noticing.cut_publicity_touches_nobody,
        "unable",
    ),
    noticing.Fault(
        "each cell of an experiment has its own luck",
        faults.luck_by_cell,
        noticing.twins_are_twins,
        "twins differ",
    ),
    noticing.Fault(
        "a published listing is not counted for the party",
        faults.instead(CourtList, "_census", lambda *a: None),
        noticing.laws_hold,
        "list_stock",
    ),
    noticing.Fault(
        "words are put into somebody's mouth",
        faults.after(f"{noticing.BEHAVIOURS}.opining.kernel.turn", faults.put_words_into_a_mouth),
        noticing.laws_hold,
        "opinion",
    ),
    noticing.Fault(
        "a listing skips a step",
        faults.after(f"{noticing.INSTITUTIONS}.court_list.kernel.end_listings", faults.straight_to_nothing),
        noticing.laws_hold,
        "list_steps",
    ),
    noticing.Fault(
        "a case is in no permitted state",
        faults.method_after(CourtList, "step", faults.extra_order),
        noticing.laws_hold,
        "one_state",
    ),
    noticing.Fault(
        "records move without being booked",
        faults.after(f"{noticing.INSTITUTIONS}.sharing_platform.kernel.move_records", faults.forget_to_book),
        noticing.laws_hold,
        "records",
    ),
    noticing.Fault(
        "a record leaks away",
        faults.method_after(SharingPlatform, "step", faults.leak_record),
        noticing.laws_hold,
        "records",
    ),
    noticing.Fault(
        "a record is booked to another list",
        faults.after(
            f"{noticing.INSTITUTIONS}.sharing_platform.kernel.enter_records", faults.book_to_another_list
        ),
        noticing.laws_hold,
        "records_by_issuer",
    ),
    noticing.Fault(
        "ordinary records vanish from the queue",
        faults.after(
            f"{noticing.INSTITUTIONS}.sharing_platform.kernel.flow_classes", faults.lose_what_is_queued
        ),
        noticing.laws_hold,
        "ordinary_records",
    ),
    noticing.Fault(
        "who left a black list is taken for listed",
        faults.method_after(BlackLists, "_end", faults.keep_on_the_black_list),
        noticing.laws_hold_on_busy_lists,
        "black_stock",
    ),
    noticing.Fault(
        "a listed party stays on a red list",
        faults.instead(RedLists, "_strike", lambda *a: None),
        noticing.laws_hold_on_busy_lists,
        "red_stock",
    ),
    noticing.Fault(
        "a wish of the shut out is counted twice",
        faults.after(f"{noticing.BEHAVIOURS}.shut_out.wants_of_shut_out", faults.count_a_wish_twice),
        noticing.laws_hold_on_busy_lists,
        "wants_of_the_shut_out",
    ),
    noticing.Fault(
        "who left the list is still looked up",
        faults.instead(PublicPortal, "_forget", lambda *a: None),
        noticing.laws_hold_where_all_look,
        "looked_up",
    ),
    noticing.Fault(
        "a bystander is barred",
        faults.after(f"{noticing.INSTITUTIONS}.joint_measures.kernel.rename", faults.bar_a_bystander),
        noticing.laws_hold,
        "bars",
    ),
    noticing.Fault(
        "a wish is counted twice",
        faults.after(f"{noticing.BEHAVIOURS}.wants.kernel.try_wants", faults.count_a_wish_twice),
        noticing.laws_hold,
        "wants",
    ),
    noticing.Fault(
        "points change off the books",
        faults.after(f"{noticing.INSTITUTIONS}.city_points.apply_deltas", faults.doctor_points),
        noticing.laws_hold,
        "points",
    ),
    noticing.Fault(
        "a grade is not counted",
        faults.instead(CityPoints, "_regrade", lambda *a: None),
        noticing.laws_hold,
        "points",
    ),
    noticing.Fault(
        "a record is lost on its way to a file",
        faults.method_after(CityDepartments, "_file", faults.lose_a_filing),
        noticing.laws_hold,
        "city_records",
    ),
    noticing.Fault(
        "more are admitted than applied",
        faults.after(f"{noticing.BEHAVIOURS}.applying.apply_for", faults.admit_a_crowd),
        noticing.laws_hold,
        "outcomes",
    ),
    noticing.Fault("courts list children", lambda patch: None, noticing.minors_stay_off, "minors"),
    noticing.Fault(
        "a yuan of debt vanishes",
        faults.after(f"{noticing.BEHAVIOURS}.repaying.kernel.monthly_visits", faults.lose_a_yuan),
        noticing.laws_hold,
        "money",
    ),
    noticing.Fault(
        "an objection is filed and forgotten",
        faults.method_after(Redress, "step", faults.forget_an_objection),
        noticing.laws_hold,
        "redress",
    ),
    noticing.Fault(
        "a fen is booked to an account and to no item",
        faults.method_after(Accounts, "step", lambda self, day: day.count(account_coercive_fen_cum=1)),
        noticing.laws_hold,
        "accounts",
    ),
    noticing.Fault(
        "somebody gets a commercial score without opting in",
        faults.method_after(CommercialScore, "step", faults.score_somebody),
        noticing.laws_hold,
        "members",
    ),
    noticing.Fault(
        "the court's shadow lies on somebody who was never marked",
        faults.method_after(CommercialScore, "step", faults.shade_somebody),
        noticing.laws_hold,
        "persons marked",
    ),
    noticing.Fault(
        "one person too many holds a perk",
        faults.method_after(Perks, "_hold", lambda self, day, above: day.count(hotel_holders_now=1)),
        noticing.laws_hold,
        "perks are open",
    ),
    noticing.Fault(
        "a commercial score lies above the scale",
        faults.method_after(CommercialScore, "step", faults.praise_a_member),
        noticing.laws_hold,
        "firm_scores",
    ),
    noticing.Fault(
        "a perk is open to whom the court's list blocks",
        faults.after(f"{noticing.INSTITUTIONS}.perks.kernel.count_holders", faults.open_to_the_blocked),
        noticing.laws_hold,
        "perk_holders",
    ),
    noticing.Fault(
        "a person is removed as a merchant",
        faults.merchants_from_row_nought,
        noticing.laws_hold_in_a_rush,
        "merchants",
    ),
    noticing.Fault(
        "one person's ability is not counted",
        faults.method_after(Ability, "step", faults.wake_one),
        noticing.laws_hold,
        "ability",
    ),
    noticing.Fault(
        "a score lies above the scale",
        faults.after(f"{noticing.INSTITUTIONS}.central_bank.kernel.score_files", faults.praise_one),
        noticing.laws_hold,
        "credit_files",
    ),
    noticing.Fault(
        "an announcement is made twice",
        faults.method_after(Board, "post", faults.silent_suits),
        noticing.sums_agree,
        "suits_cum",
    ),
    noticing.Fault(
        "deeds are not counted",
        faults.instead(Deeds, "step", lambda self, day: day.count(deeds_cum=1)),
        noticing.sums_agree,
        "deeds_cum",
    ),
    noticing.Fault(
        "luck depends on the thread",
        faults.instead(suing, "uniforms", faults.luck_by_thread),
        noticing.threads_do_not_matter,
        "threads",
    ),
    noticing.Fault(
        "luck is a stream: windows", faults.stream_luck, noticing.windows_do_not_matter, "windows"
    ),
    noticing.Fault(
        "luck is a stream: neighbours", faults.stream_luck, noticing.neighbours_do_not_matter, "neighbouring"
    ),
    noticing.Fault(
        "luck is a stream: restart", faults.stream_luck, noticing.pauses_do_not_matter, "restarted"
    ),
    noticing.Fault(
        "luck belongs to the case number",
        faults.luck_by_case_number,
        noticing.one_more_borrower_does_not_matter,
        "somebody else",
    ),
    noticing.Fault(
        "luck belongs to the row",
        faults.instead(ability, "hits", faults.luck_by_row),
        noticing.rows_do_not_matter,
        "differs from week",
    ),
    noticing.Fault(
        "a process remembers outside its columns",
        faults.hidden_memory,
        noticing.pauses_do_not_matter,
        "restarted",
    ),
    noticing.Fault(
        "keys go by place in the list", faults.luck_by_place, noticing.onlookers_do_not_matter, "differs"
    ),
    noticing.Fault(
        "people object to what they do not know of",
        faults.everybody_objects,
        noticing.unknown_rights_do_not_matter,
        "differs",
    ),
    noticing.Fault(
        "a sum in yuan stands in the program", faults.no_small_suits, noticing.money_has_no_unit, "differs"
    ),
    noticing.Fault(
        "points reach into the courts", faults.meddling_points, noticing.points_touch_nothing, "differs"
    ),
    noticing.Fault(
        "chances grow in a straight line", faults.linear_chances, noticing.months_are_exact, "step"
    ),
    noticing.Fault(
        "competing chances are not shared",
        faults.instead(test_analytic, "competing", faults.unshared),
        test_analytic.competing_as_the_formula_says,
        "Obtained|==",
    ),
    noticing.Fault(
        "other exits come twice as often",
        faults.shifted_register(4, 2.0),
        test_analytic.time_listed_is_one_over_the_rates,
        "a year",
    ),
    noticing.Fault(
        "a term lasts three years",
        faults.shifted_register(1, 1.5),
        test_analytic.stock_is_inflow_times_term,
        "list",
    ),
    noticing.Fault(
        "retries are not counted",
        faults.after(f"{noticing.BEHAVIOURS}.wants.kernel.try_wants", faults.no_retries),
        test_analytic.refusals_as_the_formula_says,
        "standard errors",
    ),
    noticing.Fault(
        "a court takes three suits a week in any town",
        faults.one_clerk,
        noticing.size_does_not_matter,
        "judgments_cum",
    ),
    noticing.Fault(
        "somebody lives where nobody lives",
        faults.method_after(Ability, "begin", faults.nobody_is_unable),
        test_extremes.test_nobody,
        "ability",
    ),
    noticing.Fault(
        "a child may borrow",
        faults.instead(Borrowing, "_may_ask", faults.children_borrow),
        test_extremes.test_all_minors,
        "loans_taken_cum",
    ),
    noticing.Fault(
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
    named = {fault.word for fault in (*FAULTS, *face_faults.FAULTS, *test_protest_limits.FAULTS)}
    assert {law.__name__ for law in laws.LAWS} <= named


def test_stand_ins_do_what_they_say():
    """The stand-ins of the analytic tests keep the law of the list's stock themselves."""
    shard, states, _ = test_analytic.list_machine({"complying.base_per_year": 1.0}, 40)
    assert laws.list_stock(shard) == "" and states.sum(1).min() >= stubs.A_WEEK
