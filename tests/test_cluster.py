"""A Dask cluster on this machine: two workers, one or both killed on the way."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.experiments import lively, small_design
from tests.test_experiments import HOOK, same_table, study
from xinyong.errors import RunError
from xinyong.lab.experiment import cluster, conduct
from xinyong.lab.experiment.cluster import DaskFarm
from xinyong.lab.experiment.conduct import make_study

pytestmark = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="extra `cluster`")
DASK = str(Path(sys.executable).with_name("dask"))


@pytest.fixture
def crew(tmp_path):
    """Address of a scheduler, and its two workers as processes."""
    file = tmp_path / "scheduler.json"
    root = Path(__file__).parents[1]
    known = {**os.environ, "PYTHONPATH": str(root)}
    often = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path, "env": known}
    plain = ["--scheduler-file", str(file), "--no-dashboard"]
    local = ["--host", "127.0.0.1"]
    started = [subprocess.Popen([DASK, "scheduler", *plain, *local, "--port", "0"], **often)]
    worker = [DASK, "worker", *plain, *local, "--nthreads", "2", "--no-nanny", "--death-timeout", "60"]
    started += [subprocess.Popen(worker, **often) for _ in range(2)]
    try:
        yield address_in(file), started[1:]
    finally:
        for process in started[::-1]:
            process.kill()
            process.wait()


def address_in(file: Path) -> str:
    import json

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return str(json.loads(file.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.1)
    raise TimeoutError("no scheduler")


def on_cluster(out: Path, address: str):
    return make_study(small_design(), out=out, cluster=address, base=lively(), outcomes=HOOK)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return conduct.conduct(study(tmp_path_factory.mktemp("experiment") / "alone"))


def test_two_workers_one_killed_on_the_way(crew, alone, tmp_path, monkeypatch):
    """kill -9 of a worker that holds checkpoints: its steps are taken again, and the table is the same to the bit."""
    address, workers = crew
    monkeypatch.setattr(cluster, "STEP_WEEKS", 26)
    told = []

    def progress(done: int, whole: int, persons: int) -> None:
        told.append((done, whole))
        if done >= 0.3 * whole and workers[0].poll() is None:
            os.kill(workers[0].pid, signal.SIGKILL)

    out = conduct.conduct(on_cluster(tmp_path / "cluster", address), progress=progress)
    assert workers[0].wait(timeout=5) == -signal.SIGKILL
    assert workers[1].poll() is None, "the cluster is not ours to end"
    assert told[-1][0] == told[-1][1]
    assert same_table(alone, out)


def test_no_worker_left_is_an_error_and_not_a_hang(crew, alone, tmp_path, monkeypatch):
    """All workers gone: it says so, and what had ended is kept; the rest is played by this machine."""
    address, workers = crew
    monkeypatch.setattr(conduct, "DaskFarm", lambda address: DaskFarm(address, patience_seconds=8))

    def progress(done: int, whole: int, persons: int) -> None:
        if done >= 0.5 * whole:
            for worker in workers:
                worker.kill()

    out = tmp_path / "deserted"
    with pytest.raises(RunError, match=r"no worker is left.*--resume"):
        conduct.conduct(on_cluster(out, address), progress=progress)
    assert same_table(alone, conduct.conduct(study(out), resume=True))


def test_a_wrong_address_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(conduct, "DaskFarm", lambda address: DaskFarm(address, patience_seconds=1))
    with pytest.raises(RunError, match="give the address that `dask scheduler` prints"):
        conduct.conduct(on_cluster(tmp_path / "nowhere", "tcp://127.0.0.1:9"))


def test_without_distributed_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunError, match="pip install"):
        conduct.conduct(on_cluster(tmp_path / "none", "tcp://127.0.0.1:9"))
