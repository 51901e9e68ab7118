"""Grievance, protest and the state's answer: limits, signs, edges, and what the model must never do."""

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, people_of, plan_of, play
from xinyong import laws
from xinyong.behaviours.protesting import SOURCES
from xinyong.errors import RuleError
from xinyong.kernels import answering
from xinyong.kernels import protesting as kernel

PEOPLE = people_of(1, 1200)
MINE = ("grieving", "protesting", "state_response")
SOCIETY = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", *MINE,
)  # fmt: skip
RESTLESS: dict[str, Any] = {
    **{k: v for k, v in checks.STRESS.items() if not k.startswith(("objection", "central_bank"))},
    "protesting.moments_per_adult_year": 10, "protesting.protests_per_active_year": 2,
    "protesting.petitions_per_active_year": 5, "state_response.violent_share": 0.3, "grieving.outrage_hardship": 0.1,
    "grieving.outrage_memory_years": 0.05,
}  # fmt: skip
EXPECTED = "protests_expected_cum"


def world(sets: dict[str, Any] | None = None, people: Any = None, **more: Any) -> World:
    """A restless world of lists, grievances and protests, checked every week."""
    plan = checks.stressed_plan({**RESTLESS, **(sets or {})}, **{"processes": SOCIETY, **more})
    return play(plan, people or PEOPLE, check=laws.check)


@pytest.fixture(scope="module")
def restless() -> World:
    return world()


def test_everything_happens(restless):
    """The world of these tests holds every source, every answer, and fear."""
    names = [f"protests_expected_{s}_cum" for s in SOURCES]
    names += [
        "tolerated_cum",
        "compensated_cum",
        "repressed_cum",
        "backlash_cum",
        "calmed_cum",
        "silenced_petitions_cum",
    ]
    assert {name: restless.last(name) for name in names if not restless.last(name)} == {}


# --- V-12: Epstein's limits -----------------------------------------------------------------------------------


def as_many_officers_as_active() -> None:
    assert kernel.arrest_chance(1.0, 1.0) == pytest.approx(0.8997, abs=5e-5), "arrest at par"


def quiet_under_full_legitimacy() -> None:
    quiet = world(
        {"protesting.legitimacy": 1, "protesting.support_weight": 0, "state_response.officers_per_1000": 0}
    )
    told = [quiet.last(name) for name in ("protests_cum", EXPECTED, "grievance_petitions_cum")]
    assert told == [0, 0, 0], f"not quiet: {told}"


def all_active_in_despair() -> None:
    """Hardship 1, legitimacy 0, no officers: every moment of choice is a protest."""
    sets = {
        "protesting.legitimacy": 0, "protesting.support_weight": 0, "protesting.common_hardship_low": 1,
        "protesting.protests_per_active_year": 10, "protesting.p_expression": 0, "protesting.softness": 0,
        "state_response.officers_per_1000": 0, "state_response.offer_share": 0, "state_response.repression_share": 0,
    }  # fmt: skip
    active = world(sets)
    assert active.last("protests_cum") > 1000
    told = active.last(EXPECTED), active.last("grievance_petitions_cum")
    assert told == (1_000_000_000 * active.last("protests_cum"), 0), f"not all active: {told}"


def test_v12_limits_of_epsteins_rule():
    as_many_officers_as_active()
    quiet_under_full_legitimacy()
    all_active_in_despair()


def test_the_soft_threshold_becomes_the_hard_one():
    """With softness near nought the smooth rate is Epstein's step."""
    rules = np.zeros(kernel.RULES)
    rules[[kernel.JAIL, kernel.THRESHOLD]] = 1.0, 0.1
    for grievance in (0.05, 0.3, 0.9):
        for risk in (0.0, 0.2, 1.0):
            rules[kernel.SOFTNESS] = 0.0
            hard = kernel.epstein(grievance, risk, 0.9, 0.0, rules)
            rules[kernel.SOFTNESS] = 1e-4
            assert kernel.epstein(grievance, risk, 0.9, 0.0, rules) == pytest.approx(hard, abs=1e-6)


# --- V-69 and the other signs, under common random numbers ------------------------------------------------------

NO_BACKLASH = {"grieving.backlash_per_contact": 0}


def more_officers_less_protest(variant: str = "epstein") -> None:
    """V-69: without backlash, protests expected fall as officers rise, whatever the week."""
    sets = {**NO_BACKLASH, "protesting.variant": variant, "protesting.defiant_protests_per_year": 2}
    many = [
        world({**sets, "state_response.officers_per_1000": n}).total(EXPECTED).astype(float)
        for n in (0.5, 1, 2)
    ]
    assert many[0][-1] > many[1][-1] > many[2][-1] > 0, (
        f"more officers, not less protest: {[m[-1] for m in many]}"
    )
    # who protested in one world may sit in detention or be bought off in the other
    assert all((one[52:] > 0.98 * other[52:]).all() for one, other in itertools.pairwise(many))


def test_v69_more_officers_less_protest():
    more_officers_less_protest()


def test_v69_holds_in_the_other_variant():
    more_officers_less_protest("daymude")


def test_v69_backlash_acts_through_outrage_alone():
    """More repression means more outrage; without backlash there is none (R108)."""
    struck, spared = (
        world({"state_response.repression_share": 0.9}),
        world({"state_response.repression_share": 0.0001}),
    )
    assert struck.last("backlash_cum") > spared.last("backlash_cum")
    source = "protests_expected_outrage_cum"
    assert struck.last(source) > spared.last(source)
    calm = world({"state_response.repression_share": 0.9, **NO_BACKLASH})
    assert calm.last(source) == calm.last("backlash_cum") == 0


@pytest.mark.parametrize(
    ("rule", "low", "high", "up"),
    [
        ("protesting.mobilisation_ratio", 1.0, 2.0, True),
        ("protesting.surveillance_ratio", 1.0, 2.0, False),
        ("protesting.dependence_weight", 0.0, 0.2, True),
        ("protesting.legitimacy", 0.7, 0.9, False),
        ("protesting.p_expression", 0.0, 0.2, False),
        ("grieving.creditor_hardship", 0.0, 0.8, True),
        ("grieving.debtor_hardship", 0.0, 0.8, True),
        ("grieving.family_hardship", 0.0, 0.8, True),
    ],
)
def test_signs(rule, low, high, up):
    """R26 (each alone), R38, and each term of model.md 2.7k: its sign on protests expected."""
    few, many = (
        world({**NO_BACKLASH, "state_response.offer_share": 0, rule: v}).last(EXPECTED) for v in (low, high)
    )
    assert (many > few) == up, f"{rule}: {few} to {many}"


def test_technology_is_level_at_first():
    """R26: both effects of technology are dated rules, and until the camera nets they are as strong as each other."""
    rules = plan_of().book.on(dt.date(2012, 6, 4)).protesting
    assert rules.mobilisation_ratio == rules.surveillance_ratio > 1


def performing_relieves_creditors() -> None:
    """C11, first half: where listed debtors pay, fewer creditors are aggrieved and fewer protests are theirs."""
    paid, unpaid = (
        world(
            {"complying.base_per_year": rate, "grieving.creditor_person_share": 1.0},
            end=dt.date(2020, 12, 31),
        )
        for rate in (8.0, 0.0)
    )
    for name in ("grieved_creditor_now", "protests_expected_creditor_cum"):
        assert paid.last(name) < unpaid.last(name), (
            f"no relief: {name} {paid.last(name)}, {unpaid.last(name)}"
        )


def test_creditor_relief():
    performing_relieves_creditors()


def test_no_list_no_debtor_grievance():
    """Before October 2013 nobody is aggrieved by a list, and nobody fears for a standing that nobody can take."""
    before = world(start=dt.date(2012, 1, 2), end=dt.date(2013, 9, 22))
    assert before.last("grieved_creditor_now") > 0
    silent = ["grieved_debtor_now", "grieved_family_now", "grieved_refused_now", "silenced_petitions_cum"]
    assert [before.total(name).max() for name in silent] == [0] * 4


def test_news_of_the_country_reaches_a_shard_only_as_far_as_the_rule_says():
    """R41: with no reach another shard changes nothing; with reach it does."""
    for reach, same in ((0.0, True), (0.9, False)):
        sets = {"protesting.reach_share": reach}
        alone, together = world(sets, PEOPLE[:1]), world(sets, PEOPLE)
        place = sorted(n for n, s in alone.plan.owned.items() if hasattr(s, "stock")).index(EXPECTED)
        equal = np.array_equal(alone.tallies[0][:, place], together.tallies[0][:, place])
        assert equal == same, f"reach {reach}"


# --- the state's answer ------------------------------------------------------------------------------------------


def repression_rises_with_violence_and_class() -> None:
    """R43: whatever the level, violence and an origin in the upper middle class make repression likelier."""
    for level in (-3.0, 0.0, 2.0):
        rules = np.array([level, 1.0, 0.5, 0, 0, 0, 0, 0])
        chance = [[answering.repression_chance(v, c, rules) for c in (0, 1)] for v in (0, 1)]
        assert chance[0][0] < chance[0][1] < chance[1][0] < chance[1][1], f"not likelier: {chance}"


def test_r43_in_a_world():
    repression_rises_with_violence_and_class()
    strong = world({"state_response.violence_weight": 4, "state_response.upper_middle_weight": 4})
    share = {
        kind: strong.last(f"{kind}_repressed_cum") / strong.last(f"{kind}_protests_cum")
        for kind in ("violent", "upper_middle")
    }
    assert min(share.values()) > strong.last("repressed_cum") / strong.last("answered_cum")


def test_r42_money_helps_less_and_less():
    book = plan_of().book
    shares = [
        book.on(dt.date(year, 6, 1)).state_response.compensation_success_share for year in range(2012, 2020)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 0.4 > shares[-1]


def test_r37_both_counts_of_the_middle_class_can_be_set():
    few, many = (world({"state_response.upper_middle_share": share}) for share in (0.078, 0.146))
    assert few.last("upper_middle_protests_cum") < many.last("upper_middle_protests_cum")
    assert few.last("answered_cum") > 0


# --- the rate, and the edges ---------------------------------------------------------------------------------------


def test_r40_the_usual_rate_is_the_papers():
    """With default rules a society without lists is expected to have 100,000 protests a year per 1.4 billion."""
    for variant in ("epstein", "daymude"):
        plan = plan_of(
            {"protesting.variant": variant}, start=dt.date(2012, 1, 2), end=dt.date(2013, 9, 29), burn_in_weeks=26,
            processes=MINE,
        )  # fmt: skip
        many = play(plan, people_of(1, 10_000), check=laws.check)
        years = plan.calendar.weeks * 7 / 365.25
        rate = many.last(EXPECTED) / 1e9 / years / 10_000 * 1.4e9
        assert 100_000 < rate < 135_000, f"{variant}: {rate}"


EDGES = {
    "grieving.creditor_hardship": "creditor", "grieving.family_hardship": "family",
    "grieving.outrage_hardship": "outrage",
}  # fmt: skip


@pytest.mark.parametrize("rule", EDGES)
def test_a_weight_of_nought_cuts_its_edge_and_no_other(restless, rule):
    """Nobody protests for that cause any more; lists, courts and journeys are the same to the bit."""
    cut = world({rule: 0})
    assert cut.last(f"protests_expected_{EDGES[rule]}_cum") == 0
    own = {n for name in MINE for n in checks.known_processes()[name].owns}
    mine = (*(f"tally:{n}" for n in own), "grievances", "detentions", "protest", "response")
    checks.assert_same_where_shared(
        restless, cut, lambda name: name in mine or any(m in name for m in mine[-4:])
    )


def test_grievances_without_weight_are_no_grievances():
    """V-31: with every weight at nought protesting is to the bit as if grieving did not exist."""
    weights = ("creditor", "debtor", "family", "refused", "outrage")
    sets: dict[str, Any] = {f"grieving.{w}_hardship": 0 for w in weights}
    sets |= {"state_response.offer_share": 0}
    weightless = world(sets)
    absent = world(sets, processes=tuple(p for p in SOCIETY if p != "grieving"))
    checks.assert_same_where_shared(weightless, absent)


def test_order_of_rows():
    """V-22: creditors, families and neighbours are the same persons in whatever row they stand."""
    checks.any_order_of_rows(checks.stressed_plan(RESTLESS, processes=SOCIETY), PEOPLE)


def test_others_do_not_notice():
    """V-27: with and without the three processes the rest of the world is equal to the bit."""
    rest = tuple(p for p in SOCIETY if p not in MINE)
    assert checks.assert_same_where_shared(world(), world(processes=rest)) > 60


def test_an_unknown_variant_is_refused():
    with pytest.raises(RuleError, match="did you mean 'epstein'"):
        world({"protesting.variant": "epstien"})
