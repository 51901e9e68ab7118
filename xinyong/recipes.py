"""Reading recipes of populations: YAML with tables of totals beside it, never persons."""

import csv
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from xinyong import guard_tables, guard_values
from xinyong.errors import RecipeError, did_you_mean
from xinyong.recipe_model import KINDS, LEVELS, Cell, Recipe, parse_scale

__all__ = [
    "KINDS", "LEAST_CELL", "LEAST_PERSONS", "LEVELS", "Cell", "Recipe",
    "load_recipe", "parse_scale", "read_census", "recipe_names",
]  # fmt: skip

LEAST_PERSONS, LEAST_CELL = 1000, 10
_SEXES = {"female": 0, "f": 0, "女": 0, "male": 1, "m": 1, "男": 1}


def recipe_names() -> list[str]:
    """List the recipes that come with the package, sorted."""
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
            raise RecipeError(
                f"no recipe {str(name_or_path)!r}{did_you_mean(str(name_or_path), recipe_names())}"
            )
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
            raise RecipeError(
                f"recipe {path}: `census.value` must name a CSV file that lies beside the recipe"
            )
        own["areas"] = read_census(folder / file)
    return own


def _known(name: object) -> str:
    if name not in recipe_names():
        raise RecipeError(
            f"`like: {name}` is no recipe of the package{did_you_mean(str(name), recipe_names())}"
        )
    return str(name)


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RecipeError(f"there is no recipe file {path}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise RecipeError(f"recipe {path} is not YAML in UTF-8: {error}") from error
    if not isinstance(content, dict) or "areas" in content:
        raise RecipeError(
            f"recipe {path} must be a mapping, and its persons come from the file `census` names"
        )
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
                cell = Cell(
                    *_band(row["age_band"]), _SEXES[row["sex"].strip().lower()], int(row["population"])
                )
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
        for (_, high), (low, _) in pairwise(bands):
            if low <= high:
                raise RecipeError(f"{path.name}: two age bands of area {area} hold age {low}")


def _check_least(recipe: Recipe) -> None:
    """Refuse recipes so small that a table could copy known persons."""
    if recipe.persons < LEAST_PERSONS:
        raise RecipeError(
            f"recipe {recipe.name} has {recipe.persons} persons; at least {LEAST_PERSONS} are needed"
        )
    for area in {shard.area for shard in recipe.shards}:
        cells = recipe.areas[area]
        if any(0 < c.persons < LEAST_CELL for c in cells):
            raise RecipeError(
                f"area {area} has a cell under {LEAST_CELL} persons; join it with its neighbour"
            )
        _check_education(recipe, area, cells)


def _check_education(recipe: Recipe, area: str, cells: list[Cell]) -> None:
    everyone = sum(c.persons for c in cells)
    shares = list(recipe.education.value.values())
    for level, youngest in enumerate(recipe.education_from_age.value):
        able = sum(
            c.persons * max(0, c.high + 1 - max(c.low, youngest)) / (c.high + 1 - c.low) for c in cells
        )
        if sum(shares[level:]) > able / max(everyone, 1) + 1e-9:
            raise RecipeError(
                f"area {area}: more persons with {LEVELS[level]} or above than persons of {youngest}+"
            )


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the recipe"
    return f"{place}: {first['msg']}" + (
        f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    )
