"""What a recipe of a population is: published totals and stated assumptions, each marked."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinyong.errors import RecipeError, did_you_mean
from xinyong.ipf import Floats, piecewise_means

KINDS = ("enterprise", "self_employed", "social_organisation", "department")
LEVELS = ("none_or_primary", "junior_secondary", "senior_secondary", "college")
GRADES = (
    "verified-paper", "verified-excerpt", "verified-low-quality", "verified-data-file", "derived",
    "project-note", "memory", "fitted", "assumed",
)  # fmt: skip
INCOME_CLASSES = 256


class Cell(NamedTuple):
    """One published cell: persons of one sex (0 female, 1 male) from age `low` to `high`, both included."""

    low: int
    high: int
    sex: int
    persons: int


class Figure(BaseModel):
    """A number with its mark: a published one has a source, an assumed one says why."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    value: Any
    unit: str = ""
    grade: str
    source: str = ""
    where: str = ""
    why: str = ""

    @model_validator(mode="after")
    def _marked(self) -> "Figure":
        if self.grade not in GRADES:
            raise ValueError(f"unknown grade {self.grade!r}{did_you_mean(self.grade, GRADES)}")
        if self.grade == "assumed" and not self.why:
            raise ValueError("an assumed value must say `why`")
        if self.grade != "assumed" and not self.source:
            raise ValueError("a value that is not assumed must name its `source`")
        return self


class Number(Figure):
    """A figure that is one non-negative number."""

    value: float = Field(ge=0)


class Count(Figure):
    """A figure that is a whole number of persons or organisations."""

    value: int = Field(ge=0)


class Counts(Figure):
    """A whole number for each kind of organisation."""

    value: dict[str, int]


class Shares(Figure):
    """A figure that is a list of non-negative shares; they are scaled to sum to one when used."""

    value: list[float]

    @model_validator(mode="after")
    def _sound(self) -> "Shares":
        if min(self.value, default=-1) < 0 or sum(self.value) <= 0:
            raise ValueError("shares must not be negative and not all zero")
        return self


class Levels(Figure):
    """Shares of the four levels of education; they must sum to one."""

    value: dict[str, float]

    @model_validator(mode="after")
    def _sound(self) -> "Levels":
        if tuple(self.value) != LEVELS or abs(sum(self.value.values()) - 1) > 1e-6:
            raise ValueError(
                f"education needs the shares of {', '.join(LEVELS)}, in this order, summing to 1"
            )
        return self


class ShardRecipe(BaseModel):
    """One shard: its code and name, the census area it follows and, where not the whole area, its persons."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: int = Field(ge=1, le=9999)
    name: str
    gloss: str
    area: str
    persons: Count | None = None
    organisations: Counts | None = None


class CityRecipe(BaseModel):
    """A city with a points scheme: made to measure with its local and migrant residents, or part of a shard.

    A part is given as `persons` or as a `share` of the shard (`shard: every` of each); it is a cross-section of the
    households that live outside the city made to measure. There are no boundaries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: int = Field(ge=1, le=255)
    name: str
    gloss: str
    shard: int | Literal["every"]
    local: Count | None = None
    migrants: Count | None = None
    part: Count | None = None
    share: Number | None = None
    organisations: Counts | None = None

    @model_validator(mode="after")
    def _said_once(self) -> "CityRecipe":
        measured = self.local is not None and self.migrants is not None
        if sum((measured, self.part is not None, self.share is not None)) != 1:
            raise ValueError(f"city {self.name} needs `local` and `migrants`, or `part`, or `share`")
        if measured and self.shard == "every":
            raise ValueError(f"city {self.name} is made to measure and so lies in one shard")
        return self

    @property
    def measured(self) -> bool:
        """Whether its residents are made for it, not taken from the shard's."""
        return self.local is not None

    @property
    def persons(self) -> int:
        """Local residents and migrants together; of a part, its persons if they are given."""
        given = (self.local, self.migrants, self.part)
        return sum(int(count.value) for count in given if count is not None)


class Recipe(BaseModel):
    """Everything a synthetic population is made from: totals, shares and assumptions, each marked."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    title: str
    gloss: str
    scale: str = "1:1"
    census: Figure
    census_date: Figure
    nation_persons: Count
    urban_share: Number
    education: Levels
    migrant_share: Number
    household_mean_size: Number
    household_sizes: Shares
    education_from_age: Figure
    parents_age: Figure
    income_quintile_means: Shares
    income_floor: Number
    organisations: dict[str, Count]
    organisation_sizes: dict[str, Shares]
    structure: dict[str, Figure] = {}
    shards: list[ShardRecipe] = Field(min_length=1)
    cities: list[CityRecipe] = []
    areas: dict[str, list[Cell]] = Field(repr=False)

    @model_validator(mode="after")
    def _consistent(self) -> "Recipe":
        codes = [shard.code for shard in self.shards]
        if len(set(codes)) < len(codes):
            raise ValueError("two shards have one code")
        for shard in self.shards:
            if shard.area not in self.areas:
                raise ValueError(f"no census area {shard.area!r}{did_you_mean(shard.area, list(self.areas))}")
        for city in self.cities:
            if city.shard != "every" and city.shard not in codes:
                raise ValueError(
                    f"city {city.name} lies in shard {city.shard}, which the recipe does not have"
                )
        for code in codes:
            if sum(self._weight(city, code) for city in self._cities_of(code)) > 1:
                raise ValueError(f"the cities of shard {code} have more persons than the shard")
        if set(self.organisations) != set(KINDS) or set(self.organisation_sizes) != set(KINDS):
            raise ValueError(f"organisations and their sizes need the kinds {', '.join(KINDS)}")
        if self.urban_share.value > 1 or self.migrant_share.value > 1:
            raise ValueError("a share lies between 0 and 1")
        return self

    def shard(self, code: int) -> ShardRecipe:
        """Find the shard with this code; a RecipeError names the nearest when there is none."""
        for shard in self.shards:
            if shard.code == code:
                return shard
        known = [str(shard.code) for shard in self.shards]
        raise RecipeError(f"recipe {self.name} has no shard {code}{did_you_mean(str(code), known)}")

    def city_in(self, code: int) -> CityRecipe | None:
        """Find the city made to measure in a shard, if there is one."""
        return next((city for city in self._cities_of(code) if city.measured), None)

    def parts_of(self, code: int) -> list[tuple[int, float]]:
        """List the other cities of a shard: (code of the city, its share of those who live outside the first)."""
        outside = 1.0 - sum(self._weight(c, code) for c in self._cities_of(code) if c.measured)
        rest = [c for c in self._cities_of(code) if not c.measured]
        return [(c.code, min(self._weight(c, code) / max(outside, 1e-12), 1.0)) for c in rest]

    def _cities_of(self, code: int) -> list[CityRecipe]:
        return [city for city in self.cities if city.shard in (code, "every")]

    def _weight(self, city: CityRecipe, code: int) -> float:
        """A city's share of all persons of a shard."""
        return city.share.value if city.share is not None else city.persons / max(self.persons_of(code), 1)

    def persons_of(self, code: int) -> int:
        """Count the real persons a shard stands for, at scale 1:1."""
        shard = self.shard(code)
        return int(shard.persons.value) if shard.persons else sum(c.persons for c in self.areas[shard.area])

    @property
    def persons(self) -> int:
        """Real persons the whole recipe stands for, at scale 1:1."""
        return sum(self.persons_of(shard.code) for shard in self.shards)

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Yield every marked figure with its dotted name."""
        yield from _figures("", self)

    def assumed(self) -> list[tuple[str, Any, str]]:
        """List every assumed value: (dotted name, value, why)."""
        return [(name, f.value, f.why) for name, f in self.figures() if f.grade == "assumed"]

    def sources(self) -> list[tuple[str, Any, str, str]]:
        """List every value that is not assumed: (dotted name, value, grade, source)."""
        return [(name, f.value, f.grade, f.source) for name, f in self.figures() if f.grade != "assumed"]

    def income_yuan_per_head(self) -> Floats:
        """Give the yearly income per head in yuan of each of the 256 equal income classes (256,), rising.

        The mean over each fifth is the published one. *Source:* NBS communiqué 2018.
        """
        return piecewise_means(self.income_quintile_means.value, self.income_floor.value, INCOME_CLASSES)


def _figures(prefix: str, node: object) -> Iterator[tuple[str, Figure]]:
    if isinstance(node, Figure):
        yield prefix, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            if name != "areas":
                yield from _figures(f"{prefix}.{name}".lstrip("."), getattr(node, name))
    elif isinstance(node, dict):
        for name, part in node.items():
            yield from _figures(f"{prefix}.{name}", part)
    elif isinstance(node, list):
        for part in node:
            yield from _figures(f"{prefix}.{part.code}", part)


def parse_scale(text: str, recipe: Recipe) -> float:
    """Read how many real persons one synthetic person stands for: `1:1000`, `1:1`, or persons as `500000`.

    A RecipeError explains a scale that is not a number, not positive, or asks for more persons than exist.
    """
    clean = str(text).strip().replace(",", "").replace("_", "").replace(" ", "")
    head, colon, tail = clean.partition(":")
    try:
        number = float(tail if colon else head)
    except ValueError:
        number = float("nan")
    if number != number or (colon and head != "1"):
        raise RecipeError(f"scale {text!r} is neither like 1:1000 nor a number of persons")
    if not 0 < number < float("inf"):
        raise RecipeError(f"scale {text!r} must be positive and finite")
    scale = number if colon else recipe.persons / number
    if scale < 1:
        raise RecipeError(
            f"scale {text!r} asks for more persons than the {recipe.persons:,} of recipe {recipe.name}"
        )
    return scale


def census_day(recipe: Recipe) -> dt.date:
    """Give the day on which the ages of the recipe are counted."""
    day: dt.date = recipe.census_date.value
    return day
