"""What the paper says of commercial scores, statement by statement, where a look at rules or a world decides."""

import datetime as dt

import numpy as np
import pytest

from tests.verification.test_firms import RUSH, column, values, world
from tests.worlds import plan_of
from xinyong import scoring
from xinyong.institutions.firms import compliance
from xinyong.kernels import perks as kernel

DAY = dt.date(2018, 6, 4)
RULES = plan_of().book.on(DAY)
TABLE_1 = {
    "umbrella": 600, "bicycle": 600, "hotel": 600, "car_hire": 650, "singapore_visa": 700, "rent": 750,
    "car_purchase": 750,
}  # fmt: skip


def test_the_eight_firms_are_eight_named_rows():
    """R66, R118: the firms of the notice of January 2015, by name, from that day on."""
    book, names = plan_of().book, [row.key for row in RULES.firms.register.rows()]
    assert names == [
        "sesame",
        "tencent",
        "qianhai",
        "pengyuan",
        "chengxin",
        "zhongzhicheng",
        "lakala",
        "huadao",
    ]
    assert [book.on(dt.date(2015, 1, d)).firms.in_force for d in (4, 5)] == [None, True]


def test_eight_classes_of_data_are_held():
    """R67, R75: card repayment, shopping, transfers, wealth, utilities, rental, addresses and relations."""
    held = [row.key for row in RULES.firms.data_classes.rows() if row.held]
    assert held == ["card_repayment", "online_shopping", "transfers", "wealth_management", "utility_bills", "rental",
                    "address_history", "relations"]  # fmt: skip


def test_table_1_is_seven_rows():
    """R89-R95: seven perks, each with the score that must be exceeded."""
    assert {row.key: row.above_points for row in RULES.perks.table_1.rows()} == TABLE_1


@pytest.mark.parametrize("perk", TABLE_1)
def test_above_means_above(perk):
    """R89-R95: at the threshold nothing, one point above it the perk; blocked while a listing casts its shadow."""
    above = getattr(RULES.perks.table_1, perk).above_points
    assert not kernel.earns(above, 0, above)
    assert kernel.earns(above + 1, 0, above)
    assert not any(kernel.earns(950, shadow << 6, above) for shadow in (1, 2, 3))


def test_what_is_earned_never_falls_with_the_score():
    """R82: the rules are open, and a higher score never earns less."""
    rows = RULES.perks.table_1.rows()
    earned = [
        sum(r.yearly_value for r in rows if kernel.earns(s, 0, r.above_points)) for s in range(350, 951)
    ]
    assert (np.diff(earned) >= 0).all()
    assert earned[0] == 0 < earned[-1]


def test_what_a_score_is_worth_rises_with_income(on):
    """R80: expected value never falls with income; rich and schooled members score higher, townspeople join more."""
    value = scoring.tables(RULES.commercial_score, RULES.perks, 7 / 365.25)[0]
    assert (np.diff(value) > 0).all()
    score, income, education = (column(on, n) for n in ("firm_score", "income", "education"))
    member = score > 0
    assert score[member & (income >= 170)].mean() > score[member & (income < 85)].mean() + 20
    assert score[member & (education == 3)].mean() > score[member & (education == 0)].mean()
    urban, adult = column(on, "urban") == 1, column(on, "age") >= 18
    assert member[urban & adult].mean() > member[~urban & adult].mean()


@pytest.fixture(scope="module")
def on():
    return world()


@pytest.mark.parametrize("partner", ["baihe", "didi"])
def test_partners_favour_good_scores(partner, on):
    """R69: the chance of being recommended or served first rises with the score, and some members are favoured."""
    row = getattr(RULES.perks.partners, partner)
    chances = [kernel.favour(s, row.base_logit, row.slope_per_100_points) for s in range(350, 951, 50)]
    assert (np.diff(chances) > 0).all()
    assert 0 < on.last(f"{partner}_favoured_cum") < on.last(f"{partner}_met_cum")


def test_dependence_on_the_state_makes_firms_comply_and_the_claim_can_fail():
    """R70, R74: compliance rises with dependence; with data worth enough to the firms it stays near nothing."""
    by_weight = [
        compliance(plan_of({"firms.dependence_weight": w}).book.on(DAY).firms, 0.3) for w in (0.0, 1.0, 5.0)
    ]
    assert (np.diff(by_weight, axis=0) > 0).all()
    assert compliance(plan_of({"firms.data_value_weight": 20.0}).book.on(DAY).firms, 1.0).max() < 0.1


def test_integration_runs_apart_and_as_one():
    """R51, R52: at level 0 nothing crosses between the systems, at level 1 all of it may; halfway is the default."""
    flows = {"flows.sesame_to_guizhou.only_in": 902, "flows.guizhou_to_sesame.only_in": 902}
    crossing = ("court_marked_cum", "exchange_reports_cum", "merchants_reported_cum", "state_visible_now")
    apart, one = (world({**flows, "integration.level": level}) for level in (0.0, 1.0))
    assert [apart.last(name) for name in crossing] == [0, 0, 0, 0]
    assert min(one.last(name) for name in crossing) > 0
    assert RULES.integration.level == 0.5


def test_what_the_state_sees_by_consent_grows_with_benefits():
    """R87: of the data the scoring firm delivers, the part of those who opted in is larger with perks than without."""
    asked = {
        **RUSH,
        "commercial_score.pace": 1.0,
        "flows.firms_to_state.open": True,
        "firms.authority_weight": 20.0,
    }
    off, much = world(asked, ["perks"]), world({**asked, **values(20.0)})
    shares = [w.last("visible_by_consent_now") / w.last("visible_classes_now") for w in (off, much)]
    assert 0 < shares[0] < shares[1] < 1
