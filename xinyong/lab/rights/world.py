"""Play a world again while watchers look on: the run's own, one without a system, or one with a label swapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xinyong.columns import Array
from xinyong.engine import LocalEngine, Plan, Shard, tally_specs
from xinyong.kernels import census
from xinyong.lab.rights.clocks import Deletions, Notices, Petitions, WayBack
from xinyong.lab.rights.entries import BUREAU, COMMERCIAL, POINTS, Conduct, Decisions, Entries
from xinyong.lab.rights.harm import Exposure, FalseRecords, Flows, Households, Refusals
from xinyong.lab.rights.lawful import Lawful
from xinyong.lab.rights.ledger import Event, Ledger, Stage, Watcher, joined
from xinyong.lab.rights.rows import Rows
from xinyong.lab.scenario import Scenario
from xinyong.population import ShardPopulation, make_population
from xinyong.signals import Signals, advance
from xinyong.timeline import WEEK_YEARS

WATCHERS: tuple[type[Watcher], ...] = (
    Entries, Conduct, Decisions, Deletions, Notices, Petitions, WayBack, Refusals, FalseRecords, Households, Exposure,
    Flows, Lawful,
)  # fmt: skip
# tallies that are refusals by other systems than the court list: the treatment each stands for
REFUSED = {
    POINTS: {"school_lost_by_standing_cum": "school", "loan_lost_by_standing_cum": "loan",
             "promotion_lost_by_standing_cum": "promotion"},
    BUREAU: {"loans_refused_by_score_cum": "score_refusal"},
    COMMERCIAL: {"court_refusals_cum": "partner_refusal"},
}  # fmt: skip
LABELS = ("sex", "urban", "local")


@dataclass(frozen=True)
class World:
    """A world that was watched: its plan, the ledger, and the tallies counted since the burn-in."""

    plan: Plan
    ledger: Ledger
    tallies: dict[str, int]
    persons: int
    scale: float

    @property
    def person_years(self) -> float:
        """Years lived by all persons since the burn-in."""
        calendar = self.plan.calendar
        return self.persons * (calendar.weeks - calendar.burn_in) * WEEK_YEARS


class Watch:
    """All watchers of one shard."""

    def __init__(
        self, plan: Plan, shard: Shard, rows: Rows, kinds: Sequence[type[Watcher]] = WATCHERS
    ) -> None:
        self.stage = Stage(plan, shard, rows, Ledger())
        self.watchers = [kind(self.stage) for kind in kinds]
        shard.board.listeners.append(self.hear)

    def hear(self, kind: str, rows: dict[str, Array]) -> None:
        """Hand a batch of notices to whoever follows it."""
        for watcher in self.watchers:
            if kind in watcher.hears:
                watcher.hear(kind, rows)

    def week(self) -> None:
        """A step is over."""
        for watcher in self.watchers:
            watcher.week()

    def close(self) -> Ledger:
        """The last step is over; people and vectors over persons alone are kept, in order of rows."""
        for watcher in self.watchers:
            watcher.close()
        ledger, columns = self.stage.ledger, self.stage.shard.store.columns
        persons = columns["kind"] == 0
        facts = columns["census"][persons]
        ledger.persons = {key: vector[persons] for key, vector in ledger.persons.items()}
        ledger.people = {
            "age": columns["age"][persons], "income": columns["income"][persons], "sex": census.sex_of(facts),
            "urban": census.urban_of(facts), "local": census.local_of(facts),
            "education": census.education_of(facts),
            "shard": np.full(int(persons.sum()), self.stage.shard.code),
        }  # fmt: skip
        for name in ("listed", "firm_score"):
            ledger.people[name] = self.stage.column(name)[persons]
        return ledger


def watched(
    scenario: Scenario, seed: int, scale: float, rows: Rows, swap: str = "",
    kinds: Sequence[type[Watcher]] = WATCHERS,
) -> World:  # fmt: skip
    """Play a scenario to its end and say what the watchers saw; with `swap`, everybody bears the other label."""
    plan = scenario.plan(seed)
    people = [swapped(one, swap) if swap else one for one in make_population(scenario.people(), seed, scale)]
    watches: dict[int, Watch] = {}
    engine = LocalEngine(check=lambda shard: watches[shard.code].week())
    engine.start(plan, people)
    for shard in engine.shards:
        watches[shard.code] = Watch(plan, shard, rows, kinds)
    tallies = np.sum(advance(engine, plan, 0, plan.calendar.weeks, Signals()), axis=0)
    engine.close()
    ledger = joined([watches[shard.code].close() for shard in engine.shards])
    base = tallies[plan.calendar.burn_in - 1] if plan.calendar.burn_in else np.zeros_like(tallies[0])
    counted = {
        name: int(tallies[-1, k] - (0 if spec.stock else base[k]))
        for k, (name, spec) in enumerate(tally_specs(plan).items())
    }
    _add_tallied_events(ledger, counted, rows)
    return World(plan, ledger, counted, sum(s.persons for s in engine.shards), scale)


def _add_tallied_events(ledger: Ledger, tallies: Mapping[str, int], rows: Rows) -> None:
    """Put refusals that are kept as tallies alone among the events of the ledger."""
    contexts = rows.contexts
    for system, named in REFUSED.items():
        origin = rows.subsystems[system].origin
        for tally, name in named.items():
            many, treatment = tallies.get(tally, 0), contexts.treatments[name]
            ledger.event(
                Event(system, f"refused: {name}", origin, treatment.context), many, many * treatment.weeks
            )


def swapped(people: ShardPopulation, label: str) -> ShardPopulation:
    """The same society in which every person bears the other value of a label of two; nothing else is touched."""
    persons = people.columns["kind"] == 0
    column: Any = people.columns[label].copy()
    column[persons] = 1 - column[persons]
    return replace(people, columns={**people.columns, label: column})
