"""What the same run costs those who are listed."""

from xinyong.i18n import N_, NDASH
from xinyong.lab.desks import costs, desks
from xinyong.report.html import Cell, Grid, Markup, heading, join, note, prose, table
from xinyong.report.page import Context, Page

DELAYS = (
    "SELECT count(*) AS n, median(deleted_date - ended_date) AS middle, "
    "quantile_cont(deleted_date - ended_date, 0.95) AS late "
    "FROM episodes WHERE deleted_date IS NOT NULL AND ended_date IS NOT NULL"
)
LENGTHS = (
    'SELECT "exit" AS way, count(*) AS n, '
    "median(coalesce(deleted_date, ended_date) - published_date) AS middle "
    "FROM episodes WHERE \"exit\" <> 'open' GROUP BY way ORDER BY n DESC, way"
)
WAYS = {
    "performed": N_("performed"),
    "terminated": N_("terminated"),
    "expired": N_("term expired"),
    "corrected": N_("corrected"),
}


def body(c: Context) -> Markup:
    """Write the table of costs."""
    t = c.words
    heads = [t("At the end of the run"), t("Run"), t("Of what")]
    lines = [line for line in (line(c) for line in LINES) if line]
    return join(
        [
            prose(
                t(
                    "Effects are shown beside what they cost. Truth is known here because the "
                    "society is invented: the run says what an error of some size does, not how "
                    "large the real error is. No rate of wrongful listing was ever published."
                )
            ),
            table(Grid(heads, lines, numbers=(1,))),
            _desks(c),
            _costs(c),
            _times(c) if (c.run.path / "episodes.parquet").is_file() else "",
        ]
    )


def _share(c: Context, part: str, whole: str, name: str, of: str) -> list[Cell]:
    """Write one count with the share it makes."""
    t = c.words
    if not c.run.has(part, whole):
        return []
    a, b = float(c.run.last(part).mean()), float(c.run.last(whole).mean())
    return [name, t.count(a), t("{share} of {what}", share=t.percent(a / b), what=of) if b else NDASH]


def _wrongful(c: Context) -> list[Cell]:
    """Count listings of those who could not pay."""
    t = c.words
    return _share(
        c, "wrongful_listed_now", "listed_cases_now", t("listed although unable to pay"), t("cases listed")
    )


def _false(c: Context) -> list[Cell]:
    """Count records that are not true."""
    t = c.words
    return _share(
        c, "records_false_now", "records_live_now", t("false records in effect"), t("records in effect")
    )


def _corrected(c: Context) -> list[Cell]:
    """Count listings that were put right."""
    t = c.words
    return _share(c, "corrected_cum", "listings_cum", t("listings corrected"), t("listings"))


def _objections(c: Context) -> list[Cell]:
    """Count objections."""
    t = c.words
    return _share(c, "objections_cum", "listings_cum", t("objections raised"), t("listings"))


def _granted(c: Context) -> list[Cell]:
    """Count objections that were granted."""
    t = c.words
    return _share(c, "objections_granted_cum", "objections_cum", t("objections granted"), t("objections"))


def _late(c: Context) -> list[Cell]:
    """Count deletions later than the rule allows."""
    t = c.words
    return _share(
        c, "late_deletions_cum", "deleted_cum", t("deletions later than the rule allows"), t("deletions")
    )


def _barred(c: Context) -> list[Cell]:
    """Count barred persons per listed person."""
    t = c.words
    return _share(
        c, "barred_persons_now", "persons_now", t("persons barred from something"), t("all persons")
    )


def _times(c: Context) -> Markup:
    """Say how long listings and deletions took."""
    t = c.words
    delay = c.run.table(DELAYS)
    found = c.run.table(LENGTHS)
    lines: list[list[Cell]] = [
        [
            t(WAYS[str(way)]) if str(way) in WAYS else str(way),
            t.count(float(n)),
            t("{n} days", n=t.count(float(m))),
        ]
        for way, n, m in zip(found["way"], found["n"], found["middle"], strict=True)
    ]
    heads = [t("Listing ended by"), t("Episodes (invented)"), t("Median time on the list")]
    if not int(delay["n"][0]):
        return Markup("")
    text = t(
        "From the end of the ground for listing to deletion: {middle} days in the "
        "median, {late} days at the 95th per cent. The rules of 2017 allow three "
        "working days.",
        middle=t.count(float(delay["middle"][0])),
        late=t.count(float(delay["late"][0])),
    )
    return table(Grid(heads, lines, numbers=(1, 2))) + note(text)


REGISTERS = {
    "court list": N_("court list"), "other lists": N_("other black lists"), "city points": N_("city points"),
    "central bank": N_("credit files"), "commercial score": N_("commercial score"),
}  # fmt: skip


def _desks(c: Context) -> Markup:
    """Show what each register's desk for objection and repair did."""
    t = c.words
    rows = [row for row in desks(c.run) if row.filed or row.repairs]
    if not rows:
        return Markup("")

    def told(value: float | None) -> str:
        return NDASH if value is None else t.count(value * c.run.scale)

    def share(part: float | None, whole: float | None) -> str:
        return NDASH if part is None or not whole else t.percent(part / whole)

    lines: list[list[Cell]] = [
        [
            t(REGISTERS[row.register]) if row.register in REGISTERS else row.register,
            told(row.filed), share(row.late, row.rulings), share(row.granted, row.rulings), told(row.kept_wrong),
            told(row.erased_right), told(row.reconsidered), told(row.repaired), told(row.open), told(row.queued),
            NDASH if row.mean_days is None else f"{row.mean_days:.0f}",
        ]
        for row in rows
    ]  # fmt: skip
    heads = [
        t("Register"), t("Objections"), t("Late"), t("Granted"), t("Wrong entries kept"), t("Right entries erased"),
        t("Reconsidered"), t("Repaired"), t("Open now"), t("Waiting for time"), t("Mean days to a ruling"),
    ]  # fmt: skip
    remark = t(
        "Objection and repair by register. Shares are of rulings. An entry stays in force until the register has "
        "heard the decision. Whether a decision was right is known here because the society is invented."
    )
    return heading(t("Objection and repair")) + table(Grid(heads, lines, numbers=range(1, 11))) + note(remark)


ACCOUNTS = {
    "infrastructural": N_("infrastructural power"), "coercive": N_("coercive power"), "firms": N_("firms themselves"),
}  # fmt: skip


def _costs(c: Context) -> Markup:
    """Show what the run cost, by kind of power."""
    t = c.words
    lines: list[list[Cell]] = [
        [
            t(ACCOUNTS[cost.account]) if cost.account in ACCOUNTS else cost.account,
            t.count(cost.yuan * c.run.scale),
        ]
        for cost in costs(c.run)
        if not cost.item
    ]
    if not lines:
        return Markup("")
    remark = t(
        "Counts of the run at assumed unit costs, burn-in left out. Only ratios between runs at the same prices "
        "mean anything. Nothing in the model can read these accounts."
    )
    return (
        heading(t("What it cost"))
        + table(Grid([t("Account"), t("yuan")], lines, numbers=(1,)))
        + note(remark)
    )


LINES = (_wrongful, _false, _corrected, _objections, _granted, _late, _barred)
PAGE = Page(90, "rights", N_("What it costs those listed"), ("listed_cases_now",), body)
