"""From chosen names to processes in the one order their declarations allow."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import lru_cache

from xinyong import behaviours, institutions, observers
from xinyong.columns import Column, Owned
from xinyong.errors import AssemblyError, did_you_mean
from xinyong.notices import Notice
from xinyong.process import Process

POPULATION: Mapping[str, Owned] = {
    "number": Column("u4", "local number, top bit set for organisations: the party's identity"),
    "kind": Column("u1", "0 person, 1 enterprise, 2 self-employed, 3 social organisation, 4 department"),
    "age": Column("u1", "age at the census", "years"),
    "census": Column("u1", "sex, town, registration, schooling in bits (see `kernels.census`)", "bits"),
    "income": Column("u1", "class of income per head, 256 equal classes", "class"),
    "household": Column("u1", "place within the household, 0 = first member"),
    "city": Column("u1", "city whose points scheme applies, 0 none", "code"),
    "organisations.party": Column("i4", "row of the organisation"),
    "organisations.representative": Column("i4", "row of its legal representative"),
    "organisations.size": Column("u1", "size class"),
}


@lru_cache(maxsize=1)
def known_processes() -> Mapping[str, type[Process]]:
    """Every institution, behaviour and observer by name: file name = process name; there is no list to forget."""
    found: dict[str, type[Process]] = {}
    for package in (institutions, behaviours, observers):
        for info in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            for thing in vars(module).values():
                if isinstance(thing, type) and issubclass(thing, Process) and thing.name == info.name:
                    found[info.name] = thing
    return dict(sorted(found.items()))


def assemble(names: Iterable[str]) -> tuple[Process, ...]:
    """The processes of these names, checked against each other and put in order.

    The order depends on what they declare, never on how they are listed. Raises AssemblyError for unknown names,
    a column with two owners or none, notices of different shape, and circles (named).
    """
    known = known_processes()
    chosen: dict[str, Process] = {}
    for name in names:
        if name not in known:
            raise AssemblyError(
                f"there is no process '{name}'{did_you_mean(name, known)}; see `xinyong list`"
            )
        chosen[name] = known[name]()
    return order(list(chosen.values()))


def order(processes: list[Process]) -> tuple[Process, ...]:
    """Check processes against each other and put them in order (see `assemble`)."""
    owner = _owners(processes)
    kinds_of(processes)
    after: dict[str, set[str]] = {p.name: set() for p in processes}
    for p in processes:
        for name in (*p.reads, *p.recalls, *p.watches, *p.consults):
            _needs(p, name, owner)
        for name in (*p.reads, *p.may_read, *p.audits):
            after[p.name] |= {owner[name]} if name in owner else set()
        for name in (*p.recalls, *p.may_recall):
            if name in owner and owner[name] != p.name and owner[name] in after:
                after[owner[name]].add(p.name)
        for kind in p.hears:
            after[p.name] |= {q.name for q in processes if kind in q.posts}
    by_name = {p.name: p for p in processes}
    return tuple(by_name[name] for name in _sorted({n: s & set(by_name) - {n} for n, s in after.items()}))


def _owners(processes: list[Process]) -> dict[str, str]:
    owner = dict.fromkeys(POPULATION, "the population")
    for p in processes:
        for name in p.owns:
            if name in owner:
                raise AssemblyError(
                    f"column '{name}' has two owners: {owner[name]} and {p.name}; one must read it"
                )
            owner[name] = p.name
            table = name.partition(".")[0]
            if "." in name and table not in {n for q in processes for n in q.owns}:
                raise AssemblyError(
                    f"{p.name} adds '{name}' but no chosen process owns the table '{table}'{_advice(p, table, owner)}"
                )
    return owner


def _needs(p: Process, name: str, owner: Mapping[str, str]) -> None:
    if name in owner:
        return
    raise AssemblyError(
        f"{p.name} reads '{name}', which nobody in this scenario owns{_advice(p, name, owner)}"
    )


def _advice(p: Process, name: str, owner: Mapping[str, str]) -> str:
    """Who could own what is missing."""
    makers = [q for q, kind in known_processes().items() if name in kind.owns]
    return (
        f"; add {makers[0]} to the scenario, or leave {p.name} out" if makers else did_you_mean(name, owner)
    )


def kinds_of(processes: Iterable[Process]) -> dict[str, Notice]:
    """All kinds of notice; the same kind has the same columns whoever issues it. Unheard-of kinds stay silent."""
    kinds: dict[str, Notice] = {}
    every = [kind for p in known_processes().values() for kind in p.posts.items()]
    listed = list(processes)
    for kind, notice in [item for p in listed for item in p.posts.items()]:
        if kinds.setdefault(kind, notice).fields != notice.fields:
            raise AssemblyError(f"notice '{kind}' is issued with two different sets of columns; agree on one")
    for p in listed:
        for kind in (*p.hears, *p.heard):
            if kind not in kinds:
                matches = [n for k, n in every if k == kind]
                if not matches:
                    raise AssemblyError(f"{p.name} hears '{kind}', which no process posts")
                kinds[kind] = matches[0]
    return kinds


def _sorted(after: Mapping[str, set[str]]) -> list[str]:
    """Order names so that each stands after those it waits for; ties by name. Names a circle."""
    done: list[str] = []
    waiting = {name: set(first) for name, first in after.items()}
    while waiting:
        free = sorted(name for name, first in waiting.items() if not first)
        if not free:
            raise AssemblyError(_circle(waiting))
        done.append(free[0])
        del waiting[free[0]]
        for first in waiting.values():
            first.discard(free[0])
    return done


def _circle(waiting: Mapping[str, set[str]]) -> str:
    path = [min(waiting)]
    while True:
        following = min(waiting[path[-1]])
        if following in path:
            ring = path[path.index(following) :]
            ring = ring[::-1]
            return (
                " -> ".join([*ring, ring[0]])
                + ": a circle within one step; one of these must recall, not read"
            )
        path.append(following)
