"""Stepping a world with one process or with workers, and going over from one to the other."""

from xinyong.engine import Engine, LocalEngine, Plan
from xinyong.signals import Signals, advance
from xinyong.workers import make_engine


class Stepper:
    """A world that is stepped by `workers` processes; their state comes home before the number changes."""

    def __init__(self, plan: Plan, engine: LocalEngine) -> None:
        self.plan, self.week, self.signals = plan, 0, Signals()
        self.engine: Engine = engine
        self.workers = 1

    def use(self, workers: int) -> None:
        """Go on with another number of workers; they start at once, so that no measured step pays for it."""
        if workers != self.workers:
            self.home()
            shards = self.engine.shards
            self.engine.close()
            self.engine, self.workers = make_engine(workers), workers
            if isinstance(self.engine, LocalEngine):
                self.engine.start(self.plan, [])
            self.engine.shards = shards
            self.engine.submit([])
            self.engine.gather()

    def home(self) -> None:
        """Let the shards here hold the state."""
        self.engine.submit([], bring=True)
        self.engine.gather()

    def step(self, weeks: int) -> None:
        """Live through some weeks, a quarter at a time as a run does."""
        advance(self.engine, self.plan, self.week, self.week + weeks, self.signals, bring=False)
        self.week += weeks
