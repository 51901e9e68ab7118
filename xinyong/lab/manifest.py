"""What a run folder says of itself: what was played, by which rules, on which machine, and what is assumed."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from xinyong import __version__
from xinyong.engine import Plan
from xinyong.lab.lists import described
from xinyong.lab.scenario import Scenario
from xinyong.lab.tables import MARK, read_mapping

FORMAT = 1


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder. Raises RunError if it is missing or damaged."""
    return read_mapping(folder / "manifest.json", f"{folder} is not a run folder: it has no manifest.json")


def new_manifest(
    scenario: Scenario, plan: Plan, seeds: list[int], scale: float, threads: int, command: str
) -> dict[str, Any]:
    """Say what is to be played, by which rules and where; what comes out of it is filled in later."""
    calendar = plan.calendar
    marks = _marks(plan, scenario)
    return {
        "synthetic": MARK, "format": FORMAT, "version": __version__, "status": "unfinished", "finished": False,
        "scenario": scenario.name, "scenario_hash": scenario.hash, "rulebook_hash": plan.book.hash, "seed": seeds[0],
        "seeds": seeds, "replicates": len(seeds), "recipe": scenario.recipe, "scale": scale,
        "processes": [p.name for p in plan.processes], "sets": scenario.sets, "weeks": calendar.weeks,
        "burn_in_weeks": calendar.burn_in, "start": str(calendar.start),
        "end": str(calendar.sunday(calendar.weeks - 1)), "persons": 0, "organisations": 0, "seconds": 0.0,
        "person_weeks": 0, "person_weeks_per_second": 0, "peak_memory_bytes": 0, "bytes_per_person": 0.0,
        "state_hash": "", "state_hashes": {}, "threads": threads, "command": command, "commit": _commit(),
        "platform": f"{platform.machine()} {platform.system()}, Python {sys.version.split()[0]}", **marks,
        "lists": described(plan.book),
    }  # fmt: skip


def _marks(plan: Plan, scenario: Scenario) -> dict[str, list[dict[str, Any]]]:
    """Every assumed, remembered or fitted value behind the run."""
    found: dict[str, list[dict[str, Any]]] = {"assumed": [], "memory": [], "fitted": []}
    for leaf in plan.book.leaves():
        for date, value in leaf.values.items():
            if value.grade in found:
                why = value.why or value.by or value.source or ""
                row = {
                    "path": leaf.path,
                    "value": value.value,
                    "since": str(date),
                    "unit": leaf.unit,
                    "why": why,
                }
                found[value.grade].append(row)
    for name, value, why in scenario.people().assumed():
        found["assumed"].append(
            {"path": f"recipe.{name}", "value": value, "since": "", "unit": "", "why": why}
        )
    return found


def _commit() -> str:
    try:
        here = Path(__file__).parent
        told = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
