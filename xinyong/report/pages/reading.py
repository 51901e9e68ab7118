"""The paper item by item: what it says in our words, where it stands, what carries it, and who disagrees."""

from collections import Counter
from pathlib import Path

from xinyong.i18n import N_, NDASH
from xinyong.lab.reading import Requirement, Section, load_reading, timeline
from xinyong.report.html import Cell, Grid, Markup, folded, heading, join, note, prose, table
from xinyong.report.page import Context, Page, pages
from xinyong.report.pages.conflicts import statements

STATUS = {
    "carried": N_("carried and tested"),
    "shown": N_("shown in the reading"),
    "later": N_("comes with a later issue"),
    "out_of_model": N_("out of the model"),
}
TAGS = {
    "context": N_("context"),
    "mechanism": N_("mechanism"),
    "institution": N_("institution"),
    "data": N_("figure"),
}
PAGES = "xinyong/report/pages/"
SHOWN = {"year": 4, "month": 7, "day": 10}


def body(c: Context) -> Markup:
    """Write the lead, the sections, the timeline and the quiz."""
    t = c.words
    reading = load_reading()
    counts: Counter[str] = Counter(found.status for found in reading.requirements.values())
    told = [f"{t(name)} {counts[status]}" for status, name in STATUS.items()]
    lead = t(
        "The paper asks how building a social credit system helps the leadership to steer society and to secure its "
        "rule. It was read into {n} statements that a program can carry. Each is put in our own words, with its place "
        "in the paper and what carries it here. Nothing is left out silently.",
        n=len(reading.requirements),
    )
    parts = [prose(lead), note(" · ".join(told))]
    parts += [_section(c, section) for section in reading.sections.values()]
    parts.append(folded(t("What happened when"), _timeline(c)))
    quiz = [question for section in reading.sections.values() for question in section.quiz]
    parts.append(heading(t("Common misreadings")))
    for question in quiz:
        asked, answer = (t.pick(x.en, x.zh) for x in (question.asked, question.answer))
        parts.append(folded(asked, prose(answer), keep=True))
    return join(parts)


def _section(c: Context, section: Section) -> Markup:
    """Fold one part of the reading under its title."""
    title = c.words.pick(section.title.en, section.title.zh)
    items = join(_item(c, name, found) for name, found in section.requirements.items())
    return folded(f"{title} · {len(section.requirements)}", items, keep=True)


def _item(c: Context, name: str, found: Requirement) -> Markup:
    """Write one statement with its place, status, links and disagreements."""
    t = c.words
    about = f"{t(TAGS[found.tag])} · {found.place.told(t.chinese)} · {t(STATUS[found.status])}"
    if found.issue:
        about += f" ({found.issue})"
    return Markup('<div class="item" id="{}"><h4>{} <span class="mark">{}</span></h4>{}{}{}</div>').format(
        c.key(name), name, about, prose(t.pick(found.en, found.zh)), _links(c, found), _conflicts(c, found)
    )


def _links(c: Context, found: Requirement) -> Markup:
    """List what carries it: pages of this report as links, rules, files and tests by name."""
    t, carried = c.words, found.carried_by
    parts: list[Cell] = [_code(path) for path in carried.rules]
    parts += [_file(c, file) for file in carried.files if file != f"{PAGES}reading.py"]
    parts += [_code(test) for test in carried.tests]
    lines = [join(part if k == 0 else Markup(" · {}").format(part) for k, part in enumerate(parts))]
    lines += [Markup("{}").format(t.pick(found.why.en, found.why.zh))] if found.why else []
    return join(Markup('<p class="carried">{}</p>').format(line) for line in lines if line)


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def _file(c: Context, file: str) -> Markup:
    """Link a page of this report; name any other file."""
    key = Path(file).stem
    here = file.startswith(PAGES) and any(page.key == key and page.shown(c) for page in pages())
    if not here:
        return _code(file)
    return Markup('<a href="#{}">{}</a>').format(c.key(key), file.removeprefix("xinyong/"))


def _conflicts(c: Context, found: Requirement) -> Markup:
    """Set what other evidence says beside the statement."""
    known = {row["id"]: row["evidence"] for row in statements()["conflicts"]}
    return join(
        Markup('<p class="carried"><a href="#{}">{}</a> {}</p>').format(
            c.key("conflicts"), name, c.words.pick(known[name]["en"], known[name]["zh"])
        )
        for name in found.conflicts
    )


def _timeline(c: Context) -> Markup:
    """List what is dated, with the statements that date it."""
    t = c.words
    lines: list[list[Cell]] = [
        [
            event.date.isoformat()[: SHOWN[event.precision]],
            t.pick(event.gloss, event.name),
            ", ".join(event.requirements) or NDASH,
        ]
        for event in timeline()
    ]
    return table(Grid([t("Date"), t("Step"), t("Statements")], lines))


PAGE = Page(115, "reading", N_("The paper, item by item"), (), body)
