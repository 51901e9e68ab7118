"""Recipes, scales, and the arithmetic of fitting and rounding tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinyong.errors import RecipeError, XinyongError
from xinyong.ipf import ipf, largest_remainder, round_rows, sizes_with_total, systematic
from xinyong.population import make_population, make_shard
from xinyong.recipes import load_recipe, parse_scale, recipe_names


@pytest.fixture(scope="module")
def china():
    return load_recipe("china")


def test_the_recipes_load_and_say_what_is_assumed():
    assert recipe_names() == ["china", "diffusion", "nation", "other", "rongcheng", "toy"]
    for name in recipe_names():
        recipe = load_recipe(name)
        assert all(why for _, _, why in recipe.assumed())
        assert all(source for *_, source in recipe.sources())
        assert "structure.independence" in [name for name, _, _ in recipe.assumed()]


# Scales and recipes


def test_scales(china):
    assert parse_scale("1:1000", china) == 1000 and parse_scale("1:1", china) == 1
    assert parse_scale("1,332,810", china) == pytest.approx(1000, rel=1e-5)
    total = sum(s.persons for s in make_population(china, 1, "100000"))
    assert abs(total - 100_000) < 16
    for wrong in [*("", "abc", "1:", "1:x", "2:1000", "-5", "1:-3", "0", "1:0", "nan", "inf"),
                  *("1:nan", "1:0.5", "9e12", "1:inf")]:  # fmt: skip
        with pytest.raises(RecipeError, match="scale"):
            parse_scale(wrong, china)
    with pytest.raises(RecipeError):
        make_shard(china, 1, 0.5, 11)
    with pytest.raises(RecipeError, match="no shard 73"):
        make_shard(china, 1, 1000.0, 73)


def test_unknown_recipes_are_explained(tmp_path):
    with pytest.raises(RecipeError, match="rongcheng"):
        load_recipe("rongchen")
    for content, why in (
        ("- 1", "mapping"),
        ("a: [", "YAML"),
        ("like: chin", "china"),
        ("name: x", "census"),
        ("like: toy\nname: x\nscle: 3\nshards: []", "scle|shards"),
        ("like: toy\nname: x\ncensus: {value: ../a.csv, grade: assumed, why: w}\nshards: []", "beside"),
        ("like: toy\nname: x\nurban_share: {value: 0.5, grade: assumed}\nshards: []", "why"),
        ("like: toy\nname: x\nurban_share: {value: 0.5, grade: memory}\nshards: []", "source"),
        ("like: toy\nname: x\nurban_share: {value: 0.5, grade: sure, why: w}\nshards: []", "grade"),
    ):
        path = tmp_path / "r.yaml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(RecipeError, match=why):
            load_recipe(path)


def own_recipe(folder, table):
    (folder / "mine.csv").write_text("age_band,sex,population\n" + table, encoding="utf-8")
    (folder / "mine.yaml").write_text(
        "name: mine\nlike: toy\ntitle: 丙縣\ngloss: County C\n"
        "census: {value: mine.csv, grade: assumed, why: invented}\n"
        "shards: [{code: 950, name: 丙縣, gloss: County C, area: total}]\n",
        encoding="utf-8",
    )
    return load_recipe(folder / "mine.yaml")


def test_a_recipe_of_ones_own(tmp_path):
    recipe = own_recipe(
        tmp_path, "0-14,male,300\n0-14,female,280\n15-59,male,900\n15-59,female,880\n60+,female,200\n"
    )
    shard = make_population(recipe, 3)[0]
    assert shard.persons == 2560 and shard.code == 950 and not shard.columns["city"].any()


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("30-34,male,500\n30-34,female,400\n", "1000"),
        ("30-34,male,5000\n35-39,female,4\n", "under 10"),
        ("0-4,male,5000\n", "more persons with"),
        ("30-39,male,5000\n35-44,male,500\n", "age 35"),
        ("thirty,male,5000\n", "age_band"),
        ("30-34,other,5000\n", "sex"),
        ("30-34,male,50.5\n", "whole"),
    ],
)
def test_recipes_that_cannot_be_are_refused(tmp_path, table, why):
    with pytest.raises(XinyongError, match=why):
        own_recipe(tmp_path, table)


# Arithmetic


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.integers(0, 5000))
def test_largest_remainder_shares_out_everything(weights, total):
    if not sum(weights) and total:
        with pytest.raises(ValueError, match="zero"):
            largest_remainder(np.array(weights), total)
        return
    shares = largest_remainder(np.array(weights), total)
    exact = np.array(weights) * total / max(sum(weights), 1)
    assert shares.sum() == (total if sum(weights) else 0) and np.abs(shares - exact).max() < 1 + 1e-9


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.floats(0, 0.999), st.floats(0, 1))
def test_systematic_takes_exactly_and_never_too_much(counts, offset, share):
    cells = np.array(counts)
    total = int(cells.sum() * share)
    taken = systematic(cells, total, offset)
    assert taken.sum() == total and (taken >= 0).all() and (taken <= cells).all()


@given(st.integers(1, 400), st.integers(0, 3000))
def test_household_sizes_fill_exactly(groups, extra):
    total = min(groups * 8, groups + extra)
    counts = sizes_with_total(np.ones(8) / 8, groups, total)
    assert counts.sum() == groups and counts @ np.arange(1, 9) == total and (counts >= 0).all()


def test_proportional_fitting_meets_margins_and_keeps_zeros():
    seed = np.array([[1.0, 0.0], [1.0, 1.0], [2.0, 1.0]])
    rows, columns = np.array([10.0, 20.0, 30.0]), np.array([35.0, 25.0])
    table, gap = ipf(seed, [((0,), rows), ((1,), columns)])
    assert gap <= 1e-9 and table[0, 1] == 0
    assert table.sum(axis=1) == pytest.approx(rows) and table.sum(axis=0) == pytest.approx(columns)
    _, gap = ipf(np.array([[1.0, 0.0]]), [((0,), np.array([10.0])), ((1,), np.array([5.0, 5.0]))])
    assert gap > 0.1


def test_rounding_rows_keeps_columns():
    rng = np.random.default_rng(1)
    table = rng.random((300, 8))
    rows = rng.integers(0, 4, 300)
    table *= (rows / table.sum(axis=1))[:, None]
    whole = round_rows(table, rows)
    assert (whole.sum(axis=1) == rows).all() and (whole >= 0).all()
    assert np.abs(whole.sum(axis=0) - table.sum(axis=0)).max() < 1.5
