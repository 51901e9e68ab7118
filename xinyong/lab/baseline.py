"""Frozen results of small runs: the code may change what it counts only by a command that somebody reviews."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from xinyong.engine import LocalEngine, Plan, state_hash, tally_specs
from xinyong.errors import RunError
from xinyong.lab.scenario import load_scenario
from xinyong.lab.tables import write_json
from xinyong.population import make_population
from xinyong.recipes import parse_scale
from xinyong.signals import Signals, advance

FOLDER = Path(__file__).parents[2] / "tests" / "baselines"
SCENARIO, PERSONS, UNTIL, SEEDS = "toy", "3000", dt.date(2016, 12, 25), (1, 2)
Frozen = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One count that is no longer what was frozen; nothing stands for a measure that is new or gone."""

    seed: int
    measure: str
    date: str
    frozen: int | None
    now: int | None


@dataclass(frozen=True)
class Check:
    """What a check of the baselines found."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every count is as frozen; hashes may depend on the machine and do not decide."""
        return not self.differences


def check(update: bool = False, folder: Path | None = None) -> Check:
    """Play the small runs and compare them with the frozen ones; with `update` freeze them anew."""
    folder = folder or FOLDER
    if not folder.parent.is_dir():
        raise RunError(f"{folder.parent} is not there: baselines live in a checkout of xinyong, below tests/")
    differences: list[Difference] = []
    notes: list[str] = []
    frozen = {seed: folder / f"{SCENARIO}-{PERSONS}-seed{seed}.json" for seed in SEEDS}
    before = {seed: _read(path, update) for seed, path in frozen.items()}
    for seed, path in frozen.items():
        now, old = measure(seed), before[seed]
        differences += compared(old, now)
        notes += _notes(path, old, now)
        if update:
            folder.mkdir(exist_ok=True)
            write_json(path, now)
            notes.append(f"frozen: {path}")
    return Check(tuple(differences), tuple(notes))


def measure(seed: int) -> Frozen:
    """Play one small run: every tally of the whole world at the end of each year, and the hashes."""
    scenario = load_scenario(SCENARIO).changed(None, UNTIL)
    plan, recipe = scenario.plan(seed), scenario.people()
    engine = LocalEngine(1)
    engine.start(plan, make_population(recipe, seed, parse_scale(PERSONS, recipe)))
    tallies = advance(engine, plan, 0, plan.calendar.weeks, Signals())
    found = {
        "scenario": SCENARIO, "persons": sum(s.persons for s in engine.shards), "seed": seed, "until": str(UNTIL),
        "state_hash": state_hash(engine.shards), "rulebook_hash": plan.book.hash,
        "measures": _by_year(plan, np.sum(tallies, axis=0)),
    }  # fmt: skip
    engine.close()
    return found


def _by_year(plan: Plan, total: Any) -> dict[str, dict[str, int]]:
    """Give each tally on the last Sunday of each year; counts start where the run's tables start."""
    calendar = plan.calendar
    last = {calendar.sunday(w).year: w for w in range(calendar.burn_in, calendar.weeks)}
    base = total[calendar.burn_in - 1]
    return {
        name: {
            str(calendar.sunday(week)): int(total[week, k] - (0 if spec.stock else base[k]))
            for week in last.values()
        }
        for k, (name, spec) in enumerate(tally_specs(plan).items())
    }


def compared(old: Frozen, now: Frozen) -> list[Difference]:
    """List every count that differs."""
    rows = []
    before, after = old.get("measures", {}), now["measures"]
    for name in sorted({*before, *after}):
        was, got = before.get(name, {}), after.get(name, {})
        for date in sorted({*was, *got}):
            if was.get(date) != got.get(date):
                rows.append(Difference(now["seed"], name, date, was.get(date), got.get(date)))
    return rows


def _notes(path: Path, old: Frozen, now: Frozen) -> list[str]:
    words = {"state_hash": "state", "rulebook_hash": "rule book"}
    return [
        f"{path.name}: the hash of the {word} is another ({old[name][:8]} frozen, {now[name][:8]} now)"
        for name, word in words.items()
        if old.get(name) and old[name] != now[name]
    ]


def _read(path: Path, update: bool) -> Frozen:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if update:
            return {}
        raise RunError(f"there is no baseline {path}; freeze one with `xinyong baseline --update`") from None
    except (OSError, ValueError) as error:
        raise RunError(
            f"{path} is damaged ({error}); freeze it anew with `xinyong baseline --update`"
        ) from error
    return found if isinstance(found, dict) else {}
