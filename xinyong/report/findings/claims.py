"""The paper's claims one by one: prediction, rival, what the worlds say, cost, limits."""

import math

from xinyong.i18n import N_
from xinyong.lab.claims.claims import Assumption
from xinyong.lab.claims.verdict import Answer, CostFound, Verdict
from xinyong.report.experiment import VERDICTS, FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, cited, heading, join, note, prose, sources, table
from xinyong.report.names import mark
from xinyong.report.reasons import why

UNDECIDED = ("the figures cannot tell", "partly asked")
SAYS = {
    "supported": N_("These invented worlds bear this out, as far as the assumed values go."),
    "refuted": N_("These invented worlds say otherwise, as far as the assumed values go."),
    "hangs on": N_("The answer turns with an assumption: within what is thought possible it comes out either way."),
    "the figures cannot tell": N_("These worlds do not decide it: the answer lies too near the threshold."),
    "not asked": N_("No world of this experiment could answer; another design or a process not yet built is needed."),
    "partly asked": N_("Not every test could be asked of these worlds, so there is no verdict."),
}  # fmt: skip


def body(c: FindingsContext) -> Markup:
    """Write the limits and every claim."""
    t = c.words
    limits = [(f"({name})", c.say(text)) for name, text in c.found.claims.limits.items()]
    return join([
        prose(t("How to read a verdict, and what its words mean, stands at the top of this page.")),
        heading(t("Limits of every result")),
        sources(limits),
        *(_claim(c, verdict) for verdict in c.found.verdicts),
    ])  # fmt: skip


def _claim(c: FindingsContext, verdict: Verdict) -> Markup:
    """Write one claim."""
    t, claim = c.words, verdict.claim
    title = Markup("{} {} <span class=mark id={}>{}</span>").format(
        verdict.key, c.say(claim.title), c.key(f"claim-{verdict.key}"), claim.place
    )
    grade = t(", grade {grade}", grade=verdict.grade) if verdict.grade else ""
    word = Markup("<b>{}</b> ({}{}). {}").format(
        t(VERDICTS[verdict.word]), t("prior-only"), grade, t(SAYS[verdict.word])
    )
    return join([
        heading(title),
        prose(c.say(claim.says)),
        note(word, "verdict"),
        prose(*_beside(c, verdict)),
        _tests(c, verdict),
        _costs(c, verdict.costs, t("Cost in rights")),
        _costs(c, verdict.also, t("Also")) if verdict.also else "",
        sources(_more(c, verdict)),
    ])  # fmt: skip


def _beside(c: FindingsContext, verdict: Verdict) -> list[str]:
    """Give what must be known beside the verdict."""
    t = c.words
    found = [c.say(one.text).format(*(c.number(n.value) for n in one.numbers)) for one in verdict.notes]
    asked, tests = verdict.answered, len(verdict.plain.answers)
    if 0 < asked < tests:
        found.insert(0, t("{n} of {all} tests were answered; their answers stand below.", n=asked, all=tests))
    if verdict.word in UNDECIDED and verdict.untried:
        found.append(
            t("Of the assumptions on which it may hang, {n} were not varied here.", n=len(verdict.untried))
        )
    return found


def _tests(c: FindingsContext, verdict: Verdict) -> Markup:
    """Give what was asked and what came of it."""
    t = c.words
    heads = [
        t("Asked of the worlds"),
        t("Answer"),
        t("95 % interval"),
        t("The paper needs"),
        t("Probability"),
    ]
    rows = [_answer(c, answer) for answer in verdict.plain.answers]
    rows += [
        [t("under {variant}", variant=trial.variant.replace("_", " ")), t(VERDICTS[trial.word]), "", "", ""]
        for trial in verdict.variants
    ]
    return table(Grid(heads, rows, numbers=(1, 4)))


def _answer(c: FindingsContext, answer: Answer) -> list[Cell]:
    """Give one answer, or why there is none."""
    t, test = c.words, answer.test
    gloss = c.say(test.gloss)
    needs = (
        t("more than {x}", x=f"{test.above:g}")
        if test.above is not None
        else t("less than {x}", x=f"{test.below:g}")
    )
    if answer.estimate is None:
        told = Markup('{} <span class="why">{}</span>').format(gloss, why(c, answer.why_not))
        return [told, t("not told"), "", needs, ""]
    chance: Cell = c.chance(answer.probability)
    if math.isnan(answer.probability):
        chance = Markup('<span class="why">{}</span>').format(why(c, answer.why_not))
    return [gloss, c.number(answer.estimate.value), c.interval(answer.estimate), needs, chance]


def _costs(c: FindingsContext, costs: tuple[CostFound, ...], head: str) -> Markup:
    """Give the costs in rights that belong to this claim."""
    t = c.words
    rows: list[list[Cell]] = []
    for cost in costs:
        gloss = cost.gloss_zh if t.language.startswith("zh") else cost.gloss_en
        if cost.estimate is None or math.isnan(cost.estimate.value):
            silent = Markup('{} <span class="why">{}</span>').format(gloss, why(c, cost.why_not))
            rows.append([silent, t("not told"), ""])
        else:
            mark_ = " +" if cost.whole_system else ""
            rows.append([gloss + mark_, c.number(cost.estimate.value), c.interval(cost.estimate)])
    return table(Grid([head, t("Answer"), t("95 % interval")], rows, numbers=(1,)))


def _more(c: FindingsContext, verdict: Verdict) -> list[tuple[str, Cell]]:
    """Give prediction, rivals, what it hangs on, what would overturn it, figures, limits."""
    t, claim = c.words, verdict.claim
    found: list[tuple[str, Cell]] = [(t("Prediction"), c.say(claim.prediction))]
    for rival in claim.rivals:
        told = t(
            "{says} ({source}; {mark})",
            says=c.say(rival.says),
            source=cited(rival.source),
            mark=mark(t, rival.mark),
        )
        found.append((t("Rival account"), told))
    hangs: dict[str, list[str]] = {}
    for one in claim.hangs_on:
        hangs.setdefault(_hang(c, verdict, one), []).append(c.say(one.gloss))
    found += [(label, "; ".join(listed)) for label, listed in hangs.items()]
    found.append((t("Would overturn it"), c.say(claim.overturn)))
    found.append((t("Published figures"), c.say(claim.figures)))
    found.append((t("Limits above all"), ", ".join(f"({name})" for name in claim.limits)))
    return found


def _hang(c: FindingsContext, verdict: Verdict, one: Assumption) -> str:
    """Say what was done with an assumption in these worlds."""
    t = c.words
    if one in verdict.flips:
        return t("Hangs on (turns the verdict)")
    if one in verdict.untried:
        return t("May hang on (not tried here)")
    return t("Tried, and does not turn it")


PAGE = FindingsPage(30, "claims", N_("The paper’s claims"), body)
