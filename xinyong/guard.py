"""The gate: what may come in from outside. Totals, series, rules and numbers pass; persons never do."""

from dataclasses import dataclass
from pathlib import Path

from xinyong.errors import RecipeError
from xinyong.guard_tables import check_table, read_rows
from xinyong.guard_values import check_mapping, check_value
from xinyong.recipes import Recipe, load_recipe

__all__ = ["TableSummary", "check_mapping", "check_recipe_file", "check_table", "check_value", "read_rows"]


@dataclass(frozen=True)
class TableSummary:
    """What a table of totals holds: its columns, its rows, and the sum of its counts, if it has any."""

    path: Path
    columns: tuple[str, ...]
    rows: int
    persons: int | None


def check_recipe_file(path: str | Path) -> Recipe | TableSummary:
    """Check a file someone wants to build a population from: a recipe (YAML) or a table of totals (CSV).

    A RefusedInput says what looks like data about persons, a RecipeError what else is wrong with a recipe.
    """
    file = Path(path)
    if file.suffix.lower() not in (".yaml", ".yml"):
        return _summary(file, "marginals")
    if file.is_file():
        check_value(file.read_bytes().decode("utf-8-sig", errors="replace"), str(file))
        try:
            return load_recipe(file)
        except RecipeError:
            if _is_rows(file):
                return _summary(file, "marginals")
            raise
    raise RecipeError(f"there is no recipe file {file}")


def _is_rows(file: Path) -> bool:
    return file.read_text(encoding="utf-8-sig", errors="replace").lstrip().startswith("-")


def _summary(file: Path, purpose: str) -> TableSummary:
    check_table(file, purpose)
    rows = read_rows(file)
    counts = [str(row["population"]) for row in rows if "population" in row]
    persons = sum(int(count) for count in counts) if counts and all(c.isdigit() for c in counts) else None
    return TableSummary(file, tuple(rows[0]), len(rows), persons)
