"""What it takes to play a run's world again: its scenario as it was, and rules that have not changed since."""

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from xinyong import __version__
from xinyong.engine import Plan
from xinyong.errors import RunError
from xinyong.lab.manifest import FORMAT
from xinyong.lab.scenario import Scenario
from xinyong.signals import Signals

_SAME = ("format", "version", "scenario_hash", "rulebook_hash")


def scenario_of(folder: Path) -> Scenario:
    """The scenario a run folder was played from. Raises RunError if it is missing or damaged."""
    try:
        return Scenario(**json.loads((folder / "scenario.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{folder}/scenario.json is missing or damaged: {error}") from error


def same_world(folder: Path, manifest: dict[str, Any], scenario: Scenario, plan: Plan) -> None:
    """Raise RunError if other rules or another version made the run: it can be told again by its own alone."""
    now = {
        "format": FORMAT,
        "version": __version__,
        "scenario_hash": scenario.hash,
        "rulebook_hash": plan.book.hash,
    }
    changed = [name.removesuffix("_hash") for name in _SAME if manifest.get(name) != now[name]]
    if changed:
        raise RunError(
            f"{folder}: {' and '.join(changed)} changed since this run, so its lives cannot be told again; "
            "run the scenario anew"
        )


def signals_of(folder: Path, plan: Plan, replicate: int) -> Signals:
    """What crossed between shards in this run; an empty log if nothing ever does."""
    if not plan.watched and not plan.pools:
        return Signals()
    path = folder / f"signals-r{replicate:03d}.npz"
    try:
        with np.load(path, allow_pickle=False) as held:
            return Signals.of({name: held[name] for name in held.files})
    except (OSError, ValueError, LookupError, BadZipFile) as error:
        raise RunError(f"{path}: the log of signals is missing or damaged ({error})") from error
