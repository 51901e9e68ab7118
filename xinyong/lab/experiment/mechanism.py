"""What acts on what: the graph of a running plan, read off what its processes declare, and which arrows a switch cuts.

*Source:* the paper's Figure 1 (its caption; the image is not in the text); model.md R112.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xinyong.assembly import POPULATION, assemble
from xinyong.errors import ScenarioError, did_you_mean
from xinyong.lab.experiment.switches import Level, Switches, load_switches
from xinyong.process import Process


@dataclass(frozen=True)
class Node:
    """A process of the plan."""

    name: str
    kind: str
    gloss: str


@dataclass(frozen=True)
class Arrow:
    """What `target` has from `source`: columns and notices; the switches whose mechanism it belongs to."""

    source: str
    target: str
    via: tuple[str, ...]
    switches: tuple[str, ...] = ()
    cut_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Processes in the order of a week and the arrows between them."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    levels: dict[str, Level]


def connections(processes: Iterable[Process]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Everything by which one process can act on another: (source, target) -> names of columns and notices."""
    listed = list(processes)
    owner = {name: p.name for p in listed for name in p.owns}
    found: dict[tuple[str, str], list[str]] = {}
    for p in listed:
        columns = (*p.reads, *p.recalls, *p.may_read, *p.may_recall, *p.watches, *p.consults)
        for name in columns:
            if name in owner and name not in POPULATION:
                found.setdefault((owner[name], p.name), []).append(name)
        for kind in (*p.hears, *p.heard):
            for q in listed:
                if kind in q.posts:
                    found.setdefault((q.name, p.name), []).append(kind)
    return {pair: tuple(sorted(set(via))) for pair, via in sorted(found.items()) if pair[0] != pair[1]}


def graph_of(
    processes: Iterable[Process], switches: Switches, levels: Mapping[str, Level] | None = None
) -> Graph:
    """The graph of these processes; arrows of switches that are off at `levels` are marked as cut.

    Raises ScenarioError if a switch names an arrow that the processes it names do not have.
    """
    listed = [p for p in processes if kind_of(p) != "observer"]
    levels = dict(levels or {})
    known = connections(listed)
    names = {p.name for p in listed}
    mine: dict[tuple[str, str], list[str]] = {}
    for key, switch in switches.switches.items():
        for edge in switch.edges:
            pair = edge.source, edge.target
            if set(pair) <= names:
                _check(key, pair, edge.via, known)
                mine.setdefault(pair, []).append(key)
    arrows = []
    for pair, via in known.items():
        of = tuple(dict.fromkeys(switches.get(k).part_of or k for k in mine.get(pair, ())))
        cut = tuple(key for key in mine.get(pair, ()) if _is_off(key, switches, levels))
        arrows.append(Arrow(*pair, via, of, cut))
    nodes = tuple(Node(p.name, kind_of(p), (p.__doc__ or "").strip().partition("\n")[0]) for p in listed)
    return Graph(nodes, tuple(arrows), levels)


def graph_named(names: Iterable[str], cut: str = "") -> tuple[Graph, Switches]:
    """The graph of processes by name, with one switch cut, and the switches of the package."""
    switches = load_switches()
    return graph_of(assemble(names), switches, {cut: False} if cut else {}), switches


def _is_off(key: str, switches: Switches, levels: Mapping[str, Level]) -> bool:
    """Whether a switch, or the one it is part of, is off."""
    return any(levels.get(name, True) is False for name in (key, switches.get(key).part_of))


def kind_of(process: Process) -> str:
    """Institution, behaviour, or observer, which acts on nobody."""
    folder = type(process).__module__.split(".")[-2]
    return {"behaviours": "behaviour", "observers": "observer"}.get(folder, "institution")


def _check(
    key: str, pair: tuple[str, str], via: str, known: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    if via not in known.get(pair, ()):
        near = did_you_mean(via, known.get(pair, ()))
        raise ScenarioError(
            f"switch {key}: {pair[1]} has no '{via}' from {pair[0]}{near}; see xinyong list processes"
        )
