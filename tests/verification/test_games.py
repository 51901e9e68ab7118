"""V-91 and what shares out an effect: games, nested cuts, leverage; intervals. Faults are planted."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from xinyong.errors import RunError
from xinyong.lab.claims import games, intervals, leverage
from xinyong.lab.claims.games import DEFAULT, dividends, grouped, shapley, subsets
from xinyong.lab.claims.intervals import jackknife, mean, wilson
from xinyong.lab.claims.leverage import Twins
from xinyong.lab.claims.paths import cuts, decompose, over_orders

PLAYERS = ("F", "E", "B", "V")
WORLDS = hnp.arrays(float, (16, 3), elements=st.floats(-1e6, 1e6, width=32))


def game_of(values):
    return dict(zip(subsets(PLAYERS), values, strict=True))


def random_game(seed=1):
    return game_of(np.random.default_rng(seed).normal(size=(16, 3)))


def efficient():
    """V-91: shares sum to the whole to 1e-12."""
    game = random_game()
    whole = game[frozenset(PLAYERS)] - game[frozenset()]
    assert np.abs(sum(shapley(game, PLAYERS).values()) - whole).max() <= 1e-12, (
        "the shares do not sum to the whole"
    )


def as_every_order_says():
    """A share is the mean of what a player adds, over all twenty-four orders."""
    game, found = random_game(), shapley(random_game(), PLAYERS)
    for player in PLAYERS:
        added = [
            game[frozenset(order[: order.index(player) + 1])] - game[frozenset(order[: order.index(player)])]
            for order in itertools.permutations(PLAYERS)
        ]
        assert np.allclose(found[player], np.mean(added, axis=0), atol=1e-12), "not the mean over orders"


def test_shapley_is_efficient():
    efficient()
    as_every_order_says()


@given(WORLDS)
@settings(max_examples=50, deadline=None)
def test_shares_of_any_game(values):
    """Efficiency and additivity; a player who adds nothing gets nothing; players who do the same get the same."""
    game = game_of(values)
    size = max(1.0, float(np.abs(values).max()))
    shares = shapley(game, PLAYERS)
    whole = game[frozenset(PLAYERS)] - game[frozenset()]
    assert np.abs(sum(shares.values()) - whole).max() <= 1e-12 * size
    dummy = {c: game[c - {"F"}] for c in game}
    assert np.abs(shapley(dummy, PLAYERS)["F"]).max() <= 1e-12 * size
    swap = {"E": "B", "B": "E"}
    twin = {c: game[c] + game[frozenset(swap.get(p, p) for p in c)] for c in game}
    found = shapley(twin, PLAYERS)
    assert np.abs(found["E"] - found["B"]).max() <= 1e-12 * size
    brought = dividends(game, PLAYERS)
    assert np.abs(sum(brought.values()) - game[frozenset(PLAYERS)]).max() <= 1e-11 * size
    for player in PLAYERS:
        shared = sum(brought[c] / len(c) for c in brought if player in c)
        assert np.abs(shared - shares[player]).max() <= 1e-11 * size


def test_a_pair_brings_what_the_formula_says():
    game = random_game()
    v = {"".join(sorted(c)): game[c] for c in game}
    assert np.allclose(dividends(game, PLAYERS)[frozenset("EV")], v["EV"] - v["E"] - v["V"] + v[""])


def test_groups_are_switched_together():
    """M1 = F and E: in the grouped game they are on together or off together."""
    game = random_game()
    held = grouped(game, DEFAULT)
    assert len(held) == 8
    assert held[frozenset({"M1", "M3"})] is game[frozenset("FEV")]
    assert np.allclose(
        sum(shapley(held, tuple(DEFAULT)).values()), game[frozenset(PLAYERS)] - game[frozenset()]
    )


def test_a_missing_world_is_named():
    game = random_game()
    del game[frozenset("FE")]
    with pytest.raises(RunError, match=r"1 of the 16 combinations were not played \(E\+F\)"):
        shapley(game, PLAYERS)


# --- paths -----------------------------------------------------------------------------------------------------------


def test_shares_of_paths_sum_to_the_whole_in_any_order():
    rng = np.random.default_rng(2)
    cut = {c: rng.normal(size=3) for c in subsets("abc")}
    none = rng.normal(size=3)
    orders = list(itertools.permutations("abc"))
    for order in orders:
        found = decompose(cut, order, none)
        assert np.allclose(sum(found.values()), cut[frozenset()] - none)
        assert cuts(order)[-1] == frozenset("abc")
    game = {frozenset("abc") - c: v for c, v in cut.items()}
    over_all = over_orders(cut, orders)
    assert all(np.allclose(over_all[p], shapley(game, tuple("abc"))[p]) for p in "abc")
    with pytest.raises(RunError, match="cuts c"):
        decompose({c: v for c, v in cut.items() if c != frozenset("c")}, "cab")


def test_without_interaction_the_order_does_not_matter():
    cut = {c: np.array([10.0 - 3 * ("a" in c) - 2 * ("b" in c)]) for c in subsets("ab")}
    assert decompose(cut, "ab") == decompose(cut, "ba") == {"a": 3.0, "b": 2.0}


# --- leverage --------------------------------------------------------------------------------------------------------


def twins(seed=3, n=400):
    rng = np.random.default_rng(seed)
    off = rng.poisson(1.2, n)
    on = rng.binomial(off, 0.7)
    return Twins(on, off, *(rng.random(n) < 0.1 for _ in range(3)))


def extreme(told: Twins, sign: int) -> float:
    """Fewest (1) or most (-1) who do less, over all couplings, by linear programming."""
    here = told.spared
    on, off = (np.bincount(v[here], minlength=12) / here.sum() for v in (told.on, told.off))
    less = np.less.outer(np.arange(12), np.arange(12)).astype(float)
    rows = [np.kron(np.eye(12), np.ones(12)), np.kron(np.ones(12), np.eye(12))]
    found = linprog(sign * less.ravel(), A_eq=np.vstack(rows), b_eq=np.concatenate([on, off]), bounds=(0, 1))
    return sign * found.fun * here.sum()


def bounds_are_sharp():
    """No coupling of the two worlds gives fewer or more than Makarov's bounds, and some give just these."""
    for seed in range(4):
        told = twins(seed)
        low, high = leverage.makarov(told)
        assert low == pytest.approx(extreme(told, 1), abs=1e-6), "the lower bound"
        assert high == pytest.approx(extreme(told, -1), abs=1e-6), "the upper bound"
        assert low - 1e-9 <= leverage.steered(told) <= high + 1e-9, "outside its own bounds"


def only_the_spared_count():
    """Acts and persons of the sanctioned and their households are left out."""
    told = Twins(*map(np.array, ([0, 0, 0, 1], [5, 3, 2, 1], [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0])))
    assert leverage.averted(told) == 2, "averted"
    assert leverage.steered(told) == 1, "steered"
    assert told.newly_sanctioned == 1


def test_bounds_of_leverage_are_sharp():
    bounds_are_sharp()


def test_only_those_never_sanctioned_are_steered():
    only_the_spared_count()


def test_doing_it_at_all_is_bounded_by_the_shares():
    """Frechet: between the fall of the share and the smaller of those who did and those who do not."""
    told = Twins(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0]), np.zeros(4), np.zeros(4), np.zeros(4))
    assert leverage.frechet(told) == (1.0, 2.0)


def test_strangers_are_no_twins():
    with pytest.raises(RunError, match="same persons"):
        Twins(np.zeros(3), np.zeros(4), *(np.zeros(3),) * 3)


# --- intervals -------------------------------------------------------------------------------------------------------


def test_a_mean_is_its_own_jackknife():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = jackknife(lambda w: float(values @ w / w.sum()), 4)
    assert found.values == pytest.approx(values)
    assert found.value == 4.0
    assert found.interval == pytest.approx(mean(values).interval)


def test_a_ratio_of_sums_has_an_interval():
    """The interval of a ratio holds the truth nineteen times in twenty, near enough."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        top, bottom = rng.poisson(300, 8), rng.poisson(100, 8)
        found = jackknife(lambda w, t=top, b=bottom: float(t @ w / (b @ w)), 8)
        held += found.interval[0] <= 3.0 <= found.interval[1]
    assert wilson(held, 400)[1] >= 0.95
    assert held / 400 >= 0.91


def chance_is_not_evidence():
    """V-94 on numbers: where nothing is planted, a probability above 0.95 comes up in one of twenty."""
    rng = np.random.default_rng(6)
    for n in (3, 4, 10, 25):
        many = sum(mean(rng.normal(size=n)).above(0.0) >= 0.95 for _ in range(2000))
        assert wilson(many, 2000, 0.9999)[0] <= 0.05, f"{many} of 2000 nothings were taken for something"
        assert wilson(many, 2000, 0.9999)[1] >= 0.05


def test_chance_is_not_taken_for_evidence():
    chance_is_not_evidence()


def test_certainty_and_ignorance():
    assert math.isnan(mean(np.zeros(4)).above(0.0))
    assert mean(np.zeros(4)).above(0.25) == 0.0
    assert mean(np.full(4, 2.0)).above(1.0) == 1.0
    assert math.isnan(mean(np.array([3.0])).above(1.0))
    assert math.isnan(mean(np.array([3.0, math.nan])).above(1.0))
    assert mean(np.full(30, 2.0)).interval == (2.0, 2.0)


def test_many_replicates_are_resampled():
    """From twenty on the interval is drawn, close to Student's and never wider by much."""
    values = np.random.default_rng(7).normal(5, 1, 40)
    low, high = mean(values).interval
    assert low < values.mean() < high
    assert high - low == pytest.approx(4 * mean(values).standard_error, rel=0.1)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (0, 0, 0, 1)]
)
def test_wilson(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


# --- planted faults --------------------------------------------------------------------------------------------------


def everybody_counts(patch):
    patch.setattr(Twins, "spared", property(lambda self: np.ones(len(self.on), bool)))


def first_come_first_served(patch):
    patch.setattr(games, "factorial", lambda n: 1)


def sure_too_soon(patch):
    original = intervals.Estimate.above
    patch.setattr(intervals.Estimate, "above", lambda self, t: 0.5 + 2 * (original(self, t) - 0.5))


def yes_or_no_for_more_or_less(patch):
    patch.setattr(leverage, "makarov", leverage.frechet)


@pytest.mark.parametrize(
    ("plant", "check", "word"),
    [
        (first_come_first_served, efficient, "do not sum"),
        (first_come_first_served, as_every_order_says, "mean over orders"),
        (everybody_counts, only_the_spared_count, "averted"),
        (yes_or_no_for_more_or_less, bounds_are_sharp, "bound"),
        (sure_too_soon, chance_is_not_evidence, "taken for something"),
    ],
)
def test_a_planted_fault_is_caught(monkeypatch, plant, check, word):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=word):
        check()
