"""Fit the two cuts of the answers to 80/19/1 (survey of February to April 2018), for the rules and both presets.

A world of the scenario is played up to the end of March 2018. Given everybody's support, the share that says it
approves falls with the upper cut and the share that opposes with the lower one, so each is found by halving. What
contacts say feeds back, so it is played again with the new cuts. No figure dated after 2018-06-30 is used; the
information experiments and the list experiments are not. With `--write` the two readings are asked once more with their
final cuts, and what the survey finds goes into `xinyong/targets/opinion_readings.json`.

    python scripts/fit_opinion.py [--scale 1:20000] [--rounds 3] [--write] [default] [opinion-benefit] ...
"""

import argparse
import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from xinyong import draws
from xinyong.behaviours import opining
from xinyong.columns import Array
from xinyong.engine import LocalEngine, Plan, Shard
from xinyong.kernels import census, poll
from xinyong.kernels import opinion as kernel
from xinyong.kernels.scores import ONLINE
from xinyong.lab import polls
from xinyong.lab.scenario import load_scenario
from xinyong.lab.survey import ARMS, FLOOR, READINGS, READINGS_FILE, published, readings, survey_of
from xinyong.population import make_population
from xinyong.recipes import parse_scale
from xinyong.rulebook import PACKAGE
from xinyong.signals import Signals, advance

SAY_APPROVE, SAY_OPPOSE = 0.80, 0.01
END = dt.date(2018, 4, 1)
CUTS = ("neutral_cut", "approve_cut")
Cuts = dict[str, float]


def played(name: str, cuts: Cuts, scale: str, seed: int) -> tuple[Plan, list[Shard]]:
    """The shards of a scenario with these cuts, as they stand at the end of March 2018."""
    sets = {f"opining.{key}": value for key, value in cuts.items()}
    scenario = load_scenario(name).changed(sets, until=END)
    if "opining" not in scenario.processes:
        scenario = scenario.model_copy(update={"processes": (*scenario.processes, "opining")})
    plan, recipe = scenario.plan(seed), scenario.people()
    engine = LocalEngine(2)
    engine.start(plan, make_population(recipe, seed, parse_scale(scale, recipe)))
    advance(engine, plan, 0, plan.calendar.weeks, Signals(), bring=True)
    engine.close()
    return plan, engine.shards


def online_adults(plan: Plan, shards: list[Shard]) -> Array:
    """Support, answer draw and whether each would falsify, of everybody online with an opinion: (n, 3)."""
    frame = plan.frame(plan.calendar.weeks - 1)
    by_person = opining.tables_of(frame.rules, frame.years).persons
    commercial = frame.rules.commercial_score
    online = np.array([commercial.online_rural_share, commercial.online_urban_share])
    found = []
    for shard in shards:
        c = shard.store.columns
        rows = np.flatnonzero(c["voiced"] & kernel.HELD)
        who = np.uint64(shard.code << 32) | c["number"][rows].astype(np.uint64)
        users = draws.uniforms(frame.keys["commercial_score:fixed"], who, ONLINE)
        here = (users < online[census.urban_of(c["census"][rows])]) | (c["firm_score"][rows] > 0)
        fixed = frame.keys["opining:fixed"]
        for row, person in zip(rows[here].tolist(), who[here], strict=True):
            u, pretends, _ = kernel.lasting_draws(np.uint64(kernel.bits(fixed, person, kernel.LASTING)))
            facts = (int(c["age"][row]), int(c["census"][row]), int(c["income"][row]))
            hides = kernel.falsifies(pretends, *facts, by_person)
            found.append((c["support"][row] / kernel.STEPS, u, hides))
    return np.array(found)


def solve(people: Array) -> Cuts:
    """The cuts at which 80 in 100 say they approve and 1 that they oppose."""
    support, u, hides = people.T
    edge = support - np.log(u / (1 - u))  # approves where the cut lies below
    approve = halved(lambda cut: float(((edge > cut) | (hides > 0)).mean()) - SAY_APPROVE)
    neutral = halved(lambda cut: SAY_OPPOSE - float(((edge <= cut) & (hides == 0)).mean()))
    return {"neutral_cut": round(min(neutral, approve - 0.01), 3), "approve_cut": round(approve, 3)}


def halved(falls: Callable[[float], float]) -> float:
    """Where a falling function crosses zero."""
    low, high = -12.0, 9.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) > 0 else (low, middle)
    return (low + high) / 2


def written(path: Path, cuts: Cuts, rules: bool) -> None:
    """Put the cuts into a rule file or a scenario."""
    text = path.read_text(encoding="utf-8")
    for key, value in cuts.items():
        pattern = rf"({key}:\n(?:.*\n)*?.*value: )-?[\d.]+" if rules else rf"(opining\.{key}: )-?[\d.]+"
        text = re.sub(pattern, rf"\g<1>{value}", text, count=1)
    path.write_text(text, encoding="utf-8")


def reading(name: str, cuts: Cuts, scale: str, seed: int) -> dict[str, Any]:
    """What the survey finds in a world of a scenario with these cuts, as the page on opinion shows it."""
    _, shards = played(name, cuts, scale, seed)
    cells, trials = (
        np.sum([shard.store.pools[pool].reshape(poll.QUARTERS, -1)[0] for shard in shards], axis=0)
        for pool in (polls.CELLS, polls.TRIALS)
    )
    wave = polls.Wave(
        END - dt.timedelta(days=1), 0, seed, cells.reshape(poll.STRATA, -1), trials.reshape(poll.FRAMES, -1)
    )
    found = survey_of(wave, published()["respondents"], items=True)
    told = [trial for arm in ARMS[1:] for trial in survey_of(wave, FLOOR, told=arm).trials]
    return {
        "scenario_hash": load_scenario(name).changed({f"opining.{k}": v for k, v in cuts.items()}).hash,
        "cuts": cuts, "scale": scale, "seed": seed, "survey": asdict(found) | {"date": str(found.date)},
        "trials": [asdict(trial) | {"change": trial.change} for trial in told],
    }  # fmt: skip


def main() -> None:
    """Fit what is asked for, all three by default, and note what the survey finds in each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["default", *READINGS])
    parser.add_argument("--scale", default="1:20000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    for name in asked.names:
        scenario = "china-2012-2019" if name == "default" else name
        rules = load_scenario(scenario).plan(1).book.on(END).opining
        cuts = {key: getattr(rules, key) for key in CUTS}
        for turn in range(asked.rounds):
            people = online_adults(*played(scenario, cuts, asked.scale, asked.seed))
            cuts = solve(people)
            print(name, "round", turn + 1, cuts, f"{len(people)} asked", flush=True)
        if asked.write:
            default = PACKAGE / "rules" / "opining.yaml"
            path = default if name == "default" else PACKAGE / "scenarios" / f"{name}.yaml"
            written(path, cuts, name == "default")
            if name in READINGS:
                told = {**readings(), name: reading(scenario, cuts, asked.scale, asked.seed)}
                READINGS_FILE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
