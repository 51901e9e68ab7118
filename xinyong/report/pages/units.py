"""Persons, listings and attempts side by side: three things the press reported as people."""

from xinyong.i18n import N_
from xinyong.report.charts import Label, bars
from xinyong.report.html import Cell, Grid, Markup, figure, join, note, prose
from xinyong.report.page import Context, Page

ROWS = (
    ("listed_parties_now", N_("parties on the list at the end"), True),
    ("listed_parties_cum", N_("parties ever listed"), True),
    ("listings_cum", N_("listings"), False),
    ("air_refused_persons_cum", N_("persons ever refused a flight"), True),
    ("air_refused_cum", N_("occasions refused, air"), False),
    ("air_refused_attempts_cum", N_("attempts refused, air (人次)"), False),
    ("high_speed_rail_refused_persons_cum", N_("persons ever refused a fast train"), True),
    ("high_speed_rail_refused_cum", N_("occasions refused, rail"), False),
    ("high_speed_rail_refused_attempts_cum", N_("attempts refused, rail (人次)"), False),
)


def body(c: Context) -> Markup:
    """Set the three kinds of count beside one another."""
    t = c.words
    rows = [(t(name), float(c.run.last(key).mean()), person) for key, name, person in ROWS if c.run.has(key)]
    title = t("Persons, listings, attempts at the end of the run")
    description = t("Bars: persons and parties in dark, events in red. The bars of events are longer.")
    label = Label(c.key("units"), title, description)
    lines: list[list[Cell]] = [
        [name, t("persons or parties") if person else t("events"), t.count(value)]
        for name, value, person in rows
    ]
    grid = Grid([t("What is counted"), t("Kind"), t("Run")], lines, numbers=(2,))
    caption = Markup("<b>{}</b> {}").format(title, t("dark: persons and parties; red: events"))
    return join(
        [
            prose(
                t(
                    "The official figures are counted in 人次 or 例: occurrences. One debtor can be "
                    "listed for several judgments, and one refused wish to travel can be several "
                    "attempts. The press often wrote “people”."
                ),
                _ratio(c),
            ),
            figure(bars(label, rows, t), caption, grid, t("Numbers"), wide=True),
            note(
                t(
                    "In the first 34 days of interception at the airlines, 108,000 refusals came "
                    "from 12,389 persons: 8.7 attempts each (Xinhua, 10 August 2014)."
                )
            ),
        ]
    )


def _ratio(c: Context) -> str:
    """Say how many attempts stand behind a person in this run."""
    t = c.words
    if not c.run.has("air_refused_attempts_cum", "air_refused_persons_cum"):
        return ""
    persons = float(c.run.last("air_refused_persons_cum").mean())
    if not persons:
        return ""
    attempts = float(c.run.last("air_refused_attempts_cum").mean())
    return t(
        "In this run {a} refused air attempts come from {p} persons: {r} attempts a person.",
        a=t.count(attempts),
        p=t.count(persons),
        r=t.ratio(attempts / persons),
    )


PAGE = Page(30, "units", N_("Persons are not 人次"), ("listings_cum", "listed_parties_cum"), body)
