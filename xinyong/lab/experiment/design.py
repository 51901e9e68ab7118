"""Designs: which worlds an experiment holds. Worlds of one replicate share society, seed, keys and calendar."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from xinyong import guard
from xinyong.assembly import known_processes
from xinyong.errors import ScenarioError, did_you_mean
from xinyong.lab.experiment.switches import (
    FOLDER,
    Level,
    Patches,
    Switches,
    expanded,
    explained,
    load_switches,
    read_yaml,
)
from xinyong.lab.scenario import Scenario, load_scenario
from xinyong.rulebook import RuleBook

ON, OFF = "on", "off"
PLAIN, VARIANT = "plain", "variant"
MOST_CELLS = 4096


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sweep(_Strict):
    """One rule and the values it is given."""

    rule: str
    values: tuple[Any, ...] = Field(min_length=1)


class Nested(_Strict):
    """Paths that are cut one after the other, in the order given and in further random orders of the design's seed."""

    order: tuple[str, ...] = Field(min_length=2)
    orders: int = Field(default=1, ge=1, le=24)

    def all_orders(self, seed: int) -> list[tuple[str, ...]]:
        """The order given, and random ones."""
        rng = random.Random(seed)
        return [self.order, *(tuple(rng.sample(self.order, len(self.order))) for _ in range(self.orders - 1))]


class Headline(_Strict):
    """A contrast that decides when there are enough replicates: the effect of a switch, or cell `b` minus cell `a`."""

    measure: str
    effect: str = ""
    between: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Headline":
        if bool(self.effect) == (self.between is not None):
            raise ValueError("a headline needs `effect: SWITCH` or `between: [cell, cell]`, and not both")
        return self


class Design(_Strict):
    """A plan of worlds, read from YAML. A switch that is not named is on."""

    name: str
    gloss: str = ""
    scenario: str
    processes: Literal["scenario", "every"] | tuple[str, ...] = "scenario"
    scale: str | None = None
    until: dt.date | None = None
    seed: int = 1
    replicates: int = Field(default=1, ge=1, le=10_000)
    most_replicates: int | None = Field(default=None, ge=1, le=10_000)
    enough_share: float = Field(default=0.05, gt=0)
    sets: Patches = Field(default_factory=dict)
    factors: dict[str, tuple[Level, ...]] = Field(default_factory=dict)
    fraction: Literal["full", "resolution-iv"] = "full"
    cells: dict[str, dict[str, Level]] = Field(default_factory=dict)
    sweep: dict[str, Sweep] = Field(default_factory=dict)
    variants: dict[str, Patches] = Field(default_factory=dict)
    nested: Nested | None = None
    headlines: tuple[Headline, ...] = ()
    record: Literal["year", "week"] = "year"
    outcomes: str = ""

    def until_(self, date: dt.date | None) -> "Design":
        """The same design with an earlier end, if one is given."""
        return self if date is None else self.model_copy(update={"until": date})

    @field_validator("factors", mode="before")
    @classmethod
    def _two_levels(cls, given: Any) -> Any:
        """A list of switches means on and off; a mapping may name further levels."""
        named = dict.fromkeys(given, (False, True)) if isinstance(given, list) else given
        for key, levels in named.items() if isinstance(named, Mapping) else ():
            if isinstance(levels, list | tuple) and len(set(map(str, levels))) < len(levels):
                raise ValueError(f"{key} has a level twice")
        return named

    @field_validator("sets")
    @classmethod
    def _dates_as_text(cls, sets: Patches) -> Patches:
        return {p: {str(d): v for d, v in s.items()} if isinstance(s, dict) else s for p, s in sets.items()}


@dataclass(frozen=True)
class Cell:
    """One kind of world: a level for each switch of the design, a value for each swept rule, and what follows."""

    name: str
    levels: dict[str, Level]
    swept: dict[str, Any]
    sets: Patches


@dataclass(frozen=True)
class Layout:
    """A design with its switches and its scenario: everything that fixes the worlds except seeds and scale."""

    design: Design
    switches: Switches
    base: Scenario

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The switches that the design moves, in the order of the switch file."""
        named = {*self.design.factors, *(key for cell in self.design.cells.values() for key in cell)}
        named |= set(self.design.nested.order) if self.design.nested else set()
        for key in sorted(named):
            self.switches.get(key)
        return tuple(key for key in self.switches.switches if key in named)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, factorial first, then those named one by one, each crossed with the swept values.

        Raises ScenarioError for unknown switches, levels and rules, and for values that a rule cannot have.
        """
        book = RuleBook.load(None, self.base.sets)
        grid = list(
            itertools.product(*(sweep.values for sweep in self.design.sweep.values()), self._variants)
        )
        rows = self._rows()
        if len(rows) * len(grid) > MOST_CELLS:
            raise ScenarioError(
                f"design {self.design.name} has {len(rows) * len(grid)} cells; at most {MOST_CELLS}"
            )
        found = [self._cell(name, levels, values, book) for values in grid for name, levels in rows]
        return tuple(found)

    def cell(self, name: str) -> Cell:
        """The cell of that name. Raises ScenarioError with the nearest."""
        by_name = {cell.name: cell for cell in self.cells}
        if name not in by_name:
            raise ScenarioError(
                f"design {self.design.name} has no cell '{name}'{did_you_mean(name, by_name)}"
            )
        return by_name[name]

    def scenario(self, cell: Cell) -> Scenario:
        """The scenario of a cell: the base with the cell's patches and nothing else."""
        return self.base.model_copy(update={"sets": {**self.base.sets, **cell.sets}})

    @cached_property
    def factorial(self) -> dict[str, dict[str, str]]:
        """Levels, as texts, of the cells that belong to the factorial part: those an effect is averaged over."""
        named = {name for name, _ in self._points()}
        return {
            cell.name: {key: level_text(level) for key, level in cell.levels.items()}
            for cell in self.cells
            if cell.name.partition(" ")[0] in named and cell.swept.get(VARIANT, PLAIN) == PLAIN
        }

    @property
    def _variants(self) -> tuple[str, ...]:
        """The rules as they are, and each variant of them."""
        return (PLAIN, *self.design.variants)

    @property
    def silent(self) -> tuple[str, ...]:
        """Switches of the design that cut nothing yet."""
        return tuple(key for key in self.keys if not self.switches.get(key).cuts)

    def _points(self) -> list[tuple[str, dict[str, Level]]]:
        """The factorial part."""
        factors = self.design.factors
        if not factors and (self.design.cells or self.design.nested):
            return []
        whole = self.design.fraction == "full"
        points = list(itertools.product(*factors.values())) if whole else _folded(factors)
        everything: dict[str, Level] = dict.fromkeys(self.keys, True)
        levels = [everything | dict(zip(factors, point, strict=True)) for point in points]
        return [(_name(each), each) for each in levels]

    def _rows(self) -> list[tuple[str, dict[str, Level]]]:
        rows = self._points()
        for name, given in self.design.cells.items():
            rows.append((name, {**dict.fromkeys(self.keys, True), **given}))
        double = [name for k, (name, _) in enumerate(rows) if name in {n for n, _ in rows[:k]}]
        if double:
            raise ScenarioError(f"design {self.design.name}: two cells are called '{double[0]}'; rename one")
        for levels in self._cuts():
            if levels not in [there for _, there in rows]:
                rows.append((_name(levels), levels))
        return rows

    def _cuts(self) -> list[dict[str, Level]]:
        """Levels of the cells of nested cuts."""
        nested = self.design.nested
        orders = nested.all_orders(self.design.seed) if nested else []
        cut = [order[:k] for order in orders for k in range(len(order) + 1)]
        everything: dict[str, Level] = dict.fromkeys(self.keys, True)
        return [everything | dict.fromkeys(keys, False) for keys in cut]

    def _cell(self, name: str, levels: dict[str, Level], values: tuple[Any, ...], book: RuleBook) -> Cell:
        *given, variant = values
        swept = dict(zip(self.design.sweep, given, strict=True))
        sets = {sweep.rule: swept[key] for key, sweep in self.design.sweep.items()}
        sets |= expanded(self.design.variants.get(variant, {}), book, f"variant {variant}")
        cut = self.switches.cell_patches(levels, book)
        sets |= cut
        book.patch(sets)
        marks = [f"{key}={value}" for key, value in swept.items()]
        if self.design.variants:
            marks += [f"{VARIANT}={variant}"] if variant != PLAIN else []
            swept[VARIANT] = variant
        return Cell(" ".join([name, *marks]), levels, swept, dict(sorted(sets.items())))


def level_text(level: Level) -> str:
    """Write a level as on, off, or the placebo's name."""
    return level if isinstance(level, str) else ON if level else OFF


def _name(levels: Mapping[str, Level]) -> str:
    """Name a cell by its switches: those that are on, and placebos by their names; `none` if nothing is on."""
    parts = [
        key if level is True else f"{key}:{level}" for key, level in levels.items() if level is not False
    ]
    return "+".join(parts) or ("none" if levels else "base")


def _folded(factors: Mapping[str, tuple[Level, ...]]) -> list[tuple[Level, ...]]:
    """A fraction in which no main effect is mixed with a pair: a Hadamard matrix and its mirror image.

    *Source:* Box and Hunter 1961, folding over a design of resolution III.
    """
    if any(set(levels) != {True, False} for levels in factors.values()):
        raise ScenarioError("fraction: resolution-iv needs switches with two levels, on and off")
    from scipy.linalg import hadamard

    order = 1 << max(1, (max(1, len(factors)) - 1).bit_length())
    half = hadamard(order)[:, : len(factors)] > 0
    return [tuple(bool(x) for x in row) for row in (*half, *~half)]


def design_names() -> list[str]:
    """Designs that come with the package."""
    return sorted(path.stem for path in (FOLDER / "designs").glob("*.yaml"))


def load_design(name_or_path: str | Path) -> Design:
    """Read a design by name, or a user's own YAML file.

    Raises ScenarioError for unknown names and misspelt keys, RefusedInput for anything about single persons.
    """
    path = Path(name_or_path)
    known = FOLDER / "designs" / f"{name_or_path}.yaml"
    if known.is_file():
        path = known
    elif not path.is_file():
        near = did_you_mean(str(name_or_path), design_names())
        raise ScenarioError(f"there is no design '{name_or_path}'{near}; see `xinyong list designs`")
    content = read_yaml(path)
    guard.check_mapping(content, str(path))
    try:
        return Design(**content)
    except ValidationError as error:
        raise ScenarioError(explained(path, error, Design)) from error


def lay_out(design: Design, base: Scenario | None = None, switches: Switches | None = None) -> Layout:
    """Join a design with the scenario it names and the switches there are, and check all of it.

    Raises ScenarioError or RuleError: unknown switch, level, rule, cell or headline, with the nearest valid name.
    """
    chosen = base or load_scenario(design.scenario)
    if design.processes != "scenario":
        named = known_processes() if design.processes == "every" else {*chosen.processes, *design.processes}
        chosen = chosen.model_copy(update={"processes": tuple(sorted(named))})
    layout = Layout(design, switches or load_switches(), chosen.changed(design.sets, design.until))
    for headline in design.headlines:
        for name in headline.between or ():
            layout.cell(name)
        if headline.effect and headline.effect not in design.factors:
            near = did_you_mean(headline.effect, design.factors)
            raise ScenarioError(
                f"headline {headline.measure}: '{headline.effect}' is no factor of the design{near}"
            )
    assert layout.cells
    return layout
