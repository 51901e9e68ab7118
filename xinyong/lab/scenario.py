"""Scenarios: which people, which processes, which dates, which rules are patched."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from xinyong import guard
from xinyong.assembly import assemble
from xinyong.engine import Plan
from xinyong.errors import ScenarioError, did_you_mean
from xinyong.recipes import Recipe, load_recipe, recipe_names
from xinyong.rulebook import RuleBook
from xinyong.timeline import Calendar

FOLDER = Path(__file__).parent.parent / "scenarios"


class Scenario(BaseModel):
    """A plan for a run, read from YAML; every field can be seen with `xinyong list`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    gloss: str = ""
    recipe: str
    scale: str = "1:1"
    start: dt.date
    end: dt.date
    burn_in_weeks: int = Field(default=260, ge=0, le=5200)
    processes: tuple[str, ...] = Field(min_length=1)
    sets: dict[str, Any] = Field(default_factory=dict)

    @field_validator("processes")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        double = sorted({n for n in names if names.count(n) > 1})
        if double:
            raise ValueError(f"named twice: {', '.join(double)}; name each process once")
        return tuple(sorted(names))

    @field_validator("sets")
    @classmethod
    def _dates_as_text(cls, sets: dict[str, Any]) -> dict[str, Any]:
        """YAML reads the days of a dated patch as dates; a run folder keeps them as text."""
        return {
            path: {str(since): value for since, value in patch.items()} if isinstance(patch, dict) else patch
            for path, patch in sets.items()
        }

    def changed(self, sets: Mapping[str, Any] | None = None, until: dt.date | None = None) -> "Scenario":
        """The same scenario with rules patched or an earlier end."""
        update: dict[str, Any] = {"sets": {**self.sets, **(sets or {})}}
        if until is not None:
            if until < self.start:
                raise ScenarioError(
                    f"--until {until} lies before the scenario's start {self.start}; give a later date"
                )
            update["end"] = until
        return self.model_copy(update=update)

    def calendar(self) -> Calendar:
        """The weeks of the run."""
        return Calendar.between(self.start, self.end, self.burn_in_weeks)

    def people(self) -> Recipe:
        """The recipe the people are made by."""
        return _packaged(self.recipe) if self.recipe in recipe_names() else load_recipe(self.recipe)

    def plan(self, seed: int) -> Plan:
        """Processes in order, rule book with patches, calendar and seed."""
        return Plan(assemble(self.processes), RuleBook.load(None, self.sets), self.calendar(), seed)

    @property
    def hash(self) -> str:
        """Fingerprint of the scenario and of the recipe it names."""
        content = self.model_dump(mode="json")
        content["recipe_content"] = self.people().model_dump(mode="json")
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=8)
def _packaged(name: str) -> Recipe:
    """Read a recipe of the package once; it does not change while it is used."""
    return load_recipe(name)


def scenario_names() -> list[str]:
    """Scenarios that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read a scenario by name, or a user's own YAML file.

    Raises ScenarioError for unknown names and misspelt keys, RefusedInput for anything about single persons.
    """
    path, content = _read(name_or_path)
    try:
        return Scenario(**content)
    except ValidationError as error:
        raise ScenarioError(_explain(path, error)) from error


def _read(name_or_path: str | Path, below: tuple[str, ...] = ()) -> tuple[Path, dict[str, Any]]:
    """The file of a scenario and what it says; what it leaves out is taken from the scenario it is `like`."""
    path = Path(name_or_path)
    known = FOLDER / f"{name_or_path}.yaml"
    if known.is_file():
        path = known
    elif not path.is_file():
        near = did_you_mean(str(name_or_path), scenario_names())
        raise ScenarioError(f"there is no scenario '{name_or_path}'{near}; see `xinyong list scenarios`")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(content, dict):
        raise ScenarioError(f"{path}: a scenario is a mapping of keys such as name, recipe, processes")
    guard.check_mapping(content, str(path))
    model = content.pop("like", None)
    if model is None:
        return path, content
    if model in below:
        raise ScenarioError(
            f"{path}: like: {' -> '.join([*below, model])} is a circle; end it with a whole scenario"
        )
    _, whole = _read(model, (*below, str(model)))
    own = content.get("sets", {})
    return path, {
        **whole,
        **content,
        "sets": {**whole.get("sets", {}), **own} if isinstance(own, dict) else own,
    }


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"])
        near = did_you_mean(where, Scenario.model_fields) if one["type"] == "extra_forbidden" else ""
        lines.append(f"{where}: {one['msg']}{near}")
    return f"{path}: " + "; ".join(lines)
