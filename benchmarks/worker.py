"""One measured model in a process of its own: reads commands (JSON lines) from stdin, answers on stdout."""

import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

TOOLS = {
    "xinyong": ("benchmarks.xinyong_model", "Model"),
    "full": ("benchmarks.full_model", "Model"),
    "mesa": ("benchmarks.mesa_model", "Model"),
    "mesa lists": ("benchmarks.mesa_model", "ListsModel"),
    "starsim": ("benchmarks.starsim_model", "Model"),
    "triad": ("benchmarks.triad", "Model"),
}


def rss() -> int:
    """Bytes of memory this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def processor_seconds() -> float:
    """Processor time of this process and of those it started that still run."""
    spent = time.process_time()
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


class Worker:
    """Holds one model."""

    def __init__(self, tool: str) -> None:
        module, name = TOOLS[tool]
        self.maker: Any = getattr(importlib.import_module(module), name)
        self.model: Any = None

    def build(self, **how: Any) -> dict[str, Any]:
        """Make the model."""
        before, started = rss(), time.perf_counter()
        self.model = self.maker(**how)
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "bytes": rss() - before, "persons": self.model.persons}

    def step(self, weeks: int, threads: int = 1) -> dict[str, float]:
        """Live through some weeks; wall and processor seconds."""
        if hasattr(self.model, "use"):
            self.model.use(threads)
        cpu, wall = processor_seconds(), time.perf_counter()
        self.model.step(weeks)
        return {
            "wall": time.perf_counter() - wall,
            "cpu": processor_seconds() - cpu,
            "load": os.getloadavg()[0],
        }

    def measures(self) -> dict[str, float]:
        """Stocks and counts."""
        return dict(self.model.measures())

    def memory(self) -> dict[str, float]:
        """What the model says of its memory, and what the process holds."""
        said = self.model.memory() if hasattr(self.model, "memory") else {}
        return {**said, "rss": rss()}

    def shares(self, weeks: int) -> dict[str, float]:
        """Milliseconds a week by part."""
        return dict(self.model.shares(weeks))


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(worker, command.pop("do"))(**command)
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
