"""Opinions of a finished run by quarter and cell, and samples drawn from them; no person is ever in it."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xinyong import draws
from xinyong.columns import Array
from xinyong.errors import RunError
from xinyong.kernels import poll
from xinyong.lab.results import Run
from xinyong.lab.scorecards import log_of, scenario_of

CELLS, TRIALS = "opinion_cells", "opinion_trials"
QUOTAS = 6
_STRATUM, _ANSWER = 0, 1


@dataclass(frozen=True)
class Wave:
    """One quarter of one replicate: cells (strata, kinds of answer), trials (frames, 1 + arms * 2), the seed."""

    date: dt.date
    replicate: int
    seed: int
    cells: Array
    trials: Array

    @property
    def online(self) -> Array:
        """The cells of those who use the internet; the others are empty."""
        return np.where(axis("online")[:, None] == 1, self.cells, 0)


def axis(name: str) -> Array:
    """The class of each stratum (strata,) on one of income, schooling, town, man, age, online."""
    names = ("income", "schooling", "town", "man", "age", "online")
    return np.asarray(np.indices(poll.DIMENSIONS).reshape(len(names), -1)[names.index(name)])


def waves(run: Run, replicate: int = 0) -> list[Wave]:
    """Every quarter in which anybody had an opinion, in order of time. Raises RunError without any."""
    scenario, seeds = scenario_of(run.path), run.manifest.get("seeds", [])
    if "opining" not in scenario.processes:
        raise RunError(f"{run.path}: nobody has an opinion in this run; add `opining` to its scenario")
    if not 0 <= replicate < len(seeds):
        raise RunError(f"{run.path}: there is no replicate {replicate}; it has {len(seeds)}, from 0")
    calendar, found = scenario.calendar(), []
    pooled = log_of(run.path, replicate).pooled
    for week in sorted(pooled):
        year = calendar.date(week).year
        cells = pooled[week][CELLS].reshape(poll.QUARTERS, poll.STRATA, len(poll.KINDS))
        trials = pooled[week][TRIALS].reshape(poll.QUARTERS, poll.FRAMES, -1)
        found += [
            Wave(_last_day(year, q), replicate, seeds[replicate], cells[q], trials[q])
            for q in range(poll.QUARTERS)
            if cells[q].any()
        ]
    if not found:
        raise RunError(
            f"{run.path}: no quarter is counted; opinions are counted from 2014 on, and a year counts once it is over"
        )
    return found


def _last_day(year: int, quarter: int) -> dt.date:
    return dt.date(year + quarter // 3, (3 * quarter + 3) % 12 + 1, 1) - dt.timedelta(days=1)


def nearest(found: list[Wave], date: dt.date) -> Wave:
    """The wave whose end lies nearest to a day."""
    return min(found, key=lambda wave: (abs((wave.date - date).days), wave.date))


def sample(wave: Wave, n: int) -> Array:
    """Answers (strata, kinds) of `n` internet users, in quotas of sex and age as among all of them.

    Drawn with replacement by a key of seed and quarter: twin worlds ask the same respondents. Raises RunError.
    """
    cells = wave.online
    if not cells.any():
        raise RunError(f"nobody online had an opinion on {wave.date}; choose a later day")
    quota = axis("man") * 3 + axis("age")
    key = draws.key(wave.seed, "survey", wave.date.year * poll.QUARTERS + wave.date.month // 3)
    asked, first = np.zeros_like(cells), 0
    for group, many in enumerate(_quotas(np.bincount(quota, cells.sum(1), QUOTAS), n)):
        who = np.arange(first, first + many, dtype=np.uint64)
        rows = np.flatnonzero(quota == group)
        stratum = rows[_picked(cells[rows].sum(1)[None, :], draws.uniforms(key, who, _STRATUM))]
        np.add.at(asked, (stratum, _picked(cells[stratum], draws.uniforms(key, who, _ANSWER))), 1)
        first += many
    return asked


def _quotas(weights: Array, n: int) -> list[int]:
    """Whole numbers in proportion to weights that sum to `n`, by largest remainders."""
    exact = n * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    short = np.argsort(-(exact - whole), kind="stable")[: n - int(whole.sum())]
    whole[short] += 1
    return [int(k) for k in whole]


def _picked(counts: Array, u: Array) -> Array:
    """For each draw the place in its row of counts (n or 1, places) that it falls on."""
    ends = np.cumsum(counts, axis=1)
    return np.asarray((u[:, None] * ends[:, -1:] >= ends).sum(1))
