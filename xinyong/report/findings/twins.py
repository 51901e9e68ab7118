"""Whom the mechanisms change, in totals: leverage, strata, groups of the census, and the ways an effect goes."""

from xinyong.i18n import N_, NDASH, THIN
from xinyong.lab.claims.effects import FLOOR, Changed
from xinyong.lab.claims.estimands import ESTIMANDS
from xinyong.lab.claims.findings import Findings, Paths
from xinyong.report.experiment import FindingsContext, FindingsPage
from xinyong.report.html import Cell, Grid, Markup, heading, join, note, prose, table

LEVERAGE = {
    "leverage_flow": N_("acts a year that the never sanctioned leave undone, per person newly sanctioned in that year"),
    "leverage_counted": N_("persons never sanctioned who did less than their twin, per person sanctioned"),
    "leverage_at_least": N_("fewest such persons, whatever chance the two worlds share"),
    "leverage_at_most": N_("most such persons, whatever chance the two worlds share"),
}  # fmt: skip
STRATA = {
    "never sanctioned": N_("never sanctioned"), "household sanctioned": N_("somebody at home sanctioned"),
    "sanctioned": N_("sanctioned"),
}  # fmt: skip
GROUPS = {
    "urban": (N_("country"), N_("town")), "woman": (N_("men"), N_("women")),
    "schooling": (N_("primary school"), N_("junior secondary"), N_("senior secondary"), N_("college")),
    "income_third": (N_("poorest third"), N_("middle third"), N_("richest third")),
    "age_class": (N_("under 18"), N_("18 to 34"), N_("35 to 49"), N_("50 and over")),
}  # fmt: skip


def body(c: FindingsContext) -> Markup:
    """Write leverage, who changes, and along which way."""
    t = c.words
    return join([
        prose(
            t(
                "Each invented person has a twin in the other world with the same life until the rules part them. "
                "Twins are compared in totals only. A breach counts as expected in a year, so that no luck is in it."
            )
        ),
        prose(
            t(
                "Persons are counted over all {n} societies together. A share says how many change at all, however "
                "little; the mean change says how much.",
                n=c.manifest["replicates"],
            )
        ),
        note(t("Groups of fewer than {n} invented persons are left out; no person is shown or ordered.", n=FLOOR)),
        _leverage(c),
        _by_path(c),
        _groups(c),
        *(_path(c, told) for told in c.found.paths),
    ])  # fmt: skip


def _leverage(c: FindingsContext) -> Markup:
    """Give leverage of the example, counted and bounded."""
    t = c.words
    if not c.found.leverage:
        return Markup("")
    rows: list[list[Cell]] = [
        [t(LEVERAGE[part.name]), c.number(part.estimate.value), c.interval(part.estimate)]
        for part in c.found.leverage
    ]
    assert set(LEVERAGE) <= set(ESTIMANDS)
    return join([
        heading(t("The example: how many are steered for each who is sanctioned")),
        table(Grid([t("Leverage"), t("Answer"), t("95 % interval")], rows, (1,))),
        prose(
            t(
                "Acts and persons are counted in different ways: acts as expected in a year, persons over the whole "
                "run. The last two rows are wide because nothing observed could say who is whose twin; no verdict "
                "rests on them."
            )
        ),
    ])  # fmt: skip


def _by_path(c: FindingsContext) -> Markup:
    """Give, for each mechanism cut alone, how the twins of each stratum differ."""
    t = c.words
    if not c.found.by_path:
        return Markup("")
    heads = [
        t("Mechanism"),
        t("Who"),
        t("Persons"),
        t("Share that breaches less with the mechanism"),
        t("Share that breaches more"),
        t("Mean change, breaches per 1,000 persons and year"),
    ]
    rows = [[c.mechanism(row.split), t(STRATA[row.group]), *_numbers(c, row)] for row in c.found.by_path]
    return join([heading(t("Whom each mechanism changes")), table(Grid(heads, rows, (2, 3, 4, 5)))])


def _groups(c: FindingsContext) -> Markup:
    """Give how the whole system changes each group of the census."""
    t = c.words
    rows = [
        [t(GROUPS[row.split][int(row.group)]), *_numbers(c, row)]
        for row in c.found.changed
        if row.split in GROUPS
    ]
    heads = [
        t("Group"),
        t("Persons"),
        t("Share that breaches less with the system"),
        t("Share that breaches more"),
        t("Mean change, breaches per 1,000 persons and year"),
    ]
    return (
        join([heading(t("Whom the whole system changes")), table(Grid(heads, rows, (1, 2, 3, 4)))])
        if rows
        else Markup("")
    )


def _numbers(c: FindingsContext, row: Changed) -> list[Cell]:
    """Give the numbers of one group; the change in breaches per 1,000 persons and year."""
    t = c.words
    if row.mean is None or row.less is None or row.more is None:
        return [t.count(row.persons), NDASH, NDASH, NDASH]
    return [t.count(row.persons), _share(c, row.less), _share(c, row.more), c.number(row.mean / 1000)]


def _share(c: FindingsContext, share: float) -> str:
    """Write a share of twins: always one decimal, and never nought where somebody is."""
    gap = "" if c.words.chinese else THIN
    if 0 < share < 0.0005:
        return c.words("under {share}", share=f"0.1{gap}%")
    if 0.9995 <= share < 1:
        return c.words("over {share}", share=f"99.9{gap}%")
    return f"{100 * share:.1f}{gap}%"


def _path(c: FindingsContext, told: Paths) -> Markup:
    """Give how an outcome is shared out among ways that were cut one after the other."""
    t = c.words
    rows: list[list[Cell]] = [
        [
            c.mechanism(one.name),
            c.number(one.estimate.value),
            c.interval(one.estimate),
            c.number(other.estimate.value),
        ]
        for one, other in zip(told.fixed, told.average, strict=True)
    ]
    heads = [t("Way"), t("In this order"), t("95 % interval"), t("Mean over {n} orders", n=told.orders)]
    name = f"{c.say(told.outcome.gloss)}, {c.say(told.outcome.unit)}"
    return join([heading(t("Along which ways: {what}", what=name)), table(Grid(heads, rows, (1, 3)))])


def _any(found: Findings) -> bool:
    """Say whether there is anything to show."""
    return bool(found.leverage or found.changed or found.paths)


PAGE = FindingsPage(25, "twins", N_("Whom it changes"), body, _any)
