"""Starting measured models in processes of their own and talking to them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
OTHER = ROOT / "benchmarks" / ".venv" / "bin" / "python"


class Tool:
    """A worker process with one model in it."""

    def __init__(self, tool: str, **build: Any) -> None:
        ours = tool in ("xinyong", "full", "triad")
        python = sys.executable if ours else str(OTHER)
        if not ours and not OTHER.exists():
            sys.exit("benchmarks/.venv is missing; run `make bench`, which makes it")
        # one thread of the libraries' own; xinyong's threads are its engine's
        env = {**os.environ, "PYTHONPATH": str(ROOT), "STARSIM_INSTALL_FONTS": "0"}
        env |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("BENCH_LOUD") else None, text=True, cwd=ROOT, env=env,
        )  # fmt: skip
        self.tool = tool
        self.built = self.ask("build", **build)
        self.persons = int(self.built["persons"])

    def ask(self, do: str, **arguments: Any) -> Any:
        """Send a command, wait for the answer."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the process of {self.tool} ended during '{do}'; set BENCH_LOUD=1 to see why")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
