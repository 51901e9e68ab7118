"""The official counters over time: the run beside what was published."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from xinyong.i18n import N_, NDASH
from xinyong.lab.validate import COUNTERS, Row
from xinyong.report.charts import Label, Mark, over_time, start
from xinyong.report.html import Cell, Grid, Markup, cited, figure, join, legend, note, panels, prose
from xinyong.report.page import Context, Page

NAMES = {
    "listed_cum": (N_("Listings published"), N_("listings (人次), since October 2013")),
    "air_refused_cum": (N_("Air tickets refused"), N_("refused attempts (人次)")),
    "train_refused_cum": (N_("High-speed rail tickets refused"), N_("refused attempts (人次)")),
    "barred_exec_cum": (N_("Kept from executive posts"), N_("refusals (人次)")),
    "complied_cum": (N_("Listed, then performed"), N_("listings that ended by performance")),
    "currently_listed": (N_("On the list now"), N_("parties listed at the week's end")),
}


def body(c: Context) -> Markup:
    """Draw every counter that the run has."""
    t = c.words
    shown = [counter for counter, measure in COUNTERS.items() if c.run.has(measure)]
    first = min(start(c.run.bands(COUNTERS[counter])) for counter in shown)
    comparable = any(row.simulated is not None for row in c.rows)
    return join(
        [
            prose(
                t(
                    "Each panel shows one official counter. The red line is the run, scaled up; "
                    "marks are what was published, with the error of observation."
                ),
                t(
                    "Nothing to the right of the dotted line, 30 June 2018, was used to set, fit or"
                    " test any value."
                )
                if comparable
                else t("This run does not stand for China, so no national figure is drawn beside it."),
            ),
            _legend(c) if comparable else "",
            panels(_panel(c, counter, first) for counter in shown),
            note(
                t(
                    "Two official counters exist for some dates and differ by 1 to 4 per cent. For "
                    "31 May 2018 two readings circulate; neither is used alone."
                )
            )
            if comparable
            else "",
        ]
    )


def _legend(c: Context) -> Markup:
    """Explain the signs."""
    t = c.words
    run = t("run, middle replicate and 80 % band") if c.run.replicates > 1 else t("run, a single replicate")
    return legend(
        [
            ("s-line", run),
            ("s-used", t("published, usable")),
            ("s-aside", t("published, set aside (reasons in the table)")),
            ("s-held", t("held out: a prediction, never a target")),
        ]
    )


def _panel(c: Context, counter: str, first: int) -> Markup:
    """Draw one counter."""
    t = c.words
    name, unit = (t(text) for text in NAMES[counter])
    rows = [row for row in c.rows if row.counter == counter and row.simulated is not None]
    bands = c.run.bands(COUNTERS[counter])
    description = t(
        "{name}, {unit}: the run from {first} to {last}, and {n} published figures.",
        name=name,
        unit=unit,
        first=bands.dates[0],
        last=bands.dates[-1],
        n=len(rows),
    )
    label = Label(c.key(f"over-{counter}"), name, description)
    drawing = over_time(label, bands, [_mark(row) for row in rows], t, first)
    caption = Markup("<b>{}</b> {}").format(name, unit)
    return figure(drawing, caption, _grid(c, counter, rows), t("Numbers and sources"))


def _mark(row: Row) -> Mark:
    """Turn a published figure into a mark."""
    kind = "held" if row.held_out else "usable" if row.usable else "aside"
    return Mark(row.date, row.published, row.published * row.observation_error, kind)


def _grid(c: Context, counter: str, rows: Sequence[Row]) -> Grid:
    """List the published figures with their sources, and the run at every year's end."""
    t = c.words
    lines: list[list[Cell]] = []
    for row in rows:
        lines.append([t.date(row.date), t.count(row.published), t.count(row.simulated), cited(row.source)])
    bands = c.run.bands(COUNTERS[counter])
    for i in _year_ends(bands.dates):
        day = bands.dates[i].astype(dt.date)
        lines.append([t.date(day), NDASH, t.count(float(bands.middle[i])), t("the run")])
    heads = [t("Date"), t("Published"), t("Run"), t("Source")]
    return Grid(heads, lines, numbers=(1, 2))


def _year_ends(dates: np.ndarray) -> list[int]:
    """Find the last week of every year."""
    years = dates.astype("datetime64[Y]")
    return [int(i) for i in np.flatnonzero(np.append(years[1:] != years[:-1], True))]


PAGE = Page(20, "counters", N_("The official counters"), ("listings_cum",), body)
