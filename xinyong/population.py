"""Making synthetic societies from a recipe of totals: the only maker of persons and organisations."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xinyong.errors import RecipeError
from xinyong.households import ADULT, COLUMNS, Array, Cells, Columns, Part, house, uniforms
from xinyong.ipf import Ints, ipf, largest_remainder, round_rows, systematic
from xinyong.recipes import KINDS, Recipe, load_recipe, parse_scale

__all__ = [
    "ADULT", "COLUMNS", "KIND_CODES", "ORGANISATION", "Recipe", "ShardPopulation",
    "load_recipe", "make_population", "make_shard", "parse_scale", "reorder",
]  # fmt: skip

ORGANISATION = 0x8000_0000
KIND_CODES = {"person": 0, **{kind: code for code, kind in enumerate(KINDS, start=1)}}


@dataclass(frozen=True)
class ShardPopulation:
    """The synthetic persons and organisations of one shard, as arrays over its parties.

    `columns` are those of `COLUMNS`, one element a party: `persons` rows of persons, household by household,
    then the organisations. `organisations` is a side table, one row an organisation: `party` (i32 row),
    `representative` (i32 row of an adult) and `size` (u8: 0 micro, 1 small, 2 medium, 3 large). `scale` is
    the number of real persons one synthetic person stands for.
    """

    code: int
    name: str
    gloss: str
    scale: float
    persons: int
    columns: Columns
    organisations: Columns

    @property
    def parties(self) -> int:
        """Rows: persons and organisations."""
        return len(self.columns["number"])


def make_population(recipe: Recipe, seed: int, scale: float | str | None = None) -> list[ShardPopulation]:
    """Make every shard of a recipe, in the recipe's order."""
    return [make_shard(recipe, seed, scale, shard.code) for shard in recipe.shards]


def make_shard(recipe: Recipe, seed: int, scale: float | str | None, code: int) -> ShardPopulation:
    """Make one shard alone: the same persons whether or not any other shard is ever made.

    `scale` is real persons for one synthetic person, or a text for `parse_scale`; None is the recipe's own.
    """
    shard = recipe.shard(code)
    factor = parse_scale(f"1:{scale}" if isinstance(scale, float | int) else scale or recipe.scale, recipe)
    everyone = _rounded(recipe.persons_of(code), factor)
    cells = _cells(recipe, seed, code, everyone)
    parts = _parts(recipe, seed, code, cells, factor)
    people = house(recipe, seed, code, cells, parts)
    columns, side = _add_organisations(recipe, seed, code, factor, people)
    return ShardPopulation(code, shard.name, shard.gloss, factor, everyone, columns, side)


def _rounded(real: float, scale: float) -> int:
    return int(np.floor(real / scale + 0.5))


def _cells(recipe: Recipe, seed: int, code: int, everyone: int) -> Cells:
    """Count whole persons by single year of age, sex, urban and education, with the census cells exact."""
    published = recipe.areas[recipe.shard(code).area]
    rounded = largest_remainder(np.array([c.persons for c in published]), everyone)
    start = uniforms(seed, "single_years", code, np.arange(len(published)))
    rows: dict[tuple[int, int], int] = {}
    for cell, persons, u in zip(published, rounded.tolist(), start.tolist(), strict=True):
        width = cell.high + 1 - cell.low
        each, rest = divmod(persons, width)
        for year in range(width):
            extra = (year - int(u * width)) % width < rest
            key = (cell.low + year, cell.sex)
            rows[key] = rows.get(key, 0) + each + extra
    ages, sexes = np.array(sorted(rows), dtype=np.uint8).reshape(-1, 2).T
    return _join(recipe, ages, sexes, np.array([rows[key] for key in sorted(rows)], dtype=np.int64))


def _join(recipe: Recipe, ages: Array, sexes: Array, persons: Ints) -> Cells:
    """Join age and sex with urban and education by proportional fitting; children cannot have college."""
    everyone = float(persons.sum())
    youngest = np.array(recipe.education_from_age.value)
    possible = (ages[:, None] >= youngest[None, :]).astype(np.float64)
    urban = np.array([1 - recipe.urban_share.value, recipe.urban_share.value]) * everyone
    education = np.array(list(recipe.education.value.values())) * everyone
    table, _ = ipf(
        np.repeat(possible[:, None, :], 2, axis=1),
        [((0,), persons.astype(np.float64)), ((1,), urban), ((2,), education)],
    )
    whole = round_rows(table.reshape(len(ages), -1), persons)
    row, column = np.nonzero(whole)
    urban_code, level = np.divmod(column, len(youngest))
    return Cells(
        ages[row], sexes[row], urban_code.astype(np.uint8), level.astype(np.uint8), whole[row, column]
    )


def _parts(recipe: Recipe, seed: int, code: int, cells: Cells, scale: float) -> list[Part]:
    """Split a shard's persons: the city with a points scheme first, and local before migrant residents."""
    everyone = int(cells.persons.sum())
    offsets = uniforms(seed, "parts", code, np.arange(3)).tolist()
    city, inside, local = recipe.city_in(code), 0, 0
    if city:
        inside = min(everyone, _rounded(city.persons, scale))
        local = min(inside, _rounded(city.local.value if city.local else 0, scale))
    in_city = systematic(cells.persons, inside, offsets[0])
    outside = everyone - inside
    local_outside = outside - _rounded(outside * recipe.migrant_share.value, 1.0)
    return [
        *_registered(in_city, city.code if city else 0, local, offsets[1]),
        *_registered(cells.persons - in_city, 0, local_outside, offsets[2]),
    ]


def _registered(persons: Ints, city: int, local: int, offset: float) -> list[Part]:
    here = systematic(persons, local, offset)
    return [part for part in (Part(here, city, 1), Part(persons - here, city, 0)) if part.persons.any()]


def _add_organisations(
    recipe: Recipe, seed: int, code: int, scale: float, people: Columns
) -> tuple[Columns, Columns]:
    """Append the organisations' rows to the persons' columns, and make their side table."""
    kind, city = _organisation_kinds(recipe, code, scale)
    persons, count = len(people["age"]), len(kind)
    numbers = ORGANISATION + np.arange(count, dtype=np.uint32)
    speaker = _representatives(recipe, seed, code, people, city, numbers)
    rows = {name: np.zeros(count, dtype=dtype) for name, dtype in COLUMNS.items()}
    rows |= {name: people[name][speaker] for name in ("urban", "local", "income")}
    places = _places(recipe, code, people)
    rows |= {
        "number": numbers.astype(np.uint32),
        "kind": kind,
        "city": np.where(city > 0, city, places[speaker]),
    }
    people = people | {"city": places}
    side: Columns = {
        "party": np.arange(persons, persons + count, dtype=np.int32),
        "representative": speaker.astype(np.int32),
        "size": _size_classes(recipe, seed, code, kind, numbers),
    }
    return {name: np.concatenate((people[name], rows[name])) for name in COLUMNS}, side


def _places(recipe: Recipe, code: int, people: Columns) -> Array:
    """Say in which city each person lives (n,): households of the same kind in one run of rows, city by city.

    Nothing else of a person depends on it, and an organisation lies where its representative lives.
    """
    city = people["city"].copy()
    parts = recipe.parts_of(code)
    first = np.flatnonzero((people["household"] == 0) & (city == 0))
    kind = people["local"][first] * 2 + people["urban"][first]
    runs = np.split(np.arange(len(first)), np.flatnonzero(np.diff(kind)) + 1) if parts and len(first) else []
    cuts = np.cumsum([0.0, *(share for _, share in parts)])
    label = np.zeros(len(first), np.uint8)
    for run in runs:
        ends = np.floor(cuts * len(run) + 0.5).astype(np.int64)
        for (which, _), low, high in zip(parts, ends[:-1], ends[1:], strict=True):
            label[run[low:high]] = which
    mine = np.searchsorted(first, np.arange(len(city)), side="right") - 1
    outside = city == 0
    city[outside] = label[mine[outside]] if len(first) else 0
    return city


def _organisation_kinds(recipe: Recipe, code: int, scale: float) -> tuple[Array, Array]:
    """Give kind and city code of every organisation of a shard, (n,) each: kind by kind, the city's first."""
    shard, city = recipe.shard(code), recipe.city_in(code)
    real = recipe.persons_of(code)
    kinds, cities = [np.empty(0, np.uint8)], [np.empty(0, np.uint8)]
    for kind in KINDS:
        rate = recipe.organisations[kind].value / recipe.nation_persons.value
        total = shard.organisations.value.get(kind, 0) if shard.organisations else real * rate
        count = _rounded(total, scale)
        inside = 0.0
        if city:
            inside = (
                city.organisations.value.get(kind, 0) if city.organisations else total * city.persons / real
            )
        in_city = min(count, _rounded(inside, scale))
        kinds.append(np.full(count, KIND_CODES[kind], np.uint8))
        cities.append(np.where(np.arange(count) < in_city, city.code if city else 0, 0).astype(np.uint8))
    return np.concatenate(kinds), np.concatenate(cities)


def _representatives(
    recipe: Recipe, seed: int, code: int, people: Columns, city: Array, numbers: Array
) -> NDArray[np.int64]:
    """Draw the row of each organisation's representative (n,): any adult, of its city where it has any."""
    adults = np.flatnonzero(people["age"] >= ADULT)
    if len(numbers) and not len(adults):
        raise RecipeError(
            f"shard {code} of recipe {recipe.name} has organisations but no adult to represent them"
        )
    u = uniforms(seed, "representative", code, numbers)
    chosen = np.zeros(len(numbers), dtype=np.int64)
    for value in np.unique(city):
        pool = adults[people["city"][adults] == value]
        pool = pool if len(pool) else adults
        mine = city == value
        chosen[mine] = pool[(u[mine] * len(pool)).astype(np.int64)]
    return chosen


def _size_classes(recipe: Recipe, seed: int, code: int, kind: Array, numbers: Array) -> NDArray[np.uint8]:
    u = uniforms(seed, "organisation_size", code, numbers)
    size = np.zeros(len(kind), dtype=np.uint8)
    for name in KINDS:
        shares = np.cumsum(recipe.organisation_sizes[name].value)
        mine = kind == KIND_CODES[name]
        size[mine] = np.searchsorted(shares[:-1] / shares[-1], u[mine], side="right")
    return size


def reorder(shard: ShardPopulation, permutation: Array, whole_households: bool = True) -> ShardPopulation:
    """Move the parties to other rows: row i becomes what row `permutation[i]` was; numbers stay.

    Persons must stay before organisations and, unless `whole_households` is False, the members of a
    household together and in order; otherwise a RecipeError says so.
    """
    old = np.asarray(permutation, dtype=np.int64)
    _check_permutation(shard, old, whole_households)
    new = np.empty_like(old)
    new[old] = np.arange(len(old))
    side = shard.organisations
    moved: Columns = {
        "party": new[side["party"]].astype(np.int32),
        "representative": new[side["representative"]].astype(np.int32),
        "size": side["size"],
    }
    order = np.argsort(moved["party"], kind="stable")
    return replace(
        shard,
        columns={name: column[old] for name, column in shard.columns.items()},
        organisations={name: column[order] for name, column in moved.items()},
    )


def _check_permutation(shard: ShardPopulation, old: Array, whole_households: bool) -> None:
    if not np.array_equal(np.sort(old), np.arange(shard.parties)):
        raise RecipeError(f"not a permutation of the {shard.parties} rows of shard {shard.code}")
    if (old[: shard.persons] >= shard.persons).any():
        raise RecipeError("persons must stay in the rows before the organisations")
    place = shard.columns["household"][old[: shard.persons]]
    follows = np.flatnonzero(place > 0)
    if whole_households and (old[follows] != old[follows - 1] + 1).any():
        raise RecipeError("the permutation tears a household apart")
