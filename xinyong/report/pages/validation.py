"""Every published figure beside the run, with the reason where one is set aside."""

from xinyong.i18n import N_, NDASH
from xinyong.lab.validate import Row, tally
from xinyong.report.html import Cell, Grid, Markup, cited, folded, heading, join, prose, table
from xinyong.report.names import mark
from xinyong.report.page import Context, Page
from xinyong.report.pages.counters import NAMES


def body(c: Context) -> Markup:
    """Write the table of validation."""
    t = c.words
    good, judged = tally(c.rows)
    lead = (
        t(
            "{good} of {judged} usable figures agree with the run within their tolerance.",
            good=good,
            judged=judged,
        )
        if judged
        else t("No published figure can be held against this run; the reason stands beside each.")
    )
    rule = t(
        "The tolerance is the widest of 10 per cent, the error of observation, and two "
        "standard errors over the replicates. Agreement says that the totals are "
        "reproduced, not that the mechanisms are right."
    )
    counters = [counter for counter in NAMES if any(row.counter == counter for row in c.rows)]
    tables = join(_counter(c, counter) for counter in counters)
    if not judged:
        return join([prose(lead), folded(t("The published figures and their sources"), tables)])
    return join([prose(lead, rule), tables])


def _counter(c: Context, counter: str) -> Markup:
    """Write the table of one counter."""
    t = c.words
    rows = [row for row in c.rows if row.counter == counter]
    good, judged = tally(rows)
    told = t("{good} of {judged} within", good=good, judged=judged) if judged else t("none usable")
    heads = [t("Date"), t("Published"), t("Run"), t("Error"), t("Tolerance"), t("Verdict"), t("Source")]
    marks = {n: _kind(row) for n, row in enumerate(rows)}
    grid = Grid(heads, [_line(c, row) for row in rows], numbers=(1, 2, 3, 4), marks=marks)
    name = Markup('{} <span class="mark">{}</span>').format(t(NAMES[counter][0]), told)
    return heading(name) + table(grid)


def _kind(row: Row) -> str:
    """Choose how a line of the table looks."""
    if row.held_out:
        return "held"
    return "aside" if row.within is None else "good" if row.within else "bad"


def _line(c: Context, row: Row) -> list[Cell]:
    """Write one figure."""
    t = c.words
    tolerance = t.percent(row.tolerance) if row.usable else NDASH
    source = Markup('{} <span class="mark">{}</span>').format(cited(row.source), mark(t, row.confidence))
    return [
        t.date(row.date),
        t.count(row.published),
        t.count(row.simulated),
        t.percent(row.relative_error, sign=True),
        tolerance,
        _verdict(c, row),
        source,
    ]


def _verdict(c: Context, row: Row) -> Cell:
    """Say what is concluded from one figure."""
    t = c.words
    if row.held_out:
        word = t("prediction")
    elif row.within is None:
        word = t("set aside")
    else:
        word = t("within") if row.within else t("outside")
    reason = Markup('<span class="why">{}</span>').format(t(row.reason)) if row.reason else ""
    return Markup("<b>{}</b>{}").format(word, reason)


PAGE = Page(60, "validation", N_("Held against published figures"), ("listings_cum",), body)
