"""What nobody published and the model had to assume, remember or fit."""

from collections import defaultdict
from typing import Any

from xinyong.i18n import N_, NDASH
from xinyong.lab.assumptions import claims_of, ranges
from xinyong.lab.claims.claims import load_claims
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
    parts: list[Cell] = [prose(lead), _claims(c), prose(_key(c))]
    for kind, name in KINDS:
        rows = c.manifest.get(kind) or []
        if rows:
            parts.append(heading(t(name)))
            parts += [
                folded(f"{rule_file(t, group)} · {len(found)}", _table(c, found), keep=True)
                for group, found in _groups(rows)
            ]
    return join(parts)


def _key(c: Context) -> str:
    """Say how the lists below are to be read."""
    return c.words(
        "Below, every such value with the range in which it may be varied, and the claims whose verdict hangs on it. "
        "What would overturn an assumption is a source that puts its value outside the range, or shows that the rule "
        "it belongs to did not exist; what would overturn a claim stands above."
    )


def _claims(c: Context) -> Markup:
    """Give each claim with what its verdict hangs on and what would overturn it."""
    t, held = c.words, load_claims().claims
    lines: list[list[Cell]] = [
        [
            f"{key} {claim.title.of(t.language)}",
            join(Markup("<div>{}</div>").format(one.gloss.of(t.language)) for one in claim.hangs_on),
            claim.overturn.of(t.language),
        ]
        for key, claim in held.items()
    ]
    heads = [t("Claim"), t("What its verdict hangs on"), t("What would overturn it")]
    return join([heading(t("The claims and their assumptions")), table(Grid(heads, lines))])


def _range(path: str) -> str:
    """The range of a rule, as text."""
    found = ranges().get(path)
    return NDASH if found is None else f"{found[0]:g} {NDASH} {found[1]:g}"


def _groups(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Put values of the same rule file together."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[str(row.get("path", "")).partition(".")[0]].append(row)
    return sorted(groups.items())


def _table(c: Context, rows: list[dict[str, Any]]) -> Markup:
    """List values with their units and reasons; reasons stand as the rule book gives them."""
    t = c.words
    heads = [
        t("Rule"),
        t("Since"),
        t("Value"),
        t("Unit"),
        t("Range"),
        t("Claims"),
        t("Why, or fitted to what"),
    ]
    lines: list[list[Cell]] = [
        [
            Markup("<code>{}</code>").format(_short(row)),
            str(row.get("since", "")),
            str(row.get("value", "")),
            str(row.get("unit", "")),
            _range(str(row.get("path", ""))),
            ", ".join(claims_of(str(row.get("path", "")))),
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
