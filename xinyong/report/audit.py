"""The rights audit for readers: tables of metrics with lights, reasons, groups, the test sheet, uses beside costs."""

from collections import defaultdict

from xinyong.i18n import LANGUAGES, N_, NDASH, Words
from xinyong.lab.rights.found import Audit, Line
from xinyong.lab.rights.rows import Rows, rows
from xinyong.report.html import Cell, Grid, Markup, folded, heading, join, note, prose, table
from xinyong.report.plain import PlainEdition, whole_page

LIGHTS = {"green": N_("green"), "amber": N_("amber"), "red": N_("red")}
ANSWERS = {"met": N_("met"), "not met": N_("not met"), "contested": N_("contested")}
RELATIONS = {"same": N_("same"), "related": N_("related"), "unrelated": N_("unrelated")}
FAMILIES = {
    "A": N_("Errors and their correction"), "B": N_("Notice, reasons, a human decision"), "C": N_("Equal treatment"),
    "D": N_("Harm to others"), "E": N_("Context, proportion, cause"), "F": N_("Privacy"), "G": N_("Chilling"),
    "H": N_("Movement"), "I": N_("The way back"), "J": N_("Burden of redress"),
}  # fmt: skip
WHOLE = N_("all together")


def page(audit: Audit) -> str:
    """Write the audit as a page of its own, in every language."""
    made = []
    for language in LANGUAGES:
        t = Words(language)
        sections = [
            (f"audit-{n}-{language}", title, body) for n, (title, body) in enumerate(parts(t, audit), 1)
        ]
        made.append(PlainEdition(language, t("Rights audit: {name}", name=audit.scenario), sections))
    return whole_page(made)


def parts(t: Words, audit: Audit) -> list[tuple[str, Markup]]:
    """The sections of the audit: titles and bodies."""
    declared = rows()
    return [
        (t("Metrics by system"), join([_about(t, audit), *_families(t, audit, declared)])),
        (t("What each system does, beside what it costs"), _pairs(t, audit, declared)),
        (t("Adverse events"), _adverse(t, audit, declared)),
        (t("Groups"), _groups(t, audit, declared)),
        (t("EU AI Act, article 5(1)(c)"), _sheet(t, audit, declared)),
        (t("What was not measured, and why"), _reasons(t, audit, declared)),
    ]


def system_name(t: Words, declared: Rows, key: str) -> str:
    """Name a system."""
    found = declared.subsystems.get(key)
    return t(WHOLE) if found is None else t.pick(found.gloss, found.name)


def _about(t: Words, audit: Audit) -> Markup:
    persons, worlds = t.count(audit.persons), len(audit.worlds)
    told = t(
        "{n} worlds of {persons} invented persons were played: the run's own, those without each system, and those in "
        "which everybody bears another label.", n=worlds, persons=persons,
    )  # fmt: skip
    return prose(t(audit.validity), told, t(
        "Thresholds are normative and assumed: whoever draws them elsewhere sees other lights. In brackets: the same "
        "number in the world without the system, where it has one."
    ))  # fmt: skip


def _families(t: Words, audit: Audit, declared: Rows) -> list[Markup]:
    """One table for each family of metrics; parts that no system has a number for are left to the reasons."""
    systems = list(dict.fromkeys(line.system for line in audit.lines))
    held: dict[tuple[str, str], dict[str, Line]] = defaultdict(dict)
    for line in audit.lines:
        held[line.metric, line.part][line.system] = line
    heads = [t("Metric"), *(system_name(t, declared, s) for s in systems), t("Unit")]
    made = []
    for family, title in FAMILIES.items():
        lines: list[list[Cell]] = []
        for (metric, part), found in held.items():
            if metric[0] == family and any(line.value is not None for line in found.values()):
                row = declared.metrics[metric]
                name = f"{metric} {t.pick(row.gloss, row.name)}: {t(row.parts[part].gloss)}"
                lines.append([name, *(_number(t, found[s]) for s in systems), t(row.parts[part].unit)])
        if lines:
            made += [heading(t(title)), table(Grid(heads, lines, numbers=range(1, len(systems) + 1)))]
    return made


def _number(t: Words, line: Line) -> Cell:
    """A value with its light, and the value without the system."""
    if line.value is None:
        return NDASH
    text = value_of(t, line.value, line.unit)
    beside = "" if line.without is None else f" ({value_of(t, line.without, line.unit)})"
    if not line.light:
        return text + beside
    light = t(LIGHTS[line.light])
    return (
        Markup("<b>{}</b> {}{}").format(text, light, beside)
        if line.light == "red"
        else f"{text} {light}{beside}"
    )


def value_of(t: Words, value: float, unit: str) -> str:
    """Write a number: shares in per cent; what lies beyond the run as such."""
    if value == float("inf"):
        return t("beyond the run")
    if unit == "share":
        return t.percent(value)
    return t.ratio(value) if unit in ("ratio", "Gini") else t.count(value)


def _pairs(t: Words, audit: Audit, declared: Rows) -> Markup:
    lines: list[list[Cell]] = [
        [system_name(t, declared, p.system), t(p.measure), t.count(p.world), t.count(p.without)]
        for p in audit.pairs
    ]
    if not lines:
        return prose(t("No world without a system was played."))
    heads = [t("Without"), t("Of the whole world"), t("With"), t("Without it")]
    return table(Grid(heads, lines, numbers=(2, 3))) + note(
        t("Scaled up to real persons. Nothing here is an aim.")
    )


def _adverse(t: Words, audit: Audit, declared: Rows) -> Markup:
    named = declared.contexts.contexts
    lines: list[list[Cell]] = [
        [
            system_name(t, declared, a.system), _kind(t, a.kind), t.pick(named[a.origin].gloss, named[a.origin].name),
            t.pick(named[a.treatment].gloss, named[a.treatment].name), t(RELATIONS[a.relation]), t.count(a.events),
            t.count(a.weeks_of_income),
        ]
        for a in audit.adverse
    ]  # fmt: skip
    heads = [
        t("System"), t("Event"), t("Origin of the data"), t("Context of the treatment"), t("Relation"), t("Events"),
        t("Weeks of income"),
    ]  # fmt: skip
    remark = t(
        "Counts of the audited world, not scaled up. Weights of harm and relations of contexts are assumed."
    )
    return table(Grid(heads, lines, numbers=(5, 6))) + note(remark)


def _kind(t: Words, kind: str) -> str:
    """An entry; or a bar or refusal with what it is from."""
    head, _, what = kind.partition(": ")
    return t("{head}: {what}", head=t(head), what=t(what.replace("_", " "))) if what else t(head)


def _groups(t: Words, audit: Audit, declared: Rows) -> Markup:
    lines: list[list[Cell]] = [
        [
            system_name(t, declared, g.system), t(g.group), t.count(g.persons), t.count(g.entered),
            t.ratio(g.spared_ratio), t.ratio(g.struck_ratio), t.count(g.acts), t.ratio(g.conduct_ratio),
            NDASH if g.low is None or g.high is None else f"{g.low:.2f}{NDASH}{g.high:.2f}",
        ]
        for g in audit.disparities
    ]  # fmt: skip
    heads = [
        t("System"), t("Group"), t("Adults"), t("Entered"), t("Spared, ratio"), t("Entered, ratio"), t("Acts"),
        t("At equal acts"), t("95 %"),
    ]  # fmt: skip
    swaps: list[list[Cell]] = [
        [system_name(t, declared, s.system), t(s.label), t.percent(s.share)] for s in audit.swaps
    ]
    remark = t(
        "Ratios are to the group with the largest share without an entry; at equal acts, to all others. With so many "
        "groups one in twenty intervals misses by chance."
    )
    made = [table(Grid(heads, lines, numbers=range(2, 9))), note(remark)]
    if swaps:
        made += [
            heading(t("Swap test")),
            prose(t("Everybody bears the other label, all else being equal: share of those with the same acts whose "
                    "entries change.")),
            table(Grid([t("System"), t("Label"), t("Changed")], swaps, numbers=(2,))),
        ]  # fmt: skip
    return join(made)


def _sheet(t: Words, audit: Audit, declared: Rows) -> Markup:
    systems = list(dict.fromkeys(f.system for f in audit.sheet))
    answers = {(f.system, f.element): f for f in audit.sheet}
    lines: list[list[Cell]] = [
        [
            f"{key} {t.pick(element.gloss, element.name)}",
            *(t(ANSWERS[answers[s, key].answer]) for s in systems),
        ]
        for key, element in declared.ai_act.elements.items()
    ]
    why: list[list[Cell]] = [
        [system_name(t, declared, f.system), f.element, t(ANSWERS[f.answer]), _english(f.why)]
        for f in audit.sheet
    ]  # fmt: skip
    heads = [t("Element"), *(system_name(t, declared, s) for s in systems)]
    detail = table(Grid([t("System"), t("Element"), t("Answer"), t("Why")], why))
    return join([
        prose(t("Teaching material, not legal advice. Elements are declared with a reason, or read off a metric.")),
        table(Grid(heads, lines)), folded(t("Why, element by element"), detail, keep=True),
    ])  # fmt: skip


def _english(text: str) -> Markup:
    """A reason as the rows give it."""
    return Markup('<span lang="en">{}</span>').format(text)


def _reasons(t: Words, audit: Audit, declared: Rows) -> Markup:
    held: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for line in audit.lines:
        if line.value is None:
            held[line.metric, line.part, line.reason].append(system_name(t, declared, line.system))
    lines: list[list[Cell]] = [
        [f"{metric}: {t(declared.metrics[metric].parts[part].gloss)}", t(", ").join(systems), t(reason)]
        for (metric, part, reason), systems in held.items()
    ]
    return table(Grid([t("Metric"), t("For"), t("Why there is no number")], lines))
