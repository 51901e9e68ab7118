"""Public look-up and the map of debtors: who may see what since when, and who did."""

from xinyong.errors import RunError
from xinyong.i18n import N_, NDASH
from xinyong.lab.lookup import SHOWN, Portal
from xinyong.lab.street_map import Scan, StreetMap, open_map
from xinyong.lab.street_picture import SIZE, shapes
from xinyong.report.charts import Label, over_time, start
from xinyong.report.html import Cell, Grid, Markup, figure, heading, join, note, panels, prose, table
from xinyong.report.page import Context, Page
from xinyong.report.svg import frame

NEEDS = ("lookups_of_listed_cum", "listed_parties_now", "looked_up_now", "map_scans_cum", "map_sightings_cum")
PALETTE = {name: f"var(--{name})" for name in ("ink", "accent", "soft", "rule", "paper")}
THINGS = {
    "court_list": N_("court list"),
    "register": N_("register of organisations"),
    "lists": N_("red and black lists"),
    "permits": N_("permits"),
    "penalties": N_("penalties"),
    "grades": N_("scores and grades"),
}
ASKERS = {
    "business_partner": N_("business partners"),
    "in_law": N_("families of in-laws"),
    "landlord": N_("landlords"),
    "curiosity": N_("the curious"),
}
SIGHTINGS = (
    "SELECT channel, reason, count(*) AS n, count(DISTINCT party) AS parties FROM sightings "
    "GROUP BY channel, reason ORDER BY channel, reason"
)


def body(c: Context) -> Markup:
    """Write what was looked up, who may see what, who asked, and the map."""
    t = c.words
    portal = Portal(c.run) if (c.run.path / "parties.parquet").is_file() else None
    return join(
        [
            _told(c),
            _over_time(c),
            _sites(c, portal) if portal else "",
            _asked(c, portal) if portal and (c.run.path / "sightings.parquet").is_file() else "",
            _map(c, portal) if portal else "",
            note(
                t(
                    "Rates of look-ups and scans are assumed. What a sighting does to face and to performance is not "
                    "in this run: without the sites and the map every other series is the same to the bit."
                )
            ),
        ]
    )


def _told(c: Context) -> Markup:
    t = c.words
    found, listed, seen, shown = (
        float(c.run.last(name).mean())
        for name in ("lookups_of_listed_cum", "listed_parties_now", "looked_up_now", "map_sightings_cum")
    )
    text = t(
        "Anybody may look anybody up on three sites. {n} look-ups found a listed party; of the parties on the list at "
        "the end, {share} were found at least once since they were listed.",
        n=t.count(found), share=t.percent(seen / listed) if listed else NDASH,
    )  # fmt: skip
    if not shown:
        return prose(text)
    scans = float(c.run.last("map_scans_cum").mean())
    more = t(
        "On the map of debtors {scans} scans showed a listed party {n} times.",
        scans=t.count(scans),
        n=t.count(shown),
    )
    return prose(text + t.gap + more)


def _over_time(c: Context) -> Markup:
    """Draw look-ups that found a listed party, and listed parties that were found."""
    t = c.words
    return panels(
        [
            _line(
                c,
                "lookups_of_listed_cum",
                t("Look-ups that found a listed party"),
                t("since the count began, scaled up"),
            ),
            _line(
                c,
                "looked_up_now",
                t("Listed parties found at least once"),
                t("since they were listed, scaled up"),
            ),
        ]
    )


def _line(c: Context, measure: str, title: str, remark: str) -> Markup:
    t = c.words
    bands = c.run.bands(measure)
    label = Label(
        c.key(measure), title, t("A line from the first week that counts, with the band of the replicates.")
    )
    years = {str(day)[:4]: float(value) for day, value in zip(bands.dates, bands.middle, strict=True)}
    lines: list[list[Cell]] = [[year, t.count(value)] for year, value in years.items()]
    grid = Grid([t("End of year"), t("Run")], lines, numbers=(1,))
    caption = Markup("<b>{}</b> {}").format(title, remark)
    return figure(over_time(label, bands, [], t, start(bands)), caption, grid, t("Numbers"))


def _sites(c: Context, portal: Portal) -> Markup:
    """List what each site shows since when, to the end of the run."""
    t = c.words
    last = portal.dates[1]
    lines: list[list[Cell]] = []
    for key, site in portal.sites().items():
        since = [portal.since(key, what, last) for what in SHOWN]
        lines.append([t.pick(f"{site.gloss}", site.name), *(t.date(day) if day else NDASH for day in since)])
    for row, opened in portal.maps().values():
        if opened <= last:
            lines.append([t.pick(row.gloss, row.name), t.date(opened), *[NDASH] * (len(SHOWN) - 1)])
    heads = [t("Site"), *(t(THINGS[what]) for what in SHOWN)]
    grid = Grid(heads, lines)
    remark = t(
        "Codes: persons keep the number of their identity card; organisations have a code since October 2015. "
        "The paper has codes for citizens from March 2013 (X6)."
    )
    return heading(t("Who may see what, since when")) + table(grid) + prose(remark)


def _asked(c: Context, portal: Portal) -> Markup:
    """List look-ups and scans by channel and by who asked."""
    t = c.words
    rules = portal.book.on(portal.dates[1]).public_portal
    names = {
        row.code: t.pick(portal.sites()[row.key].gloss, portal.sites()[row.key].name)
        for row in rules.sites.rows()
    }
    askers = {row.code: t(ASKERS.get(row.key, row.key)) for row in rules.askers.rows()}
    rows = c.run.table(SIGHTINGS)
    lines: list[list[Cell]] = []
    for channel, reason, n, parties in zip(
        *(rows[k].tolist() for k in ("channel", "reason", "n", "parties")), strict=True
    ):
        where = names.get(channel, t("map of debtors"))
        lines.append([where, askers.get(reason, t("users of the map")), f"{n:,}", f"{parties:,}"])
    heads = [t("Where"), t("Who"), t("Sightings in the run"), t("Distinct parties")]
    text = t("In model units, all replicates together. A party seen on several ways counts in each line.")
    return (
        heading(t("Who learned of whose listing")) + prose(text) + table(Grid(heads, lines, numbers=(2, 3)))
    )


def _map(c: Context, portal: Portal) -> Markup:
    """Draw the map of debtors, where the run has one."""
    t = c.words
    try:
        chart = open_map(c.run)
    except RunError:
        return Markup("")
    scan = chart.scan()
    if scan.notes:
        return Markup("")
    return heading(t("Map of debtors")) + _picture(c, chart, scan)


def _picture(c: Context, chart: StreetMap, scan: Scan) -> Markup:
    t = c.words
    words = {
        "scan": t("scan of {radius} m", radius="{radius}"),
        "here": t("where the scan was made"),
        "dot": t("listed parties in a neighbourhood"),
        "metres": t("{n} m", n="{n}"),
    }
    key, title = c.key("map"), t.pick(scan.alert_en, scan.alert)
    text = t(
        "Streets of an invented town with the neighbourhoods in which somebody is listed, and a scan from its middle."
    )
    drawing = frame(shapes(chart, scan, PALETTE, words, key), f"0 0 {SIZE} {SIZE}", key, title, text)
    lines: list[list[Cell]] = [
        [cell.street, f"{cell.x:.0f}", f"{cell.y:.0f}", str(cell.listed)] for cell in scan.cells
    ]
    heads = [t("Nearest street"), t("Metres east"), t("Metres north"), t("Listed parties")]
    caption = Markup("<b>{}</b> {}").format(
        title, t("town, streets and people are invented; homes lie by number, 200 to a neighbourhood")
    )
    return figure(drawing, caption, Grid(heads, lines, numbers=(1, 2, 3)), t("Numbers"))


PAGE = Page(87, "public", N_("Public look-up and the map of debtors"), NEEDS, body)
