"""What people think of the system and say of it, and two readings of the published figure that it cannot tell apart."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from xinyong.i18n import N_, NDASH, Words
from xinyong.lab.survey import ANSWERS, READINGS, published, readings
from xinyong.report.html import Cell, Grid, Markup, heading, join, note, prose, table
from xinyong.report.page import Context, Page

TOLD = {"approve": N_("approve"), "neutral": N_("neutral"), "oppose": N_("oppose")}
GRADIENTS = {
    "income": N_("richest less poorest third"), "schooling": N_("with less without senior secondary schooling"),
    "town": N_("town less country"), "age": N_("50 and over less under 35"), "women": N_("women less men"),
}  # fmt: skip
PAIRS = {
    "income": ("rich", "poor"), "schooling": ("schooled", "less_schooled"), "town": ("urban", "rural"),
    "age": ("old", "young"), "women": ("women", "men"),
}  # fmt: skip
WHO = ("opinion_holders", "private_approve", "voiced_approve")
NEEDS = (
    "opinion_holders_now", *(f"{side}_{a}_now" for side in ("private", "voiced") for a in ANSWERS),
    *(f"{count}_{group}_now" for count in WHO for pair in PAIRS.values() for group in pair),
)  # fmt: skip


def body(c: Context) -> Markup:
    """Set both readings beside the published figures, say what they cannot tell, and then show this run."""
    t = c.words
    told = [readings()[name] for name in READINGS]
    return join([
        prose(t(
            "A survey of February to April 2018 asked 2,209 internet users: 80 in 100 approved, 19 were neutral, 1 "
            "opposed; the richer, the better schooled, town dwellers and older people approved most. Two readings of "
            "it are played here. In one, people approve because they have benefits, and say what they think. In the "
            "other, benefits win nobody, and the wealthy, urban, female and young hide more often what they think."
        )),
        _readings(t, told),
        _verdict(t, told),
        heading(t("This run")),
        _this_run(c),
        note(t(
            "Every weight is assumed and only the two cuts between the answers are fitted, to 80 and 1 in 100. Figures "
            "published for later dates stand beside the result and were not used. Attitudes may have been measured "
            "under fear, and no count of persons by opinion leaves the model but as a total."
        )),
    ])  # fmt: skip


def _readings(t: Words, told: list[Mapping[str, Any]]) -> Markup:
    """The table: what is published, and what each reading says aloud and thinks."""
    surveys, rows = [one["survey"] for one in told], published()["rows"]
    lines: list[list[Cell]] = []
    for answer in reversed(ANSWERS):
        cells = [_answer(t, s[side], answer) for s in surveys for side in ("voiced", "private")]
        lines.append([t(TOLD[answer]), t.percent(rows[f"voiced_{answer}"]["value"]), *cells])
    for what, text in GRADIENTS.items():
        sides = [
            _contrast(s, what)[side] for s in surveys for side in ("voiced_everybody", "private_everybody")
        ]
        sign = rows.get(what, {}).get("sign")
        known = t("rises") if sign else t("not reported")
        lines.append([t(text), known, *(_points(v) for v in sides)])
    lines += _later(t, told, rows)
    heads = [
        "", t("Published"), t("Benefit: said"), t("Benefit: thought"), t("Falsification: said"),
        t("Falsification: thought"),
    ]  # fmt: skip
    caption = t("Shares of a sample of 2,209; differences between groups in points, of everybody online")
    return table(Grid(heads, lines, numbers=(1, 2, 3, 4, 5), caption=caption))


def _later(t: Words, told: list[Mapping[str, Any]], rows: Mapping[str, Any]) -> list[list[Cell]]:
    """What further measurements say: hiding by list experiment, and what being told something does."""
    gap = rows["list_gap"]
    hidden = [f"{100 * one['survey']['list_experiment']['gap']:.0f}" for one in told]
    lines: list[list[Cell]] = [
        [
            t("list experiment: points hidden (regime, later)"),
            f"{100 * gap['low']:.1f}{NDASH}{100 * gap['high']:.1f}", hidden[0], "", hidden[1], "",
        ]
    ]  # fmt: skip
    repression = [_trial(one, "repression")["change"] for one in told]
    lines.append([
        t("students told of repressive use: change of mean support (later)"),
        f"{100 * rows['repression_change']['value']:+.0f} %", "", f"{100 * repression[0]:+.1f} %", "",
        f"{100 * repression[1]:+.1f} %",
    ])  # fmt: skip
    both = [_trial(one, "pros-cons") for one in told]
    sides = [f"{100 * b['approve_before']:.0f} → {100 * b['approve_after']:.0f}" for b in both]
    before, after = rows["before_both_sides"]["value"], rows["after_both_sides"]["value"]
    lines.append([
        t("students told both sides: approve before and after, in 100 (later, another question)"),
        f"{100 * before:.0f} → {100 * after:.0f}", "", sides[0], "", sides[1],
    ])  # fmt: skip
    return lines


def _verdict(t: Words, told: list[Mapping[str, Any]]) -> Markup:
    """Say that the figure cannot separate them, and what could."""
    thought = [_share(one["survey"]["private"], "approve") for one in told]
    signs = [what for what, row in published()["rows"].items() if row.get("sign")]
    rising = [sum(_contrast(one["survey"], what)["voiced_everybody"] > 0 for what in signs) for one in told]
    gradient = [_contrast(one["survey"], "income")["private_everybody"] for one in told]
    first = Markup("<strong>{}</strong>").format(
        t(
            "The published figure cannot separate the two: both give it within sampling error. What is said aloud "
            "rises as published with {a} of the four traits in the first reading and with {b} in the second; "
            "their weights were set by hand so that it should, so that the signs confirm neither.",
            a=rising[0],
            b=rising[1],
        )
    )
    second = t(
        "What people think differs: {a} against {b} approve in private, and between the richest and the poorest third "
        "the difference in private is {c} against {d} points. A list experiment on this very system, asked of the "
        "same sample, would tell them apart; so would the same gradients in answers that cannot be traced.",
        a=t.percent(thought[0]), b=t.percent(thought[1]), c=_points(gradient[0]), d=_points(gradient[1]),
    )  # fmt: skip
    return prose(first, second)


def _this_run(c: Context) -> Markup:
    """Shares and gradients of all adults of this run, at the end of March 2018 or of the run."""
    t = c.words
    end = c.run.dates[-1].astype(dt.date)
    day = min(end, dt.date(2018, 4, 1))
    whole = _at(c, "opinion_holders_now", day)
    if not whole:
        return prose(t("Nobody had an opinion of the system by then."))
    lines: list[list[Cell]] = [
        [t(TOLD[a]), *(t.percent(_at(c, f"{side}_{a}_now", day) / whole) for side in ("voiced", "private"))]
        for a in reversed(ANSWERS)
    ]
    for what, text in GRADIENTS.items():
        sides = [_gap(c, side, PAIRS[what], day) for side in ("voiced_approve", "private_approve")]
        lines.append([t(text), *(_points(v) for v in sides)])
    heads = [t("All adults, {day}", day=t.date(day)), t("Said"), t("Thought")]
    return table(Grid(heads, lines, numbers=(1, 2)))


def _at(c: Context, measure: str, day: dt.date) -> float:
    first = c.run.dates[0].astype(dt.date)
    return float(c.run.at(measure, str(max(first, day))).mean())


def _gap(c: Context, count: str, pair: tuple[str, str], day: dt.date) -> float:
    """Difference of two groups in the share that approves."""
    one, other = (
        _at(c, f"{count}_{g}_now", day) / max(1.0, _at(c, f"opinion_holders_{g}_now", day)) for g in pair
    )
    return one - other


def _points(gap: float) -> str:
    return f"{100 * gap:+.1f}"


def _share(shares: list[Mapping[str, Any]], answer: str) -> float:
    return float(next(s["share"] for s in shares if s["answer"] == answer))


def _answer(t: Words, shares: list[Mapping[str, Any]], answer: str) -> str:
    return t.percent(_share(shares, answer))


def _contrast(survey: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(row for row in survey["contrasts"] if row["what"] == what)
    return found


def _trial(reading: Mapping[str, Any], told: str) -> Mapping[str, Any]:
    """What being told something did to students."""
    found: Mapping[str, Any] = next(
        row for row in reading["trials"] if row["told"] == told and row["frame"] == "students"
    )
    return found


PAGE = Page(88, "opinion", N_("What people think and say"), NEEDS, body)
