"""What the claims stand on: an experiment's cells by what is switched off, and what was counted in them by role.

A role says what a count means for the argument ("performed", "sanctioned"); `experiments/roles.yaml` says which
measures it is made of, so that a new process needs a line there and no code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from xinyong.columns import Array
from xinyong.errors import RunError, ScenarioError, did_you_mean
from xinyong.lab.claims.games import Coalition, Values, subsets
from xinyong.lab.claims.leverage import Twins, averted, frechet, makarov, steered
from xinyong.lab.experiment.design import PLAIN, VARIANT
from xinyong.lab.experiment.switches import FOLDER, explained, read_yaml

SHELL = "S"
EXPECTED = "expected_"
ROLES = FOLDER / "roles.yaml"
DAYS_PER_YEAR = 365.25
TWINS = (
    "steered",
    "averted",
    "newly_sanctioned",
    "spared",
    "frechet_low",
    "frechet_high",
    "makarov_low",
    "makarov_high",
)


class UnaskedError(RunError):
    """The experiment has no worlds, or counts nothing, that could answer."""


class OfPersons(BaseModel):
    """A vector of persons summed over a group: those in whom every named vector has that value."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vector: str
    group: dict[str, int] = {}
    weight: float = 1.0


class Role(BaseModel):
    """What a count means for the argument.

    `counts`: measures with weights, at the end. `years_of`: stocks with weights, added up as years. `persons`: a vector
    of persons, summed over a group. `positive`: how many measures are above nought. `waits`: why nothing counts it yet.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    gloss: str
    zh: str
    unit: str
    counts: dict[str, float] = {}
    years_of: dict[str, float] = {}
    persons: OfPersons | None = None
    positive: tuple[str, ...] = ()
    waits: str = ""

    @model_validator(mode="after")
    def _one(self) -> "Role":
        if sum(map(bool, (self.counts, self.years_of, self.persons, self.positive, self.waits))) != 1:
            raise ValueError("a role needs one of `counts`, `years_of`, `persons`, `waits`")
        return self


class Roles(BaseModel):
    """Every role, by key."""

    roles: dict[str, Role]


@lru_cache(maxsize=1)
def load_roles(path: Path = ROLES) -> dict[str, Role]:
    """The roles of the package. Raises ScenarioError naming the place of what is wrong."""
    try:
        return Roles(roles=read_yaml(path)).roles
    except ValidationError as error:
        raise ScenarioError(explained(path, error, Role)) from error


class Played(Protocol):
    """The part of a finished experiment that claims look at (`xinyong.lab.experiment.results.Experiment`)."""

    manifest: dict[str, Any]
    path: Path

    @property
    def replicates(self) -> int:
        """Worlds in each cell."""

    @property
    def scale(self) -> float:
        """Real persons one synthetic person stands for."""

    @property
    def measures(self) -> tuple[str, ...]:
        """What was counted."""

    @property
    def dates(self) -> Array:
        """Days of the table."""

    def values(self, measure: str, cell: str, date: str | None = None, *, scaled: bool = True) -> Values:
        """One value a replicate."""

    def people(self, cell: str, replicate: int = 0) -> dict[str, Array]:
        """Vectors of persons."""


@dataclass(frozen=True)
class Pair:
    """Two cells that differ in what is cut."""

    on: str
    off: str


class Ground:
    """An experiment, asked by roles and by what is switched off."""

    def __init__(self, played: Played, roles: Mapping[str, Role] | None = None) -> None:
        self.played = played
        self.roles = load_roles() if roles is None else roles
        self._kept: dict[tuple[str, ...], Values] = {}

    @property
    def replicates(self) -> int:
        """Worlds in each cell."""
        return self.played.replicates

    @cached_property
    def cells(self) -> dict[tuple[frozenset[str], str], str]:
        """(switches that are off, variant) -> cell; a placebo counts as KEY:PLACEBO."""
        found: dict[tuple[frozenset[str], str], str] = {}
        for world in self.played.manifest["worlds"]:
            off = frozenset(
                key if level == "off" else f"{key}:{level}"
                for key, level in world["switches"].items()
                if level != "on"
            )
            swept = dict(world["swept"])
            variant = str(swept.pop(VARIANT, PLAIN))
            if not swept:
                found.setdefault((off, variant), world["cell"])
        return found

    @cached_property
    def variants(self) -> dict[str, dict[str, Any]]:
        """Variants of the rules that were tried, each with its patches."""
        return dict(self.played.manifest.get("variants", {}))

    def cell(self, off: Sequence[str] = (), variant: str = PLAIN) -> str:
        """The cell with exactly these switches off; without the shell nothing else matters, so any such cell will do.

        Raises UnaskedError with what is missing.
        """
        wanted = frozenset(off)
        found = self.cells.get((wanted, variant))
        if found is None and SHELL in wanted:
            found = next((c for (cut, v), c in self.cells.items() if SHELL in cut and v == variant), None)
        if found is None:
            there = "" if variant == PLAIN else f" under '{variant}'"
            raise UnaskedError(
                f"{self.played.path}: no world with {' and '.join(sorted(wanted)) or 'nothing'} off{there}"
            )
        return found

    def pair(self, switch: str, also_off: Sequence[str] = (), variant: str = PLAIN) -> Pair:
        """The cell with a switch on and the one with it off, all else equal."""
        return Pair(self.cell(also_off, variant), self.cell((*also_off, switch), variant))

    def values(self, role: str, cell: str) -> Values:
        """One value a replicate, scaled up to real persons. Raises UnaskedError if nothing counts it here."""
        key = ("role", role, cell)
        if key not in self._kept:
            self._kept[key] = self._values(self._role(role), cell)
        return self._kept[key]

    def twin_values(self, role: str, pair: Pair, what: str = "breaches") -> Values:
        """One value a replicate of what only twins tell (see `leverage`), scaled up."""
        if role not in TWINS:
            raise RunError(f"twins tell no '{role}'{did_you_mean(role, TWINS)}")
        key = ("twins", what, pair.on, pair.off)
        if (*key, role) not in self._kept:
            rows = np.array([_told(self.twins(pair, k, what)) for k in range(self.replicates)], float)
            for name, column in zip(TWINS, rows.T, strict=True):
                self._kept[*key, name] = column * self.played.scale
        return self._kept[*key, role]

    def twins(self, pair: Pair, replicate: int, what: str = "breaches") -> Twins:
        """Vectors of one replicate's persons in both worlds; of `expected_*`, a year of acts and of sanctions.

        Raises UnaskedError if none were kept.
        """
        on, off = (self.vectors(cell, replicate) for cell in (pair.on, pair.off))
        if what not in on:
            raise UnaskedError(f"{self.played.path}: no vector '{what}' of persons was kept")
        a_year = what.startswith(EXPECTED)
        newly, unit = (on["recent"], 1e-6) if a_year else (on["sanctioned"], 1.0)
        return Twins(on[what], off[what], on["sanctioned"], on["household"], newly, unit)

    def game(
        self, role: str, players: tuple[str, ...], per: str = "", variant: str = PLAIN
    ) -> dict[Coalition, Values]:
        """A role's values in every combination of players that are on."""
        found = {}
        for on in subsets(players):
            cell = self.cell(tuple(p for p in players if p not in on), variant)
            with np.errstate(invalid="ignore", divide="ignore"):
                found[on] = self.values(role, cell) / (self.values(per, cell) if per else 1.0)
        return found

    def has(self, role: str) -> bool:
        """Whether this experiment counts a role."""
        held = self.roles.get(role)
        return held is not None and not held.waits and set(_measures(held)) <= set(self.played.measures)

    def vectors(self, cell: str, replicate: int) -> dict[str, Array]:
        """Vectors of one world's persons. Raises UnaskedError if none were kept."""
        try:
            return self.played.people(cell, replicate)
        except UnaskedError:
            raise
        except RunError as error:
            raise UnaskedError(str(error)) from error

    def _role(self, name: str) -> Role:
        if name not in self.roles:
            raise RunError(
                f"there is no role '{name}'{did_you_mean(name, self.roles)}; see experiments/roles.yaml"
            )
        role = self.roles[name]
        if role.waits:
            raise UnaskedError(f"'{name}' is not counted yet: {role.waits}")
        absent = [m for m in _measures(role) if m not in self.played.measures]
        if absent:
            raise UnaskedError(
                f"'{name}' needs {', '.join(absent)}, which no process of this experiment counts"
            )
        return role

    def _values(self, role: Role, cell: str) -> Values:
        if role.persons is not None:
            rows = [self._of_persons(role.persons, cell, k) for k in range(self.replicates)]
            return np.array(rows) * self.played.scale
        if role.positive:
            terms = [np.sign(self.played.values(m, cell)) for m in role.positive]
        elif role.counts:
            terms = [w * self.played.values(m, cell) for m, w in role.counts.items()]
        else:
            terms = [w * self._years(m, cell) for m, w in role.years_of.items()]
        return np.asarray(np.sum(terms, axis=0), dtype=np.float64)

    def _of_persons(self, asked: OfPersons, cell: str, replicate: int) -> float:
        """A vector of one replicate's persons, summed over a group."""
        held = self.vectors(cell, replicate)
        absent = [name for name in (asked.vector, *asked.group) if name not in held]
        if absent:
            raise UnaskedError(f"{self.played.path}: no vector '{absent[0]}' of persons was kept")
        here = np.ones(len(held[asked.vector]), bool)
        for name, value in asked.group.items():
            here &= held[name] == value
        return float(held[asked.vector][here].sum(dtype=np.float64)) * asked.weight

    def _years(self, measure: str, cell: str) -> Values:
        """A stock added up over time, as it stood at the end of each span of the table."""
        days = self.played.dates.astype("datetime64[D]")
        first = np.datetime64(self.played.manifest["start"], "D")
        spans = np.diff(np.concatenate([[first], days])).astype(float) / DAYS_PER_YEAR
        rows = [self.played.values(measure, cell, str(day)) for day in days]
        return np.asarray(spans @ np.array(rows), dtype=np.float64)


def _measures(role: Role) -> tuple[str, ...]:
    return (*role.counts, *role.years_of, *role.positive)


def _told(twins: Twins) -> tuple[float, ...]:
    spared = float(np.count_nonzero(twins.spared))
    return (
        steered(twins), averted(twins), twins.newly_sanctioned, spared, *frechet(twins), *makarov(twins)
    )  # fmt: skip
