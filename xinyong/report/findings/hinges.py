"""On what the verdicts hang: every named assumption with its value, range and how well it is known."""

from xinyong.i18n import N_, NDASH
from xinyong.report.experiment import FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, join, prose, table

GRADES = {
    "assumed": N_("assumed"), "memory": N_("from memory"), "fitted": N_("fitted"), "derived": N_("derived"),
    "verified-paper": N_("read in the paper"), "verified-excerpt": N_("read in an excerpt"),
    "verified-low-quality": N_("read, low quality"), "project-note": N_("a note of this project"),
    "verified-data-file": N_("read in a data file"),
}  # fmt: skip


def body(c: FindingsContext) -> Markup:
    """Write the table of assumptions, each once."""
    t = c.words
    rows: list[list[Cell]] = []
    for one in c.found.hinges:
        span = NDASH if one.span is None else f"{one.span[0]:g} – {one.span[1]:g}"
        known = t(GRADES[one.grade]) if one.grade in GRADES else one.grade or t("not built yet")
        code = Markup("<code>{}</code>").format(one.rule)
        rows.append(
            [c.say(one.gloss), code, one.value or NDASH, span, known, ", ".join(dict.fromkeys(one.claims))]
        )
    heads = [
        t("Assumption"),
        t("Rule"),
        t("Value"),
        t("Range"),
        t("How it is known"),
        t("Claims that hang on it"),
    ]
    return join([
        prose(t("Change one with --set, or let a design move it, and ask again; a verdict that turns will say so.")),
        table(Grid(heads, rows)),
    ])  # fmt: skip


PAGE = FindingsPage(40, "hinges", N_("On what the verdicts hang"), body)
