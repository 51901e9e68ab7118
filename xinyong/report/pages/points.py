"""Cities' points and grades over time, and what a grade did to applications."""

import numpy as np

from xinyong.i18n import N_
from xinyong.lab.results import Days, Values
from xinyong.report.html import Cell, Grid, Markup, join, note, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.panels import divided

GRADES = ("aaa", "aa", "a", "b", "c", "d")
OUTCOMES = ("school", "loan", "promotion")
COUNTED = ("applied", "admitted", "by_standing", "lost_by_standing")
MATTERS = tuple(f"{outcome}_{what}_cum" for outcome in OUTCOMES for what in COUNTED)
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
                    "{n} residents carry points, and {m} organisations. Each began with the start value of its "
                    "city, 1,000 in Rongcheng, and they stand at {mean} on average.",
                    n=t.count(persons),
                    m=t.count(files - persons),
                    mean=f"{points / files:,.1f}",
                )
            ),
            _grades(c),
            *([_applications(c)] if c.run.has(*MATTERS) else []),
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
    names = [f"grade_{grade}_now" for grade in GRADES] + ["grade_other_now"] * c.run.has("grade_other_now")
    return days, sum((c.run.series(name)[1].mean(axis=0) for name in names), np.zeros(days.size))


def _grades(c: Context) -> Markup:
    """Draw the share of each grade from the first week in which anybody carries points."""
    t = c.words
    days, files = _files(c)
    counts = {grade.upper(): c.run.series(f"grade_{grade}_now")[1].mean(axis=0) for grade in GRADES}
    texts = (
        t("Share of files in each grade"), t("Six small panels, one a grade, each on its own scale."),
        t("Grade"), t("Files"),
    )  # fmt: skip
    return divided(c, "points", days, counts, files, texts)


def _applications(c: Context) -> Markup:
    """Count applications, and those that grade or list alone decided."""
    t = c.words
    lines: list[list[Cell]] = []
    for key, name in zip(OUTCOMES, (t("School"), t("Loan"), t("Promotion")), strict=True):
        counts = [float(c.run.last(f"{key}_{what}_cum").mean()) for what in COUNTED]
        lines.append([name, *(t.count(n) for n in counts)])
    heads = [
        t("Matter"), t("Applied"), t("Admitted"), t("Only for grade or list"), t("Refused only for grade or list"),
    ]  # fmt: skip
    told = t(
        "Applications are followed in cities with a scheme only. Their rates and the weight of a grade are assumed."
    )
    return join([table(Grid(heads, lines, numbers=(1, 2, 3, 4))), note(told)])


def _scored(c: Context) -> bool:
    """Say whether anybody carries points."""
    return bool(c.run.last("scored_persons_now").mean() > 0)


PAGE = Page(80, "points", N_("Cities' points and grades"), NEEDS, body, _scored)
