"""Streets of an invented town: rings, avenues and a bent grid from a seeded generator, with invented names."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from xinyong import draws
from xinyong.columns import Array
from xinyong.ids import cycle_pair

LINES = 22
RINGS = ((0.34, "一環路", "First Ring"), (0.68, "二環路", "Second Ring"), (1.0, "外環路", "Outer Ring"))
_GAP_SHARE, _STEPS = 0.10, 6


@dataclass(frozen=True, eq=False)
class Street:
    """One street: names, kind (ring, avenue or street) and its course (points, 2) in metres from the middle."""

    name: str
    latin_name: str
    kind: str
    points: Array


@dataclass(frozen=True, eq=False)
class Plan:
    """All streets of a town."""

    streets: tuple[Street, ...]

    @cached_property
    def _points(self) -> tuple[Array, Array]:
        points = np.concatenate([street.points for street in self.streets])
        return points, np.repeat(np.arange(len(self.streets)), [len(s.points) for s in self.streets])

    def nearest(self, x: float, y: float) -> Street:
        """The street nearest to a place."""
        points, street = self._points
        d = points - (x, y)
        return self.streets[int(street[int(np.argmin((d * d).sum(axis=1)))])]


@lru_cache(maxsize=8)
def plan(seed: int, shard: int, radius: float, spacing: float) -> Plan:
    """Lay out the streets of a town; equal arguments give the same streets.

    Streets run between neighbourhoods (`spacing` metres apart) to the edge (`radius` metres from the middle).
    """
    draw = _Draws(seed, shard)
    names = [cycle_pair(int(k)) for k in np.argsort(draw.many(60))]
    every = max(1, int(np.ceil(2 * radius / spacing / LINES)))
    offsets = (np.arange(-LINES, LINES + 1) * every + 0.5) * spacing
    offsets = offsets[np.abs(offsets) < 0.97 * radius]
    found = [_ring(radius * share, name, latin, draw) for share, name, latin in RINGS]
    for k in range(4):
        found.append(_avenue(k, radius, names.pop(), draw))
    for across in (False, True):
        for offset in offsets:
            found += _line(float(offset), across, radius, spacing, names[len(found) % len(names)], draw)
    return Plan(tuple(found))


class _Draws:
    """Numbers for a plan, in order."""

    def __init__(self, seed: int, shard: int) -> None:
        self.key, self.base, self.used = draws.key(seed, "street_plan", 0), np.uint64(shard << 32), 0

    def many(self, n: int) -> Any:
        who = self.base | np.arange(self.used, self.used + n, dtype=np.uint64)
        self.used += n
        return draws.uniforms(self.key, who)


def _ring(radius: float, name: str, latin: str, draw: _Draws) -> Street:
    """A ring that is not quite round."""
    turn = np.linspace(0, 2 * np.pi, 145)
    u = draw.many(4)
    r = radius * (
        1 + 0.025 * np.sin(2 * turn + 6.28 * u[0]) * u[1] + 0.02 * np.sin(3 * turn + 6.28 * u[2]) * u[3]
    )
    return Street(name, f"{latin} Road", "ring", np.stack([r * np.cos(turn), r * np.sin(turn)], axis=1))


def _avenue(k: int, radius: float, pair: tuple[str, str], draw: _Draws) -> Street:
    """A straight way out from the first ring."""
    u = draw.many(1)[0]
    angle = np.pi / 4 + k * np.pi / 2 + 0.25 * (u - 0.5)
    r = np.linspace(RINGS[0][0] * radius, radius, 40)
    points = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    return Street(f"{pair[0]}大道", f"{pair[1]} Avenue", "avenue", points)


def _line(
    offset: float, across: bool, radius: float, spacing: float, pair: tuple[str, str], draw: _Draws
) -> list[Street]:
    """A line of the grid, bent a little and broken here and there; its two halves have names of their own."""
    reach = 0.97 * float(np.sqrt(radius**2 - offset**2))
    steps = max(2, int(2 * reach / spacing) * _STEPS // 2)
    t = np.linspace(-reach, reach, steps)
    u = draw.many(2)
    bend = offset + 0.16 * spacing * np.sin(t / radius * 4 + 6.28 * u[0]) * (0.4 + u[1])
    points = np.stack([bend, t] if across else [t, bend], axis=1)
    kept = draw.many(1 + steps // _STEPS)[np.arange(steps) // _STEPS] > _GAP_SHARE
    kept |= np.abs(t) < RINGS[0][0] * radius
    parts = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(int)))
    words = (
        (("南街", "South Street"), ("北街", "North Street"))
        if across
        else (("西路", "West Road"), ("東路", "East Road"))
    )
    out = []
    for first, last in parts.reshape(-1, 2):
        middle = int(np.searchsorted(t[first:last], 0.0)) + first
        for a, b, (word, latin) in ((first, min(middle + 1, last), words[0]), (middle, last, words[1])):
            if b - a >= 2:
                out.append(Street(pair[0] + word, f"{pair[1]} {latin}", "street", points[a:b]))
    return out
