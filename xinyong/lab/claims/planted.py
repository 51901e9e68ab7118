"""Planted worlds: societies in which one mechanism works, or none, and an estimator that must name it (V-90, V-94).

A world is small and cheap: what each mechanism should move is read off twins, summed over blocks of neighbours, and the
same verdict rule as for the paper's claims is put to the blocks. *Source:* model.md 6; docs/decisions/0053.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from xinyong.columns import Array
from xinyong.errors import ScenarioError
from xinyong.lab.claims.games import Values
from xinyong.lab.claims.intervals import mean, wilson
from xinyong.lab.claims.persons import HOOK
from xinyong.lab.claims.verdict import SURE
from xinyong.lab.experiment.farm import Farm, make_farm
from xinyong.lab.experiment.switches import FOLDER, Patches, explained, load_switches, read_yaml
from xinyong.lab.experiment.world import Outcome, WorldSpec
from xinyong.lab.scenario import Scenario, load_scenario
from xinyong.recipes import parse_scale
from xinyong.rulebook import RuleBook

FILE = FOLDER / "planted.yaml"
NONE = "none"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Signature(_Strict):
    """What a mechanism should move: a vector of persons, over all or over those whom no sanction touched."""

    vector: str
    of: Literal["all", "spared"]
    side: Literal["more", "less"]


class Ground(_Strict):
    """The small society in which mechanisms are planted."""

    scenario: str
    scale: str
    start: Any
    end: Any
    burn_in_weeks: int
    processes: tuple[str, ...]
    blocks: int
    sets: Patches
    strengths: dict[str, Patches]
    signatures: dict[str, Signature]

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """What may be planted."""
        return tuple(self.strengths)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is planted in a world: one mechanism, or none."""
        return (*self.mechanisms, NONE)


def load_ground(path: Path = FILE) -> Ground:
    """Read the ground. Raises ScenarioError naming the place of what is wrong."""
    content = read_yaml(path)
    try:
        return Ground(**content)
    except ValidationError as error:
        raise ScenarioError(explained(path, error, Ground)) from error


def scenario_of(ground: Ground, kind: str, cut: str = "") -> Scenario:
    """A society with one mechanism planted, all others at the values that cut them, and one of them cut besides."""
    book, switches = RuleBook.load(), load_switches()
    sets = dict(ground.sets)
    for mechanism in ground.mechanisms:
        off = switches.patches(mechanism, False, book)
        if mechanism != kind:
            sets |= off
        elif mechanism != cut:
            sets |= ground.strengths[mechanism]
        else:
            sets |= ground.strengths[mechanism] | off
    told = {
        "start": ground.start, "end": ground.end, "burn_in_weeks": ground.burn_in_weeks,
        "processes": tuple(sorted(ground.processes)),
    }  # fmt: skip
    return load_scenario(ground.scenario).model_copy(update=told).changed(dict(sorted(sets.items())))


def specs(ground: Ground, kind: str, cut: str, seeds: Sequence[int]) -> list[WorldSpec]:
    """The same world for several seeds."""
    scenario = scenario_of(ground, kind, cut)
    book = RuleBook.load(None, scenario.sets).hash
    first = WorldSpec(scenario, 0, parse_scale(ground.scale, scenario.people()), book, outcomes=HOOK)
    return [replace(first, seed=seed) for seed in seeds]


@dataclass(frozen=True)
class Signal:
    """Block sums (blocks,) of a mechanism's signature, where it is on and where it is cut, in worlds of one seed."""

    on: Values
    off: Values


def signal(ground: Ground, mechanism: str, on: Outcome, off: Outcome) -> Signal:
    """Sum a signature over blocks of neighbours; whom no sanction touched is told by the world that is on."""
    told = ground.signatures[mechanism]
    here = np.ones(len(on.people["who"]), bool)
    if told.of == "spared":
        here = (on.people["sanctioned"] == 0) & (on.people["household"] == 0)
    return Signal(*(_blocks(ground, world.people[told.vector], here) for world in (on, off)))


def _blocks(ground: Ground, vector: Array, here: Array) -> Values:
    """Sums over equal stretches of persons in order of their ids: households and neighbours stay together."""
    block = np.arange(len(vector)) * ground.blocks // len(vector)
    return np.bincount(block, np.where(here, vector, 0), minlength=ground.blocks).astype(np.float64)


def named(ground: Ground, mechanism: str, on: Values, off: Values) -> bool:
    """Whether the verdict on a mechanism is "supported": blocks move to its side with a probability of 95 percent."""
    gap = on - off if ground.signatures[mechanism].side == "more" else off - on
    return mean(gap).above(0.0) >= SURE


@dataclass(frozen=True)
class Count:
    """Of `n` worlds of a kind, in how many something was so, with Wilson's interval."""

    kind: str
    hits: int
    n: int

    @property
    def share(self) -> float:
        """The share seen."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies, at 95 %."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True)
class Trials:
    """Which mechanisms were named in each world of each kind, with twins, and with strangers in the place of twins."""

    twins: dict[str, Array]
    strangers: dict[str, Array]
    variance_ratio: dict[str, float]
    mechanisms: tuple[str, ...]

    def right(self, names: dict[str, Array]) -> list[Count]:
        """Worlds in which just what was planted was named."""
        found = []
        for kind, rows in names.items():
            wanted = np.array([m == kind for m in self.mechanisms])
            found.append(Count(kind, int((rows == wanted).all(axis=1).sum()), len(rows)))
        return found

    def false_alarms(self, names: dict[str, Array]) -> list[Count]:
        """Of the verdicts in worlds with nothing planted, those that say "supported", by mechanism and together."""
        rows = names[NONE]
        each = [
            Count(m, int(column.sum()), len(rows)) for m, column in zip(self.mechanisms, rows.T, strict=True)
        ]
        return [*each, Count("all", int(rows.sum()), rows.size)]

    def confusion(self, names: dict[str, Array]) -> dict[str, dict[str, int]]:
        """What was planted -> how often each mechanism was named."""
        return {
            kind: dict(zip(self.mechanisms, rows.sum(axis=0).tolist(), strict=True))
            for kind, rows in names.items()
        }


def run_trials(ground: Ground, worlds: int, workers: int = 1, first_seed: int = 1) -> Trials:
    """Plant each mechanism, and none, in so many worlds each, and ask the estimator."""
    seeds = range(first_seed, first_seed + worlds)
    signals = {kind: _signals(ground, kind, seeds, workers) for kind in ground.kinds}
    twins, strangers = (
        {kind: _names(ground, held, shift) for kind, held in signals.items()} for shift in (0, 1)
    )
    ratios = {m: _variance_ratio(signals[m][m]) for m in ground.mechanisms}
    return Trials(twins, strangers, ratios, ground.mechanisms)


def _signals(ground: Ground, kind: str, seeds: range, workers: int) -> dict[str, list[Signal]]:
    """Signals of every mechanism in every world of a kind; a world that is cut where nothing is planted is the same."""
    on = list(_played(specs(ground, kind, "", seeds), workers))
    found: dict[str, list[Signal]] = {}
    for mechanism in ground.mechanisms:
        cut = specs(ground, kind, mechanism, seeds)
        same = cut[0].hash == specs(ground, kind, "", seeds)[0].hash
        off = on if same else list(_played(cut, workers))
        found[mechanism] = [signal(ground, mechanism, a, b) for a, b in zip(on, off, strict=True)]
    return found


def _played(asked: list[WorldSpec], workers: int) -> Iterator[Outcome]:
    """Worlds in the order of their seeds."""
    farm: Farm = make_farm(workers)
    try:
        farm.start(lambda weeks: None)
        for spec in asked:
            farm.submit(spec)
        ended = {outcome.world: outcome for outcome in farm.gather()}
    finally:
        farm.close()
    return iter([ended[spec.hash] for spec in asked])


def _names(ground: Ground, held: dict[str, list[Signal]], shift: int) -> Array:
    """Flags (worlds, mechanisms): named or not; with a shift the cut world is that of another seed."""
    rows = []
    for mechanism in ground.mechanisms:
        told = held[mechanism]
        others = [told[(k + shift) % len(told)] for k in range(len(told))]
        rows.append([named(ground, mechanism, a.on, b.off) for a, b in zip(told, others, strict=True)])
    return np.array(rows, bool).T


def _variance_ratio(told: list[Signal]) -> float:
    """How many times the variance of a difference of strangers exceeds that of twins (V-93)."""
    on, off = (np.array([getattr(s, side).sum() for s in told]) for side in ("on", "off"))
    twins = np.var(on - off, ddof=1)
    strangers = np.var(on, ddof=1) + np.var(off, ddof=1)
    return float(strangers / twins) if twins else float("inf")
