"""Populations: exact totals, whole households, and nobody who depends on another shard."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinyong.errors import RecipeError
from xinyong.population import ADULT, COLUMNS, KIND_CODES, make_population, make_shard, reorder
from xinyong.recipes import Recipe, load_recipe

ORGANISATION_BIT = np.uint32(0x8000_0000)


@pytest.fixture(scope="module")
def china():
    return load_recipe("china")


@pytest.fixture(scope="module")
def nation(china):
    return make_population(china, 7, "1:1000")


@pytest.fixture(scope="module")
def rongcheng():
    return make_population(load_recipe("rongcheng"), 7)[0]


@pytest.fixture(scope="module")
def toy():
    return make_population(load_recipe("toy"), 7)


def people(shard, column):
    return shard.columns[column][: shard.persons]


def same(a, b):
    return (
        a.code == b.code
        and a.persons == b.persons
        and all(np.array_equal(a.columns[name], b.columns[name]) for name in COLUMNS)
        and all(np.array_equal(a.organisations[name], b.organisations[name]) for name in a.organisations)
    )


TOY = load_recipe("toy").model_dump()


def town(cells, **changes):
    """A recipe of one shard with these census cells; not checked for its least size."""
    content = TOY | {"areas": {"here": cells}, "cities": []}
    content["shards"] = [{"code": 950, "name": "丙縣", "gloss": "County C", "area": "here"}]
    return Recipe.model_validate(content | changes)


# What the recipes promise


def test_census_counts_are_exact(china, nation):
    """Every cell province x age band x sex of 2010, within the rounding of largest remainders."""
    assert [shard.code for shard in nation] == [shard.code for shard in china.shards] and len(nation) == 31
    for shard in nation:
        cells = china.areas[china.shard(shard.code).area]
        assert shard.persons == round(sum(cell.persons for cell in cells) / 1000)
        age, sex = people(shard, "age"), people(shard, "sex")
        for cell in cells:
            made = int(((age >= cell.low) & (age <= cell.high) & (sex == cell.sex)).sum())
            assert abs(made - cell.persons / 1000) < 1.01


def test_ages_are_spread_evenly_within_bands(nation):
    age = np.concatenate([people(shard, "age") for shard in nation])
    for low, high in ((1, 4), (25, 29), (60, 64)):
        counts = np.bincount(age, minlength=121)[low : high + 1]
        assert counts.max() / counts.min() < 1.02


def test_urban_education_and_registration_are_within_rounding(china, nation):
    education = list(china.education.value.values())
    for shard in nation:
        n = shard.persons
        assert abs(people(shard, "urban").sum() - n * china.urban_share.value) <= 3
        made = np.bincount(people(shard, "education"), minlength=4)
        assert np.abs(made - n * np.array(education)).max() <= 3
        if shard.code != 37:
            assert abs((1 - people(shard, "local")).sum() - n * china.migrant_share.value) <= 1


def test_children_have_no_college(nation):
    for shard in nation:
        age, education = people(shard, "age"), people(shard, "education")
        for level, youngest in enumerate((0, 12, 15, 18)):
            assert age[education == level].min() >= youngest


def test_income_classes_are_equal_and_their_yuan_are_the_published_means(china, nation):
    income = np.concatenate([people(shard, "income") for shard in nation])
    counts = np.bincount(income, minlength=256)
    assert counts.min() > 0.85 * counts.mean() and counts.max() < 1.15 * counts.mean()
    yuan = china.income_yuan_per_head()
    assert len(yuan) == 256 and (np.diff(yuan) > 0).all() and yuan[0] > 0
    assert yuan.mean() == pytest.approx(np.mean(china.income_quintile_means.value))
    fine = np.repeat(yuan, 5).reshape(5, 256).mean(axis=1)
    assert fine == pytest.approx(china.income_quintile_means.value, rel=0.005)


def test_the_demonstration_city_lies_first_in_shandong(nation):
    for shard in nation:
        city = people(shard, "city") == 1
        assert city.sum() == (790 if shard.code == 37 else 0)
        if shard.code == 37:
            assert city[:790].all() and people(shard, "local")[:790].sum() == 600
            kinds = shard.columns["kind"][shard.columns["city"] == 1]
            assert np.bincount(kinds).tolist() == [790, 16, 35, 1]


def test_rongcheng_has_exactly_the_counts_of_the_paper(rongcheng):
    """R58."""
    assert rongcheng.code == 901 and rongcheng.persons == 790_000 and rongcheng.scale == 1
    assert np.bincount(people(rongcheng, "local")).tolist() == [190_000, 600_000]
    kinds = dict(zip(KIND_CODES, np.bincount(rongcheng.columns["kind"]).tolist(), strict=True))
    assert kinds == {
        "person": 790_000,
        "enterprise": 16_000,
        "self_employed": 35_000,
        "social_organisation": 1_420,
        "department": 140,
    }
    assert (rongcheng.columns["city"] == 1).all()


def test_the_toy_is_two_shards_and_one_has_a_points_scheme(toy):
    assert [(s.code, s.persons) for s in toy] == [(900, 6000), (902, 4000)]
    assert people(toy[0], "city").all() and not toy[1].columns["city"].any()


# Households and organisations


@pytest.mark.parametrize("which", ["nation", "rongcheng", "toy"])
def test_households_are_contiguous_with_an_adult_first(which, request):
    made = request.getfixturevalue(which)
    shards = made if isinstance(made, list) else [made]
    firsts = 0
    for shard in shards:
        place, age = people(shard, "household").astype(int), people(shard, "age")
        assert place[0] == 0 and place.max() <= 7
        assert ((np.diff(place) == 1) | (place[1:] == 0)).all()
        assert (age[place == 0] >= ADULT).all()
        home = np.cumsum(place == 0)
        for column in ("urban", "income", "city", "local"):
            values = people(shard, column)
            assert (values[1:] == values[:-1])[home[1:] == home[:-1]].all()
        firsts += int((place == 0).sum())
    assert sum(s.persons for s in shards) / firsts == pytest.approx(3.1, abs=0.01)


def test_children_live_with_adults_of_parents_age(nation):
    shard = nation[18]
    age, place = people(shard, "age").astype(int), people(shard, "household")
    head = age[np.maximum.accumulate(np.where(place == 0, np.arange(shard.persons), 0))]
    child = age < ADULT
    assert ((head[child] >= 20) & (head[child] <= 59)).mean() > 0.95
    assert np.corrcoef(head[child], age[child])[0, 1] > 0.5


def test_columns_and_organisations_keep_the_contract(nation, rongcheng, toy):
    for shard in [*nation[:3], rongcheng, *toy]:
        n, side = shard.persons, shard.organisations
        assert {name: column.dtype for name, column in shard.columns.items()} == {
            name: np.dtype(kind) for name, kind in COLUMNS.items()
        }
        number, kind = shard.columns["number"], shard.columns["kind"]
        assert len(np.unique(number)) == shard.parties == len(kind)
        assert ((number & ORGANISATION_BIT > 0) == (kind > 0)).all() and (kind[:n] == 0).all()
        assert side["party"].tolist() == list(range(n, shard.parties))
        assert (side["representative"] < n).all()
        assert (shard.columns["age"][side["representative"]] >= ADULT).all()
        assert (shard.columns["city"][side["representative"]] == shard.columns["city"][side["party"]]).all()
        assert side["size"].max() <= 3
        assert [side[name].dtype for name in side] == [np.int32, np.int32, np.uint8]
        assert not shard.columns["age"][n:].any()


# Seeds, shards and order


def test_one_seed_is_one_population_and_another_differs(toy):
    recipe = load_recipe("toy")
    assert all(same(a, b) for a, b in zip(toy, make_population(recipe, 7), strict=True))
    other = make_population(recipe, 8)
    assert not same(toy[0], other[0])
    assert not np.array_equal(people(toy[0], "income"), people(other[0], "income"))


def test_a_shard_alone_is_the_shard_in_the_whole(china, nation):
    """V-26: other shards change nobody."""
    alone = make_shard(china, 7, "1:1000", 54)
    assert same(alone, next(shard for shard in nation if shard.code == 54))
    fewer = china.model_copy(update={"shards": [china.shard(37), china.shard(54)]})
    assert same(alone, make_population(fewer, 7, 1000)[1])


def whole_households(shard, seed):
    """A permutation that shuffles whole households and the organisations."""
    rng = np.random.default_rng(seed)
    place = people(shard, "household")
    home = np.cumsum(place == 0) - 1
    order = rng.permutation(home.max() + 1)
    persons = np.lexsort((place, order[home]))
    return np.concatenate((persons, shard.persons + rng.permutation(shard.parties - shard.persons)))


def test_reordering_moves_rows_and_keeps_everybody(toy):
    shard = toy[0]
    permutation = whole_households(shard, 1)
    moved = reorder(shard, permutation)
    assert not np.array_equal(moved.columns["number"], shard.columns["number"])

    def everybody(s):
        return sorted(zip(*(s.columns[name].tolist() for name in COLUMNS), strict=True))

    def ties(s):
        number, side = s.columns["number"], s.organisations
        return sorted(
            zip(
                number[side["party"]].tolist(),
                number[side["representative"]].tolist(),
                side["size"].tolist(),
                strict=True,
            )
        )

    assert everybody(moved) == everybody(shard) and ties(moved) == ties(shard)
    assert (np.diff(moved.organisations["party"]) > 0).all()
    back = reorder(moved, np.argsort(permutation))
    assert same(back, shard)


def test_reordering_refuses_what_is_no_order(toy):
    shard = toy[0]
    rows = np.arange(shard.parties)
    torn = rows.copy()
    torn[: shard.persons] = torn[: shard.persons][::-1]
    for wrong, why in (
        (rows[:-1], "permutation"),
        (rows * 0, "permutation"),
        (rows[::-1], "before"),
        (torn, "apart"),
    ):
        with pytest.raises(RecipeError, match=why):
            reorder(shard, wrong)
    assert reorder(shard, torn, whole_households=False).persons == shard.persons


# Extremes


def test_nobody():
    shard = make_population(town([(0, 4, 0, 0), (30, 34, 1, 0)]), 1)[0]
    assert shard.parties == 0 and all(len(column) == 0 for column in shard.columns.values())


def test_one_person():
    shard = make_population(town([(30, 30, 1, 1)]), 1)[0]
    assert shard.persons == 1 and shard.columns["age"].tolist() == [30]
    assert shard.columns["household"].tolist() == [0]


def test_one_household_of_eight():
    recipe = town([(5, 11, 0, 7), (40, 40, 1, 1)])
    shard = make_population(recipe, 1)[0]
    assert people(shard, "household").tolist() == list(range(8))
    assert people(shard, "age")[0] == 40 and len(set(people(shard, "income").tolist())) == 1


def test_all_minors():
    minors = [(0, 9, 0, 600), (10, 17, 1, 500)]
    with pytest.raises(RecipeError, match="no adult"):
        make_population(town(minors), 1)
    none = {kind: {"value": 0, "grade": "assumed", "why": "a test"} for kind in list(KIND_CODES)[1:]}
    shard = make_population(town(minors, organisations=none), 1)[0]
    assert shard.persons == shard.parties == 1100 and people(shard, "age").max() < ADULT
    assert (people(shard, "household") == 0).sum() == 138


def test_the_nation_at_one_in_a_hundred_million(china):
    shards = make_population(china, 1, "1:100000000")
    assert [s.persons for s in shards if s.code in (44, 54)] == [1, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=6, max_size=6), st.integers(0, 2**32))
def test_any_small_town_is_housed(counts, seed):
    bands = [(0, 4), (10, 14), (15, 19), (30, 34), (60, 64), (100, 104)]
    recipe = town(
        [(low, high, i % 2, c) for i, ((low, high), c) in enumerate(zip(bands, counts, strict=True))]
    )
    try:
        shard = make_population(recipe, seed)[0]
    except RecipeError:
        assert sum(counts[2:]) < 40
        return
    assert shard.persons == sum(counts)
    age = people(shard, "age")
    for i, (low, high) in enumerate(bands):
        assert ((age >= low) & (age <= high)).sum() == counts[i]
    adults = int((age >= ADULT).sum())
    firsts = age[people(shard, "household") == 0]
    assert (firsts >= ADULT).all() or adults * 8 < len(age)


def test_every_shard_has_its_own_draws(nation):
    firsts = [people(shard, "income")[:50].tolist() for shard in nation]
    assert all(a != b for a, b in pairwise(firsts))
