"""Invented lives told in two runs of one society: one that is asked for, or some drawn by lot among those that differ.

The lot is neutral: keyed by the seed, over all persons for whom anything differs. Nobody is chosen for what happened.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xinyong import draws, ids
from xinyong.columns import Array
from xinyong.engine import Plan, Shard
from xinyong.errors import RunError
from xinyong.lab.manifest import read_manifest
from xinyong.lab.replay import same_world, scenario_of, signals_of
from xinyong.lab.scenario import Scenario
from xinyong.lab.show import life
from xinyong.lab.telling import TELL, party_of
from xinyong.lab.two_worlds import TwoWorlds, merged
from xinyong.population import make_shard

LOT = "paired lives"
NOTE = "Both runs share society, luck and calendar; what differs comes from their rules."
COMPARED = ("day", "granted", "reason", "amount", "deed", "register", "act", "detected", "tie", "true")
ENDS = ("unable", "listed", "barred")
SAME_SOCIETY = ("seeds", "recipe", "scale", "start", "end")


@dataclass(frozen=True)
class PairedLives:
    """Some lives told in both runs, and by which lot they were drawn."""

    run: str
    other: str
    many: int
    places: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    lives: tuple[TwoWorlds, ...]


def twin(
    folder: Path, other: Path, kind: str = "person", identity: str | None = None, replicate: int = 0
) -> TwoWorlds:
    """One life in both runs; without an id, the first one drawn by lot among those that differ.

    Raises RunError for runs of different societies, and where no life differs.
    """
    check_pair(folder, other)
    if identity is None:
        if kind != "person":
            raise RunError(f"name the {kind} by its id: only persons are drawn by lot")
        return paired_lives(folder, other, 1, replicate).lives[0]
    one, two = (life(each, kind, identity, replicate) for each in (folder, other))
    lines = merged(one, two)
    first = next((line.date for line in lines if line.where != "both"), "")
    changes = tuple(f"{path}: {here} / {there}" for path, here, there in changed_rules(folder, other))
    return TwoWorlds(
        one.synthetic, one.id, one.name, one.latin_name, one.facts, str(other), f"the run {other.name}", changes, lines,
        first, one.standing, two.standing, NOTE,
    )  # fmt: skip


def paired_lives(folder: Path, other: Path, count: int = 3, replicate: int = 0) -> PairedLives:
    """As many lives as asked for, drawn by lot. Raises RunError where fewer differ."""
    check_pair(folder, other)
    drawn, many, places = drawn_by_lot(folder, other, count, replicate)
    if not drawn:
        raise RunError(f"{folder} and {other}: no person's life differs between these runs")
    lives = tuple(twin(folder, other, "person", identity, replicate) for identity in drawn)
    return PairedLives(str(folder), str(other), many, tuple(places), changed_rules(folder, other), lives)


def check_pair(folder: Path, other: Path) -> None:
    """Raise RunError unless both runs are one society under the same seeds and calendar."""
    one, two = read_manifest(folder), read_manifest(other)
    differ = [name for name in SAME_SOCIETY if one.get(name) != two.get(name)]
    if differ:
        raise RunError(
            f"{folder} and {other} are different societies or periods ({', '.join(differ)}); pair runs that differ in "
            "rules alone"
        )


def changed_rules(folder: Path, other: Path) -> tuple[tuple[str, str, str], ...]:
    """Rules that the two scenarios set differently, and processes that only one has."""
    one, two = scenario_of(folder), scenario_of(other)
    paths = sorted({*one.sets, *two.sets})
    rows = [(p, str(one.sets.get(p, "as by default")), str(two.sets.get(p, "as by default"))) for p in paths]
    alone = sorted({*one.processes} ^ {*two.processes})
    rows += [(p, *(("there", "left out") if p in one.processes else ("left out", "there"))) for p in alone]
    return tuple(row for row in rows if row[1] != row[2])


def drawn_by_lot(
    folder: Path, other: Path, count: int, replicate: int = 0
) -> tuple[list[str], int, list[str]]:
    """Ids drawn, how many persons differ, and where; provinces are looked through in a keyed order."""
    manifest = read_manifest(folder)
    seed = int(manifest["seeds"][replicate])
    shards = scenario_of(folder).people().shards
    codes = np.array([s.code for s in shards], np.uint64)
    order = np.argsort(draws.uniforms(draws.key(seed, LOT, 0), codes))
    found: list[str] = []
    many, places = 0, []
    for k in order.tolist():
        code = shards[k].code
        numbers = _differing(folder, other, code, seed, replicate, float(manifest["scale"]))
        many += len(numbers)
        places.append(shards[k].gloss or shards[k].name)
        who = np.uint64(code << 32) | numbers.astype(np.uint64)
        lot = np.argsort(draws.uniforms(draws.key(seed, LOT, 1), who), kind="stable")
        found += [ids.text(ids.pack(ids.PERSON, code, int(numbers[i]))) for i in lot[: count - len(found)]]
        if len(found) >= count:
            break
    return found, many, places


def _differing(folder: Path, other: Path, code: int, seed: int, replicate: int, scale: float) -> Array:
    """Numbers of the persons of one province whose lives are not the same in both runs."""
    marks = []
    for each in (folder, other):
        scenario, manifest = scenario_of(each), read_manifest(each)
        plan = scenario.plan(seed)
        same_world(each, manifest, scenario, plan)
        marks.append(_marked(each, scenario, plan, code, replicate, scale))
    (number, one), (_, two) = marks
    return np.asarray(number[(one != two).any(axis=0)])


def _marked(
    folder: Path, scenario: Scenario, plan: Plan, code: int, replicate: int, scale: float
) -> tuple[Array, Array]:
    """Numbers of the persons of a province, and what tells their lives apart: marks of what happened, and ends."""
    shard = Shard(plan, make_shard(scenario.people(), plan.seed, scale, code))
    heard = np.zeros(shard.store.parties)

    def hear(kind: str, rows: dict[str, Any]) -> None:
        if kind in TELL:
            np.add.at(heard, party_of(shard, rows), _mark(kind, rows))

    shard.board.listeners.append(hear)
    signals = signals_of(folder, plan, replicate)
    for week in range(plan.calendar.weeks):
        shard.play([signals.frame(plan, week)])
    columns = shard.store.columns
    ends = [columns[n].astype(np.float64) if n in columns else np.zeros(len(heard)) for n in ENDS]
    persons = columns["kind"] == 0
    return columns["number"][persons], np.stack([heard, _refused(shard), *ends])[:, persons]


def _mark(kind: str, rows: dict[str, Any]) -> Array:
    """A number for each notice of a batch that is hardly ever the same for two that differ."""
    who = np.zeros(len(rows["day"]), np.uint64)
    for name in COMPARED:
        if name in rows:
            who = who * np.uint64(1_000_003) + rows[name].astype(np.int64).astype(np.uint64)
    return draws.uniforms(draws.key(0, kind, 0), who)


def _refused(shard: Shard) -> Array:
    """Refusals of each party so far."""
    found, table = np.zeros(shard.store.parties), shard.store.tables.get("wanters")
    if table is not None and table.high:
        held = {n: table.columns[n][: table.high] for n in ("party", "learned")}
        np.add.at(found, held["party"], held["learned"].sum(axis=1, dtype=np.float64))
    return found
