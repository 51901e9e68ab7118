"""Fit the unknown rates of the list and travel modules to figures dated up to 2018-06-30 (model.md 4.1, T1-T6).

    .venv/bin/python scripts/fit_defaults.py [--scale 1:1000] [--seeds 2] [--write]

What is fitted, to what, and from which prior stands in `scripts/fit.yaml`. The nation is one shard (recipe `nation`)
and only the isolated modules run. Each block of rates is fitted by damped Gauss-Newton on logarithms (Levenberg and
Marquardt) to the mean of several worlds under common random numbers; priors keep what the figures do not tell. Later
blocks start from the stored states of earlier ones. At the end the level of each travel and exit series is corrected by
the mean of further worlds of the full scenario. `--write` puts the values into `xinyong/rules/` (grade `fitted`) and
the table into `docs/reference/fit.md`.
"""

import argparse
import datetime as dt
import multiprocessing
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from xinyong.engine import LocalEngine, Plan, tally_specs
from xinyong.lab.scenario import load_scenario
from xinyong.population import make_population
from xinyong.recipes import parse_scale
from xinyong.signals import Signals, advance
from xinyong.workers import usable_cores

ROOT = Path(__file__).parent.parent
LAST = dt.date(2018, 6, 30)
PROCESSES = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", "objection",
)  # fmt: skip
SUED = "suing.sued_share"
LEVELS = {"air": -1, "rail": -1, "posts": -1, "exits": 0}
Values = dict[str, float]
Series = dict[str, np.ndarray]


@dataclass(frozen=True)
class Target:
    """A published count, or the increment of one since a date, in real units, with its relative error."""

    tally: str
    until: dt.date
    value: float
    error: float
    source: str
    since: dt.date | None = None

    def __post_init__(self) -> None:
        if self.until > LAST:
            raise SystemExit(f"{self.tally}: {self.until} lies after {LAST}; nothing later may enter a fit")


@dataclass(frozen=True)
class Free:
    """A dated rule value that is fitted: prior median, one-sigma factor, bounds; `after` is the date before it."""

    path: str
    date: str
    prior: float
    factor: float
    low: float
    high: float
    smooth: float | None
    after: str | None

    @property
    def name(self) -> str:
        return f"{self.path}@{self.date}"


@dataclass(frozen=True)
class Block:
    """Rates and the figures that tell of them."""

    name: str
    since: dt.date | None
    free: list[Free]
    targets: list[Target]


def read_blocks() -> tuple[dict[str, Block], list[dict[str, Any]]]:
    """Blocks and the order in which they are fitted, from fit.yaml."""
    content = yaml.safe_load((ROOT / "scripts" / "fit.yaml").read_text(encoding="utf-8"))
    blocks = {}
    for name, b in content["blocks"].items():
        free = []
        for f in b["free"]:
            days = [str(day) for day in f["prior"]]
            for day, before, prior in zip(days, [None, *days], f["prior"].values(), strict=False):
                free.append(
                    Free(f["path"], day, prior, f["factor"], f["low"], f["high"], f.get("smooth"), before)
                )
        blocks[name] = Block(name, b.get("since"), free, [Target(**t) for t in b["targets"]])
    return blocks, content["order"]


@dataclass
class Worlds:
    """Worlds of several seeds: plays the isolated modules for given rule values, from stored states if asked."""

    scale: str
    seeds: list[int]
    recipe: str = "nation"
    stored: dict[tuple[int, int], tuple[Any, list[np.ndarray]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        base = load_scenario("china-2012-2019").changed(until=LAST)
        self.scenario = base.model_copy(update={"processes": PROCESSES, "recipe": self.recipe})
        self.factor = parse_scale(self.scale, self.scenario.people())
        recipe = self.scenario.people()
        self.people = {seed: make_population(recipe, seed, self.factor) for seed in self.seeds}

    def plan(self, values: Values, seed: int) -> Plan:
        sets: dict[str, dict[str, float]] = {}
        for name, value in values.items():
            path, _, date = name.partition("@")
            sets.setdefault(path, {})[date] = value
            if path == SUED and date == "2013-10-01":
                sets[path]["2000-01-01"] = value
        return self.scenario.changed(sets).plan(seed)

    def world(self, values: Values, seed: int, since: dt.date | None, keep: tuple[int, ...] = ()) -> Any:
        """Weekly national counts of one world in real units; states at the weeks `keep` beside them."""
        plan = self.plan(values, seed)
        start = 0 if since is None else self.week(since)
        engine = LocalEngine(1)
        engine.start(
            plan, self.people.get(seed) or make_population(self.scenario.people(), seed, self.factor)
        )
        pieces: list[np.ndarray] = []
        if since is not None:
            parts, before = self.stored[seed, start]
            pieces = list(before)
            for shard, part in zip(engine.shards, parts, strict=True):
                shard.restore(part)
        kept = {}
        for stop in sorted({*(w for w in keep if w > start), plan.calendar.weeks}):
            pieces.append(np.sum(advance(engine, plan, start, stop, Signals()), axis=0))
            start = stop
            if stop in keep:
                parts = [{n: a.copy() for n, a in s.parts().items()} for s in engine.shards]
                kept[seed, stop] = (parts, list(pieces))
        engine.close()
        whole = np.concatenate(pieces) * self.factor
        zero = whole[plan.calendar.burn_in - 1]
        return {n: whole[:, k] - zero[k] for k, n in enumerate(tally_specs(plan))}, kept

    def play(self, many: list[Values], since: dt.date | None) -> list[Series]:
        """Mean series over the seeds for each set of values; worlds are shared out over the cores."""
        global _WORLDS
        _WORLDS = self
        tasks = [(values, seed, since) for values in many for seed in self.seeds]
        with multiprocessing.get_context("fork").Pool(usable_cores()) as pool:
            found = pool.starmap(_play, tasks, chunksize=1)
        n = len(self.seeds)
        groups = [found[k * n : (k + 1) * n] for k in range(len(many))]
        return [{name: np.mean([one[name] for one in g], axis=0) for name in g[0]} for g in groups]

    def keep(self, values: Values, days: list[dt.date]) -> None:
        """Store the states of all seeds at these days, to start later fits from."""
        for seed in self.seeds:
            _, kept = self.world(values, seed, None, tuple(self.week(day) for day in days))
            self.stored |= kept

    def week(self, day: dt.date) -> int:
        return self.scenario.calendar().week_of((day - dt.date(2000, 1, 1)).days)

    def count(self, series: Series, target: Target) -> float:
        calendar = self.scenario.calendar()

        def at(day: dt.date) -> float:
            x = ((day - dt.date(2000, 1, 1)).days - calendar.first_day - 6) / 7
            return float(np.interp(x, np.arange(len(series[target.tally])), series[target.tally]))

        return at(target.until) - (at(target.since) if target.since else 0.0)


_WORLDS: Worlds


def _play(values: Values, seed: int, since: dt.date | None) -> Series:
    return _WORLDS.world(values, seed, since)[0]  # type: ignore[no-any-return]


def residuals(worlds: Worlds, block: Block, values: Values, series: Series) -> np.ndarray:
    """Misses in units of their error, then departures from the prior and from smoothness in units of theirs."""
    misses = [(worlds.count(series, t) / t.value - 1) / t.error for t in block.targets]
    prior = [np.log(values[f.name] / f.prior) / np.log(f.factor) for f in block.free]
    medians = {f.name: f.prior for f in block.free}
    jumps = []
    for f in block.free:
        if f.after and f.smooth:
            before = f"{f.path}@{f.after}"
            jump = np.log(values[f.name] / values[before]) - np.log(f.prior / medians[before])
            jumps.append(jump / np.log(f.smooth))
    return np.array([*misses, *prior, *jumps])


def fit(worlds: Worlds, values: Values, blocks: list[Block], rounds: int) -> Values:
    """Fit blocks that do not touch each other's targets together: one changed world serves all of them."""
    since, damping = blocks[0].since, {b.name: 0.1 for b in blocks}
    series = worlds.play([values], since)[0]
    for turn in range(rounds):
        moved = [_moved(values, blocks, k) for k in range(max(len(b.free) for b in blocks))]
        changed = worlds.play(moved, since)
        proposed, costs = dict(values), {}
        for b in blocks:
            now = residuals(worlds, b, values, series)
            costs[b.name] = float(now @ now)
            slopes = [
                (residuals(worlds, b, m, s) - now) / np.log(m[f.name] / values[f.name])
                for f, m, s in zip(b.free, moved, changed, strict=False)
            ]
            proposed |= _step(b, values, np.array(slopes).T, now, damping[b.name])
        tried = worlds.play([proposed], since)[0]
        for b in blocks:
            after = residuals(worlds, b, proposed, tried)
            better = float(after @ after) < costs[b.name]
            damping[b.name] *= 0.3 if better else 6
            if not better:
                proposed |= {f.name: values[f.name] for f in b.free}
            print(f"  {b.name} round {turn + 1}: cost {costs[b.name]:.1f} -> {after @ after:.1f}", flush=True)
        kept = all(proposed[f.name] != values[f.name] for b in blocks for f in b.free[:1])
        values = proposed
        series = tried if kept else worlds.play([values], since)[0]
    for b in blocks:
        print(
            "  " + ", ".join(f"{f.name.rpartition('.')[2]} {values[f.name]:.3g}" for f in b.free), flush=True
        )
    return values


def _moved(values: Values, blocks: list[Block], k: int) -> Values:
    """The k-th value of every block moved by a seventh, downwards where it stands at its upper bound."""
    moved = dict(values)
    for b in blocks:
        if k < len(b.free):
            f = b.free[k]
            moved[f.name] *= 1.15 if values[f.name] * 1.15 <= f.high else 1 / 1.15
    return moved


def _step(block: Block, values: Values, slopes: np.ndarray, now: np.ndarray, damping: float) -> Values:
    """One damped step in logarithms, at most a factor of three; values that stand at a bound and push on stay there."""
    free = list(range(len(block.free)))
    at = np.array([values[f.name] for f in block.free])
    low, high = (np.array([getattr(f, bound) for f in block.free]) for bound in ("low", "high"))
    step = np.zeros(len(at))
    while free:
        part = slopes[:, free]
        normal = part.T @ part
        normal += damping * np.diag(np.diag(normal) + 1e-6)
        step[:] = 0
        step[free] = np.clip(np.linalg.solve(normal, -part.T @ now), -1.1, 1.1)
        stuck = [k for k in free if (at[k] >= high[k] and step[k] > 0) or (at[k] <= low[k] and step[k] < 0)]
        if not stuck:
            break
        free = [k for k in free if k not in stuck]
        step[stuck] = 0
    moved = np.clip(at * np.exp(step), low, high)
    return {f.name: float(value) for f, value in zip(block.free, moved, strict=True)}


def polish(values: Values, blocks: dict[str, Block], seeds: int, scale: str) -> Values:
    """Correct the level of each series by further worlds of the full partition.

    Refusals are proportional to the share of channels checked, and performances nearly so to the base rate. The factor
    is the one that makes the weighted mean miss of the series nought.
    """
    worlds = Worlds(scale, [1001 + k for k in range(seeds)], "china")
    series = worlds.play([values], None)[0]
    for name, last in LEVELS.items():
        block = blocks[name]
        chosen = [t for t in block.targets if t.since is None and t.error < 0.5]
        weights = np.array([1 / t.error**2 for t in chosen])
        ratios = np.array([np.log(worlds.count(series, t) / t.value) for t in chosen])
        ratio = float(np.exp(-(weights @ ratios) / weights.sum()))
        print(f"  {name}: level times {ratio:.3f}", flush=True)
        for f in block.free if last else block.free[:1]:
            values[f.name] = float(np.clip(values[f.name] * ratio, f.low, f.high))
    return values


def write(values: Values, table: list[str]) -> None:
    """Put fitted values into the rule files, and the table into the docs."""
    extra = {f"{SUED}@2000-01-01": values[f"{SUED}@2013-10-01"]}
    for name, value in {**values, **extra}.items():
        path, _, date = name.partition("@")
        section, *keys = path.split(".")
        file = ROOT / "xinyong" / "rules" / f"{section}.yaml"
        text = file.read_text(encoding="utf-8")
        at = 0
        for depth, key in enumerate(keys):
            at = re.compile(rf"^{'  ' * depth}{key}:", re.M).search(text, at).end()  # type: ignore[union-attr]
        line = re.compile(rf"^( *{date}: ).*$", re.M).search(text, at)
        assert line is not None, name
        mark = f"{{value: {value:.4g}, grade: fitted, by: scripts/fit_defaults.py}}"
        text = text[: line.start()] + line.group(1) + mark + text[line.end() :]
        file.write_text(text, encoding="utf-8")
    (ROOT / "docs" / "reference" / "fit.md").write_text("\n".join(table) + "\n", encoding="utf-8")


def report(worlds: Worlds, values: Values, blocks: dict[str, Block], command: str) -> list[str]:
    """Lines of docs/reference/fit.md: each target beside what the fitted values give, each value beside its prior."""
    series = worlds.play([values], None)[0]
    lines = [
        "# How the unknown rates were fitted", "",
        f"Made by `{command}` from `scripts/fit.yaml`. Nothing dated after {LAST} is read. Values carry the mark",
        f"`fitted` in `xinyong/rules/`. Simulated: mean of {len(worlds.seeds)} worlds at {worlds.scale}.",
        "", "| counter | until | published | simulated | miss | error allowed | source |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for t in (t for b in blocks.values() for t in b.targets):
        found = worlds.count(series, t)
        since = f"{t.since} to " if t.since else ""
        counts = f"{t.value:,.0f} | {found:,.0f} | {found / t.value - 1:+.1%} | {t.error:.0%}"
        lines.append(f"| {t.tally} | {since}{t.until} | {counts} | {t.source} |")
    lines += ["", "| value | prior median | one-sigma factor | fitted |", "|---|---|---|---|"]
    free = [f for b in blocks.values() for f in b.free]
    return lines + [f"| `{f.name}` | {f.prior:g} | {f.factor:g} | {values[f.name]:.4g} |" for f in free]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", default="1:1000")
    parser.add_argument("--seeds", type=int, default=2, help="worlds over which each evaluation is averaged")
    parser.add_argument("--turns", type=int, default=1, help="how often all blocks are gone through")
    parser.add_argument("--polish", type=int, default=6, help="worlds for the last correction of levels")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    began = time.time()
    blocks, order = read_blocks()
    worlds = Worlds(asked.scale, [101 + k for k in range(asked.seeds)])
    values = {f.name: f.prior for b in blocks.values() for f in b.free}
    days = sorted({b.since for b in blocks.values() if b.since})
    for turn in range(asked.turns):
        print(f"turn {turn + 1}, {time.time() - began:.0f} s", flush=True)
        for line in order:
            chosen = [blocks[n] for n in line["blocks"]]
            if chosen[0].since:
                worlds.keep(values, days)
            values = fit(worlds, values, chosen, line["rounds"])
    if asked.polish:
        values = polish(values, blocks, asked.polish, asked.scale)
    options = f"--scale {asked.scale} --seeds {asked.seeds} --turns {asked.turns}"
    command = f"python scripts/fit_defaults.py {options} --polish {asked.polish} --write"
    table = report(Worlds(asked.scale, [2001 + k for k in range(4)], "china"), values, blocks, command)
    print("\n".join(table))
    print(f"{time.time() - began:.0f} s")
    if asked.write:
        write(values, table)


if __name__ == "__main__":
    main()
