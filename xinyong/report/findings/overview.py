"""What was done, how to read it, and what came of it in one table."""

import math

from xinyong.i18n import N_
from xinyong.lab.claims.verdict import Verdict
from xinyong.report.experiment import VERDICTS, FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, facts, heading, join, prose, sources, table
from xinyong.report.reasons import why


def body(c: FindingsContext) -> Markup:
    """Say for whom this is, what the words mean and what they do not, then the verdicts with their costs."""
    t = c.words
    heads = [t("Claim of the paper"), t("In these invented worlds"), t("Its cost in rights"), t("How firmly")]
    rows = [_row(c, verdict) for verdict in c.found.verdicts]
    return join([
        prose(*_about(c)), _facts(c),
        heading(t("How to read this page")),
        sources(_words(c)),
        heading(t("Twelve claims")),
        prose(*_warnings(c)),
        table(Grid(heads, rows)),
        prose(t("Each claim is told in full below, with its rival, its limits, and what would overturn it.")),
    ])  # fmt: skip


def _about(c: FindingsContext) -> list[str]:
    """Introduce the paper and what was done."""
    t = c.words
    return [
        t(
            "For readers of the paper. It argues that China’s social credit system steers the many by three means: "
            "control of the few, benefits, and face. This page asks what follows if its argument is played out in an "
            "invented society. Nothing here was observed."
        ),
        t(
            "The same invented society was played many times. In each world one or more of the "
            "mechanisms the paper names were cut; courts, lists and restrictions stayed. Worlds of one "
            "replicate share persons and chance, so that what differs between them is the work of what was cut."
        ),
    ]


def _warnings(c: FindingsContext) -> list[str]:
    """Say what a verdict, a probability and a cost are not."""
    t = c.words
    found = [
        t(
            "“Supported” means: if the assumptions under “On what the verdicts hang” were true, the claim would "
            "follow. It is not evidence that it is true of China. "
            "Almost all of these values were assumed, not measured."
        ),
        t(
            "A probability covers only chance between the {n} invented societies. It takes every assumed value as true "
            "and is not the probability that the paper is right about China.",
            n=c.manifest["replicates"],
        ),
        t(
            "Totals of costs are scaled to the whole population of China. Events and years are added up over the years "
            "played; adults and data classes are as they stand at the end. Costs marked + come with the whole system, "
            "lists and courts included, and not with the mechanism alone. Face is counted in utility-years: one person "
            "of average sensitivity whose every contact knows loses 0.3 a year at first, as the rules stand. A data "
            "class is one kind of data (say purchases) of one person."
        ),
    ]
    if not any(verdict.tried for verdict in c.found.verdicts):
        found.append(t("In this experiment none of the assumptions on which a verdict may hang was varied."))
    return found


def _words(c: FindingsContext) -> list[tuple[str, Cell]]:
    """Explain every word of the page that is not everyday language."""
    t = c.words
    return [
        (t("twin"), t("the same invented person, or the same world, in two plays that differ only in what was cut")),
        (t("replicate"), t("another invented society of the same kind, with a chance of its own")),
        (
            t("F, E, B, V"),
            t(
                "what can be cut: firms handing data to the state, the example made of others, benefits, and face. "
                "Control of the few (M1) is F with E, benefits (M2) is B, face (M3) is V; in the order of the paper’s "
                "sections the example belongs to face. S is the whole system, H the household."
            ),
        ),
        (
            t("threshold"),
            t(
                "the number a claim must pass, say 1, 0.25 or 0.5. Thresholds are the modeller’s reading of the paper, "
                "not the paper’s own numbers."
            ),
        ),
        (
            t("supported, refuted"),
            t(
                "the number lies on the paper’s side of its threshold with a probability of at least 95 percent; of at "
                "most 5 percent. All tests of a claim must hold; one that fails refutes."
            ),
        ),
        *_verdicts(c),
    ]  # fmt: skip


def _verdicts(c: FindingsContext) -> list[tuple[str, Cell]]:
    """Explain the other words of a verdict and its grades."""
    t = c.words
    return [
        (t("hangs on assumptions"), t("an assumption moved within its range turns the verdict; it is named")),
        (t("cannot be told"), t("neither; the number lies too near the threshold, or nothing happened")),
        (t("partly asked"), t("some tests were answered and others need worlds that were not played")),
        (
            t("prior-only"),
            t("values were assumed, or set from one study elsewhere, and not fitted together to figures"),
        ),
        (
            t("grade A, B, C"),
            t(
                "A: every assumption named was varied and the verdict held almost always; B: mostly; C: it turned, or "
                "an assumption was not tried"
            ),
        ),
    ]  # fmt: skip


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
    name = Markup('<a href="#{}"><b>{}</b> {}</a>').format(
        c.key(f"claim-{verdict.key}"), verdict.key, c.say(verdict.claim.title)
    )
    said = Markup("<b>{}</b>").format(t(VERDICTS[verdict.word]))
    failed = [answer for answer in verdict.plain.answers if answer.word == "refuted"]
    if verdict.word == "refuted" and len(verdict.plain.answers) > 1:
        lost = "; ".join(f"{c.say(a.test.gloss)}: {c.number(a.estimate.value)}" for a in failed if a.estimate)
        said = Markup('{} <span class="why">{}</span>').format(said, t("fails on: {what}", what=lost))
    return [name, said, _cost(c, verdict), _firmly(c, verdict)]


def _firmly(c: FindingsContext, verdict: Verdict) -> Cell:
    """Give the grade, the weakest probability, and on what it hinges."""
    t = c.words
    chances = [a.probability for a in verdict.plain.answers if not math.isnan(a.probability)]
    parts = [t("prior-only")]
    if verdict.grade:
        parts.append(t("grade {grade}", grade=verdict.grade))
    if chances and len(chances) == len(verdict.plain.answers):
        parts.append(t("on the paper’s side with {share}", share=c.chance(min(chances))))
    if not verdict.hinges:
        return ", ".join(parts)
    what = "; ".join(c.say(one.gloss) for one in verdict.hinges)
    told = (
        t("hangs on: {what}", what=what)
        if verdict.flips
        else t("may hang on (not tried here): {what}", what=what)
    )
    return Markup('{} <span class="why">{}</span>').format(", ".join(parts), told)


def _cost(c: FindingsContext, verdict: Verdict) -> Cell:
    """Give the first cost with its number, or say why these worlds do not count it."""
    cost = verdict.costs[0]
    gloss = cost.gloss_zh if c.words.language.startswith("zh") else cost.gloss_en
    if cost.estimate is None:
        told, more = c.words("not told"), f"{gloss}; {why(c, cost.why_not)}"
    else:
        told, more = c.number(cost.estimate.value), gloss
    return Markup('{}{} <span class="why">{}</span>').format(told, " +" if cost.whole_system else "", more)


PAGE = FindingsPage(10, "findings", N_("What the worlds say"), body)
