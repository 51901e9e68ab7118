"""The map of debtors as a drawing (SVG): invented streets, the scan, and how many are listed where."""

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from xinyong.columns import Array
from xinyong.lab.street_map import Scan, StreetMap
from xinyong.lab.streets import Street

SIZE = 720
PALETTE = {"ink": "#222222", "accent": "#a63d2f", "soft": "#8a8378", "rule": "#cfc8ba", "paper": "#fbf8f1"}
WIDTHS = {"ring": 9.0, "avenue": 8.0, "street": 6.0}
WORDS = {
    "scan": "scan of {radius} m", "here": "where the scan was made",
    "dot": "listed parties in a neighbourhood", "metres": "{n} m",
}  # fmt: skip


class _View:
    """A square window of the town and its scale."""

    def __init__(self, chart: StreetMap, scan: Scan) -> None:
        whole = 1.08 * chart.town.radius
        window = max(3.2 * scan.radius_m, 900.0)
        self.half = whole if whole < 1.4 * window else window
        keep = max(0.0, whole - self.half)
        self.x, self.y = (min(max(part, -keep), keep) for part in (scan.x, scan.y))
        self.scale = SIZE / (2 * self.half)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place on the paper; north is up."""
        return (x - self.x + self.half) * self.scale, (self.half - (y - self.y)) * self.scale

    def sees(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether a place lies in the window."""
        return max(abs(x - self.x), abs(y - self.y)) <= self.half - margin


def draw(chart: StreetMap, scan: Scan) -> str:
    """Draw a whole file: the town around the scan, title, alert and mark."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE + 84}" role="img" '
        f'font-family="sans-serif"><title>{escape(scan.alert_en)}</title>'
        f'<rect width="{SIZE}" height="{SIZE + 84}" fill="{PALETTE["paper"]}"/>'
    )
    lines = (
        (20, 15, "ink", scan.alert or scan.town), (40, 13, "ink", scan.alert_en or "; ".join(scan.notes)),
        (62, 11, "soft", f"{scan.synthetic} · {scan.on} · invented town, invented streets, invented people"),
    )  # fmt: skip
    told = "".join(
        f'<text x="14" y="{SIZE + y}" font-size="{size}" fill="{PALETTE[colour]}">{escape(text)}</text>'
        for y, size, colour, text in lines
    )
    return head + shapes(chart, scan, PALETTE) + told + "</svg>\n"


def shapes(
    chart: StreetMap,
    scan: Scan,
    palette: Mapping[str, str],
    words: Mapping[str, str] = WORDS,
    key: str = "map",
) -> str:
    """The drawing without its frame, SIZE units square; `palette` names colours, `key` makes ids unique."""
    view = _View(chart, scan)
    clip = f'<clipPath id="{key}-window"><rect width="{SIZE}" height="{SIZE}"/></clipPath>'
    x, y = view.at(0, 0)
    ground = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{chart.town.radius * view.scale:.1f}" fill="{palette["rule"]}" '
        'fill-opacity="0.28"/>'
    )
    parts = [
        ground,
        *_streets(chart, view, palette),
        *_circle(scan, view, palette),
        *_dots(chart, scan, view, palette),
    ]
    parts += [
        *_labels(chart, scan, view, palette),
        *_user(scan, view, palette),
        *_key(scan, view, palette, words),
    ]
    return f'{clip}<g clip-path="url(#{key}-window)">{"".join(parts)}</g>'


def _path(points: Array, view: _View) -> str:
    places = [view.at(float(x), float(y)) for x, y in points]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _streets(chart: StreetMap, view: _View, palette: Mapping[str, str]) -> Iterator[str]:
    """All streets twice: their edges first, then what lies between, so that crossings are open."""
    shown = [s for s in chart.plan.streets if any(view.sees(x, y, -200) for x, y in s.points)]
    for colour, narrower, opacity in (("soft", 0.0, 0.6), ("paper", 1.6, 1.0)):
        for street in shown:
            width = WIDTHS[street.kind] * min(1.0, max(0.6, view.scale * 2.2)) - narrower
            yield (
                f'<path d="{_path(street.points, view)}" fill="none" stroke="{palette[colour]}" '
                f'stroke-opacity="{opacity}" stroke-width="{max(width, 0.4):.1f}" stroke-linecap="round" '
                'stroke-linejoin="round"/>'
            )


def _circle(scan: Scan, view: _View, palette: Mapping[str, str]) -> Iterator[str]:
    x, y = view.at(scan.x, scan.y)
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{scan.radius_m * view.scale:.1f}" fill="{palette["accent"]}" '
        f'fill-opacity="0.10" stroke="{palette["accent"]}" stroke-width="1.5" stroke-dasharray="6 4"/>'
    )


def _size(count: int) -> float:
    """Radius of a dot: its area grows with the count."""
    return 3.0 + 2.6 * math.sqrt(count)


def _dots(chart: StreetMap, scan: Scan, view: _View, palette: Mapping[str, str]) -> Iterator[str]:
    """A dot for each neighbourhood with somebody listed; those within the scan stand out and bear their count."""
    inside = {(cell.x, cell.y) for cell in scan.cells}
    for (x, y), count in zip(chart.town.positions.tolist(), chart.listed.tolist(), strict=True):
        if not count or not view.sees(x, y, -50):
            continue
        cx, cy = view.at(x, y)
        near = (x, y) in inside
        colour, opacity = ("accent", "0.9") if near else ("soft", "0.45")
        yield (
            f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="{_size(count):.1f}" fill="{palette[colour]}" '
            f'fill-opacity="{opacity}"/>'
        )
        if near:
            yield (
                f'<text x="{cx:.1f}" y="{cy + 3:.1f}" font-size="9" text-anchor="middle" '
                f'fill="{palette["paper"]}">{count}</text>'
            )


def _user(scan: Scan, view: _View, palette: Mapping[str, str]) -> Iterator[str]:
    x, y = view.at(scan.x, scan.y)
    for colour, width in (("paper", 4.5), ("ink", 2.0)):
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="14" fill="none" stroke="{palette[colour]}" '
            f'stroke-width="{width}"/>'
        )


def _labels(chart: StreetMap, scan: Scan, view: _View, palette: Mapping[str, str]) -> Iterator[str]:
    """Names of streets, each once, where they do not lie on one another."""
    taken: list[tuple[float, float]] = []
    named: set[str] = set()
    first = [s for s in chart.plan.streets if s.name == scan.street]
    for street in [*first, *sorted(chart.plan.streets, key=lambda s: list(WIDTHS).index(s.kind))]:
        spot = _spot(street, view, taken)
        if street.name in named or spot is None:
            continue
        named.add(street.name)
        x, y, angle = spot
        taken.append((x, y))
        heavy = ' font-weight="bold"' if street.name == scan.street else ""
        yield (
            f'<text transform="translate({x:.1f} {y:.1f}) rotate({angle:.0f})" dy="3.5" font-size="10"{heavy} '
            f'text-anchor="middle" fill="{palette["ink"]}" stroke="{palette["paper"]}" stroke-width="3" '
            f'paint-order="stroke">{escape(street.name)}</text>'
        )


def _spot(
    street: Street, view: _View, taken: Iterable[tuple[float, float]]
) -> tuple[float, float, float] | None:
    """A place on the street, in the window, away from other names, and the angle of the street there."""
    n = len(street.points)
    for k in sorted(range(1, n - 1), key=lambda k: abs(k - n / 2)):
        x, y = view.at(*(float(v) for v in street.points[k]))
        if not view.sees(float(street.points[k][0]), float(street.points[k][1]), 70 / view.scale):
            continue
        if any(abs(x - a) < 58 and abs(y - b) < 58 for a, b in taken):
            continue
        (x0, y0), (x1, y1) = (view.at(*(float(v) for v in street.points[k + d])) for d in (-1, 1))
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        return x, y, (angle + 90) % 180 - 90
    return None


def _key(scan: Scan, view: _View, palette: Mapping[str, str], words: Mapping[str, str]) -> Iterator[str]:
    """What the signs mean, and a scale."""
    length = next(n for n in (2000, 1000, 500, 200, 100) if n * view.scale < SIZE / 4 or n == 100)
    bar = length * view.scale
    yield f'<rect x="8" y="8" width="236" height="106" rx="4" fill="{palette["paper"]}" fill-opacity="0.9"/>'
    yield f'<circle cx="24" cy="24" r="7" fill="none" stroke="{palette["accent"]}" stroke-dasharray="4 3"/>'
    yield f'<circle cx="24" cy="48" r="6" fill="{palette["accent"]}" fill-opacity="0.9"/>'
    yield f'<circle cx="24" cy="72" r="7" fill="none" stroke="{palette["ink"]}" stroke-width="2"/>'
    told = (words["scan"].format(radius=f"{scan.radius_m:g}"), words["dot"], words["here"])
    for y, text in zip((28, 52, 76), told, strict=True):
        yield f'<text x="40" y="{y}" font-size="11" fill="{palette["ink"]}">{escape(text)}</text>'
    yield (
        f'<path d="M16 94V100H{16 + bar:.1f}V94" fill="none" stroke="{palette["ink"]}"/>'
        f'<text x="{22 + bar:.1f}" y="101" font-size="11" fill="{palette["ink"]}">'
        f"{escape(words['metres'].format(n=length))}</text>"
    )
