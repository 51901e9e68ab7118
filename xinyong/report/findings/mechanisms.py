"""What each mechanism does: the graph with cut arrows, shares of each outcome, means of all kinds of world."""

from decimal import Decimal

import numpy as np

from xinyong.i18n import MINUS, N_
from xinyong.lab.claims.findings import PLAYERS, Decomposition, Part
from xinyong.lab.claims.intervals import mean
from xinyong.report.charts import Label, spans
from xinyong.report.experiment import NOUGHT, FindingsContext, FindingsPage
from xinyong.report.graph_picture import graph_drawing
from xinyong.report.html import Cell, Grid, Markup, figure, folded, heading, join, note, prose, table

PANELS = {
    "economy": N_("Economy: debts, defaults, data"), "governance": N_("Governance: conduct, opinion, protest"),
    "power": N_("What power costs"),
}  # fmt: skip


def body(c: FindingsContext) -> Markup:
    """Write every outcome, benefits and costs alike."""
    t = c.words
    costs = [told for told in c.found.decompositions if told.outcome.cost]
    return join([
        prose(
            t(
                "Four edges of the argument can be cut: F, data between firms and state; E, what the fate of others "
                "teaches; B, benefits; V, publication and face. All sixteen combinations were played, and a world "
                "without any system. A share (Shapley value) is what a mechanism adds on average over all orders in "
                "which mechanisms may be switched on; the shares sum to the difference between all and none."
            )
        ),
        note(
            t(
                "A share hides a change of sign: what helps alone may harm beside another. So the means of all sixteen "
                "kinds of world stand under each picture, and what pairs bring beyond their parts."
            )
        ),
        heading(t("Who acts on whom")),
        _graphs(c),
        *(_panel(c, panel, title) for panel, title in PANELS.items()),
        _gains(c),
        heading(t("What the same mechanisms cost in rights")),
        *(_outcome(c, told) for told in costs),
        "" if costs else note(t("These worlds count no cost in rights; do not read the outcomes without one.")),
        _silent(c),
    ])  # fmt: skip


def _panel(c: FindingsContext, panel: str, title: str) -> Markup:
    """Write all outcomes of one panel."""
    found = [told for told in c.found.decompositions if told.outcome.panel == panel]
    return join([heading(c.words(title)), *(_outcome(c, told) for told in found)]) if found else Markup("")


def _gains(c: FindingsContext) -> Markup:
    """Say whether economic outcomes and those of governance move together over the sixteen kinds of world."""
    t = c.words
    rows: list[list[Cell]] = [
        [c.say(gain.economy.gloss), c.say(gain.governance.gloss), t("one of them does not move")]
        if gain.correlation is None
        else [c.say(gain.economy.gloss), c.say(gain.governance.gloss), c.number(gain.correlation)]
        for gain in c.found.gains
    ]
    table_ = table(Grid([t("Economy"), t("Governance"), t("Correlation")], rows, (2,)))
    lead = t(
        "The author holds that political and economic purposes are woven together. Over the sixteen kinds of world the "
        "two panels move together, or against each other, as follows; they are never added up. These sixteen worlds "
        "were made by design, so a correlation says only that the same cut moves both. It is no relation between "
        "persons and no finding about people."
    )
    return join([heading(t("Both panels together")), prose(lead), table_]) if rows else Markup("")


def _graphs(c: FindingsContext) -> Markup:
    """Draw the graph as it was played, and folded away once for each mechanism that is cut."""
    t = c.words
    whole = Markup('<figure class="wide"><div class="chart">{}</div></figure>').format(
        Markup(graph_drawing(c))
    )
    cut = [
        folded(t("With {what} cut", what=c.mechanism(key)), _drawn(graph_drawing(c, key))) for key in PLAYERS
    ]
    lead = t(
        "Drawn from what the processes of these worlds declare, not by hand. Coloured arrows belong to a mechanism; "
        "where it is cut they turn grey."
    )
    return join([prose(lead), whole, *cut])


def _drawn(drawing: str) -> Markup:
    """Set a drawing where a phone can scroll it sideways."""
    return Markup('<div class="chart" tabindex="0">{}</div>').format(Markup(drawing))


def _outcome(c: FindingsContext, told: Decomposition) -> Markup:
    """Draw the shares of one outcome, with its tables folded away."""
    t, outcome = c.words, told.outcome
    name, unit = c.say(outcome.gloss), c.say(outcome.unit)
    rows = [(c.mechanism(p.name), p.estimate.value, *p.estimate.interval) for p in told.shares]
    title = t("Shares of the mechanisms: {what}", what=name)
    words = t("The share of each mechanism with its interval over replicates.")
    drawing = spans(Label(c.key(f"share-{outcome.role}"), title, words), rows, t)
    title_ = Markup("<h4>{}, {}</h4>").format(name, unit)
    shares = Grid([t("Mechanism"), t("Share"), t("95 % interval")], [_row(c, p) for p in told.shares], (1,))
    return join([
        title_,
        figure(drawing, _whole(c, told), shares, t("Numbers"), wide=True),
        folded(t("All kinds of world, and pairs"), join([prose(_groups(c, told)), _cells(c, told)])),
    ])  # fmt: skip


def _whole(c: FindingsContext, told: Decomposition) -> str:
    """Say what lies between every mechanism cut and none cut."""
    return c.words(
        "Every mechanism cut: {low}; none cut: {high}.",
        low=_fine(c, told.cells[0].estimate.value), high=_fine(c, told.cells[-1].estimate.value),
    )  # fmt: skip


def _groups(c: FindingsContext, told: Decomposition) -> str:
    """Say the shares in both readings of the paper."""
    t = c.words
    default, other = (
        ", ".join(f"{c.mechanism(p.name)} {c.number(p.estimate.value)}" for p in told.groups[mapping])
        for mapping in ("default", "alternative")
    )
    return t(
        "With the example under the first mechanism: {default}. With it under the third, in the order of the paper’s "
        "sections: {other}.",
        default=default,
        other=other,
    )


def _cells(c: FindingsContext, told: Decomposition) -> Markup:
    """Give the mean of every kind of world and what pairs bring."""
    t = c.words
    cells = [*([told.none] if told.none else []), *told.cells]
    names = {"none": t("no system at all"), "–": t("the system, every mechanism cut")}
    rows = [[*_mean(c, p, names.get(p.name, p.name)), *_beyond(c, p, told.cells[0])] for p in cells]
    pairs = [_row(c, p) for p in told.pairs]
    heads = [
        t("Mechanisms on"), t("Mean"), t("95 % interval"), t("Change from every mechanism cut"), t("95 % interval")
    ]  # fmt: skip
    return join([
        table(Grid(heads, rows, (1, 3))),
        table(Grid([t("Pair"), t("Beyond its parts"), t("95 % interval")], pairs, (1,))),
    ])  # fmt: skip


def _mean(c: FindingsContext, part: Part, name: str) -> list[Cell]:
    """Give a mean with so many figures that small effects show."""
    low, high = part.estimate.interval
    reach = "" if low != low else c.words("{low} to {high}", low=_fine(c, low), high=_fine(c, high))
    return [name, _fine(c, part.estimate.value), reach]


def _beyond(c: FindingsContext, part: Part, base: Part) -> list[Cell]:
    """Give by how much a kind of world differs from that with every mechanism cut, society by society."""
    gap = mean(np.subtract(part.estimate.values, base.estimate.values))
    return [c.number(gap.value), c.interval(gap)]


def _fine(c: FindingsContext, value: float) -> str:
    """Write a mean with six figures, where three would hide what small effects do."""
    if value != value or abs(value) >= 1e6 or abs(value) < NOUGHT:
        return c.number(value)
    return f"{Decimal(f'{value:.6g}'):,f}".replace("-", MINUS)


def _row(c: FindingsContext, part: Part, name: str = "") -> list[Cell]:
    """Give one number with its interval."""
    return [name or c.mechanism(part.name), c.number(part.estimate.value), c.interval(part.estimate)]


def _silent(c: FindingsContext) -> Markup:
    """Say what could not be told."""
    t = c.words
    rows: list[list[Cell]] = [[silent.what, silent.why] for silent in c.found.silent]
    return (
        folded(t("What these worlds cannot tell"), table(Grid([t("What"), t("Why")], rows)))
        if rows
        else Markup("")
    )


PAGE = FindingsPage(20, "mechanisms", N_("Mechanisms"), body)
