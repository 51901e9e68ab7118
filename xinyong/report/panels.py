"""Small panels of how a whole divides, week by week, with the numbers at the end beside them."""

import datetime as dt
from collections.abc import Mapping

import numpy as np

from xinyong.lab.results import Days, Values
from xinyong.report.charts import Label, areas
from xinyong.report.html import Cell, Grid, Markup, figure
from xinyong.report.page import Context


def divided(
    c: Context,
    page: str,
    days: Days,
    counts: Mapping[str, Values],
    whole: Values,
    texts: tuple[str, str, str, str],
) -> Markup:
    """Draw each part's share of a whole (weeks) from the first week in which there is any; nothing if there never is.

    `counts` holds each part by its name; `texts` are the title, the description, the head of the parts, and that of
    their numbers.
    """
    if not whole.any():
        return Markup("")
    t, first, (title, told, part, number) = c.words, int(np.argmax(whole > 0)), texts
    shares = [(name, n[first:] / np.maximum(whole[first:], 1)) for name, n in counts.items()]
    dates: list[dt.date] = [day.astype(dt.date) for day in days[first:]]
    lines: list[list[Cell]] = [
        [name, t.percent(float(share[-1])), t.count(float(share[-1] * whole[-1]))] for name, share in shares
    ]
    grid = Grid([part, t("Share at the end"), number], lines, numbers=(1, 2))
    caption = Markup("<b>{}</b> {}").format(title, t("each panel on its own scale"))
    picture = areas(Label(c.key(page), title, told), dates, shares, t)
    return figure(picture, caption, grid, t("Numbers"), wide=True)
