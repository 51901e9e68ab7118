"""Who contributed what: Shapley values and Harsanyi dividends of a game whose players are mechanisms.

*Source:* Shapley 1953; Harsanyi 1963; for decompositions Shorrocks 2013; model.md 3.2.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from xinyong.errors import RunError

Values = npt.NDArray[np.float64]
Coalition = frozenset[str]
Game = Mapping[Coalition, Values]
Groups = Mapping[str, tuple[str, ...]]

# the two ways of reading the paper (model.md 3.1): its own order of sections is the second
DEFAULT: Groups = {"M1": ("F", "E"), "M2": ("B",), "M3": ("V",)}
ALTERNATIVE: Groups = {"M1": ("F",), "M2": ("B",), "M3": ("E", "V")}
MAPPINGS: Mapping[str, Groups] = {"default": DEFAULT, "alternative": ALTERNATIVE}


def subsets(players: Iterable[str]) -> list[Coalition]:
    """Every coalition, the empty one first, smaller ones before larger ones."""
    listed = tuple(players)
    return [
        frozenset(c) for c in chain.from_iterable(combinations(listed, n) for n in range(len(listed) + 1))
    ]


def _whole(game: Game, players: tuple[str, ...]) -> None:
    missing = [c for c in subsets(players) if c not in game]
    if missing:
        told = ", ".join("+".join(sorted(c)) or "none" for c in missing[:4])
        raise RunError(f"{len(missing)} of the {2 ** len(players)} combinations were not played ({told})")


def shapley(game: Game, players: tuple[str, ...]) -> dict[str, Values]:
    """The mean of what a player adds, over all orders in which players may be switched on; one value a replicate.

    Raises RunError if a combination was not played. Sums to `v(all) - v(none)` exactly up to rounding (V-91).
    """
    _whole(game, players)
    n = len(players)
    found = {}
    for player in players:
        others = subsets(p for p in players if p != player)
        weighted = [
            factorial(len(c)) * factorial(n - len(c) - 1) / factorial(n) * (game[c | {player}] - game[c])
            for c in others
        ]
        found[player] = np.sum(weighted, axis=0)
    return found


def dividends(game: Game, players: tuple[str, ...]) -> dict[Coalition, Values]:
    """What each combination brings beyond its parts; of a pair: v(12) - v(1) - v(2) + v(0). The empty one: v(0)."""
    _whole(game, players)
    return {
        c: np.sum([(-1) ** (len(c) - len(part)) * game[part] for part in subsets(c)], axis=0)
        for c in subsets(players)
    }


def grouped(game: Game, groups: Groups) -> dict[Coalition, Values]:
    """The game whose players are groups of players that are switched together."""
    _whole(game, tuple(p for group in groups.values() for p in group))
    return {c: game[frozenset(p for name in c for p in groups[name])] for c in subsets(groups)}
