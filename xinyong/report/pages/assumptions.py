"""What nobody published and the model had to assume, remember or fit."""

from collections import defaultdict
from typing import Any

from xinyong.i18n import N_
from xinyong.report.html import Cell, Grid, Markup, cited, folded, heading, join, prose, table
from xinyong.report.names import rule_file
from xinyong.report.page import Context, Page

KINDS = (
    ("fitted", N_("Fitted values")),
    ("assumed", N_("Assumed values")),
    ("memory", N_("Values from memory, not checked")),
)


def body(c: Context) -> Markup:
    """List the values in groups."""
    t = c.words
    counts = {kind: len(c.manifest.get(kind) or []) for kind, _ in KINDS}
    lead = t(
        "{a} values are assumed, {m} come from memory and {f} were fitted to figures "
        "dated up to 30 June 2018. A conclusion that hangs on one of these is a "
        "conclusion about the assumption.",
        a=counts["assumed"],
        m=counts["memory"],
        f=counts["fitted"],
    )
    parts: list[Cell] = [prose(lead)]
    for kind, name in KINDS:
        rows = c.manifest.get(kind) or []
        if rows:
            parts.append(heading(t(name)))
            parts += [
                folded(f"{rule_file(t, group)} · {len(found)}", _table(c, found), keep=True)
                for group, found in _groups(rows)
            ]
    return join(parts)


def _groups(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Put values of the same rule file together."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[str(row.get("path", "")).partition(".")[0]].append(row)
    return sorted(groups.items())


def _table(c: Context, rows: list[dict[str, Any]]) -> Markup:
    """List values with their units and reasons; reasons stand as the rule book gives them."""
    t = c.words
    heads = [t("Rule"), t("Since"), t("Value"), t("Unit"), t("Why, or fitted to what")]
    lines: list[list[Cell]] = [
        [
            Markup("<code>{}</code>").format(_short(row)),
            str(row.get("since", "")),
            str(row.get("value", "")),
            str(row.get("unit", "")),
            Markup('<span lang="en">{}</span>').format(cited(str(row.get("why") or row.get("by") or ""))),
        ]
        for row in rows
    ]
    return table(Grid(heads, lines, numbers=(2,)))


def _short(row: dict[str, Any]) -> str:
    """Drop the group from a path; the line above names it."""
    path = str(row.get("path", ""))
    return path.partition(".")[2] or path


PAGE = Page(100, "assumptions", N_("Assumed and fitted values"), (), body)
