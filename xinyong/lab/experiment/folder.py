"""An experiment's folder: what was planned, one file a world as it ends, and at the end one tidy table.

`experiment.json` says what is planned and whether it is finished; `worlds/<hash>.json` and `.npz` are the worlds that
have ended, each written whole or not at all; `results.parquet` is the table; `dictionary.json` its meanings.
"""

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from xinyong.columns import Array
from xinyong.engine import tally_specs
from xinyong.errors import CheckpointError, RunError
from xinyong.lab.experiment.design import VARIANT, Layout, level_text
from xinyong.lab.experiment.world import Outcome
from xinyong.lab.tables import MARK, read_mapping, save_arrays, write_json, write_table

FORMAT = 1
FILE, TABLE = "experiment.json", "results.parquet"
SAME = ("design_hash", "rulebook_hash", "seed", "scale", "version", "format")


def read_experiment(folder: Path) -> dict[str, Any]:
    """The manifest of an experiment. Raises RunError if it is missing or damaged."""
    return read_mapping(folder / FILE, f"{folder} is not the folder of an experiment: it has no {FILE}")


def prepare(folder: Path, manifest: dict[str, Any], resume: bool) -> None:
    """Make the folder and say first whose it is; drop half-written files.

    Raises RunError if the folder holds something else, or this experiment unfinished and `resume` was not asked for.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file; --out must name a folder")
    found = {p.name for p in folder.iterdir()} if folder.exists() else set()
    if found - {FILE + ".tmp"}:
        if FILE not in found:
            raise RunError(f"{folder} is not empty and holds no experiment; choose another --out")
        _compare(folder, manifest, resume)
    try:
        (folder / "worlds").mkdir(parents=True, exist_ok=True)
        for draft in folder.rglob("*.tmp"):
            draft.unlink()
        write_json(folder / FILE, manifest)
    except OSError as error:
        raise RunError(f"cannot make the folder {folder}: {error.strerror}; choose another --out") from error


def _compare(folder: Path, manifest: dict[str, Any], resume: bool) -> None:
    old = read_experiment(folder)
    differs = [name for name in SAME if old.get(name) != manifest[name]]
    if differs:
        told = "; ".join(f"{n}: {old.get(n)} there, {manifest[n]} asked for" for n in differs)
        raise CheckpointError(f"{folder} holds another experiment ({told}); choose another --out")
    if resume:
        return
    if old.get("finished"):
        raise RunError(
            f"{folder} holds this experiment, there with {old['replicates']} replicate(s); add --resume to play "
            "the rest, or choose another --out"
        )
    ended = len(list((folder / "worlds").glob("*.json")))
    raise RunError(
        f"{folder} holds this experiment, unfinished ({ended} of {len(old.get('worlds', []))} worlds); "
        "add --resume to go on, or choose another --out"
    )


def is_done(folder: Path, world: str) -> bool:
    """Whether a world has ended and its files are there."""
    return (folder / "worlds" / f"{world}.json").is_file() and (folder / "worlds" / f"{world}.npz").is_file()


def keep(folder: Path, told: dict[str, Any], outcome: Outcome) -> None:
    """Write a world down; the JSON comes last, so that where it is the arrays are too."""
    people = {f"person:{name}": vector for name, vector in outcome.people.items()}
    held = {
        "dates": outcome.dates,
        "measures": np.array(outcome.measures),
        "values": outcome.values,
        **people,
    }
    save_arrays(folder / "worlds" / f"{outcome.world}.npz", held)
    facts = {
        "synthetic": MARK, "world": outcome.world, **told, "state_hash": outcome.state_hash,
        "persons": outcome.persons, "organisations": outcome.organisations,
        "processor_seconds": round(outcome.seconds, 3),
    }  # fmt: skip
    write_json(folder / "worlds" / f"{outcome.world}.json", facts)


def load(folder: Path, world: str) -> dict[str, Array]:
    """Arrays of a world: dates, measures, values, and `person:...` vectors. Raises CheckpointError if torn."""
    path = folder / "worlds" / f"{world}.npz"
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name.replace("|", "/"): held[name] for name in held.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise CheckpointError(
            f"{path} is torn or missing ({error}); delete it and go on with --resume"
        ) from error


def write_results(folder: Path, layout: Layout, worlds: list[dict[str, Any]], scale: float) -> None:
    """Write the tidy table: world, cell, switches, swept values, replicate, seed, measure, date, value."""
    blocks = [_rows(layout, world, load(folder, world["world"]), scale) for world in worlds]
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    write_table(folder / TABLE, columns)
    write_json(folder / "dictionary.json", _dictionary(layout))


def _rows(layout: Layout, world: dict[str, Any], held: dict[str, Array], scale: float) -> dict[str, Array]:
    """One world as rows, measure by measure, in order of dates."""
    cell = layout.cell(world["cell"])
    values, dates, measures = held["values"], held["dates"], held["measures"]
    n = values.size

    def same(value: Any, dtype: Any = object) -> Array:
        return np.full(n, value, dtype)

    moved = {key: same(level_text(cell.levels[key])) for key in layout.keys}
    swept = {key: _column(value, n) for key, value in cell.swept.items()}
    return {
        "world": same(world["world"]), "cell": same(cell.name), **moved, **swept,
        "replicate": same(world["replicate"], np.int32), "seed": same(world["seed"], np.int64),
        "scale": same(scale, np.float64), "measure": np.repeat(measures.astype(object), len(dates)),
        "date": np.tile(dates, len(measures)), "value": values.T.ravel(),
    }  # fmt: skip


def _column(value: Any, n: int) -> Array:
    if isinstance(value, bool | int | float):
        return np.full(n, value)
    return np.full(n, json.dumps(value, default=str) if not isinstance(value, str) else value, object)


def _dictionary(layout: Layout) -> dict[str, Any]:
    """Every column of the table, and every measure: unit and meaning."""
    text = {
        "synthetic": "mark: no real person is in this table", "world": "fingerprint of the world",
        "cell": "cell of the design", "replicate": "replicate, from 0; equal replicates share society and luck",
        "seed": "seed of the replicate", "scale": "real persons one synthetic person stands for: multiply counts by it",
        "measure": "what was counted, in the whole world", "date": "Sunday up to which it was counted",
        "value": "a count since the start or a stock, in model units",
    }  # fmt: skip
    text |= {key: f"switch: {layout.switches.get(key).gloss}" for key in layout.keys}
    text |= {key: f"value of {sweep.rule}" for key, sweep in layout.design.sweep.items()}
    text |= {VARIANT: "variant of the rules"} if layout.design.variants else {}
    specs = tally_specs(layout.base.plan(layout.design.seed))
    said = {name: {"unit": s.unit, "stock": s.stock, "meaning": s.meaning} for name, s in specs.items()}
    said["persons_now"] = {"unit": "persons", "stock": True, "meaning": "natural persons"}
    said["organisations_now"] = {"unit": "organisations", "stock": True, "meaning": "organisations"}
    return {"results": text, "measures": said}
