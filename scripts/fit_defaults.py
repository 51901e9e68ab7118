"""Fit the unknown rates of the list and travel modules to figures dated up to 2018-06-30 (model.md 4.1, T1-T6).

    .venv/bin/python scripts/fit_defaults.py [--scale 1:2000] [--rounds 2] [--write]

The nation is one shard (recipe `nation`). Only the isolated modules run: ability, loans, suits, courts, list,
compliance, platform, wants. Each block of
parameters is fitted by Gauss-Newton on logarithms under common random numbers; worlds start from one stored state,
so that a difference between two evaluations is the effect of the parameter. Nothing dated later is read.
`--write` puts the values into `xinyong/rules/` (grade `fitted`) and the table into `docs/reference/fit.md`.
"""

import argparse
import datetime as dt
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from xinyong.engine import LocalEngine, Plan, Shard, tally_specs
from xinyong.lab.scenario import load_scenario
from xinyong.population import make_population
from xinyong.recipes import parse_scale
from xinyong.signals import Signals, advance

ROOT = Path(__file__).parent.parent
LAST = dt.date(2018, 6, 30)
PROCESSES = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", "objection",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A published count, or the increment of one between two dates, in real units, with its relative error."""

    tally: str
    since: dt.date | None
    until: dt.date
    value: float
    error: float
    source: str

    def __post_init__(self) -> None:
        if self.until > LAST:
            raise SystemExit(f"{self.tally}: {self.until} lies after {LAST}; nothing later may enter a fit")


@dataclass(frozen=True)
class Free:
    """A dated rule value that is fitted, with its bounds."""

    path: str
    date: str
    low: float
    high: float

    @property
    def name(self) -> str:
        return f"{self.path}@{self.date}"


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def c(tally: str, until: str, value: float, error: float, source: str) -> Target:
    return Target(tally, None, d(until), value, error, source)


AIR, RAIL, POST = (f"{a}_refused_attempts_cum" for a in ("air", "high_speed_rail", "executive_post"))
# Published counters; error = observation error widened for low quality, lower bounds and interval dates.
CASELOAD = [
    Target("enforcements_cum", d("2012-12-31"), d("2015-12-31"), 10_132_200, 0.3,
           "SPC white paper 2016, accepted 2013-15"),
    Target("enforcements_cum", d("2017-12-31"), d("2018-06-30"), 3_300_000, 0.3,
           "between 2.8 M closed and 4.1 M handled in 2018-H1 (Xinhua 2018-07-10)"),
]  # fmt: skip
INFLOW = [
    c("listings_cum", "2013-11-15", 31_259, 0.5, "first publication"),
    c("listings_cum", "2014-03-10", 87_079, 0.3, "Global Times 2019"),
    c("listings_cum", "2014-07-23", 203_000, 0.1, "Xinhua 2014-08-10"),
    c("listings_cum", "2014-12-31", 700_000, 0.15, "model.md T1, lower bound"),
    c("listings_cum", "2015-12-31", 3_000_000, 0.08, "low quality and memory: 3.0 and 3.08 M"),
    c(
        "listings_cum",
        "2017-01-15",
        6_730_000,
        0.02,
        "SPC, report of 2017-02-14; date within 2016-11-06..2017-02-14",
    ),
    c("listings_cum", "2017-11-08", 8_870_000, 0.04, "China Daily 2017-11-08"),
    c("listings_cum", "2017-12-31", 9_590_000, 0.04, "Xinhua 2018-01"),
    c("listings_cum", "2018-04-30", 10_542_000, 0.04, "NDRC 2018-05-16"),
    c("listings_cum", "2018-06-30", 11_230_000, 0.04, "footnote 71"),
]
EXITS = [
    c("performed_cum", "2016-11-05", 430_000, 0.15, "'more than 400,000': a little above the bound"),
    c("performed_cum", "2016-12-31", 580_000, 0.3, "model.md T4, 0.58 or nearly 1.0 M"),
    c("performed_cum", "2017-03-15", 700_000, 0.2, "low quality"),
    c("performed_cum", "2018-06-30", 2_800_000, 0.02, "footnote 71"),
    Target("deleted_cum", d("2018-04-30"), d("2018-05-31"), 111_000, 0.15,
           "126,790 exits from all lists in May 2018, court share 87.8 %"),
]  # fmt: skip
TRAVEL = {
    AIR: [
        c(AIR, "2014-08-03", 108_000, 0.2, "Xinhua 2014-08-10"),
        c(AIR, "2016-08-31", 4_700_000, 0.03, "Xinhua 2016-09-28"),
        c(AIR, "2016-11-15", 4_900_000, 0.05, "NDRC Nov 2016"),
        c(AIR, "2016-12-31", 5_730_000, 0.04, "TravelSky"),
        c(AIR, "2017-01-22", 6_150_000, 0.03, "SPC, report of 2017-02-14"),
        c(AIR, "2017-12-05", 8_700_000, 0.03, "Business Insider Dec 2017"),
        c(AIR, "2017-12-31", 9_360_000, 0.02, "Xinhua 2018-01"),
        c(AIR, "2018-04-30", 11_141_000, 0.02, "NDRC 2018-05-16"),
        c(AIR, "2018-06-30", 12_220_000, 0.02, "footnote 71"),
    ],
    RAIL: [
        c(RAIL, "2016-08-31", 1_550_000, 0.03, "Xinhua 2016-09-28"),
        c(RAIL, "2016-11-15", 1_600_000, 0.05, "NDRC Nov 2016"),
        c(RAIL, "2016-12-31", 2_220_000, 0.05, "SPC, report of 2017-02-14; date within an interval"),
        c(RAIL, "2017-11-08", 3_400_000, 0.02, "China Daily 2017-11-08"),
        c(RAIL, "2017-12-31", 3_670_000, 0.02, "Xinhua 2018-01"),
        c(RAIL, "2018-04-30", 4_250_000, 0.02, "NDRC 2018-05-16"),
        c(RAIL, "2018-06-30", 4_580_000, 0.02, "footnote 71"),
    ],
    POST: [
        c(POST, "2016-08-31", 66_954, 0.03, "Xinhua 2016-09-28"),
        c(POST, "2016-12-31", 71_000, 0.05, "SPC, report of 2017-02-14; date within an interval"),
        c(POST, "2017-11-08", 170_000, 0.03, "China Daily 2017-11-08"),
        c(POST, "2018-06-30", 280_000, 0.02, "footnote 71"),
    ],
}
SUED, PRACTICE = "suing.sued_share", "courts.listing_practice_share"
SHARES = {a: f"wants.activities.{a}.checked_share" for a in ("air", "high_speed_rail", "executive_post")}
CASELOAD_FREE = [Free(SUED, day, 0.01, 1) for day in ("2013-10-01", "2016-01-01", "2018-06-30")]
INFLOW_FREE = [
    Free(PRACTICE, day, 0.0005, 1)
    for day in ("2013-10-01", "2014-03-01", "2014-12-31", "2015-12-31", "2017-01-01", "2018-06-30")
]
EXITS_FREE = [
    Free("complying.base_per_year", "1990-01-01", 0.001, 0.5),
    Free("complying.restriction_weight", "1990-01-01", 0.05, 90),
    Free("court_list.other_exits_per_year", "2013-10-01", 0.001, 0.3),
]
TRAVEL_FREE = {
    AIR: [
        Free(SHARES["air"], x, 0.01, 1)
        for x in ("2014-07-01", "2016-08-31", "2016-12-31", "2017-12-31", "2018-06-30")
    ],
    RAIL: [
        Free(SHARES["high_speed_rail"], x, 0.01, 1)
        for x in ("2015-07-22", "2016-08-31", "2017-02-14", "2018-06-30")
    ],
    POST: [
        Free(SHARES["executive_post"], x, 0.001, 1)
        for x in ("2014-01-16", "2016-08-31", "2017-02-14", "2017-11-08", "2018-06-30")
    ],
}  # fmt: skip


class Worlds:
    """Plays the isolated modules from stored states for given rule values."""

    def __init__(self, scale: str, seed: int, threads: int, recipe: str = "nation") -> None:
        base = load_scenario("china-2012-2019").changed(until=LAST)
        self.scenario = base.model_copy(update={"processes": PROCESSES, "recipe": recipe})
        recipe = self.scenario.people()
        self.factor = parse_scale(scale, recipe)
        self.seed, self.threads = seed, threads
        self.people = make_population(recipe, seed, self.factor)
        self.stored: dict[int, tuple[list[dict[str, np.ndarray]], list[np.ndarray]]] = {}

    def plan(self, values: dict[str, float]) -> Plan:
        sets: dict[str, dict[str, float]] = {}
        for name, value in values.items():
            path, _, date = name.partition("@")
            sets.setdefault(path, {})[date] = value
            if path == SUED and date == "2013-10-01":
                sets[path]["2000-01-01"] = value
        return self.scenario.changed(sets).plan(self.seed)

    def play(
        self, values: dict[str, float], since: dt.date | None, keep: bool = False
    ) -> dict[str, np.ndarray]:
        """Weekly national counts, real units; starting from the state stored at `since`, if any."""
        plan = self.plan(values)
        start = 0 if since is None else plan.calendar.week_of((since - dt.date(2000, 1, 1)).days)
        engine = LocalEngine(self.threads)
        engine.start(plan, self.people)
        before: list[np.ndarray] = []
        if since is not None:
            parts, before = self.stored[start]
            for shard, part in zip(engine.shards, parts, strict=True):
                shard.restore(part)
        pieces: list[np.ndarray] = list(before)
        stops = sorted({*(w for w in self._keeps(plan) if keep and w > start), plan.calendar.weeks})
        for stop in stops:
            pieces.append(np.sum(advance(engine, plan, start, stop, Signals()), axis=0))
            start = stop
            if keep and stop < plan.calendar.weeks:
                self.stored[stop] = ([_copy(s) for s in engine.shards], list(pieces))
        engine.close()
        whole = np.concatenate(pieces) * self.factor
        names = list(tally_specs(plan))
        zero = whole[plan.calendar.burn_in - 1]
        return {n: whole[:, k] - zero[k] for k, n in enumerate(names)}

    def _keeps(self, plan: Plan) -> list[int]:
        return [
            plan.calendar.week_of((day - dt.date(2000, 1, 1)).days)
            for day in (d("2013-09-30"), d("2014-06-30"))
        ]

    def count(self, series: dict[str, np.ndarray], target: Target) -> float:
        calendar = self.scenario.calendar()

        def at(day: dt.date) -> float:
            x = ((day - dt.date(2000, 1, 1)).days - calendar.first_day - 6) / 7
            return float(np.interp(x, np.arange(len(series[target.tally])), series[target.tally]))

        return at(target.until) - (at(target.since) if target.since else 0.0)


def _copy(shard: Shard) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in shard.parts().items()}


def misfit(worlds: Worlds, series: dict[str, np.ndarray], targets: list[Target]) -> np.ndarray:
    """Relative misses in units of their error."""
    return np.array([(worlds.count(series, t) / t.value - 1) / t.error for t in targets])


Block = tuple[list[Free], list[Target]]


def fit(
    worlds: Worlds, values: dict[str, float], blocks: list[Block], since: dt.date | None, rounds: int
) -> dict[str, float]:
    """Fit blocks that do not touch each other's targets together: one changed world serves all of them."""
    series = worlds.play(values, since)
    for turn in range(rounds):
        slopes = [np.zeros((len(t), len(f))) for f, t in blocks]
        for k in range(max(len(f) for f, _ in blocks)):
            moved = dict(values)
            signs = {}
            for free, _ in blocks:
                if k < len(free):
                    p = free[k]
                    up = values[p.name] * 1.15 <= p.high
                    moved[p.name] = values[p.name] * (1.15 if up else 1 / 1.15)
                    signs[p.name] = np.log(moved[p.name] / values[p.name])
            changed = worlds.play(moved, since)
            for slope, (free, targets) in zip(slopes, blocks, strict=True):
                if k < len(free):
                    change = misfit(worlds, changed, targets) - misfit(worlds, series, targets)
                    slope[:, k] = change / signs[free[k].name]
        for slope, (free, targets) in zip(slopes, blocks, strict=True):
            step = _step(slope, misfit(worlds, series, targets))
            for p, move in zip(free, step, strict=True):
                values[p.name] = float(np.clip(values[p.name] * np.exp(move), p.low, p.high))
        series = worlds.play(values, since)
        worst = [float(np.sqrt(np.mean(misfit(worlds, series, t) ** 2))) for _, t in blocks]
        print(
            "  "
            + ", ".join(f"{p.name.rpartition('.')[2]} {values[p.name]:.3g}" for f, _ in blocks for p in f)
        )
        print(
            f"  round {turn + 1}: root mean square miss {', '.join(f'{w:.2f}' for w in worst)} errors",
            flush=True,
        )
    return values


def _step(slope: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """Damped Gauss-Newton step in logarithms, with a weak pull towards no change; at most a factor of 3."""
    pull = 0.3 * np.eye(slope.shape[1])
    step = np.linalg.lstsq(
        np.vstack([slope, pull]), np.concatenate([-miss, np.zeros(len(pull))]), rcond=None
    )[0]
    return np.clip(step, -1.1, 1.1)


def polish(values: dict[str, float], seeds: int, scale: str, threads: int) -> dict[str, float]:
    """Correct the level of each series at the last date by the mean of several worlds of the full scenario.

    Refusals are proportional to the share of channels checked, and performances nearly so to the base rate.
    """
    levels = {
        AIR: TRAVEL_FREE[AIR],
        RAIL: TRAVEL_FREE[RAIL],
        POST: TRAVEL_FREE[POST],
        "performed_cum": EXITS_FREE[:1],
    }
    last = {t.tally: t for t in (TRAVEL[AIR][-1], TRAVEL[RAIL][-1], TRAVEL[POST][-1], EXITS[3])}
    found = dict.fromkeys(levels, 0.0)
    for k in range(seeds):
        worlds = Worlds(scale, 1001 + k, threads, "china")
        series = worlds.play(values, None)
        for name, target in last.items():
            found[name] += worlds.count(series, target) / seeds
    for name, free in levels.items():
        ratio = last[name].value / found[name]
        print(
            f"  {name}: {found[name]:,.0f} for {last[name].value:,.0f}: levels times {ratio:.3f}", flush=True
        )
        for p in free:
            values[p.name] = float(np.clip(values[p.name] * ratio, p.low, p.high))
    return values


def write(values: dict[str, float], table: list[str]) -> None:
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


def report(worlds: Worlds, values: dict[str, float], targets: list[Target], command: str) -> list[str]:
    """Lines of docs/reference/fit.md: each target beside what the fitted values give."""
    series = worlds.play(values, None)
    lines = [
        "# How the unknown rates were fitted", "",
        f"Made by `{command}`. Nothing dated after {LAST} is read. Values carry the mark `fitted` in `xinyong/rules/`.",
        "", "| counter | until | published | simulated | miss | error allowed | source |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for t in targets:
        found = worlds.count(series, t)
        since = f"{t.since} to " if t.since else ""
        counts = f"{t.value:,.0f} | {found:,.0f} | {found / t.value - 1:+.1%} | {t.error:.0%}"
        lines.append(f"| {t.tally} | {since}{t.until} | {counts} | {t.source} |")
    lines += ["", "| value | fitted |", "|---|---|", *(f"| `{n}` | {v:.4g} |" for n, v in values.items())]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", default="1:2000")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--polish", type=int, default=4, help="worlds for the last correction of levels")
    parser.add_argument(
        "--blocks", default="inflow,exits,travel", help="which of inflow, exits, travel to fit"
    )
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    began = time.time()
    worlds = Worlds(asked.scale, asked.seed, asked.threads)
    start = (ROOT / "scripts" / "fit_start.yaml").read_text(encoding="utf-8")
    values: dict[str, float] = yaml.safe_load(start)
    blocks = asked.blocks.split(",")
    for turn in range(asked.rounds):
        print(f"turn {turn + 1}", flush=True)
        if "inflow" in blocks:
            values = fit(worlds, values, [(CASELOAD_FREE + INFLOW_FREE, CASELOAD + INFLOW)], None, 1)
        worlds.play(values, None, keep=True)
        if "exits" in blocks:
            values = fit(worlds, values, [(EXITS_FREE, EXITS)], d("2013-09-30"), 2)
            worlds.play(values, None, keep=True)
        if "travel" in blocks:
            # posts are too few at this scale to fit their shape; their level is left to the polish
            values = fit(
                worlds, values, [(TRAVEL_FREE[a], TRAVEL[a]) for a in (AIR, RAIL)], d("2014-06-30"), 1
            )
    if asked.polish:
        values = polish(values, asked.polish, "1:1000", asked.threads)
    targets = [*CASELOAD, *INFLOW, *EXITS, *(t for ts in TRAVEL.values() for t in ts)]
    options = f"--scale {asked.scale} --seed {asked.seed} --rounds {asked.rounds} --polish {asked.polish}"
    table = report(worlds, values, targets, f"python scripts/fit_defaults.py {options} --write")
    print("\n".join(table))
    print(f"{time.time() - began:.0f} s")
    if asked.write:
        write(values, table)


if __name__ == "__main__":
    main()
