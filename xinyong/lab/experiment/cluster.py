"""A farm on a Dask cluster: worlds as chains of pure tasks, each from checkpoint to checkpoint.

No actors (Dask never starts a lost one again) and no task tied to a worker (it would hang when that worker dies): the
scheduler takes a lost step again on any worker, from the last checkpoint that is still there or from the beginning.
*Source:* trials of killed workers, docs/decisions/0041.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from xinyong import __version__
from xinyong.errors import RunError, XinyongError
from xinyong.lab.experiment.farm import Progress
from xinyong.lab.experiment.world import Outcome, WorldSpec, finish_world, step_world, stops

STEP_WEEKS = 104
RETRIES = 5
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 2.0


@dataclass
class DaskFarm:
    """Worlds on the workers of a scheduler that is already running, given by its address."""

    address: str
    patience_seconds: float = PATIENCE_SECONDS
    _client: Any = None
    _progress: Progress = lambda weeks: None
    _steps: dict[Any, int] = field(default_factory=dict)
    _ends: set[Any] = field(default_factory=set)

    def start(self, progress: Progress) -> None:
        """Connect, and see that the workers have this version. Raises RunError if there is nobody to work."""
        self._progress = progress
        try:
            from distributed import Client
        except ImportError as error:
            raise RunError(
                "--cluster needs the package distributed: pip install 'xinyong[cluster]'"
            ) from error
        try:
            self._client = Client(self.address, timeout=self.patience_seconds, set_as_default=False)
            self._client.wait_for_workers(1, timeout=self.patience_seconds)
            versions = set(self._client.run(version).values())
        except (OSError, ValueError, TimeoutError, ImportError) as error:
            raise RunError(
                f"--cluster {self.address}: {error or type(error).__name__}; give the address that `dask scheduler` "
                "prints, say tcp://host:8786, and start `dask worker ADDRESS` with xinyong installed"
            ) from error
        if versions != {__version__}:
            raise RunError(
                f"workers of {self.address} have xinyong {sorted(versions)}; here is {__version__}"
            )

    def submit(self, spec: WorldSpec) -> None:
        """Ask for a world: one task for each step, one that reads it off."""
        before, first = None, 0
        for stop in stops(spec, STEP_WEEKS):
            key = f"world-{spec.hash}-{stop:05d}"
            before = self._client.submit(step_world, spec, before, stop, key=key, retries=RETRIES)
            self._steps[before] = stop - first
            first = stop
        key = f"world-{spec.hash}-end"
        self._ends.add(self._client.submit(finish_world, spec, before, key=key, retries=RETRIES))

    def gather(self) -> Iterator[Outcome]:
        """Worlds as they end. Raises what a world raised; RunError if all workers are gone for too long."""
        from distributed import wait

        deserted = time.monotonic()
        while self._ends:
            with self._client.as_current(), suppress(TimeoutError):
                wait([*self._steps, *self._ends], timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")
            done = [future for future in (*self._steps, *self._ends) if future.done()]
            if done or self._client.scheduler_info()["workers"]:
                deserted = time.monotonic()
            elif time.monotonic() - deserted > self.patience_seconds:
                raise RunError(f"no worker is left at {self.address}; start workers and go on with --resume")
            for future in done:
                if future.status != "finished":
                    _raise(future)
                if future in self._steps:
                    self._progress(
                        self._steps.pop(future)
                    )  # let go, so that old checkpoints can be forgotten
                else:
                    self._ends.discard(future)
                    yield future.result()

    def close(self) -> None:
        """Cancel what is not done and disconnect; the cluster stays."""
        if self._client is not None:
            self._client.cancel([*self._steps, *self._ends])
            self._client.close()


def version() -> str:
    """The version of the package where this is run."""
    return __version__


def _raise(future: Any) -> None:
    """Say why a task failed: as the error it raised, or as what became of its workers."""
    error = future.exception()
    if isinstance(error, XinyongError):
        raise error
    raise RunError(f"task {future.key} failed on the cluster: {type(error).__name__}: {error}") from error
