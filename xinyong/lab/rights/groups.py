"""Groups compared: who is entered how often, at all and at equal conduct. Only sums over groups leave this file."""

from dataclasses import dataclass

import numpy as np

from xinyong.columns import Array
from xinyong.errors import RunError
from xinyong.lab.rights.entries import ACTS, ENTERED
from xinyong.lab.rights.ledger import Ledger

LEAST_ACTS, ADULT, OLD = 30, 18, 60
Z95 = 1.959964


@dataclass(frozen=True)
class Disparity:
    """One group against the best off (C1) or against the other groups at equal conduct (C2), with an interval."""

    system: str
    attribute: str
    group: str
    persons: int
    entered: int
    spared_ratio: float | None
    struck_ratio: float | None
    acts: int
    conduct_ratio: float | None
    low: float | None
    high: float | None


def groupings(people: dict[str, Array]) -> dict[str, tuple[Array, tuple[str, ...]]]:
    """Each attribute as codes (persons,) with the names of its groups; -1 for those who are in none."""
    adult = people["age"] >= ADULT

    def of(codes: Array, *names: str) -> tuple[Array, tuple[str, ...]]:
        return np.where(adult, codes.astype(np.int64), -1), names

    return {
        "sex": of(people["sex"], "women", "men"),
        "place": of(people["urban"], "countryside", "town"),
        "registration": of(people["local"], "registered elsewhere", "registered here"),
        "schooling": of(people["education"] // 2, "lower schooling", "upper schooling"),
        "income": of(
            people["income"].astype(np.int64) * 3 // 256, "lower third", "middle third", "upper third"
        ),
        "age": of(people["age"] >= OLD, "under 60", "60 and over"),
    }


def disparities(ledger: Ledger, system: str, strata: tuple[str, ...]) -> list[Disparity]:
    """Every group of every attribute. Raises RunError where the library that compares groups is not installed."""
    people = ledger.people
    nobody = np.zeros(len(people["age"]))
    entered = ledger.persons.get((system, ENTERED), nobody)
    if not entered.any():
        return []
    acts = np.stack([ledger.persons.get((system, f"{ACTS}:{s}"), nobody) for s in strata])
    by = [
        ledger.persons.get((system, f"{ENTERED}:{s}"), entered if len(strata) == 1 else nobody)
        for s in strata
    ]
    found = []
    for attribute, (codes, names) in groupings(people).items():
        counts = np.array([(codes == g).sum() for g in range(len(names))], np.int64)
        struck = np.array([((codes == g) & (entered > 0)).sum() for g in range(len(names))], np.int64)
        spared, hit = _impact(counts, struck)
        done = np.array([[a[codes == g].sum() for g in range(len(names))] for a in acts])
        given = np.array([[b[codes == g].sum() for g in range(len(names))] for b in by])
        for g, name in enumerate(names):
            ratio, low, high = at_equal_conduct(done, given, g)
            found.append(Disparity(
                system, attribute, name, int(counts[g]), int(struck[g]), spared[g], hit[g], int(done[:, g].sum()),
                ratio, low, high,
            ))  # fmt: skip
    return found


def _impact(counts: Array, struck: Array) -> tuple[list[float | None], list[float | None]]:
    """Ratios of shares without and with an entry, to the group with the most spared; from group totals alone."""
    shares = selection_rates(counts, counts - struck)
    held = [s for s in shares if s is not None]
    best = max(held) if held else 0.0
    spared = [None if s is None or not best else s / best for s in shares]
    hit = [None if s is None or best >= 1.0 else (1.0 - s) / (1.0 - best) for s in shares]
    return spared, hit


def selection_rates(counts: Array, chosen: Array) -> list[float | None]:
    """Share chosen in each group, by Fairlearn's MetricFrame over group totals; None for an empty group."""
    try:
        from fairlearn.metrics import MetricFrame, selection_rate
    except ImportError as error:
        raise RunError(
            "groups are compared with fairlearn; install it: pip install 'xinyong[audit]'"
        ) from error
    groups = np.flatnonzero(counts > 0)
    if not groups.size:
        return [None] * len(counts)
    outcome = np.tile([1, 0], groups.size)
    weight = np.stack([chosen[groups], counts[groups] - chosen[groups]], axis=1).ravel()
    frame = MetricFrame(
        metrics=selection_rate, y_true=outcome, y_pred=outcome, sensitive_features=np.repeat(groups, 2),
        sample_params={"sample_weight": weight},
    )  # fmt: skip
    rates = dict(frame.by_group.items())
    return [float(rates[g]) if g in rates else None for g in range(len(counts))]


def at_equal_conduct(
    acts: Array, given: Array, group: int
) -> tuple[float | None, float | None, float | None]:
    """Entries for each act in one group over those in all others, within strata (Mantel and Haenszel), and 95 %.

    `acts`, `given` (strata, groups). None where the group or the others did fewer than 30 acts.
    """
    mine, theirs = acts[:, group], acts.sum(axis=1) - acts[:, group]
    a, b = given[:, group], given.sum(axis=1) - given[:, group]
    if mine.sum() < LEAST_ACTS or theirs.sum() < LEAST_ACTS:
        return None, None, None
    whole = np.maximum(mine + theirs, 1)
    over, under = (a * theirs / whole).sum(), (b * mine / whole).sum()
    if not over or not under:
        return None, None, None
    ratio = float(over / under)
    spread = Z95 * float(np.sqrt(1 / a.sum() + 1 / b.sum()))
    return ratio, ratio * float(np.exp(-spread)), ratio * float(np.exp(spread))
