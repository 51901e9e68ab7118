"""An engine of processes: each forked worker steps its part of the shards; the same four methods as `LocalEngine`.

Threads do not run beside each other here: a shard-week is a few hundred Python calls around kernels of microseconds,
too short for the interpreter lock to change hands. Shards share nothing, so processes give the same world to the bit.
*Source:* docs/decisions/0037.
"""

import multiprocessing
import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from xinyong.engine import Engine, LocalEngine, Plan, Played, Shard
from xinyong.errors import RunError
from xinyong.population import ShardPopulation
from xinyong.process import Frame

LEAST_PARTIES_FOR_WORKERS = 50_000


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_engine(workers: int) -> Engine:
    """The engine for this machine: forked workers where there is fork, otherwise threads of this process."""
    if workers > 1 and "fork" in multiprocessing.get_all_start_methods():
        return ForkEngine(workers)
    return LocalEngine(workers)


@dataclass
class _Worker:
    """One forked process, the pipe to it, and the places of its shards."""

    process: Any
    pipe: Connection
    mine: list[int]


@dataclass
class ForkEngine:
    """Workers are forked at the first `submit`, so whatever was restored into `shards` before is theirs too.

    From then on `shards` is as old as the last `submit(..., bring=True)`.
    """

    workers: int = 2
    shards: list[Shard] = field(default_factory=list)
    peak_memory_bytes: int = 0
    _crew: list[_Worker] = field(default_factory=list)
    _bring: bool = False

    def start(self, plan: Plan, people: Sequence[ShardPopulation]) -> None:
        """Build every shard."""
        self.shards = [Shard(plan, one) for one in people]

    def submit(self, frames: Sequence[Frame], bring: bool = False) -> None:
        """Ask every shard to step through these weeks; with `bring` its state is in `shards` once gathered."""
        if not self._crew:
            self._fork()
        self._bring = bring
        told = [(f.week, dict(f.nation), dict(f.pooled)) for f in frames]
        for worker in self._crew:
            try:
                worker.pipe.send((told, bring))
            except OSError as error:
                raise _lost(worker) from error

    def gather(self) -> list[Played]:
        """Wait; what each shard says of those weeks, in shard order."""
        answers = [_answer(worker) for worker in self._crew]
        played: dict[int, Played] = {}
        for worker, (said, states) in zip(self._crew, answers, strict=True):
            played |= dict(zip(worker.mine, said, strict=True))
            for place, (parts, kept) in zip(worker.mine, states, strict=False):
                self.shards[place].restore(parts)
                for kind, rows in kept.items():
                    self.shards[place].board.kept[kind].extend(rows)
        return [played[place] for place in range(len(self.shards))]

    def close(self) -> None:
        """End the workers, and note how much memory they held at most."""
        for worker in self._crew:
            try:
                worker.pipe.send(None)
                while not isinstance(last := _answer(worker), int):
                    pass  # an answer nobody gathered, because another worker failed
                self.peak_memory_bytes += last
            except (OSError, RunError):
                worker.process.terminate()
            worker.process.join()
            worker.pipe.close()
        self._crew = []

    def _fork(self) -> None:
        """Share out the shards, the largest first, each to the worker with the least to do."""
        context = multiprocessing.get_context("fork")
        parts: list[list[int]] = [[] for _ in range(min(self.workers, max(1, len(self.shards))))]
        load = [0] * len(parts)
        for place in sorted(range(len(self.shards)), key=lambda k: -self.shards[k].store.parties):
            least = load.index(min(load))
            parts[least].append(place)
            load[least] += self.shards[place].store.parties
        for mine in parts:
            here, there = context.Pipe()
            not_mine = [here, *(worker.pipe for worker in self._crew)]
            args = (there, not_mine, [self.shards[k] for k in mine])
            process = context.Process(target=_work, args=args, daemon=True)
            process.start()
            there.close()
            self._crew.append(_Worker(process, here, mine))


def _answer(worker: _Worker) -> Any:
    """What a worker sends back; a RunError if it broke a law or is gone."""
    try:
        answer = worker.pipe.recv()
    except (EOFError, OSError) as error:
        raise _lost(worker) from error
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _lost(worker: _Worker) -> RunError:
    worker.process.join(timeout=5)
    return RunError(
        f"a worker process ended with code {worker.process.exitcode} (killed, or out of memory?); "
        "start again with --resume to go on from the last checkpoint, with fewer --threads if memory is short"
    )


def _work(pipe: Connection, not_mine: list[Connection], shards: list[Shard]) -> None:
    """The life of a worker: step when asked, send back what was asked for; end when nobody holds the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in not_mine:
        end.close()
    while True:
        try:
            asked = pipe.recv()
            if asked is None:
                pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
                return
            pipe.send(_play(shards, *asked))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return
        except RunError as error:
            pipe.send(error)


def _play(shards: list[Shard], weeks: list[tuple[Any, ...]], bring: bool) -> tuple[list[Played], list[Any]]:
    plan = shards[0].plan
    frames = [plan.frame(*told) for told in weeks]
    said = [shard.play(frames) for shard in shards]
    if not bring:
        return said, []
    states = [
        (shard.parts(), {kind: list(rows) for kind, rows in shard.board.kept.items()}) for shard in shards
    ]
    for shard in shards:
        for kept in shard.board.kept.values():
            kept.clear()
    return said, states
