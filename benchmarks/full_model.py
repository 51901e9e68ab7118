"""The whole of xinyong on the `china` recipe, everything switched on, as the benchmark drives it."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from benchmarks.stepping import Stepper
from xinyong.engine import LocalEngine
from xinyong.lab.scenario import load_scenario
from xinyong.population import make_population


class Model(Stepper):
    """Scenario china-2012-2019 at any size; `short` begins the burn-in in July 2014 instead of January 2007.

    `processes` names those that take part; without it all do.
    """

    def __init__(
        self, persons: int, seed: int, short: bool = False, processes: Sequence[str] | None = None
    ) -> None:
        scenario = load_scenario("china-2012-2019")
        if short:
            scenario = scenario.model_copy(update={"start": date(2016, 7, 4), "burn_in_weeks": 104})
        if processes:
            scenario = scenario.model_copy(update={"processes": tuple(processes)})
        recipe = scenario.people()
        plan, engine = scenario.plan(seed), LocalEngine()
        started = time.perf_counter()
        people = make_population(recipe, seed, recipe.persons / persons)
        self.seconds = {"population": time.perf_counter() - started}
        engine.start(plan, people)
        super().__init__(plan, engine)
        self.persons = sum(shard.persons for shard in self.engine.shards)

    def memory(self) -> Mapping[str, float]:
        """Bytes a person: columns of parties, side tables, both; and seconds to make the people."""
        self.home()
        stores = [shard.store for shard in self.engine.shards]
        columns = sum(a.nbytes for s in stores for a in s.columns.values())
        tables = sum(t.nbytes for s in stores for t in s.tables.values())
        return {
            "columns": columns / self.persons, "tables": tables / self.persons,
            "all": sum(s.nbytes for s in stores) / self.persons, **self.seconds,
        }  # fmt: skip

    def shares(self, weeks: int) -> Mapping[str, float]:
        """Processor milliseconds a week of each process, of frames (rules in force), and of the rest."""
        self.use(1)
        spent: Counter[str] = Counter()
        for process in self.plan.processes:
            process.step = _timed(process.step, process.name, spent)  # type: ignore[method-assign]
        started = time.process_time()
        self.step(weeks)
        whole = time.process_time() - started
        for process in self.plan.processes:
            del process.step
        started = time.process_time()
        for week in range(self.week, self.week + weeks):
            self.plan.frame(week)
        spent["rules in force and keys"] = time.process_time() - started
        spent["notices turned, tallies kept, threads"] = whole - sum(spent.values())
        return {name: 1000 * seconds / weeks for name, seconds in spent.most_common()}


def _timed(step: Any, name: str, spent: Counter[str]) -> Any:
    def timed(day: Any) -> None:
        started = time.thread_time()
        step(day)
        spent[name] += time.thread_time() - started

    return timed
