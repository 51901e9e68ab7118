"""Making synthetic societies: persons and organisations from a recipe of totals; the only maker of persons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong import draws
from xinyong.errors import RecipeError
from xinyong.ipf import Ints, ipf, largest_remainder, round_rows, sizes_with_total, systematic
from xinyong.recipes import KINDS, LEVELS, CityRecipe, Recipe, load_recipe, parse_scale

__all__ = [
    "ADULT", "COLUMNS", "KIND_CODES", "MOST_IN_HOUSEHOLD", "ORGANISATION", "Recipe", "ShardPopulation",
    "load_recipe", "make_population", "make_shard", "parse_scale", "reorder",
]  # fmt: skip

ADULT = 18
MOST_IN_HOUSEHOLD = 8
ORGANISATION = 0x8000_0000
KIND_CODES = {"person": 0, **{kind: code for code, kind in enumerate(KINDS, start=1)}}
COLUMNS: dict[str, type[np.generic]] = {
    "number": np.uint32, "kind": np.uint8, "age": np.uint8, "sex": np.uint8, "education": np.uint8,
    "urban": np.uint8, "local": np.uint8, "income": np.uint8, "household": np.uint8, "city": np.uint8,
}  # fmt: skip

Array = NDArray[Any]
Columns = dict[str, Array]


@dataclass(frozen=True)
class ShardPopulation:
    """The synthetic persons and organisations of one shard, as arrays over its parties.

    `columns` are those of `COLUMNS`, one element a party: `persons` rows of persons, household by household, then
    the organisations. `organisations` is a side table, one row an organisation: `party` (i32 row), `representative`
    (i32 row of an adult) and `size` (u8: 0 micro, 1 small, 2 medium, 3 large). `scale`: real persons one stands for.
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


class _Cells(NamedTuple):
    """Kinds of persons, one element a kind (n,), and how many persons are of each."""

    age: Array
    sex: Array
    urban: Array
    education: Array
    persons: Ints


class _Part(NamedTuple):
    """Persons (n of each kind of `_Cells`) who share a city code and a registration, to be housed together."""

    persons: Ints
    city: int
    local: int


def make_population(recipe: Recipe, seed: int, scale: float | str | None = None) -> list[ShardPopulation]:
    """Make every shard of a recipe, in the recipe's order."""
    return [make_shard(recipe, seed, scale, shard.code) for shard in recipe.shards]


def make_shard(recipe: Recipe, seed: int, scale: float | str | None, code: int) -> ShardPopulation:
    """Make one shard alone: the same persons whether or not any other shard is ever made.

    `scale` is real persons for one synthetic person, or a text for `parse_scale`; None is the recipe's own.
    """
    shard = recipe.shard(code)
    factor = scale if isinstance(scale, float) else parse_scale(str(scale or recipe.scale), recipe)
    everyone = _rounded(recipe.persons_of(code), factor)
    cells = _cells(recipe, seed, code, everyone)
    parts = _parts(recipe, seed, code, cells, factor)
    people = _house(recipe, seed, code, cells, parts)
    columns, side = _add_organisations(recipe, seed, code, factor, people)
    return ShardPopulation(code, shard.name, shard.gloss, factor, everyone, columns, side)


def _rounded(real: float, scale: float) -> int:
    return int(np.floor(real / scale + 0.5))


def _who(code: int, numbers: Array) -> NDArray[np.uint64]:
    return np.uint64(code << 32) | numbers.astype(np.uint64)


def _uniforms(seed: int, what: str, code: int, numbers: Array, index: int = 0) -> NDArray[np.float64]:
    return draws.uniforms(draws.key(seed, f"population.{what}", 0), _who(code, numbers), index)


# --- how many persons of each kind ------------------------------------------------------------------------------


def _cells(recipe: Recipe, seed: int, code: int, everyone: int) -> _Cells:
    """Whole persons by single year of age, sex, urban and education, with the census cells exact."""
    published = recipe.areas[recipe.shard(code).area]
    rounded = largest_remainder(np.array([c.persons for c in published]), everyone)
    start = _uniforms(seed, "single_years", code, np.arange(len(published)))
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


def _join(recipe: Recipe, ages: Array, sexes: Array, persons: Ints) -> _Cells:
    """Join age and sex with urban and education by proportional fitting; children cannot have college."""
    everyone, levels = float(persons.sum()), len(LEVELS)
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
    urban_code, level = np.divmod(column, levels)
    return _Cells(ages[row], sexes[row], urban_code.astype(np.uint8), level.astype(np.uint8), whole[row, column])


def _parts(recipe: Recipe, seed: int, code: int, cells: _Cells, scale: float) -> list[_Part]:
    """Split a shard's persons: the city with a points scheme first, and local before migrant residents."""
    everyone = int(cells.persons.sum())
    city = recipe.city_in(code)
    inside = min(everyone, _rounded(city.persons, scale)) if city else 0
    u = _uniforms(seed, "parts", code, np.arange(3)).tolist()
    in_city = systematic(cells.persons, inside, u[0])
    parts = []
    for persons, city_code, offset in ((in_city, city.code if city else 0, u[1]), (cells.persons - in_city, 0, u[2])):
        count = int(persons.sum())
        local = min(count, _rounded(*_local(recipe, city, scale, count))) if city_code else None
        if local is None:
            local = count - _rounded(count * recipe.migrant_share.value, 1)
        locals_ = systematic(persons, local, offset)
        parts += [_Part(locals_, city_code, 1), _Part(persons - locals_, city_code, 0)]
    return [part for part in parts if part.persons.any()]


def _local(recipe: Recipe, city: CityRecipe | None, scale: float, count: int) -> tuple[float, float]:
    return (city.local.value, scale) if city else (count * (1 - recipe.migrant_share.value), 1.0)


# --- who lives with whom ----------------------------------------------------------------------------------------


class _Group(NamedTuple):
    """People housed together: kind of person, city and registration of each (n,) ."""

    cell: Array
    city: Array
    local: Array


def _house(recipe: Recipe, seed: int, code: int, cells: _Cells, parts: list[_Part]) -> Columns:
    """Lay out all persons of a shard household by household."""
    pieces: list[Columns] = []
    first = 0
    for group in _groups(cells, parts):
        piece = _households(recipe, seed, code, cells, group, first)
        first += len(piece["age"])
        pieces.append(piece)
    people = {name: _joined(name, pieces) for name in COLUMNS if name not in ("number", "kind")}
    return {"number": np.arange(first, dtype=np.uint32), "kind": np.zeros(first, dtype=np.uint8), **people}


def _joined(name: str, pieces: list[Columns]) -> Array:
    return np.concatenate([np.empty(0, dtype=COLUMNS[name]), *(piece[name] for piece in pieces)])


def _groups(cells: _Cells, parts: list[_Part]) -> list[_Group]:
    """Groups that can be housed with an adult in every household; the parts are joined where they are too small."""
    groups = [group for part in parts for group in _by_place(cells, part)]
    if all(_housable(cells, group) for group in groups):
        return groups
    everyone = [_group(part.persons, part) for part in parts]
    return [_Group(*(np.concatenate(columns) for columns in zip(*everyone, strict=True)))] if everyone else []


def _by_place(cells: _Cells, part: _Part) -> list[_Group]:
    places = [_group(np.where(cells.urban == urban, part.persons, 0), part) for urban in (1, 0)]
    places = [group for group in places if len(group.cell)]
    return places if all(_housable(cells, group) for group in places) else [_group(part.persons, part)]


def _group(persons: Ints, part: _Part) -> _Group:
    cell = np.repeat(np.arange(len(persons), dtype=np.int32), persons)
    return _Group(cell, np.full(len(cell), part.city, np.uint8), np.full(len(cell), part.local, np.uint8))


def _housable(cells: _Cells, group: _Group) -> bool:
    return int((cells.age[group.cell] >= ADULT).sum()) * MOST_IN_HOUSEHOLD >= len(group.cell)


def _households(recipe: Recipe, seed: int, code: int, cells: _Cells, group: _Group, first: int) -> Columns:
    """House one group in rows from `first` on: sizes, who is first, who lives with whom, one income each."""
    everyone = len(group.cell)
    rows = np.arange(first, first + everyone)
    adults = int((cells.age[group.cell] >= ADULT).sum())
    sizes = _sizes(recipe, seed, code, everyone, adults, rows)
    starts = np.cumsum(sizes) - sizes
    place = (np.arange(everyone) - np.repeat(starts, sizes)).astype(np.uint8)
    order = _seat(recipe, seed, code, cells.age[group.cell], sizes, place, rows)
    cell = group.cell[order]
    income = (_uniforms(seed, "income", code, rows[starts]) * 256).astype(np.uint8)
    return {
        "age": cells.age[cell], "sex": cells.sex[cell], "education": cells.education[cell],
        "urban": cells.urban[cell], "local": group.local[order], "city": group.city[order],
        "income": np.repeat(income, sizes), "household": place,
    }  # fmt: skip


def _sizes(recipe: Recipe, seed: int, code: int, everyone: int, adults: int, rows: Array) -> Ints:
    """Household sizes (h,) in row order, h at most the number of adults, summing to `everyone`."""
    least = -(-everyone // MOST_IN_HOUSEHOLD)
    wanted = int(everyone / recipe.household_mean_size.value + 0.5)
    households = min(everyone, max(least, min(wanted, adults)))
    shape = np.array(recipe.household_sizes.value)
    counts = sizes_with_total(shape / shape.sum(), households, everyone)
    sizes = np.repeat(np.arange(1, len(counts) + 1), counts)
    return sizes[np.argsort(_uniforms(seed, "sizes", code, rows[:households]), kind="stable")]


def _seat(
    recipe: Recipe, seed: int, code: int, ages: Array, sizes: Ints, place: Array, rows: Array
) -> NDArray[np.int64]:
    """Which member of the group sits in which row (n,): adults first in every household, children by parents."""
    adult = ages >= ADULT
    adults, minors = np.flatnonzero(adult), np.flatnonzero(~adult)
    adults = adults[np.argsort(_uniforms(seed, "adults", code, rows[: len(adults)]), kind="stable")]
    seats = np.full(len(ages), -1, dtype=np.int64)
    firsts, others = np.flatnonzero(place == 0), np.flatnonzero(place > 0)
    heads = adults[: len(firsts)]
    seats[firsts[: len(heads)]] = heads
    if len(heads) < len(firsts):
        others = np.flatnonzero(seats < 0)
        head_age = np.zeros(len(ages), dtype=np.uint8)
    else:
        head_age = np.repeat(ages[heads], sizes)
    for_minors = _seats_for_minors(recipe, seed, code, head_age[others], rows[others], len(minors))
    u = _uniforms(seed, "minors", code, rows[: len(minors)])
    seats[others[for_minors]] = minors[np.argsort(ages[minors] + 4.0 * u, kind="stable")]
    seats[np.flatnonzero(seats < 0)] = adults[len(firsts) :]
    return seats


def _seats_for_minors(
    recipe: Recipe, seed: int, code: int, head_age: Array, rows: Array, minors: int
) -> NDArray[np.int64]:
    """Choose `minors` of the seats, first those beside an adult of parents' age, the youngest adults first."""
    low, high = recipe.parents_age.value
    u = _uniforms(seed, "seats", code, rows)
    far = (head_age < low) | (head_age > high)
    chosen = np.argsort(u + far, kind="stable")[:minors]
    jitter = _uniforms(seed, "seats", code, rows[chosen], 1)
    return chosen[np.argsort(head_age[chosen] + 8.0 * jitter, kind="stable")]


# --- organisations ----------------------------------------------------------------------------------------------


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
    rows |= {"number": numbers.astype(np.uint32), "kind": kind, "city": city}
    side = {
        "party": np.arange(persons, persons + count, dtype=np.int32),
        "representative": speaker.astype(np.int32),
        "size": _size_classes(recipe, seed, code, kind, numbers),
    }
    return {name: np.concatenate((people[name], rows[name])) for name in COLUMNS}, side


def _organisation_kinds(recipe: Recipe, code: int, scale: float) -> tuple[Array, Array]:
    """Kind code and city code of every organisation of a shard (n,) each: kind by kind, the city's first."""
    shard, city = recipe.shard(code), recipe.city_in(code)
    real = recipe.persons_of(code)
    kinds, cities = [np.empty(0, np.uint8)], [np.empty(0, np.uint8)]
    for kind in KINDS:
        rate = recipe.organisations[kind].value / recipe.nation_persons.value
        total = shard.organisations.value.get(kind, 0) if shard.organisations else real * rate
        count = _rounded(total, scale)
        inside = 0.0
        if city:
            inside = city.organisations.value.get(kind, 0) if city.organisations else total * city.persons / real
        in_city = min(count, _rounded(inside, scale))
        kinds.append(np.full(count, KIND_CODES[kind], np.uint8))
        cities.append(np.where(np.arange(count) < in_city, city.code if city else 0, 0).astype(np.uint8))
    return np.concatenate(kinds), np.concatenate(cities)


def _representatives(
    recipe: Recipe, seed: int, code: int, people: Columns, city: Array, numbers: Array
) -> NDArray[np.int64]:
    """Row of the legal representative of each organisation (n,): any adult, of the same city where it has one."""
    adults = np.flatnonzero(people["age"] >= ADULT)
    if len(numbers) and not len(adults):
        raise RecipeError(f"shard {code} of recipe {recipe.name} has organisations but no adult to represent them")
    u = _uniforms(seed, "representative", code, numbers)
    chosen = np.zeros(len(numbers), dtype=np.int64)
    for value in np.unique(city):
        pool = adults[people["city"][adults] == value]
        pool = pool if len(pool) else adults
        mine = city == value
        chosen[mine] = pool[(u[mine] * len(pool)).astype(np.int64)]
    return chosen


def _size_classes(recipe: Recipe, seed: int, code: int, kind: Array, numbers: Array) -> NDArray[np.uint8]:
    u = _uniforms(seed, "organisation_size", code, numbers)
    size = np.zeros(len(kind), dtype=np.uint8)
    for name in KINDS:
        shares = np.cumsum(recipe.organisation_sizes[name].value)
        mine = kind == KIND_CODES[name]
        size[mine] = np.searchsorted(shares[:-1] / shares[-1], u[mine], side="right")
    return size


# --- moving rows ------------------------------------------------------------------------------------------------


def reorder(shard: ShardPopulation, permutation: Array, whole_households: bool = True) -> ShardPopulation:
    """The same parties in other rows: row i becomes what row `permutation[i]` was; numbers stay.

    Persons must stay before organisations and, unless `whole_households` is False, the members of a household
    together and in order; otherwise a RecipeError says so.
    """
    old = np.asarray(permutation, dtype=np.int64)
    _check_permutation(shard, old, whole_households)
    new = np.empty_like(old)
    new[old] = np.arange(len(old))
    side = shard.organisations
    moved: Mapping[str, Array] = {
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
