"""A made-up finished experiment: numbers by cell, replicate and measure, as a real one hands them over."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xinyong.errors import RunError
from xinyong.lab.claims.games import subsets
from xinyong.lab.claims.ground import Role

SWITCHES = ("F", "E", "B", "V")


def name_of(on: frozenset[str]) -> str:
    return "+".join([key for key in SWITCHES if key in on] + ["S"])


@dataclass
class MadeUp:
    """Values of each measure by (cell, date); every measure not given is zero."""

    given: dict[tuple[str, str], Any]
    repeats: int = 4
    scale: float = 1.0
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    persons: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    path: Path = Path("made-up")
    only: tuple[str, ...] | None = None

    @property
    def manifest(self) -> dict[str, Any]:
        worlds = []
        for variant in ("plain", *self.variants):
            for on in subsets(SWITCHES):
                levels = {key: "on" if key in on else "off" for key in SWITCHES} | {"S": "on"}
                worlds.append(self._world(name_of(on), levels, variant))
            worlds.append(self._world("none", dict.fromkeys((*SWITCHES, "S"), "off"), variant))
        return {"worlds": worlds, "variants": self.variants, "start": "2012-01-02"}

    def _world(self, cell: str, levels: dict[str, str], variant: str) -> dict[str, Any]:
        swept = {"variant": variant} if self.variants else {}
        marked = cell if variant == "plain" else f"{cell} variant={variant}"
        return {"cell": marked, "switches": levels, "swept": swept}

    @property
    def replicates(self) -> int:
        return self.repeats

    @property
    def measures(self) -> tuple[str, ...]:
        return self.only or tuple(dict.fromkeys(measure for _, measure in self.given))

    @property
    def dates(self) -> np.ndarray:
        return np.array(["2012-12-30", "2013-12-29"], "datetime64[D]")

    def values(self, measure: str, cell: str, date: str | None = None, *, scaled: bool = True) -> np.ndarray:
        found = np.broadcast_to(np.asarray(self.given.get((cell, measure), 0.0), float), self.repeats)
        return found * (self.scale if scaled else 1.0)

    def people(self, cell: str, replicate: int = 0) -> dict[str, np.ndarray]:
        if (cell, replicate) not in self.persons:
            raise RunError("no vectors of persons were kept")
        return self.persons[cell, replicate]


def counts(*names: str) -> dict[str, Role]:
    """Roles that are what a measure of the same name says."""
    return {name: Role(gloss=name, zh=name, unit="", counts={name: 1}) for name in names}
