"""Carrying an experiment out: which worlds, what they cost, playing them, and when there are enough of them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from xinyong import __version__
from xinyong.assembly import assemble
from xinyong.engine import tally_specs
from xinyong.errors import RunError, did_you_mean
from xinyong.lab.estimate import (
    BYTES_PER_PERSON,
    BYTES_TO_MAKE,
    FIXED_BYTES,
    Estimate,
    estimate,
    refuse_if_too_large,
)
from xinyong.lab.experiment import folder as files
from xinyong.lab.experiment.cluster import DaskFarm
from xinyong.lab.experiment.contrasts import Contrast, enough, headlines
from xinyong.lab.experiment.design import Cell, Design, Layout, lay_out, level_text
from xinyong.lab.experiment.farm import Farm, make_farm
from xinyong.lab.experiment.world import Outcomes, WorldSpec, name_of, resolve
from xinyong.lab.manifest import new_manifest
from xinyong.lab.scenario import Scenario
from xinyong.lab.tables import MARK, write_json
from xinyong.recipes import parse_scale
from xinyong.rulebook import RuleBook
from xinyong.workers import usable_cores

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class World:
    """A world of the design: its cell and replicate, and what fixes it."""

    cell: Cell
    replicate: int
    spec: WorldSpec

    def told(self) -> dict[str, Any]:
        """What a manifest says of it."""
        levels = {key: level_text(level) for key, level in self.cell.levels.items()}
        return {
            "world": self.spec.hash, "cell": self.cell.name, "replicate": self.replicate, "seed": self.spec.seed,
            "switches": levels, "swept": self.cell.swept, "sets": self.cell.sets,
            "rulebook_hash": self.spec.rulebook,
        }  # fmt: skip


@dataclass
class Study:
    """An experiment to be carried out: a design laid out, seeds, scale, folder, and who does the work."""

    layout: Layout
    seed: int
    scale: float
    replicates: int
    most: int
    out: Path
    workers: int
    cluster: str = ""
    outcomes: str | Outcomes = ""
    command: str = ""
    _planned: dict[str, tuple[Scenario, str]] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """Fingerprint of the design and of the scenario under it; the number of replicates is no part of it."""
        design = self.layout.design.model_dump(mode="json")
        for name in ("replicates", "most_replicates", "seed", "scale", "until", "gloss"):
            design.pop(name)
        outcomes = self.outcomes if isinstance(self.outcomes, str) else name_of(self.outcomes)
        cells = [[cell.name, cell.sets] for cell in self.layout.cells]
        told = json.dumps([design, cells, self.layout.base.hash, outcomes], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def worlds(self, replicates: int | None = None) -> list[World]:
        """Every world of so many replicates, replicate by replicate."""
        found = []
        for replicate in range(self.replicates if replicates is None else replicates):
            for cell in self.layout.cells:
                scenario, rulebook = self._plan(cell)
                spec = WorldSpec(
                    scenario,
                    self.seed + replicate,
                    self.scale,
                    rulebook,
                    self.layout.design.record,
                    self.outcomes,
                )
                found.append(World(cell, replicate, spec))
        return found

    def _plan(self, cell: Cell) -> tuple[Scenario, str]:
        """A cell's scenario and the hash of its rules, worked out once."""
        if cell.name not in self._planned:
            scenario = self.layout.scenario(cell)
            self._planned[cell.name] = scenario, RuleBook.load(None, scenario.sets).hash
        return self._planned[cell.name]

    def _orders(self) -> list[list[str]]:
        """The orders in which paths are cut."""
        nested = self.layout.design.nested
        return [list(order) for order in nested.all_orders(self.layout.design.seed)] if nested else []

    @property
    def weeks(self) -> int:
        """Weeks of each world, burn-in included."""
        return self.layout.base.calendar().weeks

    @property
    def persons(self) -> float:
        """Persons of each world, about."""
        return self.layout.base.people().persons / self.scale

    @property
    def cost(self) -> Estimate:
        """Expected time on this machine, memory of all workers, and disk."""
        worlds = len(self.layout.cells) * self.replicates
        one = estimate(self.persons, self.weeks, 1, 1)
        memory = FIXED_BYTES + int(self.workers * (self.persons * (BYTES_PER_PERSON + BYTES_TO_MAKE) + 1e8))
        disk = worlds * 200_000 * (50 if self.layout.design.record == "week" else 1) + 10_000_000
        vectors = 100 * self.persons * worlds if self.outcomes else 0
        return Estimate(one.seconds * worlds / min(self.workers, worlds), memory, int(disk + vectors))

    def manifest(self, replicates: int, finished: bool = False) -> dict[str, Any]:
        """What the folder says of itself."""
        base, plan = self.layout.base, self.layout.base.plan(self.seed)
        seeds = [self.seed + k for k in range(replicates)]
        told = new_manifest(base, plan, seeds, self.scale, self.workers, self.command)
        kept = ("scenario", "scenario_hash", "rulebook_hash", "recipe", "processes", "sets", "weeks", "burn_in_weeks",
                "start", "end", "commit", "platform", "assumed", "memory", "fitted", "seeds")  # fmt: skip
        return {
            "synthetic": MARK, "format": files.FORMAT, "version": __version__,
            "status": "finished" if finished else "unfinished", "finished": finished,
            "design": self.layout.design.name, "design_hash": self.hash, "gloss": self.layout.design.gloss,
            "seed": self.seed, "scale": self.scale, "replicates": replicates, "most_replicates": self.most,
            "cells": [cell.name for cell in self.layout.cells], "factorial": self.layout.factorial,
            "switches": {k: self.layout.switches.get(k).model_dump(mode="json") for k in self.layout.keys},
            "silent": list(self.layout.silent), "sweep": list(self.layout.cells[0].swept),
            "variants": self.layout.design.variants, "nested": self._orders(),
            "record": self.layout.design.record,
            "headlines": [h.model_dump(mode="json") for h in self.layout.design.headlines],
            "command": self.command, **{name: told[name] for name in kept},
            "worlds": [world.told() for world in self.worlds(replicates)],
        }  # fmt: skip


def make_study(
    design: Design,
    seed: int | None = None,
    scale: str | None = None,
    replicates: int | None = None,
    most_replicates: int | None = None,
    out: Path | None = None,
    workers: int | None = None,
    cluster: str = "",
    outcomes: str | Outcomes = "",
    command: str = "",
    base: Scenario | None = None,
) -> Study:
    """Check what was asked for and fix every default; nothing is written yet.

    `replicates` given means exactly so many, unless `most_replicates` allows more. Raises ScenarioError, RecipeError,
    RuleError or RunError when something is wrong or cannot fit.
    """
    layout = lay_out(design, base)
    least = design.replicates if replicates is None else replicates
    allowed = most_replicates or (design.most_replicates if replicates is None else None) or least
    if least < 1 or allowed < least:
        raise RunError(
            f"--replicates {least} and at most {allowed}: need at least 1, and no fewer than the least"
        )
    first = design.seed if seed is None else seed
    if not 0 <= first < 2**62:
        raise RunError(f"--seed must be a whole number from 0 to 2**62, not {first}")
    if workers is not None and workers < 1:
        raise RunError(f"--workers must be at least 1, not {workers}")
    factor = parse_scale(scale or design.scale or layout.base.scale, layout.base.people())
    folder = out or Path("runs") / f"{design.name}-{first}"
    study = Study(
        layout, first, factor, least, allowed, folder, workers or usable_cores(), cluster,
        outcomes or design.outcomes, command,
    )  # fmt: skip
    assemble(layout.base.processes)
    if study.outcomes:
        resolve(study.outcomes)
    for headline in design.headlines:
        study_has(study, headline.measure)
    if not cluster:
        refuse_if_too_large(study.cost, folder)
    return study


def study_has(study: Study, measure: str) -> None:
    """Refuse a measure that no process of the design counts."""
    known = tally_specs(study.layout.base.plan(study.seed))
    if measure not in known:
        raise RunError(f"headline: no measure '{measure}' in this design{did_you_mean(measure, known)}")


def conduct(study: Study, resume: bool = False, progress: Progress | None = None) -> Path:
    """Play every world that has not ended yet, more replicates while they are needed, and write the table.

    A finished experiment is left alone unless more replicates are asked for.
    """
    folder = study.out
    planned = study.replicates
    if _finished(study, folder):
        return folder
    files.prepare(folder, study.manifest(planned), resume)
    farm: Farm = (
        DaskFarm(study.cluster) if study.cluster else make_farm(min(study.workers, len(study.worlds())))
    )
    meter = _Meter(study, progress)
    try:
        farm.start(meter.add)
        while True:
            _round(study, farm, study.worlds(planned), meter)
            if planned >= study.most or enough(
                headline_contrasts(study, planned), study.layout.design.enough_share
            ):
                break
            planned = min(study.most, planned + max(2, planned // 2))
            write_json(folder / files.FILE, study.manifest(planned))
    finally:
        farm.close()
    worlds = [world.told() for world in study.worlds(planned)]
    files.write_results(folder, study.layout, worlds, study.scale)
    write_json(folder / files.FILE, study.manifest(planned, finished=True))
    return folder


def _finished(study: Study, folder: Path) -> bool:
    """Whether this very experiment is there, with at least as many replicates."""
    if not (folder / files.FILE).is_file():
        return False
    old = files.read_experiment(folder)
    here = study.manifest(study.replicates)
    same = all(old.get(name) == here[name] for name in files.SAME)
    return same and bool(old.get("finished")) and old["replicates"] >= study.replicates


def _round(study: Study, farm: Farm, worlds: list[World], meter: "_Meter") -> None:
    """Play those of these worlds that have not ended; equal worlds are played once."""
    todo: dict[str, World] = {}
    for world in worlds:
        if not files.is_done(study.out, world.spec.hash):
            todo.setdefault(world.spec.hash, world)
    meter.expect(len({w.spec.hash for w in worlds}), len(todo))
    for world in todo.values():
        farm.submit(world.spec)
    for outcome in farm.gather():
        files.keep(study.out, todo[outcome.world].told(), outcome)


def headline_contrasts(study: Study, replicates: int) -> list[Contrast]:
    """The contrasts that decide when to stop, on the last day."""
    asked = [headline.model_dump() for headline in study.layout.design.headlines]
    wanted = sorted({str(one["measure"]) for one in asked})
    rows: dict[str, dict[str, list[float]]] = {
        cell.name: {name: [] for name in wanted} for cell in study.layout.cells
    }
    date = ""
    for world in study.worlds(replicates) if asked else ():
        held = files.load(study.out, world.spec.hash)
        names, date = held["measures"].tolist(), str(held["dates"][-1])
        for name in wanted:
            rows[world.cell.name][name].append(float(held["values"][-1, names.index(name)]))
    cells = {cell: {name: np.array(values) for name, values in held.items()} for cell, held in rows.items()}
    return headlines(asked, cells, study.layout.factorial, date)


class _Meter:
    """Adds up weeks stepped in all worlds, for a bar."""

    def __init__(self, study: Study, progress: Progress | None) -> None:
        self._tell, self._weeks, self._persons = progress, study.weeks, int(study.persons)
        self._done = self._whole = 0

    def expect(self, worlds: int, to_do: int) -> None:
        """Say how many worlds there are and how many are still to be played."""
        self._whole, self._done = worlds * self._weeks, (worlds - to_do) * self._weeks
        self.add(0)

    def add(self, weeks: int) -> None:
        """Count weeks stepped."""
        self._done += weeks
        if self._tell is not None:
            self._tell(min(self._done, self._whole), self._whole, self._persons)
