"""Whole runs at 1 million persons, two workers: the spine, every institution, and everything.

python -m benchmarks.spine [spine] [institutions] [everything]
"""

import sys
import time

from benchmarks.full_model import Model
from xinyong.lab.scenario import load_scenario

SPINE = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", "objection", "deeds", "city_points",
)  # fmt: skip
ANSWERING = (
    "acting", "believing", "grieving", "protesting", "state_response", "opining", "knowing", "facing", "reporting",
)  # fmt: skip
STOPS, WARM, TIMED = (260, 470, 634), 5, 10


def sets() -> dict[str, tuple[str, ...]]:
    """Names of the processes of each society."""
    every = load_scenario("china-2012-2019").processes
    return {
        "spine": SPINE, "institutions": tuple(n for n in every if n not in ANSWERING), "everything": tuple(every)
    }  # fmt: skip


def play(name: str, processes: tuple[str, ...]) -> None:
    """Print million person-weeks a second by stretch, bytes a person, and each process's share of the last weeks."""
    world = Model(1_000_000, 1, processes=processes)
    world.step(1)
    world.use(2)
    whole, first = time.perf_counter(), world.week
    for stop in STOPS:
        began, week = time.perf_counter(), world.week
        world.step(stop - week)
        rate = world.persons * (stop - week) / 1e6 / (time.perf_counter() - began)
        print(f"{name}: weeks {week} to {stop}: {rate:.1f} M person-weeks/s", flush=True)
    rate = world.persons * (STOPS[-1] - first) / 1e6 / (time.perf_counter() - whole)
    print(
        f"{name}: whole run {rate:.1f} M person-weeks/s, {world.memory()['all']:.1f} bytes a person",
        flush=True,
    )
    world.use(1)
    world.step(WARM)  # what is first needed here is loaded here
    shares = world.shares(TIMED)
    for process, milliseconds in shares.items():
        each, part = milliseconds * 1e6 / world.persons, 100 * milliseconds / sum(shares.values())
        print(f"{name}: {process} {each:.2f} ns a person-week of one worker, {part:.1f} %", flush=True)
    world.engine.close()


if __name__ == "__main__":
    for society, processes in sets().items():
        if len(sys.argv) == 1 or society in sys.argv[1:]:
            play(society, processes)
