"""Whole runs at 1 million persons, two workers, the spine and every institution: python -m benchmarks.spine"""

import time

from benchmarks.stepping import Stepper
from xinyong.engine import LocalEngine
from xinyong.lab.scenario import load_scenario
from xinyong.population import make_population

SPINE = (
    "ability", "borrowing", "repaying", "suing", "courts", "court_list", "complying", "sharing_platform",
    "joint_measures", "wants", "objection", "deeds", "city_points",
)  # fmt: skip
STOPS = (260, 470, 651)


def main() -> None:
    """Print million person-weeks a second by stretch of the run, and bytes of state a person at its end."""
    for name, processes in (("spine", SPINE), ("everything", None)):
        scenario = load_scenario("china-2012-2019")
        if processes:
            scenario = scenario.model_copy(update={"processes": processes})
        plan, recipe, engine = scenario.plan(1), scenario.people(), LocalEngine()
        engine.start(plan, make_population(recipe, 1, recipe.persons / 1e6))
        world = Stepper(plan, engine)
        persons = sum(shard.persons for shard in engine.shards)
        world.step(1)
        world.use(2)
        whole, first = time.perf_counter(), world.week
        for stop in STOPS:
            began, week = time.perf_counter(), world.week
            world.step(stop - week)
            rate = persons * (stop - week) / 1e6 / (time.perf_counter() - began)
            print(f"{name}: weeks {week} to {stop}: {rate:.1f} M person-weeks/s", flush=True)
        rate = persons * (STOPS[-1] - first) / 1e6 / (time.perf_counter() - whole)
        world.home()
        held = sum(shard.store.nbytes for shard in world.engine.shards) / persons
        print(f"{name}: whole run {rate:.1f} M person-weeks/s, {held:.1f} bytes a person", flush=True)
        world.engine.close()


if __name__ == "__main__":
    main()
