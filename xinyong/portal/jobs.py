"""The queue behind the desk: one order at a time in a process of its own, bounded in number and time, cancellable.

An order is known by the fingerprint of what was ordered, so that a link leads to the same result, and the same order is
never played twice. Each has a folder with `order.json` and, when it has ended, `result.json`.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Literal

from xinyong.errors import RunError
from xinyong.lab.tables import write_json

State = Literal["waiting", "running", "done", "failed", "cancelled"]
MOST_WAITING, MOST_KEPT, MOST_SECONDS = 8, 200, 600.0
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


class Busy(RunError):  # noqa: N818
    """The queue is full: an answer of 429."""


@dataclass
class Job:
    """One order: what, how far it is, and what came of it."""

    id: str
    kind: str
    order: dict[str, Any]
    state: State = "waiting"
    done: int = 0
    whole: int = 0
    problem: str = ""
    seconds: float = 0.0


class Jobs:
    """Orders in the order they came. `place` is a folder of the portal's own; run folders are only read."""

    def __init__(self, place: Path, most_seconds: float = MOST_SECONDS) -> None:
        self.place, self.most_seconds = place, most_seconds
        self._jobs: dict[str, Job] = {}
        self._queue: deque[str] = deque()
        self._change = Condition()
        self._process: subprocess.Popen[str] | None = None
        self._running = ""
        self._closed = False
        self._thread: Thread | None = None

    def order(self, kind: str, order: dict[str, Any]) -> Job:
        """Put an order into the queue, or give the one that is the same. Raises Busy."""
        told = json.dumps([kind, order], sort_keys=True, ensure_ascii=False, default=str)
        key = hashlib.sha256(told.encode()).hexdigest()[:16]
        with self._change:
            known = self.find(key)
            if known is not None and known.state in ("waiting", "running", "done"):
                return known
            if len(self._queue) >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} orders are waiting already; try again in a few minutes")
            job = self._jobs[key] = Job(key, kind, json.loads(json.dumps(order, default=str)))
            self._queue.append(key)
            self._start()
            self._change.notify_all()
            return job

    def find(self, key: str) -> Job | None:
        """An order by its fingerprint; one that ended in an earlier session is read from its folder."""
        with self._change:
            if key in self._jobs:
                return self._jobs[key]
            return self._read(key)

    def result(self, key: str) -> dict[str, Any]:
        """What came of an order that is done."""
        found: dict[str, Any] = json.loads((self.place / key / "result.json").read_text(encoding="utf-8"))
        return found

    def ahead(self, key: str) -> int:
        """How many orders come before this one."""
        with self._change:
            return (list(self._queue).index(key) + bool(self._running)) if key in self._queue else 0

    def cancel(self, key: str) -> Job | None:
        """Take an order back; one that runs is stopped."""
        with self._change:
            job = self.find(key)
            if job is None or job.state in ENDED:
                return job
            job.state = "cancelled"
            if key in self._queue:
                self._queue.remove(key)
            if key == self._running:
                self._kill()
            self._change.notify_all()
            return job

    def wait(self, key: str, seen: tuple[str, int], seconds: float) -> Job | None:
        """Wait until an order is further than (state, done), at most so many seconds."""
        end = time.monotonic() + seconds
        with self._change:
            while True:
                job = self.find(key)
                left = end - time.monotonic()
                if job is None or (job.state, job.done) != seen or left <= 0 or self._closed:
                    return job
                self._change.wait(left)

    def close(self) -> None:
        """Stop what runs and take no more."""
        with self._change:
            self._closed = True
            self._queue.clear()
            self._kill()
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name="desk", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while True:
            with self._change:
                while not self._queue and not self._closed:
                    self._change.wait()
                if self._closed:
                    return
                self._running = self._queue.popleft()
                job = self._jobs[self._running]
                job.state = "running"
                self._change.notify_all()
            self._play(job)
            with self._change:
                self._running, self._process = "", None
                self._change.notify_all()
            self._forget()

    def _play(self, job: Job) -> None:
        folder, began = self.place / job.id, time.monotonic()
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_json(folder / "order.json", {"kind": job.kind, "order": job.order})
            self._follow(job, folder)
        except (OSError, RunError) as error:
            self._end(job, "failed", f"the desk cannot write its folder ({error.__class__.__name__})")
        job.seconds = round(time.monotonic() - began, 1)
        if job.state != "done":
            shutil.rmtree(folder, ignore_errors=True)

    def _follow(self, job: Job, folder: Path) -> None:
        """Start the process and listen to what it says, line by line."""
        command = [sys.executable, "-m", "xinyong.portal.worker", str(folder)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
        with self._change:
            self._process = process
            if job.state == "cancelled":
                self._kill()
        watch = Thread(target=self._time_out, args=(job, process), daemon=True)
        watch.start()
        assert process.stdout is not None
        problem = ""
        for line in process.stdout:
            said = _said(line)
            problem = str(said.get("problem", problem))
            with self._change:
                job.done, job.whole = int(said.get("done", job.done)), int(said.get("whole", job.whole))
                self._change.notify_all()
        code = process.wait()
        done = code == 0 and (folder / "result.json").is_file()
        self._end(job, "done" if done else "failed", problem or "the process ended without a result")

    def _end(self, job: Job, state: State, problem: str) -> None:
        with self._change:
            if job.state == "running":
                job.state, job.problem = state, "" if state == "done" else job.problem or problem
            self._change.notify_all()

    def _time_out(self, job: Job, process: "subprocess.Popen[str]") -> None:
        try:
            process.wait(self.most_seconds)
        except subprocess.TimeoutExpired:
            job.problem = (
                f"it took longer than {self.most_seconds:.0f} seconds; order fewer persons or worlds"
            )
            _stop(process)

    def _kill(self) -> None:
        if self._process is not None:
            _stop(self._process)

    def _read(self, key: str) -> Job | None:
        if len(key) != 16 or not key.isalnum():
            return None
        folder = self.place / key
        try:
            told = json.loads((folder / "order.json").read_text(encoding="utf-8"))
            if not (folder / "result.json").is_file():
                return None
            job = self._jobs[key] = Job(key, str(told["kind"]), dict(told["order"]), "done", 1, 1)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return job

    def _forget(self) -> None:
        """Keep the newest orders only."""
        with self._change:
            ended = [key for key, job in self._jobs.items() if job.state in ENDED]
            for key in ended[: max(0, len(ended) - MOST_KEPT)]:
                del self._jobs[key]
        folders = sorted(self.place.glob("*/order.json"), key=lambda path: path.stat().st_mtime)
        for path in folders[: max(0, len(folders) - MOST_KEPT)]:
            shutil.rmtree(path.parent, ignore_errors=True)


def _stop(process: "subprocess.Popen[str]") -> None:
    """End a process of ours and whatever it started: it leads a group of its own."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _said(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
