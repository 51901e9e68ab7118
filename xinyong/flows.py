"""Data flows between public and private bodies: which run on a day, in which province, and how much of them."""

from functools import lru_cache
from typing import Any, NamedTuple

FIRMS = "firms"


def strength(rules: Any, name: str, shard: int) -> float:
    """Share of a flow that gets through in a shard: 0 while it is not open or elsewhere, 1 from its level on."""
    return _strengths(rules.flows, rules.integration.level, shard)[name]


class Ask(NamedTuple):
    """What firms are asked for: who (`firms`: all of them), by a private body or the state, how much gets through."""

    giver: str
    by_private: bool
    authority: float
    share: float


def asked_of_firms(rules: Any, shard: int) -> tuple[Ask, ...]:
    """The requests to firms that are open on a day in a shard."""
    return _asked(rules.flows, rules.integration.level, shard)


@lru_cache(maxsize=512)
def _strengths(flows: Any, level: float | None, shard: int) -> dict[str, float]:
    found = {}
    for flow in flows.rows():
        share = min(1.0, (level or 0.0) / (flow.full_at_level or 1.0))
        here, runs = flow.only_in in (0, shard), bool(flow.open)
        found[flow.key] = share if here and runs else 0.0
    return found


@lru_cache(maxsize=512)
def _asked(flows: Any, level: float | None, shard: int) -> tuple[Ask, ...]:
    shares = _strengths(flows, level, shard)
    bodies = {node.key: bool(node.private) for node in flows.nodes.rows()}
    asks = [
        (f.authority, Ask(f.giver, bodies.get(f.taker, True), f.authority, shares[f.key]))
        for f in flows.rows()
    ]
    return tuple(ask for authority, ask in asks if authority and ask.share)
