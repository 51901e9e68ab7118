"""The mechanism graph as an SVG that stands alone: institutions left, behaviours right, a colour for each switch."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from xinyong.lab.experiment.mechanism import Arrow, Graph, Node
from xinyong.lab.experiment.switches import Switch, Switches
from xinyong.lab.tables import MARK, whole_or_nothing

COLOURS = {"F": "#2a6f97", "E": "#9c3a2b", "B": "#4f7a28", "V": "#7b4fa3", "S": "#333333"}
PLAIN, CUT = "#8a8a8a", "#b9b9b9"
WIDTH, BOX, HEIGHT, ROW, MARGIN = 1080.0, 190.0, 20.0, 30.0, 190.0
TOP = 64.0
LEGEND = 22.0
STYLE = (
    "text{font:12px/1.2 system-ui,sans-serif;fill:#222}.head{font-weight:600;font-size:13px}.small{font-size:11px;"
    "fill:#555}rect{fill:#fff;stroke:#555}.back{fill:#fff;stroke:none}path{fill:none}"
)


@dataclass(frozen=True)
class Labels:
    """Words of the picture: for a process, a head, a switch (with its gloss, cut or not), the foot."""

    node: Callable[[str], str] = lambda name: name.replace("_", " ")
    head: Callable[[str], str] = lambda word: word
    switch: Callable[[str, Switch, bool], str] = lambda key, switch, cut: (
        f"{key} {switch.name}: {switch.gloss.partition(';')[0]}{' (cut)' if cut else ''}"
    )
    foot: Callable[[int, int], str] = lambda nodes, arrows: (
        f"{nodes} processes, {arrows} arrows, drawn from the assembled plan · {MARK}"
    )


PLAIN_LABELS = Labels()


def draw(graph: Graph, switches: Switches, title: str, say: Labels = PLAIN_LABELS) -> str:
    """Give the picture as SVG text; every arrow says by what it goes when pointed at."""
    left = [node for node in graph.nodes if node.kind == "institution"]
    right = [node for node in graph.nodes if node.kind == "behaviour"]
    shown = [key for key in switches.switches if any(key in arrow.switches for arrow in graph.arrows)]
    rows = max(len(left), len(right), 1)
    top = TOP + LEGEND * len(shown)
    height = top + ROW * rows + 40
    places = _places(left, MARGIN, rows, top) | _places(right, WIDTH - MARGIN - BOX, rows, top)
    order = sorted(graph.arrows, key=lambda a: (bool(a.switches), not a.cut_by))
    parts = [_head(height, title), _legend(shown, graph, switches, say), _columns(top, say)]
    parts += [_arrow(arrow, places) for arrow in order]
    parts += [_box(node, *places[node.name], say.node(node.name)) for node in graph.nodes]
    foot = say.foot(len(graph.nodes), len(graph.arrows))
    parts.append(f'<text class="small" x="20" y="{height - 12:.0f}">{escape(foot)}</text></svg>')
    return "\n".join(parts) + "\n"


def write_picture(path: Path, text: str) -> None:
    """Write it whole or not at all."""
    with whole_or_nothing(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _places(nodes: list[Node], x: float, rows: int, top: float) -> dict[str, tuple[float, float]]:
    """Spread a column's boxes over the whole height, in the order of the week."""
    step = rows * ROW / max(len(nodes), 1)
    return {node.name: (x, top + step * (k + 0.5)) for k, node in enumerate(nodes)}


def _head(height: float, title: str) -> str:
    colours = {**COLOURS, "plain": PLAIN, "cut": CUT}
    heads = ""
    for name, colour in colours.items():
        size = 6 if name == "plain" else 4
        heads += (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="{size}" markerHeight="{size}" '
            f'orient="auto"><path d="M0,0L8,4L0,8z" style="fill:{colour}"/></marker>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="t"><title id="t">{escape(title)}</title><style>{STYLE}</style><defs>{heads}</defs>'
        f'<rect class="back" width="{WIDTH:.0f}" height="{height:.0f}"/>'
        f'<text class="head" x="20" y="24">{escape(title)}</text>'
    )


def _columns(top: float, say: Labels) -> str:
    words = ((MARGIN, "institutions"), (WIDTH - MARGIN - BOX, "behaviours"))
    return "".join(
        f'<text class="head" x="{x:.0f}" y="{top - 4:.0f}">{escape(say.head(word))}</text>'
        for x, word in words
    )


def _legend(shown: list[str], graph: Graph, switches: Switches, say: Labels) -> str:
    """One line a mechanism: its colour, its name, and whether it is cut."""
    lines = []
    for k, key in enumerate(shown):
        cut = graph.levels.get(key, True) is False
        y = 46 + LEGEND * k
        text = say.switch(key, switches.get(key), cut)
        lines.append(
            f'<path d="M20,{y - 4:.0f}h28" style="{_stroke(key, cut)}"/>'
            f'<text x="56" y="{y:.0f}">{escape(text)}</text>'
        )
    return "".join(lines)


def _stroke(key: str, cut: bool) -> str:
    if cut:
        return f"stroke:{CUT};stroke-width:2;stroke-dasharray:5 4"
    return f"stroke:{COLOURS.get(key, '#b07d12')};stroke-width:2"


def _arrow(arrow: Arrow, places: dict[str, tuple[float, float]]) -> str:
    """A curve between the columns, or beside the column if both ends are in it."""
    (x0, y0), (x1, y1) = places[arrow.source], places[arrow.target]
    if x0 == x1:
        outer = x0 if x0 < WIDTH / 2 else x0 + BOX
        side = -1 if x0 < WIDTH / 2 else 1
        bend = outer + side * min(MARGIN - 12, 24 + 0.32 * abs(y1 - y0))
        way = f"M{outer:.0f},{y0:.1f}C{bend:.1f},{y0:.1f} {bend:.1f},{y1:.1f} {outer + side * 3:.0f},{y1:.1f}"
    else:
        start, end = (x0 + BOX, x1 - 3) if x0 < x1 else (x0, x1 + BOX + 3)
        middle = (start + end) / 2
        way = f"M{start:.0f},{y0:.1f}C{middle:.0f},{y0:.1f} {middle:.0f},{y1:.1f} {end:.0f},{y1:.1f}"
    cut = bool(arrow.cut_by)
    name = "cut" if cut else arrow.switches[0] if arrow.switches else "plain"
    style = _stroke(name, cut) if arrow.switches else f"stroke:{PLAIN};stroke-width:0.8;stroke-opacity:0.55"
    told = f"{arrow.source} → {arrow.target}: {', '.join(arrow.via)}"
    told += f" (cut: {', '.join(arrow.cut_by)})" if cut else ""
    head = name if name in COLOURS or name in ("plain", "cut") else "plain"
    kind = "cut" if cut else "mechanism" if arrow.switches else "plain"
    shape = f'<path class="{kind}" d="{way}" style="{style}" marker-end="url(#{head})">'
    return f"{shape}<title>{escape(told)}</title></path>"


def _box(node: Node, x: float, y: float, name: str) -> str:
    squeezed = (
        f' textLength="{BOX - 10:.0f}" lengthAdjust="spacingAndGlyphs"' if _width(name) > BOX - 10 else ""
    )
    return (
        f'<g><title>{escape(node.gloss)}</title><rect x="{x:.0f}" y="{y - HEIGHT / 2:.1f}" width="{BOX:.0f}" '
        f'height="{HEIGHT:.0f}" rx="4"/><text x="{x + BOX / 2:.0f}" y="{y + 4:.1f}" text-anchor="middle"{squeezed}>'
        f"{escape(name)}</text></g>"
    )


def _width(text: str) -> float:
    """About how wide a text is, in points; a Chinese character is twice as wide as a letter."""
    return sum(12.0 if ord(letter) > 0x2E80 else 6.2 for letter in text)
