"""The central bank's score: its scale, its fit, what it tells, and that it decides nothing unless it is asked to."""

import datetime as dt
from functools import cache

import numpy as np
import pytest
import statsmodels.api as sm

from tests.verification import checks
from tests.worlds import World, people_of, plan_of, play
from xinyong import scorecard
from xinyong.kernels.bureau import CELLS
from xinyong.lab.scorecards import YearOfScores, years

CHAIN = ("ability", "borrowing", "repaying", "suing", "courts")
BANK = (*CHAIN, "central_bank")
WHOLE = {"central_bank.sample_share": 1.0}
ODDS = 20.0


# ---- V-15: the scale and the fit, where the truth is known ----


def true_counts(size: float = 1e9) -> tuple[np.ndarray, np.ndarray]:
    """Noiseless counts (256, 2) of a logistic truth over the cells, and its log odds good to bad."""
    rng = np.random.default_rng(15)
    log_odds = 3.4 + scorecard.dummies() @ rng.uniform(-0.8, 0.4, 12)
    files = rng.dirichlet(np.full(CELLS, 2.0)) * size
    good = files / (1 + np.exp(-log_odds))
    return np.round(np.stack([good, files - good], 1)).astype(np.int64), log_odds


def test_a_hundred_points_double_the_odds():
    """V-15: whatever the odds, twice as many good files for each bad one are a hundred points more."""
    odds = np.geomspace(1.0, 500.0, 60)
    points, doubled = (scorecard.scores_of(np.log(o), ODDS).astype(int) for o in (odds, 2 * odds))
    inside = doubled < 1000
    assert inside.sum() > 30
    assert np.abs(doubled - points - 100)[inside].max() <= 1
    assert scorecard.scores_of(np.log([ODDS]), ODDS).tolist() == [500]
    assert scorecard.chance_of(points[:1] * 0 + 600, ODDS) == pytest.approx(1 / 41)


def test_the_fit_finds_the_truth_where_there_is_no_noise():
    """V-15: from noiseless counts the points are those of the true odds, and the AUC is the true model's."""
    counts, log_odds = true_counts()
    fitted, true = scorecard.fit(counts, 1e-6, ODDS), scorecard.scores_of(log_odds, ODDS)
    assert np.abs(fitted.astype(int) - true).max() <= 1
    found, best = scorecard.quality(fitted, counts, ODDS), scorecard.quality(true, counts, ODDS)
    assert found.auc == pytest.approx(best.auc, abs=1e-4)
    assert found.slope == pytest.approx(1, abs=0.01) and 0.6 < best.auc < 1


def test_auc_ks_and_brier_are_those_of_the_definitions():
    """On files counted one by one: AUC is the chance that a good file outscores a bad one, ties half."""
    counts, log_odds = true_counts(3000)
    scores = scorecard.scores_of(log_odds, ODDS)
    good, bad = (np.repeat(scores.astype(int), n) for n in counts.T)
    pairs = (good[:, None] > bad[None, :]).mean() + (good[:, None] == bad[None, :]).mean() / 2
    steps = [abs((bad <= s).mean() - (good <= s).mean()) for s in np.unique(scores)]
    p = scorecard.chance_of(np.concatenate([good, bad]), ODDS)
    y = np.repeat([0, 1], [len(good), len(bad)])
    told = scorecard.quality(scores, counts, ODDS)
    assert (told.files, told.bad) == (len(y), len(bad))
    assert told.auc == pytest.approx(pairs) and told.ks == pytest.approx(max(steps))
    assert told.brier == pytest.approx(((y - p) ** 2).mean())


def test_no_fit_without_both_good_and_bad():
    """A year without defaults, or without files, gives no card."""
    assert scorecard.fit(np.zeros((CELLS, 2), np.int64), 1.0, ODDS) is None
    good = np.stack([np.ones(CELLS, np.int64), np.zeros(CELLS, np.int64)], 1)
    assert scorecard.fit(good, 1.0, ODDS) is None and scorecard.quality(np.zeros(CELLS), good, ODDS) is None


# ---- a played world ----


@cache
def played(seed: int = 1) -> World:
    """Ten thousand persons from 2007 to 2019, every file watched."""
    return play(plan_of(WHOLE, seed, processes=BANK), people_of(seed))


@cache
def judged() -> list[YearOfScores]:
    """The scorecards of three seeds of ten thousand, with the whole population watched."""
    return [year for seed in (1, 2, 3) for year in years(played(seed).plan, played(seed).signals, seed)]


def test_who_scores_higher_defaults_less():
    """R64: of the files of each band, the share that defaults within the year falls from band to band."""
    files, bad = (sum(getattr(y, f"{n}_by_band") for y in judged() if y.in_force) for n in ("files", "bad"))
    large = np.flatnonzero(files >= 400)
    shares = bad[large] / files[large]
    errors = np.sqrt(shares * (1 - shares) / files[large])
    assert len(large) >= 4
    assert (np.diff(shares) < 3 * np.hypot(errors[1:], errors[:-1])).all(), shares
    assert shares[0] > 5 * shares[-1]


def test_each_years_card_tells_good_from_bad_in_the_year_after():
    """AUC out of time: above 0.7 on average and never as bad as chance; calibrated as far as small samples go."""
    auc = np.array([y.quality.auc for y in judged() if y.in_force])
    assert len(auc) >= 24 and auc.min() > 0.6 and auc.mean() > 0.7
    skill = [y.quality.brier < y.quality.brier_of_the_mean for y in judged() if y.in_force]
    assert np.mean(skill) > 0.9
    assert 0.7 < np.median([y.quality.slope for y in judged() if y.in_force]) < 1.5


def test_a_peer_library_fits_the_same_card():
    """Oracle: statsmodels' binomial regression on the simulated counts; without a penalty the points agree to one."""
    counts = sum(pools["bank_cells"] for pools in played().signals.pooled.values()).reshape(CELLS, 2)
    used = counts.sum(1) > 0
    seen = scorecard.dummies()[used].any(0)
    design = sm.add_constant(scorecard.dummies()[:, seen])
    peer = sm.GLM(counts[used], design[used], family=sm.families.Binomial()).fit()
    ours = scorecard.fit(counts, 1e-6, ODDS)
    theirs = scorecard.scores_of(design @ peer.params, ODDS)
    assert np.abs(ours[used].astype(int) - theirs[used]).max() <= 1


def test_the_card_is_the_same_for_any_number_of_threads():
    """The fit sees sums of integers: threads and windows leave no trace, in scores or anything else."""
    plan = checks.stressed_plan(processes=BANK)
    checks.any_number_of_threads(plan, checks.small_people(), (1, 2))
    checks.any_pause(plan, checks.small_people(), 100)


# ---- coverage ----


def test_coverage_is_the_published_one():
    """R65: 650 of 1,340 million persons and 100 of 650 in February 2010; 380 of 880 million at the end of 2015."""
    world, told = played(), {}
    persons, calendar = sum(s.persons for s in world.shards), world.plan.calendar
    for name, day in (("2010", dt.date(2010, 4, 11)), ("2015", dt.date(2016, 1, 10))):
        week = calendar.week_of((day - dt.date(2000, 1, 1)).days)
        told[name] = [world.total(t)[week] for t in ("credit_files_now", "credit_records_now")]
    for (files, records), share, thick in zip(
        told.values(), (650 / 1340, 0.64), (100 / 650, 380 / 880), strict=True
    ):
        assert files / persons == pytest.approx(share, abs=0.02)
        assert records / files == pytest.approx(thick, rel=0.1)


# ---- on and off ----


def test_without_the_bank_everything_else_is_the_same():
    """Without the bank every other series is the same to the bit: by default its score decides nothing."""
    people = checks.small_people()
    with_it, without = (
        play(checks.stressed_plan(), people),
        play(checks.stressed_plan(leave_out=["central_bank"]), people),
    )
    desk = ("redress", "petitions", "desks", "entry", "decision", "books", "spent", "account")
    same = checks.assert_same_where_shared(with_it, without, lambda name: any(word in name for word in desk))
    assert same > 100 and with_it.last("bank_scored_now") > 100
    for name in ("listings_cum", "loans_taken_cum", "defaults_cum", "lent_yuan_cum"):
        assert np.array_equal(with_it.total(name), without.total(name)), name


def test_the_score_can_be_switched_off_alone():
    """X1: without the score the files, records and deletions are the same, and nobody has a score."""
    people = checks.small_people()
    on, off = (play(checks.stressed_plan(s), people) for s in ({}, {"central_bank.scores": False}))
    assert on.last("bank_scored_now") > 100 and off.last("bank_scored_now") == 0
    bands = ("bank_score", "bank_scored_now")
    checks.assert_same_where_shared(on, off, lambda name: any(word in name for word in bands))


def test_lenders_who_ask_for_the_score_lend_less_and_see_fewer_defaults():
    """Sign, under common random numbers: a cut-off lowers loans, defaults and suits; before it nothing differs."""
    free, asked = (
        played() if not s else play(plan_of({**WHOLE, **s}, processes=BANK), people_of(1))
        for s in ({}, {"borrowing.least_score": 500})
    )
    first = int(np.flatnonzero(free.total("bank_scored_now"))[0])
    assert np.array_equal(free.total("defaults_cum")[:first], asked.total("defaults_cum")[:first])
    assert free.last("loans_refused_by_score_cum") == 0 < asked.last("loans_refused_by_score_cum")
    for name in ("loans_taken_cum", "defaults_cum", "suits_cum"):
        assert asked.last(name) < free.last(name), name


def test_nobody_is_scored_before_february_2010():
    """The score begins with the paper's source; the files with the database."""
    world = play(plan_of(WHOLE, processes=BANK), people_of(1, 3000), weeks=200)
    week = world.plan.calendar.week_of((dt.date(2010, 2, 25) - dt.date(2000, 1, 1)).days)
    scored = world.total("bank_scored_now")
    assert scored[: week + 1].sum() == 0 < scored[week + 5]
    assert world.total("credit_records_now")[week] > 0


def test_five_years_after_2013_records_are_deleted():
    """Art. 16 over a whole world: none is deleted before March 2013; later none is kept that ended five years ago."""
    world = play(plan_of(processes=BANK), people_of(1, 3000))
    calendar = world.plan.calendar
    week = calendar.week_of((dt.date(2013, 3, 15) - dt.date(2000, 1, 1)).days)
    assert world.total("adverse_deleted_cum")[week - 1] == 0 < world.last("adverse_deleted_cum")
    sunday = calendar.monday(calendar.weeks) - 1
    for shard in world.shards:
        table = shard.store.tables["adverse"]
        ended = table.columns["ended_day"][: table.high][table.columns["alive"][: table.high] == 1]
        assert (sunday - ended[ended >= 0]).max() < 1826
