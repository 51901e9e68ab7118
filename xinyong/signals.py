"""What crosses between shards, week by week, and the loop that carries it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from xinyong.columns import Array
from xinyong.engine import Engine, Plan, Played, tally_specs
from xinyong.process import Frame

WINDOW_WEEKS = 13


@dataclass
class Signals:
    """The log of a world: the nation's watched tallies after each week, and its pools after each year.

    A shard's state is a pure function of seed, recipe, rules and this log, so any worker can rebuild any shard.
    """

    watched: list[list[int]] = field(default_factory=list)
    pooled: dict[int, dict[str, Array]] = field(default_factory=dict)

    def frame(self, plan: Plan, week: int) -> Frame:
        """What every shard shares in a week, as far as the log tells."""
        nation = dict(zip(plan.watched, self.watched[week - 1], strict=True)) if self.watched and week else {}
        years = [w for w in self.pooled if w < week]
        return plan.frame(week, nation, self.pooled[max(years)] if years else {})

    def note(self, plan: Plan, week: int, played: list[Played]) -> None:
        """Add what the shards said after a week, summed in shard order."""
        if plan.watched:
            names = list(tally_specs(plan))
            total = sum((p.tallies[-1] for p in played), start=np.zeros(len(names), np.int64))
            self.watched.append([int(total[names.index(n)]) for n in plan.watched])
        if plan.closes_year(week):
            self.pooled[week] = {n: np.sum([p.pools[n] for p in played], axis=0) for n in plan.pools}

    def parts(self) -> dict[str, Array]:
        """The log as named arrays."""
        held = {"watched": np.array(self.watched, np.int64)}
        return held | {f"pool:{w}:{n}": a for w, pools in self.pooled.items() for n, a in pools.items()}

    @classmethod
    def of(cls, parts: Mapping[str, Array]) -> "Signals":
        """The log from what `parts` gave."""
        log = cls(parts["watched"].tolist())
        for name, array in parts.items():
            kind, _, rest = name.partition(":")
            if kind == "pool":
                week, _, pool = rest.partition(":")
                log.pooled.setdefault(int(week), {})[pool] = array
        return log


def advance(
    engine: Engine, plan: Plan, first: int, stop: int, signals: Signals,
    tell: Callable[[int], None] | None = None, window: int = WINDOW_WEEKS, bring: bool = True,
) -> list[Array]:  # fmt: skip
    """Step all shards from week `first` to `stop`; returns tallies (weeks, tallies) of each shard.

    Without signals to exchange they run `window` weeks at a time. At the end the engine's `shards` hold the state,
    unless `bring` is not wanted.
    """
    pieces: list[list[Array]] = []
    week = first
    while week < stop:
        end = _window_end(plan, week, stop, window)
        engine.submit([signals.frame(plan, w) for w in range(week, end)], bring=bring and end == stop)
        played = engine.gather()
        pieces.append([p.tallies for p in played])
        signals.note(plan, end - 1, played)
        week = end
        if tell is not None:
            tell(week)
    return [np.concatenate([p[k] for p in pieces]) for k in range(len(engine.shards))]


def _window_end(plan: Plan, week: int, stop: int, window: int) -> int:
    """The week after a window: one week if somebody watches, otherwise `window`, never past the end of a year."""
    longest = min(week + (1 if plan.watched else window), stop)
    return next((w + 1 for w in range(week, longest) if plan.closes_year(w)), longest)
