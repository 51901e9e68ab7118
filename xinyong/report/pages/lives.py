"""Three invented lives, told day by day in two worlds that differ in rules alone."""

import re

from xinyong.i18n import N_, Words
from xinyong.lab.telling import OTHER_LINES, TELL
from xinyong.lab.two_worlds import TwoWorlds
from xinyong.report.html import Cell, Grid, Markup, facts, heading, join, note, prose, table
from xinyong.report.page import Context, Page

WHERE = {"both": N_("in both worlds"), "with": N_("in this run only"), "without": N_("in the other run only")}
MARKS = {"both": "aside", "with": "held", "without": "held"}
_FORMS = {**TELL, **OTHER_LINES}


def body(c: Context) -> Markup:
    """Tell the lives, or say how they can be told."""
    t = c.words
    if c.beside is None:
        return prose(
            t(
                "What a mechanism does shows in single lives only if one sees the same life without it. Play "
                "the scenario "
                "again with other rules and the same seed, then write this report anew with the option "
                "--against: three "
                "invented persons, drawn by lot among those whose lives differ, are told here in both worlds."
            )
        )
    paired = c.beside.paired
    drawn = {"many": t.count(paired.many), "places": ", ".join(paired.places)}
    rows: list[list[Cell]] = [[Markup("<code>{}</code>").format(p), a, b] for p, a, b in paired.changes]
    return join(
        [
            prose(
                t("The same invented people, the same luck, other rules. What differs between the two runs:")
            ),
            table(Grid([t("Rule or process"), t("In this run"), t("In the other run")], rows)),
            prose(
                t(
                    "Three persons were drawn by lot, keyed by the seed, among the {many} of {places} for whom anything"
                    " told here differs. Nobody was chosen for what happened, and nobody is like any real person.",
                    **drawn,
                )
            ),
            *(_life(c, life) for life in paired.lives),
        ]
    )


def _life(c: Context, life: TwoWorlds) -> Markup:
    """Tell one life in one table."""
    t = c.words
    name = t.pick(f"{life.latin_name} · {life.name}", life.name)
    lines: list[list[Cell]] = [[line.date, told(t, line.told), t(WHERE[line.where])] for line in life.lines]
    first = life.first_difference or t("never")
    marks = {n: MARKS[line.where] for n, line in enumerate(life.lines) if MARKS[line.where]}
    return join(
        [
            heading(name),
            facts([(t("Invented id"), life.id), (t("The lives part on"), first)]),
            table(Grid([t("Day, or end of the week"), t("What happened"), t("Where")], lines, marks=marks)),
            note(_ends(c, life)),
        ]
    )


def _ends(c: Context, life: TwoWorlds) -> str:
    """How things stand at the end, as far as both worlds tell it in the same form."""
    t = c.words
    pairs = zip(life.standing_with[1:3], life.standing_without[1:3], strict=False)
    told_ = [t("{a} (in the other run: {b})", a=told(t, a.strip()), b=told(t, b.strip())) for a, b in pairs]
    return t("At the end: {what}.", what=t("; ").join(told_)) if told_ else ""


def told(words: Words, line: str) -> str:
    """A line of a life in the language of the page: the form it was made from, with its gaps filled anew."""
    for form in _FORMS.values():
        found = _pattern(form).fullmatch(line)
        if found:
            return words(
                form.replace(":,}", "}"), **{k: _word(words, v) for k, v in found.groupdict().items()}
            )
    return line


def _word(words: Words, text: str) -> str:
    """What fills a gap: a known word is translated, a name or number stays."""
    return words(text) if text in KNOWN else text


def _pattern(form: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(?::,)?\}", form)
    made = [re.escape(p) if n % 2 == 0 else f"(?P<{p}>.+?)" for n, p in enumerate(parts)]
    return re.compile("".join(made))


KNOWN = {
    N_("still open"), N_("performed"), N_("terminated"), N_("the term ended"), N_("corrected as wrong"), N_("granted"),
    N_("rejected"), N_("an objection"), N_("a request for repair"), N_("nothing"), N_("at home"), N_("at work"),
    N_("in the neighbourhood"), N_("among acquaintances"), N_("found out"), N_("nobody found out"), N_("air"),
    N_("high speed rail"), N_("executive post"), N_("property"), N_("hotel golf"), N_("group tour"),
    N_("private school"), N_("insurance"), N_("exit"), N_("central bank"), N_("city points"), N_("commercial score"),
    N_("other lists"), N_("strategic non-payment"), N_("minor rule breach"), N_("fraud or counterfeit"),
    N_("prosocial act"), N_("lawful complaint or petition"), N_("critical expression"), N_("reporting others"),
}  # fmt: skip
PAGE = Page(92, "lives", N_("Three lives in two worlds"), (), body)
