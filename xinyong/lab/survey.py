"""Ask a sample of a finished run what it thinks of the system, as the published surveys did; totals only.

*Source:* Kostka 2019 (quota sample of 2,209 internet users, February to April 2018); model.md 2.7j, 3.6.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from xinyong import draws, ids
from xinyong.columns import Array
from xinyong.errors import RunError, did_you_mean
from xinyong.kernels import poll
from xinyong.kernels.opinion import APPROVE
from xinyong.lab.polls import Wave, axis, nearest, sample, waves
from xinyong.lab.results import Run

FILE = Path(__file__).parents[1] / "targets" / "opinion.yaml"
READINGS_FILE = FILE.with_name("opinion_readings.json")
# scenarios that give the published figure for different reasons
READINGS = ("opinion-benefit", "opinion-falsification")
ANSWERS = ("oppose", "neutral", "approve")
FLOOR, MOST_ASKED, Z = 30, 1_000_000, 1.96
FRAMES = ("online", "students")
ARMS = ("nothing", "repression", "pros-cons")
ITEMS, ITEM_SHARE = 3, 0.5
# what is compared: axis, classes of the first group, classes of the second
CONTRASTS: Mapping[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "income": ("income", (2,), (0,)), "schooling": ("schooling", (2, 3), (0, 1)), "town": ("town", (1,), (0,)),
    "age": ("age", (2,), (0,)), "women": ("man", (0,), (1,)),
}  # fmt: skip
_PRIVATE, _VOICED = (np.array(side) for side in zip(*poll.KINDS, strict=True))


@dataclass(frozen=True)
class Share:
    """One share of a sample of `n`, with its standard error."""

    answer: str
    share: float
    se: float
    n: int


@dataclass(frozen=True)
class Contrast:
    """First less second group in approving: aloud and in private, in the sample with 95 % limits, and among everybody.

    None where a group of the sample is smaller than the floor.
    """

    what: str
    n: tuple[int, int]
    voiced: float | None
    voiced_limits: tuple[float, float] | None
    voiced_everybody: float
    private: float | None
    private_limits: tuple[float, float] | None
    private_everybody: float


@dataclass(frozen=True)
class ListExperiment:
    """Mean number of items agreed to with and without the sensitive one; their difference is approval in private."""

    n: tuple[int, int]
    estimate: float
    se: float
    direct: float
    gap: float
    gap_se: float


@dataclass(frozen=True)
class Trial:
    """Approval in private and mean support (0 to 10) of some who are told something, beside the same told nothing."""

    frame: str
    told: str
    n: int
    approve_before: float
    approve_after: float
    score_before: float
    score_after: float

    @property
    def change(self) -> float:
        """Change of the mean as a part of what it was."""
        return self.score_after / self.score_before - 1.0 if self.score_before else 0.0


@dataclass(frozen=True)
class Survey:
    """What one survey found."""

    date: dt.date
    replicate: int
    n: int
    voiced: list[Share]
    private: list[Share]
    falsified: Share
    contrasts: list[Contrast]
    list_experiment: ListExperiment | None = None
    trials: list[Trial] = field(default_factory=list)
    synthetic: str = f"{ids.MARK_LATIN} {ids.MARK}"


@lru_cache(maxsize=1)
def published() -> Mapping[str, Any]:
    """What the published surveys found, with marks and what each figure may be used for."""
    told: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return told


def readings() -> dict[str, Any]:
    """What the survey found in a world of each reading of the figure, as `scripts/fit_opinion.py` left it."""
    told: dict[str, Any] = json.loads(READINGS_FILE.read_text(encoding="utf-8"))
    return told


def survey(
    run: Run, date: dt.date | None = None, n: int | None = None, replicate: int = 0, items: bool = False,
    told: str | None = None,
) -> Survey:  # fmt: skip
    """Ask `n` internet users nearest to a day (default: the last of the published survey); see `Survey`.

    Raises RunError where nobody has an opinion, or for a sample that is too small to say anything.
    """
    asked = published()["respondents"] if n is None else n
    if not FLOOR <= asked <= MOST_ASKED:
        raise RunError(f"--n {asked}: ask at least {FLOOR} and at most {MOST_ASKED:,}")
    if told is not None and told not in ARMS[1:]:
        raise RunError(f"--treatment {told}: no such treatment{did_you_mean(told, ARMS[1:])}")
    return survey_of(
        nearest(waves(run, replicate), date or published()["survey_days"][1]), asked, items, told
    )


def survey_of(wave: Wave, n: int, items: bool = False, told: str | None = None) -> Survey:
    """The survey of one wave."""
    cells = sample(wave, n)
    voiced, private = _shares(cells, _VOICED), _shares(cells, _PRIVATE)
    hidden = float(cells[:, _VOICED != _PRIVATE].sum()) / n
    return Survey(
        wave.date, wave.replicate, n, voiced, private, Share("falsified", hidden, _se(hidden, n), n),
        [_contrast(what, cells, wave.online) for what in CONTRASTS],
        _list_experiment(wave, cells, n) if items else None, _trials(wave, told) if told else [],
    )  # fmt: skip


def _se(share: float, n: int) -> float:
    return float(np.sqrt(share * (1 - share) / n))


def _shares(cells: Array, answers: Array) -> list[Share]:
    n = int(cells.sum())
    found = [float(cells[:, answers == code].sum()) / n for code in range(len(ANSWERS))]
    return [Share(name, share, _se(share, n), n) for name, share in zip(ANSWERS, found, strict=True)]


def _contrast(what: str, cells: Array, everybody: Array) -> Contrast:
    name, *groups = CONTRASTS[what]
    rows = [np.isin(axis(name), classes) for classes in groups]
    sizes = int(cells[rows[0]].sum()), int(cells[rows[1]].sum())
    (voiced, voiced_limits), (private, private_limits) = (
        _difference(cells, rows, sizes, answers) for answers in (_VOICED, _PRIVATE)
    )
    return Contrast(
        what, sizes, voiced, voiced_limits, _gap(everybody, rows, _VOICED), private, private_limits,
        _gap(everybody, rows, _PRIVATE),
    )  # fmt: skip


def _approving(cells: Array, rows: Array, answers: Array) -> float:
    """The share of some strata that approves."""
    return float(cells[rows][:, answers == APPROVE].sum() / max(1, cells[rows].sum()))


def _gap(cells: Array, rows: list[Array], answers: Array) -> float:
    return _approving(cells, rows[0], answers) - _approving(cells, rows[1], answers)


def _difference(
    cells: Array, rows: list[Array], sizes: tuple[int, int], answers: Array
) -> tuple[float | None, tuple[float, float] | None]:
    """The difference of two groups with its 95 % limits; nothing where one is smaller than the floor."""
    if min(sizes) < FLOOR:
        return None, None
    gap = _gap(cells, rows, answers)
    variances = [_se(_approving(cells, r, answers), size) ** 2 for r, size in zip(rows, sizes, strict=True)]
    margin = Z * float(np.sqrt(sum(variances)))
    return gap, (gap - margin, gap + margin)


def _list_experiment(wave: Wave, cells: Array, n: int) -> ListExperiment:
    """Half of the sample counts three harmless items, half the same and approval; who approves in private adds one."""
    inside = np.repeat(_PRIVATE == APPROVE, cells.sum(0)).astype(int)
    key = draws.key(wave.seed, "survey.list", wave.date.toordinal())
    who = np.arange(n, dtype=np.uint64)
    harmless = sum((draws.uniforms(key, who, 1 + j) < ITEM_SHARE).astype(int) for j in range(ITEMS))
    longer = draws.uniforms(key, who, 0) < 0.5
    counts = harmless + longer * inside
    sizes = int(longer.sum()), int((~longer).sum())
    estimate = float(counts[longer].mean() - counts[~longer].mean())
    se = float(np.sqrt(counts[longer].var(ddof=1) / sizes[0] + counts[~longer].var(ddof=1) / sizes[1]))
    direct = float(cells[:, _VOICED == APPROVE].sum()) / n
    gap_se = float(np.hypot(se, _se(direct, n)))
    return ListExperiment(sizes, estimate, se, direct, direct - estimate, gap_se)


def _trials(wave: Wave, told: str) -> list[Trial]:
    """Approval and mean support if told nothing and if told something, by frame; frames below the floor are left out.

    Pros and cons are told to students only, as they were.
    """
    arm = ARMS.index(told)
    found = []
    for frame, row in zip(FRAMES, wave.trials, strict=True):
        n = int(row[0])
        if n < FLOOR or (told == "pros-cons" and frame != "students"):
            continue
        means = (row[1:] / n).reshape(len(ARMS), 2)
        found.append(
            Trial(
                frame, told, n, *(float(v) for v in (means[0, 0], means[arm, 0], means[0, 1], means[arm, 1]))
            )
        )
    return found
