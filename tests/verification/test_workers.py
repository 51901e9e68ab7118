"""Worker processes: the same world as one process, clear words when one dies, none left behind."""

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.verification import checks
from xinyong.engine import LocalEngine, state_hash
from xinyong.errors import RunError
from xinyong.process import Day, Process
from xinyong.signals import Signals, advance
from xinyong.workers import ForkEngine, make_engine

PEOPLE = checks.small_people(1, 600)


def played(engine, plan, weeks=(0, 60, 110)):
    """State hash, tallies and kept notices after some weeks, with a halt in the middle as at a checkpoint."""
    engine.start(plan, PEOPLE)
    log = Signals()
    tallies = [t.tolist() for a, b in itertools.pairwise(weeks) for t in advance(engine, plan, a, b, log)]
    kept = [
        {k: [{n: a.tolist() for n, a in batch.items()} for batch in rows] for k, rows in s.board.kept.items()}
        for s in engine.shards
    ]
    engine.close()
    return state_hash(engine.shards), tallies, kept


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_any_number_of_workers_compute_the_same_world(workers):
    """V-20, V-21: state, counts and kept notices are equal to the bit, news of the nation included."""
    plan = checks.with_processes(checks.stressed_plan(), checks.Newsreader())
    assert played(ForkEngine(workers), plan) == played(LocalEngine(), plan)


def test_one_worker_needs_no_fork():
    assert isinstance(make_engine(1), LocalEngine)


def test_a_worker_that_dies_is_reported():
    """A killed worker ends the run with advice, not with a hang."""
    plan = checks.stressed_plan()
    engine = ForkEngine(2)
    engine.start(plan, PEOPLE)
    advance(engine, plan, 0, 5, Signals())
    os.kill(engine._crew[0].process.pid, signal.SIGKILL)
    with pytest.raises(RunError, match="--resume"):
        advance(engine, plan, 5, 10, Signals())
    engine.close()


class Lawless(Process):
    """Breaks a law in its third week."""

    name = "lawless"

    def step(self, day: Day) -> None:
        if day.now.week == 2:
            raise RunError("a law is broken")


def test_a_broken_law_travels_back():
    plan = checks.with_processes(checks.stressed_plan(), Lawless())
    engine = ForkEngine(2)
    engine.start(plan, PEOPLE)
    with pytest.raises(RunError, match="a law is broken"):
        advance(engine, plan, 0, 5, Signals())
    engine.close()


SCRIPT = """
import sys, time
from tests.verification import checks
from xinyong.signals import Signals, advance
from xinyong.workers import ForkEngine
engine, plan = ForkEngine(2), checks.stressed_plan()
engine.start(plan, checks.small_people(1, 600))
advance(engine, plan, 0, 3, Signals())
print(*[w.process.pid for w in engine._crew], flush=True)
time.sleep(60)
"""


def test_no_worker_outlives_its_run():
    """Workers of a run that was killed end by themselves."""
    run = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    workers = [int(pid) for pid in run.stdout.readline().split()]
    assert len(workers) == 2
    run.kill()
    run.wait()
    left, deadline = workers, time.monotonic() + 20
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if _alive(pid)]
        time.sleep(0.1)
    assert not left


def _alive(pid: int) -> bool:
    """Whether a process is there and not a zombie waiting for somebody to read its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_shards_are_what_was_brought_last():
    """After gathering with `bring` the shards here hold the state; the crew goes on from it."""
    plan = checks.stressed_plan()
    engine, alone = ForkEngine(2), LocalEngine(1)
    for one in (engine, alone):
        one.start(plan, PEOPLE)
        advance(one, plan, 0, 30, Signals())
    assert state_hash(engine.shards) == state_hash(alone.shards)
    engine.close()
