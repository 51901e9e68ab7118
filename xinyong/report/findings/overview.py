"""What was done, and what came of it in one table."""

import math

from xinyong.i18n import N_
from xinyong.lab.claims.verdict import Verdict
from xinyong.report.experiment import VERDICTS, FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, facts, join, note, prose, table


def body(c: FindingsContext) -> Markup:
    """Say what was cut, on what verdicts rest, and give them with their costs."""
    t = c.words
    heads = [t("Claim of the paper"), t("What the worlds say"), t("How firmly"), t("Its cost in rights")]
    rows = [_row(c, verdict) for verdict in c.found.verdicts]
    return join([
        prose(
            t(
                "The same invented society was played many times. In each world one or more of the "
                "mechanisms the paper names were cut; courts, lists and restrictions stayed. Worlds of one "
                "replicate share persons and chance, so that what differs between them is the work of what was cut."
            )
        ),
        note(
            t(
                "Every verdict is prior-only: how strong a mechanism is was assumed, or set from one study elsewhere, "
                "and not fitted to what was published of the system. A verdict says what follows from the assumed "
                "values. It does not say what happened in China."
            )
        ),
        _facts(c),
        table(Grid(heads, rows)),
        prose(t("Each claim is told in full below, with its rival, its limits, and what would overturn it.")),
    ])  # fmt: skip


def _facts(c: FindingsContext) -> Markup:
    """Give the size of the experiment."""
    t, m = c.words, c.manifest
    return facts([
        (t("Scenario"), f"{m['scenario']}, {m['start']} – {m['end']}"),
        (t("Kinds of world"), t.count(len(m["cells"]))),
        (t("Replicates, each another society"), t.count(m["replicates"])),
        (t("Real persons one invented person stands for"), t.count(float(m["scale"]))),
        (t("Design"), " + ".join(str(told["design"]) for told in c.found.manifests)),
    ])  # fmt: skip


def _row(c: FindingsContext, verdict: Verdict) -> list[Cell]:
    """Give one claim: verdict, grade and probability, and the first cost."""
    t = c.words
    name = Markup("<b>{}</b> {}").format(verdict.key, c.say(verdict.claim.title))
    said = Markup("<b>{}</b>").format(t(VERDICTS[verdict.word]))
    return [name, said, _firmly(c, verdict), _cost(c, verdict)]


def _firmly(c: FindingsContext, verdict: Verdict) -> Cell:
    """Give the grade, the weakest probability, and on what it hinges."""
    t = c.words
    chances = [a.probability for a in verdict.plain.answers if not math.isnan(a.probability)]
    parts = [t("prior-only")]
    if verdict.grade:
        parts.append(t("grade {grade}", grade=verdict.grade))
    if chances and len(chances) == len(verdict.plain.answers):
        parts.append(t("on the paper’s side with {share}", share=c.chance(min(chances))))
    if verdict.grade == "C":
        hinge = "; ".join(c.say(one.gloss) for one in verdict.hinges)
        return Markup('{} <span class="why">{}</span>').format(
            ", ".join(parts), t("hangs on: {what}", what=hinge)
        )
    return ", ".join(parts)


def _cost(c: FindingsContext, verdict: Verdict) -> Cell:
    """Give the first cost with its number, or say that these worlds do not count it."""
    cost = verdict.costs[0]
    gloss = cost.gloss_zh if c.words.language.startswith("zh") else cost.gloss_en
    told = c.words("not counted in these worlds") if cost.estimate is None else c.number(cost.estimate.value)
    return Markup('{} <span class="why">{}</span>').format(told, gloss)


PAGE = FindingsPage(10, "findings", N_("What the worlds say"), body)
