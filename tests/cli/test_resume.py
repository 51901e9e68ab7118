"""A run that is killed, whenever it is killed, goes on with --resume and ends as if nothing had happened."""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.cli.calling import call
from xinyong.lab.run import make_job, run
from xinyong.lab.scenario import Scenario, load_scenario

KILLED = -signal.SIGKILL
WORLD = {"scale": "1:5", "threads": 1, "replicates": 2, "checkpoint_weeks": 20}
OF_THE_HOUR = (
    "seconds", "person_weeks", "person_weeks_per_second", "peak_memory_bytes", "bytes_per_person", "command", "threads",
    "commit",
)  # fmt: skip


@pytest.fixture(scope="module")
def plan(tiny):
    return load_scenario(tiny).model_copy(update={"burn_in_weeks": 30})


@pytest.fixture(scope="module")
def undisturbed(plan, tmp_path_factory) -> tuple[Path, float]:
    """The run as it should be, and how long it takes."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    play(plan.changed(None, dt.date(2014, 1, 31)), tmp_path_factory.mktemp("warm") / "run")
    began = time.perf_counter()
    play(plan, folder)
    return folder, time.perf_counter() - began


def play(plan: Scenario, out: Path) -> None:
    run(make_job(plan, out=out, **WORLD), resume=True)


def left_behind(folder: Path) -> dict[str, object]:
    """State, tables and facts of a run, without what depends on the hour or the machine."""
    facts = json.loads((folder / "manifest.json").read_text())
    for name in OF_THE_HOUR:
        del facts[name]
    tables: dict[str, object] = {}
    for name in ("weekly", "episodes", "records"):
        with duckdb.connect() as db:
            tables[name] = db.execute(f"SELECT * FROM read_parquet('{folder / name}.parquet')").fetchall()
    assert not list((folder / "parts").iterdir())
    assert not list(folder.rglob("*.tmp"))
    return facts | tables


def same(resumed: Path, calm: Path) -> None:
    found, wanted = left_behind(resumed), left_behind(calm)
    assert found.keys() == wanted.keys()
    assert {name for name in wanted if found[name] != wanted[name]} == set()


def in_a_child(act: Callable[[], object], seconds: float | None = None) -> int:
    """Do something in a process of its own, killed after a while if asked; returns how it ended."""
    child = os.fork()
    if not child:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(file: int, before: bool) -> Callable[[], None]:
    """Make this process die just before or after it gives the n-th file its name."""
    real, count = Path.replace, [0]

    def replace(self: Path, target: Path) -> Path:
        count[0] += 1
        if count[0] == file and before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = real(self, target)
        if count[0] == file:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return lambda: setattr(Path, "replace", replace)


def test_killed_ten_times_at_random_moments(plan, undisturbed, tmp_path):
    """The same folder is killed and resumed until it is finished; then comes another, until ten were killed."""
    folder, whole = undisturbed
    chance = random.Random(20120102)
    runs, kills = [tmp_path / "run0"], 0
    while kills < 10:
        ended = in_a_child(lambda out=runs[-1]: play(plan, out), chance.uniform(0.02, 0.5) * whole)
        assert ended in (0, KILLED)
        kills += ended == KILLED
        runs += [tmp_path / f"run{len(runs)}"] if not ended else []
    assert in_a_child(lambda: play(plan, runs[-1])) == 0
    for out in runs:
        same(out, folder)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_killed_at_every_kind_of_file(plan, undisturbed, tmp_path, before):
    """Manifest, plan, parts, checkpoints, end of a replicate, and the final merge."""
    folder, _ = undisturbed
    out = tmp_path / "run"
    ended = []
    for file in (1, 1, 2, 2, 3, 4, 5, 8, 9, 1, 1, 2, 1, 1, 1):
        arm = killed_at(file, before)
        ended.append(in_a_child(lambda arm=arm: (arm(), play(plan, out))))
    assert ended[0] == KILLED
    assert in_a_child(lambda: play(plan, out)) == 0
    same(out, folder)


def test_killed_in_the_final_merge(plan, undisturbed, tmp_path):
    folder, _ = undisturbed
    out = tmp_path / "run"

    def stop_in_the_merge(after: int) -> None:
        from xinyong.lab import run as module

        real, count = module.merge_parts, [0]

        def merge(*words: object) -> int:
            count[0] += 1
            if count[0] > after:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*words)

        module.merge_parts = merge
        play(plan, out)

    assert [in_a_child(lambda after=after: stop_in_the_merge(after)) for after in (0, 1, 2)] == [KILLED] * 3
    assert json.loads((out / "manifest.json").read_text())["finished"] is False
    play(plan, out)
    same(out, folder)


def test_the_command_itself_is_killed_and_goes_on(tiny, tmp_path):
    words = ["run", str(tiny), "--scale", "1:4", "--threads", "1", "--quiet", "--until", "2014-12-31"]
    program = "import sys; from xinyong.cli import main; main(sys.argv[1:])"
    out, calm = tmp_path / "run", tmp_path / "calm"
    typed = [sys.executable, "-c", program, *words, "--out", str(out)]
    child = subprocess.Popen(typed, stderr=subprocess.PIPE, text=True)
    while child.poll() is None and not list((out / "checkpoints").glob("*.npz")):
        time.sleep(0.002)
    child.kill()
    told = child.communicate()[1]
    assert child.returncode == KILLED, told
    assert call(*words, "--out", out)[0] == 2
    code, told, err = call(*words, "--out", out, "--resume")
    assert code == 0, err
    assert call(*words, "--out", calm)[0] == 0
    same(out, calm)
    assert (out / "report.html").is_file()
    assert "report.html" in told
