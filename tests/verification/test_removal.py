"""Any process may be taken out: what does not depend on it stays equal to the bit, week by week and at the end."""

import numpy as np
import pytest

from tests.verification import checks
from tests.worlds import World, play
from xinyong.assembly import POPULATION, known_processes, order
from xinyong.engine import Plan
from xinyong.process import Process, borrowed

PEOPLE = checks.small_people(1, 600)
WEEKS = 130
KNOWN = known_processes()
POSTERS = {kind: {q for q, p in KNOWN.items() if kind in p.posts} for p in KNOWN.values() for kind in p.posts}
OWNER = {name: q for q, p in KNOWN.items() for name in p.owns}


def needs(kind: type[Process]) -> set[str]:
    """Processes without which this one cannot be assembled."""
    columns = {*kind.reads, *kind.recalls, *kind.watches, *kind.consults}
    tables = {name.partition(".")[0] for name in kind.owns if "." in name}
    return {OWNER[name] for name in columns | tables if name in OWNER} - {kind.name}


def looks_at(kind: type[Process]) -> set[str]:
    """Processes whose doings this one may feel."""
    columns = {*borrowed(kind), *kind.watches, *kind.consults, *kind.audits}
    heard = {q for told in (*kind.hears, *kind.heard) for q in POSTERS.get(told, ())}
    return needs(kind) | heard | {OWNER[name] for name in columns if name in OWNER} - {kind.name}


def closure(start: str, edges) -> set[str]:
    """Everybody who depends on `start`, directly or through others; `start` too."""
    found = {start}
    while more := {q for q, kind in KNOWN.items() if q not in found and edges(kind) & found}:
        found |= more
    return found


@pytest.fixture(scope="module")
def whole() -> World:
    return play(checks.stressed_plan(), PEOPLE, weeks=WEEKS)


def owner_of(array: str) -> str | None:
    """Who owns an array of a shard's state; None if the population or the engine does."""
    kind, _, rest = array.partition(":")
    if kind == "tally":
        return OWNER[rest]
    if kind == "store":
        part, _, name = rest.partition(":")
        table, _, field = name.partition(":")
        full = name if part != "table" else f"{table}.{field.removesuffix(':due')}"
        return OWNER.get(full) or (OWNER.get(table) if part == "table" else None)
    return None


def poster_of(array: str) -> set[str]:
    """Who posts the notices of an array of the board."""
    parts = array.split(":")
    return POSTERS.get(parts[2], set()) if parts[0] == "board" else set()


@pytest.mark.parametrize("name", list(KNOWN))
def test_without_it_all_that_does_not_depend_on_it_is_the_same(name, whole):
    """Common random numbers: nobody's luck hangs on who else takes part."""
    gone, touched = closure(name, needs), closure(name, looks_at)
    plan = whole.plan
    rest = order([p for p in plan.processes if p.name not in gone])
    without = play(Plan(rest, plan.book, plan.calendar, plan.seed), PEOPLE, weeks=WEEKS)
    compared = 0
    for mine, theirs in zip(whole.shards, without.shards, strict=True):
        left, right = checks.arrays_of(mine), checks.arrays_of(theirs)
        for array in set(left) & set(right):
            if owner_of(array) not in touched and not poster_of(array) & touched:
                compared += 1
                assert np.array_equal(left[array], right[array]), f"{array} differs without {name}"
    assert compared >= len(POPULATION)
    for tally in without.shards[0].store.tally_names:
        if OWNER[tally] not in touched:
            assert np.array_equal(whole.total(tally), without.total(tally)), f"{tally} differs without {name}"
