"""What a run will cost, before it starts; refused if it cannot fit."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from xinyong.errors import RunError

BYTES_PER_PERSON = 64
BYTES_TO_MAKE = 60
BYTES_ON_DISK = 45
FIXED_BYTES = 400_000_000
PERSON_WEEKS_PER_SECOND_AND_THREAD = 9e6


@dataclass(frozen=True)
class Estimate:
    """Expected seconds, memory and disk of a run."""

    seconds: float
    memory_bytes: int
    disk_bytes: int

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        return (
            f"about {minutes} min {seconds:02d} s, {self.memory_bytes / 1e9:.1f} GB of memory, "
            f"{self.disk_bytes / 1e9:.2f} GB of disk"
        )


def estimate(persons: float, weeks: int, threads: int, replicates: int) -> Estimate:
    """Expected cost of `persons` through `weeks`, from rates measured on two cores (docs/reference/benchmarks.md)."""
    rate = PERSON_WEEKS_PER_SECOND_AND_THREAD * max(1, threads)
    seconds = replicates * (persons * weeks / rate + persons / 1e6) + 5
    memory = FIXED_BYTES + persons * (BYTES_PER_PERSON + BYTES_TO_MAKE)
    disk = 20e6 + replicates * 30e6 + 2 * persons * BYTES_ON_DISK
    return Estimate(seconds, int(memory), int(disk))


def refuse_if_too_large(cost: Estimate, out: Path) -> None:
    """Stop before anything is written when memory or disk cannot hold the run."""
    free_memory = psutil.virtual_memory().available
    if cost.memory_bytes > 0.9 * free_memory:
        raise RunError(
            f"this run needs about {cost.memory_bytes / 1e9:.1f} GB of memory and {free_memory / 1e9:.1f} GB are free; "
            "choose a smaller --scale (say 1:1000)"
        )
    place = next(p for p in (out, *out.parents) if p.exists())
    free_disk = shutil.disk_usage(place).free
    if cost.disk_bytes > free_disk:
        raise RunError(
            f"this run needs about {cost.disk_bytes / 1e9:.2f} GB of disk and {place} has {free_disk / 1e9:.2f} GB; "
            "choose another --out or a smaller --scale"
        )
