"""Play a scenario into a run folder; resume one that was stopped."""

import resource
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from xinyong.columns import Array
from xinyong.engine import Engine, Plan, Shard, state_hash
from xinyong.errors import CheckpointError, RunError
from xinyong.lab import export
from xinyong.lab.dictionary import data_dictionary
from xinyong.lab.estimate import Estimate, estimate, refuse_if_too_large
from xinyong.lab.manifest import FORMAT, new_manifest, read_manifest
from xinyong.lab.scenario import Scenario
from xinyong.lab.tables import merge_parts, save_arrays, write_json, write_table
from xinyong.population import make_population
from xinyong.recipes import parse_scale
from xinyong.signals import Signals, advance
from xinyong.workers import LEAST_PARTIES_FOR_WORKERS, make_engine, usable_cores

CHECKPOINT_WEEKS = 52
Progress = Callable[[int, int, int], None]
_KEPT = (
    "state_hashes", "seconds", "person_weeks", "persons", "organisations", "bytes_per_person", "peak_memory_bytes",
)  # fmt: skip


@dataclass
class Job:
    """One run: a scenario, seeds, scale and a folder."""

    scenario: Scenario
    seed: int
    scale: float
    out: Path
    threads: int = 1
    replicates: int = 1
    checkpoint_weeks: int = CHECKPOINT_WEEKS
    command: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> Estimate:
        """Expected time, memory and disk."""
        persons = self.scenario.people().persons / self.scale
        return estimate(persons, self.scenario.calendar().weeks, self.threads, self.replicates)

    @property
    def seeds(self) -> list[int]:
        """Seeds of the replicates: the first and those that follow."""
        return [self.seed + k for k in range(self.replicates)]


def make_job(
    scenario: Scenario,
    seed: int = 1,
    scale: str | None = None,
    out: Path | None = None,
    threads: int | None = None,
    replicates: int = 1,
    command: str = "",
    checkpoint_weeks: int = CHECKPOINT_WEEKS,
) -> Job:
    """Check what was asked for and fix every default; nothing is written yet.

    Raises ScenarioError, RecipeError or RunError when something is wrong or cannot fit.
    """
    if replicates < 1:
        raise RunError(f"--replicates must be at least 1, not {replicates}")
    if not 0 <= seed < 2**62:
        raise RunError(f"--seed must be a whole number from 0 to 2**62, not {seed}")
    if threads is not None and threads < 1:
        raise RunError(f"--threads must be at least 1, not {threads}")
    recipe = scenario.people()
    people_per_person = parse_scale(scale or scenario.scale, recipe)
    threads = threads or _fitting_threads(recipe.persons / people_per_person, len(recipe.shards))
    folder = out or Path("runs") / f"{scenario.name}-{seed}-{_short(scenario, people_per_person, replicates)}"
    job = Job(scenario, seed, people_per_person, folder, threads, replicates, checkpoint_weeks, command)
    refuse_if_too_large(job.cost, folder)
    scenario.plan(seed)
    return job


def _fitting_threads(persons: float, shards: int) -> int:
    """All cores where the run is large enough to be shared out, otherwise one."""
    return min(usable_cores(), shards) if persons >= LEAST_PARTIES_FOR_WORKERS else 1


def _short(scenario: Scenario, scale: float, replicates: int) -> str:
    import hashlib

    return hashlib.sha256(f"{scenario.hash}|{scale}|{replicates}".encode()).hexdigest()[:8]


def run(job: Job, resume: bool = False, progress: Progress | None = None) -> Path:
    """Play every replicate; returns the folder. A finished folder is left alone.

    With `resume` an unfinished run goes on from its last checkpoint and ends in the same state and tables.
    Raises RunError if the folder holds another run, or an unfinished one and `resume` was not asked for.
    """
    plan = job.scenario.plan(job.seed)
    job.manifest = new_manifest(job.scenario, plan, job.seeds, job.scale, job.threads, job.command)
    if _finished(job, resume):
        return job.out
    _prepare(job)
    for replicate, seed in enumerate(job.seeds):
        if f"{replicate}" not in job.manifest["state_hashes"]:
            _play(job, job.scenario.plan(seed), replicate, seed, progress)
    _finish(job)
    return job.out


def _finished(job: Job, resume: bool) -> bool:
    """Look at the folder: True if this very run is already there; RunError if going on would harm something."""
    path = job.out / "manifest.json"
    if job.out.exists() and not job.out.is_dir():
        raise RunError(f"{job.out} is a file; --out must name a folder")
    if not job.out.exists() or {p.name for p in job.out.iterdir()} <= {"manifest.json.tmp"}:
        return False
    if not path.is_file():
        raise RunError(f"{job.out} is not empty and is not a run folder; choose another --out")
    old = read_manifest(job.out)
    same = ("scenario_hash", "rulebook_hash", "seed", "scale", "replicates", "version", "format")
    differs = [name for name in same if old.get(name) != job.manifest[name]]
    if differs:
        told = "; ".join(f"{n}: {old.get(n)} there, {job.manifest[n]} asked for" for n in differs)
        raise CheckpointError(f"{job.out} holds another run ({told}); choose another --out")
    if old.get("finished"):
        return True
    if not resume:
        raise RunError(
            f"{job.out} holds this run, unfinished; add --resume to go on, or choose another --out"
        )
    job.manifest |= {name: old[name] for name in _KEPT if name in old}
    return False


def _prepare(job: Job) -> None:
    """Make the folder and say first whose it is, so that a run killed at any moment can be resumed."""
    plan = job.scenario.model_dump(mode="json")
    try:
        job.out.mkdir(parents=True, exist_ok=True)
        for draft in job.out.rglob("*.tmp"):
            draft.unlink()
        for name, content in (("manifest.json", job.manifest), ("scenario.json", plan)):
            if not (job.out / name).is_file():
                write_json(job.out / name, content)
        for name in ("parts", "checkpoints"):
            (job.out / name).mkdir(exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make the folder {job.out}: {error.strerror}; choose another --out") from error


def _play(job: Job, plan: Plan, replicate: int, seed: int, progress: Progress | None) -> None:
    """One replicate from its last checkpoint, or from the beginning, to its end."""
    began = time.perf_counter()
    engine = make_engine(job.threads)
    engine.start(plan, make_population(job.scenario.people(), seed, job.scale))
    shards = engine.shards
    persons = sum(s.persons for s in shards)
    state = _restore(job, replicate, shards)
    head = {"replicate": replicate, "seed": seed}
    first, base, signals = state["week"] + 1, state["base"], state["signals"]
    stepped = plan.calendar.weeks - first
    while first < plan.calendar.weeks:
        stop = _next_stop(first, plan.calendar.burn_in, plan.calendar.weeks, job.checkpoint_weeks)
        tallies = advance(
            engine, plan, first, stop, signals, lambda week: _tell(progress, persons, week, replicate, job)
        )
        if stop == plan.calendar.burn_in:
            base = np.array([t[-1] for t in tallies])
        elif stop > plan.calendar.burn_in:
            _write_parts(job, plan, shards, tallies, base, first, stop, head)
        _save(job, replicate, shards, stop - 1, base, signals)
        first = stop
    _close_books(job, shards, replicate, plan.calendar.weeks)
    if plan.watched or plan.pools:
        save_arrays(job.out / f"signals-r{replicate:03d}.npz", signals.parts())
    job.manifest["state_hashes"][str(replicate)] = state_hash(shards)
    engine.close()
    _measure(job, engine, persons * stepped, time.perf_counter() - began)
    write_json(job.out / "manifest.json", job.manifest)
    _forget(job, replicate)


def _tell(progress: Progress | None, persons: int, week: int, replicate: int, job: Job) -> None:
    if progress is not None:
        weeks = job.scenario.calendar().weeks
        progress(replicate * weeks + week, job.replicates * weeks, persons)


def _next_stop(first: int, burn_in: int, weeks: int, every: int) -> int:
    """The next week to stop at: the end of the burn-in, a multiple of the checkpoint interval after it, the end."""
    if first < burn_in:
        return min(burn_in, weeks)
    return min(burn_in + ((first - burn_in) // every + 1) * every, weeks)


def _part(job: Job, table: str, replicate: int, stop: int) -> Path:
    return job.out / "parts" / f"{table}-r{replicate:03d}-w{stop:05d}.parquet"


def _write_parts(
    job: Job,
    plan: Plan,
    shards: list[Shard],
    tallies: list[Array],
    base: Array,
    first: int,
    stop: int,
    head: Any,
) -> None:
    rows = export.weekly_rows(plan, shards, tallies, base, first, head, job.scale)
    write_table(_part(job, "weekly", head["replicate"], stop), rows)
    _write_kept(job, shards, head["replicate"], stop)


def _write_kept(job: Job, shards: list[Shard], replicate: int, stop: int) -> None:
    """Write notices kept since the last part, shard by shard, and forget them."""
    for table, kind, rows_of in (
        ("episodes", "episode", export.episode_rows),
        ("records", "record", export.record_rows),
        ("sightings", "sighting", export.sighting_rows),
    ):
        found = []
        for shard in shards:
            kept = export.joined(shard.board.kept.get(kind, []))
            if kept:
                found.append(rows_of(shard, kept, replicate))
                shard.board.kept[kind].clear()
        if found:
            write_table(_part(job, table, replicate, stop), export.joined(found))


def _close_books(job: Job, shards: list[Shard], replicate: int, weeks: int) -> None:
    """Write list episodes and records that are still open at the end, and the register of all parties."""
    for table, open_of, rows_of in (
        ("episodes", export.open_episodes, export.episode_rows),
        ("records", export.living_records, export.record_rows),
    ):
        found = [rows_of(s, rows, replicate) for s in shards if (rows := open_of(s))]
        if found:
            write_table(_part(job, table, replicate, weeks + 1), export.joined(found))
    everybody = export.joined([export.party_rows(s, export.everybody(s), replicate) for s in shards])
    write_table(_part(job, "parties", replicate, weeks + 1), export.in_order(everybody, "party"))


def _checkpoint(job: Job, replicate: int, week: int) -> Path:
    return job.out / "checkpoints" / f"r{replicate:03d}-w{week:05d}.npz"


def _save(
    job: Job,
    replicate: int,
    shards: list[Shard],
    week: int,
    base: Array,
    signals: Signals,
) -> None:
    """Write a checkpoint, then drop the one before it; notices to be kept are already in parts by then."""
    for shard in shards:
        for kept in shard.board.kept.values():
            kept.clear()
    arrays: dict[str, Array] = {
        "base": base,
        "week": np.array([week]),
    }
    arrays |= {f"signals:{name}": a for name, a in signals.parts().items()}
    arrays["format"] = np.array([FORMAT])
    for k, shard in enumerate(shards):
        arrays |= {f"{k}:{name}": a for name, a in shard.parts().items()}
    path = _checkpoint(job, replicate, week)
    save_arrays(path, arrays)
    for old in (job.out / "checkpoints").glob(f"r{replicate:03d}-*.npz"):
        if old != path:
            old.unlink()


def _restore(job: Job, replicate: int, shards: list[Shard]) -> dict[str, Any]:
    """Load the latest checkpoint of a replicate into its shards and drop parts written after it."""
    found = sorted((job.out / "checkpoints").glob(f"r{replicate:03d}-*.npz"))
    week = -1
    state: dict[str, Any] = {"week": -1, "base": np.zeros((len(shards), 0), np.int64), "signals": Signals()}
    if found:
        try:
            with np.load(found[-1], allow_pickle=False) as held:
                arrays = {name: held[name] for name in held.files}
            for k, shard in enumerate(shards):
                mine = f"{k}:"
                shard.restore({n[len(mine) :]: a for n, a in arrays.items() if n.startswith(mine)})
        except (OSError, ValueError, LookupError, EOFError, BadZipFile, zlib.error) as error:
            raise CheckpointError(
                f"{found[-1]} is torn or of another version ({error}); "
                "delete it and --resume to start the replicate anew"
            ) from error
        week = int(arrays["week"][0])
        log = {n[len("signals:") :]: a for n, a in arrays.items() if n.startswith("signals:")}
        state = {"week": week, "base": arrays["base"], "signals": Signals.of(log)}
    for part in (job.out / "parts").glob(f"*-r{replicate:03d}-w*.parquet"):
        if int(part.stem.rpartition("w")[2]) > week + 1:
            part.unlink()
    return state


def _forget(job: Job, replicate: int) -> None:
    """Keep the last replicate's final checkpoint only."""
    if replicate + 1 < job.replicates:
        for old in (job.out / "checkpoints").glob(f"r{replicate:03d}-*.npz"):
            old.unlink()


def _measure(job: Job, engine: Engine, person_weeks: int, seconds: float) -> None:
    """Note what a replicate held and took; a resumed one counts the weeks stepped since it went on."""
    shards, m = engine.shards, job.manifest
    persons = sum(s.persons for s in shards)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    held += engine.peak_memory_bytes
    m["peak_memory_bytes"] = max(m["peak_memory_bytes"], held)
    m["persons"], m["organisations"] = persons, sum(s.organisations for s in shards)
    m["bytes_per_person"] = round(sum(s.store.nbytes for s in shards) / max(1, persons), 2)
    m["seconds"] = round(m["seconds"] + seconds, 3)
    m["person_weeks"] += int(person_weeks)


def _finish(job: Job) -> None:
    for table, order in (
        ("weekly", "replicate, week, shard = 'all' DESC, shard"),
        ("episodes", 'replicate, "case", published_date'),
        ("records", "replicate, record, copy, created_date, party"),
        ("sightings", "replicate, date, party, asker, channel, reason"),
        ("parties", "replicate, party"),
    ):
        parts = sorted((job.out / "parts").glob(f"{table}-*.parquet"))
        if len(parts) == 1 and table == "parties":
            parts[0].replace(job.out / "parties.parquet")
        elif parts:
            merge_parts(parts, job.out / f"{table}.parquet", order)
    m = job.manifest
    m["person_weeks_per_second"] = round(m["person_weeks"] / max(m["seconds"], 1e-9))
    hashes = [m["state_hashes"][str(k)] for k in range(job.replicates)]
    m["state_hash"] = hashes[0] if len(hashes) == 1 else _joint(hashes)
    m["finished"], m["status"] = True, "finished"
    write_json(job.out / "dictionary.json", data_dictionary(job.scenario.plan(job.seed)))
    write_json(job.out / "manifest.json", m)
    for part in (job.out / "parts").glob("*.parquet"):
        part.unlink()


def _joint(hashes: list[str]) -> str:
    import hashlib

    return hashlib.blake2b("".join(hashes).encode(), digest_size=16).hexdigest()
