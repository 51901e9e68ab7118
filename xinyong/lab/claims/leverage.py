"""How many are steered for each who is sanctioned: twins of two worlds counted, and what needs no twins.

`Twins` holds vectors (persons,) of one replicate: the same person in the same place of both worlds.
*Source:* model.md 3.3 (1, 2); bounds without a coupling: Frechet 1951, Makarov 1981, Williamson and Downs 1990.
"""

from dataclasses import dataclass

import numpy as np

from xinyong.columns import Array
from xinyong.errors import RunError


@dataclass(frozen=True)
class Twins:
    """What each person did in either world; whether he or his household was sanctioned where the system is.

    `newly` flags those sanctioned within the time over which acts are counted; a count of 1 is worth `unit`.
    """

    on: Array
    off: Array
    sanctioned: Array
    household: Array
    newly: Array
    unit: float = 1.0

    def __post_init__(self) -> None:
        held = (self.on, self.off, self.sanctioned, self.household, self.newly)
        if len({len(vector) for vector in held}) != 1:
            raise RunError("twins: the worlds do not hold the same persons; compare cells of one replicate")

    @property
    def spared(self) -> Array:
        """Persons never sanctioned, nor anybody of their household, in the world with the system."""
        return np.asarray((self.sanctioned == 0) & (self.household == 0))

    @property
    def newly_sanctioned(self) -> int:
        """Persons newly sanctioned in the world with the system."""
        return int(np.count_nonzero(self.newly))


def steered(twins: Twins) -> int:
    """Persons never sanctioned who do less of it than their twin without the mechanism; depends on the coupling."""
    return int(np.count_nonzero(twins.spared & (twins.on < twins.off)))


def averted(twins: Twins) -> float:
    """Acts that the never sanctioned do less with the mechanism; needs only the sums of both worlds."""
    here = twins.spared
    return float(twins.off[here].sum(dtype=np.int64) - twins.on[here].sum(dtype=np.int64)) * twins.unit


def frechet(twins: Twins) -> tuple[float, float]:
    """Fewest and most never-sanctioned persons who can have gone from doing it at all to not doing it.

    Only how many did it in each world counts, so that no choice of shared luck can change it.
    """
    here = twins.spared
    n = int(here.sum())
    did_off, did_on = (int(np.count_nonzero(v[here])) for v in (twins.off, twins.on))
    return float(max(0, did_off - did_on)), float(min(did_off, n - did_on))


def makarov(twins: Twins) -> tuple[float, float]:
    """Fewest and most never-sanctioned persons who can do less of it, whatever the coupling of the two worlds."""
    here = twins.spared
    n = int(here.sum())
    if not n:
        return 0.0, 0.0
    places = np.unique(np.concatenate([twins.on[here], twins.off[here]]))
    on, off = (_below(v[here], places) for v in (twins.on, twins.off))
    # less is sure if on < y and off >= y; it is impossible where on >= y and off <= y
    fewest = max(0.0, float((on - off).max()))
    never = max(0.0, float((off[1:] - on[:-1]).max()))
    return fewest * n, (1.0 - never) * n


def _below(values: Array, places: Array) -> Array:
    """Share of persons below each place, and below everything beyond the last."""
    share = np.searchsorted(np.sort(values), places, side="left") / len(values)
    return np.append(share, 1.0)
