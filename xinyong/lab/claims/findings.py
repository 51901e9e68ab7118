"""Everything an experiment says of the mechanisms, gathered: shares and cell means, paths, leverage, verdicts.

No outcome is a target, none is added to another: "consolidation" is several numbers side by side, each with its cost.
*Source:* model.md 3.2, 3.3.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from xinyong.lab.claims.asking import Question, answer
from xinyong.lab.claims.claims import Claims, Outcome, load_claims
from xinyong.lab.claims.effects import Changed, by_path, effect_map
from xinyong.lab.claims.games import MAPPINGS, Coalition, Values, dividends, grouped, shapley, subsets
from xinyong.lab.claims.ground import SHELL, Ground, UnaskedError
from xinyong.lab.claims.hinges import Hinge, hinges
from xinyong.lab.claims.intervals import Estimate, mean
from xinyong.lab.claims.paths import REST, decompose, over_orders
from xinyong.lab.claims.verdict import Verdict, judge
from xinyong.lab.experiment.results import open_experiment

Found = TypeVar("Found")
PLAYERS = ("F", "E", "B", "V")
LEVERAGE = ("leverage_flow", "leverage_counted", "leverage_at_least", "leverage_at_most")


@dataclass(frozen=True)
class Part:
    """A named number with its interval."""

    name: str
    estimate: Estimate


@dataclass(frozen=True)
class Decomposition:
    """One outcome shared out: means of cells, shares of players and of groups, what pairs bring beyond their parts."""

    outcome: Outcome
    none: Part | None
    cells: tuple[Part, ...]
    shares: tuple[Part, ...]
    groups: dict[str, tuple[Part, ...]]
    pairs: tuple[Part, ...]


@dataclass(frozen=True)
class Paths:
    """One outcome along its paths: in the order given, and on average over all orders that were played."""

    outcome: Outcome
    order: tuple[str, ...]
    orders: int
    fixed: tuple[Part, ...]
    average: tuple[Part, ...]


@dataclass(frozen=True)
class Gain:
    """How an economic outcome and one of governance go together over the sixteen kinds of world."""

    economy: Outcome
    governance: Outcome
    correlation: float | None


@dataclass(frozen=True)
class Silent:
    """What these experiments cannot tell, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Findings:
    """All of it."""

    manifests: tuple[dict[str, Any], ...]
    claims: Claims
    verdicts: tuple[Verdict, ...]
    decompositions: tuple[Decomposition, ...]
    paths: tuple[Paths, ...]
    leverage: tuple[Part, ...]
    changed: tuple[Changed, ...]
    by_path: tuple[Changed, ...]
    hinges: tuple[Hinge, ...]
    gains: tuple[Gain, ...]
    silent: tuple[Silent, ...]


def open_grounds(folders: Sequence[Path]) -> list[Ground]:
    """Finished experiments, ready to be asked."""
    return [Ground(open_experiment(folder)) for folder in folders]


def find(grounds: Sequence[Ground], claims: Claims | None = None) -> Findings:
    """Ask the experiments everything there is to ask; what one cannot tell, the next may."""
    told = claims or load_claims()
    silent: list[Silent] = []
    shared: list[Decomposition] = []
    along: list[Paths] = []
    for outcome in told.outcomes:
        found, why = _first(grounds, partial(decomposed, outcome=outcome))
        shared += [found] if found else []
        silent += [] if found else [Silent(outcome.gloss.en, why)]
        path, _ = _first(grounds, partial(path_shares, outcome=outcome))
        along += [path] if path else []
    verdicts = tuple(judge(key, claim, grounds) for key, claim in told.claims.items())
    manifests = tuple(ground.played.manifest for ground in grounds)
    leverage, why = _first(grounds, _leverage)
    silent += [] if leverage else [Silent("leverage", why)]
    changed, _ = _first(grounds, lambda ground: effect_map(ground, ground.pair(SHELL)))
    ways, _ = _first(grounds, lambda ground: by_path(ground, PLAYERS))
    return Findings(
        manifests, told, verdicts, tuple(shared), tuple(along), leverage or (), tuple(changed or ()),
        tuple(ways or ()), gains=gains(shared), hinges=hinges(told, manifests[0].get("sets") or {}),
        silent=tuple(silent),
    )  # fmt: skip


def decomposed(ground: Ground, outcome: Outcome) -> Decomposition:
    """Share an outcome out among the four mechanisms. Raises UnaskedError if the factorial was not played."""
    game = {c: v * outcome.times for c, v in ground.game(outcome.role, PLAYERS, outcome.per).items()}
    cells = tuple(Part(_on(c), mean(game[c])) for c in subsets(PLAYERS))
    shares = tuple(Part(name, mean(v)) for name, v in shapley(game, PLAYERS).items())
    groups = {
        mapping: tuple(Part(name, mean(v)) for name, v in shapley(grouped(game, held), tuple(held)).items())
        for mapping, held in MAPPINGS.items()
    }
    return Decomposition(outcome, _without(ground, outcome), cells, shares, groups, tuple(_pairs(game)))


def gains(shared: Sequence[Decomposition]) -> tuple[Gain, ...]:
    """Correlate the means of each economic outcome with those of each of governance; None where one is still."""
    rows = {told.outcome: np.array([part.estimate.value for part in told.cells]) for told in shared}
    found = []
    for one in (o for o in rows if o.panel == "economy"):
        for other in (o for o in rows if o.panel == "governance"):
            moved = min(np.ptp(rows[one]), np.ptp(rows[other])) > 0
            value = float(np.corrcoef(rows[one], rows[other])[0, 1]) if moved else None
            found.append(Gain(one, other, value))
    return tuple(found)


def _on(coalition: Coalition) -> str:
    return "+".join(p for p in PLAYERS if p in coalition) or "–"


def _pairs(game: dict[Coalition, Values]) -> Iterator[Part]:
    """What two mechanisms bring together beyond each alone, with the other two off."""
    for coalition, value in dividends(game, PLAYERS).items():
        if len(coalition) == 2:
            yield Part(_on(coalition), mean(value))


def _without(ground: Ground, outcome: Outcome) -> Part | None:
    """The world without the system, if there is one."""
    try:
        return Part("none", mean(_values(ground, outcome, (SHELL,))))
    except UnaskedError:
        return None


def _values(ground: Ground, outcome: Outcome, off: Sequence[str]) -> Values:
    cell = ground.cell(off)
    found = ground.values(outcome.role, cell) * outcome.times
    with np.errstate(invalid="ignore", divide="ignore"):
        return found / ground.values(outcome.per, cell) if outcome.per else found


def path_shares(ground: Ground, outcome: Outcome) -> Paths:
    """Share an outcome out among paths that were cut one after the other. Raises UnaskedError if none were."""
    orders = [tuple(order) for order in ground.played.manifest.get("nested", [])]
    if not orders:
        raise UnaskedError(f"{ground.played.path}: no paths were cut one after the other")
    cut = {
        frozenset(order[:k]): _values(ground, outcome, order[:k])
        for order in orders
        for k in range(len(order) + 1)
    }
    try:
        none = _values(ground, outcome, (SHELL,))
    except UnaskedError:
        none = None
    fixed, average = decompose(cut, orders[0], none), over_orders(cut, orders, none)
    names = (*orders[0], *((REST,) if none is not None else ()))
    return Paths(
        outcome, orders[0], len(orders), *(tuple(Part(n, mean(held[n])) for n in names) for held in (fixed, average))
    )  # fmt: skip


def _leverage(ground: Ground) -> tuple[Part, ...]:
    return tuple(Part(key, answer(ground, Question(estimand=key, switch="E"))) for key in LEVERAGE)


def _first(grounds: Sequence[Ground], ask: Callable[[Ground], Found]) -> tuple[Found | None, str]:
    """What the first experiment says that can say something, else why none can."""
    reasons = []
    for ground in grounds:
        try:
            return ask(ground), ""
        except UnaskedError as error:
            reasons.append(str(error))
    return None, "; ".join(dict.fromkeys(reasons))


def as_rows(found: Findings) -> list[dict[str, Any]]:
    """One line a claim: verdict, what decides it, on what it hangs, what it costs."""
    rows = []
    for verdict in found.verdicts:
        weakest = min(verdict.plain.answers, key=lambda a: -1 if math.isnan(a.probability) else a.probability)
        cost = verdict.costs[0]
        rows.append({
            "claim": verdict.key, "title": verdict.claim.title.en, "verdict": verdict.word, "basis": verdict.basis,
            "grade": verdict.grade or None, "value": _value(weakest.estimate), "low": _end(weakest.estimate, 0),
            "high": _end(weakest.estimate, 1),
            "probability": None if math.isnan(weakest.probability) else weakest.probability,
            "cost": _value(cost.estimate), "cost_of": "; ".join(filter(None, (cost.gloss_en, cost.why_not))),
            "hinges_on": "; ".join(one.gloss.en for one in verdict.hinges), "why_not": weakest.why_not,
        })  # fmt: skip
    return rows


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None or math.isnan(estimate.value) else estimate.value


def _end(estimate: Estimate | None, side: int) -> float | None:
    return None if estimate is None or not np.isfinite(estimate.interval[side]) else estimate.interval[side]
