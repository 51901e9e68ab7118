"""The central bank's credit files and the score the paper describes, with what contradicts it."""

import datetime as dt

import numpy as np

from xinyong.i18n import N_, NDASH
from xinyong.lab.scorecards import YearOfScores, scorecards
from xinyong.report.charts import Label, bars
from xinyong.report.html import Cell, Grid, Markup, figure, heading, join, note, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.pages.conflicts import statements

ENDS = (*((least, least + 99) for least in range(0, 900, 100)), (900, 1000))
NAMES = tuple(f"{least}{NDASH}{most}" for least, most in ENDS)
STOCKS = tuple(f"bank_score_{least}_{most}_now" for least, most in ENDS)
NEEDS = (
    "credit_files_now", "credit_records_now", "bank_scored_now", "adverse_entered_cum", "adverse_now",
    "adverse_deleted_cum", "adverse_corrected_cum", "adverse_false_now", "bank_inquiries_cum", *STOCKS,
)  # fmt: skip
PAPER, CENTRE = N_("the paper, note 48"), N_("credit reference centre and press")
# day, measure, published persons, source, whether it lies after the day up to which figures may be used
PUBLISHED = (
    (dt.date(2010, 2, 25), "credit_files_now", 650e6, PAPER, False),
    (dt.date(2010, 2, 25), "credit_records_now", 100e6, PAPER, False),
    (dt.date(2015, 12, 31), "credit_files_now", 880e6, CENTRE, False),
    (dt.date(2015, 12, 31), "credit_records_now", 380e6, CENTRE, False),
    (dt.date(2019, 6, 30), "credit_files_now", 990e6, CENTRE, True),
)
WHAT = {
    "credit_files_now": N_("persons with a file"),
    "credit_records_now": N_("persons with a credit record"),
}
COUNTS = (
    ("adverse_entered_cum", N_("adverse records entered")),
    ("adverse_now", N_("adverse records kept at the end")),
    ("adverse_false_now", N_("of these in the wrong person's file (truth)")),
    ("adverse_deleted_cum", N_("deleted because five years were over")),
    ("redress_central_bank_filed_cum", N_("disputes filed")),
    ("redress_central_bank_late_cum", N_("disputes answered after more than twenty days")),
    ("adverse_corrected_cum", N_("corrected after a dispute")),
    ("bank_inquiries_cum", N_("lenders' inquiries before a loan")),
    ("loans_refused_by_score_cum", N_("loans refused for a low score")),
)


def body(c: Context) -> Markup:
    """Write the banner, coverage, scores, how well they told, and the rights."""
    t = c.words
    told = [year for year in scorecards(c.run) if year.in_force]
    return join([
        _banner(c),
        heading(t("Who is on file")),
        _coverage(c),
        heading(t("Scores at the end of the run")),
        _distribution(c),
        *([heading(t("What a score tells about the year after")), _bands(c, told), _years(c, told)] if told else []),
        heading(t("Errors, disputes, deletions")),
        _rights(c),
    ])  # fmt: skip


def _banner(c: Context) -> Markup:
    """Say first that the score is disputed: conflict X1."""
    t = c.words
    row = next(row for row in statements()["conflicts"] if row["id"] == "X1")
    told = [t.pick(row[part]["en"], row[part]["zh"]) for part in ("paper", "evidence", "here")]
    return note(Markup("<strong>X1</strong> {}").format(t.gap.join(told)))


def _coverage(c: Context) -> Markup:
    """Set published coverage beside the run's."""
    t = c.words
    lines: list[list[Cell]] = []
    for day, measure, published, source, later in PUBLISHED:
        inside = c.run.dates[0] <= np.datetime64(day) <= c.run.dates[-1]
        here = float(c.run.at(measure, str(day)).mean()) if inside else None
        mark = t("judged only, not used") if later else t("the rule of that day")
        told = mark if inside else t("outside the run")
        lines.append([t.date(day), t(WHAT[measure]), t.count(published), t.count(here), told, t(source)])
    heads = ["", "", t("Published"), t("Run"), "", t("Source")]
    text = t(
        "Coverage is a rule with dates: so many persons have a file, so many of these a credit record. It is not "
        "a finding. The society keeps the number of people of the census of 2010, so counts lie a little lower than "
        "published. After 2015 the share is held where it was; the figure of 2019 shows how far that falls short."
    )
    return join([prose(text), table(Grid(heads, lines, numbers=(2, 3)))])


def _distribution(c: Context) -> Markup:
    """Draw how many persons stand in each band."""
    t = c.words
    values = [float(c.run.last(name).mean()) for name in STOCKS]
    whole = max(sum(values), 1.0)
    title = t("Persons by score of the central bank")
    label = Label(c.key("bank"), title, t("Ten bars, one a band of a hundred points."))
    rows = [(name, value, True) for name, value in zip(NAMES, values, strict=True)]
    lines: list[list[Cell]] = [
        [name, t.count(value), t.percent(value / whole)] for name, value, _ in reversed(rows)
    ]
    grid = Grid([t("Score"), t("Persons"), t("Share")], lines, numbers=(1, 2))
    caption = Markup("<b>{}</b> {}").format(title, t("100 points double the odds; 500 is 20 good to 1 bad"))
    return figure(bars(label, rows[::-1], t), caption, grid, t("Numbers"), wide=True)


def _bands(c: Context, told: list[YearOfScores]) -> Markup:
    """Say how many of each band defaulted within the year, all years together."""
    t = c.words
    files = np.sum([year.files_by_band for year in told], axis=0)
    bad = np.sum([year.bad_by_band for year in told], axis=0)
    lines: list[list[Cell]] = [
        [name, t.count(float(n)), t.count(float(b)), t.percent(float(b) / float(n)) if n else NDASH]
        for name, n, b in reversed(list(zip(NAMES, files, bad, strict=True)))
    ]
    heads = [t("Score at New Year"), t("Files (invented)"), t("In default within the year"), t("Share")]
    text = t(
        "A higher score goes with fewer defaults. The card was fitted on counts of the year before, and is judged "
        "here by the year that followed."
    )
    return join([prose(text), table(Grid(heads, lines, numbers=(1, 2, 3)))])


def _years(c: Context, told: list[YearOfScores]) -> Markup:
    """Say how well each year's card told good from bad."""
    t = c.words
    lines: list[list[Cell]] = []
    for year in sorted({y.year for y in told}):
        these = [y.quality for y in told if y.year == year]
        sums = [sum(q.files for q in these), sum(q.bad for q in these)]
        means = [float(np.mean([getattr(q, n) for q in these])) for n in ("auc", "ks", "brier", "slope")]
        shown = [f"{mean:.3f}" for mean in means]
        lines.append([str(year), *(t.count(float(n)) for n in sums), *shown])
    heads = [t("Year"), t("Files (invented)"), t("In default within the year"), "AUC", "KS", "Brier"]
    grid = Grid([*heads, t("Slope of calibration")], lines, numbers=(1, 2, 3, 4, 5, 6))
    text = t(
        "AUC is the chance that a file without a default had the higher score. In this society arrears strike by "
        "chance and income; a score looks good because who is in debt or behind already is the next to default, "
        "not because it knows a character."
    )
    return join([table(grid), note(text)])


def _rights(c: Context) -> Markup:
    """Count errors, disputes and deletions."""
    t = c.words
    lines: list[list[Cell]] = [
        [t(name), t.count(float(c.run.last(measure).mean()))]
        for measure, name in COUNTS
        if c.run.has(measure)
    ]
    text = t(
        "Since 15 March 2013 an adverse record is deleted five years after the arrears ended, and a dispute is "
        "answered within twenty days (Regulation on the Credit Reporting Industry, arts 16 and 25)."
    )
    return join([prose(text), table(Grid(["", t("Run")], lines, numbers=(1,)))])


def _kept(c: Context) -> bool:
    """Say whether anybody has a file."""
    return bool(c.run.last("credit_files_now").mean() > 0)


PAGE = Page(82, "bank", N_("The central bank's credit files and score"), NEEDS, body, _kept)
