"""The paper's claims one by one: prediction, rival, what the worlds say, cost, limits."""

import math

from xinyong.i18n import N_
from xinyong.lab.claims.verdict import Answer, CostFound, Verdict
from xinyong.report.experiment import VERDICTS, FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, heading, join, note, prose, sources, table
from xinyong.report.names import mark

SAYS = {
    "supported": N_("The worlds bear this out, as far as the assumed values go."),
    "refuted": N_("The worlds say otherwise, as far as the assumed values go."),
    "hangs on": N_("The answer turns with an assumption: within what is thought possible it comes out either way."),
    "the figures cannot tell": N_("These worlds do not decide it: the answer lies too near the threshold."),
    "not asked": N_("No world of this experiment could answer; another design or a process not yet built is needed."),
}  # fmt: skip


WHY = {
    "nothing of the kind happened in these worlds": N_("nothing of the kind happened in these worlds"),
    "one replicate says nothing of chance": N_("one replicate says nothing of chance"),
    "nothing moved in any replicate: no effect, or too few events for one": N_(
        "nothing moved in any replicate: no effect, or too few events for one"
    ),
}


def body(c: FindingsContext) -> Markup:
    """Write the limits and every claim."""
    t = c.words
    limits = [(f"({name})", c.say(text)) for name, text in c.found.claims.limits.items()]
    return join([
        prose(
            t(
                "How to read a verdict. Each claim is turned into a number that a world with a mechanism and its twin "
                "without it give. “Supported” means that the number lies on the paper’s side of a threshold with a "
                "probability of at least 95 percent over replicates; “refuted”, of at most 5 percent. “Hangs on” means "
                "that moving one assumption turns the word. Grade A has been tried against every assumption named, "
                "grade C has not or depends on them."
            )
        ),
        heading(t("Limits of every result")),
        sources(limits),
        *(_claim(c, verdict) for verdict in c.found.verdicts),
    ])  # fmt: skip


def _claim(c: FindingsContext, verdict: Verdict) -> Markup:
    """Write one claim."""
    t, claim = c.words, verdict.claim
    title = Markup("{} {} <span class=mark>{}</span>").format(verdict.key, c.say(claim.title), claim.place)
    grade = t(", grade {grade}", grade=verdict.grade) if verdict.grade else ""
    word = Markup("<b>{}</b> ({}{}). {}").format(
        t(VERDICTS[verdict.word]), t("prior-only"), grade, t(SAYS[verdict.word])
    )
    return join([
        heading(title),
        prose(c.say(claim.says)),
        note(word, "verdict"),
        _tests(c, verdict),
        _costs(c, verdict.costs, t("Cost in rights")),
        _costs(c, verdict.also, t("Also")) if verdict.also else "",
        sources(_more(c, verdict)),
    ])  # fmt: skip


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
        why = Markup('{} <span class="why">{}</span>').format(gloss, answer.why_not)
        return [why, t("not told"), "", needs, ""]
    chance: Cell = c.chance(answer.probability)
    if math.isnan(answer.probability):
        chance = Markup('<span class="why">{}</span>').format(_why(c, answer.why_not))
    return [gloss, c.number(answer.estimate.value), c.interval(answer.estimate), needs, chance]


def _costs(c: FindingsContext, costs: tuple[CostFound, ...], head: str) -> Markup:
    """Give the costs in rights that belong to this claim."""
    t = c.words
    rows: list[list[Cell]] = []
    for cost in costs:
        gloss = cost.gloss_zh if t.language.startswith("zh") else cost.gloss_en
        if cost.estimate is None or math.isnan(cost.estimate.value):
            told = Markup('{} <span class="why">{}</span>').format(gloss, _why(c, cost.why_not))
            rows.append([told, t("not told"), ""])
        else:
            rows.append([gloss, c.number(cost.estimate.value), c.interval(cost.estimate)])
    return table(Grid([head, t("Answer"), t("95 % interval")], rows, numbers=(1,)))


def _why(c: FindingsContext, reason: str) -> str:
    """Say why there is no answer; what an experiment lacks is said in its own words."""
    return c.words(WHY[reason]) if reason in WHY else reason


def _more(c: FindingsContext, verdict: Verdict) -> list[tuple[str, Cell]]:
    """Give prediction, rivals, what it hangs on, what would overturn it, figures, limits."""
    t, claim = c.words, verdict.claim
    found: list[tuple[str, Cell]] = [(t("Prediction"), c.say(claim.prediction))]
    for rival in claim.rivals:
        told = t(
            "{says} ({source}; {mark})", says=c.say(rival.says), source=rival.source, mark=mark(t, rival.mark)
        )
        found.append((t("Rival account"), told))
    for one in claim.hangs_on:
        turned = (
            t("turns the verdict: ")
            if one in verdict.flips
            else t("not tried: ")
            if one in verdict.untried
            else ""
        )
        rules = Markup("<code>{}</code>").format(", ".join(one.rules))
        found.append((t("Hangs on"), Markup("{}{} {}").format(turned, c.say(one.gloss), rules)))
    found.append((t("Would overturn it"), c.say(claim.overturn)))
    found.append((t("Published figures"), c.say(claim.figures)))
    found.append((t("Limits above all"), ", ".join(f"({name})" for name in claim.limits)))
    return found


PAGE = FindingsPage(30, "claims", N_("The paper’s claims"), body)
