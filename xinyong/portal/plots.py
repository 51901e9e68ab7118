"""Small line charts as SVG, drawn on the server: no script is needed to read them."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from html import escape

from xinyong.portal.parts.timeline import Point, Series, Timeline
from xinyong.portal.words import Reader
from xinyong.report.html import Markup

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 250, 62, 12, 26
RIGHT = 10


class Frame:
    """The axes of one chart: weeks across, values up from nought."""

    def __init__(self, weeks: Sequence[dt.date], top: float) -> None:
        self.first, self.last = weeks[0].toordinal(), weeks[-1].toordinal()
        self.top, self.step = _round_up(top)

    def x(self, day: dt.date) -> float:
        """Place of a day."""
        share = (day.toordinal() - self.first) / max(1, self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Place of a value."""
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)


def _round_up(top: float) -> tuple[float, float]:
    """A round end of the axis and the distance of its lines."""
    if not top > 0:
        return 1.0, 0.5
    power = 10.0 ** math.floor(math.log10(top))
    step = next(s * power for s in (0.2, 0.25, 0.5, 1.0, 2.0) if top / (s * power) <= 5)
    return math.ceil(top / step) * step, step


def chart(line: Timeline, series: Series, t: Reader, key: str) -> Markup:
    """One measure over the weeks, with its published points and a line for the chosen week."""
    tops = [*series.values, *series.upper, *(p.value * (1 + p.error) for p in series.points)]
    frame = Frame(line.weeks, max(tops, default=1.0))
    now = frame.x(line.weeks[line.week])
    parts = [
        *_grid(frame, line.weeks, t), *_steps(frame, line), *_band(frame, line.weeks, series),
        f'<path class="line" d="{_path(frame, line.weeks, series.values)}"/>',
        *(mark for point in series.points for mark in _mark(frame, point)),
        f'<line class="now" x1="{now:.1f}" x2="{now:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        f'<circle class="now" cx="{now:.1f}" cy="{frame.y(series.now):.1f}" r="4"/>',
    ]  # fmt: skip
    label = t(
        "{measure}: {value} on {day}", measure=series.measure, value=t.count(series.now), day=t.date(line.on)
    )
    return Markup(
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}" '
        f'data-plot="{escape(key)}" data-top="{frame.top:g}">{"".join(parts)}</svg>'
    )


def _grid(frame: Frame, weeks: Sequence[dt.date], t: Reader) -> Iterable[str]:
    for n in range(round(frame.top / frame.step) + 1):
        y = frame.y(n * frame.step)
        yield (
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(t.count(n * frame.step))}</text>'
        )
    years = range(weeks[0].year + (weeks[0].month > 1), weeks[-1].year + 1)
    for year in years:
        x = frame.x(dt.date(year, 1, 1))
        if x >= LEFT - 3:
            yield f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="start">{year}</text>'
            yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}"/>'


def _steps(frame: Frame, line: Timeline) -> Iterable[str]:
    """A notch at the foot for each step of policy."""
    for step in line.steps:
        if line.weeks[0] <= step.date:
            x = frame.x(step.date)
            yield (
                f'<line class="step" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM - 7}" y2="{HEIGHT - BOTTOM}">'
                f"<title>{escape(f'{step.date} {step.gloss}')}</title></line>"
            )


def _path(frame: Frame, weeks: Sequence[dt.date], values: Sequence[float]) -> str:
    return "M" + "L".join(f"{frame.x(d):.1f} {frame.y(v):.1f}" for d, v in zip(weeks, values, strict=True))


def _band(frame: Frame, weeks: Sequence[dt.date], series: Series) -> Iterable[str]:
    if series.lower:
        there = _path(frame, weeks, series.upper)
        back = _path(frame, weeks[::-1], series.lower[::-1])
        yield f'<path class="band" d="{there}L{back[1:]}Z"/>'


def _mark(frame: Frame, point: Point) -> Iterable[str]:
    """A published figure: filled if it is judged, open if set aside, a diamond if it was held out."""
    x, y = frame.x(point.date), frame.y(point.value)
    spread = point.value * point.error
    if spread:
        low, high = frame.y(max(0.0, point.value - spread)), frame.y(point.value + spread)
        yield f'<line class="error" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
    kind = "held" if point.held_out else "used" if point.judged else "aside"
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if point.held_out else ""
    shape = (
        f'<rect class="{kind}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"{turn}>' if point.held_out
        else f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4">'
    )  # fmt: skip
    end = "</rect>" if point.held_out else "</circle>"
    yield f"{shape}<title>{escape(f'{point.date} {point.value:,.0f} {point.source}')}</title>{end}"
