"""What must notice a planted fault: checks without arguments, and the form in which a fault is written down."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests import experiments
from tests.verification import checks, faults, test_analytic, test_firms, test_lists
from tests.worlds import people_of, play
from xinyong import laws

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
    experiments.off_is_as_if_absent("V1_sight")


def twins_are_twins() -> None:
    with TemporaryDirectory() as folder:
        experiments.twins_share_society_and_luck(Path(folder) / "twins")
