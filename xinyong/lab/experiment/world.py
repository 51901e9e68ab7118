"""One world of an experiment, played by pure steps: (world, checkpoint, week) in, checkpoint out.

A step depends on nothing but its arguments, so it may be taken on any machine, and taken again if that machine dies.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pkgutil import resolve_name

import numpy as np

from xinyong import __version__
from xinyong.columns import Array
from xinyong.engine import LocalEngine, Plan, Shard, state_hash, tally_specs
from xinyong.errors import RunError
from xinyong.lab.scenario import Scenario
from xinyong.population import make_population
from xinyong.signals import Signals, advance

FORMAT = 1
MEMORY_WEEKS = 104
ALWAYS = ("persons_now", "organisations_now")
Outcomes = Callable[[Plan, list[Shard]], Mapping[str, Array]]
Tell = Callable[[int], None]


@dataclass(frozen=True)
class WorldSpec:
    """What fixes a world: a scenario with all its patches, a seed, a scale, and what is written down of it.

    `rulebook` is the hash of the patched rules where the world was planned; whoever plays it must have the same.
    `outcomes` is a function (plan, final shards) -> whole numbers for each person, or its name `module:function`.
    """

    scenario: Scenario
    seed: int
    scale: float
    rulebook: str
    record: str = "year"
    outcomes: str | Outcomes = ""

    @cached_property
    def hash(self) -> str:
        """Fingerprint; worlds with the same fingerprint are the same world."""
        said = self.outcomes if isinstance(self.outcomes, str) else name_of(self.outcomes)
        told = [
            self.scenario.hash,
            self.seed,
            self.scale,
            self.rulebook,
            self.record,
            said,
            __version__,
            FORMAT,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    @property
    def weeks(self) -> int:
        """All weeks to be stepped."""
        return self.scenario.calendar().weeks


def name_of(function: Outcomes) -> str:
    """Say which function this is."""
    return f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', repr(function))}"


def resolve(outcomes: str | Outcomes) -> Outcomes:
    """The function of that name. Raises RunError if it cannot be found."""
    if not isinstance(outcomes, str):
        return outcomes
    try:
        found: Outcomes = resolve_name(outcomes)
    except (ImportError, AttributeError, ValueError) as error:
        raise RunError(f"outcomes '{outcomes}': {error}; write module:function") from error
    return found


@dataclass(frozen=True)
class Checkpoint:
    """A world after `week` weeks: its shards and signals, and what has been written down so far."""

    world: str
    week: int
    arrays: dict[str, Array]
    base: Array
    weeks: tuple[int, ...]
    values: tuple[Array, ...]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What is left of a world: values (dates, measures) of the nation, its state hash, and vectors of persons."""

    world: str
    state_hash: str
    dates: Array
    measures: tuple[str, ...]
    values: Array
    persons: int
    organisations: int
    seconds: float
    people: dict[str, Array] = field(default_factory=dict)


def recorded_weeks(spec: WorldSpec) -> tuple[int, ...]:
    """The weeks after which values are written down: the last of each calendar year (or all), and the last of all."""
    calendar = spec.scenario.calendar()
    counted = range(calendar.burn_in, calendar.weeks)
    if spec.record == "week":
        return tuple(counted)
    ends = [w for w in counted if calendar.sunday(w + 1).year != calendar.sunday(w).year]
    return tuple(sorted({*ends, calendar.weeks - 1}))


def stops(spec: WorldSpec, every: int) -> tuple[int, ...]:
    """The weeks at which a world is cut into steps: the end of the burn-in, then each `every` weeks, and the end."""
    calendar = spec.scenario.calendar()
    found = {*range(calendar.burn_in, calendar.weeks, every), calendar.weeks}
    return tuple(sorted(found - {0}))


def step_world(spec: WorldSpec, before: Checkpoint | None, stop: int, tell: Tell | None = None) -> Checkpoint:
    """Play a world from a checkpoint (None: from the beginning) to week `stop`.

    Raises RunError if this machine's rules are not those of the plan, or the checkpoint is another world's.
    """
    plan, engine = _begin(spec)
    log = _advance(spec, plan, engine, before, stop, tell)
    held = {f"signals:{n}": a for n, a in log.signals.parts().items()}
    for k, shard in enumerate(engine.shards):
        held |= {f"{k}:{n}": np.array(a) for n, a in shard.parts().items()}
    return Checkpoint(spec.hash, stop, held, log.base, tuple(log.weeks), tuple(log.values), log.seconds)


def finish_world(spec: WorldSpec, last: Checkpoint) -> Outcome:
    """What is to be kept of a world that has been played to its end."""
    plan, engine = _begin(spec)
    log = _advance(spec, plan, engine, last, last.week, None)
    return _outcome(spec, plan, engine.shards, log)


def play_world(spec: WorldSpec, tell: Tell | None = None) -> Outcome:
    """Play a world from beginning to end in one go."""
    plan, engine = _begin(spec)
    log = _advance(spec, plan, engine, None, spec.weeks, tell)
    return _outcome(spec, plan, engine.shards, log)


@dataclass
class _Log:
    """What has been written down of a world so far."""

    base: Array
    weeks: list[int]
    values: list[Array]
    seconds: float
    signals: Signals


def _advance(
    spec: WorldSpec, plan: Plan, engine: LocalEngine, before: Checkpoint | None, stop: int, tell: Tell | None
) -> _Log:
    """Restore, play on to a week, and write down what is wanted on the way."""
    began = time.process_time()
    log, first = _Log(np.zeros(len(tally_specs(plan)), np.int64), [], [], 0.0, Signals()), 0
    if before is not None:
        signals = Signals.of({n[8:]: a for n, a in before.arrays.items() if n.startswith("signals:")})
        log = _Log(before.base, [*before.weeks], [*before.values], before.seconds, signals)
        first = _restore(spec, engine.shards, before)
    wanted, burn_in = set(recorded_weeks(spec)), plan.calendar.burn_in
    for end in [e for e in (*stops(spec, MEMORY_WEEKS), stop) if first < e <= stop]:
        if end > first:
            total = np.sum(advance(engine, plan, first, end, log.signals, tell), axis=0)
            log.base = total[-1] if end == burn_in else log.base
            chosen = [w for w in range(first, end) if w in wanted]
            log.weeks += chosen
            log.values += [total[w - first] for w in chosen]
            first = end
        for shard in engine.shards:
            for rows in shard.board.kept.values():
                rows.clear()
    engine.close()
    log.seconds += time.process_time() - began
    return log


def _outcome(spec: WorldSpec, plan: Plan, shards: list[Shard], log: _Log) -> Outcome:
    """Read off a world at its end."""
    specs = tally_specs(plan)
    counted = np.array([not s.stock for s in specs.values()])
    persons, organisations = sum(s.persons for s in shards), sum(s.organisations for s in shards)
    rows = [[persons, organisations, *(v - np.where(counted, log.base, 0))] for v in log.values]
    dates = np.array([plan.calendar.sunday(w) for w in log.weeks], "datetime64[D]")
    return Outcome(
        spec.hash, state_hash(shards), dates, (*ALWAYS, *specs), np.array(rows, np.int64), persons, organisations,
        log.seconds, _people(spec, plan, shards),
    )  # fmt: skip


def _begin(spec: WorldSpec) -> tuple[Plan, LocalEngine]:
    plan = spec.scenario.plan(spec.seed)
    if plan.book.hash != spec.rulebook:
        raise RunError(
            f"world {spec.hash}: the rules here are not those of the plan; install the same xinyong {__version__} "
            "on every worker"
        )
    engine = LocalEngine()
    engine.start(plan, make_population(spec.scenario.people(), spec.seed, spec.scale))
    return plan, engine


def _restore(spec: WorldSpec, shards: list[Shard], before: Checkpoint) -> int:
    if before.world != spec.hash:
        raise RunError(f"a checkpoint of world {before.world} was given to world {spec.hash}")
    for k, shard in enumerate(shards):
        mine = f"{k}:"
        shard.restore({n[len(mine) :]: a for n, a in before.arrays.items() if n.startswith(mine)})
    return before.week


def _people(spec: WorldSpec, plan: Plan, shards: list[Shard]) -> dict[str, Array]:
    """Vectors of whole numbers, one a person, that the hook reads off the final shards; with their ids."""
    if not spec.outcomes:
        return {}
    found = {name: np.asarray(vector) for name, vector in resolve(spec.outcomes)(plan, shards).items()}
    ids = np.concatenate([
        np.uint64(s.code << 32) | s.store.columns["number"][: s.persons].astype(np.uint64) for s in shards
    ])  # fmt: skip
    for name, vector in found.items():
        if vector.shape != ids.shape or vector.dtype.kind not in "iub":
            raise RunError(
                f"outcomes '{name}': {len(ids)} whole numbers are wanted, one a person in order of shards and rows, "
                f"not {vector.dtype} of shape {vector.shape}"
            )
    order = np.argsort(ids)
    return {"who": ids[order], **{name: vector[order] for name, vector in found.items()}}
