"""What stands in a shard's tallies and tables, for laws to compare."""

import numpy as np

from xinyong.columns import Array
from xinyong.engine import Shard


def tally(shard: Shard, name: str) -> int:
    """A tally's present value; 0 if nobody keeps it."""
    names = shard.store.tally_names
    return int(shard.store.tallies[names.index(name)]) if name in names else 0


def rows_of(shard: Shard, table: str) -> dict[str, Array]:
    """The living rows of a side table; no columns if there is no such table."""
    found = shard.store.tables.get(table)
    if found is None:
        return {}
    alive = np.flatnonzero(found.columns["alive"][: found.high])
    return {name: a[: found.high][alive] for name, a in found.columns.items()}


def differs(pairs: dict[str, tuple[int, int]]) -> str:
    """Say which of these pairs (kept, counted) are unequal; nothing if none is."""
    return ", ".join(
        f"{name} is kept as {kept} but counts {found}"
        for name, (kept, found) in pairs.items()
        if kept != found
    )
