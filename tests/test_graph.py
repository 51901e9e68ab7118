"""Networks are computed: the properties that make them networks."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.graph import Network, Sizes, is_set, pack, sociability
from xinyong.kernels import graph as kernels

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 255, 256, 257, 1000, 4095, 4097, 65537]
KEYS = np.array([0x12345678, 0x9ABCDEF0, 0x0F1E2D3C], np.uint32)
SMALL = Sizes(candidates=4, acquaintances=8)
THIN = Sizes(candidates=40, acquaintances=20)


def flags_of(n: int, share: float, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random(n) < share).astype(np.uint8)


def places_of(n: int, seed: int = 0) -> np.ndarray:
    sizes = np.random.default_rng(seed).integers(1, 9, n)
    return np.concatenate([np.arange(s) for s in sizes])[:n].astype(np.uint8)


def permuted(n: int, keys: np.ndarray = KEYS, first: int = 0) -> np.ndarray:
    out = np.empty(n - first, np.uint32)
    kernels.forward_all(out, first, n, keys)
    return out


@pytest.mark.parametrize("n", SIZES)
def test_a_permutation_is_a_bijection_with_an_exact_inverse(n):
    there = permuted(n)
    assert sorted(there) == list(range(n))
    back = np.empty(n, np.uint32)
    kernels.inverse_all(back, 0, n, KEYS)
    assert (back[there] == np.arange(n)).all()


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 2**31 - 1), x=st.integers(0, 2**31), seeds=st.tuples(*[st.integers(0, 2**32 - 1)] * 3)
)
def test_inverse_undoes_forward_at_any_size(n, x, seeds):
    keys = np.array(seeds, np.uint32)
    x %= n
    image = kernels.forward(x, n, keys)
    assert 0 <= image < n
    assert kernels.inverse(image, n, keys) == x


def test_a_part_of_a_permutation_equals_the_whole():
    assert (permuted(5000, first=777) == permuted(5000)[777:]).all()


def test_a_permutation_scatters_neighbours():
    gaps = np.abs(np.diff(permuted(100_000).astype(np.int64)))
    assert (gaps < 1000).mean() == pytest.approx(0.02, abs=0.004)
    # one key has sqrt(n) independent shifts, so each correlation is within 0.4 / sqrt(sqrt(n)) of none
    rows, keys = np.arange(100_000), Network(1, 1, 100_000, Sizes(candidates=60)).rounds
    assert np.mean([np.corrcoef(rows, permuted(100_000, k))[0, 1] for k in keys]) == pytest.approx(
        0, abs=0.01
    )


def test_ties_close_as_few_triangles_as_chance_would():
    net = Network(11, 1, 6000, SMALL)
    ties = [set(net.acquaintances(row)) for row in range(6000)]
    triangles = sum(len(ties[a] & ties[b]) for a in range(6000) for b in ties[a]) / 6
    assert triangles == pytest.approx(8**3 / 6, abs=5 * (8**3 / 6) ** 0.5)


def test_different_shards_and_seeds_have_different_ties():
    one = Network(1, 5, 1000, SMALL).acquaintances(7)
    assert one == Network(1, 5, 1000, SMALL).acquaintances(7)
    assert one != Network(2, 5, 1000, SMALL).acquaintances(7)
    assert one != Network(1, 6, 1000, SMALL).acquaintances(7)


@pytest.mark.parametrize("sizes", [SMALL, THIN])
@pytest.mark.parametrize("n", [1, 2, 3, 50, 301])
def test_ties_are_mutual_and_never_to_oneself(n, sizes):
    net = Network(3, 1, n, sizes)
    ties = [net.acquaintances(row) for row in range(n)]
    assert all(row not in known for row, known in enumerate(ties))
    assert all(row in ties[other] for row, known in enumerate(ties) for other in known)


def test_degrees_are_as_declared():
    regular = Network(4, 1, 20_000, SMALL)
    degrees = [len(regular.acquaintances(row)) for row in range(0, 20_000, 40)]
    assert max(degrees) == 8
    assert np.mean(degrees) == pytest.approx(8, abs=0.02)
    thin = Network(4, 1, 20_000, THIN)
    degrees = [len(thin.acquaintances(row)) for row in range(0, 20_000, 40)]
    assert np.mean(degrees) == pytest.approx(20, abs=4 * np.std(degrees) / len(degrees) ** 0.5)
    assert np.std(degrees) > 2 * np.sqrt(20) * 0.8


def test_default_sizes_give_fifty_acquaintances():
    table = sociability(Sizes().mean_weight, Sizes().spread) / 255
    assert 2 * Sizes().candidates * table.mean() ** 2 == pytest.approx(50, rel=0.01)


def test_the_order_of_the_permutations_does_not_matter():
    net = Network(5, 1, 3000, THIN)
    words, place = pack(flags_of(3000, 0.02)), places_of(3000)
    expected = net.exposed(words, place)
    turned = Network(5, 1, 3000, THIN)
    turned.__dict__["rounds"] = net.rounds[::-1].copy()
    assert (turned.exposed(words, place) == expected).all()


def test_blocks_households_and_teams():
    net = Network(6, 1, 1005, SMALL)
    place = places_of(1005)
    for row in (0, 9, 10, 999, 1004):
        assert row in net.adjacent(row)
        assert row in net.neighbourhood(row)
        home = net.household(row, place)
        assert row in home
        assert list(place[home.start : home.stop]) == list(range(len(home)))
    teams = {tuple(net.colleagues(rank, 700)) for rank in range(700)}
    assert sorted(r for team in teams for r in team) == list(range(700))
    assert max(map(len, teams)) == 8
    offices = {tuple(net.colleagues(rank, 700, team=False)) for rank in range(700)}
    assert all(any(set(team) <= set(office) for office in offices) for team in teams)


@pytest.mark.parametrize("sizes", [SMALL, THIN])
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 1])
def test_pushing_and_pulling_and_asking_one_by_one_agree(share, sizes):
    n = 2500
    net, place, flags = Network(7, 1, n, sizes), places_of(n), flags_of(n, share)
    words, adults = pack(flags), np.flatnonzero(flags_of(n, 0.8, seed=2))
    pushed = net.exposed(words, place, adults, pull=False)
    assert (pushed == net.exposed(words, place, adults, pull=True)).all()
    rank = {int(row): i for i, row in enumerate(adults)}
    for row in range(0, n, 83):
        team = [int(adults[r]) for r in net.colleagues(rank[row], len(adults))] if row in rank else []
        layers = (net.household(row, place), net.adjacent(row), team, net.acquaintances(row))
        told = [any(flags[o] for o in layer if o != row) for layer in layers]
        assert [bool(pushed[row] & bit) for bit in (1, 2, 4, 8)] == told


@pytest.mark.parametrize("n", [1, 2, 3, 20])
def test_nobody_is_exposed_to_their_own_flag(n):
    for key in range(10):
        net, place = Network(key, 1, n, SMALL), np.zeros(n, np.uint8)
        for row in range(n):
            flags = (np.arange(n) == row).astype(np.uint8)
            for pull in (True, False):
                assert net.exposed(pack(flags), place, np.arange(n), pull=pull)[row] == 0


def test_exposure_is_the_same_on_any_thread():
    net, place, words = Network(8, 1, 5000, THIN), places_of(5000), pack(flags_of(5000, 0.05))
    alone = net.exposed(words, place)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pull: net.exposed(words, place, pull=pull), [True, False] * 4))
    assert all((one == alone).all() for one in together)


@given(st.lists(st.integers(0, 1), min_size=0, max_size=200))
@settings(max_examples=50, deadline=None)
def test_bits_round_trip(flags):
    words = pack(np.array(flags, np.uint8))
    assert is_set(words, range(len(flags))) == [bool(f) for f in flags]
    rows = np.empty(sum(flags), np.int64)
    assert kernels.count(words) == sum(flags) == kernels.rows_of(rows, words)
    assert list(rows) == [i for i, f in enumerate(flags) if f]


def test_kernels_equal_their_plain_python():
    n, net = 90, Network(9, 1, 90, THIN)
    flags, place = flags_of(n, 0.2), places_of(n)
    words, rounds = pack(flags), net.rounds[:3]
    rows, adults = np.flatnonzero(flags), np.flatnonzero(flags_of(n, 0.7, seed=3))
    plain = {
        name: getattr(kernels, name).py_func for name in ("pack", "count", "rows_of", "forward", "inverse")
    }
    with np.errstate(over="ignore"):
        again = np.zeros_like(words)
        plain["pack"](again, flags)
        assert (again == words).all()
        assert plain["count"](words) == kernels.count(words)
        for name in ("forward", "inverse"):
            each, many = [plain[name](x, n, KEYS) for x in range(n)], np.empty(n, np.uint32)
            getattr(kernels, name + "_all")(many, 0, n, KEYS)
            assert list(many) == each
        for name, args in {
            "mark_near": (rows, place, 10),
            "push_ties": (rows, rounds, False, net.key, net.weights),
            "pull_ties": (words, rounds, False, net.key, net.weights),
            "mark_teams": (net.seats(len(adults)), adults, words, 8),
        }.items():
            fast, slow = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
            getattr(kernels, name)(fast, *args)
            getattr(kernels, name).py_func(slow, *args)
            assert (fast == slow).all(), name
            assert name == "mark_teams" or fast.any()
