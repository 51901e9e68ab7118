"""Choices under perceived sanctions and how they are learnt: closed forms, signs, placebos, and what changes nobody."""

import numpy as np
import pytest

from tests.verification import acting_checks as checks
from tests.verification.acting_faults import FAULTS
from tests.verification.checks import crowd
from tests.worlds import plan_of, play
from xinyong.acts import RISK_CLASSES
from xinyong.rulebook import RuleBook
from xinyong.rulefiles import coded_rows

LATE = {"start": checks.START, "end": checks.START.replace(year=2019), "burn_in_weeks": 0}
DEAR = {"acting.firm_point_ratio": 10.0, "commercial_score.pace": 5.0}
PERKS = [row.key for row in coded_rows("perks", "table_1")]
RULES = RuleBook.load().on(checks.START)


def test_the_rate_without_sanctions():
    """V-1."""
    checks.rate_without_sanctions()


def test_no_risk_or_no_sanction_is_no_sanction():
    """V-2."""
    checks.no_risk_is_no_sanction()


def test_more_sanction_or_risk_means_fewer_acts():
    """V-60, act by act."""
    checks.harder_means_fewer()


def test_leverage_of_alike_agents():
    """V-13."""
    checks.leverage_as_in_the_mean_field()


def test_expected_acts_are_those_that_happen():
    """What leverage is worked out from is what people do."""
    checks.yearly_acts_are_the_rate()


def test_beliefs_are_exponential_smoothing():
    """V-14."""
    checks.means_are_smoothed()


def test_the_untouched_stand_on_the_common_course():
    """The effect that the claim hangs on is kept exactly, however small."""
    checks.the_untouched_stand_on_the_course()


def test_more_media_more_leverage():
    """V-62."""
    checks.more_media_more_leverage()


def test_random_names_teach_nothing():
    """The placebo of switch E."""
    checks.random_names_teach_nothing()


def test_weights_of_nought_change_nobody():
    """V-31."""
    checks.no_weight_is_no_change()


def test_classes_of_risk_are_in_the_order_of_the_column():
    assert tuple(row.key for row in RULES.believing.classes.rows()) == RISK_CLASSES
    assert sum(row.media_share for row in RULES.believing.classes.rows()) == pytest.approx(1)


def test_points_urge_only_those_who_know_of_the_scheme():
    """Good deeds for points, breaches spared for points: none where nobody knows, more the more know."""
    counted = []
    for share in (0.0, 0.11, 1.0):
        sets = {
            "deeds.aware_share": share,
            "deeds.aware_per_publicity_year": 0.0,
            "acting.scheme_point_utility": 0.03,
        }
        dates = {"start": checks.START, "end": checks.START.replace(year=2019), "burn_in_weeks": 0}
        city = play(plan_of(sets, processes=("acting",), **dates), [crowd(20_000, city=1)])
        counted.append((city.last("prosocial_for_score_cum"), city.last("minor_spared_for_score_cum")))
        aware = city.last("aware_residents_now") / 20_000
        assert abs(aware - share) < 4 * np.sqrt(share * (1 - share) / 20_000) + 1e-12
    assert counted[0] == (0, 0)
    assert counted[0] < counted[1] < counted[2]
    assert all(many > 4 * few for many, few in zip(counted[2], counted[1], strict=True))


def test_effort_answers_to_the_audience():
    """R102: the more look each other up, the more is done for points; nothing before a site shows grades."""
    counted = []
    for day, lookups in ((2018, 0.0), (2018, 1.0), (2018, 4.0), (2013, 0.0), (2013, 4.0)):
        sets = {"deeds.aware_share": 1.0, "public_portal.lookups_per_adult_year": lookups}
        dates = {
            "start": checks.START.replace(year=day),
            "end": checks.START.replace(year=day + 1),
            "burn_in_weeks": 0,
        }
        city = play(plan_of(sets, processes=("acting", "public_portal"), **dates), [crowd(10_000, city=1)])
        counted.append(city.last("prosocial_for_score_cum"))
    assert counted[0] < counted[1] < counted[2]
    assert counted[3] == counted[4]


def test_what_all_can_have_binds_nobody():
    """R72: perks that members have whatever their score urge nobody, as an outside option would not."""
    bound, free = (
        play(plan_of(sets, processes=("acting", "perks", "commercial_score"), **LATE), [crowd(10_000)])
        for sets in (DEAR, DEAR | {f"perks.table_1.{perk}.above_points": 1 for perk in PERKS})
    )
    assert bound.last("members_now") > 0 < free.last("members_now")
    assert bound.last("minor_spared_for_score_cum") > 0 == free.last("minor_spared_for_score_cum")


# --- a check that cannot fail checks nothing -------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS, ids=[f.what.replace(" ", "-") for f in FAULTS])
def test_a_planted_fault_is_noticed(fault, monkeypatch):
    """Each fault is planted, and the named check must catch it."""
    checks._played.cache_clear()
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError, match=fault.word):
        fault.check()
    checks._played.cache_clear()
