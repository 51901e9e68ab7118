"""Who knows, what it costs, and whether it makes anybody pay: closed forms, signs, and what it leaves alone."""

import datetime as dt

import numpy as np
import pytest

from tests.verification import face_checks as checks
from tests.verification.checks import assert_same_where_shared, stressed_plan
from tests.verification.face_checks import FELT, PEOPLE, TALK, lines
from tests.verification.face_faults import FAULTS
from tests.worlds import World, play
from xinyong.errors import RunError
from xinyong.graph import Network
from xinyong.kernels.facing import stigma
from xinyong.kernels.knowing import frozen, spread
from xinyong.laws import check
from xinyong.timeline import WEEK_YEARS

BASS = {1: 0.03576, 2: 0.08506, 3: 0.15050, 5: 0.33120, 10: 0.81280}
STIGMA = {0.01: 2.69, 0.05: 2.17, 0.10: 1.95, 0.30: 1.66, 0.50: 1.60}


def walk(step, years: float, dt: float, known=0.0, told=0.03, gossip=0.38, forgetting=0.0) -> float:
    """Many short steps of one of the two schemes."""
    for _ in range(round(years / dt)):
        known = step(known, told, gossip, forgetting, dt)
    return known


# --- closed forms ----------------------------------------------------------------------------------------------


def test_word_of_mouth_is_bass_diffusion():
    """V-5: p = 0.03, q = 0.38; weekly steps of the exact form give the published curve."""
    for years, share in BASS.items():
        assert walk(spread, years, years / round(years / WEEK_YEARS)) == pytest.approx(share, abs=6e-6)
    slope = [walk(spread, y + 0.01, 0.01) - walk(spread, y, 0.01) for y in (5.94, 6.19, 6.44)]
    assert slope[0] < slope[1] > slope[2], "the curve is steepest at 6.19 years"


def test_a_hazard_frozen_within_the_step_is_off_by_the_step():
    """V-6, V-7: 0.32977 by weeks, 0.32417 by months, and half the step is half the error; the exact form has none."""
    exact = spread(0.0, 0.03, 0.38, 0.0, 5.0)
    assert walk(frozen, 261 * WEEK_YEARS, WEEK_YEARS) == pytest.approx(0.32977, abs=6e-6)
    assert walk(frozen, 5, 1 / 12) == pytest.approx(0.32417, abs=6e-6)
    errors = [exact - walk(frozen, 5, dt) for dt in (1 / 12, 1 / 24, 1 / 48)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.03) and errors[1] / errors[2] == pytest.approx(
        2, rel=0.03
    )
    assert walk(spread, 5, 1 / 12) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("known", [0.0, 0.2, 0.9, 1.0])
@pytest.mark.parametrize(
    "rates", [(0.02, 1.0, 0.3), (0.0, 1.0, 1.0), (0.0, 0.0, 0.3), (6.0, 1.0, 0.0), (0, 0, 0)]
)
def test_the_logistic_step_solves_its_equation(known, rates):
    """V-10: any way to cut time into steps gives the same, and the slope is that of the equation."""
    told, gossip, forgetting = rates
    whole = spread(known, *rates, 3.0)
    assert walk(spread, 3.0, 0.25, known, *rates) == pytest.approx(whole, abs=1e-12)
    slope = (told + gossip * known) * (1 - known) - forgetting * known
    assert (spread(known, *rates, 1e-7) - known) / 1e-7 == pytest.approx(slope, abs=1e-5)
    assert 0 <= whole <= 1


def test_stigma_is_what_an_observer_infers():
    """V-11: the table of model.md 2.7i; half as many true listings, half as much stigma."""
    for share, gap in STIGMA.items():
        assert stigma(share, 1.0) == pytest.approx(gap, abs=0.005)
        assert stigma(share, 0.5) == pytest.approx(stigma(share, 1.0) / 2)


# --- in a world ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> World:
    return play(stressed_plan({**TALK, **FELT}), PEOPLE, check=check, log=True)


def test_the_share_who_know_follows_the_closed_form():
    """V-10 in the running model: from the week of listing on, each layer's share is that of the formula."""
    checks.shares_follow_the_closed_form()


def test_who_learns_is_tied_to_the_person(world):
    """Every learner stands where the notice says, by the ties of the graph."""
    told = world.log["learned"]
    for place, people in enumerate(PEOPLE):
        ties = Network(1, people.code, people.persons)
        adults = np.flatnonzero(people.columns["age"][: people.persons] >= 18)
        rows = {
            (a, b, t)
            for k, r in told
            if k == place
            for a, b, t in zip(r["learner"], r["about"], r["tie"], strict=True)
        }
        for learner, about, tie in rows:
            assert learner != about
            if tie == 0:
                assert learner in ties.household(int(about), people.columns["household"])
            elif tie == 1:
                rank = int(np.searchsorted(adults, about))
                assert int(learner) in adults[ties.colleagues(rank, len(adults), team=False)]
            elif tie == 2:
                assert learner in ties.adjacent(int(about))
            else:
                assert int(learner) in ties.acquaintances(int(about))
    assert set(np.unique(world.notices("learned", "tie"))) == {0, 1, 2, 3}


def test_as_many_learn_as_the_shares_say():
    """Learners have the mean that the growing shares give, forgetting made good: within 4 SE of a Poisson count."""
    checks.learners_are_as_many_as_the_shares_say()


def test_only_the_listed_and_their_households_lose_face(world):
    """And somebody does: a fifth of all listed at least, of their relatives too."""
    for people, (shard, line) in zip(PEOPLE, lines(world), strict=True):
        home = np.cumsum(people.columns["household"][: people.persons] == 0)
        struck = np.isin(home, home[line["party"]])
        shame = shard.store.columns["shame"]
        assert not shame[: people.persons][~struck].any() and not shame[people.persons :].any()
    assert 5 * world.last("shamed_persons_now") >= world.last("notorious_now") > 0
    assert world.last("shamed_family_now") > 0


# --- signs under common random numbers -------------------------------------------------------------------------


def test_face_makes_the_able_pay():
    """V-64: the larger the loss of face, the more of the able perform; each level is above the one below."""
    checks.face_makes_the_able_pay()


def test_wrong_listings_weaken_the_face_card():
    """V-61: with more listed though unable, false discovery rises, the share of true listings and face lost fall."""
    checks.wrong_listings_weaken_face()


def test_the_family_loses_more_with_a_larger_share():
    """V-65: face lost by the household rises with chi, and nobody else's life changes where face moves nobody."""
    checks.family_harm_rises_with_its_share()


def test_the_map_widens_the_audience_and_the_loss():
    """With a map that many use more contacts know by sight, and more face is lost; without it nobody knows by sight."""
    on = {
        "debtor_map.provinces.hebei.shard": 900,
        "debtor_map.scans_per_user_year": 50.0,
        "debtor_map.radius_m": 20000,
    }
    sets = {**TALK, **on, "complying.face_weight": 0.0, "facing.inferred": False}
    out = ["protesting", "state_response"]
    when = {"start": dt.date(2018, 9, 3), "end": dt.date(2019, 6, 30)}
    off, used = (
        play(stressed_plan({**sets, "debtor_map.users_share": share}, leave_out=out, **when), PEOPLE)
        for share in (0.0, 0.5)
    )
    assert off.last("learned_by_sight_cum") == 0 < used.last("learned_by_sight_cum")
    assert off.last("face_lost_cum") < used.last("face_lost_cum")


def test_more_listings_dilute_stigma_only_where_it_is_inferred():
    """The two variants: inferred stigma falls as more are listed, constant stigma stays."""
    more = {"suing.sued_share": 0.8}, {"suing.sued_share": 0.2}
    for inferred in (True, False):
        worlds = [play(stressed_plan({**TALK, **some, "facing.inferred": inferred}), PEOPLE) for some in more]
        # of the nation's lines, as each shard has a climate of its own
        crowd, few = ([s.store.tables["climate"].columns["stigma"][0] for s in w.shards] for w in worlds)
        ppv = [[s.store.tables["climate"].columns["ppv"][0] for s in w.shards] for w in worlds]
        if inferred:
            assert (np.array(crowd) / ppv[0]).mean() < (np.array(few) / ppv[1]).mean()
        else:
            assert crowd == few == [np.float32(1.95)] * len(PEOPLE)


def test_a_loss_of_any_size_does_no_harm_to_arithmetic():
    """V-80: phi_F of a million fills the scale and breaks no law."""
    wild = play(stressed_plan({**TALK, **FELT, "facing.face_scale": 1e6}), PEOPLE, check=check)
    assert max(int(s.store.columns["shame"].max()) for s in wild.shards) == 255


# --- what it leaves alone --------------------------------------------------------------------------------------


def test_face_that_moves_nobody_changes_nobody():
    """V-31: with a weight of 0 nothing but face itself differs from a world without it, to the bit."""
    checks.face_without_weight_changes_nobody()


def test_without_face_the_fitted_rates_stand():
    """A world without the process is the one the rates were fitted in, whatever the weight says."""
    worlds = [
        play(stressed_plan({"complying.face_weight": w}, leave_out=["facing"]), PEOPLE) for w in (0.0, 5.0)
    ]
    assert_same_where_shared(*worlds)


# --- reports ---------------------------------------------------------------------------------------------------


def test_inspectors_spare_the_innocent():
    """V-66."""
    checks.inspectors_spare_the_innocent()


def test_false_reports_can_be_objected_to():
    """A false report upheld is a wrong deduction of the points register, which the desk for objection hears of."""
    checks.false_reports_are_wrong_deductions()


def test_false_reports_are_the_share_that_the_rule_says():
    """xi of 0.4 is 0.4 of all reports."""
    checks.false_share_is_as_the_rule_says()


def test_closeness_keeps_people_silent():
    """The sign of b_c, whose true sign is disputed; the rule may be negative."""
    checks.closeness_keeps_people_silent()


def test_who_is_reported_truly_did_it_and_who_reports_is_tied():
    """True reports are of acts of that week that nobody found out; nobody reports himself; reporters are adults."""
    world = checks._reporting()
    for place, people in enumerate(PEOPLE):
        acts = {
            (int(p), int(a))
            for k, r in world.log["act"]
            if k == place
            for p, a, seen in zip(r["party"], r["act"], r["detected"], strict=True)
            if not seen
        }
        for k, r in world.log["reported"]:
            if k == place:
                told = zip(r["party"], r["act"], r["true"], strict=True)
                assert all((int(p), int(a)) in acts for p, a, true in told if true)
                assert (people.columns["age"][r["reporter"]] >= 18).all()
                assert (r["reporter"] != r["party"]).all()


def test_reports_that_nobody_makes_change_nobody():
    """V-31."""
    checks.reports_that_nobody_makes_change_nobody()


# --- a check that cannot fail checks nothing -------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS, ids=[f.what for f in FAULTS])
def test_a_planted_fault_is_noticed(fault, monkeypatch):
    """Each fault is planted, and the named check must catch it."""
    checks._played.cache_clear()
    fault.plant(monkeypatch)
    with pytest.raises((AssertionError, RunError), match=fault.word):
        fault.check()
    checks._played.cache_clear()
