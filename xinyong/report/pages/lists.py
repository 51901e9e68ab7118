"""Red lists and black lists, the records behind them, and the matrix of joint measures."""

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from xinyong.i18n import N_
from xinyong.lab.lists import Bar, ListRow, classes, lists, matrix
from xinyong.report.charts import Label, Mark, bars, over_time, start
from xinyong.report.html import Cell, Grid, Markup, figure, folded, heading, join, note, panels, prose, table
from xinyong.report.page import Context, Page

FILE = Path(__file__).parents[1] / "platform.yaml"
ENDS = {
    "black_expired_cum": N_("term ended"),
    "black_mended_cum": N_("ground mended"),
    "black_moved_cum": N_("moved to another list"),
    "black_repaired_cum": N_("credit repair"),
    "black_erased_cum": N_("erased as wrong"),
    "black_entries_now": N_("still on a list"),
}
CHECKS = {
    "passport_checks_cum": N_("passports"),
    "marital_status_checks_cum": N_("marital status"),
    "vehicles_checks_cum": N_("vehicles"),
}


def body(c: Context) -> Markup:
    """Write lists, records and matrix one after another."""
    t = c.words
    return join(
        [
            prose(
                t(
                    "The court's list is one of many. Tax offices, food and transport authorities, the "
                    "registers of enterprises and one market platform keep lists of their own; red lists "
                    "praise. Published counters of refusals are the court's alone, and so is the main part "
                    "of this report: what other lists cause is counted here."
                )
            ),
            _lists(c, "black", t("Black lists")),
            _ends(c),
            _lists(c, "red", t("Red lists")),
            heading(t("Records on the national platform")),
            _platform(c) if c.run.has("platform_records_now") else "",
            heading(t("Who bars from what")),
            _matrix(c, matrix(c.run)),
            _checks(c),
            note(
                t(
                    "How often conduct leads onto a list rests on one month's figures or is assumed; errors "
                    "of these lists were never published."
                )
            ),
        ]
    )


def _lists(c: Context, kind: str, title: str) -> Markup:
    """Draw the stock of each list, persons and organisations together, with the numbers apart."""
    t, rows = c.words, lists(c.run, kind)
    if not rows:
        return Markup("")
    drawn = [(t.pick(row.gloss, row.name), row.persons + row.organisations, kind == "red") for row in rows]
    label = Label(c.key(f"lists-{kind}"), title, t("One bar a list: entries on it at the end of the run."))
    caption = Markup("<b>{}</b> {}").format(title, t("entries at the end of the run, scaled up"))
    heads = [t("List"), t("Entries so far (人次)"), t("Persons now"), t("Organisations now")]
    grid = Grid(heads, [_line(c, row) for row in rows], numbers=(1, 2, 3))
    return figure(bars(label, drawn, t), caption, grid, t("Numbers"), wide=True)


def _line(c: Context, row: ListRow) -> list[Cell]:
    t = c.words
    return [
        t.pick(row.gloss, row.name),
        t.count(row.entries),
        t.count(row.persons),
        t.count(row.organisations),
    ]


def _ends(c: Context) -> Markup:
    """List how entries of black lists ended."""
    t = c.words
    total = float(c.run.last("black_entries_cum").mean())
    lines: list[list[Cell]] = []
    for measure, name in ENDS.items():
        many = float(c.run.last(measure).mean()) if c.run.has(measure) else None
        share = None if many is None or not total else many / total
        lines.append([t(name), t.count(many), t.percent(share)])
    return table(Grid([t("How entries ended"), t("Run"), t("Share of entries")], lines, numbers=(1, 2)))


@lru_cache
def _published() -> tuple[dict[str, Any], ...]:
    """Published sizes of the platform."""
    return tuple(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def _platform(c: Context) -> Markup:
    """Draw the stock of records beside what was published, and its parts."""
    t, run = c.words, c.run
    bands = run.bands("platform_records_now")
    title = t("Records on the platform")
    comparable = any(row.simulated is not None for row in c.rows)
    marks = [
        Mark(row["date"], row["records"], 0.0, "usable")
        for row in _published()
        if comparable and _inside(c, row["date"])
    ]
    label = Label(c.key("platform"), title, t("The stock of records from year to year, and published sizes."))
    heads = [t("Date"), t("Published"), t("Run"), t("Source")]
    lines: list[list[Cell]] = [
        [
            t.date(row["date"]),
            t.count(row["records"]),
            t.count(float(run.at("platform_records_now", str(row["date"])).mean())),
            row["source"],
        ]
        for row in _published()
        if _inside(c, row["date"])
    ]
    caption = Markup("<b>{}</b> {}").format(title, t("all classes, in records"))
    parts: list[list[Cell]] = [
        [t.pick(gloss, name), t.count(float(run.last(measure).mean()))]
        for measure, name, gloss in classes(run)
    ]
    if run.has("records_live_now"):
        parts.append([t("entries of lists"), t.count(float(run.last("records_live_now").mean()))])
    drawing = over_time(label, bands, marks, t, start(bands))
    numbers = Grid(heads, lines, numbers=(1, 2))
    parts_told = table(Grid([t("Class of records"), t("At the end of the run")], parts, numbers=(1,)))
    return panels([figure(drawing, caption, numbers, t("Numbers and sources")), parts_told])


def _inside(c: Context, date: dt.date) -> bool:
    """Say whether a day lies within the run."""
    days = c.run.dates
    return bool(days[0].astype(dt.date) <= date <= days[-1].astype(dt.date))


def _matrix(c: Context, cells: list[Bar]) -> Markup:
    """Lay out bodies against activities; a cell says since when and because of which list."""
    t = c.words
    bodies = list(dict.fromkeys(cell.member for cell in cells))
    wishes = list(dict.fromkeys(cell.activity for cell in cells))
    first: dict[tuple[Any, Any], dict[Any, str]] = {}
    for cell in cells:
        first.setdefault((cell.member, cell.activity), {}).setdefault(cell.issuer, cell.since)
    lines: list[list[Cell]] = [
        [t.pick(body[1], body[0]), *(_since(c, first.get((body, wish), {})) for wish in wishes)]
        for body in bodies
    ]
    heads = [t("Body"), *(t.pick(wish[1], wish[0]) for wish in wishes)]
    told = prose(
        t(
            "{n} of the bodies that signed control something that a listed person may want. A cell gives the "
            "list and the day since which it bars.",
            n=len(bodies),
        )
    )
    return told + folded(t("The matrix"), table(Grid(heads, lines)), keep=True)


def _since(c: Context, issuers: dict[Any, str]) -> Cell:
    """Write one cell: each list with its first day."""
    t = c.words
    return join(
        Markup("<div>{} {}</div>").format(t.pick(issuer[1], issuer[0]), since)
        for issuer, since in issuers.items()
    )


def _checks(c: Context) -> Markup:
    """List what courts looked up about the newly listed."""
    t = c.words
    lines: list[list[Cell]] = [
        [t(name), t.count(float(c.run.last(measure).mean()))]
        for measure, name in CHECKS.items()
        if c.run.has(measure)
    ]
    return table(Grid([t("Looked up by courts"), t("Run")], lines, numbers=(1,))) if lines else Markup("")


PAGE = Page(
    75, "lists", N_("Other lists, and the platform"), ("black_entries_cum", "black_entries_now"), body
)
