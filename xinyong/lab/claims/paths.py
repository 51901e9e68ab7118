"""Along which way an effect went: edges are cut one after the other, and what each cut takes away is its share.

The shares depend on the order of the cuts; so a fixed order is shown beside the mean over random orders.
*Source:* model.md 3.3 (4); nested cuts as in Fernandez 2013 and the sampling of Castro, Gomez and Tejada 2009.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from xinyong.errors import RunError
from xinyong.lab.claims.games import Coalition, Values

REST = "direct"


def cuts(order: Sequence[str]) -> list[Coalition]:
    """The sets of paths that are cut, one more each time, from none to all."""
    return [frozenset(order[:k]) for k in range(len(order) + 1)]


def decompose(
    cut: Mapping[Coalition, Values], order: Sequence[str], without: Values | None = None
) -> dict[str, Values]:
    """What each path carries in this order of cuts, one value a replicate; what is left with all cut is `direct`.

    `cut[paths]` are values (replicates,) of the world with these paths cut; `without` those of the world without the
    system. Shares sum to the whole effect. Raises RunError if a set of cuts was not played.
    """
    missing = [c for c in cuts(order) if c not in cut]
    if missing:
        told = "+".join(sorted(missing[0])) or "nothing"
        raise RunError(f"no world of this experiment cuts {told} and nothing else")
    steps = cuts(order)
    found = {
        path: cut[before] - cut[after] for path, before, after in zip(order, steps, steps[1:], strict=False)
    }
    if without is not None:
        found[REST] = cut[steps[-1]] - without
    return found


def over_orders(
    cut: Mapping[Coalition, Values], listed: Sequence[Sequence[str]], without: Values | None = None
) -> dict[str, Values]:
    """The mean of each path's share over several orders of cuts."""
    each = [decompose(cut, order, without) for order in listed]
    return {path: np.mean([found[path] for found in each], axis=0) for path in each[0]}
