"""On what the verdicts hang: every named assumption with its value, range and how well it is known."""

from xinyong.i18n import MINUS, N_, NDASH
from xinyong.report.experiment import FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, join, prose, table

GRADES = {
    "assumed": N_("assumed"), "memory": N_("from memory"), "fitted": N_("fitted"), "derived": N_("derived"),
    "verified-paper": N_("read in the paper"), "verified-excerpt": N_("read in an excerpt"),
    "verified-low-quality": N_("read, low quality"), "project-note": N_("a note of this project"),
    "verified-data-file": N_("read in a data file"),
}  # fmt: skip

WORDS = {"True": N_("yes"), "False": N_("no"), "epstein": N_("a crowd against officers (after Epstein)")}


def body(c: FindingsContext) -> Markup:
    """Write the table of assumptions, each once."""
    t = c.words
    rows: list[list[Cell]] = []
    for one in c.found.hinges:
        span = NDASH if one.span is None else " – ".join(_plain(c, f"{end:.12g}") for end in one.span)
        known = t(GRADES[one.grade]) if one.grade in GRADES else one.grade or t("not built yet")
        code = Markup("<code>{}</code>").format(one.rule)
        held = _plain(c, one.value, one.rule) if one.value else NDASH
        rows.append([c.say(one.gloss), held, span, known, ", ".join(dict.fromkeys(one.claims)), code])
    heads = [
        t("Assumption"),
        t("Value"),
        t("Values the program accepts"),
        t("How it is known"),
        t("Claims that may hang on it"),
        t("Name in the rules"),
    ]
    return join([
        prose(
            t(
                "What the program accepts as a value is not what is plausible. Whoever knows better changes a value "
                "and plays the worlds again; a verdict that turns will say so."
            )
        ),
        table(Grid(heads, rows)),
    ])  # fmt: skip


def _plain(c: FindingsContext, value: str, rule: str = "") -> str:
    """Write a value as a reader would: yes for True, yuan for fen, no powers of ten."""
    t = c.words
    if value in WORDS:
        return t(WORDS[value])
    try:
        number = float(value)
    except ValueError:
        return value
    if rule.endswith("_fen"):
        return t("{n} yuan", n=f"{number / 100:,.12g}")
    return f"{number:,.12g}".replace("-", MINUS)


PAGE = FindingsPage(40, "hinges", N_("On what the verdicts hang"), body)
