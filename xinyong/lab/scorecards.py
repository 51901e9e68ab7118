"""The central bank's scorecards of a finished run: each year's card, judged by the defaults of the year after it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from xinyong.columns import Array
from xinyong.engine import Plan
from xinyong.errors import RunError
from xinyong.kernels.bureau import BANDS, CELLS
from xinyong.lab.results import Run
from xinyong.lab.scenario import Scenario
from xinyong.scorecard import Quality, fit, quality
from xinyong.signals import Signals

POOL = "bank_cells"


@dataclass(frozen=True)
class YearOfScores:
    """One year: the card in force, how well it told good from bad, and files and defaults by band of 100 points."""

    replicate: int
    year: int
    in_force: bool
    quality: Quality
    files_by_band: Array
    bad_by_band: Array
    scores: Array


def scorecards(run: Run) -> list[YearOfScores]:
    """Every scorecard of a run that had a year to prove itself, by replicate and year; empty without the bank.

    The cards are fitted again from the pools in the run folder: the same counts give the same card.
    *Source:* model.md 2.7e.
    """
    scenario = scenario_of(run.path)
    if "central_bank" not in scenario.processes:
        return []
    seeds = run.manifest.get("seeds", [])
    return [
        year for r, seed in enumerate(seeds) for year in years(scenario.plan(seed), log_of(run.path, r), r)
    ]


def years(plan: Plan, log: Signals, replicate: int = 0) -> list[YearOfScores]:
    """The scorecards of one played world, from its plan and its log of signals."""
    found: list[YearOfScores] = []
    card: Array | None = None
    for week in sorted(log.pooled):
        counts = log.pooled[week][POOL].reshape(CELLS, 2)
        rules = plan.frame(week).rules.central_bank
        told = quality(card, counts, rules.reference_odds) if card is not None else None
        if card is not None and told is not None:
            files, bad = _by_band(card, counts)
            year = plan.calendar.date(week).year
            found.append(YearOfScores(replicate, year, bool(rules.scores), told, files, bad, card))
        card = fit(counts, rules.ridge, rules.reference_odds)
    return found


def _by_band(scores: Array, counts: Array) -> tuple[Array, Array]:
    """Files and bad files of each band of a hundred points (10, 10)."""
    band = np.minimum(scores // 100, BANDS - 1)
    files = np.bincount(band, counts.sum(1), BANDS).astype(np.int64)
    return files, np.bincount(band, counts[:, 1], BANDS).astype(np.int64)


def scenario_of(folder: Path) -> Scenario:
    """The scenario a finished run was played by. Raises RunError."""
    try:
        told: dict[str, Any] = json.loads((folder / "scenario.json").read_text(encoding="utf-8"))
        return Scenario(**told)
    except (OSError, ValueError, TypeError) as error:
        raise RunError(
            f"{folder}/scenario.json is missing or damaged ({error}); run the scenario again"
        ) from error


def log_of(folder: Path, replicate: int) -> Signals:
    """The signals of one replicate of a finished run. Raises RunError."""
    path = folder / f"signals-r{replicate:03d}.npz"
    try:
        with np.load(path, allow_pickle=False) as held:
            return Signals.of({name: held[name] for name in held.files})
    except (OSError, ValueError, LookupError, BadZipFile) as error:
        raise RunError(
            f"{path}: the log of signals is missing or damaged ({error}); run the scenario again"
        ) from error
