"""Differences between cells, replicate by replicate: equal replicates share society and luck, so the rest is the rules.

*Source:* model.md 3.1 and 3.3; common random numbers: Law 2015, Simulation Modeling and Analysis, 11.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinyong.errors import RunError, did_you_mean

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """A paired difference with its standard error over replicates; NaN where one replicate tells nothing of it."""

    name: str
    measure: str
    date: str
    a: float
    b: float
    difference: float
    standard_error: float
    independent_error: float
    differences: tuple[float, ...]

    @property
    def replicates(self) -> int:
        """Pairs behind it."""
        return len(self.differences)

    @property
    def variance_ratio(self) -> float:
        """How many times the variance of independent seeds exceeds that of shared luck (V-93)."""
        if self.standard_error == 0.0:
            return float("inf") if self.independent_error > 0 else float("nan")
        return (self.independent_error / self.standard_error) ** 2

    def precise(self, share: float) -> bool:
        """Whether the standard error is within a share of the contrast; no difference at all is precise."""
        return bool(self.standard_error <= share * abs(self.difference))


def paired(name: str, measure: str, date: str, a: Values, b: Values) -> Contrast:
    """The difference b - a of two rows of values (replicates,), pair by pair."""
    gap = b - a
    n = len(gap)
    many = n > 1
    error = float(gap.std(ddof=1) / np.sqrt(n)) if many else float("nan")
    alone = float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / n)) if many else float("nan")
    return Contrast(
        name, measure, date, float(a.mean()), float(b.mean()), float(gap.mean()), error, alone,
        tuple(float(x) for x in gap),
    )  # fmt: skip


def sides(levels: Mapping[str, Mapping[str, str]], switch: str) -> tuple[list[str], list[str]]:
    """Cells with a switch off and cells with it on. Raises RunError if the design does not move it both ways."""
    moved = {key for told in levels.values() for key in told}
    off = [cell for cell, told in levels.items() if told.get(switch) == "off"]
    on = [cell for cell, told in levels.items() if told.get(switch) == "on"]
    if not off or not on:
        raise RunError(
            f"the design has no cells with '{switch}' both on and off{did_you_mean(switch, moved)}"
        )
    return off, on


def effect(
    cells: Mapping[str, Values], levels: Mapping[str, Mapping[str, str]], switch: str, measure: str, date: str
) -> Contrast:
    """The mean of the factorial cells with a switch on, less the mean of those with it off."""
    off, on = sides(levels, switch)
    a = np.mean([cells[c] for c in off], axis=0)
    b = np.mean([cells[c] for c in on], axis=0)
    return paired(f"effect of {switch}", measure, date, a, b)


def enough(contrasts: Iterable[Contrast], share: float) -> bool:
    """Whether every headline contrast is known to a share of itself; a design without headlines has enough."""
    return all(contrast.precise(share) for contrast in contrasts)


def headlines(
    asked: Sequence[Mapping[str, object]], cells: Mapping[str, Mapping[str, Values]],
    levels: Mapping[str, Mapping[str, str]], date: str,
) -> list[Contrast]:  # fmt: skip
    """The headline contrasts of a design: `cells[cell][measure]` are values (replicates,)."""
    found = []
    for one in asked:
        measure = str(one["measure"])
        rows = {cell: held[measure] for cell, held in cells.items()}
        between = one.get("between")
        if isinstance(between, Sequence) and not isinstance(between, str):
            a, b = (str(name) for name in between)
            found.append(paired(f"{b} less {a}", measure, date, rows[a], rows[b]))
        else:
            found.append(effect(rows, levels, str(one["effect"]), measure, date))
    return found
