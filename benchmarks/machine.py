"""What the numbers were taken on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.drive import OTHER, ROOT


def describe() -> list[str]:
    """Lines: processor, memory, versions, load."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "?",
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    names = ("mesa", "starsim", "numpy", "numba")
    code = f"from importlib.metadata import version as v; print(*(n + ' ' + v(n) for n in {names}), sep=', ')"
    theirs = subprocess.run([OTHER, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [
        f"- machine: {os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"- xinyong at {commit.stdout.strip()}, Python {platform.python_version()}, numpy {version('numpy')}, "
        f"numba {version('numba')}",
        f"- benchmarks/.venv: {theirs}",
    ]


def load() -> float:
    """Runnable processes, mean of the last minute."""
    return os.getloadavg()[0]
