"""Nanoseconds a person for ties that are computed. Run: .venv/bin/python benchmarks/graph.py [--json]"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from xinyong.graph import Network, Sizes, pack
from xinyong.kernels import graph as kernels


def best(work: Callable[[], object], times: int = 9) -> float:
    work()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(persons: int, share: float = 0.01) -> dict[str, float]:
    """One thread; eight acquaintances a person (four permutations), `share` of the persons flagged."""
    rng = np.random.default_rng(1)
    flags = (rng.random(persons) < share).astype(np.uint8)
    place = (np.arange(persons) % 3).astype(np.uint8)
    adults = np.flatnonzero(rng.random(persons) < 0.8)
    net = Network(1, 1, persons, Sizes(candidates=4, acquaintances=8))
    fifty = Network(1, 1, persons)
    words, seats = pack(flags), net.seats(len(adults))
    rows, out = np.flatnonzero(flags), np.zeros(persons, np.uint8)
    there = np.empty(persons, np.uint32)
    last = (net.regular, net.key, net.weights)
    last_fifty = (fifty.regular, fifty.key, fifty.weights)
    tasks = {
        "pack a flag column": (lambda: kernels.pack(words, flags), persons),
        "count bits": (lambda: kernels.count(words), persons),
        "permute": (lambda: kernels.forward_all(there, 0, persons, net.seating), persons),
        "permute back": (lambda: kernels.inverse_all(there, 0, persons, net.seating), persons),
        "household and adjacent": (lambda: kernels.mark_near(out, rows, place, 10), persons),
        "close team": (lambda: kernels.mark_teams(out, seats, adults, words, 8), persons),
        "8 acquaintances, pulled": (lambda: kernels.pull_ties(out, words, net.rounds, *last), persons),
        "8 acquaintances, pushed": (lambda: kernels.push_ties(out, rows, net.rounds, *last), persons),
        "8 acquaintances, pushed, per flagged": (
            lambda: kernels.push_ties(out, rows, net.rounds, *last),
            len(rows),
        ),
        "50 acquaintances, pushed, per flagged": (
            lambda: kernels.push_ties(out, rows, fifty.rounds, *last_fifty),
            len(rows),
        ),
        "all layers": (lambda: net.exposed(words, place, adults), persons),
    }
    return {name: best(work) / units * 1e9 for name, (work, units) in tasks.items()}


def main() -> None:
    table = {n: measure(n) for n in (100_000, 1_000_000, 10_000_000)}
    if "--json" in sys.argv:
        print(json.dumps(table))
        return
    print(f"{'ns, one thread, 1 % flagged':40}" + "".join(f"{n:>12,}" for n in table))
    for name in next(iter(table.values())):
        print(f"{name:40}" + "".join(f"{column[name]:12.2f}" for column in table.values()))


if __name__ == "__main__":
    main()
