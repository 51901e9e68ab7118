"""Who lives with whom: synthetic persons laid out household by household."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinyong import draws
from xinyong.ipf import Ints, sizes_with_total
from xinyong.recipe_model import Recipe

ADULT = 18
MOST_IN_HOUSEHOLD = 8
COLUMNS: dict[str, type[np.generic]] = {
    "number": np.uint32, "kind": np.uint8, "age": np.uint8, "sex": np.uint8, "education": np.uint8,
    "urban": np.uint8, "local": np.uint8, "income": np.uint8, "household": np.uint8, "city": np.uint8,
}  # fmt: skip

Array = NDArray[Any]
Columns = dict[str, Array]
_JITTER = (4.0, 8.0)


class Cells(NamedTuple):
    """Kinds of persons, one element a kind (n,), and how many persons are of each."""

    age: Array
    sex: Array
    urban: Array
    education: Array
    persons: Ints


class Part(NamedTuple):
    """Persons (n,), so many of each kind of `Cells`, who share a city code and a registration."""

    persons: Ints
    city: int
    local: int


class _Group(NamedTuple):
    """People housed together: kind of person, city and registration of each (n,)."""

    cell: Array
    city: Array
    local: Array


class _Key(NamedTuple):
    """What every draw about a shard's parties is keyed by."""

    seed: int
    code: int

    def uniforms(self, what: str, numbers: Array, index: int = 0) -> NDArray[np.float64]:
        return uniforms(self.seed, what, self.code, numbers, index)


def uniforms(seed: int, what: str, code: int, numbers: Array, index: int = 0) -> NDArray[np.float64]:
    """Draw one uniform for each party `numbers` (n,) of shard `code`: (n, float64) in (0, 1)."""
    who = np.uint64(code << 32) | numbers.astype(np.uint64)
    return draws.uniforms(draws.key(seed, f"population.{what}", 0), who, index)


def house(recipe: Recipe, seed: int, code: int, cells: Cells, parts: list[Part]) -> Columns:
    """Lay out all persons of a shard household by household, part by part; the columns of `COLUMNS`.

    Every first member is an adult, unless the shard has too few adults for households of eight.
    """
    pieces: list[Columns] = []
    first = 0
    for group in _groups(cells, parts):
        pieces.append(_households(recipe, _Key(seed, code), cells, group, first))
        first += len(group.cell)
    people = {name: _joined(name, pieces) for name in COLUMNS if name not in ("number", "kind")}
    return {"number": np.arange(first, dtype=np.uint32), "kind": np.zeros(first, dtype=np.uint8), **people}


def _joined(name: str, pieces: list[Columns]) -> Array:
    return np.concatenate([np.empty(0, dtype=COLUMNS[name]), *(piece[name] for piece in pieces)])


def _groups(cells: Cells, parts: list[Part]) -> list[_Group]:
    """Form groups that can be housed with an adult in every household; tiny parts are housed together."""
    groups = [group for part in parts for group in _by_place(cells, part)]
    if all(_housable(cells, group) for group in groups):
        return groups
    everyone = [_group(part.persons, part) for part in parts]
    return [_Group(*(np.concatenate(columns) for columns in zip(*everyone, strict=True)))]


def _by_place(cells: Cells, part: Part) -> list[_Group]:
    places = [_group(np.where(cells.urban == urban, part.persons, 0), part) for urban in (1, 0)]
    places = [group for group in places if len(group.cell)]
    return places if all(_housable(cells, group) for group in places) else [_group(part.persons, part)]


def _group(persons: Ints, part: Part) -> _Group:
    cell = np.repeat(np.arange(len(persons), dtype=np.int32), persons)
    return _Group(cell, np.full(len(cell), part.city, np.uint8), np.full(len(cell), part.local, np.uint8))


def _housable(cells: Cells, group: _Group) -> bool:
    return int((cells.age[group.cell] >= ADULT).sum()) * MOST_IN_HOUSEHOLD >= len(group.cell)


def _households(recipe: Recipe, key: _Key, cells: Cells, group: _Group, first: int) -> Columns:
    """House one group in rows from `first` on: sizes, who sits where, one income a household."""
    rows = np.arange(first, first + len(group.cell))
    ages = cells.age[group.cell]
    sizes = _sizes(recipe, key, int((ages >= ADULT).sum()), rows)
    starts = np.cumsum(sizes) - sizes
    place = (np.arange(len(rows)) - np.repeat(starts, sizes)).astype(np.uint8)
    seats = _seat(recipe, key, ages, sizes, place, rows)
    cell = group.cell[seats]
    income = (key.uniforms("income", rows[starts]) * 256).astype(np.uint8)
    return {
        "age": cells.age[cell], "sex": cells.sex[cell], "education": cells.education[cell],
        "urban": cells.urban[cell], "local": group.local[seats], "city": group.city[seats],
        "income": np.repeat(income, sizes), "household": place,
    }  # fmt: skip


def _sizes(recipe: Recipe, key: _Key, adults: int, rows: Array) -> Ints:
    """Household sizes (h,) in row order, h at most the number of adults, summing to all persons."""
    everyone = len(rows)
    least = -(-everyone // MOST_IN_HOUSEHOLD)
    wanted = int(everyone / recipe.household_mean_size.value + 0.5)
    households = max(least, min(wanted, adults))
    shape = np.array(recipe.household_sizes.value)
    counts = sizes_with_total(shape / shape.sum(), households, everyone)
    sizes = np.repeat(np.arange(1, len(counts) + 1), counts)
    return sizes[np.argsort(key.uniforms("sizes", rows[:households]), kind="stable")]


def _seat(
    recipe: Recipe, key: _Key, ages: Array, sizes: Ints, place: Array, rows: Array
) -> NDArray[np.int64]:
    """Say which member of the group sits in which row (n,): an adult first, children by parents' ages."""
    adults, minors = np.flatnonzero(ages >= ADULT), np.flatnonzero(ages < ADULT)
    adults = adults[np.argsort(key.uniforms("adults", rows[: len(adults)]), kind="stable")]
    minors = minors[
        np.argsort(ages[minors] + _JITTER[0] * key.uniforms("minors", rows[: len(minors)]), kind="stable")
    ]
    heads = adults[: len(sizes)]
    seats = np.full(len(ages), -1, dtype=np.int64)
    seats[np.flatnonzero(place == 0)[: len(heads)]] = heads
    head_age = np.repeat(ages[heads], sizes) if len(heads) == len(sizes) else np.zeros_like(ages)
    free = np.flatnonzero(seats < 0)
    beside = _seats_for_minors(recipe, key, head_age[free], rows[free], len(minors))
    seats[free[beside]] = minors
    seats[np.flatnonzero(seats < 0)] = adults[len(sizes) :]
    return seats


def _seats_for_minors(
    recipe: Recipe, key: _Key, head_age: Array, rows: Array, minors: int
) -> NDArray[np.int64]:
    """Choose `minors` seats, first those beside an adult of parents' age; the youngest adults come first."""
    low, high = recipe.parents_age.value
    far = (head_age < low) | (head_age > high)
    chosen = np.argsort(key.uniforms("seats", rows) + far, kind="stable")[:minors]
    jitter = _JITTER[1] * key.uniforms("seats", rows[chosen], 1)
    return chosen[np.argsort(head_age[chosen] + jitter, kind="stable")]
