"""Where paper and evidence disagree, what would overturn the result, and what no run can tell."""

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from xinyong.i18n import N_
from xinyong.report.html import Cell, Grid, Markup, heading, join, prose, table
from xinyong.report.page import Context, Page


@lru_cache
def statements() -> dict[str, list[dict[str, Any]]]:
    """Read the statements of conflicts.yaml, in both languages."""
    text = resources.files("xinyong.report").joinpath("conflicts.yaml").read_text(encoding="utf-8")
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(text)
    return content


def body(c: Context) -> Markup:
    """Write the three lists."""
    t = c.words
    data = statements()
    lines: list[list[Cell]] = [
        [row["id"], *(t.pick(row[part]["en"], row[part]["zh"]) for part in ("paper", "evidence", "here"))]
        for row in data["conflicts"]
    ]
    heads = ["", t("The paper"), t("Other evidence"), t("What is done here")]
    return join(
        [
            prose(
                t(
                    "Nothing is silently put right. Where sources disagree, both are kept and the "
                    "choice is named."
                )
            ),
            table(Grid(heads, lines)),
            heading(t("What would overturn the result")),
            _list(c, data["overturn"]),
            heading(t("What no run can tell")),
            _list(c, data["limits"]),
        ]
    )


def _list(c: Context, rows: list[dict[str, Any]]) -> Markup:
    """Write statements as a list."""
    items = join(Markup("<li>{}</li>").format(c.words.pick(row["en"], row["zh"])) for row in rows)
    return Markup('<ol class="statements">{}</ol>').format(items)


PAGE = Page(110, "conflicts", N_("Where paper and evidence disagree"), (), body)
