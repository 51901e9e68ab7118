"""Small worlds for tests: a few thousand people, a few years, everything observable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xinyong.engine import LocalEngine, Plan, Shard, state_hash, tally_specs
from xinyong.lab.scenario import load_scenario
from xinyong.population import ShardPopulation, make_population
from xinyong.recipes import parse_scale
from xinyong.signals import Signals, advance

Change = Callable[[list[ShardPopulation]], list[ShardPopulation]]


@dataclass
class World:
    """A played world: its shards, weekly tallies (shard, week, tally), and a log of every notice."""

    plan: Plan
    shards: list[Shard]
    tallies: list[np.ndarray]
    log: dict[str, list[tuple[int, dict[str, np.ndarray]]]] = field(default_factory=dict)
    signals: Signals = field(default_factory=Signals)

    def total(self, name: str) -> np.ndarray:
        """A tally over all shards, week by week."""
        return sum(t[:, list(tally_specs(self.plan)).index(name)] for t in self.tallies)

    def last(self, name: str) -> int:
        return int(self.total(name)[-1])

    @property
    def hash(self) -> str:
        return state_hash(self.shards)

    def notices(self, kind: str, column: str) -> np.ndarray:
        rows = [rows[column] for _, rows in self.log.get(kind, [])]
        return np.concatenate(rows) if rows else np.zeros(0, np.int64)


def plan_of(
    sets: dict[str, Any] | None = None,
    seed: int = 1,
    leave_out: Sequence[str] = (),
    scenario: str = "toy",
    **update: Any,
) -> Plan:
    chosen = load_scenario(scenario).changed(sets)
    processes = tuple(p for p in update.pop("processes", chosen.processes) if p not in leave_out)
    return chosen.model_copy(update={"processes": processes, **update}).plan(seed)


def people_of(seed: int = 1, persons: int | None = None, recipe: str = "toy") -> list[ShardPopulation]:
    chosen = load_scenario("toy").model_copy(update={"recipe": recipe}).people()
    return make_population(chosen, seed, parse_scale(str(persons) if persons else chosen.scale, chosen))


def play(
    plan: Plan | None = None,
    people: list[ShardPopulation] | None = None,
    weeks: int | None = None,
    threads: int = 1,
    window: int = 13,
    check: Callable[[Shard], None] | None = None,
    log: bool = False,
) -> World:
    """Play a plan over people for some weeks."""
    plan = plan or plan_of()
    engine = LocalEngine(threads, check)
    engine.start(plan, people if people is not None else people_of(plan.seed))
    world = World(plan, engine.shards, [])
    if log:
        for k, shard in enumerate(engine.shards):
            shard.board.listeners.append(
                lambda kind, rows, k=k: world.log.setdefault(kind, []).append((k, rows))
            )
    world.tallies = advance(engine, plan, 0, weeks or plan.calendar.weeks, world.signals, window=window)
    engine.close()
    return world
