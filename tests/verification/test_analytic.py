"""Where mathematics knows the answer, the model must give it: rates, luck, lists, refusals."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from scipy import stats

from tests.verification.checks import crowd
from tests.verification.stubs import Able, BarsFromAir, Orders
from tests.worlds import plan_of
from xinyong.assembly import order
from xinyong.behaviours.complying import Complying
from xinyong.behaviours.wants import Wants, _gamma_quantiles
from xinyong.columns import Array
from xinyong.engine import Plan, Shard
from xinyong.institutions.court_list import CourtList
from xinyong.institutions.courts import _gamma_quantiles as _judgment_quantiles
from xinyong.kernels import variates
from xinyong.rates import chance, competing, two_state
from xinyong.rulebook import RuleBook
from xinyong.timeline import WEEK_YEARS, Calendar

GRID = (np.arange(20_000) + 0.5) / 20_000  # evenly spread luck: means over it are integrals
START = dt.date(2018, 1, 1)


# --- V-3: two states, able and unable ------------------------------------------------------------------------


def _unable_after(years: float, step: float) -> float:
    """Share unable after `years` of steps of a given length, everybody able at first; the last step is shorter."""
    share, left = 0.0, years
    while left > 1e-12:
        there, back = two_state(0.1, 0.5, min(step, left))
        share, left = share + (1 - share) * there - share * back, left - min(step, left)
    return share


@pytest.mark.parametrize("step", [WEEK_YEARS, 1 / 12, 0.25, 1.0], ids=["week", "month", "quarter", "year"])
def test_the_share_unable_does_not_depend_on_the_step(step):
    """V-3: 7.520 % after one year, 11.647 % after two, a sixth in the end; for any length of step."""
    assert _unable_after(1, step) == pytest.approx(0.07520, abs=5e-6)
    assert _unable_after(2, step) == pytest.approx(0.11647, abs=5e-6)
    assert _unable_after(60, step) == pytest.approx(1 / 6, abs=1e-12)


ABLE_AT_FIRST = {
    "ability.unable_per_year": {dt.date(1990, 1, 1): 0.0, dt.date(2018, 1, 8): 0.1},
    "ability.able_again_per_year": 0.5, "ability.income_gradient": 0.0,
}  # fmt: skip


def shares_unable(weeks: int, years_a_step: float = WEEK_YEARS, persons: int = 500_000) -> Array:
    """Share of a crowd unable to pay after each step; the first week only sets everybody able."""
    plan = plan_of(
        ABLE_AT_FIRST, processes=("ability",), start=START, end=dt.date(2099, 1, 1), burn_in_weeks=0
    )
    shard = Shard(plan, crowd(persons))
    frames = [dataclasses.replace(plan.frame(w), years=years_a_step) for w in range(weeks + 1)]
    return shard.play(frames).tallies[1:, 0] / persons


def unable_as_the_formula_says(steps: int, years_a_step: float, persons: int = 500_000) -> None:
    """V-3: a crowd falls unable and recovers as the closed form says, at every tenth step, within 4 SE."""
    found = shares_unable(steps, years_a_step, persons)
    for step in range(9, steps, 10):
        share = 0.1 / 0.6 * chance(0.6, (step + 1) * years_a_step)
        error = math.sqrt(share * (1 - share) / persons)
        assert abs(found[step] - share) < 4 * error, f"step {step + 1}: {found[step]:.5f}, not {share:.5f}"


@pytest.mark.parametrize(("steps", "years"), [(110, WEEK_YEARS), (40, 1 / 12)], ids=["weeks", "months"])
def test_a_crowd_falls_unable_as_the_formula_says(steps, years):
    """V-3 lived through by half a million people, in weeks and in months."""
    unable_as_the_formula_says(steps, years)


# --- V-4: two things that may come first ---------------------------------------------------------------------


def competing_as_the_formula_says() -> None:
    """V-4: complying at 0.16 a year and other exits at 0.107 a year, in one week."""
    found = competing((0.16, 0.107), WEEK_YEARS)
    assert found == pytest.approx((0.0030586, 0.0020454), abs=5e-8)


def test_chances_of_competing_events():
    """V-4: 0.30586 % and 0.20454 % a week; together they are the chance that anything happens."""
    competing_as_the_formula_says()
    both = competing((0.16, 0.107), WEEK_YEARS)
    assert sum(both) == pytest.approx(chance(0.267, WEEK_YEARS), rel=1e-12)
    assert competing((0.0, 0.0), 1.0) == (0.0, 0.0)
    assert competing((3.0, 1.0), 1e9) == pytest.approx((0.75, 0.25))


def test_chances_do_not_depend_on_how_time_is_cut():
    """A year at once or week by week: the chance of having escaped is the same."""
    for rate in (0.001, 0.16, 5.0, 80.0):
        escaped = (1 - chance(rate, WEEK_YEARS)) ** (1 / WEEK_YEARS)
        assert 1 - escaped == pytest.approx(chance(rate, 1.0), rel=1e-9)


# --- V-8, V-9: the list as a machine -------------------------------------------------------------------------

INFLOW = 60
BARE_LIST = {
    "court_list.term_ground_share": 0.0, "court_list.extended_share": 0.0, "complying.amount_slope": 0.0,
    "complying.restriction_weight": 0.0, "complying.unable_ratio": 1.0,
}  # fmt: skip


def list_machine(sets: dict[str, float], weeks: int) -> tuple[Shard, Array, list[dict[str, Array]]]:
    """A list that courts feed with sixty orders every week: shard, cases in states 0-8 week by week, episodes."""
    book = RuleBook.load(None, {**BARE_LIST, **sets})
    plan = Plan(order([Able(), Orders(), CourtList(), Complying()]), book, Calendar(START, weeks, 0), 1)
    shard = Shard(plan, crowd(INFLOW * 4))
    states = np.empty((weeks, 9), int)
    for week in range(weeks):
        shard.step(plan.frame(week))
        cases = shard.store.tables["cases"]
        states[week] = np.bincount(cases.columns["list_state"][cases.columns["alive"] == 1], minlength=9)
    return shard, states, shard.board.kept["episode"]


def time_listed_is_one_over_the_rates(complied: float = 1.6, other: float = 1.07) -> None:
    """V-8: mean time listed and the mix of exits, from the rate at which listings end; stock by Little's law."""
    weeks, total = 260, complied + other
    shard, states, episodes = list_machine(
        {"complying.base_per_year": complied, "court_list.other_exits_per_year": other}, weeks
    )
    told = {n: np.concatenate([e[n] for e in episodes]) for n in ("published_day", "ended_day", "exit")}
    cases, exits = shard.store.tables["cases"].columns, len(told["exit"])
    still_open = cases["published_day"][cases["list_state"] == 4]
    last_day = shard.plan.calendar.monday(weeks) - 1
    days = (told["ended_day"] - told["published_day"] + 0.5).sum() + (last_day - still_open).sum()
    rate = exits / (days / 365.25)  # a day's stamp stands for its middle
    assert abs(rate - total) < 4 * total / math.sqrt(exits), (
        f"listings end at {rate:.3f} a year, not {total:.3f}"
    )
    share = (told["exit"] == 1).mean()
    error = math.sqrt(complied * other / total**2 / exits)
    assert abs(share - complied / total) < 4 * error, f"{share:.3f} comply, not {complied / total:.3f}"
    stock = INFLOW / -math.expm1(-total * WEEK_YEARS)
    apart = states[60::40, 4]
    error = math.sqrt(stock / len(apart))
    assert abs(apart.mean() - stock) < 4 * error, f"{apart.mean():.0f} listed, not {stock:.0f}"


def test_time_listed_is_one_over_the_rates():
    """V-8: at constant rates a listing lasts 1 / (complying + other exits) on average."""
    time_listed_is_one_over_the_rates()


def stock_is_inflow_times_term(weeks: int = 150) -> None:
    """V-9: sixty a week for 730 days each: 105 weeks' worth stand on the list on any Sunday."""
    _, states, _ = list_machine(
        {
            "complying.base_per_year": 0.0, "court_list.other_exits_per_year": 0.0, "court_list.term_ground_share": 1.0,
            "court_list.term_years": 2.0,
        },
        weeks,
    )  # fmt: skip
    sundays = math.ceil(730 / 7)
    assert (states[:sundays, 5] == INFLOW * np.arange(1, sundays + 1)).all(), (
        "the list should fill by 60 a week"
    )
    assert (states[sundays:, 5] == INFLOW * sundays).all(), "the list should stay at inflow times term"


def test_stock_is_inflow_times_term():
    """V-9: on a list with terms only, the stock is the inflow times two years (Little's law), exactly."""
    stock_is_inflow_times_term()


# --- V-17: refusals ------------------------------------------------------------------------------------------

AIR = {
    "demand_per_year": 0.437,
    "demand_ratio": 1.5,
    "checked_share": 0.5,
    "retry_share": 0.6,
    "dispersion": 1.0,
}


def refusals_as_the_formula_says(persons: int = 30_000, weeks: int = 52, coverage: float = 0.8) -> None:
    """V-17: refused attempts = demand * ratio * coverage * checked / (1 - retry), when nobody learns to stay away."""
    sets = {f"wants.activities.air.{k}": v for k, v in AIR.items()} | {
        "wants.activities.air.avoidance_ceiling": 0.0
    }
    book = RuleBook.load(None, sets)
    plan = Plan(order([BarsFromAir(), Wants()]), book, Calendar(START, weeks, 0), 1)
    shard = Shard(plan, crowd(persons))
    shard.play([plan.frame(w) for w in range(weeks)])
    told = dict(zip(shard.store.tally_names, shard.store.tallies.tolist(), strict=True))
    refused = (
        AIR["demand_per_year"] * AIR["demand_ratio"] * coverage * AIR["checked_share"] * weeks * WEEK_YEARS
    )
    attempts = 1 / (1 - AIR["retry_share"])
    spread = (refused + refused**2 / AIR["dispersion"]) * attempts**2 + refused * AIR[
        "retry_share"
    ] * attempts**2
    gap = told["air_refused_attempts_cum"] / persons - refused * attempts
    error = math.sqrt(spread / persons)
    assert abs(gap) < 4 * error, f"{gap / error:+.1f} standard errors from {refused * attempts:.4f} a person"
    assert told["air_avoided_cum"] == 0


def test_refusals_are_demand_times_coverage():
    """V-17: the published count of refusals is a product; here each factor is known."""
    refusals_as_the_formula_says()


def test_refused_persons_learn_to_stay_away():
    """Who was refused often leaves it alone, up to the ceiling: 0.3 * (1 - exp(-n / 2))."""
    from xinyong.kernels.wants import try_wants

    for refusals in (0, 1, 4, 255):
        totals, people = np.zeros((1, 7), np.int64), 40_000
        rules = np.array([[5.0, 0.0, 0.0, 0.3, 2.0]])
        try_wants(
            totals, np.full((people, 1), refusals, np.uint8), np.ones((people, 1), np.float32),
            np.arange(people, dtype=np.int32), np.ones(people, np.uint16), np.arange(people, dtype=np.uint32), rules,
            people, np.uint64(0), np.uint64(9),
        )  # fmt: skip
        share, stays = totals[0, 1] / totals[0, 0], 0.3 * (1 - math.exp(-refusals / 2))
        error = math.sqrt(stays * (1 - stays) / totals[0, 0])
        assert abs(share - stays) <= 4 * error, (
            f"after {refusals} refusals {share:.4f} stay away, not {stays:.4f}"
        )


# --- luck: distributions ------------------------------------------------------------------------------------


def test_waiting_times_are_exponential():
    """The quantile function is -log(u): memoryless waiting, mean one."""
    waits = np.array([variates.exponential(u) for u in GRID])
    assert waits == pytest.approx(stats.expon.isf(GRID), rel=1e-12)


def test_normal_quantiles_have_nine_digits():
    """Against scipy, from one in 10^12 to all but one in 10^12."""
    for u in [*GRID[::50], 1e-12, 1e-6, 0.024, 0.0243, 0.9757, 0.976, 1 - 1e-6]:
        assert variates.normal(u) == pytest.approx(stats.norm.ppf(u), rel=2e-9, abs=1e-9)


@pytest.mark.parametrize("mean", [0.0, 0.001, 0.4, 3.0])
def test_counts_are_poisson(mean):
    """As many as the Poisson distribution has at that quantile."""
    counts = [variates.poisson(u, mean) for u in GRID[::7]]
    assert counts == (stats.poisson.ppf(GRID[::7], mean).tolist() if mean else [0] * len(counts))


@pytest.mark.parametrize("again", [0.0, 0.2, 0.6, 0.98])
def test_retries_are_geometric(again):
    """k or more retries with chance again^k, so again / (1 - again) on average."""
    retries = np.array([variates.geometric(u, again) for u in GRID])
    for k in range(1, 6):
        assert (retries >= k).mean() == pytest.approx(again**k, abs=1 / len(GRID))


@pytest.mark.parametrize("shape", [0.5, 1.0, 3.0])
def test_personal_demand_is_gamma_with_mean_one(shape):
    """People differ in how much they travel; together they travel as much as the published mean."""
    table = _gamma_quantiles(shape)
    drawn = np.array([variates.from_table(u, table) for u in GRID])
    assert drawn.mean() == pytest.approx(1.0, abs=1e-4)
    assert drawn[500::500] == pytest.approx(stats.gamma.ppf(GRID[500::500], shape) / shape, abs=0.02)


def test_judgments_take_the_time_the_rules_say():
    """Days from suit to judgment are gamma with the given mean; the table loses less than one in a thousand."""
    drawn = np.array([variates.from_table(u, _judgment_quantiles(3.0)) for u in GRID])
    assert drawn.mean() == pytest.approx(1.0, abs=1e-3)
    assert drawn[500::500] == pytest.approx(stats.gamma.ppf(GRID[500::500], 3.0) / 3.0, abs=1e-3)
