"""Fifty readers of a portal, each asking once in two seconds, from a process of their own.

    python -m benchmarks.portal_load runs/demo [--readers 50] [--seconds 60]

Starts `xinyong serve` on a free port of this machine, asks for searches, files and map scans in turn, and prints the
median, the 95th percentile and the most of each, and the memory of the server. Stops by itself.
"""

import argparse
import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psutil

PAUSE, LONGEST = 2.0, 600


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def get(url: str) -> tuple[float, bytes]:
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=30) as answer:
        body = answer.read()
    return (time.perf_counter() - began) * 1000, body


def start(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "xinyong.cli", "serve", str(folder), "--port", str(port)]
    server = subprocess.Popen(command)
    for _ in range(200):
        try:
            get(f"http://127.0.0.1:{port}/api/")
            return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("the portal did not start")


class Readers:
    """Readers who look people up on different days, open files and scan the map."""

    def __init__(self, base: str, run: str, many: int, seconds: float) -> None:
        self.base, self.run, self.many, self.seconds = base, run, many, seconds
        self.took: dict[str, list[float]] = {"search": [], "file": [], "map": []}
        self.failed = 0
        self.ids = self._ids()

    def _ids(self) -> list[str]:
        found: set[str] = set()
        for year in range(2015, 2020):
            _, body = get(f"{self.base}/api/runs/{self.run}/lookup?on={year}-06-0{1 + year % 8}")
            found |= {one["id"] for one in json.loads(body)["examples"]}
        return sorted(found)

    def url(self, what: str, luck: random.Random) -> str:
        who, language = luck.choice(self.ids), luck.choice(("en", "zh-Hant", "zh-Hans"))
        day = f"{luck.randint(2015, 2018)}-{luck.randint(1, 12):02d}-{luck.randint(1, 28):02d}"
        where = f"{self.base}/{language}/runs/{self.run}"
        if what == "search":
            return f"{where}/lookup?q={who}&on={day}&site={luck.choice(('shixin', 'credit_china'))}"
        if what == "file":
            return f"{where}/file/{who}?on={day}"
        x, y, radius = luck.randint(-1500, 1500), luck.randint(-1500, 1500), luck.randint(200, 1500)
        return f"{where}/map?x={x}&y={y}&radius={radius}"

    def read(self, number: int) -> None:
        luck, end = random.Random(number), time.monotonic() + self.seconds
        time.sleep(luck.random() * PAUSE)
        while time.monotonic() < end:
            began = time.monotonic()
            what = luck.choice(tuple(self.took))
            try:
                self.took[what].append(get(self.url(what, luck))[0])
            except OSError:
                self.failed += 1
            time.sleep(max(0.0, PAUSE - (time.monotonic() - began)))

    def all(self) -> None:
        threads = [threading.Thread(target=self.read, args=(n,)) for n in range(self.many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("run", type=Path)
    asked.add_argument("--readers", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=60)
    told = asked.parse_args()
    port = free_port()
    server = start(told.run, port)
    try:
        base = f"http://127.0.0.1:{port}"
        _, body = get(f"{base}/api/")
        readers = Readers(base, json.loads(body)["runs"][0]["key"], told.readers, min(told.seconds, LONGEST))
        for what in readers.took:
            get(readers.url(what, random.Random(0)))
        process = psutil.Process(server.pid)
        before = process.cpu_times()
        readers.all()
        after, memory = process.cpu_times(), process.memory_info().rss / 2**20
    finally:
        server.terminate()
        server.wait(10)
    spent = after.user + after.system - before.user - before.system
    requests = sum(map(len, readers.took.values()))
    for what, took in readers.took.items():
        ordered = sorted(took)
        middle, late = statistics.median(took), ordered[int(0.95 * len(ordered))]
        print(
            f"{what:7} {len(took):5}  median {middle:6.1f} ms  95% {late:6.1f} ms  most {ordered[-1]:6.1f} ms"
        )
    print(f"{requests} requests, {readers.failed} failed; {1000 * spent / requests:.1f} ms of processor each")
    print(f"server {memory:.0f} MB; load of the machine {psutil.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
