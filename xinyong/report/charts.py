"""Numbers in, drawings out: the same numbers always give the same bytes."""

import datetime as dt
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from xinyong.i18n import Words
from xinyong.lab.results import Bands, Values
from xinyong.report.svg import ACCENT, INK, PAPER, RULE, SOFT, inline

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10.5,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "axes.edgecolor": RULE,
    "axes.unicode_minus": True,
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}
BOUNDARY = dt.date(2018, 6, 30)


@dataclass(frozen=True)
class Mark:
    """One published figure to draw: usable, set aside, or held out as a prediction."""

    date: dt.date
    value: float
    error: float
    kind: str


@dataclass(frozen=True)
class Dot:
    """One value in a dot plot, with its range if it has one."""

    value: float
    kind: str
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Label:
    """What a drawing is called, for readers and for screen readers."""

    key: str
    title: str
    description: str


@contextmanager
def _drawing(label: Label, width: float, height: float, out: list[str]) -> Iterator[Figure]:
    """Give an empty figure and put its finished drawing into `out`."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": label.key}), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        yield figure
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    out.append(inline(buffer.getvalue(), label.key, label.title, label.description))


def _bare(axes: Axes, *, x_grid: bool = False) -> None:
    """Take away every line that carries no number."""
    axes.patch.set_visible(False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(True, axis="x" if x_grid else "y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=4)


def _day(date: dt.date) -> int:
    """Count days since 1970."""
    return (date - dt.date(1970, 1, 1)).days


def _years(axes: Axes, first: int, last: int, step: int) -> None:
    """Write a year under every first of January, or every second or third one."""
    years = range((dt.date(1970, 1, 1) + dt.timedelta(first)).year, 2100)
    days = {year: _day(dt.date(year, 1, 1)) for year in years}
    shown = {year: day for year, day in days.items() if first <= day <= last and year % step == 0}
    axes.set_xticks(list(shown.values()), [str(year) for year in shown])
    axes.tick_params(axis="x", length=3, color=RULE)


def over_time(label: Label, bands: Bands, marks: Sequence[Mark], words: Words, first: int = 0) -> str:
    """Draw one counter: the simulated band or line, and what was published."""
    out: list[str] = []
    with _drawing(label, 372, 236, out) as figure:
        axes = figure.add_axes((0.135, 0.1, 0.845, 0.86))
        _bare(axes)
        days = bands.dates[first:].astype(np.int64)
        if bands.replicates > 1:
            axes.fill_between(
                days, bands.lower[first:], bands.upper[first:], color=ACCENT, alpha=0.22, linewidth=0
            )
        axes.plot(days, bands.middle[first:], color=ACCENT, linewidth=1.6)
        if bands.dates[-1] > np.datetime64(BOUNDARY):
            axes.axvline(_day(BOUNDARY), color=SOFT, linewidth=0.7, dashes=(2, 3))
        for mark in marks:
            _mark(axes, mark)
        axes.set_ylim(bottom=0)
        axes.margins(x=0.02)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: words.count(y)))
        _years(axes, int(days[0]), int(days[-1]), 1 if days[-1] - days[0] < 2600 else 2)
    return out[0]


def start(bands: Bands) -> int:
    """Give the week a year before a counter starts to move."""
    moving = np.flatnonzero(bands.upper > 0)
    return max(int(moving[0]) - 26, 0) if moving.size else 0


def _mark(axes: Axes, mark: Mark) -> None:
    """Draw one published figure with its error of observation."""
    filled = mark.kind == "usable"
    colour = SOFT if mark.kind == "aside" else INK
    axes.errorbar(
        _day(mark.date),
        mark.value,
        yerr=mark.error or None,
        fmt="D" if mark.kind == "held" else "o",
        markersize=5.2 if mark.kind == "held" else 4.2,
        markerfacecolor=INK if filled else PAPER,
        markeredgecolor=colour,
        markeredgewidth=1.0,
        ecolor=colour,
        elinewidth=0.9,
        capsize=1.8,
        capthick=0.9,
        zorder=5 if filled else 4,
    )


def dots(label: Label, rows: Sequence[tuple[str, Sequence[Dot]]], words: Words, limit: float) -> str:
    """Draw relative errors, one line a counter; what lies further out is drawn at the rim."""
    out: list[str] = []
    with _drawing(label, 620, 52 + 46 * len(rows), out) as figure:
        bottom = 34 / (52 + 46 * len(rows))
        axes = figure.add_axes((0.235, bottom, 0.735, 0.98 - bottom))
        _bare(axes, x_grid=True)
        axes.axvline(0, color=INK, linewidth=1.1)
        for y, (_, values) in enumerate(rows):
            for dot in values:
                _dot(axes, dot, y, limit)
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(-limit * 1.04, limit * 1.04)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.spines["bottom"].set_visible(False)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: words.percent(x, sign=True)))
    return out[0]


SHAPES = {
    "line": ("o", -0.2),
    "line in logs": ("^", -0.2),
    "last month": ("s", -0.2),
}


def _dot(axes: Axes, dot: Dot, y: float, limit: float) -> None:
    """Draw one error: the run in the accent colour, lines as small open shapes above it."""
    x = min(max(dot.value, -limit), limit)
    if dot.kind == "run":
        if dot.lower is not None and dot.upper is not None:
            ends = [min(max(end, -limit), limit) for end in (dot.lower, dot.upper)]
            axes.plot(ends, [y + 0.12] * 2, color=ACCENT, linewidth=3.4)
        axes.plot([x], [y + 0.12], "D", color=ACCENT, markersize=6.4)
        return
    method, june = dot.kind.split("|")
    shape, lift = SHAPES[method]
    face = SOFT if june == "with" else PAPER
    axes.plot([x], [y + lift], shape, markerfacecolor=face, markeredgecolor=SOFT, markersize=5.4)


def shares(
    label: Label,
    rows: Sequence[tuple[str, Sequence[float], str]],
    tints: Sequence[tuple[str, float]],
    words: Words,
) -> str:
    """Draw how each total splits, as bars of equal length, with the total written behind."""
    out: list[str] = []
    height = 40 + 25 * len(rows)
    with _drawing(label, 620, height, out) as figure:
        axes = figure.add_axes((0.26, 26 / height, 0.6, 1 - 32 / height))
        _bare(axes, x_grid=True)
        axes.spines["bottom"].set_visible(False)
        for y, (_, parts, note) in enumerate(rows):
            left = 0.0
            for part, (colour, alpha) in zip(parts, tints, strict=True):
                axes.barh(y, part, left=left, height=0.62, color=colour, alpha=alpha, linewidth=0)
                left += part
            axes.text(1.02, y, note, va="center", ha="left", color=INK)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: words.percent(x)))
    return out[0]


def bars(label: Label, rows: Sequence[tuple[str, float, bool]], words: Words) -> str:
    """Draw counts that differ in kind side by side; persons in ink, events in the accent colour."""
    out: list[str] = []
    height = 14 + 30 * len(rows)
    with _drawing(label, 620, height, out) as figure:
        axes = figure.add_axes((0.335, 6 / height, 0.545, 1 - 12 / height))
        _bare(axes, x_grid=True)
        axes.grid(False)
        axes.spines["bottom"].set_visible(False)
        axes.spines["left"].set_visible(True)
        top = max((value for _, value, _ in rows), default=1.0) or 1.0
        for y, (_, value, person) in enumerate(rows):
            axes.barh(y, value / top, height=0.56, color=INK if person else ACCENT, alpha=0.8, linewidth=0)
            axes.text(value / top + 0.012, y, words.count(value), va="center", ha="left", color=INK)
        axes.set_xlim(0, 1)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.set_xticks([])
    return out[0]


def areas(label: Label, dates: Sequence[dt.date], parts: Sequence[tuple[str, Values]], words: Words) -> str:
    """Draw the shares of several groups over time, each on its own small scale."""
    out: list[str] = []
    columns = 3
    lines = -(-len(parts) // columns)
    with _drawing(label, 620, 128 * lines, out) as figure:
        days = np.array([_day(date) for date in dates])
        for place, (name, values) in enumerate(parts):
            row, column = divmod(place, columns)
            axes = figure.add_axes(
                (0.055 + column / columns * 0.985, 1 - (row + 0.84) / lines, 0.25, 0.6 / lines)
            )
            _bare(axes)
            axes.fill_between(days, 0, values, color=ACCENT, alpha=0.25, linewidth=0)
            axes.plot(days, values, color=ACCENT, linewidth=1.3)
            axes.set_title(name, loc="left", fontsize=10.5, color=INK, pad=5)
            axes.set_ylim(0, max(float(values.max()) * 1.15, 0.01))
            axes.yaxis.set_major_locator(MaxNLocator(3))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: words.percent(y)))
            axes.margins(x=0)
            _years(axes, int(days[0]), int(days[-1]), 3)
    return out[0]


def spans(label: Label, rows: Sequence[tuple[str, float, float, float]], words: Words) -> str:
    """Draw numbers with the span in which they lie, one line each, about a line at nought."""
    out: list[str] = []
    height = 34 + 24 * len(rows)
    with _drawing(label, 560, height, out) as figure:
        axes = figure.add_axes((0.27, 24 / height, 0.7, 1 - 28 / height))
        _bare(axes, x_grid=True)
        axes.axvline(0, color=INK, linewidth=1.1)
        for y, (_, value, low, high) in enumerate(rows):
            if low == low:
                axes.plot([low, high], [y, y], color=ACCENT, linewidth=3.2, alpha=0.45, solid_capstyle="butt")
            axes.plot([value], [y], "D", color=ACCENT, markersize=5.4)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.margins(x=0.06)
        axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
        axes.tick_params(axis="y", labelcolor=INK)
        axes.spines["bottom"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda x, _: words.count(x) if abs(x) >= 1e4 else f"{x:g}")
        )
    return out[0]
