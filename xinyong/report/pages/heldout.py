"""The figures of 31 May 2019: a prediction beside lines that need no theory."""

from collections.abc import Iterator

from xinyong.i18n import N_
from xinyong.lab.validate import HeldOut, Prediction
from xinyong.report.charts import Dot, Label, dots
from xinyong.report.html import Cell, Grid, Markup, cited, figure, heading, join, legend, note, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.pages.counters import NAMES

LIMITS = (0.6, 1.0, 2.0, 5.0)
METHODS = {
    "line": N_("straight line"),
    "line in logs": N_("line in logarithms"),
    "last month": N_("last month's level carried on"),
}


def body(c: Context) -> Markup:
    """Show the prediction, the lines, and the verdict."""
    t, held = c.words, c.held
    if held is None:
        return Markup("")
    return join(
        [
            prose(
                t(
                    "The paper gives the four counters on 30 June 2018 (footnote 71) and on 31 May "
                    "2019 (main text). Everything dated after the first was locked away while the "
                    "model was built and fitted. The figures of May 2019 are a prediction, never a "
                    "target."
                ),
                t(
                    "A straight line through the figures of December 2017 and June 2018 already "
                    "predicts listings, rail refusals and compliance within a few per cent. Only "
                    "the air counter bends. A model shows skill only if it beats every such line on"
                    " air refusals without getting worse elsewhere."
                ),
            ),
            _drawing(c, held),
            heading(t("Verdict")),
            _verdict(c, held),
        ]
    )


def _drawing(c: Context, held: HeldOut) -> Markup:
    """Draw all errors."""
    t = c.words
    rows = [(t(NAMES[row.counter][0]), list(_dots(row))) for row in held.rows]
    title = t("Error of each prediction of 31 May 2019")
    description = t(
        "Relative error of the run and of six naive lines for each counter; zero is the published figure."
    )
    label = Label(c.key("heldout"), title, description)
    limit = _limit(held)
    caption = Markup("<b>{}</b> {}").format(
        title,
        t(
            "relative to the published figure; errors beyond {limit} are drawn at the rim",
            limit=t.percent(limit),
        ),
    )
    signs = legend(
        [
            ("s-run", t("the run, with its 80 % band") if held.replicates > 1 else t("the run")),
            ("s-dot", t("straight line")),
            ("s-tri", t("line in logarithms")),
            ("s-box", t("last month's level carried on")),
            ("s-open", t("hollow: without the jump of June 2018")),
        ]
    )
    return signs + figure(
        dots(label, rows, t, limit), caption, _grid(c, held), t("Numbers and sources"), wide=True
    )


def _limit(held: HeldOut) -> float:
    """Choose how far the drawing reaches, so that the run's errors lie inside."""
    worst = max((abs(row.error) for row in held.rows), default=0.0)
    return next((limit for limit in LIMITS if worst <= limit), LIMITS[-1])


def _dots(row: Prediction) -> Iterator[Dot]:
    """Turn one counter's predictions into dots."""
    yield Dot(row.error, "run", row.lower / row.published - 1, row.upper / row.published - 1)
    for line in row.naive:
        yield Dot(line.error, f"{line.method}|{'with' if line.with_break else 'without'}")


def _grid(c: Context, held: HeldOut) -> Grid:
    """List every prediction."""
    t = c.words
    lines: list[list[Cell]] = []
    marks: dict[int, str] = {}
    for row in held.rows:
        marks[len(lines)] = "group"
        name = t(NAMES[row.counter][0])
        lines.append([name, t("published"), t.count(row.published), "", cited(row.source)])
        note_ = t("CRPS {x}", x=t.count(row.crps)) if held.replicates > 1 else t("a single replicate")
        lines.append([name, t("the run"), t.count(row.simulated), t.percent(row.error, sign=True), note_])
        for line in row.naive:
            june = t("with the jump of June 2018") if line.with_break else t("without it")
            text = f"{t(METHODS[line.method])}, {june}"
            lines.append([name, text, t.count(line.value), t.percent(line.error, sign=True), line.used])
    heads = [t("Counter"), t("Prediction"), t("Value"), t("Error"), t("Source, or figures used")]
    return Grid(heads, lines, numbers=(2, 3), marks=marks)


def _verdict(c: Context, held: HeldOut) -> Markup:
    """Say against which lines the run does better."""
    t = c.words
    said = (
        t("The run beats every naive line on air refusals and is no worse on the other counters.")
        if held.skill
        else t(
            "The run does not beat every naive line. By this test it has shown no skill: "
            "the published totals carry no evidence for its mechanisms."
        )
    )
    lines: list[list[Cell]] = [
        [
            t(name),
            t("beaten") if held.beats(method, True) else t("not beaten"),
            t("beaten") if held.beats(method, False) else t("not beaten"),
        ]
        for method, name in METHODS.items()
    ]
    heads = [t("Naive line"), t("with the jump of June 2018"), t("without the jump")]
    return join(
        [
            note(said, "verdict"),
            table(Grid(heads, lines)),
            note(
                t(
                    "June 2018 alone adds 1.0 million refused flights by one reading of 31 May and "
                    "0.6 million by the other. The verdict on air depends on it, so both are shown."
                )
            ),
        ]
    )


PAGE = Page(50, "prediction", N_("May 2019, predicted"), (), body, lambda c: c.held is not None)
