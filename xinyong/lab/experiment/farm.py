"""Playing many worlds: a farm has four methods, `start`, `submit`, `gather`, `close`, as an engine has for one world.

Here worlds are shared out over processes of this machine, each whole to one process. A world is a pure task: if the
process that plays it dies, another plays it from the beginning, and nothing is counted twice.
"""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from xinyong.errors import RunError, XinyongError
from xinyong.lab.experiment.world import Outcome, WorldSpec, play_world

TRIES = 3
Progress = Callable[[int], None]


class Farm(Protocol):
    """Where worlds are played: this process, processes of this machine, or a cluster."""

    def start(self, progress: Progress) -> None:
        """Take on workers; `progress` is told how many weeks have been stepped since it was last told."""

    def submit(self, spec: WorldSpec) -> None:
        """Ask for a world."""

    def gather(self) -> Iterator[Outcome]:
        """Worlds asked for, each as soon as it has ended, in any order."""

    def close(self) -> None:
        """Let go of the workers, whatever they are doing."""


def make_farm(workers: int) -> Farm:
    """The farm for this machine."""
    if workers > 1 and "fork" in multiprocessing.get_all_start_methods():
        return ProcessFarm(workers)
    return LonelyFarm()


@dataclass
class LonelyFarm:
    """One world after the other, in this process."""

    _progress: Progress = lambda weeks: None
    _asked: list[WorldSpec] = field(default_factory=list)

    def start(self, progress: Progress) -> None:
        """Remember whom to tell."""
        self._progress = progress

    def submit(self, spec: WorldSpec) -> None:
        """Put a world in the queue."""
        self._asked.append(spec)

    def gather(self) -> Iterator[Outcome]:
        """Play the queue."""
        while self._asked:
            spec = self._asked.pop(0)
            yield play_world(spec, told_by_difference(self._progress))

    def close(self) -> None:
        """Forget what was not played."""
        self._asked.clear()


def told_by_difference(progress: Progress) -> Callable[[int], None]:
    """Turn "in week n" into "n weeks more"."""
    last = 0

    def tell(week: int) -> None:
        nonlocal last
        progress(week - last)
        last = week

    return tell


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    doing: WorldSpec | None = None


@dataclass
class ProcessFarm:
    """Forked processes; the next world goes to whoever is free."""

    workers: int
    _progress: Progress = lambda weeks: None
    _crew: list[_Worker] = field(default_factory=list)
    _asked: list[WorldSpec] = field(default_factory=list)
    _deaths: Counter[str] = field(default_factory=Counter)

    def start(self, progress: Progress) -> None:
        """Fork the workers."""
        self._progress = progress
        self._crew = []
        for _ in range(self.workers):
            self._hire()

    def submit(self, spec: WorldSpec) -> None:
        """Put a world in the queue."""
        self._asked.append(spec)

    def gather(self) -> Iterator[Outcome]:
        """Hand out worlds until all have ended. Raises what a world raised; RunError if one kills its workers."""
        while self._asked or any(worker.doing for worker in self._crew):
            for worker in self._crew:
                if self._asked and worker.doing is None:
                    self._hand_out(worker)
            busy = {worker.pipe: worker for worker in self._crew if worker.doing}
            for pipe in wait(list(busy)):
                found = self._listen(busy[pipe])  # type: ignore[index]
                if found is not None:
                    yield found

    def close(self) -> None:
        """End the workers."""
        for worker in self._crew:
            worker.process.terminate()
            worker.process.join()
            worker.pipe.close()
        self._crew = []

    def _hire(self) -> None:
        context = multiprocessing.get_context("fork")
        here, there = context.Pipe()
        not_mine = [here, *(worker.pipe for worker in self._crew)]
        process = context.Process(target=_work, args=(there, not_mine), daemon=True)
        process.start()
        there.close()
        self._crew.append(_Worker(process, here))

    def _hand_out(self, worker: _Worker) -> None:
        worker.doing = self._asked.pop(0)
        try:
            worker.pipe.send(worker.doing)
        except OSError:
            self._bury(worker)

    def _listen(self, worker: _Worker) -> Outcome | None:
        """What a worker says: weeks stepped, a world's end, or an error; its death puts the world back in the queue."""
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return None
        if isinstance(said, int):
            self._progress(said)
            return None
        worker.doing = None
        if isinstance(said, BaseException):
            raise said
        return said  # type: ignore[no-any-return]

    def _bury(self, worker: _Worker) -> None:
        spec = worker.doing
        worker.process.join(timeout=5)
        self._crew.remove(worker)
        worker.pipe.close()
        if spec is not None:
            self._deaths[spec.hash] += 1
            if self._deaths[spec.hash] >= TRIES:
                raise RunError(
                    f"world {spec.hash} lost its worker {TRIES} times (last exit code {worker.process.exitcode}; "
                    "out of memory?); start again with --resume and fewer --workers"
                )
            self._asked.insert(0, spec)
        self._hire()


def _work(pipe: Connection, not_mine: list[Connection]) -> None:
    """The life of a worker: play what is asked; end when nobody holds the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in not_mine:
        end.close()
    while True:
        try:
            spec = pipe.recv()
            pipe.send(play_world(spec, told_by_difference(pipe.send)))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
        except XinyongError as error:
            pipe.send(error)
