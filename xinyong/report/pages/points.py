"""Rongcheng's grades over time."""

import datetime as dt

import numpy as np

from xinyong.i18n import N_
from xinyong.lab.results import Days, Values
from xinyong.report.charts import Label, areas
from xinyong.report.html import Cell, Grid, Markup, figure, join, note, prose
from xinyong.report.page import Context, Page

GRADES = ("aaa", "aa", "a", "b", "c", "d")
NEEDS = ("scored_persons_now", "points_sum_now", *(f"grade_{grade}_now" for grade in GRADES))


def body(c: Context) -> Markup:
    """Say how many carry points, and draw the share of each grade."""
    t = c.words
    persons = float(c.run.last("scored_persons_now").mean())
    files = float(_files(c)[1][-1])
    points = float(c.run.last("points_sum_now").mean())
    return join(
        [
            prose(
                t(
                    "{n} residents carry points, and {m} organisations. They began with 1,000 "
                    "and stand at {mean} on average.",
                    n=t.count(persons),
                    m=t.count(files - persons),
                    mean=f"{points / files:,.1f}",
                )
            ),
            _grades(c),
            note(
                t(
                    "No published distribution of grades was found. The cut-points other than "
                    "that of D are from memory or from another county, so these shares test nothing."
                )
            ),
        ]
    )


def _files(c: Context) -> tuple[Days, Values]:
    """Count the files with a grade, of persons and of organisations, as the mean of the replicates."""
    days = c.run.dates
    return days, sum(
        (c.run.series(f"grade_{grade}_now")[1].mean(axis=0) for grade in GRADES), np.zeros(days.size)
    )


def _grades(c: Context) -> Markup:
    """Draw the share of each grade from the first week in which anybody carries points."""
    t = c.words
    days, mean = _files(c)
    first = int(np.argmax(mean > 0))
    whole = np.maximum(mean[first:], 1)
    parts = [
        (grade.upper(), c.run.series(f"grade_{grade}_now")[1].mean(axis=0)[first:] / whole)
        for grade in GRADES
    ]
    dates: list[dt.date] = [day.astype(dt.date) for day in days[first:]]
    title = t("Share of files in each grade")
    label = Label(c.key("points"), title, t("Six small panels, one a grade, each on its own scale."))
    lines: list[list[Cell]] = [
        [name, t.percent(float(values[-1])), t.count(float(values[-1] * mean[-1]))] for name, values in parts
    ]
    grid = Grid([t("Grade"), t("Share at the end"), t("Files")], lines, numbers=(1, 2))
    caption = Markup("<b>{}</b> {}").format(title, t("each panel on its own scale"))
    return figure(areas(label, dates, parts, t), caption, grid, t("Numbers"), wide=True)


def _scored(c: Context) -> bool:
    """Say whether anybody carries points."""
    return bool(c.run.last("scored_persons_now").mean() > 0)


PAGE = Page(80, "points", N_("Rongcheng's points and grades"), NEEDS, body, _scored)
