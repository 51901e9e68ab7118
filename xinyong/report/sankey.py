"""Flows as ribbons whose widths are the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from xinyong.i18n import Words
from xinyong.report.svg import frame

WIDTH, HEIGHT, BAR, GAP, TOP = 720.0, 330.0, 10.0, 22.0, 26.0


@dataclass(frozen=True)
class Node:
    """A stop on the way: its column, its name, and whether it is set off in the accent colour."""

    key: str
    column: int
    name: str
    accent: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Link:
    """A flow from one stop to another."""

    source: str
    target: str
    value: float


@dataclass
class _Box:
    """Where a stop is drawn, and how much of its two sides is taken."""

    x: float
    y: float
    height: float
    left: float = 0.0
    right: float = 0.0


def sankey(
    key: str, title: str, description: str, nodes: Sequence[Node], links: Sequence[Link], words: Words
) -> str:
    """Draw stops from left to right and the flows between them."""
    flows = [link for link in links if link.value > 0]
    used = {link.source for link in flows} | {link.target for link in flows}
    kept = [node for node in nodes if node.key in used]
    sizes = {node.key: _size(node.key, flows) for node in kept}
    boxes, unit = _boxes(kept, sizes)
    ribbons = "".join(_ribbon(link, boxes, unit, kept) for link in flows)
    stops = "".join(_stop(node, boxes[node.key], sizes[node.key], kept, words) for node in kept)
    return frame(ribbons + stops, f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", key, title, description)


def _size(key: str, flows: Sequence[Link]) -> float:
    """Give what passes through a stop."""
    return max(
        sum(link.value for link in flows if link.source == key),
        sum(link.value for link in flows if link.target == key),
    )


def _boxes(nodes: Sequence[Node], sizes: dict[str, float]) -> tuple[dict[str, _Box], float]:
    """Place the stops so that the fullest column fills the height."""
    columns = sorted({node.column for node in nodes})
    members = {column: [node for node in nodes if node.column == column] for column in columns}
    room = HEIGHT - TOP - 8
    unit = min(
        ((room - GAP * (len(g) - 1)) / sum(sizes[node.key] for node in g) for g in members.values()),
        default=1.0,
    )
    boxes: dict[str, _Box] = {}
    for place, column in enumerate(columns):
        x = place / max(len(columns) - 1, 1) * (WIDTH - BAR)
        y = TOP
        for node in members[column]:
            height = sizes[node.key] * unit
            boxes[node.key] = _Box(x, y, height)
            y += height + GAP
    return boxes, unit


def _ribbon(link: Link, boxes: dict[str, _Box], unit: float, nodes: Sequence[Node]) -> str:
    """Draw one flow."""
    source, target, width = boxes[link.source], boxes[link.target], link.value * unit
    y0, y1 = source.y + source.right + width / 2, target.y + target.left + width / 2
    source.right += width
    target.left += width
    x0, x1 = source.x + BAR, target.x
    bend = (x1 - x0) / 2
    accent = any(node.accent for node in nodes if node.key == link.target)
    colour, strength = ("accent", 0.5) if accent else ("ink", 0.17)
    return (
        f'<path d="M{x0:.1f},{y0:.1f}C{x0 + bend:.1f},{y0:.1f} {x1 - bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f}" '
        f'fill="none" style="stroke:var(--{colour})" stroke-opacity="{strength}" '
        f'stroke-width="{max(width, 0.8):.2f}"/>'
    )


def _stop(node: Node, box: _Box, size: float, nodes: Sequence[Node], words: Words) -> str:
    """Draw one stop with its name and count."""
    last = node.column == max(other.column for other in nodes)
    middle = 0 < box.x < WIDTH - BAR - 1 and not node.aside
    colour = "accent" if node.accent else "ink"
    x = box.x - 6 if last else box.x if middle else box.x + BAR + 6
    y = box.y - 7 if middle else box.y + max(box.height / 2 + 4, 4)
    anchor = "end" if last else "start"
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{BAR}" height="{max(box.height, 1):.1f}" '
        f'style="fill:var(--{colour})"/>'
        f'<text class="halo" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(node.name)} '
        f'<tspan class="figure">{words.count(size)}</tspan></text>'
    )
