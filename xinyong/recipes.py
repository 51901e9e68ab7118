"""Recipes of populations: published totals and stated assumptions, never persons."""

import csv
import datetime as dt
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xinyong import guard_tables, guard_values
from xinyong.errors import RecipeError, did_you_mean
from xinyong.ipf import Floats, piecewise_means

KINDS = ("enterprise", "self_employed", "social_organisation", "department")
LEVELS = ("none_or_primary", "junior_secondary", "senior_secondary", "college")
GRADES = (
    "verified-paper", "verified-excerpt", "verified-low-quality", "verified-data-file", "derived",
    "project-note", "memory", "fitted", "assumed",
)  # fmt: skip
INCOME_CLASSES = 256
LEAST_PERSONS, LEAST_CELL = 1000, 10
_SEXES = {"female": 0, "f": 0, "女": 0, "male": 1, "m": 1, "男": 1}


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
            raise ValueError(f"unknown grade {self.grade!r}; {did_you_mean(self.grade, GRADES)}")
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
            raise ValueError(f"education needs the shares of {', '.join(LEVELS)}, in this order, summing to 1")
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
    """A city with a points scheme, inside one shard."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: int = Field(ge=1, le=255)
    name: str
    gloss: str
    shard: int
    local: Count
    migrants: Count
    organisations: Counts | None = None

    @property
    def persons(self) -> int:
        """Local residents and migrants together."""
        return int(self.local.value) + int(self.migrants.value)


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
                raise ValueError(f"no census area {shard.area!r}; {did_you_mean(shard.area, list(self.areas))}")
        for city in self.cities:
            if city.shard not in codes:
                raise ValueError(f"city {city.name} lies in shard {city.shard}, which the recipe does not have")
            if city.persons > self.persons_of(city.shard):
                raise ValueError(f"city {city.name} has more persons than its shard {city.shard}")
        if set(self.organisations) != set(KINDS) or set(self.organisation_sizes) != set(KINDS):
            raise ValueError(f"organisations and their sizes need the kinds {', '.join(KINDS)}")
        if self.urban_share.value > 1 or self.migrant_share.value > 1:
            raise ValueError("a share lies between 0 and 1")
        return self

    def shard(self, code: int) -> ShardRecipe:
        """The shard with this code; RecipeError names the nearest when there is none."""
        for shard in self.shards:
            if shard.code == code:
                return shard
        known = [str(shard.code) for shard in self.shards]
        raise RecipeError(f"recipe {self.name} has no shard {code}; {did_you_mean(str(code), known)}")

    def city_in(self, code: int) -> CityRecipe | None:
        """The city with a points scheme in a shard, if there is one."""
        return next((city for city in self.cities if city.shard == code), None)

    def persons_of(self, code: int) -> int:
        """Real persons a shard stands for, at scale 1:1."""
        shard = self.shard(code)
        return int(shard.persons.value) if shard.persons else sum(c.persons for c in self.areas[shard.area])

    @property
    def persons(self) -> int:
        """Real persons the whole recipe stands for, at scale 1:1."""
        return sum(self.persons_of(shard.code) for shard in self.shards)

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Every marked figure with its dotted name."""
        yield from _figures("", self)

    def assumed(self) -> list[tuple[str, Any, str]]:
        """Every assumed value: (dotted name, value, why)."""
        return [(name, f.value, f.why) for name, f in self.figures() if f.grade == "assumed"]

    def sources(self) -> list[tuple[str, Any, str, str]]:
        """Every value that is not assumed: (dotted name, value, grade, source)."""
        return [(name, f.value, f.grade, f.source) for name, f in self.figures() if f.grade != "assumed"]

    def income_yuan_per_head(self) -> Floats:
        """Yearly income per head in yuan of each of the 256 equal income classes (256,), rising.

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


def recipe_names() -> list[str]:
    """Names of the recipes that come with the package, sorted."""
    return sorted(p.name[:-5] for p in _home().iterdir() if p.name.endswith(".yaml"))


def _home() -> Path:
    return Path(str(resources.files("xinyong") / "populations"))


def load_recipe(name_or_path: str | Path) -> Recipe:
    """Read a recipe by its name (toy, rongcheng, china) or from a YAML file with its CSV tables beside it.

    A RecipeError says what is wrong and what was expected; a RefusedInput says that a table holds persons.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        if str(name_or_path) not in recipe_names():
            raise RecipeError(f"no recipe {str(name_or_path)!r}; {did_you_mean(str(name_or_path), recipe_names())}")
        path = _home() / f"{name_or_path}.yaml"
    try:
        recipe = Recipe.model_validate(_content(path))
    except ValidationError as error:
        raise RecipeError(f"recipe {path}: {_explain(error)}") from error
    _check_least(recipe)
    return recipe


def _content(path: Path) -> dict[str, Any]:
    own = _read_yaml(path)
    census = own.get("census", {})
    folder = path.parent
    if "like" in own:
        base = _content(_home() / f"{_known(own.pop('like'))}.yaml")
        own["structure"] = {**base.get("structure", {}), **own.get("structure", {})}
        drop = ("shards", "cities", *(("areas",) if census else ()))
        own = {**{k: v for k, v in base.items() if k not in drop}, **own}
    if "areas" not in own:
        file = census.get("value") if isinstance(census, dict) else None
        if not isinstance(file, str) or Path(file).name != file:
            raise RecipeError(f"recipe {path}: `census.value` must name a CSV file that lies beside the recipe")
        own["areas"] = read_census(folder / file)
    return own


def _known(name: object) -> str:
    if name not in recipe_names():
        raise RecipeError(f"`like: {name}` is no recipe of the package; {did_you_mean(str(name), recipe_names())}")
    return str(name)


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RecipeError(f"there is no recipe file {path}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"recipe {path} is not YAML in UTF-8: {error}") from error
    if not isinstance(content, dict) or "areas" in content:
        raise RecipeError(f"recipe {path} must be a mapping, and its persons come from the file `census` names")
    guard_values.check_mapping(content, str(path))
    return content


def read_census(path: Path) -> dict[str, list[Cell]]:
    """Read a table of marginals with the columns [area,] age_band, sex, population, by area.

    Age bands are written 0, 1-4, 15-19, 100+. Without a column `area` everything is the area `total`.
    """
    guard_tables.check_table(path, "marginals")
    areas: dict[str, list[Cell]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                cell = Cell(*_band(row["age_band"]), _SEXES[row["sex"].strip().lower()], int(row["population"]))
            except (KeyError, ValueError) as error:
                raise RecipeError(
                    f"{path.name} line {line}: needs age_band (0, 1-4, 100+), sex (male, female) and a whole "
                    f"population; could not read {error}"
                ) from error
            areas.setdefault(row.get("area") or "total", []).append(cell)
    for area, cells in areas.items():
        _check_bands(path, area, cells)
    return areas


def _band(text: str) -> tuple[int, int]:
    text = text.strip().replace("–", "-")
    if text.endswith("+"):
        low = int(text[:-1])
        return low, max(low + 4, 94)
    low_text, _, high_text = text.partition("-")
    low, high = int(low_text), int(high_text or low_text)
    if not 0 <= low <= high <= 120:
        raise ValueError(text)
    return low, high


def _check_bands(path: Path, area: str, cells: list[Cell]) -> None:
    for sex in (0, 1):
        bands = sorted((c.low, c.high) for c in cells if c.sex == sex)
        for (_, high), (low, _) in zip(bands, bands[1:], strict=False):
            if low <= high:
                raise RecipeError(f"{path.name}: two age bands of area {area} hold age {low}")


def _check_least(recipe: Recipe) -> None:
    """Refuse recipes so small that a table could copy known persons."""
    if recipe.persons < LEAST_PERSONS:
        raise RecipeError(f"recipe {recipe.name} has {recipe.persons} persons; at least {LEAST_PERSONS} are needed")
    for area in {shard.area for shard in recipe.shards}:
        cells = recipe.areas[area]
        if any(0 < c.persons < LEAST_CELL for c in cells):
            raise RecipeError(f"area {area} has a cell under {LEAST_CELL} persons; join it with its neighbour")
        _check_education(recipe, area, cells)


def _check_education(recipe: Recipe, area: str, cells: list[Cell]) -> None:
    everyone = sum(c.persons for c in cells)
    shares = list(recipe.education.value.values())
    for level, youngest in enumerate(recipe.education_from_age.value):
        able = sum(c.persons * max(0, c.high + 1 - max(c.low, youngest)) / (c.high + 1 - c.low) for c in cells)
        if sum(shares[level:]) > able / max(everyone, 1) + 1e-9:
            raise RecipeError(f"area {area}: more persons with {LEVELS[level]} or above than persons of {youngest}+")


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the recipe"
    return f"{place}: {first['msg']}" + (f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else "")


def parse_scale(text: str, recipe: Recipe) -> float:
    """Real persons one synthetic person stands for, from `1:1000`, `1:1`, or a number of persons such as 500000.

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
    """The day on which the ages of the recipe are counted."""
    day: dt.date = recipe.census_date.value
    return day
